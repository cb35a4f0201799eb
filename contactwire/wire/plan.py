"""Plans: the immutable description of a carrier class, which codecs, patches, selections and schemas read.

`plan_of` builds the plan of a class from its definition at the first call, under a lock. Later calls, in all threads, return
the same plan. What other modules derive from a plan, such as the functions that read its carriers, is kept on it too
(`kept_on_plan`), and freed with its class.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from msgspec import Struct

from contactwire.errors import repr_of
from contactwire.wire.definition import FieldPlan, carriers_above, definition_of, field_plan
from contactwire.wire.kinds import INT32, INT64, Kind, ScalarKind, is_carrier, kind_of, levels, nested_carrier
from contactwire.wire.names import fold

__all__ = [
    "CarrierPlan",
    "carrier_of",
    "declaring_class",
    "entity_name",
    "height",
    "is_akin",
    "kept_on_plan",
    "key_of",
    "keys_differ",
    "leads_back",
    "plan_inside",
    "plan_of",
    "primary_key",
    "reachable",
]

P = ParamSpec("P")
R = TypeVar("R")


class CarrierPlan(Struct, frozen=True, eq=False):
    """The immutable description of one carrier class; threads share it.

    `fields` are in wire order. `by_name` finds one by its exact wire name, `by_folded` by the name in lower case (`fold`),
    `by_attribute` by the Python attribute, `spellings` by the two usual spellings: the wire name, and camelCase. `memo`
    holds the results that `kept_on_plan` keeps.
    """

    carrier: type
    name: str
    fields: tuple[FieldPlan, ...]
    by_name: Mapping[str, FieldPlan]
    by_folded: Mapping[str, FieldPlan]
    by_attribute: Mapping[str, FieldPlan]
    spellings: Mapping[str, FieldPlan]
    memo: dict[Any, Any] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        # Without all that is found in `fields`, and without `memo`, which holds plans of other carriers.
        return f"CarrierPlan(carrier={self.carrier!r}, name={self.name!r}, fields={self.fields!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return plan_of, (self.carrier,)

    def find(self, name: str) -> FieldPlan | None:
        """The property that a sender means by `name`, whatever its letter case, or None."""
        return self.spellings.get(name) or self.by_folded.get(fold(name))

    def children(self) -> frozenset[type]:
        """The carriers that this one holds directly, through lists and dictionaries too."""
        return frozenset(nested for field in self.fields if (nested := nested_carrier(field.kind)) is not None)


def kept_on_plan(build: Callable[Concatenate[CarrierPlan, P], R]) -> Callable[Concatenate[CarrierPlan, P], R]:
    """A decorator: `build(plan, *options)` runs once for each plan and options, and the plan keeps the result.

    Options are hashable and take few values. A cache in a module would keep every class alive for ever.
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


def is_akin(cls: type, carrier: type) -> bool:
    """Whether `cls` is a carrier class that derives from `carrier`, or that `carrier` derives from."""
    return is_carrier(cls) and (issubclass(cls, carrier) or issubclass(carrier, cls))


def plan_of(cls: type) -> CarrierPlan:
    """The plan of a carrier class, built at the first call and shared by all later ones.

    Raises TypeError for a class that is no carrier, and for an annotation with a name that is still not defined.
    """
    if not is_carrier(cls):
        raise TypeError(f"{repr_of(cls, 200)} is no carrier class: derive one from contactwire.Carrier")
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
    by_name = {field.name: field for field in fields}
    # A sender that does not write PascalCase most often writes camelCase. `fold` folds ASCII names only.
    camel = {name[:1].lower() + name[1:]: field for name, field in by_name.items() if name.isascii()}
    return CarrierPlan(
        carrier=cls,
        name=definition.name,
        fields=tuple(fields),
        by_name=by_name,
        by_folded={fold(field.name): field for field in fields},
        by_attribute={field.attribute: field for field in fields},
        spellings=camel | by_name,
    )


def declaring_class(plan: CarrierPlan, field: FieldPlan) -> type:
    """The carrier class that declares a property of a plan: the plan's own class, or one that it derives from."""
    return list(carriers_above(plan.carrier))[field.level]


