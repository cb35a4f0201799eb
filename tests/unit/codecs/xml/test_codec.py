"""XML: the spelling of each state of a property in each dialect, and what is refused."""

import contextlib
import inspect
import json
import re
import sys
from datetime import timedelta, timezone
from pathlib import Path
from typing import Annotated

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    Category,
    ContactEntity,
    ContactEntityWithLinks,
    ContactWireError,
    DecodeError,
    EncodeError,
    EntityElement,
    FieldProperty,
    JsonCodec,
    LocalizedField,
    Maybe,
    Person,
    TableRight,
    Timestamp,
    ValidationError,
    WireName,
    XmlCodec,
    decode,
    encode,
    to_builtins,
)
from contactwire.carriers import Address
from contactwire.codecs.xml import DATACONTRACT, DIALECTS, PLAIN, SERVICES, root_name
from contactwire.errors import ContentTooLarge
from tests.inside import Writers

PAYLOADS = [
    path for path in sorted(Path(__file__).parents[3].joinpath("payloads").glob("*.json")) if "Patch" not in path.name
]
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

STATES = [
    ("absent", ContactEntity(), ""),
    ("null", ContactEntity(department=None), '<Department xsi:nil="true"/>'),
    ("an empty string", ContactEntity(department=""), "<Department></Department>"),
    ("an empty list", ContactEntity(emails=[]), "<Emails></Emails>"),
    ("an empty carrier", ContactEntity(category=Category()), "<Category></Category>"),
    ("wire order", ContactEntity(department="d", contact_id=1), "<ContactId>1</ContactId><Department>d</Department>"),
    ("a boolean", ContactEntity(no_mailing=True), "<NoMailing>true</NoMailing>"),
    (
        "doubles",
        ContactEntity(address=Address(wgs84_latitude=1e21)),
        "<Address><Wgs84Latitude>1e+21</Wgs84Latitude></Address>",
    ),
    (
        "carriers",
        ContactEntity(emails=[EntityElement(value="a"), EntityElement()]),
        "<Emails><EntityElement><Value>a</Value></EntityElement><EntityElement></EntityElement></Emails>",
    ),
    ("strings", ContactEntity(domains=["", "b"]), "<Domains><string></string><string>b</string></Domains>"),
    (
        "lists of lists",
        ContactEntity(address=Address(localized_address=[[LocalizedField(name="a")], []])),
        "<Address><LocalizedAddress><ArrayOfLocalizedField><LocalizedField><Name>a</Name></LocalizedField></ArrayOfLocalizedField><ArrayOfLocalizedField></ArrayOfLocalizedField></LocalizedAddress></Address>",
    ),
    ("markup", ContactEntity(name="<a>&\"'</a>]]>"), "<Name>&lt;a&gt;&amp;\"'&lt;/a&gt;]]&gt;</Name>"),
    ("white space", ContactEntity(name=" \t\r\n "), "<Name> \t&#xD;\n </Name>"),
    ("astral characters", ContactEntity(name="🙂 é"), "<Name>🙂 é</Name>"),
    ("an unknown string", ContactEntity(extras={"X": "1"}), "<X>1</X>"),
]


