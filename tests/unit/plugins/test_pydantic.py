"""Carriers and patches as types of pydantic's."""

import json
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any, get_args

import jsonschema
import pydantic
import pytest
from hypothesis import given
from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticSerializationError

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Int32,
    JsonPatch,
    Maybe,
    MergePatch,
    decode,
    encode,
    golden,
    to_builtins,
)
from contactwire.carriers import EntityElement
from contactwire.testing import carriers

BODY = '{"contactid":3,"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00","Emails":[{"Odd":null}],"Shoe":{"a":1.5}}'
WRITTEN = BODY.replace("contactid", "ContactId")
CONTACT = TypeAdapter(ContactEntity)


class Note(Carrier):
    """A carrier that holds itself, with a property that must be there."""

    note_id: Int32
    price: Maybe[Decimal] = UNSET
    replies: Maybe[list["Note"]] = UNSET


class Order(BaseModel):
    """A model with carriers and patches in several places."""

    customer: ContactEntity
    others: list[ContactEntity] = []
    nothing: ContactEntity | None = None
    named: dict[str, EntityElement] = {}
    change: MergePatch | None = None
    changes: JsonPatch | None = None


def faults(error):
    """The place, the message and the value of each error."""
    return [(each["loc"], each["msg"], each["input"]) for each in error.errors()]


def test_a_type_of_its_own():
    """Builtins and JSON are read by wire names, and written with unknown members and the seventh digit."""
    for read in (CONTACT.validate_json(BODY), CONTACT.validate_python(json.loads(BODY))):
        assert read == decode(BODY)
        assert CONTACT.dump_json(read).decode() == WRITTEN
        assert CONTACT.dump_python(read, mode="json") == json.loads(WRITTEN)
        assert CONTACT.dump_python(read) is read


def test_fields_of_a_model():
    """Carriers stand alone, in lists, in dictionaries and beside None, in a model that is read and written again."""
    text = f'{{"customer":{WRITTEN},"others":[{WRITTEN},{{}}],"nothing":null,"named":{{"a":{{"Id":1}}}},'
    text += '"change":{"Name":null},"changes":[{"op":"replace","path":"Name","value":"x"}]}'
    order = Order.model_validate_json(text)
    assert order.model_dump_json() == text
    assert order.model_dump(mode="json") == json.loads(text)
    assert Order.model_validate(order.model_dump()) == order
    assert order.changes.apply(order.customer).name == "x"
    assert order.model_copy(deep=True) == order


def test_carriers_are_taken_as_they_are():
    """A carrier of the class, or of one derived from it, is the value; one of another class is a fault."""
    contact, linked = ContactEntity(name="x"), ContactEntityWithLinks(name="x")
    assert Order(customer=contact).customer is contact
    assert Order(customer=linked).customer is linked
    with pytest.raises(pydantic.ValidationError, match="expected object"):
        Order(customer=EntityElement())


def test_all_faults_at_their_places():
    """Each fault is an error whose place is the pointer, with numbers for items of lists, below the place of the carrier."""
    given = {
        "customer": {"contactid": "3", "Interests": [{"Id": 2**31}, "x"], "UserDefinedFields": {"a/b~{0}": 1}},
        "others": [{}, 5],
        "changes": [{"op": "add"}],
    }
    with pytest.raises(pydantic.ValidationError) as caught:
        Order.model_validate(given)
    assert faults(caught.value) == [
        (("customer", "contactid"), 'expected int32, received "3"', "3"),
        (
            ("customer", "Interests", 0, "Id"),
            "2147483648 is out of range: int32 is -2147483648 to 2147483647",
            2**31,
        ),
        (("customer", "Interests", 1), 'expected object (SelectableMDOListItem), received "x"', "x"),
        (("customer", "UserDefinedFields", "a/b~{0}"), "expected string, received 1", 1),
        (("others", 1), "expected object (ContactEntity), received 5", 5),
        (("changes", 0), "the add operation has no member 'path'", {"op": "add"}),
        (("changes", 0), "the add operation has no member 'value'", {"op": "add"}),
    ]
    assert caught.value.errors()[0]["type"] == "carrier_fault"
    assert caught.value.errors()[0]["ctx"]["pointer"] == "/contactid"


def test_a_missing_property_is_at_the_place_where_it_belongs():
    """The value of a fault whose place is not there is what is around it."""
    with pytest.raises(pydantic.ValidationError) as caught:
        TypeAdapter(Note).validate_python({"Replies": [{}]})
    assert [(loc, given) for loc, _, given in faults(caught.value)] == [
        (("Replies", 0, "NoteId"), {}),
        (("NoteId",), {"Replies": [{}]}),
    ]


