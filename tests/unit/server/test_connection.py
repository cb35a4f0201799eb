"""One client's connection: what it may send, how slowly, and what it is answered."""

import io
import json
import logging
import select
import socket
import struct
import threading
from contextlib import closing

import attrs
import pytest

from contactwire.http import ContactEndpoint
from tests.inside import Incoming, SocketEvent

PATH = "/api/v1/Contact/1"
PUT = f"PUT {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def client(start, connect):
    """A connection to a server."""
    return connect(start())


def answers(connection):
    """Read answers until the server ends the connection, each as status line, fields in lower case, and body."""
    with connection.makefile("rb") as stream:
        while line := stream.readline():
            fields = fields_of(iter(stream.readline, b"\r\n"))
            yield line.decode().rstrip(), fields, stream.read(int(fields.get("content-length", 0)))


def fields_of(lines):
    """Header fields by name, all in lower case."""
    parts = [line.decode().lower().partition(":") for line in lines]
    return {name: value.strip() for name, _, value in parts}


def last(connection, request):
    """Send the bytes and no more, and give the status line, fields and body of the last answer."""
    connection.sendall(request.encode("latin-1"))
    connection.shutdown(socket.SHUT_WR)
    return [*answers(connection)][-1]


# Requests


@pytest.mark.parametrize("origin", ["", "http://crm.example", "https://crm.example:8443", "HTTP://127.0.0.1"])
@pytest.mark.parametrize(("method", "body"), [("GET", ""), ("PUT", '{"Name":"new"}'), ("PATCH", '{"Name":"new"}')])
def test_a_target_may_be_absolute(client, origin, method, body):
    """Every method reads a request target with and without an origin (RFC 9112 §3.2.2)."""
    head = f"{method} {origin}{PATH}?$select=name HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    status, _, answer = last(client, f"{head}Content-Length: {len(body)}\r\n\r\n{body}")
    assert status == "HTTP/1.1 200 OK"
    assert json.loads(answer)["Name"] == ("new" if body else "Elan Hoppski")


@pytest.mark.parametrize("target", [PATH, "/api/v1/Contact/99", "/elsewhere"])
def test_head_is_get_without_the_body(start, connect, target):
    """A HEAD has the status and fields of the GET, with its Content-Length, and no body (RFC 9110 §9.3.2)."""
    address = start()
    got = last(connect(address), f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head = f"HEAD {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    connection = connect(address)
    connection.sendall(head.encode())
    with connection.makefile("rb") as stream:
        status, *lines = stream.read().split(b"\r\n")
    assert status.decode() == got[0]
    assert lines[-2:] == [b"", b""]
    fields = fields_of(lines[:-2])
    assert fields.pop("date")
    assert fields.items() <= got[1].items()
    assert int(fields["content-length"]) == len(got[2]) > 0


def test_requests_may_be_pipelined(client):
    """Pipelined requests are answered in order (RFC 9112 §9.3.2)."""
    get = f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n"
    put = f'{PUT}Content-Length: 14\r\n\r\n{{"Name":"new"}}'
    client.sendall((get + put + get).encode())
    client.shutdown(socket.SHUT_WR)
    assert [json.loads(body)["Name"] for _, _, body in answers(client)] == ["Elan Hoppski", "new", "new"]


@pytest.mark.parametrize("fields", ["TE, close", "close\t", "TE\r\nConnection: Close", ", ,close,", "keep-alive, close"])
@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_a_client_may_have_the_connection_closed(client, version, fields):
    """Behind a request with the option `close`, wherever it is in the list, none is answered (RFC 9112 §9.6)."""
    request = f"GET {PATH} {version}\r\nHost: x\r\nConnection: {fields}\r\n\r\n"
    client.sendall(request.encode() * 2)
    [(_, answered, _)] = answers(client)
    assert answered["connection"] == "close"


def test_an_old_client_is_told_that_the_connection_stays(client):
    """A client of HTTP/1.0 that asks for it may send further requests, and each answer says so."""
    request = f"GET {PATH} HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
    client.sendall(request.encode() * 2 + request.replace("Keep-Alive", "x").encode())
    assert [fields["connection"] for _, fields, _ in answers(client)] == ["keep-alive", "keep-alive", "close"]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [("GET", 400), ("GET / HTTP/9.9", 505), ("BREW /", 400), (f"GET /{'x' * 2**16} HTTP/1.1", 414), ("PUT / HTTP/1.x", 400)],
)
def test_what_is_no_http_is_answered_with_an_error(client, request_line, status):
    """A request line that cannot be read is answered with an error, and ends the connection."""
    line, fields, body = last(client, f"{request_line}\r\nHost: x\r\n\r\n")
    assert line.split()[1] == str(status)
    assert fields["connection"] == "close"
    assert json.loads(body)["Error"] is True


