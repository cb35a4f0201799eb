"""Where in an XML text the element stands that a pointer names: a scan over the tags, which no fault stops."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

import attrs

from contactwire.codecs.xml.names import decode_name
from contactwire.paths import parse_relaxed
from contactwire.wire import fold

__all__ = ["locate"]

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<data>.*?)\]\]>|<[?!][^>]*>"
    r"""|<(?P<close>/?)(?P<name>[^\s<>/="']++)(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>|(?P<text>[^<]++)|<""",
    re.DOTALL,
)


@attrs.define
class _Node:
    name: str
    offset: int
    text: str = ""
    children: list[_Node] = attrs.field(factory=list)

    def named(self, name: str) -> list[_Node]:
        """The children of that name, or if there are none, those of that name in another letter case."""
        exact = [child for child in self.children if child.name == name]
        return exact or [child for child in self.children if fold(child.name) == fold(name)]


def locate(text: str, pointers: Iterable[str]) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the element at each pointer, or of its nearest ancestor's.

    A token is the name of a child, of an entry by its key, or the index of an item; which of them, the document decides.
    """
    root = _scan(text)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return [_place(starts, _find(root, pointer)) for pointer in pointers]


def _place(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


def _scan(text: str) -> _Node:
    """The tree of elements; tags that do not belong together are put up with."""
    top = _Node("", 0)
    stack = [top]
    for match in _TAG.finditer(text):
        if match["name"] is None:
            stack[-1].text += match["text"] or match["data"] or ""
        elif match["close"]:
            del stack[max(len(stack) - 1, 1) :]
        else:
            node = _Node(decode_name(match["name"].rpartition(":")[2]), match.start())
            stack[-1].children.append(node)
            if not match[0].endswith("/>"):
                stack.append(node)
    return top.children[0] if top.children else top


def _find(root: _Node, pointer: str) -> int:
    node, siblings = root, [root]
    for token in parse_relaxed(pointer):
        found = node.named(token) or _entries(node, token) or _items(node, siblings, token)
        if not found:
            break
        node, siblings = found[-1], found
    return node.offset


def _entries(node: _Node, key: str) -> list[_Node]:
    """The values of a dictionary's entries with that key; for an entry without one, the entry."""
    entries = [child for child in node.children if any(part.text == key for part in child.named("Key"))]
    return [(entry.named("Value") or [entry])[-1] for entry in entries]


def _items(node: _Node, siblings: list[_Node], token: str) -> list[_Node]:
    """The item of a list by its index; an unknown list may be an element that is repeated."""
    if not token.isdecimal() or not token.isascii() or len(token) > 9:
        return []
    among = node.children if node.children or len(siblings) == 1 else siblings
    return among[int(token) : int(token) + 1]
