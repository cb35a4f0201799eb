"""Tables to contacts: each row becomes the builtins of a contact, and these a carrier.

The name of a column is the path of its values. What is null in the table is absent in the contact, or
null where the class does not allow that it is absent. `cells` has the builtins of a single cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any, TypeVar, overload

import attrs
import pyarrow as pa

from contactwire.builtins import from_builtins
from contactwire.carriers import ContactEntityWithLinks
from contactwire.errors import EncodeError, Issue, ValidationError, shorten
from contactwire.paths import Index, Unknown, format_pointer
from contactwire.tables.cells import builtins_of, custom_field, exact_or_text, is_null, is_null_property, of_text
from contactwire.tables.layout import tokens_at
from contactwire.tables.open_values import JSON_TEXT
from contactwire.tables.parts import FACETS
from contactwire.wire import STRING, Carrier, DictionaryKind, Kind, ListKind, NestedKind, carrier_of, plan_of, reachable

__all__ = ["from_batches", "from_table"]

C = TypeVar("C", bound=Carrier)


@overload
def from_table(table: pa.Table, *, unknown: Unknown = ...) -> list[ContactEntityWithLinks]: ...
@overload
def from_table(table: pa.Table, type: type[C], *, unknown: Unknown = ...) -> list[C]: ...
def from_table(table: pa.Table, type: Any = ContactEntityWithLinks, *, unknown: Unknown = "error") -> Any:
    """The contacts in the rows of a table whose columns are named as `to_table` names them.

    `type` is their carrier class. `unknown` is that of `from_batches`, which says what is raised.
    """
    if not isinstance(table, pa.Table):
        raise TypeError(f"expected a pyarrow.Table, as pyarrow.table(data) makes one, received {_class_of(table)}")
    return list(from_batches(table.to_batches(), type, unknown=unknown))


@overload
def from_batches(batches: Iterable[pa.RecordBatch], *, unknown: Unknown = ...) -> Iterator[ContactEntityWithLinks]: ...
@overload
def from_batches(batches: Iterable[pa.RecordBatch], type: type[C], *, unknown: Unknown = ...) -> Iterator[C]: ...
def from_batches(
    batches: Iterable[pa.RecordBatch], type: Any = ContactEntityWithLinks, *, unknown: Unknown = "error"
) -> Iterator[Any]:
    """The contacts in the rows of record batches, or of a reader of them; one batch is in memory at a time.

    `type` is their carrier class. With `unknown="keep"`, a column that names no property is an unknown member. So is, in any
    case, a field of a struct that names none. Where two columns say what a value is, such as `Category` and `Category/Id`,
    the later one counts. Raises `SelectionError` with every column that names nothing, and `ValidationError`, with the index
    of the row in its pointers, for a value that does not belong in its place, and for a required property without a column.
    Raises ValueError for two columns of one place, for an index above 9,999, and for another `unknown`, TypeError for
    what is no record batch.
    """
    carrier = carrier_of(type)
    has_nulls = any(is_null_property(field) for each in reachable(plan_of(carrier)) for field in each.fields)
    start = 0
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            raise TypeError(f"expected record batches, as table.to_batches() gives them, received {_class_of(batch)}")
        columns = _columns(batch.schema, carrier, unknown)
        values = [column.values(batch) for column in columns]
        for row in range(batch.num_rows):
            cells = [(column, each[row]) for column, each in zip(columns, values, strict=True)]
            given = [cell for cell in cells if not is_null(cell[1])]
            # Nulls in the end: what one is inside of may come from a later column.
            nulls = [cell for cell in cells if is_null(cell[1])] if has_nulls else []
            yield _contact(carrier, given + nulls, start + row)
        start += batch.num_rows


def _class_of(value: object) -> str:
    return f"a value of class {type(value).__name__}"


@attrs.frozen
class _Column:
    """A column, or one of dates with those of their ticks and zones: the tokens of its path, and the names of all."""

    tokens: tuple[str, ...]
    names: tuple[str, ...]
    is_json: bool

    def values(self, batch: pa.RecordBatch) -> list[Any]:
        """The values of a batch as Python has them; of dates with ticks, the wire's text."""
        values, *beside = [batch.column(name).to_pylist() for name in self.names]
        if beside:
            return [exact_or_text(*pair) for pair in zip(*beside, strict=True)]
        return [value and of_text(value) for value in values] if self.is_json else values


def _columns(schema: pa.Schema, carrier: type, unknown: Unknown) -> list[_Column]:
    groups = {name: (name, *(name + facet for facet in FACETS)) for name in schema.names}
    beside = {name: names for name, names in groups.items() if groups.keys() >= set(names)}
    facets = {name for names in beside.values() for name in names[1:]}
    own = [name for name in schema.names if name not in facets]
    found = tokens_at(((0, name, name) for name in own), carrier, unknown)
    first: dict[tuple[str, ...], str] = {}
    for name, tokens in zip(own, found, strict=True):
        if tokens in first:
            raise ValueError(f"the columns {shorten(first[tokens])} and {shorten(name)} are of one place")
        if any(isinstance(token, Index) and int(token) > MAX_INDEX for token in tokens):
            raise ValueError(f"column {shorten(name)}: an index is at most {MAX_INDEX:,}")
        first[tokens] = name
    return [
        _Column(tokens, beside.get(name, (name,)), schema.field(name).metadata == _JSON) for tokens, name in first.items()
    ]


