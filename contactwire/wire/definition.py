"""What a class body defines: its properties in wire order, with their names, defaults and what `attrs.field` adds.

A definition is made with its class, before all names in its annotations need to be defined. `field_plan` reads the rest:
the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs
from attrs import NOTHING
from msgspec import UNSET

from contactwire.wire.annotations import Annotations
from contactwire.wire.hooks import has_hook
from contactwire.wire.kinds import Kind, is_carrier, kind_of, presence_of, wire_name_of
from contactwire.wire.names import fold, pascal_case

__all__ = [
    "EXTRAS_MARK",
    "Definition",
    "FieldPlan",
    "Property",
    "UnboundVariable",
    "definition_of",
    "field_plan",
    "in_wire_order",
    "own_properties",
]


EXTRAS_MARK = "\ue000"
"""The member name under which unknown members travel inside this process, never outside."""


class UnboundVariable(TypeError):
    """A type variable stands where a class that derives from a generic carrier would say what it is."""


@attrs.frozen
class FieldPlan:
    """One property: the Python `attribute`, the wire `name`, and what `kind` of value it holds.

    `nullable` says whether null may stand there, `required` whether the property must. `default` is what counts where it is
    absent, UNSET for nothing and for what is made anew each time; `keeps_absence` says that it stays absent then. `level`
    says which carrier declares it, 0 for the outermost base: .NET's data contracts order members by it.
    """

    attribute: str
    name: str
    kind: Kind
    level: int
    nullable: bool = True
    required: bool = False
    default: Any = attrs.field(default=UNSET, eq=False)
    keeps_absence: bool = True

    def allows(self, value: Any) -> bool:
        """Whether the property may be `value`, which is UNSET or None."""
        return self.keeps_absence if value is UNSET else self.nullable


@attrs.frozen(eq=False)
class Property:
    """A property as its class body has it: the wire `name`, the `default` in attrs' terms, and its `attrs.field`, if any."""

    name: str
    default: Any
    field: attrs.Attribute[Any] | None

    @property
    def required(self) -> bool:
        """Whether the property must be there: it has no default."""
        return self.default is NOTHING


