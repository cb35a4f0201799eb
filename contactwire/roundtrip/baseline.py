"""The losses of a report as values, and reports as JSON, which a later run takes as its baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import attrs
import msgspec

from contactwire.errors import Issue, printable

__all__ = ["Finding", "read_baseline"]


@attrs.frozen
class Finding:
    """One place that a codec would lose of one recorded body.

    `file` and `codec` are the names in the report. `kind` is "unreadable" where the body itself was refused, else "lossy".
    `pointer` is the JSON Pointer of the place, "" for the whole document, and `message` says what became of it.
    """

    file: str
    codec: str
    kind: Literal["lossy", "unreadable"]
    pointer: str
    message: str

    def __str__(self) -> str:
        place = str(Issue(self.pointer, self.message, "", "")) if self.pointer else self.message
        return f"{printable(self.file)}: {self.kind if self.kind == 'unreadable' else self.codec}: {place}"


@attrs.frozen
class _Report:
    losses: list[Finding]


def read_baseline(file: Any) -> frozenset[Finding]:
    """The findings in a file that `contactwire roundtrip --format json` has written, to be accepted by a later run.

    Raises OSError where the file cannot be read, and ValueError where it is no such report.
    """
    raw = Path(file).read_bytes()
    try:
        return frozenset(msgspec.json.decode(raw, type=_Report).losses)
    except RecursionError:
        raise ValueError("it nests deeper than a report") from None
