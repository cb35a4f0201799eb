"""The `SO-TimeZone` header, and date-times between the base time zone and the sender's."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest
from dateutil.tz import gettz, tzstr

from contactwire import JsonCodec, JsonPatch, MergePatch
from contactwire.carriers import ContactEntity, Person, SelectableMDOListItem
from contactwire.errors import EncodeError, HeaderError
from contactwire.localization import (
    TIME_ZONE_IDS,
    TIME_ZONE_NAMES,
    TimeZonePreference,
    change_in_zone,
    parse_time_zone,
    time_zone,
    to_answer,
    to_storage,
)
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, Carrier, Maybe


class Event(Carrier):
    when: Maybe[datetime] = UNSET
    all: Maybe[list[datetime | None]] = UNSET
    by_name: Maybe[dict[str, datetime | None]] = UNSET
    created_date: Maybe[datetime] = UNSET
    updated_date: Maybe[datetime] = UNSET
    inner: Maybe["Event"] = UNSET
    inners: Maybe[list["Event"]] = UNSET
    people: Maybe[list[Person]] = UNSET


def event(text):
    """A carrier with one date-time."""
    return Event(when=Timestamp.parse(text))


def stored(text, header, base="NO"):
    """The date-time that storage gets."""
    return to_storage(event(text), header and parse_time_zone(header), base).when


def answered(text, header, base="NO"):
    """The date-time that an answer shows."""
    return str(to_answer(event(text), header and parse_time_zone(header), base).when)


WORKED = [
    ("2018-12-24T12:34:45", None, "2018-12-24T12:34:45", "2018-12-24T12:34:45"),
    ("2018-12-24T12:34:45", "NO", "2018-12-24T12:34:45", "2018-12-24T12:34:45"),
    ("2018-12-24T12:34:45", "US-NY", "2018-12-24T18:34:45", "2018-12-24T12:34:45"),
    ("2018-12-24T12:34:45Z", "US-NY, includeTZOffset", "2018-12-24T13:34:45", "2018-12-24T07:34:45-0500"),
    ("2018-12-24T12:34:45Z", "US-NY", "2018-12-24T13:34:45", "2018-12-24T07:34:45"),
]


@pytest.mark.parametrize(("sent", "header", "storage", "answer"), WORKED)
def test_worked_examples(sent, header, storage, answer):
    """Each worked example of the documentation, with Norway as the base, holds for a contact."""
    preference = header and parse_time_zone(header)
    contact = ContactEntity(dbi_last_modified=Timestamp.parse(sent))
    kept = to_storage(contact, preference, "NO")
    assert str(kept.dbi_last_modified) == storage
    assert str(to_answer(kept, preference, "NO").dbi_last_modified) == answer
    assert str(contact.dbi_last_modified) == sent


@pytest.mark.parametrize(
    ("header", "name", "offset"),
    [
        ("NO", "NO", False),
        ("261", "NO", False),
        ("us-ny", "US-NY", False),
        (" 460 ,\tINCLUDETZOFFSET ", "US-NY", True),
        ("UTC,includeTZOffset", "UTC", True),
        ("1", "UTC", False),
        ("includeTZOffset", None, True),
        ("\t INCLUDEtzoffset ", None, True),
    ],
)
def test_header(header, name, offset):
    """The header holds a name in any letter case or a known id, the request for offsets, or both."""
    preference = parse_time_zone(header)
    assert preference == TimeZonePreference(name, offset)
    assert parse_time_zone(str(preference)) == preference
    assert pickle.loads(pickle.dumps(preference)) == preference


@pytest.mark.parametrize(
    "header",
    [
        ",",
        ", includeTZOffset",
        "includeTZOffset, NO",
        "includeTZOffset, includeTZOffset",
        "includeOffset",
        "XX",
        "US",
        "0",
        "262",
        "-1",
        "1" * 10_000,
        "²",
        "Europe/Oslo",
        "NO,",
        "NO, x",
        "NO, includeTZOffset, includeTZOffset",
        "NO\r\n",
        "../../etc/passwd",
    ],
)
def test_malformed_header(header):
    """A header with an unknown zone, or with anything unknown behind the zone, is refused."""
    with pytest.raises(HeaderError, match="SO-TimeZone") as caught:
        parse_time_zone(header)
    assert caught.value.status == 400


@pytest.mark.parametrize("header", ["", " ", "\t \t"])
def test_a_blank_header_is_as_if_absent(header):
    """A blank header counts as absent, since the vendor's client sends one where its user chose no zone."""
    assert parse_time_zone(header) is None


