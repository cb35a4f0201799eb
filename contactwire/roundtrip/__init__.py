"""Round trips: what a codec would lose of a document, of a recorded body, or of a folder of them.

A document is written and read again, and compared by its builtins, place by place (`loss`). A body is also read by other
means than its codec, where there are any (`reading`), so that what a codec never reads is seen to be lost. `replay` does
this with many recorded bodies, `folder` with the files of a folder.
"""

from __future__ import annotations

from contactwire.roundtrip.folder import replay_folder
from contactwire.roundtrip.loss import LOSSLESS, assert_round_trip, codecs_named
from contactwire.roundtrip.replay import Report

__all__ = ["LOSSLESS", "Report", "assert_round_trip", "codecs_named", "replay_folder"]
