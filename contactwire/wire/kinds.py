"""Kinds: what values a property holds, read from its annotation.

A kind is a small immutable value: a scalar, an enumeration, a carrier, or a list or dictionary of a kind. `kind_of` reads
one from an annotation. `is_nullable` and `is_omissible` read from it whether the property may be null or absent.
"""

from __future__ import annotations

import enum
import types
import typing
from collections import abc
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, ForwardRef, Literal, NewType, Self, TypeVar, Union, get_origin

import attrs
from msgspec import UNSET, Struct, UnsetType

from contactwire.errors import repr_of
from contactwire.timestamps import Timestamp

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "DECIMAL",
    "DOUBLE",
    "INT32",
    "INT64",
    "MAX_DOUBLE",
    "STRING",
    "UNSET",
    "UUID",
    "DictionaryKind",
    "Double",
    "EnumerationKind",
    "Int32",
    "Int64",
    "ItemsKind",
    "Kind",
    "ListKind",
    "Maybe",
    "NestedKind",
    "ScalarKind",
    "UnsetType",
    "WireName",
    "innermost",
    "is_carrier",
    "is_nullable",
    "is_omissible",
    "kind_of",
    "levels",
    "nested_carrier",
    "wire_name_of",
]

T = TypeVar("T")

if TYPE_CHECKING:
    Maybe = Union[T, None, UnsetType]  # noqa: UP007 - T | None is no generic alias before it is subscripted
else:

    class Maybe:
        """A property's type: a value, an explicit null (`None`), or absent (`UNSET`)."""

        def __class_getitem__(cls, item: Any) -> Any:
            if item is UNSET:
                # Python assigns the default before it evaluates the annotation.
                raise TypeError('Maybe[UNSET] is no type: a property called as its type takes it in quotes, "Maybe[…]"')
            # `typing.Union` would keep each class in its cache, so that none could be freed.
            return (ForwardRef(item) if isinstance(item, str) else item) | None | UnsetType


class WireName(Struct, frozen=True):
    """The wire name of a property, for names that `pascal_case` cannot derive: `Annotated[str, WireName("x_foobar")]`.

    A name in ASCII is read in any letter case, and one with other letters (`Størrelse`) only as it is spelled.
    """

    name: str


@attrs.frozen
class ScalarKind:
    """A single value. `name` is what error messages and schemas call the kind; `minimum` and `maximum` bound integers."""

    name: str
    minimum: int | None = None
    maximum: int | None = None

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return self.name


STRING = ScalarKind("string")
"""Text."""
BOOLEAN = ScalarKind("boolean")
"""True or false."""
DOUBLE = ScalarKind("double")
"""A number of IEEE 754, 64 bits."""
DATE_TIME = ScalarKind("date-time")
"""A date with a time, as a `Timestamp` or `datetime`."""
DATE = ScalarKind("date")
"""A date without a time."""
UUID = ScalarKind("uuid")
"""A UUID (RFC 9562)."""
DECIMAL = ScalarKind("decimal")
"""A decimal number of any length."""
INT32 = ScalarKind("int32", -(2**31), 2**31 - 1)
"""An integer of 32 bits, signed."""
INT64 = ScalarKind("int64", -(2**63), 2**63 - 1)
"""An integer of 64 bits, signed."""

MAX_DOUBLE = int(float.fromhex("0x1.fffffffffffffp+1023"))
"""The largest finite IEEE 754 double, as an integer."""

Int32 = Annotated[int, INT32]
"""A signed 32-bit integer, .NET's `Int32`."""
Int64 = Annotated[int, INT64]
"""A signed 64-bit integer, .NET's `Int64`; a bare `int` annotation means the same."""
Double = Annotated[float, DOUBLE]
"""An IEEE 754 double; an integer on the wire stays an integer, since a double cannot hold each one above 2**53."""


class EnumerationKind(Struct, frozen=True):
    """An enumeration; on the wire, the value of one of its `members`.

    An `open` one, a `StrEnum`, may get members that this version does not know: any other string stays a string.
    """

    members: type[enum.Enum]
    open: bool = True

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return "string" if self.open else f"one of {', '.join(str(member.value) for member in self.members)}"


class NestedKind(Struct, frozen=True):
    """A carrier of the class `carrier`."""

    carrier: type

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return f"object ({self.carrier.__name__})"


