"""Single values as Arrow arrays: one table of the types, and the check that each value is one that its type holds.

Arrow takes more than it should: 5.5 for an integer, bytes for text. So the classes of all values are looked at first, which
costs little, since a list has few.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.compute as pc

from contactwire.builtins import write_kind
from contactwire.timestamps import Timestamp, format_timestamp, is_open
from contactwire.wire import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    INT32,
    INT64,
    STRING,
    UNSET,
    UUID,
    EnumerationKind,
    FlagsKind,
    ScalarKind,
    UnsetType,
)

__all__ = ["MICROSECONDS", "Build", "Part", "Wrong", "dates", "present", "scalar", "single", "texts", "ticks", "zones"]

Build = Callable[[Sequence[Any]], pa.Array]
"""Makes an array of as many values, where None and UNSET both become null."""

MICROSECONDS = pa.timestamp("us")
"""The type of a column of dates that may say a zone or not."""


@attrs.frozen
class Part:
    """An Arrow `type`, and the function that makes an array of it."""

    type: pa.DataType
    build: Build


class Wrong(Exception):
    """A value of a class that does not belong where it is: `expected` says what does."""

    def __init__(self, expected: str, value: object) -> None:
        super().__init__(expected, value)
        self.expected, self.value = expected, value


_NOTHING = frozenset({NoneType, UnsetType})


def present(
    values: Sequence[Any], accepted: tuple[type, ...], expected: str, refused: tuple[type, ...] = ()
) -> Sequence[Any] | None:
    """The values with None for UNSET, or None if nothing is there; raises `Wrong` for one of a class not `accepted`.

    A class derived from an accepted one is accepted too, unless it is `refused` or derived from one that is.
    """
    found = set(map(type, values))
    for cls in found - _NOTHING:
        if not issubclass(cls, accepted) or issubclass(cls, refused):
            raise Wrong(expected, next(value for value in values if type(value) is cls))
    if found <= _NOTHING:
        return None
    return [None if value is UNSET else value for value in values] if UnsetType in found else values


def single(
    type: pa.DataType,
    accepted: tuple[type, ...],
    expected: str,
    *,
    refused: tuple[type, ...] = (),
    convert: Callable[[Any], Any] | None = None,
) -> Part:
    """The part for single values of some classes; `convert` turns each into one that Arrow takes for `type`."""

    def build(values: Sequence[Any]) -> pa.Array:
        known = present(values, accepted, expected, refused)
        if known is None:
            return pa.nulls(len(values), type)
        if convert is not None:
            known = [None if value is None else convert(value) for value in known]
        return pa.array(known, type)

    return Part(type, build)


def _digits(value: Decimal) -> str:
    write_kind(DECIMAL, value, 1)  # raises EncodeError for NaN, and for 1E+99999999, which has too many digits
    return f"{value:f}"


_SINGLE = {
    STRING: single(pa.string(), (str,), "string"),
    BOOLEAN: single(pa.bool_(), (bool,), "boolean"),
    INT32: single(pa.int32(), (int,), "int32", refused=(bool,)),
    INT64: single(pa.int64(), (int,), "int64", refused=(bool,)),
    DOUBLE: single(pa.float64(), (float, int), "double", refused=(bool,), convert=float),
    DATE: single(pa.date32(), (date,), "date", refused=(datetime,)),
    UUID: single(pa.string(), (uuid.UUID,), "uuid", convert=str),
    DECIMAL: single(pa.string(), (Decimal,), "decimal", convert=_digits),
}
_FLAGS = single(pa.string(), (str, int), "flags", refused=(bool,), convert=str)


def scalar(kind: ScalarKind | EnumerationKind, date_time: Part) -> Part:
    """The part for a kind of single values; `date_time` is the one for date-times."""
    if isinstance(kind, EnumerationKind):
        return _SINGLE[STRING] if kind.open else _closed(kind)
    if isinstance(kind, FlagsKind):
        return _FLAGS
    return date_time if kind == DATE_TIME else _SINGLE[kind]


def _closed(kind: EnumerationKind) -> Part:
    """A closed enumeration: the values of its members, which are all text or all integers."""
    of_values = type(next(iter(kind.members)).value)
    arrow = pa.string() if of_values is str else pa.int64()
    return single(arrow, (kind.members, of_values), kind.expected, refused=(bool,), convert=_value)


def _value(member: Any) -> Any:
    return member.value if isinstance(member, Enum) else member


_WITHIN_YEARS = 'a date-time that is in the years 1 to 9999 in UTC, too (ticks="text" or ticks="column" keeps any other)'


@cache
def _years() -> tuple[pa.Scalar, pa.Scalar]:
    """The first and the last moment of a `datetime`; made when needed, since a scalar has pyarrow import pandas."""
    return pa.scalar(datetime.min, MICROSECONDS), pa.scalar(datetime.max, MICROSECONDS)


def dates(zone: tzinfo | None, *, is_exact: bool) -> Part:
    """Dates without a seventh digit. Those that say a zone become UTC.

    Without a `zone`, the others stay as they are, and the column has none. With one, they are in that zone, and the column
    is in UTC. A moment that UTC has before the year 1 or after 9999 is refused, unless the column `is_exact`: then it has
    others beside it that have the date as it was, and the first or last moment that a date can hold.
    """
    type = MICROSECONDS if zone is None else pa.timestamp("us", "UTC")
    raw = single(MICROSECONDS, (datetime,), "date-time", convert=None if zone in (None, timezone.utc) else _aware(zone))

    def build(values: Sequence[Any]) -> pa.Array:
        found, (first, last) = raw.build(values), _years()
        late = pc.max_element_wise(found, first, skip_nulls=False)
        within = pc.min_element_wise(late, last, skip_nulls=False)
        if not is_exact and not within.equals(found):
            outside = values[pc.index(pc.not_equal(within, found), True).as_py()]
            raise Wrong(_WITHIN_YEARS, format_timestamp(outside))
        return within.cast(type)

    return Part(type, build)


def _aware(zone: tzinfo | None) -> Callable[[datetime], datetime]:
    """What puts a date that says no zone into one, but for .NET's for "none" and "no end", which are no instants."""

    def aware(value: datetime) -> datetime:
        if value.tzinfo is not None:
            return value
        plain = datetime.combine(value.date(), value.time())
        return plain.replace(tzinfo=timezone.utc if is_open(plain) else zone)

    return aware


texts = single(pa.string(), (datetime,), "date-time", convert=format_timestamp)
"""Dates as the wire spells them."""


def _ticks(value: datetime) -> int:
    return (value if isinstance(value, Timestamp) else Timestamp.from_datetime(value)).ticks


def _zone(value: datetime) -> str:
    text = format_timestamp(value)
    return text[-1] if text[-1] == "Z" else text[text.index("T") :].lstrip("T.:0123456789")


ticks = single(pa.int64(), (datetime,), "date-time", convert=_ticks)
"""The clock time of dates in ticks of 100 ns since the year 1, as .NET's `DateTime.Ticks`."""

zones = single(pa.string(), (datetime,), "date-time", convert=_zone)
"""The zones of dates as the wire spells them: `Z`, `+02:00`, or an empty text."""
