"""Keys, the names of a form's pairs: `steps` takes one apart into its steps, and `spell` spells one.

A key is a name and then steps: `.name`, `[name]`, `[0]` or `[]`. A plain name ends at the next `.` or `[`. One in brackets
ends at the next `]` that has a `.`, a `[` or nothing behind it, so it may hold dots, colons and other brackets. Digits in
brackets are an index, after a dot they are a name. What a step means depends on the place that it starts from:

| from        | step                           | names                                                         |
| ----------- | ------------------------------ | ------------------------------------------------------------- |
| carrier     | `.name`, `[name]`              | the property, in any letter case, or an unknown one           |
| list        | `[0]`                          | an item                                                       |
| list        | `[]`, last in the key          | one more item at the end                                      |
| dictionary  | `[0].Key`, `[0].Value`         | the key or value of an item, in any letter case               |
| dictionary  | any other `[name]`, `.name`    | the value under that key; digits too are a key then           |
| unknown     | `.name`, `[name]`, `[0]`, `[]` | a member of an object, an item of a list                      |
"""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

from contactwire.builtins import MAX_DIGITS, MAX_OBJECTS
from contactwire.codecs.form.text import quote
from contactwire.paths import is_index

__all__ = ["END", "KeyTooLarge", "Limits", "OpenBracket", "Step", "Style", "last_step", "spell", "steps"]

Style = Literal["dots", "brackets"]
Step = str | int | None
"""A step of a key: a name, an index, or `END`."""

END: Final = None
"""The step `[]`."""

# So many digits Python has in one hash of its own each; of longer integers, as many as a sender likes have the same one.
_LONGEST_HASHED_WELL = 18
# A name at the beginning or behind a dot, a step in brackets, or all that is left, where a bracket is not closed.
_STEP = re.compile(r"(?:\A(?!\[)|\.)([^.\[]*)|(\[.*?\])(?=[.\[]|\Z)|(.+)", re.DOTALL)
_UNSPELLABLE = re.compile(r"\][.\[]")


class _LongIndex(int):
    """An index with more digits than any list has items, whose hash no sender can choose: it is that of a text."""

    def __hash__(self) -> int:
        return hash(hex(self))


@attrs.frozen
class Limits:
    """The limits of keys: their length in characters, how deep the objects and lists in them nest, and their largest index.

    `max_objects` is how many objects and lists the keys of a form may have altogether.
    """

    max_key_length: int
    max_depth: int
    max_index: int
    max_objects: int = MAX_OBJECTS


class OpenBracket(Exception):
    """A key has a bracket that is never closed."""


class KeyTooLarge(Exception):
    """The pair with this `number` is over a limit: `message` says what is wrong, and `expected` what was expected."""

    def __init__(self, message: str, expected: str, number: int) -> None:
        super().__init__(message, expected, number)
        self.message, self.expected, self.number = message, expected, number


def steps(key: str) -> list[Step]:
    """The steps that a key spells, in linear time. Raises `OpenBracket`.

    >>> steps("Emails[0].Value")
    ['Emails', 0, 'Value']
    """
    if "[" not in key:
        return [*key.split(".")]
    found: list[Step] = []
    for name, bracketed, unclosed in _STEP.findall(key):
        if unclosed:
            raise OpenBracket
        found.append(_in_brackets(bracketed[1:-1]) if bracketed else name)
    return found


def last_step(key: str) -> tuple[str | None, Step]:
    """A key without its last step, and that step. Looks at the end of the key only, so it is fast.

    The first is None if the end does not tell where the last step begins, as in `Name[a.b]` and `.Name`. Otherwise it is a
    key of its own, which `steps` takes apart into the same steps but the last.

    >>> last_step("Emails[0].Value")
    ('Emails[0]', 'Value')
    """
    if key[-1:] != "]":
        above, dot, name = key.rpartition(".")
        return (None if "[" in name or (dot and not above) else above), name
    above, bracket, name = key[:-1].rpartition("[")
    return (above if bracket and "." not in name else None), _in_brackets(name)


def _in_brackets(name: str) -> Step:
    if not name:
        return END
    if is_index(name) and len(name) <= MAX_DIGITS:
        return int(name) if len(name) <= _LONGEST_HASHED_WELL else _LongIndex(name)
    return name


def spell(key: str | None, name: str, style: Style) -> str | None:
    """The key of the member `name` of the object at `key` (None for the document), or None if no key can spell it.

    Keys are escaped as a form has them, names are not. A name that `style` cannot spell is spelled in the other style: one
    with a dot in it needs brackets, and one of digits needs a dot.
    """
    is_plain = "." not in name and "[" not in name
    in_brackets = bool(name) and not _UNSPELLABLE.search(name) and not is_index(name)
    if key is None:
        # A key that starts with a bracket has its first name in brackets: `[a.b]`.
        return quote(name if is_plain else f"[{name}]") if is_plain or in_brackets else None
    if in_brackets and key and (style == "brackets" or not is_plain):
        return f"{key}%5B{quote(name)}%5D"
    return f"{key}.{quote(name)}" if is_plain else None
