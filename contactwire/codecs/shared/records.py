"""Streams, decoded and encoded record by record; the memory it takes is that of one record.

A format cuts a stream into `Record`s, each of which is a document of its own. `decode_records` decodes them one by one, and
moves their errors into the stream: a line becomes the line in the stream, and a pointer begins with the record's index.
Where the next record cannot be found, the last `Record` has the error that says so, and the beginning of what is not read.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from contactwire.builtins import check_option
from contactwire.codecs.shared.bodies import END_OF_TEXT
from contactwire.codecs.shared.feeding import MORE, More, aeach, each
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError, EncodeError, ValidationError, shorten

__all__ = [
    "BadRecord",
    "Frame",
    "Joiner",
    "OnError",
    "Record",
    "aencode_each",
    "decode_records",
    "encode_each",
    "found_records",
]

OnError = Literal["raise", "yield"]


class BadRecord(Struct, frozen=True):
    """A record that could not be decoded: its `index` and `line` in the stream, the `error`, and the `raw` bytes.

    `raw` is the record as it came: a line of NDJSON without its line feed, an element of an array, or an element of XML. Of
    a record that is too long, it is the first `max_bytes`. Where the error ends the stream, it is the beginning of what is
    not read: all of it if the stream ends too early, else as much as shows the fault, which may be nothing. Text, and XML in
    another encoding, become UTF-8.

    `cut` says that the record, or the stream that cannot be read on, is longer than `raw`. `ends_stream` says that it cannot
    be read on, so that records behind this place are lost.

    `before` and `after` make `raw` a stream of its own: the brackets of an array, or the tags of the XML root, with the
    namespaces that it declares. See `standalone`.
    """

    index: int
    line: int
    error: ContactWireError
    raw: bytes
    cut: bool = False
    ends_stream: bool = False
    before: bytes = b""
    after: bytes = b""

    def __repr__(self) -> str:
        return f"BadRecord(index={self.index}, line={self.line}, error={self.error!r}, raw={shorten(self.raw)})"

    @property
    def standalone(self) -> bytes:
        """A stream that has only this record, to be mended and read again.

        Records of one stream may stand together between `before` and `after`: those of an array with commas between them.
        """
        return self.before + self.raw + self.after


class Record(Struct):
    """The `document` of one record, and the `line` and `column` where the record starts in the stream.

    A format may put text around the record to form a document: in XML, the tags of the root. `lead` and `trail` are the
    lengths of that text in front and behind. `inside` says whether the pointers of the document's faults start inside the
    record; otherwise they start at the root of the stream.

    Of a record that is `too_long`, the document is the beginning. One that `ends_stream` is the last one, and no record: the
    document is the beginning of what is not read, and the `error` says why the next record cannot be found, if decoding the
    document does not say it. `cut` says, in both cases, that the stream goes on where the document does not. `around` is
    what a stream of the format has in front of its records and behind them. `behind` is what has to follow it, in the words
    of an error.
    """

    document: Any
    line: int
    column: int = 1
    lead: int = 0
    trail: int = 0
    inside: bool = True
    too_long: bool = False
    cut: bool = False
    ends_stream: bool = False
    error: ContactWireError | None = None
    around: tuple[bytes, bytes] = (b"", b"")
    behind: str = END_OF_TEXT

    def whole(self, max_bytes: int) -> Any:
        """The document; raises `ContentTooLarge` if it is too long, or the error that ends the stream."""
        if self.error is not None:
            raise self.error
        if self.too_long:
            raise ContentTooLarge(f"the record has more than the {max_bytes} bytes that are allowed")
        return self.document

    @property
    def raw(self) -> bytes:
        """The bytes of the record as they came, or in UTF-8 where the stream is text or has another encoding."""
        if isinstance(self.document, bytes):
            # In front of a byte order mark that is a fault, the document has another one.
            return self.document[: len(self.document) - self.trail].removeprefix(BOM_UTF8)
        text: str = self.document[self.lead : len(self.document) - self.trail]
        return text.encode("utf-8", "surrogatepass")

    def bad(self, index: int, error: ContactWireError) -> BadRecord:
        """The bad record for an error with its place in the stream."""
        line = getattr(error, "line", self.line)
        return BadRecord(index, line, error, self.raw, self.cut, self.ends_stream, *self.around)

    def explained(self, error: ContactWireError) -> ContactWireError:
        """An error of the document; one that expects the end of the document expects what the stream has behind it."""
        if not isinstance(error, DecodeError) or error.expected != END_OF_TEXT:
            return error
        return type(error)(error.message, error.line, error.column, self.behind, error.excerpt)

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the stream of a place in the document."""
        return self.line + line - 1, column + (self.column - 1 - self.lead if line == 1 else 0)

    def located(self, error: ContactWireError) -> ContactWireError:
        """An error of the document; one that has a line and a column gets those in the stream (see `explained`)."""
        error = self.explained(error)
        if not isinstance(error, DecodeError):
            return error
        return type(error)(error.message, *self.place(error.line, error.column), error.expected, error.excerpt)


