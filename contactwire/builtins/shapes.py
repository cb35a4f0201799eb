"""The types by which msgspec reads a carrier's properties, which for some kinds are not those of its annotations.

msgspec would read some kinds otherwise than the wire means them: an open enumeration, a double, a date. The type for such a
kind is a `Shape`, a class that msgspec does not know, so it calls a hook for each value (`read_hook`). msgspec reads the
annotations of a class once, when a decoder for it is first created. `prepare` creates that decoder, and replaces the
annotations by these types for that moment.
"""

from __future__ import annotations

import enum
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, NewType
from weakref import ref

import msgspec

from contactwire.builtins.scalars import single_reader
from contactwire.timestamps import Timestamp, parse_timestamp
from contactwire.wire import (
    DATE,
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    EXTRAS_ATTRIBUTE,
    STRING,
    UUID,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Extras,
    FlagsKind,
    ItemsKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    Usual,
    definition_of,
    innermost,
    is_carrier,
    kept_on_plan,
    reachable,
)

__all__ = ["Shape", "coercing_read_hook", "prepare", "read_hook", "shape_of", "spelled_otherwise"]

_LOCK = threading.RLock()


class Shape(type):
    """A type whose values msgspec has a hook read: `read` turns builtins into a value, or raises ValueError.

    `coerce` does the same, but takes what the server's reader takes: `"3"` for 3.
    """

    read: Callable[[Any], Any]
    coerce: Callable[[Any], Any]

    # msgspec checks each value that a hook returned with isinstance. `read` has checked it already, so any function in C
    # that always returns something true will do.
    __instancecheck__ = id  # type: ignore[assignment]


def _shape(kind: Kind, read: Callable[[Any], Any] | None = None) -> Shape:
    read, coerce = read or single_reader(kind), single_reader(kind, coerce=True)
    return Shape("Shape", (), {"read": staticmethod(read), "coerce": staticmethod(coerce)})


def _open_enumeration(kind: EnumerationKind) -> Shape:
    # A dictionary's look-up runs in C. It raises TypeError for a value that cannot be a key, such as a list.
    return _shape(kind, Usual({member.value: member for member in kind.members}, single_reader(STRING)).__getitem__)


def _flags(kind: FlagsKind) -> Any:
    # A contact with all that it has holds dozens of flags, and a hook for each would cost a quarter of the time to read it.
    # For a class of `enum`, msgspec looks texts up in C, in a table that it takes from the class, and calls `_missing_` for
    # any other text. Here neither gives members. A number that flags may explain is refused, so that `assemble` spells it
    # first; and so are known names in another letter case, which mean different things with `coerce` and without.
    make: Any = enum.Enum
    shape = make("Flags", {"NONE": ""})
    shape._value2member_map_ = {"": "", **kind.spellings}
    shape._missing_ = staticmethod(partial(_kept, kind))
    inexplicable = range(kind.largest + 1, 2**63)
    return shape | Annotated[int, msgspec.Meta(ge=inexplicable[0], le=inexplicable[-1])] if inexplicable else shape


def _kept(kind: FlagsKind, text: str) -> str | int | None:
    """What is kept of a text of flags; None, which msgspec takes for a refusal, if `coerce` would keep another."""
    kept = kind.spellings[text]
    return kept if kind.coerced(kept) == kept else None


_PLAIN: dict[str, Any] = {"string": str, "boolean": bool, "date-time": Timestamp} | {
    kind.name: _shape(kind) for kind in (DOUBLE, DATE, UUID, DECIMAL)
}


class Nothing:
    """The type of an inherited field that a new field replaces: a member of that name is an unknown member."""


def read_hook(shape: Any, value: Any) -> Any:
    """The hook by which msgspec reads a value whose type it does not know; raises ValueError for a wrong value."""
    if shape is Timestamp:
        if type(value) is str:
            return parse_timestamp(value)
    elif shape is Extras:
        # `assemble` puts an `Extras` here. Anything else is a sender's member whose name is the mark, so an unknown one.
        if type(value) is Extras:
            return value
    elif shape is not Nothing:
        return shape.read(value)
    raise ValueError("a value of the wrong type")


def coercing_read_hook(shape: Any, value: Any) -> Any:
    """The hook for `coerce`: as `read_hook`, but it reads scalars as the server's reader does."""
    return shape.coerce(value) if isinstance(shape, Shape) else read_hook(shape, value)


