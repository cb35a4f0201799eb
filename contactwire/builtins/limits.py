"""How deep documents may nest, and how much they may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from contactwire.errors import ContentTooLarge
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    Kind,
    ListKind,
    NestedKind,
    Number,
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

__all__ = ["MAX_DEPTH", "MAX_OBJECTS", "SINGLE", "check_depth", "depth_check", "depth_of", "multiplies"]

MAX_DEPTH = 64
"""How deep documents may nest where nothing else is said: `max_depth` of every codec."""

MAX_OBJECTS = 200_000
"""How many carriers, lists and dictionaries a body may hold where nothing else is said: `max_objects` of every codec.

An empty `Person` takes three bytes of JSON and some 400 of memory. A list of complete contacts that fills a body of 16 MiB
has half as many.
"""

SINGLE = frozenset({str, int, float, bool, type(None), Number})
"""The types of builtins that hold no others."""

_LITTLE = 24
_DEEPEST = 256

Check = Callable[..., bool]
"""Whether a value nests deeper than a room, which is `_LITTLE` where none is given."""


def depth_of(value: Any, limit: int) -> int:
    """How deep carriers, objects and lists nest in a value; counts no further than one beyond `limit`, never recurses.

    What `multiplies` is deeper than any limit: nobody could write it.
    """
    level, depth, met = [value], 0, 0
    while depth <= limit and (level := [item for item in level if type(item) not in SINGLE and _holds(item)]):
        depth += 1
        met += len(level)
        if met > MAX_OBJECTS and multiplies(value):
            return limit + 1
        level = list(chain.from_iterable(map(_children, level)))
    return depth


def multiplies(value: Any) -> bool:
    """Whether the same carriers, objects and lists stand in a value so often that there are more than `MAX_OBJECTS` of them.

    A list that holds one list twice, which holds one twice, and so on, is 2**n lists when it is written.
    """
    level, met = {id(value): (value, 1)} if _holds(value) else {}, 0
    seen: set[int] = set()
    # What nests without end is told by its depth.
    for _ in range(_DEEPEST):
        seen |= level.keys()
        met += sum([times for _, times in level.values()])
        if not level or met - len(seen) > MAX_OBJECTS:
            break
        inside: dict[int, tuple[Any, int]] = {}
        for item, times in level.values():
            for child in _children(item):
                if type(child) not in SINGLE and _holds(child):
                    inside[id(child)] = child, inside.get(id(child), (child, 0))[1] + times
        level = inside
    return met - len(seen) > MAX_OBJECTS


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


def depth_check(kind: Kind) -> Callable[[Any, int], bool]:
    """The function that says whether a document of known members nests at most so deep.

    It looks at little: the plans say how deep a document can be as long as little stands in properties that lead back to
    their own carrier, such as `ChildItems`.
    """
    plan, around = plan_inside(kind), levels(kind)
    bound = around + 2 * height(plan) + _LITTLE
    endless = any(leads_back(each, field) for each in reachable(plan) for field in each.fields)
    check = any_carrier(plan, _round_trips, False) if endless else _never

    def is_suspect(value: Any) -> bool:
        items = value.values() if isinstance(value, dict) else value
        return around > 1 or any(item is not None and check(item) for item in items)

    suspect = check if around == 0 else is_suspect

    def nests_within(value: Any, limit: int) -> bool:
        return (bound <= limit and not suspect(value)) or depth_of(value, limit) <= limit

    return nests_within


@kept_on_plan
def _round_trips(plan: CarrierPlan) -> Check | None:
    """The check whether more than `_LITTLE` levels stand in the properties of a carrier that lead back to it.

    It says so too of what is of another type than its kind says: then nobody knows yet what it holds.
    """
    cls, back = plan.carrier, [field for field in plan.fields if leads_back(plan, field)]
    steps: list[tuple[Callable[[Any], Any], Check]] = []

    def is_deep(carrier: Any, room: int = _LITTLE) -> bool:
        if room <= 0 or type(carrier) is not cls:
            return True
        # Made at the first call, since a carrier may lead to itself.
        for get, exceeds in steps or fill():
            value = get(carrier)
            if value and exceeds(value, room - 1):
                return True
        return False

    def fill() -> list[tuple[Callable[[Any], Any], Check]]:
        steps[:] = [(attrgetter(field.attribute), _exceeds(field.kind)) for field in back]
        return steps

    return is_deep if back else None


def _never(carrier: Any, room: int = 0) -> bool:
    return False


def _exceeds(kind: Kind) -> Check:
    """The function that says whether a value nests deeper than some room, as far as it leads back."""
    if isinstance(kind, NestedKind):
        return _round_trips(plan_of(kind.carrier)) or _never
    assert isinstance(kind, (ListKind, DictionaryKind))
    exceeds = _exceeds(kind.item)
    shape: Any = list if isinstance(kind, ListKind) else dict

    def items_exceed(value: Any, room: int) -> bool:
        if type(value) is not shape:
            return True
        for item in value if shape is list else value.values():  # noqa: SIM110 - a generator costs as much again
            if item is not None and exceeds(item, room - 1):
                return True
        return False

    return items_exceed