@pytest.mark.parametrize(("contact", "inside"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_states_both_ways(contact, inside):
    """The spelling of each state reads back as that state, also as the short form of an empty element."""
    assert encode(contact, "application/xml").decode() == f"<ContactEntity {XSI}>{inside}</ContactEntity>"
    assert decode(f"<ContactEntity {XSI}>{inside}</ContactEntity>", "text/xml") == contact


CONTACT = ContactEntityWithLinks(
    name="n",
    department=None,
    domains=["d"],
    custom_fields={"k": "v"},
    field_properties={"A.b": FieldProperty(field_type="T")},
    table_right=TableRight(mask="FULL"),
    links={"Self": "u"},
)


def names(body):
    """The names of the root's children in order."""
    from lxml import etree

    return [etree.QName(child).localname for child in etree.fromstring(body)]


@pytest.mark.parametrize(
    ("dialect", "order"),
    [
        ("plain", ["Name", "Department", "Domains", "CustomFields", "TableRight", "FieldProperties", "_Links"]),
        ("datacontract", ["FieldProperties", "TableRight", "CustomFields", "Department", "Domains", "Name", "_Links"]),
        ("services", ["TableRight", "FieldProperties", "Name", "Department", "Domains", "CustomFields", "_Links"]),
    ],
)
def test_each_dialect_has_its_order(dialect, order):
    """Each dialect writes properties in its order: wire order, or base first in ordinal order or in declaration order."""
    body = XmlCodec(dialect=dialect).encode(CONTACT)
    assert names(body) == order
    assert decode(body, "application/xml", type=ContactEntityWithLinks) == CONTACT


def test_ordinal_order_is_by_code_point():
    """Ordinal order is by code point: capitals, then the underscore, then small letters, as in .NET."""
    body = XmlCodec(dialect="datacontract").encode(
        decode(next(p for p in PAYLOADS if "complete" in p.name).read_bytes(), type=ContactEntityWithLinks)
    )
    found = names(body)
    assert found[:2] == ["FieldProperties", "TableRight"]
    assert found[2:-1] == sorted(found[2:-1])


def test_the_namespace_is_a_parameter():
    """The codec's namespace, .NET's or another, is the default namespace of the document."""
    assert b'xmlns="http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"' in XmlCodec(
        dialect="datacontract"
    ).encode(CONTACT)
    assert b'xmlns="urn:x"' in XmlCodec(dialect="datacontract", namespace="urn:x").encode(CONTACT)
    assert b"KeyValueOfstringstring" in XmlCodec(dialect="datacontract").encode(CONTACT)
    assert b"StringKeyValuePair" in XmlCodec(dialect="services").encode(CONTACT)


READINGS = [
    ("any prefix", '<q:ContactEntity xmlns:q="urn:x"><q:Name>a</q:Name></q:ContactEntity>'),
    ("CDATA", "<ContactEntity><Name><![CDATA[a]]></Name></ContactEntity>"),
    ("comments", "<!-- x --><ContactEntity><!-- y --><Name>a<!-- z --></Name></ContactEntity>"),
    ("an instruction", "<?x y?><ContactEntity><Name>a</Name></ContactEntity>"),
    ("another letter case", "<contactentity><NAME>a</NAME></contactentity>"),
    ("white space", "<ContactEntity>\n  <Name>a</Name>\n</ContactEntity>\n"),
    ("a declaration", '<?xml version="1.0" encoding="utf-8"?>\n<ContactEntity><Name>a</Name></ContactEntity>'),
]


@pytest.mark.parametrize("text", [row[1] for row in READINGS], ids=[row[0] for row in READINGS])
def test_readings(text):
    """The spellings of other writers are read."""
    assert decode(text, "application/xml") == ContactEntity(name="a")


@pytest.mark.parametrize("attribute", ['xml:space="preserve"', f'{XSI} xsi:type="string"', f'{XSI} xsi:nil="false"'])
def test_no_other_attribute_makes_a_null(attribute):
    """An element that is empty or blank is null by `xsi:nil` alone: with any other attribute, its text is what it says."""
    for text in ("", "  "):
        assert decode(f"<ContactEntity><Name {attribute}>{text}</Name></ContactEntity>", "application/xml").name == text


REF = f'{XSI} xmlns:z="http://schemas.microsoft.com/2003/10/Serialization/" z:Ref="i1" xsi:nil="true"'
REFERENCES = [
    ("/SupportAssociate", f"<SupportAssociate {REF}/>"),
    ("/supportassociate", f"<supportassociate {REF}/>"),
    ("/Name", f"<Name {REF}> </Name>"),
    ("/NAME", f"<NAME {REF}/>"),
    ("/Emails", f"<Emails {REF}/>"),
    ("/Emails/1", f"<Emails><EntityElement/><EntityElement {REF}/></Emails>"),
    ("/Domains/0", f"<Domains><string {REF}/></Domains>"),
    ("/Category/Value", f"<Category><Value {REF}/></Category>"),
    ("/CustomFields", f"<CustomFields {REF}/>"),
    ("/CustomFields/k", f"<CustomFields><Pair><Key>k</Key><Value {REF}/></Pair></CustomFields>"),
    ("/FieldProperties/k", f"<FieldProperties><Pair><Key>k</Key><Value {REF}/></Pair></FieldProperties>"),
]


@pytest.mark.parametrize(("pointer", "text"), REFERENCES, ids=[f"{row[0]} {row[1][:12]}" for row in REFERENCES])
def test_a_reference_to_another_element_is_no_null(pointer, text):
    """What .NET writes for a value that stands elsewhere in the document is a fault at its place, not null."""
    body = f"<ContactEntity>{text}</ContactEntity>"
    for read in (XmlCodec().decode, lambda body: XmlCodec().read(body, ContactEntity)):
        with pytest.raises(ValidationError) as caught:
            read(body)
        assert [(issue.pointer, issue.message) for issue in caught.value.issues] == [
            (pointer, 'expected a value, received a reference (z:Ref) to the element "i1"')
        ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f'<X {XSI} a="1" xsi:nil="true"/>', {"@a": "1", "#text": None}),
        (f'<X {XSI} xsi:nil="true" a="1"> </X>', {"@a": "1", "#text": None}),
        (f"<X {REF}/>", {"@Ref": "i1", "#text": None}),
        (f'<X><Y {XSI} xsi:nil="1" a=""/></X>', {"Y": {"@a": "", "#text": None}}),
        (f'<X><Y/><Y {XSI} xsi:nil="1" a=""/></X>', {"Y": ["", {"@a": "", "#text": None}]}),
        (f'<X {XSI} xmlns:j="urn:contactwire:json" xsi:nil="true" j:type="list"/>', None),
        (f'<X {XSI} xmlns:j="urn:contactwire:json" xsi:nil="true" j:type="list" a="1"/>', {"@a": "1", "#text": None}),
        (f'<X {XSI} xsi:nil="true" xsi:type="string"/>', None),
        (f'<X {XSI} xsi:nil="true"><Y/></X>', {"Y": ""}),
        (f'<X {XSI} xsi:nil="true" a="1"><Y/></X>', {"@a": "1", "Y": ""}),
    ],
)
def test_an_unknown_null_keeps_its_attributes(text, read):
    """An unknown element with `xsi:nil` and other attributes is null as a text, and no dialect loses the attributes."""
    contact = decode(f"<ContactEntity>{text}</ContactEntity>", "application/xml")
    assert contact.extras == {"X": read}
    for dialect in DIALECTS:
        codec = XmlCodec(dialect=dialect)
        assert codec.decode(codec.encode(contact)).extras == {"X": read}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_encodings(encoding):
    """A byte order mark, a declaration or the Content-Type's charset says the encoding."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared.removesuffix("-le")}"?><ContactEntity><Name>é</Name></ContactEntity>'
    assert (
        decode(text.encode(encoding), "application/xml" if encoding != "utf-16-le" else "text/xml; charset=utf-16le").name
        == "é"
    )
    plain = "<ContactEntity><Name>é</Name></ContactEntity>".encode(encoding)
    assert decode(plain, f"text/xml; charset={declared}").name == "é"


ENCODINGS = {
    **dict.fromkeys(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"], "€"),
    **dict.fromkeys(["ascii"], "e"),
    **{f"iso8859-{part}": "\xa0" for part in range(1, 17) if part not in (11, 12)},
    "iso8859-11": "\u0e01",
    **{f"cp125{page}": "\xa0" for page in range(9)},
    **dict.fromkeys(["koi8-r", "koi8-u"], "ж"),
    **dict.fromkeys(["shift_jis", "euc_jp", "iso2022_jp"], "あ"),
    **dict.fromkeys(["gb2312", "gbk", "big5"], "中"),
    "euc_kr": "한",
}


@pytest.mark.parametrize(("encoding", "text"), ENCODINGS.items(), ids=ENCODINGS)
def test_the_encodings_that_are_read(encoding, text):
    """A document in each of these encodings is read, whether its Content-Type or its own declaration says so."""
    body = f"<ContactEntity><Name>{text}</Name></ContactEntity>"
    assert decode(body.encode(encoding), f"text/xml; charset={encoding}").name == text
    if not encoding.startswith("utf-16"):
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{body}'
        assert decode(declared.encode(encoding), "application/xml").name == text


def test_the_text_around_bytes_that_are_in_no_encoding():
    """An error for bytes that the encoding does not have shows the text in front of them and behind them once."""
    with pytest.raises(DecodeError) as caught:
        decode(b"<ContactEntity>\n<Name>a\xffb</Name></ContactEntity>", "application/xml")
    assert (caught.value.line, caught.value.column) == (2, 8)
    assert caught.value.excerpt.count("<Name>a") == caught.value.excerpt.count("b</Name>") == 1


HOSTILE = [
    ("a document type", "<!DOCTYPE x><ContactEntity/>", DecodeError),
    (
        "a billion laughs",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><ContactEntity><Name>&b;</Name></ContactEntity>',
        DecodeError,
    ),
    (
        "an external entity",
        '<?xml version="1.0"?><!-- x --><!DOCTYPE x SYSTEM "file:///etc/passwd"><ContactEntity/>',
        DecodeError,
    ),
    ("an undefined entity", "<ContactEntity><Name>&b;</Name></ContactEntity>", DecodeError),
    ("two roots", "<ContactEntity/><ContactEntity/>", DecodeError),
    ("an undeclared prefix", "<ContactEntity><a:Name>x</a:Name></ContactEntity>", DecodeError),
    ("a control character", "<ContactEntity><Name>\x01</Name></ContactEntity>", DecodeError),
    ("a truncated document", "<ContactEntity><Name>x", DecodeError),
    ("nothing", "", DecodeError),
    ("bytes that are no UTF-8", b"<ContactEntity><Name>\xff</Name></ContactEntity>", DecodeError),
    ("an unknown encoding", b'<?xml version="1.0" encoding="klingon"?><ContactEntity/>', DecodeError),
    ("deep nesting", "<ContactEntity>" + "<X>" * 500 + "</X>" * 500 + "</ContactEntity>", ContentTooLarge),
    ("deeper nesting", "<ContactEntity>" + "<X>" * 100_000 + "</X>" * 100_000 + "</ContactEntity>", ContentTooLarge),
    ("another root", "<Person/>", ValidationError),
    ("a root that is null", f'<ContactEntity {XSI} xsi:nil="true"/>', ValidationError),
]


@pytest.mark.parametrize(("body", "error"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_documents(body, error):
    """A hostile document is refused with its class of error, and a DecodeError has a line and a column."""
    with pytest.raises(error) as caught:
        decode(body, "application/xml")
    if isinstance(caught.value, DecodeError):
        assert caught.value.line >= 1
        assert caught.value.column >= 1


@pytest.mark.parametrize("type", [list[ContactEntity], dict[str, ContactEntity]])
def test_an_empty_document_of_several_has_a_name_of_several(type):
    """A list or dictionary without items may have any root that begins with `ArrayOf`, and no other one."""
    assert not XmlCodec().decode("<arrayOfAnything/>", type)
    for name in ("ContactEntity", "Anything", "Array"):
        with pytest.raises(ValidationError, match=f'received an element "{name}"'):
            XmlCodec().decode(f"<{name}/>", type)


TOO_LARGE = [
    ("<X>" * 5000 + "</X>" * 5000, "nesting is deeper than "),
    (f"<{'x' * 10_100_000}/>", "name too long"),
    (f"&{'x' * 500};", f"entity '{'x' * 192}…, expected well-formed XML, near "),
]


@pytest.mark.parametrize(("inside", "message"), TOO_LARGE, ids=["depth", "name", "quotation"])
def test_what_is_beyond_the_limits_of_the_parser(inside, message):
    """What the parser does not take is told without names of its options, and with at most 200 characters of a document."""
    with pytest.raises(DecodeError) as caught:
        decode(f"<ContactEntity>{inside}</ContactEntity>", "application/xml")
    assert (caught.value.detail[: len(message)], "XML_PARSE" in str(caught.value)) == (message, False)
    assert len(str(caught.value)) < 350


def test_a_fault_of_the_parser_begins_with_a_small_letter_or_an_acronym():
    """What libxml2 says is the rest of a sentence, but XML stays XML."""
    for body, message in (
        (" <?xml version='1.0'?><A/>", "XML declaration allowed only"),
        ("<A></B>", "opening and ending tag"),
    ):
        with pytest.raises(DecodeError) as caught:
            decode(body, "application/xml")
        assert caught.value.detail.startswith(message)


def test_nothing_is_included():
    """An XInclude is an unknown element, and no file is read."""
    include = '<xi:include href="/etc/hostname" parse="text"/>'
    body = f'<ContactEntity xmlns:xi="http://www.w3.org/2001/XInclude">{include}</ContactEntity>'
    assert "include" in decode(body, "application/xml").extras


def test_every_fault_is_reported_with_its_pointer():
    """Every fault of a type is reported with its pointer, in the sender's spelling, as in JSON."""
    body = (
        f"<ContactEntity {XSI}><contactid>x</contactid><NoMailing>True</NoMailing><Name><b/></Name>"
        "<Emails><E/>x</Emails><Deleted/></ContactEntity>"
    )
    with pytest.raises(ValidationError) as caught:
        decode(body, "application/xml")
    assert [issue.pointer for issue in caught.value.issues] == ["/contactid", "/NoMailing", "/Name", "/Emails", "/Deleted"]


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("<CustomFields>x<Pair><Key>k</Key></Pair> </CustomFields>", "/CustomFields"),
        ("<CustomFields> <Pair><Key>k</Key></Pair>x</CustomFields>", "/CustomFields"),
        ("<CustomFields><Pair>x<Key>k</Key> <Value/> </Pair></CustomFields>", "/CustomFields/0"),
        ("<CustomFields><Pair> <Key>k</Key>x<Value/> </Pair></CustomFields>", "/CustomFields/0"),
        ("<CustomFields><Pair> <Key>k</Key> <Value/>x</Pair></CustomFields>", "/CustomFields/0"),
        ("<Domains>x<string/> </Domains>", "/Domains"),
        ("<Domains> <string/>x<string/> </Domains>", "/Domains"),
        ("<Emails>x<EntityElement/> </Emails>", "/Emails"),
        ("<Emails><EntityElement>x</EntityElement></Emails>", "/Emails/0"),
        ("<Category>x<Id>1</Id> </Category>", "/Category"),
        ("<Category> <Id>1</Id>x<Value/> </Category>", "/Category"),
    ],
)
def test_text_between_elements_is_a_fault(text, pointer):
    """Text where only elements stand is refused at its place: in lists, dictionaries, their entries and carriers."""
    with pytest.raises(ValidationError) as caught:
        decode(f"<ContactEntity>{text}</ContactEntity>", "application/xml")
    assert [(issue.pointer, issue.message) for issue in caught.value.issues] == [
        (pointer, 'expected elements and no text between them, received "x"')
    ]


