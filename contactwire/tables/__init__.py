"""Tables: contacts to Arrow and back, for pandas, polars, DuckDB, Parquet and CSV; needs the extra `contactwire[tables]`.

::

    table = to_table(contacts, "contactId,name,category/id,emails/0/value")

`columns` are paths: a `Selection`, a text, or any iterable of paths; None, which is the default, and `*` are every property.
A column is named by its path in wire case. `contactwire.guide.tables` has the Arrow type of each kind, and recipes. These
are the options of `to_table`, `to_batches` and `arrow_schema`:

`type`
    the class whose properties the paths name; by default that of the selection, else `ContactEntityWithLinks`.
`unknown`
    with "keep", a path that names no property is that of an unknown member; with "error" (the default) it is an error.
`ticks`
    "column" puts two columns beside each date: `PATH:Ticks` has the .NET ticks of its clock time, with the seventh digit of
    the second, and `PATH:Zone` its zone as the wire spells it. With "text" dates are strings as on the wire. By default they
    have six digits.
`zone`
    the zone of dates that say none, a `tzinfo`. By default such a date stays as it is. A date that says one becomes UTC.
`types`
    the types of custom fields and unknown members by their paths, such as `{"customFields/SuperOffice:1": bool}`; by default
    the first batch tells.

`scalars` has the Arrow types of single values, and `parts` those of lists, dictionaries and carriers. `open_values` infers
types that no class declares. `columns` follows a path, and `layout` reads what a caller names. `write`, `read` and `files`
have the functions below; `cells` is what `read` makes of the value of one cell.
"""

from __future__ import annotations

try:
    import pyarrow  # noqa: F401
except ImportError as error:
    raise ImportError("contactwire.tables needs pyarrow: pip install 'contactwire[tables]'") from error

from contactwire.tables.files import TableWriter, check_file, write_file
from contactwire.tables.layout import Layout, layout_of
from contactwire.tables.open_values import OPEN_TYPES
from contactwire.tables.read import from_batches, from_table
from contactwire.tables.write import arrow_schema, to_batches, to_table

__all__ = [
    "OPEN_TYPES",
    "Layout",
    "TableWriter",
    "arrow_schema",
    "check_file",
    "from_batches",
    "from_table",
    "layout_of",
    "to_batches",
    "to_table",
    "write_file",
]
