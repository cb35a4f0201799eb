"""A cursor in a stream of text, with its line and column, and the extents of the tags and elements behind it.

What needs more text than was fed raises `Starved`. Feed chunks until `is_fed`, and call it again. Places are offsets in
characters from the cursor, so they stay valid when more text is read. Text that the cursor has passed is dropped, so memory
holds no more than the largest piece between two moves of the cursor, and `max_bytes` limits that.

Extents are found without parsing. Comments, processing instructions and CDATA sections (XML 1.0 §2.5 to §2.7) are skipped up
to their ends, whatever looks like a tag in them. A tag that is wrong is no error here; the parser, which gets it later,
reports it.
"""

from __future__ import annotations

import re

from contactwire.codecs.shared import Body, place_behind
from contactwire.codecs.xml.names import BLANK
from contactwire.codecs.xml.text import Texts
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["Cursor", "Starved", "XmlCursor", "name_in"]

_BLANKS = re.compile(r"[ \t\r\n]*+")
# A start tag, or its beginning where the text ends: its name, and `>` if it is complete.
_TAG = re.compile(r"""<([^\s<>/!?"'=]++)(?:[^"'<>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(>?)""")
_MARK = re.compile(r"""<(!--|!\[CDATA\[|\?|/?[^\s<>/!?"'=]++)""")
_CLOSINGS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}


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
                return self._reached(found + len(mark) - self.start) - len(mark)
            at = max(at, len(self.text) - self.start - len(mark) + 1)
            if not self.read_on():
                return -1

    def shown(self, start: int, end: int) -> str:
        """The text between two places; less if the stream ends before the second."""
        while len(self.text) - self.start < end and self.read_on():
            pass
        self._reached(min(end, len(self.text) - self.start))
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

    def _reached(self, place: int) -> int:
        """The place up to which text was needed; raises `ContentTooLarge` where `read_on` would if a chunk ended before."""
        if place > self.max_bytes + 1:
            raise self.too_large()
        return place

    def too_large(self) -> ContentTooLarge:
        """The error for an element that has more than `max_bytes`."""
        return ContentTooLarge(
            f"the element has more than the {self.max_bytes} bytes that are allowed", self.line, self.column
        )


class XmlCursor(Cursor):
    """A cursor in XML, which finds the extents of the tags and elements behind it."""

    def next_tag(self) -> int | None:
        """The place of the next tag, behind text, comments, processing instructions and CDATA; None if there is none."""
        at = 0
        while (at := self.find("<", at)) >= 0:
            passed = None
            if self.shown(at + 1, at + 2) in ("!", "?"):
                passed = next((mark for mark in _CLOSINGS if self.shown(at + 1, at + 1 + len(mark)) == mark), None)
            if passed is None:
                return at
            end = self.find(_CLOSINGS[passed], at + len(passed) + 1)
            if end < 0:
                return None
            at = end + len(_CLOSINGS[passed])
        return None

    def is_end_tag(self, at: int) -> bool:
        """Whether the tag at a place is an end tag."""
        return self.shown(at + 1, at + 2) == "/"

    def name_at(self, at: int) -> str:
        """The name of the start tag at a place, as far as the text has been read; "" if no start tag is there."""
        found = _TAG.match(self.text, self.start + at)
        return found[1] if found else ""

    def size_of_tag(self, at: int) -> int:
        """The length of the start tag at a place, 0 if none is there or it has no end."""
        while True:
            found = _TAG.match(self.text, self.start + at)
            end = found.end() if found else self.start + at + 1
            if found and found[2]:
                return self._reached(end - self.start) - at
            if end < len(self.text):
                self._reached(end + 1 - self.start)
                return 0
            if not self.read_on():
                return 0

    def size_of_element(self, at: int) -> int:
        """The length of the element at a place, 0 if it has no end."""
        size = self.size_of_tag(at)
        tag = self.shown(at, at + size)
        if not size or tag.endswith("/>"):
            return size
        name, inside = name_in(tag), at + size
        end = self.find(f"</{name}", inside)
        if end < 0:
            return 0
        text, first, last = self.text, self.start + inside, self.start + end
        if text.find("!", first, last) < 0 and text.find("?", first, last) < 0 and text.find(f"<{name}", first, last) < 0:
            close = self.find(">", end)
            if close >= 0 and not self.shown(end + len(name) + 2, close).strip(BLANK):
                return close + 1 - at
        return max(0, self._end_by_marks(name, inside) - at)

    def _end_by_marks(self, name: str, inside: int) -> int:
        """The end of an element that may hold others of its name, comments and the like; -1 if it has no end.

        `inside` is the place behind its start tag. Start and end tags of its name are counted against each other.
        """
        depth, here = 1, inside
        while depth:
            found = self._mark(here)
            if found is None:
                return -1
            mark, place = found
            here = place + len(mark) + 1
            if mark in _CLOSINGS or mark == f"/{name}":
                closing = _CLOSINGS.get(mark, ">")
                end = self.find(closing, here)
                if end < 0:
                    return -1
                here = end + len(closing)
                depth -= mark not in _CLOSINGS
            elif mark == name:
                here = max(here, place + self.size_of_tag(place))
                depth += not self.shown(place, here).endswith("/>")
        return here

    def _mark(self, at: int) -> tuple[str, int] | None:
        """The beginning of the next tag, comment or the like (`name`, `/name`, `!--`), and its place."""
        while True:
            found = _MARK.search(self.text, self.start + at)
            if found and found.end() < len(self.text):
                return found[1], found.start() - self.start
            # A mark at the end of the text may be cut off, so read more first.
            last = found.start() if found else max(self.text.rfind("<", self.start + at), self.start + at)
            at = last - self.start
            if not self.read_on():
                return (found[1], at) if found else None


def name_in(tag: str) -> str:
    """The name in a start tag."""
    return _TAG.match(tag)[1]  # type: ignore[index]
