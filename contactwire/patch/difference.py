"""The difference of two documents: a search for short edits.

The length of an edit is the number of bytes that its operations take as JSON.

- Objects are compared member by member.
- Of two lists, the items that both have at their ends stay. The items between are aligned so that their edits are shortest.
  Where that would take too long, equal items that are in the same order stay, and only the items between two of them are
  aligned.
- At each level, a value is replaced as a whole where that is shorter than its edits. So no list's edits are longer than the
  list.
- A value that is removed in one place and added in another counts as moved.

Carriers are compared as they are; items of lists that need alignment, and all values inside them, are compared as builtins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contactwire.builtins import MAX_DEPTH, write_extras, write_kind
from contactwire.errors import EncodeError
from contactwire.patch.compare import Comparison
from contactwire.patch.lists import Alignment, anchors, by_cost, is_choice, single
from contactwire.patch.moves import ADD, MOVE, REMOVE, REPLACE, Change, Inside, Whole, operations_of_change, width_of
from contactwire.patch.operation import Operation
from contactwire.patch.values import canonical, inside, is_object, kind_of_value, plain
from contactwire.paths import escape
from contactwire.wire import STRING, UNSET, DictionaryKind, Kind, ListKind, NestedKind, is_carrier, plan_of

__all__ = ["operations_between"]

Child = tuple[str | int, int, Change | None]
"""The change of a member or item: its place, how many bytes that takes in a pointer, and the change, None for none."""

# How many bytes of items one search may compare with each other, and how many bytes each pair counts in addition.
_BUDGET, _PAIR = 2**17, 128


def operations_between(before: Any, after: Any, *, portable: bool, partial: bool = False) -> list[Operation]:
    """The operations that turn `before` into `after`, carriers or builtins; none if both are spelled alike on the wire.

    With `portable` they do without `move`. If both documents are objects, no operation replaces the whole document: it would
    undo what somebody else has changed in it meanwhile. With `partial`, objects may have more in them than the documents
    say, so no object, nor a list with one, is replaced by another, and no item removed and added that can stay or be moved.
    Raises `EncodeError` for a value that cannot be written.
    """
    kind = kind_of_value(before)
    if kind is None or kind != kind_of_value(after):
        kind, before, after = None, plain(None, before), plain(None, after)
    comparison = Comparison([] if kind is None else [before, after])
    change = _Search(comparison, moves=not portable, partial=partial).value(kind, before, after, 0)
    return [] if change is None else operations_of_change(change, moves=not portable)


class _Search:
    """One search. Where `kind` is None, values are checked builtins; `outer` is the length of the path to a value."""

    def __init__(self, comparison: Comparison, *, moves: bool, partial: bool) -> None:
        self.same, self.changes, self.moves, self.partial = comparison.same, comparison.changes, moves, partial
        self._budget = _BUDGET

    def value(self, kind: Kind | None, before: Any, after: Any, outer: int) -> Change | None:
        """The change of one value, or None where there is none."""
        if before is after:
            return None
        if type(before) is type(after):
            if isinstance(after, list):
                _check(kind, after)
                return self._list(kind, before, after, outer)
            if isinstance(after, dict):
                _check(kind, after)
                children = self._members(inside(kind)[0], before, after, outer)
                most = _replacing(after) + outer if outer and kind is None and not self.partial else None
                return self._shorter(kind, self.gather(children, outer, most), after, outer)
            if is_carrier(type(after)):
                _check(kind, after)
                return self._shorter(kind, self.gather(self._properties(before, after, outer), outer, None), after, outer)
        elif is_object(before) and is_object(after):
            return self.value(None, plain(kind, before), plain(kind, after), outer)
        return None if self.same(before, after) else Whole("replace", _written(kind, after))

    def change(self, token: str | int, kind: Kind | None, old: Any, new: Any, outer: int) -> Change | None:
        """The change of the member or item at `token`; UNSET means that there is none, before or after.

        Raises `EncodeError`, with `token` in the pointers.
        """
        try:
            if new is UNSET:
                return Whole("remove", _written(kind, old))
            return Whole("add", _written(kind, new)) if old is UNSET else self.value(kind, old, new, outer)
        except EncodeError as error:
            raise error.under("/" + escape(str(token))) from None

    def gather(
        self, children: Iterable[Child], outer: int, most: int | None, live: list[int] | None = None, start: int = 0
    ) -> Inside | None:
        """The edits of an object or list, from the changes in it; None as soon as they must take more than `most` bytes."""
        gathered: list[tuple[str | int, int, Change]] = []
        taken = 0
        for place, width, change in children:
            if change is None:
                continue
            gathered.append((place, width, change))
            # An addition or removal may yet become part of a move, so it does not count here.
            taken += 0 if change.op in ("add", "remove") else change.size + change.count * (outer + width)
            if most is not None and taken > most:
                return None
        return Inside(gathered, moves=self.moves, live=live, start=start)

    def _properties(self, before: Any, after: Any, outer: int) -> Iterator[Child]:
        for field, old, new in self.changes(before, after):
            if (new is None or new is UNSET) and not field.allows(new):
                # Raises unless a selection returned the carrier.
                plain(None, after)
            yield self._child(field.name, field.kind, old, new, outer)
        if before._extras or after._extras:
            yield from self._members(None, _extras(before), _extras(after), outer)

    def _members(self, kind: Kind | None, before: dict[str, Any], after: dict[str, Any], outer: int) -> Iterator[Child]:
        for name in {**before, **after}:
            old, new = before.get(name, UNSET), after.get(name, UNSET)
            if not self.same(old, new):
                yield self._child(name if kind is None else _written_name(name), kind, old, new, outer)

    def _child(self, name: str, kind: Kind | None, old: Any, new: Any, outer: int) -> Child:
        width = width_of(name)
        return name, width, self.change(name, kind, old, new, outer + width)

    def _shorter(self, kind: Kind | None, edits: Inside | None, after: Any, outer: int) -> Change | None:
        """The edits, or one edit that replaces the whole value where that is shorter; None where there are no edits."""
        if edits is None:
            return Whole("replace", _written(kind, after))
        if edits.count < 2 or not (outer or isinstance(after, list)) or (self.partial and _holds_object(after)):
            return edits if edits.count else None
        length = edits.size + edits.count * outer
        if _takes(after, length - outer - REPLACE):
            return edits
        whole = Whole("replace", _written(kind, after))
        return whole if whole.size + outer < length else edits

    def _list(self, kind: Kind | None, before: list[Any], after: list[Any], outer: int) -> Change | None:
        start, stop = self._middle(before, after)
        old, new = before[start : len(before) - stop], after[start : len(after) - stop]
        if not old and not new:
            return None
        item = inside(kind)[0]
        if len(old) != 1 or len(new) != 1:
            old, new, item = _all_written(item, old, start), _all_written(item, new, start), None
        lists = _Lists(self, item, old, new, start, outer)
        written = after if kind is None else new if item is None and len(new) == len(after) else None
        most = None if written is None or (self.partial and _holds_object(written)) else _replacing(written) + outer
        return self._shorter(kind, lists.edits(lists.alignment(), most), after, outer)

    def _middle(self, before: list[Any], after: list[Any]) -> tuple[int, int]:
        """How many items two lists have in common at their start, and how many of the others at their end."""
        shorter = min(len(before), len(after))
        start = end = 0
        while start < shorter and self.same(before[start], after[start]):
            start += 1
        # In lists of one length, the items that ended the first search would meet again.
        most = shorter - start - (len(before) == len(after))
        while end < most and self.same(before[-1 - end], after[-1 - end]):
            end += 1
        return start, end

    def affords(self, work: int) -> bool:
        """Whether so many more bytes may be compared; if so, they count as compared."""
        if work > self._budget:
            return False
        self._budget -= work
        return True


class _Lists:
    """The items of two lists between their common ends; the first has the index `start`."""

    def __init__(self, search: _Search, kind: Kind | None, old: list[Any], new: list[Any], start: int, outer: int) -> None:
        self.old, self.new = old, new
        self._search, self._kind, self._start, self._outer = search, kind, start, outer
        self._known: dict[tuple[int, int], Change | None] = {}
        self._old_keys: list[bytes] = []
        self._new_keys: list[bytes] = []
        self._movable: frozenset[bytes] = frozenset()
        self._staying = 0
        # What a removed item loses, nobody knows, so that as many as can stay.
        self._losing = _BUDGET if search.partial else 0
        if is_choice(old, new):
            self._old_keys, self._new_keys = list(map(canonical, old)), list(map(canonical, new))
            if search.moves:
                self._movable = single(self._old_keys) & single(self._new_keys)
                self._staying = len(old)

    def _change(self, i: int, j: int) -> Change | None:
        """The change of old item `i` into new item `j`, None for none; `-1` as index means that there is no such item."""
        if (i, j) not in self._known:
            place, outer = self._start + max(i, j), self._outer + self._width(i, j)
            old, new = self.old[i] if i >= 0 else UNSET, self.new[j] if j >= 0 else UNSET
            self._known[i, j] = self._search.change(place, self._kind, old, new, outer)
        return self._known[i, j]

    def _width(self, i: int, j: int) -> int:
        # An item that is moved later stays in the list until then and shifts the indexes behind it: by all of them, at most.
        return width_of(self._start + max(i, j) + self._staying)

    def alignment(self) -> Alignment:
        """The alignment with the shortest edits; where that takes too long to find, the one between `anchors`."""
        olds, news = range(len(self.old)), range(len(self.new))
        found = self._cheapest(olds, news)
        if found is None:
            found, i, j = [], 0, 0
            for old, new in [*anchors(self._old_keys, self._new_keys), (len(olds), len(news))]:
                between = self._cheapest(olds[i:old], news[j:new])
                found += self._unmovable(olds[i:old], news[j:new]) if between is None else between
                found.append((old, new))
                i, j = old + 1, new + 1
            found.pop()
        return found

    def _unmovable(self, olds: range, news: range) -> Alignment:
        """The alignment of some items in their order, but for those that a `move` can save."""
        staying = [i for i in olds if self._old_keys[i] not in self._movable]
        return list(zip(staying, [j for j in news if self._new_keys[j] not in self._movable], strict=False))

    def _cheapest(self, olds: range, news: range) -> Alignment | None:
        """The alignment of some items with the shortest edits, where items of both lists may be moved.

        None where the search cannot afford to compare them.
        """
        if not is_choice(olds, news):
            return list(zip(olds, news, strict=False))
        work = len(olds) * len(news) * _PAIR
        work += len(news) * sum(len(self._old_keys[i]) for i in olds) + len(olds) * sum(len(self._new_keys[j]) for j in news)
        if not self._search.affords(work):
            return None
        removing, adding = [self._removing(i) for i in olds], [self._adding(j) for j in news]
        pairs = by_cost(removing, adding, lambda i, j: self._changing(olds[i], news[j]))
        return [(olds[i], news[j]) for i, j in pairs]

    def _removing(self, i: int) -> int:
        return 0 if self._old_keys[i] in self._movable else REMOVE + self._outer + self._width(i, -1) + self._losing

    def _adding(self, j: int) -> int:
        key, path = self._new_keys[j], self._outer + self._width(-1, j)
        return MOVE + 2 * path if key in self._movable else ADD + path + len(key) + self._losing

    def _changing(self, i: int, j: int) -> int:
        old, new, path = self._old_keys[i], self._new_keys[j], self._outer + self._width(i, j)
        change = None if old == new else self._change(i, j)
        if change is None:
            return 0
        cost = change.size + change.count * path
        # Items that are paired here cannot be moved: the old one has to be added in full elsewhere, the new one removed.
        cost += max(0, ADD + len(old) - MOVE - path) + self._losing if old in self._movable else 0
        return cost + (REMOVE + path + self._losing if new in self._movable else 0)

    def edits(self, alignment: Alignment, most: int | None) -> Inside | None:
        """The edits for an alignment; None where they must take more than `most` bytes."""
        slots: Alignment = []
        i = j = 0
        for old, new in [*alignment, (len(self.old), len(self.new))]:
            slots += [(index, -1) for index in range(i, old)]
            slots += [(-1, index) for index in range(j, new)]
            slots.append((old, new))
            i, j = old + 1, new + 1
        del slots[-1]
        children = ((slot, self._width(*pair), self._change(*pair)) for slot, pair in enumerate(slots))
        live = [slot for slot, (i, _) in enumerate(slots) if i >= 0]
        return self._search.gather(children, self._outer, most, live, self._start)


def _holds_object(value: Any) -> bool:
    """Whether a value is an object, or a list that holds one."""
    return any(map(_holds_object, value)) if isinstance(value, list) else is_object(value)


def _replacing(value: Any) -> int:
    """How many bytes a `replace` by some builtins takes as JSON, without its path."""
    return REPLACE + len(canonical(value))


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
            raise error.under(f"/{index}") from None
    return written


def _check(kind: Kind | None, value: Any) -> None:
    """Raise `EncodeError` for a list, dictionary or carrier that its kind does not allow, or that holds a wrong null."""
    match kind:
        case ListKind() if isinstance(value, list):
            is_right = kind.nullable or None not in value
        case DictionaryKind() if isinstance(value, dict):
            is_right = kind.nullable or None not in value.values()
        case NestedKind():
            is_right = isinstance(value, kind.carrier)
        case _:
            is_right = kind is None
    if not is_right:
        plain(kind, value)


def _written_name(name: Any) -> str:
    try:
        return write_kind(STRING, name, MAX_DEPTH)  # type: ignore[no-any-return]
    except EncodeError as error:
        raise error.under("/" + escape(str(name))) from None


def _extras(carrier: Any) -> dict[str, Any]:
    """A carrier's unknown members. Raises `EncodeError` for a property's name among them, and for unwritable values."""
    return write_extras(carrier._extras or {}, plan_of(type(carrier)), MAX_DEPTH)


def _takes(value: Any, length: int) -> bool:
    """Whether a value's JSON text has at least `length` characters, by a quick lower bound that stops early."""
    waiting = [value]
    while waiting and length > 0:
        item = waiting.pop()
        if isinstance(item, str):
            length -= len(item) + 2
        elif isinstance(item, list):
            length -= len(item) + 1
            waiting += item
        elif is_object(item):
            members = item if isinstance(item, dict) else _set_properties(item)
            length -= sum(map(len, members)) + 4 * len(members) + 1
            waiting += members.values()
        else:
            length -= 1
    return length <= 0


def _set_properties(carrier: Any) -> dict[str, Any]:
    pairs = [(field.name, getattr(carrier, field.attribute)) for field in plan_of(type(carrier)).fields]
    return {name: value for name, value in pairs if value is not UNSET}
