"""What columns a table has, of which Arrow types, and what is in them."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Double,
    EncodeError,
    EntityElement,
    FlagsKind,
    Int32,
    Int64,
    JsonCodec,
    Maybe,
    Selection,
    TableRight,
    Timestamp,
    decode,
    fields,
)
from contactwire.tables import arrow_schema, from_table, to_batches, to_table


class Tone(StrEnum):
    """An open enumeration."""

    LOW = "low"


class Size(Enum):
    """A closed enumeration of text."""

    SMALL = "small"


class Rank(IntEnum):
    """A closed enumeration of integers."""

    FIRST = 1


class Box(Carrier):
    """A property of every kind."""

    text: Maybe[str] = UNSET
    truth: Maybe[bool] = UNSET
    small: Maybe[Int32] = UNSET
    large: Maybe[Int64] = UNSET
    number: Maybe[Double] = UNSET
    at: Maybe[datetime] = UNSET
    day: Maybe[date] = UNSET
    key: Maybe[UUID] = UNSET
    price: Maybe[Decimal] = UNSET
    tone: Maybe[Tone | str] = UNSET
    size: Maybe[Size] = UNSET
    rank: Maybe[Rank] = UNSET
    mask: Maybe[Annotated[str | int, FlagsKind({"None": 0, "Read": 1, "Write": 2})]] = UNSET
    right: Maybe[TableRight] = UNSET
    rows: Maybe[list[list[Int32 | None]]] = UNSET
    names: Maybe[list[dict[str, str]]] = UNSET
    numbers: Maybe[dict[str, Int32 | None]] = UNSET
    boxes: Maybe[list[Box | None]] = UNSET
    extra: Maybe[list[Size]] = UNSET


KINDS = [
    ("text", "a", pa.string(), "a"),
    ("truth", True, pa.bool_(), True),
    ("small", 5, pa.int32(), 5),
    ("large", 2**62, pa.int64(), 2**62),
    ("number", 2, pa.float64(), 2.0),
    ("number", 2**60 + 1, pa.float64(), float(2**60)),
    ("at", Timestamp.parse("2003-10-01T14:34:01.7525885"), pa.timestamp("us"), datetime(2003, 10, 1, 14, 34, 1, 752588)),
    ("day", date(2020, 1, 31), pa.date32(), date(2020, 1, 31)),
    ("key", UUID(int=5), pa.string(), "00000000-0000-0000-0000-000000000005"),
    ("price", Decimal("1E+2"), pa.string(), "100"),
    ("tone", Tone.LOW, pa.string(), "low"),
    ("tone", "high", pa.string(), "high"),
    ("size", Size.SMALL, pa.string(), "small"),
    ("rank", Rank.FIRST, pa.int64(), 1),
    ("rank", 1, pa.int64(), 1),
    ("mask", "Read, Write", pa.string(), "Read, Write"),
    ("mask", 1024, pa.string(), "1024"),
    (
        "right",
        TableRight(mask="FULL"),
        pa.struct([("Mask", pa.string()), ("Reason", pa.string())]),
        {"Mask": "FULL", "Reason": None},
    ),
    ("rows", [[1, None], []], pa.list_(pa.list_(pa.int32())), [[1, None], []]),
    ("names", [{"a": "b"}], pa.list_(pa.map_(pa.string(), pa.string())), [[("a", "b")]]),
    ("numbers", {"a": 1, "b": None}, pa.map_(pa.string(), pa.int32()), [("a", 1), ("b", None)]),
]


@pytest.mark.parametrize(("attribute", "value", "type", "expected"), KINDS)
def test_every_kind_has_its_type(attribute, value, type, expected):
    """Each kind has an Arrow type, in the schema as in the table, and null there for what is null and what is absent."""
    boxes = [Box(**{attribute: value}), Box(**{attribute: None}), Box()]
    table = to_table(boxes, attribute, type=Box)
    assert table.schema.types == arrow_schema(attribute, type=Box).types == [type]
    assert table.column(0).to_pylist() == [expected, None, None]
    assert to_table(boxes[1:], attribute, type=Box).column(0).to_pylist() == [None, None]


def test_without_columns_there_is_one_for_each_property():
    """Without columns, and with all of them selected, a table has the properties of the class in wire order."""
    names = [each.path for each in fields(Box) if "/" not in each.path]
    assert arrow_schema(type=Box).names == arrow_schema("*", type=Box).names == arrow_schema("", type=Box).names == names
    assert arrow_schema(Selection.parse("", Box)).names == arrow_schema(type=list[Box]).names == names
    assert arrow_schema().names == [each.path for each in fields(ContactEntityWithLinks) if "/" not in each.path]


def test_a_recursive_property_is_json_text():
    """Types are finite, so what can hold its own class is JSON text, below the level where a column begins."""
    inner = Box(boxes=[None, Box(text="c", at=Timestamp.parse("2003-10-01T14:34:01.7525885"))])
    table = to_table([Box(boxes=[inner, Box(boxes=[Box(small=1)]), Box(boxes=[])])], "boxes", type=Box)
    texts = [box["Boxes"] for box in table.column(0)[0].as_py()]
    assert texts == ['[null,{"Text":"c","At":"2003-10-01T14:34:01.7525885"}]', '[{"Small":1}]', "[]"]


CONTACT = decode(
    b'{"ContactId":1,"Name":"Elan","Emails":[{"Value":"a@b.example"},null,{"Description":"x"}],"Category":{"Id":3},'
    b'"Persons":[{"Firstname":"Eva","Emails":[]}],"Domains":["a.example"],'
    b'"CustomFields":{"SuperOffice:1":"[I:23]","x_A":"text"},"_Links":{"Self":"https://crm.example"},'
    b'"Address":{"LocalizedAddress":[[{"Name":"Street"}],null]},"Shoe":{"Size":44,"Laces":[1,2.5]}}',
    type=ContactEntityWithLinks,
)
PATHS = [
    ("name,contactId", {"Name": "Elan", "ContactId": 1}),
    ("name,NAME", {"Name": "Elan"}),
    ("category/id,business/value", {"Category/Id": 3, "Business/Value": None}),
    ("emails/value", {"Emails/Value": ["a@b.example", None, None]}),
    (
        "emails/0/value,emails/1/value,emails/9/value",
        dict(zip(["Emails/0/Value", "Emails/1/Value", "Emails/9/Value"], ["a@b.example", None, None], strict=True)),
    ),
    ("emails/2/description", {"Emails/2/Description": "x"}),
    ("domains/0,domains", {"Domains/0": "a.example", "Domains": ["a.example"]}),
    ("phones/value,phones/0/value", {"Phones/Value": None, "Phones/0/Value": None}),
    ("address/localizedAddress/name", {"Address/LocalizedAddress/Name": [["Street"], None]}),
    ("address/localizedAddress/0/name", {"Address/LocalizedAddress/0/Name": ["Street"]}),
    ("address/localizedAddress/0/0/name", {"Address/LocalizedAddress/0/0/Name": "Street"}),
    ("customFields/superoffice:1,customFields/x_a", {"CustomFields/superoffice:1": 23, "CustomFields/x_a": "text"}),
    ("customFields/none", {"CustomFields/none": None}),
    ("_links/Self", {"_Links/Self": "https://crm.example"}),
    ("fieldProperties/name/fieldLength", {"FieldProperties/name/FieldLength": None}),
]


@pytest.mark.parametrize(("columns", "expected"), PATHS)
def test_columns_are_paths(columns, expected):
    """A column is named by its path in wire case, and holds the value there, or a list of those in a list."""
    for named in (columns, columns.split(","), Selection.parse(columns)):
        table = to_table([CONTACT], named)
        assert table.column_names == list(expected)
        assert table.to_pylist() == [expected]


def test_the_columns_of_a_combined_selection():
    """Selections that were combined have no order of their own, and give columns in wire order."""
    assert arrow_schema(Selection.parse("name") | Selection.parse("contactId,emails/0/value")).names == [
        "ContactId",
        "Name",
        "Emails/Value",
    ]


def test_no_columns():
    """A selection of nothing makes a table without columns, which still has its rows."""
    assert to_table([CONTACT, CONTACT], ",").num_columns == 0
    assert sum(batch.num_rows for batch in to_batches([CONTACT, CONTACT], ",")) == 2


UNKNOWN = [
    ("shoe/size", pa.int64(), 44),
    ("Shoe/laces/1", pa.float64(), 2.5),
    ("shoe/laces/0", pa.int64(), 1),
    ("shoe/laces/7", pa.string(), None),
    ("shoe/laces/x", pa.string(), None),
    ("shoe/size/x", pa.string(), None),
    ("shoe", pa.string(), '{"Size":44,"Laces":[1,2.5]}'),
    ("none", pa.string(), None),
    ("emails/none", pa.list_(pa.string()), [None, None, None]),
]


def test_everything_and_more():
    """An asterisk among the paths stands for every property, where it is."""
    names = [each.path for each in fields(Box) if "/" not in each.path]
    assert arrow_schema("at, *, right/mask", type=Box).names == [
        "At",
        *(name for name in names if name != "At"),
        "Right/Mask",
    ]


@pytest.mark.parametrize(("path", "type", "value"), UNKNOWN)
def test_unknown_members_by_name(path, type, value):
    """With `unknown="keep"`, what names no property is an unknown member, of the type of its values, else JSON text."""
    table = to_table([CONTACT], [path], unknown="keep")
    assert table.schema.types == [type]
    assert table.column(0).to_pylist() == [value]


def custom(*texts):
    """Contacts that have these strings as the custom field x."""
    return [ContactEntity(custom_fields={"x": text}) for text in texts] + [ContactEntity()]


CUSTOM = [
    (["[I:5]", None], pa.int64(), [5, None]),
    (["[F:5.5]", "[I:5]"], pa.float64(), [5.5, 5.0]),
    (["[M:12.50]"], pa.decimal128(38, 10), [Decimal("12.5")]),
    (["[D:01/31/2020]", "[D:01/01/0001 00:00:00.0000000]"], pa.date32(), [date(2020, 1, 31), None]),
    (
        ["[DT:01/31/2020 13:45:00.0000001]", "[D:01/31/2020]"],
        pa.timestamp("us"),
        [datetime(2020, 1, 31, 13, 45), datetime(2020, 1, 31)],
    ),
    (["[T:14:52]"], pa.time64("us"), [time(14, 52)]),
    (["[TS:90]"], pa.duration("us"), [timedelta(seconds=90)]),
    (["[A:3,4]", "[A:]"], pa.list_(pa.int64()), [[3, 4], []]),
    (["[B:aGk=]"], pa.binary(), [b"hi"]),
    (["text", "[I:5]"], pa.string(), ["text", "[I:5]"]),
    (["[I:soon]"], pa.string(), ["[I:soon]"]),
    (["[I:5]", "[D:01/31/2020]"], pa.string(), ["[I:5]", "[D:01/31/2020]"]),
    ([f"[M:{'1' * 40}]"], pa.string(), [f"[M:{'1' * 40}]"]),
    ([None], pa.string(), [None]),
]


@pytest.mark.parametrize(("texts", "type", "values"), CUSTOM)
def test_custom_fields_have_typed_values(texts, type, values):
    """A custom field has the type that all its values have; where they have none together, it is the wire's text."""
    table = to_table(custom(*texts), "customFields/x")
    assert table.schema.types == [type]
    assert table.column(0).to_pylist() == [*values, None]


