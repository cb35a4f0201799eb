"""Plans: what one carrier class looks like on the wire, read once from its annotations, immutable, shared by threads.

Codecs, patches, selections and schemas all read plans; nothing else lists fields.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import attrs

from contactwire.wire.definition import FieldPlan, definition_of, field_plan
from contactwire.wire.kinds import Kind, is_carrier, levels, nested_carrier
from contactwire.wire.names import fold

__all__ = [
    "CarrierPlan",
    "height",
    "kept_on_plan",
    "leads_back",
    "plan_inside",
    "plan_of",
    "reachable",
]

P = ParamSpec("P")
R = TypeVar("R")


@attrs.frozen(eq=False)
class CarrierPlan:
    """What one carrier looks like on the wire; immutable, shared by threads, one per class.

    `fields` are in wire order. `by_name` finds one by its exact wire name, `by_folded` by the name in lower case (`fold`),
    `by_attribute` by the Python attribute, `spellings` by the usual spellings, PascalCase and camelCase. `memo` keeps what
    `kept_on_plan` was asked for.
    """

    carrier: type
    name: str
    fields: tuple[FieldPlan, ...]
    by_name: Mapping[str, FieldPlan]
    by_folded: Mapping[str, FieldPlan]
    by_attribute: Mapping[str, FieldPlan]
    spellings: Mapping[str, FieldPlan] = attrs.field(init=False, repr=False)
    memo: dict[Any, Any] = attrs.field(factory=dict, init=False, repr=False)

    @spellings.default
    def _usual_spellings(self) -> dict[str, FieldPlan]:
        # Senders that do not write PascalCase mostly write camelCase.
        return {name[:1].lower() + name[1:]: field for name, field in self.by_name.items()} | dict(self.by_name)

    def __reduce__(self) -> tuple[Any, ...]:
        return plan_of, (self.carrier,)

    def find(self, name: str) -> FieldPlan | None:
        """The property that a sender means by `name`, whatever its letter case, or None."""
        return self.spellings.get(name) or self.by_folded.get(fold(name))

    def children(self) -> frozenset[type]:
        """The carriers that this one holds directly, through lists and dictionaries too."""
        return frozenset(nested for field in self.fields if (nested := nested_carrier(field.kind)) is not None)


def kept_on_plan(build: Callable[Concatenate[CarrierPlan, P], R]) -> Callable[Concatenate[CarrierPlan, P], R]:
    """Make `build(plan, *options)` run once for each plan and options, and keep what it gives as long as the plan lives.

    Options are few and hashable. A cache elsewhere would keep the class, or be kept by it for ever.
    """

    @wraps(build)
    def kept(plan: CarrierPlan, *options: Any) -> Any:
        key = (kept, *options)
        found = plan.memo.get(key)
        if found is None:
            found = plan.memo.setdefault(key, build(plan, *options))  # type: ignore[call-arg]
        return found

    return kept  # type: ignore[return-value]


_LOCK = threading.RLock()


def plan_of(cls: type) -> CarrierPlan:
    """The plan of a carrier class, built at the first call and shared from then on.

    Raises TypeError for a class that is no carrier, and where an annotation names what is not defined.
    """
    if not is_carrier(cls):
        raise TypeError(f"{getattr(cls, '__qualname__', cls)!s} is not a carrier: derive it from contactwire.Carrier")
    memo = definition_of(cls).memo
    plan: CarrierPlan | None = memo.get("plan")
    if plan is None:
        with _LOCK:
            plan = memo.get("plan") or _build_plan(cls)
            memo["plan"] = plan
    return plan


def _build_plan(cls: type) -> CarrierPlan:
    definition = definition_of(cls)
    try:
        fields = [field_plan(cls, attribute) for attribute in definition.properties]
    except NameError as error:
        advice = "define it before the first use, in the module or in the same function above the class"
        raise TypeError(f"{cls.__qualname__}: {error}; {advice}") from None
    return CarrierPlan(
        carrier=cls,
        name=definition.name,
        fields=tuple(fields),
        by_name={field.name: field for field in fields},
        by_folded={fold(field.name): field for field in fields},
        by_attribute={field.attribute: field for field in fields},
    )


def plan_inside(kind: Kind) -> CarrierPlan:
    """The plan of the carrier in a kind; raises TypeError for a kind made of scalars."""
    cls = nested_carrier(kind)
    if cls is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    return plan_of(cls)


@kept_on_plan
def reachable(plan: CarrierPlan) -> tuple[CarrierPlan, ...]:
    """`plan` and all that it leads to, each once."""
    found = [plan]
    for known in found:
        children = sorted(known.children(), key=lambda cls: cls.__name__)
        found += [other for other in map(plan_of, children) if other not in found]
    return tuple(found)


def leads_back(plan: CarrierPlan, field: FieldPlan) -> bool:
    """Whether a property of a carrier leads to that carrier again, so that documents can nest in it without end."""
    cls = nested_carrier(field.kind)
    return cls is not None and plan in reachable(plan_of(cls))


@kept_on_plan
def height(plan: CarrierPlan) -> int:
    """How deep a document of this plan nests at most, as long as nothing stands in a property that leads back."""
    heights = [1]
    for field in plan.fields:
        child = nested_carrier(field.kind)
        inner = 0 if child is None or leads_back(plan, field) else height(plan_of(child))
        heights.append(1 + levels(field.kind) + inner)
    return max(heights)
