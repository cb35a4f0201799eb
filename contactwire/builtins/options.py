"""Options that are one of a few words, or limits: anything else is the caller's mistake, and told before any body comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    import attrs

__all__ = ["check_limit", "check_option", "is_limit", "one_of"]


def check_option(name: str, value: object, words: Any) -> None:
    """Raise ValueError for a value that is none of the words of a `Literal`."""
    if value not in get_args(words):
        raise ValueError(f"{name} is one of {', '.join(get_args(words))}, not {value!r}")


def one_of(words: Any) -> Callable[[Any, attrs.Attribute[Any], object], None]:
    """The validator of an attrs class's option that is one of the words of a `Literal`."""

    def check(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        check_option(attribute.name, value, words)

    return check


def check_limit(name: str, value: object) -> None:
    """Raise ValueError for a limit that is no integer or is below zero; an error lists one fault at least."""
    least = 1 if name == "max_faults" else 0
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is an integer, {least} or more, not {value!r}")


def is_limit(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
    """The validator of an attrs class's option that is a limit."""
    check_limit(attribute.name, value)
