"""The layout of a table: its columns, as a caller names them, and the record batch that it makes of some contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any, TypedDict, get_args

import attrs
import pyarrow as pa

from contactwire.builtins import check_option
from contactwire.carriers import ContactEntityWithLinks
from contactwire.errors import MAX_FAULTS, ContactWireError, EncodeError, Issue, PathError, SelectionError, repr_of, shorten
from contactwire.paths import Unknown, format_pointer, resolve
from contactwire.projection import Selection, entries, tokens_of
from contactwire.tables.columns import Column, columns_at, name_of
from contactwire.tables.open_values import FAULTS, OPEN_TYPES
from contactwire.tables.parts import Dates, Ticks
from contactwire.tables.scalars import Wrong
from contactwire.wire import NestedKind, carrier_of, fold, is_akin, plan_of

__all__ = ["Layout", "Options", "Paths", "Row", "Values", "layout_of", "tokens_at"]

Paths = Selection | str | Iterable[str] | None
"""How a caller names columns: a selection, paths in a text or one by one, or None for every property."""

_LISTS: dict[str, Any] = {"through_lists": True, "indexes": True}

EVERYTHING = "*"
"""What stands for every property among paths."""


class Options(TypedDict, total=False):
    """The options of a table, which `contactwire.tables` describes."""

    type: Any
    unknown: Unknown
    ticks: Ticks | None
    zone: tzinfo | None
    types: dict[str, Any]


Row = tuple[Any, ...]
"""The values of one contact, one for each column."""

Values = list[Sequence[Any]]
"""The values of some contacts: those of all in the first column, then in the next."""


@attrs.frozen
class Layout:
    """The columns of a table of carriers of a class (`layout_of`)."""

    carrier: type
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema."""
        return pa.schema([column.field for column in self.columns])

    def typed(self, values: Values) -> Layout:
        """The layout whose open columns have the types of some values."""
        return attrs.evolve(self, columns=tuple(map(Column.typed, self.columns, values)))

    def values(self, contacts: Iterable[Any], start: int = 0) -> tuple[int, Values]:
        """How many contacts there are, and the values that they have in each column; none of them is kept.

        `start` is the index of the first in what the caller gave. Raises as `batch` does, and TypeError for what is no
        contact.
        """
        return self.columns_of([self.row(contact, f"/{index}") for index, contact in enumerate(contacts, start)])

    def row(self, contact: Any, pointer: str = "") -> Row:
        """The values that one contact has in the columns, for a `TableWriter`.

        Raises `EncodeError` for a value that its column cannot hold, and TypeError for what is no contact. `pointer` says in
        the error where the contact stands.
        """
        if not is_akin(type(contact), self.carrier):
            place = f", which is at {pointer}" if pointer else ""
            raise TypeError(f"a table of {self.carrier.__name__} takes no {type(contact).__name__}{place}")
        row: list[Any] = []
        try:
            for column in self.columns:
                row.append(column.get(contact))
        except Wrong as fault:
            raise _refusal(column, fault, pointer) from fault
        return tuple(row)

    def columns_of(self, rows: Sequence[Row]) -> tuple[int, Values]:
        """How many rows there are, and the values of each column in them."""
        return len(rows), list(zip(*rows, strict=True)) or [()] * len(self.columns)

    def batch(self, count: int, values: Values, start: int = 0) -> pa.RecordBatch:
        """The record batch of the values of so many contacts; raises `EncodeError` for one that its column cannot hold."""
        if not self.columns:
            return pa.RecordBatch.from_struct_array(pa.array([{}] * count, pa.struct([])))
        arrays = [_array(column, each, start) for column, each in zip(self.columns, values, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _array(column: Column, values: Sequence[Any], start: int) -> pa.Array:
    try:
        return column.part.build(values)
    except FAULTS as error:
        for index, value in enumerate(values, start):
            try:
                column.part.build([value])
            except FAULTS as fault:
                raise _refusal(column, fault, f"/{index}") from error
        raise  # pragma: no cover - what no value alone causes, such as more text than an Arrow array takes


def _refusal(column: Column, fault: Exception, prefix: str) -> EncodeError:
    """The error for a contact whose value a column cannot hold."""
    pointer = prefix + format_pointer(column.tokens)
    if isinstance(fault, Wrong):
        issues: tuple[Issue, ...] = (Issue.of_value(fault.expected, fault.value),)
    elif isinstance(fault, ContactWireError) and hasattr(fault, "issues"):
        issues = fault.issues
    else:
        issues = (Issue("", f"does not fit the column's type {column.part.type}: {fault}", str(column.part.type), ""),)
    if column.decide is not None:
        advice = f"; types={{{repr_of(column.name)}: object}} makes the column text"
        issues = tuple(issue.saying(issue.message + advice) for issue in issues)
    return EncodeError(issue.under(pointer) for issue in issues)


def layout_of(
    columns: Paths,
    *,
    type: Any = None,
    unknown: Unknown = "error",
    ticks: Ticks | None = None,
    zone: tzinfo | None = None,
    types: dict[str, Any] | None = None,
) -> Layout:
    """The layout for columns and options, with open columns that have no types yet.

    Raises `SelectionError` with every path that names nothing, ValueError for an option that is wrong, and TypeError for a
    `zone` that is no tzinfo.
    """
    if ticks not in (None, *get_args(Ticks)):
        raise ValueError(f"ticks is None, 'column' or 'text', not {repr_of(ticks)}")
    if not isinstance(zone, tzinfo | None):
        raise TypeError(f"zone is a tzinfo, such as ZoneInfo('Europe/Oslo'), not {repr_of(zone)}")
    carrier = _carrier(columns, type)
    plan, dates = plan_of(carrier), Dates(ticks, zone)
    open_types = _open_types(types or {}, carrier)
    paths = dict.fromkeys(tokens_in(columns, carrier, unknown))
    found = [column for tokens in paths for column in columns_at(plan, tokens, dates, open_types)]
    if open_types:
        raise ValueError(f"types names {', '.join(map(shorten, open_types))}, no column of custom fields or unknown members")
    return Layout(carrier, tuple(found))


def _carrier(columns: Paths, type: Any) -> type:
    if not isinstance(columns, Selection):
        return carrier_of(ContactEntityWithLinks if type is None else type)  # type: ignore[no-any-return]
    if type not in (None, columns.carrier):
        raise ValueError(f"the columns are selected from {columns.carrier.__name__}, not from {repr_of(type, 200)}")
    return columns.carrier


def _open_types(types: dict[str, Any], carrier: type) -> dict[str, Any]:
    """The types of open columns by their folded names."""
    for path, type in types.items():
        if type not in OPEN_TYPES:
            names = ", ".join(each.__name__ for each in OPEN_TYPES)
            raise ValueError(f"types[{repr_of(path)}] is one of {names}, not {repr_of(type)}")
    paths = tokens_at(((0, path, path) for path in types), carrier, "keep")
    return {fold(name_of(tokens)): type for tokens, type in zip(paths, types.values(), strict=True)}


def _named(columns: Paths) -> list[tuple[int, str, str]]:
    """Each path that a caller names, after its position in the text that it is from, which follows it."""
    if isinstance(columns, Selection):
        columns = EVERYTHING if columns.tree is None else columns.columns
    if columns is None or isinstance(columns, str):
        text = columns if columns and columns.strip() else EVERYTHING
        return [(position, entry, text) for position, entry in entries(text)]
    paths = [*columns] if isinstance(columns, Iterable) else [columns]
    for path in paths:
        if not isinstance(path, str):
            raise TypeError(f"columns are a Selection, a text or paths, and {repr_of(path)} is none of them")
    return [(0, path, path) for path in paths]


def tokens_in(columns: Paths, carrier: type, unknown: Unknown) -> list[tuple[str, ...]]:
    """The tokens of each path that a caller names, in that order; without any, those of every property.

    Raises what `tokens_at` does.
    """
    every = [name_of((field.name,)) for field in plan_of(carrier).fields]
    named = [
        (position, path, text)
        for position, given, text in _named(columns)
        for path in (every if given == EVERYTHING else [given])
    ]
    return tokens_at(named, carrier, unknown)


def tokens_at(named: Iterable[tuple[int, str, str]], carrier: type, unknown: Unknown) -> list[tuple[str, ...]]:
    """The tokens of each of some paths; with each come its position in the text that it is from, and that text.

    Raises `SelectionError` with every path that names nothing, and ValueError for another `unknown`.
    """
    check_option("unknown", unknown, Unknown)
    found: list[tuple[str, ...]] = []
    faults: list[PathError] = []
    for position, path, text in named:
        try:
            tokens = tokens_of(path)
            found.append(resolve(NestedKind(carrier), tokens, path=path, unknown=unknown, **_LISTS).tokens)
        except PathError as error:
            faults.append(PathError(error.message, text, position + error.position, error.suggestion))
        if len(faults) == MAX_FAULTS:
            break
    if faults:
        raise SelectionError(faults)
    return found