@pytest.mark.parametrize(
    ("carrier", "pointer"),
    [
        (ContactEntity(category=Category(value="\x01")), "/Category/Value"),
        (ContactEntity(domains=["\x01"]), "/Domains/0"),
        (ContactEntity(custom_fields={"k": "\x01"}), "/CustomFields/k"),
        (ContactEntity(extras={"X": ["\x01"]}), "/X/0"),
    ],
)
def test_a_character_that_xml_cannot_hold_is_named_at_the_limit_of_the_depth(carrier, pointer):
    """A string with such a character is refused at its place, however deep a codec lets documents be."""
    for max_depth in (2, 64):
        with pytest.raises(EncodeError) as caught:
            XmlCodec(max_depth=max_depth).encode(carrier)
        assert [issue.pointer for issue in caught.value.issues] == [pointer]


def test_duplicates_follow_json():
    """The last of two elements of one property counts, and `duplicates="error"` reports it."""
    body = "<ContactEntity><Name>a</Name><name>b</name></ContactEntity>"
    assert decode(body, "application/xml").name == "b"
    with pytest.raises(ValidationError, match="repeated"):
        XmlCodec(duplicates="error").decode(body)


@pytest.mark.parametrize(
    "entries",
    [
        "<Pair><Key>k</Key><key>l</key><Value>a</Value></Pair>",
        "<Pair><Key>k</Key><Value>a</Value><Value>b</Value></Pair>",
        "<Pair><Key>k</Key><Value>a</Value></Pair><Pair><Key>k</Key><Value>b</Value></Pair>",
    ],
    ids=["two keys", "two values", "a key twice"],
)
def test_duplicates_in_a_dictionary(entries):
    """`duplicates="error"` reports an entry with two keys or values, and a key in two entries."""
    body = f"<ContactEntity><CustomFields>{entries}</CustomFields></ContactEntity>"
    assert len(decode(body, "application/xml").custom_fields) == 1
    with pytest.raises(ValidationError, match="repeated"):
        XmlCodec(duplicates="error").decode(body)
    once = "<Pair><Key>k</Key><Value>a</Value></Pair><Pair><Value>b</Value><Key>K</Key></Pair>"
    body = f"<ContactEntity><CustomFields>{once}</CustomFields></ContactEntity>"
    assert XmlCodec(duplicates="error").decode(body).custom_fields == {"k": "a", "K": "b"}


