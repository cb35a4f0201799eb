"""The OpenAPI 3.1 document of the endpoint of a user's entity."""

from __future__ import annotations

import enum
import uuid
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contactwire import (
    UNSET,
    Carrier,
    Category,
    ContactEntity,
    ContactEntityWithLinks,
    FlagsKind,
    Int32,
    Int64,
    JsonPatch,
    Maybe,
    Person,
    Selection,
    SelectionError,
    ValidationError,
    WireName,
    decode,
    encode,
    to_builtins,
)
from contactwire.http import ContactEndpoint
from contactwire.projection import fields
from contactwire.schema import openapi
from contactwire.wire import plan_of


class Mood(enum.StrEnum):
    """An enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class SaleOrder(Carrier):
    """An order with every kind of property."""

    sale_order_id: Maybe[Int64] = UNSET
    text: Maybe[str] = UNSET
    """What is ordered."""
    count: Int32
    price: Maybe[Decimal] = UNSET
    weight: Maybe[float] = UNSET
    paid: Maybe[bool] = UNSET
    day: Maybe[date] = UNSET
    when: Maybe[datetime] = UNSET
    guid: Maybe[uuid.UUID] = UNSET
    mood: Maybe[Mood] = UNSET
    access: Maybe[Annotated[str | int, FlagsKind({"In": 1, "Out": 2})]] = UNSET
    category: Maybe[Category] = UNSET
    parts: Maybe[list[SaleOrder]] = UNSET
    names: Maybe[list[str]] = UNSET
    rows: Maybe[list[list[int]]] = UNSET
    by_key: Maybe[dict[str, Category]] = UNSET


class OddEntity(Carrier):
    """An entity whose names have characters with a meaning in patterns and paths."""

    id: Maybe[Int32] = UNSET
    dotted: Annotated[Maybe[str], WireName("a.b")] = UNSET
    bracket: Annotated[Maybe[str], WireName("[c]+(d)")] = UNSET
    slash: Annotated[Maybe[str], WireName("e/f~g,h")] = UNSET
    typed: Annotated[Maybe[Category], WireName("@odata.type|x")] = UNSET


class Ticket(Carrier):
    """An entity with a key and no other property."""

    ticket_id: Int32


class Badge(Carrier):
    """An entity of which nothing can be removed."""

    badge_id: Int32
    label: str


class Level(enum.IntEnum):
    """A closed enumeration."""

    LOW = 0
    HIGH = 1


class Survey(Carrier):
    """An entity with lists of single values, and with enumerations of every kind."""

    survey_id: Int64
    level: Maybe[Level] = UNSET
    mood: Maybe[Mood] = UNSET
    levels: Maybe[list[Level]] = UNSET
    moods: Maybe[list[Mood]] = UNSET
    marks: Maybe[list[Int32]] = UNSET
    days: Maybe[list[date]] = UNSET
    rows: Maybe[list[list[int]]] = UNSET
    weight: Maybe[float] = UNSET


class Company(ContactEntityWithLinks):
    """A contact with one more property."""

    rating: Maybe[Int32] = UNSET


ENTITIES = {
    SaleOrder: SaleOrder(sale_order_id=5, count=1),
    OddEntity: OddEntity(id=5),
    Ticket: Ticket(ticket_id=5),
    Badge: Badge(badge_id=5, label="x"),
    Person: Person(person_id=5),
    Survey: Survey(survey_id=5),
    Company: Company(contact_id=5),
    ContactEntity: ContactEntity(contact_id=5),
}
DOCUMENTS = {cls: openapi(path=f"/crm/{cls.__name__}/", type=cls, title=f"All of {cls.__name__}") for cls in ENTITIES}

entities = pytest.mark.parametrize("entity", ENTITIES.values(), ids=[cls.__name__ for cls in ENTITIES])


def validator(document, name):
    """A validator for a named schema of a document."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


def nodes(node):
    """Every object in a document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)


@entities
def test_the_document_is_openapi(entity):
    """The document of each entity is valid for openapi-spec-validator, and its schemas by the metaschema."""
    document = DOCUMENTS[type(entity)]
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    Draft202012Validator.check_schema({"$defs": document["components"]["schemas"]})


@entities
def test_the_document_is_about_the_entity(entity):
    """The document has the entity's name in paths, title and names of operations, and no word of contacts."""
    cls = type(entity)
    document = DOCUMENTS[cls]
    path, name = f"/crm/{cls.__name__}", cls.__name__.removesuffix("Entity")
    assert [*document["paths"]] == [f"{path}/", f"{path}/default", f"{path}/{{id}}"]
    assert document["info"]["title"] == f"All of {cls.__name__}"
    assert document["info"]["description"].startswith(cls.__doc__)
    assert document["paths"][f"{path}/{{id}}"]["get"]["operationId"] == f"get{name}"
    if not issubclass(cls, ContactEntity):
        texts = [node[key] for node in nodes(document) for key in ("description", "summary") if key in node]
        assert [text for text in texts if isinstance(text, str) and "contact" in text] == []