def test_the_base_zone_is_spelled_as_it_is_asked_for():
    """A header of `includeTZOffset` alone gives no zone and no id, and the preference is written back alike."""
    preference = parse_time_zone("includeTZOffset")
    assert (preference.name, preference.zone, preference.id, str(preference)) == (None, None, None, "includeTZOffset")
    assert str(TimeZonePreference()) == ""


BASE_ZONE = [
    ("2018-12-24T12:34:45", "NO", "2018-12-24T12:34:45", "2018-12-24T12:34:45+0100"),
    ("2018-07-24T12:34:45.0000001", "NO", "2018-07-24T12:34:45.0000001", "2018-07-24T12:34:45.0000001+0200"),
    ("2018-12-24T12:34:45Z", "NO", "2018-12-24T13:34:45", "2018-12-24T13:34:45+0100"),
    ("2018-12-24T12:34:45-0500", "UTC", "2018-12-24T17:34:45", "2018-12-24T17:34:45+0000"),
    ("1760-01-01T00:00:00", "NO", "1760-01-01T00:00:00", "1760-01-01T00:00:00"),
]


@pytest.mark.parametrize(("sent", "base", "storage", "answer"), BASE_ZONE)
def test_the_base_zone_with_offsets(sent, base, storage, answer):
    """`includeTZOffset` alone moves no clock time; answers show the base zone's offset, and UTC for `UpdatedDate`."""
    assert str(stored(sent, "includeTZOffset", base)) == storage
    assert answered(storage, "includeTZOffset", base) == answer
    value = Event(updated_date=Timestamp.parse("2018-12-24T12:00:00"))
    assert str(to_answer(value, parse_time_zone("includeTZOffset"), base).updated_date) == "2018-12-24T12:00:00Z"


def test_a_change_in_the_base_zone_sees_offsets():
    """A change under `includeTZOffset` sees offsets, and stores the dates that it sets without them."""
    kept = Timestamp.parse("2018-10-28T02:30:00.0000001").replace(fold=1)

    def change(seen):
        assert str(seen.when) == "2018-10-28T02:30:00.0000001+0100"
        return Event(when=seen.when, all=[Timestamp.parse("2018-12-24T12:00:00Z"), Timestamp.parse("2018-12-24T12:00:00")])

    changed = change_in_zone(Event(when=kept), change, parse_time_zone("includeTZOffset"), "NO")
    assert changed.when is kept
    assert [str(value) for value in changed.all] == ["2018-12-24T13:00:00", "2018-12-24T12:00:00"]


