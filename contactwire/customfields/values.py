"""Reading a custom field: `parse_value` reads a string by its marker, `parse_value_as` by the type that the caller knows."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

import attrs

from contactwire.errors import Issue, ValidationError, repr_of, shorten
from contactwire.timestamps import Timestamp
from contactwire.wire import INT64

__all__ = [
    "DEFAULT_SPELLING",
    "MAX_EXPONENT",
    "SPELLINGS",
    "UNSET_DATE",
    "Parsed",
    "Spelling",
    "fault",
    "in_range",
    "parse_value",
    "parse_value_as",
    "to_decimal",
]

T = TypeVar("T")

_SHAPE = re.compile(r"\[(I|F|M|DT|D|TS|T|A|B):(.*)\]", re.DOTALL)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_SECONDS = re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,7}))?", re.ASCII)
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,7}))?)?"
_TIME = re.compile(_CLOCK, re.ASCII)
_LAYOUTS = {
    "MM/dd/yyyy": r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})",
    "yyyy.MM.dd": r"(?P<year>[0-9]{4})\.(?P<month>[0-9]{1,2})\.(?P<day>[0-9]{1,2})",
    "dd.MM.yyyy": r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})",
}
_DATES = [re.compile(f"{layout}(?: +(?P<time>{_CLOCK}))?", re.ASCII) for layout in _LAYOUTS.values()]
UNSET_DATE = datetime(1, 1, 1)
# Beyond what a double holds. Without a limit, a short text such as 1e9999999 would be a number of millions of digits.
MAX_EXPONENT = 400


@attrs.frozen
class Parsed:
    """A parsed custom-field string: its `value`, and its `marker` (`I`, `DT`, or "" for text).

    If a string has a marker, but its value does not parse, `issue` says why, and `value` is the string itself.
    """

    value: Any
    marker: str = ""
    issue: Issue | None = None


@attrs.frozen
class Spelling:
    """How a dictionary spells booleans and date-times; `bare_booleans` says that booleans have no marker."""

    booleans: tuple[str, str] = ("[I:0]", "[I:1]")
    date_time: str = "DT"
    bare_booleans: bool = False


SPELLINGS = {"UserDefinedFields": Spelling(("False", "True"), "D", bare_booleans=True)}
"""The dictionaries, by wire name, that do not have `DEFAULT_SPELLING`."""

DEFAULT_SPELLING = Spelling()


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError("is no integer")
    return in_range(int(text))


def in_range(value: int) -> int:
    """The integer itself; raises ValueError for one that does not fit into 64 bits."""
    if not INT64.minimum <= value <= INT64.maximum:  # type: ignore[operator]
        raise ValueError("does not fit into 64 bits")
    return value


def _boolean(text: str) -> bool:
    known = {"0": False, "1": True, "false": False, "true": True}
    if text.lower() not in known:
        raise ValueError("is no boolean")
    return known[text.lower()]


def to_decimal(text: str) -> Decimal:
    """The number in a text; raises ValueError for text that is no number, and for a number out of range."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("is no number")
    value = Decimal(text)
    if abs(value.adjusted()) > MAX_EXPONENT or len(text) > MAX_EXPONENT:
        raise ValueError("is out of range")
    return value


def _whole(text: str) -> int:
    value = to_decimal(text)
    if value != value.to_integral_value():
        raise ValueError("is no integer")
    return in_range(int(value))


def _double(text: str) -> float:
    value = float(to_decimal(text))
    if not isfinite(value):
        raise ValueError("is out of range")
    return value


def _date_or_date_time(text: str) -> date | None:
    match = next((found for layout in _DATES if (found := layout.fullmatch(text))), None)
    if match is None:
        raise ValueError(f"is no date of the form {', '.join(_LAYOUTS)}")
    day = Timestamp(int(match["year"]), int(match["month"]), int(match["day"]))
    if match["time"] is None:
        return None if day == UNSET_DATE else day.date()
    hour, minute, second, ticks = _clock(match["time"])
    moment = day.replace(hour=hour, minute=minute, second=second, microsecond=ticks // 10, nanosecond=ticks % 10 * 100)
    return None if moment == UNSET_DATE else moment


def _date_time(text: str) -> Timestamp | None:
    value = _date_or_date_time(text)
    return value if value is None or isinstance(value, Timestamp) else Timestamp(value.year, value.month, value.day)


def _date(text: str) -> date | None:
    value = _date_or_date_time(text)
    return value.date() if isinstance(value, datetime) else value


def _clock(text: str) -> tuple[int, int, int, int]:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("is no time of the form HH:mm:ss.fffffff")
    hour, minute, second, fraction = match.groups()
    return int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(7, "0"))


