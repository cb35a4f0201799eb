"""What a class body defines: its properties in wire order, with their wire names, defaults and `attrs.field`.

The metaclass builds a `Definition` together with its class. At that time a name in an annotation may not be defined yet, so
a definition holds no kinds. `field_plan` reads the kind of a property later, when the plan of the class is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar, get_args, get_origin

import attrs
import msgspec
from attrs import NOTHING
from msgspec import UNSET, Struct

from contactwire.errors import repr_of, shorten
from contactwire.patterns import pattern
from contactwire.wire.annotations import Annotations
from contactwire.wire.defaults import check_default
from contactwire.wire.hooks import has_hook, is_factory
from contactwire.wire.kinds import Kind, is_carrier, is_nullable, is_omissible, kind_of, wire_name_of
from contactwire.wire.names import fold, pascal_case

__all__ = [
    "EXTRAS_MARK",
    "Definition",
    "FieldPlan",
    "Property",
    "UnboundVariable",
    "attrs_attributes",
    "carriers_above",
    "check_wire_name",
    "definition_of",
    "field_plan",
    "in_wire_order",
    "own_properties",
]


EXTRAS_MARK = "\ue000"
"""The member name under which builtins hold unknown members between reading and assembling. No body ever has it."""

_NEVER_IN_NAMES = pattern(rf'["\\\x00-\x1f\ud800-\udfff{EXTRAS_MARK}]')
_REFUSED_IN_NAMES = (
    'nor any of ", \\, control characters, lone surrogates and U+E000, which marks unknown members inside the library'
)


class UnboundVariable(TypeError):
    """A type variable of a generic carrier that no class has replaced by a type: `items: list[T]` in `Page[T]` itself."""


class FieldPlan(Struct, frozen=True, eq=False):
    """One property: its Python `attribute`, its wire `name`, and the `kind` of its values.

    `nullable` says whether its value may be null, `required` whether it must be there. `default` is the value that counts
    where the property is absent. It is UNSET where there is no default, and where a factory makes a new one each time;
    `keeps_absence` says that the property stays absent. `level` is the depth of the class that declares it, 0 for the
    outermost base; .NET's data contracts order members by it.
    """

    attribute: str
    name: str
    kind: Kind
    level: int
    nullable: bool = True
    required: bool = False
    default: Any = UNSET
    keeps_absence: bool = True

    def allows(self, value: Any) -> bool:
        """Whether the property may be `value`, which is UNSET or None."""
        return self.keeps_absence if value is UNSET else self.nullable


class Property(Struct, frozen=True, eq=False):
    """A property as its class body declares it.

    `name` is its wire name, `default` its default as attrs has it (`attrs.NOTHING` for none), and `field` the attribute that
    attrs makes of its `attrs.field`, if it has one.
    """

    name: str
    default: Any
    field: attrs.Attribute[Any] | None

    @property
    def required(self) -> bool:
        """Whether the property must be there: it has no default."""
        return self.default is NOTHING


class Definition(Struct, frozen=True, eq=False):
    """What a class body, and those of its bases, define.

    `properties` are in wire order, by attribute. `waiting` names those of a base with `trailing=True`, which go behind the
    properties of the next class that derives from it. `slots` names the field of the Struct that holds each property.
    `mixed` says that a class that is no carrier precedes the carrier among the bases: `class Note(Mixin, Carrier)`. `level`
    counts the carriers that the class derives from, without `Carrier`.
    """

    name: str
    trailing: bool
    bases: tuple[Any, ...]
    annotations: Annotations
    properties: Mapping[str, Property]
    waiting: frozenset[str]
    slots: Mapping[str, str]
    mixed: bool
    level: int
    memo: dict[Any, Any] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        # `help` shows it for each carrier class.
        return f"<Definition of {self.name}, {len(self.properties)} properties>"

    def __reduce__(self) -> tuple[Any, ...]:
        *fields, _memo = self.__struct_fields__
        return Definition, tuple(getattr(self, name) for name in fields)

    @property
    def hooks(self) -> dict[str, attrs.Attribute[Any]]:
        """The attrs attributes of the properties whose validator, converter or the like runs when they are set."""
        found: dict[str, attrs.Attribute[Any]] | None = self.memo.get("hooks")
        if found is None:
            fields = ((name, each.field) for name, each in self.properties.items())
            found = self.memo["hooks"] = {name: each for name, each in fields if each is not None and has_hook(each)}
        return found


def definition_of(cls: type) -> Definition:
    """The definition of a carrier class."""
    found: Definition = cls.__dict__["__wire__"]
    return found


def check_wire_name(where: str, name: Any) -> None:
    """Raise TypeError, which begins with `where`, for a name that neither a property nor a carrier can have on the wire."""
    if not isinstance(name, str):
        raise TypeError(f"{where}: a wire name is a string, not {repr_of(name)}")
    if not name:
        raise TypeError(f"{where}: a wire name cannot be empty")
    # An identifier holds none of them; a class of surrogates takes long to compile.
    if not name.isidentifier() and (found := _NEVER_IN_NAMES.search(name)):
        raise TypeError(f"{where}: a wire name cannot hold U+{ord(found[0]):04X}, {_REFUSED_IN_NAMES}")


def own_properties(
    class_name: str, outlines: Mapping[str, Any], fields: Mapping[str, attrs.Attribute[Any]], namespace: Mapping[str, Any]
) -> dict[str, Property]:
    """The properties that a class body declares; raises TypeError for a wire name or a default that is not allowed.

    `outlines` are their types as far as the names in them are defined.
    """
    own: dict[str, Property] = {}
    # Most properties have the type of another one. The types live as long as `outlines`.
    said: dict[int, tuple[str | None, bool, bool]] = {}
    for attribute, outline in outlines.items():
        where, field = f"{class_name}.{attribute}", fields.get(attribute)
        if id(outline) not in said:
            said[id(outline)] = wire_name_of(outline), is_omissible(outline), is_nullable(outline)
        given_name, omissible, nullable = said[id(outline)]
        name = pascal_case(attribute) if given_name is None else given_name
        check_wire_name(where, name)
        given = field.default if field is not None else namespace.get(attribute, NOTHING)
        own[attribute] = Property(name, _default(where, given, omissible=omissible, nullable=nullable), field)
    return own


def in_wire_order(class_name: str, base: Definition | None, own: Mapping[str, Property]) -> dict[str, Property]:
    """The properties of a class in wire order: those of its base, its own, and last those of a base with `trailing=True`.

    Raises TypeError for two wire names that differ in letter case only.
    """
    inherited = {} if base is None else {name: each for name, each in base.properties.items() if name not in own}
    waiting = frozenset() if base is None else base.waiting
    settled = {name: each for name, each in inherited.items() if name not in waiting}
    properties = {**settled, **own, **{name: each for name, each in inherited.items() if name in waiting}}
    if len({fold(each.name) for each in properties.values()}) != len(properties):
        raise TypeError(f"{class_name} has two properties whose wire names differ in letter case only")
    return properties


def _default(where: str, given: Any, *, omissible: bool, nullable: bool) -> Any:
    if given is NOTHING:
        return UNSET if omissible else NOTHING
    if omissible and nullable and given is not UNSET and given is not None and not is_factory(given):
        raise TypeError(
            f"{where}: the default of a Maybe is UNSET or None, and options go into attrs.field(…); "
            f"without Maybe, {shorten(given)} counts where it is absent"
        )
    if given is UNSET and not omissible:
        raise TypeError(f"{where}: UNSET is the default of a Maybe only")
    if is_carrier(type(given)) or (isinstance(given, (list, dict)) and given):
        raise TypeError(f"{where}: all carriers would share the default {given!r}: use `attrs.field(factory=…)`")
    return given


def attrs_attributes(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    """The attributes of a carrier class as `attrs.fields` gives them, with the types that the class bodies have."""
    definition = definition_of(cls)
    # Not those of the classes: another thread may have put those that msgspec reads in their place, for a moment.
    annotations = {
        name: each for base in carriers_above(cls) for name, each in definition_of(base).annotations.written.items()
    }
    these = {
        name: attrs.field(
            default=each.default,
            type=annotations[name],
            **(_options(each.field) if each.field is not None else {}),
        )
        for name, each in definition.properties.items()
    }
    these["extras"] = attrs.field(factory=dict, type=dict[str, Any])
    attrs_class = attrs.make_class(cls.__name__, these, init=False, repr=False, eq=False, kw_only=True)
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs_class)
    return found


def _options(field: attrs.Attribute[Any]) -> dict[str, Any]:
    return {name: getattr(field, name) for name in ("validator", "converter", "metadata", "on_setattr", "repr")}


def carriers_above(cls: type) -> Iterator[type]:
    """The carrier classes among the bases of `cls`, without `Carrier`, the outermost first; the last is `cls` itself."""
    return (base for base in reversed(cls.__mro__) if is_carrier(base) and any(map(is_carrier, base.__bases__)))


def field_plan(cls: type, attribute: str) -> FieldPlan:
    """The plan of one property, kept from the first call that can build it.

    Raises NameError for a name not defined yet, TypeError for a kind that cannot travel.
    """
    kept = definition_of(cls).memo.setdefault("fields", {})
    if attribute not in kept:
        kept[attribute] = _field_plan(cls, attribute)
    found: FieldPlan = kept[attribute]
    return found


def _field_plan(cls: type, attribute: str) -> FieldPlan:
    owner = next(base for base in cls.__mro__ if is_carrier(base) and attribute in definition_of(base).annotations.written)
    if owner is not cls:
        # An inherited property is what it is in the class that declares it, unless a type variable means a type here.
        with suppress(UnboundVariable):
            return field_plan(owner, attribute)
    defined = definition_of(cls).properties[attribute]
    default = UNSET if defined.required or is_factory(defined.default) else defined.default
    try:
        kind, nullable = _kind_and_nullable(cls, owner, attribute)
        if default is not UNSET and not (default is None and nullable) and not _is_replaced(cls, defined):
            check_default(kind, default)
    except UnboundVariable:
        raise
    except TypeError as error:
        raise TypeError(f"{cls.__qualname__}.{attribute}: {error}") from None
    level = definition_of(owner).level
    return FieldPlan(attribute, defined.name, kind, level, nullable, defined.required, default, defined.default is UNSET)


def _kind_and_nullable(cls: type, owner: type, attribute: str) -> tuple[Kind, bool]:
    """The kind of a property that `owner` declares, and whether it may be null.

    They are kept for the other properties of `cls` with the same annotation.
    """
    annotations, definition = definition_of(owner).annotations, definition_of(cls)
    kept: dict[Any, tuple[Kind, bool]] = definition.memo.setdefault("kinds", {})
    key = (owner, annotations.written[attribute]) if annotations.is_known(attribute) else None
    if key is not None and key in kept:
        return kept[key]
    written, means = annotations.type_of(attribute), partial(_meaning, cls, owner, annotations)
    found = kind_of(written, means), is_nullable(written, means)
    if key is not None:
        kept[key] = found
    elif wire_name_of(written) not in (None, definition.properties[attribute].name):
        raise TypeError("its WireName must be defined where the class is")
    return found


def _is_replaced(cls: type, defined: Property) -> bool:
    """Whether a hook may put another value in the place of a property's default."""
    converts = defined.field is not None and defined.field.converter is not None
    return converts or hasattr(cls, "__attrs_post_init__")


