"""Unknown members: what the wire had and the carrier's class has not, and numbers among them to the digit."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

__all__ = ["Extras", "Number", "number"]

_spelled = msgspec.json.Encoder().encode


class Number(float):
    """A number among unknown members that Python would spell otherwise: `1E400`, `-0`, `12345678901234567.89`.

    It is the nearest float, and `text` is its spelling on the wire, with which it is written again.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Number:
        """The number that a JSON text spells; raises ValueError where it spells none."""
        self = float.__new__(cls, text)
        self.text = text
        return self

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return Number, (self.text,)


def number(text: str) -> int | float:
    """The number that a JSON text spells: an int or a float where that is written the same again, else a `Number`."""
    if text.lstrip("-").isdigit():
        return Number(text) if text == "-0" else int(text)
    value = float(text)
    return value if _spelled(value) == text.encode() else Number(text)


class Extras:
    """The unknown `members` of one carrier, whose class is `owner`.

    No dictionary, so that an encoder asks its hook for it. One that is empty equals none at all. `view` says that the
    carrier is what a selection left of one, so that required properties may be missing.
    """

    __slots__ = ("members", "owner", "view")

    def __init__(self, owner: type, members: dict[str, Any], view: bool = False) -> None:
        self.owner, self.members, self.view = owner, members, view

    def __eq__(self, other: object) -> bool:
        if other is UNSET:
            return not self.members
        return isinstance(other, Extras) and self.members == other.members

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self.members)} unknown members of {self.owner.__name__}: encode the carrier with contactwire>"

    def __copy__(self) -> Extras:
        return Extras(self.owner, dict(self.members), self.view)
