"""Forms: all of ASP.NET's spellings are read, and what is written is what ASP.NET binds."""

from __future__ import annotations

import gc
import json
import pickle
import weakref
from datetime import datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Double,
    EncodeError,
    EntityElement,
    FormCodec,
    Int32,
    Int64,
    JsonCodec,
    Maybe,
    SelectableMDOListItem,
    Selection,
    Timestamp,
    UnsupportedMediaType,
    ValidationError,
    WireName,
    decode,
    encode,
)
from contactwire.carriers import Address, Category, FieldProperty, FieldRight, LocalizedField

FOLDER = Path(__file__).parents[3] / "payloads"
PAYLOADS = sorted(path.name for path in FOLDER.glob("*.json") if "Patch" not in path.name)

BOTH_WAYS = [
    ("nothing", ContactEntity(), b"", b""),
    ("a string", ContactEntity(name="a"), b"Name=a", b"Name=a"),
    ("an empty string", ContactEntity(name=""), b"Name=", b"Name="),
    ("a string that says null", ContactEntity(name="null"), b"Name=null", b"Name=null"),
    (
        "spaces and signs",
        ContactEntity(name="a b+c&d=e%f;~*-._"),
        b"Name=a+b%2Bc%26d%3De%25f%3B%7E*-._",
        b"Name=a+b%2Bc%26d%3De%25f%3B%7E*-._",
    ),
    (
        "beyond ASCII",
        ContactEntity(name="Ø🙂\r\n\t\0\1"),
        b"Name=%C3%98%F0%9F%99%82%0D%0A%09%00%01",
        b"Name=%C3%98%F0%9F%99%82%0D%0A%09%00%01",
    ),
    ("an integer", ContactEntity(contact_id=-5), b"ContactId=-5", b"ContactId=-5"),
    ("booleans", ContactEntity(no_mailing=True, xstop=False), b"NoMailing=true&Xstop=false", b"NoMailing=true&Xstop=false"),
    (
        "a date-time",
        ContactEntity(updated_date=Timestamp.parse("2020-01-01T10:00:00.1234567+02:00")),
        b"UpdatedDate=2020-01-01T10%3A00%3A00.1234567%2B02%3A00",
        b"UpdatedDate=2020-01-01T10%3A00%3A00.1234567%2B02%3A00",
    ),
    (
        "inside a carrier",
        ContactEntity(category=Category(id=3, category_group="Customer")),
        b"Category.Id=3&Category.CategoryGroup=Customer",
        b"Category%5BId%5D=3&Category%5BCategoryGroup%5D=Customer",
    ),
    ("an empty carrier", ContactEntity(category=Category()), b"Category=", b"Category="),
    (
        "a list of carriers",
        ContactEntity(emails=[EntityElement(value="a"), EntityElement(value="b", description="2")]),
        b"Emails%5B0%5D.Value=a&Emails%5B1%5D.Value=b&Emails%5B1%5D.Description=2",
        b"Emails%5B0%5D%5BValue%5D=a&Emails%5B1%5D%5BValue%5D=b&Emails%5B1%5D%5BDescription%5D=2",
    ),
    ("an empty list of carriers", ContactEntity(emails=[]), b"Emails=", b"Emails="),
    (
        "an empty item",
        ContactEntity(emails=[EntityElement(), EntityElement(value="")]),
        b"Emails%5B0%5D=&Emails%5B1%5D.Value=",
        b"Emails%5B0%5D=&Emails%5B1%5D%5BValue%5D=",
    ),
    (
        "a list of strings",
        ContactEntity(domains=["a", "", "b"]),
        b"Domains=a&Domains=&Domains=b",
        b"Domains=a&Domains=&Domains=b",
    ),
    ("an empty list of strings", ContactEntity(domains=[]), b"Domains=", b"Domains="),
    ("one empty string", ContactEntity(domains=[""]), b"Domains%5B0%5D=", b"Domains%5B0%5D="),
    (
        "a list of lists",
        ContactEntity(address=Address(localized_address=[[LocalizedField(label="a")], []])),
        b"Address.LocalizedAddress%5B0%5D%5B0%5D.Label=a&Address.LocalizedAddress%5B1%5D=",
        b"Address%5BLocalizedAddress%5D%5B0%5D%5B0%5D%5BLabel%5D=a&Address%5BLocalizedAddress%5D%5B1%5D=",
    ),
    (
        "a dictionary",
        ContactEntity(custom_fields={"SuperOffice:1": "v", "a.b[0]&": "", "": None}),
        b"CustomFields%5B0%5D.Key=SuperOffice%3A1&CustomFields%5B0%5D.Value=v&CustomFields%5B1%5D.Key=a.b%5B0%5D%26&CustomFields%5B1%5D.Value=&CustomFields%5B2%5D.Key=",
        b"CustomFields%5B0%5D%5BKey%5D=SuperOffice%3A1&CustomFields%5B0%5D%5BValue%5D=v&CustomFields%5B1%5D%5BKey%5D=a.b%5B0%5D%26&CustomFields%5B1%5D%5BValue%5D=&CustomFields%5B2%5D%5BKey%5D=",
    ),
    ("an empty dictionary", ContactEntity(custom_fields={}), b"CustomFields=", b"CustomFields="),
    (
        "a dictionary of carriers",
        ContactEntityWithLinks(
            field_properties={"Name": FieldProperty(field_right=FieldRight(mask="FULL"), field_length=-1)}
        ),
        b"FieldProperties%5B0%5D.Key=Name&FieldProperties%5B0%5D.Value.FieldRight.Mask=FULL&FieldProperties%5B0%5D.Value.FieldLength=-1",
        b"FieldProperties%5B0%5D%5BKey%5D=Name&FieldProperties%5B0%5D%5BValue%5D%5BFieldRight%5D%5BMask%5D=FULL&FieldProperties%5B0%5D%5BValue%5D%5BFieldLength%5D=-1",
    ),
    (
        "an empty carrier in a dictionary",
        ContactEntityWithLinks(field_properties={"x": FieldProperty()}),
        b"FieldProperties%5B0%5D.Key=x&FieldProperties%5B0%5D.Value=",
        b"FieldProperties%5B0%5D%5BKey%5D=x&FieldProperties%5B0%5D%5BValue%5D=",
    ),
    (
        "unknown properties",
        ContactEntity(extras={"X": "a", "O": {"P": "b", "0": "c", "a.b": "d"}, "L": ["e", {"Q": "f"}, [""]]}),
        b"X=a&O.P=b&O.0=c&O%5Ba.b%5D=d&L%5B0%5D=e&L%5B1%5D.Q=f&L%5B2%5D%5B0%5D=",
        b"X=a&O%5BP%5D=b&O.0=c&O%5Ba.b%5D=d&L%5B0%5D=e&L%5B1%5D%5BQ%5D=f&L%5B2%5D%5B0%5D=",
    ),
    (
        "unknown names with signs",
        ContactEntity(extras={"a.b": "1", "[": "2", "a]": "3", "": "4", "0": {"": "5"}}),
        b"%5Ba.b%5D=1&%5B%5B%5D=2&a%5D=3&=4&0.=5",
        b"%5Ba.b%5D=1&%5B%5B%5D=2&a%5D=3&=4&0.=5",
    ),
    (
        "unknown inside a carrier",
        ContactEntity(category=Category(id=1, extras={"X": "a"})),
        b"Category.Id=1&Category.X=a",
        b"Category%5BId%5D=1&Category%5BX%5D=a",
    ),
    (
        "a list as document",
        [ContactEntity(name="a"), ContactEntity(), ContactEntity(contact_id=1)],
        b"%5B0%5D.Name=a&%5B1%5D=&%5B2%5D.ContactId=1",
        b"%5B0%5D%5BName%5D=a&%5B1%5D=&%5B2%5D%5BContactId%5D=1",
    ),
]