MAX_INDEX = 9_999
"""The highest index of an item in a path, as in the keys of a form: a list is filled up to it."""

_JSON = {key.encode(): value.encode() for key, value in JSON_TEXT.items()}


def _contact(carrier: type, values: Iterable[tuple[_Column, Any]], row: int) -> Any:
    builtins: Any = {}
    try:
        for column, value in values:
            builtins = _put_column(builtins, carrier, column, value)
        return from_builtins(builtins, carrier)
    except ValidationError as error:
        raise error.under(f"/{row}") from None


def _put_column(builtins: Any, carrier: type, column: _Column, value: Any) -> Any:
    try:
        return _put(builtins, NestedKind(carrier), column.tokens, value, "")
    except (ValidationError, EncodeError) as error:
        found = error.under(format_pointer(column.tokens))
        raise ValidationError(found.issues, found.more) from None


def _put(old: Any, kind: Kind | None, tokens: tuple[str, ...], value: Any, name: str) -> Any:
    """The builtins `old` of a value of a kind, or None, with another value at a path in it, where that is not null.

    `name` is that of the property whose value it is.
    """
    if is_null(value):
        _put_null(old, kind, tokens)
        return old
    if not tokens:
        return _joined(old, builtins_of(kind, value))
    if isinstance(kind, ListKind):
        return _put_item(old, kind, tokens, value, name)
    if not isinstance(old, dict | None):
        return _without_members(old, kind)
    token, rest = tokens[0], tokens[1:]
    if isinstance(kind, DictionaryKind):
        inner: Kind | None = kind.item
        value = custom_field(value, name) if inner == STRING and not rest else value
    else:
        field = plan_of(kind.carrier).find(token) if isinstance(kind, NestedKind) else None
        inner, name = (field.kind, field.name) if field else (None, token)
        token = name
    members = {} if old is None else old
    members[token] = _put(members.get(token), inner, rest, value, name)
    return members


def _put_null(old: Any, kind: Kind | None, tokens: tuple[str, ...]) -> None:
    """As `_put`, for null: a property that may be null, and not absent, becomes null if nothing else is known of it.

    Null changes no other property, and none of a carrier that is not there.
    """
    if old is None or not tokens:
        return
    token, rest = tokens[0], tokens[1:]
    match kind, old:
        case NestedKind(), dict() if field := plan_of(kind.carrier).find(token):
            if not rest and is_null_property(field):
                old.setdefault(field.name, None)
            else:
                _put_null(old.get(field.name), field.kind, rest)
        case DictionaryKind(), dict():
            _put_null(old.get(token), kind.item, rest)
        case ListKind(), list() if isinstance(token, Index) and int(token) < len(old):
            _put_null(old[int(token)], kind.item, rest)


def _joined(old: Any, new: Any) -> Any:
    """What two columns give for one place: of two objects or lists what either has, of other values the later one."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _joined(old.get(name), value) for name, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [_joined(*pair) for pair in zip_longest(old, new)]
    return old if new is None else new


def _without_members(old: Any, kind: Kind | None) -> Any:
    """The value that another column gives for a place, to be refused there since it has no members.

    Raises `ValidationError` where it would be taken, for an unknown member.
    """
    if kind is None:
        raise ValidationError((Issue("", f"another column has {shorten(old)} above it", "an object", shorten(old)),))
    return old


def _put_item(old: Any, kind: ListKind, tokens: tuple[str, ...], value: Any, name: str) -> Any:
    """As `_put`, for a list: the value is for one item of it, or one for each. What is no list stays, to be refused."""
    token, items = tokens[0], old or []
    index = int(token) if isinstance(token, Index) else None
    if index is None and isinstance(value, str):
        value = of_text(value)
    if index is None and not isinstance(value, list):
        return value
    if not isinstance(items, list):
        return items
    count = len(value) if index is None else index + 1
    items += [_filler(kind) for _ in range(count - len(items))]
    if index is not None:
        items[index] = _put(items[index], kind.item, tokens[1:], value, name)
    else:
        items[:count] = [_put(items[at], kind.item, tokens, each, name) for at, each in enumerate(value)]
    return items


def _filler(kind: ListKind) -> Any:
    """What stands for an item of a list that the table says nothing of: null, or if the list has none, an empty item."""
    return None if kind.nullable else _EMPTY.get(type(kind.item), lambda: None)()


_EMPTY: dict[Any, Callable[[], Any]] = {NestedKind: dict, DictionaryKind: dict, ListKind: list}
