"""Bad forms are ordinary input: the error says where and what, and costs little time and memory."""

from __future__ import annotations

import pickle

import pytest

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactWireError,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    FormCodec,
    Int32,
    Maybe,
    ValidationError,
)
from contactwire.carriers import EntityElement, SelectableMDOListItem
from tests.inside import steps

FOREIGN = [
    b'{"Name":"x=1&y"}',
    b"{}",
    b' [{"op":"test"}]',
    b"[ ]",
    b"<a>b</a>",
    b"\n<?xml version='1.0'?><a/>",
    b'------WebKitFormBoundaryx\r\nContent-Disposition: form-data; name="Name"\r\n\r\na\r\n',
    b"\r\n--x\ncontent-type: text/plain\n\na",
    b"[object Object]",
    b"[object FormData]\n",
    b"{'Name': 'a=b'}",
]
NOT_A_FORM = [
    ("a percent sign alone", b"Name=100%", (1, 9), "% and two hexadecimal digits"),
    ("a cut escape", b"Name=a%4", (1, 7), "% and two hexadecimal digits"),
    ("a wrong digit", b"Name=%g1", (1, 6), "% and two hexadecimal digits"),
    ("an escape with a line break", b"Name=%\nA", (1, 6), "% and two hexadecimal digits"),
    ("an escape with other digits", "Name=%١١".encode(), (1, 6), "% and two hexadecimal digits"),
    ("a broken escape in a name", b"Name=a&%zz=b", (1, 8), "% and two hexadecimal digits"),
    ("a broken escape in a later line", b"Name=a&\nOrgNr=b%", (2, 8), "% and two hexadecimal digits"),
    ("a broken escape behind other letters", "Name=åäö%".encode(), (1, 9), "% and two hexadecimal digits"),
    ("an escape that is Latin-1", b"Name=a%E5b", (1, 7), "text in UTF-8"),
    ("an escape that is cut", b"Name=%C3%98%C3", (1, 12), "text in UTF-8"),
    ("an escape that is overlong", b"Name=%C0%80", (1, 6), "text in UTF-8"),
    ("an escape that is a surrogate", b"Name=a+%ED%A0%80", (1, 8), "text in UTF-8"),
    ("an escape that is no character", b"Name=%F5%80%80%80", (1, 6), "text in UTF-8"),
    ("bytes that are Latin-1", b"Name=\xe5", (1, 6), "text in UTF-8"),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbfName=a", (1, 1), "a name without one"),
    *((f"another format: {body!r}", body, (1, 1), "pairs of a name and a value") for body in FOREIGN),
    ("a fault behind a byte order mark", b"\xef\xbb\xbfName=a%4", (1, 7), "% and two hexadecimal digits"),
]


@pytest.mark.parametrize(
    ("body", "place", "expected"), [case[1:] for case in NOT_A_FORM], ids=[case[0] for case in NOT_A_FORM]
)
def test_what_is_no_form_says_where_and_what_was_expected(body, place, expected):
    """A DecodeError has line, column, what was expected and an excerpt, with each policy for unknown members."""
    for codec in (FormCodec(), FormCodec(unknown="ignore"), FormCodec(duplicates="error")):
        with pytest.raises(DecodeError) as caught:
            codec.decode(body)
        error = caught.value
        assert (error.line, error.column, error.expected) == (*place, expected)
        assert error.excerpt
        assert error.status == 400
        assert pickle.loads(pickle.dumps(error)) == error


@pytest.mark.parametrize(
    "name", ['{"a"', "{}", "<a>", '[{"a"', "{a}", "object Object", "{'a'", "--a\r\nContent-Type", "--a"]
)
def test_a_name_that_looks_like_another_format_is_read(name):
    """A form spells such a name with escapes, which no other format begins with."""
    contact = ContactEntity(extras={name: "x"})
    assert FormCodec().decode(FormCodec().encode(contact)) == contact


def test_text_with_a_lone_surrogate_is_refused():
    """A str with a character that UTF-8 or the character set cannot hold is refused."""
    with pytest.raises(DecodeError, match="surrogate"):
        FormCodec().decode("Name=\ud800")
    with pytest.raises(DecodeError, match="character set"):
        FormCodec(charset="latin-1").decode("Name=エ")


def test_bytes_that_another_character_set_lacks_are_refused():
    """Bytes that stand for no character in a character set are refused with their place."""
    with pytest.raises(DecodeError) as caught:
        FormCodec(charset="windows-1252").decode(b"Name=a%81")
    assert (caught.value.line, caught.value.column, caught.value.expected) == (1, 7, "text in CP1252")


