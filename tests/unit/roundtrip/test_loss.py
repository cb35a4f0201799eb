"""Differences of documents, and what a codec loses of them."""

import re
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from uuid import UUID

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Country,
    Double,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    Timestamp,
    XmlCodec,
)
from contactwire.codecs.patches import JsonPatchCodec, MergePatchCodec
from contactwire.codecs.xml import PLAIN
from contactwire.errors import EncodeError, Issue, UnsupportedMediaType
from contactwire.roundtrip import LOSSLESS, codecs_named
from contactwire.testing import ABSENT, Difference, assert_round_trip, changes, golden
from tests.inside import Loss, body_loss, differences, loss

DIFFERENT = [
    ("a value", {"a": 1}, {"a": 2}, "/a: 1 became 2"),
    ("a boolean for a number", {"a": 1}, {"a": True}, "/a: 1 became true"),
    ("a double for an integer", {"a": 1}, {"a": 1.0}, "/a: 1 became 1.0"),
    ("the sign of zero", {"a": -0.0}, {"a": 0.0}, "/a: -0.0 became 0.0"),
    ("null for absent", {}, {"a": None}, "/a: absent became null"),
    ("absent for empty", {"a": []}, {}, "/a: an empty list became absent"),
    ("an item less", {"a": [1, 2]}, {"a": [1]}, "/a/1: 2 became absent"),
    ("names that need escapes", {"a/b~": {"": 1}}, {"a/b~": {}}, "/a~1b~0/: 1 became absent"),
    ("the whole document", [], {}, "the document: an empty list became an empty object"),
]


@pytest.mark.parametrize(("name", "before", "after", "shown"), DIFFERENT)
def test_differences_name_the_place(name, before, after, shown):
    """A difference has its place, the value before and the value after."""
    assert [str(each) for each in differences(before, after)] == [shown]


def test_order_counts_in_lists_only():
    """The order of an object's members makes no difference, and the order of a list's items does."""
    assert list(differences({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1})) == []
    assert len(list(differences([1, 2], [2, 1]))) == 2


def test_what_is_absent_says_so():
    """A difference where one side is absent holds a marker, which is neither null nor any JSON value."""
    (found,) = differences({"a": None}, {})
    assert (found.before, found.after) == (None, ABSENT)


@pytest.mark.parametrize("codec", LOSSLESS)
@pytest.mark.parametrize("name", golden.ALL)
def test_the_lossless_codecs_lose_nothing(name, codec):
    """The default codecs lose nothing of the golden payloads."""
    contact = JsonCodec().decode(golden.ALL[name], ContactEntityWithLinks)
    assert_round_trip(contact, codec)
    assert_round_trip([contact, contact], codec)


MARKED = [
    ("json", '{"Name":"x"}'),
    ("xml", "<ContactEntity><Name>x</Name></ContactEntity>"),
    ("form", "Name=x"),
    ("json-patch", '[{"op":"add","path":"/Name","value":"x"}]'),
    ("merge-patch", '{"Name":"x"}'),
]


@pytest.mark.parametrize(("codec", "body"), MARKED)
def test_a_byte_order_mark_is_no_loss(codec, body):
    """A byte order mark in front of a body, as bytes or as text, is read and is no part of what it holds."""
    assert_round_trip("\ufeff" + body, codec)
    assert_round_trip(f"\ufeff{body}".encode(), codec)


@pytest.mark.parametrize("name", ["Preț", "\U0001f642"])
def test_a_name_that_the_second_reading_does_not_know(name):
    """A body with names that Expat does not read, as only the fifth edition of XML 1.0 has, is compared by its codec."""
    assert_round_trip(f"<ContactEntity><{name}>x</{name}></ContactEntity>".encode(), XmlCodec())


def test_codecs_by_name():
    """A codec may be named by a short name with options, or by any media type that has one."""
    codecs = codecs_named(["json", "xml-services", "application/merge-patch+json"])
    assert codecs["xml-services"] == XmlCodec(dialect="services")
    assert list(codecs) == ["json", "xml-services", "application/merge-patch+json"]
    assert list(codecs_named("xml-plain")) == ["xml-plain"]
    with pytest.raises(UnsupportedMediaType, match=r"yaml.* only json, .*xml-services.*, application/json") as caught:
        codecs_named(["yaml"])
    assert caught.value.media_type == "yaml"


