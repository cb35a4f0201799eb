"""The host's functions: what they are asked, in which order, and how their errors are answered."""

import io
import json
import logging
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial, wraps

import pytest

import contactwire.asgi
from contactwire import (
    UNSET,
    Associate,
    Category,
    ContactEntity,
    ContactEntityWithLinks,
    Int32,
    Maybe,
    Person,
    Timestamp,
    decode,
    encode,
    evolve,
)
from contactwire.errors import (
    ContactWireError,
    Forbidden,
    HttpError,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)
from contactwire.http import ContactEndpoint, read_body
from contactwire.server import ContactStore
from contactwire.wsgi import ContactApplication

PATH = "/api/v1/Contact"


class Storage:
    """A storage in memory with each function that a host may have, which logs the calls."""

    def __init__(self):
        self.contacts = {1: ContactEntityWithLinks(contact_id=1, name="Elan", updated_by=Associate(associate_id=1))}
        self.calls = []

    def load(self, id):
        self.calls.append("load")
        return self.contacts.get(id)

    def save(self, contact):
        self.calls.append("save")
        self.contacts[contact.contact_id] = contact

    def create(self, contact):
        self.calls.append("create")
        contact.contact_id = 2
        self.contacts[2] = contact
        return contact

    def delete(self, id, check):
        self.calls.append("delete")
        check(self.contacts.get(id))
        del self.contacts[id]

    def default(self):
        self.calls.append("default")
        return ContactEntityWithLinks(contact_id=0, name="", emails=[])

    def application(self, **functions):
        known = {"create": self.create, "delete": self.delete, "default": self.default}
        return ContactApplication(self.load, self.save, **{**known, **functions})


@pytest.fixture
def storage():
    """A storage with new contacts."""
    return Storage()


def ask(app, method, path=f"{PATH}/1", document=None, **environ):
    """The status, the header fields and the body of an answer."""
    body = b"" if document is None else json.dumps(document).encode()
    answered = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    (content,) = app(environ, lambda status, headers: answered.append((int(status[:3]), dict(headers))))
    return *answered[0], content


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", "/API/v1/contact/"])
def test_a_post_creates_a_contact(storage, path):
    """A POST is answered by 201, with the stored contact and its address, and takes nothing that is the server's."""
    document = {"ContactId": 0, "Name": "New", "UpdatedBy": {"AssociateId": 9}, "TableRight": {"Mask": "FULL"}, "Odd": 1}
    status, headers, body = ask(storage.application(), "POST", path, document, SCRIPT_NAME="/crm")
    assert (status, headers["Location"]) == (201, "/crm/api/v1/Contact/2")
    made = decode(body, type=ContactEntityWithLinks)
    assert (made.contact_id, made.name, made.no_mailing, made.extras) == (2, "New", False, {"Odd": 1})
    assert not made.updated_by
    assert not made.table_right
    assert made.updated_date.year > 2000
    assert ask(storage.application(), "PUT", f"{PATH}/2", {"Name": "x"}, HTTP_IF_MATCH=headers["ETag"])[0] == 200


@pytest.mark.parametrize(
    ("document", "content_type", "status"),
    [
        ({"ContactId": 5}, "application/json", 409),
        ([{"op": "add", "path": "/Name", "value": "x"}], "application/json-patch+json", 415),
        ({"Name": 5}, "application/json", 400),
        (None, "application/json", 400),
    ],
)
def test_what_a_post_refuses(storage, document, content_type, status):
    """A POST of a contact with an id, of a patch, or of no contact creates nothing."""
    assert ask(storage.application(), "POST", PATH, document, CONTENT_TYPE=content_type)[0] == status
    assert storage.calls == []


def test_a_host_need_not_return_what_it_was_given(storage):
    """A `create` that returns nothing is taken to have set the id of the contact that it was given."""

    def create(contact):
        contact.contact_id = 7

    status, headers, _ = ask(storage.application(create=create), "POST", PATH, {"Name": "x"})
    assert (status, headers["Location"]) == (201, f"{PATH}/7")


def test_a_delete_is_answered_without_a_body(storage):
    """A DELETE is a 204, and a second one a 404."""
    assert ask(storage.application(), "DELETE") == (204, {}, b"")
    assert ask(storage.application(), "DELETE")[0] == 404


