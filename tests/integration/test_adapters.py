"""The ASGI and WSGI applications under real servers, and inside other frameworks."""

import asyncio
import gc
import io
import sys
import threading
from contextlib import closing, suppress

import flask
import httpx
import pytest
import requests
from fastapi import FastAPI

from contactwire import (
    UNSET,
    Associate,
    ContactEntity,
    ContactEntityWithLinks,
    Maybe,
    Person,
    asgi,
    decode,
    default_registry,
    encode,
    wsgi,
)
from contactwire.errors import HttpError, Unauthorized
from contactwire.http import ContactEndpoint, ContactRequest
from contactwire.server import ContactStore, samples


class Storage:
    """Contacts in memory, with functions and coroutine functions for a host."""

    def __init__(self):
        self.contacts = {contact.contact_id: contact for contact in samples()}

    def load(self, number):
        return self.contacts.get(number)

    def save(self, contact):
        self.contacts[contact.contact_id] = contact

    async def load_later(self, number):
        await asyncio.sleep(0)
        return self.load(number)

    async def save_later(self, contact):
        await asyncio.sleep(0)
        self.save(contact)
        return contact


@pytest.fixture
def storage():
    """A storage with new contacts."""
    return Storage()


def exchange(client, base):
    """Read, change and read a contact, and provoke some errors, in the same way for every adapter."""
    url = f"{base}/api/v1/Contact/1"
    got = client.get(url, params={"$select": "name"}, headers={"Accept": "text/xml"})
    assert (got.status_code, got.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert decode(got.content, "text/xml", type=ContactEntityWithLinks).name == "Elan Hoppski"
    got = client.patch(url, content=b'{"Name":"\xc3\x85se"}', headers={"Content-Type": "application/merge-patch+json"})
    assert (got.status_code, got.json()["Name"]) == (200, "Åse")
    got = client.put(url, content=b"Name=x&ContactId=2", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert got.status_code == 409
    assert client.get(url).json()["Name"] == "Åse"
    assert client.get(f"{base}/api/v1/Contact/77").status_code == 404
    refused = client.request("DELETE", url)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, PATCH, PUT")
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(client.get(url).content)
    assert client.get(url, headers={"If-None-Match": head.headers["etag"]}).status_code == 304
    assert client.put(url, content=b" " * 2000, headers={"Content-Type": "application/json"}).status_code == 413


class Requests:
    """`requests` with the names of httpx."""

    def __getattr__(self, method):
        def call(*target, content=None, **options):
            return getattr(requests, method)(*target, data=content, timeout=30, **options)

        return call


@pytest.fixture
def store():
    """New contacts in a database."""
    with closing(ContactStore()) as store:
        store.seed()
        yield store


@pytest.mark.parametrize("kind", ["coroutines", "functions", "one transaction"])
def test_asgi_under_uvicorn(serve_asgi, storage, store, kind):
    """Under uvicorn the ASGI application serves whole exchanges with coroutine functions, functions, and `update`."""
    app = {
        "coroutines": lambda: asgi.ContactApplication(storage.load_later, storage.save_later, max_bytes=1000),
        "functions": lambda: asgi.ContactApplication(storage.load, storage.save, max_bytes=1000),
        "one transaction": lambda: asgi.ContactApplication(store.load, update=store.update, max_bytes=1000),
    }[kind]()
    base = serve_asgi(app)
    with httpx.Client(timeout=30) as client:
        exchange(client, base)


def test_wsgi_under_waitress(serve_wsgi, storage):
    """Under waitress the WSGI application serves whole exchanges."""
    exchange(Requests(), serve_wsgi(wsgi.ContactApplication(storage.load, storage.save, max_bytes=1000)))


def test_mounted_in_fastapi(serve_asgi, storage):
    """Below a mount point of FastAPI the application finds the endpoint's path."""
    app = FastAPI()
    app.mount("/crm", asgi.ContactApplication(storage.load, storage.save, max_bytes=1000))
    with httpx.Client(timeout=30) as client:
        exchange(client, serve_asgi(app) + "/crm")


def test_mounted_in_flask(serve_wsgi, storage):
    """Below a mount point of a WSGI dispatcher in Flask the application finds the endpoint's path."""
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    app = flask.Flask(__name__)
    app.wsgi_app = DispatcherMiddleware(
        app.wsgi_app, {"/crm": wsgi.ContactApplication(storage.load, storage.save, max_bytes=1000)}
    )
    exchange(Requests(), serve_wsgi(app) + "/crm")


def test_mounted_at_the_endpoints_own_path(serve_wsgi, storage):
    """The mount point may be the endpoint's path itself."""
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    mounted = DispatcherMiddleware(
        flask.Flask(__name__).wsgi_app,
        {"/api/v1/Contact": wsgi.ContactApplication(storage.load, storage.save, max_bytes=1000)},
    )
    exchange(Requests(), serve_wsgi(mounted))


def test_another_path(serve_asgi, storage):
    """An application can serve another path than the default."""
    app = asgi.ContactApplication(storage.load, storage.save, endpoint=ContactEndpoint(path="/c"))
    assert httpx.get(f"{serve_asgi(app)}/c/1", timeout=30).json()["ContactId"] == 1


def test_coroutine_functions_of_a_host(serve_asgi, storage):
    """Each function of an ASGI host may be a coroutine function, and may take the request."""
    asked = []

    async def authorize(request):
        if request.credentials.scheme is None:
            raise Unauthorized
        return Associate(associate_id=7)

    async def create(contact, *, request):
        contact.contact_id = 9
        asked.append(request.user.associate_id)
        await storage.save_later(contact)

    async def delete(number, check):
        check(await storage.load_later(number))
        del storage.contacts[number]

    async def default():
        return ContactEntityWithLinks(contact_id=0)

    functions = {"authorize": authorize, "create": create, "delete": delete, "default": default}
    base = serve_asgi(asgi.ContactApplication(storage.load_later, storage.save_later, **functions)) + "/api/v1/Contact"
    assert httpx.get(f"{base}/1", timeout=30).headers["www-authenticate"] == 'Basic realm="CRM", Bearer'
    with httpx.Client(timeout=30, headers={"Authorization": "Bearer x"}) as client:
        made = client.post(f"{base}/", json={"Name": "New"})
        assert (made.status_code, made.json()["UpdatedBy"]["AssociateId"], asked) == (201, 7, [7])
        assert client.get(f"{base}/default").json()["ContactId"] == 0
        assert [client.delete(f"{base}/9").status_code for _ in range(2)] == [204, 404]


def test_load_and_save_as_coroutines_lose_no_update(serve_asgi, storage):
    """Simultaneous changes of one contact by coroutine functions wait for each other, on any event loop."""

    async def race(app):
        async def one(number):
            body, sent = f'{{"CustomFields":{{"x:{number}":"1"}}}}'.encode(), []

            async def receive():
                return {"type": "http.request", "body": body}

            async def send(message):
                sent.append(message)

            headers = [(b"content-type", b"application/json")]
            scope = {"type": "http", "method": "PATCH", "path": "/api/v1/Contact/1", "query_string": b"", "headers": headers}
            await app(scope, receive, send)
            return sent[0]["status"]

        return await asyncio.gather(*map(one, range(8)))

    app = asgi.ContactApplication(storage.load_later, storage.save_later)
    for _ in range(2):
        assert asyncio.run(race(app)) == [200] * 8
        assert {f"x:{number}" for number in range(8)} <= set(storage.load(1).custom_fields)


def test_a_cancelled_request_undoes_no_later_one(storage):
    """A change whose request is cancelled while it is saved is saved before the next change, which sees it."""
    saving, go_on = threading.Event(), threading.Event()

    def save(contact):
        if contact.name == "first":
            saving.set()
            assert go_on.wait(30)
        storage.save(contact)

    app = asgi.ContactApplication(storage.load, save)

    async def patch(body):
        async def receive():
            return {"type": "http.request", "body": body}

        async def send(message):
            pass

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "PATCH", "path": "/api/v1/Contact/1", "query_string": b"", "headers": headers}
        await app(scope, receive, send)

    async def cancel_and_change():
        first = asyncio.create_task(patch(b'{"Name":"first"}'))
        await asyncio.to_thread(saving.wait, 30)
        first.cancel()
        second = asyncio.create_task(patch(b'{"Department":"second"}'))
        await asyncio.sleep(0)
        go_on.set()
        await second

    asyncio.run(cancel_and_change())
    assert (storage.load(1).name, storage.load(1).department) == ("first", "second")


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_cancelled_request_leaves_no_error_behind(storage, caplog, is_stopped):
    """A change that is refused when its request has been cancelled, or stopped with the server, is no error in the log."""
    loading, go_on = threading.Event(), threading.Event()

    def load(number):
        loading.set()
        assert go_on.wait(30)
        return storage.load(number)

    app = asgi.ContactApplication(load, storage.save)
    headers = [(b"content-type", b"application/json"), (b"if-match", b'"old"')]
    scope = {"type": "http", "method": "PATCH", "path": "/api/v1/Contact/1", "query_string": b"", "headers": headers}

    async def receive():
        return {"type": "http.request", "body": b'{"Name":"x"}'}

    async def cancel():
        others = asyncio.all_tasks()
        request = asyncio.create_task(app(scope, receive, None))
        await asyncio.to_thread(loading.wait, 30)
        request.cancel()
        await asyncio.wait([request])
        (change,) = asyncio.all_tasks() - others
        if is_stopped:
            change.cancel()
        go_on.set()
        await asyncio.wait([change])
        return request.cancelled()

    assert asyncio.run(cancel())
    gc.collect()
    assert caplog.records == []
    assert storage.load(1).name == "Elan Hoppski"


def test_a_failing_coroutine_is_an_answer_too(storage):
    """An error of a coroutine function is logged and answered as that of a function is."""

    async def fail(number):
        raise OSError("secret")

    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/api/v1/Contact/1", "query_string": b"", "headers": []}
    asyncio.run(asgi.ContactApplication(fail, storage.save)(scope, receive, send))
    assert sent[0]["status"] == 503
    assert b"secret" not in sent[1]["body"]


def test_a_function_that_ends_an_iteration_by_mistake_is_answered(storage):
    """A StopIteration of a host's function, as of `next` without a default, is answered with 500, in any thread."""

    def load(number):
        return next(contact for contact in storage.contacts.values() if contact.contact_id == number)

    async def ask(method):
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"{}"}

        async def send(message):
            sent.append(message)

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "path": "/api/v1/Contact/77", "query_string": b"", "headers": headers}
        await asyncio.wait_for(asgi.ContactApplication(load, storage.save)(scope, receive, send), 30)
        return sent[0]["status"]

    assert [asyncio.run(ask(method)) for method in ("GET", "PATCH")] == [500, 500]


