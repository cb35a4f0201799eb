"""Line and column, in a form's text, of the values that pointers name.

The wanted pointers form a tree of their tokens. Each pair of the form follows the steps of its key through that tree, and
sets its offset on each node that no earlier pair has reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from contactwire.codecs.form.keys import END, OpenBracket, Step, steps
from contactwire.codecs.form.text import offsets, pairs, split
from contactwire.codecs.shared import places_in
from contactwire.paths import unescape
from contactwire.wire import fold

__all__ = ["locate"]


def locate(raw: bytes, pointers: Iterable[str], charset: str) -> list[tuple[int, int]]:
    """Line and column (from 1, the column in characters) of the first pair for each pointer, or for its nearest ancestor.

    It reads the body once, however many pointers there are. Raises `DecodeError` for a body that is no form.
    """
    root = _Node()
    root.offset = 0
    paths = [list(root.grow(pointer)) for pointer in pointers]
    found, sign = pairs(raw, charset)
    text = raw.decode(charset, "replace")
    for offset, pair in zip(offsets(text), found, strict=True):
        _visit(root, *split(pair, sign), offset)
    return places_in(text, (next(node.offset for node in reversed(path) if node.offset is not None) for path in paths))


class _Node:
    """A token of pointers: the `offset` of the first pair that reaches it, and the nodes `inside` it, by token.

    `keys` are the keys of a dictionary's items by their indexes; `said` counts the pairs whose keys end here.
    """

    __slots__ = ("inside", "keys", "offset", "said")

    def __init__(self) -> None:
        self.offset: int | None = None
        self.inside: dict[str, _Node] = {}
        self.keys: dict[Step, str] = {}
        self.said = 0

    def grow(self, pointer: str) -> Iterator[_Node]:
        """The nodes along a pointer; missing ones are created."""
        node = self
        yield node
        for token in pointer.split("/")[1:]:
            node = node.inside.setdefault(unescape(token), _Node())
            yield node

    def reach(self, token: str, offset: int) -> _Node | None:
        """The node of a token in this one, or None; a pair at `offset` reaches it."""
        found = self.inside.get(token)
        if found is not None and found.offset is None:
            found.offset = offset
        return found


def _visit(root: _Node, key: str, value: str, offset: int) -> None:
    try:
        found: list[Step] = [step for step in steps(key) if step is not END]
    except OpenBracket:
        return
    # `[0].Key` may mean a dictionary's item or an object in a list, so both are followed.
    for node in {_follow(root, found, offset), _follow_keys(root, found, value, offset)}:
        if node is not None:
            # Several pairs with the same key are the items of a list.
            node.reach(str(node.said), offset)
            node.said += 1


def _follow(node: _Node | None, steps: list[Step], offset: int) -> _Node | None:
    for step in steps:
        if node is None:
            break
        node = node.reach(str(step), offset)
    return node


def _follow_keys(node: _Node | None, steps: list[Step], value: str, offset: int) -> _Node | None:
    """The node that steps reach if `[0].Key` and `[0].Value` mean the entry of a dictionary, whose token is its key.

    A `Value` whose `Key` comes later in the form is followed by its index.
    """
    waiting = zip_longest(steps, steps[1:])
    for step, following in waiting:
        if node is None:
            break
        part = fold(following) if isinstance(step, int) and isinstance(following, str) else ""
        if part == "key":
            node.keys.setdefault(step, value)
        if part in ("key", "value") and step in node.keys:
            node = node.reach(node.keys[step], offset)
            next(waiting)
        else:
            node = node.reach(str(step), offset)
    return node
