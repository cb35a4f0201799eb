"""Every kind of value that Python has a type for survives in every format, or its class says why it cannot."""

from __future__ import annotations

import datetime as dt
import enum
import pickle
import typing
import uuid
from collections.abc import Collection, Mapping, MutableMapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

import jsonschema
import pytest

from contactwire import (
    UNSET,
    Carrier,
    CategoryGroup,
    EncodeError,
    FormCodec,
    JsonCodec,
    Maybe,
    NumberedEnum,
    ValidationError,
    XmlCodec,
    decode,
    encode,
    from_builtins,
    make_converter,
    to_builtins,
)
from contactwire.schema import json_schema


class Colour(enum.Enum):
    """A closed enumeration of strings."""

    RED = "Red"
    BLUE = "Dark blue"


class Level(enum.IntEnum):
    """A closed enumeration of integers."""

    LOW = 1
    HIGH = 20


class Parcel(Carrier):
    """A carrier with each further kind, alone and in lists and dictionaries."""

    day: Maybe[dt.date] = UNSET
    days: Maybe[list[dt.date | None]] = UNSET
    key: Maybe[uuid.UUID] = UNSET
    keys: Maybe[dict[str, uuid.UUID]] = UNSET
    price: Maybe[Decimal] = UNSET
    prices: Maybe[list[Decimal]] = UNSET
    colour: Maybe[Colour] = UNSET
    colours: Maybe[list[Colour]] = UNSET
    level: Maybe[Level] = UNSET
    levels: Maybe[dict[str, Level]] = UNSET


KEY = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
PARCEL = Parcel(
    day=dt.date(2020, 2, 29),
    days=[dt.date(1, 1, 1), None],
    key=KEY,
    keys={"a": KEY},
    price=Decimal("1234.50"),
    prices=[Decimal("0"), Decimal("-0.1"), Decimal("12345678901234567890.123456789"), Decimal("3")],
    colour=Colour.RED,
    colours=[Colour.BLUE],
    level=Level.HIGH,
    levels={"x": Level.LOW},
)
BODY = (
    '{"Day":"2020-02-29","Days":["0001-01-01",null],"Key":"0f8fad5b-d9cb-469f-a165-70867728950e",'
    '"Keys":{"a":"0f8fad5b-d9cb-469f-a165-70867728950e"},"Price":1234.50,'
    '"Prices":[0,-0.1,12345678901234567890.123456789,3],"Colour":"Red","Colours":["Dark blue"],"Level":20,"Levels":{"x":1}}'
)


@pytest.mark.parametrize("options", [{}, {"validate": False}, {"duplicates": "error"}, {"coerce": True}])
def test_every_kind_travels_in_json(options):
    """Each kind comes back from JSON equal and of the same type, decimals to the digit."""
    codec = JsonCodec(**options)
    assert codec.encode(PARCEL).decode() == BODY
    read = codec.decode(BODY, Parcel)
    assert read == PARCEL
    assert [str(price) for price in read.prices] == ["0", "-0.1", "12345678901234567890.123456789", "3"]
    assert str(read.price) == "1234.50"
    assert codec.decode(BODY[:-1] + ',"X":1}', Parcel).price == read.price


@pytest.mark.parametrize(
    "codec",
    [XmlCodec(), XmlCodec(dialect="datacontract"), XmlCodec(dialect="services"), FormCodec(), FormCodec(style="brackets")],
)
def test_every_kind_travels_in_xml_and_forms(codec):
    """Each kind comes back from XML and forms too, which hold text only."""
    read = codec.decode(codec.encode(PARCEL), Parcel)
    assert read == PARCEL
    assert str(read.price) == "1234.50"
    assert type(read.level) is Level


def test_every_kind_has_builtins_and_structures_with_cattrs():
    """Each kind becomes builtins by `to_builtins`, and comes back by `from_builtins` and the converter."""
    data = to_builtins(PARCEL)
    assert from_builtins(data, Parcel) == PARCEL
    assert make_converter().structure(data, Parcel) == PARCEL


