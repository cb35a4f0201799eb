"""What the strategies draw: valid values, almost right bodies with one fault, and values of users' classes."""

from __future__ import annotations

import contextlib
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from importlib.metadata import entry_points
from typing import Annotated
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    FlagsKind,
    FormCodec,
    Int32,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    NumberedEnum,
    Selection,
    Timestamp,
    WireName,
    XmlCodec,
    to_builtins,
)
from contactwire.errors import ContactWireError, PatchConflict, PathError, ValidationError
from contactwire.testing import (
    almost_right,
    assert_round_trip,
    bodies,
    carriers,
    json_patches,
    merge_patches,
    selections,
    strings,
)
from contactwire.wire import plan_of

FEW = settings(max_examples=25)
TEXT_CODECS = [
    XmlCodec(dialect="plain"),
    XmlCodec(dialect="datacontract"),
    XmlCodec(dialect="services"),
    FormCodec(style="dots"),
    FormCodec(style="brackets"),
    XmlCodec(charset="utf-16"),
    XmlCodec(charset="utf-16le"),
    XmlCodec(charset="iso-8859-1"),
    XmlCodec(charset="shift_jis"),
    XmlCodec(charset="us-ascii"),
    FormCodec(charset="iso-8859-1"),
    FormCodec(charset="shift_jis"),
    FormCodec(charset="us-ascii"),
]


def name_of(codec):
    """What tells a codec from the others."""
    options = (getattr(codec, option, None) for option in ("dialect", "style", "charset"))
    return "-".join([type(codec).__name__, *filter(None, options)])


class Size(StrEnum):
    """An open enumeration."""

    SMALL = "Small"
    LARGE = "Large"


class Side(Enum):
    """A closed enumeration."""

    LEFT = "Left"
    RIGHT = "Right"


class Floor(IntEnum):
    """A closed enumeration of numbers, two of which others have not."""

    CELLAR = -1
    GROUND = 0


class Shelf(NumberedEnum):
    """An open enumeration whose members have numbers too."""

    LOW = "Low", -1
    HIGH = "High", 0


class Room(Carrier):
    """A carrier of enumerations that have numbers."""

    floor: Maybe[Floor] = UNSET
    shelf: Maybe[Shelf | str] = UNSET


class Box(Carrier):
    """A user's recursive carrier with every kind of property."""

    count: Maybe[int] = UNSET
    flag: Maybe[bool] = UNSET
    ratio: Maybe[float] = UNSET
    when: Maybe[datetime] = UNSET
    size: Maybe[Size | str] = UNSET
    texts: Maybe[list[str | None]] = UNSET
    grid: Maybe[list[list[Int32]]] = UNSET
    scores: Maybe[dict[str, float]] = UNSET
    inner: Maybe[Box] = UNSET
    named: Maybe[dict[str, list[Box]]] = UNSET
    odd: Annotated[Maybe[str], WireName("Ødd")] = UNSET


class Parcel(Carrier):
    """A carrier that demands properties, of the kinds that no other has here."""

    key: UUID
    weight: Decimal
    days: list[date | None]
    rank: Int32 = 1
    prices: Maybe[dict[str, Decimal]] = UNSET
    rights: Maybe[Annotated[str | int, FlagsKind({"Read": 1, "Write": 2})]] = UNSET


class Empty(Carrier):
    """A carrier without properties."""


class Picky(Carrier):
    """A carrier whose validator refuses numbers that are not positive."""

    number: Maybe[Int32] = attrs.field(default=UNSET, validator=lambda _, __, value: Picky.check(value))

    @staticmethod
    def check(value):
        """Raise ValueError for a negative number."""
        if value not in (UNSET, None) and value < 0:
            raise ValueError("negative")


def refused(codec, cls, planted):
    """Assert that decoding reports the planted fault at its place, and nothing else."""
    with pytest.raises(ContactWireError) as caught:
        codec.decode(planted.body, cls)
    assert type(caught.value) is planted.error
    if planted.error is ValidationError:
        assert [(issue.pointer, issue.expected) for issue in caught.value.issues] == [(planted.pointer, planted.expected)]


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Box, Parcel, Room, Empty])
@pytest.mark.parametrize(
    "codec",
    [
        JsonCodec(),
        JsonCodec(coerce=True),
        JsonCodec(unknown="error", duplicates="error", max_depth=8),
        JsonCodec(surrogates="keep"),
    ],
    ids=["plain", "coerce", "strict", "surrogates"],
)
def test_almost_right_json_is_refused_at_the_very_place(cls, codec):
    """Decoding an almost right JSON body reports the one planted fault, by its class, pointer and expectation."""

    @FEW
    @given(almost_right(cls, codec))
    def law(planted):
        refused(codec, cls, planted)

    law()


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Box, Parcel, Empty])
def test_bodies_are_valid(cls):
    """Every drawn JSON body decodes without loss."""

    @FEW
    @given(bodies(cls))
    def law(body):
        assert_round_trip(body, type=cls)

    law()


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Box, Parcel, Empty])
@pytest.mark.parametrize(
    "codec",
    TEXT_CODECS,
    ids=name_of,
)
def test_bodies_of_other_formats_are_valid(cls, codec):
    """Every drawn body of another format decodes, and the value that it holds is written without loss."""

    @FEW
    @given(bodies(cls, codec))
    def law(body):
        assert_round_trip(body, codec, cls)

    law()


