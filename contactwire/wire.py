"""The one source of truth about carriers: the `@carrier` decorator and the plan it leads to.

A carrier is an attrs class whose annotations say what travels on the wire. `plan_of(cls)` reads those annotations once
and gives an immutable `CarrierPlan`: the properties in wire order, each with its wire name and its kind. Codecs,
patches, selections and schemas all read plans; nothing else lists fields.
"""

from __future__ import annotations

import enum
import inspect
import sys
import threading
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar, Union, dataclass_transform, get_args, get_origin, overload

import attrs
from msgspec import UNSET, UnsetType

from contactwire.timestamps import Timestamp

__all__ = [
    "UNSET",
    "Carrier",
    "CarrierPlan",
    "DictionaryKind",
    "Double",
    "EnumerationKind",
    "FieldPlan",
    "Int32",
    "Int64",
    "Kind",
    "ListKind",
    "Maybe",
    "NestedKind",
    "ScalarKind",
    "UnsetType",
    "WireName",
    "carrier",
    "fold",
    "is_carrier",
    "kind_of",
    "pascal_case",
    "plan_of",
]

T = TypeVar("T")
C = TypeVar("C", bound=type)

Maybe = Union[T, None, UnsetType]  # noqa: UP007 - T | None is no generic alias before it is subscripted
"""A property's type: a value, an explicit null (`None`), or absent (`UNSET`)."""


@attrs.frozen
class WireName:
    """The exact spelling of a property on the wire, for names that the rule of `pascal_case` cannot give."""

    name: str


@attrs.frozen
class ScalarKind:
    """A single value: `name` is the wire model's word for it, `minimum` and `maximum` bound the integers."""

    name: str
    minimum: int | None = None
    maximum: int | None = None

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return self.name


STRING = ScalarKind("string")
BOOLEAN = ScalarKind("boolean")
DOUBLE = ScalarKind("double")
DATE_TIME = ScalarKind("date-time")
INT32 = ScalarKind("int32", -(2**31), 2**31 - 1)
INT64 = ScalarKind("int64", -(2**63), 2**63 - 1)

Int32 = Annotated[int, INT32]
"""A signed 32-bit integer, .NET's `Int32`."""
Int64 = Annotated[int, INT64]
"""A signed 64-bit integer, .NET's `Int64`; a bare `int` annotation means the same."""
Double = Annotated[float, DOUBLE]
"""An IEEE 754 double; an integer that came as one stays one, since a double above 2**53 could not hold it."""


@attrs.frozen
class EnumerationKind:
    """An open enumeration: a known name is a member of `members`, any other string stays a string."""

    members: type[enum.StrEnum]

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return "string"


@attrs.frozen
class NestedKind:
    """Another carrier, `carrier`, in place."""

    carrier: type

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return f"object ({self.carrier.__name__})"


@attrs.frozen
class ListKind:
    """A list whose items are of kind `item`; `nullable` says whether an item may be null."""

    item: Kind
    nullable: bool = False

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return f"list of {self.item.expected}"


@attrs.frozen
class DictionaryKind:
    """A dictionary from strings to values of kind `item`; `nullable` says whether a value may be null."""

    item: Kind
    nullable: bool = False

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return f"dictionary of {self.item.expected}"


Kind = ScalarKind | EnumerationKind | NestedKind | ListKind | DictionaryKind

_PLAIN_KINDS: Mapping[object, Kind] = {
    str: STRING,
    bool: BOOLEAN,
    int: INT64,
    float: DOUBLE,
    datetime: DATE_TIME,
    Timestamp: DATE_TIME,
}


@attrs.frozen
class FieldPlan:
    """One property: the Python `attribute`, the wire `name`, and what `kind` of value it holds. Null is always read.

    `level` says which carrier declares it, 0 for the outermost base: .NET's data contracts order members by it.
    """

    attribute: str
    name: str
    kind: Kind
    level: int


@attrs.frozen(eq=False)
class CarrierPlan:
    """What one carrier looks like on the wire; immutable, shared by threads, one per class.

    `fields` are in wire order. `by_name` finds one by its exact wire name, `by_folded` by the name in lower case (`fold`),
    `by_attribute` by the Python attribute.
    """

    carrier: type
    name: str
    fields: tuple[FieldPlan, ...]
    by_name: Mapping[str, FieldPlan]
    by_folded: Mapping[str, FieldPlan]
    by_attribute: Mapping[str, FieldPlan]

    def find(self, name: str) -> FieldPlan | None:
        """The property that a sender means by `name`, whatever its letter case, or None."""
        return self.by_name.get(name) or self.by_folded.get(fold(name))

    def children(self) -> frozenset[type]:
        """The carriers that this one holds directly, through lists and dictionaries too."""
        return frozenset(nested for field in self.fields if (nested := nested_carrier(field.kind)) is not None)


def nested_carrier(kind: Kind) -> type | None:
    """The carrier inside `kind`, through any lists and dictionaries, or None for a kind made of scalars."""
    while isinstance(kind, (ListKind, DictionaryKind)):
        kind = kind.item
    return kind.carrier if isinstance(kind, NestedKind) else None


