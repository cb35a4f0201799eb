"""Carriers ↔ builtins: the exact path, which knows every rule and names every fault.

`make_converter` gives a cattrs converter whose hooks for carriers are made from their plans. A hook either returns or
raises with *all* faults of its value; pointers start at the value and are completed on the way out. The hooks of nested
carriers are asked of the converter, so a hook that a user registers for a class of ours, or one of ours inside a class of
theirs, is honoured.

Builtins are plain data: dict, list, str, int, float, bool and None, with wire names as keys and dates as wire text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from contactwire.errors import ContentTooLarge, EncodeError, Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.timestamps import format_timestamp, parse_timestamp
from contactwire.wire import (
    BOOLEAN,
    DATE_TIME,
    DOUBLE,
    STRING,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    is_carrier,
    kind_of,
    plan_of,
)

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["from_builtins", "make_converter", "to_builtins"]

T = TypeVar("T")
Read = Callable[[Any], Any]
Write = Callable[[Any, ScalarKind], Any]
UnknownPolicy = Literal["keep", "ignore", "error"]
DuplicatePolicy = Literal["last", "error", "ambiguous"]

MAX_DEPTH = 64
"""How deep documents may nest where nothing else is said: `max_depth` of every codec."""

_MAX_DOUBLE = int(float.fromhex("0x1.fffffffffffffp+1023"))
# Python reads and writes no longer integers as text (sys.int_info.default_max_str_digits), and neither does msgspec.
_MAX_INTEGER = 10**4300
_INTEGER_TEXT = re.compile(r"\s*[+-]?[0-9]{1,20}\s*", re.ASCII)
_NUMBER_TEXT = re.compile(r"\s*+[+-]?+(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+\s*+", re.ASCII)


class AmbiguousNames(Exception):
    """Two spellings of one property met where the order of the text is not known any more; the caller reads it again."""


def invalid(expected: str, received: object, message: str = "") -> ValidationError:
    """A `ValidationError` with one fault at the value itself."""
    shown = shorten(received)
    return ValidationError([Issue("", message or f"expected {expected}, received {shown}", expected, shown)])


def make_converter(
    *, unknown: UnknownPolicy = "keep", coerce: bool = False, duplicates: DuplicatePolicy = "last"
) -> Converter:
    """A cattrs converter that structures and unstructures carriers, alone or inside classes of your own.

    `unknown` says what happens to a property that a carrier does not have: kept in `extras`, ignored, or a fault.
    `coerce` reads scalars as the server's JSON reader does. `duplicates` decides two spellings of one property in one
    object: the last wins, or a fault. Structuring raises `ValidationError`, unstructuring `EncodeError`, each with every
    fault.
    """
    import cattrs

    converter = cattrs.Converter()
    readers = _Readers(converter, unknown, coerce, duplicates)
    converter.register_structure_hook_factory(is_carrier, lambda cls: _ignore_type(readers.carrier(plan_of(cls))))
    converter.register_structure_hook(datetime, _ignore_type(_read_date_time))
    converter.register_unstructure_hook_factory(is_carrier, lambda cls: lambda value: _write_carrier(value, MAX_DEPTH))
    converter.register_unstructure_hook(datetime, lambda value: write_kind(DATE_TIME, value, MAX_DEPTH))
    return converter


def _ignore_type(read: Read) -> Callable[[Any, Any], Any]:
    return lambda value, _: read(value)


class _Readers:
    """Makes the function that reads each kind from builtins, under one set of policies."""

    def __init__(self, converter: Converter, unknown: str, coerce: bool, duplicates: str) -> None:
        self._converter = converter
        self._unknown = unknown
        self._duplicates = duplicates
        self._coerce = coerce
        self._scalars = _COERCING_SCALARS if coerce else _SCALARS

    def kind(self, kind: Kind) -> Read:
        match kind:
            case ScalarKind():
                return self._scalars.get(kind.name) or _integer_reader(kind, self._coerce)
            case EnumerationKind():
                return enumeration_reader(kind, coerce=self._coerce)
            case ListKind():
                return _list_reader(kind, self.kind(kind.item))
            case DictionaryKind():
                return _dictionary_reader(kind, self.kind(kind.item))
            case NestedKind():
                return self._nested(kind.carrier)

    def _nested(self, cls: type) -> Read:
        # Asked of the converter only when first used: carriers may hold themselves.
        hook: Callable[[Any, Any], Any] | None = None

        def read(value: Any) -> Any:
            nonlocal hook
            if hook is None:
                hook = self._converter.get_structure_hook(cls)
            return hook(value, cls)

        return read

    def carrier(self, plan: CarrierPlan) -> Read:
        entries = {field.name: self._entry(field) for field in plan.fields}
        folded = {fold(name): entry for name, entry in entries.items()}
        absent = dict.fromkeys(plan.by_attribute, UNSET)
        make, expected = plan.carrier, NestedKind(plan.carrier).expected
        on_unknown, on_duplicate = self._unknown, self._duplicates

        def read(value: Any) -> Any:
            if type(value) is not dict and not isinstance(value, dict):
                raise invalid(expected, value)
            found: dict[str, Any] = {}
            extras: dict[str, Any] = {}
            issues: list[Issue] = []
            for name, raw in value.items():
                entry = entries.get(name)
                if entry is None and type(name) is str:
                    entry = folded.get(fold(name))
                if entry is None:
                    if on_unknown == "error" or type(name) is not str:
                        issues.append(_unknown_issue(name, plan))
                    elif on_unknown == "keep":
                        extras[name] = raw
                    continue
                attribute, read_value = entry
                if attribute in found:
                    if on_duplicate == "ambiguous":
                        raise AmbiguousNames
                    if on_duplicate == "error":
                        issues.append(repeated_issue("/" + escape(name)))
                try:
                    found[attribute] = None if raw is None else read_value(raw)
                except Exception as error:
                    found[attribute] = None
                    issues += issues_of(error, "/" + escape(name), raw)
            if issues:
                raise ValidationError(issues)
            try:
                # Absent is absent, also where the class has another default for its constructor.
                carrier = make(**{**absent, **found})
            except (ValueError, TypeError) as error:
                raise ValidationError(issues_of(error, "", value)) from None
            if extras:
                carrier.extras = extras
            return carrier

        return read

    def _entry(self, field: FieldPlan) -> tuple[str, Read]:
        return field.attribute, self.kind(field.kind)


def issues_of(error: Exception, prefix: str, received: object) -> list[Issue]:
    """The faults that an exception from a reader stands for, their pointers behind `prefix`.

    Our own errors carry their issues; cattrs' groups (from a user's classes) are walked; any other ValueError, TypeError
    or LookupError of a user's hook becomes one issue. Everything else is no fault of the document and is raised again.
    """
    if isinstance(error, ValidationError):
        return [issue.under(prefix) for issue in error.issues]
    group = getattr(error, "group_exceptions", None)
    if group is not None:
        located, rest = group()
        steps = [
            (inner, prefix + "/" + escape(str(getattr(note, "name", getattr(note, "index", ""))))) for inner, note in located
        ]
        steps += [(inner, prefix) for inner in rest]
        return [issue for inner, pointer in steps for issue in issues_of(inner, pointer, received)]
    if isinstance(error, (ValueError, TypeError, LookupError)):
        return [Issue(prefix, str(error) or type(error).__name__, "a valid value", shorten(received))]
    raise error


def repeated_issue(pointer: str) -> Issue:
    """The fault of a property that one object spells twice."""
    return Issue(pointer, "the property is repeated in its object", "one value", "a second one")


def _unknown_issue(name: object, plan: CarrierPlan) -> Issue:
    if type(name) is not str:
        return Issue("", f"expected a string as property name, received {shorten(name)}", "string", shorten(name))
    return Issue("/" + escape(name), f"{plan.name} has no such property", "a known property", shorten(name))


def _read_string(value: Any) -> str:
    if type(value) is str:
        return value
    raise invalid("string", value)


def _read_boolean(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise invalid("boolean", value)


def _read_double(value: Any) -> float:
    if type(value) is float:
        if math.isfinite(value):
            return value
        raise invalid("double", value, "expected a finite double: JSON has no NaN and no infinity")
    if type(value) is int:
        if -_MAX_DOUBLE <= value <= _MAX_DOUBLE:
            return value
        raise invalid("double", value, "out of the range of a double")
    raise invalid("double", value)


def _read_date_time(value: Any) -> datetime:
    if type(value) is not str:
        raise invalid("date-time", value)
    try:
        return parse_timestamp(value)
    except ValueError as error:
        raise invalid("date-time", value, f"expected a date-time, received {shorten(value)}: {error}") from None


def _integer_reader(kind: ScalarKind, coerce: bool = False) -> Read:
    low, high = kind.minimum, kind.maximum
    assert low is not None
    assert high is not None

    def read(value: Any) -> int:
        if coerce and type(value) is str and _INTEGER_TEXT.fullmatch(value):
            value = int(value)
        if type(value) is not int:
            raise invalid(kind.name, value)
        if low <= value <= high:
            return value
        raise invalid(kind.name, value, f"{shorten(value)} is out of range: {kind.name} is {low} to {high}")

    return read


_SCALARS: dict[str, Read] = {
    "string": _read_string,
    "boolean": _read_boolean,
    "double": _read_double,
    "date-time": _read_date_time,
}


def scalar_reader(kind: ScalarKind) -> Read:
    """The function that reads one scalar kind from builtins; it raises `ValidationError` with one issue at the value."""
    return _SCALARS.get(kind.name) or _integer_reader(kind)


def _coerce_string(value: Any) -> str:
    if type(value) is bool:
        return "true" if value else "false"
    return str(value) if type(value) in (int, float) else _read_string(value)


def _coerce_boolean(value: Any) -> bool:
    if type(value) is int:
        return value != 0
    if type(value) is str and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return _read_boolean(value)


def _coerce_double(value: Any) -> float:
    return _read_double(float(value) if type(value) is str and _NUMBER_TEXT.fullmatch(value) else value)


_COERCING_SCALARS: dict[str, Read] = {
    **_SCALARS,
    "string": _coerce_string,
    "boolean": _coerce_boolean,
    "double": _coerce_double,
}


def enumeration_reader(kind: EnumerationKind, *, coerce: bool = False) -> Read:
    """The function that reads an open enumeration: its member for a known name, the string itself for another.

    With `coerce`, as the server's reader takes them: a name in any letter case, or a member's number by position.
    """
    members = {member.value: member for member in kind.members}
    folded = {fold(name): member for name, member in members.items()}
    by_number = list(kind.members)

    def read(value: Any) -> Any:
        if type(value) is str:
            return members.get(value, value)
        raise invalid("string", value)

    def read_coercing(value: Any) -> Any:
        if type(value) is int and 0 <= value < len(by_number):
            return by_number[value]
        if type(value) is str:
            return members.get(value) or folded.get(fold(value), value)
        raise invalid("string", value)

    return read_coercing if coerce else read


def _list_reader(kind: ListKind, read_item: Read) -> Read:
    nullable, expected = kind.nullable, kind.expected

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise invalid(expected, value)
        items, issues = [], []
        for index, raw in enumerate(value):
            try:
                items.append(None if raw is None and nullable else read_item(raw))
            except Exception as error:
                issues += issues_of(error, f"/{index}", raw)
        if issues:
            raise ValidationError(issues)
        return items

    return read


def _dictionary_reader(kind: DictionaryKind, read_item: Read) -> Read:
    nullable, expected = kind.nullable, kind.expected

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid(expected, value)
        items, issues = {}, []
        for key, raw in value.items():
            try:
                items[_read_string(key)] = None if raw is None and nullable else read_item(raw)
            except Exception as error:
                issues += issues_of(error, "/" + escape(str(key)), raw)
        if issues:
            raise ValidationError(issues)
        return items

    return read


def from_builtins(data: Any, type: type[T], *, converter: Converter | None = None) -> T:
    """The carrier (or `list[Carrier]`) that plain data stands for, as `decode` reads it from JSON.

    Takes builtins with wire names as keys, in any letter case. Raises `ValidationError` with every fault. `converter` is
    one that `make_converter` gave, by default one with its default policies.
    """
    check_depth(data, MAX_DEPTH)
    return reader(type, converter or _default_converter())(data)  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _default_converter() -> Converter:
    return make_converter()


def reader(type: Any, converter: Converter) -> Read:
    """The function that reads a carrier type, or a list or dictionary of one, through `converter`."""
    return _Readers(converter, "keep", False, "last").kind(kind_of(type))


def kind_reader(kind: Kind, *, coerce: bool = False) -> Read:
    """The function that reads one kind from builtins; `coerce` as in `make_converter`."""
    return _Readers(_converter(coerce), "keep", coerce, "last").kind(kind)


@lru_cache(maxsize=2)
def _converter(coerce: bool) -> Converter:
    return make_converter(coerce=coerce)


def check_depth(data: Any, limit: int) -> None:
    """Raise `ContentTooLarge` if objects and lists nest deeper than `limit`; never recurses."""
    level, depth = [data], 0
    while level := [item for item in level if isinstance(item, (dict, list))]:
        depth += 1
        if depth > limit:
            raise ContentTooLarge(f"nesting is deeper than {limit}")
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]


def to_builtins(value: Any, *, max_depth: int = MAX_DEPTH) -> Any:
    """The builtins that a carrier, or a list or dictionary of carriers, stands for on the wire.

    Absent properties are left out, nulls stay, `extras` follow the known properties, dates are text in .NET's format.
    Raises `EncodeError` with every fault: a value of a wrong type, an integer out of range, a string that UTF-8 cannot
    hold, nesting over `max_depth`.
    """
    if is_carrier(type(value)):
        return _write_carrier(value, max_depth)
    if isinstance(value, list):
        return _write_items(enumerate(value), lambda item, room: to_builtins(item, max_depth=room), max_depth, list)
    raise _unwritable("a carrier or a list of carriers", value)


def _unwritable(expected: str, value: object, message: str = "") -> EncodeError:
    shown = shorten(value)
    return EncodeError([Issue("", message or f"expected {expected}, received {shown}", expected, shown)])


def _write_carrier(value: Any, depth: int) -> dict[str, Any]:
    if depth <= 0:
        raise _unwritable("less nesting", value, "nesting is deeper than any decoder takes, or without end")
    plan = plan_of(type(value))
    written: dict[str, Any] = {}
    issues: list[Issue] = []
    for field in plan.fields:
        item = getattr(value, field.attribute)
        if item is not UNSET:
            try:
                written[field.name] = None if item is None else write_kind(field.kind, item, depth - 1)
            except EncodeError as error:
                issues += [issue.under("/" + escape(field.name)) for issue in error.issues]
    if value._extras:
        issues += write_extras(value._extras, plan, written, depth)
    if issues:
        raise EncodeError(issues)
    return written


def write_extras(extras: Any, plan: CarrierPlan, written: dict[str, Any], depth: int) -> list[Issue]:
    """Add a carrier's `extras` to what is `written` of it, and give the faults found on the way."""
    issues = []
    for name, item in extras.items():
        pointer = "/" + escape(str(name))
        if type(name) is str and plan.find(name) is not None:
            message = f"extras hold {shorten(name)}, which {plan.name} has as a property"
            issues.append(Issue(pointer, message, "an unknown property", shorten(name)))
            continue
        try:
            written[write_kind(STRING, name, depth)] = write_any(item, depth - 1)
        except EncodeError as error:
            issues += [issue.under(pointer) for issue in error.issues]
    return issues


