"""The names of a form's pairs: where in a document each leads, and how a place is spelled.

A key is a name and then steps: `.name`, `[name]`, `[0]` or `[]`. A plain name ends at the next `.` or `[`. One in brackets
ends at the next `]` that has a `.`, a `[` or nothing behind it, so it may hold dots, colons and other brackets. Digits in
brackets are an index, after a dot they are a name. What a step means depends on the kind of the place that it starts from:

| from        | step                           | leads to                                                      |
| ----------- | ------------------------------ | ------------------------------------------------------------- |
| carrier     | `.name`, `[name]`              | the property, in any letter case, or an unknown one           |
| list        | `[0]`                          | an item                                                       |
| list        | `[]`, last in the key          | one more item at the end                                      |
| dictionary  | `[0].Key`, `[0].Value`         | the key or value of an item, in any letter case               |
| dictionary  | any other `[name]`, `.name`    | the value under that key; digits too are a key then           |
| the unknown | `.name`, `[name]`, `[0]`, `[]` | a member of an object, an item of a list                      |
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import attrs

from contactwire.errors import shorten
from contactwire.wire import CarrierPlan, DictionaryKind, Kind, ListKind, NestedKind, fold, plan_of

__all__ = ["Hop", "KeyFault", "KeyReader", "KeyTooLarge", "Limits", "Segment", "Style", "hops", "segments", "spell"]

Style = Literal["dots", "brackets"]
Role = Literal["member", "unknown", "item", "end", "key", "value", "entry"]

_PLAIN = re.compile(r"[^.\[]*")
_BRACKETED = re.compile(r"\[(.*?)\](?=[.\[]|\Z)", re.DOTALL)
_INDEX = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_UNSPELLABLE = re.compile(r"\][.\[]")


@attrs.frozen
class Limits:
    """How long a key may be in characters, how deep it may lead, and how large an index in it may be."""

    max_key_length: int
    max_depth: int
    max_index: int


class KeyFault(Exception):
    """A key that leads nowhere: what is wrong, what was `expected`, and the `steps` up to there that led somewhere."""

    def __init__(self, message: str, expected: str, steps: tuple[Hop, ...] = ()) -> None:
        super().__init__(message, expected, steps)
        self.message, self.expected, self.steps = message, expected, steps


class KeyTooLarge(Exception):
    """A key over one of the limits: what is wrong, and what was `expected`."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message, expected)
        self.message, self.expected = message, expected


class Segment(NamedTuple):
    """One step of a key as it is spelled, in brackets or not."""

    text: str
    bracketed: bool

    @property
    def is_index(self) -> bool:
        """Whether this can be an index: digits in brackets, without needless zeros."""
        return self.bracketed and _INDEX.fullmatch(self.text) is not None

    @property
    def is_end(self) -> bool:
        """Whether this is a pair of brackets with nothing in it."""
        return self.bracketed and not self.text


class Hop(NamedTuple):
    """One step of a key with its meaning.

    `role` says what it leads to: a "member" of a carrier, an "unknown" one or one of an object that is unknown itself, an
    "item" of a list or one more at its "end", the "key" or "value" of a dictionary's item, the "entry" under a dictionary's
    key. `token` tells places apart, `spelled` is the sender's word for it, `kind` is that of the place it leads to, None for
    what is unknown.
    """

    role: Role
    token: str | int
    spelled: str
    kind: Kind | None


def segments(key: str) -> list[Segment]:
    """The steps that a key spells, in linear time. Raises `KeyFault` for a bracket that is never closed."""
    offset = 0
    steps: list[Segment] = []
    if not key.startswith("["):
        offset = _add_plain(key, 0, steps)
    while offset < len(key):
        if key[offset] == ".":
            offset = _add_plain(key, offset + 1, steps)
            continue
        bracket = _BRACKETED.match(key, offset)
        if bracket is None:
            raise KeyFault("a bracket is opened and not closed before '.', '[' or the end", "']'")
        steps.append(Segment(bracket[1], True))
        offset = bracket.end()
    return steps


def _add_plain(key: str, offset: int, steps: list[Segment]) -> int:
    end = _PLAIN.match(key, offset).end()  # type: ignore[union-attr]
    steps.append(Segment(key[offset:end], False))
    return end


def hops(kind: Kind, key: str, limits: Limits) -> list[Hop]:
    """Where a key leads, starting from a place of `kind`.

    Raises `KeyFault` where it leads nowhere, `KeyTooLarge` over a limit.
    """
    if len(key) > limits.max_key_length:
        raise KeyTooLarge(f"a key is longer than {limits.max_key_length} characters", "a shorter key")
    steps = segments(key)
    found: list[Hop] = []
    at, inner = 0, kind
    try:
        while at < len(steps):
            hop = _hop(inner, steps, at)
            _check(hop, len(found) + 1, limits)
            found.append(hop)
            inner = hop.kind  # type: ignore[assignment]
            at += 2 if hop.role in ("key", "value") else 1
    except KeyFault as fault:
        raise KeyFault(fault.message, fault.expected, tuple(found)) from None
    return found


