"""Carriers as bodies and answers of FastAPI's routes, and the endpoint in its documentation."""

import asyncio
import gzip
from typing import Annotated
from unittest.mock import Mock

import httpx
import pytest
from fastapi import Body, Depends, FastAPI, Response
from openapi_spec_validator import validate

from contactwire import (
    UNSET,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Int32,
    JsonPatch,
    Maybe,
    MergePatch,
    WireName,
    asgi,
    decode,
    encode,
)
from contactwire.errors import NotFound
from contactwire.http import ContactEndpoint
from contactwire.plugins.fastapi import answer_faults, decoded, mount
from contactwire.plugins.openapi import add_endpoint
from contactwire.schema import json_schema

BODY = b'{"ContactId":3,"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00","Emails":[{"Odd":null}],"Shoe":{"a":1.5}}'
JSON, XML = "application/json", "application/xml"


def application():
    """An application with routes of a host's own."""
    app = FastAPI()

    @app.post("/contact")
    def contact(contact: Annotated[ContactEntity, Body()], weight: int = 0) -> ContactEntity:
        return contact

    @app.post("/contacts")
    async def contacts(contacts: list[ContactEntity]) -> list[ContactEntity]:
        return contacts

    @app.post("/maybe")
    def maybe(contact: Annotated[ContactEntity | None, Body()] = None) -> ContactEntity | None:
        return contact

    @app.post("/embedded")
    def embedded(one: Annotated[ContactEntity, Body()], other: Annotated[ContactEntity, Body()]) -> list[ContactEntity]:
        return [one, other]

    @app.patch("/patch")
    def patch(patch: Annotated[JsonPatch | MergePatch, Body()]) -> ContactEntity:
        return patch.apply(ContactEntity(name="Old"))

    @app.post("/decoded")
    def by_dependency(contact: Annotated[ContactEntity, Depends(decoded(ContactEntity))]) -> Response:
        return Response(encode(contact), media_type=JSON)

    @app.patch("/decoded")
    def patch_by_dependency(patch: Annotated[JsonPatch, Depends(decoded(JsonPatch))]) -> ContactEntity:
        return patch.apply(ContactEntity(name="Old"))

    @app.get("/linked", response_model=ContactEntity)
    def linked() -> ContactEntityWithLinks:
        return decode(BODY, type=ContactEntityWithLinks)

    @app.get("/missing")
    def missing() -> ContactEntity:
        raise NotFound("there is none")

    return app


@pytest.fixture(scope="module")
def own():
    """The application as FastAPI answers faults."""
    return application()


@pytest.fixture
def mounting():
    """The application for one test alone, which mounts the endpoint in it."""
    return application()


@pytest.fixture(scope="module")
def ours():
    """The application as the endpoint answers faults."""
    app = application()
    answer_faults(app)
    return app


def ask(app, method, path, content=b"", content_type=JSON, **headers):
    """The answer of an application to one request."""

    async def asked():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://crm") as client:
            given = {"Content-Type": content_type, **headers} if content_type else headers
            return await client.request(method, path, content=content, headers=given)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/contact", BODY, BODY),
        ("/contact", BODY.replace(b"ContactId", b"contactid"), BODY),
        ("/contacts", b"[" + BODY + b",{}]", b"[" + BODY + b",{}]"),
        ("/maybe", BODY, BODY),
        ("/maybe", b"", b"null"),
        ("/maybe", b"null", b"null"),
        ("/embedded", b'{"one":' + BODY + b',"other":{}}', b"[" + BODY + b",{}]"),
        ("/decoded", BODY, BODY),
    ],
)
def test_bodies_and_answers(own, path, body, answer):
    """What is in a body is in the answer: unknown members, the seventh digit, null and absent."""
    assert ask(own, "POST", path, body).content == answer


def test_an_answer_of_a_derived_class_is_whole(own):
    """A carrier is written as what it is."""
    assert ask(own, "GET", "/linked").content == BODY