class ItemsKind(Struct, frozen=True):
    """A list or dictionary whose items or values are of kind `item`; `nullable` says whether one may be null.

    `shape` is the class of the values: list or dict.
    """

    item: Kind
    nullable: bool = False

    shape: ClassVar[Any]

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return f"{'list' if self.shape is list else 'dictionary'} of {self.item.expected}"


class ListKind(ItemsKind, frozen=True):
    """A list whose items are of kind `item`; `nullable` says whether an item may be null."""

    shape: ClassVar[Any] = list


class DictionaryKind(ItemsKind, frozen=True):
    """A dictionary from strings to values of kind `item`; `nullable` says whether a value may be null."""

    shape: ClassVar[Any] = dict


Kind = ScalarKind | EnumerationKind | NestedKind | ListKind | DictionaryKind
"""What a property holds: one of these kinds."""

_PLAIN_KINDS: Mapping[object, Kind] = {
    str: STRING,
    bool: BOOLEAN,
    int: INT64,
    float: DOUBLE,
    datetime: DATE_TIME,
    Timestamp: DATE_TIME,
    date: DATE,
}
# By name, so that `import contactwire` need not load these modules.
_NAMED_KINDS: Mapping[tuple[str, str], Kind] = {("uuid", "UUID"): UUID, ("decimal", "Decimal"): DECIMAL}
_ADVICE: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((time, timedelta), "the wire has seven fraction digits and Python's time and timedelta six: use str"),
    ((bytes, bytearray), "no format can carry bytes: use str, with base64 in it"),
    ((tuple, set, frozenset, abc.Sequence, abc.MutableSequence, abc.Collection, abc.Iterable, abc.Set), "use list"),
    ((abc.Mapping, abc.MutableMapping), "use dict"),
    ((list,), "say what its items are: list[str]"),
    ((dict,), "the keys are strings, and the values of one kind: dict[str, int]"),
    ((Literal,), "use an enum.StrEnum or enum.Enum"),
    ((Self,), "write the name of the class"),
    ((Any, object), "say what it holds; what no property holds is kept in `extras`"),
    # The class of `type Name = …`, from Python 3.12.
    ((getattr(typing, "TypeAliasType", NewType),), "an alias is written without `type`: Name = …"),
)
"""What to use instead of the types that users reach for."""


def is_carrier(cls: object) -> bool:
    """Whether `cls` is a class that derives from `Carrier`, or `Carrier` itself."""
    return isinstance(cls, type) and "__wire__" in cls.__dict__


def nested_carrier(kind: Kind) -> type | None:
    """The carrier inside `kind`, through any lists and dictionaries, or None for a kind that holds scalars only."""
    kind = innermost(kind)
    return kind.carrier if isinstance(kind, NestedKind) else None


def innermost(kind: Kind) -> Kind:
    """The scalar, enumeration or carrier inside `kind`, through any lists and dictionaries."""
    while isinstance(kind, ItemsKind):
        kind = kind.item
    return kind


def levels(kind: Kind) -> int:
    """How many lists and dictionaries nest around the scalar or carrier inside `kind`: 2 for `dict[str, list[int]]`."""
    return 1 + levels(kind.item) if isinstance(kind, ItemsKind) else 0


# The classes of annotations; `get_origin` tells them apart too, and takes ten times as long.
_ANNOTATED: Any = type(Annotated[int, 0])
_UNIONS: Any = (types.UnionType, type(Union["int", None]))


def is_nullable(annotation: Any, evaluate: Callable[[Any], Any] | None = None) -> bool:
    """Whether an annotation allows null: `Maybe[int]` and `int | None` do; `evaluate` is as in `kind_of`."""
    annotation = _without_marks(annotation)
    if isinstance(annotation, (str, ForwardRef, TypeVar)) and evaluate is not None:
        annotation = _without_marks(evaluate(annotation))
    members = _union_members(annotation)
    return types.NoneType in members or None in members


def is_omissible(annotation: Any) -> bool:
    """Whether an annotation allows absence: `Maybe[int]` does."""
    return UnsetType in _union_members(_without_marks(annotation))


def wire_name_of(annotation: Any) -> str | None:
    """The name in an annotation's `WireName`, which is outside of `Maybe` or inside of it, or None."""
    marks = [
        *_marks(annotation),
        *(mark for member in _union_members(_without_marks(annotation)) for mark in _marks(member)),
    ]
    return next((mark.name for mark in marks if isinstance(mark, WireName)), None)


