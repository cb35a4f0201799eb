"""The JSON codec: carriers and bodies, names, unknown members, coercion, validation and limits."""

import json
import pickle
from datetime import datetime, timezone

import attrs
import pytest

from contactwire import (
    UNSET,
    Address,
    AddressType,
    Associate,
    AssociateType,
    Business,
    Category,
    CategoryGroup,
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    EncodeError,
    EntityElement,
    FieldProperty,
    FieldRight,
    JsonCodec,
    LocalizedField,
    Maybe,
    SelectableMDOListItem,
    StructuredAddress,
    Timestamp,
    UnsupportedMediaType,
    ValidationError,
    decode,
    encode,
)

CASES = [
    ("absent", ContactEntity(), b"{}"),
    ("null", ContactEntity(name=None, emails=None, contact_id=None), b'{"ContactId":null,"Name":null,"Emails":null}'),
    ("empty string", ContactEntity(name=""), b'{"Name":""}'),
    ("empty list", ContactEntity(emails=[], domains=[]), b'{"Emails":[],"Domains":[]}'),
    ("empty dictionary", ContactEntity(custom_fields={}), b'{"CustomFields":{}}'),
    ("empty carrier", ContactEntity(business=Business()), b'{"Business":{}}'),
    ("empty carriers", SelectableMDOListItem(child_items=[SelectableMDOListItem()] * 2), b'{"ChildItems":[{},{}]}'),
    ("wire order", ContactEntity(department="d", contact_id=1), b'{"ContactId":1,"Department":"d"}'),
    (
        "int32 limits",
        ContactEntity(contact_id=-(2**31), deleted=2**31 - 1),
        b'{"ContactId":-2147483648,"Deleted":2147483647}',
    ),
    ("booleans", ContactEntity(no_mailing=True, xstop=False), b'{"NoMailing":true,"Xstop":false}'),
    ("doubles", Address(wgs84_latitude=59.9139, wgs84_longitude=-0.0), b'{"Wgs84Latitude":59.9139,"Wgs84Longitude":-0.0}'),
    ("an integer as double", Address(wgs84_latitude=5), b'{"Wgs84Latitude":5}'),
    ("a large integer as double", Address(wgs84_latitude=2**53 + 1), b'{"Wgs84Latitude":9007199254740993}'),
    ("unicode", ContactEntity(name="Ødegård エ 🙂 \u2028"), '{"Name":"Ødegård エ 🙂 \u2028"}'.encode()),
    ("escapes", ContactEntity(name='"\\\b\f\n\r\t\x00\x1f'), rb'{"Name":"\"\\\b\f\n\r\t\u0000\u001f"}'),
    (
        "ticks",
        ContactEntity(updated_date=Timestamp.parse("2003-10-01T14:34:01.7525885+02:00")),
        b'{"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00"}',
    ),
    ("known name", Associate(type=AssociateType.SYSTEM_ASSOCIATE), b'{"Type":"SystemAssociate"}'),
    ("unknown name", Category(category_group="Brand-new"), b'{"CategoryGroup":"Brand-new"}'),
    (
        "lists of lists",
        Address(localized_address=[[LocalizedField(name="a")], []]),
        b'{"LocalizedAddress":[[{"Name":"a"}],[]]}',
    ),
    (
        "dictionary",
        ContactEntity(custom_fields={"SuperOffice:1": "", "": "x", "n": None}),
        b'{"CustomFields":{"SuperOffice:1":"","":"x","n":null}}',
    ),
    (
        "dictionary of carriers",
        ContactEntity(field_properties={"A.b": FieldProperty(field_right=FieldRight(mask="FULL"))}),
        b'{"FieldProperties":{"A.b":{"FieldRight":{"Mask":"FULL"}}}}',
    ),
    ("explicit name", ContactEntityWithLinks(links={"Self": "u"}), b'{"_Links":{"Self":"u"}}'),
    (
        "extras",
        ContactEntity(name="n", extras={"X": [1, {"y": None}], "_": 10**30}),
        b'{"Name":"n","X":[1,{"y":null}],"_":1000000000000000000000000000000}',
    ),
    ("nested extras", ContactEntity(emails=[EntityElement(extras={"X": 1.0})]), b'{"Emails":[{"X":1.0}]}'),
]