def test_a_conditional_delete(storage):
    """A DELETE of another version is a 412, and deletes nothing."""
    tag = ask(storage.application(), "GET")[1]["ETag"]
    assert ask(storage.application(), "DELETE", HTTP_IF_MATCH='"x"')[0] == 412
    assert 1 in storage.contacts
    assert ask(storage.application(), "DELETE", HTTP_IF_MATCH=tag)[0] == 204


@pytest.mark.parametrize("path", [f"{PATH}/default", f"{PATH}/Default/"])
def test_the_default_contact(storage, path):
    """GET of the default gives a new contact, trimmed by `$select`, without a version."""
    status, headers, body = ask(storage.application(), "GET", path, QUERY_STRING="$select=name")
    assert status == 200
    assert "ETag" not in headers
    assert (json.loads(body)["Name"], json.loads(body)["Emails"]) == ("", None)
    assert ask(storage.application(), "HEAD", path)[0] == 200
    assert ask(storage.application(), "PUT", path, {"Name": "x"})[0] == 405


def test_a_default_that_a_client_read_in_a_language_is_stored_with_all_languages(storage):
    """A default that was read in a language and then posted is stored in all languages, without formatted display texts."""
    supplier = 'NO:"Leverandør";US:"Supplier"'
    category, fields = Category(id=2, value=supplier), {"n": "[F:1234.5]", "t": supplier}
    app = storage.application(default=lambda: ContactEntityWithLinks(contact_id=0, category=category, custom_fields=fields))
    language = {"HTTP_SO_LANGUAGE": "nb", "HTTP_SO_CULTURE": "nb"}
    shown = json.loads(ask(app, "GET", f"{PATH}/default", **language)[2])
    assert shown["Category"]["Value"] == "Leverandør"
    assert shown["CustomFields"]["n:DisplayText"] == "1\xa0234,5"
    shown["CustomFields"]["t"] = "Ny"
    assert ask(app, "POST", PATH, {**shown, "Name": "New"}, **language)[0] == 201
    made = storage.contacts[2]
    assert (made.name, made.category) == ("New", category)
    assert made.custom_fields == {"n": "[F:1234.5]", "t": 'NO:"Ny";US:"Supplier"'}


def test_dates_that_a_client_read_in_a_zone_are_stored_as_they_were(storage):
    """What a GET shows in a zone is stored with equal dates by a PUT and a POST, in an hour that comes twice too."""
    second = Timestamp.parse("2022-10-30T01:30:00")
    app = storage.application(default=lambda: ContactEntityWithLinks(contact_id=0, dbi_last_modified=second))
    storage.contacts[1].dbi_last_modified = second
    zone = {"HTTP_SO_TIMEZONE": "NO"}
    for path, method, target in ((f"{PATH}/1", "PUT", f"{PATH}/1"), (f"{PATH}/default", "POST", PATH)):
        shown = json.loads(ask(app, "GET", path, **zone)[2])
        assert shown["DbiLastModified"] == "2022-10-30T02:30:00"
        assert ask(app, method, target, {**shown, "Name": "New"}, **zone)[0] in (200, 201)
    assert [(each.name, each.dbi_last_modified) for each in storage.contacts.values()] == [("New", second)] * 2
    assert storage.calls == ["load", "load", "save", "create"]


@pytest.mark.parametrize("functions", [{}, {"default": None}], ids=["a default", "no default"])
def test_a_post_in_a_language(storage, functions):
    """A POST in a language stores the texts that it brings, whether or not the host has a default."""
    app = storage.application(**functions)
    assert ask(app, "POST", PATH, {"Name": "New"}, HTTP_SO_LANGUAGE="nb", HTTP_SO_CULTURE="nb")[0] == 201
    assert storage.contacts[2].name == "New"


def test_dates_of_a_post_in_a_zone(storage):
    """A POST's dates are read in the request's zone, whether or not the host has a default."""
    sent, zone = {"DbiLastModified": "2022-10-30T12:00:00"}, {"HTTP_SO_TIMEZONE": "NO"}
    for functions in ({}, {"default": None}):
        assert ask(storage.application(**functions), "POST", PATH, sent, **zone)[0] == 201
        assert str(storage.contacts[2].dbi_last_modified) == "2022-10-30T11:00:00"


METHODS = [
    (f"{PATH}/1", "DELETE", "GET, HEAD, PATCH, PUT"),
    (f"{PATH}/1", "BREW", "GET, HEAD, PATCH, PUT"),
    (f"{PATH}/", "POST", ""),
    (f"{PATH}/", "GET", ""),
    (f"{PATH}/default", "GET", ""),
]