def _marks(annotation: Any) -> tuple[Any, ...]:
    # Python puts the marks of an inner `Annotated` before those of the one around it, which is the nearer to the property.
    return annotation.__metadata__[::-1] if isinstance(annotation, _ANNOTATED) else ()


def _without_marks(annotation: Any) -> Any:
    return annotation.__origin__ if isinstance(annotation, _ANNOTATED) else annotation


def _union_members(annotation: Any) -> tuple[Any, ...]:
    return annotation.__args__ if isinstance(annotation, _UNIONS) else (annotation,)


def kind_of(annotation: Any, evaluate: Callable[[Any], Any] | None = None) -> Kind:
    """The kind that an annotation means: `kind_of(list[ContactEntity])` is a list of contacts.

    `None` and `UnsetType` in a union are ignored. `evaluate` returns the type that a string, a `ForwardRef` or a type
    variable inside the annotation means. Raises TypeError for a type that no format can carry.
    """
    if isinstance(annotation, (str, ForwardRef, TypeVar)):
        return _kind_of_reference(annotation, evaluate)
    if isinstance(annotation, type):
        return _kind_of_class(annotation)
    if isinstance(annotation, _UNIONS):
        return _kind_of_union([a for a in annotation.__args__ if a is not types.NoneType and a is not UnsetType], evaluate)
    if isinstance(annotation, NewType):
        return kind_of(annotation.__supertype__, evaluate)
    origin, arguments = get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        marked = [mark for mark in arguments[1:] if isinstance(mark, ScalarKind)]
        return marked[-1] if marked else kind_of(arguments[0], evaluate)
    if origin is list and arguments:
        return ListKind(kind_of(arguments[0], evaluate), is_nullable(arguments[0], evaluate))
    if origin is dict and arguments[:1] == (str,):
        return DictionaryKind(kind_of(arguments[1], evaluate), is_nullable(arguments[1], evaluate))
    if is_carrier(origin):
        raise TypeError(f"{annotation!r} is no carrier: derive a class from it, `class Name({annotation!r})`")
    raise _refused(annotation)


def _refused(annotation: Any) -> TypeError:
    """The error for a type that no format can carry, with the way out where one is known."""
    known = (annotation, get_origin(annotation), type(annotation))
    advice = next((f": {advice}" for classes, advice in _ADVICE if any(each in classes for each in known)), "")
    return TypeError(f"{repr_of(annotation, 200)} is no type that a wire format can carry{advice}")


def _kind_of_class(cls: type) -> Kind:
    kind = _PLAIN_KINDS.get(cls) or _NAMED_KINDS.get((cls.__module__, cls.__qualname__))
    if kind is not None:
        return kind
    if issubclass(cls, enum.Enum):
        return EnumerationKind(cls) if issubclass(cls, enum.StrEnum) else _closed(cls)
    if is_carrier(cls):
        return NestedKind(cls)
    raise _refused(cls)


def _closed(members: type[enum.Enum]) -> EnumerationKind:
    if issubclass(members, enum.Flag):
        advice = "use Int32, or `Annotated[str | int, FlagsKind(…)]` for .NET's flags"
        raise TypeError(f"{members!r} is a Flag, whose values combine members: {advice}")
    types_of_values = {type(member.value) for member in members}
    if types_of_values not in ({str}, {int}):
        raise TypeError(f"{members!r} travels by value, so its values must all be strings, or all be integers")
    return EnumerationKind(members, open=False)


def _kind_of_reference(annotation: Any, evaluate: Callable[[Any], Any] | None) -> Kind:
    found = annotation if evaluate is None else evaluate(annotation)
    if isinstance(found, (str, ForwardRef, TypeVar)):
        raise TypeError(f"{repr_of(found, 200)} means no type here")
    return kind_of(found, evaluate)


def _kind_of_union(members: list[Any], evaluate: Callable[[Any], Any] | None) -> Kind:
    kinds = [kind_of(member, evaluate) for member in members]
    if len(kinds) == 1:
        return kinds[0]
    enumerations = [kind for kind in kinds if isinstance(kind, EnumerationKind) and kind.open]
    if len(kinds) == 2 and len(enumerations) == 1 and STRING in kinds:
        return enumerations[0]
    raise TypeError(f"a union of {' and '.join(kind.expected for kind in kinds)} has no one kind")
