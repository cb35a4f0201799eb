"""Strategies for almost right bodies: valid but for one fault, which is known."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from contactwire.builtins import to_builtins
from contactwire.codecs import Codec
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError, EncodeError, ValidationError, shorten
from contactwire.paths import escape
from contactwire.testing.body_strategies import fits, fitting, format_of, spelled_as_json
from contactwire.testing.value_strategies import plain_values, spellings
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    innermost,
    plan_of,
)

__all__ = ["AlmostRight", "almost_right"]


@attrs.frozen
class AlmostRight:
    """A body that is valid but for one fault, and what decoding it must report.

    `error` is the class of the error. For a `ValidationError`, `pointer` and `expected` are those of its only issue; they
    are empty for a body that is not well-formed. `fault` says what was planted.
    """

    body: bytes
    error: type[ContactWireError]
    pointer: str
    expected: str
    fault: str


def almost_right(cls: type, codec: Codec | None = None) -> st.SearchStrategy[AlmostRight]:
    """Bodies of a carrier with one fault planted somewhere, in the format of `codec`, JSON if none is given.

    The faults are those that the codec's options make one: a value of a wrong kind or out of range at any place, text that
    is not well-formed, an unknown property where `unknown` is "error", a repeated one where `duplicates` is, nesting over
    `max_depth`. Names on the way to a fault may be in another letter case, and the pointer has them as they are. Raises
    TypeError where nothing can be wrong, as in a form of strings, and for codecs of patches and of other formats.
    """
    codec = JsonCodec() if codec is None else codec
    makers = _JSON if isinstance(codec, JsonCodec) else _TEXT.get(format_of(codec))
    possible = [_almost_right(make, cls, codec) for make in makers or () if _applies(make, cls, codec)]
    if not possible:
        raise TypeError(f"no faults are known for {cls.__name__} in bodies of {type(codec).__name__}")
    return st.one_of(possible)


Maker = Callable[[st.DrawFn, type, Any], AlmostRight]


@st.composite
def _almost_right(draw: st.DrawFn, make: Maker, cls: type, codec: Codec) -> AlmostRight:
    return make(draw, cls, codec)


def _applies(make: Maker, cls: type, codec: Any) -> bool:
    if make is _wrong_text:
        return _leads(NestedKind(cls), ())
    if make is _repeated:
        return codec.duplicates == "error" and bool(_with_two_spellings(cls))
    return make is not _unknown or getattr(codec, "unknown", None) == "error"


def _spelled(draw: st.DrawFn, data: Any, *, shuffle: bool = True) -> bytes:
    orders = st.none() | st.integers(0, 2**32) if shuffle else st.none()
    return spelled_as_json(data, draw(st.sampled_from([None, 0, 2])), draw(st.booleans()), draw(orders))


def _wrong_value(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    """A value of a wrong kind, or out of range, at any place that has a kind."""
    planted = _Planter(draw, codec).plant(NestedKind(cls), to_builtins(draw(fitting(cls, codec))), 4)
    if not fits(planted.data, codec):
        reject()
    fault = f"{shorten(planted.wrong)} where {planted.expected} belongs"
    return AlmostRight(_spelled(draw, planted.data), ValidationError, planted.pointer, planted.expected, fault)


@attrs.frozen
class _Planted:
    """Builtins with a wrong value in them, the pointer to it, and what is expected there."""

    data: Any
    pointer: str
    expected: str
    wrong: Any

    def inside(self, token: str, put: Callable[[Any], Any]) -> _Planted:
        """The same seen from what holds it, which `put` makes."""
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
        """`value`, or if there is none, a value of the kind, as builtins."""
        return self.draw(plain_values(kind, extras=self.codec.unknown != "error")) if value is None else value


_WRONG: Mapping[str, list[Any]] = {
    "string": [[], {}, ["x"]],
    "boolean": ["yes", "", 1.5, [], {}],
    "double": ["x", "", "NaN", True, [], {}, 10**400],
    "date-time": [
        "",
        "x",
        "2020-01-01",
        "2020-13-01T00:00:00",
        "2020-01-01T00:00:00.12345678",
        "2020-01-01T00:00:00+15:00",
        5,
        [],
    ],
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
    """Builtins that are no value of a kind, null aside."""
    wrong = _WRONG[_name(kind)] + ([] if coerce else _WRONG_UNLESS_COERCED.get(_name(kind), []))
    if isinstance(kind, ScalarKind) and kind.minimum is not None and kind.maximum is not None:
        wrong = [*wrong, kind.minimum - 1, kind.maximum + 1, 10**30]
    return st.sampled_from(wrong)


def _name(kind: Kind) -> str:
    if isinstance(kind, ScalarKind):
        return kind.name if kind.minimum is None else "integer"
    return _KIND_NAMES[type(kind)]


def _not_json(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    body = _spelled(draw, to_builtins(draw(fitting(cls, codec))))
    broken, fault = draw(st.sampled_from(_BROKEN_JSON))(draw, body)
    return AlmostRight(broken, DecodeError, "", "", fault)


Break = Callable[[st.DrawFn, bytes], tuple[bytes, str]]


def _cut(draw: st.DrawFn, body: bytes) -> tuple[bytes, str]:
    end = draw(st.integers(0, len(body) - 1))
    return body[:end], f"cut off after {end} bytes"


def _breaking(fault: str, change: Callable[[bytes], bytes]) -> Break:
    return lambda draw, body: (change(body), fault)


_BROKEN_JSON: list[Break] = [
    _cut,
    _breaking("a byte order mark", lambda body: b"\xef\xbb\xbf" + body),
    _breaking("a comma before the end", lambda body: body[:-1] + b",}"),
    _breaking("a second value", lambda body: body + b"{}"),
    _breaking("a comment", lambda body: b"/* x */" + body),
    _breaking("single quotes", lambda body: b"{'Name': " + body + b"}"),
    _breaking("a number with a leading zero", lambda body: b'{"x": 01, "y": ' + body + b"}"),
    _breaking("a control character in a string", lambda body: b'{"x": "\n", "y": ' + body + b"}"),
    _breaking("an unknown escape", lambda body: b'{"x": "\\x", "y": ' + body + b"}"),
    _breaking("bytes that are not UTF-8", lambda body: b'{"x": "\xe5", "y": ' + body + b"}"),
    _breaking("a lone surrogate", lambda body: b'{"x": "\\ud800", "y": ' + body + b"}"),
    _breaking("NaN", lambda body: b'{"x": NaN, "y": ' + body + b"}"),
]


def _too_deep(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    levels = codec.max_depth + draw(st.integers(1, 3))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"x":', "}")]))
    return AlmostRight(
        f"{opening * levels}null{closing * levels}".encode(), ContentTooLarge, "", "", f"{levels} levels of nesting"
    )


def _repeated(draw: st.DrawFn, cls: type, codec: JsonCodec) -> AlmostRight:
    data = to_builtins(draw(fitting(cls, codec)))
    field = draw(st.sampled_from(_with_two_spellings(cls)))
    again = field.name.swapcase()
    data |= {field.name: None, again: data.get(field.name)}
    body = _spelled(draw, data, shuffle=False)
    return AlmostRight(body, ValidationError, f"/{escape(again)}", "one value", f"{field.name} and {again}")


def _with_two_spellings(cls: type) -> list[FieldPlan]:
    return [field for field in plan_of(cls).fields if field.name.isascii() and field.name != field.name.swapcase()]


def _unknown(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    carrier: Any = draw(fitting(cls, codec, extras=False))
    name = next(name for name in ("NoSuchProperty", "NoSuchPropertyEither") if plan_of(cls).find(name) is None)
    carrier.extras = {name: "x"}
    return AlmostRight(_encoded(codec, carrier), ValidationError, f"/{name}", "a known property", f"{name} is no property")


def _encoded(codec: Codec, carrier: Any) -> bytes:
    try:
        return codec.encode(carrier)
    except EncodeError:
        # The format has no way to say this.
        reject()


def _wrong_text(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    """A wrong text where a number, boolean or date-time belongs.

    The codec itself shows the place: two carriers that differ in one value give two bodies that differ in one place.
    """
    route = _route(draw, NestedKind(cls), codec, ())
    pointer, kind = route.pointer, route.kind
    name = _name(kind)
    one, other = (_encoded(codec, route.wrap(value)) for value in _PAIRS[name])
    start, end = _difference(one, other)
    wrong = draw(st.sampled_from(_WRONG_TEXTS[name]))
    body = one[:start] + wrong.encode() + one[end:]
    return AlmostRight(body, ValidationError, pointer, kind.expected, f"{wrong!r} where {kind.expected} belongs")


def _difference(one: bytes, other: bytes) -> tuple[int, int]:
    shorter = min(len(one), len(other))
    start = next(at for at in range(shorter) if one[at] != other[at])
    tail = next(at for at in range(1, shorter) if one[-at] != other[-at]) - 1
    return start, len(one) - tail


_PAIRS: Mapping[str, tuple[Any, Any]] = {
    # Two values whose texts begin differently, and end differently as far as that matters.
    "boolean": (True, False),
    "double": (1, 22),
    "integer": (1, 22),
    "date-time": (Timestamp.parse("1999-12-31T23:59:58"), Timestamp.parse("2001-01-01T00:00:00")),
}
_WRONG_TEXTS: Mapping[str, list[str]] = {
    "boolean": ["maybe", "2", "-"],
    "double": ["x", "1,5", "--1", "0x10", "1e", "1e999"],
    "integer": ["x", "1.5", "--1", "0x10", "1e3", "99999999999999999999"],
    "date-time": ["x", "2020-01-01", "2020-13-01T00:00:00", "2020-01-01T00:00:00.12345678", "0"],
}


@attrs.frozen
class _Route:
    """The way to one scalar: `wrap` makes the outermost value with it inside, `pointer` leads to it."""

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
    leading = [field for field in plan_of(cls).fields if _leads(field.kind, (*above, cls))]
    field = draw(st.sampled_from(leading))
    inner = _route(draw, field.kind, codec, (*above, cls))
    around = draw(fitting(cls, codec, extras=False))

    def wrap(value: Any) -> Any:
        carrier = copy.copy(around)
        try:
            setattr(carrier, field.attribute, inner.wrap(value))
        except (ValueError, TypeError):
            # A validator of the class's own wants something else.
            reject()
        return carrier

    return _Route(wrap, f"/{escape(field.name)}{inner.pointer}", inner.kind)


def _leads(kind: Kind, above: tuple[type, ...]) -> bool:
    """Whether a number, boolean or date-time can stand somewhere inside a kind, without a carrier inside itself."""
    kind = innermost(kind)
    if isinstance(kind, NestedKind):
        inside = (*above, kind.carrier)
        return kind.carrier not in above and any(_leads(field.kind, inside) for field in plan_of(kind.carrier).fields)
    return _name(kind) in _PAIRS


def _not_xml(draw: st.DrawFn, cls: type, codec: Codec) -> AlmostRight:
    body = _encoded(codec, draw(fitting(cls, codec))).rstrip()
    broken, fault = draw(st.sampled_from(_BROKEN_XML))(draw, body)
    return AlmostRight(broken, DecodeError, "", "", fault)


_BROKEN_XML: list[Break] = [
    _cut,
    _breaking("a tag that nothing opened", lambda body: body + b"</x>"),
    _breaking("a second root", lambda body: body + b"<x/>"),
    _breaking("text behind the root", lambda body: body + b"x"),
    _breaking("an unknown entity", lambda body: b"<x>&y;</x>"),
    _breaking("a document type", lambda body: b"<!DOCTYPE x><x/>"),
    _breaking("bytes that are not UTF-8", lambda body: b"<x>\xe5</x>"),
    _breaking("a control character", lambda body: b"<x>\x01</x>"),
    _breaking("an attribute twice", lambda body: b"<x a='' a=''/>"),
    _breaking("a prefix that means nothing", lambda body: b"<y:x/>"),
]

_JSON: list[Maker] = [_wrong_value, _not_json, _too_deep, _unknown, _repeated]
_TEXT: Mapping[str, list[Maker]] = {"xml": [_wrong_text, _not_xml, _unknown], "form": [_wrong_text, _unknown]}