def type_of(value):
    """The type to decode a value as."""
    return list[type(value[0])] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("style", ["dots", "brackets"])
@pytest.mark.parametrize(
    ("value", "dots", "brackets"), [case[1:] for case in BOTH_WAYS], ids=[case[0] for case in BOTH_WAYS]
)
def test_a_value_and_its_form(value, dots, brackets, style):
    """Each value has one form in each style, and that form reads as the value, with and without validation."""
    body = {"dots": dots, "brackets": brackets}[style]
    for codec in (FormCodec(style=style), FormCodec(style=style, validate=False, duplicates="error")):
        assert codec.encode(value) == body
        assert codec.decode(body, type_of(value)) == value


SPELLINGS = [
    ("any letter case", b"NAME=a&contactid=3&category.ID=4", ContactEntity(name="a", contact_id=3, category=Category(id=4))),
    ("brackets unescaped", b"Category[Id]=3", ContactEntity(category=Category(id=3))),
    ("brackets escaped in lower case", b"Category%5bId%5d=3", ContactEntity(category=Category(id=3))),
    ("escaped letters", b"%4eame=%61", ContactEntity(name="a")),
    ("escapes for spaces", b"Name=a%20b+c", ContactEntity(name="a b c")),
    ("bytes as they are", "Name=Ødegård".encode(), ContactEntity(name="Ødegård")),
    (
        "both styles mixed",
        b"Emails[0][Value]=a&Emails[0].Description=1&emails[1].value=b",
        ContactEntity(emails=[EntityElement(value="a", description="1"), EntityElement(value="b")]),
    ),
    (
        "both styles in one key",
        b"Address[Street].City=x",
        ContactEntity(address=decode(b'{"Street":{"City":"x"}}', type=Address)),
    ),
    (
        "indexes in any order",
        b"Emails[1].Value=b&Emails[0].Value=a",
        ContactEntity(emails=[EntityElement(value="a"), EntityElement(value="b")]),
    ),
    ("values by index in any order", b"Domains[1]=b&Domains[0]=a", ContactEntity(domains=["a", "b"])),
    ("values in one name", b"Domains=a&Name=x&domains=b", ContactEntity(domains=["a", "b"], name="x")),
    ("values with empty brackets", b"Domains[]=a&Domains[]=b", ContactEntity(domains=["a", "b"])),
    ("one value with empty brackets", b"Domains[]=", ContactEntity(domains=[""])),
    ("values with brackets and without", b"Domains[]=a&Domains=b", ContactEntity(domains=["a", "b"])),
    ("values of which the first is empty", b"Domains=&Domains=b", ContactEntity(domains=["", "b"])),
    ("a list without values", b"Domains&Emails", ContactEntity(domains=[], emails=[])),
    ("an empty item with empty brackets", b"Emails[]=", ContactEntity(emails=[EntityElement()])),
    (
        "a dictionary in brackets",
        b"CustomFields[0][Key]=k&CustomFields[0][Value]=v",
        ContactEntity(custom_fields={"k": "v"}),
    ),
    (
        "a dictionary in any letter case",
        b"customfields[0].KEY=k&CUSTOMFIELDS[0][value]=v",
        ContactEntity(custom_fields={"k": "v"}),
    ),
    ("a value before its key", b"CustomFields[0].Value=v&CustomFields[0].Key=k", ContactEntity(custom_fields={"k": "v"})),
    (
        "items in any order",
        b"CustomFields[1].Key=b&CustomFields[0].Key=a&CustomFields[1].Value=2",
        ContactEntity(custom_fields={"a": None, "b": "2"}),
    ),
    (
        "a dictionary by its keys",
        b"CustomFields[k]=v&CustomFields[SuperOffice:1]=w",
        ContactEntity(custom_fields={"k": "v", "SuperOffice:1": "w"}),
    ),
    (
        "keys with dots and brackets",
        b"CustomFields[a.b:c]=v&CustomFields[x[1]]=w&CustomFields[[]=y",
        ContactEntity(custom_fields={"a.b:c": "v", "x[1]": "w", "[": "y"}),
    ),
    ("a key behind a dot", b"CustomFields.SuperOffice:1=v", ContactEntity(custom_fields={"SuperOffice:1": "v"})),
    ("digits that are a key", b"CustomFields[7]=v&CustomFields.8=w", ContactEntity(custom_fields={"7": "v", "8": "w"})),
    (
        "both ways in one dictionary",
        b"CustomFields[0].Key=a&CustomFields[0].Value=1&CustomFields[b]=2",
        ContactEntity(custom_fields={"a": "1", "b": "2"}),
    ),
    (
        "a dictionary of carriers by its keys",
        b"FieldProperties[Address.Zipcode].FieldLength=5",
        ContactEntityWithLinks(field_properties={"Address.Zipcode": FieldProperty(field_length=5)}),
    ),
    ("no equals sign", b"Name&OrgNr=", ContactEntity(name="", org_nr="")),
    ("empty pairs", b"&&Name=a&&&ContactId=1&", ContactEntity(name="a", contact_id=1)),
    ("an equals sign in a value", b"Name=a=b==", ContactEntity(name="a=b==")),
    ("the last of two", b"Name=a&name=b", ContactEntity(name="b")),
    ("the last of two carriers", b"Category=&Category=", ContactEntity(category=Category())),
    (
        "the last of two keys",
        b"CustomFields[0].Key=k&CustomFields[0].Value=1&CustomFields[k]=2",
        ContactEntity(custom_fields={"k": "2"}),
    ),
    (
        "the last of one key, in other letter cases",
        b"CustomFields[k]=1&customFields[k]=2&CustomFields[k]=3",
        ContactEntity(custom_fields={"k": "3"}),
    ),
    (
        "items in the order of the text, in other letter cases",
        b"Domains=a&domains=b&Domains=c",
        ContactEntity(domains=["a", "b", "c"]),
    ),
    ("booleans in any letter case", b"NoMailing=True&Xstop=FALSE", ContactEntity(no_mailing=True, xstop=False)),
    ("a check box that is ticked", b"NoMailing=true&NoMailing=false", ContactEntity(no_mailing=True)),
    ("a check box that is not ticked", b"NoMailing=false", ContactEntity(no_mailing=False)),
    ("a boolean that is said twice", b"NoMailing=false&nomailing=true", ContactEntity(no_mailing=False)),
    (
        "a check box of an item",
        b"Interests[0].Selected=True&Interests[0].Selected=False",
        ContactEntity(interests=[SelectableMDOListItem(selected=True)]),
    ),
    ("booleans as numbers", b"NoMailing=1&Xstop=0", ContactEntity(no_mailing=True, xstop=False)),
    (
        "blanks around values",
        b"ContactId=+5+&NoMailing=%0Atrue&UpdatedDate=+2020-01-01T00:00:00+",
        ContactEntity(contact_id=5, no_mailing=True, updated_date=Timestamp.parse("2020-01-01T00:00:00")),
    ),
    ("an integer with a sign", b"ContactId=%2B5", ContactEntity(contact_id=5)),
    ("an unknown list", b"X=a&X=b", ContactEntity(extras={"X": ["a", "b"]})),
    ("an unknown list in brackets", b"X[]=a", ContactEntity(extras={"X": ["a"]})),
    ("unknown names in two letter cases", b"X=a&x=b", ContactEntity(extras={"X": "a", "x": "b"})),
    ("unknown items in any order", b"X[1].Y=b&X[0].Y=a", ContactEntity(extras={"X": [{"Y": "a"}, {"Y": "b"}]})),
    ("an empty name", b"=x", ContactEntity(extras={"": "x"})),
]


