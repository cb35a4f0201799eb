"""The edits of a difference as a tree, and the operations that follow from the tree.

The tree has an `Inside` for each list or object that changes within, and a `Whole` for each value that is removed, added or
replaced. The operations come in two rounds. The first removes and replaces. It goes through lists from their ends, so that
all its paths are valid in the document before. The second adds. It goes through lists from their starts.

A value that is removed in one place and added in another is moved, in the second round. Until then it stays in its list, and
every index behind it counts it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, MutableSequence
from typing import Any

from contactwire.patch.operation import Operation
from contactwire.patch.values import canonical, freeze
from contactwire.paths import escape, format_pointer

__all__ = [
    "ADD",
    "MOVE",
    "REMOVE",
    "REPLACE",
    "Change",
    "Inside",
    "Whole",
    "operations_of_change",
    "width_of",
]

# The bytes that an operation takes as compact JSON with a comma behind it, without its pointers and its value.
ADD = len('{"op":"add","path":"","value":},')
MOVE = len('{"op":"move","from":"","path":""},')
REMOVE = len('{"op":"remove","path":""},')
REPLACE = len('{"op":"replace","path":"","value":},')
# A value that moves to a place of another kind is read again when the patch is applied, and that is limited
# (`workspace._MAX_COPIED`). So many bytes may be moved to another list or object.
_FARTHEST = 2**19
_SIZES = {"add": ADD, "remove": REMOVE, "replace": REPLACE}


def width_of(token: str | int) -> int:
    """How many bytes a token takes, with the slash in front, in a pointer inside JSON text."""
    return len(freeze(escape(token))) - 1 if isinstance(token, str) else len(str(token)) + 1


class Whole:
    """The removal, addition or replacement of one member or item.

    `data` are the builtins that are removed or added. `size` is how many bytes the operation takes as JSON without its path.
    `source` is the removal with which an addition becomes a move.
    """

    __slots__ = ("data", "key", "moved", "op", "parent", "place", "size", "source")

    count = 1
    parent: Inside
    place: str | int

    def __init__(self, op: str, data: Any, key: bytes | None = None) -> None:
        self.op, self.data = op, data
        self.key = canonical(data) if key is None else key
        self.size = _SIZES[op] + (0 if op == "remove" else len(self.key))
        self.source: Whole | None = None
        self.moved = False

    def pointer(self) -> str:
        """Its place in the document after the operations so far, or the place where it will be added."""
        return format_pointer(map(str, (*self.parent.path(), self.parent.token(self.place))))


class Inside:
    """A list or object that stays, and the changes of its members or items: `children`, each with its place.

    A member's place is its name. In a list, the items before and after the change are numbered together, in order. `live`
    has the numbers of the items that are in the list at present, without its first `start` items, which do not change.
    `count` is how many operations there are; `size` is how many bytes they take as JSON, with paths that start here.
    """

    __slots__ = ("children", "count", "live", "parent", "place", "size", "start")

    op = ""
    parent: Inside | None
    place: str | int

    def __init__(
        self,
        children: Iterable[tuple[str | int, int, Change]],
        *,
        moves: bool,
        live: MutableSequence[int] | range | None = None,
        start: int = 0,
    ) -> None:
        self.children: list[tuple[str | int, Change]] = []
        self.size = self.count = 0
        for place, width, child in children:
            self.children.append((place, child))
            self.size += child.size + child.count * width
            self.count += child.count
        if moves and self.count > 1:
            self.size -= _saved_by_moves([child for _, child in self.children])
        self.live, self.start, self.parent = live, start, None

    def token(self, place: str | int) -> str | int:
        """The present token of a place: its name, or its index."""
        return place if self.live is None else self.start + bisect_left(self.live, place)

    def path(self) -> tuple[str | int, ...]:
        """The tokens of its place in the document after the operations so far: names, and indexes as integers."""
        return () if self.parent is None else (*self.parent.path(), self.parent.token(self.place))

    def leave(self, place: str | int) -> None:
        """Record that the item at a place has been removed."""
        if isinstance(self.live, list):
            del self.live[bisect_left(self.live, place)]

    def come(self, place: str | int) -> None:
        """Record that an item has been added at a place."""
        if isinstance(self.live, list):
            insort(self.live, place)


Change = Whole | Inside


def _saved_by_moves(changes: list[Change]) -> int:
    """How many bytes the operations save because one of them removes what another adds."""
    gone = [change.key for change in changes if isinstance(change, Whole) and change.op == "remove"]
    if not gone:
        return 0
    come = Counter(change.key for change in changes if isinstance(change, Whole) and change.op == "add")
    moved = Counter(gone) & come
    return sum(times * (REMOVE + ADD - MOVE + len(key)) for key, times in moved.items())


def operations_of_change(change: Change, *, moves: bool) -> list[Operation]:
    """The operations for the change of a whole document; with `moves`, a removal and an equal addition become a `move`."""
    if isinstance(change, Whole):
        return [Operation(change.op, "", json=freeze(change.data))]
    wholes = list(_linked(change))
    if moves:
        _pair(wholes)
    return [*_first_round(change), *_second_round(change)]


def _linked(inside: Inside) -> Iterator[Whole]:
    """Yield the removals, additions and replacements in a tree, and set `parent` and `place` of all nodes."""
    for place, child in inside.children:
        child.parent, child.place = inside, place
        if isinstance(child, Whole):
            yield child
        else:
            yield from _linked(child)


def _pair(wholes: list[Whole]) -> None:
    """Give each addition the removal of an equal value, if there is one: from the same list or object before any other."""
    budget = _FARTHEST
    gone = [whole for whole in wholes if whole.op == "remove"]
    come = [whole for whole in wholes if whole.op == "add"]
    for near in (True, False):
        waiting: defaultdict[tuple[Inside | None, bytes], deque[Whole]] = defaultdict(deque)
        for removal in gone:
            if not removal.moved:
                waiting[removal.parent if near else None, removal.key].append(removal)
        for addition in come:
            found = waiting.get((addition.parent if near else None, addition.key))
            if addition.source is not None or not found:
                continue
            cost = 0 if near and addition.parent.live is not None else len(addition.key)
            if cost <= budget:
                budget -= cost
                addition.source = found.popleft()
                addition.source.moved = True


def _first_round(inside: Inside) -> Iterator[Operation]:
    for place, child in inside.children if inside.live is None else reversed(inside.children):
        if isinstance(child, Inside):
            yield from _first_round(child)
        elif child.op == "replace":
            yield Operation("replace", child.pointer(), json=freeze(child.data))
        elif child.op == "remove" and not child.moved:
            yield Operation("remove", child.pointer())
            inside.leave(place)


def _second_round(inside: Inside) -> Iterator[Operation]:
    for place, child in inside.children:
        if isinstance(child, Inside):
            yield from _second_round(child)
        elif child.source is not None:
            source = child.source.pointer()
            child.source.parent.leave(child.source.place)
            if source != (path := child.pointer()):  # pragma: no branch - no known difference moves onto its own place
                yield Operation("move", path, source, moved=freeze(child.data))
            inside.come(place)
        elif child.op == "add":
            yield Operation("add", child.pointer(), json=freeze(child.data))
            inside.come(place)
