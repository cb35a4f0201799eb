"""Tables back to contacts."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal
from enum import IntEnum

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    Double,
    Int32,
    Maybe,
    Timestamp,
    ValidationError,
    decode,
    encode,
    to_builtins,
)
from contactwire.tables import from_batches, from_table, to_batches, to_table, write_file


class Note(Carrier):
    """A carrier with what must be there, and lists of which no item is null."""

    note_id: Int32
    text: Maybe[str] = UNSET
    day: Maybe[date] = UNSET
    replies: Maybe[list[Note]] = UNSET
    rows: Maybe[list[list[Int32]]] = UNSET
    maps: Maybe[list[dict[str, str]]] = UNSET


NAN = float("nan")
CSV = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
"""How CSV tells null, which is nothing, from an empty text, which has quotes."""
M = "[M:12345678901234567890123456789.5]"
COLUMNS = [
    ({"Name": "a", "Category/Id": 3}, {"Name": "a", "Category": {"Id": 3}}),
    ({"name": None, "Category/Id": None}, {}),
    (
        {"Emails/Value": ["a", None], "Emails/Description": [None, "b", "c"]},
        {"Emails": [{"Value": "a"}, {"Description": "b"}, {"Description": "c"}]},
    ),
    ({"Emails/1/Value": "b"}, {"Emails": [None, {"Value": "b"}]}),
    ({"Emails/0/Value": "a", "Emails/Value": ["c", "d"]}, {"Emails": [{"Value": "c"}, {"Value": "d"}]}),
    ({"Category/Id": 3, "Category": {"Value": "a"}}, {"Category": {"Id": 3, "Value": "a"}}),
    ({"Category": {"Value": "a", "Id": 4}, "Category/Id": 3}, {"Category": {"Id": 3, "Value": "a"}}),
    ({"Category/Id": 3, "Category": {"Id": None}}, {"Category": {"Id": 3}}),
    ({"Emails/1/Value": "b", "Emails": [{"Value": "a"}]}, {"Emails": [{"Value": "a"}, {"Value": "b"}]}),
    ({"Domains": []}, {"Domains": []}),
    ({"Domains/1": "b", "Domains/0": "a"}, {"Domains": ["a", "b"]}),
    ({"CustomFields/x": 5, "CustomFields/y": "[I:5]"}, {"CustomFields": {"x": "[I:5]", "y": "[I:5]"}}),
    ({"UserDefinedFields/x": True}, {"UserDefinedFields": {"x": "True"}}),
    ({"CustomFields/x": time(14, 52)}, {"CustomFields": {"x": "[T:14:52]"}}),
    ({"UpdatedDate": datetime(2020, 1, 31)}, {"UpdatedDate": "2020-01-31T00:00:00"}),
    ({"UpdatedDate": datetime(2020, 1, 31, tzinfo=timezone.utc)}, {"UpdatedDate": "2020-01-31T00:00:00Z"}),
    ({"UpdatedDate": "2020-01-31T00:00:00.0000001+02:00"}, {"UpdatedDate": "2020-01-31T00:00:00.0000001+02:00"}),
    ({"TableRight/Mask": "1024"}, {"TableRight": {"Mask": 1024}}),
    ({"Shoe": date(2020, 1, 31)}, {"Shoe": "2020-01-31"}),
    ({"Shoe/Size": 44, "Shoe/Left": True}, {"Shoe": {"Size": 44, "Left": True}}),
    ({"Category": {"Id": 3, "Colour": "red"}}, {"Category": {"Id": 3, "Colour": "red"}}),
    ({"Category": {"Id": 3, "On": {"Day": date(2020, 1, 31)}}}, {"Category": {"Id": 3, "On": {"Day": "2020-01-31"}}}),
    ({"Category": {"Dates": [date(2020, 1, 31)], "Id": None}}, {"Category": {"Dates": ["2020-01-31"]}}),
    ({"CustomFields/x": Decimal("12345678901234567890123456789.50")}, {"CustomFields": {"x": M}}),
    ({"FieldProperties/Name/FieldLength": 5}, {"FieldProperties": {"Name": {"FieldLength": 5}}}),
]


@pytest.mark.parametrize(("row", "expected"), COLUMNS)
def test_columns_become_properties(row, expected):
    """A value goes where the name of its column says, null goes nowhere, and typed values are spelled as on the wire."""
    table = pa.table({name: [value] for name, value in row.items()})
    (contact,) = from_table(table, unknown="keep")
    assert type(contact) is ContactEntityWithLinks
    assert to_builtins(contact) == expected


def test_dates_to_the_seventh_digit():
    """Columns of ticks and zones beside a date count before it."""
    text = "2003-10-01T14:34:01.7525885+02:00"
    contact = ContactEntity(updated_date=Timestamp.parse(text), created_date=None)
    table = to_table([contact], "createdDate,updatedDate", ticks="column")
    (back,) = from_table(table, ContactEntity)
    assert str(back.updated_date) == text
    (coarse,) = from_table(table.select(["UpdatedDate"]))
    assert str(coarse.updated_date) == "2003-10-01T12:34:01.752588"


@pytest.mark.parametrize("zone", [None, NAN, ""])
def test_ticks_of_a_date_without_a_zone(zone):
    """Where the column of zones has nothing, as from CSV, the date says no zone."""
    table = pa.table({"UpdatedDate": [None], "UpdatedDate:Ticks": [19], "UpdatedDate:Zone": [zone]})
    assert str(from_table(table)[0].updated_date) == "0001-01-01T00:00:00.0000019"


@pytest.mark.parametrize("ticks", [6.32e17, -1, 2**62, "a"])
def test_what_is_no_ticks(ticks):
    """Ticks that are doubles, which do not hold them to the digit, or of no date, are refused at their row and place."""
    table = pa.table({"UpdatedDate": [None], "UpdatedDate:Ticks": [ticks], "UpdatedDate:Zone": [""]})
    with pytest.raises(ValidationError, match=r"/0/UpdatedDate: expected (a )?date-time, received "):
        from_table(table)
    with pytest.raises(ValidationError, match=r"/0/Interests/0/LastChanged: expected (a )?date-time, received "):
        from_table(pa.table({"Interests": [[{"LastChanged": None, "LastChanged:Ticks": ticks, "LastChanged:Zone": ""}]]}))


class Diary(Carrier):
    """A carrier with dates inside of what nests."""

    days: Maybe[list[datetime | None]] = UNSET
    weeks: Maybe[list[list[datetime]]] = UNSET
    by_name: Maybe[dict[str, datetime | None]] = UNSET
    lists: Maybe[dict[str, list[datetime]]] = UNSET
    inner: Maybe[Diary] = UNSET


EXACT = [Timestamp.parse(f"2003-10-01T14:34:01.7525885{zone}") for zone in ("+02:00", "", "Z")]
DIARIES = [
    Diary(days=[*EXACT, None], weeks=[EXACT, []], by_name={"a": EXACT[0], "b": None, "c": EXACT[1]}, lists={"a": EXACT}),
    Diary(inner=Diary(by_name={"a": EXACT[2]}), by_name={}, days=[]),
]


@pytest.mark.parametrize("way", ["arrow", "csv"])
def test_ticks_of_dates_that_nest(way, tmp_path):
    """Dates in lists and dictionaries keep their seventh digit and zone by the columns beside them, in a CSV file too."""
    table = to_table(DIARIES, type=Diary, ticks="column")
    if way == "csv":
        write_file(table.to_reader(), tmp_path / "diaries.csv", "csv")
        table = read_csv(tmp_path / "diaries.csv")
    assert from_table(table, Diary) == DIARIES


TICKS = [([19, 20], None), ([19], ["Z", "Z"]), ([19], [["Z"]]), ("[19]", "Z"), ("[19]", '["Z","Z"]'), ("[19]", None)]


@pytest.mark.parametrize(("ticks", "zones"), TICKS)
def test_zones_that_do_not_fit_the_ticks(ticks, zones):
    """Ticks with a zone too few, or too many, beside them are refused at their place, since nobody knows whose it is."""
    table = pa.table({"Days": [None], "Days:Ticks": [ticks], "Days:Zone": [zones]})
    with pytest.raises(ValidationError, match=r"/0/Days/0: expected (a )?date-time, received"):
        from_table(table, Diary)


@pytest.mark.parametrize("names", [["Name", "Name"], ["Name", "NAME"]])
def test_two_columns_of_one_place(names):
    """Two columns of one place are refused, since one value would be lost."""
    with pytest.raises(ValueError, match=r"the columns .* are of one place"):
        from_table(pa.table([["a"], ["b"]], names=names))


ABOVE = [
    ({"Category": "x", "Category/Id": 1}, "/0/Category", "expected object"),
    ({"Emails": "x", "Emails/0/Value": "a"}, "/0/Emails", "expected list"),
    ({"Emails": "x", "Emails/Value": ["a"]}, "/0/Emails", "expected list"),
    ({"CustomFields": "x", "CustomFields/a": 1}, "/0/CustomFields", "expected dictionary"),
    ({"Shoe": 44, "Shoe/Size": 44}, "/0/Shoe/Size", "another column has 44 above it"),
]


@pytest.mark.parametrize(("row", "pointer", "message"), ABOVE, ids=lambda value: "" if isinstance(value, dict) else value)
def test_a_column_below_a_single_value(row, pointer, message):
    """A value below the place of another one, which has no members and no items, is refused at its place."""
    with pytest.raises(ValidationError) as error:
        from_table(pa.table({name: [value] for name, value in row.items()}), unknown="keep")
    (issue,) = error.value.issues
    assert issue.pointer == pointer
    assert message in issue.message


def test_a_value_that_no_custom_field_can_have():
    """A value that no marker can hold is refused at the place that the name of its column says."""
    with pytest.raises(ValidationError, match="/1/CustomFields/x~1y: inf is no finite number"):
        from_table(pa.table({"CustomFields/x~1y": [1.0, float("inf")]}))


def test_a_date_without_a_time():
    """A date comes back from a column of dates, and from one of timestamps at midnight."""
    for value in (date(2020, 1, 31), datetime(2020, 1, 31)):
        assert from_table(pa.table({"NoteId": [1], "Day": [value]}), Note)[0].day == date(2020, 1, 31)


def test_what_a_class_requires():
    """A property that must be there needs a column; items that the table does not mention are empty where none is null."""
    with pytest.raises(ValidationError, match="/1/NoteId: the property is missing"):
        from_table(pa.table({"NoteId": [1, None]}), Note)
    columns = {"NoteId": [1], "Replies/1/NoteId": [2], "Replies/0/NoteId": [3], "Rows/1/0": [4], "Maps/a": [[None, "b"]]}
    (note,) = from_table(pa.table(columns), Note)
    assert [reply.note_id for reply in note.replies] == [3, 2]
    assert (note.rows, note.maps) == ([[], [4]], [{}, {"a": "b"}])
    with pytest.raises(ValidationError, match="/0/Rows/0/0: expected int32, received null"):
        from_table(pa.table({"NoteId": [1], "Rows/0/1": [4]}), Note)


class Slot(Carrier):
    """Properties that may be null and cannot be absent."""

    rank: Int32 | None
    size: Int32 | None = 5
    text: Maybe[str] = UNSET


class Rack(Carrier):
    """A carrier that holds slots."""

    tag: str | None
    slot: Maybe[Slot] = UNSET
    slots: Maybe[list[Slot]] = UNSET
    by_key: Maybe[dict[str, Slot]] = UNSET


NULLS = [
    ({"Tag": None}, {"Tag": None}),
    ({"Tag": "a", "Slot/Rank": None}, {"Tag": "a"}),
    ({"Slot/Rank": None, "Slot/Text": "b", "Tag": None}, {"Tag": None, "Slot": {"Rank": None, "Size": 5, "Text": "b"}}),
    ({"Tag": "a", "Slot/Size": None, "Slot/Rank": 1}, {"Tag": "a", "Slot": {"Rank": 1, "Size": None}}),
    ({"Tag": "a", "Slot": {"Rank": None, "Size": None}}, {"Tag": "a", "Slot": {"Rank": None, "Size": None}}),
    (
        {"Tag": "a", "Slots/Rank": [None, 1], "Slots/Size": [2, None]},
        {"Tag": "a", "Slots": [{"Rank": None, "Size": 2}, {"Rank": 1, "Size": None}]},
    ),
    (
        {"Tag": "a", "Slots/0/Rank": None, "Slots/0/Text": "b"},
        {"Tag": "a", "Slots": [{"Rank": None, "Size": 5, "Text": "b"}]},
    ),
    ({"Tag": "a", "Slots/1/Rank": None, "Slots/0/Rank": 1}, {"Tag": "a", "Slots": [{"Rank": 1, "Size": 5}]}),
    ({"Tag": "a", "ByKey/k/Rank": None, "ByKey/k/Size": 1}, {"Tag": "a", "ByKey": {"k": {"Rank": None, "Size": 1}}}),
    ({"Tag": "a", "ByKey/k/Rank": None}, {"Tag": "a"}),
    ({"Tag": "a", "Slots": '[{"Rank":null,"Size":null}]'}, {"Tag": "a", "Slots": [{"Rank": None, "Size": None}]}),
]


@pytest.mark.parametrize(("row", "expected"), NULLS)
def test_null_where_nothing_can_be_absent(row, expected):
    """What is null in the table is null in a property that cannot be absent, and no default stands for it."""
    (rack,) = from_table(pa.table({name: [value] for name, value in row.items()}), Rack)
    assert to_builtins(rack) == expected


def test_null_of_what_no_class_declares():
    """What is null in the column of an unknown member is absent, beside properties that cannot be absent, too."""
    (rack,) = from_table(pa.table({"Tag": ["a"], "Odd": [None]}), Rack, unknown="keep")
    assert to_builtins(rack) == {"Tag": "a"}


class Mark(Carrier):
    """A carrier without properties."""


class Marked(Carrier):
    """What holds carriers without properties."""

    name: Maybe[str] = UNSET
    mark: Maybe[Mark] = UNSET
    marks: Maybe[list[Mark | None]] = UNSET
    by_key: Maybe[dict[str, Mark]] = UNSET


@pytest.mark.parametrize("format", ["parquet", "arrow", "csv"])
def test_carriers_without_properties(format, tmp_path):
    """A carrier of a class without properties is JSON text in a table, with its unknown members, and comes back from it."""
    body = b'{"Name":"a","Mark":{"X":null,"Y":[{"Z":{"W":null}}]},"Marks":[{},null,{"X":1.50}],"ByKey":{"k":{}}}'
    marked = [decode(body, type=Marked), Marked(name="b")]
    write_file(to_batches(marked, type=Marked), tmp_path / "x", format)
    read = {"parquet": pyarrow.parquet.read_table, "arrow": pyarrow.feather.read_table, "csv": read_csv}[format]
    assert list(map(to_builtins, from_table(read(tmp_path / "x"), Marked))) == list(map(to_builtins, marked))


def read_csv(path):
    """The table in a file of CSV."""
    return pyarrow.csv.read_csv(path, convert_options=CSV)


def test_json_text_comes_back():
    """Recursive properties and mixed unknown members come back from their JSON text."""
    body = b'{"Interests":[{"ChildItems":[{"Id":1,"ChildItems":[{"Id":2}]}]}],"X":[1.10,"a"]}'
    table = to_table([decode(body), ContactEntity()], "interests,X", unknown="keep")
    assert [to_builtins(contact) for contact in from_table(table, unknown="keep")] == [to_builtins(decode(body)), {}]


def test_a_map_as_a_list_of_structs():
    """A dictionary comes back from a list of keys and values, too, as libraries without maps write it."""
    pairs = pa.array([[{"key": "a", "value": "b"}]])
    assert from_table(pa.table({"CustomFields": pairs}))[0].custom_fields == {"a": "b"}


def test_a_dictionary_as_a_struct():
    """A dictionary comes back from a struct, too, which has null for the keys that only other rows have."""
    table = pa.table({"CustomFields": pa.array([{"a": "b"}, {"c": "d"}, {}, None])})
    assert [to_builtins(contact) for contact in from_table(table)] == [
        {"CustomFields": {"a": "b"}},
        {"CustomFields": {"c": "d"}},
        {"CustomFields": {}},
        {},
    ]


class Rank(IntEnum):
    """A closed enumeration of integers."""

    FIRST = 1


class Box(Carrier):
    """Whatever is an integer on the wire, and what is not."""

    small: Maybe[Int32] = UNSET
    large: Maybe[int] = UNSET
    rank: Maybe[Rank] = UNSET
    number: Maybe[Double] = UNSET
    text: Maybe[str] = UNSET
    truth: Maybe[bool] = UNSET
    leaf: Maybe[Box] = UNSET
    numbers: Maybe[list[int | None]] = UNSET
    by_key: Maybe[dict[str, int | None]] = UNSET


DOUBLES = [
    ({"Small": 5.0}, {"Small": 5}),
    ({"Large": -5e9}, {"Large": -5_000_000_000}),
    ({"Rank": 1.0}, {"Rank": 1}),
    ({"Number": 5.0}, {"Number": 5.0}),
    ({"Leaf/Small": 5.0, "Leaf/Large": NAN}, {"Leaf": {"Small": 5}}),
    ({"Leaf": {"Small": 5.0, "Large": NAN}}, {"Leaf": {"Small": 5}}),
    ({"Numbers": [5.0, NAN]}, {"Numbers": [5, None]}),
    ({"Numbers/1": 5.0, "Numbers/0": NAN}, {"Numbers": [None, 5]}),
    ({"ByKey": [("a", 5.0), ("b", NAN)]}, {"ByKey": {"a": 5, "b": None}}),
    ({"ByKey/a": 5.0, "ByKey/b": NAN}, {"ByKey": {"a": 5}}),
    *(({name: NAN}, {}) for name in ("Small", "Rank", "Number", "Text", "Truth", "Leaf", "Numbers", "Shoe")),
]


@pytest.mark.parametrize(("row", "expected"), DOUBLES)
def test_integers_with_nulls_as_doubles(row, expected):
    """A double that is an integer is one where the class has an integer, and NaN is null."""
    types = {"ByKey": pa.map_(pa.string(), pa.float64())}
    table = pa.table({name: pa.array([value], types.get(name)) for name, value in row.items()})
    (box,) = from_table(table, Box, unknown="keep")
    assert to_builtins(box) == expected
    assert repr(to_builtins(box)) == repr(expected)  # an integer is no double that is equal to it


@pytest.mark.parametrize(("name", "value"), [("Small", 5.5), ("Small", 3e9), ("Large", float("inf")), ("Rank", 2.0)])
def test_doubles_that_are_no_such_integers(name, value):
    """A double with a fraction, or beyond the integers of the property, is a fault at its place."""
    with pytest.raises(ValidationError, match=f"/1/{name}: "):
        from_table(pa.table({name: [None, value]}), Box)


@pytest.mark.parametrize("name", ["Text", "Truth"])
def test_doubles_for_what_is_no_number(name):
    """A double is neither text nor a boolean."""
    with pytest.raises(ValidationError, match=f"/0/{name}: expected .*, received 1.0"):
        from_table(pa.table({name: [1.0]}), Box)


def test_rows_are_numbered_through_all_batches():
    """What is wrong with a row has the row's number in the whole table, in whatever batch it is."""
    batches = [pa.record_batch({"Name": ["a", "b"]}), pa.record_batch({"Name": [5]})]
    rows = from_batches(batches)
    assert [next(rows).name, next(rows).name] == ["a", "b"]
    with pytest.raises(ValidationError, match="/2/Name: expected string, received 5"):
        next(rows)


