"""The difference of two documents: the search for short edits.

Objects are compared member by member. Of two lists, what they have in common at their ends stays, and the items between are
lined up so that their edits are shortest, by what each edit takes as JSON. Where that would take too long, equal items in
their order stay first, and only what lies between two of them is lined up. At each level a value is replaced whole where
that is shorter than its edits, so no list's edits are longer than the list. What is removed here and added there counts as
moved.

Values are compared as carriers have them, and written as builtins from the first list down.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from contactwire.builtins import MAX_DEPTH, write_extras
from contactwire.errors import EncodeError
from contactwire.patch.moves import ADD, MOVE, REMOVE, REPLACE, Change, Inside, Step, Whole, steps_of, width_of
from contactwire.patch.values import canonical, changes, inside, kind_of_value, plain, same
from contactwire.paths import escape
from contactwire.wire import UNSET, Kind, is_carrier, plan_of

__all__ = ["steps_between"]

Member = tuple[str, Kind | None, Any, Any]
"""A name, the kind of its value, the value before, and the value after."""

Child = tuple[str, int, Change]
"""A changed member: its name, the name's width in a pointer, and the change."""

Alignment = list[tuple[int, int]]
"""Pairs of indexes, ascending in both lists; items in no pair are removed or added."""

# How many bytes of items may be held against each other in one search; what each pair of items costs besides.
_BUDGET, _PAIR = 2**17, 128


def steps_between(before: Any, after: Any, *, portable: bool) -> list[Step]:
    """The steps that make `after` of `before`, carriers or builtins; none where both are written alike.

    With `portable` they do without `move`. An object that is the whole document is replaced only by something else: whoever
    changed another member of it meanwhile would lose that. Raises `EncodeError` for what cannot be written.
    """
    kind = kind_of_value(before)
    if kind is None or kind != kind_of_value(after):
        kind, before, after = None, plain(None, before), plain(None, after)
    change = _Search(moves=not portable).value(kind, before, after, 0)
    return [] if change is None else steps_of(change, moves=not portable)


class _Search:
    """One search. Where `kind` is None, values are builtins that have been checked; `outer` is the length of a path."""

    def __init__(self, *, moves: bool) -> None:
        self.moves = moves
        self._budget = _BUDGET

    def value(self, kind: Kind | None, before: Any, after: Any, outer: int) -> Change | None:
        """The change of one value, or None where there is none."""
        if before is after:
            return None
        if type(before) is type(after):
            if isinstance(after, list):
                return self._list(kind, before, after, outer)
            if isinstance(after, dict):
                children = self._members(inside(kind)[0], before, after, outer)
                return self._shorter(kind, Inside(children, moves=self.moves), after, outer)
            if is_carrier(type(after)):
                return self._shorter(kind, Inside(self._properties(before, after, outer), moves=self.moves), after, outer)
        elif _is_object(before) and _is_object(after):
            return self.value(None, plain(kind, before), plain(kind, after), outer)
        return None if same(before, after) else Whole("replace", _written(kind, after))

    def change(self, token: str | int, kind: Kind | None, old: Any, new: Any, outer: int) -> Change | None:
        """The change of a member or item, whose place errors show; UNSET is what is not there, before or after."""
        try:
            if new is UNSET:
                return Whole("remove", _written(kind, old))
            return Whole("add", _written(kind, new)) if old is UNSET else self.value(kind, old, new, outer)
        except EncodeError as error:
            raise EncodeError([issue.under("/" + escape(str(token))) for issue in error.issues]) from None

    def _properties(self, before: Any, after: Any, outer: int) -> list[Child]:
        children = self._children([(field.name, field.kind, old, new) for field, old, new in changes(before, after)], outer)
        if before._extras or after._extras:
            children += self._members(None, _extras(before), _extras(after), outer)
        return children

    def _members(self, kind: Kind | None, before: dict[str, Any], after: dict[str, Any], outer: int) -> list[Child]:
        changed: list[Member] = [(name, kind, old, after.get(name, UNSET)) for name, old in before.items()]
        changed = [member for member in changed if not same(member[2], member[3])]
        changed += [(name, kind, UNSET, new) for name, new in after.items() if name not in before]
        return self._children(changed, outer)

    def _children(self, members: list[Member], outer: int) -> list[Child]:
        children: list[Child] = []
        for name, kind, old, new in members:
            width = width_of(name)
            change = self.change(name, kind, old, new, outer + width)
            if change is not None:
                children.append((name, width, change))
        return children

    def _shorter(self, kind: Kind | None, edits: Inside, after: Any, outer: int) -> Change | None:
        """The edits, or the one that replaces it all where that is shorter; None where there are none."""
        if edits.count < 2 or not (outer or isinstance(after, list)):
            return edits if edits.count else None
        length = edits.size + edits.count * outer
        if _takes(after, length - outer - REPLACE):
            return edits
        whole = Whole("replace", _written(kind, after))
        return whole if whole.size + outer < length else edits

    def _list(self, kind: Kind | None, before: list[Any], after: list[Any], outer: int) -> Change | None:
        start, stop = _middle(before, after)
        old, new = before[start : len(before) - stop], after[start : len(after) - stop]
        if not old and not new:
            return None
        item = inside(kind)[0]
        if len(old) != 1 or len(new) != 1:
            old, new, item = _all_written(item, old, start), _all_written(item, new, start), None
        lists = _Lists(self, item, old, new, start, outer)
        return self._shorter(kind, lists.edits(self._alignment(lists)), after, outer)

    def _alignment(self, lists: _Lists) -> Alignment:
        olds, news = range(len(lists.old)), range(len(lists.new))
        if self._can_afford(lists, olds, news):
            return lists.cheapest(olds, news)
        pairs: Alignment = []
        i = j = 0
        for old, new in [*_anchors(lists.old_keys, lists.new_keys), (len(olds), len(news))]:
            pairs += self._between_anchors(lists, olds[i:old], news[j:new])
            pairs.append((old, new))
            i, j = old + 1, new + 1
        return pairs[:-1]

    def _between_anchors(self, lists: _Lists, olds: range, news: range) -> Alignment:
        if self._can_afford(lists, olds, news):
            return lists.cheapest(olds, news)
        return list(zip(*lists.unmovable(olds, news), strict=False))

    def _can_afford(self, lists: _Lists, olds: range, news: range) -> bool:
        if not _is_choice(olds, news):
            return True
        work = len(olds) * len(news) * _PAIR
        work += len(news) * sum(len(lists.old_keys[i]) for i in olds) + len(olds) * sum(len(lists.new_keys[j]) for j in news)
        self._budget -= work if work <= self._budget else 0
        return work <= self._budget


