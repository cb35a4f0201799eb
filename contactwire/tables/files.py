"""Tables to files: Parquet, CSV and Arrow's own format, batch by batch."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from os import PathLike
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from contactwire.builtins import to_json
from contactwire.errors import repr_of
from contactwire.tables.layout import Layout, Row

__all__ = ["BATCH", "FILE_FORMATS", "TableWriter", "check_file", "write_file"]

BATCH = 1_000
"""How many rows are turned into Arrow arrays at once."""

_ROWS = 2**16
"""How many rows a row group of Parquet has, and a batch of the other formats; a reader takes them one at a time."""


def write_file(batches: pa.RecordBatchReader, sink: str | PathLike[str] | BinaryIO, format: str) -> int:
    """Write record batches to a file, named or open for writing bytes, as "parquet", "csv" or "arrow"; gives the rows.

    "arrow" is Arrow's IPC file, which is also Feather, version 2. CSV has a header. In it, a list, map or struct is JSON
    text, bytes are base64, and null is nothing, unlike an empty text, which has quotes. Raises ValueError for another
    format, and for a table without columns in one that has no rows then, TypeError for `batches` that are no such reader,
    OSError where the file cannot be written, and what the reader raises.
    """
    if not isinstance(batches, pa.RecordBatchReader):
        received = f"a value of class {type(batches).__name__}"
        raise TypeError(f"expected a reader of record batches, as to_batches gives one, received {received}")
    file = _File(sink, format, batches.schema)
    with closing(file):
        for batch in batches:
            file.write(batch)
    return file.rows


class TableWriter:
    """Writes rows of a layout to a file as they come, which may be from several processes; a context manager.

    `sink` and `format` are those of `write_file`. The first thousand rows tell the types that the layout does not know.
    Raises ValueError and OSError as `write_file`.
    """

    def __init__(self, sink: str | PathLike[str] | BinaryIO, format: str, layout: Layout) -> None:
        check_file(format, layout.columns)
        self._sink, self._format, self._layout = sink, format, layout
        self._rows: list[Row] = []
        self._file: _File | None = None
        self._written = 0

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows, each of which `Layout.row` has made of a contact.

        Raises `EncodeError` for a value that its column cannot hold, with the index of the row in the pointer.
        """
        for row in rows:
            self._rows.append(row)
            if len(self._rows) == BATCH:
                self._put()

    def close(self) -> None:
        """Write the end of the file, which has no rows if there were none; raises as `write` does."""
        try:
            if self._rows or self._file is None:
                self._put()
        finally:
            if self._file is not None:
                self._file.close()

    def _put(self) -> None:
        rows, self._rows = self._rows, []
        count, values = self._layout.columns_of(rows)
        if self._file is None:
            self._layout = self._layout.typed(values)
            self._file = _File(self._sink, self._format, self._layout.schema)
        if count:
            self._file.write(self._layout.batch(count, values, self._written))
        self._written += count


class _File:
    """A file of record batches, which it joins to tables of at least `_ROWS` rows; `rows` counts those written."""

    def __init__(self, sink: str | PathLike[str] | BinaryIO, format: str, schema: pa.Schema) -> None:
        check_file(format, schema.names)
        self._convert, open_writer = FILE_FORMATS[format]
        self._writer = open_writer(sink, self._convert(schema.empty_table()).schema)
        self._waiting: list[pa.RecordBatch] = []
        self._count = self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._count += batch.num_rows
        if self._count >= _ROWS:
            self._put()

    def close(self) -> None:
        try:
            if self._waiting:
                self._put()
        finally:
            self._writer.close()

    def _put(self) -> None:
        waiting, self._waiting, self._count = self._waiting, [], 0
        table = pa.Table.from_batches(waiting)
        self._writer.write_table(self._convert(table))
        self.rows += table.num_rows


def check_file(format: str, columns: Sequence[Any]) -> None:
    """Raise ValueError for a format that is not known, and for one that has no rows without columns where there are none."""
    if format not in FILE_FORMATS:
        raise ValueError(f"a table is written as {', '.join(FILE_FORMATS)}, not as {repr_of(format)}")
    if not columns and format != "arrow":
        raise ValueError(f"a table without columns has no rows in {format}: name a column, or write it as arrow")


def _as_it_is(table: pa.Table) -> pa.Table:
    return table


def _flat(table: pa.Table) -> pa.Table:
    """The table with text for what CSV has no values for."""
    return pa.table([_flat_column(column) for column in table.columns], names=table.column_names)


def _flat_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    type = column.type
    if pa.types.is_binary(type) or pa.types.is_duration(type) or pa.types.is_nested(type):
        plain = [_plain(type, value) for value in column.to_pylist()]
        texts = [value if isinstance(value, str | None) else to_json(value).decode() for value in plain]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column


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
