"""What is wrong with columns, options and values is said, with the place."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from io import BytesIO

import pyarrow as pa
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    EncodeError,
    EntityElement,
    JsonCodec,
    Maybe,
    Person,
    SelectableMDOListItem,
    Selection,
    SelectionError,
    ValidationError,
    evolve,
)
from contactwire.http import ContactEndpoint
from contactwire.tables import arrow_schema, from_batches, from_table, to_batches, to_table, write_file

COLUMNS = [
    ("naem,category/di", "2 faults"),
    ("name,,department", "position 5"),
    ("name,category/di", "position 14"),
    (["naem"], 'ContactEntityWithLinks has no property "naem", did you mean Name?'),
    ("emails/00/value", 'EntityElement has no property "00"'),
    ("name/0", "has nothing inside it"),
    ("name~7", "~ is not followed by a digit"),
]


@pytest.mark.parametrize(("columns", "words"), COLUMNS)
@pytest.mark.parametrize("call", [partial(to_table, []), partial(to_batches, []), arrow_schema])
def test_columns_that_name_nothing(call, columns, words):
    """Every path that names nothing is reported at once, with its position and the nearest name."""
    with pytest.raises(SelectionError) as caught:
        call(columns)
    assert words in str(caught.value) or words == f"{len(caught.value.faults)} faults"


@pytest.mark.parametrize("columns", [5, b"name", [5], [b"name"], ["name", None], [["name"]]], ids=repr)
@pytest.mark.parametrize("call", [partial(to_table, []), partial(to_batches, []), arrow_schema])
def test_columns_that_are_no_paths(call, columns):
    """Columns that are neither a selection nor texts are a TypeError that says what they may be."""
    with pytest.raises(TypeError, match=r"columns are a Selection, a text or paths, and .* is none of them"):
        call(columns)


OPTIONS = [
    ({"ticks": "ticks"}, ValueError, "ticks is None, 'column' or 'text', not 'ticks'"),
    ({"zone": "Europe/Oslo"}, TypeError, "zone is a tzinfo, such as ZoneInfo('Europe/Oslo'), not 'Europe/Oslo'"),
    ({"unknown": "ignore"}, ValueError, "unknown is one of error, keep, not 'ignore'"),
    ({"types": {"customFields/x": complex}}, ValueError, "types['customFields/x'] is one of bool, int, float"),
    ({"types": {"customFields/y": int}}, ValueError, 'types names "customfields/y", no column of custom fields'),
    ({"types": {"name": str}}, ValueError, 'types names "name", no column'),
    ({"types": {"*": str}}, ValueError, 'types names "*", no column'),
    ({"types": {"name/x": str}}, SelectionError, "has nothing inside it"),
    ({"type": int}, TypeError, "is no carrier class"),
    ({"batch_size": 0}, ValueError, "batch_size is an integer, 1 or more, not 0"),
]


@pytest.mark.parametrize(("options", "error", "words"), OPTIONS)
def test_options_that_are_wrong(options, error, words):
    """An option that is wrong is named, with what it may be."""
    with pytest.raises(error) as caught:
        to_batches([], "name,customFields/x", **options)
    assert words in str(caught.value)


def test_what_is_no_table_has_no_contacts():
    """What is no table, batch or reader of batches is a TypeError that says how to make one."""
    table = to_table([ContactEntity(name="x")], "name")
    for wrong in (None, 5, [table], table.to_pylist(), table.to_batches()):
        with pytest.raises(TypeError, match=r"expected a pyarrow\.Table, as pyarrow\.table\(data\) makes one"):
            from_table(wrong)
        with pytest.raises(TypeError, match="expected a reader of record batches, as to_batches gives one"):
            write_file(wrong, BytesIO(), "csv")
    for wrong in ([5], [table], "x", table.to_pylist()):
        with pytest.raises(TypeError, match=r"expected record batches, as table\.to_batches\(\) gives them"):
            list(from_batches(wrong))
    with pytest.raises(TypeError, match="expected a reader of record batches, as to_batches gives one"):
        write_file(table, BytesIO(), "csv")


@pytest.mark.parametrize("count", [1, 100, 101, 5_000])
def test_an_error_lists_a_hundred_columns(count):
    """Of columns that name nothing, whoever names them, an error lists the first hundred, and shows ten."""
    names = [f"odd{number}" for number in range(count)]
    table = pa.table({name: ["x"] for name in names})
    calls = [
        lambda: to_table([], names),
        lambda: from_table(table),
        lambda: Selection.parse(",".join(names)),
        lambda: ContactEndpoint().parse("GET", "/api/v1/Contact/1", f"$select={','.join(names)}"),
    ]
    for call in calls:
        with pytest.raises(SelectionError) as caught:
            call()
        assert len(caught.value.faults) == min(count, 100)
        assert str(caught.value).count("has no property") == min(count, 10)
        assert str(caught.value).endswith(f"; and {min(count, 100) - 10} more") == (count > 10)
        assert len(str(caught.value)) < 2_000


def test_a_type_beside_a_selection_of_another():
    """A selection says its class, so another one beside it is refused."""
    selection = Selection.parse("firstname", Person)
    assert arrow_schema(selection, type=Person).names == ["Firstname"]
    with pytest.raises(ValueError, match="the columns are selected from Person, not from"):
        arrow_schema(selection, type=ContactEntity)


@pytest.mark.parametrize("wrong", [5, None, Person(), Exception()])
def test_what_is_no_contact(wrong):
    """What is no contact is named with its number, whatever the columns are."""
    for columns in ("name", ",", "customFields/x"):
        with pytest.raises(TypeError, match=f"takes no {type(wrong).__name__}, which is at /1"):
            to_table([ContactEntity(), wrong], columns)


def test_a_bad_record_of_a_stream():
    """A record that could not be decoded is no contact."""
    records = JsonCodec().iter_decode(b'{"Name":"a"}\n{"Name":5}\n', ContactEntityWithLinks, on_error="yield")
    with pytest.raises(TypeError, match="takes no BadRecord, which is at /1"):
        to_table(records, "name")


VALUES = [
    ("contactId", {"contact_id": 5.5}, "/2/ContactId: expected int32, received 5.5"),
    ("contactId", {"contact_id": True}, "/2/ContactId: expected int32, received true"),
    ("contactId", {"contact_id": "3"}, '/2/ContactId: expected int32, received "3"'),
    ("contactId", {"contact_id": 2**40}, "/2/ContactId: does not fit the column's type int32"),
    ("name", {"name": b"x"}, "/2/Name: expected string, received"),
    ("name", {"name": "\ud800"}, "/2/Name: does not fit the column's type string"),
    ("xstop", {"xstop": 1}, "/2/Xstop: expected boolean, received 1"),
    ("updatedDate", {"updated_date": "2020-01-31"}, "/2/UpdatedDate: expected date-time"),
    ("category", {"category": "x"}, "/2/Category: expected object (Category)"),
    ("category/id", {"category": Person()}, "/2/Category/Id: expected object (Category)"),
    ("emails", {"emails": EntityElement()}, "/2/Emails: expected list"),
    ("emails/value", {"emails": ["x"]}, "/2/Emails/Value: expected object (EntityElement)"),
    ("emails/0/value", {"emails": {}}, "/2/Emails/0/Value: expected list"),
    ("customFields", {"custom_fields": {5: "x"}}, "/2/CustomFields: expected string, received 5"),
    ("customFields/x", {"custom_fields": []}, "/2/CustomFields/x: expected dictionary"),
    ("interests/childItems", {"interests": [5]}, "/2/Interests/ChildItems: expected object"),
]


@pytest.mark.parametrize(("columns", "wrong", "words"), VALUES)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_values_that_are_wrong(columns, wrong, words, size):
    """A value of a wrong type is reported with the contact's index and the column's path, in whatever batch it is."""
    bad = ContactEntity(name="a")
    for name, value in wrong.items():
        setattr(bad, name, value)
    with pytest.raises(EncodeError) as caught:
        to_batches([ContactEntity(), ContactEntity(name="b"), bad], columns, batch_size=size).read_all()
    assert words in str(caught.value)


class Price(Carrier):
    """A carrier with a decimal."""

    amount: Maybe[Decimal] = UNSET


@pytest.mark.parametrize("wrong", [Decimal("1E+99999999"), Decimal("1E-99999999"), Decimal("NaN"), Decimal("-Infinity")])
def test_a_decimal_that_cannot_be_written(wrong):
    """A decimal with more digits than any format writes, or with none, is refused before it becomes text."""
    with pytest.raises(EncodeError, match=r"/0/Amount: (.* is out of range|expected decimal)"):
        to_table([Price(amount=wrong)], "amount", type=Price)


def test_a_wrong_value_inside_of_json_text():
    """What is wrong in a recursive property, which is JSON text, has its own place behind the column's."""
    bad = ContactEntity(interests=[SelectableMDOListItem(child_items=[SelectableMDOListItem(id=5.5)])])
    with pytest.raises(EncodeError, match="/0/Interests/0/Id: expected int32"):
        to_table([bad], "interests")


