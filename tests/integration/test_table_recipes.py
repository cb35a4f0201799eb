"""The recipes of the guide for tables, each run as it stands; the one for dask runs in `test_dask`."""

import re
from importlib import import_module

import pyarrow.parquet
import pytest

from contactwire import ContactEntity, EntityElement, JsonCodec, Selection, decode, encode
from contactwire.carriers import Category

PAGE = import_module("contactwire.guide.tables").__doc__
FOUND = re.findall(r"<!-- recipe: ([^>]+) -->\n```python\n(.+?)```", PAGE, re.DOTALL)
RECIPES = dict(FOUND)
CONTACTS = [
    ContactEntity(
        contact_id=number,
        name=f"Elan {number}",
        category=Category(id=3),
        emails=[EntityElement(value="a@elan.example"), EntityElement(value="b@elan.example")],
        custom_fields={"SuperOffice:1": f"[I:{number}]"},
    )
    for number in range(3)
]


@pytest.fixture
def names(tmp_path, monkeypatch):
    """A function that runs a recipe in a folder with contacts, and gives the names that it defines."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contacts.ndjson").write_bytes(b"".join(JsonCodec().iter_encode(CONTACTS)))

    def run(recipe):
        namespace = {"__name__": recipe}
        exec(compile(RECIPES[recipe], f"guide, {recipe}", "exec", dont_inherit=True), namespace)
        return namespace

    return run


def test_every_recipe_is_found_once():
    """Each recipe has a name of its own, and each block of code is a recipe."""
    assert len(RECIPES) == len(FOUND) == PAGE.count("```python")


def test_a_table_of_a_file(names):
    """The columns are those that the recipe names, and the data frame has the values."""
    found = names("table")
    assert found["table"].column_names == ["ContactId", "Name", "Category/Id", "Emails/0/Value", "Emails/Value"]
    assert found["frame"]["Emails/0/Value"].tolist() == ["a@elan.example"] * 3
    assert list(found["frame"]["Emails/Value"][2]) == ["a@elan.example", "b@elan.example"]


def test_a_file_and_back(names):
    """The file has a typed custom field, and the contacts that come back are those of the file."""
    assert names("file")["rows"] == 3
    assert pyarrow.parquet.read_table("contacts.parquet")["CustomFields/SuperOffice:1"].to_pylist() == [0, 1, 2]
    selection = Selection.parse("contactId,name,customFields", ContactEntity)
    assert list(map(decode, map(encode, names("back")["contacts"]))) == selection.apply(CONTACTS, "omit")


def test_a_frame_and_back(names):
    """The contacts come back by way of a data frame, with the properties that the recipe names."""
    selection = Selection.parse("contactId,name,category", ContactEntity)
    assert list(map(decode, map(encode, names("frame")["contacts"]))) == selection.apply(CONTACTS, "omit")
