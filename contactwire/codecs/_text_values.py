"""Scalars as text, for the formats that have nothing but text: XML (XML Schema part 2) and forms.

| kind | read | written |
| --- | --- | --- |
| string | as it is | as it is |
| boolean | `true`, `false`, `1`, `0` (§3.3.2); leniently in any letter case | `true`, `false` |
| int32, int64 | decimal digits, a sign before them | the same, `+` left out |
| double | decimal, with an exponent or without; an integer stays one; no `INF`, no `NaN` | shortest that reads back equal |
| date-time | as in JSON | as in JSON |
| enumeration | a known name becomes the member, any other text stays | the name |

Blanks around anything but a string fall away, as white space collapses there (§4.3.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from contactwire.builtins import enumeration_reader, invalid, scalar_reader, write_kind
from contactwire.wire import EnumerationKind, ScalarKind

__all__ = ["text_converter", "text_reader", "text_writer"]

_INTEGER = re.compile(r"[+-]?[0-9]{1,4300}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_WHITE_SPACE = " \t\n\r"
_INFINITY = float("inf")


def text_reader(kind: ScalarKind | EnumerationKind, *, lenient: bool = False) -> Callable[[str], Any]:
    """The function that reads one scalar from text; it raises `ValidationError` with one issue at the value itself.

    `lenient` takes booleans in any letter case.
    """
    if isinstance(kind, EnumerationKind):
        return enumeration_reader(kind)
    if kind.name == "string":
        return _same
    read = scalar_reader(kind)
    if kind.name == "date-time":
        return lambda text: read(text.strip(_WHITE_SPACE))
    parse = _PARSERS.get(kind.name, _parse_integer)

    def read_text(text: str) -> Any:
        trimmed = text.strip(_WHITE_SPACE)
        value = parse(trimmed.lower() if lenient else trimmed)
        if value is None:
            raise invalid(kind.expected, text)
        return read(value)

    return read_text


def _same(text: str) -> str:
    return text


def _parse_boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text)


def _parse_integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) else None


def _parse_double(text: str) -> float | None:
    if _INTEGER.fullmatch(text) and text not in ("-0", "-00"):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else None


_PARSERS: dict[str, Callable[[str], Any]] = {"boolean": _parse_boolean, "double": _parse_double}


def text_converter(kind: ScalarKind | EnumerationKind) -> Callable[[str], Any] | None:
    """The function that turns the text of a scalar into builtins; None where text stays as it is.

    Text that spells no value of the kind stays text, for whoever reads the builtins to refuse.
    """
    if isinstance(kind, EnumerationKind) or kind.name == "string":
        return None
    converter: Callable[[str], Any] = _CONVERTERS.get(kind.name, _TO_INTEGER)
    return converter


class _Usual(dict[str, Any]):
    """What usual texts stand for; what another one does `rare` makes out, None if it spells no value."""

    def __init__(self, usual: Mapping[str, Any], rare: Callable[[str], Any]) -> None:
        super().__init__(usual)
        self._rare = rare

    def __missing__(self, text: str) -> Any:
        value = self._rare(text.strip(_WHITE_SPACE))
        return text if value is None else value


def _to_double(text: str) -> Any:
    value = _parse_double(text.strip(_WHITE_SPACE))
    return text if value is None or value in (_INFINITY, -_INFINITY) else value


def _to_date_time(text: str) -> str:
    return text.strip(_WHITE_SPACE)


_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "boolean": _Usual(_BOOLEANS, _parse_boolean).__getitem__,
    "double": _to_double,
    "date-time": _to_date_time,
}
# Most integers are small, and looking at a text takes three times as long as looking it up.
_TO_INTEGER = _Usual({str(number): number for number in range(-1, 1000)}, _parse_integer).__getitem__


def text_writer(kind: ScalarKind | EnumerationKind) -> Callable[[Any], str]:
    """The function that writes one scalar as text; it raises `EncodeError` with one issue at the value itself."""

    def write(value: Any) -> str:
        written = write_kind(kind, value, 1)
        if written is True or written is False:
            return "true" if written else "false"
        return written if isinstance(written, str) else repr(written)

    return write
