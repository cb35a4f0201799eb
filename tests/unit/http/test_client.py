"""The client's side of the contract: builds requests and parses answers, without I/O."""

import copy
import json
import pickle
from datetime import date

import attrs
import pytest

from contactwire import (
    UNSET,
    Carrier,
    CodecRegistry,
    ContactEntity,
    ContactEntityWithLinks,
    DecodeError,
    EntityElement,
    Int32,
    JsonPatch,
    Maybe,
    MergePatch,
    Person,
    Selection,
    Timestamp,
    UnsupportedMediaType,
    ValidationError,
    decode,
    encode,
    evolve,
    get,
)
from contactwire.errors import (
    BadRequest,
    Conflict,
    HeaderError,
    HttpError,
    MediaTypeRefused,
    NotFound,
    NotModified,
    PreconditionFailed,
    TooManyRequests,
)
from contactwire.http import ContactEndpoint, Credentials, RequestBuilder
from contactwire.localization import parse_time_zone
from contactwire.negotiation import RESPONSE_TYPES

GET = RequestBuilder().get(5)
CONTACT = ContactEntityWithLinks(contact_id=5, name="x", updated_date=Timestamp.parse("2020-01-02T03:04:05.9"))


def test_a_put():
    """A PUT has the contact as its body, and its `updated_date` as the precondition."""
    request = RequestBuilder().put(CONTACT, select="name,category/id")
    assert (request.method, request.target) == ("PUT", "/api/v1/Contact/5?$select=name,category/id")
    assert dict(request.headers) == {
        "Accept": "application/json",
        "If-Unmodified-Since": "Thu, 02 Jan 2020 03:04:05 GMT",
        "Content-Type": "application/json",
    }
    assert request.body == encode(CONTACT)


def test_preconditions_can_be_left_out():
    """`unconditional`, a missing date and .NET's "no date" give a PUT without precondition."""
    for contact in (
        ContactEntity(contact_id=5),
        ContactEntity(contact_id=5, updated_date=Timestamp.parse("0001-01-01T00:00:00")),
    ):
        assert "If-Unmodified-Since" not in dict(RequestBuilder().put(contact).headers)
    assert "If-Unmodified-Since" not in dict(RequestBuilder().put(CONTACT, unconditional=True).headers)


def test_a_patch_of_a_difference():
    """A PATCH of two contacts has their difference as a JSON Patch."""
    after = ContactEntityWithLinks(contact_id=5, name="y", updated_date=CONTACT.updated_date)
    request = RequestBuilder().patch(CONTACT, after)
    assert request.method == "PATCH"
    assert dict(request.headers)["Content-Type"] == "application/json-patch+json"
    assert json.loads(request.body) == [{"op": "replace", "path": "/Name", "value": "y"}]
    assert "If-Unmodified-Since" in dict(request.headers)


@pytest.mark.parametrize(
    ("patch", "media_type"),
    [
        (JsonPatch.parse([{"op": "replace", "path": "/Name", "value": "y"}]), "application/json-patch+json"),
        (MergePatch.parse({"Name": "y"}), "application/merge-patch+json"),
    ],
)
def test_a_patch_of_a_patch(patch, media_type):
    """A patch for an id is sent in its own media type, without a precondition."""
    request = RequestBuilder().patch(5, patch)
    assert request.target == "/api/v1/Contact/5"
    assert dict(request.headers) == {"Accept": "application/json", "Content-Type": media_type}


def test_a_get():
    """A GET may be conditional, and has the client's preferences and credentials."""
    client = RequestBuilder(
        path="https://crm.example/api/v1/Contact/",
        accept="application/xml",
        language="NO",
        culture="nb-NO",
        time_zone="US-NY, includeTZOffset",
        credentials=Credentials(scheme="Bearer", authorization="topsecret", app_token="t0ken"),
    )
    request = client.get(7, modified_since=CONTACT.updated_date)
    assert request.target == "https://crm.example/api/v1/Contact/7"
    assert dict(request.headers) == {
        "Accept": "application/xml",
        "SO-Language": "NO",
        "SO-Culture": "nb-NO",
        "SO-TimeZone": "US-NY, includeTZOffset",
        "If-Modified-Since": "Thu, 02 Jan 2020 03:04:05 GMT",
        "Authorization": "Bearer topsecret",
        "SO-AppToken": "t0ken",
    }
    assert "topsecret" not in repr(request) + repr(client)
    assert "t0ken" not in repr(request) + repr(client)


