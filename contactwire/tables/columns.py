"""A column: a path, the name that it has in the table, what gets the value there out of a contact, and the part for it.

`_walked` follows a path through carriers, keys and indexes, and joins what gets a value at each step to one function. So a
contact can be forgotten as soon as its values are there, which matters: what the garbage collector does for a thousand of
them takes longer than all else. The rest of a path, behind a list without an index, is the part's concern: an Arrow list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from operator import attrgetter
from typing import Any

import attrs
import pyarrow as pa

from contactwire.paths import Index
from contactwire.projection import escape_token, member_of, value_inside
from contactwire.tables.open_values import FAULTS, open_part, sampling
from contactwire.tables.parts import Dates, facets, list_part, part_of
from contactwire.tables.scalars import Part, Wrong
from contactwire.wire import STRING, UNSET, CarrierPlan, DictionaryKind, Kind, ListKind, NestedKind, fold, plan_of

__all__ = ["Column", "columns_at", "name_of"]

Get = Callable[[Any], Any]


@attrs.frozen
class Column:
    """A column of a table: its name, the `tokens` of its path, what gets its value out of a contact, and its part.

    `metadata` is that of its Arrow field. A column whose type no class declares is open: `typed` gives it a part.
    """

    name: str
    tokens: tuple[str, ...]
    get: Get
    part: Part
    metadata: Mapping[str, str] | None = None
    decide: Callable[[Sequence[Any]], tuple[Part, dict[str, str] | None]] | None = None

    @property
    def field(self) -> pa.Field:
        """The column's Arrow field."""
        return pa.field(self.name, self.part.type, metadata=self.metadata)

    def typed(self, values: Sequence[Any]) -> Column:
        """The column with the part for its values; itself where a class declares its type."""
        if self.decide is None:
            return self
        part, metadata = self.decide(values)
        return attrs.evolve(self, part=part, metadata=metadata)


def name_of(tokens: tuple[str, ...]) -> str:
    """The name of the column for a path: the path as a selection spells it."""
    return "/".join(map(escape_token, tokens))


def columns_at(plan: CarrierPlan, tokens: tuple[str, ...], dates: Dates, types: dict[str, Any]) -> list[Column]:
    """The columns for a path: one, and for dates with `ticks="column"` three.

    `types` gives the type of an open column by its folded name, and loses what was taken.
    """
    name, place = name_of(tokens), _from_root(plan, tokens)
    end = place.end
    if end.kind is None or (end.kind == STRING and end.dictionary):
        decide = partial(_decided, place, end.dictionary, types.pop(fold(name), None))
        return [Column(name, tokens, place.get, place.part(sampling([])), decide=decide)]
    parts = {facet: place.part(part_of(end.kind, dates, facet)) for facet in facets(end.kind, dates)}
    return [Column(name + facet, tokens, place.get, part) for facet, part in parts.items()]


def _decided(place: _Place, dictionary: str, type: Any, values: Sequence[Any]) -> tuple[Part, dict[str, str] | None]:
    """The part and metadata of an open column: of the `type` that the caller says, else of that of its first values."""
    sample: list[Any] = []
    with suppress(*FAULTS):  # what is wrong with a value, the batch will say
        place.part(sampling(sample)).build(values)
    inner, metadata = open_part(dictionary, type, sample)
    return place.part(inner), metadata


@attrs.frozen
class _Place:
    """How far a path leads to one value: what gets it, its kind (None for an unknown member), and the `rest` of the path.

    `name` is that of the last property on the path, and `dictionary` the same where the value is one of a dictionary's.
    """

    get: Get
    kind: Kind | None
    rest: tuple[str, ...] = ()
    name: str = ""
    dictionary: str = ""

    @property
    def item(self) -> _Place | None:
        """The place in each item of a list, where the rest of the path is about all items; None where it is not."""
        if not isinstance(self.kind, ListKind) or not self.rest:
            return None
        return _walked(_Place(lambda value: value, self.kind.item, self.rest, self.name))

    @property
    def end(self) -> _Place:
        """The place at the end of the path."""
        item = self.item
        return self if item is None else item.end

    def part(self, inner: Part) -> Part:
        """The part for the values that `get` gives, by the one for those at the end, which may be in lists."""
        item = self.item
        if item is None:
            return inner
        of_item = item.part(inner)
        return list_part(Part(of_item.type, lambda values: of_item.build(list(map(item.get, values)))))


def _from_root(plan: CarrierPlan, tokens: tuple[str, ...]) -> _Place:
    """Where a path leads from contacts, which may be of a base class without some of the properties."""
    field = plan.find(tokens[0])
    if field is None:
        return _Place(_unknown(tokens), None)
    attribute = field.attribute
    return _walked(_Place(lambda contact: getattr(contact, attribute, None), field.kind, tokens[1:], field.name))


def _walked(place: _Place) -> _Place:
    """The place to which the rest of a path leads, up to a list of which it means all items."""
    while place.rest and (further := _step(place)) is not None:
        place = further
    return place


def _step(place: _Place) -> _Place | None:
    token, rest, kind = place.rest[0], place.rest[1:], place.kind
    match kind:
        case NestedKind():
            field, expected = plan_of(kind.carrier).find(token), f"object ({kind.carrier.__name__})"
            if field is None:
                return _Place(_then(place.get, _unknown(place.rest), kind.carrier, expected), None)
            get = _then(place.get, attrgetter(field.attribute), kind.carrier, expected)
            return _Place(get, field.kind, rest, field.name)
        case ListKind() if isinstance(token, Index):
            index = int(token)
            get = _then(place.get, lambda items: items[index] if index < len(items) else None, list, "list")
            return _Place(get, kind.item, rest, place.name)
        case DictionaryKind():
            get = _then(place.get, lambda members: member_of(members, token), dict, "dictionary")
            return _Place(get, kind.item, rest, place.name, place.name)
    return None


def _then(get: Get, inner: Get, accepted: type, expected: str) -> Get:
    """What gets a value by `get`, and out of it another one; raises `Wrong` for one that is not of the class `accepted`."""

    def then(contact: Any) -> Any:
        value = get(contact)
        if isinstance(value, accepted):
            return inner(value)
        if value is None or value is UNSET:
            return None
        raise Wrong(expected, value)

    return then


def _unknown(tokens: tuple[str, ...]) -> Callable[[Any], Any]:
    def get(carrier: Any) -> Any:
        value: Any = carrier._extras or {}
        for token in tokens:
            value = value_inside(value, token)
        return value

    return get
