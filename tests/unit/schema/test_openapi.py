"""The OpenAPI 3.1 document of the endpoint."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contactwire import ContactEntity, ContactEntityWithLinks, ContactWireError, decode, encode, errors
from contactwire.http import Host
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES
from contactwire.schema import json_schema, openapi

DOCUMENT = openapi()
PATH = DOCUMENT["paths"]["/api/v1/Contact/{id}"]
NEW, DEFAULT = DOCUMENT["paths"]["/api/v1/Contact/"], DOCUMENT["paths"]["/api/v1/Contact/default"]
OPERATIONS = {
    "get": PATH["get"],
    "head": PATH["head"],
    "put": PATH["put"],
    "patch": PATH["patch"],
    "delete": PATH["delete"],
    "post": NEW["post"],
    "get default": DEFAULT["get"],
    "head default": DEFAULT["head"],
}
ANSWERING = ("get", "put", "patch", "post", "get default")


def resolved(node):
    """The target of a reference, or the node itself."""
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
    """The document is valid for openapi-spec-validator."""
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_operation_of_the_endpoint_is_described():
    """The document has the resources and methods of the endpoint, and no others."""
    described = {path: {*operations} - {"parameters"} for path, operations in DOCUMENT["paths"].items()}
    methods = Host(**dict.fromkeys(("load", "update", "create", "delete", "default"), print)).methods
    served = [{method.lower() for method in methods[resource]} for resource in ("entities", "default", "entity")]
    assert [*described.values()] == served


@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_comes_in_six_media_types(name):
    """Each operation that answers with a contact has all response types, with the preferred one first."""
    status = "201" if name == "post" else "200"
    assert tuple(OPERATIONS[name]["responses"][status]["content"]) == RESPONSE_TYPES


@pytest.mark.parametrize("name", ["head", "head default", "delete"])
def test_some_answers_have_no_body(name):
    """HEAD and DELETE have no content in their answers."""
    answers = OPERATIONS[name]["responses"]
    assert "content" not in answers["204" if name == "delete" else "200"]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_body_comes_in_seven_media_types(method):
    """PUT and PATCH take all request types, and require a body."""
    assert tuple(PATH[method]["requestBody"]["content"]) == REQUEST_TYPES
    assert PATH[method]["requestBody"]["required"] is True


def test_a_new_contact_is_no_patch():
    """POST takes all request types except those of patches."""
    assert [*NEW["post"]["requestBody"]["content"]] == [name for name in REQUEST_TYPES if "patch" not in name]


@pytest.mark.parametrize("name", ["get", "head", "delete", "get default", "head default"])
def test_other_operations_have_no_body(name):
    """GET, HEAD and DELETE have no request body."""
    assert "requestBody" not in OPERATIONS[name]


STATUSES = {
    "get": "200 304 400 401 403 404 405 406 412 503",
    "head": "200 304 400 401 403 404 405 406 412 503",
    "put": "200 400 401 403 404 405 406 409 412 413 415 503",
    "patch": "200 400 401 403 404 405 406 409 412 413 415 503",
    "delete": "204 400 401 403 404 405 406 412 503",
    "post": "201 400 401 403 405 406 409 413 415 503",
    "get default": "200 400 401 403 405 406 503",
    "head default": "200 400 401 403 405 406 503",
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_lists_its_answers(name):
    """Each operation lists the statuses that it can answer with, each with a description."""
    answers = OPERATIONS[name]["responses"]
    assert list(answers) == STATUSES[name].split()
    assert all(resolved(answer)["description"] for answer in answers.values())


# A server in front of the endpoint answers these, or a client raises them for an answer that it did not get or read.
OF_OTHERS = {429, 502, 504}


def test_every_status_of_an_error_class_is_listed():
    """The document lists the status of every error class that the endpoint can report."""
    classes = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, ContactWireError)]
    listed = {int(status) for operation in OPERATIONS.values() for status in operation["responses"]}
    assert {cls.status for cls in classes} - {500} - OF_OTHERS == listed - {200, 201, 204}


SHAPING = ["Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone"]
TOKENS = ["SO-AppToken", "X-XSRF-TOKEN"]
CHANGING = ["If-Match", "If-None-Match", "If-Unmodified-Since"]
READING = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]
PARAMETERS = {
    "get": ["$select", *SHAPING, *TOKENS, *READING],
    "head": ["$select", *SHAPING, *TOKENS, *READING],
    "put": ["$select", *SHAPING, *TOKENS, *CHANGING],
    "patch": ["$select", *SHAPING, *TOKENS, *CHANGING],
    "delete": [*TOKENS, *CHANGING],
    "post": ["$select", *SHAPING, *TOKENS],
    "get default": ["$select", *SHAPING, *TOKENS],
    "head default": ["$select", *SHAPING, *TOKENS],
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_headers_are_parameters(name):
    """Each operation has the header fields that it reads as parameters."""
    parameters = [resolved(parameter) for parameter in OPERATIONS[name]["parameters"]]
    assert [parameter["name"] for parameter in parameters] == PARAMETERS[name]
    assert {parameter["in"] for parameter in parameters} <= {"header", "query"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_have_header_fields(name):
    """Each answer has the header fields that it sends."""
    answers = {status: set(resolved(answer).get("headers", {})) for status, answer in OPERATIONS[name]["responses"].items()}
    assert answers["401"] == {"WWW-Authenticate", "Vary"}
    assert answers["405"] == {"Allow", "Vary"}
    assert ("Location" in answers.get("201", ())) is (name == "post")
    assert ("ETag" in answers.get("200", ())) is (name in ("get", "head", "put", "patch"))


def test_the_selection_is_a_list_with_commas():
    """`$select` is one parameter for all methods, with its paths between commas."""
    select = DOCUMENT["components"]["parameters"]["select"]
    assert (select["name"], select["in"], select["style"], select["explode"]) == ("$select", "query", "form", False)


def test_there_are_three_ways_to_authorize():
    """A request is authorized by Basic, SoTicket or Bearer, or by a token."""
    assert list(DOCUMENT["components"]["securitySchemes"]) == ["Basic", "SoTicket", "Bearer"]
    assert DOCUMENT["security"] == [{"Basic": []}, {"SoTicket": []}, {"Bearer": []}, {}]


def test_an_error_body_is_valid():
    """The body of each error is valid by the document, in all its media types."""
    error = json.loads(errors.NotFound("Contact id 5 not found").to_body())
    content = resolved(PATH["get"]["responses"]["404"])["content"]
    assert list(content) == ["application/json", "text/json", "application/xml", "text/xml"]
    validator(content["application/json"]["schema"]).validate(error)
    assert not validator(content["application/json"]["schema"]).is_valid({**error, "Error": False})


def test_plain_json_may_be_a_patch():
    """A PATCH in plain JSON takes an array of operations or an object, and a PUT a contact only."""
    patch = validator(PATH["patch"]["requestBody"]["content"]["application/json"]["schema"])
    put = validator(PATH["put"]["requestBody"]["content"]["application/json"]["schema"])
    operations = [{"op": "replace", "path": "Department", "value": "x"}]
    assert patch.is_valid(operations)
    assert patch.is_valid({"Department": "x", "Phones": {"Value": "1"}})
    assert not put.is_valid(operations)
    assert put.is_valid({"Department": "x"})


def test_carriers_have_the_schemas_of_json_schema():
    """The document's schemas of carriers are those of `json_schema`, with other references."""
    expected = json.dumps(json_schema(ContactEntityWithLinks)["$defs"]).replace("#/$defs/", "#/components/schemas/")
    schemas = DOCUMENT["components"]["schemas"]
    assert {name: without_xml(schemas[name]) for name in json.loads(expected)} == json.loads(expected)


