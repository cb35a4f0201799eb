"""Tables: contactwire, pyarrow over what `json.loads` reads, and DuckDB's reader of JSON, from NDJSON to Arrow."""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import Input
from benchmarks.measure import Task
from contactwire import ContactEntityWithLinks, JsonCodec

__all__ = ["WORKS"]

_COLUMNS = "contactId,name,category/id,emails/0/value"
_SQL = "SELECT ContactId, Name, Category.Id, Emails[1].Value FROM read_json('{}', format='newline_delimited')"


def _lines(given: Input) -> bytes:
    items = json.loads(given.body) if given.is_list else [json.loads(given.body)]
    return b"".join(json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for item in items)


def _ours(columns: str | None) -> Callable[[Input], Task]:
    def make(given: Input) -> Task:
        from contactwire.tables import to_table

        def run(text: bytes) -> Any:
            return to_table(JsonCodec().iter_decode(text, ContactEntityWithLinks), columns)

        return Task(_lines(given), run)

    return make


def _pyarrow(given: Input) -> Task:
    import pyarrow as pa

    return Task(_lines(given), lambda text: pa.Table.from_pylist([json.loads(line) for line in text.splitlines()]))


def _duckdb(given: Input) -> Task:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    folder = tempfile.mkdtemp()
    path = Path(folder, "contacts.ndjson")
    path.write_bytes(_lines(given))

    def run(path: Path) -> Any:
        return connection.sql(_SQL.format(path)).to_arrow_table()

    weakref.finalize(run, shutil.rmtree, folder)
    return Task(path, run)


_LOADS = Contender(
    _pyarrow, ("pyarrow",), "makes a column of every property, infers types, has dates as text, checks no contact"
)
_INFERS = "reads a file, infers types, checks no contact; on one thread"

WORKS = {
    "table of four columns, from NDJSON": {
        OURS: Contender(_ours(_COLUMNS), ("pyarrow",)),
        "pyarrow from_pylist of json.loads": _LOADS,
        "DuckDB read_json": Contender(_duckdb, ("duckdb",), _INFERS),
    },
    "table of all columns, from NDJSON": {
        OURS: Contender(_ours(None), ("pyarrow",)),
        "pyarrow from_pylist of json.loads": _LOADS,
    },
}