@pytest.mark.parametrize("cls", [ContactEntityWithLinks, Box, Parcel])
@pytest.mark.parametrize(
    "codec",
    TEXT_CODECS,
    ids=name_of,
)
def test_almost_right_bodies_of_other_formats_are_refused_at_the_very_place(cls, codec):
    """Decoding an almost right body of another format reports the planted fault at its place."""
    strict = attrs.evolve(codec, unknown="error")

    @FEW
    @given(almost_right(cls, strict))
    def law(planted):
        refused(strict, cls, planted)

    law()


@given(carriers(Picky))
def test_what_a_users_validator_refuses_is_not_drawn(picky):
    """No carrier that the class's own validator refuses is drawn."""
    Picky.check(picky.number)


@pytest.mark.parametrize("dialect", ["server", "rfc"])
@pytest.mark.parametrize("cls", [ContactEntity, Box, Empty])
def test_patches_parse_and_apply(cls, dialect):
    """A drawn patch survives its document, and fails to apply only for a place that is not there."""

    @FEW
    @given(json_patches(cls, dialect=dialect), merge_patches(cls, dialect=dialect), carriers(cls))
    def law(patch, merge, target):
        assert JsonPatch.parse(json.loads(json.dumps(patch.to_builtins())), dialect) == patch
        before = to_builtins(target)
        with contextlib.suppress(PathError, PatchConflict, ValidationError):
            to_builtins(patch.apply(target))
        assert isinstance(merge.apply(target), cls)
        assert to_builtins(target) == before

    law()


@pytest.mark.parametrize("cls", [ContactEntity, Box, Empty])
def test_selections_are_selections(cls):
    """A drawn selection has a canonical text, which parses into an equal one."""

    @FEW
    @given(selections(cls), carriers(cls))
    def law(selection, target):
        assert Selection.parse(str(selection), cls) == selection
        assert isinstance(selection.apply(target), cls)

    law()


@given(st.data())
@settings(max_examples=5)
def test_hypothesis_knows_the_classes(data):
    """`from_type` draws carriers, timestamps, patches and selections, and classes that hold them."""
    entry_points(group="hypothesis")["contactwire"].load()()
    for cls in (ContactEntity, Timestamp, JsonPatch, MergePatch, Selection):
        assert isinstance(data.draw(st.from_type(cls)), cls)


def test_a_users_carrier_can_be_registered():
    """`register_carrier` is a decorator after which `from_type` draws values for the carrier's properties."""
    from contactwire.testing import register_carrier

    assert register_carrier(Box) is Box
    seen = set()

    @FEW
    @given(st.from_type(Box))
    def look(box):
        seen.update(name for name in plan_of(Box).by_attribute if getattr(box, name) is not UNSET)

    look()
    assert len(seen) > 5


class Word(Carrier):
    """A carrier with a closed enumeration, a validator, and a name that no form can spell inside of another carrier."""

    side: Maybe[Side] = UNSET
    odd: Annotated[Maybe[str], WireName("a].b")] = UNSET
    count: Maybe[Int32] = attrs.field(default=UNSET, validator=lambda carrier, field, value: int(value or 0))


class Page(Carrier):
    """A carrier that holds such carriers."""

    words: Maybe[list[Word]] = UNSET
    page: Maybe[Word] = UNSET


@attrs.frozen
class Reversed:
    """A codec of a user's format: JSON backwards."""

    media_types = ("application/x-reversed",)

    def decode(self, body, type=Word):
        """The carrier of a body."""
        return JsonCodec().decode(body[::-1], type)

    def encode(self, value, *, selection=None):
        """The body of a carrier."""
        return JsonCodec().encode(value)[::-1]


@given(bodies(Word, Reversed()))
def test_bodies_of_a_users_format_are_what_its_codec_writes(body):
    """A body of a format that the strategies do not know is drawn as its codec writes it."""
    assert isinstance(Reversed().decode(body), Word)


@given(carriers(Word).map(lambda word: word.side))
def test_a_closed_enumeration_has_its_members(side):
    """Only the members of a closed enumeration are drawn."""
    assert side is UNSET or side is None or isinstance(side, Side)


