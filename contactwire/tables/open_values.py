"""The columns whose type no class declares: custom fields by key, and unknown members.

A caller can say the type (`types`). Else it is the narrowest one in `_PARTS` that holds all values of the first batch. Where
none does, and where no value is there, the column holds text, which takes anything that may follow: the wire's own string of
a custom field, and JSON text of an unknown member.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from contactwire.builtins import MAX_DEPTH, to_json, write_any
from contactwire.customfields import parse_value, parse_value_as
from contactwire.errors import ContactWireError
from contactwire.tables.parts import list_part
from contactwire.tables.scalars import MICROSECONDS, Part, Wrong, single
from contactwire.wire import UNSET, Number

__all__ = ["FAULTS", "JSON_TEXT", "OPEN_TYPES", "open_part", "sampling"]

FAULTS = (Wrong, ContactWireError, pa.ArrowException, AttributeError, OverflowError, TypeError, ValueError)
"""What making an array raises where a value does not fit."""

JSON_TEXT = {"contactwire": "json"}
"""The metadata of an Arrow field whose strings are JSON text."""


def _moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def _double(value: float) -> float:
    """The double that equals a number; raises OverflowError for an integer that none equals, such as 2**53 + 1."""
    double = float(value)
    if isinstance(value, int) and double != value:
        raise OverflowError(f"no double equals {value}")
    return double


_INTEGER = single(pa.int64(), (int,), "integer", refused=(bool,))
_PARTS: dict[type, Part] = {
    bool: single(pa.bool_(), (bool,), "boolean"),
    int: _INTEGER,
    float: single(pa.float64(), (float, int), "double", refused=(bool, Number), convert=_double),
    Decimal: single(pa.decimal128(38, 10), (Decimal,), "decimal"),
    date: single(pa.date32(), (date,), "date", refused=(datetime,)),
    datetime: single(MICROSECONDS, (date,), "date-time", convert=_moment),
    time: single(pa.time64("us"), (time,), "time"),
    timedelta: single(pa.duration("us"), (timedelta,), "seconds"),
    bytes: single(pa.binary(), (bytes,), "bytes"),
    list: list_part(_INTEGER),
    str: single(pa.string(), (str,), "string"),
}
OPEN_TYPES = (*_PARTS, object)
"""The types that `types` may name: those of custom fields (`customfields.parse_value_as`), and object for text."""


def sampling(found: list[Any]) -> Part:
    """A part that adds the values which reach it to those `found`, to infer their type."""

    def build(values: Sequence[Any]) -> pa.Array:
        found.extend(value for value in values if value is not None and value is not UNSET)
        return pa.nulls(len(values))

    return Part(pa.null(), build)


def open_part(dictionary: str, type: type | None, sample: Sequence[Any]) -> tuple[Part, dict[str, str] | None]:
    """The part for a column of a type, or of the one that a sample has, and the metadata of its Arrow field.

    It holds custom fields in the `dictionary` of that name, or an unknown member where there is no name.
    """

    def read(raw: Any) -> Any:
        if not dictionary:
            return raw
        return parse_value(raw, dictionary=dictionary).value if type is None else parse_value_as(raw, type)

    chosen = type or _inferred(list(map(read, sample)))
    if chosen is object or (chosen is str and dictionary):
        return (_PARTS[str], None) if dictionary else (_JSON, JSON_TEXT)
    part = _PARTS[chosen]

    def build(values: Sequence[Any]) -> pa.Array:
        return part.build([None if value is None or value is UNSET else read(value) for value in values])

    return Part(part.type, build), None


def _inferred(values: list[Any]) -> type:
    for type, part in _PARTS.items() if any(value is not None for value in values) else ():
        try:
            part.build(values)
        except FAULTS:
            continue
        return type
    return object


_JSON = single(pa.string(), (object,), "JSON", convert=lambda value: to_json(write_any(value, MAX_DEPTH)).decode())
