"""JSON values as patches hold, read, write and compare them, on carriers and on plain JSON alike."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from weakref import ref

from contactwire.builtins import (
    MAX_DEPTH,
    Policy,
    depth_of,
    explain,
    from_json,
    invalid,
    to_builtins,
    to_json,
    to_sorted_json,
    write_any,
    write_kind,
)
from contactwire.errors import ContentTooLarge
from contactwire.timestamps import Timestamp, format_timestamp, parse_timestamp
from contactwire.wire import (
    STRING,
    UNSET,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    innermost,
    is_carrier,
    kind_of,
    plan_of,
)

__all__ = [
    "Copies",
    "canonical",
    "changes",
    "check_result_depth",
    "describe",
    "equals",
    "freeze",
    "inside",
    "is_deep",
    "is_object",
    "kind_of_value",
    "levels_at_most",
    "plain",
    "read",
    "same",
    "text_of",
    "thaw",
]

thaw = from_json
"""The builtins that frozen JSON stands for, made anew at each call."""

freeze = to_json
"""The JSON text of builtins: what an immutable patch holds instead of them."""

canonical = to_sorted_json
"""The JSON text of builtins, the same for two objects whose members stand in another order."""

_STRICT, _COERCING = Policy(), Policy(coerce=True)


def plain(kind: Kind | None, value: Any, depth: int = MAX_DEPTH) -> Any:
    """The builtins of any value, `kind` where it is known. Raises `EncodeError` with every fault."""
    if value is None:
        return None
    if kind is not None:
        return write_kind(kind, value, depth)
    return to_builtins(value, max_depth=depth) if _holds_carriers(value) else write_any(value, depth)


def text_of(kind: Kind | None, value: Any) -> bytes:
    """A text for any value, the same for values that are written alike; of no use for anything else."""
    return canonical(plain(kind, value) if kind is not None or _holds_carriers(value) else value)


def _holds_carriers(value: Any) -> bool:
    return any(is_carrier(type(item)) for item in (value if isinstance(value, list) else [value]))


def read(kind: Kind | None, nullable: bool, data: Any, coerce: bool) -> Any:
    """The value that builtins stand for at a place of `kind`; where that is unknown, the builtins themselves.

    Raises `ValidationError` with every fault, the pointers from the value inwards.
    """
    if kind is None or (data is None and nullable) or (kind is STRING and type(data) is str):
        return data
    if data is None:
        raise invalid(kind.expected, None)
    return explain(data, kind, _COERCING if coerce else _STRICT)


def kind_of_value(value: Any) -> Kind | None:
    """The kind of a whole document: a carrier's, that of a list of carriers, or None for plain JSON."""
    if is_carrier(type(value)):
        return NestedKind(type(value))
    if isinstance(value, list) and value and is_carrier(type(value[0])):
        return ListKind(NestedKind(type(value[0])))
    return None


def inside(kind: Kind | None) -> tuple[Kind | None, bool]:
    """The kind of what a list or dictionary holds, None where it is unknown, and whether null may stand there."""
    if isinstance(kind, (ListKind, DictionaryKind)):
        return kind.item, kind.nullable
    return None, True


def describe(value: Any) -> str:
    """What sort of value this is, for messages."""
    if value is None:
        return "null"
    return next((name for cls, name in _NAMES if isinstance(value, cls)), "a value")


_NAMES: list[tuple[type, str]] = [
    (bool, "a boolean"),
    (str, "a string"),
    (int, "a number"),
    (float, "a number"),
    (datetime, "a date-time"),
    (list, "a list"),
    (dict, "an object"),
]


def is_object(value: Any) -> bool:
    """Whether a value has members: a carrier, or an object of plain JSON."""
    return isinstance(value, dict) or is_carrier(type(value))


