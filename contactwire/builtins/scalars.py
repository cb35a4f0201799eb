"""Single values from builtins: strings, numbers, date-times and so on.

`single_reader` returns the function that reads one kind, or raises `ValidationError`. With `coerce`, a coercer first turns
the value into what the server's reader takes it for, such as `"3"` into 3.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec

from contactwire.errors import Issue, ValidationError, shorten
from contactwire.patterns import pattern
from contactwire.timestamps import parse_timestamp
from contactwire.wire import (
    INT64,
    JSON_NUMBER,
    MAX_DOUBLE,
    EnumerationKind,
    FlagsKind,
    Kind,
    Number,
    ScalarKind,
    fold,
    number,
    numbers_of,
)

__all__ = ["MAX_DIGITS", "MAX_INTEGER", "Read", "coercer", "decimal_digits", "invalid", "range_fault", "single_reader"]

MAX_DIGITS = 4300
"""How many digits a number may have: Python converts no longer integers (`sys.int_info.default_max_str_digits`)."""

MAX_INTEGER = 10**MAX_DIGITS
"""The smallest integer with too many digits."""

Read = Callable[[Any], Any]
"""Turns builtins into a value; raises `ValidationError` with every fault. Its pointers start at the value."""

_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UUID = pattern(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_JSON_NUMBER = pattern(rf"\s*+{JSON_NUMBER}\s*+", re.ASCII)
_spelled = msgspec.json.Encoder().encode
_INTEGER_TEXT = pattern(r"\s*[+-]?[0-9]{1,20}\s*", re.ASCII)
_NUMBER_TEXT = pattern(r"\s*+[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?\s*+", re.ASCII)


def invalid(expected: str, received: object, message: str = "") -> ValidationError:
    """A `ValidationError` with one fault at the value itself."""
    return ValidationError([Issue.of_value(expected, received, message)])


def _read_string(value: Any) -> str:
    if type(value) is str:
        return value
    raise invalid("string", value)


def _read_boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise invalid("boolean", value)


def _without_sign(value: Any) -> Any:
    """0 for a `Number` that is `-0`, as msgspec reads it; any other value as it is."""
    return 0 if type(value) is Number and value.text == "-0" else value


def _read_double(value: Any) -> float:
    value = _without_sign(value)
    if type(value) is float or type(value) is Number:
        if math.isfinite(value):
            return float(value)
        raise invalid("double", value, f"{shorten(value)} is not a finite double")
    if type(value) is int:
        if -MAX_DOUBLE <= value <= MAX_DOUBLE:
            return value
        raise invalid("double", value, f"{shorten(value)} is out of the range of a double")
    raise invalid("double", value)


def _read_date_time(value: Any) -> datetime:
    if type(value) is not str:
        raise invalid("date-time", value)
    try:
        return parse_timestamp(value)
    except ValueError as error:
        raise invalid("date-time", value, f"expected date-time, received {shorten(value)}: {error}") from None


def _read_date(value: Any) -> date:
    if type(value) is not str or not _DATE.fullmatch(value):
        raise invalid("date", value)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise invalid("date", value, f"expected date, received {shorten(value)}: {error}") from None


def _read_uuid(value: Any) -> Any:
    import uuid

    if type(value) is not str or not _UUID.fullmatch(value):
        raise invalid("uuid", value)
    return uuid.UUID(value)


def _read_decimal(value: Any) -> Any:
    import decimal

    if type(value) is float and math.isfinite(value):
        return decimal.Decimal(_spelled(value).decode())
    if type(value) is not int and type(value) is not Number:
        raise invalid("decimal", value)
    try:
        found = decimal.Decimal(value.text if isinstance(value, Number) else value)
    except decimal.InvalidOperation:
        found = decimal.Decimal("inf")
    if decimal_digits(found) > MAX_DIGITS:
        raise invalid("decimal", value, f"{shorten(value)} is out of range: a decimal has at most {MAX_DIGITS} digits")
    return found


def decimal_digits(value: Any) -> float:
    """How many digits a `Decimal` may take without an exponent, at most; infinity for NaN and the infinities.

    `Decimal("1E3")` has one digit and an exponent of 3, so 4.
    """
    if not value.is_finite():
        return math.inf
    _, digits, exponent = value.as_tuple()
    return float(len(digits) + abs(exponent))


def _read_integer(kind: ScalarKind, value: Any, expected: str) -> int:
    value = _without_sign(value)
    if type(value) is not int:
        raise invalid(expected, value)
    if wrong := range_fault(kind, value):
        raise invalid(expected, value, wrong)
    return value


def range_fault(kind: ScalarKind, value: int) -> str:
    """What is wrong with an integer that a kind cannot hold; nothing for one that it can."""
    if kind.minimum is None or kind.maximum is None or kind.minimum <= value <= kind.maximum:
        return ""
    return f"{shorten(value)} is out of range: {kind.name} is {kind.minimum} to {kind.maximum}"


def _flags_reader(kind: FlagsKind) -> Read:
    def read(value: Any) -> str | int:
        if type(value) is str:
            return kind.spellings[value]
        return kind.spelled(_read_integer(INT64, value, kind.expected))

    return read


def _as_it_is(value: Any) -> Any:
    return value


def _to_string(value: Any) -> Any:
    if value is True or value is False:
        return "true" if value else "false"
    is_number = isinstance(value, float) or (isinstance(value, int) and -MAX_INTEGER < value < MAX_INTEGER)
    return str(value) if is_number else value


def _to_boolean(value: Any) -> Any:
    value = _without_sign(value)
    if type(value) is int:
        return value != 0
    if type(value) is str and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return value


def _to_double(value: Any) -> Any:
    return float(value) if type(value) is str and _NUMBER_TEXT.fullmatch(value) else value


def _to_decimal(value: Any) -> Any:
    fits = type(value) is str and len(value) <= MAX_DIGITS and _JSON_NUMBER.fullmatch(value)
    return number(value.strip()) if fits else value


def _to_integer(value: Any) -> Any:
    return int(value) if type(value) is str and _INTEGER_TEXT.fullmatch(value) else _without_sign(value)


_SCALARS: Mapping[str, tuple[Read, Read]] = {
    "string": (_read_string, _to_string),
    "boolean": (_read_boolean, _to_boolean),
    "double": (_read_double, _to_double),
    "date-time": (_read_date_time, _as_it_is),
    "date": (_read_date, _as_it_is),
    "uuid": (_read_uuid, _as_it_is),
    "decimal": (_read_decimal, _to_decimal),
}
"""The reader and the coercer of each scalar that is no integer."""


def _enumeration_coercer(kind: EnumerationKind) -> Read:
    exact = {member.value for member in kind.members}
    folded = {fold(str(member.value)): member.value for member in kind.members}
    by_number = numbers_of(kind.members)

    def coerce(value: Any) -> Any:
        if type(value) is str and value in exact:
            return value
        number = _to_integer(value) if by_number else value
        if type(number) is int and number in by_number:
            return by_number[number]
        return folded.get(fold(value), value) if type(value) is str else value

    return coerce


def _enumeration_reader(kind: EnumerationKind) -> Read:
    members = {member.value: member for member in kind.members}

    def read(value: Any) -> Any:
        if type(value) is str:
            return members.get(value, value)
        raise invalid("string", value)

    def read_closed(value: Any) -> Any:
        value = _without_sign(value)
        if type(value) in (str, int) and value in members:
            return members[value]
        raise invalid(kind.expected, value)

    return read if kind.open else read_closed


def _reader_and_coercer(kind: Kind) -> tuple[Read, Read]:
    if isinstance(kind, EnumerationKind):
        return _enumeration_reader(kind), _enumeration_coercer(kind)
    if isinstance(kind, FlagsKind):
        return _flags_reader(kind), kind.coerced
    assert isinstance(kind, ScalarKind)
    return _SCALARS.get(kind.name) or (partial(_read_integer, kind, expected=kind.name), _to_integer)


def coercer(kind: Kind) -> Read:
    """The function that turns a scalar into what the server's reader takes it for; it returns any other value as it is."""
    return _reader_and_coercer(kind)[1]


def single_reader(kind: Kind, *, coerce: bool = False) -> Read:
    """The function that reads one scalar or enumeration; `coerce` is as in `make_converter`."""
    read, turn = _reader_and_coercer(kind)
    return (lambda value: read(turn(value))) if coerce else read
