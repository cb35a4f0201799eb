"""Every carrier survives XML in every dialect."""

from __future__ import annotations

import json
import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    DecodeError,
    EncodeError,
    Int32,
    Int64,
    JsonCodec,
    Maybe,
    Person,
    ValidationError,
    WireName,
    to_builtins,
)
from contactwire.codecs.xml import XmlCodec, encode_name
from contactwire.golden import COMPLETE
from contactwire.testing import carriers, strings

XML_TEXT = strings(xml=True)
DIALECTS = st.sampled_from(["plain", "datacontract", "services", "webapi"])


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class Knot(Carrier):
    """A carrier with every kind of property, which holds itself."""

    label: Maybe[str] = UNSET
    flag: Maybe[bool] = UNSET
    small: Maybe[Int32] = UNSET
    big: Maybe[Int64] = UNSET
    ratio: Maybe[float] = UNSET
    ratios: Maybe[list[float]] = UNSET
    grid: Maybe[dict[str, list[Int32]]] = UNSET
    when: Maybe[datetime] = UNSET
    dates: Maybe[list[datetime | None]] = UNSET
    mood: Maybe[Mood | str] = UNSET
    moods: Maybe[dict[str, Mood]] = UNSET
    words: Maybe[list[list[str | None]]] = UNSET
    maps: Maybe[list[dict[str, str | None]]] = UNSET
    knot: Maybe[Knot] = UNSET
    knots: Maybe[dict[str, list[Knot]]] = UNSET
    named: Maybe[dict[str, Knot | None]] = UNSET
    odd: Annotated[Maybe[str], WireName("@odd name")] = UNSET


def xml_only(value):
    """Whether XML 1.0 can hold every string in some builtins, keys excluded, since any name can be written."""
    if isinstance(value, str):
        return all(c in "\t\n\r" or c >= " " for c in value) and not {"\ufffe", "\uffff"} & set(value)
    if isinstance(value, dict):
        return all(map(xml_only, value.values()))
    return not isinstance(value, list) or all(map(xml_only, value))


@given(carriers(ContactEntityWithLinks, text=XML_TEXT).filter(lambda c: xml_only(to_builtins(c))), DIALECTS)
def test_a_contact_survives(contact, dialect):
    """Decoding the XML of a contact gives an equal contact, also with white space between the elements."""
    codec = XmlCodec(dialect=dialect)
    body = codec.encode(contact)
    assert to_builtins(codec.decode(body, ContactEntityWithLinks)) == to_builtins(contact)
    indented = XmlCodec(dialect=dialect, indent=2).encode(contact)
    assert to_builtins(XmlCodec().decode(indented, ContactEntityWithLinks)) == to_builtins(contact)


@given(carriers(Knot, text=XML_TEXT).filter(lambda c: xml_only(to_builtins(c))), DIALECTS, st.booleans())
def test_a_users_carrier_survives(knot, dialect, validate):
    """Decoding the XML of a user's carrier gives an equal one: recursive, with every kind of property."""
    codec = XmlCodec(dialect=dialect, validate=validate)
    body = codec.encode(knot)
    assert codec.decode(body, Knot) == knot
    assert XmlCodec(dialect=dialect, indent=1).decode(XmlCodec(indent=3).encode(knot), Knot) == knot


@given(st.lists(carriers(Person, text=XML_TEXT, extras=False), max_size=3), DIALECTS)
def test_a_list_survives(persons, dialect):
    """A list of carriers comes back from an `ArrayOf…` element."""
    codec = XmlCodec(dialect=dialect)
    assert codec.decode(codec.encode(persons), list[Person]) == persons


@given(carriers(ContactEntity))
def test_json_to_xml_to_json_loses_nothing(contact):
    """A JSON body goes through XML without loss, or the error names the character that XML cannot hold."""
    before = JsonCodec().encode(contact)
    try:
        body = XmlCodec().encode(JsonCodec().decode(before))
    except EncodeError as error:
        assert not xml_only(to_builtins(contact)) or any("U+" in issue.message for issue in error.issues)
        return
    assert json.loads(JsonCodec().encode(XmlCodec().decode(body))) == json.loads(before)


@given(carriers(Knot) | carriers(ContactEntity))
def test_what_cannot_be_written_is_named(value):
    """Encoding writes a document, or names each string with a character that XML 1.0 cannot hold."""
    try:
        body = XmlCodec().encode(value)
    except EncodeError as error:
        assert all("which XML 1.0 cannot hold" in issue.message for issue in error.issues)
    else:
        assert XmlCodec().decode(body, type(value)) == value


NAMES = [
    "ContactEntity",
    "Name",
    "name",
    "Emails",
    "EntityElement",
    "Value",
    "Category",
    "Id",
    "CustomFields",
    "Pair",
    "Key",
    "Foo",
]
MARKUP = st.sampled_from(
    [
        *(f"<{name}>" for name in NAMES),
        *(f"</{name}>" for name in NAMES),
        *(f"<{name}/>" for name in NAMES),
        *(f'<{name} xsi:nil="true"/>' for name in NAMES),
        '<ContactEntity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
        *["a", "5", "true", " ", "\n", "\r\n", "&amp;", "&lt;", "&#65;", "&#1;", "&x;", "&"],
        *["]]>", "<![CDATA[a]]>", "<!--c-->", "<?p?>", "<a:b/>"],
    ]
)  # fmt: skip


