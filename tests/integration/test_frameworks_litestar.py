"""Carriers as bodies and answers of Litestar's routes."""

import asyncio
from typing import Annotated, Any

import httpx
import msgspec
import pytest
from litestar import Litestar, MediaType, Response, get, patch, post
from litestar.params import Body, JSONBody
from litestar.testing import TestClient
from openapi_spec_validator import validate

from contactwire import ContactEntity, ContactEntityWithLinks, JsonPatch, MergePatch, asgi, decode, encode
from contactwire.plugins.litestar import ContactwirePlugin, mounted

BODY = b'{"ContactId":3,"UpdatedDate":"2003-10-01T14:34:01.7525885+02:00","Emails":[{"Odd":null}],"Shoe":[1.50,1E400]}'
CONTACT = decode(BODY)
JSON, XML = "application/json", "application/xml"


@post("/contact", sync_to_thread=False)
def contact(data: JSONBody[ContactEntity]) -> ContactEntity:
    """One contact."""
    return data


@post("/contacts", sync_to_thread=False)
def contacts(data: JSONBody[list[ContactEntity]]) -> list[ContactEntity]:
    """A list of them."""
    return data


@post("/maybe", sync_to_thread=False)
def maybe(data: Annotated[ContactEntity | None, Body()]) -> ContactEntity | None:
    """One or none."""
    return data


@post("/name", sync_to_thread=False)
def name(data: JSONBody[ContactEntity]) -> str:
    """A body without a carrier in the answer."""
    return data.name


@get("/named", sync_to_thread=False)
def named() -> dict[str, ContactEntity | list[ContactEntity]]:
    """Carriers in a dictionary."""
    return {"one": CONTACT, "all": [CONTACT, ContactEntity()]}


@get("/pair", sync_to_thread=False)
def pair() -> tuple[ContactEntity, int]:
    """A carrier beside something else."""
    return CONTACT, 5


@get("/response", sync_to_thread=False)
def response() -> Response[ContactEntity]:
    """A carrier in an answer of Litestar's."""
    return Response(CONTACT, headers={"A": "b"}, status_code=203)


@get("/response-in-xml", sync_to_thread=False)
def response_in_xml() -> Response[ContactEntity]:
    """An answer of Litestar's with a media type of its own."""
    return Response(CONTACT, media_type=MediaType.XML)


@get("/mixed", sync_to_thread=False)
def mixed() -> list[ContactEntity | int]:
    """A list of carriers and something else."""
    return [CONTACT, 5]


@get("/xml", media_type=MediaType.XML, sync_to_thread=False)
def xml() -> ContactEntity:
    """A route of another media type."""
    return CONTACT


@get("/open", sync_to_thread=False)
def anything() -> Any:
    """A carrier that the annotation does not tell."""
    return CONTACT


@get("/object", media_type=MediaType.XML, sync_to_thread=False)
def an_object() -> object:
    """A carrier that the annotation does not tell, in a route of another media type."""
    return CONTACT


@get("/open-response", sync_to_thread=False)
def open_response() -> Any:
    """A carrier that the annotation does not tell, in an answer of Litestar's."""
    return Response({"all": [CONTACT]})


@get("/open-items", sync_to_thread=False)
def open_items() -> dict[str, Any]:
    """Carriers that the annotation of a dictionary does not tell."""
    return {"one": CONTACT, "two": (CONTACT, [])}


@get("/open-list", sync_to_thread=False)
def open_list() -> list:
    """Carriers that the annotation of a list does not tell."""
    return [CONTACT, 1]


@post("/others", media_type=MediaType.MESSAGEPACK, sync_to_thread=False)
def others(data: JSONBody[dict[str, Any]]) -> Any:
    """Anything but a carrier."""
    return data


@patch("/json-patch", sync_to_thread=False)
def json_patch(data: JSONBody[JsonPatch]) -> ContactEntity:
    """A patch as a body."""
    return data.apply(ContactEntity(name="Old"))