@pytest.mark.parametrize("path", ["/patch", "/decoded"])
def test_patches(own, path):
    """A patch is a body, in its own media type or in plain JSON; FastAPI itself reads both as JSON."""
    patch = b'[{"op":"replace","path":"Name","value":"New"}]'
    for content_type in (JSON, "application/json-patch+json"):
        assert ask(own, "PATCH", path, patch, content_type).content == b'{"Name":"New"}'


def test_all_faults_in_fastapis_words(own):
    """Each fault is an item of `detail`, at its place in the body."""
    body = b'{"contactid":"3","Interests":[{"Id":2147483648},"x"]}'
    answer = ask(own, "POST", "/contact", body)
    assert answer.status_code == 422
    assert [each["loc"] for each in answer.json()["detail"]] == [
        ["body", "contactid"],
        ["body", "Interests", 0, "Id"],
        ["body", "Interests", 1],
    ]
    assert [each["loc"] for each in ask(own, "POST", "/contacts", b'[{},{"Name":5}]').json()["detail"]] == [
        ["body", 1, "Name"]
    ]
    assert ask(own, "POST", "/decoded", body).json()["detail"][1]["loc"] == ["body", "Interests", 0, "Id"]


@pytest.mark.parametrize(("key", "place"), [("7", 7), ("07", "07"), ("²", "²"), ("9" * 5000, "9" * 5000)])
def test_a_key_of_digits_is_a_place(own, key, place):
    """A fault below a key is a 422 with that key in its place, as a number only where it is an index that Python reads."""
    answer = ask(own, "POST", "/decoded", f'{{"CustomFields": {{"{key}": 5}}}}'.encode())
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "CustomFields", place])


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status"),
    [
        ("/contact", b"{", JSON, 422),
        ("/contact", b"<ContactEntity/>", XML, 422),
        ("/contact", rb'{"Name":"\ud800"}', JSON, 422),
        ("/decoded", b"{", JSON, 422),
        ("/decoded", b"<Contact", XML, 422),
        ("/decoded", b"x", "image/png", 415),
        ("/decoded", b"[]", "application/json-patch+json", 415),
        ("/decoded", b'{"X":' + b"[" * 100 + b"]" * 100 + b"}", JSON, 413),
    ],
)
def test_other_refusals_in_fastapis_words(own, path, body, content_type, status):
    """A body that is not well-formed, is in a wrong format, or is over a limit has FastAPI's answer."""
    answer = ask(own, "POST", path, body, content_type)
    assert answer.status_code == status
    assert "detail" in answer.json()


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status", "error", "words"),
    [
        ("/contact", b'{"contactid":"3","Name":{}}', JSON, 400, "ValidationError", ["2 faults", "/contactid", "/Name"]),
        ("/contacts", b'[{},{"Name":{}}]', JSON, 400, "ValidationError", ["/1/Name", "received an empty object"]),
        ("/contact", b'{"Name":\n x}', JSON, 400, "DecodeError", ["line 2, column 2"]),
        ("/decoded", b'{"Name":\n x}', JSON, 400, "DecodeError", ["line 2, column 2"]),
        ("/contact", rb'{"Name":"\ud800"}', JSON, 400, "ValidationError", ["/Name"]),
        ("/contact", rb'{"\ud800":{"a":1}}', JSON, 400, "ValidationError", ["/?"]),
        ("/decoded", b"<Contact", XML, 400, "DecodeError", ["line 1"]),
        ("/decoded", b'{"Name":{}}', JSON, 400, "ValidationError", ["/Name"]),
        ("/decoded", b"x", "image/png", 415, "UnsupportedMediaType", ["image/png"]),
        ("/contact", b"a,b", "text/csv", 415, "UnsupportedMediaType", ["text/csv", JSON]),
        ("/contacts", b"<a/>", XML, 415, "UnsupportedMediaType", [XML, JSON]),
        ("/decoded", b"[]", "application/merge-patch+json", 415, "UnsupportedMediaType", ["merge-patch"]),
        ("/decoded", b'{"X":' + b"[" * 100 + b"]" * 100 + b"}", JSON, 413, "ContentTooLarge", ["64"]),
        ("/contact", b'{"X":' + b"[" * 100 + b"]" * 100 + b"}", JSON, 413, "ContentTooLarge", ["64"]),
        ("/contacts", b'[{},{"X":' + b"[" * 100 + b"]" * 100 + b"}]", JSON, 413, "ContentTooLarge", ["64"]),
    ],
)
def test_faults_in_our_words(ours, path, body, content_type, status, error, words):
    """After `answer_faults`, the answer is that of the endpoint, with each fault at the sender's pointer."""
    answer = ask(ours, "POST", path, body, content_type)
    assert (answer.status_code, answer.json()["ErrorType"]) == (status, error)
    for word in words:
        assert word in answer.json()["ErrorMessage"]


