"""Recorded bodies sent through every codec, and a report of what each codec would lose.

`replay` reads each recording with the codec of its own format first. It then has every other codec write and read the
document. What a report found, as JSON, is the baseline of a later run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import attrs
import msgspec

from contactwire.codecs import Codec
from contactwire.errors import ContactWireError, Issue, printable
from contactwire.roundtrip.loss import Difference, Loss, body_loss, is_patch, loss

__all__ = ["COLUMNS", "READING", "Finding", "Recording", "Report", "read_baseline", "replay", "table_of"]


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
class _Baseline:
    losses: list[Finding]


def read_baseline(file: Any) -> frozenset[Finding]:
    """The findings in a file that `contactwire roundtrip --format json` has written, to be accepted by a later run.

    Raises OSError where the file cannot be read, and ValueError where it is no such report.
    """
    raw = Path(file).read_bytes()
    try:
        return frozenset(msgspec.json.decode(raw, type=_Baseline).losses)
    except RecursionError:
        raise ValueError("it nests deeper than a report") from None


READING = "as recorded"
"""The name in a report for what is lost when a body is read, and written again in its own format."""


@attrs.frozen
class Recording:
    """A recorded body: its `name`, the `codec` of its format, and the `type` of its document.

    For a body in a sequence, `pointer` turns a pointer into the body to one into the sequence, and `located` moves an error
    to its place in the sequence. A recording with an `error` has no body: it stands for those that could not be found.
    """

    name: str
    codec: Codec
    body: bytes | str = attrs.field(repr=False)
    type: Any
    pointer: Callable[[str], str] = str
    error: ContactWireError | None = None
    located: Callable[[ContactWireError], ContactWireError] | None = None


@attrs.frozen
class Replayed:
    """The result for one recording: its name, and its findings, maybe none, by each codec that it went through."""

    name: str
    findings: Mapping[str, Sequence[Finding]]


@attrs.frozen
class Report:
    """The result for some recordings; false if anything would be lost.

    `replayed` has the findings of each recording. `codecs` are the names of the codecs, in the order of the table's rows,
    and `skipped` the names of files that no codec reads. `str()` is the table, and a line for each place where something
    would be lost.
    """

    replayed: tuple[Replayed, ...]
    codecs: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.findings()

    def findings(self, known: Collection[Finding] = ()) -> list[Finding]:
        """Each place where something would be lost, but for those that are `known`, such as of a baseline."""
        found = (finding for each in self.replayed for findings in each.findings.values() for finding in findings)
        return [finding for finding in found if finding not in known]

    def lines(self, known: Collection[Finding] = ()) -> Iterator[str]:
        """Yield a line for each place where something would be lost, but for the `known` ones.

        It has recording, codec, pointer, and what is lost; or recording, and why the codec of its format refuses it.
        """
        yield from map(str, self.findings(known))

    def rows(self) -> list[tuple[str, int, int, int, int]]:
        """For each codec its name, how many bodies went through it, and how many are whole, lossy and unreadable."""
        rows = []
        for codec in self.codecs:
            found = [each.findings[codec] for each in self.replayed if codec in each.findings]
            unreadable = sum(any(finding.kind == "unreadable" for finding in findings) for findings in found)
            faulty = sum(map(bool, found))
            rows.append((codec, len(found), len(found) - faulty, faulty - unreadable, unreadable))
        return rows

    def table(self) -> str:
        """The `rows` as a table, with a line above them."""
        return table_of(self.rows())

    def to_builtins(self, known: Collection[Finding] = ()) -> dict[str, Any]:
        """The report as plain data: `codecs` with its rows, `losses` with each finding and whether it is `known`, `skipped`.

        As JSON it is a baseline of later runs (`read_baseline`).
        """
        return {
            "codecs": [dict(zip(COLUMNS, row, strict=True)) for row in self.rows()],
            "losses": [{**attrs.asdict(each), "known": each in known} for each in self.findings()],
            "skipped": [*self.skipped],
        }

    def __str__(self) -> str:
        return "\n".join([self.table(), *self.lines()])

    def assert_lossless(self, known: Collection[Finding] | str | PathLike[str] = ()) -> None:
        """Raise AssertionError if there is no recording, or, with the report, if anything but the `known` would be lost.

        `known` are findings, or the path of a file with some (`read_baseline`, which says what it raises).
        """
        if isinstance(known, (str, PathLike)):
            known = read_baseline(known)
        if not self.replayed:
            raise AssertionError("there is no recorded body to replay")
        lines = [*self.lines(known)]
        if lines:
            raise AssertionError("\n".join(["recorded bodies would lose something:", self.table(), *lines]))


COLUMNS = ("codec", "bodies", "whole", "lossy", "unreadable")
"""The columns of a report's rows."""


def table_of(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of a report as a table, with a line above them; each has the name of a codec and its numbers."""
    lines = [COLUMNS, *(tuple(map(str, row)) for row in rows)]
    width, column = max(len(line[0]) for line in lines), len(COLUMNS[-1])
    return "\n".join(f"{line[0]:{width}}" + "".join(f"  {each:>{column}}" for each in line[1:]) for line in lines)


def replay(recordings: Iterable[Recording], codecs: Mapping[str, Codec], skipped: Iterable[str] = ()) -> Report:
    """Read each recording, write it in its own format, and send it through each of the codecs, given by name.

    A body that does not decode is unreadable, with all its faults, and goes through no other codec. A patch goes through
    the codec of its own format only.
    """
    return Report(tuple(_replayed(each, codecs) for each in recordings), (READING, *codecs), tuple(skipped))


def _replayed(recording: Recording, codecs: Mapping[str, Codec]) -> Replayed:
    def finding(loss: Loss, place: Difference | Issue) -> Finding:
        kind: Literal["lossy", "unreadable"] = "unreadable" if loss.unreadable else "lossy"
        return Finding(recording.name, loss.codec, kind, recording.pointer(place.pointer), place.message)

    found = {each.codec: [finding(each, place) for place in each.places()] for each in _losses(recording, codecs)}
    return Replayed(recording.name, found)


def _losses(recording: Recording, codecs: Mapping[str, Codec]) -> Iterator[Loss]:
    if recording.error is not None:
        yield Loss(READING, error=recording.error, unreadable=True)
        return
    try:
        document = recording.codec.decode(recording.body, recording.type)
    except ContactWireError as error:
        located = error if recording.located is None else recording.located(error)
        yield Loss(READING, error=located, unreadable=True)
        return
    yield body_loss(recording.body, recording.codec, recording.type, READING)
    if not is_patch(document):
        yield from (loss(document, codec, name) for name, codec in codecs.items())
