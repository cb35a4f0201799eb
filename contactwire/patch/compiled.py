"""Functions generated for each carrier class, a line a property: whether two are alike, where they differ, a copy of one.

Whether two values are alike is decided by what the wire shows: `1` is not `1.0`, `-0.0` not `0.0`, `Z` not `+00:00`.
"""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import DictionaryKind, FieldPlan, Kind, ListKind, NestedKind, is_carrier, plan_of

__all__ = ["changes", "copier", "same"]


@attrs.frozen
class _Compiled:
    """What was generated for one class: `same(a, b)`, `changes(a, b)`, `copy(a)`, and their `source`."""

    same: Callable[[Any, Any], bool]
    changes: Callable[[Any, Any], list[tuple[FieldPlan, Any, Any]]]
    copy: Callable[[Any], Any]
    source: str


_LOCK = threading.Lock()
_compiled: dict[type, _Compiled] = {}


def same(one: Any, other: Any) -> bool:
    """Whether two values, carriers or what is in them, are written alike on the wire."""
    if one is other:
        return True
    cls = type(one)
    return (_comparisons.get(cls) or _comparison(cls))(one, other)


def _same_text(one: str, other: Any) -> bool:
    return isinstance(other, str) and str.__str__(one) == str.__str__(other)


def _same_moment(one: datetime, other: Any) -> bool:
    return isinstance(other, datetime) and format_timestamp(one) == format_timestamp(other)


def _same_double(one: float, other: Any) -> bool:
    return type(other) is float and one == other and math.copysign(1.0, one) == math.copysign(1.0, other)


def _same_items(one: list[Any], other: Any) -> bool:
    return type(other) is list and len(one) == len(other) and all(map(same, one, other))


def _same_members(one: dict[str, Any], other: Any) -> bool:
    if type(other) is not dict or one.keys() != other.keys():
        return False
    return all(map(same, one.values(), map(other.__getitem__, one)))


def _same_otherwise(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


_comparisons: dict[type, Callable[[Any, Any], bool]] = {
    str: _same_text,
    Timestamp: _same_moment,
    float: _same_double,
    list: _same_items,
    dict: _same_members,
}


def _comparison(cls: type) -> Callable[[Any, Any], bool]:
    if is_carrier(cls):
        found = _of(cls).same
    elif issubclass(cls, str):
        found = _same_text
    else:
        found = _same_moment if issubclass(cls, datetime) else _same_otherwise
    _comparisons[cls] = found
    return found


def changes(before: Any, after: Any) -> list[tuple[FieldPlan, Any, Any]]:
    """The properties of two carriers of one class that are not alike, with both their values, in wire order."""
    return _of(type(after)).changes(before, after)


def copier(cls: type) -> Callable[[Any], Any]:
    """The function that makes a carrier with the same values as another one, its `extras` the very same dictionary."""
    return _of(cls).copy


def _of(cls: type) -> _Compiled:
    known = _compiled.get(cls)
    if known is None:
        with _LOCK:
            known = _compiled[cls] = _compiled.get(cls) or _compile(cls)
    return known


def _compile(cls: type) -> _Compiled:
    fields = plan_of(cls).fields
    source = _source(fields)
    namespace: dict[str, Any] = {"same": same, "fields": fields, "make": object.__new__, "carrier": cls}
    if slotted := _slotted(cls):
        # A slot's own setter: a copy runs no validators.
        namespace |= {f"set_{field.attribute}": getattr(cls, field.attribute).__set__ for field in fields}
    exec(compile(source, f"<contactwire patch {cls.__qualname__}>", "exec"), namespace)
    copied = namespace["copy"] if slotted else copy.copy
    return _Compiled(namespace["same_carrier"], namespace["changes"], copied, source)


def _source(fields: tuple[FieldPlan, ...]) -> str:
    differs = [_differs(field) for field in fields]
    lines = ["def same_carrier(a, b):", "    if type(b) is not carrier: return False"]
    lines += [f"    if {condition}: return False" for condition in differs]
    lines += ["    return not (a._extras or b._extras) or same(a._extras or {}, b._extras or {})", ""]
    lines += ["def changes(a, b):", "    found = []"]
    for index, (field, condition) in enumerate(zip(fields, differs, strict=True)):
        name = field.attribute
        lines += [f"    if {condition}: found.append((fields[{index}], a.{name}, b.{name}))"]
    lines += ["    return found", "", "def copy(a):", "    made = make(carrier)"]
    lines += [f"    set_{field.attribute}(made, a.{field.attribute})" for field in fields]
    return "\n".join([*lines, "    made._extras = a._extras", "    return made", ""])


def _differs(field: FieldPlan) -> str:
    name = field.attribute
    return f"a.{name} != b.{name}" if _plain(field.kind) else f"a.{name} is not b.{name} and not same(a.{name}, b.{name})"


def _plain(kind: Kind) -> bool:
    """Whether `==` compares values of a kind exactly: doubles have two zeros, dates many spellings of one instant."""
    while isinstance(kind, (ListKind, DictionaryKind)):
        kind = kind.item
    return not isinstance(kind, NestedKind) and kind.expected not in ("double", "date-time")


def _slotted(cls: type) -> bool:
    names = [*plan_of(cls).by_attribute, "_extras"]
    return all(type(getattr(cls, name, None)).__name__ == "member_descriptor" for name in names)