def test_a_patch_over_a_limit(own, ours):
    """A patch with too many operations is answered with 413 in our words, and in FastAPI's with a type of its own."""
    patch = b"[" + b",".join([b'{"op":"remove","path":"Name"}'] * 10_001) + b"]"
    answer = ask(ours, "PATCH", "/patch", patch)
    assert (answer.status_code, answer.json()["ErrorType"]) == (413, "ContentTooLarge")
    assert "carrier_too_large" in {each["type"] for each in ask(own, "PATCH", "/patch", patch).json()["detail"]}


def test_a_body_with_a_coding_is_refused(own, ours):
    """The dependency reads a body as the endpoint does, which takes no compressed ones."""
    for body in (gzip.compress(BODY), BODY):
        answer = ask(ours, "POST", "/decoded", body, **{"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")
        assert ask(own, "POST", "/decoded", body, **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("patch", [b'[{"op":"replace","path":"Name"}]', b"5"])
def test_faults_of_a_patch_in_our_words(ours, patch):
    """Where two kinds of patches are taken, the answer says what each of them lacks, at the sender's pointer."""
    answer = ask(ours, "PATCH", "/patch", patch)
    assert (answer.status_code, answer.json()["ErrorType"]) == (400, "ValidationError")
    assert "expected object (merge patch)" in answer.json()["ErrorMessage"]
    assert "function" not in answer.json()["ErrorMessage"]
    assert ("/0: " in answer.json()["ErrorMessage"]) == patch.startswith(b"[")


def test_errors_of_a_route_in_our_words(ours):
    """An error of the library that a route raises has its status, in the format that the client accepts."""
    assert ask(ours, "GET", "/missing").json()["ErrorType"] == "SoNotFoundException"
    patch = b'[{"op":"test","path":"Name","value":"New"}]'
    assert ask(ours, "PATCH", "/patch", patch).status_code == 409
    answer = ask(ours, "GET", "/missing", Accept=XML)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/xml; charset=utf-8")
    assert b"<ErrorType>SoNotFoundException</ErrorType>" in answer.content


@pytest.mark.parametrize(("path", "body"), [("/contact?weight=x", b"{}"), ("/contact", b""), ("/contacts", b"{}")])
def test_other_faults_stay_fastapis(ours, path, body):
    """What is no fault of a carrier is answered by FastAPI itself."""
    answer = ask(ours, "POST", path, body)
    assert (answer.status_code, [*answer.json()]) == (422, ["detail"])


def test_the_documentation_describes_carriers(own):
    """The document is valid OpenAPI, and a carrier in it has its wire names."""
    document = ask(own, "GET", "/openapi.json").json()
    validate(document)
    reference = document["paths"]["/contact"]["post"]["requestBody"]["content"][JSON]["schema"]["$ref"]
    described = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert described["title"] == "ContactEntity"
    assert {"ContactId", "Name", "Persons"} <= described["properties"].keys()
    assert ask(own, "GET", "/docs").status_code == 200


def test_the_mounted_endpoint_is_in_the_documentation(mounting):
    """Each operation that the host has functions for is there, below the mount point; asking twice changes nothing."""
    stored = {1: ContactEntityWithLinks(contact_id=1, name="x")}
    mount(mounting, "/crm", asgi.ContactApplication(stored.get, lambda contact: None, create=lambda contact: None))
    mount(
        mounting, "/kunder på", asgi.ContactApplication(stored.get, lambda contact: None, delete=lambda number, check: None)
    )
    document = ask(mounting, "GET", "/openapi.json").json()
    assert document == ask(mounting, "GET", "/openapi.json").json()
    validate(document)
    paths = document["paths"]
    assert {"get", "head", "patch", "put"} == paths["/crm/api/v1/Contact/{id}"].keys() - {"parameters"}
    assert paths["/crm/api/v1/Contact/"].keys() == {"post"}
    assert "delete" in paths["/kunder på/api/v1/Contact/{id}"]
    assert not {"/crm/api/v1/Contact/default", "/kunder på/api/v1/Contact/"} & paths.keys()
    assert paths["/crm/api/v1/Contact/{id}"]["get"]["operationId"] == "crm_getContact"
    assert {"crm_Basic": []} in paths["/crm/api/v1/Contact/{id}"]["get"]["security"]
    assert "/contact" in paths
    assert ask(mounting, "GET", "/crm/api/v1/Contact/1").json()["Name"] == "x"


def test_the_documentation_of_the_endpoint_is_made_once(mounting, monkeypatch):
    """Each mounted endpoint is described once for each document that FastAPI makes, however often that is asked for."""
    described = Mock(wraps=add_endpoint)
    monkeypatch.setattr("contactwire.plugins.fastapi.add_endpoint", described)
    mounts = ["/crm", "/more"]
    for path in mounts:
        mount(mounting, path, asgi.ContactApplication({}.get, lambda contact: None))
    for made in (1, 2):
        mounting.openapi_schema = None
        paths = [mounting.openapi()["paths"] for _ in range(3)][-1]
        assert paths.keys() >= {f"{path}/api/v1/Contact/{{id}}" for path in mounts}
        assert described.call_count == made * len(mounts)


def test_the_documentation_has_the_path_of_the_endpoint(mounting):
    """An endpoint with a path of its own is described there."""
    endpoint = ContactEndpoint(path="/v2/companies")
    mount(mounting, "/", asgi.ContactApplication({}.get, lambda contact: None, endpoint=endpoint))
    document = ask(mounting, "GET", "/openapi.json").json()
    validate(document)
    assert "/v2/companies/{id}" in document["paths"]


class Door(Carrier):
    """An entity with properties that are called as words of OpenAPI."""

    door_id: Int32
    security: Annotated[Maybe[str], WireName("security")] = UNSET
    operation_id: Annotated[Maybe[str], WireName("operationId")] = UNSET


def test_properties_may_be_called_as_words_of_openapi(mounting):
    """The schema of an entity below a mount point has its properties as they are."""
    endpoint = ContactEndpoint(path="/doors", type=Door, id="door_id", name="Door")
    mount(mounting, "/crm", asgi.ContactApplication({}.get, lambda door: None, endpoint=endpoint))
    document = ask(mounting, "GET", "/openapi.json").json()
    validate(document)
    assert document["components"]["schemas"]["crm_Door"]["properties"] == json_schema(Door)["$defs"]["Door"]["properties"]


def test_a_deep_body_is_not_shown(own):
    """A body beyond the limit of depth is a fault that does not repeat it."""
    answer = ask(own, "POST", "/contact", b'{"X":' + b"[" * 300 + b"]" * 300 + b"}")
    assert (answer.status_code, answer.json()["detail"][0]["input"]) == (422, None)
