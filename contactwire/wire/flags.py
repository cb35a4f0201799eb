""".NET's enumerations: those whose members have numbers, and flags, whose values combine, such as the rights in a `Mask`.

A property of flags holds text, the names of its flags joined with `", "`, or an integer that no flags explain. Senders spell
one value in several ways; all of them are read as the first::

    "Select, Update"    "Select,Update"    "Select Update"    (XML)
    "FULL"              15                 "15"

A name that the kind does not know is ordinary, as other versions of the server have other flags. Any other text stays as it
came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from typing import Any, Self

import attrs

from contactwire.patterns import pattern
from contactwire.wire.kinds import ScalarKind
from contactwire.wire.names import fold

__all__ = ["FlagsKind", "NumberedEnum", "Usual", "numbers_of"]

_BLANKS = r"[ \t\r\n]*+"
_NAME = r"[^\W\d]\w*+"
# Between two names something must stand, since a name takes all letters that it can get.
_NAMES = pattern(rf"{_BLANKS}{_NAME}(?:{_BLANKS}(?:,{_BLANKS})?+{_NAME})*+{_BLANKS}")
_EACH = pattern(_NAME)
_OUT_OF_RANGE = 2**63
_MOST_SINGLES = 10
_INTEGER = pattern(rf"{_BLANKS}([+-]?[0-9]{{1,20}}){_BLANKS}", re.ASCII)


class Usual(dict[str, Any]):
    """What each of the usual texts means, for a look-up in C; `rare` says what any other text, or value, means."""

    def __init__(self, usual: Mapping[str, Any], rare: Callable[[Any], Any]) -> None:
        super().__init__(usual)
        self._rare = rare

    def __missing__(self, text: Any) -> Any:
        return self._rare(text)


def _pairs(names: Mapping[str, int] | Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(names.items() if isinstance(names, Mapping) else names)


@attrs.frozen
class FlagsKind(ScalarKind):
    """Flags; `names` maps each name to its number, of several names for one number the usual one first.

    Put on an annotation: `mask: Annotated[str | int, FlagsKind({"None": 0, "Read": 1, "Write": 2, "Update": 3})]`.
    """

    name: str = attrs.field(default="flags", init=False)
    minimum: None = attrs.field(default=None, init=False)
    maximum: None = attrs.field(default=None, init=False)
    names: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_pairs)

    @property
    def expected(self) -> str:
        """The words an error uses for this kind."""
        return "string or integer"

    @cached_property
    def by_number(self) -> dict[int, str]:
        """The usual name of each number that has one."""
        return {number: name for name, number in reversed(self.names)}

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {fold(name): name for name, _ in reversed(self.names)}

    @cached_property
    def _singles(self) -> dict[int, str]:
        """The single flags: the names whose numbers have one bit set."""
        return {number: name for number, name in sorted(self.by_number.items()) if number > 0 and not number & (number - 1)}

    @property
    def largest(self) -> int:
        """The largest number that flags explain."""
        return max([sum(self._singles), *self.by_number])

    @cached_property
    def spellings(self) -> Mapping[str, str | int]:
        """What is kept of each text (`canonical`): for usual texts a look-up in a table, faster than that function."""
        names = [name for name, _ in self.names if _EACH.fullmatch(name)]
        singles = [name for name in self._singles.values() if name in names][:_MOST_SINGLES]
        pairs = {" ".join(pair): ", ".join(pair) for pair in combinations(names, 2)}
        several = map(", ".join, [*combinations(singles, 3), *combinations(singles, 4)])
        kept = [*names, *pairs.values(), *several]
        return Usual(pairs | dict(zip(kept, kept, strict=True)), self.canonical)

    def spelled(self, number: int) -> str | int:
        """A number by its one name, else by its single flags; the number itself if no flags explain it."""
        name = self.by_number.get(number)
        if name is not None:
            return name
        found = [(flag, name) for flag, name in self._singles.items() if number & flag]
        is_explained = found and sum(flag for flag, _ in found) == number
        return ", ".join([name for _, name in found]) if is_explained else number

    def canonical(self, text: str) -> str | int:
        """A text as this library keeps it: names joined with `", "`; the text of a number as that number (`spelled`)."""
        if _NAMES.fullmatch(text):
            return ", ".join(_EACH.findall(text))
        found = _INTEGER.fullmatch(text)
        number = int(found[1]) if found else _OUT_OF_RANGE
        return self.spelled(number) if -_OUT_OF_RANGE <= number < _OUT_OF_RANGE else text

    def usual(self, value: Any) -> Any:
        """A text or number as this library keeps it (`canonical`, `spelled`); any other value as it is."""
        if isinstance(value, str):
            return self.spellings[str.__str__(value)]
        return value if not isinstance(value, int) or isinstance(value, bool) else self.spelled(int(value))

    def with_blanks(self, text: str) -> str:
        """The canonical text with blanks between its names, as .NET writes flags in XML; any other text as it is."""
        return text.replace(", ", " ") if _NAMES.fullmatch(text) else text

    def coerced(self, value: Any) -> Any:
        """As `usual`, and names that the kind knows are taken in any letter case."""
        value = self.usual(value)
        if not isinstance(value, str) or not _NAMES.fullmatch(value):
            return value
        return ", ".join([self._folded.get(fold(name), name) for name in value.split(", ")])


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
