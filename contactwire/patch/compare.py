"""Comparing values in two ways: by their spelling on the wire (`same`, `changes`), and as `test` does (`equals`).

`5` and `5.0`, or `Z` and `+00:00`, are different on the wire, so `diff` treats them as different. A `test` operation treats
them as equal (RFC 6902 §4.6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from weakref import ref

from contactwire.builtins import write_kind
from contactwire.timestamps import Timestamp, format_timestamp, parse_timestamp
from contactwire.wire import STRING, UNSET, FieldPlan, Kind, innermost, is_carrier, kind_of, plan_of

__all__ = ["changes", "equals", "same"]


def same(one: Any, other: Any) -> bool:
    """Whether two values, carriers or values of their properties, have the same spelling on the wire.

    `1` differs from `1.0`, `-0.0` from `0.0`, `Z` from `+00:00`. A member of an enumeration is the same as its text.
    """
    if one is other:
        return True
    cls = type(one)
    if cls is str and type(other) is str:
        return one == other  # type: ignore[no-any-return]
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
    return isinstance(other, str) and str.__str__(one) == str.__str__(other)


def _same_date_time(one: datetime, other: Any) -> bool:
    return isinstance(other, datetime) and format_timestamp(one) == format_timestamp(other)


def _same_double(one: float, other: Any) -> bool:
    return type(other) is float and one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def _same_integer(one: int, other: Any) -> bool:
    return type(other) is int and one == other


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
    int: _same_integer,
    float: _same_double,
    list: _same_items,
    dict: _same_members,
}


class _Attributes(NamedTuple):
    """Getters for attributes of carriers of one class, each for many attributes at once; None where there are none.

    `all` gets all properties in wire order. `texts` gets those that `==` compares exactly. `others` gets those that `==`
    does not: a double has two zeros, and an instant has many spellings. A getter holds names only; a kind would keep its
    class alive.
    """

    all: Callable[[Any], tuple[Any, ...]] | None
    texts: Callable[[Any], tuple[Any, ...]] | None
    others: Callable[[Any], tuple[Any, ...]] | None


# Not kept on the plan: looking the plan up for each carrier makes `diff` take a third longer.
_ATTRIBUTES: dict[ref[type], _Attributes] = {}


def _attributes_of(cls: type) -> _Attributes:
    fields = plan_of(cls).fields
    texts = [field for field in fields if _is_text(field.kind)]
    others = [field for field in fields if not _is_text(field.kind)]
    _ATTRIBUTES[ref(cls, _ATTRIBUTES.pop)] = found = _Attributes(*map(_getter, (fields, texts, others)))
    return found


def _getter(fields: Sequence[FieldPlan]) -> Callable[[Any], tuple[Any, ...]] | None:
    names = [field.attribute for field in fields]
    # attrgetter gives a tuple only for two names or more, so `__class__` fills up.
    return attrgetter(*names, *["__class__"] * (2 - len(names))) if names else None


def _is_text(kind: Kind) -> bool:
    return innermost(kind).expected == STRING.expected


def changes(before: Any, after: Any) -> list[tuple[FieldPlan, Any, Any]]:
    """The properties in which two carriers of one class differ, with both values, in wire order."""
    cls = type(after)
    values = (_ATTRIBUTES.get(ref(cls)) or _attributes_of(cls)).all
    if values is None:
        return []
    triples = zip(plan_of(cls).fields, values(before), values(after), strict=False)
    return [(field, old, new) for field, old, new in triples if old is not new and not same(old, new)]


def equals(actual: Any, expected: Any, absent_is_null: bool) -> bool:
    """Whether a value equals `expected` (builtins) by the rules of a `test` operation (RFC 6902 §4.6).

    Numbers are equal by value, objects whatever the order of their members; `true` is no number. Date-times are equal if
    instant and zone kind (UTC, with offset, without) are. `absent_is_null` makes an absent property equal to null.
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
        return isinstance(expected, list) and _items_equal(actual, expected, absent_is_null)
    if isinstance(actual, dict):
        return isinstance(expected, dict) and _members_equal(actual, expected, absent_is_null)
    if is_carrier(type(actual)):
        return isinstance(expected, dict) and _carrier_equals(actual, expected, absent_is_null)
    return bool(write_kind(kind_of(type(actual)), actual, 1) == expected)


def _items_equal(actual: list[Any], expected: list[Any], absent_is_null: bool) -> bool:
    pairs = zip(actual, expected, strict=False)
    return len(actual) == len(expected) and all(equals(one, other, absent_is_null) for one, other in pairs)


def _members_equal(actual: dict[str, Any], expected: dict[str, Any], absent_is_null: bool) -> bool:
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
    return all(
        _property_equals(getattr(actual, field.attribute), known.get(field, UNSET), absent_is_null) for field in plan.fields
    ) and equals(actual._extras or {}, unknown, absent_is_null)


def _property_equals(value: Any, expected: Any, absent_is_null: bool) -> bool:
    """Whether a property's value equals `expected`, which is UNSET for a property that should be absent."""
    if expected is UNSET:
        return value is UNSET or (absent_is_null and value is None)
    return equals(value, expected, absent_is_null)


def _is_moment(actual: datetime, expected: str) -> bool:
    try:
        moment = parse_timestamp(expected)
    except ValueError:
        return False
    return _zone_kind(actual) == _zone_kind(moment) and _instant(actual) == _instant(moment)


def _instant(value: datetime) -> tuple[timedelta, int]:
    """The time since the year 1, in UTC if the value has a zone, and the seventh digit.

    `==` of two aware datetimes is false in an hour that the clock shows twice, if their zones differ (PEP 495).
    """
    since = value.replace(tzinfo=None) - datetime.min
    return since - (value.utcoffset() or timedelta(0)), getattr(value, "nanosecond", 0)


def _zone_kind(value: datetime) -> str:
    """.NET's `DateTimeKind`."""
    offset = value.utcoffset()
    if offset is None:
        return "Unspecified"
    return "Utc" if not offset and value.tzname() == "UTC" else "Local"