@pytest.mark.parametrize(("value", "body"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_carrier_and_its_body_are_one(value, body):
    """Each carrier encodes to its body, and each body decodes to its carrier, by both paths."""
    assert JsonCodec().encode(value) == body
    assert JsonCodec(validate=False).encode(value) == body
    assert JsonCodec().decode(body, type(value)) == value
    assert JsonCodec(duplicates="error").decode(body, type(value)) == value


@pytest.mark.parametrize(
    "wrap",
    [bytes, bytearray, memoryview, lambda body: memoryview(body[::-1])[::-1], bytes.decode],
    ids=["bytes", "bytearray", "memoryview", "backwards", "str"],
)
def test_a_body_may_be_bytes_or_text(wrap):
    """A body may be bytes, any object that holds bytes, or text."""
    assert decode(wrap(b'{"Name":"x"}')) == ContactEntity(name="x")
    assert decode(wrap(b'{"Nope":"x"}')).extras == {"Nope": "x"}


def test_a_view_of_numbers_is_a_body_of_as_many_bytes():
    """A body may be a view of items of several bytes; limits count its bytes."""
    body = memoryview(b'{"X":[[],[],[]]}').cast("I")
    assert decode(body).extras == {"X": [[], [], []]}
    with pytest.raises(ContentTooLarge):
        JsonCodec(max_objects=4).decode(body)


def test_anything_else_is_no_body():
    """A body of another type is a TypeError."""
    with pytest.raises(TypeError, match="dict"):
        decode({})


@pytest.mark.parametrize("cls", [int, list[str], dict, object, "ContactEntity"])
def test_a_type_that_holds_no_carrier_is_refused(cls):
    """A `type` that is no carrier, and no list or dictionary of one, is a TypeError."""
    with pytest.raises(TypeError):
        decode("{}", type=cls)


@pytest.mark.parametrize("media_type", ["application/json", "text/json", "Text/JSON"])
def test_both_names_of_json_mean_the_same(media_type):
    """The two media types are one codec, in any letter case."""
    assert decode(encode(ContactEntity(name="x"), media_type), media_type) == ContactEntity(name="x")


def test_an_unknown_media_type_is_refused():
    """A media type without a codec is a 415 that names the supported types."""
    with pytest.raises(UnsupportedMediaType, match="text/json") as caught:
        decode(b"", "image/png")
    assert caught.value.status == 415


def test_a_list_of_contacts_travels():
    """A top-level array decodes to a list of carriers and encodes back."""
    body = b'[{"Name":"a"},{}]'
    contacts = decode(body, type=list[ContactEntity])
    assert contacts == [ContactEntity(name="a"), ContactEntity()]
    assert encode(contacts) == body
    assert encode([]) == b"[]"


def test_names_match_in_any_letter_case():
    """A property's name is read in any letter case, and written as its wire name."""
    contact = decode(
        '{"contactid": 5, "NAME": "x", "emails": [{"vALUE": "a"}], "_links": {"a": "b"}}', type=ContactEntityWithLinks
    )
    assert contact == ContactEntityWithLinks(contact_id=5, name="x", emails=[EntityElement(value="a")], links={"a": "b"})


def test_dictionary_keys_keep_their_letter_case():
    """A dictionary's keys keep their letter case, so keys that differ in letter case are two."""
    assert decode('{"CustomFields": {"a": "1", "A": "2"}}').custom_fields == {"a": "1", "A": "2"}


@pytest.mark.parametrize(
    "body",
    [
        '{"Name": "a", "Name": "b"}',
        '{"Name": "a", "name": "b"}',
        '{"name": "a", "Name": "b"}',
        '{"Name": "b", "name": "a", "Name": "b"}',
        '{"name": "x", "NAME": "y", "name": "b"}',
        '{"Name": 5, "name": "b"}',
        '{"Name": 5, "Name": "b"}',
    ],
)
def test_the_last_of_two_spellings_wins(body):
    """Of repeated members and spellings of one property, the last in the text counts, as in .NET."""
    if "5" in body and "name" in body:
        with pytest.raises(ValidationError, match="/Name: expected string"):
            decode(body)
    else:
        assert decode(body).name == "b"


def test_duplicates_can_be_an_error():
    """`duplicates="error"` reports repeated members and other spellings, each with its pointer."""
    body = '{"Name": "a", "name": "b", "Emails": [{"Value": "a", "Value": "b"}], "CustomFields": {"k": "1", "k": "2"}}'
    with pytest.raises(ValidationError) as caught:
        JsonCodec(duplicates="error").decode(body)
    assert [issue.pointer for issue in caught.value.issues] == ["/Emails/0/Value", "/CustomFields/k", "/name"]


def test_unknown_properties_are_kept():
    """Unknown members at any depth, with any JSON value, are written back behind the properties."""
    body = '{"X":{"a":[1,2.5,null,true,""]},"Name":"n","Address":{"Y":[],"Street":{"Z":{}}}}'
    contact = decode(body)
    assert contact.extras == {"X": {"a": [1, 2.5, None, True, ""]}}
    assert contact.address.street.extras == {"Z": {}}
    assert json.loads(encode(contact)) == json.loads(body)


def test_unknown_properties_can_be_ignored():
    """`unknown="ignore"` drops unknown members."""
    contact = JsonCodec(unknown="ignore").decode('{"X": 1, "Name": "n", "Emails": [{"Y": 1}]}')
    assert contact == ContactEntity(name="n", emails=[EntityElement()])


def test_unknown_properties_can_be_an_error():
    """`unknown="error"` reports each unknown member with its pointer."""
    with pytest.raises(ValidationError) as caught:
        JsonCodec(unknown="error").decode('{"X/y": 1, "Name": "n", "Emails": [{"Y": 1}]}')
    assert [issue.pointer for issue in caught.value.issues] == ["/X~1y", "/Emails/0/Y"]


COERCED = [
    (ContactEntity, '{"ContactId": "3"}', ContactEntity(contact_id=3)),
    (ContactEntity, '{"ContactId": " -3 "}', ContactEntity(contact_id=-3)),
    (ContactEntity, '{"NoMailing": 1, "Xstop": 0}', ContactEntity(no_mailing=True, xstop=False)),
    (ContactEntity, '{"NoMailing": "true", "Xstop": "False"}', ContactEntity(no_mailing=True, xstop=False)),
    (
        ContactEntity,
        '{"Name": 12, "Department": 1.5, "OrgNr": true}',
        ContactEntity(name="12", department="1.5", org_nr="true"),
    ),
    (ContactEntity, '{"CustomFields": {"a": 5}, "Domains": [1]}', ContactEntity(custom_fields={"a": "5"}, domains=["1"])),
    (Address, '{"Wgs84Latitude": "59.5"}', Address(wgs84_latitude=59.5)),
    (Category, '{"CategoryGroup": 3}', Category(category_group=CategoryGroup.PARTNER)),
    (Category, '{"CategoryGroup": "3"}', Category(category_group=CategoryGroup.PARTNER)),
    (Associate, '{"Type": 5}', Associate(type=AssociateType.SYSTEM_ASSOCIATE)),
    (StructuredAddress, '{"AtypeIdx": 16387}', StructuredAddress(atype_idx=AddressType.PERSON_PRIVATE_ADDRESS)),
    (StructuredAddress, '{"AtypeIdx": "8196"}', StructuredAddress(atype_idx=AddressType.QUOTE_BILLING_ADDRESS)),
    (Category, '{"CategoryGroup": "partner"}', Category(category_group=CategoryGroup.PARTNER)),
    (Category, '{"CategoryGroup": "New"}', Category(category_group="New")),
    (ContactEntity, '{"ContactId": null}', ContactEntity(contact_id=None)),
]


@pytest.mark.parametrize(("cls", "body", "expected"), COERCED)
def test_coerce_reads_scalars_as_the_server_does(cls, body, expected):
    """With `coerce`, text and numbers stand for other scalars."""
    decoded = JsonCodec(coerce=True).decode(body, cls)
    assert decoded == expected
    assert repr(decoded) == repr(expected)


@pytest.mark.parametrize(
    ("cls", "body", "expected"),
    [
        case
        for case in COERCED
        if not any(text in case[1] for text in ('"New"', "null", '"partner"', '"CategoryGroup": "3"', '"8196"'))
    ],
)
def test_nothing_is_coerced_by_default(cls, body, expected):
    """Without `coerce`, text and numbers for other scalars are faults."""
    with pytest.raises(ValidationError):
        JsonCodec().decode(body, cls)


@pytest.mark.parametrize(
    "body",
    [
        '{"ContactId": 5.0}',
        '{"ContactId": "5.0"}',
        '{"ContactId": ""}',
        '{"ContactId": "2147483648"}',
        '{"ContactId": true}',
        '{"ContactId": "٣"}',
        '{"NoMailing": "yes"}',
        '{"NoMailing": 1.0}',
        '{"Name": []}',
        '{"Emails": {}}',
        '{"Category": {"CategoryGroup": 6}}',
        '{"Address": {"Street": {"AtypeIdx": 3}}}',
        '{"Address": {"Wgs84Latitude": "NaN"}}',
        '{"Address": {"Wgs84Latitude": ""}}',
        '{"UpdatedDate": 5}',
    ],
)
def test_coerce_has_limits(body):
    """With `coerce`, values that the server's reader refuses stay faults."""
    with pytest.raises(ValidationError):
        JsonCodec(coerce=True).decode(body)


def test_indent_lays_the_body_out():
    """`indent` puts each member on a line of its own."""
    assert JsonCodec(indent=2).encode(ContactEntity(name="x")) == b'{\n  "Name": "x"\n}'


def test_a_plain_datetime_is_encoded():
    """A caller's datetime is written as .NET would write it."""
    contact = ContactEntity(updated_date=datetime(2020, 1, 1, 12, tzinfo=timezone.utc))
    assert encode(contact) == b'{"UpdatedDate":"2020-01-01T12:00:00Z"}'


MOMENT = Timestamp.parse("2020-01-01T00:00:00")

UNWRITABLE = [
    (ContactEntity(contact_id=2**31), ["/ContactId"]),
    (ContactEntity(contact_id=True), ["/ContactId"]),
    (ContactEntity(contact_id="5"), ["/ContactId"]),
    (ContactEntity(name=5), ["/Name"]),
    (ContactEntity(name=b"x"), ["/Name"]),
    (ContactEntity(name="\ud800"), ["/Name"]),
    (ContactEntity(no_mailing=1), ["/NoMailing"]),
    (ContactEntity(updated_date="2020-01-01T00:00:00"), ["/UpdatedDate"]),
    (ContactEntity(updated_date=str(MOMENT), created_date=MOMENT), ["/UpdatedDate"]),
    (ContactEntity(name=MOMENT, updated_date=MOMENT), ["/Name"]),
    (ContactEntity(name=MOMENT, updated_date=MOMENT.replace(nanosecond=0)), ["/Name"]),
    (ContactEntity(name=MOMENT, updated_date=datetime(2020, 1, 1)), ["/Name"]),
    (ContactEntity(name=MOMENT, updated_date=str(MOMENT), created_date=MOMENT), ["/Name", "/UpdatedDate"]),
    (ContactEntity(emails=EntityElement()), ["/Emails"]),
    (ContactEntity(emails=(EntityElement(),)), ["/Emails"]),
    (ContactEntity(emails=[None, UNSET, "x"]), ["/Emails/1", "/Emails/2"]),
    (ContactEntity(domains=["a", None, 5, UNSET]), ["/Domains/2", "/Domains/3"]),
    (ContactEntity(domains="abc"), ["/Domains"]),
    (ContactEntity(custom_fields={1: "a", "b": 2}), ["/CustomFields/1", "/CustomFields/b"]),
    (ContactEntity(custom_fields=[]), ["/CustomFields"]),
    (ContactEntity(business=Category()), ["/Business"]),
    (ContactEntity(business={}), ["/Business"]),
    (
        ContactEntity(address=Address(wgs84_latitude=float("nan"), wgs84_longitude=float("-inf"))),
        ["/Address/Wgs84Latitude", "/Address/Wgs84Longitude"],
    ),
    (ContactEntity(address=Address(wgs84_latitude=10**400)), ["/Address/Wgs84Latitude"]),
    (ContactEntity(address=Address(localized_address=[LocalizedField()])), ["/Address/LocalizedAddress/0"]),
    (ContactEntity(address=Address(localized_address=["ab"])), ["/Address/LocalizedAddress/0"]),
    (ContactEntity(address=Address(street=StructuredAddress(atype_idx=5))), ["/Address/Street/AtypeIdx"]),
    (ContactEntity(name="n", extras={"X": object()}), ["/X"]),
    (ContactEntity(extras={"X": [float("inf")], "Y": {"z": "\ud800"}}), ["/X/0", "/Y/z"]),
    (ContactEntity(extras={"X": 10**5000}), ["/X"]),
    (ContactEntity(extras={"name": 1}), ["/name"]),
    (ContactEntity(extras={5: 1}), ["/5"]),
    (ContactEntity(emails=[EntityElement(extras={"Value": 1})]), ["/Emails/0/Value"]),
    (object(), [""]),
    ([ContactEntity(), 5], ["/1"]),
    ({"Name": "x"}, [""]),
    (None, [""]),
]


@pytest.mark.parametrize(("value", "pointers"), UNWRITABLE)
def test_what_no_decoder_takes_is_not_encoded(value, pointers):
    """A wrong value raises EncodeError with the pointer of each fault."""
    with pytest.raises(EncodeError) as caught:
        encode(value)
    assert [issue.pointer for issue in caught.value.issues] == pointers


def test_validation_can_be_switched_off():
    """With `validate=False` wrong values are written as they are."""
    codec = JsonCodec(validate=False)
    assert (
        codec.encode(ContactEntity(contact_id=2**40, name=5, extras={"X": 1}))
        == b'{"ContactId":1099511627776,"Name":5,"X":1}'
    )


def test_an_heir_may_stand_where_its_base_is_expected():
    """An instance of a subclass in a list is encoded with all its properties."""

    class Labelled(EntityElement):
        label: Maybe[str] = UNSET

    assert encode(ContactEntity(emails=[Labelled(value="a", label="b")])) == b'{"Emails":[{"Value":"a","Label":"b"}]}'


def test_subclasses_of_builtins_are_encoded_as_their_base():
    """An instance of a str or int subclass, such as a caller's enumeration, is written as its text or number."""
    from enum import IntEnum, StrEnum

    values = (StrEnum("S", {"A": "a"}).A, IntEnum("I", {"A": 7}).A)
    assert encode(ContactEntity(name=values[0], contact_id=values[1])) == b'{"ContactId":7,"Name":"a"}'


def test_a_cycle_is_an_encode_error():
    """A carrier that holds itself is an EncodeError, with and without validation."""
    item = SelectableMDOListItem()
    item.child_items = [item]
    for codec in (JsonCodec(), JsonCodec(validate=False)):
        with pytest.raises(EncodeError, match="nesting"):
            codec.encode(item)
    extras: dict = {}
    extras["X"] = extras
    with pytest.raises(EncodeError, match="nesting"):
        encode(ContactEntity(extras=extras))


def nested(depth):
    """An item whose document nests `depth` levels: an object, and a list and an object for each level of children."""
    item = SelectableMDOListItem()
    for _ in range((depth - 1) // 2):
        item = SelectableMDOListItem(child_items=[item])
    return item


def test_encoding_and_decoding_have_the_same_depth_limit():
    """What is encoded within `max_depth` decodes within it, and one more level is refused by both."""
    for limit in (9, 25, 64):
        codec = JsonCodec(max_depth=limit)
        deepest = limit - 1 + limit % 2
        assert codec.decode(codec.encode(nested(deepest)), SelectableMDOListItem) == nested(deepest)
        with pytest.raises(EncodeError, match="nesting"):
            codec.encode(nested(deepest + 2))
        with pytest.raises(ValueError, match="nesting"):
            codec.decode(JsonCodec(max_depth=200).encode(nested(deepest + 2)), SelectableMDOListItem)


def test_a_codec_is_a_value():
    """Codecs are equal, hash and pickle by their options, and are immutable."""
    codec = JsonCodec(indent=2, coerce=True)
    assert pickle.loads(pickle.dumps(codec)) == codec == JsonCodec(indent=2, coerce=True)
    assert hash(codec) != hash(JsonCodec())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        codec.indent = 4


def test_locate_finds_lines():
    """`locate` gives the line and column of each pointer's value, or of the nearest value around it."""
    body = '{\n "Name": "x",\n "Emails": [\n  {"Value": "å", "X": 1}\n ]\n}'
    pointers = ["", "/Name", "/Emails/0", "/Emails/0/X", "/Emails/7/Y"]
    assert JsonCodec().locate(body.encode(), pointers) == [(1, 1), (2, 10), (4, 3), (4, 23), (3, 12)]


def test_locate_counts_the_items_of_lists():
    """`locate` finds any item of a list, behind items and lists of every sort, and in lists inside it."""
    body = '{"Emails": [\n{},\n{"Value": [0, [1], {}]},\n"x",\n{"Value": [0, [1],\n{"A": 1}]}]}'
    pointers = ["/Emails/1", "/Emails/2", "/Emails/3", "/Emails/3/Value/1/0", "/Emails/3/Value/2/A"]
    assert JsonCodec().locate(body.encode(), pointers) == [(3, 1), (4, 1), (5, 1), (5, 16), (6, 7)]
