"""Primary keys: what tells one row of the server's from another of the same class."""

from __future__ import annotations

from typing import Any

from contactwire.wire.kinds import is_carrier
from contactwire.wire.plan import CarrierPlan, kept_on_plan, plan_of

__all__ = ["key_attributes", "keys_differ", "primary_key"]


def primary_key(value: Any) -> frozenset[tuple[str, Any]]:
    """The primary key of a carrier, as pairs of attribute and value; nothing where it has none, or a new one's, such as 0.

    The key is the property `Id`, or the class's name with `Id`: `PersonId` of a `Person`, `ContactId` of a `ContactEntity`.
    """
    if not is_carrier(type(value)):
        return frozenset()
    values = ((name, getattr(value, name)) for name in key_attributes(plan_of(type(value))))
    return frozenset((name, value) for name, value in values if value and isinstance(value, (str, int)))


@kept_on_plan
def key_attributes(plan: CarrierPlan) -> tuple[str, ...]:
    """The attributes of a carrier class that hold its primary key, or none."""
    names = {"Id", *(f"{cls.__name__.removesuffix('Entity')}Id" for cls in plan.carrier.__mro__)}
    return tuple(field.attribute for field in plan.fields if field.name in names)


def keys_differ(one: Any, other: Any) -> bool:
    """Whether two carriers have different primary keys, and so are not the same thing."""
    first, second = primary_key(one), primary_key(other)
    return bool(first and second) and first != second
