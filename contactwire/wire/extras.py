"""Unknown members: those that the wire had and the carrier's class has not, with their numbers to the digit.

A carrier keeps them in an `Extras`. A number among them that Python would spell otherwise is a `Number`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from contactwire.patterns import pattern

__all__ = ["JSON_NUMBER", "Extras", "Members", "Number", "number", "remembering"]

_spelled = msgspec.json.Encoder().encode
_SHOWN = 40

JSON_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
"""The pattern for a number (RFC 8259 §6)."""

_NUMBER = pattern(JSON_NUMBER)


class Number(float):
    """A number among unknown members that Python would spell otherwise: `1E400`, `-0`, `12345678901234567.89`.

    It is the nearest float. `text` is its spelling on the wire, and it is written so again.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Number:
        """The number that a JSON text spells; raises ValueError where it spells none (RFC 8259 §6), as `1_0` or `nan`."""
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"not a number in JSON: {text[:_SHOWN]!r}")
        self = float.__new__(cls, text)
        self.text = text
        return self

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return Number, (self.text,)


def number(text: str) -> int | float:
    """The number that a JSON text spells: an int or a float if Python writes it the same again, else a `Number`."""
    if text.lstrip("-").isdigit():
        return Number(text) if text == "-0" else int(text)
    value = float(text)
    return value if _spelled(value) == text.encode() else Number(text)


class Members(dict[str, Any]):
    """The unknown members of a carrier that remembers more than them.

    `view` says that a selection returned the carrier, so that its required properties may be absent or null. `tag` is the
    entity tag of the answer in which the carrier came, or "". They are kept here since `attrs.evolve` passes on what a
    carrier's attributes hold, and nothing else.
    """

    __slots__ = ("tag", "view")

    tag: str
    view: bool


def remembering(members: dict[str, Any], view: bool, tag: str) -> dict[str, Any]:
    """Unknown members that remember this; the same dictionary if there is nothing to remember."""
    if not (view or tag):
        return dict(members) if isinstance(members, Members) else members
    kept = Members(members)
    kept.view, kept.tag = view, tag
    return kept


class Extras:
    """The unknown `members` of one carrier, whose class is `owner`.

    It is no dictionary, so a msgspec encoder calls its hook for it. It has no text either: somebody else's hook that asks
    for one gets a TypeError, and not a text that nobody could read back. An empty one equals UNSET.
    """

    __slots__ = ("members", "owner")

    def __init__(self, owner: type, members: dict[str, Any]) -> None:
        self.owner, self.members = owner, members

    @property
    def view(self) -> bool:
        """Whether the carrier is a view (see `Members`)."""
        return isinstance(self.members, Members) and self.members.view

    @property
    def tag(self) -> str:
        """The carrier's entity tag (see `Members`)."""
        return self.members.tag if isinstance(self.members, Members) else ""

    def __eq__(self, other: object) -> bool:
        if other is UNSET:
            return not self.members
        return isinstance(other, Extras) and self.members == other.members

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        names = f"{len(self.members)} unknown members of {self.owner.__name__}"
        raise TypeError(f"{names} have no text of their own: write the whole carrier with contactwire.encode or to_builtins")

    def __copy__(self) -> Extras:
        return Extras(self.owner, remembering(dict(self.members), self.view, self.tag))


# msgspec shows this name in the error that it raises without a hook.
Extras.__name__ = "Extras (unknown members: use contactwire.encode)"
