"""From the tree of a form's keys to builtins, by the kinds in the plan.

There is a function for each sort of kind (`_READ`), which reads a branch of the tree. A key means the same whatever other
keys the form has: what is right gets into the builtins, and the walk notes a fault for each pair that is wrong. The builtins
have the names that the sender spells. A text that spells no value of its kind stays a string.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from contactwire.codecs.form.keys import END, Limits
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
from contactwire.codecs.form.walk import Walk
from contactwire.codecs.text_values import takes_empty_text, text_converter
from contactwire.errors import shorten
from contactwire.paths import Place
from contactwire.wire import (
    BOOLEAN,
    STRING,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    kept_on_plan,
    plan_of,
)

__all__ = ["read_document"]

Read = Callable[[str], Any]
"""Turns a text into its value, or returns the text itself if it spells none, which `assemble` refuses later."""
Member = tuple[Kind | None, Read | None]
"""The kind of a member, None if it is unknown, and the function that reads its text if it is a single value."""

_UNKNOWN: Member = (None, None)
_NOTHING: Final = object()
"""The value of a branch in which everything is wrong, so that it is left out of the builtins."""


def read_document(
    tree: Tree, kind: Kind, limits: Limits, unknown: str, duplicates: str, max_faults: int
) -> tuple[Any, Walk]:
    """The builtins of a whole tree, and the walk, which has the faults that they do not show.

    Raises `KeyTooLarge` for a pair whose key nests too deep, or has too large an index.
    """
    walk = Walk(tree, limits, unknown, duplicates, max_faults)
    return _read(walk, kind, tree.root, None, 1), walk


def _read(walk: Walk, kind: Kind | None, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
    """The builtins of a branch, which is `level` objects and lists deep; `nullable` says that they may be null."""
    return _READ[type(kind)](walk, kind, branch, where, level, nullable)


# Single values


def _value_of(kind: ScalarKind | EnumerationKind, text: str, nullable: bool) -> Any:
    """The value that a text spells for a kind, or the text itself if it spells none.

    With `nullable`, an empty text is null, unless it spells a value of the kind, as for a string.
    """
    convert = text_converter(kind, lenient=True)
    if nullable and not text and not takes_empty_text(kind):
        return None
    return text if convert is None else convert(text)


def _single(
    walk: Walk, kind: ScalarKind | EnumerationKind, branch: Branch, where: Place, level: int, nullable: bool = False
) -> Any:
    if isinstance(branch, int):
        return _value_of(kind, walk.values[branch], nullable)
    said, inside = parted(branch)
    for step, inner in inside.items():
        shown = "" if step is END else str(step)
        message = f"expected {kind.expected}, received something with {shorten(shown)} in it"
        walk.fault(numbers(inner), where, message, kind.expected)
    return _one_of(walk, kind, said, where, nullable) if said else _NOTHING


def _one_of(walk: Walk, kind: ScalarKind | EnumerationKind, said: list[int], where: Place, nullable: bool) -> Any:
    """The value that counts of those that several pairs give."""
    values = [_value_of(kind, walk.values[number], nullable) for number in said]
    for number, value in zip(said[1:], values[1:], strict=True):
        # ASP.NET sends a `false` behind each check box, for a box that is not ticked.
        if kind != BOOLEAN or (values[0], value) != (True, False):
            walk.repeated(number, where)
    return values[0 if kind == BOOLEAN else -1]


# Carriers


def _carrier(walk: Walk, kind: NestedKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
    if level > walk.max_depth:
        return walk.at_limit(branch, nullable)
    if isinstance(branch, dict) and SELF not in branch:
        return _members(walk, kind, branch, where, level, {})
    node = _node(walk, kind, branch, where)
    if nullable and not node and any(field.required for field in plan_of(kind.carrier).fields):
        return None
    return _members(walk, kind, node, where, level, {}) if isinstance(node, dict) else node


def _node(walk: Walk, kind: Kind, branch: Branch, where: Place) -> Any:
    """The node of a carrier or dictionary; or the text that a pair gives for it, if that is not empty."""
    said, inside = walk.settled(where, kind.expected, *parted(branch))
    return walk.last_text(said, where) or inside


@kept_on_plan
def _members_of(plan: CarrierPlan) -> Mapping[str, Member]:
    """The members of a carrier by wire name."""
    return {field.name: (field.kind, _converter(field.kind)) for field in plan.fields}


def _converter(kind: Kind) -> Read | None:
    return (text_converter(kind, lenient=True) or str) if isinstance(kind, (ScalarKind, EnumerationKind)) else None


def _members(walk: Walk, kind: NestedKind, node: Node, where: Place, level: int, names: Mapping[str, str]) -> Any:
    """The builtins of a carrier, by the names in `node`; `names` maps these to the sender's spellings where they differ."""
    known = walk.plans.get(kind.carrier)
    if known is None:
        known = walk.plans[kind.carrier] = plan_of(kind.carrier), _members_of(plan_of(kind.carrier))
    plan, members = known
    if not node.keys() <= members.keys():
        walk.odd = True
        if any(_is_respelled(plan, name) for name in node):
            return _respelled(walk, kind, plan, node, where, level)
        walk.has_unknown = True
    values, found = walk.values, {}
    for name, inner in node.items():
        inner_kind, convert = members.get(name, _UNKNOWN)
        if convert is not None and isinstance(inner, int):
            found[name] = convert(values[inner])
            continue
        if not isinstance(name, str):
            walk.fault(numbers(inner), where, f"expected {kind.expected}, received a list", kind.expected)
        elif inner_kind is None and walk.ignores:
            _pass_over(walk, inner, level + 1)
        else:
            value = _READ[type(inner_kind)](walk, inner_kind, inner, (where, names.get(name, name)), level + 1)
            if value is not _NOTHING:
                found[name] = value
    return _NOTHING if not found and node and where is not None else found