@pytest.mark.parametrize(("body", "value"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_all_spellings_are_read(body, value):
    """Each spelling that ASP.NET or a browser sends has its meaning there."""
    codec = FormCodec()
    assert codec.decode(body, type(value)) == value
    assert codec.decode(codec.encode(value), type(value)) == value


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda body: body.decode()])
def test_a_body_may_be_bytes_or_text(wrap):
    """A body may be bytes, any object that holds bytes, or text."""
    assert FormCodec().decode(wrap("Name=Ø".encode())) == ContactEntity(name="Ø")


def test_what_is_no_body_and_no_type_is_refused():
    """A body or type of a wrong type is a TypeError, not a fault of the sender."""
    with pytest.raises(TypeError, match="a body is"):
        FormCodec().decode(5)
    for type_ in (int, list[int], str, object):
        with pytest.raises(TypeError):
            FormCodec().decode(b"a=b", type_)


LOST = [
    ("null", ContactEntity(name=None, category=Category(id=None)), ContactEntity(category=Category())),
    (
        "numbers and booleans that are unknown",
        ContactEntity(extras={"I": 1, "F": 1.5, "B": True, "E": 1e300}),
        ContactEntity(extras={"I": "1", "F": "1.5", "B": "true", "E": "1e300"}),
    ),
    (
        "nulls that are unknown",
        ContactEntity(extras={"N": None, "L": [None, "a"], "O": {"P": None}}),
        ContactEntity(extras={"L": ["", "a"], "O": ""}),
    ),
    (
        "what is unknown and empty",
        ContactEntity(extras={"L": [], "O": {}, "M": [[], {}]}),
        ContactEntity(extras={"L": "", "O": "", "M": ["", ""]}),
    ),
]


