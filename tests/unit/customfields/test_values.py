"""Custom-field strings as Python values, and back."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from contactwire.customfields import build_value, is_pseudo_key, parse_value, parse_value_as
from contactwire.errors import EncodeError, ValidationError, shorten
from contactwire.timestamps import Timestamp

BOTH_WAYS = [
    ("integer", 23, "[I:23]", "[I:23]"),
    ("negative integer", -5, "[I:-5]", "[I:-5]"),
    ("widest integer", 2**63 - 1, "[I:9223372036854775807]", "[I:9223372036854775807]"),
    ("double", 1234.5, "[F:1234.5]", "[F:1234.5]"),
    ("large double", 1e21, "[F:1e+21]", "[F:1e+21]"),
    ("money", Decimal("12.50"), "[M:12.50]", "[M:12.50]"),
    ("date", date(2020, 1, 31), "[D:01/31/2020]", "[D:01/31/2020]"),
    ("early date", date(1, 2, 3), "[D:02/03/0001]", "[D:02/03/0001]"),
    (
        "date-time",
        Timestamp(2020, 1, 31, 13, 45),
        "[DT:01/31/2020 13:45:00.0000000]",
        "[D:01/31/2020 13:45:00.0000000]",
    ),
    (
        "ticks",
        Timestamp(2020, 1, 31, 13, 45, 1, 123456, nanosecond=700),
        "[DT:01/31/2020 13:45:01.1234567]",
        "[D:01/31/2020 13:45:01.1234567]",
    ),
    ("midnight", Timestamp(2020, 1, 31), "[DT:01/31/2020 00:00:00.0000000]", "[D:01/31/2020 00:00:00.0000000]"),
    ("unset date", None, "[DT:01/01/0001 00:00:00.0000000]", "[D:01/01/0001 00:00:00.0000000]"),
    ("time", time(14, 52), "[T:14:52]", "[T:14:52]"),
    ("time with seconds", time(14, 52, 9), "[T:14:52:09]", "[T:14:52:09]"),
    ("time with microseconds", time(0, 0, 0, 5), "[T:00:00:00.0000050]", "[T:00:00:00.0000050]"),
    ("seconds", timedelta(seconds=90), "[TS:90]", "[TS:90]"),
    ("negative seconds", timedelta(seconds=-1.5), "[TS:-1.500000]", "[TS:-1.500000]"),
    ("list of integers", [3, 4, 5], "[A:3,4,5]", "[A:3,4,5]"),
    ("empty list", [], "[A:]", "[A:]"),
    ("bytes", b"\x00\xff", "[B:AP8=]", "[B:AP8=]"),
    ("no bytes", b"", "[B:]", "[B:]"),
    ("text", "Updated Text Here", "Updated Text Here", "Updated Text Here"),
    ("empty text", "", "", ""),
    ("string resource", "[SR_MANDATORY_FIELD_1281]", "[SR_MANDATORY_FIELD_1281]", "[SR_MANDATORY_FIELD_1281]"),
    ("a marker inside text", "see [I:3]", "see [I:3]", "see [I:3]"),
    ("no closing bracket", "[I:3", "[I:3", "[I:3"),
    ("an unknown marker", "[X:3]", "[X:3]", "[X:3]"),
    ("a marker in small letters", "[i:3]", "[i:3]", "[i:3]"),
]


@pytest.mark.parametrize(("name", "value", "custom", "user_defined"), BOTH_WAYS)
def test_values_both_ways(name, value, custom, user_defined):
    """A Python value has one string in each dictionary, and the string gives the value back."""
    for dictionary, text in (("CustomFields", custom), ("ExtraFields", custom), ("UserDefinedFields", user_defined)):
        assert build_value(value, dictionary=dictionary) == text
        parsed = parse_value(text, dictionary=dictionary)
        assert (parsed.value, type(parsed.value), parsed.issue) == (value, type(value), None)


@pytest.mark.parametrize(
    ("dictionary", "spelled"), [("CustomFields", ("[I:1]", "[I:0]")), ("UserDefinedFields", ("True", "False"))]
)
def test_booleans(dictionary, spelled):
    """`UserDefinedFields` writes booleans as `True` and `False`, the others write `[I:1]` and `[I:0]`."""
    assert (build_value(True, dictionary=dictionary), build_value(False, dictionary=dictionary)) == spelled
    assert [parse_value(text, dictionary=dictionary).value for text in spelled] == [True, False]
    assert [parse_value_as(text, bool) for text in spelled] == [True, False]
    assert parse_value("True").value == "True"


READ = [
    ("[D:2020.08.27]", date(2020, 8, 27)),
    ("[D:09.11.2017]", date(2017, 11, 9)),
    ("[D:08/27/2020]", date(2020, 8, 27)),
    ("[D:8/7/2020]", date(2020, 8, 7)),
    ("[D:08/27/2020 13:45:00]", Timestamp(2020, 8, 27, 13, 45)),
    ("[D:27.08.2020 13:45]", Timestamp(2020, 8, 27, 13, 45)),
    ("[D:2020.08.27 13:45:00.5]", Timestamp(2020, 8, 27, 13, 45, 0, 500000)),
    ("[DT:11/09/2017 14:53:18]", Timestamp(2017, 11, 9, 14, 53, 18)),
    ("[DT:01/31/2020]", Timestamp(2020, 1, 31)),
    ("[DT:01/31/2020 13:45:00.0000001]", Timestamp(2020, 1, 31, 13, 45, nanosecond=100)),
    ("[D:01/01/0001]", None),
    ("[D:01/01/0001 00:00:00.0000000]", None),
    ("[DT:01/01/0001 00:00:00]", None),
    ("[T:9:05]", time(9, 5)),
    ("[T:9:05:00.1]", time(9, 5, 0, 100000)),
    ("[F:1234.50]", 1234.5),
    ("[F:.5]", 0.5),
    ("[F:+5.]", 5.0),
    ("[F:1E+21]", 1e21),
    ("[M:1234.50]", Decimal("1234.50")),
    ("[I: 5 ]", 5),
    ("[A:3, 4 ,5]", [3, 4, 5]),
    ("[TS:0.5]", timedelta(seconds=0.5)),
    (None, None),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_every_input_layout(text, value):
    """Dates are read in three layouts, with a time or without, and numbers in .NET's spellings."""
    parsed = parse_value(text)
    assert (parsed.value, type(parsed.value), parsed.issue) == (value, type(value), None)