def test_a_time_zone_may_be_a_parsed_one():
    """The client's time zone is a text or what `parse_time_zone` gives of one, and is sent as a text."""
    for zone in ("US-NY, includeTZOffset", parse_time_zone("US-NY, includeTZOffset")):
        assert dict(RequestBuilder(time_zone=zone).get(7).headers)["SO-TimeZone"] == "US-NY, includeTZOffset"


TAG = '"abc.def"'
ANSWER = {"Content-Type": "application/json", "ETag": TAG}
COPIES = {
    "the contact": lambda contact: contact,
    "a copy": copy.copy,
    "a deep copy": copy.deepcopy,
    "a pickle": lambda contact: pickle.loads(pickle.dumps(contact)),
    "an evolved one": lambda contact: evolve(contact, name="y"),
    "one evolved by attrs": lambda contact: attrs.evolve(contact, name="y"),
    "one evolved by attrs, with unknown members": lambda contact: attrs.evolve(
        contact.__setattr__("extras", {"Odd": 1}) or contact, name="y"
    ),
    "one with other unknown members": lambda contact: contact.__setattr__("extras", {"Odd": 1}) or contact,
    "one without unknown members": lambda contact: contact.__setattr__("extras", None) or contact,
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_contact_remembers_its_tag(copied):
    """PUT, PATCH and DELETE of a contact require the version that the client received, also for a copy of the contact."""
    client = RequestBuilder()
    contact = copied(client.parse(GET, 200, ANSWER, encode(CONTACT)))
    changed = evolve(contact, department="x")
    for request in (client.put(contact), client.patch(contact, changed), client.delete(contact)):
        assert dict(request.headers)["If-Match"] == TAG
        assert "If-Unmodified-Since" not in dict(request.headers)
    assert "If-Match" not in dict(client.put(contact, unconditional=True).headers)
    assert "If-Match" not in dict(client.delete(contact, unconditional=True).headers)


def test_a_weak_tag_is_no_condition():
    """For a contact with a weak tag the date is the precondition, since a weak tag never matches (RFC 9110 §13.1.1)."""
    client = RequestBuilder()
    contact = client.parse(GET, 200, {**ANSWER, "ETag": f"W/{TAG}"}, encode(CONTACT))
    assert "If-Unmodified-Since" in dict(client.put(contact).headers)


@pytest.mark.parametrize(("kind", "value"), [(str, "today"), (date, date(2020, 1, 2))])
def test_a_date_of_another_kind_is_no_condition(kind, value):
    """Where the `updated_date` of an entity is no date-time, a PUT has no date as its precondition."""

    class Order(Carrier):
        order_id: Int32
        updated_date: Maybe[kind] = UNSET

    builder = RequestBuilder(type=Order, id="order_id")
    assert dict(builder.put(Order(order_id=1, updated_date=value)).headers).keys() == {"Accept", "Content-Type"}


def test_the_version_that_was_read_counts():
    """The tag of the contact given as `unchanged` is the precondition of a PUT or PATCH that the caller made."""
    builder = RequestBuilder()
    read = builder.parse(GET, 200, ANSWER, encode(CONTACT))
    patch = MergePatch.parse({"Name": "y"})
    for request in (
        builder.put(ContactEntity(contact_id=5, name="y"), unchanged=read),
        builder.patch(5, patch, unchanged=read),
        builder.patch(CONTACT, patch, unchanged=read),
    ):
        assert dict(request.headers)["If-Match"] == TAG
    assert "If-Match" not in dict(builder.patch(5, patch, unchanged=read, unconditional=True).headers)


def test_a_tag_is_no_part_of_a_contact():
    """Contacts that differ in their tags alone are equal, and a tag is not written."""
    contact = RequestBuilder().parse(GET, 200, ANSWER, encode(CONTACT))
    assert contact == CONTACT
    assert encode(contact) == encode(CONTACT)
    assert TAG not in repr(contact)


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_partial_contact_is_never_put(copied):
    """A contact that was read by `$select` is partial and cannot be put, and a copy of it neither."""
    client = RequestBuilder()
    request = client.get(5, select="name,emails/value")
    body = b'{"ContactId":null,"Name":"x","OrgNr":null,"Emails":[{"Value":"a@b","Description":null}],"Deleted":0}'
    contact = client.parse(request, 200, ANSWER, body)
    assert (contact.name, contact.org_nr, contact.contact_id, contact.deleted) == ("x", UNSET, UNSET, UNSET)
    assert contact.emails[0] == EntityElement(value="a@b")
    contact.contact_id = 5
    with pytest.raises(ValueError, match="use patch"):
        client.put(copied(contact))
    change = client.patch(contact, evolve(contact, name="y"))
    assert json.loads(change.body) == [{"op": "replace", "path": "/Name", "value": "y"}]


def test_a_partial_contact_is_no_change_of_a_whole_one():
    """The difference of a whole contact and a partial one is refused, since it would remove what was not selected."""
    client = RequestBuilder()
    whole = client.parse(GET, 200, ANSWER, encode(CONTACT))
    partial = client.parse(client.get(5, select="contactId,name"), 200, ANSWER, encode(CONTACT))
    with pytest.raises(ValueError, match="a patch would remove all else"):
        client.patch(whole, partial)


def test_a_selection_of_everything_is_not_sent():
    """A selection without paths, which selects everything, is no part of the target."""
    for select in (None, "", Selection.parse("")):
        assert RequestBuilder().get(5, select=select).target == "/api/v1/Contact/5"


def test_a_selection_from_another_class_is_refused_before_it_is_sent():
    """A selection that the answer could not be read by is a TypeError, and one from a base or a derived class is not."""
    builder = RequestBuilder()
    with pytest.raises(TypeError, match="a selection from Person does not apply to ContactEntityWithLinks"):
        builder.put(CONTACT, select=Selection.parse("firstname", Person))
    assert builder.get(5, select=Selection.parse("name", ContactEntity)).target.endswith("?$select=Name")
    derived = RequestBuilder(type=ContactEntity).get(5, select=Selection.parse("name", ContactEntityWithLinks))
    assert derived.target.endswith("?$select=Name")


def test_what_is_no_selection_is_refused_before_it_is_sent():
    """A `select` that is neither a text nor a selection is a TypeError."""
    with pytest.raises(TypeError, match=r"a \$select is a text"):
        RequestBuilder().get(5, select=5)


@pytest.mark.parametrize("select", [None, "", " ", "*"])
def test_a_whole_contact_is_put(select):
    """A contact with a selection of everything is whole, and so is one that the caller made."""
    client = RequestBuilder()
    contact = client.parse(client.get(5, select=select), 200, ANSWER, encode(CONTACT))
    assert client.put(contact).body == encode(CONTACT)


def test_a_contact_is_created_and_deleted():
    """POST has the path of all contacts, GET of the default a path beside it, and DELETE takes a contact or its id."""
    client = RequestBuilder()
    created = client.create(ContactEntity(name="x"))
    assert (created.method, created.target, created.body) == ("POST", "/api/v1/Contact/", b'{"Name":"x"}')
    assert client.parse(created, 201, ANSWER, encode(CONTACT)) == CONTACT
    assert (client.default().method, client.default().target) == ("GET", "/api/v1/Contact/default")
    assert client.delete(5).target == client.delete(CONTACT).target == "/api/v1/Contact/5"
    assert dict(client.delete(CONTACT).headers)["If-Unmodified-Since"]
    for status, body in ((200, encode(CONTACT)), (202, b"later"), (204, b"")):
        assert client.parse(client.delete(5), status, {}, body) is None


def test_another_entity():
    """A client of another class uses the name of its primary key, which a PUT requires."""
    client = RequestBuilder(path="/api/v1/Person", type=Person, id="person_id")
    assert client.put(Person(person_id=7)).target == "/api/v1/Person/7"
    with pytest.raises(ValueError, match="no person_id"):
        client.put(Person())
    assert client.parse(client.get(7), 200, ANSWER, b'{"PersonId":7}') == Person(person_id=7)


def test_what_cannot_be_sent():
    """A contact without id, a difference without a contact, and a value that would break its field are refused."""
    with pytest.raises(ValueError, match="no contact_id"):
        RequestBuilder().put(ContactEntity(name="x"))
    with pytest.raises(ValueError, match="no contact_id"):
        RequestBuilder(type=Person, id="contact_id").put(Person(person_id=7))
    with pytest.raises(TypeError, match="both"):
        RequestBuilder().patch(5, CONTACT)
    with pytest.raises(TypeError, match="a change is a patch or a contact, not of class dict"):
        RequestBuilder().patch(5, {"Name": "x"})
    with pytest.raises(HeaderError):
        RequestBuilder(language="NO\r\nX: y").get(5)


@pytest.mark.parametrize("id", ["5", None, 5.0, True])
def test_what_is_no_id(id):
    """What is neither a contact nor an id is a TypeError, whatever the request."""
    builder = RequestBuilder()
    for build in (builder.get, builder.delete, lambda before: builder.patch(before, MergePatch.parse({"Name": "x"}))):
        with pytest.raises(TypeError, match="a contact or its id is needed, not a value of class"):
            build(id)


@pytest.mark.parametrize("id", [0, -1, -(2**70)])
def test_an_id_is_positive(id):
    """No stored contact has the id 0 or a negative one, so none is asked for."""
    builder = RequestBuilder()
    for build in (builder.get, builder.delete, lambda before: builder.patch(before, MergePatch.parse({"Name": "x"}))):
        with pytest.raises(ValueError, match="an id is 1 or more, not "):
            build(id)


@pytest.mark.parametrize("value", [None, 5, "x", [], {"ContactId": 1}, ContactEntity, JsonPatch.parse([])])
def test_what_is_no_contact(value):
    """What is no contact, where one is needed, is a TypeError, and no request without a body or a precondition."""
    builder = RequestBuilder()
    calls = [
        lambda: builder.put(value),
        lambda: builder.create(value),
        lambda: builder.difference(value, CONTACT),
        lambda: builder.difference(CONTACT, value),
    ]
    if value is not None:
        calls.append(lambda: builder.put(CONTACT, unchanged=value))
    for call in calls:
        with pytest.raises(TypeError, match=r"a contact( or its id)? is needed, not a value of class|a change is a patch"):
            call()


@pytest.mark.parametrize("options", [{"registry": None}, {"credentials": "secret"}])
def test_a_builder_refuses_options_of_another_type(options):
    """A registry or credentials of another type are a TypeError when the builder is made."""
    with pytest.raises(TypeError, match=next(iter(options))):
        RequestBuilder(**options)


@pytest.mark.parametrize("media_type", RESPONSE_TYPES)
def test_an_answer_is_a_contact(media_type):
    """An answer in each of the six formats parses into the contact."""
    body = encode(CONTACT, media_type)
    assert RequestBuilder().parse(GET, 200, {"content-type": f"{media_type}; charset=utf-8"}, body) == CONTACT


def test_an_answer_as_patch_of_a_base():
    """A patch in an answer makes the contact from the base."""
    body = encode(MergePatch.parse({"Name": "y"}), "application/merge-patch+json")
    read = RequestBuilder().parse(GET, 200, {"Content-Type": "application/merge-patch+json"}, body, base=CONTACT)
    assert (read.name, read.contact_id) == ("y", 5)


WORDS = b'{"Error":true,"ErrorType":"SoNotFoundException","ErrorMessage":"Contact id 9 not found","ErrorSource":"S.I"}'


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (304, NotModified),
        (400, BadRequest),
        (404, NotFound),
        (409, Conflict),
        (412, PreconditionFailed),
        (415, MediaTypeRefused),
        (418, HttpError),
        (429, TooManyRequests),
        (500, HttpError),
    ],
)
def test_errors_are_typed(status, error):
    """Each status raises its class, with the server's message."""
    with pytest.raises(error) as caught:
        RequestBuilder().parse(GET, status, {}, WORDS)
    assert (caught.value.status, caught.value.message, caught.value.error_type, caught.value.error_source) == (
        status,
        "Contact id 9 not found",
        "SoNotFoundException",
        "S.I",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"type":"about:blank","title":"Unsupported Media Type","status":415}', "Unsupported Media Type"),
        ('{"title":"Invalid","detail":"Name is too long","errors":{"Name":["too long"]}}', "Name is too long"),
        ('{"Message":"No HTTP resource was found"}', "No HTTP resource was found"),
        ('{"title":"t","detail":"d","ErrorMessage":"e"}', "e"),
        ('{"title":"t","detail":5,"ErrorMessage":""}', "t"),
        ('{"title":["t"],"detail":null}', "the server answered 415 to GET /api/v1/Contact/5"),
    ],
)
def test_problem_details_are_words_too(body, message):
    """An error that is no CRM's has the words of problem details, whose wrong members are ignored (RFC 9457 §3.1)."""
    with pytest.raises(MediaTypeRefused) as caught:
        RequestBuilder().parse(GET, 415, {"Content-Type": "application/problem+json"}, body.encode())
    assert (caught.value.message, caught.value.error_type) == (message, "MediaTypeRefused")