def test_characters_that_xml_cannot_hold():
    """Each character that XML cannot hold is a fault with its pointer, and nothing is written."""
    with pytest.raises(EncodeError) as caught:
        encode(
            ContactEntity(name="\x00", emails=[EntityElement(value="\ufffe")], custom_fields={"k": "\x1f"}),
            "application/xml",
        )
    assert [issue.pointer for issue in caught.value.issues] == ["/Name", "/Emails/0/Value", "/CustomFields/k"]


def test_an_offset_that_the_wire_cannot_hold_is_a_fault():
    """An offset that the wire cannot hold is a fault with its pointer, also in a `Timestamp` and with `validate=False`."""
    moment = Timestamp(2020, 1, 1, tzinfo=timezone(timedelta(seconds=3601)))
    for validate in (True, False):
        with pytest.raises(EncodeError, match="cannot hold the offset") as caught:
            XmlCodec(validate=validate).encode(ContactEntity(updated_date=moment))
        assert [issue.pointer for issue in caught.value.issues] == ["/UpdatedDate"]


def test_a_property_may_be_called_like_a_word_of_python():
    """A property whose name is a Python keyword, in a class that a program makes, is written and read."""
    body = {"__annotations__": {"from": Maybe[str]}, "from": UNSET, "__module__": __name__}
    made = type(Carrier)("Mail", (Carrier,), body)
    assert XmlCodec().encode(made(**{"from": "x"})).endswith(b"<From>x</From></Mail>")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.name)
def test_payloads_survive(payload, dialect):
    """A sample that goes from JSON to XML and back loses nothing, in any dialect."""
    data = json.loads(payload.read_bytes())
    contact = decode(payload.read_bytes(), type=ContactEntityWithLinks)
    codec = XmlCodec(dialect=dialect)
    assert to_builtins(codec.decode(codec.encode(contact), ContactEntityWithLinks)) == data


def test_lists_travel_in_an_element_of_their_own():
    """A list of contacts is written as an `ArrayOfContactEntity` element."""
    body = encode([ContactEntity(name="a"), ContactEntity()], "application/xml")
    assert body.startswith(b"<ArrayOfContactEntity")
    assert decode(body, "application/xml", type=list[ContactEntity]) == [ContactEntity(name="a"), ContactEntity()]


def test_large_documents_are_read():
    """Documents with long runs of escapes, attributes and siblings are read."""
    wide = "<ContactEntity>" + "<X a='1'/>" * 20_000 + "</ContactEntity>"
    long = f"<ContactEntity><Name>{'&lt;' * 200_000}</Name></ContactEntity>"
    attributes = "<ContactEntity " + " ".join(f"a{n}='1'" for n in range(5_000)) + "/>"
    for body in (wide, long, attributes):
        try:
            decode(body, "application/xml")
        except ContactWireError as error:
            pytest.fail(str(error))


