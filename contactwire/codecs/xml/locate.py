"""The element of a tree that a pointer names, and its line and column in the text.

A token of a pointer is the name of a child, the key of an entry, or the index of an item. No plan is asked: `_Finder` takes
the first of the three that the document has.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from contactwire.codecs.shared import places_in
from contactwire.codecs.xml.names import local_name
from contactwire.codecs.xml.text import PARSER_OPTIONS, doctype_in
from contactwire.codecs.xml.unknown import Element
from contactwire.errors import Issue
from contactwire.paths import is_index, parse_relaxed
from contactwire.wire import fold

__all__ = ["in_document_order", "locate"]


def in_document_order(root: Element, issues: Iterable[Issue]) -> list[Issue]:
    """Faults in the order of the elements that their pointers name."""
    order = {element: number for number, element in enumerate(root.iter())}
    finder = _Finder(root)
    return sorted(issues, key=lambda issue: order[finder.find(issue.pointer)])


def locate(text: str, pointers: Iterable[str]) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the element at each pointer, or of its nearest ancestor's.

    In a text that is not well-formed, only elements in front of the fault are found.
    """
    offsets = _offsets(text)
    if not offsets:
        return [(1, 1) for _ in pointers]
    finder = _Finder(next(iter(offsets)))
    return places_in(text, (_offset(offsets, finder.find(pointer)) for pointer in pointers))


def _offset(offsets: dict[Element, int], element: Element) -> int:
    """The offset of an element, or of its nearest ancestor that begins in front of the text's fault."""
    while element not in offsets:
        element = element.getparent()
    return offsets[element]


def _offsets(text: str) -> dict[Element, int]:
    """The offset of each element, in the order of the text.

    The parser gets the text in pieces that begin with `<`. An element that it reports begins where the latest piece begins.
    """
    from lxml import etree

    if doctype_in(text) is not None:
        return {}
    parser = etree.XMLPullParser(events=("start",), **PARSER_OPTIONS)
    # The parser waits for four bytes before it parses the first, so a comment goes in front.
    parser.feed("<!---->" if not text.startswith("<?xml") else "")
    offsets: dict[Element, int] = {}
    at = 0
    try:
        while at < len(text):
            end = text.find("<", at + 1)
            end = end if end >= 0 else len(text)
            parser.feed(text[at:end])
            offsets |= {element: at for _, element in parser.read_events()}
            at = end
    except etree.XMLSyntaxError:
        pass
    return offsets


class _Finder:
    """Finds elements of one tree by their pointers; it indexes the children of each element once."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._known: dict[Element, _Children] = {}

    def find(self, pointer: str) -> Element:
        """The element at a pointer, or its nearest ancestor."""
        element, siblings = self._root, [self._root]
        for token in parse_relaxed(pointer):
            children = self._children(element)
            found = children.named(token) or self._entry(children, token) or _item(children, siblings, token)
            if not found:
                break
            element, siblings = found[-1], found
        return element

    def _children(self, element: Element) -> _Children:
        known = self._known.get(element)
        if known is None:
            known = self._known[element] = _Children(element)
        return known

    def _entry(self, children: _Children, key: str) -> list[Element]:
        """The value of the dictionary's entry with that key, or the entry itself if it has no value."""
        entry = children.by_key.get(key)
        return [] if entry is None else self._children(entry).named("Value")[-1:] or [entry]


def _item(children: _Children, siblings: list[Element], token: str) -> list[Element]:
    """The item of a list by its index: a child, or one of several `siblings` of one name, which are an unknown list."""
    if not is_index(token) or len(token) > 9:
        return []
    among = children.all if children.all or len(siblings) == 1 else siblings
    return among[int(token) : int(token) + 1]


class _Children:
    """The children of an element, `all` of them and indexed: by name, and by key for a dictionary's entries."""

    def __init__(self, element: Element) -> None:
        self.all = list(element)
        self._exact: dict[str, list[Element]] = {}
        self._folded: dict[str, list[Element]] = {}
        for child in self.all:
            name = local_name(child.tag)
            self._exact.setdefault(name, []).append(child)
            self._folded.setdefault(fold(name), []).append(child)

    def named(self, name: str) -> list[Element]:
        """The children of that name, or, if there are none, those whose names differ in letter case only."""
        return self._exact.get(name) or self._folded.get(fold(name)) or []

    @cached_property
    def by_key(self) -> dict[str, Element]:
        return {part.text or "": entry for entry in self.all for part in entry if fold(local_name(part.tag)) == "key"}
