"""The server's side of the contract: parses requests and builds answers, without I/O."""

import json
import re
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID

import attrs
import pytest

from contactwire import (
    UNSET,
    Associate,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    FieldProperty,
    Int32,
    Int64,
    JsonCodec,
    JsonPatch,
    Maybe,
    MergePatch,
    NotAcceptable,
    PatchConflict,
    PathError,
    Person,
    SelectableMDOListItem,
    TableRight,
    Timestamp,
    UnsetType,
    UnsupportedContentCoding,
    UnsupportedMediaType,
    ValidationError,
    WireName,
    decode,
    default_registry,
    encode,
    evolve,
    from_builtins,
    to_builtins,
)
from contactwire.errors import BadRequest, Conflict, HeaderError, MethodNotAllowed, NotFound, NotModified, PreconditionFailed
from contactwire.http import ContactEndpoint, Host, RequestBuilder
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES
from contactwire.patch import same
from contactwire.schema import openapi

ENDPOINT = ContactEndpoint(base_time_zone="NO")
PATH = "/api/v1/Contact/5"
JSON = {"Content-Type": "application/json"}
PAYLOADS = Path(__file__).parents[2] / "payloads"


@pytest.fixture
def stored():
    """The contact that the server stores."""
    return ContactEntityWithLinks(
        contact_id=5,
        name="Old",
        department="D",
        deleted=7,
        no_mailing=True,
        updated_date=Timestamp.parse("2020-01-02T03:04:05.9"),
        created_date=Timestamp.parse("2019-01-02T03:04:05"),
        dbi_last_modified=Timestamp.parse("2018-12-24T18:34:45"),
        category=decode(
            b'{"Id":1,"Value":"NO:\\"Kunde\\";US:\\"Customer\\""}', type=type(decode(b'{"Category":{}}').category)
        ),
        custom_fields={"x": "[I:1]"},
        table_right=TableRight(mask="FULL"),
        field_properties={"Name": FieldProperty(field_type="System.String")},
        links={"Self": "/5"},
        extras={"Odd": 1},
    )


def put(body, headers=JSON, **parts):
    """A parsed PUT."""
    return ENDPOINT.parse("PUT", PATH, parts.get("query", ""), headers, body)


def patch(body, media_type="application/json", **headers):
    """A parsed PATCH."""
    return ENDPOINT.parse("PATCH", PATH, "", {"Content-Type": media_type, **headers}, body)


def test_a_request_is_parsed_into_typed_parts():
    """A request's path, query, headers and body are parsed into typed values."""
    headers = {
        "Content-Type": "text/json; charset=utf-8",
        "Accept": "text/xml",
        "SO-Language": "NO",
        "SO-Culture": "nb-NO",
        "SO-TimeZone": "US-NY, includeTZOffset",
        "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT",
        "Authorization": "SoTicket 7T:abc",
        "SO-AppToken": "t0ken",
    }
    request = ENDPOINT.parse("PUT", "/API/v1/contact/5/", "$select=name,category/id&x=y", headers, b'{"Name":"New"}')
    assert (request.method, request.id, request.media_type) == ("PUT", 5, "text/xml")
    assert str(request.selection) == "Name,Category/Id"
    assert request.document.value == ContactEntityWithLinks(name="New")
    assert not request.document.is_patch
    assert request.precondition.if_unmodified_since.year == 1994
    assert request.languages.languages == ("NO",)
    assert request.time_zone.name == "US-NY"
    assert request.credentials.scheme == "SoTicket"
    assert "abc" not in repr(request)
    assert "t0ken" not in repr(request)


def test_a_put_replaces_the_contact(stored):
    """A PUT sets properties that the body lacks to their .NET defaults, and leaves what is the server's own."""
    updated = put(b'{"Name":"New","UpdatedDate":"1999-01-01T00:00:00","_Links":{},"TableRight":null,"Even":2}').apply(stored)
    assert (updated.name, updated.department, updated.deleted, updated.no_mailing) == ("New", None, 0, False)
    assert updated.custom_fields is None
    assert str(updated.dbi_last_modified) == "0001-01-01T00:00:00"
    assert updated.contact_id == 5
    assert (updated.updated_date, updated.created_date) == (stored.updated_date, stored.created_date)
    assert (updated.table_right, updated.field_properties, updated.links) == (
        stored.table_right,
        stored.field_properties,
        stored.links,
    )
    assert updated.extras == {"Even": 2}
    assert (stored.name, stored.extras) == ("Old", {"Odd": 1})


OWN = [
    b'{"tableRight":{"mask":"Select"},"updatedDate":"1999-01-01T00:00:00Z","createdBy":{"associateId":1},"_links":{"a":"b"}}',
    b"""[
        {"op": "replace", "path": "/UpdatedDate", "value": "1999-01-01T00:00:00Z"},
        {"op": "remove", "path": "/TableRight"},
        {"op": "add", "path": "/FieldProperties/Name/FieldLength", "value": 5},
        {"op": "replace", "path": "_Links", "value": null},
        {"op": "add", "path": "/UpdatedBy", "value": {"AssociateId": 1}},
        {"op": "replace", "path": "createddate", "value": null}
    ]""",
]


