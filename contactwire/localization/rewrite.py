"""Copies of carriers with some values rewritten; the copy shares all others with the original.

`Rewriter(choose)` goes through the plans once. For each property and each kind of value in it, inside lists and dictionaries
too, it calls `choose(field, kind)`, which returns the function that rewrites such values, or None. At each call it then
visits only carriers that hold such a value, at any depth. ::

    upper = Rewriter(lambda field, kind: (lambda text, context: text.upper()) if kind == STRING else None)
    upper(Category(value="a"), None) == Category(value="A")
"""

from __future__ import annotations

import copy
import operator
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from contactwire.errors import EncodeError, Issue, shorten
from contactwire.wire import DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, plan_of, put_value

__all__ = ["MAX_LEVELS", "Leaf", "Only", "Rewriter", "same_objects", "too_deep"]

T = TypeVar("T")

Leaf = Callable[[Any, Any], Any]
"""Rewrites one value, given the call's context; returns the same object where nothing is to change."""

Only = frozenset[str] | None
"""The attributes of a carrier to look at; None for all."""

_Change = Callable[[Any, Any, int], Any]
"""Rewrites one container, given the context and how many more levels it may have."""

# Decoders allow far fewer levels, and so many levels are far from Python's recursion limit.
MAX_LEVELS = 256


def _carrier_change(
    cls: Any,
    leaves: list[tuple[str, Leaf]],
    nested: list[tuple[str, _Change]],
    extras_change: _Change | None,
    empty: bool,
) -> _Change:
    """Rewrites the carriers of one class; with `empty`, also those of their leaves that are absent, null or empty.

    `leaves` and `nested` may be filled after the call, since a carrier may hold others of its own class.
    """

    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if not isinstance(node, cls):
            return node
        if levels <= 0:
            raise too_deep()
        changes: dict[str, Any] = {}
        for name, leaf in leaves:
            value = getattr(node, name)
            if (value or empty) and (new := leaf(value, context)) is not value:
                changes[name] = new
        for name, change in nested:
            value = getattr(node, name)
            if value and (new := change(value, context, levels - 1)) is not value:
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


def too_deep() -> EncodeError:
    """The error for a value that nests without end."""
    message = "nesting is deeper than any decoder takes, or without end"
    return EncodeError((Issue("", message, "less nesting", shorten([])),))


def _list_change(change: _Change, empty: bool) -> _Change:
    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if not isinstance(node, list):
            return node
        if levels <= 0:
            raise too_deep()
        new = [change(item, context, levels - 1) if item or empty else item for item in node]
        return node if same_objects(new, node) else new

    return rewrite


def _dictionary_change(change: _Change, empty: bool) -> _Change:
    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if not isinstance(node, dict):
            return node
        if levels <= 0:
            raise too_deep()
        new = {key: change(item, context, levels - 1) if item or empty else item for key, item in node.items()}
        return node if same_objects(new.values(), node.values()) else new

    return rewrite


def _builtins_change(leaf: Leaf, empty: bool) -> _Change:
    """Rewrites the strings in builtins, such as the values of unknown members, by `leaf`."""

    def rewrite(node: Any, context: Any, levels: int) -> Any:
        if isinstance(node, str):
            return leaf(node, context)
        return in_dictionary(node, context, levels) if isinstance(node, dict) else in_list(node, context, levels)

    in_list, in_dictionary = _list_change(rewrite, empty), _dictionary_change(rewrite, empty)
    return rewrite


def same_objects(new: Iterable[Any], old: Iterable[Any]) -> bool:
    """Whether two sequences of one length hold the very same objects."""
    return all(map(operator.is_, new, old))


class Rewriter:
    """Rewrites carriers: `rewriter(carrier, context)` passes `context` to each leaf, and returns the copy.

    `extras` rewrites the strings in unknown members; None leaves those alone. A leaf gets absent, null and empty properties
    and items with `empty` only, since most have nothing in them to rewrite. The original stays as it was. Where nothing
    changes, the same object comes back.
    """

    def __init__(
        self, choose: Callable[[FieldPlan, Kind], Leaf | None], extras: Leaf | None = None, *, empty: bool = False
    ) -> None:
        self._choose = choose
        self._empty = empty
        self._extras = None if extras is None else _builtins_change(extras, empty)
        self._ready: dict[type, _Change] = {}
        self._changes: dict[type, _Change] = {}
        self._parts: dict[type, tuple[list[tuple[str, Leaf]], list[tuple[str, _Change]]]] = {}
        self._lock = threading.Lock()

    def __call__(self, value: T, context: Any, only: Only = None) -> T:
        """The copy of a carrier, or of a list of carriers; with `only`, no other properties of the carrier are rewritten.

        Raises TypeError for anything else and EncodeError for carriers nested without end.
        """
        if isinstance(value, list):
            items = [self(item, context, only) for item in value]
            return value if same_objects(items, value) else items  # type: ignore[return-value]
        change = self._ready.get(type(value))
        if change is None:
            with self._lock:
                # A plan that cannot be built raises here, before `_changes` gets an unfinished entry.
                _reached(type(value))
                change = self._ready[type(value)] = self._make(type(value))
        if only is not None:
            change = self._limited(type(value), only)
        return change(value, context, MAX_LEVELS)  # type: ignore[no-any-return]

    def _limited(self, cls: type, only: frozenset[str]) -> _Change:
        leaves, nested = self._parts[cls]
        return _carrier_change(
            cls,
            [(name, leaf) for name, leaf in leaves if name in only],
            [(name, change) for name, change in nested if name in only],
            self._extras,
            self._empty,
        )

    def _make(self, cls: type) -> _Change:
        change = self._changes.get(cls)
        if change is None:
            leaves: list[tuple[str, Leaf]] = []
            nested: list[tuple[str, _Change]] = []
            self._parts[cls] = leaves, nested
            change = self._changes[cls] = _carrier_change(cls, leaves, nested, self._extras, self._empty)
            for field in plan_of(cls).fields:
                if (leaf := self._choose(field, field.kind)) is not None:
                    leaves.append((field.attribute, leaf))
                elif (inner := self._nested(field, field.kind)) is not None:
                    nested.append((field.attribute, inner))
        return change

    def _nested(self, field: FieldPlan, kind: Kind) -> _Change | None:
        if isinstance(kind, NestedKind):
            return self._make(kind.carrier) if self._has_leaves(kind.carrier) else None
        if not isinstance(kind, (ListKind, DictionaryKind)):
            return None
        leaf = self._choose(field, kind.item)
        item = self._nested(field, kind.item) if leaf is None else _without_levels(leaf)
        if item is None:
            return None
        return (_list_change if isinstance(kind, ListKind) else _dictionary_change)(item, self._empty)

    def _has_leaves(self, cls: type) -> bool:
        """Whether a carrier holds, at any depth, a value to rewrite."""
        fields = (field for known in _reached(cls) for field in plan_of(known).fields)
        return self._extras is not None or any(self._chosen(field, field.kind) for field in fields)

    def _chosen(self, field: FieldPlan, kind: Kind) -> bool:
        inner = isinstance(kind, (ListKind, DictionaryKind)) and self._chosen(field, kind.item)
        return inner or self._choose(field, kind) is not None


def _reached(cls: type) -> list[type]:
    """A carrier class and all classes that it holds, at any depth, each once."""
    reached = [cls]
    for known in reached:
        reached += [other for other in plan_of(known).children() if other not in reached]
    return reached


def _without_levels(leaf: Leaf) -> _Change:
    return lambda value, context, levels: leaf(value, context)