@attrs.frozen(eq=False)
class Definition:
    """What a class body, and those of its bases, define.

    `properties` are in wire order, by attribute. Those in `waiting` are a trailing base's, which its first heir takes.
    `slots` names the field of the Struct in which each is kept; `hooks` are the properties that have any.
    `mixed` says that a plain class stands before the carrier base.
    """

    name: str
    trailing: bool
    bases: tuple[Any, ...]
    annotations: Annotations
    properties: Mapping[str, Property]
    waiting: frozenset[str]
    slots: Mapping[str, str]
    mixed: bool
    memo: dict[str, Any] = attrs.field(factory=dict, init=False)

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in attrs.fields(Definition)} | {"memo": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    @property
    def hooks(self) -> dict[str, attrs.Attribute[Any]]:
        """The attrs attributes of the properties at which something runs when they are set."""
        fields = ((name, each.field) for name, each in self.properties.items())
        return {name: field for name, field in fields if field is not None and has_hook(field)}


def definition_of(cls: type) -> Definition:
    """The definition of a carrier class."""
    found: Definition = cls.__dict__["__wire__"]
    return found


def own_properties(
    class_name: str, annotations: Annotations, fields: Mapping[str, attrs.Attribute[Any]], namespace: Mapping[str, Any]
) -> dict[str, Property]:
    """The properties that a class body declares; raises TypeError for a name or a default that cannot be."""
    own = {}
    for attribute in annotations.properties():
        where, outline, field = f"{class_name}.{attribute}", annotations.outline(attribute), fields.get(attribute)
        name = _wire_name(outline, attribute)
        if not name:
            raise TypeError(f"{where}: a wire name cannot be empty")
        if EXTRAS_MARK in name:
            raise TypeError(f"{where}: a wire name cannot hold U+E000, which stands for unknown members here")
        given = field.default if field is not None else namespace.get(attribute, NOTHING)
        own[attribute] = Property(name, _default(where, outline, given), field)
    return own


def in_wire_order(class_name: str, base: Definition | None, own: Mapping[str, Property]) -> dict[str, Property]:
    """The properties of a class: those of its base, its own, and behind them those that wait in a trailing base.

    Raises TypeError for two wire names that differ in letter case only.
    """
    inherited = {} if base is None else {name: each for name, each in base.properties.items() if name not in own}
    waiting = frozenset() if base is None else base.waiting
    settled = {name: each for name, each in inherited.items() if name not in waiting}
    properties = {**settled, **own, **{name: each for name, each in inherited.items() if name in waiting}}
    if len({fold(each.name) for each in properties.values()}) != len(properties):
        raise TypeError(f"{class_name} has two properties whose wire names differ in letter case only")
    return properties


def _wire_name(annotation: Any, attribute: str) -> str:
    given = wire_name_of(annotation)
    return pascal_case(attribute) if given is None else given


def _default(where: str, annotation: Any, given: Any) -> Any:
    presence = presence_of(annotation)
    if given is NOTHING:
        return UNSET if presence.omissible else NOTHING
    if presence.omissible and presence.nullable and given is not UNSET and given is not None and not is_factory(given):
        raise TypeError(
            f"{where}: the default of a Maybe is UNSET or None; without Maybe, {given!r} counts where it is absent"
        )
    if given is UNSET and not presence.omissible:
        raise TypeError(f"{where}: UNSET is the default of a Maybe only")
    return given


def is_factory(default: Any) -> bool:
    """Whether an attrs default is made anew for each carrier."""
    return isinstance(default, attrs.Factory)  # type: ignore[arg-type]


def carriers_above(cls: type) -> Iterator[type]:
    """The carriers that `cls` derives from, but for `Carrier`, and itself, the outermost base first."""
    return (base for base in reversed(cls.__mro__) if is_carrier(base) and any(map(is_carrier, base.__bases__)))


def field_plan(cls: type, attribute: str) -> FieldPlan:
    """The plan of one property; raises NameError for a name not defined yet, TypeError for a kind that cannot travel."""
    family = list(carriers_above(cls))
    level = max(index for index, base in enumerate(family) if attribute in definition_of(base).annotations.written)
    annotations, defined = definition_of(family[level]).annotations, definition_of(cls).properties[attribute]
    try:
        written = annotations.evaluate(annotations.written[attribute])
        kind = kind_of(written, lambda reference: _meaning(cls, family[level], annotations, reference))
        if _wire_name(written, attribute) != defined.name:
            raise TypeError("its WireName must be defined where the class is")
    except UnboundVariable:
        raise
    except TypeError as error:
        raise TypeError(f"{cls.__qualname__}.{attribute}: {error}") from None
    default = UNSET if defined.required or is_factory(defined.default) else defined.default
    nullable, keeps_absence = presence_of(written).nullable, defined.default is UNSET
    return FieldPlan(attribute, defined.name, kind, level, nullable, defined.required, default, keeps_absence)


def _meaning(cls: type, owner: type, annotations: Annotations, reference: Any) -> Any:
    """What a reference in an annotation of `owner` stands for; a type variable for what `cls` puts in its place."""
    found = annotations.evaluate(reference)
    if not isinstance(found, TypeVar):
        return found
    arguments = _type_arguments(cls).get(owner, {})
    if found not in arguments:
        advice = f"derive a class that says what it is, `class Name({owner.__name__}[…])`"
        raise UnboundVariable(f"{cls.__qualname__}: {found.__name__} is a type variable: {advice}")
    return arguments[found]


def _type_arguments(cls: type) -> dict[type, dict[Any, Any]]:
    """For each generic base of `cls`, what stands for its type variables."""
    found: dict[type, dict[Any, Any]] = {}
    for base in definition_of(cls).bases:
        origin = get_origin(base) or base
        if origin is Generic or not is_carrier(origin):
            continue
        own = dict(zip(getattr(origin, "__parameters__", ()), get_args(base), strict=False))
        for each, arguments in _type_arguments(origin).items():
            found[each] = {variable: own.get(value, value) for variable, value in arguments.items()}
        found[origin] = own
    return found