def test_many_faults_are_limited():
    """Where there are more faults than are listed, the last error says so."""
    with pytest.raises(pydantic.ValidationError) as caught:
        CONTACT.validate_python({"Interests": [{"Id": "x"}] * 200})
    assert len(faults(caught.value)) == 101
    assert faults(caught.value)[-1][:2] == ((), "there are more faults")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"deep": [float("nan")]}])
def test_what_no_encoder_writes_is_refused_when_it_is_read(value):
    """NaN, which parsers of Python's and pydantic's take, is a fault among unknown members too."""
    with pytest.raises(pydantic.ValidationError, match="finite"):
        CONTACT.validate_python({"X": value})
    with pytest.raises(pydantic.ValidationError, match="finite"):
        CONTACT.validate_json(json.dumps({"X": value}))


@pytest.mark.parametrize(
    ("adapter", "given", "shown"),
    [
        (CONTACT, {"Name": "a\ud800"}, ("/Name", "a?")),
        (CONTACT, {"ContactId": "\ud800"}, ("/ContactId", "?")),
        (CONTACT, {"\ud800": 1}, ("/?", 1)),
        (CONTACT, {"CustomFields": {"\ud800": "x"}}, ("/CustomFields/?", "x")),
        (TypeAdapter(JsonPatch), [{"op": "add", "path": "\ud800", "value": 1}], ("/0/path", "?")),
        (TypeAdapter(MergePatch), {"Name": "\ud800"}, ("/Name", "?")),
    ],
)
def test_a_lone_surrogate_is_a_fault_that_can_be_shown(adapter, given, shown):
    """Half of a pair, which parsers of JSON take and UTF-8 cannot hold, is a fault with a question mark in its place."""
    with pytest.raises(pydantic.ValidationError) as caught:
        adapter.validate_python(given)
    (found,) = caught.value.errors()
    assert (found["ctx"]["pointer"], found["input"]) == shown
    assert "/".join(["", *map(str, found["loc"])]) == shown[0]
    assert "error rendering" not in str(caught.value)


def test_values_of_a_carrier_keep_what_they_remember():
    """Ticks and spellings of numbers survive where the builtins of one carrier are read again."""
    contact = decode('{"UpdatedDate":"2020-01-01T00:00:00.1234567","X":[1.50,-0]}')
    assert encode(CONTACT.validate_python(to_builtins(contact))) == encode(contact)


@pytest.mark.parametrize("value", [object(), b"x", UNSET, {1}, Decimal("1.50"), datetime(2020, 1, 2), ContactEntity()])
def test_what_is_no_builtin_is_a_fault(value):
    """A value that JSON has no word for is refused at its place, and never changed in silence."""
    with pytest.raises(pydantic.ValidationError) as caught:
        CONTACT.validate_python({"X": [value]})
    assert [loc for loc, _, _ in faults(caught.value)] == [("X", 0)]
    with pytest.raises(pydantic.ValidationError) as caught:
        CONTACT.validate_python({"UpdatedDate": value})
    assert [loc for loc, _, _ in faults(caught.value)] == [("UpdatedDate",)]