UNKNOWN = """<ContactEntity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <Emails><EntityElement><Value>v</Value><TableRight><Mask>m</Mask><New/></TableRight><New>e</New></EntityElement></Emails>
 <Category><Id>1</Id><New>c</New></Category>
 <FieldProperties>
  <Pair><Key>k</Key><Value><FieldRight><New>r</New></FieldRight><FieldType>t</FieldType><New>p</New></Value></Pair>
 </FieldProperties>
 <New>&lt;a&gt;</New><a_x0020_b></a_x0020_b><Null xsi:nil="true"/>
 <Number xmlns:j="urn:contactwire:json" j:type="number">5</Number>
 <Yes xmlns:j="urn:contactwire:json" j:type="boolean">true</Yes>
</ContactEntity>"""


@pytest.mark.parametrize("spaced", [True, False])
def test_unknown_elements_are_kept_in_any_carrier(spaced):
    """Unknown elements behind the properties of any carrier are kept, with and without white space between them."""
    contact = XmlCodec().decode(UNKNOWN if spaced else re.sub("\n *", "", UNKNOWN))
    assert contact.extras == {"New": "<a>", "a b": "", "Null": None, "Number": 5, "Yes": True}
    email, field = contact.emails[0], contact.field_properties["k"]
    read = [contact.category, email, email.table_right, field, field.field_right]
    assert [carrier.extras["New"] for carrier in read] == ["c", "e", "", "p", "r"]


@pytest.mark.parametrize("blank", ["\u00a0", "\u2028", "\u3000", "\x85", "\u2003\u205f"])
def test_an_indent_keeps_text_that_is_white_space_elsewhere(blank):
    """With an indent, text beside unknown elements stays that is white space for Unicode, but not for XML."""
    extras = {"A": {"B": {"#text": blank, "C": ""}, "#text": blank}}
    contact = ContactEntity(extras=extras, category=Category(value=blank, extras=extras))
    for indent in (None, 0, 3):
        assert decode(XmlCodec(indent=indent).encode(contact), "text/xml") == contact


def test_an_indent_begins_a_line_for_each_element():
    """With an indent, each element but the root begins a line, and so does the end of each element with others in it."""
    category = Category(id=1, extras={"X": {"#text": "t", "Y": "b"}})
    contact = ContactEntity(name="a", emails=[], interests=[], category=category)
    body = XmlCodec(indent=2).encode(contact).decode()
    assert body.partition(">")[2].splitlines() == [
        "",
        "  <Name>a</Name>",
        "  <Emails/>",
        "  <Interests/>",
        "  <Category>",
        "    <Id>1</Id>",
        "    <X>t<Y>b</Y>",
        "    </X>",
        "  </Category>",
        "</ContactEntity>",
    ]


NAMES = {
    "a b": "a_x0020_b",
    "Über": "Über",
    "中": "中",
    "1": "_x0031_",
    "a_x0020_": "a_x005F_x0020_",
    "Preț": "Pre_x021B_",
    "\U0001f642": "_x0001F642_",
    "a\U00020000": "a_x00020000_",
    "my_xray": "my_xray",
    "_x": "_x",
    "a_x0020": "a_x0020",
    "a_x002_": "a_x002_",
    "a_X0020_": "a_x005F_X0020_",
    "a_x00200041_": "a_x005F_x00200041_",
    "_x0020_x0020_": "_x005F_x0020_x005F_x0020_",
    " x0020_": "_x0020_x0020_",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_that_xml_does_not_have(name):
    """A name is spelled as .NET's XmlConvert spells it, by the fourth edition of XML 1.0."""
    body = encode(ContactEntity(extras={name: "x"}), "application/xml").decode()
    assert f"<{NAMES[name]}>x</{NAMES[name]}>" in body
    assert decode(body, "application/xml").extras == {name: "x"}


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("", "_x_"),
        ("_x_", "_x005F_x_"),
        ("a_x0020 ", "a_x005F_x0020_x0020_"),
        ("_X0020\U0001f642", "_x005F_X0020_x0001F642_"),
    ],
)
def test_names_that_net_cannot_read_back(name, spelled):
    """A name that .NET's XmlConvert has no spelling for, or spells as it spells another one, has a spelling of its own."""
    body = encode(ContactEntity(extras={name: "x"}), "application/xml").decode()
    assert f"<{spelled}>x</{spelled}>" in body
    assert decode(body, "application/xml").extras == {name: "x"}


def test_an_escape_in_a_name_may_have_a_capital_x():
    """An escape in the name of an element is read with a capital X, too, as .NET reads it."""
    assert decode("<ContactEntity><a_X0020_b>x</a_X0020_b></ContactEntity>", "text/xml").extras == {"a b": "x"}


@pytest.mark.parametrize("dialect", ["plain", "datacontract", "services", "webapi"])
def test_a_property_whose_name_has_an_underscore_and_an_x(dialect):
    """An underscore in front of an x is escaped in no element of a property, since a reader in .NET looks for its name."""

    class Ray(Carrier):
        ray: Annotated[Maybe[str], WireName("my_xray")] = UNSET

    body = XmlCodec(dialect=dialect).encode(Ray(ray="a"))
    assert b"<my_xray>a</my_xray>" in body
    assert XmlCodec().decode(body, Ray) == Ray(ray="a")


@pytest.mark.parametrize("name", ["\U0001f642", "Preț"])
def test_all_names_of_the_fifth_edition_are_read(name):
    """Another sender may have a letter in a name that only the fifth edition of XML 1.0 allows."""
    assert decode(f"<ContactEntity><{name}>x</{name}></ContactEntity>", "application/xml").extras == {name: "x"}


