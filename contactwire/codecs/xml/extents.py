"""The places and lengths of tags and elements in a stream, found without parsing.

A place is an offset in characters from the cursor. The functions read as much of the stream as they need, and do not move
the cursor. They skip comments, processing instructions and CDATA sections (XML 1.0 §2.5 to §2.7) up to their ends, whatever
looks like a tag in them. A tag that is wrong is no error here; the parser, which gets it later, reports it.
"""

from __future__ import annotations

import re

from contactwire.codecs.xml.cursor import Cursor
from contactwire.codecs.xml.names import BLANK

__all__ = ["is_end_tag", "name_at", "name_in", "next_tag", "size_of_element", "size_of_tag"]

# A start tag, or its beginning where the text ends: its name, and `>` if it is complete.
_TAG = re.compile(r"""<([^\s<>/!?"'=]++)(?:[^"'<>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(>?)""")
_MARK = re.compile(r"""<(!--|!\[CDATA\[|\?|/?[^\s<>/!?"'=]++)""")
_CLOSINGS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}


def next_tag(cursor: Cursor) -> int | None:
    """The place of the next tag, behind text, comments, processing instructions and CDATA; None if there is none."""
    at = 0
    while (at := cursor.find("<", at)) >= 0:
        passed = None
        if cursor.shown(at + 1, at + 2) in ("!", "?"):
            passed = next((mark for mark in _CLOSINGS if cursor.shown(at + 1, at + 1 + len(mark)) == mark), None)
        if passed is None:
            return at
        end = cursor.find(_CLOSINGS[passed], at + len(passed) + 1)
        if end < 0:
            return None
        at = end + len(_CLOSINGS[passed])
    return None


def is_end_tag(cursor: Cursor, at: int) -> bool:
    """Whether the tag at a place is an end tag."""
    return cursor.shown(at + 1, at + 2) == "/"


def name_at(cursor: Cursor, at: int) -> str:
    """The name of the start tag at a place, as far as the text has been read; "" if no start tag is there."""
    found = _TAG.match(cursor.text, cursor.start + at)
    return found[1] if found else ""


def name_in(tag: str) -> str:
    """The name in a start tag."""
    return _TAG.match(tag)[1]  # type: ignore[index]


def size_of_tag(cursor: Cursor, at: int) -> int:
    """The length of the start tag at a place, 0 if none is there or it has no end."""
    while True:
        found = _TAG.match(cursor.text, cursor.start + at)
        if found and found[2]:
            return found.end() - found.start()
        end = found.end() if found else cursor.start + at + 1
        if end < len(cursor.text) or not cursor.read_on():
            return 0


def size_of_element(cursor: Cursor, at: int) -> int:
    """The length of the element at a place, 0 if it has no end."""
    size = size_of_tag(cursor, at)
    tag = cursor.shown(at, at + size)
    if not size or tag.endswith("/>"):
        return size
    name, inside = name_in(tag), at + size
    end = cursor.find(f"</{name}", inside)
    if end < 0:
        return 0
    text, first, last = cursor.text, cursor.start + inside, cursor.start + end
    if text.find("!", first, last) < 0 and text.find("?", first, last) < 0 and text.find(f"<{name}", first, last) < 0:
        close = cursor.find(">", end)
        if close >= 0 and not cursor.shown(end + len(name) + 2, close).strip(BLANK):
            return close + 1 - at
    return max(0, _end_by_marks(cursor, name, inside) - at)


def _end_by_marks(cursor: Cursor, name: str, inside: int) -> int:
    """The end of an element that may hold others of its name, comments and the like; -1 if it has no end.

    `inside` is the place behind its start tag. Start and end tags of its name are counted against each other.
    """
    depth, here = 1, inside
    while depth:
        found = _mark(cursor, here)
        if found is None:
            return -1
        mark, place = found
        here = place + len(mark) + 1
        if mark in _CLOSINGS or mark == f"/{name}":
            closing = _CLOSINGS.get(mark, ">")
            end = cursor.find(closing, here)
            if end < 0:
                return -1
            here = end + len(closing)
            depth -= mark not in _CLOSINGS
        elif mark == name:
            here = max(here, place + size_of_tag(cursor, place))
            depth += not cursor.shown(place, here).endswith("/>")
    return here


def _mark(cursor: Cursor, at: int) -> tuple[str, int] | None:
    """The beginning of the next tag, comment or the like (`name`, `/name`, `!--`), and its place."""
    while True:
        found = _MARK.search(cursor.text, cursor.start + at)
        if found and found.end() < len(cursor.text):
            return found[1], found.start() - cursor.start
        # A mark at the end of the text may be cut off, so read more first.
        last = found.start() if found else max(cursor.text.rfind("<", cursor.start + at), cursor.start + at)
        at = last - cursor.start
        if not cursor.read_on():
            return (found[1], at) if found else None
