"""Names on the wire: the rule that turns an attribute into one, and letter case as .NET folds it."""

from __future__ import annotations

__all__ = ["fold", "pascal_case"]


def pascal_case(attribute: str) -> str:
    """The wire name of an attribute by the one rule: each word between underscores gets a capital, underscores go.

    >>> pascal_case("dbi_last_syncronized")
    'DbiLastSyncronized'
    """
    return "".join(word[:1].upper() + word[1:] for word in attribute.split("_"))


def fold(name: str) -> str:
    """`name` in lower case if it is ASCII, as it is otherwise: .NET's ordinal comparison maps no other letter to ASCII."""
    return name.lower() if name.isascii() else name
