"""Reading a property that may be absent or null."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from msgspec import UNSET, UnsetType

__all__ = ["value_or"]

T = TypeVar("T")
D = TypeVar("D")


@overload
def value_or(value: list[T] | UnsetType | None, default: list[T]) -> list[T]: ...
@overload
def value_or(value: dict[str, T] | UnsetType | None, default: dict[str, T]) -> dict[str, T]: ...
@overload
def value_or(value: T | UnsetType | None, default: D) -> T | D: ...
def value_or(value: Any, default: Any) -> Any:
    """`value`, or `default` where it is absent (UNSET) or null (None).

    Unlike `value or default`, it gives back a value that is falsy: `""`, 0, False, an empty list. For type checkers the
    result is neither None nor UNSET, unless the default is: `value_or(contact.name, "")` is a `str`, and
    `value_or(contact.emails, [])` a list. To tell absent from null, compare the value with UNSET itself.
    """
    return default if value is None or value is UNSET else value
