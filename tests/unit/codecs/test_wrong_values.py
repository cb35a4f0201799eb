"""Every codec refuses a wrong value of a carrier at the same place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    Double,
    EncodeError,
    EntityElement,
    FormCodec,
    Int32,
    JsonCodec,
    Maybe,
    Selection,
    ValidationError,
    XmlCodec,
    decode,
    default_registry,
    diff,
    encode,
    from_builtins,
    to_builtins,
)
from contactwire.carriers import Category


class Knot(Carrier):
    """A carrier that can hold itself directly, in lists and in dictionaries."""

    text: Maybe[str] = UNSET
    number: Maybe[Int32] = UNSET
    knot: Maybe[Knot] = UNSET
    knots: Maybe[list[Knot]] = UNSET
    named: Maybe[dict[str, str]] = UNSET


class Strict(Carrier):
    """A carrier with a required property."""

    label: str
    note: Maybe[str] = UNSET


CODECS = [JsonCodec, XmlCodec, FormCodec]

# What no codec writes, and what none writes that validates; each with the pointer of the fault.
IMPOSSIBLE = [
    ("a lone surrogate", Knot(text="\ud800"), "/Text"),
    ("a lone surrogate in an unknown member", Knot(extras={"Odd": "\ud800"}), "/Odd"),
    ("an object of Python's own in a dictionary", Knot(named={"a": object()}), "/Named/a"),
    ("an unknown member that is known", Knot(extras={"TEXT": 5}), "/TEXT"),
    ("an unknown member that is no builtin", Knot(extras={"Odd": object()}), "/Odd"),
    ("an unknown member whose name is no string", Knot(extras={5: 5}), "/5"),
    ("an item that is no carrier", [Knot(), 5], "/1"),
    ("an item of a list of lists that is no carrier", [[Knot()], [5]], "/1/0"),
]
WRONG = [
    ("a number for a text", Knot(text=5), "/Text"),
    ("a text for a number", Knot(number="x"), "/Number"),
    ("an endless number", Knot(number=10**5000), "/Number"),
    ("a number for a carrier", Knot(knot=5), "/Knot"),
    ("a number for a list", Knot(knots=5), "/Knots"),
    ("a number for an item", Knot(knots=[Knot(), 5]), "/Knots/1"),
    ("a number for a dictionary", Knot(named=5), "/Named"),
    ("a number for a key", Knot(named={5: "a"}), "/Named/5"),
]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("value", "pointer"), [row[1:] for row in IMPOSSIBLE + WRONG], ids=[row[0] for row in IMPOSSIBLE + WRONG]
)
def test_a_wrong_value_is_refused_at_its_place(codec, value, pointer):
    """Every codec reports one fault for a wrong value, with the same pointer."""
    with pytest.raises(EncodeError) as caught:
        codec().encode(value)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("value", "pointer"), [row[1:] for row in IMPOSSIBLE], ids=[row[0] for row in IMPOSSIBLE])
def test_what_cannot_be_written_is_refused_without_validation_too(codec, value, pointer):
    """`validate=False` writes wrong values that have a spelling, and refuses the others."""
    with pytest.raises(EncodeError) as caught:
        codec(validate=False).encode(value)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


@pytest.mark.parametrize(
    ("codec", "body"),
    [
        (JsonCodec(validate=False), b'{"Text":true,"Number":"x"}'),
        (XmlCodec(validate=False), b"<Text>true</Text><Number>x</Number>"),
        (FormCodec(validate=False), b"Text=true&Number=x"),
    ],
    ids=["JSON", "XML", "a form"],
)
def test_wrong_single_values_are_spelled_without_validation(codec, body):
    """With `validate=False` a wrong single value is written as the value that it looks like."""
    assert body in codec.encode(Knot(text=True, number="x"))


@pytest.mark.parametrize("codec", [JsonCodec(validate=False), XmlCodec(validate=False)], ids=["JSON", "XML"])
def test_a_number_without_an_end_has_no_text(codec):
    """An integer with more digits than Python writes is refused, with `validate=False` too."""
    with pytest.raises(EncodeError, match="/Number"):
        codec.encode(Knot(number=10**5000))


@pytest.mark.parametrize("codec", CODECS)
def test_only_a_selection_takes_away_what_must_be_there(codec):
    """A required property may be missing in a carrier that a selection made, and is a fault where a caller deleted it."""
    view = Selection.parse("note", Strict).apply(Strict(label="a", note="b"), unselected="omit")
    assert b"b" in codec().encode(view)
    broken = Strict(label="a")
    broken.label = UNSET
    with pytest.raises(EncodeError, match="/Label"):
        codec().encode(broken)


@pytest.mark.parametrize("codec", CODECS)
def test_what_derives_from_a_text_is_written_as_its_text(codec):
    """An instance of a caller's subclass of `str` or `float` is written by its value, whatever its `__str__` says."""

    class Loud(str):
        __slots__ = ()

        def __str__(self):
            return "LOUD"

    class Rate(float):
        """A number with a name."""

    again = codec().decode(codec().encode(Knot(text=Loud("a"), extras={"Odd": Loud("b"), "Rate": Rate(1.5)})), Knot)
    assert (again.text, again.extras["Odd"]) == ("a", "b")
    assert again.extras["Rate"] == (1.5 if codec is not FormCodec else "1.5")