def test_a_redirect_says_where_it_leads():
    """The error for a redirect has the other address, and no request is sent there."""
    with pytest.raises(HttpError, match=r'answered 308 to GET [^ ]+, which leads to "https://b\.example/"') as caught:
        RequestBuilder().parse(GET, 308, {"Location": "https://b.example/"}, b"")
    assert caught.value.status == 308


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
def test_errors_of_this_endpoint_are_understood(accept):
    """`parse` reads what `respond_error` writes."""
    answer = ContactEndpoint().respond_error(NotFound("gone", "T"), {"Accept": accept})
    with pytest.raises(NotFound) as caught:
        RequestBuilder().parse(GET, answer.status, answer.headers, answer.body)
    assert caught.value == NotFound("gone", "T", "contactwire")


def test_errors_in_xml_are_unescaped():
    """The message of an XML error is unescaped, in any dialect."""
    body = NotFound('a <b> & "c" …').to_xml().replace(b"<ServerError>", b'<e:ServerError xmlns:e="urn:x"><Odd/>')
    body = body.replace(b"</ServerError>", b"</e:ServerError>").replace(b"\xe2\x80\xa6", b"&#x2026;")
    with pytest.raises(NotFound) as caught:
        RequestBuilder().parse(GET, 404, {}, b"  " + body)
    assert (caught.value.message, caught.value.error_type) == ('a <b> & "c" …', "SoNotFoundException")


