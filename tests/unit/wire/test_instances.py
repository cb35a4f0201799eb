"""Carriers behave as Python classes do, and remember absent, null and empty."""

import copy
import pickle
import typing
from typing import Annotated

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    EntityElement,
    FormCodec,
    Int32,
    JsonCodec,
    Maybe,
    SelectableMDOListItem,
    WireName,
    XmlCodec,
)
from contactwire.wire import ListKind, NestedKind, kind_of, plan_of


def test_every_property_defaults_to_unset():
    """A carrier constructed without arguments has all properties UNSET."""
    contact = ContactEntity()
    assert all(getattr(contact, field.attribute) is UNSET for field in plan_of(ContactEntity).fields)


def test_unset_is_one_falsy_object():
    """UNSET is false, and pickling and copying give the same object."""
    assert not UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy(UNSET) is UNSET


def test_a_wrong_keyword_fails_as_in_python():
    """An unknown keyword in the constructor is a TypeError."""
    with pytest.raises(TypeError, match="nmae"):
        ContactEntity(nmae="x")


def test_a_misspelled_attribute_fails():
    """Assigning a misspelled attribute is an AttributeError, since carriers have slots."""
    with pytest.raises(AttributeError):
        ContactEntity().nmae = "x"


def test_repr_shows_what_is_set():
    """The repr lists the properties that are set and the extras, in order."""
    assert repr(ContactEntity()) == "ContactEntity()"
    contact = ContactEntity(contact_id=5, name=None, extras={"X": 1})
    assert repr(contact) == "ContactEntity(contact_id=5, name=None, extras={'X': 1})"


def test_extras_are_made_when_looked_at():
    """Each carrier has extras of its own, which are empty until used."""
    one, other = ContactEntity(), ContactEntity()
    assert one.extras == {}
    one.extras["X"] = 1
    assert one.extras == {"X": 1}
    assert other.extras == {}
    assert one != other


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, attrs.evolve, lambda c: pickle.loads(pickle.dumps(c))],
    ids=["copy", "deepcopy", "evolve", "pickle"],
)
def test_a_copy_is_equal(again):
    """Copies, pickles and evolved carriers equal the original, extras included."""
    contact = ContactEntityWithLinks(name="x", emails=[EntityElement(value="a")], links={"Self": "u"}, extras={"X": [1]})
    assert again(contact) == contact
    assert type(again(contact)) is ContactEntityWithLinks


def test_a_deep_copy_shares_nothing():
    """Changing a deep copy leaves the original as it was."""
    contact = ContactEntity(emails=[EntityElement(value="a")], extras={"X": [1]})
    other = copy.deepcopy(contact)
    other.emails[0].value = "b"
    other.extras["X"].append(2)
    assert contact.emails[0].value == "a"
    assert contact.extras == {"X": [1]}


def test_asdict_gives_attributes():
    """`attrs.asdict` turns nested carriers into dictionaries by attribute."""
    shown = attrs.asdict(ContactEntity(name="x", emails=[EntityElement(value="a")]), filter=lambda _, v: v is not UNSET)
    assert shown == {"name": "x", "emails": [{"value": "a", "extras": {}}], "extras": {}}


def test_null_and_absent_differ():
    """A carrier with a null is not equal to one without the property."""
    assert ContactEntity(name=None) != ContactEntity()


def test_a_carrier_may_be_changed():
    """A carrier's properties can be assigned."""
    contact = ContactEntity()
    contact.name = "x"
    assert contact == ContactEntity(name="x")


def test_the_plan_is_built_once():
    """`plan_of` returns the same plan at every call."""
    assert plan_of(ContactEntity) is plan_of(ContactEntity)


def test_a_plan_finds_names_in_any_letter_case():
    """A plan's `find` matches a name in any letter case, for ASCII letters only."""
    plan = plan_of(ContactEntity)
    assert plan.find("CONTACTID") is plan.by_name["ContactId"]
    assert plan.find("\u212aananame") is None
    assert plan.find("Nope") is None


@pytest.mark.parametrize("codec", [JsonCodec(), JsonCodec(duplicates="error"), XmlCodec(), FormCodec()])
@pytest.mark.parametrize("other", [UNSET, 1])
def test_a_name_beyond_ascii_has_one_spelling(codec, other):
    """A name with a letter beyond ASCII is read as it is spelled, whatever stands beside it; other spellings are unknown."""

    class Page(Carrier):
        other: Maybe[Int32] = UNSET
        title: Annotated[Maybe[str], WireName("Überschrift")] = UNSET

    class Sender(Carrier, name="Page"):
        other: Maybe[Int32] = UNSET
        title: Annotated[str, WireName("überschrift")]

    assert codec.decode(codec.encode(Page(other=other, title="a")), Page) == Page(other=other, title="a")
    sent = codec.encode(Sender(other=other, title="a"))
    assert codec.decode(sent, Page) == Page(other=other, extras={"überschrift": "a"})
    assert codec.decode(codec.encode(codec.decode(sent, Page)), Page).extras == {"überschrift": "a"}


def test_base_members_have_a_lower_level():
    """In a plan, the rights of the base class have a lower level than the links of the outermost heir."""
    levels = {field.name: field.level for field in plan_of(ContactEntityWithLinks).fields}
    assert levels["TableRight"] < levels["ContactId"] < levels["_Links"]


def test_an_ordinary_class_is_no_carrier():
    """`plan_of` an ordinary class is a TypeError that says what to do."""
    with pytest.raises(TypeError, match="derive one from"):
        plan_of(int)


BARE = (vars(typing)["List"], vars(typing)["Dict"])
"""Generic types of `typing` without the types of their items, which linters replace by `list` and `dict`."""


@pytest.mark.parametrize("annotation", [object, set[str], dict[int, str], str | int, bytes, list, *BARE])
def test_an_annotation_that_says_no_kind_is_refused(annotation):
    """An annotation of a type that no format carries is a TypeError."""
    with pytest.raises(TypeError):
        kind_of(annotation)


def test_a_bad_annotation_names_its_property():
    """The TypeError for a bad annotation names the class and the attribute."""
    with pytest.raises(TypeError, match=r"Bad\.value"):

        class Bad(Carrier):
            value: Maybe[set[str]] = UNSET


def test_two_spellings_of_one_name_are_refused():
    """Two properties whose names differ in letter case only are refused, since the wire could not tell them apart."""
    with pytest.raises(TypeError, match="letter case"):

        class Twice(Carrier):
            name: Maybe[str] = UNSET
            other: Annotated[Maybe[str], WireName("NAME")] = UNSET


def test_a_private_attribute_is_no_property():
    """An attribute with a leading underscore is refused, since attrs would rename it in the constructor."""
    with pytest.raises(TypeError, match="private"):

        class Private(Carrier):
            _secret: Maybe[str] = UNSET


def test_a_recursive_carrier_refers_to_itself():
    """A recursive carrier's plan refers to itself: the child items of a list item are list items."""
    assert plan_of(SelectableMDOListItem).by_name["ChildItems"].kind == ListKind(
        NestedKind(SelectableMDOListItem), nullable=True
    )
