"""`contactwire roundtrip`: reports what each codec would lose of recorded bodies, those of sequences record by record."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TextIO

import attrs

from contactwire.cli.classes import carrier_named
from contactwire.cli.documents import Fault, read_body
from contactwire.cli.inputs import Damaged, Unreadable, opened, without_compression
from contactwire.cli.reports import Report, complain
from contactwire.cli.run import Run, Status
from contactwire.cli.works import Bad, Reading, Work
from contactwire.codecs import Format, Record, format_of_file
from contactwire.errors import ContactWireError, UnsupportedMediaType, shorten
from contactwire.roundtrip import (
    COLUMNS,
    LOSSLESS,
    READING,
    Finding,
    Recording,
    bodies_in,
    codecs_named,
    is_json_patch,
    read_baseline,
    recorded,
    replay,
    table_of,
    whole,
)

__all__ = ["roundtrip"]

_codecs = lru_cache(maxsize=1)(codecs_named)


@attrs.frozen
class _Trip(Work):
    """Sends a record through the codecs of some names; of what they lose, some findings are `known`."""

    codecs: tuple[str, ...]
    known: frozenset[Finding]

    def record(self, reading: Reading, index: int, record: Record, codec: Any, type: Any) -> Any:
        """How the record fared with each codec, and the known findings; all others make it a bad one."""
        recording = recorded(reading.file, reading.format, codec, carrier_named(reading.carrier), index, record)
        return self._replayed(recording, reading.raw(record), record.around)

    def broken(self, reading: Reading, error: ContactWireError) -> Any:
        """How the bodies fared that could not be found."""
        return self._replayed(Recording(reading.file, reading.codec, b"", None, error=error))

    def document(self, reading: Reading, body: bytes) -> Any:
        """How a whole document fared."""
        return self._replayed(whole(body, reading.file, reading.format, carrier_named(reading.carrier)))

    def _replayed(self, recording: Recording, raw: bytes | None = None, around: tuple[bytes, bytes] = (b"", b"")) -> Any:
        report = replay([recording], _codecs(self.codecs))
        found = report.findings()
        output = report.rows(), [each for each in found if each in self.known]
        new = [each for each in found if each not in self.known]
        is_garbage = bool(new) and new[0].kind == "unreadable" and new[0].pointer == recording.pointer("")
        return Bad(new, raw, around, is_garbage, output) if new else output


class _Losses(Report):
    """Prints each finding when it comes, and at the end a table of how many bodies each codec kept whole."""

    is_exact = True

    def __init__(self, stream: TextIO, codecs: Iterable[str]) -> None:
        super().__init__(stream)
        self._rows = {name: Counter[str]() for name in (READING, *codecs)}
        self.kinds: set[str] = set()
        self.accepted: set[Finding] = set()
        self.skipped: list[str] = []

    @property
    def bodies(self) -> int:
        """How many bodies there were."""
        return self._rows[READING]["bodies"]

    def write(self, results: list[Any]) -> None:
        """Count how bodies fared, and take the findings that are known."""
        for rows, known in results:
            for name, *counts in rows:
                self._rows[name].update(dict(zip(COLUMNS[1:], counts, strict=True)))
            self.accepted.update(known)
            self.print(known, known=True)

    def add(self, faults: Iterable[Any]) -> bool:
        """Print findings that are not known; the fault of a file that is garbage becomes one."""
        findings = [
            Finding(fault.file, READING, "unreadable", fault.pointer, fault.message) if isinstance(fault, Fault) else fault
            for fault in faults
        ]
        self.kinds.update(finding.kind for finding in findings)
        self.print(findings, known=False)
        self.stream.flush()
        return True

    def print(self, findings: list[Finding], *, known: bool) -> None:
        """Print findings; those that are known are not worth a line."""
        if not known:
            self.stream.writelines(f"{each}\n" for each in findings)

    def rows(self) -> list[tuple[Any, ...]]:
        """For each codec its name and numbers."""
        return [(name, *(row[column] for column in COLUMNS[1:])) for name, row in self._rows.items()]

    def compared(self, known: frozenset[Finding], looked_at: set[str]) -> str:
        """How many of the known findings there were, and how many not, in the files that the run has `looked_at` or not."""
        missing = known - self.accepted
        # In NDJSON, a body is named after the file and its line.
        names = ((each.codec, {each.file, each.file.rpartition(":")[0]}) for each in missing)
        gone = sum(codec in self._rows and not looked_at.isdisjoint(files) for codec, files in names)
        others = f", {len(missing) - gone} not looked for" if gone < len(missing) else ""
        return f"{len(self.accepted)} known losses accepted, {gone} gone{others}"

    def close(self) -> None:
        """Print the table."""
        if self.bodies:
            print(table_of(self.rows()), file=self.stream)


class _JsonLosses(_Losses):
    """Prints one JSON document: `losses` with each finding and whether it is known, `codecs` with their rows, `skipped`."""

    def print(self, findings: list[Finding], *, known: bool) -> None:
        for each in findings:
            item = json.dumps({**attrs.asdict(each), "known": known}, indent=2).replace("\n", "\n    ")
            self.stream.write((",\n    " if self.count else '{\n  "losses": [\n    ') + item)
            self.count += 1

    def close(self) -> None:
        if self.bodies or self.count:
            rows = [dict(zip(COLUMNS, row, strict=True)) for row in self.rows()]
            rest = json.dumps({"codecs": rows, "skipped": self.skipped}, indent=2)
            self.stream.write(("\n  ]" if self.count else '{\n  "losses": []') + f",{rest[1:]}\n")


def roundtrip(options: argparse.Namespace) -> int:
    """Send each body through the codecs, and print each place where something would be lost, and a table.

    Returns `Status.FINE` if there is no such place that the baseline does not have, `UNREADABLE` if one is a body that does
    not decode, else `INVALID`. Raises `Unreadable` for an unknown codec, carrier, baseline or folder.
    """
    known = _known(options.baseline) if options.baseline is not None else frozenset()
    names = tuple(options.through or LOSSLESS)
    _check(options, names)
    report = (_JsonLosses if options.format == "json" else _Losses)(sys.stdout, names)
    files = _files(options.folder, report)
    with Run(options, report, [path for path, *_ in files]) as run:
        run.sink = report
        for path, name, found in files:
            reading = Reading(name, found, carrier=options.carrier, keeps_raw=run.rejects is not None)
            _replay(run, path, reading, _Trip(names, known))
    if not report.bodies and not report.kinds:
        raise Unreadable(f"{options.folder}: there is no recorded body")
    if options.baseline is not None:
        # Told where standard output cannot be mixed up with it.
        in_part = options.skip > 0 or options.limit is not None
        looked_at = set() if in_part else {name for _, name, _ in files}
        complain(report.compared(known, looked_at))
    return Status.UNREADABLE if "unreadable" in report.kinds else Status.INVALID if report.kinds else Status.FINE


def _check(options: argparse.Namespace, names: tuple[str, ...]) -> None:
    try:
        _codecs(names)
    except UnsupportedMediaType as error:
        named = f"no codec has the name or media type {shorten(error.media_type)}"
        raise Unreadable(f"--through: {named}, only {', '.join(error.offered)}") from None
    carrier_named(options.carrier)


def _files(folder: str, report: _Losses) -> list[tuple[str, str, Format]]:
    """The recorded files, each with its name in the report and its format; others are told of."""
    try:
        files = bodies_in(folder)
    except OSError as error:
        raise Unreadable(f"{error.filename}: {error.strerror}") from None
    known = [(str(path), name, found) for path, name in files if (found := format_of_file(without_compression(path.name)))]
    named = {name for _, name, _ in known}
    report.skipped += [name for _, name in files if name not in named]
    for name in report.skipped:
        complain(f"{name}: skipped, no known suffix")
    return known


def _replay(run: Run, path: str, reading: Reading, work: _Trip) -> None:
    found = reading.format
    with opened(path) as stream:
        if found.holds_records(stream.head) and not is_json_patch(found, stream.head):
            run.records(reading, work, stream)
            return
        try:
            result = work.document(reading, read_body(stream, reading.limits))
        except Damaged as damaged:
            result = work.broken(reading, damaged.error)
        run.take([result], are_records=False)


def _known(file: str) -> frozenset[Finding]:
    try:
        return read_baseline(file)
    except OSError as error:
        raise Unreadable(f"--baseline: {file}: {error.strerror}") from None
    except ValueError as error:
        raise Unreadable(f"--baseline: {file}: no report of contactwire roundtrip --format json: {error}") from None