def test_a_server_may_not_tell_the_raw_path(storage):
    """A server may leave out ASGI's optional `raw_path`, or send None."""
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    for raw in ({}, {"raw_path": None}):
        scope = {"type": "http", "method": "GET", "path": "/api/v1/Contact/1", "query_string": b"", "headers": [], **raw}
        asyncio.run(asgi.ContactApplication(storage.load, storage.save)(scope, receive, send))
    assert [message["status"] for message in sent if "status" in message] == [200, 200]


def test_the_error_of_a_head_has_no_body(storage):
    """A HEAD that fails is answered with the fields of the GET, and without a body, also to a server that drops none."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/api/v1/Contact/77", "query_string": b"", "headers": []}
    for method in ("GET", "HEAD"):
        asyncio.run(asgi.ContactApplication(storage.load, storage.save)({**scope, "method": method}, None, send))
    start, body, start_of_head, body_of_head = sent
    assert (start["status"], start_of_head) == (404, start)
    assert (body["body"][:1], body_of_head["body"]) == (b"{", b"")


def test_an_application_needs_storage(storage):
    """An application without `save` and without `update` is refused, since it could serve no PUT."""
    for kind in (asgi, wsgi):
        with pytest.raises(TypeError, match="save or update"):
            kind.ContactApplication(storage.load)


def test_a_client_that_goes_away(storage):
    """A disconnect within the body ends the call without an answer."""
    app = asgi.ContactApplication(storage.load, storage.save)
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent = []

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": "/api/v1/Contact/1", "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    assert sent == []


class Turns:
    """A wait, in the calling thread, until another task of the event loop has had ten turns.

    In the thread of the event loop no other task could have a turn, so there it does not wait, and notes zero turns.
    """

    media_types = ("application/x-turns",)

    def __init__(self):
        self.loop, self.count, self.waited = None, 0, {}

    def wait(self, what):
        """Wait for ten turns, and note how many there were."""
        before, enough = self.count, threading.Event()
        if threading.get_ident() != self.loop:
            self.enough, self.until = enough, before + 10
            assert enough.wait(30)
        self.waited[what] = self.count - before

    async def take(self):
        """Count one turn after another without end."""
        self.loop = threading.get_ident()
        while True:
            self.count += 1
            if self.count >= getattr(self, "until", self.count + 1):
                self.enough.set()
            await asyncio.sleep(0)

    def decode(self, body, type=ContactEntityWithLinks):
        """Decode JSON, after a wait."""
        self.wait("decode")
        return decode(body, type=type)

    def encode(self, value, *, selection=None):
        """Encode as JSON, after a wait."""
        self.wait("encode")
        return encode(value, select=selection)


def turns_while_answering(storage, monkeypatch, method, body, media_type="application/x-turns"):
    """How many turns another task had while a body was decoded, applied and answered, with the status of the answer."""
    turns, sent = Turns(), []
    registry = default_registry.copy()
    registry.register(turns)
    app = asgi.ContactApplication(storage.load_later, storage.save_later, endpoint=ContactEndpoint(registry=registry))
    apply = ContactRequest.apply
    monkeypatch.setattr(ContactRequest, "apply", lambda request, stored: turns.wait("apply") or apply(request, stored))
    names = {b"content-type": media_type.encode(), b"accept": b"application/x-turns"}
    scope = {"type": "http", "method": method, "path": "/api/v1/Contact/1", "query_string": b"", "headers": names.items()}

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    async def answer():
        other = asyncio.create_task(turns.take())
        await asyncio.sleep(0)
        await app(scope, receive, send)
        other.cancel()

    asyncio.run(answer())
    return turns.waited, sent[0]["status"]


def test_a_large_body_does_not_hold_up_others(storage, monkeypatch):
    """While a large PUT is decoded, applied and answered, another task of the event loop gets turns."""
    body = encode(ContactEntityWithLinks(name="x" * 2**16))
    waited, status = turns_while_answering(storage, monkeypatch, "PUT", body)
    assert status == 200
    assert sorted(waited) == ["apply", "decode", "encode"]
    assert min(waited.values()) >= 10


def test_a_large_body_with_a_fault_does_not_hold_up_others(storage, monkeypatch):
    """While a large body is refused, another task of the event loop gets turns."""
    waited, status = turns_while_answering(storage, monkeypatch, "PUT", b"[" * 2**16)
    assert status == 413
    assert waited["decode"] >= 10


def test_a_small_request_for_a_large_contact_does_not_hold_up_others(storage, monkeypatch):
    """A small PATCH is decoded at once, and while it changes a large contact and is answered, another task gets turns."""
    waited, status = turns_while_answering(storage, monkeypatch, "PATCH", b'{"Name":"x"}')
    assert status == 200
    assert waited["decode"] == 0
    assert min(waited["apply"], waited["encode"]) >= 10


def test_reading_a_large_contact_does_not_hold_up_others(storage, monkeypatch):
    """While the answer to a GET of a large contact is written, another task gets turns."""
    waited, status = turns_while_answering(storage, monkeypatch, "GET", b"")
    assert status == 200
    assert waited["encode"] >= 10


@pytest.mark.parametrize(("before", "within"), [(0.005, 0.0005), (0.0001, 0.0001)])
@pytest.mark.parametrize("end", ["lifespan.shutdown", None])
def test_threads_take_turns_often_while_a_server_runs(storage, before, within, end):
    """From the server's startup to its shutdown or its end, threads switch every half a millisecond, or more often."""
    messages, seen = ["lifespan.startup", end], []

    async def receive():
        message = messages.pop(0)
        if message is None:
            raise asyncio.CancelledError
        return {"type": message}

    async def send(message):
        seen.append((message["type"], round(sys.getswitchinterval(), 4)))

    usual = sys.getswitchinterval()
    sys.setswitchinterval(before)
    try:
        with suppress(asyncio.CancelledError):
            asyncio.run(asgi.ContactApplication(storage.load, storage.save)({"type": "lifespan"}, receive, send))
        assert round(sys.getswitchinterval(), 4) == before
    finally:
        sys.setswitchinterval(usual)
    assert seen == [(f"{message}.complete", within) for message in ("lifespan.startup", end) if message]