def balanced(children):
    """Elements around a content."""
    return st.tuples(st.sampled_from(NAMES), children).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>")


CONTENT = st.lists(st.recursive(MARKUP, lambda inner: balanced(st.lists(inner, max_size=4)), max_leaves=12), max_size=6).map(
    "".join
)
HEADS = st.sampled_from(
    [
        '<ContactEntity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
        '<?xml version="1.0"?><ContactEntity xmlns="urn:a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
        "<ContactEntity>",
    ]
)


def outcome(decode):
    """The result of decoding: the carrier with all its types, or the class of the error."""
    try:
        carrier = decode()
        return repr(carrier), JsonCodec(validate=False).encode(carrier)
    except ContactWireError as error:
        return type(error)


@given(HEADS, CONTENT)
def test_any_text_is_read_or_refused(head, content):
    """Any document is read as a carrier that survives, or refused with a fault that `locate` finds."""
    body = f"{head}{content}</ContactEntity>"
    try:
        contact = XmlCodec().decode(body)
    except ValidationError as error:
        assert error.issues
        assert len(XmlCodec().locate(body, [issue.pointer for issue in error.issues])) == len(error.issues)
    except DecodeError as error:
        assert error.line >= 1
    else:
        assert outcome(lambda: XmlCodec().decode(XmlCodec().encode(contact))) == outcome(lambda: contact)


J = 'xmlns:j="urn:contactwire:json"'
UNKNOWN = st.sampled_from(
    [
        *["<New>a &lt; b</New>", "<new></new>", "<New/>", '<Newer xsi:nil="true"/>', "<_x> </_x>"],
        *["<a_x0020_b>ø</a_x0020_b>", '<N a="b"/>', "<N><M>1</M></N>", "<N><!-- --></N>"],
        *(f'<N {J} j:type="number">{text}</N>' for text in ("1", " 2.5\n", "true", "x", "")),
        *(f'<N {J} j:type="boolean">{text}</N>' for text in ("1", " 2.5\n", "true", "x", "")),
        *[f'<N {J} j:type="number"/>', f'<N {J} j:type="list"><Item/></N>'],
        *["<Mask>m</Mask>", "<name>n</name>", "<FieldRight/>", "<Value>v</Value>"],
        *["<p:N/>", "<N>", "</N>", "<!-- -->", "text", "\n"],
    ]
)
CONTACT = JsonCodec().decode(COMPLETE, ContactEntityWithLinks)
BODIES = [XmlCodec(indent=indent).encode(CONTACT).decode() for indent in (None, 2)]


@given(st.sampled_from(BODIES), st.lists(st.tuples(st.integers(0, 10**9), st.booleans(), UNKNOWN), max_size=4))
def test_unknown_elements_mean_the_same_wherever_they_stand(body, elements):
    """A document is read the same with comments between all tags and behind a processing instruction."""
    for number, anywhere, element in elements:
        places = [match.start() for match in re.finditer("<(?!\\?)" if anywhere else "</", body)]
        place = places[number % len(places)]
        body = body[:place] + element + body[place:]
    decoded = outcome(lambda: XmlCodec().decode(body, ContactEntityWithLinks))
    spread = re.sub("(?<=>)(?=<[^!])", "<!-- < --><?p ?>", body)
    assert outcome(lambda: XmlCodec().decode(spread, ContactEntityWithLinks)) == decoded


@given(CONTENT)
def test_reading_unknown_elements_is_stable(content):
    """An unknown element is written so that it reads the same again."""
    try:
        contact = XmlCodec().decode(f"<ContactEntity><Other a='1'>{content}</Other></ContactEntity>")
    except ContactWireError:
        return
    again = XmlCodec().decode(XmlCodec().encode(contact))
    assert to_builtins(again) == to_builtins(contact)


class Blank(Carrier):
    """A carrier without properties, so that each name is among its extras."""


@given(strings())
def test_any_text_is_a_name(name):
    """A name that XML does not allow is written as one that it does, and read back."""
    assert XmlCodec().decode(f"<Blank><{encode_name(name)}/></Blank>", Blank).extras == {name: ""}


XML_NAMES = etree.XMLSchema(
    etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="name" type="xs:NCName"/></xs:schema>'
    )
)


def is_name(text):
    """Whether a text is a name for XML Schema 1.0, which is by the fourth edition of XML 1.0."""
    element = etree.Element("name")
    element.text = text
    return XML_NAMES.validate(element)


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x21, exclude_characters="\ufffe\uffff"), min_size=1, max_size=4))
def test_a_name_is_escaped_where_another_edition_would_not_read_it(name):
    """What XML Schema takes for a name stays as it is, but for `_x_`; anything else is spelled as what it takes for one."""
    assert is_name(encode_name(name))
    assert (encode_name(name) == name) == (is_name(name) and name != "_x_")


@given(st.lists(st.sampled_from(["_", "_x", "_X", "0020", "0041", "00d8", "D800", "x", " ", "é", "\U0001f642"]), max_size=7))
def test_a_name_that_looks_escaped_is_read_back(parts):
    """A name reads back as itself, also where parts of it look like escapes."""
    carrier = Blank(extras={"".join(parts): "a"})
    assert XmlCodec().decode(XmlCodec().encode(carrier), Blank) == carrier
