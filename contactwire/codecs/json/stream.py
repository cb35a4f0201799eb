"""JSON record by record, in memory that does not grow with their number: NDJSON, and arrays taken apart element by element.

NDJSON is one JSON text a line (https://github.com/ndjson/ndjson-spec); blank lines between records are skipped. Of an
array (RFC 8259 §5) only brackets, commas and strings are looked at here; what stands between two commas is a record, and
whether it is JSON its own decoder says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, Literal, get_args

from contactwire.codecs.shared import Record, Stream, encode_each, error_at, pieces
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["Framing", "encode_records", "split"]

Framing = Literal["ndjson", "array"]

_SHOWN = 20
_BLANK = b" \t\r\n"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _up_to(marks: bytes, levels: int = 6) -> bytes:
    """The pattern for a text up to one of `marks`, passing over strings, and over brackets that close within some levels.

    Possessive throughout, so that each byte is looked at once a level.
    """
    passed = _STRING + (rb"|[{\[]" + _up_to(rb"{}\[\]", levels - 1) + rb"[}\]]" if levels else b"")
    return rb'[^"' + marks + rb"]*+(?:(?:" + passed + rb')[^"' + marks + rb"]*+)*+"


@cache
def _to_mark(inside: bool) -> re.Pattern[bytes]:
    """To the next bracket whose partner is further off; between the elements of the array commas count too."""
    marks = rb"{}\[\]" if inside else rb"{}\[\],"
    return re.compile(_up_to(marks) + b"[" + marks + b"]", re.DOTALL)


_BLANKS = re.compile(rb"[ \t\r\n]*+")
_CONTINUATION = bytes(range(0x80, 0xC0))


def _chunks(stream: Stream) -> Iterator[bytes]:
    for piece in pieces(stream):
        # A lone surrogate becomes what no UTF-8 is, and so a fault of its record.
        yield piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else bytes(piece)


def split(stream: Stream, framing: Framing | None, max_bytes: int) -> Iterator[Record]:
    """The records of a stream; by default an opening bracket in front says that it is an array."""
    chunks, head = _chunks(stream), b""
    if framing is None:
        while not head.strip(_BLANK) and len(head) <= max_bytes and (chunk := next(chunks, None)) is not None:
            head += chunk
        framing = "array" if head.lstrip(_BLANK).startswith(b"[") else "ndjson"
    chunks = chain([head], chunks)
    return _Array(chunks, max_bytes).records() if framing == "array" else _lines(chunks, max_bytes)


def _lines(chunks: Iterator[bytes], max_bytes: int) -> Iterator[Record]:
    line, pending, too_long = 1, bytearray(), False
    for chunk in chain(chunks, [b"\n"]):
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            pending += piece
            if too_long or len(pending) > max_bytes:
                yield Record(None, line)
            elif pending.strip(_BLANK):
                yield Record(bytes(pending), line)
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

    def records(self) -> Iterator[Record]:
        """The elements; raises `DecodeError` where the text is no array, `ContentTooLarge` for an element over the limit."""
        if self._mark() != b"[":
            raise self._unexpected("'['")
        self._pass(self._start + 1)
        mark = self._mark()
        while mark != b"]":
            end = self._end_of_element()
            yield Record(bytes(self._text[self._start : end]), self._line, self._column)
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
            found = _to_mark(depth > 0).match(self._text, self._start + scanned)
            scanned = found.end() - self._start if found else scanned
            if scanned > self._max_bytes or (not found and len(self._text) - self._start > self._max_bytes):
                raise ContentTooLarge(f"the element has more than {self._max_bytes} bytes", self._line, self._column)
            if found:
                mark = self._text[found.end() - 1]
                if not depth and mark in b"]},":
                    return self._closed(found.end() - 1)
                depth += 1 if mark in b"{[" else -1
            elif not self._read_on(scanned):
                rest = bytes(self._text[self._start :]).rstrip(_BLANK)
                if not depth and rest.startswith((b"{", b"[")):
                    # What is missing is the array's own end.
                    return self._start + len(rest)
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
    if framing not in get_args(Framing):
        raise ValueError(f"a framing is one of {', '.join(get_args(Framing))}, not {framing!r}")
    opening = b"["
    for body in encode_each(values, encode):
        yield body + b"\n" if framing == "ndjson" else opening + body
        opening = b","
    if framing == "array":
        yield b"]" if opening == b"," else b"[]"