FAULTS = [
    ("text for a number", b"contactid=x", "/contactid", "int32", '"x"'),
    ("nothing for a number", b"ContactId=", "/ContactId", "int32", '""'),
    ("a number out of range", b"ContactId=2147483648", "/ContactId", "int32", "2147483648"),
    ("digits of another script", "ContactId=١".encode(), "/ContactId", "int32", '"١"'),
    ("digits with underscores", b"ContactId=1_0", "/ContactId", "int32", '"1_0"'),
    ("text for a boolean", b"NoMailing=on", "/NoMailing", "boolean", '"on"'),
    ("no date", b"UpdatedDate=2020-01-01", "/UpdatedDate", "date-time", '"2020-01-01"'),
    ("infinity", b"Address.Wgs84Latitude=1e999", "/Address/Wgs84Latitude", "double", '"1e999"'),
    ("text for a carrier", b"Category=x", "/Category", "object (Category)", '"x"'),
    ("text for a list of carriers", b"Emails=x", "/Emails", "list of object (EntityElement)", '"x"'),
    ("text for an item", b"Emails[0]=x", "/Emails/0", "object (EntityElement)", '"x"'),
    ("text for a dictionary", b"CustomFields=x", "/CustomFields", "dictionary of string", '"x"'),
    (
        "text for a carrier in a dictionary",
        b"FieldProperties[a/b]=x",
        "/FieldProperties/a~1b",
        "object (FieldProperty)",
        '"x"',
    ),
    (
        "a value inside a dictionary",
        b"FieldProperties[0].Value.FieldLength=x&FieldProperties[0].Key=k",
        "/FieldProperties/k/FieldLength",
        "int32",
        '"x"',
    ),
    ("a list for a carrier", b"Category[0].Id=1", "/Category", "object (Category)", '"Category[0].Id"'),
    ("empty brackets for a carrier", b"Category[]=1", "/Category", "object (Category)", '"Category[]"'),
    ("a list as document", b"[0].Name=a", "", "object (ContactEntity)", '"[0].Name"'),
    ("something in a string", b"Name.x=1", "/Name", "string", '"Name.x"'),
    ("an item of a number", b"ContactId[0]=1", "/ContactId", "int32", '"ContactId[0]"'),
    ("something in an item of a dictionary", b"CustomFields[k].x=1", "/CustomFields/k", "string", '"CustomFields[k].x"'),
    (
        "something in a value of a dictionary",
        b"CustomFields[0].Key=k&CustomFields[0].Value.x=1",
        "/CustomFields/k",
        "string",
        '"CustomFields[0].Value.x"',
    ),
    ("a name for an item", b"Emails.Value=a", "/Emails", "list of object (EntityElement)", '"Emails.Value"'),
    ("a needless zero", b"Emails[00].Value=a", "/Emails", "list of object (EntityElement)", '"Emails[00].Value"'),
    ("a negative index", b"Emails[-1].Value=a", "/Emails", "list of object (EntityElement)", '"Emails[-1].Value"'),
    (
        "something behind empty brackets",
        b"Emails[].Value=a",
        "/Emails",
        "list of object (EntityElement)",
        '"Emails[].Value"',
    ),
    ("empty brackets for a key", b"CustomFields[]=a", "/CustomFields", "dictionary of string", '"CustomFields[]"'),
    ("an open bracket", b"Emails[0.Value=a", "", "']'", '"Emails[0.Value"'),
    ("an open bracket behind an index", b"Emails[7].b[c=1", "", "']'", '"Emails[7].b[c"'),
    ("text behind a bracket", b"Emails[0]Value=a", "", "']'", '"Emails[0]Value"'),
    ("a gap", b"Emails[0].Value=a&emails[3].Value=b", "/Emails/3", "indexes from 0 without gaps", "3"),
    ("a list that does not begin at 0", b"Domains[1]=b", "/Domains/1", "indexes from 0 without gaps", "1"),
    ("a gap in a dictionary", b"CustomFields[1].Key=k", "/CustomFields/1", "indexes from 0 without gaps", "1"),
    (
        "a gap in a dictionary beside a key",
        b"CustomFields[a]=x&CustomFields[1].Key=k&CustomFields[1].Value=v",
        "/CustomFields/1",
        "indexes from 0 without gaps",
        "1",
    ),
    (
        "a gap where nothing right is",
        b"Emails[1].Value.x=1&Emails[0].Value=a",
        "/Emails/1/Value",
        "string",
        '"Emails[1].Value.x"',
    ),
    ("the first of two that is no boolean", b"NoMailing=x&NoMailing=true", "/NoMailing", "boolean", '"x"'),
    ("a gap in an unknown list", b"X.Y[2]=1", "/X/Y/2", "indexes from 0 without gaps", "2"),
    (
        "empty brackets for a carrier's key",
        b"FieldProperties[]=a",
        "/FieldProperties",
        "dictionary of object (FieldProperty)",
        '"FieldProperties[]"',
    ),
    ("an item without a key", b"CustomFields[0].Value=v", "/CustomFields/0", "Key and Value", '"CustomFields[0].Value"'),
    (
        "a text and then items",
        b"Emails=x&Emails[0].Value=y",
        "/Emails",
        "list of object (EntityElement)",
        '"Emails[0].Value"',
    ),
    ("items and then a text", b"Emails[0].Value=y&Emails=x", "/Emails", "list of object (EntityElement)", '"Emails"'),
    (
        "an empty list and then items",
        b"Emails=&Emails[0].Value=y",
        "/Emails",
        "list of object (EntityElement)",
        '"Emails[0].Value"',
    ),
    (
        "an empty item and then what is in it",
        b"Emails[0]=&Emails[0].Value=y",
        "/Emails/0",
        "object (EntityElement)",
        '"Emails[0].Value"',
    ),
    (
        "an empty carrier and then what is in it",
        b"Category=&Category.Id=1",
        "/Category",
        "object (Category)",
        '"Category.Id"',
    ),
    ("values by name and by index", b"Domains=a&Domains[1]=b", "/Domains", "list of string", '"Domains[1]"'),
    ("values by index and by name", b"Domains[0]=a&Domains[]=b", "/Domains", "list of string", '"Domains[]"'),
    ("a text and an unknown object", b"X=a&X.y=b", "/X", "a text, a list or an object", '"X.y"'),
    ("an unknown list and object", b"X[0]=a&X.y=b", "/X", "a text, a list or an object", '"X.y"'),
    (
        "an empty value and what is in it",
        b"FieldProperties[0].Key=k&FieldProperties[0].Value=&FieldProperties[0].Value.FieldType=x",
        "/FieldProperties/k",
        "object (FieldProperty)",
        '"FieldProperties[0].Value.FieldType"',
    ),
]


