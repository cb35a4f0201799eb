"""Bodies of XML and forms with a wrong text where a number, boolean, date, date-time or UUID belongs.

To find the text of a value in a body, the codec writes two carriers that differ in this value only. The place where the two
bodies differ is the text to replace.
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

from contactwire.codecs import Codec
from contactwire.errors import ValidationError
from contactwire.paths import escape
from contactwire.testing.body_strategies import encoded, fitting
from contactwire.testing.wrong_values import AlmostRight, name_of
from contactwire.timestamps import Timestamp
from contactwire.wire import DictionaryKind, Kind, ListKind, NestedKind, innermost, plan_of

__all__ = ["holds_texts", "with_wrong_text"]

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
    "date-time": ["x", "2020-01-01", "2020-13-01T00:00:00", "2020-01-01T00:00:00.12345678", "0"],
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
    name = name_of(route.kind)
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
    return name_of(kind) in _PAIRS
