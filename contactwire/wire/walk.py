"""A search through a carrier, at any depth, for one that a check accepts.

A codec asks here, before it encodes, whether a carrier holds a plain `datetime`, for example. The plans say in which
properties such a carrier can be, so the search visits only those. It is built of closures, once for each plan.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from contactwire.wire.definition import FieldPlan
from contactwire.wire.kinds import UNSET, ItemsKind, Kind, NestedKind, is_carrier, nested_carrier
from contactwire.wire.plan import CarrierPlan, kept_on_plan, plan_of, reachable

__all__ = ["any_carrier_however_deep"]

Check = Callable[[Any], bool]


@kept_on_plan
def _any_carrier(plan: CarrierPlan, check_of: Callable[[CarrierPlan], Check | None]) -> Check:
    """The function that says of a carrier whether a check accepts it, or any carrier that it holds, at any depth.

    `check_of` returns the check for the carriers of a plan, or None if it accepts none of them. Only properties that can
    hold carriers with a check are visited. A value of a wrong type is not visited.
    """
    own = check_of(plan)
    visited = [field for field in plan.fields if _can_hold_checked(field, check_of)]
    if not visited:
        return own or _never
    steps: list[tuple[Callable[[Any], Any], Check]] | None = None

    def holds(carrier: Any) -> bool:
        nonlocal steps
        if own is not None and own(carrier):
            return True
        if steps is None:  # built at the first call, since the class may hold itself
            steps = [(attrgetter(field.attribute), _inside(field.kind, check_of)) for field in visited]
        for get, inside in steps:
            value = get(carrier)
            if value is not UNSET and value is not None and inside(value):
                return True
        return False

    return holds


def any_carrier_however_deep(plan: CarrierPlan, check_of: Callable[[CarrierPlan], Check | None]) -> Check:
    """`_any_carrier`, which also accepts a carrier that nests too deep to search, or holds itself."""
    holds = _any_carrier(plan, check_of)

    def holds_or_is_deep(carrier: Any) -> bool:
        try:
            return holds(carrier)
        except RecursionError:
            return True

    return holds_or_is_deep


def _never(carrier: Any) -> bool:
    return False


def _can_hold_checked(field: FieldPlan, check_of: Callable[[CarrierPlan], Check | None]) -> bool:
    cls = nested_carrier(field.kind)
    return cls is not None and any(check_of(each) is not None for each in reachable(plan_of(cls)))


def _inside(kind: Kind, check_of: Callable[[CarrierPlan], Check | None]) -> Check:
    if isinstance(kind, NestedKind):
        expected, usual = kind.carrier, _any_carrier(plan_of(kind.carrier), check_of)

        def in_carrier(value: Any) -> bool:
            cls = type(value)
            if cls is expected:
                return usual(value)
            return is_carrier(cls) and _any_carrier(plan_of(cls), check_of)(value)

        return in_carrier
    assert isinstance(kind, ItemsKind)
    in_item = _inside(kind.item, check_of)
    shape = kind.shape
    if isinstance(kind.item, NestedKind) and shape is list:
        return _in_carriers(kind.item.carrier, _any_carrier(plan_of(kind.item.carrier), check_of), in_item)

    def in_items(value: Any) -> bool:
        if type(value) is shape:
            for item in value if shape is list else value.values():
                if in_item(item):
                    return True
        return False

    return in_items


def _in_carriers(expected: type, usual: Check, other: Check) -> Check:
    """The check for a list of carriers, nearly all of the `expected` class, for which it saves a call each."""

    def in_carriers(value: Any) -> bool:
        if type(value) is list:
            for item in value:
                if usual(item) if type(item) is expected else other(item):
                    return True
        return False

    return in_carriers