def write_kind(kind: Kind, value: Any, depth: int) -> Any:
    """The builtins of one value of a known kind, `depth` levels at most; raises `EncodeError` with every fault."""
    match kind:
        case NestedKind():
            if isinstance(value, kind.carrier):
                return _write_carrier(value, depth)
        case ListKind():
            if isinstance(value, list):
                return _write_items(enumerate(value), _item_writer(kind), depth, list)
        case DictionaryKind():
            if isinstance(value, dict):
                return _write_items(value.items(), _item_writer(kind), depth, dict)
        case EnumerationKind():
            return _write_string(value)
        case ScalarKind():
            writer: Write = _SCALAR_WRITERS.get(kind.name, _write_integer)
            return writer(value, kind)
    raise _unwritable(kind.expected, value)


def _item_writer(kind: ListKind | DictionaryKind) -> Callable[[Any, int], Any]:
    def write(value: Any, depth: int) -> Any:
        return None if value is None and kind.nullable else write_kind(kind.item, value, depth)

    return write


def _write_items(pairs: Any, write: Callable[[Any, int], Any], depth: int, shape: type) -> Any:
    if depth <= 0:
        raise _unwritable("less nesting", [], "nesting is deeper than any decoder takes, or without end")
    written: dict[Any, Any] = {}
    issues: list[Issue] = []
    for key, item in pairs:
        try:
            name = key if shape is list else _write_string(key)
            written[name] = write(item, depth - 1)
        except EncodeError as error:
            issues += [issue.under("/" + escape(str(key))) for issue in error.issues]
    if issues:
        raise EncodeError(issues)
    return list(written.values()) if shape is list else written