@pytest.mark.parametrize(
    ("body", "pointer", "expected"),
    [
        ('{"Day":"2020-02-30"}', "/Day", "date"),
        ('{"Day":"20200229"}', "/Day", "date"),
        ('{"Day":"2020-02-29T00:00:00"}', "/Day", "date"),
        ('{"Key":"0f8fad5bd9cb469fa16570867728950e"}', "/Key", "uuid"),
        ('{"Key":5}', "/Key", "uuid"),
        ('{"Price":"1.5"}', "/Price", "decimal"),
        ('{"Price":true}', "/Price", "decimal"),
        ('{"Colour":"Green"}', "/Colour", "one of Red, Dark blue"),
        ('{"Colour":"red"}', "/Colour", "one of Red, Dark blue"),
        ('{"Level":2}', "/Level", "one of 1, 20"),
        ('{"Level":true}', "/Level", "one of 1, 20"),
        ('{"Levels":{"a":"1"}}', "/Levels/a", "one of 1, 20"),
    ],
)
def test_a_wrong_value_is_a_fault_at_its_pointer(body, pointer, expected):
    """A wrong value is a fault at its pointer, says what would be right, and is found beside unknown members too."""
    for text in (body, '{"X":1,' + body[1:]):
        with pytest.raises(ValidationError) as caught:
            decode(text, type=Parcel)
        assert [(issue.pointer, issue.expected) for issue in caught.value.issues] == [(pointer, expected)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": dt.datetime(2020, 1, 1)},
        {"day": "2020-01-01"},
        {"key": str(KEY)},
        {"price": 1.5},
        {"price": Decimal("NaN")},
        {"prices": ["1"]},
        {"colour": "Red"},
        {"level": 2},
        {"colours": ["Dark blue"]},
        {"levels": {"a": True}},
    ],
)
def test_a_value_of_another_type_is_not_encoded(wrong):
    """Encoding refuses a value of a type that is near but not exact."""
    with pytest.raises(EncodeError):
        encode(Parcel(**wrong))


def test_a_time_is_refused_with_the_reason():
    """`datetime.time` is refused as an annotation, since it has six digits where the wire has seven."""
    with pytest.raises(TypeError, match="seven fraction digits"):

        class Late(Carrier):
            at: Maybe[dt.time] = UNSET


@pytest.mark.parametrize(
    ("annotation", "advice"),
    [
        (bytes, "use str, with base64 in it"),
        (bytearray, "use str, with base64 in it"),
        (dt.time, "six: use str"),
        (dt.timedelta, "six: use str"),
        (tuple[int, ...], "use list"),
        (set[str], "use list"),
        (frozenset[str], "use list"),
        (Sequence[int], "use list"),
        (MutableSequence[int], "use list"),
        (Collection[int], "use list"),
        (AbstractSet[int], "use list"),
        (typing.Iterable[int], "use list"),
        (Mapping[str, int], "use dict"),
        (MutableMapping[str, int], "use dict"),
        (list, "list[str]"),
        (dict[int, str], "the keys are strings"),
        (typing.Literal["a", "b"], "use an enum.StrEnum"),
        (typing.Any, "say what it holds"),
        (list[object], "say what it holds"),
        (complex, "can carry"),
    ],
    ids=str,
)
def test_a_type_that_cannot_travel_is_refused_with_the_way_out(annotation, advice):
    """A type that no format can carry is a TypeError when the class is defined, and says what to use instead."""
    with pytest.raises(TypeError, match=r"Odd\.value: .* is no type that a wire format can carry") as error:

        class Odd(Carrier):
            value: Maybe[annotation] = UNSET

    assert advice in str(error.value)


def test_a_new_type_is_what_it_stands_for():
    """A property may have a `NewType`, of a scalar or of a carrier, in lists and dictionaries too."""
    number = typing.NewType("number", int)
    special = typing.NewType("special", number)
    parcel = typing.NewType("parcel", Parcel)

    class Numbered(Carrier):
        own: number
        several: Maybe[list[special]] = UNSET
        parcels: Maybe[dict[str, parcel]] = UNSET

    body = '{"Own":1,"Several":[2],"Parcels":{"a":{"Price":1.50}}}'
    assert encode(decode(body, type=Numbered)).decode() == body
    with pytest.raises(ValidationError) as error:
        decode('{"Own":"x","Several":[null]}', type=Numbered)
    assert [issue.pointer for issue in error.value.issues] == ["/Own", "/Several/0"]


@pytest.mark.parametrize(
    "members",
    [
        enum.Enum("Mixed", {"A": 1, "B": "b"}),
        enum.Enum("Halves", {"A": 0.5}),
        enum.Flag("Flags", "A B"),
        enum.IntFlag("More", "A"),
    ],
)
def test_an_enumeration_that_cannot_travel_is_refused(members):
    """An enumeration of flags, or with values of mixed or other types, is a TypeError when the class is defined."""
    with pytest.raises(TypeError, match="Odd"):

        class Odd(Carrier):
            value: Maybe[members] = UNSET


