"""The walk that finds out what a client left as it was shown: `Keeping` gives that its stored value.

A client reads a value in a language or a time zone, changes it, and sends all of it back. The walk compares the value as it
is stored, as it was shown, and as it is new. What a text or a date at the same place then becomes, a subclass says.

The place of a text or date is its property, key or unknown member, at any depth. `pairs` finds the items of lists again. A
carrier with another primary key than before is another thing, and an item may have taken the place of another.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from contactwire.builtins import endless
from contactwire.localization.pairs import Marks, pairs
from contactwire.localization.rewrite import MAX_LEVELS, same_objects
from contactwire.wire import UNSET, FieldPlan, is_carrier, keys_differ, plan_of, put_value

__all__ = ["Keeping"]


class Keeping(ABC):
    """One walk through a value as it is `stored`, as it was `shown`, and as it is `new`.

    A subclass says what its leaves are: those of the class `of`, strings or dates. Its `leaf` gives what to store for one.
    `sure` says that `new` is the thing that was shown; else it may be another one in its place. The walk visits only what
    was shown otherwise than it is stored, so the `Rewriter` that shows it has limited the depth. No argument is changed.
    """

    of: type

    def __init__(self) -> None:
        self.path: list[str] = []
        self._marks = Marks()

    @abstractmethod
    def leaf(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The value to store for a leaf; UNSET for none."""

    def put(self, carrier: Any, field: FieldPlan, value: Any) -> None:
        """Set a property of a copy, by default without the hooks of its class."""
        put_value(carrier, field.attribute, value)

    def value(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The value to store; UNSET for none."""
        if new is shown:
            return stored
        if shown is stored:
            return new
        if isinstance(new, self.of) and isinstance(shown, self.of):
            return self.leaf(stored, shown, new, sure)
        if is_carrier(type(new)) and is_carrier(type(shown)):
            return self._carrier(stored, shown, new, sure and not keys_differ(shown, new))
        if isinstance(new, dict) and isinstance(shown, dict):
            return self._dictionary(stored, shown, new, sure)
        if isinstance(new, list) and isinstance(shown, list):
            return self._list(stored, shown, new, sure)
        return new

    def _carrier(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        copied = new
        for field in plan_of(type(new)).fields:
            name = field.attribute
            mine = getattr(new, name)
            kept = self._at((field.name,), getattr(stored, name, UNSET), getattr(shown, name, UNSET), mine, sure)
            if kept is not mine:
                copied = copy.copy(new) if copied is new else copied
                self.put(copied, field, kept)
        mine = new._extras or {}
        kept = self.value(stored._extras or {}, shown._extras or {}, mine, sure)
        if kept is not mine:
            copied = copy.copy(new) if copied is new else copied
            copied.extras = dict(kept)
        return copied

    def _dictionary(self, stored: Any, shown: Any, new: dict[str, Any], sure: bool) -> dict[str, Any]:
        kept = dict(new)
        for key, was in _keys_before(stored, shown, new):
            kept[key] = self._at((key,), stored.get(was, UNSET), shown[was], new[key], sure)
            if kept[key] is UNSET:
                del kept[key]
        return new if len(kept) == len(new) and same_objects(kept.values(), new.values()) else kept

    def _list(self, stored: Any, shown: Any, new: list[Any], sure: bool) -> list[Any]:
        was, seen, items = [[item for _, item in _flat(value)] for value in (stored, shown, new)]
        kept = []
        for (tokens, item), pair in zip(_flat(new), pairs(was, seen, items, self._marks), strict=True):
            if pair is not None:
                item = self._at(tokens, was[pair.place], seen[pair.place], item, sure and pair.sure)
            kept.append(item)
        return new if same_objects(kept, items) else _in_shape_of(new, iter(kept))

    def _at(self, tokens: tuple[str, ...], stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The value to store at a place below the present one."""
        self.path += tokens
        kept = self.value(stored, shown, new, sure)
        del self.path[-len(tokens) :]
        return kept


def _keys_before(stored: dict[str, Any], shown: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys of a dictionary that it had before, each with its spelling then, which may differ in letter case.

    A client may spell a key in another way, but where the key is still there as it is stored, another spelling is another
    key. A key that was shown and is not stored, `KEY:DisplayText`, may be there in both spellings.
    """
    folded: dict[str, str] | None = None
    for key in new:
        if key in shown:
            yield key, key
            continue
        folded = {known.casefold(): known for known in shown} if folded is None else folded
        was = folded.get(key.casefold())
        if was is not None and (was not in new or was not in stored):
            yield key, was


def _flat(items: list[Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the items of a list, and those of the lists in it, at any depth, since a client may move an item to another.

    The tokens of its place stand before each: `("1", "0")` for the first one of the second list.
    """
    if len(above) >= MAX_LEVELS:
        raise endless()
    for index, item in enumerate(items):
        tokens = (*above, str(index))
        if isinstance(item, list):
            yield from _flat(item, tokens)
        else:
            yield tokens, item


def _in_shape_of(items: list[Any], kept: Iterator[Any]) -> list[Any]:
    """The reverse of `_flat`: the lists of `items` with what `kept` gives, one after the other."""
    return [_in_shape_of(item, kept) if isinstance(item, list) else next(kept) for item in items]
