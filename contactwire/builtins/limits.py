"""How deep documents may nest, and how many objects and lists they may hold.

`depth_of` counts the levels of any value, one level after the other, without recursion. That visits every object, so
`depth_check` avoids it for most documents: the plans bound how deep carriers nest while their recursive properties, such as
`ChildItems`, are nearly empty, and only those properties are visited.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from contactwire.errors import ContentTooLarge, EncodeError, Issue
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    FieldPlan,
    ItemsKind,
    Kind,
    NestedKind,
    Number,
    UnsetType,
    height,
    is_carrier,
    kept_on_plan,
    leads_back,
    levels,
    nested_carrier,
    plan_inside,
    plan_of,
    reachable,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_OBJECTS",
    "SINGLE",
    "all_properties",
    "beyond_the_stack",
    "check_depth",
    "depth_check",
    "depth_of",
    "endless",
    "multiplies",
    "stack_may_overflow",
]

MAX_DEPTH = 64
"""How deep documents may nest by default: `max_depth` of every codec."""

MAX_OBJECTS = 200_000
"""How many carriers, lists and dictionaries a body may hold by default: `max_objects` of every codec.

A limit of bytes alone is not enough: an empty `Person` takes three bytes of JSON and some 400 of memory. A body of 16 MiB
that is full of complete contacts holds half as many objects as this.
"""

SINGLE: frozenset[type] = frozenset({str, int, float, bool, type(None), Number})
"""The types of builtins that hold no other builtins."""

_HOLDING: dict[type, bool] = {**dict.fromkeys([*SINGLE, UnsetType, Timestamp], False), dict: True, list: True}
"""Whether values of the usual types hold others."""

_LITTLE = 24
_DEEPEST = 256
# msgspec takes some 300 bytes of the stack for each level, and Python 3.13 lets it go 10,000 levels deep.
_CALLS = 5_000
_HAS_SMALL_STACKS = getattr(sys.implementation, "_multiarch", "").endswith("musl")

Check = Callable[..., bool]
"""Whether a value nests deeper than a limit, which is `_LITTLE` by default."""


def depth_of(value: Any, limit: int) -> int:
    """How many levels of carriers, objects and lists nest in a value; `limit + 1` if there are more than `limit`.

    It is `limit + 1` too for a value that `multiplies`, since that cannot be written either.

    >>> depth_of({"Emails": [{"Value": "a"}]}, 64)
    3
    """
    holds, level, depth, met, asks = _Holding(_HOLDING), [value], 0, 0, True
    while depth <= limit and (level := [item for item in level if holds[type(item)]]):
        depth += 1
        met += len(level)
        if asks and met > MAX_OBJECTS:
            if multiplies(value):
                return limit + 1
            asks = False  # the answer is the same at every level, and takes a walk over the whole value
        level = list(chain.from_iterable(map(_children, level)))
    return depth


def multiplies(value: Any) -> bool:
    """Whether a value holds the same carriers, objects and lists so often that their repetitions exceed `MAX_OBJECTS`.

    A list that holds one list twice, which holds one list twice, and so on for n levels, is 2**n lists when it is written.
    """
    holds = _Holding(_HOLDING)
    level, met = {id(value): (value, 1)} if holds[type(value)] else {}, 0
    seen: set[int] = set()
    # The bound ends the loop for a value that holds itself; its depth is refused elsewhere.
    for _ in range(_DEEPEST):
        seen |= level.keys()
        met += sum([times for _, times in level.values()])
        if not level or met - len(seen) > MAX_OBJECTS:
            break
        inside: dict[int, tuple[Any, int]] = {}
        for item, times in level.values():
            for child in _children(item):
                if holds[type(child)]:
                    inside[id(child)] = child, inside.get(id(child), (child, 0))[1] + times
        level = inside
    return met - len(seen) > MAX_OBJECTS


class _Holding(dict[type, bool]):
    """Whether values of a type hold others, by type."""

    def __missing__(self, cls: type) -> bool:
        found = self[cls] = issubclass(cls, (dict, list)) or is_carrier(cls)
        return found


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    children: Iterable[Any] = all_properties(plan_of(type(value)))(value)
    return [*children, *value._extras.values()] if value._extras else children


@kept_on_plan
def all_properties(plan: CarrierPlan) -> Callable[[Any], tuple[Any, ...]]:
    """The function that gives the values of all properties of a carrier in wire order, absent ones too."""
    names = list(plan.by_attribute)
    return attrgetter(*names) if len(names) > 1 else lambda carrier: tuple(getattr(carrier, name) for name in names)


def check_depth(data: Any, limit: int) -> None:
    """Raise `ContentTooLarge` if more than `limit` levels of carriers, objects and lists nest in `data`."""
    if depth_of(data, limit) > limit:
        raise ContentTooLarge(f"nesting is deeper than {limit}")


def beyond_the_stack() -> ContentTooLarge:
    """The error for a body that nests deeper than Python can follow, whatever `max_depth` is."""
    return ContentTooLarge("nesting is deeper than the interpreter can follow")


def stack_may_overflow() -> bool:
    """Whether parsers in C may overflow the stack here, which ends the process, before they reach Python's limit.

    That limit is a number of calls. So it says nothing where somebody has raised it, nor where threads have small stacks, as
    with musl: 1 MB in the official images. Since Python 3.14 it is the size of the stack itself.
    """
    if sys.version_info >= (3, 14):
        return False
    return _HAS_SMALL_STACKS or sys.getrecursionlimit() > _CALLS


def endless() -> EncodeError:
    """The error for a value that nests deeper than any decoder takes, or without end."""
    return EncodeError([Issue("", "nesting is deeper than any decoder takes, or without end", "less nesting", "")])


def depth_check(kind: Kind) -> Callable[[Any, int], bool]:
    """The function that says whether a document of known members nests within a limit.

    It visits only the properties that may nest without end: recursive ones (`leads_back`), such as `ChildItems`, and those
    that hold a carrier with one. While these nest at most `_LITTLE` levels deep, the plans bound the depth of the document;
    if that bound is within the limit, nothing is counted.
    """
    plan, around = plan_inside(kind), levels(kind)
    bound = around + _LITTLE + max(map(height, reachable(plan)))
    check = _endless_check(plan)

    def is_suspect(value: Any) -> bool:
        items = value.values() if isinstance(value, dict) else value
        return around > 1 or any(item is not None and check(item) for item in items)

    suspect = check if around == 0 else is_suspect

    def nests_within(value: Any, limit: int) -> bool:
        return (bound <= limit and not suspect(value)) or depth_of(value, limit) <= limit

    return nests_within


@kept_on_plan
def _endless_check(plan: CarrierPlan) -> Check:
    """The check whether the properties of a carrier that may nest without end are more than `_LITTLE` levels deep.

    It is also true where a value is of another type than its kind says, since then the plans do not bound its depth.
    """
    cls, visited = plan.carrier, [field for field in plan.fields if _is_endless(field)]
    steps: list[tuple[Callable[[Any], Any], Check]] | None = None

    def is_deep(carrier: Any, limit: int = _LITTLE) -> bool:
        nonlocal steps
        if limit <= 0 or type(carrier) is not cls:
            return True
        if steps is None:  # built at the first call, since the class may hold itself
            steps = [(attrgetter(field.attribute), _exceeds(field.kind)) for field in visited]
        for get, exceeds in steps:
            value = get(carrier)
            if value is not UNSET and value is not None and exceeds(value, limit - 1):
                return True
        return False

    return is_deep if visited else _never


def _is_endless(field: FieldPlan) -> bool:
    cls = nested_carrier(field.kind)
    return cls is not None and any(leads_back(each, inner) for each in reachable(plan_of(cls)) for inner in each.fields)


def _never(carrier: Any, limit: int = 0) -> bool:
    return False


def _exceeds(kind: Kind) -> Check:
    """The function that says whether a value of this kind, of a property that may nest without end, is over a limit."""
    if isinstance(kind, NestedKind):
        return _endless_check(plan_of(kind.carrier))
    assert isinstance(kind, ItemsKind)
    exceeds = _exceeds(kind.item)
    shape = kind.shape

    def items_exceed(value: Any, limit: int) -> bool:
        if type(value) is not shape:
            return True
        for item in value if shape is list else value.values():  # noqa: SIM110 - a generator costs as much again
            if item is not None and exceeds(item, limit - 1):
                return True
        return False

    return items_exceed