@pytest.mark.parametrize(("path", "method", "allowed"), METHODS)
def test_what_a_host_has_no_function_for_is_a_405(storage, path, method, allowed):
    """Methods for which the host has no function are a 405, and are not in `Allow`."""
    app = storage.application(create=None, delete=None, default=None)
    status, headers, _ = ask(app, method, path, {"Name": "x"})
    assert (status, headers["Allow"]) == (405, allowed)


def test_authorize_is_asked_before_anything_else(storage):
    """A request that `authorize` refuses learns nothing of body or storage, and the answer names the schemes."""

    def authorize(request):
        assert request.document is None
        if request.credentials.scheme is None:
            raise Unauthorized("who are you?", challenges=["SoTicket", "Bearer"])
        raise Forbidden("not you")

    app = storage.application(authorize=authorize)
    answered = []
    environ = {"REQUEST_METHOD": "PUT", "PATH_INFO": f"{PATH}/1", "wsgi.input": None, "CONTENT_LENGTH": "5"}
    app(environ, lambda status, headers: answered.append((status, [pair for pair in headers if pair[0][:3] == "WWW"])))
    assert answered == [("401 Unauthorized", [("WWW-Authenticate", "SoTicket"), ("WWW-Authenticate", "Bearer")])]
    assert ask(app, "GET", HTTP_AUTHORIZATION="Bearer x")[0] == 403
    assert storage.calls == []


@pytest.mark.parametrize("error", [ServiceUnavailable, TooManyRequests, partial(HttpError, status=503)])
@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
def test_a_host_says_when_to_ask_again(storage, error, name):
    """The answer has the `Retry-After` of an error that a host's function raises, and no other field of it."""

    def authorize(request):
        raise error("not now", headers={name: "120", "Content-Length": "5", "X-Odd": "1"})

    status, headers, body = ask(storage.application(authorize=authorize), "GET")
    assert status in (429, 503)
    assert (headers["Retry-After"], headers["Content-Length"]) == ("120", str(len(body)))
    assert "X-Odd" not in headers


def test_a_host_that_says_nothing_of_when_to_ask_again(storage):
    """An error without headers has an answer without `Retry-After`."""

    def authorize(request):
        raise ServiceUnavailable("not now")

    assert "Retry-After" not in ask(storage.application(authorize=authorize), "GET")[1]


def test_authorize_may_take_the_request_by_keyword_only(storage):
    """`authorize` may take the request as a keyword."""

    def authorize(*, request):
        raise Forbidden(f"no {request.method} for you")

    status, _, body = ask(storage.application(authorize=authorize), "GET")
    assert (status, b"no GET for you" in body) == (403, True)


def test_a_deletion_waits_for_a_change_that_is_being_saved(storage):
    """A DELETE waits for a change that is being saved, so the deleted contact does not come back."""
    deleted, saving = threading.Event(), threading.Event()

    def save(contact):
        saving.set()
        assert not deleted.wait(0.2)
        storage.save(contact)

    def delete(id, check):
        storage.delete(id, check)
        deleted.set()

    app = ContactApplication(storage.load, save, delete=delete)
    with ThreadPoolExecutor() as pool:
        changed = pool.submit(ask, app, "PATCH", document={"Name": "new"})
        saving.wait(30)
        assert ask(app, "DELETE")[0] == 204
    assert (changed.result()[0], storage.contacts) == (200, {})


def positional(request, /):
    """Refuse the request, which is taken by position only."""
    raise Forbidden(request.method)


@wraps(positional)
def wrapper(asked):
    """Refuse the request, which the wrapper calls by another name."""
    return positional(asked)


@wraps(lambda request: None)
def passing_on(*arguments, **keywords):
    """Refuse the request, which the wrapper passes on as it is given."""
    raise Forbidden(keywords["request"].method)


@pytest.mark.parametrize("authorize", [positional, wrapper, passing_on], ids=lambda function: function.__name__)
def test_authorize_takes_the_request_as_its_signature_says(storage, authorize):
    """`authorize` gets the request by position or by name, as its signature or that of what it wraps says."""
    assert ask(storage.application(authorize=authorize), "GET")[0] == 403


class Awaited:
    """An object whose call is a coroutine."""

    async def __call__(self, request):
        raise Unauthorized("who are you?")


async def coroutine(*arguments, **keywords):
    """Do nothing, as a coroutine that is never awaited."""


