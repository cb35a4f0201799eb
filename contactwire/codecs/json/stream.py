"""Streams of JSON, cut into records: the lines of NDJSON, or the elements of an array. Memory holds one record at a time.

NDJSON is one JSON text a line (https://github.com/ndjson/ndjson-spec); blank lines between records are skipped. In an array
(RFC 8259 §5) this module looks only at brackets, commas and strings. The text between two commas of the array is a record;
whether it is JSON, the decoder of the record finds out. A byte order mark in front of the stream is passed over.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Any, Literal

from contactwire.builtins import check_option
from contactwire.codecs.json.text import EXPECTED
from contactwire.codecs.shared import END_OF_TEXT, MORE, Asking, Body, Frame, More, Record, error_at, place_behind
from contactwire.errors import ContentTooLarge, DecodeError, shorten
from contactwire.patterns import pattern

__all__ = ["FRAMES", "Framing", "JsonSplitter"]

Framing = Literal["ndjson", "array"]

Next = Callable[[], Asking[bytes | None]]
"""Returns the next chunk of a stream, or None at its end."""

_SHOWN = 20
_NDJSON = (b"", b"\n")
_ARRAY = (b"[", b"]")
_COMMA_OR_END, _VALUE, _VALUE_OR_END = (EXPECTED[state] for state in ("after item", "value", "first item"))
FRAMES: Mapping[Framing, Frame] = {"ndjson": Frame(b"", b"", b"\n", b""), "array": Frame(b"[", b",", b"", b"]")}
"""What streams have around their values."""

_BLANK = b" \t\r\n"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _up_to(marks: bytes, levels: int = 6) -> bytes:
    """The pattern for a text up to one of `marks`, with strings, and pairs of brackets up to some `levels` deep, inside it.

    Quantifiers are possessive, so that the pattern visits each byte at most once a level.
    """
    passed = _STRING + (rb"|[{\[]" + _up_to(rb"{}\[\]", levels - 1) + rb"[}\]]" if levels else b"")
    return rb'[^"' + marks + rb"]*+(?:(?:" + passed + rb')[^"' + marks + rb"]*+)*+"


@cache
def _to_mark(inside: bool) -> re.Pattern[bytes]:
    """The pattern up to the next bracket that does not close within the levels of `_up_to`.

    Not `inside` an element, it also stops at a comma, which ends an element of the array.
    """
    marks = rb"{}\[\]" if inside else rb"{}\[\],"
    return re.compile(_up_to(marks) + b"[" + marks + b"]", re.DOTALL)


_BLANKS = pattern(rb"[ \t\r\n]*+")
_WHOLE_STRING = pattern(_STRING, re.DOTALL)


def _document(text: bytes) -> bytes:
    """The document of a record. A decoder passes over one byte order mark, so one that is a fault is doubled."""
    return BOM_UTF8 + text if text.startswith(BOM_UTF8) else text


class JsonSplitter:
    """Cuts a stream into records; without a `framing`, it is an array if it begins with `[`."""

    def __init__(self, framing: Framing | None, max_bytes: int) -> None:
        if framing is not None:
            check_option("framing", framing, Framing)
        self._framing, self._max_bytes = framing, max_bytes
        self._chunk: bytes | None = None
        self._is_first = True

    def feed(self, chunk: Body | None, /) -> None:
        """Take the next chunk of the stream, or None at its end."""
        # A lone surrogate becomes bytes that are no UTF-8, and so a fault of its record.
        text = chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else chunk
        self._chunk = None if text is None else bytes(text)

    def records(self) -> Iterator[Record | More]:
        """The records, and `MORE`; the last record has an error if an array cannot be read on."""
        head = yield from self._head()
        # A chunk may hold more, on which the framing must not depend.
        shown = head[: self._max_bytes + 1].lstrip(_BLANK)
        framing = self._framing or ("array" if shown.startswith(b"[") else "ndjson")
        if framing == "array":
            yield from _Array(head, self._next, self._max_bytes).records()
        else:
            yield from _lines(head, self._next, self._max_bytes)

    def _head(self) -> Asking[bytearray]:
        """As much of the stream as shows its framing."""
        head = bytearray()
        while self._framing is None and len(head) <= self._max_bytes:
            chunk = yield from self._next()
            head += chunk or b""
            if chunk is None or chunk.strip(_BLANK):
                break
        return head

    def _next(self) -> Asking[bytes | None]:
        """The next chunk, or None at the end; without a byte order mark in front of the first."""
        yield MORE
        return (yield from self._without_mark()) if self._is_first else self._chunk

    def _without_mark(self) -> Asking[bytes]:
        self._is_first, head = False, b""
        while self._chunk is not None:
            head += self._chunk
            if not BOM_UTF8.startswith(head):
                break
            yield MORE
        return head.removeprefix(BOM_UTF8)


def _lines(head: bytes | bytearray, next_chunk: Next, max_bytes: int) -> Iterator[Record | More]:
    line, unfinished = 1, bytearray()
    chunk: bytes | None = bytes(head)
    while True:
        # `split` takes ten times as long to find the lines.
        for text in BytesIO(b"\n" if chunk is None else chunk):
            if not text.endswith(b"\n"):
                unfinished += text
                # One byte more than is allowed shows that the line is too long.
                del unfinished[max_bytes + 1 :]
                break
            if unfinished:
                text = bytes(unfinished + text)
                unfinished.clear()
            text = text[:-1]
            if len(text) > max_bytes:
                yield Record(_document(text[:max_bytes]), line, too_long=True, cut=True, around=_NDJSON)
            elif text.strip(_BLANK):
                yield Record(_document(text), line, around=_NDJSON)
            line += 1
        if chunk is None:
            return
        chunk = yield from next_chunk()


class _Broken(Exception):
    """The array cannot be read on; `record` is the last one."""

    def __init__(self, record: Record) -> None:
        super().__init__(record)
        self.record = record


class _Array:
    """Cuts an array into its elements.

    `_text` is the part of the stream that is in memory. The part of it before `_start` was passed already; `_line` and
    `_column` are the place of `_start` in the stream.
    """

    def __init__(self, head: bytearray, next_chunk: Next, max_bytes: int) -> None:
        self._text, self._next, self._max_bytes = head, next_chunk, max_bytes
        self._start, self._line, self._column = 0, 1, 1

    def records(self) -> Iterator[Record | More]:
        """The elements; the last record has an error if the text is no array, or an element is over the limit."""
        try:
            yield from self._elements()
        except _Broken as broken:
            yield broken.record

    def _elements(self) -> Iterator[Record | More]:
        if (yield from self._mark()) != b"[":
            raise (yield from self._unexpected("'['"))
        self._pass(self._start + 1)
        mark = yield from self._mark()
        expected = _VALUE_OR_END
        while mark != b"]":
            if mark == b",":
                yield self._record(mark, trail=1)
            else:
                end = yield from self._end_of_element(expected)
                yield self._record(self._text[self._start : end])
                self._pass(end)
                mark, expected = (yield from self._mark()), _COMMA_OR_END
            if mark == b",":
                self._pass(self._start + 1)
                mark, expected = (yield from self._mark()), _VALUE
                if mark == b"]":
                    yield self._record(mark, trail=1)
        self._pass(self._start + 1)
        if (yield from self._mark()):
            raise (yield from self._unexpected(END_OF_TEXT))

    def _record(self, text: bytes | bytearray, **more: Any) -> Record:
        """The record of an element that begins at `_start`; where a mark is in its place, that is the text, and a fault."""
        return Record(_document(bytes(text)), self._line, self._column, around=_ARRAY, behind=_COMMA_OR_END, **more)

    def _mark(self) -> Asking[bytes]:
        """Skip white space, and return the byte behind it, or b"" at the end of the text."""
        while True:
            self._pass(_BLANKS.match(self._text, self._start).end())  # type: ignore[union-attr]
            if self._start < len(self._text) or not (yield from self._read_on(0)):
                return bytes(self._text[self._start : self._start + 1])

    def _end_of_element(self, expected: str) -> Asking[int]:
        """The end of the element at `_start`, where `expected` is what may stand."""
        depth, scanned = 0, 0
        while True:
            found = _to_mark(depth > 0).match(self._text, self._start + scanned)
            end = found.end() if found else len(self._text)
            is_behind = bool(found) and not depth and self._text[end - 1] in b"]},"
            if end - is_behind - self._start > self._max_bytes:
                message = f"the element has more than the {self._max_bytes} bytes that are allowed"
                error = ContentTooLarge(message, self._line, self._column)
                raise _broken(error, self._text[self._start : self._start + self._max_bytes], cut=True)
            if is_behind:
                return (yield from self._closed(end - 1, expected))
            if found:
                scanned = end - self._start
                depth += 1 if self._text[end - 1] in b"{[" else -1
            elif not (yield from self._read_on(scanned)):
                return (yield from self._ended(depth, expected))

    def _closed(self, end: int, expected: str) -> Asking[int]:
        """The end of an element in front of a mark; behind an object or a list, `records` reports a wrong one."""
        if self._text[end] != ord("}") or self._text[self._start] in b"{[":
            return end
        raise (yield from self._unexpected(_COMMA_OR_END if end > self._start else expected, end))

    def _ended(self, depth: int, expected: str) -> Asking[int]:
        """The end of an element behind which the stream ends; the array lacks its end, which `records` reports after it."""
        last = bytes(self._text[self._start :]).rstrip(_BLANK)
        if depth or (last.startswith(b'"') and not _WHOLE_STRING.match(last)):
            # Of an unfinished element, its decoder tells what is missing.
            raise _Broken(self._record(self._text[self._start :], ends_stream=True))
        if not last.startswith((b"{", b"[")):
            raise (yield from self._unexpected(_COMMA_OR_END if last else expected, len(self._text)))
        return self._start + len(last)

    def _read_on(self, scanned: int) -> Asking[bool]:
        """Read more of the stream; False at its end.

        It reads at least as much as the next scan has to repeat, so that all scans together take linear time.
        """
        del self._text[: self._start]
        self._start = 0
        size = len(self._text)
        while len(self._text) < max(2 * size - scanned, size + 1):
            chunk = yield from self._next()
            if chunk is None:
                break
            self._text += chunk
        return len(self._text) > size

    def _pass(self, end: int) -> None:
        """Move `_start` to `end`, and `_line` and `_column` with it; the column counts characters."""
        self._line, self._column = place_behind(self._text[self._start : end], self._line, self._column)
        self._start = end

    def _unexpected(self, expected: str, end: int | None = None) -> Asking[_Broken]:
        """The error for the text at `end`, by default at `_start`; passes what is before it, which is not read either."""
        unread = self._text[self._start : end or self._start]
        self._pass(self._start + len(unread))
        while len(self._text) - self._start <= _SHOWN and (yield from self._read_on(0)):
            pass
        rest = self._text[self._start : self._start + _SHOWN]
        shown = rest.decode("utf-8", "replace")
        error = error_at(shown, 0, f"unexpected {shorten(shown[:1])}", expected)
        message = error.message if shown else "the text ends too early"
        located = DecodeError(message, self._line, self._column, expected, error.excerpt)
        return _broken(located, unread + rest, cut=len(self._text) - self._start > _SHOWN)


def _broken(error: DecodeError, unread: bytes | bytearray, cut: bool) -> _Broken:
    return _Broken(Record(_document(bytes(unread)), error.line, cut=cut, ends_stream=True, error=error, around=_ARRAY))
