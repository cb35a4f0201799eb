"""Changing lists, objects and carriers in place: `Copies` gives copies that may be changed, `store` does it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from attrs import NOTHING

from contactwire.builtins import check_hooks, missing_issue, refusal
from contactwire.errors import Faults, ValidationError
from contactwire.paths import Place, pointer_of_place
from contactwire.wire import UNSET, FieldPlan, absent_value, fold, has_hooks, is_carrier, is_view, plan_of, put_value

__all__ = ["Copies", "FoldedNames", "hold", "store"]


class Copies:
    """The copies of one application of a patch: each list, object and carrier is copied once."""

    def __init__(self) -> None:
        # The copies are kept alive, so that no other object gets the id of one.
        self._own: dict[int, Any] = {}

    def own(self, value: Any) -> Any:
        """A copy of a container that may be changed; the value itself if it is such a copy already, or no container."""
        if id(value) in self._own:
            return value
        copied = _shallow_copy(value)
        if copied is not value:
            self._own[id(copied)] = copied
        return copied

    def finish(self, root: Any, max_faults: int) -> None:
        """Run the hooks of all carriers that were changed and are in the document `root`, those inside of others first.

        Of a carrier's properties, those run whose list, dictionary or carrier was changed. A view has none. Raises
        `ValidationError` with what they refuse, at the pointers of the properties and carriers.
        """
        if not any(map(has_hooks, {*map(type, self._own.values())})):
            return
        faults = Faults(ValidationError, max_faults)
        for value, place in reversed(list(self._in_document(root))):
            if has_hooks(type(value)) and not is_view(value):
                changed = [name for name in plan_of(type(value)).by_attribute if id(getattr(value, name)) in self._own]
                check_hooks(value, faults, pointer_of_place(place), changed)
        faults.check()

    def _in_document(self, root: Any) -> Iterator[tuple[Any, Place]]:
        """The containers that were changed and are in a document, each before those inside of it.

        Each is inside of another such one, since what is on the path to a change was copied.
        """
        waiting: list[tuple[Any, Place]] = [(root, None)]
        while waiting:
            value, place = waiting.pop()
            if id(value) in self._own:
                yield value, place
                waiting += [(inner, (place, name)) for name, inner in _held_by(value)]


def _held_by(container: Any) -> Iterator[tuple[str | int, Any]]:
    """What a container holds, with the names and indexes of pointers; no unknown members, which hold no carriers."""
    if isinstance(container, list):
        return iter(enumerate(container))
    if isinstance(container, dict):
        return iter(container.items())
    return ((field.name, getattr(container, field.attribute)) for field in plan_of(type(container)).fields)


def _shallow_copy(value: Any) -> Any:
    """A copy of a carrier, list or dictionary that holds the same objects; any other value as it is."""
    if isinstance(value, (list, dict)):
        return value.copy()
    return copy.copy(value) if is_carrier(type(value)) else value


def store(container: Any, key: Any, value: Any) -> None:
    """Store a value in a container under a key; UNSET removes the one that is there.

    The key is a property's `FieldPlan`, an unknown member's name, an index, or a dictionary's key. The default of a property
    that is removed counts. Raises `ValidationError` for a value that the carrier's own validator or converter refuses, and
    for UNSET where a property is required.
    """
    if isinstance(key, FieldPlan):
        try:
            if value is UNSET:
                value = absent_value(container, key.attribute)
            if value is NOTHING:
                raise ValidationError([missing_issue("", key)])
            setattr(container, key.attribute, value)
        except ValidationError:
            raise
        except Exception as error:
            raise ValidationError([refusal(error, value)]) from None
        return
    members = container.extras if is_carrier(type(container)) else container
    if value is UNSET:
        del members[key]
    else:
        members[key] = value


def hold(container: Any, key: Any, value: Any) -> None:
    """Store a copy that is about to be changed; its hooks run when it has been (`Copies.finish`)."""
    if isinstance(key, FieldPlan):
        put_value(container, key.attribute, value)
    else:
        store(container, key, value)


class FoldedNames:
    """Finds the names in plain objects in any letter case; the names of each object are indexed once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[dict[str, Any], dict[str, dict[str, None]]]] = {}

    def find(self, members: dict[str, Any], token: str) -> str:
        """The name in `members` that a token means: the token itself, else the first one that differs in letter case only.

        Where there is neither, it is the token.
        """
        if token in members:
            return token
        entry = self._known.get(id(members))
        if entry is None:
            entry = self._known[id(members)] = members, {}
            for name in members:
                entry[1].setdefault(fold(name), {})[name] = None
        return next(iter(entry[1].get(fold(token), ())), token)

    def add(self, container: Any, key: Any) -> None:
        """Record that a member was added."""
        if id(container) in self._known:
            self._known[id(container)][1].setdefault(fold(key), {})[key] = None

    def remove(self, container: Any, key: Any) -> None:
        """Record that a member was removed."""
        if id(container) in self._known:
            self._known[id(container)][1][fold(key)].pop(key, None)
