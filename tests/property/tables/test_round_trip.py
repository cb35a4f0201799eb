"""The laws of tables: what a table holds comes back, and a table of what came back is the same table."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from contactwire import UNSET, Carrier, ContactEntityWithLinks, Double, EncodeError, FlagsKind, Int32, Maybe, get
from contactwire.projection import fields
from contactwire.tables import from_batches, from_table, to_batches, to_table, write_file
from contactwire.testing import carriers

TICKS = st.sampled_from([None, "text", "column"])
ZONES = st.sampled_from([None, timezone.utc, ZoneInfo("Europe/Oslo")])


class Tone(StrEnum):
    """An open enumeration."""

    LOW = "low"


class Size(Enum):
    """A closed enumeration of text."""

    SMALL = "small"


class Rank(IntEnum):
    """A closed enumeration of integers."""

    FIRST = 1


class Leaf(Carrier):
    """What a box holds."""

    at: Maybe[datetime] = UNSET
    texts: Maybe[list[str | None]] = UNSET


class Mark(Carrier):
    """A carrier without properties."""


class Box(Carrier):
    """A property of every kind."""

    text: Maybe[str] = UNSET
    truth: Maybe[bool] = UNSET
    small: Maybe[Int32] = UNSET
    large: Maybe[int] = UNSET
    number: Maybe[Double] = UNSET
    at: Maybe[datetime] = UNSET
    day: Maybe[date] = UNSET
    key: Maybe[UUID] = UNSET
    price: Maybe[Decimal] = UNSET
    tone: Maybe[Tone | str] = UNSET
    size: Maybe[Size] = UNSET
    rank: Maybe[Rank] = UNSET
    mask: Maybe[Annotated[str | int, FlagsKind({"None": 0, "Read": 1, "Write": 2})]] = UNSET
    leaf: Maybe[Leaf] = UNSET
    leaves: Maybe[list[Leaf | None]] = UNSET
    rows: Maybe[list[list[datetime | None]]] = UNSET
    numbers: Maybe[dict[str, int | None]] = UNSET
    by_key: Maybe[dict[str, Leaf | None]] = UNSET
    boxes: Maybe[list[Box]] = UNSET
    mark: Maybe[Mark] = UNSET
    count: Int32 | None = 5


PATHS = [
    "at",
    "leaf/at",
    "leaves",
    "leaves/at",
    "leaves/1/texts",
    "leaves/texts/0",
    "rows",
    "rows/0",
    "rows/0/1",
    "numbers/a",
    "byKey/a/texts",
    "boxes/leaf/at",
    "boxes/boxes",
    "*",
]


def table_of(carriers, columns=None, ticks=None):
    """The table of some carriers, none of whose dates UTC has outside of the years 1 to 9999."""
    try:
        return to_table(carriers, columns, type=type(carriers[0]), ticks=ticks)
    except EncodeError as error:
        assert all("the years 1 to 9999" in issue.message for issue in error.issues)
        reject()


LATE, EARLY = datetime.max - timedelta(days=1), datetime.min + timedelta(days=1)
MOMENTS = st.datetimes() | st.datetimes(min_value=LATE) | st.datetimes(max_value=EARLY)


@given(MOMENTS, st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))), ZONES)
def test_a_date_of_a_zone_is_its_moment_or_refused(moment, offset, zone):
    """A date that says a zone is the same moment in UTC, to the microsecond, or is refused where UTC has no such year."""
    micro = timedelta(microseconds=1)
    instant = (moment - datetime.min) // micro - offset.utcoffset(None) // micro
    try:
        column = to_table([Leaf(at=moment.replace(tzinfo=offset))], "at", type=Leaf, zone=zone).column(0)
    except EncodeError:
        assert not 0 <= instant <= (datetime.max - datetime.min) // micro
    else:
        assert (column[0].as_py().replace(tzinfo=None) - datetime.min) // micro == instant


@given(st.lists(carriers(Box), min_size=1, max_size=4), st.sampled_from(PATHS), TICKS)
def test_a_table_of_what_came_back_is_the_same(boxes, columns, ticks):
    """Carriers of a table make that table again, whatever its columns are, and however it has its dates."""
    table = table_of(boxes, columns, ticks)
    table.validate(full=True)
    assert table_of(from_table(table, Box), columns, ticks).equals(table)


@given(st.lists(carriers(Box, extras=False), min_size=1, max_size=4))
@example([Box(number=2**53 + 1)])
def test_what_a_table_holds_comes_back(boxes):
    """With ticks, every property comes back to the seventh digit, but for null, which comes back absent.

    An integer of a double comes back as the nearest double.
    """
    for box, back in zip(boxes, from_table(to_table(boxes, type=Box, ticks="column"), Box), strict=True):
        box.number = float(box.number) if type(box.number) is int else box.number
        for each in fields(Box):
            if "/" not in each.path and "Boxes" not in each.path:
                assert without_nulls(get(back, each.path)) == without_nulls(get(box, each.path))


def without_nulls(value):
    """A value as plain data without what is null or absent in carriers, which a table does not tell apart."""
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items()}
    if isinstance(value, Leaf):
        return [str(value.at) if value.at else None, without_nulls(value.texts) if value.texts is not UNSET else None]
    return str(value) if isinstance(value, datetime) else value


@given(st.lists(carriers(ContactEntityWithLinks), min_size=1, max_size=3), TICKS, st.integers(1, 3))
def test_batches_are_the_table(contacts, ticks, size):
    """Batches of any size are the table cut into pieces, and come back as the contacts that the table comes back as."""
    table = table_of(contacts, ticks=ticks)
    reader = to_batches(contacts, ticks=ticks, batch_size=size)
    batches = list(reader)
    assert max(batch.num_rows for batch in batches) <= size
    assert pa.Table.from_batches(batches).combine_chunks().equals(table)
    assert list(from_batches(batches)) == from_table(table)


@pytest.mark.parametrize(
    ("format", "read"), [("parquet", pyarrow.parquet.read_table), ("arrow", pyarrow.feather.read_table)]
)
@given(contacts=st.lists(carriers(ContactEntityWithLinks), min_size=1, max_size=3))
def test_files_hold_the_table(format, read, contacts):
    """What was written to a file of Parquet or Arrow, and read by pyarrow, is the table."""
    table = table_of(contacts)
    file = io.BytesIO()
    assert write_file(to_batches(contacts), file, format) == len(contacts)
    assert read(io.BytesIO(file.getvalue())).equals(table)
