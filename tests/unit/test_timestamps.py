"""Date-times keep all that the wire says and behave as datetimes."""

import copy
import pickle
import sys
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from contactwire import Timestamp
from contactwire.timestamps import format_timestamp, parse_timestamp

SPELLINGS = [
    "2003-10-01T14:34:01.7525885+02:00",
    "2003-10-01T14:34:01.7525885Z",
    "2003-10-01T14:34:01.7525885+00:00",
    "2003-10-01T14:34:01.7525885-00:00",
    "2003-10-01T14:34:01.7525885",
    "2003-10-01T14:34:01-0500",
    "2003-10-01T14:34:01.0000001",
    "2003-10-01T14:34:01.5",
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+02:00",
    "9999-12-31T23:59:59.9999999",
    "9999-12-31T23:59:59.9999999-14:00",
    "2020-02-29T23:59:59+14:00",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_spelling_comes_back_as_it_was(text):
    """Digits, offset and suffix of a date-time survive parsing and formatting."""
    assert format_timestamp(parse_timestamp(text)) == text


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_timestamp_survives_pickle_and_copy(text):
    """A pickled or copied Timestamp is equal, has the same digit and the same spelling."""
    stamp = parse_timestamp(text)
    for again in (pickle.loads(pickle.dumps(stamp)), copy.copy(stamp), copy.deepcopy(stamp)):
        assert again == stamp
        assert again.nanosecond == stamp.nanosecond
        assert str(again) == text


def test_trailing_zeros_of_the_fraction_go():
    """A fraction is written without trailing zeros, as .NET writes it."""
    assert str(parse_timestamp("2020-01-01T00:00:00.1200000Z")) == "2020-01-01T00:00:00.12Z"
    assert str(parse_timestamp("2020-01-01T00:00:00.0000000")) == "2020-01-01T00:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-13-01T00:00:00",
        "2020-02-30T00:00:00",
        "0000-01-01T00:00:00",
        "2020-01-01T24:00:00",
        "2020-01-01T24:61:00",
        "2020-01-01T00:60:00",
        "2020-01-01T23:59:60",
        "2020-01-01T00:00:00.12345678",
        "2020-01-01T00:00:00.",
        "2020-01-01T00:00:00,5",
        "2020-01-01T00:00:00+24:00",
        "2020-01-01T00:00:00+14:01",
        "2020-01-01T00:00:00+02:60",
        "2020-01-01T00:00:00z",
        "2020-01-01 00:00:00",
        "2020-01-01",
        "2020-W01-1T00:00:00",
        "20200101",
        " 2020-01-01T00:00:00",
        "2020-01-01T00:00:00\n",
        "٢٠٢٠-01-01T00:00:00",
    ],
)
def test_what_is_no_date_time_is_refused(text):
    """Text that is not in the wire's form is an error."""
    with pytest.raises(ValueError, match=r"."):
        parse_timestamp(text)


def test_the_zone_tells_the_kind():
    """Z is UTC, an offset is a fixed zone, no suffix is a naive datetime."""
    assert parse_timestamp("2020-01-01T00:00:00Z").tzinfo is timezone.utc
    assert parse_timestamp("2020-01-01T00:00:00+02:00").utcoffset() == timedelta(hours=2)
    assert parse_timestamp("2020-01-01T00:00:00").tzinfo is None


def test_the_seventh_digit_takes_part_in_comparisons():
    """The seventh digit counts in equality and in order, also against plain datetimes."""
    earlier, later = parse_timestamp("2020-01-01T00:00:00.1234560"), parse_timestamp("2020-01-01T00:00:00.1234561")
    plain = datetime(2020, 1, 1, 0, 0, 0, 123456)
    assert earlier != later
    assert earlier < later
    assert later > earlier
    assert earlier <= later
    assert not later <= earlier
    assert earlier == plain
    assert plain == earlier
    assert hash(earlier) == hash(plain)
    assert later != plain
    assert plain < later
    assert later > plain
    assert plain <= later
    assert not plain >= later


