"""Carriers to builtins, or every fault for which no decoder would take them back.

One walk follows the plans from carrier to carrier. Each value is written by its property's kind (`write_kind`), an unknown
member by its own type (`write_any`). A function that writes a value reports faults with pointers that start there, and
whoever called it puts the name or index of the value in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from contactwire.builtins.explain import missing_issue, wrong_name
from contactwire.builtins.limits import MAX_DEPTH, MAX_OBJECTS, endless, multiplies
from contactwire.builtins.options import check_limit, check_option
from contactwire.builtins.scalars import MAX_DIGITS, MAX_INTEGER, decimal_digits, range_fault
from contactwire.builtins.text import SURROGATES_ADVICE, Surrogates
from contactwire.errors import MAX_FAULTS, EncodeError, Faults, Issue, shorten
from contactwire.paths import escape
from contactwire.timestamps import format_timestamp
from contactwire.wire import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    INT64,
    MAX_DOUBLE,
    STRING,
    UNSET,
    UUID,
    CarrierPlan,
    EnumerationKind,
    FlagsKind,
    ItemsKind,
    Kind,
    NestedKind,
    Number,
    ScalarKind,
    is_carrier,
    is_view,
    number,
    plan_of,
)

__all__ = ["Builtins", "Writing", "to_builtins", "write_any", "write_carrier", "write_extras", "write_kind"]

Builtins = dict[str, Any] | list[Any] | str | float | None
"""Plain data with wire names as keys: what JSON holds."""

Write = Callable[[Any, ScalarKind], Any]
"""Gives the builtins of a value, None for one that is not of the kind's type; raises `EncodeError` for one out of range."""

# Readers of JSON count the sign as a digit.
_TOO_SMALL = -(10 ** (MAX_DIGITS - 1))
_SEVERED = "[\ud800-\udbff][\udc00-\udfff]"


class Writing(Struct, frozen=True):
    """How values are written: how many faults an error lists, and what happens to lone surrogates.

    `surrogates` is the option of the codec, or None for one that has no such option. `nested(carrier, depth)` writes the
    carriers inside another one; by default their plans say how.
    """

    max_faults: int = MAX_FAULTS
    surrogates: Surrogates | None = None
    nested: Callable[[Any, int], Any] | None = None


_DEFAULT = Writing()


def to_builtins(
    value: Any, *, max_depth: int = MAX_DEPTH, max_faults: int = MAX_FAULTS, surrogates: Surrogates | None = None
) -> Any:
    """The builtins of a carrier, or of a list of carriers, with wire names as keys.

    Absent properties are left out, nulls stay, `extras` follow the known properties, and dates are text in .NET's format.
    Raises `EncodeError` with every fault, up to `max_faults`: a value of a wrong type, an integer out of range, a string
    that UTF-8 cannot hold, nesting over `max_depth`. `surrogates` is the option of `JsonCodec`: with "keep", a string may
    have lone surrogates; with "error", the error says so. Raises ValueError for another `surrogates`, and for a limit that
    is no integer or too low.
    """
    check_limit("max_depth", max_depth)
    check_limit("max_faults", max_faults)
    if surrogates is not None:
        check_option("surrogates", surrogates, Surrogates)
    try:
        return _write_document(value, max_depth, Writing(max_faults, surrogates))
    except RecursionError:
        raise endless() from None


def _write_document(value: Any, depth: int, options: Writing) -> Any:
    if is_carrier(type(value)):
        return write_carrier(value, depth, options)
    if isinstance(value, list):
        return _write_items(value, _write_document, depth, options)
    raise _unwritable("a carrier or a list of carriers", value)


def _unwritable(expected: str, value: object, message: str = "") -> EncodeError:
    return EncodeError([Issue.of_value(expected, value, message)])


def write_carrier(value: Any, depth: int, options: Writing) -> dict[str, Any]:
    """The builtins of a carrier, which may nest `depth` levels; raises `EncodeError` with every fault."""
    if depth <= 0:
        raise endless()
    plan = plan_of(type(value))
    view = is_view(value)
    written: dict[str, Any] = {}
    faults = Faults(EncodeError, options.max_faults)
    for field in plan.fields:
        item = getattr(value, field.attribute)
        try:
            if item is UNSET:
                if not (view or field.allows(UNSET)):
                    raise EncodeError([missing_issue("", field)])
            elif item is None and (view or field.allows(None)):
                written[field.name] = None
            else:
                written[field.name] = write_kind(field.kind, item, depth - 1, options)
        except EncodeError as error:
            faults.take(error, "/" + escape(field.name))
    if value._extras:
        try:
            written |= write_extras(value._extras, plan, depth, options)
        except EncodeError as error:
            faults.take(error)
    faults.check()
    return written


def write_extras(extras: Any, plan: CarrierPlan, depth: int, options: Writing = _DEFAULT) -> dict[str, Any]:
    """The builtins of a carrier's unknown members; raises `EncodeError` with every fault."""
    written: dict[str, Any] = {}
    faults = Faults(EncodeError, options.max_faults)
    for name, item in extras.items():
        pointer = "/" + escape(str(name))
        if type(name) is str and plan.find(name) is not None:
            message = f"extras hold {shorten(name)}, which is a property of {plan.name}"
            faults.add(Issue(pointer, message, "an unknown member", shorten(name)))
            continue
        if multiplies(item):
            message = f"the same objects and lists are repeated over {MAX_OBJECTS} times"
            faults.add(Issue.of_value("fewer objects and lists", item, message).under(pointer))
            continue
        try:
            written[_write_name(name, options)] = write_any(item, depth - 1, options)
        except EncodeError as error:
            faults.take(error, pointer)
    faults.check()
    return written


