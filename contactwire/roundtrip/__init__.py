"""Round trips: what a codec would lose of a document, of a recorded body, or of a folder of recorded bodies.

`loss` has a codec write a document and read it again, and compares the builtins of both, place by place. For a body,
`reading` also parses the text with the standard library. It thus sees a member that the codec drops both times. `replay`
does this with many recorded bodies, reports on them, and reads what an earlier report found; `folder` finds the bodies in
the files of a folder.
"""

from __future__ import annotations

from contactwire.codecs import LOSSLESS
from contactwire.roundtrip.folder import bodies_in, is_json_patch, recorded, replay_folder, whole
from contactwire.roundtrip.loss import ABSENT, Difference, assert_round_trip, changes, codecs_named
from contactwire.roundtrip.replay import COLUMNS, READING, Finding, Recording, Report, read_baseline, replay, table_of

__all__ = [
    "ABSENT",
    "COLUMNS",
    "LOSSLESS",
    "READING",
    "Difference",
    "Finding",
    "Recording",
    "Report",
    "assert_round_trip",
    "bodies_in",
    "changes",
    "codecs_named",
    "is_json_patch",
    "read_baseline",
    "recorded",
    "replay",
    "replay_folder",
    "table_of",
    "whole",
]