def carrier_of(type: Any) -> Any:
    """The carrier class that `type` is, or that is the class of the items where it is a `list[Carrier]`; else TypeError."""
    carrier = type if is_carrier(type) else nested_carrier(kind_of(type))
    if carrier is None:
        raise TypeError(f"{repr_of(type, 200)} is no carrier class and no list of one")
    return carrier


def plan_inside(kind: Kind) -> CarrierPlan:
    """The plan of the carrier inside a kind; raises TypeError for a kind that holds scalars only."""
    cls = nested_carrier(kind)
    if cls is None:
        raise TypeError(f"{kind.expected} is no document: expected a carrier, or a list or dictionary of carriers")
    return plan_of(cls)


@kept_on_plan
def reachable(plan: CarrierPlan) -> tuple[CarrierPlan, ...]:
    """The plans of a carrier and of all carriers that it can hold, at any depth, each once; `plan` is the first."""
    found = [plan]
    for known in found:
        children = sorted(known.children(), key=lambda cls: cls.__name__)
        found += [other for other in map(plan_of, children) if other not in found]
    return tuple(found)


def leads_back(plan: CarrierPlan, field: FieldPlan) -> bool:
    """Whether a property is recursive: it can hold, at any depth, a carrier of its own class, as `ChildItems` can.

    Documents can nest in such a property as deep as the sender likes.
    """
    cls = nested_carrier(field.kind)
    return cls is not None and plan in reachable(plan_of(cls))


@kept_on_plan
def height(plan: CarrierPlan) -> int:
    """How deep a document of this plan can nest while its recursive properties (`leads_back`) are empty.

    Each carrier, list and dictionary counts as a level.
    """
    heights = [1]
    for field in plan.fields:
        child = nested_carrier(field.kind)
        inner = 0 if child is None or leads_back(plan, field) else height(plan_of(child))
        heights.append(1 + levels(field.kind) + inner)
    return max(heights)


def primary_key(value: Any) -> frozenset[tuple[str, Any]]:
    """The primary key of a carrier, as pairs of attribute and value; nothing where it has none, or a new one's, such as 0.

    The key is the property `Id`, or the class's name with `Id`: `PersonId` of a `Person`, `ContactId` of a `ContactEntity`.
    """
    if not is_carrier(type(value)):
        return frozenset()
    values = ((name, getattr(value, name)) for name in _key_attributes(plan_of(type(value))))
    return frozenset((name, value) for name, value in values if value and isinstance(value, (str, int)))


@kept_on_plan
def _key_attributes(plan: CarrierPlan) -> tuple[str, ...]:
    """The attributes of a carrier class that hold its primary key, or none."""
    names = {"Id", *(f"{cls.__name__.removesuffix('Entity')}Id" for cls in plan.carrier.__mro__)}
    return tuple(field.attribute for field in plan.fields if field.name in names)


def key_of(cls: type, attribute: str = "") -> tuple[FieldPlan, ScalarKind]:
    """The property with the number of an entity, and its kind: `attribute`, or by default the integer primary key.

    Raises TypeError for what is no carrier class, and for one that has no such property.
    """
    plan = plan_of(cls)
    for name in [attribute] if attribute else _key_attributes(plan):
        field = plan.by_attribute.get(name)
        if field is not None and isinstance(field.kind, ScalarKind) and field.kind in (INT32, INT64):
            return field, field.kind
    wanted = f"integer property {repr_of(attribute)}" if attribute else "integer property that is its primary key"
    raise TypeError(f"{cls.__name__} has no {wanted}: name its primary key in `id`")


def entity_name(cls: type) -> str:
    """What an entity of a carrier class is called: "Contact" for a `ContactEntityWithLinks`."""
    return cls.__name__.removesuffix("WithLinks").removesuffix("Entity")


def keys_differ(one: Any, other: Any) -> bool:
    """Whether two carriers have different primary keys, and so are not the same thing."""
    first, second = primary_key(one), primary_key(other)
    return bool(first and second) and first != second
