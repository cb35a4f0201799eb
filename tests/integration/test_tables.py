"""What other libraries read of tables and their files is what the contacts hold, value by value."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from operator import methodcaller

import duckdb
import numpy
import pandas
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from contactwire import ContactEntityWithLinks, CustomFieldsView, decode, get, to_builtins, value_or
from contactwire.golden import ALL
from contactwire.tables import from_table, to_batches, to_table, write_file

BODIES = [
    *ALL.values(),
    """{"ContactId":1,"Name":"Elan, \\"Hoppski\\"\\nAS","Xstop":false,"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00",
    "CreatedDate":"0001-01-01T00:00:00","Category":{"Id":3},"Emails":[null,{"Value":"elan@hoppski.example"},{"Value":""}],
    "CustomFields":{"number":"[I:23]","money":"[M:12.50]","day":"[D:01/31/2020]","at":"[DT:01/31/2020 13:45:00]"}}""",
    "{}",
    '{"ContactId":2147483647,"Name":"","Xstop":true,"UpdatedDate":"9999-12-31T23:59:59.9999999","Emails":[]}',
]
CONTACTS = [decode(body, type=ContactEntityWithLinks) for body in BODIES]
PROPERTIES = ["contactId", "name", "xstop", "category/id", "emails/1/value"]
DATES = ["updatedDate", "createdDate"]
CUSTOM = ["number", "money", "day", "at"]
FLAT = [*PROPERTIES, *DATES, *(f"customFields/{key}" for key in CUSTOM)]
COLUMNS = [*FLAT, "emails/value", "customFields", "category"]


def in_utc(value):
    """A date as a table has it: without the seventh digit, and in UTC if it says a zone."""
    if not value:
        return None
    plain = datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return plain - (value.utcoffset() or datetime.min - datetime.min)


def moment(value):
    """A custom field's date-time as a plain one."""
    return datetime(*value.timetuple()[:6]) if isinstance(value, datetime) else value


def expected(contact):
    """The values of the columns, by the means of the library itself."""
    fields = CustomFieldsView(contact)
    emails, right = get(contact, "emails"), get(contact, "category/tableRight")
    return [
        *(get(contact, path) for path in PROPERTIES),
        *(in_utc(get(contact, path)) for path in DATES),
        *(moment(fields.get(key)) for key in CUSTOM),
        None if emails is None else [value_or(email.value, None) if email else None for email in emails],
        get(contact, "customFields"),
        get(contact, "category") and {"Id": get(contact, "category/id"), "Mask": right and right.mask},
    ]


EXPECTED = list(map(expected, CONTACTS))


def plain(value):
    """A value as plain Python has it: numbers, texts, datetimes, lists, dictionaries, and None for what is not there."""
    if isinstance(value, (numpy.ndarray, list)):
        return [plain(item) for item in value]
    if isinstance(value, pandas.Timestamp):
        return value.to_pydatetime()
    if value is pandas.NaT or value is pandas.NA or (isinstance(value, float) and isnan(value)):
        return None
    return value.item() if isinstance(value, numpy.generic) else value


def dictionary(value):
    """A map as a dictionary: pyarrow and pandas have pairs, others a dictionary, or a list of keys and values."""
    if value is None or isinstance(value, dict):
        return value
    return dict((pair["key"], pair["value"]) if isinstance(pair, dict) else pair for pair in value)


def row(values):
    """The values of a row, to compare with those expected."""
    *others, custom, category = map(plain, values)
    right = category and category["TableRight"]
    return [*others, dictionary(custom), category and {"Id": plain(category["Id"]), "Mask": right and right["Mask"]}]


def of_pandas(frame):
    """The rows of a data frame of pandas."""
    return [list(values) for values in frame.astype(object).itertuples(index=False, name=None)]


def rows_of(table):
    """The rows of a table of pyarrow."""
    return [list(each.values()) for each in table.to_pylist()]


