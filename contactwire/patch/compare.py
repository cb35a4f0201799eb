"""Comparing values in two ways: by their spelling on the wire (`same`, `Comparison`), and as `test` does (`equals`).

`5` and `5.0`, or `Z` and `+00:00`, are different on the wire, so `diff` treats them as different. A `test` operation treats
them as equal (RFC 6902 §4.6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactwire.builtins import all_properties, number_hook, spelled_otherwise, write_kind
from contactwire.timestamps import Timestamp, format_timestamp, parse_timestamp
from contactwire.wire import (
    UNSET,
    Extras,
    FieldPlan,
    Number,
    any_carrier_however_deep,
    is_carrier,
    kind_of,
    plan_of,
)

__all__ = ["Comparison", "equals", "numbers_equal", "same"]


def same(one: Any, other: Any) -> bool:
    """Whether two values, carriers or values of their properties, have the same spelling on the wire.

    `1` differs from `1.0`, `-0.0` from `0.0`, `Z` from `+00:00`. A member of an enumeration is the same as its text.
    """
    return Comparison([one, other]).same(one, other)


class Comparison:
    """A comparison, by their spelling on the wire, of all that some documents hold.

    Documents that are builtins cannot hold a plain `datetime`, and need not be given.
    """

    def __init__(self, documents: list[Any]) -> None:
        self._dates = _holds_plain_dates(documents)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values have the same spelling (see `same`)."""
        return self.alike(one, other) or _same(one, other)

    def alike(self, one: Any, other: Any) -> bool:
        """As `same`, but faster, and sometimes false for carriers, lists and objects that are the same."""
        if one is other:
            return True
        cls = type(one)
        if cls is str and type(other) is str:
            return one == other  # type: ignore[no-any-return]
        return self._reads_alike(one, other) if cls is list or cls is dict or is_carrier(cls) else _same(one, other)

    def _reads_alike(self, one: Any, other: Any) -> bool:
        """Whether two values are equal, and msgspec writes the same text for both; both are found out in C.

        `1` and `1.0` are equal, and have different texts; a list and a tuple have the same text, and are not equal. msgspec
        spells a plain `datetime` otherwise than the wire does, so values that hold one are never alike.
        """
        try:
            alike = bool(one == other) and _text(one) == _text(other)
        except (TypeError, ValueError):
            return False  # a value that cannot be written has no text
        return alike and not (self._dates and _holds_plain_dates([one, other]))

    def changes(self, before: Any, after: Any) -> list[tuple[FieldPlan, Any, Any]]:
        """The properties of two carriers of one class that are not `alike`, with both values, in wire order."""
        plan = plan_of(type(after))
        values, alike = all_properties(plan), self.alike
        triples = zip(plan.fields, values(before), values(after), strict=False)
        return [(field, old, new) for field, old, new in triples if old is not new and not alike(old, new)]


def _holds_plain_dates(values: Collection[Any]) -> bool:
    """Whether one of some values holds a date-time that msgspec would spell otherwise than the wire does."""
    return any(any(map(_search_of(cls), [each for each in values if type(each) is cls])) for cls in set(map(type, values)))


def _search_of(cls: type) -> Callable[[Any], bool]:
    if cls is list:
        return _holds_plain_dates
    if cls is dict:
        return lambda value: _holds_plain_dates(value.values())
    return any_carrier_however_deep(plan_of(cls), spelled_otherwise) if is_carrier(cls) else lambda value: cls is datetime


def _text_hook(value: Any) -> Any:
    if isinstance(value, Timestamp):
        return format_timestamp(value)
    return value.members if isinstance(value, Extras) else number_hook(value)


_text = msgspec.json.Encoder(enc_hook=_text_hook).encode


def _same(one: Any, other: Any) -> bool:
    """Whether two values have the same spelling, found out by a visit to all that they hold."""
    if one is other:
        return True
    if isinstance(one, str):
        return isinstance(other, str) and str.__str__(one) == str.__str__(other)
    if isinstance(one, datetime):
        return isinstance(other, datetime) and _same_date_time(one, other)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        is_alike = isinstance(other, dict) and one.keys() == other.keys()
        return is_alike and all(map(_same, one.values(), map(other.__getitem__, one)))
    if type(one) is not type(other):
        return False
    if is_carrier(type(one)):
        values = all_properties(plan_of(type(one)))
        return all(map(_same, values(one), values(other))) and _same(one._extras or {}, other._extras or {})
    return bool(one == other) and (type(one) is int or str(one) == str(other))


def _same_date_time(one: datetime, other: datetime) -> bool:
    try:
        return format_timestamp(one) == format_timestamp(other)
    except ValueError:
        return False  # one that the wire cannot hold has no spelling


def equals(actual: Any, expected: Any, absent_is_null: bool) -> bool:
    """Whether a value equals `expected` (builtins) by the rules of a `test` operation (RFC 6902 §4.6).

    Numbers are equal by value, objects whatever the order of their members; `true` is no number. Date-times are equal if
    instant and zone kind (UTC, with offset, without) are. `absent_is_null` makes what is absent (UNSET) equal to null.
    """
    if actual is UNSET or expected is UNSET:
        return actual is expected or (absent_is_null and (actual is None or expected is None))
    if actual is None or isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, datetime):
        return isinstance(expected, str) and _is_moment(actual, expected)
    if isinstance(actual, (int, float)):
        return isinstance(expected, (int, float)) and numbers_equal(actual, expected)
    if isinstance(actual, str):
        return bool(actual == expected)
    if isinstance(actual, list):
        return isinstance(expected, list) and _items_equal(actual, expected, absent_is_null)
    if isinstance(actual, dict):
        return isinstance(expected, dict) and _members_equal(actual, expected, absent_is_null)
    if is_carrier(type(actual)):
        return isinstance(expected, dict) and _carrier_equals(actual, expected, absent_is_null)
    return equals(write_kind(kind_of(type(actual)), actual, 1), expected, absent_is_null)


def numbers_equal(one: float, other: float) -> bool:
    """Whether two numbers are "numerically equal" (RFC 6902 §4.6), to the last digit that their JSON texts have."""
    if type(one) is type(other) and type(one) is not Number:
        return one == other
    return bool(_exact(one) == _exact(other))


def _exact(value: float) -> Any:
    """The number that the JSON text of a number spells; the text itself if `Decimal` has no such exponent."""
    from decimal import Decimal, InvalidOperation

    if isinstance(value, int):
        return Decimal(value)
    text = value.text if isinstance(value, Number) else float.__repr__(value)
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _items_equal(actual: list[Any], expected: list[Any], absent_is_null: bool) -> bool:
    pairs = zip(actual, expected, strict=False)
    return len(actual) == len(expected) and all(equals(one, other, absent_is_null) for one, other in pairs)


def _members_equal(actual: dict[str, Any], expected: dict[str, Any], absent_is_null: bool) -> bool:
    return actual.keys() == expected.keys() and all(
        equals(item, expected[name], absent_is_null) for name, item in actual.items()
    )


def _carrier_equals(actual: Any, expected: dict[str, Any], absent_is_null: bool) -> bool:
    plan = plan_of(type(actual))
    known = {plan.find(name): item for name, item in expected.items()}
    unknown = {name: item for name, item in expected.items() if plan.find(name) is None}
    properties = ((getattr(actual, field.attribute), known.get(field, UNSET)) for field in plan.fields)
    is_equal = all(equals(value, item, absent_is_null) for value, item in properties)
    return is_equal and equals(actual._extras or {}, unknown, absent_is_null)


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
