"""The way over a carrier's properties, and through their lists and dictionaries, to the carriers inside it."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from contactwire.wire.definition import FieldPlan
from contactwire.wire.kinds import DictionaryKind, Kind, ListKind, NestedKind, is_carrier, nested_carrier
from contactwire.wire.plan import CarrierPlan, kept_on_plan, leads_back, plan_of, reachable

__all__ = ["any_carrier", "any_carrier_however_deep"]

Check = Callable[[Any], bool]


@kept_on_plan
def any_carrier(plan: CarrierPlan, check_of: Callable[[CarrierPlan], Check | None], round_trips: bool) -> Check:
    """The function that says of a carrier whether the check of its plan holds for it, or for any carrier inside it.

    `check_of` gives the check for a plan, None where it cannot hold; only properties that lead to carriers with a check are
    looked at, without `round_trips` none that leads back. What is of a wrong type is passed over.
    """
    own = check_of(plan)
    leading = [field for field in plan.fields if _leads(plan, field, check_of, round_trips)]
    if not leading:
        return own or _never
    steps: list[tuple[Callable[[Any], Any], Check]] = []

    def holds(carrier: Any) -> bool:
        if own is not None and own(carrier):
            return True
        # Made at the first call, since a carrier may lead to itself.
        for get, inside in steps or fill():
            value = get(carrier)
            if value and inside(value):
                return True
        return False

    def fill() -> list[tuple[Callable[[Any], Any], Check]]:
        made: Any = [(attrgetter(field.attribute), _inside(field.kind, check_of, round_trips)) for field in leading]
        steps[:] = made
        return steps

    return holds


def any_carrier_however_deep(plan: CarrierPlan, check_of: Callable[[CarrierPlan], Check | None]) -> Check:
    """As `any_carrier` with round trips; it also holds for what nests too deep to look at, or without end."""
    holds = any_carrier(plan, check_of, True)

    def holds_or_is_deep(carrier: Any) -> bool:
        try:
            return holds(carrier)
        except RecursionError:
            return True

    return holds_or_is_deep


def _never(carrier: Any) -> bool:
    return False


def _leads(plan: CarrierPlan, field: FieldPlan, check_of: Callable[[CarrierPlan], Check | None], round_trips: bool) -> bool:
    cls = nested_carrier(field.kind)
    if cls is None or (leads_back(plan, field) and not round_trips):
        return False
    return any(check_of(each) is not None for each in reachable(plan_of(cls)))


def _inside(kind: Kind, check_of: Callable[[CarrierPlan], Check | None], round_trips: bool) -> Check:
    if isinstance(kind, NestedKind):
        expected, usual = kind.carrier, any_carrier(plan_of(kind.carrier), check_of, round_trips)

        def in_carrier(value: Any) -> bool:
            cls = type(value)
            if cls is expected:
                return usual(value)
            return is_carrier(cls) and any_carrier(plan_of(cls), check_of, round_trips)(value)

        return in_carrier
    assert isinstance(kind, (ListKind, DictionaryKind))
    in_item = _inside(kind.item, check_of, round_trips)
    shape: Any = list if isinstance(kind, ListKind) else dict
    if isinstance(kind.item, NestedKind) and shape is list:
        return _in_carriers(kind.item.carrier, any_carrier(plan_of(kind.item.carrier), check_of, round_trips), in_item)

    def in_items(value: Any) -> bool:
        if type(value) is shape:
            for item in value if shape is list else value.values():
                if in_item(item):
                    return True
        return False

    return in_items


def _in_carriers(expected: type, usual: Check, other: Check) -> Check:
    """The check for a list of carriers, nearly always of one class: a call less for each."""

    def in_carriers(value: Any) -> bool:
        if type(value) is list:
            for item in value:
                if usual(item) if type(item) is expected else other(item):
                    return True
        return False

    return in_carriers