TYPES = [
    (["[I:1]", "True"], bool, pa.bool_(), [True, True]),
    (["[I:1]", ""], int, pa.int64(), [1, None]),
    (["[I:1]", "5.5"], float, pa.float64(), [1.0, 5.5]),
    (["[I:1]"], str, pa.string(), ["[I:1]"]),
    (["[I:1]"], object, pa.string(), ["[I:1]"]),
    ([None], date, pa.date32(), [None]),
]


@pytest.mark.parametrize(("texts", "given", "type", "values"), TYPES)
def test_the_caller_says_the_type(texts, given, type, values):
    """A type in `types` counts whatever the values are; without values, it is in the schema too."""
    types = {"customfields/X": given}
    table = to_table(custom(*texts), "customFields/x", types=types)
    assert table.schema.types == arrow_schema("customFields/x", types=types).types == [type]
    assert table.column(0).to_pylist() == [*values, None]
    assert types == {"customfields/X": given}


def test_any_unknown_member_as_text():
    """With object as its type, an unknown member is JSON text, whatever it is, with its numbers to the digit."""
    bodies = [b'{"X":1.10}', b'{"X":"a"}', b'{"X":null}', b"{}", b'{"X":12345678901234567.89}']
    contacts = [decode(body) for body in bodies]
    for types in ({"x": object}, None):
        table = to_table(contacts, ["X"], unknown="keep", types=types)
        assert table.column(0).to_pylist() == ["1.10", '"a"', None, None, "12345678901234567.89"]
        assert table.schema.field(0).metadata == {b"contactwire": b"json"}