def test_batches_of_a_reader():
    """A reader of batches gives its contacts one after the other."""
    contacts = [ContactEntity(contact_id=number) for number in range(5)]
    assert list(from_batches(to_batches(contacts, "contactId", batch_size=2), ContactEntity)) == contacts


class Price(Carrier):
    """A carrier with a number of any length, alone and nested."""

    amount: Maybe[Decimal] = UNSET
    rebates: Maybe[list[Price]] = UNSET
    shares: Maybe[list[Decimal]] = UNSET


def test_decimals_keep_their_digits():
    """A decimal is text in a table, and comes back to the digit, in a list too."""
    price = decode('{"Amount":12345678901234567890.10,"Shares":[0.10,1E2]}', type=Price)
    assert from_table(to_table([price], "amount,shares", type=Price), Price) == [price]


@pytest.mark.parametrize("text", ["x", "", "1_0", "１", "nan", "Infinity", "1,5"])
@pytest.mark.parametrize(("name", "column"), [("Amount", str), ("Shares", lambda text: ["1", text])])
def test_text_that_is_no_decimal(name, column, text):
    """A text that spells no number is a fault where a decimal belongs, with its pointer."""
    with pytest.raises(ValidationError, match=f"/0/{name}"):
        list(from_table(pa.table({name: [column(text)]}), Price))