@pytest.mark.parametrize("name", ["save", "update", "create", "delete", "default", "authorize"])
@pytest.mark.parametrize("function", [coroutine, Awaited(), partial(coroutine, 1)], ids=["function", "object", "partial"])
def test_wsgi_takes_no_coroutine_functions(storage, name, function):
    """The WSGI application refuses coroutine functions when it is made, since it would not await them."""
    with pytest.raises(TypeError, match=f"WSGI cannot await the coroutine functions {name}; contactwire.asgi can"):
        ContactApplication(storage.load, **{"save": storage.save, name: function})


@pytest.mark.parametrize("application", [contactwire.asgi.ContactApplication, ContactApplication])
@pytest.mark.parametrize("name", ["load", "save", "update", "create", "delete", "default", "authorize"])
def test_a_host_is_made_of_functions(application, name):
    """What is no function is a TypeError when the application is made, not a 500 of its first request."""
    with pytest.raises(TypeError, match=f"{name} is a function, not 'here'"):
        application(**{"load": print, "save": print, name: "here"})


@pytest.mark.parametrize("application", [contactwire.asgi.ContactApplication, ContactApplication])
def test_a_host_has_an_endpoint(application):
    """An endpoint's class in place of the endpoint is a TypeError when the application is made."""
    with pytest.raises(TypeError, match="endpoint"):
        application(print, print, endpoint=ContactEndpoint)


@pytest.mark.parametrize("application", [contactwire.asgi.ContactApplication, ContactApplication])
def test_an_application_is_shown_with_its_path(application):
    """The representation of an application says which endpoint it serves."""
    endpoint = ContactEndpoint(path="/Person", type=Person)
    assert repr(application(print, print, endpoint=endpoint)) == "<ContactApplication of /Person>"


def test_wsgi_takes_no_coroutine_for_an_answer(storage, caplog):
    """In a WSGI application, a function that returns a coroutine without being a coroutine function is a 500."""
    app = storage.application(authorize=lambda request: coroutine())
    assert ask(app, "GET")[0] == 500
    assert "a host's function is a coroutine function" in caplog.text
    assert storage.calls == []


def swallowing(update):
    """A host's function that rolls back and says nothing where `update` raises."""

    def call(number, ask):
        try:
            return update(number, ask)
        except ContactWireError:
            return ContactEntityWithLinks(contact_id=1, name="Elan")

    return call


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_a_change_raises_is_the_answer_where_a_host_keeps_it(storage, method):
    """A client learns that its precondition failed, also from a host that does not pass the error on."""
    functions = {
        "update": swallowing(lambda number, change: change(storage.load(number))),
        "delete": swallowing(storage.delete),
    }
    app = ContactApplication(storage.load, **functions)
    assert ask(app, method, document={"Name": "New"}, HTTP_IF_MATCH='"other"')[0] == 412


def test_a_change_may_be_tried_again(storage):
    """A host may call `change` again with another version, and only what the last call raises is the answer."""

    def update(number, change):
        with pytest.raises(NotFound):
            change(None)
        return change(storage.load(number))

    assert ask(ContactApplication(storage.load, update=update), "PUT", document={"Name": "New"})[0] == 200


def generator(*arguments):
    """Do nothing, as a generator that nobody asks for its first value."""
    yield


async def async_generator(*arguments):
    """Do the same."""
    yield


@pytest.mark.parametrize("function", [generator, async_generator])
@pytest.mark.parametrize(("name", "method"), [("authorize", "GET"), ("delete", "DELETE")])
def test_a_generator_is_no_answer_of_a_host(storage, caplog, name, method, function):
    """A function with a `yield` has not run when it returns, so that it neither lets anybody in nor deletes anything."""
    app = storage.application(**{name: function})
    assert ask(app, method)[0] == 500
    assert "a host's function is a generator function" in caplog.text
    assert storage.calls == []


@pytest.mark.parametrize(("name", "method"), [("authorize", "GET"), ("create", "POST"), ("delete", "DELETE")])
def test_a_stop_iteration_of_a_host_is_no_answer(storage, caplog, name, method):
    """A host's function that asks an empty iterator for a value is a 500, and not taken for the end of the work."""
    app = storage.application(**{name: lambda *_: next(iter([]))})
    path = PATH if method == "POST" else f"{PATH}/1"
    assert ask(app, method, path, {"Name": "x"} if method == "POST" else None)[0] == 500
    assert f"{method} {path} failed in the storage" in caplog.text


ROW = b'{"ContactId":1,"Name":"secret" oops'
SECRET = "<Row of postgres://user:secret@database>"


