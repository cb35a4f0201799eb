"""JSON values as patches hold, read and write them, on carriers and on plain JSON alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contactwire.builtins import (
    MAX_DEPTH,
    Policy,
    depth_of,
    explain,
    from_json,
    invalid,
    to_builtins,
    to_json,
    to_sorted_json,
    write_any,
    write_kind,
)
from contactwire.errors import ContentTooLarge
from contactwire.wire import (
    STRING,
    DictionaryKind,
    Kind,
    ListKind,
    NestedKind,
    is_carrier,
)

__all__ = [
    "canonical",
    "check_result_depth",
    "describe",
    "freeze",
    "inside",
    "is_deep",
    "is_object",
    "kind_of_value",
    "levels_at_most",
    "plain",
    "read",
    "thaw",
]

thaw = from_json
"""The builtins that frozen JSON stands for, made anew at each call."""

freeze = to_json
"""The JSON text of builtins: what an immutable patch holds instead of them."""

canonical = to_sorted_json
"""The JSON text of builtins, the same for two objects whose members stand in another order."""

_STRICT, _COERCING = Policy(), Policy(coerce=True)


def plain(kind: Kind | None, value: Any, depth: int = MAX_DEPTH) -> Any:
    """The builtins of any value, `kind` where it is known. Raises `EncodeError` with every fault."""
    if value is None:
        return None
    if kind is not None:
        return write_kind(kind, value, depth)
    return to_builtins(value, max_depth=depth) if _holds_carriers(value) else write_any(value, depth)


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
    return explain(data, kind, _COERCING if coerce else _STRICT)


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


def is_object(value: Any) -> bool:
    """Whether a value has members: a carrier, or an object of plain JSON."""
    return isinstance(value, dict) or is_carrier(type(value))


def check_result_depth(result: Any, target: Any) -> None:
    """Raise `ContentTooLarge` if a patch made a document nest deeper than `MAX_DEPTH` that did not before."""
    if is_deep(result) and not is_deep(target):
        raise ContentTooLarge(f"the patched document nests deeper than {MAX_DEPTH}")


def levels_at_most(json: bytes) -> int:
    """How many levels of objects and lists a JSON text has at most."""
    return json.count(b"{") + json.count(b"[")


def is_deep(value: Any) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`."""
    return depth_of(value, MAX_DEPTH) > MAX_DEPTH