def test_the_schema_says_the_same():
    """The JSON Schema of each kind takes what is read and refuses what is not."""
    import json

    validator = jsonschema.Draft202012Validator(json_schema(Parcel), format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(BODY))
    for body in ('{"Colour":"Green"}', '{"Level":2}', '{"Price":"1"}', '{"Day":"x"}'):
        assert not validator.is_valid(json.loads(body))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ('{"Price":1E99999999}', "application/json"),
        ('{"Price":1E-99999999}', "application/json"),
        ('{"Price":1E1000000000000000000000000}', "application/json"),
        ("<Parcel><Price>" + "9" * 5000 + "</Price></Parcel>", "application/xml"),
        ("<Parcel><Price>1E99999</Price></Parcel>", "application/xml"),
        ("<Parcel><Price>" + "9" * 4301 + "</Price></Parcel>", "application/xml"),
        ("Price=" + "9" * 5000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_decimal_has_no_more_digits_than_can_be_written(body, media_type):
    """A short text for a long decimal is a fault at its pointer, in every format."""
    with pytest.raises(ValidationError) as caught:
        decode(body, media_type, type=Parcel)
    assert [issue.pointer for issue in caught.value.issues] == ["/Price"]
    for wrong in (Decimal("9" * 5000), Decimal("1E9999"), Decimal("1E-9999")):
        with pytest.raises(EncodeError):
            encode(Parcel(price=wrong))


@pytest.mark.parametrize("text", ["9" * 4300, "1E4299", "1E-4299", "9" * 2150 + "E-2150"], ids=["nines", "E", "E-", "both"])
@pytest.mark.parametrize("codec", [XmlCodec(), FormCodec()])
def test_the_longest_decimals_travel(codec, text):
    """A decimal that is written as text can be read again, with a sign or a point beside its 4,300 digits too."""
    for value in (Decimal(text), Decimal(text).copy_negate()):
        assert codec.decode(codec.encode(Parcel(price=value)), Parcel).price == value


def test_coercing_takes_an_exact_name_first():
    """With `coerce`, the member spelled exactly as the text wins over one that differs in letter case."""
    letters = enum.StrEnum("Letters", {"LOWER": "a", "UPPER": "A"})

    class Cased(Carrier):
        letter: Maybe[letters] = UNSET

    for body in (b'{"Letter":"a"}', b'{"letter":"a"}'):
        assert JsonCodec(coerce=True).decode(body, Cased).letter is letters.LOWER


def test_an_enumeration_is_read_by_the_numbers_that_it_declares():
    """With `coerce`, a user's enumeration that declares numbers is read by number too, and one without is not."""

    class Size(NumberedEnum):
        SMALL = "Small", 10
        LITTLE = "Little", 10
        LARGE = "Large", 3

    letters = enum.StrEnum("Letters", {"ONE": "a", "TWO": "b"})

    class Box(Carrier):
        size: Maybe[Size | str] = UNSET
        letter: Maybe[letters] = UNSET

    for body, size in [(b'{"Size":10}', Size.SMALL), (b'{"size":"3"}', Size.LARGE), (b'{"Size":"11"}', "11")]:
        found = JsonCodec(coerce=True).decode(body, Box).size
        assert (found, type(found)) == (size, type(size))
    with pytest.raises(ValidationError):
        JsonCodec().decode(b'{"Size":10}', Box)
    assert JsonCodec(coerce=True).decode(b'{"Letter":"1"}', Box).letter == "1"
    for body in (b'{"Letter":1}', b'{"Letter":0}', b'{"Size":1}', b'{"Size":true}'):
        with pytest.raises(ValidationError):
            JsonCodec(coerce=True).decode(body, Box)
    assert pickle.loads(pickle.dumps(CategoryGroup.LOST)) is CategoryGroup.LOST

    assert (Size.LARGE.number, Size("Large"), f"{Size.LARGE}") == (3, Size.LARGE, "Large")


def test_a_member_with_its_number_first_is_refused_when_its_enumeration_is_defined():
    """A member of a `NumberedEnum` is a text and a number, in this order; else its value would be no text."""
    for value in ((10, "Small"), (10, 10), ("Small", "10")):
        with pytest.raises(TypeError, match=f"a member is a text and a number, not {value[0]!r} and {value[1]!r}"):

            class Size(NumberedEnum):
                SMALL = value


def test_an_enumerations_missing_hook_is_not_asked():
    """A closed enumeration has only the values that it lists: its `_missing_` is not called, however a body is read."""

    class Forgiving(enum.Enum):
        ONLY = "a"

        @classmethod
        def _missing_(cls, value):
            return cls.ONLY

    class Holder(Carrier):
        value: Maybe[Forgiving] = UNSET

    for body in (b'{"Value":"zzz"}', b'{"value":"zzz"}'):
        with pytest.raises(ValidationError):
            decode(body, type=Holder)