def test_other_protocols_are_refused(storage):
    """The application refuses a WebSocket with a ValueError."""
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(asgi.ContactApplication(storage.load, storage.save)({"type": "websocket"}, None, None))


@pytest.mark.parametrize("length", ["many", "-1", "+5", "5, 5", "0x5", "5.0", "1_0", "²", "٣", "9" * 5000, "0" * 5000])
def test_a_wsgi_server_may_pass_a_wrong_length(storage, length):
    """A Content-Length that is no number of bytes is a bad request with the endpoint's message."""
    app, answered = wsgi.ContactApplication(storage.load, storage.save), []
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": length,
        "wsgi.input": io.BytesIO(b"{}"),
    }
    (body,) = app(environ, lambda status, headers: answered.append(status))
    assert answered == ["400 Bad Request"]
    assert b"Content-Length" in body


@pytest.mark.parametrize("terminated", [False, True])
def test_a_wsgi_body_that_is_cut_short_changes_nothing(storage, terminated):
    """A body that ends before its Content-Length is a bad request, even if the received part is a valid form."""
    app, answered = wsgi.ContactApplication(storage.load, storage.save), []
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": "25",
        "wsgi.input": io.BytesIO(b"Name=Elan"),
        "wsgi.input_terminated": terminated,
    }
    app(environ, lambda status, headers: answered.append(status))
    assert answered == ["400 Bad Request"]
    assert storage.load(1).name == "Elan Hoppski"


