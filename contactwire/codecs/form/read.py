"""The tree of a form's keys → builtins, by the kinds of what the keys lead to.

Every key means the same whatever stands beside it: what is right gets into the builtins, and what is wrong is a fault of its
own, told in the order of the pairs. What only shows when all pairs are known, as a gap between indexes, is told behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contactwire.builtins import repeated_issue
from contactwire.codecs.form.keys import END, KeyTooLarge, Limits, steps
from contactwire.codecs.form.tree import (
    SELF,
    Branch,
    Node,
    Tree,
    items_and_entries,
    items_and_members,
    merged,
    numbers,
    parted,
)
from contactwire.codecs.form.values import Read, readers_of, value_of
from contactwire.errors import Issue, shorten
from contactwire.paths import Place, pointer_of_place
from contactwire.wire import (
    BOOLEAN,
    STRING,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    plan_of,
)

__all__ = ["Reader"]

_NOTHING: Final = object()
"""What a branch gives that has faults only."""


class Reader:
    """Reads the tree of one body.

    `issues` are the faults found. Raises `KeyTooLarge` for a pair that leads too deep, or has too large an index.
    """

    def __init__(self, tree: Tree, limits: Limits, unknown: str, duplicates: str) -> None:
        self._tree, self._values, self._max_depth, self._max_index = tree, tree.values, limits.max_depth, limits.max_index
        self._ignores, self._refuses_duplicates = unknown == "ignore", duplicates == "error"
        self._gaps: dict[str, list[int]] = {}
        self._faults: list[tuple[int, Issue]] = []
        self._late: list[Issue] = []
        self._plans: dict[type, tuple[CarrierPlan, Mapping[str, Read]]] = {}
        for number in tree.open:
            self._fault([number], None, "a bracket is opened and not closed before '.', '[' or the end", "']'")

    @property
    def issues(self) -> list[Issue]:
        """The faults found so far: of keys in the order of the pairs, then those of what is missing or twice."""
        return [issue for _, issue in sorted(self._faults, key=lambda fault: fault[0])] + self._late

    def sender_pointer(self, pointer: str) -> str:
        """A pointer into the builtins as one in the sender's indexes, which differ behind a gap."""
        if not self._gaps:
            return pointer
        told = ""
        for token in pointer.split("/")[1:]:
            told += f"/{self._gaps[told][int(token)]}" if told in self._gaps else f"/{token}"
        return told

    def document(self, kind: Kind) -> Any:
        """The builtins that the whole tree stands for, with the sender's names; a text that is no value stays a text."""
        return self._read(kind, self._tree.root, None, 1)

    def _read(self, kind: Kind | None, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
        """The builtins of a branch at some level of objects and lists; `nullable` says that null may be there."""
        return _READ[type(kind)](self, kind, branch, where, level, nullable)

    # Single values

    def _single(
        self, kind: ScalarKind | EnumerationKind, branch: Branch, where: Place, level: int, nullable: bool = False
    ) -> Any:
        if isinstance(branch, int):
            return value_of(kind, self._values[branch], nullable)
        said, inside = parted(branch)
        for step, inner in inside.items():
            shown = "" if step is END else str(step)
            message = f"expected {kind.expected}, received something with {shorten(shown)} in it"
            self._fault(numbers(inner), where, message, kind.expected)
        if not said:
            return _NOTHING
        values = [value_of(kind, self._values[number], nullable) for number in said]
        for number, value in zip(said[1:], values[1:], strict=True):
            # ASP.NET puts a `false` behind each check box, for the case that it is not ticked.
            if kind != BOOLEAN or (values[0], value) != (True, False):
                self._repeated(number, where)
        return values[0 if kind == BOOLEAN else -1]

    # Carriers

    def _carrier(self, kind: NestedKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
        if level > self._max_depth:
            return self._at_limit(branch, nullable)
        if isinstance(branch, dict) and SELF not in branch:
            return self._members(kind, branch, where, level, {})
        node = self._node(kind, branch, where)
        return self._members(kind, node, where, level, {}) if isinstance(node, dict) else node

    def _members(self, kind: NestedKind, node: Node, where: Place, level: int, names: Mapping[str, str]) -> Any:
        """The builtins of a carrier, by the names in `node`; `names` are the sender's for these, where they are others."""
        plan, readers = self._plans.get(kind.carrier) or self._plan(kind.carrier)
        values, found, rest = self._values, {}, []
        for name, inner in node.items():
            read = readers.get(name)
            if read is not None and isinstance(inner, int):
                found[name] = read(values[inner])
            else:
                found[name] = _NOTHING
                rest.append(name)
        if not rest:
            return found
        if any(_is_respelled(plan, name) for name in rest):
            return self._respelled(kind, plan, node, where, level)
        for name in rest:
            found[name] = self._member(kind, plan, name, node[name], (where, names.get(name, name)), level + 1)
            if found[name] is _NOTHING:
                del found[name]
        return _NOTHING if not found and where is not None else found

    def _member(self, kind: NestedKind, plan: CarrierPlan, name: Any, branch: Branch, where: Any, level: int) -> Any:
        if not isinstance(name, str):
            self._fault(numbers(branch), where[0], f"expected {kind.expected}, received a list", kind.expected)
            return _NOTHING
        field = plan.find(name)
        if field is None and self._ignores:
            self._pass(branch, level)
            return _NOTHING
        inner = field.kind if field is not None else None
        return _READ[type(inner)](self, inner, branch, where, level)

    def _respelled(self, kind: NestedKind, plan: CarrierPlan, node: Node, where: Place, level: int) -> Any:
        """The builtins of a carrier of whose properties some are spelled in another letter case than in the plan."""
        names: dict[str, str] = {}
        groups: dict[Any, list[Branch]] = {}
        for name, branch in node.items():
            field = plan.find(name) if isinstance(name, str) else None
            own = name if field is None else field.name
            groups.setdefault(own, []).append(branch)
            names.setdefault(own, name)
        found = self._members(kind, {name: merged(group) for name, group in groups.items()}, where, level, names)
        return found if found is _NOTHING else {names[name]: value for name, value in found.items()}

    def _plan(self, cls: type) -> tuple[CarrierPlan, Mapping[str, Read]]:
        found = self._plans.get(cls)
        if found is None:
            plan = plan_of(cls)
            found = self._plans[cls] = plan, readers_of(plan)
        return found

    def _pass(self, branch: Branch, level: int) -> None:
        """Pass over something unknown, which need not make sense, but has its depth."""
        if isinstance(branch, dict):
            if level > self._max_depth:
                raise self._too_deep(branch)
            for inner in branch.values():
                self._pass(inner, level + 1)

    def _node(self, kind: Kind, branch: Branch, where: Place) -> Any:
        """What is in a carrier or dictionary; or the text that was said of it, if that is not empty."""
        said, inside = self._settled(where, kind.expected, *parted(branch))
        return self._last(said, where) or inside

    def _last(self, said: list[int], where: Place) -> str:
        """The last text of several, or an empty one if there is none."""
        for number in said[1:]:
            self._repeated(number, where)
        return self._values[said[-1]] if said else ""

    # Lists

    def _list(self, kind: ListKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
        if level > self._max_depth:
            return self._at_limit(branch, nullable)
        if isinstance(branch, dict) and {*map(type, branch)} == {int}:
            return self._items(kind.item, kind.nullable, branch, where, level) or _NOTHING
        said, inside = parted(branch)
        ended = self._ended(inside, where, kind.expected)
        items, others = items_and_members(inside)
        for step, inner in others.items():
            message = f"expected an index in brackets, received {shorten(step)}"
            self._fault(numbers(inner), where, message, kind.expected)
        said, items = self._settled(where, kind.expected, sorted(said + ended), items)
        if items:
            return self._items(kind.item, kind.nullable, items, where, level) or _NOTHING
        is_single = isinstance(kind.item, (ScalarKind, EnumerationKind))
        if ended or (is_single and [self._values[number] for number in said] not in ([], [""])):
            return [
                self._read(kind.item, number, (where, str(at)), level + 1, kind.nullable) for at, number in enumerate(said)
            ]
        return self._last(said, where) or []

    def _ended(self, inside: Node, where: Place, expected: str) -> list[int]:
        """The numbers of the pairs whose keys end in `[]`, as a list's can."""
        ended, behind = parted(inside.get(END, []))
        if behind:
            self._fault(numbers(behind), where, 'expected an index in brackets, received ""', expected)
        return ended

    def _items(self, kind: Kind | None, nullable: bool, items: Node, where: Place, level: int) -> list[Any]:
        indexes = self._indexes(items, where)
        found = [self._read(kind, items[index], (where, str(index)), level + 1, nullable) for index in indexes]
        if _NOTHING in found:
            keeps_place = isinstance(kind, NestedKind) and any(item is not _NOTHING for item in found)
            found = [{} if item is _NOTHING and keeps_place else item for item in found]
            indexes = [index for index, item in zip(indexes, found, strict=True) if item is not _NOTHING]
            found = [item for item in found if item is not _NOTHING]
        if indexes and indexes[-1] >= len(indexes):
            self._gaps[pointer_of_place(where)] = indexes
        return found

    def _indexes(self, items: Node, where: Place) -> list[int]:
        """Indexes in order; a gap between them is a fault of the item behind it."""
        indexes: list[int] = sorted(items)
        if indexes and indexes[-1] > self._max_index:
            number = min(numbers(items[index])[0] for index in indexes if index > self._max_index)
            raise KeyTooLarge(f"an index is larger than {self._max_index}", "a smaller index", number)
        if indexes and indexes[-1] >= len(indexes):
            at, index = next((at, index) for at, index in enumerate(indexes) if at != index)
            key = self._tree.key(numbers(items[index])[0])
            message = f"index {index} comes where {at} is missing (key {shorten(key)})"
            self._late.append(
                Issue(pointer_of_place((where, str(index))), message, "indexes from 0 without gaps", str(index))
            )
        return indexes

    # Dictionaries

    def _dictionary(self, kind: DictionaryKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
        if level > self._max_depth:
            return self._at_limit(branch, nullable)
        node = branch if isinstance(branch, dict) and SELF not in branch else self._node(kind, branch, where)
        if not isinstance(node, dict):
            return node
        if END in node:
            self._fault(numbers(node[END]), where, "expected a key between the brackets", kind.expected)
        items, entries = items_and_entries(node)
        found: dict[str, Any] = {}
        for index in self._indexes(items, where):
            self._add_item(found, kind, items[index], where, index, level)
        for key, inner in entries.items():
            self._add(found, key, self._read(kind.item, inner, (where, key), level + 1, kind.nullable), where)
        return found if found or not node or where is None else _NOTHING

    def _add_item(self, found: Node, kind: DictionaryKind, item: Node, where: Place, index: int, level: int) -> None:
        key: Any = item.get("Key", [])
        key = self._values[key] if isinstance(key, int) else self._single(STRING, key, (where, str(index)), level)
        if key is _NOTHING:
            self._miss("Key", item, (where, str(index)))
        elif "Value" in item:
            self._add(found, key, self._read(kind.item, item["Value"], (where, key), level + 1, kind.nullable), where)
        elif kind.nullable:
            self._add(found, key, None, where)
        else:
            self._miss("Value", item, (where, key))

    def _add(self, found: Node, key: str, value: Any, where: Place) -> None:
        if key in found and self._refuses_duplicates:
            self._late.append(repeated_issue(pointer_of_place((where, key))))
        if value is not _NOTHING:
            found[key] = value

    def _miss(self, part: str, item: Node, where: Place) -> None:
        key = shorten(self._tree.key(numbers(item)[0]))
        message = f"the dictionary's item has no {part} (key {key})"
        self._late.append(Issue(pointer_of_place(where), message, "Key and Value", key))

    # The unknown

    def _unknown(self, kind: None, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
        if isinstance(branch, int):
            return self._values[branch]
        if level > self._max_depth:
            raise self._too_deep(branch)
        expected = "a text, a list or an object"
        said, inside = parted(branch)
        ended = self._ended(inside, where, "an index in brackets")
        said, items, members = self._settled(where, expected, sorted(said + ended), *items_and_members(inside))
        if items:
            return self._items(None, False, items, where, level)
        if members:
            found = {name: self._unknown(None, inner, (where, name), level + 1) for name, inner in members.items()}
            return {name: value for name, value in found.items() if value is not _NOTHING}
        if not said:
            return _NOTHING
        texts = [self._values[number] for number in said]
        return texts if ended or len(texts) > 1 else texts[0]

    # Faults

    def _settled(self, where: Place, expected: str, *shapes: Any) -> tuple[Any, ...]:
        """Of several shapes of one place, numbers of texts or nodes, that which came first; the others are faults."""
        if sum(map(bool, shapes)) < 2:
            return shapes
        groups = [numbers(shape) for shape in shapes]
        first = min(group[0] for group in groups if group)
        for group in groups:
            if group and group[0] != first:
                self._conflict(group, first, where, expected)
        # Place it is a text that came first, nothing is left of it, so that there is one fault and not another one.
        return tuple(
            shape if group[:1] == [first] and isinstance(shape, dict) else type(shape)()
            for shape, group in zip(shapes, groups, strict=True)
        )

    def _conflict(self, group: list[int], first: int, where: Place, expected: str) -> None:
        """Tell that the pairs in a group give a place another shape than the first pair that leads there."""
        pointer, other = pointer_of_place(where), shorten(self._tree.key(first))
        for number in group:
            key = shorten(self._tree.key(number))
            self._faults.append((number, Issue(pointer, f"the keys {other} and {key} do not go together", expected, key)))

    def _fault(self, group: list[int], where: Place, message: str, expected: str) -> None:
        """Tell the fault of the pairs in a group."""
        pointer = pointer_of_place(where)
        for number in group:
            key = shorten(self._tree.key(number))
            self._faults.append((number, Issue(pointer, f"{message} (key {key})", expected, key)))

    def _repeated(self, number: int, where: Place) -> None:
        """Tell that a pair says again what was said, if that is a fault."""
        if self._refuses_duplicates:
            self._faults.append((number, repeated_issue(self._as_spelled(number, where))))

    def _as_spelled(self, number: int, where: Place) -> str:
        """The pointer to a place, with its name as this pair spells it."""
        last = str(steps(self._tree.key(number))[-1])
        return pointer_of_place((where[0], last) if where is not None and fold(last) == fold(where[1]) else where)

    def _at_limit(self, branch: Branch, nullable: bool) -> None:
        """Null, where there may be one and nothing else has room; raises `KeyTooLarge` otherwise."""
        if not nullable or isinstance(branch, dict) or self._values[numbers(branch)[-1]]:
            raise self._too_deep(branch)

    def _too_deep(self, branch: Branch) -> KeyTooLarge:
        # One text is no list; it is the second that makes it one.
        number = branch[1] if isinstance(branch, list) else numbers(branch)[0]
        return KeyTooLarge(f"nesting is deeper than {self._max_depth}", "less nesting", number)


_READ: dict[type, Callable[..., Any]] = {
    ScalarKind: Reader._single,
    EnumerationKind: Reader._single,
    NestedKind: Reader._carrier,
    ListKind: Reader._list,
    DictionaryKind: Reader._dictionary,
    type(None): Reader._unknown,
}
"""What reads a branch of each sort of kind."""


def _is_respelled(plan: CarrierPlan, name: Any) -> bool:
    field = plan.find(name) if isinstance(name, str) else None
    return field is not None and field.name != name
