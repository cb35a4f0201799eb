"""Writing a custom field: `build_value` turns a Python value into a string with a marker, such as 23 into `[I:23]`."""

from __future__ import annotations

import base64
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from contactwire.customfields.values import (
    DEFAULT_SPELLING,
    MAX_EXPONENT,
    SPELLINGS,
    UNSET_DATE,
    Spelling,
    fault,
    in_range,
    parse_value,
    to_decimal,
)
from contactwire.errors import EncodeError

__all__ = ["build_value"]

T = TypeVar("T", time, datetime)


def build_value(value: Any, *, dictionary: str = "CustomFields", marker: str = "") -> str:
    """The string for a Python value in `dictionary` (a wire name, such as `UserDefinedFields`).

    `marker` is the field's marker so far: with `F` or `M` a number stays a double or money, with `DT` a date stays a
    date-time. `None` is the unset date. Raises EncodeError for a value that no marker can hold: a number out of range, a
    time with a time zone, or text that would be read back as another value.
    """
    try:
        return _spelled(value, SPELLINGS.get(dictionary, DEFAULT_SPELLING), marker)
    except ValueError as error:
        raise EncodeError([fault("custom-field value", value, error)]) from None


def _spelled(value: Any, spelling: Spelling, marker: str) -> str:
    """The string for a value; raises ValueError for one that no marker can hold."""
    # The order matters: a bool is an int, and a datetime is a date.
    match value:
        case str():
            return _text(value, spelling)
        case bool():
            return spelling.booleans[value]
        case int():
            return f"[{marker if marker in ('F', 'M') else 'I'}:{in_range(value):d}]"
        case float():
            return f"[{'M' if marker == 'M' else 'F'}:{_finite(value)!r}]"
        case Decimal():
            return f"[{'F' if marker == 'F' else 'M'}:{_digits(value)}]"
        case datetime():
            return _moment(_without_zone(value), spelling.date_time)
        case date() if marker == "DT":
            return _moment(datetime(value.year, value.month, value.day), marker)
        case date():
            return f"[D:{value.month:02d}/{value.day:02d}/{value.year:04d}]"
        case time():
            return f"[T:{_clock(_without_zone(value))}]"
        case timedelta():
            return f"[TS:{_seconds(value)}]"
        case list() | tuple():
            return f"[A:{_integers(value)}]"
        case bytes() | bytearray():
            return f"[B:{base64.b64encode(value).decode('ascii')}]"
        case None:
            return _moment(UNSET_DATE, marker if marker in ("D", "DT") else spelling.date_time)
    raise ValueError(f"is of type {type(value).__name__}, which custom fields cannot hold")


def _text(value: str, spelling: Spelling) -> str:
    if parse_value(value).marker or (spelling.bare_booleans and value in spelling.booleans):
        raise ValueError("is text that would be read back as a value; write it into the dictionary itself if it is one")
    return str.__str__(value)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("is no finite number")
    return float(value)


def _digits(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"is no finite number of at most {MAX_EXPONENT} digits")
    text = f"{value:f}"
    to_decimal(text)
    return text


def _without_zone(value: T) -> T:
    if value.tzinfo is not None:
        raise ValueError("has a time zone, which custom fields cannot hold")
    return value


def _moment(value: datetime, marker: str) -> str:
    return (
        f"[{marker}:{value.month:02d}/{value.day:02d}/{value.year:04d} "
        f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
        f".{value.microsecond:06d}{getattr(value, 'nanosecond', 0) // 100}]"
    )


def _clock(value: time) -> str:
    seconds = f":{value.second:02d}" if value.second or value.microsecond else ""
    fraction = f".{value.microsecond:06d}0" if value.microsecond else ""
    return f"{value.hour:02d}:{value.minute:02d}{seconds}{fraction}"


def _seconds(value: timedelta) -> str:
    micros = value // timedelta(microseconds=1)
    seconds, fraction = divmod(abs(micros), 1_000_000)
    return f"{'-' if micros < 0 else ''}{seconds}{f'.{fraction:06d}' if fraction else ''}"


def _integers(value: list[Any] | tuple[Any, ...]) -> str:
    if any(isinstance(item, bool) or not isinstance(item, int) for item in value):
        raise ValueError("has an item that is no integer")
    return ",".join(f"{in_range(item):d}" for item in value)