class Row:
    """A row, which a host might return by mistake."""

    def __repr__(self):
        return SECRET


def corrupt(*arguments):
    """Raise the error that a host's function raises for a broken row."""
    return decode(ROW, type=ContactEntityWithLinks)


HOSTS_FAULTS = [
    ("a broken row", {"load": corrupt}, "GET"),
    ("a broken row", {"load": corrupt}, "PATCH"),
    ("a broken row", {"update": lambda number, change: change(corrupt())}, "PUT"),
    ("no contact", {"load": lambda number: Row()}, "GET"),
    ("no contact", {"load": lambda number: Row()}, "PUT"),
    ("no contact", {"load": lambda number: {"Name": SECRET}}, "PATCH"),
    ("no contact", {"load": lambda number: Category()}, "GET"),
    ("no contact", {"save": lambda contact: Row()}, "PUT"),
    ("no contact", {"update": lambda number, change: change(Row())}, "PATCH"),
    ("nothing", {"update": lambda number, change: None}, "PUT"),
    ("no contact", {"default": Row}, "default"),
    ("no contact", {"create": lambda contact: Row()}, "POST"),
    ("no id", {"create": lambda contact: None}, "POST"),
    ("another carrier", {"default": Category}, "default"),
    ("another carrier", {"default": Category}, "POST in a language"),
    ("another carrier", {"create": lambda contact: Category(id=2)}, "POST"),
    ("another carrier", {"save": lambda contact: Category()}, "PUT"),
    ("another carrier", {"update": lambda number, change: Category()}, "PUT"),
    ("a wrong value", {"load": lambda number: ContactEntityWithLinks(contact_id=1, name=Row())}, "GET"),
    ("a wrong value", {"default": lambda: ContactEntityWithLinks(name=Row())}, "default"),
    ("what cannot be written", {"save": lambda contact: encode(ContactEntity(name=5))}, "PUT"),
]


@pytest.mark.parametrize(
    ("functions", "method"), [row[1:] for row in HOSTS_FAULTS], ids=[f"{name} {method}" for name, _, method in HOSTS_FAULTS]
)
def test_a_fault_of_the_host_is_a_500_without_internals(storage, caplog, functions, method):
    """A value that a host reads, returns or writes wrongly is a 500 without internals, and is logged."""
    known = {"load": storage.load, "save": storage.save, "create": storage.create, "default": storage.default}
    app = ContactApplication(**{**known, **functions})
    post = ("POST", PATH, {"Name": "x"})
    requests = {"default": ("GET", f"{PATH}/default"), "POST": post, "POST in a language": post, "GET": ("GET",)}
    fields = {"HTTP_SO_LANGUAGE": "nb"} if "language" in method else {}
    status, _, body = ask(app, *requests.get(method, (method, f"{PATH}/1", {"Name": "x"})), **fields)
    assert (status, json.loads(body)["ErrorMessage"]) == (500, "the server failed")
    assert "failed in the storage" in caplog.text


def test_a_fault_of_the_client_reaches_it_through_update(storage, caplog):
    """An error that `change` raises inside of `update` is the client's, even after the host has rolled back."""

    def update(number, change):
        try:
            return change(storage.load(number))
        finally:
            storage.calls.append("rolled back")

    app = ContactApplication(storage.load, update=update)
    assert ask(app, "PATCH", document=[{"op": "test", "path": "/Name", "value": "x"}])[0] == 409
    assert (storage.calls, caplog.text) == (["load", "rolled back"], "")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="only from Python 3.14 on, annotations wait until they are read")
def test_annotations_of_a_function_need_not_be_defined():
    """A host's functions are called without a look at their annotations, which may name what only type checkers see."""
    scope = {"contact": ContactEntityWithLinks(contact_id=1)}
    source = "def load(id: Missing, *, request: Missing) -> Missing: return contact if request else None"
    exec(compile(source, "<function>", "exec", dont_inherit=True), scope)
    assert ask(ContactApplication(scope["load"], print), "GET")[0] == 200


