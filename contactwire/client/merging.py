"""Two changes of one contact in one: `merge` compares both versions with the one that they began with."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from contactwire.errors import UpdateConflict
from contactwire.patch import same
from contactwire.paths import Place, pointer_of_place
from contactwire.wire import UNSET, Carrier, finish_carrier, is_carrier, is_view, plan_of

__all__ = ["merge"]

C = TypeVar("C", bound=Carrier)


def merge(base: C, mine: C, theirs: C) -> C:
    """The contact with the changes that `mine` and `theirs` each made to `base`; it remembers the tag of `theirs`.

    Carriers are merged by property, dictionaries by key. A list is one place: what stands at an index before a change is
    another item after it. A place that both changed to the same value is no conflict. ::

        base = Note(text="a", tags=["x"])
        mine = Note(text="b", tags=["x"])
        theirs = Note(text="a", tags=["x", "z"])
        merge(base, mine, theirs) == Note(text="b", tags=["x", "z"])

    Raises `UpdateConflict` with each place that both changed, to different values, and of each carrier whose class refuses
    both changes together, by `__attrs_post_init__`, and TypeError for what is no carrier.
    """
    for each in (base, mine, theirs):
        if not isinstance(each, Carrier):
            raise TypeError(f"merge takes three carriers, not a value of class {type(each).__name__}")
    work = _Merge()
    merged: C = work.value(base, mine, theirs, None)
    if work.places:
        raise UpdateConflict(work.places, base, mine, theirs)
    return merged


class _Merge:
    """One comparison; `places` collects the pointers of the places where the changes meet."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def value(self, base: Any, mine: Any, theirs: Any, place: Place) -> Any:
        if same(mine, base) or same(mine, theirs):
            return theirs
        if is_carrier(type(base)) and type(base) is type(mine) is type(theirs):
            return self._carrier(base, mine, theirs, place)
        if same(theirs, base):
            return mine
        if isinstance(base, dict) and isinstance(mine, dict) and isinstance(theirs, dict):
            return self._members(base, mine, theirs, place)
        self.places.append(pointer_of_place(place))
        return theirs

    def _carrier(self, base: Any, mine: Any, theirs: Any, place: Place) -> Any:
        merged = copy.copy(theirs)
        for field in plan_of(type(base)).fields:
            old, new, other = (getattr(each, field.attribute) for each in (base, mine, theirs))
            value = self.value(old, new, other, (place, field.name))
            if value is not other:
                setattr(merged, field.attribute, value)
        merged.extras = dict(self.value(base.extras, mine.extras, theirs.extras, place))
        if not is_view(merged):
            finish_carrier(merged, lambda attribute, error: self.places.append(pointer_of_place(place)), only=())
        return merged

    def _members(self, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], place: Place) -> dict[str, Any]:
        values = {}
        for name in {**theirs, **mine}:
            old, new, other = (each.get(name, UNSET) for each in (base, mine, theirs))
            values[name] = self.value(old, new, other, (place, name))
        return {name: value for name, value in values.items() if value is not UNSET}