class KeyReader:
    """Reads the keys of one body. Most begin as one before them does, so that only their last step is new."""

    def __init__(self, kind: Kind, limits: Limits) -> None:
        self._kind, self._limits = kind, limits
        self._beginnings: dict[str, list[Hop]] = {}

    def hops(self, key: str) -> list[Hop]:
        """What the function `hops` gives for a key, and raises."""
        end = max(key.rfind("."), key.rfind("["))
        above = self._beginnings.get(key[:end]) if end > 0 and len(key) <= self._limits.max_key_length else None
        if above is not None:
            return self._one_more(above, key[end:])
        found = hops(self._kind, key, self._limits)
        # What a step into a dictionary means depends on the next one.
        is_dictionary = any(hop.role in ("key", "value", "entry") for hop in found[-2:])
        if len(found) > 1 and not is_dictionary and _is_last(found[-1], key[end:]):
            self._beginnings[key[:end]] = found[:-1]
        return found

    def _one_more(self, above: list[Hop], last: str) -> list[Hop]:
        try:
            # In front of a plain name stands a dot, and with it the empty name that a key begins with.
            step = segments(last)[-1]
            hop = _hop(above[-1].kind, [step], 0)
        except KeyFault as fault:
            raise KeyFault(fault.message, fault.expected, tuple(above)) from None
        _check(hop, len(above) + 1, self._limits)
        return [*above, hop]


def _is_last(hop: Hop, spelled: str) -> bool:
    """Whether this is how the last step of a key is spelled, and not a piece of a name in brackets."""
    return spelled in (f".{hop.spelled}", f"[{hop.spelled}]")


def _check(hop: Hop, depth: int, limits: Limits) -> None:
    if isinstance(hop.token, int) and hop.token > limits.max_index:
        raise KeyTooLarge(f"an index is larger than {limits.max_index}", "a smaller index")
    # A place that holds others is one level deeper than the object that it is in.
    if depth + isinstance(hop.kind, (NestedKind, ListKind, DictionaryKind)) > limits.max_depth:
        raise KeyTooLarge(f"nesting is deeper than {limits.max_depth}", "less nesting")


def _hop(kind: Kind | None, steps: list[Segment], at: int) -> Hop:
    step, is_last = steps[at], at == len(steps) - 1
    if kind is None:
        if step.is_index or step.is_end:
            return _item(None, step, is_last, "an index in brackets")
        return Hop("unknown", step.text, step.text, None)
    match kind:
        case NestedKind():
            return _member(plan_of(kind.carrier), step, kind.expected)
        case ListKind():
            return _item(kind.item, step, is_last, kind.expected)
        case DictionaryKind():
            return _entry(kind, steps, at)
    raise KeyFault(f"expected {kind.expected}, received something with {shorten(step.text)} in it", kind.expected)


def _member(plan: CarrierPlan, step: Segment, expected: str) -> Hop:
    if step.is_index or step.is_end:
        raise KeyFault(f"expected {expected}, received a list", expected)
    field = plan.find(step.text)
    if field is None:
        return Hop("unknown", step.text, step.text, None)
    return Hop("member", field.name, step.text, field.kind)


def _item(kind: Kind | None, step: Segment, is_last: bool, expected: str) -> Hop:
    if step.is_index:
        return Hop("item", _to_index(step.text), step.text, kind)
    if step.is_end and is_last:
        return Hop("end", "", "", kind)
    raise KeyFault(f"expected an index in brackets, received {shorten(step.text)}", expected)


def _to_index(digits: str) -> int:
    # What is longer is over any limit; it need not be read to the end.
    return int(digits[:18])


def _entry(kind: DictionaryKind, steps: list[Segment], at: int) -> Hop:
    step = steps[at]
    if step.is_end:
        raise KeyFault("expected a key between the brackets", kind.expected)
    if step.is_index and at + 1 < len(steps):
        part = fold(steps[at + 1].text)
        if part == "key" and at + 2 == len(steps):
            return Hop("key", _to_index(step.text), step.text, None)
        if part == "value":
            return Hop("value", _to_index(step.text), step.text, kind.item)
    return Hop("entry", step.text, step.text, kind.item)


def spell(key: str | None, name: str, style: Style) -> str | None:
    """The key of the property `name` of what is at `key` (None for the document), or None for one that no key can spell.

    The other style is taken where a name does not fit into this one: what has a dot in it needs brackets, digits a dot.
    """
    is_plain = "." not in name and "[" not in name
    in_brackets = bool(name) and not _UNSPELLABLE.search(name) and not _INDEX.fullmatch(name)
    if key is None:
        # A key that starts with a bracket is one whose first name stands in brackets.
        return name if is_plain else f"[{name}]" if in_brackets else None
    if in_brackets and key and (style == "brackets" or not is_plain):
        return f"{key}[{name}]"
    return f"{key}.{name}" if is_plain else None