@pytest.mark.parametrize(
    ("id", "name", "winter", "summer"),
    [
        (1, "UTC", 0, 0),
        (36, "AU-ACT", 11, 10),
        (50, "BD", 6, 6),
        (114, "CA-QC", -5, -4),
        (140, "DK", 1, 2),
        (156, "FR", 1, 2),
        (261, "NO", 1, 2),
        (425, "US-CA", -8, -7),
        (433, "US-HI", -10, -10),
        (460, "US-NY", -5, -4),
    ],
)
def test_known_ids(id, name, winter, summer):
    """Each known id stands for its name and for a zone with the documented offsets."""
    assert TIME_ZONE_IDS[id] == name
    preference = parse_time_zone(str(id))
    assert preference.id == id
    for month, hours in ((1, winter), (7, summer)):
        assert datetime(2020, month, 1, tzinfo=preference.zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("name", TIME_ZONE_NAMES)
def test_every_name_has_a_zone(name):
    """The time-zone database knows every zone on the list."""
    assert datetime(2020, 1, 1, tzinfo=time_zone(name.lower())).utcoffset() is not None


def test_names_without_a_known_id():
    """A zone whose id is not known has None as its id."""
    assert parse_time_zone("SE").id is None


@pytest.mark.parametrize(
    ("sent", "header", "expected"),
    [
        ("2018-12-24T12:34:45Z", None, "2018-12-24T13:34:45"),
        ("2018-12-24T12:34:45+0100", "US-NY", "2018-12-24T12:34:45"),
        ("2018-12-24T12:34:45+01:00", "NO", "2018-12-24T12:34:45"),
        ("2018-07-24T12:34:45.1234567", "US-NY", "2018-07-24T18:34:45.1234567"),
        ("2018-07-24T12:34:45.0000001Z", "BD", "2018-07-24T14:34:45.0000001"),
    ],
)
def test_storing(sent, header, expected):
    """A date-time's own offset wins over the header, and the seventh digit stays."""
    assert str(stored(sent, header)) == expected


@pytest.mark.parametrize(
    ("value", "header", "expected"),
    [
        ("2018-07-01T12:00:00", "UTC, includeTZOffset", "2018-07-01T10:00:00+0000"),
        ("2018-07-01T12:00:00.1234567", "NO, includeTZOffset", "2018-07-01T12:00:00.1234567+0200"),
        ("2018-07-01T12:00:00", "IN, includeTZOffset", "2018-07-01T15:30:00+0530"),
        ("2018-07-01T12:00:00", "CA-NL, includeTZOffset", "2018-07-01T07:30:00-0230"),
        ("2018-07-01T12:00:00+02:00", "US-NY", "2018-07-01T06:00:00"),
        ("2018-07-01T12:00:00+02:00", None, "2018-07-01T12:00:00+02:00"),
    ],
)
def test_answering(value, header, expected):
    """An offset in an answer has four digits and no colon, also for zero and for half hours."""
    assert answered(value, header) == expected


OPEN = [
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59",
    "9999-12-31T23:59:59.9999999",
    "9999-12-31T23:59:59.997",
]


@pytest.mark.parametrize("text", OPEN)
@pytest.mark.parametrize("header", ["US-NY", "BD, includeTZOffset"])
def test_no_date_and_the_open_end_never_move(text, header):
    """.NET's "no date" and its last date-time are no instants, so no zone moves them or adds an offset."""
    assert str(stored(text, header)) == text
    assert answered(text, header) == text
    contact = ContactEntity(updated_date=Timestamp.parse(text))
    assert to_answer(contact, parse_time_zone(header), "NO") is contact


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:01",
        "0001-01-01T05:00:00+14:00",
        "9999-12-31T23:00:00",
        "9999-12-31T23:00:00-14:00",
        "9999-12-31T22:00:00.9999999Z",
    ],
)
@pytest.mark.parametrize("header", ["US-NY", "BD, includeTZOffset", "US-HI", "NZ"])
def test_the_ends_of_time_do_not_overflow(text, header):
    """Near the years 1 and 9999 a date-time moves if it can and stays if it cannot, without an error."""
    for base in ("NO", "US-HI", "AU-ACT"):
        stored(text, header, base)
        answered(text, header, base)


def test_an_instant_that_no_year_holds_stays():
    """A date-time that would move out of the years 1 to 9999 stays as it came."""
    assert str(stored("9999-12-31T20:00:00", "US-NY", "BD")) == "9999-12-31T20:00:00"


def test_local_mean_time_shows_whole_minutes():
    """An offset with seconds, as Liberia's until 1972, is rounded with the clock time, so that the instant stays."""
    text = answered("1960-01-01T12:00:00", "LR, includeTZOffset", "UTC")
    assert text in ("1960-01-01T11:16:00-0044", "1960-01-01T11:15:00-0045")


