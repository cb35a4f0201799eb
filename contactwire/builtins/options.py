"""Options of one type, of a few words, or limits: anything else is the caller's mistake, and told before any body comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

from contactwire.errors import repr_of

if TYPE_CHECKING:
    import attrs

__all__ = ["check_limit", "check_option", "check_path", "is_a", "is_limit", "one_of"]


def check_option(name: str, value: object, words: Any) -> None:
    """Raise ValueError for a value that is none of the words of a `Literal`."""
    if value not in get_args(words):
        raise ValueError(f"{name} is one of {', '.join(get_args(words))}, not {repr_of(value)}")


def one_of(words: Any) -> Callable[[Any, attrs.Attribute[Any], object], None]:
    """The validator of an attrs class's option that is one of the words of a `Literal`."""

    def check(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        check_option(attribute.name, value, words)

    return check


def check_limit(name: str, value: object, least: int | None = None) -> None:
    """Raise ValueError for a limit that is no integer or is below `least`: zero, but an error lists one fault at least."""
    if least is None:
        least = 1 if name == "max_faults" else 0
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is an integer, {least} or more, not {repr_of(value)}")


def is_limit(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
    """The validator of an attrs class's option that is a limit."""
    check_limit(attribute.name, value)


def check_path(path: object, starts: tuple[str, ...] = ("/",), ends: str = "?#") -> None:
    """Raise TypeError for a path of an endpoint that is no string, and ValueError for one that no request could have.

    A path begins with one of `starts`, unless it is empty, and a character of `ends` would end it (RFC 3986 §3.3).
    """
    if not isinstance(path, str):
        raise TypeError(f"path is of type str, not {repr_of(path)}")
    if not path.startswith(starts) and path:
        raise ValueError(f'path begins with a slash, as "/api/v1/Contact" does, unlike {repr_of(path)}')
    if any(character in path for character in ends):
        raise ValueError(f"path has no query or fragment behind it, unlike {repr_of(path)}")


def is_a(cls: type) -> Callable[[Any, attrs.Attribute[Any], object], None]:
    """The validator of an attrs class's option that is an instance of a class, or None where that is its default.

    It raises TypeError.
    """

    def check(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, cls) and not (value is None and attribute.default is None):
            raise TypeError(f"{attribute.name} is of type {cls.__name__}, not {repr_of(value)}")

    return check
