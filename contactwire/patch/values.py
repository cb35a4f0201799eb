"""The values of patches: from builtins to JSON text and back, and to what a carrier holds.

A place in a carrier has a kind, which says how a value is read there. A place in plain JSON or in `extras` has none (`kind`
is None), and holds builtins as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contactwire.builtins import (
    MAX_DEPTH,
    Policy,
    depth_of,
    from_json,
    invalid,
    read_kind,
    to_builtins,
    to_json,
    to_sorted_json,
    write_any,
    write_kind,
)
from contactwire.errors import ContentTooLarge
from contactwire.wire import (
    STRING,
    ItemsKind,
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
"""The builtins in a JSON text, a new copy at each call."""

freeze = to_json
"""The JSON text of builtins, which an immutable patch holds instead of them."""

canonical = to_sorted_json
"""The JSON text of builtins with sorted members: the same text for `{"a": 1, "b": 2}` and `{"b": 2, "a": 1}`."""


def plain(kind: Kind | None, value: Any, depth: int = MAX_DEPTH) -> Any:
    """The builtins of any value; `kind` is the value's kind, or None if unknown. Raises `EncodeError` with every fault."""
    if value is None:
        return None
    if kind is not None:
        return write_kind(kind, value, depth)
    return to_builtins(value, max_depth=depth) if _holds_carriers(value) else write_any(value, depth)


def _holds_carriers(value: Any) -> bool:
    return any(is_carrier(type(item)) for item in (value if isinstance(value, list) else [value]))


def read(kind: Kind | None, nullable: bool, data: Any, policy: Policy) -> Any:
    """The value to store at a place of `kind`, read from builtins; at a place of no kind, the builtins themselves.

    `nullable` says whether null is allowed there, `policy` whether scalars may be spelled otherwise (`"3"` for 3). Raises
    `ValidationError` with every fault; the pointers start at the value.
    """
    if kind is None or (data is None and nullable) or (kind is STRING and type(data) is str):
        return data
    if data is None:
        raise invalid(kind.expected, None)
    return read_kind(data, kind, policy)


def kind_of_value(value: Any) -> Kind | None:
    """The kind of a whole document: a carrier's, that of a list of carriers, or None for plain JSON."""
    if is_carrier(type(value)):
        return NestedKind(type(value))
    if isinstance(value, list) and value and is_carrier(type(value[0])):
        return ListKind(NestedKind(type(value[0])))
    return None


def inside(kind: Kind | None) -> tuple[Kind | None, bool]:
    """The kind of the items of a list or dictionary, None where it is unknown, and whether an item may be null."""
    if isinstance(kind, ItemsKind):
        return kind.item, kind.nullable
    return None, True


def describe(value: Any) -> str:
    """The sort of a value, as error messages name it: "a list", "null"."""
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
    """Raise `ContentTooLarge` if the patched document nests deeper than `MAX_DEPTH` and its target does not."""
    if is_deep(result) and not is_deep(target):
        raise ContentTooLarge(f"the patched document nests deeper than {MAX_DEPTH} levels")


def levels_at_most(json: bytes) -> int:
    """An upper bound of the levels of objects and lists in a JSON text: how many `{` and `[` it has."""
    return json.count(b"{") + json.count(b"[")


def is_deep(value: Any) -> bool:
    """Whether a value nests deeper than `MAX_DEPTH`."""
    return depth_of(value, MAX_DEPTH) > MAX_DEPTH