def without_xml(node):
    """A schema without OpenAPI's XML Objects."""
    if isinstance(node, list):
        return [without_xml(item) for item in node]
    return {key: without_xml(item) for key, item in node.items() if key != "xml"} if isinstance(node, dict) else node


def values(name):
    """A validator for the values of a parameter."""
    return validator(DOCUMENT["components"]["parameters"][name]["schema"])


ACCEPTED = {
    "Accept-Language": ["", "nb-NO, en;q=0.5", "*", "en-us;q=0"],
    "SO-Language": ["x", "*", "US"],
    "SO-Culture": ["", "nb-NO"],
    "SO-TimeZone": ["", "NO", "261", "US-NY, includeTZOffset", "includeTZOffset"],
    "SO-AppToken": ["", "a1b2 c3", "~!"],
    "X-XSRF-TOKEN": ["a1b2"],
    "If-Match": ["*", '"a.b"', '"a", W/"b"', '""'],
    "select": [[], ["name", "department", "category/id"], ["*"], ["Persons/Firstname", "customFields/SuperOffice:1"]],
}
REFUSED = {
    "SO-TimeZone": ["Mars", "NO, other", "99999"],
    "SO-AppToken": ["blå", "a\tb"],
    "X-XSRF-TOKEN": ["\xa0", "a\x80"],
    "If-Match": ["", "a", '"a" "b"', "*, *"],
    "select": [["nmae"], ["name/x"], ["emails/0/value"]],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ACCEPTED.items() for value in values])
def test_a_value_that_is_valid_is_taken(name, value):
    """The endpoint takes a field or selection that is valid by the document."""
    assert values(name).is_valid(value)
    assert answer_to(name, value) == 200


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_a_value_that_is_refused_is_not_valid(name, value):
    """A field or selection that the endpoint refuses is not valid by the document."""
    assert not values(name).is_valid(value)
    assert answer_to(name, value) == 400