def test_a_codec_that_ignores_loses():
    """A member that a codec ignores is a loss with its pointer."""
    contact = ContactEntity(name="x", country=Country(name="y"))
    contact.country.extras["Odd"] = [1]
    found = loss(contact, JsonCodec(unknown="ignore"), "mine")
    assert found
    assert found.codec == "mine"
    assert found.lines() == ["/Country/Odd: a list of 1 became absent"]


def test_a_dialect_that_leaves_nulls_out_loses_them():
    """A null that a dialect leaves out is a loss with its pointer, unless it is read as null again."""
    contact = ContactEntity(name=None, country=Country(name=None), custom_fields={"k": None})
    found = loss(contact, XmlCodec(dialect=attrs.evolve(PLAIN, nulls="omit")))
    assert found.lines() == ["/Name: null became absent", "/Country/Name: null became absent"]


def test_an_error_is_a_loss_with_every_fault():
    """A value that cannot be written is a loss with the pointer of each fault."""
    found = loss(ContactEntity(name="\x01", department="\x02"), XmlCodec())
    assert [line.partition(":")[0] for line in found.lines()] == ["/Name", "/Department"]
    assert not Loss("x")


@pytest.mark.parametrize("body", [golden.SMALL, golden.SMALL.decode(), bytearray(golden.SMALL), memoryview(golden.SMALL)])
def test_bodies_of_every_type(body):
    """`body_loss` takes a body of any type that a codec takes."""
    assert_round_trip(body)


@pytest.mark.parametrize(
    ("value", "codec"),
    [
        (ContactEntity(name="x", updated_date=Timestamp.parse("2020-01-01T00:00:00.1234567-0500")), None),
        (ContactEntity(name=""), "application/xml"),
        ([ContactEntity(), ContactEntity(name=None)], "xml-datacontract"),
        (JsonPatch.parse([{"op": "add", "path": "/Name", "value": "x"}]), JsonPatchCodec()),
        (MergePatch.parse({"Name": None}), MergePatchCodec()),
        (ContactEntity(name="x"), MergePatchCodec()),
    ],
)
def test_values_of_every_sort(value, codec):
    """`loss` takes a carrier, a list of carriers or a patch, and a codec by itself or by name."""
    assert_round_trip(value, codec)


NO_LOSS = [
    ("another letter case", b'{"NAME": "x", "emails": [{"VALUE": "y"}]}'),
    ("zeros at the end of a fraction", b'{"UpdatedDate": "2020-01-01T00:00:00.5000000Z"}'),
    ("the order of members", b'{"_Links": {}, "Unknown": 1, "Name": "x"}'),
]


@pytest.mark.parametrize(("name", "body"), NO_LOSS)
def test_spelling_is_no_loss(name, body):
    """Another spelling of the same value is no loss."""
    assert_round_trip(body)


def test_a_body_that_loses_is_shown_by_pointer():
    """`assert_round_trip` lists every place, the value before and the value after."""
    body = b'{"ContactId": "3", "Persons": [{"Retired": "1"}], "Odd": 1}'
    with pytest.raises(AssertionError) as caught:
        assert_round_trip(body, JsonCodec(coerce=True, unknown="ignore"))
    assert str(caught.value).splitlines()[1:] == [
        '  /ContactId: "3" became 3',
        '  /Persons/0/Retired: "1" became 1',
        "  /Odd: 1 became absent",
    ]


def test_an_xml_body_that_loses_is_found_by_another_reading():
    """A member of XML that decoding drops is a loss, since the standard library's parser reads the body too."""
    body = b"<ContactEntity><Name>x</Name><Odd>1</Odd></ContactEntity>"
    assert_round_trip(body, XmlCodec())
    with pytest.raises(AssertionError, match=re.escape('/Odd: "an unknown member" became absent')):
        assert_round_trip(body, XmlCodec(unknown="ignore"))


