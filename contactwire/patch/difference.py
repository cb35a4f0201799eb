"""The difference of two documents as steps: the shortest of a few ways to say it.

What changes or goes is said first, in lists from their ends, so that every path is one of the document before; what comes
is said after that, in lists from their starts, so that every path is one of the document after.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from contactwire.errors import EncodeError
from contactwire.patch.lists import Alignment, by_anchors, by_blocks, by_cost, by_position
from contactwire.patch.moves import Path, Step, ways_to_move
from contactwire.patch.values import changes, freeze, inside, plain, same, text_of, thaw
from contactwire.paths import escape, format_pointer
from contactwire.wire import UNSET, Kind, is_carrier, plan_of

__all__ = ["pointer_of", "steps_between"]

# What an operation takes as compact JSON, but for its pointers and its value, and with a comma.
_ADD = len('{"op":"add","path":"","value":},')
_REPLACE = len('{"op":"replace","path":"","value":},')
_REMOVE = len('{"op":"remove","path":""},')
_MOVE = len('{"op":"move","from":"","path":""},')
_INDEX = len("/00")

# How many bytes of items may be held against each other before lists are lined up in a coarser way; what a pair costs more.
_BUDGET, _PAIR = 2**17, 128


def steps_between(before: Any, after: Any, *, portable: bool) -> list[Step]:
    """The steps that make `after` of `before`, carriers or builtins; none where both are written alike.

    With `portable` they do without `move`. The whole document is replaced only where the two are of different sorts.
    Raises `EncodeError` for what cannot be written.
    """
    found: list[list[Step]] = []
    for align_by_cost, whole in _WAYS:
        differ = _Differ(portable, align_by_cost, whole)
        edits = differ.value(None, before, after, 0)
        if edits is None:
            return []
        found += [edits.early + edits.adds] if portable or edits.count < 2 else ways_to_move(edits.early, edits.adds)
        if differ.exhausted or not differ.undecided:
            break
    return _shortest(found)


# Whether lists are lined up by the length of their edits, and whether values may be replaced whole; the best way first, and
# last the one that others go. More than the first is tried only where they may differ.
_WAYS = ((True, True), (True, False), (False, False))


def _shortest(found: list[list[Step]]) -> list[Step]:
    """The steps that are shortest; what is longer than a later one, written compactly or loosely, is not."""
    best = found.pop()
    while found:
        other = found.pop()
        if all(one <= two for one, two in zip(_lengths(other), _lengths(best), strict=True)):
            best = other
    return best


def _lengths(steps: list[Step]) -> tuple[int, int]:
    """How long the document of some steps is, written compactly and written loosely."""
    document = []
    for step in steps:
        operation = {"op": step.op, "path": pointer_of(step.path)}
        if step.source is not None:
            operation["from"] = pointer_of(step.source)
        elif step.value is not None:
            operation["value"] = thaw(step.value)
        document.append(operation)
    return len(freeze(document)), len(json.dumps(document))


def pointer_of(path: Path) -> str:
    """A path as a JSON Pointer."""
    return format_pointer(map(str, path))


class _Edits:
    """Steps inside one value, their paths from there; `early` all run before `adds`.

    `size` is what they take as compact JSON, without what stands in front of their paths.
    """

    __slots__ = ("adds", "early", "size")

    def __init__(self, early: Iterable[Step] = (), adds: Iterable[Step] = (), size: int = 0) -> None:
        self.early = list(early)
        self.adds = list(adds)
        self.size = size

    @property
    def count(self) -> int:
        return len(self.early) + len(self.adds)

    def cost(self, outer: int) -> int:
        """What they take behind a path of `outer` characters."""
        return self.size + self.count * outer

    def absorb_early(self, old: str | int, new: str | int, inner: _Edits) -> None:
        """Take over the early steps inside a member or item: `old` is its place before, `new` the one after."""
        for step in inner.early:
            later = None if step.later is None else (new, *step.later)
            self.early.append(Step(step.op, (old, *step.path), step.value, step.gone, later))

    def absorb_adds(self, new: str | int, inner: _Edits) -> None:
        """Take over the rest: the additions inside the member or item at `new`, its place after, and what it all takes."""
        self.size += inner.cost(_length(new))
        self.adds += [Step("add", (new, *step.path), step.value) for step in inner.adds]


def _length(token: str | int) -> int:
    return len(escape(token)) + 1 if isinstance(token, str) else len(str(token)) + 1


class _Differ:
    """One way to look for edits.

    `undecided` tells afterwards whether another way could have found shorter ones, `exhausted` whether that took too long.
    """

    def __init__(self, portable: bool, align_by_cost: bool, whole: bool) -> None:
        self.undecided = self.exhausted = False
        self._portable, self._by_cost, self._whole = portable, align_by_cost, whole
        self._budget = _BUDGET

    def value(self, kind: Kind | None, before: Any, after: Any, outer: int) -> _Edits | None:
        """The edits inside one value, or None; `outer` is the length of the path to it."""
        if before is after:
            return None
        if type(before) is type(after):
            if isinstance(after, list):
                return self._items(kind, before, after, outer)
            if isinstance(after, dict):
                return self._members(kind, before, after, outer)
            if is_carrier(type(after)):
                return self._properties(kind, before, after, outer)
        elif {_is_object(before), _is_object(after)} == {True}:
            return self.value(None, plain(kind, before), plain(kind, after), outer)
        return None if same(before, after) else _replaced(kind, before, after)

    def _properties(self, kind: Kind | None, before: Any, after: Any, outer: int) -> _Edits | None:
        edits = _Edits()
        for field, old, new in changes(before, after):
            self._member(edits, field.name, field.kind, old, new, outer)
        if before._extras or after._extras:
            self._pairs(edits, None, before._extras or {}, after._extras or {}, outer)
        return self._shorter(edits, kind, before, after, outer)

    def _members(self, kind: Kind | None, before: dict[str, Any], after: dict[str, Any], outer: int) -> _Edits | None:
        edits = _Edits()
        self._pairs(edits, inside(kind)[0], before, after, outer)
        return self._shorter(edits, kind, before, after, outer)

    def _pairs(self, edits: _Edits, kind: Kind | None, before: dict[str, Any], after: dict[str, Any], outer: int) -> None:
        for name, old in before.items():
            new = after.get(name, UNSET)
            if not same(old, new):
                self._member(edits, name, kind, old, new, outer)
        for name, new in after.items():
            if name not in before:
                self._member(edits, name, kind, UNSET, new, outer)

    def _member(self, edits: _Edits, name: str, kind: Kind | None, old: Any, new: Any, outer: int) -> None:
        inner = self.change(name, kind, old, new, outer + _length(name))
        if inner is not None:
            edits.absorb_early(name, name, inner)
            edits.absorb_adds(name, inner)

    def change(self, token: str | int, kind: Kind | None, old: Any, new: Any, outer: int) -> _Edits | None:
        """The edits of a member or item, whose place errors show; UNSET is what is not there, before or after."""
        try:
            if new is UNSET:
                return _removed(kind, old)
            return _added(kind, new) if old is UNSET else self.value(kind, old, new, outer)
        except EncodeError as error:
            raise EncodeError([issue.under("/" + escape(str(token))) for issue in error.issues]) from None

    def _shorter(self, edits: _Edits, kind: Kind | None, before: Any, after: Any, outer: int) -> _Edits | None:
        """The edits, or the one that replaces it all where that is shorter; None where there are none.

        The document itself (`outer` is 0) is never replaced: whoever else changed it meanwhile would lose that.
        """
        if edits.count < 2 or not self._whole or not outer:
            return edits if edits.count else None
        if _is_longer(after, edits.cost(outer) - outer - _REPLACE):
            return edits
        whole = _replaced(kind, before, after)
        if whole.cost(outer) >= edits.cost(outer):
            return edits
        self.undecided = True
        return whole

    def _items(self, kind: Kind | None, before: list[Any], after: list[Any], outer: int) -> _Edits | None:
        start, end = _trim(before, after)
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        if not old and not new:
            return None
        item = inside(kind)[0]
        if old and new and max(len(old), len(new)) > 1:
            edits = self._aligned(_Middle(self, item, old, new, start, outer))
        else:
            pairs = enumerate(zip_longest(old, new, fillvalue=UNSET), start)
            edits = _gathered([(i, i, self.change(i, item, x, y, outer + _INDEX)) for i, (x, y) in pairs])
        return self._shorter(edits, kind, before, after, outer)

    def _aligned(self, middle: _Middle) -> _Edits:
        self.undecided = True
        sizes, keys = (len(middle.before), len(middle.after)), middle.keys
        work = sizes[1] * sum(map(len, keys[0])) + sizes[0] * sum(map(len, keys[1])) + sizes[0] * sizes[1] * _PAIR
        if work > self._budget:
            self.exhausted = True
            return middle.edits(by_anchors(*keys))
        self._budget -= work
        if self._by_cost:
            return middle.edits(middle.cheapest(moves=not self._portable))
        choices = [middle.edits(by_blocks(*keys)), middle.edits(by_position(*sizes))]
        return min(choices, key=lambda edits: edits.cost(middle.outer))


class _Middle:
    """What two lists do not have in common at their ends: from their item number `start` on."""

    def __init__(
        self, differ: _Differ, kind: Kind | None, before: list[Any], after: list[Any], start: int, outer: int
    ) -> None:
        self.before, self.after, self.outer = before, after, outer
        self._differ, self._kind, self._start = differ, kind, start
        self._known: dict[tuple[int, int], _Edits | None] = {}
        self.keys = self._texts(before), self._texts(after)

    def _texts(self, items: list[Any]) -> list[bytes]:
        """A text for each item, equal where two are written alike."""
        texts = []
        for index, item in enumerate(items, self._start):
            try:
                texts.append(text_of(self._kind, item))
            except EncodeError as error:
                raise EncodeError([issue.under(f"/{index}") for issue in error.issues]) from None
        return texts

    def _inner(self, old: int, new: int) -> _Edits | None:
        """The edits of an item, None for none; -1 is what is not there."""
        if (old, new) not in self._known:
            one = self.before[old] if old >= 0 else UNSET
            other = self.after[new] if new >= 0 else UNSET
            place, outer = self._start + max(old, new), self.outer + _INDEX
            self._known[old, new] = self._differ.change(place, self._kind, one, other, outer)
        return self._known[old, new]

    def cheapest(self, moves: bool) -> Alignment:
        """The alignment with the shortest edits; with `moves`, what both lists have need not be written again."""
        before, after = self.keys
        outer = self.outer + _INDEX
        old, new = (frozenset(before), frozenset(after)) if moves else (frozenset[bytes](), frozenset[bytes]())
        removing = [0 if key in new else _REMOVE + outer for key in before]
        adding = [_MOVE + 2 * outer if key in old else _ADD + outer + len(key) for key in after]

        def changing(i: int, j: int) -> int:
            inner = None if before[i] == after[j] else self._inner(i, j)
            return 0 if inner is None else inner.cost(outer)

        return by_cost(removing, adding, changing)

    def edits(self, alignment: Alignment) -> _Edits:
        """The edits that an alignment stands for."""
        pairs: Alignment = []
        i = j = 0
        for old, new in [*alignment, (len(self.before), len(self.after))]:
            pairs += [(index, -1) for index in range(i, old)]
            pairs += [(-1, index) for index in range(j, new)]
            pairs.append((old, new))
            i, j = old + 1, new + 1
        return _gathered([(self._start + old, self._start + new, self._inner(old, new)) for old, new in pairs[:-1]])


def _gathered(items: list[tuple[int, int, _Edits | None]]) -> _Edits:
    """The edits of a list from those of its items, each with its place before and after."""
    edits = _Edits()
    # From the end, so that no removal moves what is still to be changed or removed.
    for old, new, inner in reversed(items):
        if inner is not None:
            edits.absorb_early(old, new, inner)
    for _, new, inner in items:
        if inner is not None:
            edits.absorb_adds(new, inner)
    return edits


def _trim(before: list[Any], after: list[Any]) -> tuple[int, int]:
    """How many items two lists have in common at their start, and how many of the rest at their end."""
    shorter = min(len(before), len(after))
    start = end = 0
    while start < shorter and same(before[start], after[start]):
        start += 1
    while end < shorter - start and same(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _added(kind: Kind | None, value: Any) -> _Edits:
    text = freeze(plain(kind, value))
    return _Edits(adds=[Step("add", (), text)], size=_ADD + len(text))


def _removed(kind: Kind | None, value: Any) -> _Edits:
    return _Edits([Step("remove", (), None, (kind, value))], size=_REMOVE)


def _replaced(kind: Kind | None, before: Any, after: Any) -> _Edits:
    text = freeze(plain(kind, after))
    return _Edits([Step("replace", (), text, (kind, before), ())], size=_REPLACE + len(text))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) or is_carrier(type(value))


def _is_longer(value: Any, limit: int) -> bool:
    """Whether the names alone make a value's JSON text longer than `limit`; False says nothing."""
    if is_carrier(type(value)):
        named = (field.name for field in plan_of(type(value)).fields if getattr(value, field.attribute) is not UNSET)
    else:
        named = (name for name in (value if isinstance(value, dict) else ()))
    for name in named:
        limit -= len(name) + len('"":0,')
        if limit <= 0:
            return True
    return False