@pytest.mark.parametrize(
    "content",
    [
        "<Pair><Key>k</Key><Value><FieldRight><x>a</x></FieldRight><y>b</y></Value>" * 20_000,
        "<Pair><Key>k</Key><Value><FieldRight><x>a</x>" + "</FieldRight><y>" * 50_000 + "</Value>" * 50_000,
        "<Pair><Key>k</Key><Value><FieldRight><x>" * 20_000,
    ],
    ids=["open entries", "end tags", "open elements"],
)
def test_unknown_elements_that_do_not_end_are_refused(content):
    """A document whose elements do not end as they should is refused, however many unknown elements it has."""
    body = f'<ContactEntity xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><FieldProperties>{content}'
    with pytest.raises(ContactWireError):
        XmlCodec().decode(body)


@pytest.mark.parametrize(
    "number",
    ["1.10", "1E5", "1e22", "1e+22", "1e-7", "1e-07", "-0", "1e999", "12345678901234567890.123", "0.0000000000000000000001"],
)
def test_numbers_of_unknown_elements_keep_their_digits(number):
    """A number in an unknown element keeps its digits through XML and JSON."""
    body = b'{"X":%s,"Y":{"a":[%s]}}' % ((number.encode(),) * 2)
    carrier = JsonCodec().decode(body)
    assert JsonCodec().encode(XmlCodec().decode(XmlCodec().encode(carrier))) == body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1.50", "1.50"),
        (" 007 ", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-.5E+7", "-0.5E+7"),
        ("-000", "-0"),
        ("9" * 4301, None),
    ]
    + [(text, None) for text in ("", ".", "-", "e5", "1_0", "0x1", "INF", "NaN", "\u0661", "1e")],
)
def test_numbers_of_unknown_elements_become_numbers_of_json(text, expected):
    """An XML Schema number in an unknown element becomes a JSON number, and other text stays text."""
    body = f'<ContactEntity xmlns:j="urn:contactwire:json"><X j:type="number">{text}</X></ContactEntity>'
    written = JsonCodec().encode(XmlCodec().decode(body))
    assert json.loads(written, parse_float=str, parse_int=str) == {"X": text if expected is None else expected}


INTEGERS = ["byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong", "integer"]


@pytest.mark.parametrize(
    ("type", "text", "expected"),
    [
        *((type, "5", 5) for type in [*INTEGERS, "decimal", "double", "float"]),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("string", "5", "5"),
    ],
)
def test_a_type_of_xml_schema_is_the_type_of_an_unknown_element(type, text, expected):
    """`xsi:type` makes the text of an unknown element a number or a boolean, with and without a prefix in its value."""
    for name in (type, f"xsd:{type}"):
        body = f'<ContactEntity {XSI}><X xsi:type="{name}">{text}</X></ContactEntity>'
        assert json.loads(JsonCodec().encode(XmlCodec().decode(body))) == {"X": expected}


def test_unknown_elements_are_kept_where_asked_for():
    """`unknown` decides at every place what happens to unknown elements."""
    assert XmlCodec(unknown="ignore").decode(UNKNOWN).extras == {}
    with pytest.raises(ValidationError) as caught:
        XmlCodec(unknown="error").decode(UNKNOWN)
    assert len(caught.value.issues) == 10


@pytest.mark.parametrize("texts", ["a", "aaaaaaaé", "é", "aa<>&\r", "🙂 &", "a" * 200 + "é"], ids=ascii)
def test_a_document_of_many_texts_is_its_parts(texts):
    """Each text of a document is written as it would be alone, whatever the number and content of the others."""
    contacts = [ContactEntity(name=texts[number % len(texts)], department="d") for number in range(1500)]
    alone = {text: XmlCodec().encode(ContactEntity(name=text, department="d")) for text in set(texts)}
    items = [alone[contact.name].replace(f" {XSI}".encode(), b"") for contact in contacts]
    body = f"<ArrayOfContactEntity {XSI}>".encode() + b"".join(items) + b"</ArrayOfContactEntity>"
    assert XmlCodec().encode(contacts) == body


def test_any_character_may_stand_beside_what_is_escaped():
    """Characters to escape are found among texts with all legal characters, U+007F and line ends included."""
    texts = ["\x7f", "<b>", "<c>", "a\x7f<", "&", "\x7f\x7f", "\t\n", "\x85", "\ue000", "]]>"]
    contacts = [ContactEntity(name=text) for text in texts]
    assert XmlCodec().decode(XmlCodec().encode(contacts), list[ContactEntity]) == contacts


@pytest.mark.parametrize(
    "dialect",
    [
        attrs.evolve(PLAIN, name="own", xsi_prefix="ü"),
        attrs.evolve(DATACONTRACT, name="own", arrays_prefix="ä"),
        attrs.evolve(SERVICES, name="own", pair="Ünd{item}", scalar_pair="Öar"),
    ],
    ids=["prefix of nil", "prefix of items", "names of entries"],
)
@pytest.mark.parametrize(
    "extras", [{}, {"Straße": "ä", "ñ": {"@größe": "ø", "#text": "&"}, "Ø": [1, None]}], ids=["", "extras"]
)
def test_markup_may_be_beyond_ascii(dialect, extras):
    """Names and prefixes beyond ASCII, Latin-1 included, are written and read back."""
    codec = XmlCodec(dialect=dialect)
    fields = {"F": FieldProperty(field_type="é"), "G": FieldProperty()}
    contact = ContactEntity(name="ASCII", department=None, field_properties=fields, user_defined_fields={"Å": "b"})
    contact.extras.update(extras)
    for value, type in ((contact, ContactEntity), ([contact, contact], list[ContactEntity])):
        assert codec.decode(codec.encode(value), type) == value


@pytest.mark.parametrize("name", ["Category", "Emails", "CustomFields"])
def test_a_null_at_the_limit_of_the_depth_is_a_null(name):
    """At the depth limit null is read, since it takes no level, and an empty carrier, list or dictionary is refused."""
    null = XmlCodec(max_depth=1).decode(f'<ContactEntity {XSI}><{name} xsi:nil="true"/></ContactEntity>')
    assert to_builtins(null) == {name: None}
    with pytest.raises(ContentTooLarge):
        XmlCodec(max_depth=1).decode(f"<ContactEntity><{name}/></ContactEntity>")


