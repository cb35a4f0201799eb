"""A cursor in a stream of text, with its line and column, and the text that was read behind it.

A method that needs more text than was fed raises `Starved`. Feed chunks until `is_fed`, and call the method again. Places
are offsets from the cursor, so they stay valid when more text is read. Text that the cursor has passed is dropped, so memory
holds no more than the largest piece between two moves of the cursor, and `max_bytes` limits that.
"""

from __future__ import annotations

import re

from contactwire.codecs.shared import Body, place_behind
from contactwire.codecs.xml.text import Texts
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["Cursor", "Starved"]

_BLANKS = re.compile(r"[ \t\r\n]*+")


class Starved(Exception):
    """The cursor needs the next chunk."""


class Cursor:
    """A cursor at `text[start]`, which is at `line` and `column` of the stream, counted from 1.

    A method that has to read more raises `ContentTooLarge` if more than `max_bytes` characters are not passed yet.
    """

    def __init__(self, charset: str | None, max_bytes: int) -> None:
        self.text, self.start = "", 0
        self.line, self.column = 1, 1
        self.max_bytes = max_bytes
        self._texts = Texts(charset)
        self._waiting: list[str] = []
        self._size, self._ended = 0, False
        self._error: DecodeError | None = None

    def feed(self, chunk: Body | None, /) -> None:
        """Take the next chunk of the stream, or None at its end."""
        try:
            text = self._texts.next(chunk)
        except DecodeError as error:
            text, self._error = "", error
        self._waiting.append(text)
        self._size += len(text)
        self._ended = chunk is None or self._error is not None or bool(self._texts.fault)

    @property
    def unread(self) -> str:
        """The text in memory that the cursor has not passed."""
        return self.text[self.start :]

    @property
    def is_fed(self) -> bool:
        """Whether more text than is in memory was fed, so that searching it all again takes linear time altogether."""
        return self._ended or self._size > len(self.text) - self.start

    def find(self, mark: str, at: int) -> int:
        """The place of the next `mark` from `at` on, -1 if there is none."""
        while True:
            found = self.text.find(mark, self.start + at)
            if found >= 0:
                return found - self.start
            at = max(at, len(self.text) - self.start - len(mark) + 1)
            if not self.read_on():
                return -1

    def shown(self, start: int, end: int) -> str:
        """The text between two places; less if the stream ends before the second."""
        while len(self.text) - self.start < end and self.read_on():
            pass
        return self.text[self.start + start : self.start + end]

    def remaining(self) -> str:
        """What is left of a stream that was read to its end; raises `DecodeError` for bytes not in the encoding."""
        if fault := self._texts.fault:
            place = place_behind(self.unread.encode("utf-8", "surrogatepass"), self.line, self.column)
            raise DecodeError(f"invalid {fault}", *place, f"text in {fault}", "")
        return self.unread

    def advance(self, size: int) -> None:
        """Move the cursor by `size` characters, and its line and column with it."""
        place = self.start + size
        lines = self.text.count("\n", self.start, place)
        if lines:
            self.column = place - self.text.rfind("\n", self.start, place)
        else:
            self.column += size
        self.line += lines
        self.start = place

    def skip_blanks(self) -> None:
        """Pass white space (XML 1.0 §2.3)."""
        while True:
            self.advance(_BLANKS.match(self.text, self.start).end() - self.start)  # type: ignore[union-attr]
            if self.start < len(self.text) or not self.read_on():
                return

    def read_on(self) -> bool:
        """Take the text that was fed; False at the end of the stream."""
        if len(self.text) - self.start > self.max_bytes:
            raise self.too_large()
        if not self.is_fed:
            raise Starved
        if self._error is not None:
            raise self._error
        read, size = [self.unread, *self._waiting], self._size
        self.text, self.start = "".join(read), 0
        self._waiting, self._size = [], 0
        return size > 0

    def too_large(self) -> ContentTooLarge:
        """The error for an element that has more than `max_bytes`."""
        return ContentTooLarge(f"the element has more than {self.max_bytes} bytes", self.line, self.column)
