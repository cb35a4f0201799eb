"""JSON record by record, in memory that does not grow with their number: NDJSON, and arrays taken apart element by element.

NDJSON is one JSON text a line (https://github.com/ndjson/ndjson-spec); blank lines between records are skipped. Of an
array (RFC 8259 §5) only brackets, commas and strings are looked at here; what stands between two commas is a record, and
whether it is JSON its own decoder says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, Literal, Protocol

import attrs

from contactwire.codecs._bodies import Body, error_at
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError, EncodeError, ValidationError

__all__ = ["BadRecord", "Framing", "OnError", "Stream", "decode_records", "encode_records"]

Framing = Literal["ndjson", "array"]
OnError = Literal["raise", "yield"]

_CHUNK = 2**16
_SHOWN = 20
_BLANK = b" \t\r\n"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _up_to(marks: bytes, levels: int = 6) -> bytes:
    """The pattern for a text up to one of `marks`, passing over strings, and over brackets that close within some levels.

    Possessive throughout, so that each byte is looked at once a level.
    """
    passed = _STRING + (rb"|[{\[]" + _up_to(rb"{}\[\]", levels - 1) + rb"[}\]]" if levels else b"")
    return rb'[^"' + marks + rb"]*+(?:(?:" + passed + rb')[^"' + marks + rb"]*+)*+"


# To the next bracket whose partner is further off; between the elements of the array commas count too.
_INSIDE = re.compile(_up_to(rb"{}\[\]") + rb"[{}\[\]]", re.DOTALL)
_BETWEEN = re.compile(_up_to(rb"{}\[\],") + rb"[{}\[\],]", re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]*+")
_CONTINUATION = bytes(range(0x80, 0xC0))


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
class _Record:
    body: bytes | None
    line: int
    column: int = 1


def decode_records(
    stream: Stream, decode: Callable[[bytes], Any], framing: Framing | None, on_error: OnError, max_bytes: int
) -> Iterator[Any]:
    """What `decode` makes of each record of a stream, or a `BadRecord` where it fails and `on_error` is "yield"."""
    index, line = -1, 1
    try:
        for index, record in enumerate(_split(stream, framing, max_bytes)):
            line = record.line
            try:
                value = decode(_checked(record, max_bytes))
            except ContactWireError as error:
                located = _in_stream(error, index, record)
                if on_error == "raise":
                    raise located from None
                value = BadRecord(index, getattr(located, "line", line), located)
            yield value
    except DecodeError as error:
        # Without its brackets and commas there is no telling where the next record starts.
        if on_error == "raise":
            raise
        yield BadRecord(index + 1, error.line, error)


def _checked(record: _Record, max_bytes: int) -> bytes:
    if record.body is None:
        raise ContentTooLarge(f"the record has more than the {max_bytes} bytes that are allowed")
    return record.body


def _in_stream(error: ContactWireError, index: int, record: _Record) -> ContactWireError:
    """The same error as seen from the stream: its line there, or its pointers behind the record's index."""
    if isinstance(error, DecodeError):
        column = error.column + (record.column - 1 if error.line == 1 else 0)
        return type(error)(error.message, record.line + error.line - 1, column, error.expected, error.excerpt)
    if isinstance(error, ValidationError):
        error = ValidationError(issue.under(f"/{index}") for issue in error.issues)
    error.add_note(f"in the record on line {record.line}")
    return error


def _chunks(stream: Stream) -> Iterator[bytes]:
    for piece in _pieces(stream):
        # A lone surrogate becomes what no UTF-8 is, and so a fault of its record.
        yield piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else bytes(piece)


def _pieces(stream: Any) -> Iterable[Any]:
    if isinstance(stream, (str, bytes, bytearray, memoryview)):
        return (stream[start : start + _CHUNK] for start in range(0, len(stream), _CHUNK))
    return iter(lambda: stream.read(_CHUNK) or None, None) if hasattr(stream, "read") else stream


def _split(stream: Stream, framing: Framing | None, max_bytes: int) -> Iterator[_Record]:
    chunks, head = _chunks(stream), b""
    if framing is None:
        while not head.strip(_BLANK) and len(head) <= max_bytes and (chunk := next(chunks, None)) is not None:
            head += chunk
        framing = "array" if head.lstrip(_BLANK).startswith(b"[") else "ndjson"
    chunks = chain([head], chunks)
    return _Array(chunks, max_bytes).records() if framing == "array" else _lines(chunks, max_bytes)