OLD = [
    "1760-01-01T00:00:00",
    "1760-01-01T00:00:00Z",
    "1899-12-31T23:59:59.9999999+14:00",
    "0001-01-02T00:00:00",
    "0002-01-01T00:00:00-1400",
]


@pytest.mark.parametrize("text", OLD)
@pytest.mark.parametrize("header", ["US-NY", "FR", "FR, includeTZOffset", "GU, includeTZOffset", "AU-ACT"])
def test_dates_before_1900_stay(text, header):
    """No zone moves a date-time before 1900, in storage or in answers."""
    for base in ("UTC", "NO", "US-HI"):
        assert str(stored(text, header, base)) == text
        assert answered(text, header, base) == text


def test_dates_do_not_move_to_before_1900():
    """A date-time in the first hours of 1900 stays if it would move into 1899, and later ones move and come back."""
    assert str(stored("1900-01-01T00:00:00", "NO", "US-NY")) == "1900-01-01T00:00:00"
    assert answered("1900-01-01T00:00:00", "US-NY", "NO") == "1900-01-01T00:00:00"
    assert str(stored("1900-01-02T00:00:00", "US-NY", "UTC")) == "1900-01-02T05:00:00"
    assert answered("1900-01-02T05:00:00", "US-NY", "UTC") == "1900-01-02T00:00:00"


def test_summer_time_goes_on_after_2037():
    """Years after 2037, where a 32-bit time zone database ends, have summer time as well."""
    assert str(stored("2040-07-01T12:00:00", "US-NY", "NO")) == "2040-07-01T18:00:00"
    assert answered("2040-07-01T18:00:00", "US-NY, includeTZOffset", "NO") == "2040-07-01T12:00:00-0400"


def test_a_time_that_comes_twice():
    """A clock time that comes twice in autumn is the first, in summer time, unless the value's fold says the second."""
    assert str(stored("2018-10-28T02:30:00", "NO", "UTC")) == "2018-10-28T00:30:00"
    second = Event(when=Timestamp(2018, 10, 28, 2, 30, fold=1))
    assert str(to_storage(second, parse_time_zone("NO"), "UTC").when) == "2018-10-28T01:30:00"


def test_both_times_of_an_hour_come_back():
    """In a zone with an hour that comes twice, the fold of a stored date-time tells the two instants apart."""
    for text in ("2018-10-28T00:30:00Z", "2018-10-28T01:30:00Z"):
        kept = to_storage(event(text), parse_time_zone("UTC"), "NO")
        assert str(kept.when) == "2018-10-28T02:30:00"
        assert str(to_answer(kept, parse_time_zone("UTC"), "NO").when) + "Z" == text
    assert answered("2018-10-28T02:30:00", "NO, includeTZOffset") == "2018-10-28T02:30:00+0200"


def test_a_time_that_the_clock_skips():
    """A clock time that spring skips moves on by the skipped hour: 02:30 becomes 03:30."""
    assert str(stored("2018-03-25T02:30:00", "NO", "UTC")) == "2018-03-25T01:30:00"
    assert answered("2018-03-25T02:30:00", "NO, includeTZOffset") == "2018-03-25T03:30:00+0200"
    assert str(stored("2018-03-25T02:30:00", "NO", "NO")) == "2018-03-25T02:30:00"


@pytest.mark.parametrize("fold", [0, 1])
@pytest.mark.parametrize("base", [ZoneInfo("Europe/Oslo"), gettz("Europe/Oslo"), tzstr("CET-1CEST,M3.5.0,M10.5.0/3")])
def test_a_skipped_time_moves_on_in_zones_of_any_kind(base, fold):
    """A skipped clock time moves on whatever its fold and whatever the class of the base zone."""
    skipped = Event(when=Timestamp(2018, 3, 25, 2, 30, fold=fold))
    assert str(to_answer(skipped, parse_time_zone("UTC"), base).when) == "2018-03-25T01:30:00"
    second = Event(when=Timestamp(2018, 10, 28, 2, 30, fold=fold))
    assert str(to_answer(second, parse_time_zone("UTC"), base).when) == f"2018-10-28T0{fold}:30:00"


