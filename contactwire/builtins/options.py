"""Options that are one of a few words: a word that is not among them is the caller's mistake, and no policy of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    import attrs

__all__ = ["check_option", "one_of"]


def check_option(name: str, value: object, words: Any) -> None:
    """Raise ValueError for a value that is none of the words of a `Literal`."""
    if value not in get_args(words):
        raise ValueError(f"{name} is one of {', '.join(get_args(words))}, not {value!r}")


def one_of(words: Any) -> Callable[[Any, attrs.Attribute[Any], object], None]:
    """The validator of an attrs class's option that is one of the words of a `Literal`."""

    def check(instance: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        check_option(attribute.name, value, words)

    return check