READERS = {
    "parquet, pyarrow": ("parquet", lambda path: rows_of(pyarrow.parquet.read_table(path))),
    "parquet, pandas": ("parquet", lambda path: of_pandas(pandas.read_parquet(path))),
    "parquet, polars": ("parquet", lambda path: polars.read_parquet(path).rows()),
    "parquet, DuckDB": ("parquet", lambda path: duckdb.read_parquet(path).fetchall()),
    "arrow, pyarrow": ("arrow", lambda path: rows_of(pyarrow.feather.read_table(path))),
    "arrow, pandas": ("arrow", lambda path: of_pandas(pandas.read_feather(path))),
    "arrow, polars": ("arrow", lambda path: polars.read_ipc(path).rows()),
}


@pytest.mark.parametrize("name", READERS)
def test_files_in_other_libraries(name, tmp_path):
    """Files of Parquet and Arrow have the contacts' values in pyarrow, pandas, polars and DuckDB."""
    format, read = READERS[name]
    path = str(tmp_path / "contacts")
    write_file(to_batches(CONTACTS, COLUMNS), path, format)
    assert list(map(row, read(path))) == EXPECTED


IN_MEMORY = {
    "pyarrow": rows_of,
    "pandas": lambda table: of_pandas(table.to_pandas()),
    "polars": lambda table: polars.from_arrow(table).rows(),
    "DuckDB": lambda table: duckdb.from_arrow(table).fetchall(),
}


@pytest.mark.parametrize("name", IN_MEMORY)
def test_tables_in_other_libraries(name):
    """A table in memory has the contacts' values in each of them, too."""
    assert list(map(row, IN_MEMORY[name](to_table(CONTACTS, COLUMNS)))) == EXPECTED


def test_a_reader_of_batches_in_duckdb():
    """DuckDB runs its SQL over batches as they are made."""
    reader = to_batches(CONTACTS, "contactId,emails/value", batch_size=2)
    found = duckdb.from_arrow(reader).project('ContactId, unnest("Emails/Value") AS email').filter("email LIKE 'elan%'")
    assert found.fetchall() == [(1, "elan@hoppski.example")]


def of_csv(value):
    """A value of CSV, where a date may have come as text, and an empty text does not differ from null for all readers."""
    value = plain(value)
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value or None
    return datetime(value.year, value.month, value.day) if type(value) is date else value


LINES = pyarrow.csv.ParseOptions(newlines_in_values=True)
NULLS = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
CSV = {
    "pyarrow": lambda path: rows_of(pyarrow.csv.read_csv(path, parse_options=LINES, convert_options=NULLS)),
    "pandas": lambda path: of_pandas(pandas.read_csv(path)),
    "polars": lambda path: polars.read_csv(path).rows(),
    "DuckDB": lambda path: duckdb.read_csv(path).fetchall(),
}


@pytest.mark.parametrize("name", CSV)
def test_csv_in_other_libraries(name, tmp_path):
    """CSV has the contacts' values in each of them, as far as text tells, and nested ones as JSON."""
    path = str(tmp_path / "contacts.csv")
    write_file(to_batches(CONTACTS, [*FLAT, "emails/value"]), path, "csv")
    for values, wanted in zip(CSV[name](path), EXPECTED, strict=True):
        *flat, emails = values
        assert list(map(of_csv, flat)) == list(map(of_csv, wanted[: len(FLAT)]))
        assert (plain(emails) and json.loads(emails)) == wanted[len(FLAT)]


@pytest.mark.parametrize("ticks", [None, "text", "column"])
def test_contacts_come_back_by_way_of_other_libraries(ticks):
    """Tables that pandas, polars and DuckDB made of a table hold the same contacts."""
    columns = "contactId,name,updatedDate,emails/value,customFields,category/id,address"
    table = to_table(CONTACTS, columns, ticks=ticks)
    contacts = from_table(table)
    others = [
        pa.Table.from_pandas(table.to_pandas(types_mapper=pandas.ArrowDtype), preserve_index=False),
        polars.from_arrow(table).to_arrow(),
        duckdb.from_arrow(table).to_arrow_table(),
    ]
    for other in others:
        assert from_table(other) == contacts


