"""Selections: `Selection.parse` reads a `$select`, `apply` applies it, and operators combine and compare selections.

`fields` lists what can be selected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, Literal, TypeVar

import attrs

from contactwire.builtins import MAX_DEPTH, check_option
from contactwire.carriers import ContactEntity, ContactEntityWithLinks
from contactwire.errors import MAX_FAULTS, PathError, SelectionError, repr_of
from contactwire.paths import item_kind
from contactwire.projection.apply import Project, projection_of
from contactwire.projection.text import BLANKS, EVERYTHING, NOTHING, entries, escape_token, resolved
from contactwire.projection.tree import Branch, Tree, add, intersection, is_within, paths_of, union
from contactwire.wire import (
    UNSET,
    Carrier,
    CarrierPlan,
    Kind,
    NestedKind,
    UnsetType,
    carrier_of,
    kept_on_plan,
    plan_of,
)

__all__ = ["Selectable", "Selection", "fields"]

T = TypeVar("T", bound=Carrier | list[Any])
Unselected = Literal["null", "omit"]

_FILLS: dict[str, UnsetType | None] = {"null": None, "omit": UNSET}
_MAX_CACHED, _MAX_CACHED_LENGTH = 256, 2048


@attrs.frozen(repr=False)
class Selection:
    """A parsed `$select`: an immutable, hashable value that `Selection.parse` creates and threads may share.

    `carrier` is the carrier class whose properties the paths name. `tree` is what is selected of it, None for everything.
    `str(selection)` is the canonical text, with wire names in wire order; it parses to an equal selection. `a | b` selects
    what a or b selects, `a & b` what both select, and `a <= b` is true if b selects everything that a does. Selections from
    different carrier classes are never equal, and combining them raises TypeError.
    """

    carrier: type
    tree: Tree | None
    written: tuple[tuple[str, ...], ...] | None = attrs.field(default=None, eq=False)
    """The tokens of the paths as they were written, with indexes and in that order; None where no text listed them."""
    cache: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False)
    """The functions built for this selection: those of `apply` under "null" and "omit", those of codecs under other keys."""

    @classmethod
    def parse(
        cls, text: str, type: type[Carrier | list[Any]] = ContactEntityWithLinks, *, indexes: bool = True
    ) -> Selection:
        """Read a `$select` for a carrier class, or for the items of a `list[Carrier]`.

        An empty text selects everything, and so does the path `*`, alone or among others. Without `indexes`, a path takes no
        index of an item; a `$select` of the endpoint does not.

        Raises `SelectionError` with every fault, each with its position and the nearest property's name, and TypeError
        where `type` is neither, or `text` no text.
        """
        if not isinstance(text, str):
            raise TypeError(f"a $select is a text, such as 'name,category/id', not {repr_of(text)}")
        carrier = carrier_of(type)
        if len(text) > _MAX_CACHED_LENGTH:
            return _parse(text, carrier, indexes)
        return _parser(plan_of(carrier), indexes)(text)

    @property
    def paths(self) -> tuple[str, ...]:
        """The selected paths, spelled as in `str()`; `("",)` for everything, `()` for nothing."""
        return tuple("/".join(map(escape_token, tokens)) for tokens in paths_of(NestedKind(self.carrier), self.tree))

    @property
    def columns(self) -> tuple[str, ...]:
        """The paths in the order in which they were written, with indexes, each once: the columns of a table.

        They are `paths` for a selection that no text listed: one that two others were combined to, or one of everything.
        """
        if self.written is None or self.tree is None:
            return self.paths
        return tuple("/".join(map(escape_token, tokens)) for tokens in dict.fromkeys(self.written))

    @property
    def attributes(self) -> frozenset[str] | None:
        """The attributes of the carrier of which something is selected; None for everything."""
        if self.tree is None:
            return None
        fields = (plan_of(self.carrier).find(branch.token) for branch in self.tree.values())
        return frozenset(field.attribute for field in fields if field is not None)

    def apply(self, entity: T, unselected: Unselected = "null") -> T:
        """A new carrier of the same class that holds only what is selected; for a list, a list of such carriers.

        - A selected property keeps its value, or stays absent. The value is shared with the original, not copied.
        - Any other property becomes null, even if it was absent, as in the server's answers. With `unselected="omit"` it
          becomes absent.
        - The same holds for unknown members: their values become null, or `extras` loses them.
        - Keys of a dictionary that are not selected are left out in both cases.

        Takes carriers of the selection's class, of a class derived from it, or of a base of it. Raises TypeError for
        anything else, ValueError for another `unselected`.
        """
        project: Project | None = self.cache.get(unselected)
        if project is None:
            check_option("unselected", unselected, Unselected)
            project = self.cache[unselected] = projection_of(self.carrier, self.tree, _FILLS[unselected])
        return project(entity)  # type: ignore[no-any-return]

    def contains(self, path: str) -> bool:
        """Whether everything at a path is selected; `path in selection` is the same. Raises `SelectionError`."""
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
        what = f"a selection from {other.carrier.__name__}" if isinstance(other, Selection) else repr_of(other)
        raise TypeError(f"a selection from {self.carrier.__name__} does not combine with {what}")

    def __hash__(self) -> int:
        return hash((self.carrier, None if self.tree is None else frozenset(self.tree)))

    def __str__(self) -> str:
        return NOTHING if self.tree is not None and not self.tree else ",".join(self.paths)

    def __repr__(self) -> str:
        type = "" if self.carrier is ContactEntityWithLinks else f", {self.carrier.__qualname__}"
        return f"Selection.parse({str(self)!r}{type})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Not `Selection.parse`: cloudpickle would pickle that class method by value, with everything that it refers to.
        return _parse, (str(self) if self.tree is None else ",".join(self.columns) or NOTHING, self.carrier)


def _parse(text: str, carrier: type, indexes: bool = True) -> Selection:
    if not text.strip(BLANKS):
        return Selection(carrier, None)
    tree: dict[str, Branch] = {}
    written: list[tuple[str, ...]] = []
    faults: list[PathError] = []
    is_all = False
    for position, entry in entries(text):
        try:
            if entry == EVERYTHING and plan_of(carrier).find(entry) is None:
                is_all = True
            else:
                written.append(resolved(entry, carrier, indexes))
                add(tree, written[-1])
        except PathError as error:
            faults.append(PathError(error.message, text, position + error.position, error.suggestion))
        if len(faults) == MAX_FAULTS:
            break
    if faults:
        raise SelectionError(faults)
    return Selection(carrier, None if is_all else tree, tuple(written))


@kept_on_plan
def _parser(plan: CarrierPlan, indexes: bool) -> Callable[[str], Selection]:
    """The function that parses selections with or without indexes, and remembers the last ones."""
    return lru_cache(maxsize=_MAX_CACHED)(partial(_parse, carrier=plan.carrier, indexes=indexes))


@attrs.frozen
class Selectable:
    """A path that a selection can name, such as `Category/Id`, and the `kind` of the value there.

    For a dictionary the path is that of the dictionary; a selection may add any key to it.
    """

    path: str
    kind: Kind


def fields(type: type[Carrier | list[Any]] = ContactEntity) -> list[Selectable]:
    """Every path that can be selected from a carrier class, in wire order, each carrier before its own properties.

    A carrier inside one of its own class is listed, without its properties. Raises TypeError where `type` is no carrier
    class and no `list[Carrier]`.
    """
    return [Selectable(path, kind) for path, kind in _walk(carrier_of(type), "", ())]


def _walk(carrier: type, prefix: str, above: tuple[type, ...]) -> Iterator[tuple[str, Kind]]:
    for field in plan_of(carrier).fields:
        path = prefix + escape_token(field.name)
        yield path, field.kind
        inner = item_kind(field.kind)
        if isinstance(inner, NestedKind) and inner.carrier not in (*above, carrier) and len(above) + 1 < MAX_DEPTH:
            yield from _walk(inner.carrier, path + "/", (*above, carrier))