@pytest.mark.parametrize("body", [NotFound("gone").to_body(), NotFound("gone").to_xml()])
def test_errors_behind_a_byte_order_mark(body):
    """The words of an error are understood behind a byte order mark, as .NET writes it."""
    with pytest.raises(NotFound, match="gone"):
        RequestBuilder().parse(GET, 404, {}, b"\xef\xbb\xbf" + body)


def test_errors_have_the_headers_of_the_answer():
    """An error has the answer's headers except cookies, and the attributes that its class reads from them."""
    fields = [("Retry-After", "5"), ("Set-Cookie", "topsecret"), ("Allow", "GET,\tPUT ,"), ("WWW-Authenticate", "A")]
    for status in (401, 405, 429):
        with pytest.raises(HttpError) as caught:
            RequestBuilder().parse(GET, status, [*fields, ("WWW-Authenticate", "B")], b"")
        error = pickle.loads(pickle.dumps(caught.value))
        assert dict(error.headers) == {"Retry-After": "5", "Allow": "GET,\tPUT ,", "WWW-Authenticate": "A, B"}
        assert getattr(error, "challenges", ("A, B",)) == ("A, B",)
        assert getattr(error, "allowed", ("GET", "PUT")) == ("GET", "PUT")
    with pytest.raises(HttpError) as caught:
        RequestBuilder().parse(GET, 401, {}, b"")
    assert caught.value.challenges == ()
    assert NotFound("x").headers == {}