class _Lists:
    """The items of two lists between their common ends, from number `start` on."""

    def __init__(self, search: _Search, kind: Kind | None, old: list[Any], new: list[Any], start: int, outer: int) -> None:
        self.old, self.new = old, new
        self._search, self._kind, self._start, self._outer = search, kind, start, outer
        self._known: dict[tuple[int, int], Change | None] = {}
        self.old_keys: list[bytes] = []
        self.new_keys: list[bytes] = []
        self._movable: frozenset[bytes] = frozenset()
        if _is_choice(old, new):
            self.old_keys, self.new_keys = list(map(canonical, old)), list(map(canonical, new))
            self._movable = _single(self.old_keys) & _single(self.new_keys) if search.moves else frozenset()

    def _change(self, i: int, j: int) -> Change | None:
        """The change of an item, None for none; -1 is what is not there."""
        if (i, j) not in self._known:
            place, outer = self._start + max(i, j), self._outer + self._width(i, j)
            old, new = self.old[i] if i >= 0 else UNSET, self.new[j] if j >= 0 else UNSET
            self._known[i, j] = self._search.change(place, self._kind, old, new, outer)
        return self._known[i, j]

    def _width(self, i: int, j: int) -> int:
        # What is moved later stands among the items until then.
        return width_of(self._start + max(i, j) + (len(self.old) if self._movable else 0))

    def unmovable(self, olds: range, news: range) -> tuple[list[int], list[int]]:
        """Those items that cannot be moved to the other list, or from it."""
        return (
            [i for i in olds if self.old_keys[i] not in self._movable],
            [j for j in news if self.new_keys[j] not in self._movable],
        )

    def cheapest(self, olds: range, news: range) -> Alignment:
        """The alignment of some items with the shortest edits; what both lists have need not be written again."""
        if not _is_choice(olds, news):
            return list(zip(olds, news, strict=False))
        removing, adding = [self._removing(i) for i in olds], [self._adding(j) for j in news]
        pairs = _by_cost(removing, adding, lambda i, j: self._changing(olds[i], news[j]))
        return [(olds[i], news[j]) for i, j in pairs]

    def _removing(self, i: int) -> int:
        return 0 if self.old_keys[i] in self._movable else REMOVE + self._outer + self._width(i, -1)

    def _adding(self, j: int) -> int:
        key, path = self.new_keys[j], self._outer + self._width(-1, j)
        return MOVE + 2 * path if key in self._movable else ADD + path + len(key)

    def _changing(self, i: int, j: int) -> int:
        old, new, path = self.old_keys[i], self.new_keys[j], self._outer + self._width(i, j)
        change = None if old == new else self._change(i, j)
        if change is None:
            return 0
        cost = change.size + change.count * path
        # Neither goes where the other list has it: one is added in full there, the other removed.
        cost += max(0, ADD + len(old) - MOVE - path) if old in self._movable else 0
        return cost + (REMOVE + path if new in self._movable else 0)

    def edits(self, alignment: Alignment) -> Inside:
        """The edits that an alignment stands for."""
        slots: Alignment = []
        i = j = 0
        for old, new in [*alignment, (len(self.old), len(self.new))]:
            slots += [(index, -1) for index in range(i, old)]
            slots += [(-1, index) for index in range(j, new)]
            slots.append((old, new))
            i, j = old + 1, new + 1
        del slots[-1]
        changes = [(slot, self._width(*pair), self._change(*pair)) for slot, pair in enumerate(slots)]
        children = [(slot, width, change) for slot, width, change in changes if change is not None]
        live = [slot for slot, (i, _) in enumerate(slots) if i >= 0]
        return Inside(children, moves=self._search.moves, live=live, start=self._start)


