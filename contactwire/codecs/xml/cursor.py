"""A cursor in a stream of text, with its line and column, and the text that was read behind it.

Places are offsets from the cursor, so they stay valid when more text is read. Text that the cursor has passed is dropped, so
memory holds no more than the largest piece between two moves of the cursor, and `max_bytes` limits that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contactwire.codecs.xml.text import Undecodable
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["Cursor"]

_BLANKS = re.compile(r"[ \t\r\n]*+")


class Cursor:
    """A cursor at `text[start]`, which is at `line` and `column` of the stream, counted from 1.

    A method that has to read more raises `ContentTooLarge` if more than `max_bytes` characters are not passed yet.
    """

    def __init__(self, texts: Iterator[str], max_bytes: int) -> None:
        self.text, self.start = "", 0
        self.line, self.column = 1, 1
        self.max_bytes = max_bytes
        self._texts, self._fault = texts, ""

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
        left = self.text[self.start :]
        if self._fault:
            self.advance(len(left))
            raise DecodeError(f"invalid {self._fault}", self.line, self.column, f"text in {self._fault}", "")
        return left

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
        """Read more of the stream; False at its end.

        It reads at least as much as is in memory, so that searching that again takes linear time altogether.
        """
        left = self.text[self.start :]
        if len(left) > self.max_bytes:
            raise self.too_large()
        read, size = [left], 0
        while size <= len(left):
            text = self._next()
            if text is None:
                break
            read.append(text)
            size += len(text)
        self.text, self.start = "".join(read), 0
        return size > 0

    def _next(self) -> str | None:
        try:
            return next(self._texts, None)
        except Undecodable as error:
            self._texts, self._fault = iter(()), str(error)
            return None

    def too_large(self) -> ContentTooLarge:
        """The error for an element that has more than `max_bytes`."""
        return ContentTooLarge(f"the element has more than {self.max_bytes} bytes", self.line, self.column)