def _pass_over(walk: Walk, branch: Branch, level: int) -> None:
    """Ignore an unknown member: it may be wrong, but must not nest too deep."""
    _, inside = parted(branch)
    if inside and level > walk.max_depth:
        raise walk.too_deep(branch)
    for inner in inside.values():
        _pass_over(walk, inner, level + 1)


def _is_respelled(plan: CarrierPlan, name: Any) -> bool:
    field = plan.find(name) if isinstance(name, str) else None
    return field is not None and field.name != name


def _respelled(walk: Walk, kind: NestedKind, plan: CarrierPlan, node: Node, where: Place, level: int) -> Any:
    """The builtins of a carrier, some of whose properties are not spelled as their wire names."""
    names: dict[str, str] = {}
    groups: dict[Any, list[Branch]] = {}
    for name, branch in node.items():
        field = plan.find(name) if isinstance(name, str) else None
        own = name if field is None else field.name
        groups.setdefault(own, []).append(branch)
        names.setdefault(own, name)
    found = _members(walk, kind, {name: merged(group) for name, group in groups.items()}, where, level, names)
    return found if found is _NOTHING else {names[name]: value for name, value in found.items()}


# Lists


def _list(walk: Walk, kind: ListKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
    if level > walk.max_depth:
        return walk.at_limit(branch, nullable)
    if isinstance(branch, dict) and {*map(type, branch)} == {int}:
        return _items(walk, kind.item, kind.nullable, branch, where, level)
    said, inside = parted(branch)
    ended = _ended(walk, inside, where, kind.expected)
    items, others = items_and_members(inside)
    for step, inner in others.items():
        message = f"expected an index in brackets, received {shorten(step)}"
        walk.fault(numbers(inner), where, message, kind.expected)
    said, items = walk.settled(where, kind.expected, sorted(said + ended), items)
    if items:
        return _items(walk, kind.item, kind.nullable, items, where, level)
    if ended or _are_items(walk, kind, said):
        return _texts(walk, kind, said, where, level)
    return walk.last_text(said, where) or []


def _ended(walk: Walk, inside: Node, where: Place, expected: str) -> list[int]:
    """The numbers of the pairs whose keys end in `[]`, as a list's can."""
    ended, behind = parted(inside.get(END, {}))
    if behind:
        walk.fault(numbers(behind), where, 'expected an index in brackets, received ""', expected)
    return ended


def _are_items(walk: Walk, kind: ListKind, said: list[int]) -> bool:
    """Whether the texts that pairs give for a list are its items; a single empty text means an empty list."""
    is_single = isinstance(kind.item, (ScalarKind, EnumerationKind))
    return is_single and [walk.values[number] for number in said] not in ([], [""])


def _texts(walk: Walk, kind: ListKind, said: list[int], where: Place, level: int) -> list[Any]:
    """The items of a list whose keys have no indexes: `Domains=a&Domains=b`."""
    return [_read(walk, kind.item, number, (where, str(at)), level + 1, kind.nullable) for at, number in enumerate(said)]


def _items(walk: Walk, kind: Kind | None, nullable: bool, items: Node, where: Place, level: int) -> Any:
    """The items of a list whose keys have indexes: `Domains[0]=a&Domains[1]=b`."""
    indexes = walk.indexes(items, where)
    found = [_read(walk, kind, items[index], (where, str(index)), level + 1, nullable) for index in indexes]
    if _NOTHING in found:
        keeps_place = isinstance(kind, NestedKind) and any(item is not _NOTHING for item in found)
        found = [{} if item is _NOTHING and keeps_place else item for item in found]
        indexes = [index for index, item in zip(indexes, found, strict=True) if item is not _NOTHING]
        found = [item for item in found if item is not _NOTHING]
    walk.keep_indexes(indexes, where)
    # A document is an empty list then. An unknown member is one too, so that it counts as unknown.
    return _NOTHING if not found and where is not None and kind is not None else found


# Dictionaries


def _dictionary(walk: Walk, kind: DictionaryKind, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
    if level > walk.max_depth:
        return walk.at_limit(branch, nullable)
    node = branch if isinstance(branch, dict) and SELF not in branch else _node(walk, kind, branch, where)
    if not isinstance(node, dict):
        return node
    if END in node:
        walk.fault(numbers(node[END]), where, "expected a key between the brackets", kind.expected)
    items, entries = items_and_entries(node)
    found: dict[str, Any] = {}
    for index in walk.indexes(items, where):
        _add_item(walk, found, kind, items[index], where, index, level)
    for key, inner in entries.items():
        _add(walk, found, key, _read(walk, kind.item, inner, (where, key), level + 1, kind.nullable), where)
    return found if found or not node or where is None else _NOTHING


def _add_item(walk: Walk, found: Node, kind: DictionaryKind, item: Node, where: Place, index: int, level: int) -> None:
    key: Any = item.get("Key", {})
    key = walk.values[key] if isinstance(key, int) else _single(walk, STRING, key, (where, str(index)), level)
    if key is _NOTHING:
        walk.missing_part("Key", item, (where, str(index)))
    elif "Value" in item:
        _add(walk, found, key, _read(walk, kind.item, item["Value"], (where, key), level + 1, kind.nullable), where)
    elif kind.nullable:
        _add(walk, found, key, None, where)
    else:
        walk.missing_part("Value", item, (where, key))


def _add(walk: Walk, found: Node, key: str, value: Any, where: Place) -> None:
    if key in found:
        walk.repeated_entry((where, key))
    if value is not _NOTHING:
        found[key] = value


# Unknown members


def _unknown(walk: Walk, kind: None, branch: Branch, where: Place, level: int, nullable: bool = False) -> Any:
    if isinstance(branch, int):
        return walk.values[branch]
    if level > walk.max_depth:
        raise walk.too_deep(branch)
    said, inside = parted(branch)
    ended = _ended(walk, inside, where, "an index in brackets")
    shapes = sorted(said + ended), *items_and_members(inside)
    said, items, members = walk.settled(where, "a text, a list or an object", *shapes)
    if items:
        return _items(walk, None, False, items, where, level)
    if members:
        found = {name: _unknown(walk, None, inner, (where, name), level + 1) for name, inner in members.items()}
        return {name: value for name, value in found.items() if value is not _NOTHING}
    return [walk.values[number] for number in said] or _NOTHING


_READ: dict[type, Callable[..., Any]] = {
    ScalarKind: _single,
    FlagsKind: _single,
    EnumerationKind: _single,
    NestedKind: _carrier,
    ListKind: _list,
    DictionaryKind: _dictionary,
    type(None): _unknown,
}
"""The function that reads a branch, by the class of its kind; `type(None)` is for unknown members."""