BROKEN = [
    "[I:soon]",
    "[I:]",
    "[I:1.5]",
    "[I:9223372036854775808]",
    "[I:1_000]",
    "[I:²]",
    "[F:1,5]",
    "[F:NaN]",
    "[F:Infinity]",
    "[F:1e999]",
    "[F:1e999999999]",
    "[M:1e-9999]",
    "[M:" + "9" * 100_000 + "]",
    "[D:13/45/2020]",
    "[D:31/01/2020]",
    "[D:2020-01-31]",
    "[D:02/30/2020]",
    "[D:01/31/0000]",
    "[D:01/31/2020 24:00:00]",
    "[D:01/31/2020 13:60]",
    "[DT:01/31/2020 13:45:00.00000001]",
    "[DT:tomorrow]",
    "[T:24:00]",
    "[T:14]",
    "[T:14:52:00.0000001]",
    "[TS:99999999999999]",
    "[TS:1e5]",
    "[TS:0.0000001]",
    "[A:3,,4]",
    "[A:x]",
    "[B:?]",
    "[B:é]",
    "[B:AAA]",
    "[I:1]]",
    "[I:1]\n]",
]


@pytest.mark.parametrize("text", BROKEN)
def test_markers_that_do_not_parse(text):
    """A string that has a marker's shape but does not parse stays text, is reported, and can be written again."""
    parsed = parse_value(text)
    assert (parsed.value, parsed.marker) == (text, "")
    assert parsed.issue is not None
    shown = shorten(text)
    assert parsed.issue.message.startswith((f"{shown} is ", f"{shown} has ", f"{shown} does "))
    assert build_value(text) == text


@pytest.mark.parametrize("text", ["[I:3]", "[D:01/31/2020]", "[A:]", "[B:]", "[T:14:52]"])
def test_text_that_would_come_back_as_a_value(text):
    """Text that would be read as a marker is refused, since no escape for it exists."""
    with pytest.raises(EncodeError, match="read back as a value"):
        build_value(text)


@pytest.mark.parametrize("text", ["True", "False"])
def test_text_that_would_come_back_as_a_bare_boolean(text):
    """Text that a dictionary spells booleans with is refused in that one, and is text in the others."""
    with pytest.raises(EncodeError, match="read back as a value"):
        build_value(text, dictionary="UserDefinedFields")
    assert build_value(text) == text


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("1e999999"),
        Decimal("Infinity"),
        Timestamp(2020, 1, 1, tzinfo=timezone.utc),
        time(1, tzinfo=timezone.utc),
        [True],
        ["a"],
        [2**63],
        {},
        object(),
        1j,
    ],
)
def test_values_that_no_marker_holds(value):
    """A number out of range, a time with a zone and a list of anything but integers are the caller's fault."""
    with pytest.raises(EncodeError):
        build_value(value)