def write_any(value: Any, depth: int) -> Any:
    """The builtins of an unknown property's value, `depth` levels at most; raises `EncodeError` with every fault."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _write_string(value)
    if isinstance(value, int):
        if not -_MAX_INTEGER < value < _MAX_INTEGER:
            raise _unwritable("an integer of at most 4,300 digits", value)
        return int(value)
    if isinstance(value, float):
        return _write_double(value, DOUBLE)
    if isinstance(value, list):
        return _write_items(enumerate(value), write_any, depth, list)
    if isinstance(value, dict):
        return _write_items(value.items(), write_any, depth, dict)
    raise _unwritable("builtins", value)


def _write_string(value: Any, kind: ScalarKind = STRING) -> str:
    if not isinstance(value, str):
        raise _unwritable(kind.expected, value)
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _unwritable("string", value, "the string has a lone surrogate, which UTF-8 cannot hold") from None
    return text


def _write_boolean(value: Any, kind: ScalarKind) -> bool:
    if value is True or value is False:
        return value
    raise _unwritable(kind.expected, value)


def _write_integer(value: Any, kind: ScalarKind) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unwritable(kind.expected, value)
    if kind.minimum is not None and kind.maximum is not None and not kind.minimum <= value <= kind.maximum:
        range_ = f"{kind.name} is {kind.minimum} to {kind.maximum}"
        raise _unwritable(kind.name, value, f"{shorten(value)} is out of range: {range_}")
    return int(value)


def _write_double(value: Any, kind: ScalarKind) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _unwritable(kind.expected, value)
    if not -_MAX_DOUBLE <= value <= _MAX_DOUBLE:
        raise _unwritable(kind.expected, value, f"{shorten(value)} is not a finite double")
    return int(value) if isinstance(value, int) else float(value)


def _write_date_time(value: Any, kind: ScalarKind) -> str:
    if not isinstance(value, datetime):
        raise _unwritable(kind.expected, value)
    try:
        return format_timestamp(value)
    except ValueError as error:
        raise _unwritable(kind.expected, value, str(error)) from None


_SCALAR_WRITERS: dict[str, Write] = {
    STRING.name: _write_string,
    BOOLEAN.name: _write_boolean,
    DOUBLE.name: _write_double,
    DATE_TIME.name: _write_date_time,
}