def test_a_list_in_itself_is_a_fault():
    """Builtins without an end are refused as those that are too deep."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(pydantic.ValidationError, match="deep"):
        CONTACT.validate_python({"X": endless})


def test_too_deep_a_body_is_a_fault():
    """A limit of the codecs holds here, too."""
    nested: Any = []
    for _ in range(100):
        nested = [nested]
    with pytest.raises(pydantic.ValidationError, match="deep"):
        CONTACT.validate_python({"X": nested})


@pytest.mark.parametrize("number", ["1E400", "12345678901234567.89", "0.1234567890123456789"])
def test_no_number_is_rounded_in_silence(number):
    """A number that pydantic would write as another one is an error that names the function to call."""
    contact = decode(f'{{"X":{number}}}')
    with pytest.raises(PydanticSerializationError, match=r"contactwire\.encode"):
        CONTACT.dump_json(contact)


@pytest.mark.parametrize(("number", "written"), [("1.50", "1.5"), ("1E2", "100.0"), ("9" * 30, "9" * 30), ("-0", "0")])
def test_equal_numbers_are_written(number, written):
    """A number of another spelling and the same value is no loss."""
    assert CONTACT.dump_json(decode(f'{{"X":{number}}}')).decode() == f'{{"X":{written}}}'


def test_what_cannot_be_written_is_an_error():
    """A carrier with a value of a wrong type fails with the place of the fault."""
    with pytest.raises(PydanticSerializationError, match="/ContactId"):
        CONTACT.dump_json(ContactEntity(contact_id="x"))


CHOSEN = [
    ({"exclude": {"customer": {"Name": True, "Emails": {"__all__": {"Value"}}}}}, {"Emails": [{"Rank": 1}], "Big": 10**30}),
    ({"exclude": {"customer": {"Big"}}}, {"Name": "x", "Emails": [{"Value": "a", "Rank": 1}]}),
    ({"include": {"customer": {"Name", "Big"}}}, {"Name": "x", "Big": 10**30}),
]


@pytest.mark.parametrize(("options", "expected"), CHOSEN)
def test_what_is_left_out(options, expected):
    """What a caller includes or excludes inside of a carrier is chosen by wire name, since it may be secret."""
    customer = decode('{"Name":"x","Emails":[{"Value":"a","Rank":1}],"Big":1000000000000000000000000000000}')
    order = Order(customer=customer)
    assert json.loads(order.model_dump_json(**options))["customer"] == expected
    assert order.model_dump(mode="json", **options)["customer"] == expected
    assert order.customer is customer


def test_dates_put_in_by_callers():
    """A plain date-time is written as .NET does."""
    written = CONTACT.dump_json(ContactEntity(updated_date=datetime(2020, 1, 2, 3, 4, 5, 120000)))
    assert written == b'{"UpdatedDate":"2020-01-02T03:04:05.12"}'


@given(carriers(ContactEntityWithLinks))
def test_every_carrier_goes_through(contact):
    """What is written in JSON is the same JSON that the library writes, or an error."""
    adapter = TypeAdapter(ContactEntityWithLinks)
    try:
        written = adapter.dump_json(contact)
    except PydanticSerializationError as error:
        assert "digits" in str(error)
    else:
        assert json.loads(written) == json.loads(encode(contact))
        assert adapter.validate_json(written) == decode(written, type=ContactEntityWithLinks)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_schema_has_wire_names(mode):
    """Each carrier is one definition, however often it occurs, and real bodies are valid by it."""
    schema = TypeAdapter(dict[str, list[ContactEntityWithLinks | None]]).json_schema(mode=mode)
    validator = jsonschema.Draft202012Validator(schema)
    for body in golden.ALL.values():
        validator.validate({"a": [to_builtins(decode(body, type=ContactEntityWithLinks)), None]})
    assert not validator.is_valid({"a": [{"ContactId": "x"}]})
    assert not validator.is_valid({"a": [{"Persons": [{"PersonId": "x"}]}]})
    assert not validator.is_valid({"a": [{"Interests": [{"ChildItems": [{"Id": "x"}]}]}]})
    assert schema["$defs"]["Person"]["title"] == "Person"


def test_the_schema_of_a_carrier_that_holds_itself():
    """A required property is required, at every depth, and two classes of one name are two definitions."""
    mine = TypeAdapter(tuple[Note, _other_note()]).json_schema()
    validator = jsonschema.Draft202012Validator(mine)
    assert validator.is_valid([{"NoteId": 1, "Replies": [{"NoteId": 2}]}, {"Text": "x"}])
    assert not validator.is_valid([{"NoteId": 1, "Replies": [{}]}, {"Text": "x"}])
    assert not validator.is_valid([{"NoteId": 1}, {"Text": 1}])
    assert len(mine["$defs"]) == 2


def _other_note():
    class Note(Carrier):
        text: Maybe[str] = UNSET

    return Note


@pytest.mark.parametrize("type", [Note | ContactEntity, JsonPatch | MergePatch])
def test_a_fault_in_a_union_names_each_class(type):
    """Where no class of a union takes a value, each fault is at the place of its class."""
    with pytest.raises(pydantic.ValidationError) as caught:
        TypeAdapter(type).validate_python(5)
    names = [cls.__name__ for cls in get_args(type)]
    assert [error["loc"] for error in caught.value.errors()] == [(f"function-plain[{name}()]",) for name in names]


def test_the_schema_of_patches():
    """A patch is described by its operations, or by the properties that it may change."""
    schema = TypeAdapter(tuple[JsonPatch, MergePatch]).json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid([[{"op": "replace", "path": "Name", "value": "x"}], {"Name": None}])
    assert not validator.is_valid([[{"op": "replace", "path": "Name", "value": 5}], {}])
    assert not validator.is_valid([[], {"Name": 5}])


def test_faults_below_a_very_long_name_are_short():
    """Places and pointers have both ends of a very long name, so that an answer with many faults does not repeat it."""
    name, wrong = "k" * 100_000, dict.fromkeys(map("".join, product(*zip("FIELDL", "fieldl", strict=True))), "x")
    given = {"FieldProperties": {name: {f"{each}ength": value for each, value in wrong.items()}}}
    with pytest.raises(pydantic.ValidationError) as caught:
        CONTACT.validate_python(given)
    found = caught.value.errors()
    assert len(found) == 64
    assert {(each["loc"][0], each["loc"][1][:3], each["loc"][1][-3:]) for each in found} == {
        ("FieldProperties", "kkk", "kkk")
    }
    assert [each["loc"][2] for each in found] == list(given["FieldProperties"][name])
    assert {each["input"] for each in found} == {"x"}
    assert len(caught.value.json()) < 64 * 2_000