@pytest.mark.parametrize(("body", "status"), [(b'{"Name":"x"}', "200 OK"), (b" " * 101, "413 Content Too Large")])
def test_a_wsgi_body_without_a_length(storage, body, status):
    """Without a Content-Length, as from a server that decodes chunks, the body ends with the stream or at the limit."""
    app, answered = wsgi.ContactApplication(storage.load, storage.save, max_bytes=100), []
    environ = {
        "REQUEST_METHOD": "PATCH",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
    }
    app(environ, lambda status, headers: answered.append(status))
    assert [answered[0][:3]] == [status[:3]]


@pytest.mark.parametrize("length", ["25", ""])
def test_a_wsgi_body_that_breaks_off_changes_nothing(storage, length):
    """A body of which the server cannot read the rest, such as one with a broken chunk, is a bad request."""

    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("Invalid chunk header")

    app, answered = wsgi.ContactApplication(storage.load, storage.save), []
    environ = {
        "REQUEST_METHOD": "PATCH",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": length,
        "wsgi.input": Broken(),
        "wsgi.input_terminated": True,
    }
    app(environ, lambda status, headers: answered.append(status))
    assert answered == ["400 Bad Request"]
    assert storage.load(1).name == "Elan Hoppski"


@pytest.mark.parametrize("length", [{}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "0"}])
def test_a_wsgi_stream_may_have_no_end(storage, length):
    """Where neither a Content-Length nor the server ends the body, there is none; to read the stream might never end."""
    app, answered = wsgi.ContactApplication(storage.load, storage.save), []
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(b'{"Name":"of the next request"}'),
        **length,
    }
    app(environ, lambda status, headers: answered.append(status))
    assert answered == ["400 Bad Request"]
    assert environ["wsgi.input"].tell() == 0


