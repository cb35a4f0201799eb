"""Writing a custom field: `build_value` turns a Python value into a string with a marker, such as 23 into `[I:23]`."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from contactwire.customfields.values import (
    DEFAULT_SPELLING,
    MAX_EXPONENT,
    SPELLINGS,
    UNSET_DATE,
    Spelling,
    in_range,
    parse_value,
    to_decimal,
)
from contactwire.errors import EncodeError, Issue, shorten

__all__ = ["build_value"]


def build_value(value: Any, *, dictionary: str = "CustomFields", marker: str = "") -> str:
    """The string for a Python value in `dictionary` (a wire name, such as `UserDefinedFields`).

    `marker` is the field's marker so far: with `F` or `M` a number stays a double or money, with `DT` a date stays a
    date-time. `None` is the unset date. Raises EncodeError for a value that no marker can hold: a number out of range, a
    time with a time zone, or text that would be read back as another value.
    """
    for types, write in _WRITERS:
        if isinstance(value, types):
            try:
                return write(value, SPELLINGS.get(dictionary, DEFAULT_SPELLING), marker)
            except ValueError as error:
                raise _refused(value, str(error)) from None
    raise _refused(value, f"custom fields hold no {type(value).__name__}")


def _refused(value: Any, message: str) -> EncodeError:
    return EncodeError((Issue("", message, "custom-field value", shorten(value)),))


def _write_none(value: None, spelling: Spelling, marker: str) -> str:
    return _write_moment(UNSET_DATE, 0, marker if marker in ("D", "DT") else spelling.date_time)


def _write_boolean(value: bool, spelling: Spelling, marker: str) -> str:
    return spelling.booleans[value]


def _write_integer(value: int, spelling: Spelling, marker: str) -> str:
    return f"[{marker if marker in ('F', 'M') else 'I'}:{in_range(value):d}]"


def _write_double(value: float, spelling: Spelling, marker: str) -> str:
    if not isfinite(value):
        raise ValueError("is no finite number")
    return f"[{'M' if marker == 'M' else 'F'}:{float(value)!r}]"


def _write_decimal(value: Decimal, spelling: Spelling, marker: str) -> str:
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"is no finite number of at most {MAX_EXPONENT} digits")
    text = f"{value:f}"
    to_decimal(text)
    return f"[{'F' if marker == 'F' else 'M'}:{text}]"


def _write_date_time(value: datetime, spelling: Spelling, marker: str) -> str:
    if value.tzinfo is not None:
        raise ValueError("has a time zone, which custom fields cannot hold")
    return _write_moment(value, getattr(value, "nanosecond", 0), spelling.date_time)


def _write_date(value: date, spelling: Spelling, marker: str) -> str:
    if marker == "DT":
        return _write_moment(datetime(value.year, value.month, value.day), 0, marker)
    return f"[D:{value.month:02d}/{value.day:02d}/{value.year:04d}]"


def _write_moment(value: datetime, nanosecond: int, marker: str) -> str:
    return (
        f"[{marker}:{value.month:02d}/{value.day:02d}/{value.year:04d} "
        f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.microsecond:06d}{nanosecond // 100}]"
    )


def _write_time(value: time, spelling: Spelling, marker: str) -> str:
    if value.tzinfo is not None:
        raise ValueError("has a time zone, which custom fields cannot hold")
    seconds = f":{value.second:02d}" if value.second or value.microsecond else ""
    fraction = f".{value.microsecond:06d}0" if value.microsecond else ""
    return f"[T:{value.hour:02d}:{value.minute:02d}{seconds}{fraction}]"


def _write_duration(value: timedelta, spelling: Spelling, marker: str) -> str:
    micros = value // timedelta(microseconds=1)
    seconds, fraction = divmod(abs(micros), 1_000_000)
    return f"[TS:{'-' if micros < 0 else ''}{seconds}{f'.{fraction:06d}' if fraction else ''}]"


def _write_integers(value: list[int], spelling: Spelling, marker: str) -> str:
    if any(isinstance(item, bool) or not isinstance(item, int) for item in value):
        raise ValueError("is a list with an item that is no integer")
    return f"[A:{','.join(f'{in_range(item):d}' for item in value)}]"


def _write_bytes(value: bytes, spelling: Spelling, marker: str) -> str:
    return f"[B:{base64.b64encode(value).decode('ascii')}]"


def _write_text(value: str, spelling: Spelling, marker: str) -> str:
    if parse_value(value).marker or (spelling.bare_booleans and value in spelling.booleans):
        raise ValueError("is text that would be read back as a value; write it into the dictionary itself if it is one")
    return str.__str__(value)


# The order matters: a bool is an int, and a datetime is a date.
_WRITERS: list[tuple[type | tuple[type, ...], Callable[[Any, Spelling, str], str]]] = [
    (str, _write_text),
    (bool, _write_boolean),
    (int, _write_integer),
    (float, _write_double),
    (Decimal, _write_decimal),
    (datetime, _write_date_time),
    (date, _write_date),
    (time, _write_time),
    (timedelta, _write_duration),
    ((list, tuple), _write_integers),
    ((bytes, bytearray), _write_bytes),
    (type(None), _write_none),
]