@pytest.mark.parametrize(
    ("body", "pointer", "expected", "received"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_a_fault_has_its_pointer(body, pointer, expected, received):
    """Each fault is one issue with its pointer, what was expected, and the text or key received."""
    with pytest.raises(ValidationError) as caught:
        FormCodec().decode(body)
    (issue,) = caught.value.issues
    assert (issue.pointer, issue.expected, issue.received) == (pointer, expected, received)
    assert issue.message


class Index(Carrier):
    """A carrier with a dictionary whose values must not be null."""

    by_name: Maybe[dict[str, EntityElement]] = UNSET


def test_an_entry_without_a_value_is_a_fault_where_null_is_one():
    """A fault for a missing `Value` has the key of the entry, where values must not be null."""
    with pytest.raises(ValidationError) as caught:
        FormCodec().decode(b"ByName[0].Key=k", Index)
    (issue,) = caught.value.issues
    assert (issue.pointer, issue.expected, issue.received) == ("/ByName/k", "Key and Value", '"ByName[0].Key"')


@pytest.mark.parametrize(
    "other", [b"Name=a", b"ContactId=x", b"Emails[0].Value=a", b"emails[00]=x", b"customfields[b]=y", b"CustomFields[[=1"]
)
def test_a_fault_does_not_depend_on_what_stands_beside_it(other):
    """A gap between indexes is the same fault before and behind valid pairs and other faults."""
    gap = b"CustomFields[a]=x&CustomFields[1].Key=k&CustomFields[1].Value=v"
    for body in (gap + b"&" + other, other + b"&" + gap):
        with pytest.raises(ValidationError) as caught:
            FormCodec().decode(body)
        assert [issue.message for issue in caught.value.issues if issue.pointer.lower() == "/customfields/1"] == [
            'index 1 comes where 0 is missing (key "CustomFields[1].Key")'
        ]


@pytest.mark.parametrize("body", [b"Emails=x&Emails[0].Value=y", b"Emails[0]Value=a", b"Name.x=1", b"Emails[5].Value=a"])
def test_a_fault_of_a_key_names_the_key(body):
    """The message of a fault in a key has the key as the sender spelled it."""
    with pytest.raises(ValidationError) as caught:
        FormCodec().decode(body)
    key = body.split(b"&")[-1].split(b"=")[0].decode()
    assert key in caught.value.issues[0].message


def test_all_faults_come_at_once():
    """Faults of keys, of values and of unknown members are raised together, with the sender's own indexes."""
    body = b"contactid=x&Emails[2].Value=a&Emails[2].FieldProperties[k].FieldLength=y&Name[=1&Domains=a&Domains[0]=b&X=1"
    with pytest.raises(ValidationError) as caught:
        FormCodec(unknown="error").decode(body)
    pointers = ["", "/Domains", "/Emails/2", "/contactid", "/Emails/2/FieldProperties/k/FieldLength", "/X"]
    assert [issue.pointer for issue in caught.value.issues] == pointers


def test_an_unknown_list_of_wrong_items_is_unknown_too():
    """An unknown list is reported as unknown, also if the key of each item is wrong."""
    with pytest.raises(ValidationError) as caught:
        FormCodec(unknown="error").decode(b"X[0][].Y=1")
    assert [issue.pointer for issue in caught.value.issues] == ["/X/0", "/X"]


class Groups(Carrier):
    """A carrier with a list of numbers."""

    group_ids: Maybe[list[Int32]] = UNSET


@pytest.mark.parametrize("body", [b"GroupIds[0].x=1&GroupIds[1]=y", b"GroupIds[0][0]=1&GroupIds[1]=y"])
def test_a_fault_behind_an_item_of_another_shape_has_the_senders_index(body):
    """A fault in an item has the index that the sender wrote, also behind an item that is no value at all."""
    with pytest.raises(ValidationError) as caught:
        FormCodec().decode(body, Groups)
    assert [issue.pointer for issue in caught.value.issues] == ["/GroupIds/0", "/GroupIds/1"]


TOO_LARGE = [
    ("bytes", {"max_bytes": 8}, b"Name=abcd", (1, 1), "more than the 8 bytes"),
    (
        "pairs",
        {"max_pairs": 2},
        b"Name=a&&\nOrgNr=b&Number1=c",
        (2, 9),
        "more than the 2 pairs that",
    ),
    ("a key", {"max_key_length": 4}, b"Name=a&Names=b", (1, 8), "longer than the 4 characters"),
    ("depth", {"max_depth": 2}, b"Name=a&Category.X.Y=b", (1, 8), "deeper than 2"),
    ("depth of an empty carrier", {"max_depth": 1}, b"Category=", (1, 1), "deeper than 1"),
    ("depth of an unknown list", {"max_depth": 2}, b"Category.X=a&Category.X=b", (1, 14), "deeper than 2"),
    ("an index", {"max_index": 1}, b"Domains[0]=a&Domains[2]=b", (1, 14), "larger than 1"),
    ("a huge index", {}, b"Emails[999999999].Value=x", (1, 1), "larger than 9999"),
    ("an endless index", {}, b"Emails[" + b"9" * 2000 + b"].Value=x", (1, 1), "larger than 9999"),
]


@pytest.mark.parametrize(
    ("options", "body", "place", "message"), [case[1:] for case in TOO_LARGE], ids=[case[0] for case in TOO_LARGE]
)
def test_a_body_over_a_limit_is_refused(options, body, place, message):
    """A body over a limit is a 413 that names the limit and the place."""
    with pytest.raises(ContentTooLarge, match=message) as caught:
        FormCodec(**options).decode(body)
    assert (caught.value.line, caught.value.column) == place
    assert caught.value.status == 413


def test_a_body_at_its_limits_is_read():
    """A body at its limits is read: empty pairs do not count, and a key's length is in characters."""
    codec = FormCodec(max_pairs=2, max_key_length=11, max_depth=2, max_index=1, max_bytes=60)
    assert codec.decode(b"&&Category.Id=1&&&Category.%C3%85%C3%85=b&").category.extras == {"ÅÅ": "b"}
    assert codec.decode(b"Domains[0]=a&Domains[1]=b").domains == ["a", "b"]


def test_nesting_may_be_as_deep_as_in_json():
    """A chain of items as deep as `max_depth` is read."""
    codec = FormCodec(max_depth=200)
    body = b"ChildItems" + b"[0].ChildItems" * 99 + b"="
    item = codec.decode(body, SelectableMDOListItem)
    assert codec.encode(item) == body.replace(b"[", b"%5B").replace(b"]", b"%5D")


HOSTILE = [
    ("an open bracket deep inside", b"Category." * 63 + b"a[b=1"),
    ("nothing but separators", b"&" * 2_000_000),
    ("a name without end", b"a" * 2_000_000),
    ("brackets without end", b"X" + b"[" * 2_000_000),
    ("deep brackets", b"X" + b"[a]" * 600 + b"=1"),
    ("deep dots", b"X" + b"." * 2000 + b"=1"),
    ("one key over and over", b"&".join([b"Emails[0].Value=x"] * 9000)),
    ("indexes from behind", b"&".join(b"Emails[%d].Value=x" % index for index in range(9000, -1, -1))),
    ("indexes that have gaps", b"&".join(b"Emails[%d].Value=x" % index for index in range(0, 9000, 2))),
    ("names that nobody knows", b"&".join(b"X%d.Y=x" % index for index in range(9000))),
    ("faults", b"&".join(b"ContactId[%d=x" % index for index in range(9000))),
    ("conflicts", b"Emails=x&" + b"&".join(b"Emails[%d].Value=x" % index for index in range(9000))),
    (
        "names in all letter cases",
        b"&".join(bytes(c ^ 32 * (n >> i & 1) for i, c in enumerate(b"bounceemails")) + b"=x" for n in range(4096)),
    ),
    (
        "objects in all letter cases",
        b"&".join(bytes(c ^ 32 * (n >> i & 1) for i, c in enumerate(b"associate")) + b".Name=x" for n in range(512)),
    ),
    ("deep conflicts", b"&".join(b"X" + b".a" * depth + b"=1" for depth in range(60))),
    ("long beginnings", b"&".join(b"X%d" % n + b".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 40 + b"=1" for n in range(200))),
    ("keys of a dictionary", b"&".join(b"CustomFields[%d].Key=k" % index for index in range(9000))),
    ("escapes", b"Name=" + b"%41" * 600_000),
    ("escapes that are no UTF-8", b"Name=" + b"%C3%98" * 300_000 + b"%C3"),
    ("percent signs", b"Name=" + b"%" * 1_000_000),
]


@pytest.mark.parametrize("body", [case[1] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_hostile_bodies_are_read_or_refused(body):
    """A hostile body is read, or refused with an error of the library."""
    try:
        assert isinstance(FormCodec().decode(body), ContactEntity)
    except ContactWireError as error:
        assert len(str(error)) < 4000


def test_an_index_allocates_nothing(fits):
    """A large index that the codec allows takes no more memory than a small one."""
    codec = FormCodec(max_index=10**15)

    def refuse():
        with pytest.raises(ValidationError):
            codec.decode(b"Emails[999999999].Value=x&Domains[99999999999]=y&X[999999999]=z&CustomFields[999999999].Key=k")

    assert fits(refuse, 2**21)


def test_threads_may_share_first_use(at_once):
    """Many threads that decode and encode a type for the first time all get the same result."""
    body = FormCodec().encode(
        ContactEntity(emails=[EntityElement(value="a")] * 20, domains=["a", "b"], custom_fields={"k": "v"})
    )
    codec = FormCodec(max_key_length=79)
    assert at_once(lambda: codec.encode(codec.decode(body))) == [body] * 32


def test_locate_finds_the_pair_of_each_pointer():
    """`locate` gives the line and column of the first pair for a pointer, or of the nearest place around it."""
    first, second = "Name=Ø&Emails[0].Value=x", "CustomFields[0].Key=k&CustomFields[0].Value=v&Domains=a&Domains=b"
    body = f"{first}\n&{second}&%C3%85=1&a~b/c=2&[=3".encode()
    expected = {
        "": (1, 1),
        "/Name": (1, 1),
        "/Emails/0/Value": (1, 8),
        "/Emails/0/Description": (1, 8),
        "/Nowhere/X": (1, 1),
        "/CustomFields/k": (2, 2),
        "/CustomFields/0/Value": (2, 24),
        "/Domains": (2, 48),
        "/Domains/1": (2, 58),
        "/Å": (2, 68),
        "/a~0b~1c": (2, 77),
    }
    assert FormCodec().locate(body, expected) == list(expected.values())
    with pytest.raises(DecodeError):
        FormCodec().locate(b"a=%", [""])
    assert FormCodec().locate(b"[]=x&[=y&]=z&=&&Name=a", ["/Name", "/]", "/"]) == [(1, 17), (1, 10), (1, 14)]


def test_locate_finds_every_fault_that_has_a_place():
    """`locate` finds, for the pointer of each issue, the pair that is at fault."""
    body = b"Name=a&contactid=x&Emails[0].Value=a&Emails[2].Value=b&CustomFields[0].Key=k&CustomFields[0].Value.x=1"
    with pytest.raises(ValidationError) as caught:
        FormCodec().decode(body)
    places = FormCodec().locate(body, [issue.pointer for issue in caught.value.issues])
    assert [body[column - 1 :].split(b"=")[0] for _, column in places] == [
        b"CustomFields[0].Key",
        b"Emails[2].Value",
        b"contactid",
    ]


DEEP = [
    ("a list of carriers", b"Emails[0].Value=1", 2),
    ("a list of texts", b"Domains=1", 1),
    ("a dictionary", b"CustomFields[a]=1", 1),
    ("a carrier", b"Category.Id=1", 1),
    ("something unknown", b"Odd[a][b]=1", 2),
]


@pytest.mark.parametrize("unknown", ["keep", "ignore"])
@pytest.mark.parametrize(("body", "levels"), [row[1:] for row in DEEP], ids=[row[0] for row in DEEP])
def test_depth_is_counted_wherever_it_is(body, levels, unknown):
    """Nesting beyond `max_depth` is refused in carriers, lists, dictionaries and ignored members."""
    FormCodec(max_depth=levels + 1, unknown=unknown).decode(body)
    with pytest.raises(ContentTooLarge, match=f"deeper than {levels}"):
        FormCodec(max_depth=levels, unknown=unknown).decode(body)


def test_an_item_of_a_dictionary_has_a_key():
    """The index of a dictionary's item with neither `Key` nor `Value` is its key."""
    assert FormCodec().decode(b"CustomFields[0]=a") == ContactEntity(custom_fields={"0": "a"})
    with pytest.raises(ValidationError):
        FormCodec().decode(b"CustomFields[0].Other=1")


def test_indexes_that_a_sender_chose_for_their_hashes_have_different_ones():
    """Integers of which Python has as many with one hash as a sender likes have hashes of their own as indexes in a key."""
    sent = [(2**61 - 1) * number for number in range(1, 1_000)]
    assert len(set(map(hash, sent))) == 1
    indexes = [steps(f"Emails[{index}]")[1] for index in sent]
    assert indexes == sent
    assert len(set(map(hash, indexes))) > 900
    assert hash(steps(f"X[{sent[0]}]")[1]) == hash(indexes[0])


@pytest.mark.parametrize(
    ("codec", "body"),
    [
        (FormCodec(), b"Name.x=1"),
        (FormCodec(), b"ContactId=a&Domains.x=b"),
        (FormCodec(duplicates="error"), b"Name=a&Name=b"),
    ],
)
def test_builtins_of_a_form_whose_keys_are_wrong_are_not_read(codec, body):
    """`read` raises the faults of keys that `decode` raises, with those of values beside them."""
    with pytest.raises(ValidationError) as read:
        codec.read(body, ContactEntity)
    with pytest.raises(ValidationError) as decoded:
        codec.decode(body)
    assert read.value.issues == decoded.value.issues


class Numbers(Carrier):
    """A carrier with a list of numbers."""

    numbers: Maybe[list[Int32]] = UNSET


def test_a_null_among_items_that_must_not_be_null_is_not_written():
    """An item that is None, in a list whose items must not be null, is an EncodeError with its place."""
    with pytest.raises(EncodeError, match="/Numbers/1: expected int32, received null"):
        FormCodec().encode(Numbers(numbers=[1, None]))


class Box(Carrier):
    """A carrier with a check box and a number."""

    ticked: Maybe[bool] = UNSET
    number: Maybe[Int32] = UNSET


def test_one_and_zero_are_a_repeated_number_and_no_check_box():
    """A number that is 1 and 0, which Python takes for true and false, is a repetition, unlike a ticked check box."""
    codec = FormCodec(duplicates="error")
    assert codec.decode(b"Ticked=true&Ticked=false", Box) == Box(ticked=True)
    with pytest.raises(ValidationError, match="/Number: the property is repeated"):
        codec.decode(b"Number=1&Number=0", Box)
