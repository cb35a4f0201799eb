"""Contacts to tables: all at once, or batch by batch in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Unpack

import pyarrow as pa

from contactwire.builtins import check_limit
from contactwire.tables.files import BATCH
from contactwire.tables.layout import Layout, Options, Paths, Values, layout_of

__all__ = ["arrow_schema", "to_batches", "to_table"]


def to_table(contacts: Iterable[Any], columns: Paths = None, **options: Unpack[Options]) -> pa.Table:
    """The Arrow table of some contacts: a row for each, a column for each path.

    `columns` and the options are described in `contactwire.tables`. Raises `SelectionError` with every path that names
    nothing, ValueError for a wrong option, TypeError for a `zone` that is no tzinfo and for what is no contact, and
    `EncodeError` for a value that its column cannot hold, with the contact's index in the pointer.
    """
    return to_batches(contacts, columns, **options).read_all().combine_chunks()


def to_batches(
    contacts: Iterable[Any], columns: Paths = None, *, batch_size: int = BATCH, **options: Unpack[Options]
) -> pa.RecordBatchReader:
    """A reader of record batches of at most `batch_size` rows each; it takes contacts only as batches are read.

    The values of one batch are in memory at a time. Those of the first are taken at once, since types that no class declares
    are inferred from them. Raises as `to_table`; what is wrong with a later contact, the reader raises.
    """
    check_limit("batch_size", batch_size, 1)
    source, layout = iter(contacts), layout_of(columns, **options)
    first = layout.values(islice(source, batch_size))
    typed = layout.typed(first[1])
    return pa.RecordBatchReader.from_batches(typed.schema, _batches(typed, first, source, batch_size))


def _batches(layout: Layout, first: tuple[int, Values], source: Iterator[Any], size: int) -> Iterator[pa.RecordBatch]:
    start, (count, values) = 0, first
    while count:
        yield layout.batch(count, values, start)
        start += count
        count, values = layout.values(islice(source, size), start)


def arrow_schema(columns: Paths = None, **options: Unpack[Options]) -> pa.Schema:
    """The Arrow schema of a table, from the plan of its carrier alone; raises what `to_table` raises for its arguments.

    Custom fields and unknown members without a type in `types` are text.
    """
    layout = layout_of(columns, **options)
    return layout.typed([()] * len(layout.columns)).schema
