"""Where tags and elements of a stream stand, and how long they are, without parsing what is in them.

All is measured in characters from a cursor, which reads as far as it takes and stays where it is. Comments, processing
instructions and CDATA sections (XML 1.0 §2.5 to §2.7) are passed over by their ends, whatever looks like a tag in them. What
is wrong with a tag the parser says, which sees it later.
"""

from __future__ import annotations

import re

from contactwire.codecs.xml.cursor import Cursor
from contactwire.codecs.xml.names import BLANK

__all__ = ["is_end_tag", "name_at", "name_in", "next_tag", "size_of_element", "size_of_tag"]

# A start tag, as far as it is there: its name, and whether it ends.
_TAG = re.compile(r"""<([^\s<>/!?"'=]++)(?:[^"'<>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(>?)""")
_MARK = re.compile(r"""<(!--|!\[CDATA\[|\?|/?[^\s<>/!?"'=]++)""")
_CLOSINGS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}


def next_tag(cursor: Cursor) -> int | None:
    """Where the next tag stands, beyond text, comments and the like; None if there is none."""
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
    """The name of the start tag at a place, as far as it was read; "" for what is none."""
    found = _TAG.match(cursor.text, cursor.start + at)
    return found[1] if found else ""


def name_in(tag: str) -> str:
    """The name in a start tag."""
    return _TAG.match(tag)[1]  # type: ignore[index]


def size_of_tag(cursor: Cursor, at: int) -> int:
    """The length of the start tag at a place, 0 for what is none or has no end."""
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
    """Where an element ends in which others of its name, comments and the like may stand; -1 if it has no end."""
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
    """The next tag, comment or the like, and where it stands."""
    while True:
        found = _MARK.search(cursor.text, cursor.start + at)
        if found and found.end() < len(cursor.text):
            return found[1], found.start() - cursor.start
        # What stands at the end may go on.
        last = found.start() if found else max(cursor.text.rfind("<", cursor.start + at), cursor.start + at)
        at = last - cursor.start
        if not cursor.read_on():
            return (found[1], at) if found else None