NAMES_OF_ELEMENTS = """<ContactEntity>
 <Emails><EntityElement><Value>é</Value></EntityElement><EntityElement><value><!-- < --></value></EntityElement></Emails>
 <CustomFields><Pair><Value>v</Value><Key>a/b</Key></Pair><Pair><Key>k</Key></Pair></CustomFields>
 <Other><Item>1</Item><Item>2</Item></Other><Other/>
</ContactEntity>"""


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/Emails", (2, 2)),
        ("/Emails/0/Value", (2, 25)),
        ("/emails/1/value", (2, 72)),
        ("/Emails/1/Nothing", (2, 57)),
        ("/Emails/7", (2, 2)),
        ("/CustomFields/a~1b", (3, 22)),
        ("/CustomFields/k", (3, 59)),
        ("/CustomFields/1", (3, 59)),
        ("/Other/0", (4, 2)),
        ("/Other/1", (4, 45)),
        ("/Nothing/0", (1, 1)),
    ],
)
def test_pointers_lead_to_elements(pointer, place):
    """`locate` gives the start of the element for a pointer, or of the nearest element around it."""
    assert XmlCodec().locate(NAMES_OF_ELEMENTS, [pointer]) == [place]
    assert XmlCodec().locate(NAMES_OF_ELEMENTS.encode("utf-16"), [pointer]) == [place]


@pytest.mark.parametrize("body", ["", "x", "<a", "<!DOCTYPE a><a><b/></a>", "<a><b></a>", "<a><b>\x1f&</b></a>"])
def test_what_is_not_well_formed_has_places_too(body):
    """`locate` gives a place in any broken document: that of the element before the fault, or the start."""
    assert XmlCodec().locate(body, ["/b"]) in ([(1, 1)], [(1, 4)])


def work(call):
    """How many lines of the package run in a call, even if it raises."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace if "contactwire" in frame.f_code.co_filename else None

    measuring = sys.gettrace()
    sys.settrace(trace)
    try:
        with contextlib.suppress(ContactWireError):
            call()
    finally:
        sys.settrace(measuring)
    return count


@pytest.mark.parametrize(
    "repeated",
    [
        "<ContactEntity><Other{}/></ContactEntity>",
        "<ContactEntity><Name{}/></ContactEntity>",
    ],
    ids=["unknown", "known"],
)
def test_an_element_may_have_many_attributes(repeated):
    """An element with very many attributes is read, and keeps them if it is unknown."""
    attributes = "".join(f" a{number}='{number}'" for number in range(60_000))
    extras = XmlCodec().decode(repeated.format(attributes)).extras
    assert not extras or extras["Other"]["@a59999"] == "59999"


@pytest.mark.parametrize(
    "piece",
    [
        "<Other/>",
        "<Name>x</Name><name>y</name>",
        "<ContactId>x</ContactId>",
        "<Emails>x<EntityElement/>x</Emails>",
        "<CustomFields><Pair/>x</CustomFields>",
        "<CustomFields><Pair><Value/><Key>k</Key><Key/></Pair></CustomFields>",
        "<Category><Id>x</Id><Other><Other/></Other></Category>",
    ],
)
@pytest.mark.parametrize("codec", [XmlCodec(), XmlCodec(unknown="error", duplicates="error")], ids=["lenient", "strict"])
def test_work_grows_with_the_document(piece, codec):
    """Four times the elements, or the faults, take four times the work."""

    def body(count):
        return f"<ContactEntity>{piece * count}</ContactEntity>"

    work(lambda: codec.decode(body(1)))
    assert work(lambda: codec.decode(body(400))) < 5 * work(lambda: codec.decode(body(100)))


def test_pieces_of_markup_do_not_grow():
    """The writer joins text in pieces whose length does not grow with the number of carriers in a list."""

    def longest(count):
        contacts = [ContactEntity(persons=[Person(person_id=5)] * count, custom_fields=None)] * count
        out = []
        Writers(PLAIN, True).element(contacts, out, 9)
        return max(map(len, out))

    assert longest(50) == longest(2)


def test_text_that_spells_no_value_is_reported_as_it_came():
    """Text that is no number is received as text, and a number out of range as a number."""
    body = (
        "<ContactEntity><ContactId>1_0</ContactId><Deleted>2147483648</Deleted><NoMailing>TRUE</NoMailing></ContactEntity>"
    )
    with pytest.raises(ValidationError) as caught:
        XmlCodec().decode(body)
    assert [issue.received for issue in caught.value.issues] == ['"1_0"', "2147483648", '"TRUE"']


def test_faults_come_in_the_order_of_the_document():
    """Faults in elements and in values are reported in the order of the document."""
    values = "<ContactId>x</ContactId><Emails>y<E/></Emails><Deleted>z</Deleted><CustomFields><P/></CustomFields>"
    body = f"<ContactEntity>{values}</ContactEntity>"
    with pytest.raises(ValidationError) as caught:
        XmlCodec().decode(body)
    assert [issue.pointer for issue in caught.value.issues] == ["/ContactId", "/Emails", "/Deleted", "/CustomFields/0"]


def test_a_dialect_has_a_name():
    """An unknown name of a dialect is a ValueError that lists the known ones."""
    with pytest.raises(
        ValueError, match="a dialect is one of plain, datacontract, services, webapi or a Dialect, not 'odd'"
    ):
        XmlCodec(dialect="odd")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Person(), "Person"),
        ([], "ArrayOfContactEntity"),
        ([Person()], "ArrayOfPerson"),
        ([[Person()], []], "ArrayOfArrayOfPerson"),
    ],
)
def test_the_root_says_what_a_document_holds(value, name):
    """The root's name is that of the carrier, or names what a list holds."""
    assert root_name(value, PLAIN).tag == name
    assert XmlCodec().encode(value).startswith(f"<{name} ".encode())


