"""Twins: for each carrier a msgspec Struct with the wire's names, which msgspec reads and writes.

Whoever calls `Twins.make` or `identifier` holds the lock of `_json_compiled`.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from functools import cache
from keyword import iskeyword
from typing import Annotated, Any

import msgspec

from contactwire.codecs._json_helpers import HELPERS
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    nested_carrier,
    plan_of,
)

__all__ = ["HELPERS", "TWINS", "Twins", "endless", "height", "identifier", "levels", "plan_inside", "reachable"]

_TWIN_TYPES: dict[str, Any] = {"string": str, "boolean": bool, "double": int | float, "date-time": str}

_PREFIXES = ("", "Twin", "load_", "read_", "dump_", "unknown_", "learn_", "with_extras_")
_identifiers: dict[CarrierPlan, str] = {}
_taken = {*dir(builtins), *HELPERS}


def plan_inside(kind: Kind) -> CarrierPlan:
    """The plan of the carrier in a kind; raises TypeError for a kind made of scalars."""
    cls = nested_carrier(kind)
    if cls is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    return plan_of(cls)


def reachable(plan: CarrierPlan) -> list[CarrierPlan]:
    """`plan` and all that it leads to, each once."""
    found = [plan]
    for known in found:
        found += [
            other for other in map(plan_of, sorted(known.children(), key=lambda cls: cls.__name__)) if other not in found
        ]
    return found


def levels(kind: Kind) -> int:
    """How many lists and dictionaries stand around the scalar or carrier inside `kind`."""
    return 1 + levels(kind.item) if isinstance(kind, (ListKind, DictionaryKind)) else 0


@cache
def endless(plan: CarrierPlan) -> bool:
    """Whether documents of this plan can nest without end: it leads to a carrier that leads back to itself."""
    return any(other in reachable(plan_of(child)) for other in reachable(plan) for child in other.children())


@cache
def height(plan: CarrierPlan) -> int:
    """How deep a document of this plan nests at most, not counting what lies below carriers that nest without end."""
    heights = [1]
    for field in plan.fields:
        child = nested_carrier(field.kind)
        inner = 0 if child is None or endless(plan_of(child)) else height(plan_of(child))
        heights.append(1 + levels(field.kind) + inner)
    return max(heights)


def identifier(plan: CarrierPlan) -> str:
    """The name of a carrier in generated code: its own, or one like it that nothing else there goes by."""
    name = _identifiers.get(plan)
    if name is None:
        name = plan.carrier.__name__
        if not name.isidentifier() or iskeyword(name):
            name = "Carrier"
        while not _taken.isdisjoint(prefix + name for prefix in _PREFIXES):
            name += "_"
        _taken.update(prefix + name for prefix in _PREFIXES)
        _identifiers[plan] = name
    return name


class Twins:
    """A set of twins, one for each carrier; with `others`, names that each takes beside its properties, for any value."""

    def __init__(self, others: Mapping[CarrierPlan, Sequence[str]]) -> None:
        self._made: dict[CarrierPlan, type[msgspec.Struct]] = {}
        self._others = others

    def make(self, plans: list[CarrierPlan]) -> None:
        """Make the twins that are still missing; `plans` hold with each plan all that it leads to."""
        fresh = [plan for plan in plans if plan not in self._made]
        for plan in fresh:
            names = {field.attribute: field.name for field in plan.fields} | self.others(plan)
            self._made[plan] = msgspec.defstruct(
                identifier(plan),
                [(attribute, Any, UNSET) for attribute in names],
                rename=names,
                forbid_unknown_fields=True,
                gc=False,
            )
        for plan in fresh:
            # Only now do all twins exist for the annotations, which msgspec first reads when a decoder is made.
            hints = {field.attribute: self.type_of(field.kind) | None for field in plan.fields}
            self._made[plan].__annotations__ = hints | dict.fromkeys(self.others(plan), Any)

    def of(self, plan: CarrierPlan) -> type[msgspec.Struct]:
        """The twin that `make` made."""
        return self._made[plan]

    def others(self, plan: CarrierPlan) -> dict[str, str]:
        """The attributes of a twin that its carrier does not have, each with its name on the wire."""
        return {f"_other{index}": name for index, name in enumerate(self._others.get(plan, ()))}

    def type_of(self, kind: Kind) -> Any:
        """The annotation by which msgspec reads a kind."""
        match kind:
            case NestedKind():
                return self.of(plan_of(kind.carrier))
            case ListKind():
                return list[self._item(kind)]  # type: ignore[misc]
            case DictionaryKind():
                return dict[str, self._item(kind)]  # type: ignore[misc]
            case EnumerationKind():
                return str
            case ScalarKind():
                integer = Annotated[int, msgspec.Meta(ge=kind.minimum, le=kind.maximum)]
                return _TWIN_TYPES.get(kind.name, integer)

    def _item(self, kind: ListKind | DictionaryKind) -> Any:
        return self.type_of(kind.item) | None if kind.nullable else self.type_of(kind.item)


TWINS = Twins({})
"""Those with the properties alone."""