@pytest.mark.parametrize(
    "body", [b"", b"<html>\xff", b"[" * 100_000, b"[]", b'{"ErrorMessage":5}', b"<ServerError><!", b" " * 2**20]
)
def test_errors_without_words(body):
    """A body that is no error message gives the error of the status."""
    with pytest.raises(NotFound, match="the server answered 404"):
        RequestBuilder().parse(GET, 404, {}, body)


@pytest.mark.parametrize("words", [WORDS, b"<ServerError><ErrorMessage>Contact id 9 not found</ErrorMessage></ServerError>"])
def test_the_longest_words_of_an_error(words):
    """An error's body is read for its message up to 64 KiB, in JSON and in XML; a longer one says nothing."""
    longest = words + b" " * (2**16 - len(words))
    for body, message in ((longest, "Contact id 9 not found"), (longest + b" ", "the server answered 404")):
        with pytest.raises(NotFound, match=message):
            RequestBuilder().parse(GET, 404, {}, body)


def test_answers_that_are_no_contacts():
    """An answer in an unknown format, or with a broken body, raises the codec's error."""
    with pytest.raises(UnsupportedMediaType):
        RequestBuilder().parse(GET, 200, {"Content-Type": "text/html"}, b"<html>")
    with pytest.raises(DecodeError):
        RequestBuilder().parse(GET, 200, {"Content-Type": "application/json"}, b"{")
    for status in (200, 202, 204):
        with pytest.raises(DecodeError, match="no content, expected a contact"):
            RequestBuilder().parse(GET, status, ANSWER, b"")


