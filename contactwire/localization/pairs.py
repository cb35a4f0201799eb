"""Which item of a changed list is which item of the list that it was.

An item has no name, and a client may move, add and remove items. So the items are compared: first as a client was shown
them, then by what tells one item from another. A pair is made only where no other is possible, in this order:

1. items that are equal in all texts, numbers, booleans and dates, at any depth: the very same object, at the same place
   before any other; of the others, where the list is as long as it was, one at the same place; then the first with the
   first; and then items that are equal in all but dates, in the same order;
2. items of one class with the same primary key: `Id`, or the class's name with `Id`, such as `PersonId`;
3. items that are equal in their own texts, numbers and booleans, but for those that some item of the list has in several
   languages or formatted, if one of them says something: it is no boolean, not empty and not 0;
4. items whose primary keys do not differ, and that are equal in those others, where these are stored alike in all of them;
5. where the list is as long as it was, items at the same place whose primary keys do not differ.

A pair by the rules 4 and 5 is not `sure`: the one may have taken the place of the other, so that only equal texts are alike.
All others are new. Dates tell alike items apart, but no rule demands that they are equal, since a client may spell them in
another way. ::

    Emails: {Value: a@x.no, Description: Jobb}, {Value: b@x.no, Description: Hjem}     shown
            {Value: b@x.no, Description: Hjem}, {Value: a@x.no, Description: Arbeid}   sent: pairs by the rules 1 and 3
"""

from __future__ import annotations

import operator
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs

from contactwire.builtins import endless
from contactwire.localization.rewrite import MAX_LEVELS
from contactwire.wire import UNSET, is_carrier, keys_differ, plan_of, primary_key

__all__ = ["Marks", "Pair", "pairs"]

_SALT = "salt"
"""A text, whose hash is another in each process, so that no sender can choose many sets of integers with one hash."""

_Mark = Callable[[Any], Any]
"""Gives what a rule compares of an item; something false where the rule does not tell the item from others."""


@attrs.frozen
class Pair:
    """The place of the item that a changed item was; `sure` says that it is that item, and not another in its place."""

    place: int
    sure: bool


def _members(item: Any) -> dict[str, Any]:
    """What an item holds by name: a string itself, or the properties or members; nothing for anything else."""
    if isinstance(item, dict):
        return item
    if is_carrier(type(item)):
        members = {field.name: getattr(item, field.attribute) for field in plan_of(type(item)).fields}
        members.update((f"/{name}", value) for name, value in (item._extras or {}).items())
        return members
    return {"": item} if isinstance(item, str) else {}


def _scalars(item: Any) -> dict[str, Any]:
    """The texts, numbers and booleans of an item by name."""
    return {name: _hashed_well(value) for name, value in _members(item).items() if isinstance(value, (str, int, float))}


def _hashed_well(value: Any) -> Any:
    """The value; for an integer that others have the hash of, as many as a sender likes, the text of it."""
    return hex(value) if isinstance(value, int) and abs(value) >= sys.hash_info.modulus else value


class Marks:
    """Marks of values, at any depth: two values with equal texts, numbers, booleans and dates have equal marks.

    A value without any has the mark None. `ignored` are wire names of properties that do not count, and with `dated` false,
    nor do dates; `undated` are such marks. Each list, dictionary and carrier is looked at once, so they must stay as they
    are for as long as the marks are used.
    """

    def __init__(self, ignored: Collection[str] = (), *, dated: bool = True) -> None:
        self.undated = Marks(ignored, dated=False) if dated else self
        self._ignored = ignored
        self._known: dict[int, Any] = {}
        self._numbers: dict[Any, int] = {}

    def __call__(self, value: Any, levels: int = MAX_LEVELS) -> Any:
        """The mark of a value."""
        if isinstance(value, (str, int, float)):
            return _hashed_well(value)
        if isinstance(value, datetime):
            return (value.isoformat(),) if self.undated is not self else None
        if id(value) not in self._known:
            if not levels:
                raise endless()
            self._known[id(value)] = self._number(value, levels - 1)
        return self._known[id(value)]

    def _number(self, value: Any, levels: int) -> tuple[int] | None:
        marks = set()
        # Two frames a level, with no generator's: the stack must hold as many levels as are allowed.
        for name, item in enumerate(value) if isinstance(value, list) else _members(value).items():
            if item is UNSET or item is None or name in self._ignored:
                continue
            if (mark := self(item, levels)) is not None:
                marks.add((_SALT, name, mark))
        return (self._numbers.setdefault(frozenset(marks), len(self._numbers)),) if marks else None


