"""The state of one walk over the tree of a form's keys (`read`): its limits, its policies, and the faults found.

`issues` lists the faults of pairs in the order of the pairs, whatever order the walk takes. Behind them come the faults that
show only when all pairs are known, such as a gap between indexes. Until then, a fault is what its `Issue` is made of, since
most of ten thousand faults are not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from contactwire.builtins import repeated_issue
from contactwire.codecs.form.keys import KeyTooLarge, Limits, steps
from contactwire.codecs.form.tree import Branch, Node, Tree, numbers, parted
from contactwire.errors import Issue, shorten
from contactwire.paths import Place, PlacePointer, pointer_of_place
from contactwire.wire import CarrierPlan, fold

__all__ = ["Walk"]


class Walk:
    """One walk over a tree.

    `values` are the values of the pairs by number, `max_depth` is how deep objects and lists may nest, `ignores` says that
    unknown members are left out. `plans` are the plans met so far, each with its members. `has_unknown` says that a member
    is unknown, `odd` that one is unknown or respelled.
    """

    def __init__(self, tree: Tree, limits: Limits, unknown: str, duplicates: str, max_faults: int) -> None:
        self.values, self.max_depth, self.ignores = tree.values, limits.max_depth, unknown == "ignore"
        self.odd = self.has_unknown = False
        self.plans: dict[type, tuple[CarrierPlan, Mapping[str, Any]]] = {}
        self._tree, self._max_index, self._once = tree, limits.max_index, duplicates == "error"
        self._max_faults = max_faults
        self._gaps: dict[str, list[int]] = {}
        self._faults: list[tuple[int, Place, Callable[[int], Issue]]] = []
        self._late: list[tuple[Place, Issue]] = []
        self.fault(tree.open, None, "a bracket is opened and not closed before '.', '[' or the end", "']'")

    def issues(self) -> list[Issue]:
        """The first faults found so far, up to one more than an error lists.

        First come those of pairs, in their order, then those of missing or repeated parts.
        """
        most = self._max_faults + 1
        found = [(place, describe(number)) for number, place, describe in sorted(self._faults, key=itemgetter(0))[:most]]
        return [issue.under(PlacePointer(place)) for place, issue in (found + self._late)[:most]]

    def as_sent(self, issues: Sequence[Issue]) -> list[Issue]:
        """The faults of the builtins, with the sender's indexes in their pointers, which differ behind a gap.

        If the sender has `Emails[0]` and `Emails[5]`, the pointer `/Emails/1` becomes `/Emails/5`.
        """
        if not self._gaps:
            return list(issues)
        known: dict[str, str] = {}
        return [self._as_sent(issue, known) for issue in issues]

    def _as_sent(self, issue: Issue, known: dict[str, str]) -> Issue:
        """One of these faults; all share the tokens of their pointers, which are `known`."""
        told, way = "", []
        for token in issue.pointer.split("/")[1:]:
            sent = str(self._gaps[told][int(token)]) if told in self._gaps else token
            told += f"/{sent}"
            way.append(known.setdefault(sent, f"/{sent}"))
        found = Issue("", issue.message, issue.expected, issue.received)
        for prefix in reversed(way):
            found = found.under(prefix)
        return found

    def fault(self, group: list[int], where: Place, message: str, expected: str) -> None:
        """Note a fault for each pair of a group."""
        describe = partial(self._described, f"{message} (key ", ")", expected)
        self._faults += [(number, where, describe) for number in group]

    def _described(self, before: str, behind: str, expected: str, number: int) -> Issue:
        """The fault of a pair, whose message has the pair's key between two texts; its pointer is empty."""
        key = self._key(number)
        return Issue("", f"{before}{key}{behind}", expected, key)

    def repeated(self, number: int, where: Place) -> None:
        """Note a pair that gives a value again, if that is a fault."""
        if self._once:
            self._faults.append((number, self._as_spelled(number, where), lambda _: repeated_issue("")))

    def _as_spelled(self, number: int, where: Place) -> Place:
        """The place, with its name as this pair spells it."""
        last = str(steps(self._tree.key(number))[-1])
        return (where[0], last) if where is not None and fold(last) == fold(where[1]) else where

    def _key(self, number: int) -> str:
        return shorten(self._tree.key(number))

    def last_text(self, said: list[int], where: Place) -> str:
        """The last text of several for one place, or an empty one if there is none."""
        for number in said[1:]:
            self.repeated(number, where)
        return self.values[said[-1]] if said else ""

    def settled(self, where: Place, expected: str, *shapes: Any) -> tuple[Any, ...]:
        """Of several shapes of one place, such as texts and items, only the one whose pair came first; the others are
        faults.

        A shape is the numbers of pairs, or a node. The other shapes become empty.
        """
        if sum(map(bool, shapes)) < 2:
            return shapes
        groups = [shape if isinstance(shape, list) else numbers(shape) for shape in shapes]
        first = min(group[0] for group in groups if group)
        for group in groups:
            if group and group[0] != first:
                self._conflict(group, first, where, expected)
        # If texts came first, they become empty too. Otherwise the text would be a second fault at this place.
        return tuple(
            shape if group[:1] == [first] and isinstance(shape, dict) else type(shape)()
            for shape, group in zip(shapes, groups, strict=True)
        )

    def _conflict(self, group: list[int], first: int, where: Place, expected: str) -> None:
        """Note that the pairs in a group give a place another shape than the `first` pair for it."""
        describe = partial(self._described, f"the keys {self._key(first)} and ", " do not go together", expected)
        self._faults += [(number, where, describe) for number in group]

    def indexes(self, items: Node, where: Place) -> list[int]:
        """The indexes of items in order; a gap between two is a fault of the item behind it.

        Raises `KeyTooLarge` for an index over the limit.
        """
        indexes: list[int] = sorted(items)
        if indexes and indexes[-1] > self._max_index:
            number = min(numbers(items[index])[0] for index in indexes if index > self._max_index)
            raise KeyTooLarge(f"an index is larger than {self._max_index}", "a smaller index", number)
        if indexes and indexes[-1] >= len(indexes):
            at, index = next((at, index) for at, index in enumerate(indexes) if at != index)
            message = f"index {index} comes where {at} is missing (key {self._key(numbers(items[index])[0])})"
            self._late.append(((where, str(index)), Issue("", message, "indexes from 0 without gaps", str(index))))
        return indexes

    def keep_indexes(self, indexes: list[int], where: Place) -> None:
        """Remember the sender's indexes of a list's items, if they are not those that the items have in the builtins."""
        if indexes and indexes[-1] >= len(indexes):
            self._gaps[pointer_of_place(where)] = indexes

    def repeated_entry(self, where: Place) -> None:
        """Note a second entry for one key of a dictionary, if that is a fault."""
        if self._once:
            self._late.append((where, repeated_issue("")))

    def missing_part(self, part: str, item: Node, where: Place) -> None:
        """Note a dictionary's item that has no "Key", or no "Value"."""
        key = self._key(numbers(item)[0])
        message = f"the dictionary's item has no {part} (key {key})"
        self._late.append((where, Issue("", message, "Key and Value", key)))

    def at_limit(self, branch: Branch, nullable: bool) -> None:
        """Null, for an empty text where null is allowed and no more levels are; otherwise raises `KeyTooLarge`."""
        said, inside = parted(branch)
        if not nullable or inside or self.values[said[-1]]:
            raise self.too_deep(branch)

    def too_deep(self, branch: Branch) -> KeyTooLarge:
        """The error for a branch whose objects and lists nest too deep."""
        # One text is no list. The second makes it one, and so is the fault.
        said, inside = parted(branch)
        number = said[1] if len(said) > 1 and not inside else min(numbers(branch), default=0)
        return KeyTooLarge(f"nesting is deeper than {self.max_depth}", "less nesting", number)