def _is_choice(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Whether items can be lined up in more than one way that makes sense."""
    return bool(old and new) and len(old) + len(new) > 2


def _single(keys: list[bytes]) -> frozenset[bytes]:
    """Those that stand there once: of several it is not known before they are lined up which one moves."""
    return frozenset([key for key, times in Counter(keys).items() if times == 1])


def _by_cost(removing: Sequence[int], adding: Sequence[int], changing: Callable[[int, int], int]) -> Alignment:
    """The alignment that costs least in all: what removing or adding each item costs, and changing one into another.

    Takes time and space in the product of the two lengths (the edit distance of Wagner and Fischer).
    """
    row = [0]
    for cost in adding:
        row.append(row[-1] + cost)
    choices: list[list[int]] = []
    for i, gone in enumerate(removing):
        above, row = row, [row[0] + gone]
        chosen: list[int] = []
        for j, come in enumerate(adding):
            costs = (above[j] + changing(i, j), above[j + 1] + gone, row[j] + come)
            row.append(min(costs))
            chosen.append(costs.index(row[-1]))
        choices.append(chosen)
    return _traced(choices)


def _traced(choices: list[list[int]]) -> Alignment:
    pairs: Alignment = []
    i, j = len(choices) - 1, len(choices[0]) - 1 if choices else -1
    while i >= 0 and j >= 0:
        choice = choices[i][j]
        if choice == 0:
            pairs.append((i, j))
        i, j = i - (choice != 2), j - (choice != 1)
    return pairs[::-1]


def _anchors(before: Sequence[bytes], after: Sequence[bytes]) -> Alignment:
    """The longest row of equal items that ascends in both lists, in n log n.

    An item's first occurrence matches the first one in the other list, its second the second.
    """
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for index in range(len(after) - 1, -1, -1):
        places[after[index]].append(index)
    matches = [(index, places[key].pop()) for index, key in enumerate(before) if places.get(key)]
    ends: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for place, (_, index) in enumerate(matches):
        length = bisect_left(ends, index)
        previous.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [index]
        last[length : length + 1] = [place]
    chosen: Alignment = []
    place = last[-1] if last else -1
    while place >= 0:
        chosen.append(matches[place])
        place = previous[place]
    return chosen[::-1]


def _middle(before: list[Any], after: list[Any]) -> tuple[int, int]:
    """How many items two lists have in common at their start, and how many of the others at their end."""
    shorter = min(len(before), len(after))
    start = end = 0
    while start < shorter and same(before[start], after[start]):
        start += 1
    while end < shorter - start and same(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _written(kind: Kind | None, value: Any) -> Any:
    return value if kind is None else plain(kind, value)


def _all_written(kind: Kind | None, items: list[Any], start: int) -> list[Any]:
    if kind is None:
        return items
    written = []
    for index, item in enumerate(items, start):
        try:
            written.append(plain(kind, item))
        except EncodeError as error:
            raise EncodeError([issue.under(f"/{index}") for issue in error.issues]) from None
    return written


def _extras(carrier: Any) -> dict[str, Any]:
    """A carrier's unknown properties. Raises `EncodeError` for a name of a known one, and for what cannot be written."""
    written: dict[str, Any] = {}
    issues = write_extras(carrier._extras or {}, plan_of(type(carrier)), written, MAX_DEPTH)
    if issues:
        raise EncodeError(issues)
    return written


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) or is_carrier(type(value))


def _takes(value: Any, length: int) -> bool:
    """Whether a value's JSON text surely has `length` characters; looks at no more than it needs to know."""
    waiting = [value]
    while waiting and length > 0:
        item = waiting.pop()
        if isinstance(item, str):
            length -= len(item) + 2
        elif isinstance(item, list):
            length -= len(item) + 1
            waiting += item
        elif _is_object(item):
            members = item if isinstance(item, dict) else _set_properties(item)
            length -= sum(map(len, members)) + 4 * len(members) + 1
            waiting += members.values()
        else:
            length -= 1
    return length <= 0


def _set_properties(carrier: Any) -> dict[str, Any]:
    pairs = [(field.name, getattr(carrier, field.attribute)) for field in plan_of(type(carrier)).fields]
    return {name: value for name, value in pairs if value is not UNSET}