def test_who_asks_reaches_the_storage():
    """Each function with a keyword `request` gets the request, whose user is what `authorize` returned."""
    contact, users = ContactEntityWithLinks(contact_id=1), []

    def noting(function):
        def call(*arguments, request):
            users.append((request.method, request.user))
            return function(*arguments)

        return call

    app = ContactApplication(
        noting(lambda number: contact),
        update=noting(lambda number, change: change(contact)),
        create=noting(lambda contact: ContactEntityWithLinks(contact_id=2)),
        delete=noting(lambda number, check: check(contact)),
        default=noting(ContactEntityWithLinks),
        authorize=lambda request: request.credentials.user_and_password()[0],
    )
    asked = [("GET", f"{PATH}/1"), ("PUT", f"{PATH}/1"), ("POST", PATH), ("DELETE", f"{PATH}/1"), ("GET", f"{PATH}/default")]
    for method, path in asked:
        document = {} if method in ("PUT", "POST") else None
        assert ask(app, method, path, document, HTTP_AUTHORIZATION="Basic S2FyaTpw")[0] in (200, 201, 204)
    assert users == [(method, "Kari") for method, _ in asked]


def test_a_change_has_its_time_and_its_user(storage):
    """PUT, PATCH and POST set `UpdatedDate` to the present, and `UpdatedBy` to the user that `authorize` returned."""
    app = storage.application(authorize=lambda request: Associate(associate_id=7))
    for method, path in (("PUT", f"{PATH}/1"), ("PATCH", f"{PATH}/1"), ("POST", PATH)):
        sent = {"Name": "x", "UpdatedDate": "1999-01-01T00:00:00", "UpdatedBy": {"AssociateId": 9}}
        made = decode(ask(app, method, path, sent)[2], type=ContactEntityWithLinks)
        assert made.updated_by.associate_id == 7
        assert made.updated_date.year > 2020
    assert (made.created_by, made.created_date) == (made.updated_by, made.updated_date)


def test_a_user_of_another_kind_is_no_author(storage):
    """A user that is no `Associate` is not stored in `UpdatedBy`."""
    app = storage.application(authorize=lambda request: "Kari")
    made = decode(ask(app, "PATCH", document={"Name": "x"})[2], type=ContactEntityWithLinks)
    assert made.updated_by.associate_id == 1


def test_an_entity_without_dates_is_stored_as_it_is():
    """An entity without `UpdatedDate` and `UpdatedBy` is stored as it is."""
    saved = []
    endpoint = ContactEndpoint(path="/Person", type=Person, id="person_id", name="Person")
    app = ContactApplication(lambda number: Person(person_id=number), saved.append, endpoint=endpoint)
    assert ask(app, "PATCH", "/Person/1", {"Firstname": "Kari"})[0] == 200
    assert saved == [Person(person_id=1, firstname="Kari")]


def test_without_a_user_who_changed_it_stays(storage):
    """Without a user `UpdatedBy` stays as stored, and `UpdatedDate` is set."""
    made = decode(ask(storage.application(), "PUT", document={"Name": "x"})[2], type=ContactEntityWithLinks)
    assert made.updated_by.associate_id == 1
    assert made.updated_date.year > 2020


FAILURES = [
    (OSError(28, "No space left on device: /secret/path"), 503),
    (ConnectionRefusedError("db.internal:5432"), 503),
    (TimeoutError(), 503),
    (ServiceUnavailable("the database is busy"), 503),
    (sqlite3.OperationalError("no such table: secret"), 500),
    (KeyError("secret"), 500),
    (Forbidden("not today"), 403),
]


@pytest.mark.parametrize(("error", "status"), FAILURES, ids=[type(row[0]).__name__ for row in FAILURES])
@pytest.mark.parametrize(
    ("method", "path", "failing"),
    [
        ("GET", f"{PATH}/1", "load"),
        ("PUT", f"{PATH}/1", "save"),
        ("POST", PATH, "create"),
        ("DELETE", f"{PATH}/1", "delete"),
        ("GET", f"{PATH}/default", "default"),
        ("GET", f"{PATH}/1", "authorize"),
    ],
)
def test_a_failing_host_is_answered_in_the_servers_words(storage, caplog, error, status, method, path, failing):
    """An error that a host's function raises is answered without internals, and the log has the traceback."""

    def fail(*arguments):
        raise error

    functions = {"load": storage.load, "save": storage.save, failing: fail}
    app = ContactApplication(functions.pop("load"), functions.pop("save"), **{**vars_of(storage), **functions})
    with caplog.at_level(logging.ERROR, "contactwire"):
        answered, _, body = ask(app, method, path, {"Name": "x"})
    assert answered == status
    assert json.loads(body)["Error"] is True
    assert b"secret" not in body
    assert b"internal" not in body
    known = isinstance(error, (ServiceUnavailable, Forbidden))
    assert (f"{method} {path} failed in the storage" in caplog.text) is not known