def test_unknown_elements_keep_their_letter_case():
    """Unknown elements that differ in letter case only are two, also beside a property in another spelling."""
    contact = XmlCodec().decode("<ContactEntity><Name>a</Name><name>b</name><Odd>1</Odd><odd>2</odd></ContactEntity>")
    assert contact == ContactEntity(name="b", extras={"Odd": "1", "odd": "2"})


@pytest.mark.parametrize("inside", ["<Odd/><Odd/>", "<Odd><A/></Odd>", "<Odd>1</Odd><Odd>2</Odd>"])
def test_unknown_elements_have_their_depth(inside):
    """An unknown element with content, and several of one name, take a level of depth."""
    body = f"<ContactEntity>{inside}</ContactEntity>"
    assert XmlCodec(max_depth=2).decode(body).extras
    with pytest.raises(ContentTooLarge):
        XmlCodec(max_depth=1).decode(body)


def test_what_declares_utf_16_must_be_in_it():
    """A document in single bytes that declares UTF-16 is refused."""
    with pytest.raises(DecodeError, match="the document is not in UTF-16, as it declares"):
        XmlCodec().decode(b'<?xml version="1.0" encoding="utf-16"?><ContactEntity/>')


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "nope", "utf-8"])
@pytest.mark.parametrize(("blank", "size"), [(" ", 600), ("\n", 100_000)])
def test_a_declaration_that_is_too_long_to_look_for_its_encoding(encoding, blank, size):
    """A declaration whose encoding stands far behind its start is refused, not read as UTF-8; in text, it does not count."""
    body = f'<?xml version="1.0"{blank * size}encoding="{encoding}"?><ArrayOfContactEntity/>'
    with pytest.raises(DecodeError, match="the XML declaration has more than 512 bytes"):
        XmlCodec().decode(body.encode(), list[ContactEntity])
    for chunks in ([body.encode()], [body[:300].encode(), body[300:].encode()]):
        with pytest.raises(DecodeError, match="the XML declaration has more than 512 bytes"):
            list(XmlCodec().iter_decode(chunks))
    assert XmlCodec().decode(body, list[ContactEntity]) == []


def test_a_declaration_of_512_bytes():
    """A declaration may be as long as what is looked at for an encoding, and what is behind it may be of any length."""
    declared = b'<?xml version="1.0"' + b" " * (512 - 40) + b'encoding="iso-8859-1"?>'
    assert len(declared) == 514
    assert XmlCodec().decode(declared + b"<ContactEntity><Name>\xe9</Name></ContactEntity>").name == "\xe9"
    assert XmlCodec().decode(b'<?xml version="1.0"?>' + b" " * 600 + b"<ContactEntity/>") == ContactEntity()
    assert XmlCodec().decode(b"<?xml-odd " + b"a" * 600 + b"?><ContactEntity/>") == ContactEntity()


def test_a_dictionary_is_a_document_too():
    """A dictionary of carriers is a document whose root is an array of pairs."""
    body = "<ArrayOfPair><Pair><Key>a</Key><Value><Name>x</Name></Value></Pair></ArrayOfPair>"
    assert XmlCodec().decode(body, dict[str, ContactEntity]) == {"a": ContactEntity(name="x")}


def test_a_caller_deep_in_recursion_gets_an_error_of_the_library():
    """Where the interpreter's stack ends before `max_depth`, nesting is refused as too deep."""
    body = "<Node>" * 200 + "</Node>" * 200
    assert XmlCodec(max_depth=1000).decode(body, Node)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        with pytest.raises(ContentTooLarge, match="deeper than the interpreter can follow"):
            XmlCodec(max_depth=1000).decode(body, Node)
    finally:
        sys.setrecursionlimit(limit)


class Node(Carrier):
    """A carrier that can hold itself."""

    node: Maybe["Node"] = UNSET


NAMESPACED = {
    "of all elements": '<ContactEntity xmlns="{0}"><Name>a</Name></ContactEntity>',
    "of one element": "<ContactEntity><Name xmlns='{0}'>a</Name></ContactEntity>",
    "with a prefix": '<p:ContactEntity xmlns:p = "{0}"><p:Name>a</p:Name></p:ContactEntity>',
    "that nothing has": '<ContactEntity xmlns:p="{0}"><Name>a</Name></ContactEntity>',
}


@pytest.mark.parametrize("place", NAMESPACED)
@pytest.mark.parametrize("letter", ["u", "&#117;"])
def test_a_namespace_has_a_limit(place, letter):
    """A namespace of 256 characters is read, and one more is a 413 with its place: each element would take its length."""
    body = NAMESPACED[place]
    assert decode(body.format(letter * 256), XmlCodec()) == ContactEntity(name="a")
    with pytest.raises(ContentTooLarge, match="a namespace has more than 256 characters") as caught:
        decode(body.format(letter * 257), XmlCodec())
    assert (caught.value.line, caught.value.column) == (1, 1 if "&" in letter else body.index("{") + 1)
    with pytest.raises(ContentTooLarge):
        list(XmlCodec().iter_decode(f"<ArrayOfContactEntity>{body.format(letter * 257)}</ArrayOfContactEntity>"))
    with pytest.raises(ContentTooLarge):
        list(XmlCodec().iter_decode(f'<ArrayOfContactEntity xmlns="{letter * 257}"><a/></ArrayOfContactEntity>'))


def test_a_long_value_is_no_namespace():
    """Attributes and texts may be long, also where the document declares namespaces."""
    long = "x" * 100_000
    body = f'<ContactEntity xmlns="u" xmlns:p="v"><Name>a="{long}"</Name><X p:b="{long}"/></ContactEntity>'
    assert decode(body, XmlCodec()) == ContactEntity(name=f'a="{long}"', extras={"X": {"@b": long}})


def test_elements_of_a_long_namespace_take_no_memory(fits):
    """A document whose namespace is half of it is refused before any element is looked at."""
    body = b'<ContactEntity xmlns="' + b"u" * 50_000 + b'">' + b"<a>b</a>" * 6_000 + b"</ContactEntity>"

    def refuse():
        with pytest.raises(ContentTooLarge):
            XmlCodec().decode(body)

    refuse()
    assert fits(refuse, 10 * len(body))
