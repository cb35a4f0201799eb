"""Streams, decoded and encoded record by record; the memory it takes is that of one record.

A format cuts a stream into `Record`s, each of which is a document of its own. `decode_records` decodes them one by one, and
moves their errors into the stream: a line becomes the line in the stream, and a pointer begins with the record's index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol

import attrs

from contactwire.codecs.shared.bodies import Body
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError, EncodeError, ValidationError

__all__ = ["BadRecord", "OnError", "Record", "Stream", "decode_records", "encode_each", "pieces"]

OnError = Literal["raise", "yield"]

_CHUNK = 2**16


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | str: ...


Stream = Body | _Readable | Iterable[Body]
"""The source of records: an open file, a body, or an iterable of the chunks of one, wherever they are cut."""


@attrs.frozen
class BadRecord:
    """A record that could not be decoded: its `index` and `line` in the stream, and the `error`."""

    index: int
    line: int
    error: ContactWireError


@attrs.define
class Record:
    """The `document` of one record, and the `line` and `column` where the record starts in the stream.

    The document is None if the record is too long. A format may put text in front of the record to form a document: in XML,
    the start tag of the root. `lead` is the length of that text. `inside` says whether the pointers of the document's faults
    start inside the record; otherwise they start at the root of the stream.
    """

    document: Any
    line: int
    column: int = 1
    lead: int = 0
    inside: bool = True

    def whole(self, max_bytes: int) -> Any:
        """The document; raises `ContentTooLarge` if it was too long to keep."""
        if self.document is None:
            raise ContentTooLarge(f"the record has more than the {max_bytes} bytes that are allowed")
        return self.document

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the stream of a place in the document."""
        return self.line + line - 1, column + (self.column - 1 - self.lead if line == 1 else 0)


def decode_records(
    records: Iterable[Record], decode: Callable[[Any], Sequence[Any]], on_error: OnError, max_bytes: int
) -> Iterator[Any]:
    """The values that `decode` returns for the document of each record.

    If it raises, `on_error` decides: "raise" raises the error, "yield" yields a `BadRecord`. An error that `records` itself
    raises ends the stream, since nobody knows where the next record starts.
    """
    index, line = 0, 1
    try:
        for record in records:
            line = record.line
            try:
                values = decode(record.whole(max_bytes))
            except ContactWireError as error:
                located = _in_stream(error, index, record)
                if on_error == "raise":
                    raise located from None
                values = [BadRecord(index, getattr(located, "line", line), located)]
            index += len(values)
            yield from values
    except ContactWireError as error:
        if on_error == "raise":
            raise
        yield BadRecord(index, getattr(error, "line", line), error)


def _in_stream(error: ContactWireError, index: int, record: Record) -> ContactWireError:
    """The same error with its place in the stream: the line there, or the record's index in front of the pointers."""
    if isinstance(error, DecodeError):
        return type(error)(error.message, *record.place(error.line, error.column), error.expected, error.excerpt)
    if isinstance(error, ValidationError) and record.inside:
        error = error.under(f"/{index}")
    error.add_note(f"in the record on line {record.line}")
    return error


def encode_each(values: Iterable[Any], encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    """The bytes that `encode` returns for each value; in an `EncodeError`, pointers begin with the value's index."""
    for index, value in enumerate(values):
        try:
            body = encode(value)
        except EncodeError as error:
            raise error.under(f"/{index}") from None
        yield body


def pieces(stream: Stream) -> Iterator[Body]:
    """The chunks of a stream: the given ones, or pieces of 64 Ki bytes or characters of a body or file."""
    if isinstance(stream, (str, bytes, bytearray, memoryview)):
        return (stream[start : start + _CHUNK] for start in range(0, len(stream), _CHUNK))
    if hasattr(stream, "read"):
        return iter(lambda: stream.read(_CHUNK) or None, None)
    return iter(stream)