TEXTS = {
    "Domains": ('["a","b"]', {"Domains": ["a", "b"]}),
    "Emails": ('[{"Value":"a"}]', {"Emails": [{"Value": "a"}]}),
    "Category": ('{"Id":3}', {"Category": {"Id": 3}}),
    "CustomFields": ('{"x":"y"}', {"CustomFields": {"x": "y"}}),
    "Emails/Value": ('["a"]', {"Emails": [{"Value": "a"}]}),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_nests_may_be_text(name):
    """A list, dictionary or carrier may be JSON text, as CSV has it."""
    text, expected = TEXTS[name]
    (contact,) = from_table(pa.table({name: [text]}))
    assert to_builtins(contact) == expected


@pytest.mark.parametrize("value", ["abc", "[", "5", 5, True, '"a"', "\x00"])
@pytest.mark.parametrize("name", TEXTS)
def test_what_does_not_nest_is_a_fault(name, value):
    """A value that is no list, dictionary or carrier is refused at its row and place."""
    with pytest.raises(ValidationError) as caught:
        list(from_table(pa.table({name: [None, value]})))
    assert caught.value.issues[0].pointer.startswith(f"/1/{name.partition('/')[0]}")


@pytest.mark.parametrize("value", [["ab"], ["abc"], [5], [None], [{"key": "a"}], '["ab"]', "[5]"])
def test_a_list_that_is_no_map(value):
    """A list in place of a dictionary is a fault, unless it has keys and values."""
    with pytest.raises(ValidationError, match="/0/CustomFields: expected dictionary"):
        from_table(pa.table({"CustomFields": [value]}))


def test_an_index_has_a_limit():
    """An index beyond what a form allows is refused, since the list would be filled up to it."""
    with pytest.raises(ValueError, match=r'column "Emails/10000/Value": an index is at most 9,999'):
        list(from_table(pa.table({"Emails/10000/Value": ["a"]})))
    (contact,) = from_table(pa.table({"Emails/9999/Value": ["a"]}))
    assert len(contact.emails) == 10_000


NESTED = (
    b'{"Interests":[{"Id":1,"LastChanged":"2003-10-01T14:34:01","ChildItems":[{"Id":2,"Name":null}]}],"Country":{"Rank":3},'
    b'"CustomFields":{"x":null,"y":"z"},"Emails":[{"FieldProperties":{"a":null,"b":{"FieldLength":5}}},null],"Domains":[]}'
)


@pytest.mark.parametrize("ticks", [None, "text", "column"])
def test_csv_comes_back(ticks, tmp_path):
    """The JSON text that CSV has for what nests holds what a struct holds: null is absent, but for that of a key."""
    columns, path = "interests,country,customFields,emails,domains", tmp_path / "contacts.csv"
    table = to_table([decode(NESTED), ContactEntity()], columns, ticks=ticks)
    write_file(table.to_reader(), path, "csv")
    assert from_table(read_csv(path)) == from_table(table)


def test_decimals_in_the_text_of_csv():
    """A decimal inside of JSON text keeps its digits, too."""
    table = pa.table({"Rebates": ['[{"Amount":"0.10","Shares":["1.50"]}]']})
    assert from_table(table, Price) == [Price(rebates=[Price(amount=Decimal("0.10"), shares=[Decimal("1.50")])])]


DATES = [
    ("0001-01-01 00:00:00.000000", "0001-01-01T00:00:00"),
    ("9999-12-31 23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("2003-10-01 14:34:01.752588+02:00", "2003-10-01T14:34:01.752588+02:00"),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates_as_csv_spells_them(text, expected):
    """A date that a reader of CSV left as text is read with the blank that it has there."""
    table = pa.table({"UpdatedDate": [text], "Interests": [[{"LastChanged": text}]]})
    (contact,) = from_table(table)
    assert to_builtins(contact) == {"UpdatedDate": expected, "Interests": [{"LastChanged": expected}]}


@pytest.mark.parametrize("text", ["x", "[", "[5]"])
def test_what_is_no_json_text_of_a_recursive_property(text):
    """Text in place of a recursive property, which is none of its values, is a fault at its place."""
    with pytest.raises(ValidationError, match="/0/Interests/0/ChildItems"):
        from_table(pa.table({"Interests": [[{"ChildItems": text}]]}))


def test_json_text_that_is_too_deep():
    """JSON text deeper than the interpreter follows is refused as a body is, and is no RecursionError."""
    with pytest.raises(ContentTooLarge):
        from_table(pa.table({"Interests": ["[" * 100_000 + "]" * 100_000]}))


class Measured(Carrier):
    """A carrier with numbers of every kind."""

    price: Maybe[Decimal] = UNSET
    prices: Maybe[list[Decimal]] = UNSET
    count: Maybe[Int32] = UNSET
    share: Maybe[float] = UNSET


def test_columns_of_decimals():
    """Arrow's decimals, as databases have them, are read as numbers of any kind, to the digit where it has digits."""
    columns = {
        "Price": pa.array([Decimal("1.50")]),
        "Prices": pa.array([[Decimal("2.00"), Decimal("0.10")]]),
        "Count": pa.array([Decimal("3.00")]),
        "Share": pa.array([Decimal("0.25")]),
        "Unknown": pa.array([Decimal("12345678901234567890.10")]),
    }
    (found,) = from_table(pa.table(columns), Measured, unknown="keep")
    assert encode(found) == b'{"Price":1.50,"Prices":[2.00,0.10],"Count":3,"Share":0.25,"Unknown":12345678901234567890.10}'
    with pytest.raises(ValidationError, match="/0/Count: expected int32"):
        from_table(pa.table({"Count": pa.array([Decimal("3.50")])}), Measured)
