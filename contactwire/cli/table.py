"""`contactwire table`: a table of contacts, as Parquet, CSV or an Arrow file, record by record in constant memory."""

from __future__ import annotations

import argparse
import os
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import attrs

from contactwire.cli.arguments import TABLE_TYPES
from contactwire.cli.classes import carrier_named
from contactwire.cli.inputs import Unreadable, opened
from contactwire.cli.reports import Report, complain
from contactwire.cli.run import Run, Status
from contactwire.cli.works import Work
from contactwire.codecs import SEQUENCES
from contactwire.errors import EncodeError, printable, shorten_pointer

__all__ = ["run"]

_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""With these in the environment, numpy and pyarrow start no threads at their import, so that this process can be copied."""

_ENDS = "the table ends early, and lacks records; --type PATH=object, or --ticks text for dates, makes the column text"


def run(options: argparse.Namespace) -> int:
    """Write the table of the contacts in a file to standard output, and report bad records on standard error.

    Returns `Status.INVALID` if there was a bad record, which the table does not have, or a value that does not fit the type
    of its column, which ends the table. Raises `Unreadable` for wrong arguments, and where pyarrow is not installed.
    """
    if options.workers > 1:
        os.environ.update(_NO_THREADS | os.environ)
    work, report = _Rows.of(options), Report(sys.stderr)
    try:
        with Run(options, report, [options.file]) as run, opened(options.file) as stream:
            reading = run.reading(options.file)
            if reading.format.name not in SEQUENCES:
                raise Unreadable(f"{options.file}: a table is made of {', '.join(SEQUENCES)}, not of {reading.format.name}")
            is_sequence = reading.format.holds_records(stream.head)
            run.sink = sink = _Sink(work, options.to, options.skip if is_sequence else None)
            if is_sequence:
                run.records(reading, work, stream)
            else:
                run.whole(reading, stream, lambda source: sink.write([[work.layout.row(source.contact())]]))
    except EncodeError as error:
        for issue in error.issues:
            print(printable(f"{options.file}: {shorten_pointer(issue.pointer)}: {issue.message}"), file=sys.stderr)
        complain(f"{options.file}: {_ENDS}")
        return Status.INVALID
    return Status.INVALID if report.count else Status.FINE


def _tables() -> Any:
    """The package that makes tables. Raises `Unreadable` where pyarrow is not installed."""
    try:
        from contactwire import tables
    except ImportError as error:
        raise Unreadable(str(error)) from None
    return tables


def _typed(text: str) -> tuple[str, str]:
    path, _, name = text.rpartition("=")
    if name not in TABLE_TYPES or not path:
        raise Unreadable(f"--type: expected PATH=TYPE, with a type of {', '.join(TABLE_TYPES)}; received {text}")
    return path, name


@attrs.frozen
class _Rows(Work):
    """Reads a record, and takes the values of the columns from it: a list with its row, of `columns` and their options."""

    columns: str | None
    types: tuple[tuple[str, str], ...]
    unknown: bool
    ticks: str | None
    carrier: str | None

    @classmethod
    def of(cls, options: argparse.Namespace) -> _Rows:
        """The work of a command with these options. Raises `Unreadable` for options that are wrong."""
        types = tuple(map(_typed, options.type or ()))
        work = cls(options.columns, types, options.unknown, options.ticks, options.carrier)
        try:
            _tables().check_file(options.to, _layout(work).columns)
        except ValueError as error:
            raise Unreadable(f"--columns or --type: {error}") from None
        return work

    @property
    def layout(self) -> Any:
        """The layout of the table."""
        return _layout(self)

    def contacts(self, found: list[Any]) -> list[Any]:
        """The rows of contacts; raises `EncodeError` for a value that its column cannot hold."""
        return list(map(self.layout.row, found))


@lru_cache(maxsize=1)
def _layout(work: _Rows) -> Any:
    tables = _tables()
    known = {type.__name__: type for type in tables.OPEN_TYPES}
    return tables.layout_of(
        work.columns,
        type=carrier_named(work.carrier),
        unknown="keep" if work.unknown else "error",
        ticks=work.ticks,
        types={path: known[name] for path, name in work.types},
    )


class _Sink:
    """Writes rows to standard output, many at once; a bad record has none.

    `skipped` is how many records of the file stand before those that come; None where the file is one document.
    """

    is_exact = False

    def __init__(self, work: _Rows, format: str, skipped: int | None) -> None:
        self._writer = _tables().TableWriter(sys.stdout.buffer, format, work.layout)
        self._skipped, self._rows = skipped, 0
        # For each record without a row, how many rows stand before it.
        self._without = array("q")

    def write(self, results: list[Any]) -> None:
        """Write the rows of records. Raises `EncodeError` for a value that does not fit the type of its column."""
        for rows in results:
            if not rows:
                self._without.append(self._rows)
            self._rows += len(rows)
        with self._placed():
            self._writer.write(row for rows in results for row in rows)

    def close(self) -> None:
        """Write the end of the table; raises as `write` does."""
        with self._placed():
            self._writer.close()

    @contextmanager
    def _placed(self) -> Iterator[None]:
        """Make pointers of errors, which begin with the number of a row, begin with that of its record in the file."""
        try:
            yield
        except EncodeError as error:
            issues = [attrs.evolve(issue, pointer=self._in_file(issue.pointer)) for issue in error.issues]
            raise EncodeError(issues, error.more) from None

    def _in_file(self, pointer: str) -> str:
        row, _, inside = pointer[1:].partition("/")
        if self._skipped is None:
            return f"/{inside}"
        return f"/{self._skipped + int(row) + bisect_right(self._without, int(row))}/{inside}"
