"""One run of a command over its files: those that hold sequences record by record, others as a whole.

`Run` does for each command what `--skip`, `--limit`, `--max-errors`, `--workers` and `--rejects` say, shows progress, and
knows after a stop how many records were done, so that `--skip` goes on. What becomes of a record is the command's `Work`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from enum import IntEnum
from functools import partial
from typing import Any, Protocol

from contactwire.cli.batches import Batch, blocks, lists
from contactwire.cli.classes import carrier_named
from contactwire.cli.documents import Fault, Limits, Source, faults_of, format_of, read_body, text_of
from contactwire.cli.inputs import Damaged, Input, Unreadable
from contactwire.cli.output import Rejects
from contactwire.cli.processes import has_broken, worked
from contactwire.cli.progress import Progress
from contactwire.cli.reports import Report
from contactwire.cli.signals import uninterrupted
from contactwire.cli.terminals import has_no_reader
from contactwire.cli.works import Bad, Reading, Work
from contactwire.codecs import END_OF_TEXT
from contactwire.errors import ContactWireError, DecodeError

__all__ = ["Run", "Status", "Stopped"]

_GARBAGE = 10


class Status(IntEnum):
    """What a command ends with; `contactwire.guide.command_line` says when."""

    FINE = 0
    INVALID = 1
    USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130


class Stopped(Exception):
    """A run that did not come to its end: the message says why and how to go on, `status` how the command ends."""

    def __init__(self, message: str, status: Status) -> None:
        super().__init__(message)
        self.status = status


class _Sink(Protocol):
    """Where the results of records go.

    `is_exact` says that it has the results that it was given, and no part of others, also where the disk is full.
    """

    is_exact: bool

    def write(self, results: list[Any]) -> None: ...
    def close(self) -> None: ...


class Run:
    """A run of a command: its options, what it reports to, and where it writes, None where it writes nothing.

    As a context manager it ends what it has begun to write, also where the run is stopped. An error that stops it becomes
    `Stopped`, with the number of records that were done.
    """

    def __init__(self, options: argparse.Namespace, report: Report, sources: list[str]) -> None:
        self._options, self.report = options, report
        self.sink: _Sink | None = None
        self.rejects = None if options.rejects is None else Rejects(options.rejects, sources)
        self._progress = Progress(sys.stderr)
        self._errors = self._done = self._counted = 0
        self._file: str | None = None
        self._end_of_records: Any = None

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._progress.clear()
        self._close(error)
        if isinstance(error, KeyboardInterrupt):
            raise Stopped(self._told("interrupted"), Status.INTERRUPTED) from None
        if has_broken(error):
            raise Stopped(self._told("a process of --workers has ended unexpectedly"), Status.USAGE) from None
        if isinstance(error, OSError) and not has_no_reader(error):
            goes_on = self.sink is None or self.sink.is_exact
            raise Stopped(self._told(str(error), goes_on=goes_on), Status.USAGE) from None

    def _close(self, error: BaseException | None) -> None:
        """Close what was begun, each though another cannot be closed; after an OSError only the rejects, which are apart."""
        begun = (self.rejects,) if isinstance(error, OSError) else (self.rejects, self.report, self.sink)
        with ExitStack() as stack:  # which closes the last one first
            for each in dict.fromkeys(begun):
                if each is not None:
                    stack.callback(each.close)

    def _told(self, why: str, *, goes_on: bool = True) -> str:
        """Why the run is stopped, and how it goes on."""
        return why if self._file is None else f"{self._file}: {why}{self._how() if goes_on else ''}"

    def _how(self) -> str:
        """How a run goes on that is stopped in a sequence."""
        return f", after {self._done:,} records; --skip {self._done} goes on" if self._done else ""

    def reading(self, file: str) -> Reading:
        """How the records of a file are read."""
        options = self._options
        source = format_of(file, options.source, sequences=True)
        return Reading(
            file, source, Limits.of(options), options.carrier, self.report.shows_lines, keeps_raw=self.rejects is not None
        )

    def whole(self, reading: Reading, stream: Input, use: Callable[[Source], Any]) -> None:
        """Use the whole document of a file; report its faults, also damage of the file."""
        try:
            source = reading.source(read_body(stream, reading.limits))
        except Damaged as damaged:
            self.document(faults_of(reading.source(b""), damaged.error))
            return
        try:
            use(source)
        except ContactWireError as error:
            self._faulty(source, error)

    def _faulty(self, source: Source, error: ContactWireError) -> None:
        """Report the faults of a whole document; where it is perhaps in another format, the first one says so."""
        faults = faults_of(source, error, text=text_of(source) if self.report.shows_lines else None)
        is_guess = self._options.source is None and source.format.name == "json" and source.body
        # A limit has an error of a class of its own.
        if is_guess and type(error) is DecodeError and (error.expected == END_OF_TEXT or error.line == error.column == 1):
            faults[0].message += "; it is read as JSON, and --from names another format, such as ndjson"
        self.document(faults)

    def document(self, faults: list[Fault]) -> None:
        """Count and report the faults of a whole document."""
        self._file = None
        self._progress.clear()
        self._errors += self.report.add(faults)
        self._check()

    def records(self, reading: Reading, work: Work, stream: Input) -> None:
        """Do some work on the records of a sequence.

        A fault of the sequence itself, after which nobody finds the next record, is its last one. Raises `Unreadable` where
        the stream cannot be read on, with the number of records that were done.
        """
        self._file, self._done = reading.file, self._options.skip
        try:
            self._each(reading, work, stream)
        except Unreadable as error:
            raise Unreadable(f"{error}{self._how()}") from None

    def _each(self, reading: Reading, work: Work, stream: Input) -> None:
        self._end_of_records = None
        batches = self._batches(reading, work, stream)
        do, prepare = partial(reading.results, work), partial(carrier_named, reading.carrier)
        with closing(worked(do, batches, self._options.workers, prepare)) as results:
            for batch in _begun(results):
                found = batch[: self._left()]
                if self._is_garbage(found):
                    self.document([_garbage(found[0], reading)])
                    return
                self.take(found)
                self._progress.show(stream, self._counted)
                if self._left() == 0:
                    return
        if self._end_of_records is not None:
            self.take([self._end_of_records], are_records=False)

    def _batches(self, reading: Reading, work: Work, stream: Input) -> Iterator[Batch]:
        """The records of a sequence in batches; sets `_end_of_records` to the result for an error that ends them."""
        options = self._options
        chunks = iter(stream.read, b"")
        try:
            if reading.format.is_sequence:
                file = stream.file if options.workers > 1 else None
                yield from blocks(chunks, reading, options.skip, options.limit, file)
            else:
                yield from lists(enumerate(reading.records(chunks)), options.skip, options.limit)
        except ContactWireError as error:
            self._end_of_records = work.broken(reading, error)
        except Damaged as damaged:
            self._end_of_records = work.broken(reading, damaged.error)

    def _left(self) -> int | None:
        """How many records may still be done, None for any number."""
        limit: int | None = self._options.limit
        return None if limit is None else self._options.skip + limit - self._done

    def _is_garbage(self, results: list[Any]) -> bool:
        """Whether the first records of a sequence are none at all; who says how many errors may be wants to see them."""
        first = results[:_GARBAGE]
        is_start = self._done == 0 and self._options.max_errors is None
        return is_start and len(first) == _GARBAGE and all(isinstance(each, Bad) and each.is_garbage for each in first)

    def take(self, results: list[Any], *, are_records: bool = True) -> None:
        """Write and report the results of a batch, up to the bad one at which `--max-errors` stops.

        Unless they `are_records`, they do not count as records that were done. Where a bad record cannot be reported or
        rejected, those in front of it were done, and it was not.
        """
        with uninterrupted():
            for good, bad in _parts(results[: self._end(results)]):
                if self.sink is not None:
                    self.sink.write(good if bad is None else [*good, bad.output])
                self._count(len(good) * are_records)
                if bad is not None:
                    self._progress.clear()
                    self._errors += self.report.add(bad.faults)
                    if self.rejects is not None:
                        self.rejects.add(bad)
                    self._count(are_records)
        self._check()

    def _count(self, records: int) -> None:
        self._done += records
        self._counted += records

    def _end(self, results: list[Any]) -> int:
        """How many of the results are taken before there are too many errors."""
        if self._options.max_errors is None:
            return len(results)
        bad = [place for place, each in enumerate(results, 1) if isinstance(each, Bad)]
        missing = self._options.max_errors - self._errors
        return bad[missing - 1] if 0 < missing <= len(bad) else len(results)

    def _check(self) -> None:
        if self._options.max_errors is not None and self._errors >= self._options.max_errors:
            raise Stopped(self._told(f"stopped at {self._errors} error{'s' * (self._errors > 1)}"), Status.INVALID)


def _parts(results: list[Any]) -> Iterator[tuple[list[Any], Bad | None]]:
    """The results in order: good ones with the bad one behind them, and at the end those that have none."""
    good: list[Any] = []
    for each in results:
        if isinstance(each, Bad):
            yield good, each
            good = []
        else:
            good.append(each)
    if good:
        yield good, None


def _begun(results: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The results in batches, of which the first one has enough to tell that a file is garbage, if there are enough."""
    head: list[Any] = []
    for found in results:
        head += found
        if len(head) >= _GARBAGE:
            break
    yield head
    yield from results


def _garbage(first: Bad, reading: Reading) -> Fault:
    """The one fault of a file whose first records are none."""
    message = (
        f"none of the first {_GARBAGE} records is one, so the file is perhaps no {reading.format.name}, and --from names "
        f"another format (--max-errors N lists N of them); the first: {first.faults[0].message}"
    )
    return Fault(reading.file, 1, 1, "", message)
