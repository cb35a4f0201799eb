"""Arrow arrays of the values of any kind, by the plan: single values, lists, dictionaries as maps, carriers as structs.

Each function here gives a `Part`: an Arrow type, and a function that makes an array of Python values. It works on whole
columns. For a struct it reads one property of all carriers, then the next; for a list it joins the items of all lists. So
what runs for each value is a look-up of an attribute, and no more.

A recursive property (`wire.leads_back`), such as `ChildItems`, has no Arrow type, since types are finite. It is JSON text,
and so is a carrier without properties, since Parquet has no struct without fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from itertools import chain
from operator import attrgetter
from typing import Any, Literal

import attrs
import pyarrow as pa

from contactwire.builtins import MAX_DEPTH, to_json, write_kind
from contactwire.codecs.json import JsonCodec
from contactwire.tables.scalars import Part, dates, present, scalar, single, texts, ticks, zones
from contactwire.wire import (
    DATE_TIME,
    CarrierPlan,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    innermost,
    kept_on_plan,
    leads_back,
    plan_of,
)

__all__ = ["FACETS", "Dates", "Ticks", "facets", "list_part", "map_part", "part_of", "text_part"]

_encode = JsonCodec().encode

Ticks = Literal["column", "text"]
"""What becomes of a date's seventh digit and of its zone: columns of their own, or the text of the wire."""

FACETS = (":Ticks", ":Zone")
"""What stands behind the name of a date's column in the names of the two beside it, with `ticks="column"`."""


@attrs.frozen
class Dates:
    """How dates are written: the options `ticks` and `zone` of a table."""

    ticks: Ticks | None = None
    zone: tzinfo | None = None
    _structs: dict[type, Part] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def part(self, facet: str = "") -> Part:
        """The part for dates, or for their ticks or zones."""
        if facet:
            return ticks if facet == FACETS[0] else zones
        return texts if self.ticks == "text" else dates(self.zone, is_exact=self.ticks == "column")

    def struct(self, plan: CarrierPlan) -> Part:
        """The part for carriers of a plan, which is built once.

        The plan keeps it, but for one with a zone: of zones there may be any number, and some have no hash.
        """
        if self.zone is None:
            return _kept_struct(plan, self)
        if plan.carrier not in self._structs:
            self._structs[plan.carrier] = _struct(plan, self)
        return self._structs[plan.carrier]


def facets(kind: Kind, options: Dates) -> tuple[str, ...]:
    """The columns for a property, as what is added to its name: one, and for dates with `ticks="column"` three."""
    return ("", *FACETS) if options.ticks == "column" and innermost(kind) == DATE_TIME else ("",)


def part_of(kind: Kind, options: Dates, facet: str = "") -> Part:
    """The part for the values of a kind."""
    match kind:
        case ListKind():
            return list_part(part_of(kind.item, options, facet))
        case DictionaryKind():
            return map_part(part_of(kind.item, options, facet))
        case NestedKind():
            plan = plan_of(kind.carrier)
            return options.struct(plan) if plan.fields else text_part(kind)
        case _:
            return scalar(kind, options.part(facet))


def _offsets(containers: Sequence[Any]) -> pa.Array:
    """Where the items of each container begin among those of all, null for none, and at last how many there are."""
    offsets: list[int | None] = []
    count = 0
    for each in containers:
        offsets.append(None if each is None else count)
        count += len(each or ())
    return pa.array([*offsets, count], pa.int32())


def list_part(item: Part) -> Part:
    """The part for lists."""
    type = pa.list_(item.type)

    def build(values: Sequence[Any]) -> pa.Array:
        lists = present(values, (list,), "list")
        if lists is None:
            return pa.nulls(len(values), type)
        return pa.ListArray.from_arrays(_offsets(lists), item.build(list(chain.from_iterable(filter(None, lists)))))

    return Part(type, build)


def map_part(item: Part) -> Part:
    """The part for dictionaries from text."""
    type = pa.map_(pa.string(), item.type)
    keys_part = single(pa.string(), (str,), "string")

    def build(values: Sequence[Any]) -> pa.Array:
        dictionaries = present(values, (dict,), "dictionary")
        if dictionaries is None:
            return pa.nulls(len(values), type)
        keys = list(chain.from_iterable(filter(None, dictionaries)))
        items = [value for each in dictionaries if each for value in each.values()]
        return pa.MapArray.from_arrays(_offsets(dictionaries), keys_part.build(keys), item.build(items))

    return Part(type, build)


def _struct(plan: CarrierPlan, options: Dates) -> Part:
    """The part for carriers of a plan; unknown members are left out."""
    members = _properties(plan, options)
    fields = [pa.field(name, part.type) for name, _, part in members]
    getters = [attrgetter(field.attribute) for _, field, _ in members]
    type = pa.struct(fields)

    def build(values: Sequence[Any]) -> pa.Array:
        carriers = present(values, (plan.carrier,), f"object ({plan.carrier.__name__})")
        if carriers is None:
            return pa.nulls(len(values), type)
        missing = [carrier is None for carrier in carriers]
        whole = not any(missing)
        arrays = []
        for get, (_, _, part) in zip(getters, members, strict=True):
            column = map(get, carriers) if whole else (None if carrier is None else get(carrier) for carrier in carriers)
            arrays.append(part.build(list(column)))
        return pa.StructArray.from_arrays(arrays, fields=fields, mask=None if whole else pa.array(missing))

    return Part(type, build)


_kept_struct = kept_on_plan(_struct)


def _properties(plan: CarrierPlan, options: Dates) -> list[tuple[str, FieldPlan, Part]]:
    """The properties of a carrier: the name of each column, the property, and its part."""
    return [
        (
            field.name + facet,
            field,
            text_part(field.kind) if leads_back(plan, field) else part_of(field.kind, options, facet),
        )
        for field in plan.fields
        for facet in facets(field.kind, options)
    ]


def text_part(kind: Kind) -> Part:
    """The part for values that are written as JSON text."""
    # Most values are lists of carriers without nulls, which msgspec writes as they are.
    shape = list if isinstance(kind, ListKind) and isinstance(kind.item, NestedKind) else None

    def convert(value: Any) -> str:
        is_usual = type(value) is shape and None not in value
        return (_encode(value) if is_usual else to_json(write_kind(kind, value, MAX_DEPTH))).decode()

    return single(pa.string(), (object,), kind.expected, convert=convert)
