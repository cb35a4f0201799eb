"""`merge` joins two changes of one contact."""

import copy
import pickle

import pytest

from contactwire import (
    UNSET,
    Address,
    Carrier,
    Category,
    ContactEntity,
    EntityElement,
    Int32,
    Maybe,
    Person,
    Selection,
    StructuredAddress,
    evolve,
)
from contactwire.client import merge
from contactwire.errors import UpdateConflict

BASE = ContactEntity(
    contact_id=5,
    name="a",
    department=None,
    emails=[EntityElement(value="a@x")],
    category=Category(id=1, value="one"),
    address=Address(street=StructuredAddress(city="Oslo", zipcode="1")),
    custom_fields={"x:1": "a", "x:2": "b"},
    extras={"Odd": {"deep": 1, "too": 2}, "List": [1]},
)


def changed(**values):
    """The base with other values."""
    return evolve(copy.deepcopy(BASE), **values)


def extras(**values):
    """The base's unknown members with some of them changed."""
    return {**BASE.extras, **values}


MERGED = {
    "two properties": ({"name": "b"}, {"department": "d"}, {"name": "b", "department": "d"}),
    "one of them absent": ({"name": UNSET}, {"department": UNSET}, {"name": UNSET, "department": UNSET}),
    "one change": ({}, {"name": "b"}, {"name": "b"}),
    "the other change": ({"name": "b"}, {}, {"name": "b"}),
    "the same change": ({"name": "b"}, {"name": "b"}, {"name": "b"}),
    "no change": ({}, {}, {}),
    "properties of a carrier": (
        {"category": Category(id=2, value="one")},
        {"category": Category(id=1, value="two")},
        {"category": Category(id=2, value="two")},
    ),
    "properties further down": (
        {"address": Address(street=StructuredAddress(city="Bergen", zipcode="1"))},
        {"address": Address(street=StructuredAddress(city="Oslo", zipcode="2"), wgs84_latitude=1.0)},
        {"address": Address(street=StructuredAddress(city="Bergen", zipcode="2"), wgs84_latitude=1.0)},
    ),
    "keys": (
        {"custom_fields": {"x:1": "a", "x:2": "c", "x:3": "d"}},
        {"custom_fields": {"x:2": "b", "x:4": "e"}},
        {"custom_fields": {"x:2": "c", "x:4": "e", "x:3": "d"}},
    ),
    "unknown members": (
        {"extras": extras(Odd={"deep": 2, "too": 2}, New=1)},
        {"extras": extras(Odd={"deep": 1, "too": 3})},
        {"extras": extras(Odd={"deep": 2, "too": 3}, New=1)},
    ),
    "an unknown member and a property": ({"name": "b"}, {"extras": None}, {"name": "b", "extras": None}),
}


@pytest.mark.parametrize(("mine", "theirs", "both"), MERGED.values(), ids=MERGED)
def test_changes_of_different_places_are_merged(mine, theirs, both):
    """A property or key that only one version changed has that version's value, in either order of the versions."""
    assert merge(BASE, changed(**mine), changed(**theirs)) == changed(**both)
    assert merge(BASE, changed(**theirs), changed(**mine)) == changed(**both)


MEETING = {
    "a property": ({"name": "b"}, {"name": "c"}, ["/Name"]),
    "set and removed": ({"name": UNSET}, {"name": None}, ["/Name"]),
    "a property of a carrier": ({"category": Category(id=2)}, {"category": Category(id=3)}, ["/Category/Id"]),
    "a carrier and null": ({"category": Category(id=2)}, {"category": None}, ["/Category"]),
    "a list": (
        {"emails": [*BASE.emails, EntityElement(value="b@x")]},
        {"emails": [*BASE.emails, EntityElement(value="c@x")]},
        ["/Emails"],
    ),
    "an item and the list": ({"emails": [EntityElement(value="b@x")]}, {"emails": []}, ["/Emails"]),
    "a key": ({"custom_fields": {"x:1": "b"}}, {"custom_fields": {"x:1": "c"}}, ["/CustomFields/x:1"]),
    "a key, set and removed": (
        {"custom_fields": {"x:1": "b", "x:2": "b"}},
        {"custom_fields": {"x:2": "b"}},
        ["/CustomFields/x:1"],
    ),
    "an unknown member": ({"extras": extras(List=[2])}, {"extras": extras(List=[3])}, ["/List"]),
    "names with slashes": ({"extras": extras(**{"a/b~": 1})}, {"extras": extras(**{"a/b~": 2})}, ["/a~1b~0"]),
    "a dictionary and null": ({"custom_fields": None}, {"custom_fields": {"x:1": "c"}}, ["/CustomFields"]),
    "several": ({"name": "b", "department": "b"}, {"name": "c", "department": "c"}, ["/Name", "/Department"]),
}