def _time(text: str) -> time:
    hour, minute, second, ticks = _clock(text)
    if ticks % 10:
        raise ValueError("is finer than a microsecond")
    return time(hour, minute, second, ticks // 10)


def _duration(text: str) -> timedelta:
    match = _SECONDS.fullmatch(text)
    if match is None:
        raise ValueError("is no number of seconds")
    sign, seconds, fraction = match.groups()
    ticks = int((fraction or "0").ljust(7, "0"))
    if ticks % 10:
        raise ValueError("is finer than a microsecond")
    try:
        value = timedelta(seconds=int(seconds), microseconds=ticks // 10)
    except OverflowError:
        raise ValueError("is out of range") from None
    return -value if sign == "-" else value


def _integers(text: str) -> list[int]:
    return [_integer(item.strip(" ")) for item in text.split(",")] if text else []


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_PARSERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "I": ("integer", _integer),
    "F": ("double", _double),
    "M": ("money", to_decimal),
    "D": ("date", _date_or_date_time),
    "DT": ("date-time", _date_time),
    "T": ("time", _time),
    "TS": ("seconds", _duration),
    "A": ("list of integers", _integers),
    "B": ("base64", _bytes),
}
"""What is expected behind each marker, and what reads it."""

_READERS: dict[type, tuple[tuple[str, ...], Callable[[str], Any]]] = {
    int: (("I", "F", "M"), _whole),
    bool: (("I",), _boolean),
    float: (("F", "M", "I"), _double),
    Decimal: (("M", "F", "I"), to_decimal),
    date: (("D", "DT"), _date),
    datetime: (("DT", "D"), _date_time),
    Timestamp: (("DT", "D"), _date_time),
    time: (("T",), _time),
    timedelta: (("TS",), _duration),
    list: (("A",), _integers),
    bytes: (("B",), _bytes),
}


def parse_value(text: str | None, *, dictionary: str = "CustomFields") -> Parsed:
    """Parse a string of `dictionary` (a wire name, such as `UserDefinedFields`); never raises.

    Text without a marker, and text in brackets without one, is its own value. If a string has a marker and does not parse,
    the string is the value, and `issue` says why. A value that is no string (null) is its own value.
    """
    if not isinstance(text, str):
        return Parsed(text)
    shape = _SHAPE.fullmatch(text) if text[:1] == "[" else None
    if shape is None:
        spelling = SPELLINGS.get(dictionary, DEFAULT_SPELLING)
        return Parsed(text == spelling.booleans[1]) if spelling.bare_booleans and text in spelling.booleans else Parsed(text)
    marker, body = shape.groups()
    expected, parse = _PARSERS[marker]
    try:
        return Parsed(parse(body.strip(" ")), marker)
    except ValueError as error:
        return Parsed(text, "", fault(expected, text, error))


def fault(expected: str, value: object, error: ValueError) -> Issue:
    """The fault of a value: the error, which is a sentence without its subject, or comes from Python."""
    said = str(error) if str(error).startswith(("is ", "has ", "does ")) else f"is not well-formed: {error}"
    return Issue.of_value(expected, value, f"{shorten(value)} {said}")


def parse_value_as(text: str | None, type: type[T]) -> T | None:
    """Parse a string as a value of `type`: int, bool, float, Decimal, date, datetime, time, timedelta, list, bytes or str.

    `[I:1]` may be an integer, the id of a list item or a boolean. A bare value (`42`, `True`, `01/31/2020`) may be that or
    text. `type` says which. The result is None for null, empty text and the unset date; with `str` it is the string as it
    is. Raises ValidationError for a string that is no value of that type, TypeError for any other `type`.
    """
    if text is None or type is str:
        return text  # type: ignore[return-value]
    if type not in _READERS:
        raise TypeError(f"custom fields hold no {repr_of(type)}")
    markers, read = _READERS[type]
    shape = _SHAPE.fullmatch(text)
    body = (shape[2] if shape else text).strip(" ")
    if not body and not shape:
        return None
    try:
        if shape and shape[1] not in markers:
            raise ValueError(f"is a value with the marker {shape[1]}")
        return read(body)  # type: ignore[no-any-return]
    except ValueError as error:
        raise ValidationError([fault(type.__name__, text, error)]) from None