@entities
def test_a_body_of_the_entity_is_valid(entity):
    """A body that the codec writes of the entity is valid by the document."""
    document = DOCUMENTS[type(entity)]
    operation = document["paths"][f"/crm/{type(entity).__name__}/{{id}}"]["put"]
    for part in (operation["requestBody"], operation["responses"]["200"]):
        schema = part["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(to_builtins(entity))


@entities
def test_the_endpoint_serves_what_the_document_says(entity):
    """The endpoint serves the paths of the document, and a patch of the key is not valid."""
    ((key, number),) = [(name, value) for name, value in to_builtins(entity).items() if value == 5]
    attribute = plan_of(type(entity)).by_name[key].attribute
    endpoint = ContactEndpoint(path=f"/crm/{type(entity).__name__}", type=type(entity), id=attribute)
    assert endpoint.parse_head("GET", f"/crm/{type(entity).__name__}/{number}").id == number
    patch = validator(DOCUMENTS[type(entity)], "JsonPatch")
    assert not patch.is_valid([{"op": "replace", "path": f"/{key}", "value": 6}])


@pytest.mark.parametrize(
    ("entity", "key", "largest"), [(SaleOrder, "sale_order_id", 2**63 - 1), (OddEntity, "id", 2**31 - 1)]
)
def test_the_number_in_a_path_is_of_the_kind_of_the_key(entity, key, largest):
    """The document allows the numbers that the key holds, and the endpoint serves them."""
    found = [node["schema"]["maximum"] for node in nodes(DOCUMENTS[entity]) if node.get("in") == "path"]
    assert found == [largest]
    assert ContactEndpoint(path="/e", type=entity, id=key).parse_head("GET", f"/e/{largest}").id == largest


@entities
def test_every_path_can_be_selected(entity):
    """`$select` takes every path of the class, in two spellings, and nothing else."""
    cls = type(entity)
    schema = Draft202012Validator(DOCUMENTS[cls]["components"]["parameters"]["select"]["schema"])
    for selectable in fields(cls):
        assert schema.is_valid([selectable.path])
        assert schema.is_valid([selectable.path[:1].lower() + selectable.path[1:]])
    for wrong in ("nmae", "a-b", "aXb"):
        assert not schema.is_valid([wrong])
        with pytest.raises(SelectionError):
            Selection.parse(wrong, cls)


OPERATIONS = [
    (SaleOrder(count=1), {"op": "replace", "path": "/Text", "value": "x"}, True),
    (SaleOrder(count=1), {"op": "add", "path": "/names/-", "value": "x"}, True),
    (SaleOrder(count=1), {"op": "add", "path": "ByKey/a~1b", "value": {"Id": 5}}, True),
    (SaleOrder(count=1), {"op": "add", "path": "/Names/-", "value": 5}, False),
    (SaleOrder(count=1), {"op": "replace", "path": "/Nmae", "value": "x"}, False),
    (OddEntity(), {"op": "replace", "path": "/a.b", "value": "x"}, True),
    (OddEntity(), {"op": "replace", "path": "/aXb", "value": "x"}, False),
    (OddEntity(), {"op": "replace", "path": "/[c]+(d)", "value": "x"}, True),
    (OddEntity(), {"op": "replace", "path": "e~1f~0g,h", "value": "x"}, True),
    (OddEntity(), {"op": "replace", "path": "/e/f~0g,h", "value": "x"}, False),
    (OddEntity(), {"op": "add", "path": "/@odata.type|x/Value", "value": "x"}, True),
    (OddEntity(), {"op": "add", "path": "/@odata.type", "value": "x"}, False),
]


@pytest.mark.parametrize(("entity", "operation", "valid"), OPERATIONS)
def test_operations_are_valid_on_places_that_there_are(entity, operation, valid):
    """An operation on a place of the entity, also one with an odd name, is valid and can be applied."""
    assert validator(DOCUMENTS[type(entity)], "JsonPatch").is_valid([operation]) is valid
    if valid:
        assert JsonPatch.parse([operation]).apply(entity) != entity


EMPTYING = [
    (SaleOrder(count=1, text="x"), "/Text", True),
    (SaleOrder(count=1), "/Count", False),
    (Badge(badge_id=5, label="x"), "/Label", False),
]


@pytest.mark.parametrize(("entity", "path", "valid"), EMPTYING)
@pytest.mark.parametrize("operation", [{"op": "remove"}, {"op": "replace", "value": None}])
def test_an_operation_never_empties_what_must_be_there(entity, path, valid, operation):
    """Nothing removes a property that must be there, or makes it null: the operation is not valid, and cannot be applied."""
    operation = {**operation, "path": path}
    assert validator(DOCUMENTS[type(entity)], "JsonPatch").is_valid([operation]) is valid
    with nullcontext() if valid else pytest.raises(ValidationError):
        JsonPatch.parse([operation]).apply(entity)


def test_an_entity_without_more_than_a_key_has_no_patch():
    """An entity with nothing but a key takes no operation in a JSON Patch."""
    patch = validator(DOCUMENTS[Ticket], "JsonPatch")
    assert patch.is_valid([])
    assert not patch.is_valid([{"op": "replace", "path": "/TicketId", "value": 6}])


FORMS = [
    SaleOrder(
        sale_order_id=5,
        text="x",
        count=1,
        price=Decimal("1.25"),
        weight=2.5,
        paid=True,
        day=date(2020, 1, 2),
        when=datetime(2020, 1, 2, 3, 4, 5),
        guid=uuid.UUID("12345678-1234-5678-1234-567812345678"),
        mood=Mood.GOOD,
        access="In, Out",
        category=Category(id=3),
        names=["a", "b"],
    ),
    OddEntity(id=5, dotted="x", bracket="y", slash="z", typed=Category(value="v")),
    Survey(
        survey_id=123_456_789_012,
        level=Level.HIGH,
        mood="Fine",
        levels=[Level.LOW, Level.HIGH],
        moods=["", Mood.BAD],
        marks=[-1, 2],
        days=[date(2020, 1, 2)],
        rows=[[1, 2]],
        weight=-59.9138688,
    ),
]


@pytest.mark.parametrize("entity", FORMS)
def test_a_form_of_the_entity_is_valid(entity):
    """A form that the codec writes of an entity is valid by the document."""
    body = encode(entity, "application/x-www-form-urlencoded")
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    name, keys = f"{type(entity).__name__.removesuffix('Entity')}Form", dict.fromkeys(key for key, _ in pairs)
    form = validator(DOCUMENTS[type(entity)], name)
    for key, text in pairs:
        form.validate({key: text})
    texts = {key: [text for other, text in pairs if other == key] for key in keys}
    form.validate({key: found if len(found) > 1 else found[0] for key, found in texts.items()})
    assert not form.is_valid({"Nmae": "x"})
    assert decode(body, "application/x-www-form-urlencoded", type=type(entity)) == entity


def test_the_contact_is_the_default():
    """Without arguments the document is that of the contact's endpoint, with the options that are given."""
    assert openapi() == openapi(
        path="/api/v1/Contact",
        type=ContactEntityWithLinks,
        id="contact_id",
        name="Contact",
        title="The contact endpoint",
    )


def test_names_of_several_words_are_written_apart():
    """The words of a class's name are separate in texts, and joined in names of operations."""
    document = openapi(type=Person, name="SalesPerson")
    assert document["info"]["title"] == "The sales person endpoint"
    assert document["paths"]["/api/v1/Contact/"]["post"]["operationId"] == "postSalesPerson"
    assert document["paths"]["/api/v1/Contact/{id}"]["get"]["summary"] == "The sales person as it is stored."


@pytest.mark.parametrize("path", ["api/v1/Person", "https://crm.example/Person", "/Person?x=1", "/Person#x"])
def test_a_path_is_one(path):
    """What OpenAPI takes for no path, or for more than one, is a ValueError."""
    with pytest.raises(ValueError, match=r"^path "):
        openapi(path=path, type=Person)


def test_a_path_may_have_parameters_of_its_own():
    """Parameters in the endpoint's path are kept."""
    assert [*openapi(path="/{tenant}/Person", type=Person)["paths"]][2] == "/{tenant}/Person/{id}"


class Keyless(Carrier):
    """A carrier whose key is not named after its class."""

    number: Maybe[Int32] = UNSET
    id: Maybe[str] = UNSET


def test_the_key_may_be_named():
    """`id` names the attribute that is the key."""
    document = openapi(type=Keyless, id="number")
    assert not validator(document, "JsonPatch").is_valid([{"op": "replace", "path": "/Number", "value": 5}])
    assert validator(document, "JsonPatch").is_valid([{"op": "replace", "path": "/Id", "value": "x"}])


WRONG_CALLS = [
    ({"type": dict}, "is no carrier class"),
    ({"type": list[Person]}, "is no carrier class"),
    ({"type": Keyless}, "Keyless has no integer property that is its primary key"),
    ({"type": Keyless, "id": "id"}, "Keyless has no integer property 'id'"),
    ({"type": Person, "id": "nobody"}, "Person has no integer property 'nobody'"),
]


@pytest.mark.parametrize(("options", "message"), WRONG_CALLS)
def test_what_no_endpoint_serves_has_no_document(options, message):
    """A type that is no carrier, or has no integer key, is a TypeError that says so."""
    with pytest.raises(TypeError, match=message):
        openapi(**options)
