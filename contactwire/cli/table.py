"""`contactwire table`: a table of contacts, as Parquet, CSV or an Arrow file, record by record in constant memory."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from typing import Any

from contactwire.carriers import ContactEntityWithLinks
from contactwire.cli.documents import HEAD, Limits, format_of, read_body
from contactwire.cli.inputs import Damaged, Unreadable, opened
from contactwire.cli.statuses import Status
from contactwire.codecs import Format
from contactwire.codecs.json import BadRecord
from contactwire.errors import ContactWireError, DecodeError, EncodeError

__all__ = ["TABLE_FILES", "TABLE_TYPES", "run"]

TABLE_FILES = ("parquet", "csv", "arrow")
"""The formats of files that a table is written in."""

TABLE_TYPES = ("bool", "int", "float", "Decimal", "date", "datetime", "time", "timedelta", "bytes", "list", "str", "object")
"""The types that a column of custom fields or unknown members may be said to have."""

_FRAMINGS: dict[str, dict[str, str]] = {"ndjson": {"framing": "ndjson"}, "json": {"framing": "array"}, "xml": {}}


def run(options: argparse.Namespace) -> int:
    """Write the table of the contacts in a file to standard output, and report bad records on standard error.

    Returns `Status.INVALID` if there was a bad record, which the table does not have, or a value that its column cannot
    hold, which ends it. Raises `Unreadable` for arguments that are wrong, and where pyarrow is not installed.
    """
    try:
        from contactwire import tables
    except ImportError as error:
        raise Unreadable(str(error)) from None
    source = format_of(options.file, options.source, sequences=True)
    if source.name not in _FRAMINGS:
        raise Unreadable(f"{options.file}: a table is made of {', '.join(_FRAMINGS)}, not of {source.name}")
    known = {type.__name__: type for type in tables.OPEN_TYPES}
    types = {path: known[name] for path, name in map(_typed, options.type or ())}
    unknown: Any = "keep" if options.unknown else "error"
    bad: list[ContactWireError] = []
    with opened(options.file) as stream:
        contacts = _good(_contacts(stream, source, options), options.file, bad)
        try:
            batches = tables.to_batches(contacts, options.columns, types=types, ticks=options.ticks, unknown=unknown)
            tables.write_file(batches, sys.stdout.buffer, options.to)
        except EncodeError as error:
            _tell(options.file, 0, error, bad)
        except ValueError as error:
            raise Unreadable(f"--columns or --type: {error}") from None
    return Status.INVALID if bad else Status.FINE


def _typed(text: str) -> tuple[str, str]:
    path, _, name = text.rpartition("=")
    if name not in TABLE_TYPES or not path:
        raise Unreadable(f"--type: expected PATH=TYPE, with a type of {', '.join(TABLE_TYPES)}; received {text}")
    return path, name


def _contacts(stream: Any, source: Format, options: argparse.Namespace) -> Iterator[Any]:
    """The contacts in a stream, with a `BadRecord` for each bad one; the one contact of a document that is no list."""
    limits = Limits.of(options)
    codec, head = limits.codec(source), stream.head(HEAD)
    if source.is_sequence or codec.holds_list(head):
        chunks = itertools.chain([head], iter(lambda: stream.read(HEAD), b""))
        yield from codec.iter_decode(chunks, ContactEntityWithLinks, on_error="yield", **_FRAMINGS[source.name])
    else:
        yield codec.decode(read_body(stream, limits, head), ContactEntityWithLinks)


def _good(contacts: Iterator[Any], file: str, bad: list[ContactWireError]) -> Iterator[Any]:
    """The contacts without the bad records, which are reported, and added to `bad`."""
    try:
        for contact in contacts:
            if isinstance(contact, BadRecord):
                _tell(file, contact.line, contact.error, bad)
            else:
                yield contact
    except ContactWireError as error:
        _tell(file, getattr(error, "line", 1), error, bad)
    except Damaged as error:
        _tell(file, 1, DecodeError(str(error), 1, 1, "", ""), bad)


def _tell(file: str, line: int, error: ContactWireError, bad: list[ContactWireError]) -> None:
    """Report each fault in an error on standard error."""
    bad.append(error)
    place = f"{file}:{line}" if line else file
    for issue in getattr(error, "issues", ()):
        print(f"{place}: {issue.pointer}: {issue.message}", file=sys.stderr)
    if not hasattr(error, "issues"):
        print(f"{place}: {getattr(error, 'detail', error)}", file=sys.stderr)