def _meaning(cls: type, owner: type, annotations: Annotations, reference: Any) -> Any:
    """What a reference in an annotation of `owner` means; for a type variable, the type that `cls` replaces it by."""
    found = annotations.evaluate(reference)
    if not isinstance(found, TypeVar):
        return found
    meaning = _type_arguments(cls).get(owner, {}).get(found, found)
    if isinstance(meaning, TypeVar) or _variables_in(meaning):
        advice = f"derive a class that says what it is, `class Name({owner.__name__}[…])`"
        raise UnboundVariable(f"{cls.__qualname__}: {found.__name__} is a type variable: {advice}")
    return meaning


def _type_arguments(cls: type) -> dict[type, dict[Any, Any]]:
    """For each generic base of `cls`, the type that replaces each of its type variables.

    For `class Notes(Page[Note])` it is `{Page: {T: Note}}`.
    """
    found: dict[type, dict[Any, Any]] = {}
    for base in definition_of(cls).bases:
        origin = get_origin(base) or base
        if origin is Generic or not is_carrier(origin):
            continue
        arguments = map(definition_of(cls).annotations.resolved, get_args(base))
        own = dict(zip(getattr(origin, "__parameters__", ()), arguments, strict=False))
        for each, above in _type_arguments(origin).items():
            found[each] = {variable: _replaced(value, own) for variable, value in above.items()}
        found[origin] = own
    return found


def _variables_in(argument: Any) -> tuple[Any, ...]:
    """The type variables inside a type such as `list[T]`; none for a class, even a generic one."""
    return getattr(argument, "__parameters__", ()) if get_args(argument) else ()


def _replaced(argument: Any, own: Mapping[Any, Any]) -> Any:
    """A type with its type variables replaced: with `{T: Note}`, `T` becomes `Note`, and `list[T]` becomes `list[Note]`."""
    variables = _variables_in(argument)
    return argument[tuple(own.get(each, each) for each in variables)] if variables else own.get(argument, argument)