@pytest.mark.parametrize("depth", [2, 3])
def test_bodies_are_no_deeper_than_the_codec_takes(depth):
    """A valid body nests no deeper than the codec's limit, and an almost right one has no fault for depth beside its own."""
    codec = JsonCodec(max_depth=depth)

    @FEW
    @given(bodies(Page, codec), almost_right(Page, codec))
    def law(body, case):
        codec.decode(body, Page)
        with pytest.raises(case.error):
            codec.decode(case.body, Page)

    law()


@pytest.mark.parametrize("codec", [FormCodec(unknown="error"), XmlCodec(unknown="error")], ids=["a form", "XML"])
def test_faults_are_planted_only_where_the_format_and_the_class_let_them(codec):
    """An almost right body has only a fault that the format can spell and that no validator hides."""

    @FEW
    @given(almost_right(Page, codec))
    def law(case):
        with pytest.raises(case.error):
            codec.decode(case.body, Page)

    law()


class Counter(Carrier):
    """A carrier whose converter changes the value each time that it runs."""

    count: Int32 = attrs.field(default=0, converter=lambda value: min(value + 1, 9))
    label: Maybe[str] = UNSET


@given(json_patches(Counter))
def test_only_changes_that_a_patch_can_say_are_drawn(patch):
    """Only changes that have a patch are drawn, which the change of a class with converters may lack."""
    assert isinstance(patch, JsonPatch)


class Silent(Carrier):
    """A carrier with a number that its validator always refuses."""

    number: Maybe[Int32] = attrs.field(default=UNSET, validator=attrs.validators.in_([UNSET, None]))
    other: Maybe[Int32] = UNSET


@pytest.mark.parametrize("codec", [FormCodec(), XmlCodec()], ids=["a form", "XML"])
def test_a_fault_is_planted_where_the_validator_lets_a_value_be(codec):
    """No fault is planted in a property whose validator refuses every value."""

    @FEW
    @given(almost_right(Silent, codec))
    def law(case):
        with pytest.raises(case.error):
            codec.decode(case.body, Silent)

    law()


def found_in(strategy, is_one, times=200):
    """How many of so many examples are of a kind."""
    found = []

    @settings(max_examples=times, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def look(example):
        found.append(is_one(example))

    look()
    return sum(found)


@pytest.mark.parametrize("name", ["emails", "persons", "custom_fields", "category", "interests"])
def test_carriers_have_something_in_each_property(name):
    """Some contacts have something in each list, dictionary and carrier, so that what is lost there is found."""
    assert found_in(carriers(ContactEntityWithLinks), lambda contact: bool(getattr(contact, name)))


def test_carriers_inside_of_others_have_unknown_members():
    """Some contacts have unknown members in the items of a list."""
    assert found_in(
        carriers(ContactEntityWithLinks), lambda contact: any(item and item.extras for item in contact.emails or ()), 400
    )


@given(carriers(Picky, text=strings(xml=True)))
def test_unknown_members_are_of_the_given_text(carrier):
    """With strings for XML, the names and values of unknown members can be written in XML, too."""
    assert_round_trip(carrier, XmlCodec(), Picky)


class Rated(Carrier):
    """A carrier whose validator refuses nearly all numbers."""

    rank: Int32 = attrs.field(validator=attrs.validators.in_(range(1, 6)))
    next: Maybe[Rated] = UNSET


RATED = carriers(Rated, properties={"rank": st.integers(1, 5), "next": st.just(UNSET)})


@given(carriers(Rated, properties={"rank": st.integers(1, 5), "next": st.none() | RATED}))
def test_properties_of_carriers_may_have_strategies(carrier):
    """A property is what its strategy says, where a validator would refuse most of what is generated."""
    assert carrier.rank in range(1, 6)
    assert carrier.next is None or carrier.next.next is UNSET


def test_a_strategy_for_no_property():
    """A name that is no property of the class is a TypeError."""
    with pytest.raises(TypeError, match="Rated has no property rnk"):
        carriers(Rated, properties={"rnk": st.integers()})


@pytest.mark.parametrize(
    "codec", [each(max_depth=3) for each in (JsonCodec, XmlCodec, FormCodec)], ids=["json", "xml", "form"]
)
@pytest.mark.parametrize("make", [bodies, almost_right])
def test_bodies_are_within_the_depth_of_a_codec(make, codec):
    """No body is too deep for its codec, but where that is the fault that was planted."""

    @FEW
    @given(make(ContactEntityWithLinks, codec))
    def law(made):
        if make is bodies:
            codec.decode(made, ContactEntityWithLinks)
        else:
            refused(codec, ContactEntityWithLinks, made)

    law()
