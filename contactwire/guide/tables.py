"""Tables: contacts for pandas, polars, DuckDB and whatever else takes Arrow, Parquet or CSV, and back.

`pip install 'contactwire[tables]'` brings pyarrow, with which `contactwire.tables` makes them. Tests run the recipes.

# A table

A column is a path, as in a `$select`, and named so in wire case: `Category/Id`. Behind a list, an index picks one item.
Without an index the column is an Arrow list. The columns come in the order of the paths.

<!-- recipe: table -->
```python
from contactwire import JsonCodec, Selection
from contactwire.tables import to_table

columns = Selection.parse("contactId,name,category/id,emails/0/value,emails/value")
with open("contacts.ndjson", "rb") as file:
    table = to_table(JsonCodec().iter_decode(file), columns)
frame = table.to_pandas()  # or polars.from_arrow(table), duckdb.from_arrow(table)
```

`columns` may also be the text itself, or a list of paths, and without it the table has every property of the class. The
class is `ContactEntityWithLinks`, or what the selection was parsed for, or the option `type`.

# Types

| on the wire | in Arrow |
| --- | --- |
| integer, double, boolean, string | `int32` or `int64`, `double`, `bool`, `string` |
| date-time | `timestamp[us]`, see below |
| date without a time | `date32` |
| UUID, decimal, enumeration, flags | `string`; a closed enumeration of numbers is `int64` |
| carrier | `struct`, without its unknown members |
| list, dictionary | `list`, `map<string, …>` |
| a recursive property in another column, such as `ChildItems` in `Interests` | `string`, which is JSON text, with nulls |
| carrier of a class without properties | `string`, which is JSON text |
| custom field, by key | by its values: `int64`, `double`, `decimal128(38, 10)`, `date32`, `timestamp[us]`, … |
| unknown member, with `unknown="keep"` | by its values: `int64`, `double`, `bool`, `string`, else JSON text |

Null and absent are both null in a table. An integer where the class has a double becomes the nearest one, as in .NET.

No class says of which type a custom field or an unknown member is, so the first batch does. Where its values have no type in
common, or there are none, the column is text: the wire's own string of a custom field, JSON text of an unknown member.
`types={"customFields/SuperOffice:1": bool}` says the type: int, bool, float, Decimal, date, datetime, time, timedelta, list
or bytes, str for strings, and object for text that takes anything. Where a job has several parts, say it, so that all parts
have the same types.

# Dates

Arrow has one time zone for a whole column, and the wire one for each date, or none. So a date that says a zone becomes UTC,
a date that says none stays as it is, and the column has no zone. Where all dates without one are of the same zone,
`zone=ZoneInfo("Europe/Oslo")` says so, and the column is `timestamp[us, UTC]`. `0001-01-01T00:00:00`, .NET's "none", and
`9999-12-31T23:59:59` with any fraction, its "no end", stay what they are then.

A `timestamp[us]` has six digits of a second, and holds the years 1 to 9999. A date that UTC has outside of them, such as
`0001-01-01T00:00:00+01:00`, is an `EncodeError` that names its place. For such dates, the seventh digit, and the zone as it
was:

| option | a date is |
| --- | --- |
| `ticks="column"` | three columns: `UpdatedDate`, `UpdatedDate:Ticks` (.NET's, of its clock time), `UpdatedDate:Zone` |
| `ticks="text"` | a `string`, as the wire spells it |

With `ticks="column"`, a date outside of the years is the first or last moment of them in its own column.

# Files, in constant memory

`to_batches` is a reader of record batches that takes contacts as it is read; `write_file` writes it as `parquet`, `arrow` or
`csv`. In CSV, what nests is JSON text, and null is nothing, unlike an empty text, which has quotes. So a row of nulls is an
empty line where there is one column, and most readers pass over that. A table without columns has no rows in `parquet` and
`csv`, which refuse it.

<!-- recipe: file -->
```python
from contactwire import JsonCodec
from contactwire.tables import to_batches, write_file

with open("contacts.ndjson", "rb") as file:
    batches = to_batches(JsonCodec().iter_decode(file), "contactId,name,customFields/SuperOffice:1")
    rows = write_file(batches, "contacts.parquet", "parquet")
```

Where contacts are pushed, and not pulled, a `TableWriter` takes the rows that `Layout.row` makes of them. Rows can come from
other processes, as those of `contactwire table --workers N` do.

On the command line: `contactwire table contacts.ndjson --columns contactId,name --to parquet > contacts.parquet`.

# And back

`from_table` and `from_batches` read the columns by their names. What is null in the table is absent in the contact, or null
where the class does not allow that it is absent. The contacts have what the table has, to the seventh digit with `ticks`,
and make the same table again. A field of a struct that names no property is an unknown member.

<!-- recipe: back -->
```python
import pyarrow.parquet

from contactwire.tables import from_batches

contacts = list(from_batches(pyarrow.parquet.ParquetFile("contacts.parquet").iter_batches()))
```

What pandas makes of nulls is read, too: where the class has an integer, 5.0 is 5, and NaN is null. A column of integers for
what no class declares, such as a custom field, stays one of doubles; `frame.convert_dtypes()` makes it integers again. Keep
ticks by `ArrowDtype`, since doubles do not hold them to the digit: they are refused, unless a schema makes them integers.
Dates in nanoseconds keep their seventh digit. Arrow cannot tell by itself of which type a frame's dictionaries in structs
are:

<!-- recipe: frame -->
```python
import pyarrow as pa
from contactwire import JsonCodec
from contactwire.tables import arrow_schema, from_table, to_table

columns = "contactId,name,category"
with open("contacts.ndjson", "rb") as file:
    frame = to_table(JsonCodec().iter_decode(file), columns).to_pandas()
contacts = from_table(pa.Table.from_pandas(frame, schema=arrow_schema(columns)))
```

# On several machines

Each worker of dask reads parts of NDJSON and writes them as Parquet. A part is one task, since its contacts need no others.

<!-- recipe: dask -->
```python
from pathlib import Path

import dask
from contactwire import JsonCodec
from contactwire.tables import to_batches, write_file


@dask.delayed
def convert(part):
    with part.open("rb") as file:
        contacts = JsonCodec().iter_decode(file)
        batches = to_batches(contacts, "contactId,name,customFields/x", types={"customFields/x": int})
        return write_file(batches, part.with_suffix(".parquet"), "parquet")


rows = sum(dask.compute(*map(convert, sorted(Path("parts").glob("*.ndjson")))))
```

# When something is wrong

A path that names nothing is a `SelectionError` with the nearest name. A value of a wrong type in a contact is an
`EncodeError`, which names the contact by its index. A custom field that does not have the type of its column is one, too.
In a table that is read, it is a `ValidationError` with the index of the row. What is no contact, a `BadRecord` for example,
is a TypeError.
"""