@patch("/merge-patch", sync_to_thread=False)
def merge_patch(data: JSONBody[MergePatch]) -> MergePatch:
    """A patch as a body and an answer."""
    return data


STORED = {1: ContactEntityWithLinks(contact_id=1, name="x")}
OPEN = [anything, an_object, open_response, open_items, open_list, others]
ROUTES = [contact, contacts, maybe, name, named, pair, mixed, response, response_in_xml, xml, json_patch, merge_patch, *OPEN]
APP = Litestar(
    [*ROUTES, mounted("/crm", asgi.ContactApplication(STORED.get, lambda contact: None))], plugins=[ContactwirePlugin()]
)


def ask(method, path, content=b"", content_type=JSON):
    """The answer to one request."""

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://crm") as client:
            return await client.request(method, path, content=content, headers={"Content-Type": content_type})

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/contact", BODY, BODY),
        ("/contact", BODY.replace(b"ContactId", b"contactid"), BODY),
        ("/contacts", b"[" + BODY + b",{}]", b"[" + BODY + b",{}]"),
        ("/contacts", b"[]", b"[]"),
        ("/maybe", BODY, BODY),
        ("/maybe", b" null", b"null"),
        ("/name", b'{"Name":"x"}', b"x"),
    ],
)
def test_bodies_and_answers(path, body, answer):
    """What is in a body is in the answer, to the digit."""
    assert ask("POST", path, body).content == answer


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/named", b'{"one":' + BODY + b',"all":[' + BODY + b",{}]}"),
        ("/pair", b"[" + BODY + b",5]"),
        ("/mixed", b"[" + BODY + b",5]"),
        ("/response", BODY),
        ("/response-in-xml", encode(CONTACT, XML)),
        ("/xml", encode(CONTACT, XML)),
        ("/open", BODY),
        ("/object", encode(CONTACT, XML)),
        ("/open-response", b'{"all":[' + BODY + b"]}"),
        ("/open-items", b'{"one":' + BODY + b',"two":[' + BODY + b",[]]}"),
        ("/open-list", b"[" + BODY + b",1]"),
    ],
)
def test_answers(path, answer):
    """Carriers are written wherever they stand in an answer, in the media type of the answer, else in that of the route."""
    assert ask("GET", path).content == answer


def test_what_is_no_carrier_is_left_to_litestar():
    """Bodies and answers of any type that hold no carrier are read and written as without the plug-in."""
    assert msgspec.msgpack.decode(ask("POST", "/others", b'{"a":[],"b":{"c":[1]}}').content) == {"a": [], "b": {"c": [1]}}


@pytest.mark.parametrize("content_type", [XML, "application/x-www-form-urlencoded", "text/json"])
def test_bodies_in_every_format(content_type):
    """A body is read by its media type."""
    sent = ContactEntity(name="x")
    answer = ask("POST", "/contact", encode(sent, content_type), content_type)
    assert decode(answer.content) == sent


def test_patches():
    """A patch comes in its own media type, or in plain JSON."""
    body = b'[{"op":"replace","path":"Name","value":"New"}]'
    for content_type in (JSON, "application/json-patch+json"):
        assert ask("PATCH", "/json-patch", body, content_type).content == b'{"Name":"New"}'
    assert ask("PATCH", "/merge-patch", b'{"Name":null}').content == b'{"Name":null}'


def test_all_faults_in_litestars_words():
    """Each fault of a body is an item of `extra`, with its pointer."""
    answer = ask("POST", "/contact", b'{"contactid":"3","Interests":["x"]}')
    assert answer.status_code == 400
    assert [(each["key"], each["source"]) for each in answer.json()["extra"]] == [
        ("/contactid", "body"),
        ("/Interests/0", "body"),
    ]