REPEATED = [
    ("json", b'{"Name": "a", "Name": "b"}', ["/Name"]),
    ("json", b'{"Name": "a", "Name": "a"}', ["/Name"]),
    ("json", b'{"Name": "a", "name": "b"}', ["/name"]),
    ("json", b'[{"Persons": [{}, {"X": {"Y": 1, "Y": 2}}]}]', ["/0/Persons/1/X/Y"]),
    ("json", b'{"CustomFields": {"a": "1", "a": "2"}}', ["/CustomFields/a"]),
    ("xml", b"<ContactEntity><Name>a</Name><name>b</name></ContactEntity>", ["/name"]),
    (
        "xml",
        b"<ContactEntity><CustomFields><P><Key>a</Key><Value>1</Value></P><P><Key>a</Key></P></CustomFields></ContactEntity>",
        ["/CustomFields/a"],
    ),
    ("form", b"Name=a&Department=x&name=b", ["/name"]),
    ("form", b"Category.Id=1&category[Id]=2", ["/Category/Id"]),
    ("form", b"CustomFields[a]=1&CustomFields[a]=2", ["/CustomFields/a"]),
    ("merge-patch", b'{"Name": "a", "Name": "b"}', ["/Name"]),
    ("json-patch", b'[{"op": "add", "path": "/x", "value": {"a": 1, "a": 2}, "op": "add"}]', ["/0/value/a", "/0/op"]),
]


@pytest.mark.parametrize(("codec", "body", "pointers"), REPEATED)
def test_a_repeated_member_is_a_loss(codec, body, pointers):
    """A body with several values for one member is a loss of all but one, in any spelling."""
    type_ = list[ContactEntityWithLinks] if body.startswith(b"[") and codec == "json" else ContactEntityWithLinks
    with pytest.raises(AssertionError, match="loses something") as caught:
        assert_round_trip(body, codec, type_)
    lines = str(caught.value).splitlines()[1:]
    assert [line.strip().partition(": several values became ")[0] for line in lines] == pointers


@pytest.mark.parametrize(
    ("codec", "body"),
    [
        ("form", b"Domains=a&Domains=b"),
        ("form", b"NoMailing=true&NoMailing=false"),
        ("form", b"Odd=a&Odd=b"),
        ("xml", b"<ContactEntity><Odd>a</Odd><Odd>b</Odd></ContactEntity>"),
        ("json", b'{"Odd": 1, "odd": 2}'),
    ],
)
def test_a_list_is_no_repetition(codec, body):
    """A list that repeats a name, and a member that has two names, are no loss."""
    assert_round_trip(body, codec)


def test_a_codec_that_cannot_tell_repetitions():
    """Repeated members of JSON are found with a user's codec too, which has no option for them."""

    class Plain:
        media_types = ("application/json",)

        def decode(self, body, type=ContactEntity):
            return JsonCodec().decode(body, type)

        def encode(self, value, *, selection=None):
            return JsonCodec().encode(value, selection=selection)

    assert_round_trip(b'{"Name": "a", "Odd": {"x": 1}}', Plain())
    with pytest.raises(AssertionError, match="/Odd/x: several values became 2"):
        assert_round_trip(b'{"Name": "a", "Odd": {"x": 1, "x": 2}}', Plain())


