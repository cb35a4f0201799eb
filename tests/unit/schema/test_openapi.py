"""OpenAPI 3.1 of the endpoint."""

import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contactwire import ContactEntityWithLinks, ContactWireError, errors
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES
from contactwire.schema import json_schema, openapi

DOCUMENT = openapi()
PATH = DOCUMENT["paths"]["/api/v1/Contact/{id}"]
METHODS = ("get", "put", "patch")


def resolved(node):
    """What a reference refers to, or the node itself."""
    while "$ref" in node:
        target = DOCUMENT
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token]
        node = target
    return node


def validator(schema):
    """A validator for a schema of the document."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_document_is_openapi():
    """openapi-spec-validator has nothing to say against it."""
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_comes_in_six_media_types(method):
    """Each method answers in all response types, the preferred one first."""
    assert tuple(PATH[method]["responses"]["200"]["content"]) == RESPONSE_TYPES


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_body_comes_in_seven_media_types(method):
    """PUT and PATCH take all request types, and need a body."""
    assert tuple(PATH[method]["requestBody"]["content"]) == REQUEST_TYPES
    assert PATH[method]["requestBody"]["required"] is True


def test_a_get_has_no_body():
    """There is nothing to send with a GET."""
    assert "requestBody" not in PATH["get"]


STATUSES = [
    ("get", "200 304 400 404 405 406"),
    ("put", "200 400 404 405 406 409 412 413 415"),
    ("patch", "200 400 404 405 406 409 412 413 415"),
]


@pytest.mark.parametrize(("method", "statuses"), STATUSES, ids=METHODS)
def test_each_method_lists_its_answers(method, statuses):
    """The statuses of a method are those that it can answer with, and each says what it means."""
    answers = PATH[method]["responses"]
    assert list(answers) == statuses.split()
    assert all(resolved(answer)["description"] for answer in answers.values())


def test_every_status_of_an_error_class_is_listed():
    """No error that the sender can cause is missing, so a new class of them shows here."""
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, ContactWireError)]
    listed = {int(status) for method in METHODS for status in PATH[method]["responses"]}
    assert {cls.status for cls in classes} - {500} == listed - {200}


HEADERS = ["Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone", "SO-AppToken", "X-XSRF-TOKEN"]
CONDITIONS = [("get", "If-Modified-Since"), ("put", "If-Unmodified-Since"), ("patch", "If-Unmodified-Since")]


@pytest.mark.parametrize(("method", "condition"), CONDITIONS, ids=METHODS)
def test_headers_are_parameters(method, condition):
    """Each method has the endpoint's headers, and the precondition that is its own."""
    parameters = [resolved(parameter) for parameter in PATH[method]["parameters"]]
    assert [parameter["name"] for parameter in parameters] == [*HEADERS, condition]
    assert {parameter["in"] for parameter in parameters} == {"header"}


def test_the_selection_is_a_list_with_commas():
    """$select is one parameter for all methods, its paths between commas."""
    select = PATH["parameters"][1]
    assert (select["name"], select["in"], select["style"], select["explode"]) == ("$select", "query", "form", False)


def test_there_are_three_ways_to_authorize():
    """Basic, SoTicket and Bearer, or none of them but a token."""
    assert list(DOCUMENT["components"]["securitySchemes"]) == ["Basic", "SoTicket", "Bearer"]
    assert DOCUMENT["security"] == [{"Basic": []}, {"SoTicket": []}, {"Bearer": []}, {}]


def test_an_error_body_is_valid():
    """The body of an error is what the document says of it, in all its media types."""
    error = json.loads(errors.NotFound("Contact id 5 not found").to_body())
    content = resolved(PATH["get"]["responses"]["404"])["content"]
    assert list(content) == ["application/json", "text/json", "application/xml", "text/xml"]
    validator(content["application/json"]["schema"]).validate(error)
    assert not validator(content["application/json"]["schema"]).is_valid({**error, "Error": False})


def test_plain_json_may_be_a_patch():
    """A PATCH in plain JSON takes an array of operations or an object, and a PUT the contact alone."""
    patch = validator(PATH["patch"]["requestBody"]["content"]["application/json"]["schema"])
    put = validator(PATH["put"]["requestBody"]["content"]["application/json"]["schema"])
    operations = [{"op": "replace", "path": "Department", "value": "x"}]
    assert patch.is_valid(operations)
    assert patch.is_valid({"Department": "x", "Phones": {"Value": "1"}})
    assert not put.is_valid(operations)
    assert put.is_valid({"Department": "x"})


def test_carriers_have_the_schemas_of_json_schema():
    """The document's schemas of carriers are those that json_schema gives, in another place."""
    expected = json.dumps(json_schema(ContactEntityWithLinks)["$defs"]).replace("#/$defs/", "#/components/schemas/")
    schemas = DOCUMENT["components"]["schemas"]
    assert {name: without_xml(schemas[name]) for name in json.loads(expected)} == json.loads(expected)


def without_xml(node):
    """A schema without what OpenAPI adds for XML."""
    if isinstance(node, list):
        return [without_xml(item) for item in node]
    return {key: without_xml(item) for key, item in node.items() if key != "xml"} if isinstance(node, dict) else node