@pytest.mark.parametrize(("value", "left"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_what_a_form_cannot_say_follows_one_rule(value, left):
    """What a form cannot spell is lost as the table in the module's docstring says."""
    codec = FormCodec()
    assert codec.decode(codec.encode(value)) == left


@pytest.mark.parametrize("name", ["a].b", "a][b", "x]..", "[].]"])
def test_a_name_that_no_key_can_spell_is_refused(name):
    """Names that no key can spell are errors with their pointers."""
    with pytest.raises(EncodeError) as caught:
        FormCodec().encode(ContactEntity(category=Category(extras={"X": [{name: "a"}]}), extras={name: "b", "": ["c"]}))
    assert [issue.pointer for issue in caught.value.issues] == [f"/Category/X/0/{name}", f"/{name}", "/"]


def test_faults_of_a_value_are_reported_at_once():
    """Each wrong type, integer out of range and lone surrogate of a value has its pointer in one EncodeError."""
    contact = ContactEntity(
        name=5,
        contact_id=2**31,
        department="\ud800",
        emails=[EntityElement(description=1)],
        domains=[5],
        custom_fields={"a": 1},
    )
    with pytest.raises(EncodeError) as caught:
        FormCodec().encode(contact)
    assert {issue.pointer for issue in caught.value.issues} == {
        "/Name",
        "/ContactId",
        "/Department",
        "/Emails/0/Description",
        "/Domains/0",
        "/CustomFields/a",
    }


def test_wrong_values_go_out_without_validation():
    """With `validate=False` wrong values are written as they are."""
    contact = ContactEntity(contact_id=2**31, name=5, no_mailing="x")
    written = set(FormCodec(validate=False).encode(contact).split(b"&"))
    assert written == {b"ContactId=2147483648", b"Name=5", b"NoMailing=x"}


def test_what_has_no_end_cannot_be_encoded():
    """A carrier that holds itself is an EncodeError, not a RecursionError."""
    item = SelectableMDOListItem()
    item.child_items = [item]
    with pytest.raises(EncodeError, match="deeper"):
        FormCodec().encode(item)


@pytest.mark.parametrize("value", [5, None, "x", {"Name": "x"}, [1], object()])
def test_only_carriers_can_be_encoded(value):
    """Encoding anything but a carrier or a list of carriers is an EncodeError."""
    with pytest.raises(EncodeError, match="carrier"):
        FormCodec().encode(value)


def test_a_selection_leaves_the_rest_out():
    """Properties that are not selected are null, which a form leaves out."""
    contact = ContactEntity(name="a", department="b", category=Category(id=1, value="c"))
    selection = Selection.parse("name,category/id")
    assert FormCodec().encode(contact, selection=selection) == b"Name=a&Category.Id=1"
    assert encode(contact, "application/x-www-form-urlencoded", select="name") == b"Name=a"


@pytest.mark.parametrize("cls", [ContactEntity, ContactEntityWithLinks])
@pytest.mark.parametrize("style", ["dots", "brackets"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_survives_but_for_its_nulls(name, style, cls):
    """A payload that goes from JSON to a form and back loses nulls, and unknown numbers become text."""
    contact = JsonCodec().decode((FOLDER / name).read_bytes(), cls)
    codec = FormCodec(style=style)
    body = codec.encode(contact)
    again = codec.decode(body, cls)
    data = json.loads((FOLDER / name).read_bytes())
    if cls is ContactEntityWithLinks and not contact.extras:
        assert json.loads(JsonCodec().encode(again)) == without_nulls(data)


def without_nulls(data):
    """The JSON without the null members of carriers, but with those of dictionaries."""
    if isinstance(data, list):
        return [without_nulls(item) for item in data]
    if not isinstance(data, dict):
        return data
    kept = ("UserDefinedFields", "ExtraFields", "CustomFields")
    return {name: item if name in kept else without_nulls(item) for name, item in data.items() if item is not None}


@pytest.mark.parametrize(
    "number",
    ["1.10", "1E5", "1e22", "1e+22", "1e-7", "1e-07", "0.00001", "-0", "-0.0", "1e999", "12345678901234567890.123"],
)
@pytest.mark.parametrize("style", ["dots", "brackets"])
def test_numbers_of_unknown_members_keep_their_digits(number, style):
    """The text of a number in an unknown member is the number as JSON has it."""
    carrier = JsonCodec().decode(b'{"X":%s,"Y":{"a":[%s]}}' % ((number.encode(),) * 2))
    codec = FormCodec(style=style)
    assert codec.decode(codec.encode(carrier)).extras == {"X": number, "Y": {"a": [number]}}


def test_unknown_properties_may_be_ignored_or_refused():
    """The three policies for unknown members hold at any depth, and the value of an ignored member need not be valid."""
    body = b"Name=a&X=b&Category.Y.Z=c&X[5]=d"
    assert FormCodec(unknown="ignore").decode(body) == ContactEntity(name="a")
    with pytest.raises(ValidationError) as caught:
        FormCodec(unknown="error").decode(b"Name=a&X=b&Category.Y.Z=c")
    assert [issue.pointer for issue in caught.value.issues] == ["/X", "/Category/Y"]


def test_duplicates_may_be_refused():
    """`duplicates="error"` refuses a value that is given twice, but not a list in several pairs or a ticked check box."""
    codec = FormCodec(duplicates="error")
    with pytest.raises(ValidationError) as caught:
        codec.decode(b"Name=a&name=b&Category=&Category=&CustomFields[k]=1&CustomFields[k]=2&CustomFields[0].Key=k")
    assert [issue.pointer for issue in caught.value.issues] == ["/name", "/Category", "/CustomFields/k", "/CustomFields/k"]
    assert codec.decode(b"NoMailing=true&NoMailing=false") == ContactEntity(no_mailing=True)
    with pytest.raises(ValidationError) as caught:
        codec.decode(b"NoMailing=true&NoMailing=true&Xstop=false&xstop=true")
    assert [issue.pointer for issue in caught.value.issues] == ["/NoMailing", "/xstop"]
    assert codec.decode(b"Domains=a&Domains=a&X=b&X=b") == ContactEntity(domains=["a", "a"], extras={"X": ["b", "b"]})


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("iso-8859-1", b"Name=%D8deg%E5rd"),
        ("windows-1252", b"Name=\xd8degard+%80"),
        ("Shift_JIS", b"Name=%83A%83%41"),
        ("us-ascii", b"Name=%C3%98"),
        ("UTF-8", b"Name=%C3%98"),
    ],
)
def test_other_character_sets_can_be_read(charset, body):
    """The Content-Type's character set decodes raw and escaped bytes, and US-ASCII is read as UTF-8."""
    names = {"iso-8859-1": "Ødegård", "windows-1252": "Ødegard €", "Shift_JIS": "アア"}
    content_type = f"application/x-www-form-urlencoded; charset={charset}"
    assert decode(body, content_type).name == names.get(charset, "Ø")


CHARSETS = {
    **dict.fromkeys(["utf-8", "gb18030"], "€"),
    **dict.fromkeys(["gbk", "gb2312", "big5"], "中"),
    **dict.fromkeys(["euc_jp", "shift_jis"], "あ"),
    "euc_kr": "한",
    **dict.fromkeys(["koi8-r", "koi8-u", "cp866", "cp1251"], "ж"),
    **dict.fromkeys(["mac-roman", "cp874", *(f"cp125{page}" for page in (0, *range(2, 9)))], "\xa0"),
    **{f"iso8859-{part}": "\xa0" for part in range(1, 17) if part not in (11, 12)},
    "iso8859-11": "\u0e01",
}


@pytest.mark.parametrize(("charset", "text"), CHARSETS.items(), ids=CHARSETS)
def test_the_character_sets_that_are_read(charset, text):
    """A form in each of these character sets is read, raw and with escapes."""
    codec, contact = FormCodec(charset=charset), ContactEntity(name=text)
    raw = text.encode(charset)
    assert codec.decode(b"Name=" + raw) == contact
    assert codec.decode(b"Name=" + b"".join(b"%%%02X" % byte for byte in raw)) == contact


@pytest.mark.parametrize("charset", ["klingon", "utf-16", "utf-7", "base64", "idna", "unicode_escape", "cp037"])
def test_character_sets_without_ascii_are_refused(charset):
    """A character set that does not contain ASCII, or that is unknown, is the caller's mistake, or a 415 of the sender."""
    with pytest.raises(ValueError, match="charset is the name of an encoding that includes ASCII, not"):
        FormCodec(charset=charset)
    with pytest.raises(UnsupportedMediaType):
        decode(b"Name=a", f"application/x-www-form-urlencoded; charset={charset}")


def test_text_is_read_whatever_the_character_set():
    """Text is read as the bytes that it has in the codec's character set."""
    assert FormCodec(charset="latin-1").decode("Name=Ø").name == "Ø"


def test_codecs_are_values():
    """Codecs are equal, hash and pickle by their options."""
    codec = FormCodec(style="brackets", max_pairs=5, charset="latin-1")
    again = pickle.loads(pickle.dumps(codec))
    assert again == codec == attrs.evolve(FormCodec(style="brackets", max_pairs=5), charset="latin-1")
    assert hash(again) == hash(codec)
    assert again != FormCodec()
    assert again.decode(b"Name=%D8").name == "Ø"


class Colour(StrEnum):
    """A user's open enumeration."""

    RED = "Red"


class Tag(Carrier):
    """A carrier with wire names that a key must escape."""

    label: Maybe[str] = UNSET
    dotted: Annotated[Maybe[str], WireName("a.b")] = UNSET
    digits: Annotated[Maybe[list[str]], WireName("0")] = UNSET


class Node(Carrier):
    """A recursive carrier with every kind of property."""

    big: Maybe[Int64] = UNSET
    ratio: Maybe[Double] = UNSET
    when: Maybe[datetime] = UNSET
    colour: Maybe[Colour | str] = UNSET
    tags: Maybe[list[Tag]] = UNSET
    grid: Maybe[list[list[int]]] = UNSET
    scores: Maybe[dict[str, float]] = UNSET
    optional: Maybe[list[bool | None]] = UNSET
    matrix: Maybe[dict[str, list[Tag | None]]] = UNSET
    left: Maybe[Node] = UNSET


class Leaf(Node):
    """A subclass with a default of its own."""

    colours: Maybe[list[Colour]] = UNSET
    count: int = 3


class Checked(Carrier):
    """A carrier with a validator and a hook of its own."""

    size: Maybe[int] = attrs.field(default=UNSET)
    inner: Maybe[Tag] = UNSET

    @size.validator
    def _positive(self, attribute, value):
        if value is not UNSET and value is not None and value < 0:
            raise ValueError("size must not be negative")


USERS = [
    ("names that need another spelling", Tag(label="a", dotted="b", digits=["c", "d"]), b"Label=a&%5Ba.b%5D=b&0=c&0=d"),
    ("the same inside another", Node(tags=[Tag(dotted="b", digits=["c"])]), b"Tags%5B0%5D%5Ba.b%5D=b&Tags%5B0%5D.0=c"),
    (
        "numbers",
        Node(big=2**62, ratio=-0.5, scores={"x": 1e300}),
        b"Big=4611686018427387904&Ratio=-0.5&Scores%5B0%5D.Key=x&Scores%5B0%5D.Value=1e%2B300",
    ),
    ("an enumeration", Node(colour=Colour.RED), b"Colour=Red"),
    ("lists of lists of numbers", Node(grid=[[1, 2], [], [3]]), b"Grid%5B0%5D=1&Grid%5B0%5D=2&Grid%5B1%5D=&Grid%5B2%5D=3"),
    ("nulls among booleans", Node(optional=[True, None]), b"Optional=true&Optional="),
    ("one null", Node(optional=[None]), b"Optional%5B0%5D="),
    ("recursion", Node(left=Node(left=Node(big=1))), b"Left.Left.Big=1"),
    (
        "a list in a dictionary",
        Node(matrix={"k": [Tag(label="a")], "e": []}),
        b"Matrix%5B0%5D.Key=k&Matrix%5B0%5D.Value%5B0%5D.Label=a&Matrix%5B1%5D.Key=e&Matrix%5B1%5D.Value=",
    ),
    ("a subclass", Leaf(big=1, colours=[Colour.RED, Colour.RED]), b"Big=1&Colours=Red&Colours=Red&Count=3"),
    ("a validator", Checked(size=5, inner=Tag(label="a")), b"Size=5&Inner.Label=a"),
]


@pytest.mark.parametrize(("value", "body"), [case[1:] for case in USERS], ids=[case[0] for case in USERS])
def test_a_users_carrier_and_its_form(value, body):
    """A user's classes are written and read like the library's."""
    codec = FormCodec()
    assert codec.encode(value) == body
    assert codec.decode(body, type(value)) == value


def test_a_users_validator_runs():
    """A value that a user's validator refuses is a fault of the sender."""
    with pytest.raises(ValidationError, match="negative"):
        FormCodec().decode(b"Size=-1", Checked)


def test_known_members_of_an_enumeration_are_members():
    """A known name of an enumeration becomes its member, and another stays text."""
    assert type(FormCodec().decode(b"Colour=Red", Node).colour) is Colour
    assert type(FormCodec().decode(b"Colour=Mauve", Node).colour) is str


def test_a_null_at_the_limit_is_no_fault():
    """At the depth limit a null item is written and read as null, since an empty carrier would nest too deep."""
    codec = FormCodec(max_depth=3)
    value = Node(matrix={"k": [None]}, optional=[None], left=Node(tags=[]))
    body = codec.encode(value)
    assert codec.decode(body, Node) == value
    assert FormCodec(max_depth=4).decode(body, Node).matrix == {"k": [Tag()]}


class Grade(Enum):
    """A closed enumeration."""

    GOOD = "Good"


class Mark(Enum):
    """A closed enumeration with an empty member."""

    NONE = ""


class Strict(Carrier):
    """A carrier with a property that may be null, and must be there."""

    label: str | None
    size: Int32 | None = 5
    parent: Strict | None = None


class Sheet(Carrier):
    """A carrier with lists in which null and empty are not the same."""

    grades: Maybe[list[Grade | None]] = UNSET
    marks: Maybe[list[Mark | None]] = UNSET
    stricts: Maybe[list[Strict | None]] = UNSET
    by_key: Maybe[dict[str, Strict | None]] = UNSET


@pytest.mark.parametrize("style", ["dots", "brackets"])
def test_an_empty_text_is_null_where_nothing_is_empty(style):
    """A null among values of a fixed set, and among carriers with a required property, is written and read as null."""
    strict = Strict(label="")
    value = Sheet(grades=[None, Grade.GOOD], stricts=[None, strict, None], by_key={"k": None, "l": strict})
    codec = FormCodec(style=style)
    assert codec.decode(codec.encode(value), Sheet) == value
    assert codec.decode(codec.encode(Sheet(grades=[None], stricts=[None])), Sheet) == Sheet(grades=[None], stricts=[None])
    assert codec.decode(b"ByKey[0].Key=k&ByKey[0].Value=", Sheet).by_key == {"k": None}
    assert codec.decode(codec.encode(Sheet(marks=[Mark.NONE, None])), Sheet).marks == [Mark.NONE, Mark.NONE]


def test_a_null_that_would_be_read_as_another_value_is_a_fault():
    """Null in a property that is required or has another default cannot be left out, unless a selection is written."""
    codec = FormCodec()
    value = Sheet(stricts=[Strict(label=None, size=None, parent=Strict(label="a", size=None))])
    with pytest.raises(EncodeError) as caught:
        codec.encode(value)
    assert [(issue.pointer, issue.received) for issue in caught.value.issues] == [
        ("/Stricts/0/Label", "null"),
        ("/Stricts/0/Size", "null"),
        ("/Stricts/0/Parent/Size", "null"),
    ]
    assert FormCodec(validate=False).encode(value) == b"Stricts%5B0%5D.Parent.Label=a"
    assert codec.encode(Strict(label="a", size=1), selection=Selection.parse("label", Strict)) == b"Label=a"
    with pytest.raises(EncodeError, match="/Label: the property is missing"):
        codec.encode(Strict(label=UNSET))


def test_ignored_properties_leave_nothing_behind():
    """A key to an ignored member makes no carrier on its path, and an item in a list keeps its place."""
    codec = FormCodec(unknown="ignore")
    assert (
        codec.decode(b"Category.X=1&Emails[0].X=1&FieldProperties[k].X.Y=1", ContactEntityWithLinks)
        == ContactEntityWithLinks()
    )
    assert codec.decode(b"Emails[0].X=1&Emails[1].Value=a").emails == [EntityElement(), EntityElement(value="a")]


def test_a_list_of_ignored_properties_is_empty():
    """A document that is a list, and whose items have ignored members only, is an empty list, as a carrier is then empty."""
    codec = FormCodec(unknown="ignore")
    assert codec.decode(b"[0].X=1&[1].X.Y=1", list[ContactEntity]) == []
    assert codec.decode(b"X=1", ContactEntity) == ContactEntity()
    assert codec.decode(b"[k].X=1", dict[str, ContactEntity]) == {}


@pytest.mark.parametrize(
    "body", [b"[0].Name=a", b"%5B0%5D.Name=a", b"&&%5b12%5d[Name]=a", FormCodec().encode([Tag(label="a")])]
)
def test_the_form_of_a_list_is_known_by_its_beginning(body):
    """A form whose first key begins with an index holds a list, also where the brackets are escaped."""
    assert FormCodec().holds_list(body)


@pytest.mark.parametrize("body", [b"", b"Name=[0]", FormCodec().encode(Tag(dotted="a", digits=["b"]))])
def test_the_form_of_a_carrier_is_known_by_its_beginning(body):
    """A form whose first key begins with a name holds a carrier, also where the name is in brackets."""
    assert not FormCodec().holds_list(body)


def test_a_class_that_nobody_holds_is_freed():
    """Writing and reading a recursive class does not keep it alive."""

    def use():
        class Local(Carrier):
            inner: Maybe[Local] = UNSET
            items: Maybe[list[Local]] = UNSET
            flag: Maybe[bool] = UNSET

        value = Local(inner=Local(items=[Local(flag=True)]))
        assert FormCodec().decode(FormCodec().encode(value), Local) == value
        return weakref.ref(Local)

    found = use()
    gc.collect()
    assert found() is None


def test_a_dictionary_of_carriers_can_be_read():
    """A dictionary of carriers is read, in either spelling of its keys."""
    body = b"[0].Key=a&[0].Value.Label=x&[b].Label=y"
    assert FormCodec().decode(body, dict[str, Tag]) == {"a": Tag(label="x"), "b": Tag(label="y")}


@pytest.mark.parametrize("last", [b"", b"&[0].KEY=k"])
def test_the_key_of_an_item_is_one_whatever_stands_beside_it(last):
    """`[0].Key` is the key of an item, also where `[0].Key.x` is a member of the value under the key "0"."""
    item = b"[0].Key=k&[0].Value.Label=v" + last
    codec = FormCodec()
    beside = Tag(extras={"Key": {"x": "1"}})
    assert codec.decode(item, dict[str, Tag]) == {"k": Tag(label="v")}
    assert codec.decode(b"[0].Key.x=1", dict[str, Tag]) == {"0": beside}
    for body in (item + b"&[0].Key.x=1", b"[0].Key.x=1&" + item):
        assert codec.decode(body, dict[str, Tag]) == {"k": Tag(label="v"), "0": beside}