CHANGED = [
    (ContactEntity(name="a"), ContactEntity(name="b"), ['/Name: "a" became "b"']),
    (ContactEntity(name=None), ContactEntity(), ["/Name: null became absent"]),
    (ContactEntity(name="A"), ContactEntity(name="a"), ['/Name: "A" became "a"']),
    (ContactEntity(name="a"), ContactEntity(name="a "), ['/Name: "a" became "a "']),
    (
        ContactEntity(name="2020-01-01T00:00:00.50"),
        ContactEntity(name="2020-01-01T00:00:00.5"),
        ['/Name: "2020-01-01T00:00:00.50" became "2020-01-01T00:00:00.5"'],
    ),
    (ContactEntity(custom_fields={"K": "A"}), ContactEntity(custom_fields={"K": "a"}), ['/CustomFields/K: "A" became "a"']),
    (
        [ContactEntity(), ContactEntity(country=Country(name="x"))],
        [ContactEntity(), ContactEntity(country=Country(name="y")), ContactEntity()],
        ['/1/Country/Name: "x" became "y"', "/2: absent became an empty object"],
    ),
    (MergePatch.parse({"Name": "a"}), MergePatch.parse({"Name": None}), ['/Name: "a" became null']),
    ({"Name": "a"}, {"Name": "a", "X": 1}, ["/X: absent became 1"]),
    (
        ContactEntity(updated_date=Timestamp.parse("2020-01-01T00:00:00.50")),
        ContactEntity(updated_date=Timestamp.parse("2020-01-01T00:00:00.5")),
        [],
    ),
    (
        [None, ContactEntity(name="a", updated_date=Timestamp.parse("2020-01-01T00:00:00.50"))],
        [None, ContactEntity(name="b", updated_date=Timestamp.parse("2020-01-01T00:00:00.5"))],
        ['/1/Name: "a" became "b"'],
    ),
]


@pytest.mark.parametrize(("before", "after", "lines"), CHANGED)
def test_changes(before, after, lines):
    """`changes` gives the pointer and both values of each difference, and nothing for what is equal on the wire."""
    assert [str(change) for change in changes(before, after)] == lines


@pytest.mark.parametrize("body", [b"{}", bytearray(b"{}"), memoryview(b"{}")])
def test_bodies_are_no_documents_to_compare(body):
    """A body would be compared as one value, so it is refused."""
    with pytest.raises(TypeError, match="decode it before"):
        changes(body, ContactEntity())
    with pytest.raises(TypeError, match="decode it before"):
        changes(ContactEntity(), body)


def test_a_change_is_a_value():
    """A change compares by value, and has its parts as attributes."""
    (change,) = changes(ContactEntity(name="a"), ContactEntity())
    assert change == Difference("/Name", "a", ABSENT)
    assert (change.pointer, change.before, change.after, change.message) == ("/Name", "a", ABSENT, '"a" became absent')


def test_a_body_that_does_not_decode():
    """The error for a body that does not decode lists every fault, and has the codec's error as its cause."""
    with pytest.raises(AssertionError, match="/Name: expected string, received 1\n  /Urls") as caught:
        assert_round_trip(b'{"Name": 1, "Urls": 2}')
    assert type(caught.value.__cause__).__name__ == "ValidationError"


def test_a_body_that_its_codec_cannot_write_again():
    """A body that its codec reads and cannot write is lossy, not unreadable, with the codec's faults."""

    class Mute(JsonCodec):
        def encode(self, value, *, selection=None):
            raise EncodeError([Issue("/Name", "cannot be written", "", "")])

    found = body_loss(b'{"Name": "x"}', Mute())
    assert (found.lines(), found.unreadable) == (["/Name: cannot be written"], False)
    assert body_loss(b'{"Name": 1}', Mute()).unreadable


def test_a_codec_that_writes_another_body_the_second_time():
    """A codec that writes a value in another way the second time is an error."""

    class Restless(JsonCodec):
        written = 0

        def encode(self, value, *, selection=None):
            Restless.written += 1
            return super().encode(value) + b" " * Restless.written

    with pytest.raises(AssertionError, match="another body the second time"):
        assert_round_trip(ContactEntity(), Restless())


@pytest.mark.parametrize(
    ("body", "codec"),
    [
        (b'{"ContactId": -0}', "json"),
        (b'{"Odd": -0}', "json"),
        (b"<ContactEntity><NoMailing> 1 </NoMailing></ContactEntity>", "application/xml"),
        (b"<ContactEntity><UpdatedDate>\n2020-01-01T00:00:00 </UpdatedDate></ContactEntity>", "application/xml"),
    ],
)
def test_other_spellings_of_a_value_are_no_loss(body, codec):
    """`-0` for 0, 1 for true, and white space around a date-time are no losses."""
    assert_round_trip(body, codec)