def pairs(stored: Sequence[Any], shown: Sequence[Any], new: Sequence[Any], marks: Marks) -> list[Pair | None]:
    """For each item of `new` its pair in `shown`, or None; `stored` has the items of `shown` as they are stored."""
    search = _Search(shown, new)
    # Python has one object for all empty texts, and for all of the same single letter, so that this may be a client's.
    search.in_place(operator.is_, sure=True)
    search.same()
    for mark in (marks, marks.undated):
        if None in search.found:
            search.equal_in_place(mark)
            search.equal(mark)
    if None in search.found:
        changed = _changed_names(stored, shown)
        search.alone(primary_key)
        search.alone(lambda item: _besides(item, changed))
        search.alike(lambda item: _among(item, changed), stored)
        search.in_place(lambda one, other: not keys_differ(one, other), sure=False)
    return search.found


def _changed_names(stored: Sequence[Any], shown: Sequence[Any]) -> set[str]:
    """The names of the texts that some item shows otherwise than it stores them."""
    names: set[str] = set()
    for before, item in zip(stored, shown, strict=True):
        if before is not item:
            was = _scalars(before)
            names.update(name for name, value in _scalars(item).items() if value != was.get(name))
    return names


def _besides(item: Any, changed: set[str]) -> frozenset[tuple[str, Any]]:
    """The scalars of an item but for those with these names; nothing where they would not tell the item from others."""
    others = {name: value for name, value in _scalars(item).items() if name not in changed}
    telling = any(value and not isinstance(value, bool) for value in others.values())
    return frozenset(others.items()) if telling else frozenset()


def _among(item: Any, changed: set[str]) -> frozenset[tuple[str, Any]]:
    """The scalars of an item with these names, and its primary key; nothing where it has none of these names."""
    texts = frozenset((name, value) for name, value in _scalars(item).items() if name in changed)
    return texts and texts | primary_key(item)


class _Search:
    """A search for pairs: `found` has them by the place of the new item. Each rule looks at items without a pair only."""

    def __init__(self, shown: Sequence[Any], new: Sequence[Any]) -> None:
        self.found: list[Pair | None] = [None] * len(new)
        self._shown, self._new = shown, new
        self._free = dict.fromkeys(range(len(shown)))

    def _pair(self, index: int, place: int, *, sure: bool) -> None:
        self.found[index] = Pair(place, sure)
        self._free.pop(place, None)

    def _open(self) -> Iterator[int]:
        return (index for index, pair in enumerate(self.found) if pair is None)

    def same(self) -> None:
        """Pair items that are the same object, each once."""
        self._pair_all(self._places(id), id, sure=True, once=True)

    def equal(self, mark: _Mark) -> None:
        """Pair items of equal marks, the first with the first. New ones that are left are copies of the last shown one."""
        self._pair_all(self._places(mark), mark, sure=True)

    def alike(self, mark: _Mark, stored: Sequence[Any]) -> None:
        """Pair items of equal marks, where all shown items of that mark have equal marks as they are stored."""
        places = self._places(mark)
        alike = {key: same for key, same in places.items() if len({mark(stored[place]) for place in same}) == 1}
        self._pair_all(alike, mark, sure=False)

    def _places(self, mark: _Mark) -> dict[Any, deque[int]]:
        """The places of the shown items that are free, by their marks."""
        places: dict[Any, deque[int]] = defaultdict(deque)
        for place in self._free:
            found = mark(self._shown[place])
            if found or found == "":
                places[found].append(place)
        return places

    def _pair_all(self, places: dict[Any, deque[int]], mark: _Mark, *, sure: bool, once: bool = False) -> None:
        for index in list(self._open()):
            if same := places.get(mark(self._new[index])):
                self._pair(index, same.popleft() if once or len(same) > 1 else same[0], sure=sure)

    def alone(self, mark: _Mark) -> None:
        """Pair items whose mark no other item of their list has."""
        shown = _only({place: mark(self._shown[place]) for place in self._free})
        new = _only({index: mark(self._new[index]) for index in self._open()})
        for found, index in new.items():
            if found in shown:
                self._pair(index, shown[found], sure=True)

    def in_place(self, fit: Callable[[Any, Any], bool], *, sure: bool) -> None:
        """Pair items at the same place that fit each other, where the list is as long as it was."""
        for place in list(self._open()) if len(self._new) == len(self._shown) else ():
            if place in self._free and fit(self._shown[place], self._new[place]):
                self._pair(place, place, sure=sure)

    def equal_in_place(self, mark: _Mark) -> None:
        """Pair items of equal marks at the same place, where the list is as long as it was."""
        self.in_place(lambda one, other: mark(one) == mark(other), sure=True)


def _only(marks: dict[int, Any]) -> dict[Any, int]:
    """The place of each mark that is there once, and is not empty."""
    counted = Counter(marks.values())
    return {mark: place for place, mark in marks.items() if mark and counted[mark] == 1}
