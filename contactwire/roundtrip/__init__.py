"""Round trips: what a codec would lose of a document, of a recorded body, or of a folder of them."""

from __future__ import annotations

from contactwire.roundtrip.loss import LOSSLESS, assert_round_trip, codecs_named
from contactwire.roundtrip.replay import Recording, Report, replay

__all__ = ["LOSSLESS", "Recording", "Report", "assert_round_trip", "codecs_named", "replay"]
