"""Nulls in lists and dictionaries: .NET writes them, so the contact keeps them; a user's carrier says what it takes."""

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    EncodeError,
    EntityElement,
    FieldProperty,
    FormCodec,
    JsonCodec,
    LocalizedField,
    Maybe,
    Person,
    SelectableMDOListItem,
    ValidationError,
    XmlCodec,
    decode,
    to_builtins,
)
from contactwire.carriers import Address
from contactwire.codecs.xml import DIALECTS, PLAIN

CONTACT = ContactEntity(
    emails=[None, EntityElement(value=None), EntityElement(), None],
    interests=[SelectableMDOListItem(child_items=[None])],
    persons=[None, Person()],
    address=Address(localized_address=[None, [], [None, LocalizedField()]]),
    bounce_emails=[None],
    domains=["", None],
    custom_fields={"k": None},
    field_properties={"p": None, "q": FieldProperty()},
)
LOSSLESS = {"JSON": JsonCodec(), **{dialect: XmlCodec(dialect=dialect) for dialect in DIALECTS}}


@pytest.mark.parametrize("codec", LOSSLESS.values(), ids=LOSSLESS)
def test_nulls_in_lists_survive(codec):
    """A null keeps its place among strings, carriers, lists and the values of dictionaries."""
    assert codec.decode(codec.encode(CONTACT)) == CONTACT
    assert codec.decode(codec.encode([CONTACT]), list[ContactEntity]) == [CONTACT]


def test_nulls_in_lists_survive_where_other_nulls_are_left_out():
    """A list keeps its nulls, and a dictionary its keys, in a dialect without nulls."""
    codec = XmlCodec(dialect=attrs.evolve(PLAIN, nulls="omit"))
    expected = attrs.evolve(CONTACT, emails=[None, EntityElement(), EntityElement(), None])
    assert codec.decode(codec.encode(CONTACT)) == expected


XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
NIL_EMAIL = '<Emails><EntityElement i:nil="1"></EntityElement></Emails>'
READ = [
    ("application/json", '{"Domains": [null, "a"], "Emails": [null]}'),
    ("application/json", '{"domains": [null, "a"], "New": 1, "emails": [null]}'),
    (
        "application/xml",
        f'<ContactEntity {XSI}><Domains><string i:nil="true"/><string>a</string></Domains>{NIL_EMAIL}</ContactEntity>',
    ),
]


@pytest.mark.parametrize(("media_type", "body"), READ, ids=["JSON", "JSON with an unknown member", "XML"])
def test_nulls_that_net_writes_are_read(media_type, body):
    """They are read whatever else the body has."""
    contact = decode(body, media_type)
    assert (contact.domains, contact.emails) == ([None, "a"], [None])


def test_a_form_writes_a_null_in_a_list_as_an_empty_text():
    """It keeps the place, and reads back as what an empty text is there."""
    contact = ContactEntity(domains=["a", None], emails=[None])
    read = FormCodec().decode(FormCodec().encode(contact))
    assert to_builtins(read) == {"Emails": [{}], "Domains": ["a", ""]}


class Note(Carrier):
    """A user's carrier, whose items must not be null."""

    words: Maybe[list[str]] = UNSET
    notes: Maybe[list["Note"]] = UNSET
    by_name: Maybe[dict[str, "Note"]] = UNSET


NOT_NULL = [
    ({"words": [None]}, '{"Words": [null]}', '<Words><string i:nil="true"/></Words>', "/Words/0"),
    ({"notes": [None]}, '{"Notes": [null]}', '<Notes><Note i:nil="true"/></Notes>', "/Notes/0"),
    ({"by_name": {"k": None}}, '{"ByName": {"k": null}}', "<ByName><Pair><Key>k</Key></Pair></ByName>", "/ByName/k"),
]


@pytest.mark.parametrize(("values", "json", "xml", "pointer"), NOT_NULL, ids=[case[3] for case in NOT_NULL])
def test_a_users_annotation_means_what_it_says(values, json, xml, pointer):
    """Items that are not annotated with None must not be null, neither written nor read."""
    for codec in LOSSLESS.values():
        with pytest.raises(EncodeError) as refused:
            codec.encode(Note(**values))
        assert [issue.pointer for issue in refused.value.issues] == [pointer]
    for media_type, body in (("application/json", json), ("application/xml", f"<Note {XSI}>{xml}</Note>")):
        with pytest.raises(ValidationError) as wrong:
            decode(body, media_type, type=Note)
        assert [issue.pointer for issue in wrong.value.issues] == [pointer]