def test_created_and_updated_dates_are_utc():
    """`CreatedDate` and `UpdatedDate` never move, at any depth, and have UTC's offset where offsets show."""
    moment, local = Timestamp.parse("2018-12-24T12:00:00.1234567"), Timestamp.parse("2018-12-24T12:00:00+01:00")
    value = Event(inners=[Event(created_date=moment, updated_date=local, when=moment)])
    inner = to_answer(value, parse_time_zone("US-NY"), "NO").inners[0]
    assert (inner.created_date, inner.updated_date, str(inner.when)) == (moment, local, "2018-12-24T06:00:00.1234567")
    inner = to_answer(value, parse_time_zone("US-NY, includeTZOffset"), "NO").inners[0]
    assert str(inner.created_date) == "2018-12-24T12:00:00.1234567Z"
    assert str(inner.updated_date) == "2018-12-24T11:00:00Z"
    assert to_storage(value, parse_time_zone("US-NY"), "NO").inners[0].created_date is moment
    utc = Event(created_date=Timestamp.parse("2018-12-24T12:00:00Z"))
    assert to_answer(utc, parse_time_zone("US-NY, includeTZOffset"), "NO") is utc


def test_every_place_for_a_date():
    """Dates in lists, dictionaries, nested carriers and lists of contacts move; nulls and the argument stay."""
    moment = Timestamp.parse("2018-12-24T12:00:00")
    value = [Event(all=[moment, None], by_name={"a": moment, "b": None}, inner=Event(when=moment))]
    before = copy.deepcopy(value)
    (answer,) = to_answer(value, parse_time_zone("US-NY"), "NO")
    moved = Timestamp.parse("2018-12-24T06:00:00")
    assert answer == Event(all=[moved, None], by_name={"a": moved, "b": None}, inner=Event(when=moved))
    assert value == before


def test_strings_and_unknown_properties_stay():
    """A date in a string or in an unknown member does not move."""
    contact = ContactEntity(name="2018-12-24T12:00:00", extras={"X": "2018-12-24T12:00:00"})
    assert to_answer(contact, parse_time_zone("US-NY"), "NO") is contact


def test_carriers_without_dates_are_not_visited():
    """A carrier that cannot hold a date-time is not visited."""

    class Unread(list):
        def __iter__(self):
            raise AssertionError("visited")

    people = Unread([Person()])
    value = Event(people=people, when=Timestamp(2018, 12, 24))
    assert to_answer(value, parse_time_zone("US-NY"), "NO").people is people


def test_untouched_parts_are_shared():
    """The answer shares the parts that hold no moved date."""
    items = [SelectableMDOListItem(last_changed=Timestamp(1, 1, 1))]
    contact = ContactEntity(interests=items, dbi_last_modified=Timestamp(2018, 1, 1))
    assert to_answer(contact, parse_time_zone("US-NY"), "NO").interests is items


def test_plain_datetimes_and_other_zones():
    """Plain datetimes move too, and the base zone may be any tzinfo."""
    value = Event(when=datetime(2018, 12, 24, 12))
    assert to_answer(value, parse_time_zone("US-NY"), ZoneInfo("Europe/Oslo")).when == datetime(2018, 12, 24, 6)
    assert to_storage(value, parse_time_zone("US-NY"), timezone.utc).when == datetime(2018, 12, 24, 17)


def test_values_that_are_no_dates_pass():
    """A value of a wrong type in a date's place is left for the encoder to report."""
    value = Event(when="soon", all=5, by_name=[], inner=5)
    assert to_answer(value, parse_time_zone("US-NY"), "NO") is value


def test_endless_nesting_is_refused():
    """A carrier that holds itself raises EncodeError, not RecursionError."""
    value = Event()
    value.inners = [value]
    with pytest.raises(EncodeError, match="nesting"):
        to_storage(value, None, "NO")


