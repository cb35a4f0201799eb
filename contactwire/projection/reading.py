"""Reading one value along a path: `get` checks the path by the plans, then follows it through the carrier.

What a path means depends on the carrier's class alone, so that a misspelled one is an error for each carrier, also for one
that has nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, TypeVar, overload

from contactwire.builtins import check_option
from contactwire.errors import PathError, shorten
from contactwire.paths import Unknown, array_index, resolve
from contactwire.projection.text import tokens_of
from contactwire.wire import UNSET, Carrier, NestedKind, fold, is_carrier, plan_of

__all__ = ["get", "member_of", "value_inside"]

D = TypeVar("D")
E = TypeVar("E", bound=Enum)


@overload
def get(carrier: Carrier, path: str, default: None = None, *, unknown: Unknown = ...) -> Any: ...
@overload
def get(carrier: Carrier, path: str, default: list[Any], *, unknown: Unknown = ...) -> list[Any]: ...
@overload
def get(carrier: Carrier, path: str, default: dict[str, Any], *, unknown: Unknown = ...) -> dict[str, Any]: ...
@overload
def get(carrier: Carrier, path: str, default: E, *, unknown: Unknown = ...) -> E: ...
@overload
def get(carrier: Carrier, path: str, default: bool, *, unknown: Unknown = ...) -> bool: ...  # ty takes D for Literal[False]
@overload
def get(carrier: Carrier, path: str, default: int, *, unknown: Unknown = ...) -> int: ...
@overload
def get(carrier: Carrier, path: str, default: float, *, unknown: Unknown = ...) -> float: ...
@overload
def get(carrier: Carrier, path: str, default: str, *, unknown: Unknown = ...) -> str: ...
@overload
def get(carrier: Carrier, path: str, default: D, *, unknown: Unknown = ...) -> D: ...
def get(carrier: Any, path: str, default: Any = None, *, unknown: Unknown = "error") -> Any:
    """The value at a path in a carrier, or `default` where there is none, or null, there or on the way.

    `path` is spelled as in a `$select`: `category/value`, in any letter case. A step into a list is the index of an item,
    `emails/0/value`. A step into a dictionary is a key, `customFields/SuperOffice:1`, also in any letter case; a key that
    is spelled exactly so comes first. With `unknown="keep"`, a name that the class has no property for is that of an
    unknown member: `get(contact, "shoe/size", default=0, unknown="keep")`.

    The result has the type of `default`, and TypeError says so where the value there has another one. An int is taken
    where the default is a float. What is inside of a list or dictionary is not checked. Without a default, or with None,
    nothing is checked.

    Raises `PathError` for a path that names nothing, with the nearest property's name, TypeError for what is no carrier, and
    ValueError for another `unknown`.
    """
    check_option("unknown", unknown, Unknown)
    tokens = tokens_of(path)
    resolve(NestedKind(plan_of(type(carrier)).carrier), tokens, path=path, unknown=unknown)
    value: Any = carrier
    for token in tokens:
        value = value_inside(value, token)
    if value is None or value is UNSET:
        return default
    if default is not None:
        _check_type(value, type(default), path)
    return value


def _check_type(value: object, wanted: type, path: str) -> None:
    # Type checkers, too, take an int for a float (PEP 484), and whole numbers of a double come as int.
    if not isinstance(value, (float, int) if wanted is float else wanted):
        raise TypeError(f"{shorten(value)} at {shorten(path)} is of type {type(value).__name__}, not {wanted.__name__}")


def value_inside(value: Any, token: str) -> Any:
    """What a token names in a value, or UNSET where there is nothing of this name."""
    if is_carrier(type(value)):
        field = plan_of(type(value)).find(token)
        return member_of(value._extras or {}, token) if field is None else getattr(value, field.attribute)
    if isinstance(value, dict):
        return member_of(value, token)
    if isinstance(value, list):
        with suppress(PathError):  # beyond the end; in a list of an unknown member, also what is no index
            return value[array_index(token, len(value))]
    return UNSET


def member_of(members: Mapping[Any, Any], key: str) -> Any:
    """The value of a key, which comes first as it is spelled, then in any letter case; UNSET where there is none."""
    if key in members:
        return members[key]
    folded = fold(key)
    return next((value for name, value in members.items() if isinstance(name, str) and fold(name) == folded), UNSET)