def decode_records(
    records: Iterable[Record | More], decode: Callable[[Any], Sequence[Any]], on_error: OnError, max_bytes: int
) -> Iterator[Any]:
    """The values that `decode` returns for the document of each record, and `MORE` where `records` has it.

    If it raises, `on_error` decides: "raise" raises the error, "yield" yields a `BadRecord`. Any other `on_error` is a
    ValueError, at once.
    """
    check_option("on_error", on_error, OnError)
    return _decoded(records, decode, on_error, max_bytes)


def _decoded(
    records: Iterable[Record | More], decode: Callable[[Any], Sequence[Any]], on_error: OnError, max_bytes: int
) -> Iterator[Any]:
    index = 0
    for record in records:
        if record is MORE:
            yield MORE
            continue
        try:
            values = decode(record.whole(max_bytes))
        except ContactWireError as error:
            located = _in_stream(error, index, record)
            if on_error == "raise":
                raise located from None
            values = [record.bad(index, located)]
        index += len(values)
        yield from values


def found_records(records: Iterable[Record | More]) -> Iterator[Record | More]:
    """The records that were found, and `MORE`; raises the error that says why the next one cannot be."""
    for record in records:
        if record is not MORE and record.error is not None:
            raise record.error
        yield record


def _in_stream(error: ContactWireError, index: int, record: Record) -> ContactWireError:
    """The same error with its place in the stream: the line there, or the record's index in front of the pointers."""
    if record.error is not None:
        return error
    error = record.located(error)
    if isinstance(error, ValidationError) and record.inside:
        error = error.under(f"/{index}")
    if not isinstance(error, DecodeError):
        error.add_note(f"in the record on line {record.line}")
    return error


class Frame(NamedTuple):
    """What a stream has at its `start`, `between` two values, `behind` each value, and at its `end`."""

    start: bytes
    between: bytes
    behind: bytes
    end: bytes


class Joiner:
    """Joins values to a stream.

    `encode` returns the text of a value. `frame_of` returns the frame of a stream by its first value, in a list that is
    empty if there is none.
    """

    def __init__(self, encode: Callable[[Any], bytes], frame_of: Callable[[list[Any]], Frame]) -> None:
        self._encode, self._frame_of = encode, frame_of
        self._frame: Frame | None = None
        self._count = 0

    def piece(self, value: Any) -> bytes:
        """The piece of the stream for the next value; in an `EncodeError`, pointers begin with the index of the value."""
        frame = self._frame = self._frame or self._frame_of([value])
        try:
            text = self._encode(value)
        except EncodeError as error:
            raise error.under(f"/{self._count}") from None
        self._count += 1
        return (frame.start if self._count == 1 else frame.between) + text + frame.behind

    def end(self) -> bytes:
        """What the stream has behind the last value; the whole stream if there is none."""
        frame = self._frame or self._frame_of([])
        return frame.end if self._count else frame.start + frame.end


def encode_each(values: Iterable[Any], joiner: Joiner) -> Iterator[bytes]:
    """The pieces of a stream, one for each value, and its end.

    Values that come from a generator close it when no more is asked for.
    """
    with closing(each(values)) as items:
        for value in items:
            yield joiner.piece(value)
    if end := joiner.end():
        yield end


async def aencode_each(values: Iterable[Any] | AsyncIterable[Any], joiner: Joiner) -> AsyncGenerator[bytes, None]:
    """What `encode_each` yields, of values that may come asynchronously."""
    async with aclosing(aeach(values)) as items:
        async for value in items:
            yield joiner.piece(value)
    if end := joiner.end():
        yield end