class Author(Carrier):
    """A carrier with a required property."""

    name: str
    age: Maybe[Int32] = UNSET


class Note(Carrier, name="Note"):
    """An entity with required properties and a default."""

    note_id: Int32
    author: Author
    text: Maybe[str] = UNSET
    weight: Int32 = 5


NOTES = RequestBuilder(path="/n", type=Note, id="note_id")
ENDPOINT = ContactEndpoint(path="/n", type=Note, id="note_id", name="Note")
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("media_type", ["application/json", "application/xml"])
@pytest.mark.parametrize(
    ("select", "found"),
    [("text", {"text": "x"}), ("noteId,weight", {"noteId": 3, "weight": 7}), ("author/age", {"author/age": 30})],
)
def test_what_a_class_demands_need_not_be_selected(media_type, select, found):
    """A partial entity has what was selected, though the server writes null for all else, which the class does not allow."""
    stored = Note(note_id=3, author=Author(name="Ola", age=30, extras={"Odd": 1}), text="x", weight=7)
    asked = ENDPOINT.parse("GET", "/n/3", f"$select={select}", {"Accept": media_type})
    answer = asked.respond(stored)
    note = NOTES.parse(NOTES.get(3, select=select), answer.status, answer.headers, answer.body)
    values = {path: get(note, path, default=None) for path in ("noteId", "text", "weight", "author/name", "author/age")}
    assert {path: value for path, value in values.items() if value is not None} == found
    with pytest.raises(ValueError, match="only what was selected"):
        NOTES.put(note)


def test_faults_of_a_partial_entity():
    """A wrong value is a fault where only a part was selected, too, and null is one where all was."""
    body = b'{"NoteId":null,"Author":null,"Text":5,"Weight":null}'
    for select, pointers in (("text", ["/Text"]), (None, ["/NoteId", "/Author", "/Text", "/Weight"])):
        with pytest.raises(ValidationError) as caught:
            NOTES.parse(NOTES.get(3, select=select), 200, JSON, body)
        assert [issue.pointer for issue in caught.value.issues] == pointers


class Whispering:
    """A codec of another package, which only decodes and encodes."""

    media_types = ("application/x-whisper",)

    def decode(self, body, type):
        return decode(body.upper(), type=type)

    def encode(self, value, *, selection=None):
        return encode(value).lower()


def test_a_partial_entity_in_a_format_of_another_package():
    """A codec that only decodes reads a partial entity as it reads a whole one."""
    builder = attrs.evolve(NOTES, registry=CodecRegistry([Whispering()]))
    with pytest.raises(ValidationError, match="/Author: the property is missing"):
        builder.parse(builder.get(3, select="text"), 200, {"Content-Type": "application/x-whisper"}, b'{"text":"x"}')


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "application/merge-patch+json"])
def test_an_answer_that_is_a_patch_of_nothing(media_type):
    """Without a base, a patch is applied to an entity without properties, also where its class demands some."""
    stored = Note(note_id=3, author=Author(name="Ola", age=30), text="x", weight=7)
    answer = ENDPOINT.parse("GET", "/n/3", "", {"Accept": media_type}).respond(stored)
    assert dict(answer.headers)["Content-Type"].startswith(media_type)
    assert NOTES.parse(NOTES.get(3), answer.status, answer.headers, answer.body) == stored


@pytest.mark.parametrize(
    ("path", "error"), [("/Note?x=1", ValueError), ("https://crm.example/Note#x", ValueError), (None, TypeError)]
)
def test_a_path_without_a_query(path, error):
    """A path that ends before an id could follow is refused when the builder is made."""
    with pytest.raises(error, match=r"^path "):
        RequestBuilder(path=path)