def test_a_custom_field_of_another_type_than_the_first():
    """Where a later custom field does not have the type of the first ones, the error says how to have text instead."""
    contacts = [ContactEntity(custom_fields={"x": text}) for text in ("[I:1]", "[I:2]", "soon")]
    with pytest.raises(EncodeError) as caught:
        to_batches(contacts, "customFields/x", batch_size=2).read_all()
    assert "/2/CustomFields/x: expected integer, received \"soon\"; types={'CustomFields/x': object} makes" in str(
        caught.value
    )
    reader = to_batches(contacts, "customFields/x", batch_size=2, types={"CustomFields/x": object})
    assert reader.read_all().column(0).to_pylist() == ["[I:1]", "[I:2]", "soon"]


def test_a_custom_field_that_is_not_of_the_type_said():
    """A string that is no value of the type that the caller says is reported as a custom field's fault."""
    with pytest.raises(EncodeError, match='/0/CustomFields/x: "soon" is no number; types='):
        to_table([ContactEntity(custom_fields={"x": "soon"})], "customFields/x", types={"customFields/x": int})


def test_an_unknown_policy_that_reading_has_not():
    """A word that `unknown` does not have is named where a table is read, too."""
    with pytest.raises(ValueError, match="unknown is one of error, keep, not 'ignore'"):
        from_table(to_table([ContactEntity(name="a")], "name"), unknown="ignore")