@pytest.mark.parametrize("name", [name for name in PARAMETERS["get"] if name != "$select"])
@given(data=st.data())
def test_every_field_that_its_pattern_allows_is_taken(name, data):
    """The endpoint takes each header field that the pattern of its parameter describes."""
    pattern = DOCUMENT["components"]["parameters"][name]["schema"]["pattern"]
    assert answer_to(name, data.draw(st.from_regex(pattern, fullmatch=True))) == 200


def answer_to(name, value):
    """The endpoint's status for a GET with a field or selection, but 200 for a condition that does not hold."""
    query = "$select=" + ",".join(value) if name == "select" else ""
    headers = [] if name == "select" else [(name, value)]
    host = Host(load=lambda number: ContactEntityWithLinks(contact_id=number), update=print)
    status = host.answer("GET", ("", "/api/v1/Contact/1"), query, headers, bytes).status
    return 200 if status in (304, 412) else status


OPERATIONS_ON_PLACES = [
    ({"op": "add", "path": "/Phones/-", "value": {"Value": "1"}}, True),
    ({"op": "add", "path": "/Phones/0", "value": {"Value": "1"}}, True),
    ({"op": "replace", "path": "department", "value": "x"}, True),
    ({"op": "replace", "path": "Category/Id", "value": 3}, True),
    ({"op": "replace", "path": "/customFields/SuperOffice:1", "value": None}, True),
    ({"op": "test", "path": "/Phones/0/Value", "value": []}, True),
    ({"op": "remove", "path": "/Phones/0"}, True),
    ({"op": "test", "path": "/Phones/-", "value": {}}, False),
    ({"op": "remove", "path": "/Phones/-"}, False),
    ({"op": "replace", "path": "/Phones/-", "value": {}}, False),
    ({"op": "replace", "path": "/Address/LocalizedAddress/0/-", "value": {}}, False),
    ({"op": "replace", "path": "/Phones/01", "value": {}}, False),
    ({"op": "replace", "path": "/Nmae", "value": "x"}, False),
    ({"op": "replace", "path": "/Name", "value": []}, False),
    ({"op": "replace", "path": "/Name/x", "value": "x"}, False),
    ({"op": "replace", "path": "/Phones", "value": None}, True),
    ({"op": "replace", "path": "/Phones", "value": [None]}, True),
    ({"op": "remove", "path": ""}, False),
    ({"op": "move", "path": "/Name", "from": "/Department"}, False),
]


@pytest.mark.parametrize(("operation", "valid"), OPERATIONS_ON_PLACES)
def test_operations_are_valid_on_places_that_there_are(operation, valid):
    """An operation is valid if its path is a place of a contact and its value fits; only `add` names a list's end."""
    patch = validator(PATH["patch"]["requestBody"]["content"]["application/json-patch+json"]["schema"])
    assert patch.is_valid([operation]) is valid


FORMS = [
    ({"Name": "x", "Category.Id": "3", "Emails[0].Value": "a@b.example", "Domains": ["a", "b"], "NoMailing": "true"}, True),
    ({"CustomFields[SuperOffice:1]": "[I:2]", "UpdatedDate": "2022-07-14T14:44:54", "Address.Wgs84Latitude": "-5.25"}, True),
    ({"Category.Id": "x"}, False),
    ({"NoMailing": "maybe"}, False),
    ({"Name[": "x"}, False),
    ({"Emails[5].Value": "x"}, False),
]


@pytest.mark.parametrize(("fields", "valid"), FORMS)
def test_a_form_that_is_valid_is_taken(fields, valid):
    """A form is valid by the document exactly where the codec reads it."""
    assert validator(DOCUMENT["components"]["schemas"]["ContactForm"]).is_valid(fields) is valid
    body = urlencode(fields, doseq=True).encode()
    if valid:
        assert decode(body, "application/x-www-form-urlencoded")
    else:
        with pytest.raises(ContactWireError):
            decode(body, "application/x-www-form-urlencoded")


def test_the_schema_of_a_form_tells_in_words_what_no_pattern_says():
    """Further items of a list, and the pairs by which a codec writes a dictionary, are in the description of a form."""
    body = encode(ContactEntity(custom_fields={"k": "v"}), "application/x-www-form-urlencoded")
    assert dict(parse_qsl(body.decode())) == {"CustomFields[0].Key": "k", "CustomFields[0].Value": "v"}
    description = DOCUMENT["components"]["schemas"]["ContactForm"]["description"]
    assert "have the indexes 1, 2 and so on" in description
    assert "the pair of X[0].Key and X[0].Value" in description


@pytest.mark.parametrize("fields", [{}, {"Domains": []}])
def test_a_form_that_says_nothing_is_not_valid(fields):
    """The endpoint refuses an empty body, so a form without a text is not valid."""
    assert urlencode(fields, doseq=True) == ""
    assert not validator(DOCUMENT["components"]["schemas"]["ContactForm"]).is_valid(fields)