def test_chunks_that_a_wsgi_server_does_not_read(storage):
    """They are refused with 411 (RFC 9110 §15.5.12), since an empty form in their place would be a contact."""
    app, answered = wsgi.ContactApplication(storage.load, storage.save), []
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/api/v1/Contact/1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(b"Name=Elan"),
    }
    app(environ, lambda status, headers: answered.append(status))
    assert answered == ["411 Length Required"]


def test_a_status_of_the_hosts_own_has_a_reason():
    """A status that HTTP does not define is answered with a reason."""

    def load(id):
        raise HttpError("not today", status=499)

    app, answered = wsgi.ContactApplication(load, lambda contact: None), []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/Contact/1", "wsgi.input": io.BytesIO()}
    app(environ, lambda status, headers: answered.append(status))
    assert answered == ["499 Status"]


class Shop(ContactEntityWithLinks):
    """A contact with a property of a user's own."""

    tier: Maybe[str] = UNSET


@pytest.mark.parametrize(
    ("served", "given", "status"),
    [
        (Shop, Shop, "200 OK"),
        (Shop, ContactEntityWithLinks, "500 Internal Server Error"),
        (Shop, Person, "500 Internal Server Error"),
        (ContactEntityWithLinks, Shop, "200 OK"),
        (ContactEntityWithLinks, ContactEntity, "200 OK"),
        (ContactEntityWithLinks, Person, "500 Internal Server Error"),
    ],
)
def test_a_host_that_stores_another_class(served, given, status):
    """What lacks a property of the endpoint's class would lose it: an error of the host. Links need not be there."""
    functions = (lambda number: given(), lambda contact: None)
    app, answered = wsgi.ContactApplication(*functions, endpoint=ContactEndpoint(type=served)), []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/Contact/1", "wsgi.input": io.BytesIO()}
    app(environ, lambda status, headers: answered.append(status))
    assert answered == [status]