@pytest.mark.parametrize("body", OWN, ids=["a merge patch", "a JSON Patch"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_patch_leaves_what_is_the_servers(stored, method, body):
    """PATCH and PUT leave rights, links, and who changed the contact and when, as stored."""
    media_type = "application/merge-patch+json" if body.startswith(b"{") else "application/json-patch+json"
    updated = ENDPOINT.parse(method, PATH, "", {"Content-Type": media_type}, body).apply(stored)
    assert updated == stored


def rights(mask):
    """Rights as members of a JSON object."""
    return {"TableRight": {"Mask": mask}, "FieldProperties": {"Value": {"FieldRight": {"Mask": mask}}}}


NESTED = [
    ("a PUT", "PUT", lambda item: item),
    ("a merge patch", "PATCH", lambda item: item),
    (
        "a JSON Patch",
        "PATCH",
        lambda item: [{"op": "add", "path": f"/{name}", "value": value} for name, value in item.items()],
    ),
]


@pytest.mark.parametrize(("method", "form"), [row[1:] for row in NESTED], ids=[row[0] for row in NESTED])
def test_rights_of_nested_carriers_are_the_servers(method, form):
    """A nested item has the rights of the stored item with its key or at its place, at any depth, and a new one has none."""

    def document(mask, *persons):
        return {
            "Category": {"Id": 1, "Value": "x", **rights(mask)},
            "Business": {"Id": 2, **rights(mask)},
            "Emails": [{"Value": "a", **rights(mask)}],
            "Persons": [{"PersonId": number, **rights(mask)} for number in persons],
            "Address": {"LocalizedAddress": [[{"Name": "Address1", **rights(mask)}]]},
        }

    stored = from_builtins({"ContactId": 5, **document("Select", 1, 2)}, ContactEntityWithLinks)
    sent = document("FULL", 2, 1, 3)
    sent["Business"]["Id"] = 3
    sent["Emails"].append({"Value": "c", **rights("FULL")})
    updated = to_builtins(ENDPOINT.parse(method, PATH, "", JSON, json.dumps(form(sent)).encode()).apply(stored))
    expected = document("Select", 2, 1, 3)
    expected["Business"] = {"Id": 3}
    expected["Emails"].append({"Value": "c"})
    expected["Persons"][2] = {"PersonId": 3}
    assert {name: updated[name] for name in expected} == expected


@pytest.mark.parametrize("levels", [250, 300])
def test_rights_beside_values_that_nest_deep(levels):
    """Items are compared to a depth that no decoder allows; a stored value that nests deeper is an EncodeError."""
    deep = []
    for _ in range(levels):
        deep = [deep, 1]
    person = from_builtins({"PersonId": 1, **rights("Select")}, Person)
    stored = ContactEntityWithLinks(contact_id=5, persons=[evolve(person, extras={"X": deep})])
    request = ENDPOINT.parse("PUT", PATH, "", JSON, b'{"ContactId":5,"Persons":[{"PersonId":2}]}')
    if levels > 256:
        with pytest.raises(EncodeError, match="deeper"):
            request.apply(stored)
    else:
        assert request.apply(stored).persons[0].table_right is UNSET


class Team(Carrier):
    """An entity with carriers in a dictionary."""

    team_id: Int32
    members: Maybe[dict[str, Associate]] = UNSET
    links: Annotated[dict[str, str], WireName("_Links")] = attrs.field(factory=dict)


NEW_ITEMS = [
    ("put in front", ["new", "a", "b"], [None, "Select", "Update"]),
    ("put between", ["a", "new", "b"], ["Select", None, "Update"]),
    ("the first removed", ["b"], ["Update"]),
    ("swapped", ["b", "a"], ["Update", "Select"]),
    ("one changed at its place", ["a", "changed"], ["Select", "Update"]),
]


@pytest.mark.parametrize(("values", "masks"), [row[1:] for row in NEW_ITEMS], ids=[row[0] for row in NEW_ITEMS])
@pytest.mark.parametrize("member", ["Emails", "Persons"])
def test_items_without_a_key_have_the_rights_of_what_they_were(member, values, masks):
    """An item without a key has the rights of the stored item equal to it, or at its place in a list of the same length."""
    name = {"Emails": "Value", "Persons": "Firstname"}[member]
    stored = from_builtins({member: [{name: "a", **rights("Select")}, {name: "b", **rights("Update")}]}, ContactEntity)
    body = json.dumps({member: [{name: value, **rights("FULL")} for value in values]}).encode()
    updated = to_builtins(put(body).apply(stored))[member]
    assert [(item.get("TableRight") or {}).get("Mask") for item in updated] == masks


def test_items_with_one_key_each_keep_their_rights():
    """Two stored items with the same primary key are told apart by their other properties."""
    people = [{"PersonId": 7, "Firstname": name, **rights(mask)} for name, mask in (("a", "Select"), ("b", "Update"))]
    stored = from_builtins({"Persons": people}, ContactEntity)
    sent = {"Persons": [{"PersonId": 7, "Firstname": name} for name in "ba"]}
    updated = to_builtins(put(json.dumps(sent).encode()).apply(stored))["Persons"]
    assert [person["TableRight"]["Mask"] for person in updated] == ["Update", "Select"]


def test_rights_in_a_dictionary_are_the_servers():
    """A dictionary's values have the rights of stored values with the same key, and keep what is required."""
    endpoint = ContactEndpoint(path="/t", type=Team, id="team_id")
    stored = from_builtins({"TeamId": 1, "Members": {"a": {"Name": "x", **rights("Select")}}}, Team)
    sent = {"Members": {"a": {"Name": "y", **rights("FULL")}, "b": {"Name": "z", **rights("FULL")}}, "_Links": {"s": "1"}}
    updated = to_builtins(endpoint.parse("PATCH", "/t/1", "", JSON, json.dumps(sent).encode()).apply(stored))
    assert updated["Members"] == {"a": {"Name": "y", **rights("Select")}, "b": {"Name": "z"}}
    assert updated["_Links"] == {}
    made = endpoint.parse("POST", "/t", "", JSON, json.dumps({"TeamId": 0, **sent}).encode()).apply(None)
    assert (made.links, made.members["a"].table_right) == ({"s": "1"}, UNSET)


class Bookmark(Carrier):
    """An entity whose own links are what its sender stores in it."""

    bookmark_id: Int32
    links: Maybe[list[str]] = UNSET


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_property_that_is_only_called_links_is_the_senders(method):
    """`Links` of an entity is stored and part of its version: only `_Links` is the server's."""
    endpoint, stored = ContactEndpoint(path="/b", type=Bookmark, id="bookmark_id"), Bookmark(bookmark_id=1, links=["a"])
    tag = dict(endpoint.parse("GET", "/b/1").respond(stored).headers)["ETag"]
    request = endpoint.parse(method, "/b/1", "", {**JSON, "If-Match": tag}, b'{"BookmarkId":1,"Links":["b"]}')
    updated = request.apply(stored)
    assert updated.links == ["b"]
    with pytest.raises(PreconditionFailed):
        request.apply(updated)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_date_of_creation_keeps_its_spelling(stored, method):
    """The same instant in another spelling is no change of what is the server's."""
    stored.created_date = Timestamp.parse("2019-01-02T03:04:05Z")
    body = b'{"CreatedDate":"2019-01-02T04:04:05+01:00"}'
    assert str(ENDPOINT.parse(method, PATH, "", JSON, body).apply(stored).created_date) == "2019-01-02T03:04:05Z"


def test_a_patch_may_test_what_is_the_servers(stored):
    """A `test` operation reads properties that a patch may not change."""
    test = {"op": "test", "path": "/UpdatedDate", "value": "2020-01-02T03:04:05.9"}
    assert patch(json.dumps([test]).encode()).apply(stored) == stored
    with pytest.raises(PatchConflict):
        patch(json.dumps([{**test, "value": None}]).encode()).apply(stored)


PATCHES = [
    ("a JSON Patch", b'[{"op":"replace","path":"/Name","value":"New"}]', "application/json-patch+json"),
    ("a merge patch", b'{"Name":"New"}', "application/merge-patch+json"),
    ("an array in plain JSON", b' [{"op":"replace","path":"name","value":"New"}]', "application/json"),
    ("an object in plain JSON", b'{"name":"New"}', "text/json; charset=utf-8"),
    ("XML", b"<ContactEntity><Name>New</Name></ContactEntity>", "application/xml"),
    ("a form", b"Name=New", "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(("body", "media_type"), [row[1:] for row in PATCHES], ids=[row[0] for row in PATCHES])
def test_a_patch_changes_what_it_names(stored, body, media_type):
    """A patch in each format changes what it names and nothing else."""
    updated = patch(body, media_type).apply(stored)
    assert updated.name == "New"
    updated.name = "Old"
    assert updated == stored


@pytest.mark.parametrize(
    ("body", "media_type", "kind"), [(PATCHES[0][1], PATCHES[0][2], JsonPatch), (PATCHES[1][1], PATCHES[1][2], MergePatch)]
)
def test_a_put_of_a_patch_acts_as_one(stored, body, media_type, kind):
    """A PUT with a patch as its body changes what the patch names."""
    request = put(body, {"Content-Type": media_type})
    assert isinstance(request.document.value, kind)
    assert request.apply(stored).department == "D"


BAD_REQUESTS = [
    ("no body", ("PUT", PATH, "", JSON, b" \n"), BadRequest),
    ("no JSON", ("PUT", PATH, "", JSON, b"{"), DecodeError),
    ("no contact", ("PUT", PATH, "", JSON, b'{"Name":5}'), ValidationError),
    ("null", ("PUT", PATH, "", JSON, b"null"), ValidationError),
    ("another path", ("PUT", "/api/v1/Person/5", "", JSON, b"{}"), NotFound),
    ("an id that is no number", ("GET", "/api/v1/Contact/x", "", {}, b""), NotFound),
    ("an id beyond int32", ("GET", "/api/v1/Contact/2147483648", "", {}, b""), NotFound),
    ("an id in other digits", ("GET", "/api/v1/Contact/%D9%A5", "", {}, b""), NotFound),
    ("another method", ("BREW", PATH, "", {}, b""), MethodNotAllowed),
    ("nothing acceptable", ("GET", PATH, "", {"Accept": "image/png"}, b""), NotAcceptable),
    ("a form as answer", ("GET", PATH, "", {"Accept": "application/x-www-form-urlencoded"}, b""), NotAcceptable),
    ("no content type", ("PUT", PATH, "", {}, b"{}"), UnsupportedMediaType),
    ("an unknown content type", ("PUT", PATH, "", {"Content-Type": "image/png"}, b"{}"), UnsupportedMediaType),
    ("an unknown charset", ("PUT", PATH, "", {"Content-Type": "application/json;charset=x"}, b"{}"), UnsupportedMediaType),
    ("a compressed body", ("PUT", PATH, "", {**JSON, "Content-Encoding": "gzip"}, b"\x1f\x8b"), UnsupportedContentCoding),
    ("an unknown property in $select", ("GET", PATH, "$select=nmae", {}, b""), PathError),
    ("$select twice", ("GET", PATH, "$select=name&$select=id", {}, b""), BadRequest),
    ("a query that is no UTF-8", ("GET", PATH, "$select=%FF", {}, b""), BadRequest),
    ("a smuggled header", ("GET", PATH, "", {"Accept": "a/b\r\nX: y"}, b""), HeaderError),
    ("an unknown time zone", ("GET", PATH, "", {"SO-TimeZone": "Mars"}, b""), HeaderError),
    ("deep nesting", ("PUT", PATH, "", JSON, b'{"X":' + b"[" * 100 + b"]" * 100 + b"}"), ContentTooLarge),
]


@pytest.mark.parametrize(("parts", "error"), [row[1:] for row in BAD_REQUESTS], ids=[row[0] for row in BAD_REQUESTS])
def test_bad_requests(parts, error):
    """A bad request raises the error of its status, whose answer has the server's message format."""
    with pytest.raises(error) as caught:
        ENDPOINT.parse(*parts)
    answer = ENDPOINT.respond_error(caught.value)
    assert answer.status == caught.value.status
    assert json.loads(answer.body)["Error"] is True
    assert json.loads(answer.body)["ErrorMessage"]


def test_405_and_415_say_what_is_taken():
    """A 405 has `Allow`, and a 415 `Accept`, to a PATCH `Accept-Patch` too, with what would have been right."""
    assert dict(ENDPOINT.respond_error(MethodNotAllowed("m", allowed=("GET", "PUT"))).headers)["Allow"] == "GET, PUT"
    unsupported = UnsupportedMediaType("x/y", ("a/b", "c/d"))
    put, patch = (dict(ENDPOINT.respond_error(unsupported, method=method).headers) for method in ("PUT", "PATCH"))
    assert (put["Accept"], "Accept-Patch" in put) == ("a/b, c/d", False)
    assert (patch["Accept"], patch["Accept-Patch"]) == ("a/b, c/d", "a/b, c/d")


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/json-patch+json", "application/merge-patch+json"])
def test_a_415_to_a_post_names_no_patch(media_type):
    """A 415 says which media types the method takes (RFC 9110 §12.5.1): a POST those of a contact, a PUT patches, too."""
    with pytest.raises(UnsupportedMediaType) as caught:
        ENDPOINT.parse("POST", "/api/v1/Contact/", "", {"Content-Type": media_type}, b"[]")
    assert caught.value.media_type == media_type
    assert set(caught.value.offered) == {name for name in REQUEST_TYPES if "patch" not in name}
    with pytest.raises(UnsupportedMediaType) as caught:
        ENDPOINT.parse("PUT", PATH, "", {"Content-Type": "text/plain"}, b"[]")
    assert set(caught.value.offered) == set(REQUEST_TYPES)


@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("PATCH", PATH), ("POST", "/api/v1/Contact/")])
def test_values_may_be_read_as_the_crm_reads_them(stored, method, path):
    """A PATCH takes numbers as strings and so on, as the CRM does; a PUT and a POST do with `coerce=True`."""
    body = b'{"noMailing":1,"orgNr":12,"interests":[{"Id":"3"}],"category":{"categoryGroup":"customer"}}'
    endpoint = ENDPOINT
    if method != "PATCH":
        with pytest.raises(ValidationError, match="3 faults"):
            ENDPOINT.parse(method, path, "", JSON, body)
        endpoint = attrs.evolve(ENDPOINT, registry=default_registry.copy(coerce=True))
    contact = endpoint.parse(method, path, "", JSON, body).apply(None if method == "POST" else stored)
    assert (contact.no_mailing, contact.org_nr, contact.interests[0].id) == (True, "12", 3)
    assert contact.category.category_group == "Customer"


WITH_UNKNOWN = [
    (b'{"New":1,"Name":"x","Category":{"Hue":1}}', "application/json"),
    (b'[{"op":"add","path":"/New","value":1},{"op":"add","path":"/Name","value":"x"}]', "application/json"),
    (b'{"New":1,"Name":"x","Category":{"Hue":1}}', "application/merge-patch+json"),
    (b'[{"op":"add","path":"/New","value":1},{"op":"add","path":"/Name","value":"x"}]', "application/json-patch+json"),
    (b"<ContactEntity><New>1</New><Name>x</Name></ContactEntity>", "application/xml"),
    (b"New=1&Name=x&Category.Hue=1", "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(
    ("method", "body", "media_type"),
    # In plain JSON, an array is a patch of a PATCH only.
    [("PUT", *each) for each in WITH_UNKNOWN if each[1] != "application/json" or each[0][:1] == b"{"]
    + [("PATCH", *each) for each in WITH_UNKNOWN],
    ids=lambda value: str(value)[:40],
)
def test_no_format_adds_an_unknown_member_that_the_endpoint_refuses(stored, method, body, media_type):
    """What an endpoint's codecs do with unknown members counts for each format, and for patches as well."""

    def sent(unknown):
        endpoint = attrs.evolve(ENDPOINT, registry=default_registry.copy(unknown=unknown))
        return endpoint.parse(method, PATH, "", {"Content-Type": media_type}, body).apply(stored)

    with pytest.raises(ValidationError, match="/New: "):
        sent("error")
    kept, ignored = sent("keep"), sent("ignore")
    assert (kept.name, ignored.name) == ("x", "x")
    assert "New" in kept.extras
    assert b"New" not in encode(ignored)
    assert b"Hue" not in encode(ignored)


def test_a_part_of_a_contact_is_not_put(stored):
    """A PUT with a Content-Range is a 400, since its body would replace all (RFC 9110 §14.5); a PATCH has no such field."""
    fields = {**JSON, "content-range": "bytes 0-13/200"}
    with pytest.raises(HeaderError, match="Content-Range: ") as caught:
        ENDPOINT.parse("PUT", PATH, "", fields, b'{"Name":"New"}')
    assert caught.value.status == 400
    assert ENDPOINT.parse("PATCH", PATH, "", fields, b'{"Name":"New"}').apply(stored).name == "New"


def test_errors_in_xml():
    """An error is answered in XML if XML is asked for, whatever its message."""
    answer = ENDPOINT.respond_error(NotFound("no <\x00&>"), {"Accept": "text/xml, */*;q=0.1"})
    assert dict(answer.headers)["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.body == (
        b"<ServerError><Error>true</Error><ErrorType>SoNotFoundException</ErrorType>"
        b"<ErrorMessage>no &lt;?&amp;&gt;</ErrorMessage>"
        b"<ErrorSource>contactwire</ErrorSource></ServerError>"
    )


@pytest.mark.parametrize("fault", [("SO-TimeZone", "NO"), ("a b", "c"), ("X-Note", "\x00")])
def test_errors_of_other_fields_are_in_the_accepted_format(fault):
    """An error about the header fields is answered in the format that `Accept` asks for, in several lines, too."""
    fields = [("accept", "text/html"), ("SO-TimeZone", "US-NY"), fault, ("ACCEPT", "text/xml")]
    with pytest.raises(HeaderError) as caught:
        ENDPOINT.parse("GET", "/api/v1/Contact/1", "", fields)
    answer = ENDPOINT.respond_error(caught.value, fields)
    assert dict(answer.headers)["Content-Type"] == "text/xml; charset=utf-8"


def test_a_contact_that_is_not_there():
    """A contact that is not stored is a 404 with the documented message."""
    with pytest.raises(NotFound) as caught:
        ENDPOINT.parse("GET", "/api/v1/Contact/99999").apply(None)
    assert caught.value.to_builtins() == {
        "Error": True,
        "ErrorType": "SoNotFoundException",
        "ErrorMessage": "Contact id 99999 not found",
        "ErrorSource": "contactwire",
    }


def test_a_content_coding_that_is_not_read_is_named():
    """The answer to a body with an unknown content coding names the codings that are read (RFC 9110 §12.5.3)."""
    with pytest.raises(UnsupportedContentCoding, match='content coding "br" is not supported, only identity') as caught:
        put(b"{}", {**JSON, "Content-Encoding": "br"})
    answer = ENDPOINT.respond_error(caught.value)
    assert (answer.status, dict(answer.headers)["Accept-Encoding"]) == (415, "identity")
    assert "Accept" not in dict(answer.headers)
    for field in ("", "identity", "Identity"):
        assert put(b"{}", {**JSON, "Content-Encoding": field}).document is not None


@pytest.mark.parametrize("path", ["/api/My%20Contact", "/api/My Contact"])
def test_the_path_of_an_endpoint_may_be_percent_encoded(stored, path):
    """The path of an endpoint with a blank matches requests, whether or not it was given percent-encoded."""
    endpoint = ContactEndpoint(path=path)
    request = endpoint.parse("PUT", "/api/my%20contact/5", "", JSON, b'{"Name":"x"}')
    assert request.id == 5
    assert dict(request.respond(request.apply(stored)).headers)["Content-Location"] == "/api/My%20Contact/5"


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        (b'{"ContactId":6}', False),
        (b'{"ContactId":5}', True),
        (b'{"ContactId":0}', True),
        (b'{"ContactId":null}', True),
        (b"{}", True),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_id_in_the_body_must_not_contradict_the_path(stored, method, body, fine):
    """Another contact's id in the body is a 409; a missing id, null and .NET's 0 mean the path's."""
    request = ENDPOINT.parse(method, PATH, "", JSON, body)
    if fine:
        assert request.apply(stored).contact_id == 5
    else:
        with pytest.raises(Conflict, match="the body holds contact 6, the path names contact 5"):
            request.apply(stored)


@pytest.mark.parametrize(
    ("since", "fine"),
    [
        ("Thu, 02 Jan 2020 03:04:05 GMT", True),
        ("Thu, 02 Jan 2020 03:04:04 GMT", False),
        ("Thu, 02 Jan 2020 03:04:06 GMT", True),
        ("yesterday", True),
    ],
)
def test_if_unmodified_since(stored, since, fine):
    """`If-Unmodified-Since` before the last change is a 412, in whole seconds; other text is ignored (RFC 9110 §13.1.4)."""
    request = put(b"{}", {**JSON, "If-Unmodified-Since": since})
    if fine:
        request.apply(stored)
    else:
        with pytest.raises(PreconditionFailed, match="contact 5 changed at Thu, 02 Jan 2020 03:04:05 GMT"):
            request.apply(stored)


@pytest.mark.parametrize(
    ("since", "status"), [("Thu, 02 Jan 2020 03:04:05 GMT", 304), ("Thu, 02 Jan 2020 03:04:04 GMT", 200), ("x", 200)]
)
def test_if_modified_since(stored, since, status):
    """`If-Modified-Since` at or after the last change makes a GET a 304 without a body."""
    request = ENDPOINT.parse("GET", PATH, "", {"If-Modified-Since": since})
    answer = request.respond(request.apply(stored))
    assert answer.status == status
    assert bool(answer.body) is (status == 200)
    assert dict(answer.headers)["Last-Modified"] == "Thu, 02 Jan 2020 03:04:05 GMT"


def test_a_head_is_a_get_without_body(stored):
    """HEAD has the headers of a GET and no body."""
    get, head = (ENDPOINT.parse(method, PATH).respond(stored) for method in ("GET", "HEAD"))
    assert head.headers == get.headers
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_answer_that_the_asked_format_cannot_hold_is_json(stored, method):
    """A contact that XML cannot hold is answered in JSON, so that a stored change does not look failed."""
    headers = {**JSON, "Accept": "application/xml"}
    request = ENDPOINT.parse(method, PATH, "$select=name", headers, b'{"Name":"a\\u0001"}')
    answer = request.respond(request.apply(evolve(stored, name="a\x01")))
    assert (answer.status, dict(answer.headers)["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert json.loads(answer.body)["Name"] == "a\x01"


def test_an_answer_that_no_format_can_hold_is_an_error(stored):
    """A host's contact that JSON cannot hold either is an EncodeError."""
    stored.contact_id = "x"
    for accept in ("application/xml", "application/json"):
        with pytest.raises(EncodeError):
            ENDPOINT.parse("GET", PATH, "", {"Accept": accept}).respond(stored)


@pytest.mark.parametrize("name", ["_Links", "_links"])
@pytest.mark.parametrize("known", [{}, {"_Links": {"Self": "https://crm.example/5"}}])
def test_links_are_the_servers_where_the_class_has_none(name, known):
    """Links in a body for a class without them are unknown members, which neither PUT nor PATCH stores."""
    endpoint, body = (
        ContactEndpoint(type=ContactEntity),
        json.dumps({"Odd": 1, name: {"Self": "https://evil.example"}}).encode(),
    )
    stored = ContactEntity(contact_id=5, extras={"Kept": 1, **known})
    put = endpoint.parse("PUT", PATH, "", JSON, body).apply(stored)
    assert put.extras == {"Odd": 1, **known}
    patched = endpoint.parse("PATCH", PATH, "", JSON, body).apply(stored)
    assert patched.extras == {"Kept": 1, "Odd": 1, **known}
    assert endpoint.parse("POST", "/api/v1/Contact", "", JSON, body).apply(None).extras == {"Odd": 1}


def test_a_failed_test_operation(stored):
    """A `test` operation that fails is a 409 and changes nothing."""
    request = patch(b'[{"op":"replace","path":"/Name","value":"x"},{"op":"test","path":"/Department","value":"E"}]')
    with pytest.raises(PatchConflict):
        request.apply(stored)
    assert stored.name == "Old"


@pytest.mark.parametrize("answer", RESPONSE_TYPES)
@pytest.mark.parametrize("sent", REQUEST_TYPES)
def test_every_request_type_and_every_response_type(stored, sent, answer):
    """A request in each of the seven formats is read, and an answer in each of the six reads back equal."""
    change = (
        JsonPatch.parse([{"op": "replace", "path": "/Name", "value": "New"}])
        if "json-patch" in sent
        else ContactEntity(name="New")
    )
    document = MergePatch.parse({"Name": "New"}) if "merge-patch" in sent else change
    request = put(encode(document, sent), {"Content-Type": sent, "Accept": answer})
    updated = request.apply(stored)
    response = request.respond(updated)
    assert dict(response.headers)["Content-Type"] == f"{answer}; charset=utf-8"
    read = decode(response.body, answer, type=ContactEntityWithLinks)
    if "patch" in answer:
        read = read.apply(ContactEntityWithLinks())
    assert read == updated


@pytest.mark.parametrize("answer", RESPONSE_TYPES)
def test_select_shapes_the_answer_only(stored, answer):
    """`$select` trims the answer in every format, and not the stored contact."""
    request = ENDPOINT.parse(
        "PUT", PATH, "$select=name,department", {**JSON, "Accept": answer}, b'{"Name":"New","OrgNr":"1"}'
    )
    updated = request.apply(stored)
    assert updated.org_nr == "1"
    read = decode(request.respond(updated).body, answer, type=ContactEntityWithLinks)
    if "patch" in answer:
        read = read.apply(ContactEntityWithLinks())
    assert (read.name, read.org_nr or None, read.links or None) == ("New", None, None)


def test_languages_choose_the_text(stored):
    """A request's language chooses texts in the answer, and not in the stored contact."""
    request = ENDPOINT.parse("GET", PATH, "", {"Accept-Language": "en"})
    assert json.loads(request.respond(request.apply(stored)).body)["Category"]["Value"] == "Customer"
    assert stored.category.value.startswith("NO:")


VENDOR = {"SO-Language": "en", "SO-Culture": "en-US"}


@pytest.mark.parametrize("headers", [{"SO-Language": "nb"}, VENDOR, {"Accept-Language": "no, en;q=0.5"}])
@pytest.mark.parametrize("media_type", ["application/json", "text/xml"])
def test_what_was_read_in_a_language_is_put_back(stored, media_type, headers):
    """A contact that is read in one language and put back keeps its other languages."""
    stored.custom_fields = {"x": "[F:1234.5]", "y": 'NO:"ja";US:"yes"'}
    got = ENDPOINT.parse("GET", PATH, "", {**headers, "Accept": media_type})
    body = got.respond(got.apply(stored)).body
    updated = put(body, {**headers, "Content-Type": media_type}).apply(stored)
    assert updated.category.value == stored.category.value
    assert updated.custom_fields == stored.custom_fields
    change = patch(b'{"Category":{"Value":"Customer"}}', **VENDOR).apply(stored)
    assert change.category.value == stored.category.value


@pytest.mark.parametrize(
    ("headers", "text", "stored_text"),
    [
        ({"SO-Language": "nb"}, "Klient", 'NO:"Klient";US:"Customer"'),
        (VENDOR, "Client", 'NO:"Kunde";US:"Client"'),
        (VENDOR, 'NO:"Klient"', 'NO:"Klient"'),
        ({}, "Client", "Client"),
        ({"SO-Language": ""}, "Client", "Client"),
        ({"SO-Language": "*"}, "Client", "Client"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_in_a_language_changes_that_language(stored, method, headers, text, stored_text):
    """A changed text replaces that of the request's language, and without a language the whole string."""
    body = json.dumps({"Category": {"Id": 1, "Value": text}}).encode()
    updated = ENDPOINT.parse(method, PATH, "", {**JSON, **headers}, body).apply(stored)
    assert updated.category.value == stored_text


def test_a_patch_tests_what_its_sender_reads(stored):
    """A `test` operation sees the text in the request's language, or the whole string without one."""
    test = {"op": "test", "path": "/Category/Value"}
    patch(json.dumps([{**test, "value": "Customer"}]).encode(), **VENDOR).apply(stored)
    patch(json.dumps([{**test, "value": stored.category.value}]).encode()).apply(stored)
    with pytest.raises(PatchConflict):
        patch(json.dumps([{**test, "value": "Kunde"}]).encode(), **VENDOR).apply(stored)


HEADERS = [
    {"SO-TimeZone": ""},
    {"SO-TimeZone": " "},
    {"SO-TimeZone": "includeTZOffset"},
    {"SO-Language": "en", "SO-Culture": "xx-klingon"},
    {"SO-Language": "en", "SO-Culture": ""},
    {"SO-Language": "", "Accept-Language": "*"},
    {"Accept-Language": "en_US;q=abc, nb;q=.5, ;;"},
]


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_headers_of_real_clients_fail_no_request(stored, headers):
    """Headers of the vendor's client and of browsers fail no request, in any method."""
    get = ENDPOINT.parse("GET", PATH, "", headers)
    assert get.respond(get.apply(stored)).status == 200
    for method in ("PUT", "PATCH"):
        assert ENDPOINT.parse(method, PATH, "", {**JSON, **headers}, b'{"Name":"x"}').apply(stored).name == "x"


def test_the_base_zone_with_offsets(stored):
    """`includeTZOffset` alone makes an answer in the base time zone, with offsets."""
    request = put(b'{"DbiLastModified":"2018-12-24T12:34:45Z"}', {**JSON, "SO-TimeZone": "includeTZOffset"})
    updated = request.apply(stored)
    assert str(updated.dbi_last_modified) == "2018-12-24T13:34:45"
    assert json.loads(request.respond(updated).body)["DbiLastModified"] == "2018-12-24T13:34:45+0100"


def test_time_zones_of_a_put_and_its_answer(stored):
    """A PUT's dates are read in the request's zone, stored in the base zone and answered in the request's zone."""
    request = put(b'{"DbiLastModified":"2018-12-24T12:34:45Z"}', {**JSON, "SO-TimeZone": "US-NY, includeTZOffset"})
    updated = request.apply(stored)
    assert str(updated.dbi_last_modified) == "2018-12-24T13:34:45"
    assert json.loads(request.respond(updated).body)["DbiLastModified"] == "2018-12-24T07:34:45-0500"


def test_a_patch_sees_dates_in_its_zone(stored):
    """A patch tests and sets dates in the request's zone, and other dates do not move."""
    stored.dbi_last_syncronized = Timestamp.parse("2018-10-28T02:30:00").replace(fold=1)
    body = b"""[
        {"op": "test", "path": "/DbiLastModified", "value": "2018-12-24T12:34:45"},
        {"op": "replace", "path": "/DbiLastModified", "value": "2018-12-24T06:00:00"}
    ]"""
    updated = patch(body, **{"SO-TimeZone": "US-NY"}).apply(stored)
    assert str(updated.dbi_last_modified) == "2018-12-24T12:00:00"
    assert updated.dbi_last_syncronized is stored.dbi_last_syncronized
    assert updated.updated_date is stored.updated_date


@pytest.mark.parametrize("date", ["2022-10-30T01:30:00", "2022-10-30T00:30:00", "2022-10-30T01:30:00+00:00"])
@pytest.mark.parametrize("header", ["NO", "NO, includeTZOffset", "261", "US-NY"])
def test_what_a_get_in_a_zone_shows_may_be_put_and_patched(stored, date, header):
    """A PUT, a merge patch and a JSON Patch of what a GET showed in a zone store equal dates, in a doubled hour too."""
    stored.dbi_last_modified = Timestamp.parse(date)
    stored.interests = [SelectableMDOListItem(id=1, last_changed=Timestamp.parse(date))]
    endpoint, headers = ContactEndpoint(base_time_zone="UTC"), {**JSON, "SO-TimeZone": header}
    shown = endpoint.parse("GET", PATH, "", headers).respond(stored).body
    members = {name: value for name, value in json.loads(shown).items() if name in ("DbiLastModified", "Interests")}
    operations = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in members.items()]
    for method, body in (("PUT", shown), ("PATCH", json.dumps(members)), ("PATCH", json.dumps(operations))):
        sent = body if isinstance(body, bytes) else body.encode()
        updated = endpoint.parse(method, PATH, "", headers, sent).apply(stored)
        assert str(updated.dbi_last_modified) == date
        assert str(updated.interests[0].last_changed) == date


def test_only_dates_that_a_patch_or_a_selection_names_are_moved(stored):
    """Only dates that a patch or a selection names are converted."""
    asked = []

    class Base(tzinfo):
        """The base zone UTC, which records the dates that it converts."""

        def utcoffset(self, moment):
            asked.append(moment)
            return timedelta(0)

        dst = utcoffset

    stored.interests = [SelectableMDOListItem(id=number, last_changed=stored.created_date) for number in range(50)]
    endpoint, headers = ContactEndpoint(base_time_zone=Base()), {**JSON, "SO-TimeZone": "US-NY"}
    request = endpoint.parse("PATCH", PATH, "$select=name", headers, b'{"Name":"New"}')
    assert json.loads(request.respond(request.apply(stored)).body)["Name"] == "New"
    assert asked == []
    request = endpoint.parse("PATCH", PATH, "$select=interests", headers, b'{"Interests":[]}')
    request.respond(request.apply(stored))
    assert len(asked) >= 50


def test_dates_do_not_move_without_the_header(stored):
    """Without `SO-TimeZone` dates are stored and answered as they came, with their offsets."""
    request = put(b'{"DbiLastModified":"2018-12-24T12:34:45.1234567+02:00"}')
    updated = request.apply(stored)
    assert str(updated.dbi_last_modified) == "2018-12-24T12:34:45.1234567+02:00"
    assert b'"DbiLastModified":"2018-12-24T12:34:45.1234567+02:00"' in request.respond(updated).body


def test_dates_of_a_post_do_not_move_without_the_header():
    """Without `SO-TimeZone` the dates of a new contact are stored as they came, with their offsets."""
    body = b'{"DbiLastModified":"2018-12-24T12:34:45.1234567+02:00"}'
    created = ENDPOINT.parse("POST", "/api/v1/Contact/", "", JSON, body).apply(None)
    assert str(created.dbi_last_modified) == "2018-12-24T12:34:45.1234567+02:00"


@pytest.mark.parametrize("change", [put, patch])
def test_what_is_the_servers_keeps_its_spelling(stored, change):
    """A client that sends the server's own values back in another spelling, such as another zone's, changes none of them."""
    stored.created_date = Timestamp.parse("2019-01-02T05:04:05+02:00")
    stored.created_by = Associate(associate_id=3, extras={"Odd": 1})
    body = b'{"CreatedDate":"2019-01-02T03:04:05Z","CreatedBy":{"AssociateId":3,"Odd":1.0},"TableRight":{"Mask":15}}'
    updated = change(body).apply(stored)
    assert (str(updated.created_date), updated.table_right.mask) == ("2019-01-02T05:04:05+02:00", "FULL")
    assert same(updated.created_by, stored.created_by)


def test_the_documented_exchange():
    """The documented request is read and answered without loss."""
    body = (PAYLOADS / "put-contact.request.json").read_bytes()
    request = ENDPOINT.parse("PUT", "/api/v1/Contact/763", "", JSON, body)
    updated = request.apply(ContactEntityWithLinks(contact_id=763))
    answered = json.loads(request.respond(updated).body)
    sent = json.loads(body)
    kept = {"CreatedDate", "UpdatedDate", "CreatedBy", "UpdatedBy"}
    assert {name: value for name, value in sent.items() if name not in kept}.items() <= answered.items()


def test_what_is_unset_in_the_stored_contact_stays_absent(stored):
    """A property that is absent in the stored contact is absent in the answer to a GET."""
    assert stored.org_nr is UNSET
    assert b"OrgNr" not in ENDPOINT.parse("GET", PATH).respond(stored).body


@pytest.mark.parametrize("content_type", ["json", "application/", "a b/c"])
def test_a_content_type_that_is_none(content_type):
    """A Content-Type that is no media type is a 415 that names the supported types."""
    with pytest.raises(UnsupportedMediaType, match=re.escape(content_type)) as caught:
        put(b"{}", {"Content-Type": content_type})
    assert "application/json" in caught.value.offered


def test_not_modified_is_an_answer_too():
    """`respond_error` answers NotModified with a 304 without a body."""
    response = ContactEndpoint().respond_error(NotModified("it is as it was"))
    assert (response.status, response.body) == (304, b"")


def test_a_put_has_defaults_for_what_it_does_not_name():
    """A property of a user's class that a PUT leaves out becomes null, or an enumeration's first member."""

    class Mood(StrEnum):
        CALM = "Calm"
        WILD = "Wild"

    class Client(ContactEntity):
        mood: Maybe[Mood] = UNSET

    endpoint = ContactEndpoint(type=Client)
    request = endpoint.parse("PUT", "/api/v1/Contact/1", "", JSON, b'{"ContactId": 1, "Name": "b"}')
    updated = request.apply(Client(contact_id=1, name="a", department="x", mood=Mood.WILD))
    assert (updated.name, updated.mood) == ("b", Mood.CALM)


def test_values_that_dotnet_has_no_null_for_have_its_defaults():
    """A number, a date or a UUID that a PUT leaves out is what .NET has for none, whatever its kind."""

    class Values(Carrier):
        values_id: Int32 = 0
        count: Maybe[Int64] = UNSET
        price: Maybe[Decimal] = UNSET
        day: Maybe[date] = UNSET
        moment: Maybe[datetime] = UNSET
        key: Maybe[UUID] = UNSET

    endpoint = ContactEndpoint(type=Values, id="values_id")
    updated = endpoint.parse("PUT", PATH, "", JSON, b"{}").apply(Values(values_id=5, price=Decimal("1.5")))
    assert to_builtins(updated) == {
        "ValuesId": 5,
        "Count": 0,
        "Price": 0,
        "Day": "0001-01-01",
        "Moment": "0001-01-01T00:00:00",
        "Key": "00000000-0000-0000-0000-000000000000",
    }


class Note(Carrier, name="Note"):
    """An entity with a required property, a default, and a key that has its own name."""

    note_id: Int64
    text: str
    count: Int32 = 5
    author: Maybe[Associate] = UNSET


def test_another_entity():
    """Every method works for an entity with an integer key, whose name is in the messages."""
    endpoint = ContactEndpoint(path="/api/v1/Note", type=Note, id="note_id", name="Note")
    stored = Note(note_id=3, text="a")
    updated = endpoint.parse("PUT", "/api/v1/Note/3", "", JSON, b'{"NoteId":3,"Text":"b","Odd":1}').apply(stored)
    assert updated == Note(note_id=3, text="b", count=5, author=None, extras={"Odd": 1})
    updated = endpoint.parse("PATCH", "/api/v1/Note/3", "", JSON, b'{"Text":"c"}').apply(stored)
    assert updated == Note(note_id=3, text="c")
    made = endpoint.parse("POST", "/api/v1/Note", "", JSON, b'{"NoteId":0,"Text":"b","Count":6}').apply(None)
    assert made == Note(note_id=0, text="b", count=6, author=None)
    request = endpoint.parse("GET", "/api/v1/Note/3", "$select=text")
    assert json.loads(request.respond(request.apply(stored)).body)["Text"] == "a"
    with pytest.raises(NotFound, match="Note id 3 not found"):
        request.apply(None)
    with pytest.raises(Conflict, match="the body holds note 4, the path names note 3"):
        endpoint.parse("PUT", "/api/v1/Note/3", "", JSON, b'{"NoteId":4,"Text":"b"}').apply(stored)
    with pytest.raises(ValidationError):
        endpoint.parse("PATCH", "/api/v1/Note/3", "", JSON, b'{"Text":null}').apply(stored)


@pytest.mark.parametrize(("number", "found"), [(2**31, True), (2**63 - 1, True), (2**63, False), (10**19, False)])
def test_a_key_of_64_bits_is_found(number, found):
    """An entity is found by the largest number that the kind of its key holds, and by none that is larger."""
    endpoint = ContactEndpoint(path="/api/v1/Note", type=Note, id="note_id", name="Note")
    if found:
        assert endpoint.parse("GET", f"/api/v1/Note/{number}").id == number
    else:
        with pytest.raises(NotFound):
            endpoint.parse("GET", f"/api/v1/Note/{number}")


XML_TYPE, FORM_TYPE = "application/xml", "application/x-www-form-urlencoded"


class Shop(ContactEntityWithLinks):
    """A contact with properties that the endpoint does not know."""

    region: str
    rating: Maybe[Int32] = UNSET


SHOP = {
    "application/json": '{{"Name":"{}","Region":"N","Rating":7,"Odd":"x"}}',
    XML_TYPE: "<ContactEntity><Name>{}</Name><Region>N</Region><Rating>7</Rating><Odd>x</Odd></ContactEntity>",
    FORM_TYPE: "Name={}&Region=N&Rating=7&Odd=x",
}


@pytest.mark.parametrize("media_type", SHOP)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_host_may_store_a_derived_class(method, media_type):
    """A PUT, as a PATCH, sets properties of the stored class that the class of the endpoint does not have."""
    stored = Shop(contact_id=5, region="S", rating=1, links={"Self": "/5"})
    body = SHOP[media_type].format("New").encode()
    updated = ENDPOINT.parse(method, PATH, "", {"Content-Type": media_type}, body).apply(stored)
    assert (updated.name, updated.region, updated.rating, updated.extras) == ("New", "N", 7, {"Odd": "x"})
    assert updated.links == stored.links
    assert json.loads(ENDPOINT.parse("GET", PATH).respond(updated).body)["Rating"] == 7


def test_a_put_must_fit_the_class_that_is_stored():
    """A body without what the stored class demands is a fault, and nothing is stored."""
    with pytest.raises(ValidationError, match="/Region: the property is missing"):
        put(b'{"Name":"New"}').apply(Shop(contact_id=5, region="S"))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b'{"Text":"c","Author":{"Name":"x"}}', "application/json"),
        (b"<Note><text>c</text><Author><Name>x</Name></Author></Note>", XML_TYPE),
        (b"text=c&Author.Name=x", FORM_TYPE),
    ],
)
def test_a_patch_has_no_defaults(body, media_type):
    """A patch in any format leaves a property alone that it does not name, if it has a default or is required, too."""
    endpoint = ContactEndpoint(path="/api/v1/Note", type=Note, id="note_id", name="Note")
    request = endpoint.parse("PATCH", "/api/v1/Note/3", "", {"Content-Type": media_type}, body)
    updated = request.apply(Note(note_id=3, text="a", count=9, author=Associate(rank=1)))
    assert updated == Note(note_id=3, text="c", count=9, author=Associate(name="x", rank=1))


@pytest.mark.parametrize(
    ("body", "media_type", "pointers"),
    [
        (b"<ContactEntity><Deleted>x</Deleted><Domains>y</Domains></ContactEntity>", XML_TYPE, ["/Domains", "/Deleted"]),
        (b"Deleted=x&Domains[1]=y", FORM_TYPE, ["/Domains/1", "/Deleted"]),
        (b"<ContactEntity><Deleted>x</Deleted></ContactEntity>", XML_TYPE, ["/Deleted"]),
        (b"Deleted=x", FORM_TYPE, ["/Deleted"]),
    ],
)
def test_all_faults_of_a_patch_in_another_format(stored, body, media_type, pointers):
    """A patch in XML or a form is refused with all its faults, those of the format and those of values."""
    with pytest.raises(ValidationError) as caught:
        patch(body, media_type).apply(stored)
    assert sorted(issue.pointer for issue in caught.value.issues) == sorted(pointers)


@attrs.frozen
class Whispering:
    """A codec of another package, which only decodes and encodes."""

    media_types = ("application/x-whisper",)

    def decode(self, body, type=ContactEntity):
        return decode(body.upper(), type=type)

    def encode(self, value, *, selection=None):
        return encode(value).lower()


def test_a_patch_in_a_format_of_another_package(stored):
    """A codec need not do more than decode for a patch in its format."""
    registry = default_registry.copy()
    registry.register(Whispering())
    headers = {"Content-Type": "application/x-whisper"}
    request = ContactEndpoint(registry=registry).parse("PATCH", PATH, "", headers, b'{"name":"new"}')
    assert request.apply(stored) == evolve(stored, name="NEW")


class Keyless(Carrier):
    """A class with no integer that could be its key."""

    keyless_id: Maybe[str] = UNSET


@pytest.mark.parametrize(
    ("type", "id", "said"),
    [
        (dict, "contact_id", "is no carrier class"),
        (Keyless, "", "Keyless has no integer property that is its primary key"),
        (Note, "contact_id", "no integer property 'contact_id'"),
        (Note, "text", "no integer property 'text'"),
        (list[Note], "note_id", "is no carrier class"),
    ],
)
def test_an_entity_without_a_key_is_refused(type, id, said):
    """A class that cannot be served is a TypeError when the endpoint is made."""
    with pytest.raises(TypeError, match=said):
        ContactEndpoint(type=type, id=id)
    with pytest.raises(TypeError, match=said):
        RequestBuilder(type=type, id=id)
    with pytest.raises(TypeError, match=said):
        openapi(type=type, id=id)


def test_an_entity_has_the_key_and_the_name_of_its_class():
    """Without `id` and `name`, an endpoint takes the primary key of its class, and calls an entity by the class's name."""
    endpoint = ContactEndpoint(path="/Person", type=Person)
    assert (endpoint.id, endpoint.name) == ("person_id", "Person")
    assert endpoint.parse("GET", "/Person/7").apply(Person(person_id=7, contact_id=1)) == Person(person_id=7, contact_id=1)
    with pytest.raises(NotFound, match="Person id 7 not found"):
        endpoint.parse("GET", "/Person/7").apply(None)
    assert RequestBuilder(path="/Person", type=Person).put(Person(person_id=7, contact_id=1)).target == "/Person/7"
    assert (ContactEndpoint().id, ContactEndpoint().name, RequestBuilder().id) == ("contact_id", "Contact", "contact_id")


def test_a_path_begins_with_a_slash():
    """A path that no request has is a ValueError when the endpoint is made, and not a 404 for each request."""
    for path in ("api/v1/Contact", "https://crm.example/api/v1/Contact"):
        with pytest.raises(ValueError, match=r"^path begins with a slash"):
            ContactEndpoint(path=path)
    with pytest.raises(TypeError, match=r"^path is of type str"):
        ContactEndpoint(path=None)
    for path in ("", "/", "/a%3Fb", "/a?b", "/gr\u00f6\u00dfe"):
        assert ContactEndpoint(path=path).parse("GET", f"{quote(unquote(path)).rstrip('/')}/1").id == 1


@pytest.mark.parametrize("options", [{"registry": None}, {"registry": JsonCodec()}, {"base_time_zone": 2}])
def test_an_endpoint_refuses_options_of_another_type(options):
    """A wrong registry or zone is a TypeError when the endpoint is made, not a fault of the first request."""
    with pytest.raises(TypeError, match=next(iter(options)).replace("_", " ")):
        ContactEndpoint(**options)


def test_a_base_zone_that_is_not_on_the_list_is_refused():
    """A name of the IANA's is no fault of the requests that name a zone: the endpoint is not made."""
    with pytest.raises(ValueError, match="'Europe/Oslo' is not on the CRM's list of time zones"):
        ContactEndpoint(base_time_zone="Europe/Oslo")
    assert ContactEndpoint(base_time_zone="no").base_time_zone == "no"


TARGETS = [
    ("http://crm.example/api/v1/Contact/5", 5),
    ("HTTPS://crm.example:8443/API/V1/CONTACT/5/", 5),
    ("//api/v1/Contact/5", None),
    ("/api/v1/Contact//5", None),
    ("/api/v1/Contact5", None),
    ("/api/v1/Contact/5/Persons", None),
    ("/api/v1/Contact/%35", 5),
    ("*", None),
]


@pytest.mark.parametrize(("target", "number"), TARGETS)
def test_request_targets(target, number):
    """A request target may be absolute (RFC 9112 §3.2.2), and one that names no contact is a 404."""
    if number is None:
        with pytest.raises(NotFound):
            ENDPOINT.parse("GET", target)
    else:
        assert ENDPOINT.parse("GET", target).id == number


PROXIED = [
    ("Via", "1.1 a"),
    ("X-Forwarded-For", "10.0.0.1"),
    ("via", "1.1 b"),
    ("x-forwarded-for", "10.0.0.2"),
    ("Cookie", "a=1"),
    ("Cookie", "b=2"),
    ("Accept", "text/xml"),
]


def test_what_proxies_add_is_no_fault(stored):
    """Repeated lines of fields that are not read change nothing (RFC 9110 §5.3)."""
    assert ENDPOINT.parse("GET", PATH, "", PROXIED).media_type == "text/xml"


def test_an_array_behind_a_byte_order_mark_is_a_json_patch(stored):
    """A PATCH in plain JSON is a JSON Patch if its first character, behind any byte order mark, is `[` (RFC 8259 §8.1)."""
    body = '\n[{"op":"replace","path":"/Name","value":"New"}]'
    assert patch(body.encode("utf-8-sig")).apply(stored).name == "New"


def some(instance, attribute, value):
    """A validator of non-empty text, which raises TypeError for null."""
    if value is not UNSET and not len(value):
        raise ValueError("must not be empty")


def long(instance, attribute, value):
    """A validator that takes text of three or more characters, and values of any other type."""
    if isinstance(value, str) and len(value) < 3:
        raise ValueError("too short")


class Task(Carrier):
    """An entity with properties that take no null, and whose date properties hold no dates."""

    task_id: Int32 = 0
    title: Maybe[str] = attrs.field(default=UNSET, validator=long)
    text: str | UnsetType = UNSET
    place: Maybe[str] = attrs.field(default=UNSET, validator=some)
    note: Maybe[str] = UNSET
    updated_date: Maybe[str] = UNSET
    created_date: Int32 | UnsetType = UNSET


def positive(instance, attribute, value):
    """A validator for a key, which no new entity has."""
    if isinstance(value, int) and value <= 0:
        raise ValueError("is not above 0")


class Ticket(Carrier):
    """An entity whose key is above 0."""

    ticket_id: Maybe[Int32] = attrs.field(default=UNSET, validator=positive)
    text: Maybe[str] = UNSET


@pytest.mark.parametrize(("body", "key"), [(b'{"Text":"a"}', UNSET), (b'{"Text":"a","TicketId":null}', None)])
def test_a_new_entity_has_no_key_where_its_class_refuses_0(body, key):
    """What a POST stores is as its body says, if the key of its class cannot be 0."""
    endpoint = ContactEndpoint(type=Ticket, path="/tickets", id="ticket_id")
    assert endpoint.parse("POST", "/tickets", "", JSON, body).apply(None) == Ticket(ticket_id=key, text="a")


class Tasks:
    """A host that stores one task, and requests to it."""

    def __init__(self, task):
        self.stored = {1: task}
        endpoint = ContactEndpoint(type=type(task), path="/tasks", id="task_id", name="Task")
        self._host = Host(load=self.stored.get, save=self._save, create=self._create, endpoint=endpoint)

    def _save(self, task):
        self.stored[task.task_id] = task

    def _create(self, task):
        task.task_id = 2
        self._save(task)

    def ask(self, method, path, body=b"", **headers):
        """The status and the parsed body of the answer to a request."""
        fields = [
            ("Content-Type", "application/json"),
            *((name.replace("_", "-"), value) for name, value in headers.items()),
        ]
        answer = self._host.answer(method, ("", path), "", fields, lambda: body)
        return answer.status, json.loads(answer.body)


def test_an_entity_has_defaults_that_its_class_takes():
    """A property that a PUT or POST leaves out is null, or absent if null is refused; date properties without dates stay."""
    tasks = Tasks(Task(task_id=1, title="abc", text="x", place="y", note="z"))
    assert tasks.ask("PUT", "/tasks/1", b"{}") == (
        200,
        {"TaskId": 1, "Title": None, "Note": None},
    )
    assert tasks.ask("POST", "/tasks/", b"{}")[0] == 201
    assert tasks.stored[2] == Task(task_id=2, title=None, note=None)
    for number in (1, 2):
        assert tasks.ask("GET", f"/tasks/{number}")[0] == 200
        assert tasks.ask("PATCH", f"/tasks/{number}", b'{"Title":"abcd"}')[0] == 200


def test_a_validator_is_about_what_is_stored():
    """A validator checks the stored text: one too short in a language is shown, and one that a client stores is a fault."""
    stored = 'NO:"ab";US:"abcd"'
    tasks = Tasks(Task(task_id=1, title=stored))
    assert tasks.ask("GET", "/tasks/1", SO_Language="no")[1]["Title"] == "ab"
    assert tasks.ask("PATCH", "/tasks/1", b'{"Note":"x"}', SO_Language="no")[0] == 200
    assert tasks.stored[1].title == stored
    assert tasks.ask("PATCH", "/tasks/1", b'{"Title":"x"}')[0] == 400


class Shift(Carrier):
    """An entity with a rule about two of its properties, and one that is derived from them."""

    task_id: Int32 = 0
    title: Maybe[str] = UNSET
    starts: Maybe[datetime] = UNSET
    ends: Maybe[datetime] = UNSET
    days: Maybe[Int32] = UNSET

    def __attrs_post_init__(self):
        """Refuse what is upside down, and a title that is too long."""
        if self.starts and self.ends:
            if self.ends < self.starts:
                raise ValueError("it ends before it starts")
            self.days = (self.ends - self.starts).days
        if self.title and len(self.title) > 20:
            raise ValueError("the title is too long")


NOON = "2020-06-01T12:00:00"


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", "/tasks/1", 200), ("POST", "/tasks/", 201)])
def test_an_entity_has_no_default_that_breaks_the_rule_of_its_class(method, path, status):
    """The first date does not come for an end that a PUT or POST leaves out, since the shift would end before it starts."""
    shifts = Tasks(Shift(task_id=1))
    assert shifts.ask(method, path, f'{{"Starts":"{NOON}"}}'.encode())[0] == status
    stored = shifts.stored[1 if method == "PUT" else 2]
    assert (str(stored.starts), stored.ends, stored.days, stored.title) == (NOON, UNSET, 0, None)


@pytest.mark.parametrize(
    ("method", "body", "fields"),
    [
        ("PUT", f'{{"Starts":"{NOON}","Ends":"2020-05-01T12:00:00"}}', {}),
        ("PATCH", '{"Ends":"2020-05-01T12:00:00"}', {}),
        ("PATCH", '[{"op":"add","path":"/ends","value":"2020-05-01T12:00:00"}]', {}),
        ("PATCH", '{"Ends":"2020-06-01T07:00:00"}', {"SO_TimeZone": "US-NY"}),
        ("PATCH", '{"Title":"a long title"}', {"Accept_Language": "en"}),
        ("PUT", f'{{"Starts":"{NOON}","Title":"a long title"}}', {"Accept_Language": "en"}),
    ],
)
def test_what_breaks_the_rule_of_a_class_is_a_fault_of_the_body(method, body, fields):
    """A PUT or PATCH that would break the rule of the entity's class answers 400, and stores nothing.

    The rule sees all dates in one time zone, and texts with their other languages.
    """
    before = Shift(task_id=1, starts=datetime(2020, 6, 1, 12), title='NO:"no";US:"us"')
    shifts = Tasks(before)
    status, answer = shifts.ask(method, "/tasks/1", body.encode(), **fields)
    assert (status, answer["ErrorType"]) == (400, "ValidationError")
    assert "starts" in answer["ErrorMessage"] or "too long" in answer["ErrorMessage"]
    assert shifts.stored[1] is before


def test_what_keeps_the_rule_of_a_class_is_stored():
    """A date that a client patches in its time zone is compared with the other one as it is shown there."""
    shifts = Tasks(Shift(task_id=1, starts=datetime(2020, 6, 1, 12)))
    assert shifts.ask("PATCH", "/tasks/1", b'{"Ends":"2020-06-03T09:00:00"}', SO_TimeZone="US-NY")[0] == 200
    assert (str(shifts.stored[1].ends), shifts.stored[1].days) == ("2020-06-03T13:00:00", 2)