def test_an_answer_does_not_repeat_a_long_name():
    """Pointers have both ends of a long name, so that an answer with many faults below one is not much longer than it."""
    members = b",".join(b'"%sieldLength":""' % each for each in (b"F", b"f"))
    answer = ask("POST", "/contact", b'{"FieldProperties":{"%s":{%s}}}' % (b"k" * 100_000, members))
    assert [each["key"][-12:] for each in answer.json()["extra"]] == ["/FieldLength", "/fieldLength"]
    assert len(answer.content) < 10_000


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status"),
    [
        ("/contact", b"{", JSON, 400),
        ("/contact", b"null", JSON, 400),
        ("/contact", b"", JSON, 400),
        ("/contact", b"x", "image/png", 415),
        ("/contact", b"[]", "application/json-patch+json", 415),
        ("/contact", b'{"X":' + b"[" * 100 + b"]" * 100 + b"}", JSON, 413),
    ],
)
def test_other_refusals_in_litestars_words(path, body, content_type, status):
    """A body that is not well-formed, is in a wrong format, or is over a limit has Litestar's answer."""
    answer = ask("POST", path, body, content_type)
    assert (answer.status_code, answer.json()["status_code"]) == (status, status)


@pytest.mark.parametrize("answer", [CONTACT, [CONTACT], {"one": CONTACT}])
@pytest.mark.parametrize("media_type", [MediaType.MESSAGEPACK, "text/csv"])
def test_a_media_type_that_no_codec_writes(media_type, answer):
    """An answer in a media type that no codec writes is an error, and no JSON under that name."""

    @get("/", media_type=media_type, sync_to_thread=False)
    def route() -> ContactEntity | list[ContactEntity] | dict[str, ContactEntity]:
        return answer

    with TestClient(Litestar([route], plugins=[ContactwirePlugin()])) as client:
        assert client.get("/").status_code == 500


def test_the_documentation_describes_carriers():
    """The document is valid OpenAPI; each carrier is one component, with its wire names."""
    document = ask("GET", "/schema/openapi.json").json()
    validate(document)
    schemas = document["components"]["schemas"]
    assert {"ContactId", "Name", "Persons"} <= schemas["ContactEntity"]["properties"].keys()
    assert schemas["ContactEntity"]["properties"]["Persons"]["items"]["anyOf"][0] == {"$ref": "#/components/schemas/Person"}
    children = schemas["SelectableMDOListItem"]["properties"]["ChildItems"]["items"]["anyOf"]
    assert children[0] == {"$ref": "#/components/schemas/SelectableMDOListItem"}
    body = document["paths"]["/contacts"]["post"]["requestBody"]["content"][JSON]["schema"]
    assert body["items"] == {"$ref": "#/components/schemas/ContactEntity"}
    answers = {path: operations["get"]["responses"] for path, operations in document["paths"].items() if "get" in operations}
    assert all("" not in each["content"] for answer in answers.values() for each in answer.values())
    assert answers["/response"]["200"]["content"][JSON]["schema"] == {"$ref": "#/components/schemas/ContactEntity"}


def test_the_mounted_endpoint():
    """The endpoint answers below its mount point."""
    assert ask("GET", "/crm/api/v1/Contact/1").json()["Name"] == "x"


def test_without_the_plugin_it_is_an_error():
    """Litestar alone refuses a carrier with unknown members; it writes nothing that is wrong."""

    @get("/", sync_to_thread=False)
    def alone() -> ContactEntity:
        return ContactEntity(name="x", extras={"Shoe": 1})

    async def asked():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Litestar([alone])), base_url="http://crm") as client:
            return await client.get("/")

    assert asyncio.run(asked()).status_code == 500


def test_two_handlers_of_one_path_in_threads():
    """The plug-in writes the answers of both, though Litestar awaits the first one only later."""

    @post("/contact", sync_to_thread=True)
    def create(data: JSONBody[ContactEntity]) -> ContactEntity:
        return data

    @get("/contact", sync_to_thread=True)
    def shown() -> ContactEntity:
        return CONTACT

    with TestClient(Litestar([create, shown], plugins=[ContactwirePlugin()])) as client:
        assert client.post("/contact", content=BODY, headers={"Content-Type": JSON}).content == BODY
        assert client.get("/contact").content == BODY