def test_an_integer_that_no_double_equals():
    """Unknown numbers are doubles where these hold all of them; one that comes later is refused, with a way out."""
    contacts = [decode(body) for body in (b'{"X":0.5}', b'{"X":9007199254740992}', b'{"X":9007199254740993}')]
    assert to_table(contacts[:2], "X", unknown="keep").column(0).to_pylist() == [0.5, 2.0**53]
    assert to_table(contacts, "X", unknown="keep").column(0).to_pylist() == ["0.5", str(2**53), str(2**53 + 1)]
    with pytest.raises(EncodeError, match=r"/2/X: .* no double equals 9007199254740993; types={'X': object} makes"):
        list(to_batches(contacts, "X", unknown="keep", batch_size=2))


SEVENTH, YEAR_1, LAST = "2003-10-01T14:34:01.7525885+02:00", "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59.9999999-02:00"
NAIVE, UTC = "2003-10-01T14:34:01", "2003-10-01T14:34:01Z"
WITHOUT_ZONE = [
    (SEVENTH, datetime(2003, 10, 1, 12, 34, 1, 752588)),
    (NAIVE, datetime(2003, 10, 1, 14, 34, 1)),
    (UTC, datetime(2003, 10, 1, 14, 34, 1)),
    ("0001-01-01T00:00:00Z", datetime.min),
    ("9999-12-31T23:59:59.9999999Z", datetime.max),
]