def pascal_case(attribute: str) -> str:
    """The wire name of an attribute by the one rule: each word between underscores gets a capital, underscores go.

    >>> pascal_case("dbi_last_syncronized")
    'DbiLastSyncronized'
    """
    return "".join(word[:1].upper() + word[1:] for word in attribute.split("_"))


def fold(name: str) -> str:
    """`name` in lower case if it is ASCII, as it is otherwise: .NET's ordinal comparison maps no other letter to ASCII."""
    return name.lower() if name.isascii() else name


class _LazyExtras:
    """The `extras` attribute: a dictionary made when first looked at, so that carriers without one stay cheap."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        extras = self._slot.__get__(instance)
        if extras is None:
            extras = {}
            self._slot.__set__(instance, extras)
        return extras

    def __set__(self, instance: Any, value: dict[str, Any] | None) -> None:
        self._slot.__set__(instance, value)


def _repr(self: Any) -> str:
    """Show what is set: a contact has 48 properties and most code sets a few."""
    shown = [
        f"{field.name}={value!r}"
        for field in attrs.fields(type(self))
        if field.name != "extras" and (value := getattr(self, field.name)) is not UNSET
    ]
    shown += [f"extras={self._extras!r}"] if self._extras else []
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _default_to_unset(cls: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    # Copying a field costs as much as making one, so only those are copied that are not right already.
    return [
        field
        if field.kw_only and field.default is not attrs.NOTHING
        else field.evolve(default=UNSET if field.default is attrs.NOTHING else field.default, kw_only=True)
        for field in fields
    ]


@overload
def carrier(cls: C) -> C: ...
@overload
def carrier(cls: None = None, *, name: str | None = None, trailing: bool = False) -> Callable[[C], C]: ...
@dataclass_transform(kw_only_default=True, field_specifiers=(attrs.field,))
def carrier(cls: Any = None, *, name: str | None = None, trailing: bool = False) -> Any:
    """Make a class a carrier: a slotted, mutable, keyword-only attrs class that every codec understands.

    Takes a class whose annotations are properties: `str`, `int`, `Int32`, `bool`, `float`, `datetime`, a `StrEnum`
    (alone or `| str`), another carrier, `list[...]` or `dict[str, ...]` of these, usually wrapped in `Maybe[...]`.
    It runs `attrs.define` itself; on a class that is defined already, it makes an heir of that name. Every property
    defaults to `UNSET`, and the class gets `extras`, where unknown properties are kept. `name` is the carrier's name on
    the wire (in XML, the element), by default the class's own. `trailing` puts its properties behind those of the carriers
    that derive from it.

    Names and kinds are read when first needed (`plan_of`), so carriers may refer to each other and to themselves.
    """
    namespace = sys._getframe(1).f_locals
    if cls is None:
        return lambda cls: _make_carrier(cls, name, trailing, namespace)
    return _make_carrier(cls, name, trailing, namespace)


def _make_carrier(cls: type, name: str | None, trailing: bool, namespace: Mapping[str, Any]) -> type:
    if "__attrs_attrs__" in cls.__dict__:
        # An attrs class as it stands has no room for extras, so the carrier is an heir that goes by its name.
        heir = {key: cls.__dict__[key] for key in ("__module__", "__qualname__", "__doc__") if key in cls.__dict__}
        cls = type(cls)(cls.__name__, (cls,), {**heir, "__slots__": ()})
    if not is_carrier_base(cls):
        cls.__annotations__ = {**inspect.get_annotations(cls), "extras": dict[str, Any]}
        cls.extras = attrs.field(default=None, repr=False)  # type: ignore[attr-defined]
    cls.__repr__ = _repr  # type: ignore[method-assign, assignment]
    made = attrs.define(cls, slots=True, kw_only=True, repr=False, field_transformer=_default_to_unset)
    slot = made.__dict__.get("extras")
    if slot is not None:
        made._extras = slot  # type: ignore[attr-defined]
        made.extras = _LazyExtras(slot)  # type: ignore[attr-defined]
    made.__wire_name__ = name or made.__name__  # type: ignore[attr-defined]
    made.__wire_trailing__ = trailing  # type: ignore[attr-defined]
    if "<locals>" in made.__qualname__:
        made.__wire_namespace__ = {**namespace, made.__name__: made}  # type: ignore[attr-defined]
    return made


def is_carrier_base(cls: type) -> bool:
    """Whether `cls` inherits from a carrier."""
    return any("__wire_name__" in base.__dict__ for base in cls.__mro__[1:])


def is_carrier(cls: object) -> bool:
    """Whether `cls` is a class made by `@carrier`."""
    return isinstance(cls, type) and "__wire_name__" in cls.__dict__


_LOCK = threading.RLock()


@carrier
class Carrier:
    """The base of the library's own carriers; derive yours from it for a typed `extras`, or use `@carrier` alone.

    `extras` holds the properties that the wire had and the carrier does not know: wire name to builtins.
    """

    if typing.TYPE_CHECKING:
        extras: dict[str, Any] = attrs.field(factory=dict, kw_only=True)


def plan_of(cls: type) -> CarrierPlan:
    """The plan of a carrier class, built at the first call and shared from then on.

    Raises TypeError for a class that is no carrier, for an annotation that says no kind, and for two properties whose
    wire names differ in letter case only.
    """
    if not is_carrier(cls):
        raise TypeError(f"{getattr(cls, '__qualname__', cls)!s} is not a carrier: decorate it with @carrier")
    plan: CarrierPlan | None = cls.__dict__.get("__wire_plan__")
    if plan is None:
        with _LOCK:
            plan = cls.__dict__.get("__wire_plan__") or _build_plan(cls)
            cls.__wire_plan__ = plan  # type: ignore[attr-defined]
    return plan


def _build_plan(cls: type) -> CarrierPlan:
    # A class can name itself also where its module cannot be asked, as in code that was given to exec.
    names = {cls.__name__: cls, **cls.__dict__.get("__wire_namespace__", {})}
    hints = typing.get_type_hints(cls, localns=names, include_extras=True)
    fields = [_field_plan(cls, attribute, hints[attribute], level) for attribute, level in _in_wire_order(cls)]
    by_folded = {fold(field.name): field for field in fields}
    if len(by_folded) != len(fields):
        raise TypeError(f"{cls.__qualname__} has two properties whose wire names differ in letter case only")
    return CarrierPlan(
        carrier=cls,
        name=cls.__wire_name__,  # type: ignore[attr-defined]
        fields=tuple(fields),
        by_name=types.MappingProxyType({field.name: field for field in fields}),
        by_folded=types.MappingProxyType(by_folded),
        by_attribute=types.MappingProxyType({field.attribute: field for field in fields}),
    )


def _in_wire_order(cls: type) -> list[tuple[str, int]]:
    """The attributes of a carrier with their level: bases first, but a trailing base behind its first heir."""
    order: list[tuple[str, int]] = []
    waiting: list[tuple[str, int]] = []
    for level, base in enumerate(base for base in reversed(cls.__mro__) if is_carrier(base) and base is not Carrier):
        known = {name for name, _ in order + waiting} | {"extras"}
        own = [(a.name, level) for a in attrs.fields(base) if not a.inherited or a.name not in known]
        own = [entry for entry in own if entry[0] != "extras"]
        overridden = {name for name, _ in own}
        order, waiting = ([entry for entry in part if entry[0] not in overridden] for part in (order, waiting))
        if base.__dict__["__wire_trailing__"] and base is not cls:
            waiting += own
        else:
            order += own + waiting
            waiting = []
    return order


def _field_plan(cls: type, attribute: str, hint: Any, level: int) -> FieldPlan:
    if attribute.startswith("_"):
        raise TypeError(f"{cls.__qualname__}.{attribute}: a private attribute is no property")
    name = pascal_case(attribute)
    if get_origin(hint) is Annotated and isinstance(hint.__metadata__[-1], WireName):
        name = hint.__metadata__[-1].name
    try:
        return FieldPlan(attribute, name, kind_of(hint), level)
    except TypeError as error:
        raise TypeError(f"{cls.__qualname__}.{attribute}: {error}") from None


def kind_of(annotation: Any) -> Kind:
    """The kind that an annotation stands for: `kind_of(list[ContactEntity])` is a list of contacts.

    `None` and `UnsetType` in a union are looked through. Raises TypeError for anything that no wire format carries.
    """
    kind = _PLAIN_KINDS.get(annotation) if isinstance(annotation, type) else None
    if kind is not None:
        return kind
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return EnumerationKind(annotation)
    if is_carrier(annotation):
        return NestedKind(annotation)
    return _kind_of_generic(annotation)


def _kind_of_generic(annotation: Any) -> Kind:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        marked = [mark for mark in arguments[1:] if isinstance(mark, ScalarKind)]
        return marked[0] if marked else kind_of(arguments[0])
    if origin in (Union, types.UnionType):
        return _kind_of_union([a for a in arguments if a is not types.NoneType and a is not UnsetType])
    if origin is list:
        return ListKind(kind_of(arguments[0]), _nullable(arguments[0]))
    if origin is dict and arguments[0] is str:
        return DictionaryKind(kind_of(arguments[1]), _nullable(arguments[1]))
    raise TypeError(f"{annotation!r} says no kind of value that travels on the wire")


def _kind_of_union(members: list[Any]) -> Kind:
    kinds = [kind_of(member) for member in members]
    if len(kinds) == 1:
        return kinds[0]
    enumerations = [kind for kind in kinds if isinstance(kind, EnumerationKind)]
    if len(kinds) == 2 and len(enumerations) == 1 and STRING in kinds:
        return enumerations[0]
    raise TypeError(f"a union of {' and '.join(kind.expected for kind in kinds)} has no one kind")


def _nullable(annotation: Any) -> bool:
    return types.NoneType in get_args(annotation)
