"""JSON values as patches hold, read, write and compare them, on carriers and on plain JSON alike."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from contactwire.builtins import MAX_DEPTH, Read, invalid, kind_reader, to_builtins, write_any, write_kind
from contactwire.errors import ContentTooLarge
from contactwire.patch.compiled import copier
from contactwire.timestamps import parse_timestamp
from contactwire.wire import STRING, UNSET, DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, is_carrier, plan_of

__all__ = [
    "canonical",
    "check_result_depth",
    "describe",
    "equals",
    "freeze",
    "inside",
    "is_deep",
    "kind_of_value",
    "plain",
    "read",
    "shallow_copy",
    "text_of",
    "thaw",
]

thaw = msgspec.json.Decoder().decode
"""The builtins that frozen JSON stands for, made anew at each call."""

freeze = msgspec.json.Encoder().encode
"""The JSON text of builtins: what an immutable patch holds instead of them."""

canonical = msgspec.json.Encoder(order="sorted").encode
"""The JSON text of builtins, the same for two objects whose members stand in another order."""


def plain(kind: Kind | None, value: Any, depth: int = MAX_DEPTH) -> Any:
    """The builtins of any value, `kind` where it is known. Raises `EncodeError` with every fault."""
    if value is None:
        return None
    if kind is not None:
        return write_kind(kind, value, depth)
    return to_builtins(value, max_depth=depth) if _holds_carriers(value) else write_any(value, depth)


def text_of(kind: Kind | None, value: Any) -> bytes:
    """A text for any value, the same for values that are written alike; of no use for anything else."""
    return canonical(plain(kind, value) if kind is not None or _holds_carriers(value) else value)


def _holds_carriers(value: Any) -> bool:
    return any(is_carrier(type(item)) for item in (value if isinstance(value, list) else [value]))


def read(kind: Kind | None, nullable: bool, data: Any, coerce: bool) -> Any:
    """The value that builtins stand for at a place of `kind`; where that is unknown, the builtins themselves.

    Raises `ValidationError` with every fault, the pointers from the value inwards.
    """
    if kind is None or (data is None and nullable) or (kind is STRING and type(data) is str):
        return data
    if data is None:
        raise invalid(kind.expected, None)
    return _reader(kind, coerce)(data)


@lru_cache(maxsize=512)
def _reader(kind: Kind, coerce: bool) -> Read:
    return kind_reader(kind, coerce=coerce)


def kind_of_value(value: Any) -> Kind | None:
    """The kind of a whole document: a carrier's, that of a list of carriers, or None for plain JSON."""
    if is_carrier(type(value)):
        return NestedKind(type(value))
    if isinstance(value, list) and value and is_carrier(type(value[0])):
        return ListKind(NestedKind(type(value[0])))
    return None


def inside(kind: Kind | None) -> tuple[Kind | None, bool]:
    """The kind of what a list or dictionary holds, None where it is unknown, and whether null may stand there."""
    if isinstance(kind, (ListKind, DictionaryKind)):
        return kind.item, kind.nullable
    return None, True


def describe(value: Any) -> str:
    """What sort of value this is, for messages."""
    if value is None:
        return "null"
    return next((name for cls, name in _NAMES if isinstance(value, cls)), "a value")


_NAMES: list[tuple[type, str]] = [
    (bool, "a boolean"),
    (str, "a string"),
    (int, "a number"),
    (float, "a number"),
    (datetime, "a date-time"),
    (list, "a list"),
    (dict, "an object"),
]


def shallow_copy(value: Any) -> Any:
    """A copy of a carrier, list or dictionary that holds the very same values; anything else as it is."""
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    if not is_carrier(type(value)):
        return value
    made = copier(type(value))(value)
    if made._extras is not None:
        made.extras = dict(made._extras)
    return made


def equals(actual: Any, expected: Any, absent_is_null: bool) -> bool:
    """Whether a value is `expected` (builtins) as a `test` operation sees it (RFC 6902 §4.6).

    Numbers by value, objects whatever their order, `true` no number, dates by instant and kind (UTC, with offset, neither).
    `absent_is_null` lets an absent property stand for null.
    """
    if actual is UNSET:
        return absent_is_null and expected is None
    if actual is None or isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, datetime):
        return isinstance(expected, str) and _same_moment(actual, expected)
    if isinstance(actual, (int, float)):
        return isinstance(expected, (int, float)) and actual == expected
    if isinstance(actual, str):
        return isinstance(expected, str) and actual == expected
    if isinstance(actual, list):
        return (
            isinstance(expected, list)
            and len(actual) == len(expected)
            and all(equals(one, other, absent_is_null) for one, other in zip(actual, expected, strict=True))
        )
    if not isinstance(expected, dict):
        return False
    if is_carrier(type(actual)):
        return _carrier_equals(actual, expected, absent_is_null)
    return actual.keys() == expected.keys() and all(
        equals(item, expected[name], absent_is_null) for name, item in actual.items()
    )


def _carrier_equals(actual: Any, expected: dict[str, Any], absent_is_null: bool) -> bool:
    plan = plan_of(type(actual))
    known: dict[FieldPlan, Any] = {}
    unknown: dict[str, Any] = {}
    for name, item in expected.items():
        field = plan.find(name)
        if field is None:
            unknown[name] = item
        else:
            known[field] = item
    for field in plan.fields:
        value, item = getattr(actual, field.attribute), known.get(field, UNSET)
        if item is UNSET:
            if value is not UNSET and not (absent_is_null and value is None):
                return False
        elif not equals(value, item, absent_is_null):
            return False
    return equals(actual._extras or {}, unknown, absent_is_null)


def _same_moment(actual: datetime, expected: str) -> bool:
    try:
        moment = parse_timestamp(expected)
    except ValueError:
        return False
    return _zone_kind(actual) == _zone_kind(moment) and moment == actual


def _zone_kind(value: datetime) -> str:
    """.NET's `DateTimeKind`."""
    offset = value.utcoffset()
    if offset is None:
        return "Unspecified"
    return "Utc" if not offset and value.tzname() == "UTC" else "Local"


def check_result_depth(result: Any, target: Any) -> None:
    """Raise `ContentTooLarge` if a patch made a document nest deeper than `MAX_DEPTH` that did not before."""
    if is_deep(result) and not is_deep(target):
        raise ContentTooLarge(f"the patched document nests deeper than {MAX_DEPTH}")


def is_deep(value: Any) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`; never recurses."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, (dict, list)) or is_carrier(type(item))]:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        level = [child for item in level for child in _children(item)]
    return False


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    return (*[getattr(value, name) for name in plan_of(type(value)).by_attribute], *(value._extras or {}).values())
