"""What msgspec reads of a carrier, which differs from its annotations in a few kinds.

A kind that msgspec does not read as the wire means it gets a `Shape`: a type of ours, for which msgspec asks a hook. msgspec
reads the annotations of a class once, when it is first asked about it; for that moment it is shown others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from contactwire.builtins.scalars import single_reader
from contactwire.timestamps import Timestamp, parse_timestamp
from contactwire.wire import (
    DATE,
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    EXTRAS_ATTRIBUTE,
    UUID,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Extras,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    definition_of,
    innermost,
    kept_on_plan,
    reachable,
)

__all__ = ["Shape", "coercing_read_hook", "prepare", "read_hook", "shape_of", "spelled_otherwise"]

_LOCK = threading.RLock()


class Shape(type):
    """A type for which msgspec asks a hook: `read` makes a value of builtins, or raises ValueError.

    `coerce` does the same as the server's reader would.
    """

    read: Callable[[Any], Any]
    coerce: Callable[[Any], Any]

    # Whatever `read` gives is right, so any function will do that gives what is true; msgspec asks for each value.
    __instancecheck__ = id  # type: ignore[assignment]


def _shape(kind: Kind) -> Shape:
    members = {"read": single_reader(kind), "coerce": single_reader(kind, coerce=True)}
    return Shape("Shape", (), {name: staticmethod(read) for name, read in members.items()})


class _Members(dict[str, Any]):
    """The members of an open enumeration by name; for another name it gives the name."""

    def __missing__(self, name: Any) -> str:
        if type(name) is str:
            return name
        raise ValueError("a name is text")


def _open_enumeration(kind: EnumerationKind) -> Shape:
    # A look-up is done in C, and what is no name it refuses with a TypeError or a ValueError.
    read = _Members((member.value, member) for member in kind.members).__getitem__
    return Shape("Shape", (), {"read": staticmethod(read), "coerce": staticmethod(single_reader(kind, coerce=True))})


_PLAIN: dict[str, Any] = {"string": str, "boolean": bool, "date-time": Timestamp} | {
    kind.name: _shape(kind) for kind in (DOUBLE, DATE, UUID, DECIMAL)
}


class Nothing:
    """The shape of an inherited field that is out of use: whatever a sender calls so is an unknown member."""


def read_hook(shape: Any, value: Any) -> Any:
    """What msgspec asks for a value of a shape."""
    if shape is Timestamp:
        if type(value) is str:
            return parse_timestamp(value)
    elif shape is Extras:
        # Made by `assemble`; whatever a sender calls so is an unknown member like any other.
        if type(value) is Extras:
            return value
    elif shape is not Nothing:
        return shape.read(value)
    raise ValueError("not what belongs there")


def coercing_read_hook(shape: Any, value: Any) -> Any:
    """The same, where scalars are read as the server reads them."""
    return shape.coerce(value) if isinstance(shape, Shape) else read_hook(shape, value)


def shape_of(kind: Kind) -> Any:
    """The type by which msgspec reads a kind."""
    match kind:
        case NestedKind():
            return kind.carrier
        case ListKind():
            return list[_item_shape(kind)]  # type: ignore[misc]
        case DictionaryKind():
            return dict[str, _item_shape(kind)]  # type: ignore[misc]
        case EnumerationKind(open=True):
            return _open_enumeration(kind)
        case EnumerationKind():
            return _shape(kind)
        case ScalarKind():
            return _PLAIN.get(kind.name) or Annotated[int, msgspec.Meta(ge=kind.minimum, le=kind.maximum)]


def _item_shape(kind: ListKind | DictionaryKind) -> Any:
    shape = shape_of(kind.item)
    return shape | None if kind.nullable else shape


@kept_on_plan
def prepare(plan: CarrierPlan) -> bool:
    """Show msgspec what to read of a carrier and of all that it leads to; raises TypeError for what cannot be read."""
    with _LOCK:
        fresh = [each for each in reachable(plan) if not each.memo.get(_prepared)]
        for each in fresh:
            if definition_of(each.carrier).trailing:
                raise TypeError(f"{each.carrier.__name__} is a base for carriers (trailing=True): derive one from it")
        written = [(each.carrier, each.carrier.__annotations__) for each in fresh]
        try:
            for each in fresh:
                each.carrier.__annotations__ = _shapes(each)
            for each in fresh:
                msgspec.json.Decoder(each.carrier)
                each.memo[_prepared] = True
        finally:
            for cls, annotations in written:
                cls.__annotations__ = annotations
    return True


_prepared = object()


def _shapes(plan: CarrierPlan) -> dict[str, Any]:
    """The type of each field of a carrier's Struct, and of whatever else its bases annotate, which is none of msgspec's."""
    cls: Any = plan.carrier
    others = {name: Any for base in cls.__mro__ for name in vars(base).get("__annotations__", ())}
    slots = definition_of(cls).slots
    shapes: dict[str, Any] = dict.fromkeys(cls.__struct_fields__, Nothing)
    for field in plan.fields:
        shape = shape_of(field.kind)
        shapes[slots[field.attribute]] = shape | None if field.nullable else shape
    shapes[slots[EXTRAS_ATTRIBUTE]] = Extras
    return others | shapes


@kept_on_plan
def spelled_otherwise(plan: CarrierPlan) -> Callable[[Any], bool] | None:
    """The function that says whether a carrier itself holds a value that msgspec would spell otherwise than the wire.

    That is a `datetime` of Python's own, and a `Decimal`, which msgspec writes as a string.
    """
    found = [field for field in plan.fields if innermost(field.kind) in (DATE_TIME, DECIMAL)]
    if any(field.kind != DATE_TIME for field in found):
        getters = [attrgetter(field.attribute) for field in found]
        return lambda carrier: any(_is_one(get(carrier)) for get in getters)
    if not found:
        return None
    get: Any = attrgetter(*[field.attribute for field in found])
    if len(found) == 1:
        return lambda carrier: type(get(carrier)) is datetime
    return lambda carrier: datetime in map(type, get(carrier))


def _is_one(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return any(map(_is_one, value.values() if isinstance(value, dict) else value))
    return type(value) is datetime or type(value).__name__ == "Decimal"