if sys.version_info >= (3, 14):

    class _Weakly(NewType):
        """A carrier class as a member of a union, which does not keep the class alive; msgspec takes it for the class."""

        def __init__(self, carrier: type) -> None:
            self._carrier = ref(carrier)

        @property
        def __supertype__(self) -> Any:  # type: ignore[override]
            return self._carrier()

    # msgspec 0.22 never releases the members of a union that it has read.
    _in_union: Callable[[type], Any] = _Weakly
else:

    def _in_union(carrier: type) -> type:
        return carrier


def shape_of(kind: Kind, held: Callable[[type], Any] = lambda carrier: carrier) -> Any:
    """The type by which msgspec reads values of a kind; `held` gives what stands for a carrier class in it."""
    match kind:
        case NestedKind():
            return held(kind.carrier)
        case ListKind():
            return list[_item_shape(kind, held)]  # type: ignore[misc]
        case DictionaryKind():
            return dict[str, _item_shape(kind, held)]  # type: ignore[misc]
        case EnumerationKind(open=True):
            return _open_enumeration(kind)
        case EnumerationKind():
            return _shape(kind)
        case FlagsKind():
            return _flags(kind)
        case ScalarKind():
            return _PLAIN.get(kind.name) or Annotated[int, msgspec.Meta(ge=kind.minimum, le=kind.maximum)]


def _item_shape(kind: ItemsKind, held: Callable[[type], Any]) -> Any:
    return _or_null(kind.item) if kind.nullable else shape_of(kind.item, held)


def _or_null(kind: Kind) -> Any:
    return shape_of(kind, _in_union) | None


@kept_on_plan
def prepare(plan: CarrierPlan) -> bool:
    """Have msgspec read the types of a carrier's properties, and those of all carriers that it can hold, at any depth.

    Raises TypeError for a base with `trailing=True`, which no document can hold.
    """
    with _LOCK:
        fresh = [each for each in reachable(plan) if not each.memo.get(_prepared)]
        for each in fresh:
            if definition_of(each.carrier).trailing:
                raise TypeError(f"{each.carrier.__name__} is a base for carriers (trailing=True): derive one from it")
        with _shown(fresh), _unread(fresh):
            for each in fresh:
                msgspec.json.Decoder(each.carrier)
                each.memo[_prepared] = True
    return True


@contextmanager
def _shown(plans: Iterable[CarrierPlan]) -> Iterator[None]:
    """Inside, the annotations of carriers are the types by which msgspec reads them."""
    written = [(each.carrier, each.carrier.__annotations__) for each in plans]
    try:
        for each in plans:
            each.carrier.__annotations__ = _shapes(each)
        yield
    finally:
        for cls, annotations in written:
            cls.__annotations__ = annotations


if sys.version_info >= (3, 14):

    @contextmanager
    def _unread(plans: Iterable[CarrierPlan]) -> Iterator[None]:
        """Inside, other bases of carriers have no annotations, since to read them is to evaluate them (PEP 649).

        They may mention names that are there for type checkers only.
        """
        bases: set[Any] = {base for each in plans for base in each.carrier.__mro__ if not is_carrier(base)}
        waiting = {base: base.__annotate__ for base in bases if getattr(base, "__annotate__", None) is not None}
        try:
            for base in waiting:
                base.__annotations__ = {}
            yield
        finally:
            for base, annotate in waiting.items():
                base.__annotate__ = annotate
else:

    def _unread(plans: Iterable[CarrierPlan]) -> nullcontext[None]:
        return nullcontext()


_prepared = object()


def _shapes(plan: CarrierPlan) -> dict[str, Any]:
    """The annotations to show msgspec: a type for each field of the Struct, `Any` for all else that the bases annotate."""
    cls: Any = plan.carrier
    others = {name: Any for base in cls.__mro__ for name in vars(base).get("__annotations__", ())}
    slots = definition_of(cls).slots
    shapes: dict[str, Any] = dict.fromkeys(cls.__struct_fields__, Nothing)
    for field in plan.fields:
        shapes[slots[field.attribute]] = _or_null(field.kind) if field.nullable else shape_of(field.kind)
    shapes[slots[EXTRAS_ATTRIBUTE]] = Extras
    return others | shapes


@kept_on_plan
def spelled_otherwise(plan: CarrierPlan) -> Callable[[Any], bool] | None:
    """The function that says whether a property of a carrier has a value that msgspec would not spell as the wire does.

    That is a plain `datetime`, and a `Decimal`, which msgspec writes as a string. None if the carrier has no such property.
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
