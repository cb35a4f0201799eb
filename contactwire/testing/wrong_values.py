"""Bodies with one value of a wrong kind, or out of range.

For JSON, a strategy draws valid builtins first. A walk down their kinds then draws the place of the fault, and the wrong
value.

For XML and forms, the wrong value is a text where a number, boolean, date, date-time or UUID belongs. To find the text of a
value in a body, the codec writes two carriers that differ in this value only. The place where the two bodies differ is the
text to replace.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from contactwire.builtins import to_builtins
from contactwire.codecs import Codec
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, ValidationError, shorten
from contactwire.paths import escape
from contactwire.testing.body_strategies import encoded, fits, fitting, spelled_as_json
from contactwire.testing.value_strategies import plain_values, spellings
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    innermost,
    numbers_of,
    plan_of,
)

__all__ = ["AlmostRight", "holds_texts", "spelled", "with_wrong_text", "with_wrong_value"]

_LEVELS = 4


@attrs.frozen
class AlmostRight:
    """A body that is valid except for one fault, and the error that decoding it must raise.

    `error` is the class of the error. For a `ValidationError`, `pointer` and `expected` are those of its only issue; for
    other errors they are empty. `fault` describes the fault.
    """

    body: bytes
    error: type[ContactWireError]
    pointer: str
    expected: str
    fault: str


def with_wrong_value(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    """A JSON body with a value of a wrong kind, or out of range, at any place; names may be in another letter case."""
    planted = _Planter(draw, codec).plant(NestedKind(cls), to_builtins(draw(fitting(cls, codec))), _LEVELS)
    if not fits(planted.data, codec):
        reject()
    fault = f"{shorten(planted.wrong)} where {planted.expected} belongs"
    return AlmostRight(spelled(draw, planted.data), ValidationError, planted.pointer, planted.expected, fault)


def spelled(draw: st.DrawFn, data: Any, *, shuffle: bool = True) -> bytes:
    """JSON text of some builtins, laid out in any way; unless `shuffle`, members stay in their order."""
    orders = st.none() | st.integers(0, 2**32) if shuffle else st.none()
    return spelled_as_json(data, draw(st.sampled_from([None, 0, 2])), draw(st.booleans()), draw(orders))


@attrs.frozen
class _Planted:
    """Builtins (`data`) with a `wrong` value in them, the pointer to it, and the kind that is expected there."""

    data: Any
    pointer: str
    expected: str
    wrong: Any

    def inside(self, token: str, put: Callable[[Any], Any]) -> _Planted:
        """The same fault inside the container that `put` builds around the data; `token` is its key there."""
        return _Planted(put(self.data), f"/{escape(token)}{self.pointer}", self.expected, self.wrong)


@attrs.frozen
class _Planter:
    """Puts one wrong value somewhere into valid builtins of a kind, at most `depth` levels inside."""

    draw: st.DrawFn
    codec: JsonCodec

    def plant(self, kind: Kind, data: Any, depth: int) -> _Planted:
        if depth and self.draw(st.integers(0, 4)):
            match kind:
                case NestedKind() if plan_of(kind.carrier).fields:
                    return self._in_carrier(plan_of(kind.carrier), data, depth - 1)
                case ListKind():
                    return self._in_list(kind, data, depth - 1)
                case DictionaryKind():
                    return self._in_dictionary(kind, data, depth - 1)
        wrong = self.draw(_wrong(kind, self.codec.coerce))
        return _Planted(wrong, "", kind.expected, wrong)

    def _in_carrier(self, plan: CarrierPlan, data: Any, depth: int) -> _Planted:
        field = self.draw(st.sampled_from(plan.fields))
        name = self.draw(spellings(field.name))
        others = {other: value for other, value in data.items() if other != field.name}
        planted = self.plant(field.kind, self._valid(field.kind, data.get(field.name)), depth)
        return planted.inside(name, lambda inner: {**others, name: inner})

    def _in_list(self, kind: ListKind, data: Any, depth: int) -> _Planted:
        index = self.draw(st.integers(0, len(data)))
        planted = self._item(kind, data[index] if index < len(data) else None, depth)
        return planted.inside(str(index), lambda inner: [*data[:index], inner, *data[index + 1 :]])

    def _in_dictionary(self, kind: DictionaryKind, data: Any, depth: int) -> _Planted:
        key = self.draw(st.sampled_from([*data, "key"]))
        return self._item(kind, data.get(key), depth).inside(key, lambda inner: {**data, key: inner})

    def _item(self, kind: ListKind | DictionaryKind, item: Any, depth: int) -> _Planted:
        if not kind.nullable and not self.draw(st.integers(0, 4)):
            return _Planted(None, "", kind.item.expected, None)
        return self.plant(kind.item, self._valid(kind.item, item), depth)

    def _valid(self, kind: Kind, value: Any) -> Any:
        """`value`, or if that is None, builtins of the kind."""
        return self.draw(plain_values(kind, extras=self.codec.unknown != "error")) if value is None else value


_NO_DATE_TIMES = ["x", "0", "2020-01-01", "2020-13-01T00:00:00", "2020-01-01T00:00:00.12345678", "2020-01-01T00:00:00+15:00"]
_WRONG: Mapping[str, list[Any]] = {
    "string": [[], {}, ["x"]],
    "boolean": ["yes", "", 1.5, [], {}],
    "double": ["x", "", "NaN", True, [], {}, 10**400],
    "date-time": ["", *_NO_DATE_TIMES, 5, []],
    "date": ["", "x", "2020-13-01", "2020-01-01T00:00:00", 5, True, [], {}],
    "decimal": ["", "x", "NaN", "1,5", True, [], {}],
    "uuid": ["", "x", 5, True, [], {}],
    "flags": [1.5, True, [], {}, ["x"], 2**63, -(2**63) - 1],
    "enumeration": [-1, True, [], {}],
    "integer": ["x", "", "1.5", 1.5, 5.0, True, [], {}],
    "carrier": ["", "x", 1, True, [], [{}]],
    "list": ["", "x", 1, True, {}],
    "dictionary": ["", "x", 1, True, [], [{}]],
}
_WRONG_UNLESS_COERCED: Mapping[str, list[Any]] = {
    "string": [1, 1.5, True],
    "boolean": [0, 1, "true"],
    "double": ["1.5"],
    "decimal": ["1.5"],
    "enumeration": [0],
    "integer": ["3"],
}
_KIND_NAMES: Mapping[type, str] = {
    EnumerationKind: "enumeration",
    NestedKind: "carrier",
    ListKind: "list",
    DictionaryKind: "dictionary",
}


def _wrong(kind: Kind, coerce: bool) -> st.SearchStrategy[Any]:
    """Builtins that are no value of a kind, without null."""
    wrong = _WRONG[_name_of(kind)] + ([] if coerce else _WRONG_UNLESS_COERCED.get(_name_of(kind), []))
    if isinstance(kind, ScalarKind) and kind.minimum is not None and kind.maximum is not None:
        wrong = [*wrong, kind.minimum - 1, kind.maximum + 1, 10**30]
    if isinstance(kind, EnumerationKind):
        right = {member.value for member in kind.members} | (set(numbers_of(kind.members)) if coerce else set())
        wrong = [value for value in wrong if type(value) is not int or value not in right]
    return st.sampled_from(wrong)


def _name_of(kind: Kind) -> str:
    """The key of a kind in the tables of wrong values: "integer" for the integers of all ranges, "carrier", "date-time"."""
    if isinstance(kind, ScalarKind):
        return kind.name if kind.minimum is None else "integer"
    return _KIND_NAMES[type(kind)]


_PAIRS: Mapping[str, tuple[Any, Any]] = {
    # Two values whose texts have no common start and no common end, except the `e` of true and false.
    "boolean": (True, False),
    "double": (1, 22),
    "integer": (1, 22),
    "date-time": (Timestamp.parse("1999-12-31T23:59:58"), Timestamp.parse("2001-01-01T00:00:00")),
    "date": (date(1999, 12, 31), date(2001, 1, 10)),
    "decimal": (Decimal(1), Decimal(22)),
    "uuid": (UUID("1" * 32), UUID("2" * 32)),
}
_WRONG_TEXTS: Mapping[str, list[str]] = {
    "boolean": ["maybe", "2", "-"],
    "double": ["x", "1,5", "--1", "0x10", "1e", "1e999"],
    "integer": ["x", "1.5", "--1", "0x10", "1e3", "99999999999999999999"],
    "date-time": _NO_DATE_TIMES,
    "date": ["x", "2020-13-01", "2020-01-01T00:00:00", "0"],
    "decimal": ["x", "1,5", "--1", "0x10", "1e"],
    "uuid": ["x", "0"],
}


def holds_texts(cls: type) -> bool:
    """Whether a carrier class has, at any depth, a place for a value with wrong texts."""
    return _holds_texts(NestedKind(cls), ())


def with_wrong_text(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    """A body with one wrong text; `cls` must be one for which `holds_texts` is true."""
    route = _route(draw, NestedKind(cls), codec, ())
    name = _name_of(route.kind)
    one, other = (encoded(codec, route.wrap(value)) for value in _PAIRS[name])
    start, end = _difference(one, other)
    wrong = draw(st.sampled_from(_WRONG_TEXTS[name]))
    body, expected = one[:start] + wrong.encode() + one[end:], route.kind.expected
    return AlmostRight(body, ValidationError, route.pointer, expected, f"{wrong!r} where {expected} belongs")


def _difference(one: bytes, other: bytes) -> tuple[int, int]:
    shorter = min(len(one), len(other))
    start = next(at for at in range(shorter) if one[at] != other[at])
    tail = next(at for at in range(1, shorter) if one[-at] != other[-at]) - 1
    return start, len(one) - tail


@attrs.frozen
class _Route:
    """The path to one scalar: `wrap` puts a value there into a new outermost carrier, `pointer` is its JSON Pointer."""

    wrap: Callable[[Any], Any]
    pointer: str
    kind: Kind


def _route(draw: st.DrawFn, kind: Kind, codec: Codec, above: tuple[type, ...]) -> _Route:
    match kind:
        case ListKind():
            inner = _route(draw, kind.item, codec, above)
            return _Route(lambda value: [inner.wrap(value)], f"/0{inner.pointer}", inner.kind)
        case DictionaryKind():
            inner = _route(draw, kind.item, codec, above)
            return _Route(lambda value: {"key": inner.wrap(value)}, f"/key{inner.pointer}", inner.kind)
        case NestedKind():
            return _route_through_carrier(draw, kind.carrier, codec, above)
    return _Route(lambda value: value, "", kind)


def _route_through_carrier(draw: st.DrawFn, cls: type, codec: Codec, above: tuple[type, ...]) -> _Route:
    possible = [field for field in plan_of(cls).fields if _holds_texts(field.kind, (*above, cls))]
    field = draw(st.sampled_from(possible))
    inner = _route(draw, field.kind, codec, (*above, cls))
    around = draw(fitting(cls, codec, extras=False))

    def wrap(value: Any) -> Any:
        carrier = copy.copy(around)
        try:
            setattr(carrier, field.attribute, inner.wrap(value))
        except (ValueError, TypeError):
            # The class has a validator that refuses the value.
            reject()
        return carrier

    return _Route(wrap, f"/{escape(field.name)}{inner.pointer}", inner.kind)


def _holds_texts(kind: Kind, above: tuple[type, ...]) -> bool:
    """Whether a kind has, at any depth, a place for a value with wrong texts, not counting the classes `above`."""
    kind = innermost(kind)
    if isinstance(kind, NestedKind):
        inside = (*above, kind.carrier)
        return kind.carrier not in above and any(_holds_texts(field.kind, inside) for field in plan_of(kind.carrier).fields)
    return _name_of(kind) in _PAIRS
