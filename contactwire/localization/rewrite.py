"""Copies of carriers in which some values are rewritten, and everything else is shared.

`Rewriter(choose)` asks `choose(field, kind)` once for every kind of value in a plan, through lists and dictionaries, and
gets the function that rewrites such values, or None. Carriers that lead to no such value are never visited.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import attrs

from contactwire.errors import EncodeError, Issue, shorten
from contactwire.wire import DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, plan_of

__all__ = ["Leaf", "Rewriter"]

T = TypeVar("T")

Leaf = Callable[[Any, Any], Any]
"""Rewrites one value, given the call's context; gives back the very object where there is nothing to change."""

_Change = Callable[[Any, Any, int], Any]
"""Rewrites one container, given the context and how many levels it may still hold."""

# Every decoder stops long before, and Python's own stack is far from its end.
_MAX_DEPTH = 256


def _carrier_change(
    cls: Any, leaves: list[tuple[str, Leaf]], nested: list[tuple[str, _Change]], extras_change: _Change | None
) -> _Change:
    """Rewrites the carriers of one class; the lists may be filled later, since carriers may hold themselves."""

    def rewrite(node: Any, context: Any, room: int) -> Any:
        if not isinstance(node, cls):
            return node
        if room <= 0:
            raise _too_deep()
        changes: dict[str, Any] = {}
        # Absent, null and empty values have nothing in them to rewrite.
        for name, leaf in leaves:
            value = getattr(node, name)
            if value and (new := leaf(value, context)) is not value:
                changes[name] = new
        for name, change in nested:
            value = getattr(node, name)
            if value and (new := change(value, context, room - 1)) is not value:
                changes[name] = new
        extras = kept = node._extras
        if extras and extras_change is not None:
            kept = extras_change(extras, context, room - 1)
        if not changes and kept is extras:
            return node
        # Extras of its own: whoever adds to the copy's must not add to the original's.
        return attrs.evolve(node, **changes, extras=dict(kept) if kept else None)

    return rewrite


def _too_deep() -> EncodeError:
    message = "nesting is deeper than any decoder takes, or without end"
    return EncodeError((Issue("", message, "less nesting", shorten([])),))


def _list_change(change: _Change) -> _Change:
    def rewrite(node: Any, context: Any, room: int) -> Any:
        if not isinstance(node, list):
            return node
        if room <= 0:
            raise _too_deep()
        new = [item and change(item, context, room - 1) for item in node]
        return node if _same(new, node) else new

    return rewrite


def _dictionary_change(change: _Change) -> _Change:
    def rewrite(node: Any, context: Any, room: int) -> Any:
        if not isinstance(node, dict):
            return node
        if room <= 0:
            raise _too_deep()
        new = {key: item and change(item, context, room - 1) for key, item in node.items()}
        return node if _same(new.values(), node.values()) else new

    return rewrite


def _builtins_change(leaf: Leaf) -> _Change:
    """Unknown properties are builtins, whose strings are rewritten by `leaf`."""

    def rewrite(node: Any, context: Any, room: int) -> Any:
        if isinstance(node, str):
            return leaf(node, context)
        return in_dictionary(node, context, room) if isinstance(node, dict) else in_list(node, context, room)

    in_list, in_dictionary = _list_change(rewrite), _dictionary_change(rewrite)
    return rewrite


def _same(new: Iterable[Any], old: Iterable[Any]) -> bool:
    return all(map(operator.is_, new, old))


class Rewriter:
    """Rewrites carriers: `rewriter(carrier, context)` hands `context` to each leaf and gives the copy.

    `extras` rewrites the strings among unknown properties, None leaves those alone. What is given stays as it was; where
    nothing changes, the very object comes back.
    """

    def __init__(self, choose: Callable[[FieldPlan, Kind], Leaf | None], extras: Leaf | None = None) -> None:
        self._choose = choose
        self._extras = None if extras is None else _builtins_change(extras)
        self._ready: dict[type, _Change] = {}
        self._made: dict[type, _Change] = {}
        self._lock = threading.Lock()

    def __call__(self, value: T, context: Any) -> T:
        """The copy of a carrier, or of a list of carriers.

        Raises TypeError for anything else and EncodeError for carriers nested without end.
        """
        if isinstance(value, list):
            items = [self(item, context) for item in value]
            return value if _same(items, value) else items  # type: ignore[return-value]
        change = self._ready.get(type(value))
        if change is None:
            with self._lock:
                # Plans that cannot be made fail here, before anything is half made.
                _reached(type(value))
                change = self._ready[type(value)] = self._make(type(value))
        return change(value, context, _MAX_DEPTH)  # type: ignore[no-any-return]

    def _make(self, cls: type) -> _Change:
        change = self._made.get(cls)
        if change is None:
            leaves: list[tuple[str, Leaf]] = []
            nested: list[tuple[str, _Change]] = []
            change = self._made[cls] = _carrier_change(cls, leaves, nested, self._extras)
            for field in plan_of(cls).fields:
                if (leaf := self._choose(field, field.kind)) is not None:
                    leaves.append((field.attribute, leaf))
                elif (inner := self._nested(field, field.kind)) is not None:
                    nested.append((field.attribute, inner))
        return change

    def _nested(self, field: FieldPlan, kind: Kind) -> _Change | None:
        if isinstance(kind, NestedKind):
            return self._make(kind.carrier) if self._leads(kind.carrier) else None
        if not isinstance(kind, (ListKind, DictionaryKind)):
            return None
        leaf = self._choose(field, kind.item)
        item = self._nested(field, kind.item) if leaf is None else _without_room(leaf)
        if item is None:
            return None
        return _list_change(item) if isinstance(kind, ListKind) else _dictionary_change(item)

    def _leads(self, cls: type) -> bool:
        """Whether a carrier holds, at any depth, something to rewrite."""
        fields = (field for known in _reached(cls) for field in plan_of(known).fields)
        return self._extras is not None or any(self._chosen(field, field.kind) for field in fields)

    def _chosen(self, field: FieldPlan, kind: Kind) -> bool:
        inner = isinstance(kind, (ListKind, DictionaryKind)) and self._chosen(field, kind.item)
        return inner or self._choose(field, kind) is not None


def _reached(cls: type) -> list[type]:
    """A carrier and all that it leads to, each once."""
    reached = [cls]
    for known in reached:
        reached += [other for other in plan_of(known).children() if other not in reached]
    return reached


def _without_room(leaf: Leaf) -> _Change:
    return lambda value, context, room: leaf(value, context)
