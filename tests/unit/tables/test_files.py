"""Tables as files."""

from __future__ import annotations

import csv
import io

import pyarrow.ipc
import pyarrow.parquet
import pytest

from contactwire import Carrier, ContactEntity, EncodeError, Selection, decode
from contactwire.tables import TableWriter, layout_of, to_batches, write_file

BODY = (
    b'{"ContactId":1,"Name":"","Emails":[{"Value":"a\\"b"},null],"Category":{"Id":3},"UpdatedDate":"2003-10-01T14:34:01.75",'
    b'"CustomFields":{"a":"[TS:90]","b":"[B:aGk=]","c":"[A:1,2]"}}'
)
PATHS = (
    "contactId,name,department,emails,emails/value,category,updatedDate,"
    "customFields,customFields/a,customFields/b,customFields/c"
)


def test_csv_has_text_for_what_nests():
    """Lists, structs and maps are JSON text in CSV, durations are seconds, bytes base64; null and empty differ."""
    file = io.BytesIO()
    assert write_file(to_batches([decode(BODY), ContactEntity()], PATHS), file, "csv") == 2
    text = file.getvalue().decode()
    head, first, second = csv.reader(io.StringIO(text))
    assert ",".join(head).casefold() == PATHS.casefold()
    right = '"TableRight":null,"FieldProperties":null'
    assert first == [
        "1",
        "",
        "",
        f'[{{"Value":"a\\"b","StrippedValue":null,"Description":null,{right}}},null]',
        '["a\\"b",null]',
        first[5],
        "2003-10-01 14:34:01.750000",
        '{"a":"[TS:90]","b":"[B:aGk=]","c":"[A:1,2]"}',
        "90.0",
        "aGk=",
        "[1,2]",
    ]
    assert first[5].startswith('{"Id":3,')
    assert second == [""] * 11
    assert text.splitlines()[1].startswith('1,"",,')


@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_a_table_without_rows(format, tmp_path):
    """A table without contacts is a file with columns and no rows."""
    path = tmp_path / "contacts"
    assert write_file(to_batches([], "name"), path, format) == 0
    assert b"Name" in path.read_bytes()


def test_parquet_has_large_row_groups(tmp_path):
    """Small batches are joined, so that a row group of Parquet is not as small."""
    path = str(tmp_path / "contacts.parquet")
    contact = ContactEntity(contact_id=1)
    assert write_file(to_batches((contact for _ in range(70_000)), "contactId"), path, "parquet") == 70_000
    file = pyarrow.parquet.ParquetFile(path)
    assert [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)] == [66_000, 4_000]


def test_another_format():
    """A format that is not known is named, with those that are."""
    with pytest.raises(ValueError, match="a table is written as parquet, csv, arrow, not as 'xlsx'"):
        write_file(to_batches([], "name"), io.BytesIO(), "xlsx")


class Bare(Carrier):
    """A carrier without properties."""


NO_COLUMNS = [([], ContactEntity), (",", ContactEntity), (Selection.parse(",", ContactEntity), None), (None, Bare)]


@pytest.mark.parametrize(("columns", "type"), NO_COLUMNS, ids=["list", "text", "selection", "class"])
def test_a_file_without_columns(columns, type):
    """A table without columns is refused as Parquet and CSV, which would lose its rows, and Arrow's file keeps them."""
    made = [(type or ContactEntity)()] * 3
    for format in ("parquet", "csv"):
        with pytest.raises(ValueError, match=f"a table without columns has no rows in {format}: name a column"):
            write_file(to_batches(made, columns, type=type), io.BytesIO(), format)
        with pytest.raises(ValueError, match=f"a table without columns has no rows in {format}: name a column"):
            TableWriter(io.BytesIO(), format, layout_of(columns, type=type))
    file = io.BytesIO()
    assert write_file(to_batches(made, columns, type=type), file, "arrow") == 3
    assert pyarrow.ipc.open_file(file.getvalue()).read_all().num_rows == 3


def test_what_the_contacts_raise():
    """What is wrong with a later contact is raised as it is while the file is written."""
    contacts = [ContactEntity(contact_id=1), ContactEntity(contact_id="x")]
    with pytest.raises(EncodeError, match="/1/ContactId"):
        write_file(to_batches(contacts, "contactId", batch_size=1), io.BytesIO(), "parquet")


@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize("count", [0, 1, 1_000, 2_500])
def test_rows_are_written_as_they_come(format, count, tmp_path):
    """A `TableWriter` writes the rows of a layout to the file that `write_file` writes of the contacts."""
    contacts = [ContactEntity(contact_id=number, name=f"n{number}") for number in range(count)]
    layout = layout_of("contactId,name")
    with TableWriter(tmp_path / "rows", format, layout) as writer:
        writer.write(layout.row(contact) for contact in contacts)
    write_file(to_batches(contacts, "contactId,name"), tmp_path / "whole", format)
    assert (tmp_path / "rows").read_bytes() == (tmp_path / "whole").read_bytes()
    with pytest.raises(ValueError, match="not as 'xls'"):
        TableWriter(tmp_path / "x", "xls", layout)


def test_rows_for_a_file_that_cannot_be_written(tmp_path):
    """A `TableWriter` raises OSError where its file cannot be written, and closes nothing then."""
    layout = layout_of("contactId")
    writer = TableWriter(tmp_path / "missing" / "rows", "parquet", layout)
    writer.write([layout.row(ContactEntity(contact_id=1))])
    with pytest.raises(OSError, match="missing"):
        writer.close()