def test_equal_instants_in_other_zones_are_equal():
    """Equality is by instant, as for any aware datetime."""
    assert parse_timestamp("2020-01-01T02:00:00+02:00") == parse_timestamp("2020-01-01T00:00:00Z")
    assert parse_timestamp("2020-01-01T00:00:00Z") != parse_timestamp("2020-01-01T00:00:00")


def test_naive_and_aware_do_not_sort():
    """Ordering a naive and an aware date-time is a TypeError, as for datetimes."""
    with pytest.raises(TypeError):
        assert parse_timestamp("2020-01-01T00:00:00Z") < parse_timestamp("2020-01-01T00:00:00")


def test_arithmetic_keeps_the_digit():
    """Adding a duration keeps the seventh digit, and a difference is a timedelta."""
    stamp = parse_timestamp("2020-01-01T00:00:00.1234567Z")
    assert str(stamp + timedelta(days=1)) == "2020-01-02T00:00:00.1234567Z"
    assert str(timedelta(days=1) + stamp) == "2020-01-02T00:00:00.1234567Z"
    assert str(stamp - timedelta(days=1)) == "2019-12-31T00:00:00.1234567Z"
    assert stamp - parse_timestamp("2019-12-31T00:00:00.1234560Z") == timedelta(days=1)
    assert stamp - datetime(2020, 1, 1, tzinfo=timezone.utc) == timedelta(microseconds=123456)
    assert datetime(2020, 1, 2, 0, 0, 0, 123456, timezone.utc) - stamp == timedelta(days=1)


def test_replace_and_astimezone_keep_the_digit():
    """`replace` and `astimezone` keep the seventh digit, unless the microsecond is replaced."""
    stamp = parse_timestamp("2020-01-01T00:00:00.1234567Z")
    assert str(stamp.replace(year=2021)) == "2021-01-01T00:00:00.1234567Z"
    assert str(stamp.replace(microsecond=5)) == "2020-01-01T00:00:00.000005Z"
    assert str(stamp.replace(nanosecond=900)) == "2020-01-01T00:00:00.1234569Z"
    assert str(stamp.astimezone(timezone(timedelta(hours=2)))) == "2020-01-01T02:00:00.1234567+02:00"


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is new in Python 3.13")
def test_copy_replace_keeps_the_digit():
    """`copy.replace` keeps the seventh digit, as the method does."""
    stamp = parse_timestamp("2020-01-01T00:00:00.1234567Z")
    assert str(copy.replace(stamp, year=2021)) == "2021-01-01T00:00:00.1234567Z"
    assert str(copy.replace(stamp, microsecond=5)) == "2020-01-01T00:00:00.000005Z"
    assert str(copy.replace(stamp, nanosecond=900)) == "2020-01-01T00:00:00.1234569Z"


ISO_TEXTS = [
    ("2020-01-01", "2020-01-01T00:00:00"),
    ("2020-01-01T10:11", "2020-01-01T10:11:00"),
    ("2020-01-01 10:11:12.1234567Z", "2020-01-01T10:11:12.1234567Z"),
    ("2020-01-01-10:11:12.1234567-05:30", "2020-01-01T10:11:12.1234567-05:30"),
    ("2020-01-01T10:11:12,1234567", "2020-01-01T10:11:12.1234567"),
    ("2020-01-01T10:11:12.123456789", "2020-01-01T10:11:12.1234567"),
    ("2020-01-01T10:11:12.123456+02", "2020-01-01T10:11:12.123456+02:00"),
    ("20200101T101112.1234567+0200", "2020-01-01T10:11:12.1234567+02:00"),
    ("2020-W01-3T10:11:12.0000001", "2020-01-01T10:11:12.0000001"),
    ("2020W01T101112.0000001", "2019-12-30T10:11:12.0000001"),
]