def write_kind(kind: Kind, value: Any, depth: int, options: Writing = _DEFAULT) -> Any:
    """The builtins of a value of a kind, which may nest `depth` levels; raises `EncodeError` with every fault."""
    match kind:
        case NestedKind():
            if isinstance(value, kind.carrier):
                return write_carrier(value, depth, options) if options.nested is None else options.nested(value, depth)
        case ItemsKind():
            if isinstance(value, kind.shape):
                return _write_items(value, _item_writer(kind), depth, options)
        case EnumerationKind(open=True):
            return _write_string(value, options)
        case EnumerationKind():
            # A plain integer that equals a member of an `IntEnum` counts as that member, as in Python.
            member = next((member for member in kind.members if member == value and type(value) is not bool), None)
            if member is not None:
                return member.value
        case FlagsKind():
            if isinstance(value, str):
                return kind.spellings[_write_string(value, options)]
            if (integer := _write_integer(value, INT64)) is not None:
                return kind.spelled(integer)
        case ScalarKind(name=STRING.name):
            return _write_string(value, options)
        case ScalarKind():
            write: Write = _SCALAR_WRITERS.get(kind.name, _write_integer)
            if (written := write(value, kind)) is not None:
                return written
    raise _unwritable(kind.expected, value)


def _item_writer(kind: ItemsKind) -> Callable[[Any, int, Writing], Any]:
    def write(value: Any, depth: int, options: Writing) -> Any:
        return None if value is None and kind.nullable else write_kind(kind.item, value, depth, options)

    return write


def _write_items(value: Any, write: Callable[[Any, int, Writing], Any], depth: int, options: Writing) -> Any:
    """The builtins of a list or dictionary, whose items `write` writes."""
    if depth <= 0:
        raise endless()
    is_list = isinstance(value, list)
    written: dict[Any, Any] = {}
    faults = Faults(EncodeError, options.max_faults)
    for key, item in enumerate(value) if is_list else value.items():
        try:
            name = key if is_list else _write_name(key, options)
            written[name] = write(item, depth - 1, options)
        except EncodeError as error:
            faults.take(error, "/" + escape(str(key)))
    faults.check()
    return list(written.values()) if is_list else written


def write_any(value: Any, depth: int, options: Writing = _DEFAULT) -> Any:
    """The builtins of an unknown member's value, which may nest `depth` levels; raises `EncodeError` with every fault."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _write_string(value, options)
    if isinstance(value, int):
        if not _TOO_SMALL < value < MAX_INTEGER:
            raise _unwritable(f"an integer of at most {MAX_DIGITS:,} digits and signs", value)
        return int(value)
    if isinstance(value, Number):
        return value
    if isinstance(value, float):
        return _write_double(value, DOUBLE)
    if isinstance(value, (list, dict)):
        return _write_items(value, write_any, depth, options)
    raise _unwritable("builtins", value)


def _write_name(name: Any, options: Writing) -> str:
    if not isinstance(name, str):
        raise EncodeError([wrong_name(name)])
    return _write_string(name, options)


def _write_string(value: Any, options: Writing) -> str:
    if not isinstance(value, str):
        raise _unwritable("string", value)
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        _check_surrogates(text, options)
    return text


def _check_surrogates(text: str, options: Writing) -> None:
    """Refuse a text with lone surrogates, unless they are kept and would be lone when they are read again."""
    if options.surrogates != "keep":
        message = "the string has a lone surrogate, which UTF-8 cannot hold"
        advice = SURROGATES_ADVICE if options.surrogates == "error" else ""
        raise _unwritable("string", text, message + advice) from None
    if re.search(_SEVERED, text):
        message = "the string has two surrogates that mean one character, and would be read as that"
        raise _unwritable("string", text, message) from None


def _write_boolean(value: Any, kind: ScalarKind) -> bool | None:
    return value if value is True or value is False else None


def _write_integer(value: Any, kind: ScalarKind) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    if wrong := range_fault(kind, value):
        raise _unwritable(kind.name, value, wrong)
    return int(value)


def _write_double(value: Any, kind: ScalarKind) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not -MAX_DOUBLE <= value <= MAX_DOUBLE:
        raise _unwritable(kind.name, value, f"{shorten(value)} is not a finite double")
    return int(value) if isinstance(value, int) else float(value)


def _write_date_time(value: Any, kind: ScalarKind) -> str | None:
    try:
        return format_timestamp(value) if isinstance(value, datetime) else None
    except ValueError as error:
        raise _unwritable(kind.name, value, str(error)) from None


def _write_date(value: Any, kind: ScalarKind) -> str | None:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else None


def _write_uuid(value: Any, kind: ScalarKind) -> str | None:
    import uuid

    return str(value) if isinstance(value, uuid.UUID) else None


def _write_decimal(value: Any, kind: ScalarKind) -> int | float | None:
    import decimal

    if not isinstance(value, decimal.Decimal) or not value.is_finite():
        return None
    if decimal_digits(value) > MAX_DIGITS:
        wrong = f"{shorten(value)} is out of range: a decimal has at most {MAX_DIGITS} digits"
        raise _unwritable(kind.name, value, wrong)
    return number(str(value))


_SCALAR_WRITERS: dict[str, Write] = {
    BOOLEAN.name: _write_boolean,
    DOUBLE.name: _write_double,
    DATE_TIME.name: _write_date_time,
    DATE.name: _write_date,
    UUID.name: _write_uuid,
    DECIMAL.name: _write_decimal,
}