def test_tables_that_hold_no_contacts():
    """Columns that name nothing, and values that do not belong, are errors when a table is read."""
    table = to_table([ContactEntity(name="a", contact_id=1)], "name,contactId")
    with pytest.raises(SelectionError, match='has no property "Shoe"'):
        from_table(table.rename_columns(["Name", "Shoe"]))
    with pytest.raises(SelectionError, match=r'has no property "\*"'):
        from_table(table.rename_columns(["Name", "*"]))
    with pytest.raises(Exception, match="/0/OrgNr: expected string, received 1"):
        from_table(table.rename_columns(["Name", "OrgNr"]))
    assert from_table(table.rename_columns(["Name", "Shoe"]), unknown="keep")[0].extras == {"Shoe": 1}
    assert evolve(from_table(table, ContactEntity)[0], name="b") == ContactEntity(name="b", contact_id=1)


def test_faults_of_a_row_are_listed_up_to_a_limit():
    """A row with more than 100 faults lists the first 100, and says that there are more."""
    with pytest.raises(ValidationError, match="more than 100 faults") as caught:
        from_table(pa.table({"Domains": [[], [1] * 101]}))
    assert (len(caught.value.issues), caught.value.more) == (100, True)
    assert caught.value.issues[99].pointer == "/1/Domains/99"