@pytest.mark.parametrize(
    ("value", "marker", "text"),
    [
        (5, "F", "[F:5]"),
        (5, "M", "[M:5]"),
        (5, "I", "[I:5]"),
        (1.5, "M", "[M:1.5]"),
        (Decimal("1.50"), "F", "[F:1.50]"),
        (Decimal("1E+3"), "", "[M:1000]"),
        (date(2020, 1, 31), "DT", "[DT:01/31/2020 00:00:00.0000000]"),
        (datetime(2020, 1, 31, 1), "D", "[DT:01/31/2020 01:00:00.0000000]"),
        (None, "D", "[D:01/01/0001 00:00:00.0000000]"),
        (None, "I", "[DT:01/01/0001 00:00:00.0000000]"),
        (True, "F", "[I:1]"),
        ("text", "I", "text"),
        ((1, 2), "", "[A:1,2]"),
    ],
)
def test_the_marker_that_a_field_has_had(value, marker, text):
    """A new value is written with the field's old marker: a number stays a double or money, a date stays a date-time."""
    assert build_value(value, marker=marker) == text


AS_TYPES = [
    ("[I:1]", int, 1),
    ("[I:1]", bool, True),
    ("[I:0]", bool, False),
    ("[I:1]", float, 1.0),
    ("[I:1]", Decimal, Decimal(1)),
    ("[I:1]", str, "[I:1]"),
    ("42", int, 42),
    (" 42 ", int, 42),
    ("42", float, 42.0),
    ("0.10", Decimal, Decimal("0.10")),
    ("[F:0.10]", Decimal, Decimal("0.10")),
    ("[M:0.10]", float, 0.1),
    ("true", bool, True),
    ("FALSE", bool, False),
    ("1", bool, True),
    ("01/31/2020", date, date(2020, 1, 31)),
    ("[DT:01/31/2020 13:45:00]", date, date(2020, 1, 31)),
    ("[D:01/31/2020]", datetime, Timestamp(2020, 1, 31)),
    ("31.01.2020 13:45", Timestamp, Timestamp(2020, 1, 31, 13, 45)),
    ("[D:01/01/0001]", date, None),
    ("14:52", time, time(14, 52)),
    ("90", timedelta, timedelta(seconds=90)),
    ("3,4", list, [3, 4]),
    ("[A:]", list, []),
    ("AP8=", bytes, b"\x00\xff"),
    ("", int, None),
    ("", str, ""),
    (None, int, None),
    (None, str, None),
]


@pytest.mark.parametrize(("text", "type", "value"), AS_TYPES)
def test_values_as_the_caller_knows_them(text, type, value):
    """`parse_value_as` reads one string as whichever type the caller names."""
    found = parse_value_as(text, type)
    assert found == value
    assert found is None or isinstance(found, type)


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("[I:2]", bool),
        ("[F:1.5]", int),
        ("x", int),
        ("[A:1]", int),
        ("[I:1]", date),
        ("[I:]", int),
        ("[T:1]", time),
        ("2", bool),
    ],
)
def test_values_of_another_type(text, type):
    """`parse_value_as` refuses a string that cannot be of the type asked for, and says what it expected."""
    with pytest.raises(ValidationError) as caught:
        parse_value_as(text, type)
    (issue,) = caught.value.issues
    assert (issue.pointer, issue.expected) == ("", type.__name__)


def test_types_that_custom_fields_never_hold():
    """A type that custom fields never hold is a mistake in the program."""
    with pytest.raises(TypeError, match="dict"):
        parse_value_as("x", dict)


@pytest.mark.parametrize(
    "text", ["[D:" + " " * 300_000 + "]", "[F:" + "1" * 300_000 + "x]", "[A:" + "1," * 100_000 + "]", "[" * 300_000]
)
def test_long_hostile_strings_end_soon(text):
    """Parsing a long string takes time in proportion to its length."""
    assert parse_value(text).value == text


@pytest.mark.parametrize(
    ("key", "pseudo"),
    [
        ("SuperOffice:1", False),
        ("SuperOffice:1:org", True),
        ("x_foo:DisplayText", True),
        ("x_foo:DISPLAYTOOLTIP", True),
        ("x_foo", False),
        (":org", False),
        ("x_org", False),
        ("x:organisation", False),
    ],
)
def test_pseudo_keys(key, pseudo):
    """A pseudo-key ends in one of three suffixes, in any letter case."""
    assert is_pseudo_key(key) is pseudo


def test_a_double_has_an_end():
    """Digits that are too large for a finite double are a fault."""
    with pytest.raises(ValidationError, match="is out of range"):
        parse_value_as("9" * 400, float)
