"""Streams record by record, in memory for one: what all formats share.

A format cuts a stream into records, each a small document by itself. What is wrong with one is told as from the stream:
its line there, and pointers that begin with its index.
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
"""What is decoded record by record: a file, a body, or the chunks of one, however they are cut."""


@attrs.frozen
class BadRecord:
    """A record that could not be decoded: its `index` and `line` in the stream, and the `error`."""

    index: int
    line: int
    error: ContactWireError


@attrs.define
class Record:
    """The document of one record, None for one that is too long, and the line and column where it starts in the stream.

    The first `lead` characters of the document are not the record's. `inside` says whether the pointers of its faults are;
    else they start at the whole stream's root.
    """

    document: Any
    line: int
    column: int = 1
    lead: int = 0
    inside: bool = True

    def whole(self, max_bytes: int) -> Any:
        """The document; raises `ContentTooLarge` for one that is too long."""
        if self.document is None:
            raise ContentTooLarge(f"the record has more than the {max_bytes} bytes that are allowed")
        return self.document

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Where in the stream a place in the document is."""
        return self.line + line - 1, column + (self.column - 1 - self.lead if line == 1 else 0)


def decode_records(
    records: Iterable[Record], decode: Callable[[Any], Sequence[Any]], on_error: OnError, max_bytes: int
) -> Iterator[Any]:
    """What `decode` makes of each record's document, or a `BadRecord` where it fails and `on_error` is "yield".

    Where `records` itself raises, there is no telling where the next one starts: that ends the stream.
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
    """The same error as seen from the stream: its line there, or its pointers behind the record's index."""
    if isinstance(error, DecodeError):
        return type(error)(error.message, *record.place(error.line, error.column), error.expected, error.excerpt)
    if isinstance(error, ValidationError) and record.inside:
        error = error.under(f"/{index}")
    error.add_note(f"in the record on line {record.line}")
    return error


def encode_each(values: Iterable[Any], encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    """What `encode` makes of each value; the pointers of its `EncodeError` begin with the value's index."""
    for index, value in enumerate(values):
        try:
            body = encode(value)
        except EncodeError as error:
            raise error.under(f"/{index}") from None
        yield body


def pieces(stream: Stream) -> Iterator[Body]:
    """The pieces of a stream, as they come or of a moderate size."""
    if isinstance(stream, (str, bytes, bytearray, memoryview)):
        return (stream[start : start + _CHUNK] for start in range(0, len(stream), _CHUNK))
    if hasattr(stream, "read"):
        return iter(lambda: stream.read(_CHUNK) or None, None)
    return iter(stream)
