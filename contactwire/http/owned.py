"""What belongs to the server in an entity: its rights and links, and who created and changed it, and when."""

from __future__ import annotations

from contactwire.carriers import RightsCarrier
from contactwire.wire import CarrierPlan, kept_on_plan, plan_of

__all__ = ["owned_by_the_server", "rights_and_links"]

_AUTHORSHIP = ("created_by", "created_date", "updated_by", "updated_date")


def rights_and_links(cls: type) -> tuple[str, ...]:
    """The attributes of a carrier class that hold the rights of who asks, and links to other resources."""
    return _found(plan_of(cls), (*plan_of(RightsCarrier).by_attribute, "links"))


def owned_by_the_server(cls: type) -> tuple[str, ...]:
    """The attributes of a carrier class that only the server sets: neither PUT nor PATCH changes them."""
    return rights_and_links(cls) + _found(plan_of(cls), _AUTHORSHIP)


@kept_on_plan
def _found(plan: CarrierPlan, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in plan.by_attribute)