@pytest.mark.parametrize(("text", "value"), WITHOUT_ZONE)
def test_dates_that_say_a_zone_are_in_utc(text, value):
    """A column of dates has no zone: a date that says one is in UTC, any other as it is."""
    contacts = [ContactEntity(updated_date=Timestamp.parse(text)), ContactEntity()]
    assert to_table(contacts, "updatedDate").column(0).to_pylist() == [value, None]


@pytest.mark.parametrize("text", [YEAR_1, LAST])
@pytest.mark.parametrize("zone", [None, timezone.utc, ZoneInfo("Europe/Oslo")])
def test_dates_that_utc_has_outside_of_the_years(text, zone):
    """A date that UTC has before the year 1 or after 9999 is refused at its place, with advice, and not changed."""
    boxes = [Box(), Box(at=datetime(2020, 1, 1), boxes=[Box(at=None), Box(at=Timestamp.parse(text))])]
    with pytest.raises(EncodeError) as caught:
        to_table(boxes, "at,boxes/at", type=Box, zone=zone)
    (issue,) = caught.value.issues
    assert (issue.pointer, 'ticks="text"' in issue.message, text in issue.message) == ("/1/Boxes/At", True, True)
    assert "types=" not in issue.message


@pytest.mark.parametrize(("text", "value"), [(YEAR_1, datetime.min), (LAST, datetime.max)])
def test_dates_outside_of_the_years_beside_their_ticks(text, value):
    """Where ticks and zone are beside a date, it is the first or last moment of the years, and comes back as it was."""
    table = to_table([Box(at=Timestamp.parse(text))], "at", type=Box, ticks="column")
    assert table["At"].to_pylist() == [value]
    assert str(from_table(table, Box)[0].at) == text


@pytest.mark.parametrize("zone", [ZoneInfo("Europe/Oslo"), ZoneInfo("America/New_York")])
@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59.9999999"])
def test_dates_that_stand_for_none_in_a_zone(zone, text):
    """The first and last moment of .NET, which say no zone and stand for no date, are in no zone but UTC."""
    date = Timestamp.parse(text)
    assert to_table([Box(at=date)], "at", type=Box, zone=zone).column(0).to_pylist() == [
        date.replace(tzinfo=timezone.utc, nanosecond=0)
    ]
    inside = timedelta(hours=6) if date.year == 1 else -timedelta(hours=6)
    assert to_table([Box(at=date + inside)], "at", type=Box, zone=zone).column(0).to_pylist() != [date + inside]


@pytest.mark.parametrize("zone", [timezone.utc, ZoneInfo("Europe/Oslo")])
def test_dates_in_a_zone(zone):
    """With a zone, dates that say none are in it, and the column is in UTC."""
    contacts = [ContactEntity(updated_date=Timestamp.parse(text)) for text in (SEVENTH, NAIVE, UTC)]
    column = to_table(contacts, "updatedDate", zone=zone).column(0)
    assert column.type == pa.timestamp("us", "UTC")
    naive = datetime(2003, 10, 1, 14, 34, 1, tzinfo=zone)
    assert column.to_pylist() == [Timestamp.parse(SEVENTH).replace(nanosecond=0), naive, Timestamp.parse(UTC)]


class Dated(Carrier):
    """A carrier with a date."""

    at: Maybe[datetime] = UNSET


class Shelf(Carrier):
    """A carrier with others that have dates."""

    first: Maybe[Dated] = UNSET
    others: Maybe[list[Dated]] = UNSET