def vars_of(storage):
    """The optional functions of a storage."""
    return {"create": storage.create, "delete": storage.delete, "default": storage.default}


def test_a_mistake_of_ours_is_not_hidden(storage, monkeypatch):
    """An error outside of the host's functions passes to the server that runs the application."""
    endpoint = ContactEndpoint()
    monkeypatch.setattr("contactwire.http.server.localize", lambda *arguments, **options: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        ask(ContactApplication(storage.load, storage.save, endpoint=endpoint), "GET")


def test_load_and_save_alone_lose_no_update(storage):
    """With `load` and `save` alone, simultaneous changes of one contact wait for each other, and none is lost."""
    barrier = threading.Barrier(8)
    app = storage.application()

    def one(number):
        barrier.wait()
        return ask(app, "PATCH", document={"CustomFields": {f"x:{number}": "1"}})[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(8))) == {200}
    assert set(storage.contacts[1].custom_fields) == {f"x:{number}" for number in range(8)}


def test_of_two_raced_puts_by_tag_one_wins(storage):
    """Of simultaneous PUTs with the same tag one is stored, and the others are 412."""
    app = storage.application()
    tag = ask(app, "GET")[1]["ETag"]
    barrier = threading.Barrier(8)

    def one(number):
        barrier.wait()
        return ask(app, "PUT", document={"Name": f"name {number}"}, HTTP_IF_MATCH=tag)[0]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [200] + [412] * 7


def test_a_saved_contact_may_be_another_one(storage):
    """The contact that `save` returns is the answer, such as one with values that the storage computes."""
    app = ContactApplication(storage.load, lambda contact: ContactEntityWithLinks(contact_id=1, name="as stored"))
    assert json.loads(ask(app, "PUT", document={"Name": "x"})[2])["Name"] == "as stored"


def test_the_place_of_a_change_is_that_of_the_request(storage):
    """An answer to a change says where the contact is, also where a host gives it back without its id."""
    app = ContactApplication(storage.load, lambda contact: ContactEntityWithLinks(name=contact.name))
    assert ask(app, "PUT", document={"Name": "x"})[1]["Content-Location"] == f"{PATH}/1"


def test_functions_without_a_signature_are_called_without_the_request(storage):
    """A C function without a signature is called without the request."""
    app = ContactApplication(storage.contacts.get, storage.save)
    assert ask(app, "GET")[0] == 200
    assert ask(ContactApplication(type, storage.save), "GET")[0] == 500


def test_errors_of_the_request_pass_through_the_host(storage):
    """Errors that `change` and `check` raise inside of the host's functions are the answer, not a failed storage."""
    endpoint = ContactEndpoint(type=ContactEntity)
    app = ContactApplication(storage.load, update=lambda number, change: change(None), endpoint=endpoint)
    assert ask(app, "PUT", document={"Name": "x"})[0] == NotFound.status
    assert ask(storage.application(), "PUT", document={"Name": "x"}, HTTP_IF_MATCH='"x"')[0] == PreconditionFailed.status


# The contact, the list, and so many persons that all make 20,000.
LARGEST = b'{"Persons":[' + b"{}," * 19_997 + b"{}]}"
LARGE_CODECS = ContactEndpoint(type=ContactEntity)
LIMITED = [
    ({}, b'{"Interests":[{"ChildItems":[{},{}]}]}', 200),
    ({}, LARGEST, 200),
    ({}, LARGEST.replace(b"[", b"[{},"), 413),
    ({"max_objects": 20_001}, LARGEST.replace(b"[", b"[{},"), 200),
    ({"endpoint": LARGE_CODECS}, LARGEST.replace(b"[", b"[{},"), 200),
    ({}, b'{"Name":""}'.ljust(2**20), 200),
    ({}, b'{"Name":""}'.ljust(2**20 + 1), 413),
    ({"endpoint": LARGE_CODECS}, b'{"Name":""}'.ljust(2**20 + 1), 413),
    ({"max_bytes": 20}, b'{"Interests":[{"ChildItems":[{},{}]}]}', 413),
    ({"max_depth": 3}, b'{"Interests":[{"ChildItems":[{},{}]}]}', 413),
    ({"max_objects": 5}, b'{"Interests":[{"ChildItems":[{},{}]}]}', 413),
    ({"max_depth": 5, "max_objects": 6}, b'{"Interests":[{"ChildItems":[{},{}]}]}', 200),
]