@pytest.mark.parametrize("hour", [0, 1])
def test_a_change_in_a_zone_leaves_other_dates_as_they_are_stored(hour):
    """A date that a change leaves alone keeps its stored value and fold, and a date that it sets is stored."""
    doubled = Timestamp.parse("2018-10-28T02:30:00.0000001").replace(fold=hour)
    zone = parse_time_zone("US-NY, includeTZOffset")

    def move_and_set(seen):
        assert str(seen.when) == f"2018-10-27T{20 + hour}:30:00.0000001-0400"
        return Event(inners=[Event(), seen], when=Timestamp.parse("2018-12-24T06:00:00"))

    changed = change_in_zone(Event(when=doubled), move_and_set, zone, "NO")
    assert changed.inners[1].when is doubled
    assert str(changed.when) == "2018-12-24T12:00:00"


@pytest.mark.parametrize("date", ["0001-01-01T02:00:00+0500", "9999-12-31T22:00:00-0500"])
def test_a_date_that_utc_cannot_hold_stays(date):
    """A date at the ends of the calendar that has no UTC is answered as it is."""
    contact = ContactEntity(updated_date=Timestamp.parse(date), created_date=Timestamp.parse(date))
    assert to_answer(contact, parse_time_zone("NO, includeTZOffset"), "NO") == contact


KEPT = [
    ("the first of two times", "2022-10-30T00:30:00", "NO", "UTC", "2022-10-30T02:30:00"),
    ("the second of two times", "2022-10-30T01:30:00", "NO", "UTC", "2022-10-30T02:30:00"),
    ("to the tick", "2022-10-30T01:30:00.1234567", "NO", "UTC", "2022-10-30T02:30:00.1234567"),
    ("a skipped time", "2018-03-25T02:30:00", "US-NY", "NO", "2018-03-24T21:30:00"),
    ("a skipped time in its own zone", "2018-03-25T02:30:00", "NO, includeTZOffset", "NO", "2018-03-25T03:30:00+0200"),
    ("a time with an offset", "2018-07-01T12:00:00+02:00", "US-NY", "NO", "2018-07-01T06:00:00"),
    ("a time with an offset in its own zone", "2018-07-01T12:00:00+02:00", "NO", "NO", "2018-07-01T12:00:00"),
    ("a time in UTC", "2018-07-01T12:00:00Z", "UTC, includeTZOffset", "UTC", "2018-07-01T12:00:00+0000"),
    ("the first hours of 1900", "1900-01-01T00:00:00", "US-NY", "NO", "1900-01-01T00:00:00"),
    ("the first hours of 1900, the other way", "1900-01-01T00:00:00", "NO", "US-NY", "1900-01-01T06:00:00"),
    ("the last hours of 9999", "9999-12-31T20:00:00", "BD", "US-NY", "9999-12-31T20:00:00"),
    ("the last hours of 9999, the other way", "9999-12-31T20:00:00", "US-NY", "BD", "9999-12-31T09:00:00"),
    ("before 1900", "1760-01-01T00:00:00Z", "US-NY", "NO", "1760-01-01T00:00:00Z"),
    ("no date", "0001-01-01T00:00:00", "US-NY", "NO", "0001-01-01T00:00:00"),
    ("an offset with seconds", "1960-01-01T12:00:30", "LR, includeTZOffset", "UTC", "1960-01-01T11:16:30-0044"),
    ("a clock with seconds in its offset", "1960-01-01T12:00:30", "LR", "UTC", "1960-01-01T11:16:00"),
]


def resent(value):
    """A carrier whose dates have gone over the wire, where they lose their fold."""
    codec = JsonCodec()
    return codec.decode(codec.encode(value), type(value))


@pytest.mark.parametrize(("name", "date", "header", "base", "shown"), KEPT, ids=[name for name, *_ in KEPT])
def test_a_date_that_is_put_back_as_it_was_shown_is_stored_as_it_was(name, date, header, base, shown):
    """A date that comes back as an answer showed it keeps its stored value, in a PUT, a JSON Patch and a merge patch."""
    value, zone = event(date), parse_time_zone(header)
    sent = resent(to_answer(value, zone, base))
    assert str(sent.when) == shown
    test, replace = ({"op": op, "path": "/When", "value": shown} for op in ("test", "replace"))
    patches = [JsonPatch.parse([test, replace]), JsonPatch.parse([]), MergePatch.parse({"When": shown})]
    for change in (lambda seen: sent, *(patch.apply for patch in patches)):
        changed = change_in_zone(value, change, zone, base)
        assert (changed, str(changed.when)) == (value, date)