class Rank(IntEnum):
    """A closed enumeration of numbers."""

    FIRST = 1


class Side(Enum):
    """A closed enumeration of texts."""

    LEFT = "left"


class Invoice(Carrier):
    """A carrier of the kinds that a contact has not."""

    amount: Maybe[Decimal] = UNSET
    shares: Maybe[list[Decimal]] = UNSET
    day: Maybe[date] = UNSET
    key: Maybe[UUID] = UNSET
    rank: Maybe[Rank] = UNSET
    side: Maybe[Side] = UNSET
    ratios: Maybe[list[Double]] = UNSET


KEY = "0f0e0d0c-0b0a-0908-0706-050403020100"
INVOICES = [
    b'{"Amount":0.10,"Shares":[0,-0,5,1E2,0.0000999900,12345678901234567890.10],"Day":"2020-01-31","Rank":1,"Side":"left"}',
    b'{"Key":"%s"}' % KEY.upper().encode(),
    b"<Invoice><Amount> 0.10 </Amount><Shares><decimal>+1</decimal><decimal>1e2</decimal></Shares></Invoice>",
    b"<Invoice><Day> 2020-01-31 </Day><Key> %s </Key></Invoice>" % KEY.upper().encode(),
    b"<Invoice><Rank> 1 </Rank><Side>left</Side></Invoice>",
    b'{"Ratios":[5,5.0,-0.0,-7,1E2,0.10,12345678901234567890]}',
    *(
        f"<Invoice><Ratios><double>{text}</double></Ratios></Invoice>".encode()
        for text in ("+5", " 5.0 ", "-0", "-007", "1E2", "12345678901234567890", "0" * 5000 + "1")
    ),
]


@pytest.mark.parametrize("body", INVOICES)
def test_values_of_kinds_that_a_contact_has_not_are_no_loss(body):
    """A decimal, double, date, UUID or number of an enumeration that comes back is no loss, however it is spelled."""
    assert_round_trip(body, "application/xml" if body[:1] == b"<" else "json", Invoice)


def test_a_digit_of_a_decimal_is_a_loss():
    """A zero at the end of a decimal counts."""
    before, after = Invoice(amount=Decimal("0.10")), Invoice(amount=Decimal("0.1"))
    assert [str(each) for each in changes(before, after)] == ["/Amount: 0.10 became 0.1"]


CHARSETS = ["utf-16", "utf-16le", "iso-8859-1", "windows-1252", "shift_jis", "us-ascii", "utf-8"]
IN_CHARSET = [
    *(f"application/xml; charset={charset}" for charset in CHARSETS),
    *(f"application/x-www-form-urlencoded; charset={charset}" for charset in CHARSETS[2:]),
    "application/json; charset=utf-8",
]


@pytest.mark.parametrize("media_type", IN_CHARSET)
def test_a_codec_that_reads_another_character_set_loses_nothing(media_type):
    """What a codec writes is UTF-8, and is read as that, whatever character set its bodies are in."""
    assert_round_trip(ContactEntity(name="\u00d8rsted \u20ac \u732b"), media_type)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be", "iso-8859-1", "cp1252"])
def test_a_body_in_another_character_set_has_a_second_reading(charset):
    """Of a body in the codec's character set, too, a loss is found where the codec drops a value both times."""
    body = "<Contact><Name>\u00d8</Name><Unknown>\u00e9</Unknown></Contact>".replace("Contact", "ContactEntity")
    assert_round_trip(body.encode(charset), XmlCodec(charset=charset), ContactEntity)
    with pytest.raises(AssertionError, match='/Unknown: "an unknown member" became absent'):
        assert_round_trip(body.encode(charset), XmlCodec(charset=charset, unknown="ignore"), ContactEntity)


