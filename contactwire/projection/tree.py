"""A selection as a tree of names: functions that add a path, combine and compare trees, and list a tree's paths.

`name,category/id` is the tree `{"name": Branch("Name", None), "category": Branch("Category", {"id": Branch("Id", None)})}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from contactwire.paths import Index, item_kind
from contactwire.wire import DictionaryKind, Kind, NestedKind, fold, plan_of

__all__ = ["Branch", "Tree", "add", "intersection", "is_within", "paths_of", "union"]


@attrs.frozen
class Branch:
    """What is selected at one token of a path: everything there (`below` is None), or only what `below` selects."""

    token: str = attrs.field(eq=False)
    below: Tree | None


Tree = Mapping[str, Branch]
"""The selected properties of a carrier, or keys of a dictionary, by their folded name (`wire.fold`)."""


def add(tree: dict[str, Any], tokens: tuple[str, ...]) -> None:
    """Add one path to a tree, unless the tree selects it already; indexes in it count for nothing."""
    tokens = tuple(token for token in tokens if not isinstance(token, Index))
    for token in tokens[:-1]:
        branch = tree.setdefault(fold(token), Branch(token, {}))
        if branch.below is None:
            return
        tree = branch.below
    tree[fold(tokens[-1])] = Branch(tokens[-1], None)


def union(one: Tree | None, other: Tree | None) -> Tree | None:
    """What either of two trees selects."""
    if one is None or other is None:
        return None
    merged = {**other, **one}
    for name in one.keys() & other.keys():
        merged[name] = Branch(one[name].token, union(one[name].below, other[name].below))
    return merged


def intersection(one: Tree | None, other: Tree | None) -> Tree | None:
    """What both of two trees select."""
    if one is None or other is None:
        return other if one is None else one
    common = {}
    for name in one.keys() & other.keys():
        below = intersection(one[name].below, other[name].below)
        if below is None or below:
            common[name] = Branch(one[name].token, below)
    return common


def is_within(one: Tree | None, other: Tree | None) -> bool:
    """Whether the second of two trees selects all that the first does."""
    if one is None or other is None:
        return other is None
    return all(name in other and is_within(branch.below, other[name].below) for name, branch in one.items())


def paths_of(kind: Kind, tree: Tree | None) -> Iterator[tuple[str, ...]]:
    """The tokens of each selected path: properties in wire order, keys in alphabetical order."""
    if tree is None:
        yield ()
        return
    kind = item_kind(kind)
    if isinstance(kind, NestedKind):
        steps = [(fold(field.name), field.kind) for field in plan_of(kind.carrier).fields]
    else:
        steps = [(key, kind.item) for key in sorted(tree)] if isinstance(kind, DictionaryKind) else []
    for name, inner in steps:
        if name in tree:
            for tokens in paths_of(inner, tree[name].below):
                yield (tree[name].token, *tokens)