@pytest.mark.parametrize(
    ("header", "sent", "expected"),
    [
        ("NO", "2022-10-30T02:30:00", "2022-10-30T01:30:00"),
        ("NO", "2022-10-30T02:30:00.0000001", "2022-10-30T00:30:00.0000001"),
        ("NO", "2022-10-30T02:30:00+0200", "2022-10-30T00:30:00"),
        ("NO", "2022-10-30T00:30:00Z", "2022-10-30T00:30:00"),
        ("NO", "2022-10-30T01:30:00Z", "2022-10-30T01:30:00"),
        ("NO", "2022-10-30T03:30:00", "2022-10-30T02:30:00"),
        ("NO, includeTZOffset", "2022-10-30T02:30:00+01:00", "2022-10-30T01:30:00"),
        ("NO, includeTZOffset", "2022-10-30T02:30:00+0200", "2022-10-30T00:30:00"),
    ],
)
def test_another_date_than_was_shown_is_stored(header, sent, expected):
    """Of two times that a clock shows alike, an offset says which is meant; without one it is the one that was shown."""
    value = event("2022-10-30T01:30:00")
    assert str(change_in_zone(value, lambda seen: event(sent), parse_time_zone(header), "UTC").when) == expected
    patch = MergePatch.parse({"When": sent})
    assert str(change_in_zone(value, patch.apply, parse_time_zone(header), "UTC").when) == expected


@pytest.mark.parametrize("header", ["includeTZOffset", "US-NY, includeTZOffset"])
@pytest.mark.parametrize("stored_as", ["2022-10-30T00:30:00Z", "2022-10-30T02:30:00+02:00"])
@pytest.mark.parametrize("attribute", ["created_date", "when"])
def test_an_instant_in_another_spelling_keeps_its_stored_value(header, stored_as, attribute):
    """A date with an offset that comes back as the same instant with another offset is stored as it was, in UTC or not."""
    value = Event(**{attribute: Timestamp.parse(stored_as)})
    sent = Event(**{attribute: Timestamp.parse("2022-10-30T01:30:00+01:00")})
    changed = change_in_zone(value, lambda seen: sent, parse_time_zone(header), "UTC")
    assert str(getattr(changed, attribute)) == stored_as


def test_a_folded_date_of_the_base_zone_keeps_its_fold():
    """A stored date whose fold says that it is the second of two times keeps it, in the base zone as in others."""
    value = Event(when=Timestamp(2018, 10, 28, 2, 30, fold=1))
    for header in ("NO", "UTC", "US-NY", "NO, includeTZOffset"):
        zone = parse_time_zone(header)
        sent = resent(to_answer(value, zone, "NO"))
        changed = change_in_zone(value, lambda seen, sent=sent: sent, zone, "NO")
        assert (changed, changed.when.fold) == (value, 1)


FIRST, SECOND, SHOWN = (Timestamp.parse(f"2022-10-30T0{hour}:30:00") for hour in (0, 1, 2))
OTHER = Timestamp.parse("2020-01-01T00:00:00")


def test_dates_in_items_that_a_client_moves_removes_and_adds():
    """Dates in lists, dictionaries and items keep their stored values where the item is found again, by its date too."""
    value = Event(
        all=[FIRST, OTHER, None, SECOND],
        by_name={"a": SECOND, "b": FIRST},
        inners=[Event(when=OTHER), Event(when=SECOND), Event(created_date=SECOND)],
    )
    zone = parse_time_zone("NO")
    sent = resent(to_answer(value, zone, "UTC"))
    sent.all = [SHOWN, None, SHOWN]
    sent.by_name["c"] = SHOWN
    sent.inners = [Event(created_date=SECOND), sent.inners[1], Event(by_name={"x": SHOWN})]
    changed = change_in_zone(value, lambda seen: sent, zone, "UTC")
    assert changed.all == [FIRST, None, SECOND]
    assert changed.by_name == {"a": SECOND, "b": FIRST, "c": FIRST}
    assert changed.inners == [Event(created_date=SECOND), Event(when=SECOND), Event(by_name={"x": FIRST})]


