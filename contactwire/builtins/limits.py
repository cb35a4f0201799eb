"""How deep documents may nest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from contactwire.errors import ContentTooLarge
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    Kind,
    ListKind,
    NestedKind,
    any_carrier,
    height,
    is_carrier,
    kept_on_plan,
    leads_back,
    levels,
    plan_inside,
    plan_of,
    reachable,
)

__all__ = ["MAX_DEPTH", "DepthLimit", "check_depth", "depth_of"]

MAX_DEPTH = 64
"""How deep documents may nest where nothing else is said: `max_depth` of every codec."""

_LITTLE = 24


def depth_of(value: Any, limit: int) -> int:
    """How deep carriers, objects and lists nest in a value; counts no further than one beyond `limit`, never recurses."""
    level, depth = [value], 0
    while depth <= limit and (level := [item for item in level if _holds(item)]):
        depth += 1
        level = [child for item in level for child in _children(item)]
    return depth


def _holds(value: Any) -> bool:
    return isinstance(value, (dict, list)) or is_carrier(type(value))


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    return (*[getattr(value, name) for name in plan_of(type(value)).by_attribute], *(value._extras or {}).values())


def check_depth(data: Any, limit: int) -> None:
    """Raise `ContentTooLarge` if carriers, objects and lists nest deeper than `limit`."""
    if depth_of(data, limit) > limit:
        raise ContentTooLarge(f"nesting is deeper than {limit}")


class DepthLimit:
    """Says quickly of a document of known members that it nests at most so deep, where its plans say how deep it can be.

    They do as long as little stands in properties that lead back to their own carrier, such as `ChildItems`.
    """

    __slots__ = ("_bound", "_check", "_levels")

    def __init__(self, kind: Kind) -> None:
        plan = plan_inside(kind)
        self._levels = levels(kind)
        self._bound = self._levels + 2 * height(plan) + _LITTLE
        endless = any(leads_back(each, field) for each in reachable(plan) for field in each.fields)
        self._check = any_carrier(plan, _round_trips, False) if endless else None

    def holds(self, value: Any, limit: int) -> bool:
        """Whether a value nests at most `limit` deep."""
        if self._bound <= limit and not self._is_suspect(value):
            return True
        return depth_of(value, limit) <= limit

    def _is_suspect(self, value: Any) -> bool:
        if self._check is None:
            return False
        if self._levels == 0:
            return self._check(value)
        return self._levels > 1 or any(map(self._check, value.values() if isinstance(value, dict) else value))


@kept_on_plan
def _round_trips(plan: CarrierPlan) -> Callable[[Any], bool] | None:
    """The check whether more than `_LITTLE` levels stand in the properties of a carrier that lead back to it."""
    steps = [(attrgetter(field.attribute), _exceeds(field.kind)) for field in plan.fields if leads_back(plan, field)]

    def is_deep(carrier: Any, room: int = _LITTLE) -> bool:
        for get, exceeds in steps:
            value = get(carrier)
            if value and exceeds(value, room):
                return True
        return False

    return is_deep if steps else None


def _never(carrier: Any, room: int) -> bool:
    return False


def _exceeds(kind: Kind) -> Callable[[Any, int], bool]:
    """The function that says whether a value nests deeper than some room, as far as it leads back."""
    if isinstance(kind, NestedKind):
        plan = plan_of(kind.carrier)
        check: Any = None

        def carrier_exceeds(value: Any, room: int) -> bool:
            nonlocal check
            if check is None:
                check = _round_trips(plan) or _never
            return room <= 0 or check(value, room - 1)

        return carrier_exceeds
    assert isinstance(kind, (ListKind, DictionaryKind))
    exceeds, is_list = _exceeds(kind.item), isinstance(kind, ListKind)

    def items_exceed(value: Any, room: int) -> bool:
        items = value if is_list else value.values()
        return any(item is not None and exceeds(item, room - 1) for item in items)

    return items_exceed