def test_an_empty_line_before_a_request_is_passed_over(client):
    """An empty line before a request is skipped, since old clients send one behind a body (RFC 9112 §2.2)."""
    request = f"\r\nGET {PATH}?$select=name HTTP/1.1\r\nHost: x\r\n\r\n"
    client.sendall(f"{request}{request}\n".encode())
    client.shutdown(socket.SHUT_WR)
    assert [status for status, _, _ in answers(client)] == ["HTTP/1.1 200 OK"] * 2


HOSTS = [
    ("HTTP/1.1", [], 400),
    ("HTTP/1.0", [], 200),
    ("HTTP/1.1", ["x", "x"], 400),
    ("HTTP/1.0", ["x", "x"], 400),
    ("HTTP/1.1", ["a b"], 400),
    ("HTTP/1.1", ["user@crm.example"], 400),
    ("HTTP/1.1", ["crm.example/path"], 400),
    ("HTTP/1.1", ["crm.example:port"], 400),
    ("HTTP/1.1", [""], 200),
    ("HTTP/1.1", ["crm.example:8443"], 200),
    ("HTTP/1.1", ["[::1]:80"], 200),
    ("HTTP/1.1", ["xn--s-1ga.example\t"], 200),
]


@pytest.mark.parametrize(("version", "hosts", "status"), HOSTS, ids=[f"{version} {hosts}" for version, hosts, _ in HOSTS])
def test_a_request_has_one_host(client, version, hosts, status):
    """A request without Host (but in HTTP/1.0), with several or with a malformed one is a 400 (RFC 9112 §3.2)."""
    fields = "".join(f"Host: {host}\r\n" for host in hosts)
    line, _, _ = last(client, f"GET {PATH} {version}\r\n{fields}\r\n")
    assert line.split()[1] == str(status)


def test_a_pipelined_request_is_read_to_its_end_though_the_server_stops():
    """A server that stops reads the body of a request whose head it has, and no further request."""
    client, server = socket.socketpair()
    stop, crowd = SocketEvent(), SocketEvent()
    with client, server, closing(stop), closing(crowd), Incoming(server, 60, stop, crowd) as incoming:
        stream = io.BufferedReader(incoming)
        client.sendall(b"first\nsecond\n")
        incoming.expect_request()
        assert stream.readline() == b"first\n"
        incoming.expect_request()
        assert stream.peek()
        incoming.begin_request()
        stop.set()
        assert stream.readline() == b"second\n"
        client.sendall(b"body\n")
        assert stream.readline() == b"body\n"
        incoming.expect_request()
        assert stream.read() == b""


def test_a_head_that_is_too_long_is_answered_with_an_error(client):
    """A head with too many header fields is answered with an error."""
    line, _, body = last(client, f"GET {PATH} HTTP/1.1\r\n{'X: y' * 1}\r\n" + "X: y\r\n" * 200 + "\r\n")
    assert line.split()[1] == "431"
    assert json.loads(body)["Error"] is True


# Bodies


def test_a_client_that_waits_is_told_to_continue(client):
    """With `Expect: 100-continue`, the server asks for the body before it comes (RFC 9110 §10.1.1)."""
    client.sendall(f"{PUT}Expect: 100-continue\r\nContent-Length: 14\r\n\r\n".encode())
    assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert last(client, '{"Name":"new"}')[0] == "HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("field", "status"), [("Content-Length: 99999999999", 413), ("Content-Length: x", 400), ("Accept: image/png", 406)]
)
def test_a_body_that_is_refused_is_not_asked_for(client, field, status):
    """With `Expect: 100-continue`, a request that its head is enough to refuse is answered at once."""
    client.sendall(f"PUT {PATH} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n{field}\r\n\r\n".encode())
    line, fields, _ = next(answers(client))
    assert line.split()[1] == str(status)
    assert fields.get("connection") == ("close" if "Length" in field else None)