@pytest.mark.parametrize(("mine", "theirs", "places"), MEETING.values(), ids=MEETING)
def test_changes_of_one_place_meet(mine, theirs, places):
    """A place that both versions changed differently is a conflict with all versions, whose message shows no values."""
    mine, theirs = changed(**mine), changed(**theirs)
    with pytest.raises(UpdateConflict) as caught:
        merge(BASE, mine, theirs)
    error = pickle.loads(pickle.dumps(caught.value))
    assert error == caught.value
    assert hash(error) == hash(caught.value)
    assert sorted(error.places) == sorted(places)
    assert (error.base, error.mine, error.theirs) == (BASE, mine, theirs)
    assert str(error) == f"somebody else has changed {', '.join(error.places)} meanwhile"


def test_the_versions_stay_as_they_are():
    """Merging changes none of the three contacts, and the result shares no dictionary with them."""
    mine, theirs = changed(name="b", extras=extras(New=1)), changed(custom_fields={"x:1": "z"})
    before = copy.deepcopy((BASE, mine, theirs))
    merged = merge(BASE, mine, theirs)
    merged.extras["More"] = 1
    merged.name = "c"
    assert (BASE, mine, theirs) == before


def test_carriers_of_another_class_meet():
    """Where one version has a carrier of another class, the whole carrier is one place."""
    base, mine, theirs = (ContactEntity(extras={"P": each}) for each in ({"a": 1}, [1], {"a": 2}))
    with pytest.raises(UpdateConflict, match="changed /P meanwhile"):
        merge(base, mine, theirs)
    assert merge(Person(), Person(), Person(firstname="x")) == Person(firstname="x")
    with pytest.raises(UpdateConflict, match="changed the document meanwhile"):
        merge(Person(), Category(), Person(firstname="x"))


def test_many_places_are_counted():
    """The message of a conflict names ten places, and says how many more there are."""
    error = UpdateConflict([f"/{n}" for n in range(15)], None, None, None)
    assert str(error) == "somebody else has changed " + ", ".join(f"/{n}" for n in range(10)) + ", and 5 more meanwhile"


def test_a_long_name_above_many_members_takes_no_time():
    """Changes of many members below a long name are merged at once; with a pointer for each, this would take hours."""
    long, members = "k" * 4_000_000, {str(number): number for number in range(100_000)}
    base, mine, theirs = (ContactEntity(extras={long: members | own}) for own in ({}, {"a": 1}, {"b": 2}))
    assert merge(base, mine, theirs).extras[long].keys() == base.extras[long].keys() | {"a", "b"}


@pytest.mark.parametrize("value", [None, 5, {"Name": "a"}, [BASE], ContactEntity])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_only_carriers_are_merged(place, value):
    """What is no carrier is a TypeError, also where nothing has changed."""
    versions = [BASE, BASE, BASE]
    versions[place] = value
    with pytest.raises(TypeError, match="merge takes three carriers, not a value of class"):
        merge(*versions)


class Span(Carrier):
    """A carrier with a rule about two of its properties."""

    name: str
    low: Maybe[Int32] = UNSET
    high: Maybe[Int32] = UNSET

    def __attrs_post_init__(self):
        """Refuse what is upside down."""
        if self.low and self.high and self.high < self.low:
            raise ValueError("high is below low")


class Box(Carrier):
    """A carrier that holds one."""

    span: Span


def test_changes_meet_that_break_the_rule_of_a_class_together():
    """Two changes that the class of a carrier takes, and not both together, meet at the carrier."""
    base, mine, theirs = (Span(name="a", low=low, high=high) for low, high in ((1, 9), (5, 9), (1, 4)))
    for held, place in ((lambda span: span, ""), (lambda span: Box(span=span), "/Span")):
        with pytest.raises(UpdateConflict) as caught:
            merge(held(base), held(mine), held(theirs))
        assert caught.value.places == (place,)
    assert merge(base, mine, evolve(base, high=7)) == Span(name="a", low=5, high=7)
    select = Selection.parse("low,high", Span).apply
    assert merge(*(select(each, unselected="omit") for each in (base, mine, theirs))).high == 4
