"""The laws of custom-field values."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contactwire.carriers import ContactEntity
from contactwire.customfields import CustomFieldsView, build_value, is_pseudo_key, parse_value, parse_value_as
from contactwire.errors import EncodeError
from contactwire.testing import strings
from contactwire.timestamps import Timestamp

DICTIONARIES = st.sampled_from(["CustomFields", "UserDefinedFields", "ExtraFields"])
INT64 = st.integers(-(2**63), 2**63 - 1)
MOMENTS = st.builds(
    lambda value, tick: Timestamp.from_datetime(value, tick * 100), st.datetimes(dt.datetime(1, 1, 2)), st.integers(0, 9)
)
TYPED = st.one_of(
    INT64,
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(dt.date(1, 1, 2)),
    MOMENTS,
    st.times(),
    st.timedeltas(),
    st.lists(INT64, max_size=4),
    st.binary(max_size=8),
)
MARKED = st.builds(
    "[{}:{}]".format,
    st.sampled_from(["I", "F", "M", "D", "DT", "T", "TS", "A", "B", "X"]),
    st.text(st.sampled_from("0123456789./:-+eE, ]=é"), max_size=12),
)
KEYS = st.sampled_from(["SuperOffice:1", "SUPEROFFICE:1", "x_foo", "x_foo:org", "X_FOO:DisplayText", "superoffice:1:ORG"])


@given(TYPED, DICTIONARIES)
def test_typed_values_come_back(value, dictionary):
    """Every typed value has a string in each dictionary, which is read as an equal value of the same type."""
    text = build_value(value, dictionary=dictionary)
    parsed = parse_value(text, dictionary=dictionary)
    assert (parsed.value, type(parsed.value), parsed.issue) == (value, type(value), None)
    assert parse_value_as(text, type(value)) == value


@given(st.booleans(), DICTIONARIES)
def test_booleans_come_back(value, dictionary):
    """A boolean comes back where the caller asks for one."""
    assert parse_value_as(build_value(value, dictionary=dictionary), bool) is value


@given(strings() | MARKED, DICTIONARIES)
def test_any_text_survives(text, dictionary):
    """Any string is read without an error, and text that is read as itself can be written again."""
    parsed = parse_value(text, dictionary=dictionary)
    if parsed.marker:
        assert parsed.issue is None
    elif not isinstance(parsed.value, bool):
        assert parsed.value == text
        assert build_value(text, dictionary=dictionary) == text


@given(MARKED, DICTIONARIES)
def test_what_a_marker_says_can_be_written(text, dictionary):
    """A value that was read from a marker is written with that marker as a string of the same value."""
    parsed = parse_value(text, dictionary=dictionary)
    if parsed.marker and parsed.value is not None:
        again = parse_value(build_value(parsed.value, dictionary=dictionary, marker=parsed.marker), dictionary=dictionary)
        assert (again.value, type(again.value)) == (parsed.value, type(parsed.value))


@given(st.dictionaries(KEYS, st.none() | strings() | MARKED), KEYS, TYPED | strings() | MARKED | st.none())
def test_the_view_holds_what_is_put_in(fields, key, value):
    """The view gives the value that was set, leaves other fields, and changes nothing where a value is refused."""
    before = dict(fields)
    view = CustomFieldsView(ContactEntity(custom_fields=fields))
    known = view.find(key) or key
    try:
        view[key] = value
    except EncodeError:
        assert fields == before
        assert is_pseudo_key(key) or parse_value(value).marker
        return
    assert {name: text for name, text in fields.items() if name != known}.items() <= before.items()
    if value is None:
        assert view[key] is None
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        assert view.get_as(key, dt.date) == value
    elif isinstance(value, (int, float, Decimal)):
        assert view.get_as(key, type(value)) == value
    else:
        assert view[key] == value
    assert len(view) == len(list(view)) == sum(not is_pseudo_key(name) for name in fields)
