"""Selections: parsed, combined, spelled, and applied to carriers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import attrs

from contactwire.carriers import ContactEntityWithLinks
from contactwire.errors import PathError, shorten
from contactwire.projection.apply import Project, projection_of
from contactwire.projection.text import BLANKS, NOTHING, entries, escape_token, resolved
from contactwire.projection.tree import Branch, Tree, add, intersection, is_within, paths_of, union
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    NestedKind,
    UnsetType,
    is_carrier,
    kept_on_plan,
    kind_of,
    nested_carrier,
    plan_of,
)

__all__ = ["Selection", "SelectionError"]

T = TypeVar("T")
Unselected = Literal["null", "omit"]

_FILLS: dict[str, UnsetType | None] = {"null": None, "omit": UNSET}
_MAX_FAULTS = 20
_MAX_CACHED, _MAX_CACHED_LENGTH = 256, 2048


class SelectionError(PathError):
    """A `$select` with faults: `faults` has a `PathError` for each of them, up to 20, in the order of the text.

    `message`, `path`, `position` and `suggestion` are those of the first.
    """

    def __init__(self, faults: Iterable[PathError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.message, first.path, first.position, first.suggestion)
        self.args = (self.faults,)

    def __str__(self) -> str:
        head = f"{shorten(self.path)}, "
        return head + "; ".join(str(fault).removeprefix(head) for fault in self.faults)


@attrs.frozen(repr=False)
class Selection:
    """A parsed `$select`: an immutable, hashable value, made by `Selection.parse` and shared by threads.

    `carrier` is the carrier class whose properties the paths name, `tree` what is selected of it, None for everything.
    `str(selection)` is the canonical text, in the wire's spelling and order, which parses to an equal selection. `a | b`
    selects what either does, `a & b` what both do, `a <= b` says whether b selects all that a does. Selections from
    different carriers are never equal and do not combine.
    """

    carrier: type
    tree: Tree | None
    cache: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False)
    """What was compiled for this selection: here, under "null" and "omit", and in codecs, under keys of their own."""

    @classmethod
    def parse(cls, text: str, type: Any = ContactEntityWithLinks) -> Selection:
        """The selection that a `$select` makes from a carrier class, or from each item of a `list[Carrier]`.

        Raises `SelectionError` with every fault, each with its position and the nearest property's name, and TypeError
        where `type` is no carrier.
        """
        carrier = type if is_carrier(type) else nested_carrier(kind_of(type))
        if carrier is None:
            raise TypeError(f"{type!r} has no properties to select from: it is no carrier and no list of one")
        if len(text) > _MAX_CACHED_LENGTH:
            return _parse(text, carrier)
        known = _parsed(plan_of(carrier))
        found = known.get(text)
        if found is None:
            found = _parse(text, carrier)
            if len(known) >= _MAX_CACHED:
                known.clear()
            known[text] = found
        return found

    @property
    def paths(self) -> tuple[str, ...]:
        """The selected paths, each as the text has it; "" alone for everything, none for nothing."""
        return tuple("/".join(map(escape_token, tokens)) for tokens in paths_of(NestedKind(self.carrier), self.tree))

    def apply(self, entity: T, unselected: Unselected = "null") -> T:
        """A new carrier of the same class that holds only what is selected; a list gives a list of such.

        A property that is not selected becomes null, whether it was there or not: the answer's shape says what was asked
        for, not what there is. With `unselected="omit"` it becomes absent. The carrier's `extras` follow the same rule:
        their values become null, or they go. A selected property is as it was, absent too. Entries of a dictionary are
        left out like items nobody asked for, never nulled. Selected values are shared with the original, not copied; all
        else is never looked at.

        Takes a carrier of the selection's class, one derived from it, or one that it derives from. Raises TypeError for
        anything else.
        """
        project: Project | None = self.cache.get(unselected)
        if project is None:
            if unselected not in _FILLS:
                raise ValueError(f"unselected is 'null' or 'omit', not {unselected!r}")
            project = self.cache[unselected] = projection_of(self.carrier, self.tree, _FILLS[unselected])
        return project(entity)  # type: ignore[no-any-return]

    def contains(self, path: str) -> bool:
        """Whether all that stands at a path is selected; `path in selection` says the same. Raises `SelectionError`."""
        return Selection.parse(path, self.carrier) <= self

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.contains(path)

    def __or__(self, other: object) -> Selection:
        return Selection(self.carrier, union(self.tree, self._peer(other).tree))

    def __and__(self, other: object) -> Selection:
        return Selection(self.carrier, intersection(self.tree, self._peer(other).tree))

    def __le__(self, other: object) -> bool:
        return is_within(self.tree, self._peer(other).tree)

    def __lt__(self, other: object) -> bool:
        return self <= self._peer(other) and self != other

    def _peer(self, other: object) -> Selection:
        if isinstance(other, Selection) and other.carrier is self.carrier:
            return other
        what = f"a selection from {other.carrier.__name__}" if isinstance(other, Selection) else shorten(other)
        raise TypeError(f"a selection from {self.carrier.__name__} does not combine with {what}")

    def __hash__(self) -> int:
        return hash((self.carrier, None if self.tree is None else frozenset(self.tree)))

    def __str__(self) -> str:
        return NOTHING if self.tree is not None and not self.tree else ",".join(self.paths)

    def __repr__(self) -> str:
        type = "" if self.carrier is ContactEntityWithLinks else f", {self.carrier.__qualname__}"
        return f"Selection.parse({str(self)!r}{type})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Not the class method, which picklers for classes in scripts take apart, with all that it refers to.
        return _parse, (str(self), self.carrier)


def _parse(text: str, carrier: type) -> Selection:
    if not text.strip(BLANKS):
        return Selection(carrier, None)
    tree: dict[str, Branch] = {}
    faults: list[PathError] = []
    for position, entry in entries(text):
        try:
            add(tree, resolved(entry, carrier))
        except PathError as error:
            faults.append(PathError(error.message, text, position + error.position, error.suggestion))
        if len(faults) == _MAX_FAULTS:
            break
    if faults:
        raise SelectionError(faults)
    return Selection(carrier, tree)


@kept_on_plan
def _parsed(plan: CarrierPlan) -> dict[str, Selection]:
    """The selections that were parsed last, by their text."""
    return {}