def test_an_item_that_is_alike_but_for_its_date_is_found_by_it():
    """Where one of two items that only their dates tell apart is removed, the other keeps its stored date."""
    value = Event(
        inners=[Event(when=OTHER, people=[Person(firstname="x")]), Event(when=SECOND, people=[Person(firstname="x")])]
    )
    zone = parse_time_zone("NO")
    sent = resent(to_answer(value, zone, "UTC"))
    del sent.inners[0]
    assert change_in_zone(value, lambda seen: sent, zone, "UTC").inners == value.inners[1:]


def test_values_that_are_no_dates_pass_through_a_change():
    """A value of a wrong type in a date's place passes through a change as it is."""
    value = Event(when=SECOND, all=[SECOND], inner=Event(when=SECOND))
    sent = Event(when="soon", all=5, inner=None)
    assert change_in_zone(value, lambda seen: sent, parse_time_zone("NO"), "UTC") == sent
    assert change_in_zone(sent, lambda seen: value, parse_time_zone("NO"), "NO") == value


def test_hooks_do_not_run_for_a_date_that_is_kept():
    """A converter of a class does not see the dates that are kept, in no zone."""

    class Daily(Carrier):
        day: Maybe[datetime] = attrs.field(default=UNSET, converter=lambda day: day and day.replace(minute=0))

    value = Daily(day=Timestamp.parse("2022-10-30T01:00:00"))
    zone = parse_time_zone("NO")
    sent = resent(to_answer(value, zone, "UTC"))
    assert str(change_in_zone(value, lambda seen: sent, zone, "UTC").day) == "2022-10-30T01:00:00"


MOVES = [
    lambda base, preference: to_storage(ContactEntity(), preference, base),
    lambda base, preference: to_answer(ContactEntity(), preference, base),
    lambda base, preference: change_in_zone(ContactEntity(), lambda contact: contact, preference, base),
]


@pytest.mark.parametrize("move", MOVES)
def test_a_base_zone_is_the_callers(move):
    """A wrong base zone is the caller's mistake, and not that of a client's `SO-TimeZone`."""
    preference = TimeZonePreference("NO")
    with pytest.raises(ValueError, match="'Europe/Oslo' is not on the CRM's list of time zones") as caught:
        move("Europe/Oslo", preference)
    assert not isinstance(caught.value, HeaderError)
    for base in (None, 5, b"NO", ["NO"]):
        with pytest.raises(TypeError, match="a base time zone is a name on the CRM's list, such as 'NO', or a tzinfo, not"):
            move(base, preference)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("preference", ["NO", 261, ZoneInfo("Europe/Oslo")])
def test_what_is_no_preference(move, preference):
    """A name or a zone in place of a preference is a TypeError that says how to get one."""
    with pytest.raises(TypeError, match=r"a preference is a TimeZonePreference, as parse_time_zone\('NO'\) gives one, not"):
        move("UTC", preference)


@pytest.mark.parametrize("name", [261, b"NO", ["NO"]])
def test_the_name_of_a_zone_is_a_text(name):
    """A preference with another name is a TypeError where it is made."""
    with pytest.raises(TypeError, match="name is of type str, not"):
        TimeZonePreference(name)


def test_a_preference_for_an_unknown_zone_is_the_clients():
    """A zone that a preference names, and that is not on the list, is a fault of the header field when it is looked up."""
    with pytest.raises(HeaderError, match='SO-TimeZone: no such time zone: "MARS"'):
        to_storage(ContactEntity(), TimeZonePreference("Mars"), "NO")