@pytest.mark.parametrize(("text", "expected"), [*ISO_TEXTS, *((text, text) for text in SPELLINGS)])
def test_any_iso_text_keeps_the_seventh_digit(text, expected):
    """`fromisoformat` reads every form that datetime reads, with seven digits, and keeps the wire's spelling of the zone."""
    stamp = Timestamp.fromisoformat(text)
    assert type(stamp) is Timestamp
    assert str(stamp) == expected
    assert stamp.replace(nanosecond=0) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (timedelta(minutes=9, seconds=21), "1900-01-01T00:00:00.1234567+00:09:21"),
        (-timedelta(hours=15), "1900-01-01T00:00:00.1234567-15:00"),
        (timedelta(seconds=1, microseconds=5), "1900-01-01T00:00:00.1234567+00:00:01.000005"),
    ],
)
def test_a_timestamp_with_an_offset_that_the_wire_cannot_hold_has_a_text(offset, text):
    """`str` never fails, so that a log may show any date: what is refused on the wire is shown as ISO 8601 has it."""
    stamp = Timestamp(1900, 1, 1, 0, 0, 0, 123456, timezone(offset), nanosecond=700)
    assert (str(stamp), f"{stamp}") == (text, text)
    assert Timestamp.fromisoformat(text) == stamp
    with pytest.raises(ValueError, match="cannot hold the offset"):
        format_timestamp(stamp)


def test_a_fraction_of_an_offset_is_no_digit_of_the_time():
    """An offset's fraction is read to the microsecond and gives the time no seventh digit."""
    stamp = Timestamp.fromisoformat("2020-01-01T10:11:12+01:02:03.1234567")
    assert (stamp.nanosecond, stamp.utcoffset().microseconds) == (0, 123456)


@pytest.mark.parametrize(
    ("text", "error"), [("yesterday", ValueError), ("", ValueError), (5, TypeError), (b"2020", TypeError)]
)
def test_what_is_no_iso_text_is_refused(text, error):
    """`fromisoformat` raises the errors that datetime's does."""
    with pytest.raises(error, match="isoformat"):
        Timestamp.fromisoformat(text)


ISO_OPTIONS = [
    ((), "2020-01-01T10:11:12.1234567+02:00"),
    ((" ",), "2020-01-01 10:11:12.1234567+02:00"),
    (("T", "auto"), "2020-01-01T10:11:12.1234567+02:00"),
    (("T", "microseconds"), "2020-01-01T10:11:12.123456+02:00"),
    (("T", "minutes"), "2020-01-01T10:11+02:00"),
]


@pytest.mark.parametrize(("options", "expected"), ISO_OPTIONS)
def test_isoformat_has_the_seventh_digit(options, expected):
    """`isoformat` writes all digits, unless a coarser unit is asked for."""
    assert parse_timestamp("2020-01-01T10:11:12.1234567+0200").isoformat(*options) == expected


@pytest.mark.parametrize("text", SPELLINGS)
def test_isoformat_and_back_is_the_same_moment(text):
    """What `isoformat` writes, `fromisoformat` reads; without a seventh digit it is the text of a plain datetime."""
    stamp = parse_timestamp(text)
    again = Timestamp.fromisoformat(stamp.isoformat())
    assert (again, again.nanosecond, again.utcoffset()) == (stamp, stamp.nanosecond, stamp.utcoffset())
    plain = stamp.replace(nanosecond=0)
    assert plain.isoformat() == datetime.combine(plain.date(), plain.timetz()).isoformat()


