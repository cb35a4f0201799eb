"""Wire names: the rule that derives one from an attribute, and letter case as .NET folds it."""

from __future__ import annotations

__all__ = ["fold", "pascal_case"]


def pascal_case(attribute: str) -> str:
    """The wire name of an attribute: each word between underscores gets a capital, and the underscores are removed.

    >>> pascal_case("dbi_last_syncronized")
    'DbiLastSyncronized'
    """
    return "".join(word[:1].upper() + word[1:] for word in attribute.split("_"))


def fold(name: str) -> str:
    """`name` in lower case if it is ASCII, else as it is: .NET's ordinal comparison maps no other letter to an ASCII one."""
    return name.lower() if name.isascii() else name