@pytest.mark.parametrize(
    "fields",
    [
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nContent-Length: 30\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 99999999999\r\n",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_body_that_is_not_read_is_no_request(client, method, fields):
    """A body of doubtful or excessive length, or for a method without one, is never read as the next request."""
    smuggled = f"DELETE {PATH} HTTP/1.1\r\n\r\n"
    client.sendall(f"{method} {PATH} HTTP/1.1\r\nHost: x\r\n{fields}\r\n{smuggled}".encode())
    client.shutdown(socket.SHUT_WR)
    [(_, answered, _)] = answers(client)
    assert answered["connection"] == "close"


def test_an_answer_arrives_though_the_body_is_not_read(start, connect):
    """A client that sends a large body before it reads gets the answer that refuses it (RFC 9112 §9.6)."""
    connection = connect(start())
    size = 2**24  # which the buffers of the system do not hold
    connection.sendall(f"{PUT}Content-Length: {size}\r\n\r\n".encode() + b" " * size)
    assert next(answers(connection))[0].split()[1] == "413"


@pytest.mark.parametrize("sent", ["", '{"Name":"Sto', '{"Name":"Stolen"}'])
def test_a_body_that_is_cut_short_changes_nothing(start, connect, sent):
    """A body with fewer bytes than its Content-Length is refused, even if it is a document (RFC 9112 §8)."""
    address = start()
    line, _, body = last(connect(address), f"{PUT}Content-Length: 30\r\n\r\n{sent}")
    assert line.split()[1] == "400"
    assert f"{len(sent)} of 30 bytes" in json.loads(body)["ErrorMessage"]
    assert json.loads(last(connect(address), f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")[2])["Name"] == "Elan Hoppski"


# Time


def drip(connection, text):
    """Send a text byte by byte, again and again, until the server answers or disconnects; give what it sent."""
    while True:
        for letter in text:
            if select.select([connection], [], [], 0.01)[0]:
                return connection.recv(1000)
            connection.send(letter.encode())


def test_a_slow_head_ends_the_connection(start, connect):
    """A client that sends the head byte by byte is disconnected at the limit."""
    assert drip(connect(start(time_limit=0.3)), "GET / HTTP/1.1") == b""


def test_a_slow_body_is_refused(start, connect):
    """A client that sends the body byte by byte is answered that it is too slow."""
    connection = connect(start(time_limit=0.3))
    connection.sendall(f"{PUT}Content-Length: 1000000\r\n\r\n".encode())
    assert drip(connection, " ").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("first", ["", f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_silent_connection_ends(start, connect, first):
    """A client that sends nothing, or nothing more, is disconnected without an error."""
    connection = connect(start(time_limit=0.3))
    connection.sendall(first.encode())
    assert len([*answers(connection)]) == bool(first)


# Clients that leave, and servers that fail


@pytest.fixture
def held(start):
    """A server whose storage sets `reached` and then waits for `release`."""
    reached, release = threading.Event(), threading.Event()

    def update(id, change):
        reached.set()
        assert release.wait(60)
        return change(contact())

    def contact():
        return ContactEndpoint().type(contact_id=1, name="x" * 10_000_000)

    return attrs.make_class("Held", ["address", "reached", "release"])(start(update=update), reached, release)


def reset(connection):
    """End a connection by a reset, as the system does where a client is killed."""
    # SO_LINGER with 0 seconds.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_client_that_leaves_before_the_answer_is_no_error(held, connect, caplog, capfd):
    """A client that resets the connection before the answer causes no log and no output."""
    connection = connect(held.address)
    connection.sendall(f'{PUT}Content-Length: 14\r\n\r\n{{"Name":"new"}}'.encode())
    assert held.reached.wait(60)
    reset(connection)
    held.release.set()
    assert last(connect(held.address), f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")[0].endswith("200 OK")
    assert caplog.text == ""
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize("sent", ["PUT /api", f"{PUT}Content-Length: 14\r\n", f"{PUT}Content-Length: 14\r\n\r\n{{"])
def test_a_client_that_leaves_amid_its_request_is_no_error(start, connect, caplog, capfd, sent):
    """A client that resets the connection within its request causes no log and no output."""
    address = start(workers=1)
    connection = connect(address)
    connection.sendall(f"{sent}".encode())
    reset(connection)
    assert last(connect(address), f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")[0].endswith("200 OK")
    assert caplog.text == ""
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize(
    ("error", "status"), [(OSError("/secret/path"), "503"), (LookupError("secret"), "500"), (MemoryError(), "500")]
)
def test_storage_that_fails_is_an_answer(start, connect, caplog, error, status):
    """An error that the host's functions raise is answered without internals, and logged."""

    def load(id):
        raise error

    with caplog.at_level(logging.ERROR, "contactwire"):
        line, fields, body = last(connect(start(load=load)), f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.split()[1] == status
    assert "secret" not in json.loads(body)["ErrorMessage"]
    assert "connection" not in fields
    assert str(error) in caplog.text


def test_a_mistake_of_ours_is_an_answer(start, connect, caplog):
    """An error outside of the host's functions is answered with 500, and logged."""
    broken = ContactEndpoint()
    object.__setattr__(broken, "registry", None)
    with caplog.at_level(logging.ERROR, "contactwire"):
        line, _, body = last(connect(start(endpoint=broken)), f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.split()[1] == "500"
    assert json.loads(body)["ErrorMessage"] == "the server failed"
    assert "AttributeError" in caplog.text
