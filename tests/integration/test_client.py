"""The clients against real servers: `contactwire serve`, and applications called without a socket."""

import asyncio
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from contactwire import UNSET, ContactEntityWithLinks, JsonPatch, asgi, evolve, wsgi
from contactwire.client import AsyncContactClient, ContactClient
from contactwire.errors import (
    BadAnswer,
    Conflict,
    Forbidden,
    NoAnswer,
    NotFound,
    PreconditionFailed,
    TimedOut,
    Unauthorized,
    UpdateConflict,
)
from contactwire.http import Credentials
from contactwire.server import ContactStore

THREADS, EACH = 8, 5


@pytest.fixture(scope="module")
def base():
    """The address of `contactwire serve` in a process of its own."""
    command = [sys.executable, "-m", "contactwire", "serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield process.stdout.readline().strip().removesuffix("/api/v1/Contact/1")
    process.terminate()
    process.communicate()


@pytest.fixture
def client(base):
    """A client of that server."""
    with ContactClient(base) as client:
        yield client


@pytest.fixture
def store(tmp_path):
    """A new store for an application."""
    store = ContactStore(tmp_path / "contacts.sqlite")
    store.seed()
    yield store
    store.close()


def functions(store):
    """The functions of a store that an application takes."""
    return {"update": store.update, "create": store.create, "delete": store.delete, "default": store.default}


def test_the_life_of_a_contact(client):
    """A contact is created, read, put, patched and deleted, and each answer holds what is stored."""
    created = client.create(evolve(client.default(), name="Elan"))
    read = client.get(created.contact_id)
    assert read == created
    read.department = "Oslo"
    put = client.put(read)
    patched = client.patch(put, evolve(put, org_nr="1"))
    assert (patched.name, patched.department, patched.org_nr) == ("Elan", "Oslo", "1")
    with pytest.raises(PreconditionFailed):
        client.delete(put)
    assert client.delete(patched) is None
    with pytest.raises(NotFound, match=f"Contact id {created.contact_id} not found"):
        client.get(created.contact_id)


def new(client, **values):
    """The id of a new contact."""
    return client.create(ContactEntityWithLinks(name="new", custom_fields={}, **values)).contact_id


def count(contact):
    """Add one to the number that is stored."""
    contact.description = str(int(contact.description or 0) + 1)


def mark(number):
    """A change that sets a key of its own."""

    def change(contact):
        contact.custom_fields = {**contact.custom_fields, f"x:{number}": "1"}

    return change


def test_racing_threads_lose_no_update(client):
    """Of eight threads that share a client, every count and every key is stored."""
    id = new(client)
    barrier = threading.Barrier(THREADS)

    def work(thread):
        barrier.wait()
        for number in range(EACH):
            client.update(id, count, on_conflict="redo", attempts=1000)
            client.update(id, mark(thread * EACH + number), attempts=1000)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    contact = client.get(id)
    assert int(contact.description) == THREADS * EACH
    assert contact.custom_fields == {f"x:{number}": "1" for number in range(THREADS * EACH)}


def test_racing_tasks_lose_no_update(store):
    """Of eight tasks on an ASGI application without a socket, every count and every key is stored."""

    async def run():
        app = asgi.ContactApplication(store.load, **functions(store))
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        async with AsyncContactClient("http://crm.example", client=http) as client, http:
            id = (await client.create(ContactEntityWithLinks(name="new", custom_fields={}))).contact_id

            async def work(task):
                for number in range(EACH):
                    await client.update(id, count, on_conflict="redo", attempts=1000)
                    await client.update(id, mark(task * EACH + number), attempts=1000)

            await asyncio.gather(*map(work, range(THREADS)))
            return await client.get(id)

    contact = asyncio.run(run())
    assert int(contact.description) == THREADS * EACH
    assert len(contact.custom_fields) == THREADS * EACH


def test_two_changes_that_meet(client):
    """A client that changes what another has changed meanwhile gets both versions, and can merge them by hand."""
    id = new(client)

    def change(contact):
        if contact.name == "new":
            client.update(id, lambda other: evolve(other, name="theirs", department="Oslo"))
        return evolve(contact, name="mine")

    with pytest.raises(UpdateConflict) as caught:
        client.update(id, change)
    assert caught.value.places == ("/Name",)
    assert (caught.value.base.name, caught.value.mine.name, caught.value.theirs.name) == ("new", "mine", "theirs")
    resolved = evolve(caught.value.theirs, name="ours")
    assert client.put(resolved).name == client.get(id).name == "ours"
    assert client.get(id).department == "Oslo"


def test_parts_of_a_contact(client):
    """A contact read by `$select` is never put, and an `update` of it leaves all other properties."""
    part = client.get(1, select="name,emails/value")
    assert (part.org_nr, part.contact_id) == (UNSET, UNSET)
    part.contact_id = 1
    with pytest.raises(ValueError, match="use patch"):
        client.put(part)
    before = client.get(1)
    client.update(1, lambda contact: evolve(contact, name="Part"), select="name")
    after = client.get(1)
    assert after.name == "Part"
    assert evolve(after, name=before.name, updated_date=before.updated_date) == before


def test_languages(base, client):
    """A client that reads in one language changes that language and leaves the others."""
    id = new(client)
    client.update(id, lambda contact: evolve(contact, description='NO:"Leverandør";US:"Supplier"'))
    with ContactClient(base, language="us") as american:
        assert american.get(id).description == "Supplier"
        assert american.update(id, lambda contact: evolve(contact, description="Vendor")).description == "Vendor"
    assert client.get(id).description == 'NO:"Leverandør";US:"Vendor"'


@pytest.mark.parametrize("media_type", ["application/xml", "text/json"])
def test_other_formats(base, media_type):
    """A client can send and receive another format."""
    with ContactClient(base, media_type=media_type, accept=media_type) as client:
        contact = client.get(1)
        contact.description = media_type
        assert client.put(contact).description == media_type
        assert client.update(1, lambda contact: evolve(contact, department="x")).department == "x"


def authorize(request):
    """Refuse a request without the expected credentials."""
    if request.credentials.scheme is None:
        raise Unauthorized(challenges=["Bearer"])
    if request.credentials.authorization.reveal() != "topsecret":
        raise Forbidden("not you")


def test_credentials(store):
    """A WSGI application without a socket gets the credentials, and its refusals are errors of their own class."""
    app = wsgi.ContactApplication(store.load, authorize=authorize, **functions(store))

    def connect(credentials):
        http = httpx2.Client(transport=httpx2.WSGITransport(app))
        return ContactClient("http://crm.example", client=http, credentials=credentials)

    with pytest.raises(Unauthorized) as caught:
        connect(None).get(1)
    assert caught.value.challenges == ("Bearer",)
    with pytest.raises(Forbidden, match="not you"):
        connect(Credentials(scheme="Bearer", authorization="wrong")).get(1)
    assert connect(Credentials(scheme="Bearer", authorization="topsecret")).get(1).contact_id == 1


def test_a_patch_that_does_not_fit(client):
    """A patch whose test fails is a conflict."""
    with pytest.raises(Conflict):
        client.patch(1, JsonPatch.parse([{"op": "test", "path": "/Name", "value": "?"}]))


@contextmanager
def raw_server(answer):
    """The address of a server that answers each connection with these bytes, and then waits until it may close it."""
    done = threading.Event()

    def serve():
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                if not is_complete:
                    done.wait(60)

    is_complete = b"CLOSE" in answer
    answer = answer.replace(b"CLOSE", b"")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SLOW = {"no head": b"", "half a head": HEAD, "half a body": HEAD + b"Content-Length: 20\r\n\r\n{"}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
def test_a_server_that_is_slow(answer):
    """A client waits for a server that stops within its answer as long as the timeout, and raises TimedOut."""
    with (
        raw_server(answer) as base,
        ContactClient(base, timeout=0.05) as client,
        pytest.raises(TimedOut),
    ):
        client.get(1)


HOSTILE = {
    "no HTTP": (b"CLOSEhello\r\n\r\n", NoAnswer),
    "nothing": (b"CLOSE", NoAnswer),
    "a body that is cut short": (HEAD + b'Content-Length: 20\r\n\r\n{"Name":"x"}CLOSE', NoAnswer),
    "a chunk that is cut short": (HEAD + b'Transfer-Encoding: chunked\r\n\r\nff\r\n{"Name":"x"}CLOSE', NoAnswer),
    "too many headers": (HEAD + b"X: y\r\n" * 50_000 + b"\r\nCLOSE", NoAnswer),
    "a page": (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", BadAnswer),
    "no type": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", BadAnswer),
    "two types": (HEAD + b"Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", BadAnswer),
    "a contact in another encoding": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", BadAnswer),
    "a list": (HEAD + b"Content-Length: 2\r\n\r\n[]", BadAnswer),
}


@pytest.mark.parametrize(("answer", "error"), HOSTILE.values(), ids=HOSTILE)
def test_a_server_that_is_hostile(answer, error):
    """Bytes that are no answer with a contact are an error of the server."""
    with raw_server(answer) as base, ContactClient(base) as client, pytest.raises(error):
        client.get(1)


def test_a_server_that_is_not_there():
    """A server that cannot be reached is NoAnswer, with the request."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with ContactClient(address) as client, pytest.raises(NoAnswer, match=r"GET http://[^ ]+/api/v1/Contact/1: "):
        client.get(1)