@pytest.mark.parametrize("ticks", [None, "text"])
def test_contacts_come_back_by_way_of_a_plain_frame(ticks):
    """A frame of pandas without ArrowDtype, which has doubles for integers with nulls, holds the same contacts."""
    columns = "contactId,name,xstop,updatedDate,emails/value,category/id,country,activeErpLinks"
    table = to_table(CONTACTS, columns, ticks=ticks)
    with_map = to_table(CONTACTS, f"{columns},customFields,address", ticks=ticks)
    assert from_table(pa.Table.from_pandas(table.to_pandas())) == from_table(table)
    # For dictionaries in structs, Arrow must be told the type.
    assert from_table(pa.Table.from_pandas(with_map.to_pandas(), schema=with_map.schema)) == from_table(with_map)


FRAMES = [
    ({"ContactId": [5, None]}, [{"ContactId": 5}, {}]),
    ({"NoMailing": [True, None]}, [{"NoMailing": True}, {}]),
    ({"Name": ["a", float("nan")]}, [{"Name": "a"}, {}]),
    ({"Category/Id": [None, 5]}, [{}, {"Category": {"Id": 5}}]),
    ({"Domains": [["a"], None]}, [{"Domains": ["a"]}, {}]),
    ({"Domains": [numpy.array(["a"]), numpy.array([], str)]}, [{"Domains": ["a"]}, {"Domains": []}]),
    ({"Persons/PersonId": [numpy.array([5.0, numpy.nan]), None]}, [{"Persons": [{"PersonId": 5}, None]}, {}]),
    ({"CustomFields": [{"a": "b"}, {"c": "d"}]}, [{"CustomFields": {"a": "b"}}, {"CustomFields": {"c": "d"}}]),
    ({"UpdatedDate": pandas.to_datetime(["2020-01-31", None])}, [{"UpdatedDate": "2020-01-31T00:00:00"}, {}]),
    (
        {"UpdatedDate": pandas.to_datetime(["2020-01-31T10:00:00.123456789", None])},
        [{"UpdatedDate": "2020-01-31T10:00:00.1234567"}, {}],
    ),
    (
        {"UpdatedDate": pandas.to_datetime(["2020-01-31T10:00:00.0000001", None], utc=True).tz_convert("Europe/Oslo")},
        [{"UpdatedDate": "2020-01-31T11:00:00.0000001+01:00"}, {}],
    ),
]


@pytest.mark.parametrize(("columns", "expected"), FRAMES)
def test_contacts_in_a_frame(columns, expected):
    """A data frame of pandas holds contacts, whatever it makes of nulls."""
    table = pa.Table.from_pandas(pandas.DataFrame(columns))
    assert [to_builtins(contact) for contact in from_table(table)] == expected


def test_a_year_that_nanoseconds_do_not_hold():
    """The years 1 and 9999, which nanoseconds do not span, are dates in every library."""
    table = to_table(CONTACTS, "updatedDate")
    years = [value and value.year for value in map(methodcaller("as_py"), table.column(0))]
    assert {1, 9999} & set(years)
    assert [value and value.year for (value,) in polars.from_arrow(table).rows()] == years


def test_a_file_in_memory():
    """A file that is open for writing bytes takes a table as a path does."""
    file = io.BytesIO()
    write_file(to_batches(CONTACTS, "name"), file, "parquet")
    assert pandas.read_parquet(io.BytesIO(file.getvalue()))["Name"].tolist()[-1] == ""
    assert Decimal("12.50") in to_table(CONTACTS, "customFields/money").column(0).to_pylist()