@pytest.mark.parametrize("application", [ContactApplication, contactwire.asgi.ContactApplication])
@pytest.mark.parametrize(("limits", "body", "status"), LIMITED)
def test_an_application_has_limits(application, limits, body, status):
    """A body over a limit of the application, given or by default, is answered with 413."""
    assert put(application, limits, body).status == status


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_limit_of_what_comes_is_none_of_what_is_stored(storage, method, accept):
    """A contact that nests deeper than the application lets bodies nest is read and changed all the same."""
    storage.contacts[1] = ContactEntityWithLinks(contact_id=1, persons=[Person(firstname="a")])
    app = ContactApplication(storage.load, storage.save, max_depth=1)
    status, _, body = ask(app, method, document={"Name": "x"}, HTTP_ACCEPT=accept)
    assert (status, b"Firstname" in body) == (200, True)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("fields", [{}, {"HTTP_SO_LANGUAGE": "de"}, {"HTTP_SO_TIMEZONE": "NO"}])
def test_no_application_takes_what_it_could_not_answer(storage, method, fields):
    """Whatever the application's limit is, a contact that nests deeper than patches and tags follow is refused."""
    deep = 1
    for _ in range(62):
        deep = [deep]
    app = ContactApplication(storage.load, storage.save, max_depth=1000)
    assert ask(app, method, document={"Odd": [deep]}, **fields)[0] == 200
    assert ask(app, method, document={"Odd": [[deep]]}, **fields)[0] == 413
    assert ask(app, "GET", **fields)[0] == 200


def test_a_contact_that_grows_beyond_its_store(storage):
    """A change that makes a contact larger than a `ContactStore` reads is answered with 413, and is not stored."""
    with closing(ContactStore()) as store:
        store.seed()
        app = ContactApplication(store.load, update=store.update)
        store.update(1, lambda stored: evolve(stored, extras={"Odd": "x" * (2**24 - 2**19)}))
        assert ask(app, "PATCH", document={"Name": "x" * 2**19})[0] == 413
        assert ask(app, "PATCH", document={"Name": "y"})[0] == 200


@pytest.mark.parametrize("application", [ContactApplication, contactwire.asgi.ContactApplication])
def test_an_application_limits_the_faults_that_an_answer_lists(application):
    """An answer lists as many faults as the application's limit says."""
    answer = put(application, {"max_faults": 1}, b'{"Name":1,"Department":2}')
    assert (answer.status, answer.body.count(b"expected string")) == (400, 1)


class Rated(ContactEntityWithLinks):
    """A contact with a property of a host's own."""

    rates: Maybe[dict[str, Int32]] = UNSET


WRONG = json.dumps({f"n{number}": "x" for number in range(200)})
MERGED = f'{{"Rates":{WRONG}}}'
PATCHED = f'[{{"op":"add","path":"/Rates","value":{WRONG}}}]'
CHANGES = [
    ("PATCH", "application/json", MERGED),
    ("PATCH", "application/merge-patch+json", MERGED),
    ("PUT", "application/merge-patch+json", MERGED),
    ("PATCH", "application/json", PATCHED),
    ("PATCH", "application/json-patch+json", PATCHED),
    (
        "PATCH",
        "application/xml",
        f"<ContactEntity><Rates>{''.join(f'<n{i}>x</n{i}>' for i in range(200))}</Rates></ContactEntity>",
    ),
    ("PUT", "application/json", MERGED),
]


@pytest.mark.parametrize("limit", [1, 150])
@pytest.mark.parametrize(
    ("method", "media_type", "body"), CHANGES, ids=[f"{method} {type} {body[0]}" for method, type, body in CHANGES]
)
def test_the_faults_of_a_changes_values_are_limited(method, media_type, body, limit):
    """An answer lists as many faults as the limit says also where only the stored contact tells that values are wrong."""
    answer = put(ContactApplication, {"max_faults": limit}, body.encode(), method, media_type, Rated(contact_id=1))
    assert answer.status == 400
    assert f"more than {limit} fault".encode() in answer.body


def put(application, limits, body, method="PUT", media_type="application/json", stored=None):
    """The answer of an application with limits to a PUT of a body, or another change."""
    contact = stored or ContactEntityWithLinks(contact_id=1)
    host = application(lambda number: contact, update=lambda number, change: change(contact), **limits).host
    fields = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    read = partial(read_body, io.BytesIO(body).read, str(len(body)), host.max_bytes)
    return host.answer(method, ("", "/api/v1/Contact/1"), "", fields, read)
