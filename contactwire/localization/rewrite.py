"""Copies of carriers with some values rewritten; the copy shares all others with the original.

`Rewriter(choose)` goes through each plan once. For each property and each kind of value in it, inside lists and dictionaries
too, it calls `choose(field, kind)`, which returns the function that rewrites such values, or None. At each call it then
visits only carriers that hold such a value, at any depth. ::

    upper = Rewriter(lambda field, kind: (lambda text, context: text.upper()) if kind == STRING else None)
    upper(Category(value="a"), None) == Category(value="A")
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from contactwire.builtins import endless
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    FieldPlan,
    ItemsKind,
    Kind,
    NestedKind,
    kept_on_plan,
    plan_of,
    put_value,
    reachable,
)

__all__ = ["MAX_LEVELS", "Leaf", "Only", "Rewriter", "same_objects"]

T = TypeVar("T")

Leaf = Callable[[Any, Any], Any]
"""Rewrites one value, given the call's context; returns the same object where nothing is to change."""

Only = frozenset[str] | None
"""The attributes of a carrier to look at; None for all."""

_Change = Callable[..., Any]
"""Rewrites one container, given the context and how many more levels it may have; a carrier, also `Only`."""

# Decoders allow far fewer levels, and so many levels are far from Python's recursion limit.
MAX_LEVELS = 256


@kept_on_plan
def _carrier_change(plan: CarrierPlan, rewriter: Rewriter) -> _Change:
    """Rewrites the carriers of one class."""
    cls: Any = plan.carrier
    extras_change = rewriter.extras_change
    # Found at the first call, since the class may hold itself.
    parts = cache(lambda: rewriter.parts(plan))

    def rewrite(node: Any, context: Any, levels: int, only: Only = None) -> Any:
        if not isinstance(node, cls):
            return node
        if levels <= 0:
            raise endless()
        changes: dict[str, Any] = {}
        for name, change in parts() if only is None else [each for each in parts() if each[0] in only]:
            value = getattr(node, name)
            if value is not UNSET and (new := change(value, context, levels - 1)) is not value:
                changes[name] = new
        extras = kept = node._extras
        if extras and extras_change is not None:
            kept = extras_change(extras, context, levels - 1)
        if not changes and kept is extras:
            return node
        copied = copy.copy(node)
        for name, value in changes.items():
            # A validator or converter of the class's own is about what is stored, not about what is shown.
            put_value(copied, name, value)
        if kept is not extras:
            copied.extras = dict(kept)
        return copied

    return rewrite


def _items_change(shape: Any, change: _Change) -> _Change:
    """Rewrites the items of lists, or the values of dictionaries, by `change`."""

    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if not isinstance(node, shape):
            return node
        if levels <= 0:
            raise endless()
        old = node if shape is list else node.values()
        new = [change(item, context, levels - 1) for item in old]
        if same_objects(new, old):
            return node
        return new if shape is list else dict(zip(node, new, strict=True))

    return rewrite


def _leaf_change(leaf: Leaf, empty: bool) -> _Change:
    return lambda value, context, levels: leaf(value, context) if value or empty else value


def _builtins_change(leaf: Leaf, empty: bool) -> _Change:
    """Rewrites the strings in builtins, such as the values of unknown members, by `leaf`."""

    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if isinstance(node, str):
            return in_string(node, context, levels)
        return in_dictionary(node, context, levels) if isinstance(node, dict) else in_list(node, context, levels)

    in_string, in_list, in_dictionary = _leaf_change(leaf, empty), _items_change(list, rewrite), _items_change(dict, rewrite)
    return rewrite


def same_objects(new: Iterable[Any], old: Iterable[Any]) -> bool:
    """Whether two sequences of one length hold the very same objects."""
    return all(map(operator.is_, new, old))


class Rewriter:
    """Rewrites carriers: `rewriter(carrier, context)` passes `context` to each leaf, and returns the copy.

    `extras` rewrites the strings in unknown members; None leaves those alone. Only with `empty` does a leaf get values that
    are null or empty: most leaves have nothing to rewrite in them. The original stays as it was. Where nothing changes, the
    same object comes back.

    What is built for a class stays with that class, so make a rewriter for a module, and not for a call.
    """

    def __init__(
        self, choose: Callable[[FieldPlan, Kind], Leaf | None], extras: Leaf | None = None, *, empty: bool = False
    ) -> None:
        self._choose, self._empty = choose, empty
        self.extras_change = None if extras is None else _builtins_change(extras, empty)

    def __call__(self, value: T, context: Any, only: Only = None) -> T:
        """The copy of a carrier, or of a list of carriers; with `only`, no other properties of the carrier are rewritten.

        Raises TypeError for anything else and EncodeError for carriers nested without end.
        """
        if isinstance(value, list):
            items = [self(item, context, only) for item in value]
            return value if same_objects(items, value) else items  # type: ignore[return-value]
        return _carrier_change(plan_of(type(value)), self)(value, context, MAX_LEVELS, only)  # type: ignore[no-any-return]

    def parts(self, plan: CarrierPlan) -> list[tuple[str, _Change]]:
        """What to visit in carriers of one class: attributes, each with what rewrites its values."""
        found = ((field.attribute, self._change(field, field.kind)) for field in plan.fields)
        return [(name, change) for name, change in found if change is not None]

    def _change(self, field: FieldPlan, kind: Kind) -> _Change | None:
        """What rewrites values of a kind in a property; None where there is nothing to rewrite in them."""
        leaf = self._choose(field, kind)
        if leaf is not None:
            return _leaf_change(leaf, self._empty)
        if isinstance(kind, NestedKind):
            plan = plan_of(kind.carrier)
            return _carrier_change(plan, self) if self._has_leaves(plan) else None
        if not isinstance(kind, ItemsKind):
            return None
        item = self._change(field, kind.item)
        return None if item is None else _items_change(kind.shape, item)

    def _has_leaves(self, plan: CarrierPlan) -> bool:
        """Whether a carrier holds, at any depth, a value to rewrite."""
        fields = (field for each in reachable(plan) for field in each.fields)
        return self.extras_change is not None or any(self._chosen(field, field.kind) for field in fields)

    def _chosen(self, field: FieldPlan, kind: Kind) -> bool:
        inner = isinstance(kind, ItemsKind) and self._chosen(field, kind.item)
        return inner or self._choose(field, kind) is not None
