"""Tables to files: Parquet, CSV and Arrow's own format, batch by batch."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from os import PathLike
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from contactwire.builtins import to_json

__all__ = ["FILE_FORMATS", "write_file"]

_ROWS = 2**16
"""How many rows a row group of Parquet has, and a batch of the other formats; a reader takes them one at a time."""


def write_file(batches: pa.RecordBatchReader, sink: str | PathLike[str] | BinaryIO, format: str) -> int:
    """Write record batches to a file, named or open for writing bytes, as "parquet", "csv" or "arrow"; gives the rows.

    "arrow" is Arrow's IPC file, which is also Feather, version 2. CSV has a header. In it, a list, map or struct is JSON
    text, bytes are base64, and null is nothing, unlike an empty text, which has quotes. Raises ValueError for another
    format, OSError where the file cannot be written, and what the reader raises.
    """
    if format not in FILE_FORMATS:
        raise ValueError(f"a table is written as {', '.join(FILE_FORMATS)}, not as {format!r}")
    convert, open_writer = FILE_FORMATS[format]
    schema = convert(batches.schema.empty_table()).schema
    rows = 0
    with open_writer(sink, schema) as writer:
        for table in _grouped(batches):
            writer.write_table(convert(table))
            rows += table.num_rows
    return rows


def _grouped(batches: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The batches, joined to tables of at least `_ROWS` rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= _ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _as_it_is(table: pa.Table) -> pa.Table:
    return table


def _flat(table: pa.Table) -> pa.Table:
    """The table with text for what CSV has no values for."""
    columns = [_flat_column(column) for column in table.columns]
    return pa.table(columns, names=table.column_names) if columns else table


def _flat_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    type = column.type
    if pa.types.is_binary(type) or pa.types.is_duration(type) or pa.types.is_nested(type):
        texts = [None if value is None else _text(type, value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column


def _text(type: pa.DataType, value: Any) -> str:
    plain = _plain(type, value)
    return plain if isinstance(plain, str) else to_json(plain).decode()


def _plain(type: pa.DataType, value: Any) -> Any:
    """A value of an Arrow type as JSON can have it."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if value is None or not pa.types.is_nested(type):
        return value
    if pa.types.is_map(type):
        return {key: _plain(type.item_type, item) for key, item in value}
    if pa.types.is_list(type):
        return [_plain(type.value_type, item) for item in value]
    return {field.name: _plain(field.type, value[field.name]) for field in type}


FILE_FORMATS: dict[str, tuple[Callable[[pa.Table], pa.Table], Callable[[Any, pa.Schema], Any]]] = {
    "parquet": (_as_it_is, pa.parquet.ParquetWriter),
    "csv": (_flat, pa.csv.CSVWriter),
    "arrow": (_as_it_is, pa.ipc.new_file),
}
"""The formats of files: what becomes of a table before it is written, and what writes it."""
