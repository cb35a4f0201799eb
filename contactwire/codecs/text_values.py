"""Scalars as text, for the formats whose values are all text: XML (XML Schema part 2) and forms.

`text_converter` turns text into builtins by the kind of the property; `text_writer` turns a value into text.

| kind | read | written |
| --- | --- | --- |
| string | as it is | as it is |
| boolean | `true`, `false`, `1`, `0` (§3.3.2); leniently in any letter case | `true`, `false` |
| int32, int64 | decimal digits, a sign before them | the same, `+` left out |
| double | decimal, with an exponent or without; an integer stays one; no `INF`, no `NaN` | shortest that reads back equal |
| date-time | as in JSON | as in JSON |
| date | as in JSON | as in JSON |
| uuid | 32 hexadecimal digits in groups, in any letter case | in lower case |
| decimal | as a double; every digit counts | without an exponent |
| enumeration | by value; of an open one any other text stays | the value |
| flags | names with commas or blanks between them, or a number; any other text stays | names with `, ` between them |

XML has blanks between the names of flags (`with_blanks`), since .NET refuses a comma there.

White space around a value that is no string is ignored, as XML Schema collapses it (§4.3.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from contactwire.builtins import MAX_DIGITS, write_kind
from contactwire.errors import EncodeError, Issue
from contactwire.patterns import pattern
from contactwire.wire import DECIMAL, EnumerationKind, FlagsKind, ScalarKind, Usual, number

__all__ = ["loose_text", "takes_empty_text", "text_converter", "text_writer", "with_blanks"]

Convert = Callable[[str], Any]

_INTEGER = pattern(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}", re.ASCII)
_NUMBER = pattern(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_WHITE_SPACE = " \t\n\r"
_INFINITY = float("inf")
# That of `Decimal("-1E-4299")`, without an exponent.
_LONGEST_DECIMAL = len("-.") + MAX_DIGITS


def text_converter(kind: ScalarKind | EnumerationKind, *, lenient: bool = False) -> Convert | None:
    """The function that turns the text of a scalar into builtins; None if every text stays as it is.

    Text that spells no value of the kind stays text; `assemble` refuses it later. `lenient` allows booleans in any letter
    case.
    """
    if isinstance(kind, EnumerationKind):
        return _TO_INTEGER if _has_integers(kind) else None
    if isinstance(kind, FlagsKind):
        return kind.spellings.__getitem__
    if kind.name == "boolean" and lenient:
        return _to_boolean_leniently
    if kind.minimum is not None:
        return _TO_INTEGER
    return _CONVERTERS.get(kind.name)


def takes_empty_text(kind: ScalarKind | EnumerationKind) -> bool:
    """Whether an empty text spells a value of a kind."""
    if isinstance(kind, EnumerationKind) and not kind.open:
        return any(member.value == "" for member in kind.members)
    return isinstance(kind, FlagsKind) or text_converter(kind) is None


def with_blanks(kind: FlagsKind, write: Callable[[Any], str]) -> Callable[[Any], str]:
    """The function that turns flags into text as `write` does, with blanks between the names, as .NET's XML has them."""
    usual = {text: kind.with_blanks(str(kept)) for text, kept in kind.spellings.items()}

    def write_with_blanks(value: Any) -> str:
        found = usual.get(value) if type(value) is str else None
        return kind.with_blanks(write(value)) if found is None else found

    return write_with_blanks


def _has_integers(kind: EnumerationKind) -> bool:
    return not kind.open and all(isinstance(member.value, int) for member in kind.members)


def _to_integer(text: str) -> Any:
    trimmed = text.strip(_WHITE_SPACE)
    return int(trimmed) if _INTEGER.fullmatch(trimmed) else text


def _to_boolean(text: str) -> Any:
    return _BOOLEANS.get(text.strip(_WHITE_SPACE), text)


def _to_boolean_leniently(text: str) -> Any:
    return _BOOLEANS.get(text.strip(_WHITE_SPACE).lower(), text)


def _to_double(text: str) -> Any:
    trimmed = text.strip(_WHITE_SPACE)
    if _INTEGER.fullmatch(trimmed) and (trimmed[0] != "-" or trimmed.strip("-0")):
        return int(trimmed)
    value = float(trimmed) if _NUMBER.fullmatch(trimmed) else _INFINITY
    return text if value in (_INFINITY, -_INFINITY) else value


def _to_decimal(text: str) -> Any:
    trimmed = text.strip(_WHITE_SPACE)
    try:
        return number(str(Decimal(trimmed))) if len(trimmed) <= _LONGEST_DECIMAL and _NUMBER.fullmatch(trimmed) else text
    except ValueError:  # an integer that takes the places of the sign and the point for digits
        return text


def _trim(text: str) -> str:
    return text.strip(_WHITE_SPACE)


_CONVERTERS: Mapping[str, Convert] = {
    "boolean": Usual(_BOOLEANS, _to_boolean).__getitem__,
    "double": _to_double,
    "decimal": _to_decimal,
    "date-time": _trim,
    "date": _trim,
    "uuid": _trim,
}
# Most integers are small, and parsing a text takes three times as long as looking it up.
_TO_INTEGER: Convert = Usual({str(number): number for number in range(-1, 1000)}, _to_integer).__getitem__


def loose_text(kind: ScalarKind | EnumerationKind, value: Any) -> str:
    """The text of a value that is not validated, and so may be of another kind; raises `EncodeError` if it has no text."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    if not isinstance(value, (int, float)):
        return text_writer(kind)(value)
    try:
        return str(value)
    except ValueError:
        # Python converts no integer of more than 4,300 digits (`sys.int_info.default_max_str_digits`).
        raise EncodeError([Issue.of_value(kind.expected, value)]) from None


def text_writer(kind: ScalarKind | EnumerationKind) -> Callable[[Any], str]:
    """The function that turns one scalar into text; it raises `EncodeError` with one fault, at the value itself."""

    def write(value: Any) -> str:
        written = write_kind(kind, value, 1)
        if written is True or written is False:
            return "true" if written else "false"
        if kind == DECIMAL:
            return format(value, "f")
        return written if isinstance(written, str) else repr(written)

    return write