def _shallow_copy(value: Any) -> Any:
    """A copy of a carrier, list or dictionary that holds the very same values; anything else as it is."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    if not is_carrier(type(value)):
        return value
    return copy.copy(value)


def same(one: Any, other: Any) -> bool:
    """Whether two values, carriers or what is in them, are written alike on the wire.

    `1` is not `1.0`, `-0.0` not `0.0`, `Z` not `+00:00`; a member of an enumeration is its text.
    """
    if one is other:
        return True
    cls = type(one)
    compare = _COMPARISONS.get(cls)
    if compare is not None:
        return compare(one, other)
    attributes = _ATTRIBUTES.get(ref(cls)) or (_attributes_of(cls) if is_carrier(cls) else None)
    if attributes is None or type(other) is not cls:
        return _same_otherwise(one, other)
    _, texts, others = attributes
    if texts is not None and texts(one) != texts(other):
        return False
    if others is not None:
        for mine, its in zip(others(one), others(other)):  # noqa: B905 - of one class, so of one length
            if mine is not its and not same(mine, its):
                return False
    return (one._unknown is UNSET and other._unknown is UNSET) or same(one._extras or {}, other._extras or {})


def _same_text(one: str, other: Any) -> bool:
    if type(one) is type(other) is str:
        return one == other
    return isinstance(other, str) and str.__str__(one) == str.__str__(other)


def _same_date_time(one: datetime, other: Any) -> bool:
    return isinstance(other, datetime) and format_timestamp(one) == format_timestamp(other)


def _same_double(one: float, other: Any) -> bool:
    return type(other) is float and one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def _same_items(one: list[Any], other: Any) -> bool:
    return type(other) is list and len(one) == len(other) and all(map(same, one, other))


def _same_members(one: dict[str, Any], other: Any) -> bool:
    if type(other) is not dict or one.keys() != other.keys():
        return False
    return all(map(same, one.values(), map(other.__getitem__, one)))


def _same_otherwise(one: Any, other: Any) -> bool:
    if isinstance(one, str):
        return _same_text(one, other)
    if isinstance(one, datetime):
        return _same_date_time(one, other)
    return type(one) is type(other) and bool(one == other) and str(one) == str(other)


_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    str: _same_text,
    Timestamp: _same_date_time,
    float: _same_double,
    list: _same_items,
    dict: _same_members,
}


class _Attributes(NamedTuple):
    """Functions that give attributes of carriers of one class at once, None where there are none.

    `all` are those of all properties in wire order, `texts` those that == compares exactly, `others` those that it does not:
    doubles have two zeros, dates many spellings of an instant. They hold names only: a kind would keep its class alive.
    """

    all: Callable[[Any], tuple[Any, ...]] | None
    texts: Callable[[Any], tuple[Any, ...]] | None
    others: Callable[[Any], tuple[Any, ...]] | None


_ATTRIBUTES: dict[ref[type], _Attributes] = {}


def _attributes_of(cls: type) -> _Attributes:
    fields = plan_of(cls).fields
    texts = [field for field in fields if _is_text(field.kind)]
    others = [field for field in fields if not _is_text(field.kind)]
    _ATTRIBUTES[ref(cls, _ATTRIBUTES.pop)] = found = _Attributes(*map(_getter, (fields, texts, others)))
    return found


def _getter(fields: Sequence[FieldPlan]) -> Callable[[Any], tuple[Any, ...]] | None:
    names = [field.attribute for field in fields]
    # Of two attributes and more it makes a tuple, in C.
    return attrgetter(*names, *["__class__"] * (2 - len(names))) if names else None


def _is_text(kind: Kind) -> bool:
    return innermost(kind).expected == STRING.expected


def changes(before: Any, after: Any) -> list[tuple[FieldPlan, Any, Any]]:
    """The properties of two carriers of one class that are not alike, with both their values, in wire order."""
    cls = type(after)
    values = (_ATTRIBUTES.get(ref(cls)) or _attributes_of(cls)).all
    if values is None:
        return []
    triples = zip(plan_of(cls).fields, values(before), values(after), strict=False)
    return [(field, old, new) for field, old, new in triples if old is not new and not same(old, new)]


class Copies:
    """The copies that one run of a patch makes: each list, object and carrier is copied once, and changed in place then."""

    def __init__(self) -> None:
        # The copies themselves are kept, so that no other value gets the id of one.
        self._made: dict[int, Any] = {}

    def own(self, value: Any) -> Any:
        """A copy made here of a container, the one that it is already, or a value that nothing can change."""
        if id(value) in self._made:
            return value
        made = _shallow_copy(value)
        if made is not value:
            self._made[id(made)] = made
        return made


def equals(actual: Any, expected: Any, absent_is_null: bool) -> bool:
    """Whether a value is `expected` (builtins) as a `test` operation sees it (RFC 6902 §4.6).

    Numbers by value, objects whatever their order, `true` no number, dates by instant and kind (UTC, with offset, neither).
    `absent_is_null` lets an absent property stand for null.
    """
    if actual is UNSET:
        return absent_is_null and expected is None
    if actual is None or isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, datetime):
        return isinstance(expected, str) and _is_moment(actual, expected)
    if isinstance(actual, (int, float)):
        return isinstance(expected, (int, float)) and actual == expected
    if isinstance(actual, str):
        return isinstance(expected, str) and actual == expected
    if isinstance(actual, list):
        return (
            isinstance(expected, list)
            and len(actual) == len(expected)
            and all(equals(one, other, absent_is_null) for one, other in zip(actual, expected, strict=True))
        )
    if not isinstance(actual, dict) and not is_carrier(type(actual)):
        return bool(write_kind(kind_of(type(actual)), actual, 1) == expected)
    if not isinstance(expected, dict):
        return False
    if is_carrier(type(actual)):
        return _carrier_equals(actual, expected, absent_is_null)
    return actual.keys() == expected.keys() and all(
        equals(item, expected[name], absent_is_null) for name, item in actual.items()
    )


def _carrier_equals(actual: Any, expected: dict[str, Any], absent_is_null: bool) -> bool:
    plan = plan_of(type(actual))
    known: dict[FieldPlan, Any] = {}
    unknown: dict[str, Any] = {}
    for name, item in expected.items():
        field = plan.find(name)
        if field is None:
            unknown[name] = item
        else:
            known[field] = item
    for field in plan.fields:
        value, item = getattr(actual, field.attribute), known.get(field, UNSET)
        if item is UNSET:
            if value is not UNSET and not (absent_is_null and value is None):
                return False
        elif not equals(value, item, absent_is_null):
            return False
    return equals(actual._extras or {}, unknown, absent_is_null)


def _is_moment(actual: datetime, expected: str) -> bool:
    try:
        moment = parse_timestamp(expected)
    except ValueError:
        return False
    return _zone_kind(actual) == _zone_kind(moment) and moment == actual


def _zone_kind(value: datetime) -> str:
    """.NET's `DateTimeKind`."""
    offset = value.utcoffset()
    if offset is None:
        return "Unspecified"
    return "Utc" if not offset and value.tzname() == "UTC" else "Local"


def check_result_depth(result: Any, target: Any) -> None:
    """Raise `ContentTooLarge` if a patch made a document nest deeper than `MAX_DEPTH` that did not before."""
    if is_deep(result) and not is_deep(target):
        raise ContentTooLarge(f"the patched document nests deeper than {MAX_DEPTH}")


def levels_at_most(json: bytes) -> int:
    """How many levels of objects and lists a JSON text has at most."""
    return json.count(b"{") + json.count(b"[")


def is_deep(value: Any) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`."""
    return depth_of(value, MAX_DEPTH) > MAX_DEPTH
