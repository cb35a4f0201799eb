"""Changing lists, objects and carriers in place: copies that may be changed, and what is put into them and taken out."""

from __future__ import annotations

import copy
from typing import Any

from attrs import NOTHING

from contactwire.builtins import missing_issue, refusal
from contactwire.errors import ValidationError
from contactwire.wire import UNSET, FieldPlan, absent_value, fold, is_carrier

__all__ = ["Copies", "FoldedNames", "delete", "store"]


class Copies:
    """The copies that one run of a patch makes: each list, object and carrier is copied once, and changed in place then."""

    def __init__(self) -> None:
        # The copies themselves are kept, so that no other value gets the id of one.
        self._made: dict[int, Any] = {}

    def own(self, value: Any) -> Any:
        """A copy made here of a container, the one that it is already, or a value that nothing can change."""
        if id(value) in self._made:
            return value
        made = _shallow_copy(value)
        if made is not value:
            self._made[id(made)] = made
        return made


def _shallow_copy(value: Any) -> Any:
    """A copy of a carrier, list or dictionary that holds the very same values; anything else as it is."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    if not is_carrier(type(value)):
        return value
    return copy.copy(value)


def store(container: Any, key: Any, value: Any) -> None:
    """Put a value where a key says: a property or an unknown one's name, an index, a dictionary's key.

    UNSET stands for no value, in whose place a default counts. Raises `ValidationError` for a value that a carrier's own
    validator refuses, and where a required property would be missing.
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
    elif is_carrier(type(container)):
        container.extras[key] = value
    else:
        container[key] = value


def delete(container: Any, key: Any) -> None:
    """Take out what a key says, as for `store`; raises `ValidationError` as that does."""
    if isinstance(key, FieldPlan):
        store(container, key, UNSET)
    elif is_carrier(type(container)):
        del container.extras[key]
    else:
        del container[key]


class FoldedNames:
    """Finds the names of plain objects in any letter case; each object is looked through once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[dict[str, Any], dict[str, dict[str, None]]]] = {}

    def find(self, members: dict[str, Any], token: str) -> str:
        """The name in `members` that a token means: the very same, else one in another letter case, else the token."""
        if token in members:
            return token
        entry = self._known.get(id(members))
        if entry is None:
            entry = self._known[id(members)] = members, {}
            for name in members:
                entry[1].setdefault(fold(name), {})[name] = None
        return next(iter(entry[1].get(fold(token), ())), token)

    def add(self, container: Any, key: Any) -> None:
        """Take notice of a member that was added."""
        if id(container) in self._known:
            self._known[id(container)][1].setdefault(fold(key), {})[key] = None

    def remove(self, container: Any, key: Any) -> None:
        """Take notice of a member that was removed."""
        if id(container) in self._known:
            self._known[id(container)][1][fold(key)].pop(key, None)
