"""Enumerations whose members have a number besides their text, as those of .NET have."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["NumberedEnum", "numbers_of"]


class NumberedEnum(StrEnum):
    """A `StrEnum` whose members have .NET's numbers too: `POSTAL_ADDRESS = "PostalAddress", 1`.

    A member travels by its text. Where `coerce` is on, its number is read as well, since .NET's own readers take both.
    """

    number: int
    """The number that the server's declaration gives the member."""

    def __new__(cls, value: str, number: int) -> Self:
        """A member with a text and a number; raises TypeError for anything else."""
        if not isinstance(value, str) or not isinstance(number, int):
            raise TypeError(f"a member is a text and a number, not {value!r} and {number!r}")
        member = str.__new__(cls, value)
        member._value_ = value
        member.number = number
        return member


def numbers_of(members: type) -> dict[int, str]:
    """The text of each member of an enumeration by its number; none for an enumeration without numbers."""
    if not issubclass(members, NumberedEnum):
        return {}
    return {member.number: member.value for member in reversed(list(members))}
