"""A place in a stream of text: what was read and not passed yet, and the line and column where that starts.

Memory is bounded by the largest piece that somebody looks at as a whole, since what is passed is forgotten. All places are
offsets from the cursor, so they stay right when more is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from contactwire.codecs.xml.text import Undecodable
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["Cursor"]

_BLANKS = re.compile(r"[ \t\r\n]*+")


class Cursor:
    """The cursor stands at `text[start]`, which is at `line` and `column` of the stream, counted from 1.

    Whatever reads more raises `ContentTooLarge` where `max_bytes` are there that were not passed.
    """

    def __init__(self, texts: Iterator[str], max_bytes: int) -> None:
        self.text, self.start = "", 0
        self.line, self.column = 1, 1
        self.max_bytes = max_bytes
        self._texts, self._fault = texts, ""

    def find(self, mark: str, at: int) -> int:
        """Where the next such mark stands, -1 if there is none."""
        while True:
            found = self.text.find(mark, self.start + at)
            if found >= 0:
                return found - self.start
            at = max(at, len(self.text) - self.start - len(mark) + 1)
            if not self.read_on():
                return -1

    def shown(self, start: int, end: int) -> str:
        """The text between two places, less if there is not as much."""
        while len(self.text) - self.start < end and self.read_on():
            pass
        return self.text[self.start + start : self.start + end]

    def remaining(self) -> str:
        """All that is left of a stream that was read to its end; raises `DecodeError` if more is left that is no text."""
        left = self.text[self.start :]
        if self._fault:
            self.advance(len(left))
            raise DecodeError(f"invalid {self._fault}", self.line, self.column, f"text in {self._fault}", "")
        return left

    def advance(self, size: int) -> None:
        """Pass so many characters, and know the line and column of what stands behind them."""
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
        """Read more than there is, so that looking at it again does not add up; False at the end."""
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
        """The error for a piece that has more than `max_bytes`."""
        return ContentTooLarge(f"the element has more than {self.max_bytes} bytes", self.line, self.column)
