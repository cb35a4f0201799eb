"""Nulls in lists and dictionaries are kept, since .NET writes them, and a user's annotation may forbid them."""

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
    """A null keeps its place in lists of strings, carriers and lists, and among the values of dictionaries."""
    assert codec.decode(codec.encode(CONTACT)) == CONTACT
    assert codec.decode(codec.encode([CONTACT]), list[ContactEntity]) == [CONTACT]


def test_nulls_in_lists_survive_where_other_nulls_are_left_out():
    """A dialect that leaves out nulls writes those in lists, and keeps the keys of dictionaries."""
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
    """Nulls in lists that .NET writes are read beside any other members."""
    contact = decode(body, media_type)
    assert (contact.domains, contact.emails) == ([None, "a"], [None])


def test_a_form_writes_a_null_in_a_list_as_an_empty_text():
    """A form writes a null in a list as empty text, which keeps the place and reads back as empty text does there."""
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
    """Items whose annotation has no None must not be null, in writing and in reading."""
    for codec in LOSSLESS.values():
        with pytest.raises(EncodeError) as refused:
            codec.encode(Note(**values))
        assert [issue.pointer for issue in refused.value.issues] == [pointer]
    for media_type, body in (("application/json", json), ("application/xml", f"<Note {XSI}>{xml}</Note>")):
        with pytest.raises(ValidationError) as wrong:
            decode(body, media_type, type=Note)
        assert [issue.pointer for issue in wrong.value.issues] == [pointer]
