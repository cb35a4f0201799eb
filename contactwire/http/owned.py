"""What belongs to the server in an entity: its rights and links, and who created and changed it, and when."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from contactwire.carriers import RightsCarrier
from contactwire.localization import Leaf, Marks, Rewriter, pairs, same_objects
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    FieldPlan,
    Kind,
    any_carrier_however_deep,
    is_carrier,
    kept_on_plan,
    keys_differ,
    nested_carrier,
    plan_of,
    reachable,
)

__all__ = ["is_entity", "keep_owned", "without_rights"]

C = TypeVar("C")

_COMPARED = 4
_RIGHTS_AND_LINKS = frozenset({"_Links", *plan_of(RightsCarrier).by_name})
# Where the class of an entity has no such property, it is an unknown member. Those inside of an entity are anybody's.
_FOLDED = frozenset(map(str.casefold, _RIGHTS_AND_LINKS))
_AUTHORSHIP = ("created_by", "created_date", "updated_by", "updated_date")


def is_entity(value: Any, cls: type) -> bool:
    """Whether a value is a carrier of a class, or of another one that lacks none of its properties but rights and links."""
    if isinstance(value, cls):
        return True
    return is_carrier(type(value)) and plan_of(cls).by_name.keys() - plan_of(type(value)).by_name <= _RIGHTS_AND_LINKS


def without_rights(carrier: C) -> C:
    """A carrier without the rights and links in it, at any depth, but for those that its class demands."""
    return _with_named(_BARE(carrier, None), {})


def _nothing(value: Any, context: None) -> Any:
    return UNSET


def _is_right(field: FieldPlan, kind: Kind) -> Leaf | None:
    return _nothing if _is_named(field.name) and field.allows(UNSET) and kind is field.kind else None


_BARE = Rewriter(_is_right, empty=True)


@kept_on_plan
def _rights_and_links(plan: CarrierPlan) -> tuple[str, ...]:
    """The attributes of a carrier class that hold the rights of who asks, and links to other resources."""
    return tuple(field.attribute for field in plan.fields if _is_named(field.name))


def keep_owned(changed: C, stored: Any) -> C:
    """`changed` with what is the server's as it is in `stored`, so that neither PUT nor PATCH changes it.

    That is rights and links, at any depth, and who created and changed the entity itself, and when. An item of a list has
    the rights of the stored item that it was, by `localization.pairs`; a new one has none. Neither argument is changed, and
    the result shares what is equal. `stored` may be UNSET, for a new entity.
    """
    plan = plan_of(type(changed))
    names = (*_rights_and_links(plan), *(name for name in _AUTHORSHIP if name in plan.by_attribute))
    own = {name: getattr(stored, name, UNSET) for name in names}
    kept: C = _evolved(_Keeping().value(changed, stored), own)
    return _with_named(kept, _named(stored))


def _with_named(carrier: C, named: dict[str, Any]) -> C:
    """The carrier, or where it has other rights and links among its unknown members, a copy of it that has these."""
    if (found := _named(carrier)) == named:
        return carrier
    copied: Any = copy.copy(carrier)
    copied.extras = {**{name: value for name, value in copied.extras.items() if name not in found}, **named}
    return copied  # type: ignore[no-any-return]


def _named(carrier: Any) -> dict[str, Any]:
    """The rights and links among the unknown members of a carrier."""
    extras: dict[str, Any] = getattr(carrier, "_extras", None) or {}
    return {name: value for name, value in extras.items() if _is_named(name)}


def _is_named(name: str) -> bool:
    return name.casefold() in _FOLDED


def _evolved(carrier: C, values: dict[str, Any]) -> C:
    """The carrier, or where it has not these very values, a copy of it that has them; equal ones may differ in spelling."""
    evolved = carrier
    for name, value in values.items():
        if getattr(carrier, name) is not value and (value is not UNSET or _may_be_absent(carrier, name)):
            evolved = copy.copy(carrier) if evolved is carrier else evolved
            setattr(evolved, name, value)
    return evolved


def _may_be_absent(carrier: Any, name: str) -> bool:
    return plan_of(type(carrier)).by_attribute[name].allows(UNSET)


class _Keeping:
    """One walk that gives values the rights and links of what they were."""

    def __init__(self) -> None:
        self._marks = Marks(_RIGHTS_AND_LINKS)

    def value(self, new: Any, stored: Any, compared: int = 0) -> Any:
        """A value with the rights and links that `stored`, which it was, has.

        `compared` says on how many levels above the value was compared. Most of what a client puts back is equal, and
        comparing is fast. But it visits what is below, so that comparing on each level would take more time the deeper a
        value nests.
        """
        if new is stored or (compared < _COMPARED and new == stored):
            return new
        if isinstance(new, list):
            return self._list(new, stored if isinstance(stored, list) else [], compared + 1)
        if isinstance(new, dict):
            known = stored if isinstance(stored, dict) else {}
            kept = {key: self.value(item, known.get(key, UNSET), compared + 1) for key, item in new.items()}
            return new if same_objects(kept.values(), new.values()) else kept
        return self._carrier(new, stored, compared + 1) if is_carrier(type(new)) else new

    def _list(self, new: list[Any], stored: list[Any], compared: int) -> list[Any]:
        # Most lists have no rights in them, and to look is far less work than to find out which item is which.
        if compared <= _COMPARED and not any(map(_may_have_rights, chain(new, stored))):
            return new
        found = pairs(stored, stored, new, self._marks)
        kept = [
            self.value(item, UNSET if pair is None else stored[pair.place], compared)
            for item, pair in zip(new, found, strict=True)
        ]
        return new if same_objects(kept, new) else kept

    def _carrier(self, new: Any, stored: Any, compared: int) -> Any:
        same = is_carrier(type(stored)) and not keys_differ(stored, new)
        was = {name: getattr(stored, name, UNSET) if same else UNSET for name in _holding_rights(plan_of(type(new)))}
        own = _rights_and_links(plan_of(type(new)))
        return _evolved(
            new,
            {name: value if name in own else self.value(getattr(new, name), value, compared) for name, value in was.items()},
        )


def _may_have_rights(item: Any) -> bool:
    """Whether an item of a list has rights or links, or carriers in it have some, as far as a search goes."""
    if not is_carrier(type(item)):
        return isinstance(item, (list, dict))
    return any_carrier_however_deep(plan_of(type(item)), _rights_check)(item)


def _rights_check(plan: CarrierPlan) -> Callable[[Any], bool] | None:
    """The check whether a carrier of a plan has rights or links itself; None where its class has neither."""
    names = _rights_and_links(plan)
    return (lambda carrier: any(getattr(carrier, name) is not UNSET for name in names)) if names else None


@kept_on_plan
def _holding_rights(plan: CarrierPlan) -> tuple[str, ...]:
    """The attributes of a carrier that are rights or links, or hold carriers that have some, at any depth."""
    own = _rights_and_links(plan)
    return tuple(field.attribute for field in plan.fields if field.attribute in own or _reaches_rights(field.kind))


def _reaches_rights(kind: Kind) -> bool:
    cls = nested_carrier(kind)
    return cls is not None and any(map(_rights_and_links, reachable(plan_of(cls))))