class Eastern(tzinfo):
    """A zone without a hash, as those of dateutil are."""

    def utcoffset(self, moment):
        return timedelta(hours=1)

    __hash__ = None


def test_dates_in_a_zone_of_any_class():
    """A zone need not have a hash, and nothing holds it afterwards."""
    zone = Eastern()
    shelf = Shelf(first=Dated(at=datetime(2020, 1, 31)), others=[Dated(at=datetime(2020, 1, 31))])
    row = to_table([shelf], type=Shelf, zone=zone).to_pylist()[0]
    wanted = {"At": datetime(2020, 1, 30, 23, tzinfo=timezone.utc)}
    assert row == {"First": wanted, "Others": [wanted]}
    held = weakref.ref(zone)
    del zone
    gc.collect()
    assert held() is None


def test_dates_as_text():
    """With `ticks="text"`, a date is what the wire spells, in lists and structs too."""
    box = Box(at=Timestamp.parse(LAST), boxes=[Box(at=datetime(2020, 1, 31))])
    table = to_table([box], "at,boxes/at,boxes", type=Box, ticks="text")
    row = table.to_pylist()[0]
    assert (row["At"], row["Boxes/At"], row["Boxes"][0]["At"]) == (LAST, ["2020-01-31T00:00:00"], "2020-01-31T00:00:00")


def test_dates_with_columns_of_ticks():
    """With `ticks="column"`, two columns beside a date have .NET's ticks of its clock time, and its zone as spelled."""
    dates = [Timestamp.parse(text) for text in (SEVENTH, NAIVE, UTC, YEAR_1)] + [datetime(1, 1, 1, 0, 0, 0, 1)]
    table = to_table([Box(at=at, boxes=[Box(at=at)]) for at in dates], "at,boxes/at,boxes", type=Box, ticks="column")
    assert table.column_names == ["At", "At:Ticks", "At:Zone", "Boxes/At", "Boxes/At:Ticks", "Boxes/At:Zone", "Boxes"]
    ticks, zones = [*(date.ticks for date in dates[:-1]), 10], ["+02:00", "", "Z", "+02:00", ""]
    assert table["At:Ticks"].to_pylist() == ticks
    assert table["At:Zone"].to_pylist() == zones
    assert table["Boxes/At:Zone"].to_pylist() == [[zone] for zone in zones]
    assert [boxes[0]["At:Ticks"] for boxes in table["Boxes"].to_pylist()] == ticks


def test_contacts_of_other_classes():
    """A table takes contacts of a base class, whose other properties are null, and of derived ones."""

    class Mine(ContactEntityWithLinks):
        mine: Maybe[str] = UNSET

    contacts = [ContactEntity(name="a"), Mine(name="b", links={"Self": "c"}, mine="d")]
    assert to_table(contacts, "name,_links/Self").to_pylist() == [
        {"Name": "a", "_Links/Self": None},
        {"Name": "b", "_Links/Self": "c"},
    ]


def test_batches_take_contacts_as_they_are_read():
    """A reader takes the contacts of one batch at a time, beyond the first, which tells the types."""
    taken = []
    contacts = (taken.append(number) or ContactEntity(contact_id=number) for number in range(5))
    reader = to_batches(contacts, "contactId", batch_size=2)
    assert taken == [0, 1]
    assert [batch.column(0).to_pylist() for batch in reader] == [[0, 1], [2, 3], [4]]


def test_a_table_of_a_stream():
    """A stream of NDJSON is decoded as its table is made."""
    stream = b"".join(JsonCodec().iter_encode([CONTACT] * 3))
    table = to_table(JsonCodec().iter_decode(stream), "name", type=ContactEntity)
    assert table.column(0).to_pylist() == ["Elan"] * 3


def test_a_table_of_nothing():
    """Without contacts there are no rows, and the columns are there."""
    assert to_table([], "name,customFields/x").to_pydict() == {"Name": [], "CustomFields/x": []}


def test_lists_of_empty_and_missing_carriers():
    """An empty list, a null in a list and an empty carrier stay three things."""
    contacts = [ContactEntity(emails=emails) for emails in ([], [None], [EntityElement()])]
    empty, null, carrier = to_table(contacts, "emails")["Emails"].to_pylist()
    assert (empty, null) == ([], [None])
    assert set(carrier[0].values()) == {None}


def test_the_extra_is_named():
    """Without pyarrow the error says which extra installs it."""
    code = "import sys; sys.modules['pyarrow'] = None; import contactwire.tables"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "contactwire.tables needs pyarrow: pip install 'contactwire[tables]'" in done.stderr