def test_ticks_are_dotnet_ticks():
    """`ticks` counts 100 ns from year 1, so 1970 is the constant that .NET documents."""
    assert parse_timestamp("1970-01-01T00:00:00Z").ticks == 621355968000000000
    assert parse_timestamp("0001-01-01T00:00:00.0000001").ticks == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2020, 1, 1), "2020-01-01T00:00:00"),
        (datetime(2020, 1, 1, 1, 2, 3, 40), "2020-01-01T01:02:03.00004"),
        (datetime(2020, 1, 1, tzinfo=timezone.utc), "2020-01-01T00:00:00Z"),
        (datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")), "2020-01-01T00:00:00Z"),
        (datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))), "2020-01-01T00:00:00-03:30"),
        (datetime(2020, 7, 1, tzinfo=ZoneInfo("Europe/Oslo")), "2020-07-01T00:00:00+02:00"),
        (datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/London")), "2020-01-01T00:00:00+00:00"),
        (datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1), "+02:00")), "2020-01-01T00:00:00+01:00"),
    ],
)
def test_a_plain_datetime_is_written_in_the_same_form(value, text):
    """A caller's datetime is written as .NET would write it."""
    assert format_timestamp(value) == text


@pytest.mark.parametrize("offset", [timedelta(seconds=30), timedelta(hours=15)])
def test_an_offset_that_the_wire_cannot_hold_is_refused(offset):
    """An offset with seconds, or of more than 14 hours, has no spelling."""
    with pytest.raises(ValueError, match="offset"):
        format_timestamp(datetime(2020, 1, 1, tzinfo=timezone(offset)))


def test_a_timestamp_is_immutable():
    """Setting or deleting the seventh digit afterwards fails."""
    with pytest.raises(AttributeError, match="immutable"):
        parse_timestamp("2020-01-01T00:00:00").nanosecond = 100
    with pytest.raises(AttributeError, match="immutable"):
        del parse_timestamp("2020-01-01T00:00:00").nanosecond


def test_a_digit_that_is_no_tick_is_refused():
    """A seventh digit that is no multiple of 100 ns is refused, and so is one that is no integer."""
    plain = datetime(2020, 1, 1)
    for make in (partial(Timestamp, 2020, 1, 1), partial(Timestamp.from_datetime, plain), Timestamp(2020, 1, 1).replace):
        with pytest.raises(TypeError, match="integer"):
            make(nanosecond=100.0)
        with pytest.raises(ValueError, match="nanosecond"):
            make(nanosecond=50)


def test_repr_gives_the_value_back():
    """The repr is an expression that makes an equal Timestamp."""
    stamp = parse_timestamp("2020-01-01T00:00:00.1234567")
    assert repr(stamp) == "Timestamp(2020, 1, 1, 0, 0, 0, 123456, nanosecond=700)"
    assert eval(repr(stamp)) == stamp


def test_other_constructors_of_datetime_work():
    """The other class methods of datetime make Timestamps without a seventh digit."""
    assert Timestamp.fromisoformat("2020-01-01T00:00:00") == Timestamp.parse("2020-01-01T00:00:00")
    assert Timestamp.fromtimestamp(0, timezone.utc) == Timestamp.parse("1970-01-01T00:00:00Z")
    assert Timestamp.from_datetime(datetime(2020, 1, 1), 100).nanosecond == 100


def test_a_zone_that_says_no_offset_is_none():
    """A time zone whose `utcoffset` is None makes a date-time without an offset on the wire."""

    class Nowhere(tzinfo):
        def utcoffset(self, moment):
            return None

        def tzname(self, moment):
            return None

        def dst(self, moment):
            return None

    assert format_timestamp(datetime(2020, 1, 2, 3, 4, 5, tzinfo=Nowhere())) == "2020-01-02T03:04:05"


@pytest.mark.parametrize("value", [None, 5, b"2020-01-02T03:04:05", date(2020, 1, 2), "2020-01-02T03:04:05"])
def test_what_is_no_date_time(value):
    """A Timestamp is parsed from a text, and made of a datetime: anything else is a TypeError that says so."""
    with pytest.raises(TypeError, match="a Timestamp is made of a datetime, not of a"):
        Timestamp.from_datetime(value)
    if not isinstance(value, str):
        with pytest.raises(TypeError, match="a date-time of the wire is a str, not"):
            Timestamp.parse(value)