def _lines(chunks: Iterator[bytes], max_bytes: int) -> Iterator[_Record]:
    line, pending, too_long = 1, bytearray(), False
    for chunk in chain(chunks, [b"\n"]):
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            pending += piece
            if too_long or len(pending) > max_bytes:
                yield _Record(None, line)
            elif pending.strip(_BLANK):
                yield _Record(bytes(pending), line)
            line, too_long = line + 1, False
            pending.clear()
        pending += rest
        if len(pending) > max_bytes:
            too_long = True
            pending.clear()


class _Array:
    """Takes an array apart; `_text` holds what was read and not given out, and behind `_start` nothing was given out."""

    def __init__(self, chunks: Iterator[bytes], max_bytes: int) -> None:
        self._text, self._chunks, self._max_bytes = bytearray(), chunks, max_bytes
        self._start, self._line, self._column = 0, 1, 1

    def records(self) -> Iterator[_Record]:
        """The elements; raises `DecodeError` where the text is no array, `ContentTooLarge` for an element over the limit."""
        if self._mark() != b"[":
            raise self._unexpected("'['")
        self._pass(self._start + 1)
        mark = self._mark()
        while mark != b"]":
            end = self._end_of_element()
            yield _Record(bytes(self._text[self._start : end]), self._line, self._column)
            self._pass(end)
            mark = self._mark()
            if mark == b",":
                self._pass(end + 1)
                self._mark()
        self._pass(self._start + 1)
        if self._mark():
            raise self._unexpected("the end of the text")

    def _mark(self) -> bytes:
        """Skip blanks, and give the byte behind them, or none at the end of the text."""
        while True:
            self._pass(_BLANKS.match(self._text, self._start).end())  # type: ignore[union-attr]
            if self._start < len(self._text) or not self._read_on(0):
                return bytes(self._text[self._start : self._start + 1])

    def _end_of_element(self) -> int:
        depth, scanned = 0, 0
        while True:
            found = (_INSIDE if depth else _BETWEEN).match(self._text, self._start + scanned)
            scanned = found.end() - self._start if found else scanned
            if scanned > self._max_bytes or (not found and len(self._text) - self._start > self._max_bytes):
                raise ContentTooLarge(f"the element has more than {self._max_bytes} bytes", self._line, self._column)
            if found:
                mark = self._text[found.end() - 1]
                if not depth and mark in b"]},":
                    return self._closed(found.end() - 1)
                depth += 1 if mark in b"{[" else -1
            elif not self._read_on(scanned):
                self._pass(len(self._text))
                raise self._unexpected("',' or ']'")

    def _closed(self, end: int) -> int:
        if self._text[end] == ord("}"):
            self._pass(end)
            raise self._unexpected("',' or ']'")
        return end

    def _read_on(self, scanned: int) -> bool:
        """Read as much again as was looked at in vain, so that looking again does not add up; False at the end."""
        del self._text[: self._start]
        self._start = 0
        size = len(self._text)
        while len(self._text) < max(2 * size - scanned, size + 1):
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._text += chunk
        return len(self._text) > size

    def _pass(self, end: int) -> None:
        """Leave everything before `end` behind, and know the line and column, in characters, of what stands there."""
        passed = self._text[self._start : end]
        tail = passed[passed.rfind(b"\n") + 1 :]
        self._column = len(tail.translate(None, _CONTINUATION)) + (self._column if len(tail) == len(passed) else 1)
        self._line += passed.count(b"\n")
        self._start = end

    def _unexpected(self, expected: str) -> DecodeError:
        while len(self._text) - self._start < _SHOWN and self._read_on(0):
            pass
        shown = bytes(self._text[self._start : self._start + _SHOWN]).decode("utf-8", "replace")
        error = error_at(shown, 0, f"unexpected {json.dumps(shown[:1], ensure_ascii=False)}", expected)
        message = error.message if shown else "the text ends too early"
        return DecodeError(message, self._line, self._column, expected, error.excerpt)


def encode_records(values: Iterable[Any], encode: Callable[[Any], bytes], framing: Framing) -> Iterator[bytes]:
    """The body of a stream in pieces, one a value; the pieces of an array have its brackets and commas."""
    opening = {"array": b"[", "ndjson": b""}[framing]
    for index, value in enumerate(values):
        try:
            body = encode(value)
        except EncodeError as error:
            raise EncodeError(issue.under(f"/{index}") for issue in error.issues) from None
        yield body + b"\n" if framing == "ndjson" else opening + body
        opening = b","
    if framing == "array":
        yield b"]" if opening == b"," else b"[]"
