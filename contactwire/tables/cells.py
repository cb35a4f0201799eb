"""The values of a table's cells, as Python has them from Arrow, to builtins.

pandas turns a column of integers with nulls into doubles, and says NaN for null. So NaN is null, since no format of the wire
has it, and 5.0 is the integer 5 where the class has an integer. Its dates have nanoseconds, of which the wire has hundreds.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from math import isnan
from typing import Any

import msgspec

from contactwire.builtins import beyond_the_stack, coercer, from_json, to_json
from contactwire.customfields import build_value
from contactwire.tables.parts import FACETS
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    DATE,
    DATE_TIME,
    DECIMAL,
    INT32,
    INT64,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    leads_back,
    number,
    plan_of,
)

__all__ = ["builtins_of", "custom_field", "exact_or_text", "is_null", "is_null_property", "of_text"]

# Arrow's decimals have up to 76 digits, and Python rounds to 28 by default.
_EXACT = Context(prec=76)


def builtins_of(kind: Kind | None, value: Any, *, is_text: bool = False) -> Any:
    """The builtins of a value of a kind, as Python has it from Arrow, or from JSON text of that (`is_text`)."""
    if isinstance(value, str) and isinstance(kind, NestedKind | ListKind | DictionaryKind):
        value, is_text = of_text(value), True
    if is_null(value):
        return None
    inner = kind.item if isinstance(kind, ListKind | DictionaryKind) else None
    match kind, value:
        case NestedKind(), dict():
            return _members(plan_of(kind.carrier), value, is_text=is_text)
        case DictionaryKind(), list() if _is_map(value):
            return {key: builtins_of(inner, item) for key, item in _pairs(value)}
        case ((ListKind() | None), list()):
            return [builtins_of(inner, item, is_text=is_text) for item in value]
        case ((DictionaryKind() | None), dict()):  # a struct has all keys that any of the dictionaries had
            found = {key: item for key, item in value.items() if is_text or not is_null(item)}
            return {key: builtins_of(inner, item, is_text=is_text) for key, item in found.items()}
    return _single(kind, value)


def _single(kind: Kind | None, value: Any) -> Any:
    """As `builtins_of`, for a value that does not nest."""
    if isinstance(value, Decimal) and value.is_finite():
        value = number(str(value))
    if kind == DECIMAL and isinstance(value, str):
        return coercer(kind)(value)
    if kind == DATE_TIME and isinstance(value, str):
        return value.replace(" ", "T", 1)  # as CSV spells dates, which not all of its readers take for dates
    if isinstance(value, date):
        return _moment(value.date() if kind == DATE and isinstance(value, datetime) else value)
    is_integral = kind in (INT32, INT64) or isinstance(kind, EnumerationKind | FlagsKind)
    return int(value) if is_integral and isinstance(value, float) and value.is_integer() else value


def _members(plan: CarrierPlan, struct: Mapping[str, Any], *, is_text: bool) -> dict[str, Any]:
    """The builtins of a carrier, by the fields of a struct."""
    found: dict[str, Any] = {}
    facets = {name + facet for name in struct for facet in FACETS}
    for name, value in struct.items():
        field, ticks, zone = plan.find(name), *(struct.get(name + facet) for facet in FACETS)
        if ticks is not None:
            value = _exact(ticks, zone)
        if field is None:
            # Text has an unknown member that is null; a struct has null for one that only other carriers have.
            if name not in facets and (is_text or not is_null(value)):
                found[name] = builtins_of(None, value, is_text=is_text)
        elif is_null(value):
            found |= {field.name: None} if is_null_property(field) else {}
        else:
            is_json = leads_back(plan, field) and isinstance(value, str)
            found[field.name] = of_text(value) if is_json else builtins_of(field.kind, value, is_text=is_text)
    return found


def is_null(value: Any) -> bool:
    """Whether a value is null, in Arrow or in pandas."""
    return value is None or (isinstance(value, float) and isnan(value))


def is_null_property(field: FieldPlan) -> bool:
    """Whether a property is null where a table says null: it may be null, and cannot be absent."""
    return field.allows(None) and not field.allows(UNSET)


def _moment(value: date) -> str:
    """The wire's text of a date; the nanoseconds of one of pandas give the seventh digit, and what is finer is left out."""
    if not isinstance(value, datetime):
        return value.isoformat()
    tenths = getattr(value, "nanosecond", 0) // 100
    return format_timestamp(Timestamp.from_datetime(value, tenths * 100) if tenths else value)


def custom_field(value: Any, dictionary: str) -> str:
    """The wire's string of a custom field's typed value; text is that string already."""
    if isinstance(value, str):
        return value
    return build_value(value.normalize(_EXACT) if isinstance(value, Decimal) else value, dictionary=dictionary)


def of_text(text: str) -> Any:
    """The builtins in JSON text, as CSV has them; the text itself, which is no such value, where it is none."""
    try:
        return from_json(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
    except RecursionError:
        raise beyond_the_stack() from None


def _is_map(value: list[Any]) -> bool:
    """Whether a list is a map, as Python has it from Arrow, or as libraries without maps write it: a list of structs."""
    return all(isinstance(pair, tuple) or (isinstance(pair, dict) and pair.keys() == {"key", "value"}) for pair in value)


def _pairs(map: Any) -> Iterable[tuple[str, Any]]:
    """The keys and values of a map, which some libraries give as a list of structs."""
    return [(pair["key"], pair["value"]) if isinstance(pair, dict) else pair for pair in map]


def exact_or_text(ticks: Any, zones: Any) -> Any:
    """As `_exact`. Dates in lists and dictionaries are JSON text in CSV; then the result is such a text, too."""
    if isinstance(ticks, str) and isinstance(zones, str) and ticks[:1] in ("[", "{"):
        return to_json(_exact(of_text(ticks), of_text(zones))).decode()
    return _exact(ticks, zones)


def _exact(ticks: Any, zones: Any) -> Any:
    """The wire's text of dates, at any depth, by ticks and zones; what is no ticks, or lacks zones, stays, to be refused."""
    if is_null(ticks):
        return None
    if isinstance(ticks, list | tuple | dict):
        return _each_exact(ticks, zones) if type(zones) is type(ticks) and len(zones) == len(ticks) else ticks
    try:
        whole = datetime.min + timedelta(microseconds=operator.index(ticks) // 10)
    except (OverflowError, TypeError):
        return ticks
    # CSV has nothing for the empty text of a date without a zone, which its readers take for null.
    return f"{format_timestamp(Timestamp.from_datetime(whole, ticks % 10 * 100))}{'' if is_null(zones) else zones}"


def _each_exact(ticks: Any, zones: Any) -> Any:
    """As `_exact`, for lists, for dictionaries, and for the pairs of a key and a value of a map; a key is no ticks."""
    if isinstance(ticks, dict):
        return {key: _exact(item, zones.get(key)) for key, item in ticks.items()}
    return type(ticks)(map(_exact, ticks, zones))