XSI = "http://www.w3.org/2001/XMLSchema-instance"
IN_XML = [
    ('<Name lang="en">x</Name>', ['/Name/@lang: "en" became absent']),
    ('<name xml:lang="en" xml:space="preserve">x</name>', ['/Name/@lang: "en" became absent']),
    (f'<Name xmlns:q="urn:q" q:a_x0020_b="1" xmlns:i="{XSI}" i:nil="true" i:type="x"/>', ['/Name/@a b: "1" became absent']),
    (
        '<Category a="1"><Id b="2">3</Id></Category>',
        ['/Category/@a: "1" became absent', '/Category/Id/@b: "2" became absent'],
    ),
    ('<Emails><E/><E a="1"/></Emails>', ['/Emails/1/@a: "1" became absent']),
    ('<Domains><string/><string a="1">x</string></Domains>', ['/Domains/1/@a: "1" became absent']),
    (
        '<CustomFields><P a="1"><Key b="2">x/y</Key><Value c="3">z</Value></P><P><Key>k</Key></P></CustomFields>',
        [f'/CustomFields/x~1y/@{name}: "{value}" became absent' for name, value in ("a1", "b2", "c3")],
    ),
    ("<Unknown>a<b/> c</Unknown>", ["/Unknown: text between elements became one text"]),
    ("<Unknown><x><y>a<b/></y>c<z/> d </x></Unknown>", ["/Unknown: text between elements became one text"]),
    ('<Unknown a="1">a <b/> </Unknown>', []),
    ("<Name>a<!-- c -->b<?d e?><![CDATA[<f>]]></Name><!-- g --><?h i?>", []),
    ('<q:Name xmlns:q="urn:q">x</q:Name>', []),
    (f'<Name xmlns:i="{XSI}" i:nil="true">\u00a0</Name><Department xmlns:i="{XSI}" i:nil="\u00a0true"/>', []),
    (f'<Name xmlns:i="{XSI}" i:nil=" true "> \t</Name>', []),
]


@pytest.mark.parametrize(("inside", "lost"), IN_XML, ids=[each[0] for each in IN_XML])
def test_what_xml_says_and_no_contact_holds_is_named(inside, lost):
    """Attributes that the codec drops, and text between the elements of an unknown member, are losses; comments are none."""
    body = f"<ContactEntity>{inside}</ContactEntity>"
    assert body_loss(body, XmlCodec(), ContactEntity).lines() == lost
    array = f'<ArrayOfContactEntity a="1"><ContactEntity b="2"/>{body}</ArrayOfContactEntity>'
    assert body_loss(array, XmlCodec(), list[ContactEntity]).lines() == [
        '/@a: "1" became absent',
        '/0/@b: "2" became absent',
        *(f"/1{line}" for line in lost),
    ]


@pytest.mark.parametrize("inside", ["x<Name/>", "<Emails>x<E/></Emails>", "<CustomFields><P/>x</CustomFields>"])
def test_text_between_known_elements_is_unreadable(inside):
    """Text between the elements of a carrier, list or dictionary is refused, and so no loss that could pass unseen."""
    assert body_loss(f"<ContactEntity>{inside}</ContactEntity>", XmlCodec(), ContactEntity).unreadable


def test_a_long_name_above_many_items_takes_no_time():
    """Many items below a long name are compared at once; with a pointer for each, this would take hours."""
    name, items = "k" * 4_000_000, ["a"] * 100_000
    (found,) = differences({name: items}, {name: [*items, "b"]})
    assert found.pointer == f"/{name}/100000"


@pytest.mark.parametrize("codec", [5, b"json", JsonCodec, ContactEntity])
def test_a_round_trip_takes_a_codec(codec):
    """What is no codec, and no name of one, is a TypeError, and no round trip."""
    with pytest.raises(TypeError, match="is no codec"):
        assert_round_trip(b"{}", codec)


class Counted(Carrier):
    """A carrier whose property has a default."""

    count: int = 0
    text: Maybe[str] = UNSET


@pytest.mark.parametrize(("codec", "body"), [("json", b'{"Text":"a"}'), ("xml-plain", b"<Counted><Text>a</Text></Counted>")])
def test_a_default_that_is_written_is_a_loss(codec, body):
    """A body that lacks a property with a default does not come back as it was."""
    with pytest.raises(AssertionError, match="/Count: absent became 0"):
        assert_round_trip(body, codec, Counted)