@pytest.mark.parametrize("media_type", ["application/json", "application/xml", "application/x-www-form-urlencoded"])
def test_an_integer_that_python_does_not_spell_is_refused_without_validation_too(media_type):
    """An integer of thousands of digits is an EncodeError in every format, with and without `validate`."""
    codec = attrs.evolve(default_registry.find(media_type), validate=False)
    with pytest.raises(EncodeError) as caught:
        codec.encode(ContactEntity(contact_id=10**5000))
    assert [issue.pointer for issue in caught.value.issues] == ["/ContactId"]


@pytest.mark.parametrize("media_type", ["application/json", "application/xml"])
@pytest.mark.parametrize("value", [10**4300 - 1, 1 - 10**4299])
def test_the_longest_integers_come_back(media_type, value):
    """The longest integers that are written for unknown members are read again, and one more digit is refused."""
    codec = default_registry.find(media_type)
    assert codec.decode(codec.encode(ContactEntity(extras={"X": value}))).extras["X"] == value
    with pytest.raises(EncodeError, match="at most 4,300 digits and signs"):
        codec.encode(ContactEntity(extras={"X": value * 10}))


class Heir(Category):
    """A carrier that derives from a property's declared class."""

    shade: Maybe[str] = UNSET


@pytest.mark.parametrize("media_type", ["application/json", "application/xml", "application/x-www-form-urlencoded"])
def test_a_property_may_hold_an_heir(media_type):
    """A property holding an heir is written with the heir's own properties, which are unknown members when read."""
    written = encode(ContactEntity(category=Heir(id=1, shade="red")), media_type)
    assert decode(written, media_type).category == Category(id=1, extras={"Shade": "red"})


def test_a_key_may_be_of_a_class_that_derives_from_str():
    """A dictionary's key of a `str` subclass, such as a member of a StrEnum, is written as its text."""

    class Key(str):
        __slots__ = ()

    contact = ContactEntity(custom_fields={Key("a"): "b"})
    assert decode(encode(contact, "application/xml"), "application/xml").custom_fields == {"a": "b"}


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("make", [JsonCodec, XmlCodec, FormCodec])
@pytest.mark.parametrize(
    ("contact", "pointer"),
    [
        (ContactEntity(extras={"name": "x"}, category=Category(extras={"Y": "x"})), "/name"),
        (ContactEntity(extras={"X": "x"}, category=Category(extras={"rank": "x"})), "/Category/rank"),
        (ContactEntity(extras={"X": "x"}, emails=[EntityElement(extras={"VALUE": "x"})]), "/Emails/0/VALUE"),
    ],
)
def test_no_unknown_member_has_the_name_of_a_property_of_its_carrier(make, validate, contact, pointer):
    """It is refused in any letter case, in whichever of several carriers, and not where it is unknown."""
    with pytest.raises(EncodeError) as caught:
        make(validate=validate).encode(contact)
    assert [issue.pointer for issue in caught.value.issues] == [pointer]
    apart = ContactEntity(extras={"Rank": "x", "Value": "x"}, category=Category(extras={"Emails": "x"}))
    codec = make(validate=validate)
    assert codec.decode(codec.encode(apart)) == apart


@pytest.mark.parametrize("value", [Knot(named={5: "a"}), Knot(extras={5: "a"}), Knot(extras={"Odd": {5: "a"}})])
def test_a_name_that_is_no_string_has_one_wording(value):
    """Every writer, and reading builtins, says that a name must be a string, not that a value must."""
    writes = [*(codec().encode for codec in CODECS), to_builtins, partial(diff, Knot())]
    for write in writes:
        with pytest.raises(EncodeError, match="/5: expected a string as name, received 5"):
            write(value)
    for data in ({5: "a"}, {"Named": {5: "a"}}):
        with pytest.raises(ValidationError, match="expected a string as name, received 5"):
            from_builtins(data, Knot)


class Measured(Carrier):
    """A carrier with a date, a date-time, a double and a decimal."""

    day: Maybe[date] = UNSET
    moment: Maybe[datetime] = UNSET
    size: Maybe[Double] = UNSET
    price: Maybe[Decimal] = UNSET


VALUES = [
    ("Day", "2020-02-30", "expected date, received "),
    ("Day", 5, "expected date, received 5"),
    ("Moment", "2020-02-30", "expected date-time, received "),
    ("Moment", "2020-02-30T00:00:00", "expected date-time, received "),
    ("Moment", 5, "expected date-time, received 5"),
    ("Size", "x", "expected double, received "),
    ("Size", 10**400, " is out of the range of a double"),
    ("Price", 10**5000, "is out of range: a decimal has at most"),
]


@pytest.mark.parametrize(("name", "value", "words"), VALUES, ids=[row[2] for row in VALUES])
def test_a_fault_of_a_scalar_says_what_came(name, value, words):
    """The message about a scalar has the kind as every message has it, and what was received."""
    with pytest.raises(ValidationError) as caught:
        from_builtins({name: value}, Measured)
    assert words in str(caught.value)
    assert caught.value.issues[0].received in str(caught.value)


def test_what_is_no_finite_double_is_told_so_in_both_directions():
    """A number beyond a double is shown as it came."""
    with pytest.raises(ValidationError, match="/Size: 1e999 is not a finite double"):
        decode(b'{"Size":1e999}', type=Measured)
    with pytest.raises(ValidationError, match="/Size: nan is not a finite double"):
        from_builtins({"Size": float("nan")}, Measured)
    with pytest.raises(EncodeError, match="/Size: inf is not a finite double"):
        JsonCodec().encode(Measured(size=float("inf")))
