"""`ContactServer` and `serve`: how many connections are served at once, and how a server stops."""

import logging
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from unittest.mock import Mock
from urllib.request import urlopen

import pytest
import requests

from contactwire import ContactEntityWithLinks
from contactwire.errors import ServiceUnavailable
from contactwire.server import ContactServer, ContactStore, serve

PATH = "/api/v1/Contact/1"
GET = f"GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def url(address):
    """The URL of contact 1."""
    return "http://{}:{}{}".format(*address, PATH)


def test_no_more_connections_than_workers_are_served_at_once(start):
    """As many connections as there are workers are served at once, and all are served in the end."""
    together, lock, most, now = threading.Barrier(3), threading.Lock(), [0], [0]

    def load(id):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait(60)
        with lock:
            now[0] -= 1
        return ContactEntityWithLinks(contact_id=id)

    address = start(workers=3, load=load)
    with ThreadPoolExecutor(12) as pool:
        got = [*pool.map(lambda _: requests.get(url(address), timeout=60).status_code, range(12))]
    assert got == [200] * 12
    assert most == [3]


@pytest.mark.parametrize(("kept", "asks"), [(1, True), (4, True), (4, False)])
def test_idle_connections_give_way(start, connect, kept, asks):
    """Idle connections end soon where others wait for a worker, also those that have never asked for anything."""
    address = start(workers=kept, time_limit=6)
    idle = [connect(address) for _ in range(kept)]
    for connection in idle if asks else ():
        connection.sendall(GET)
        assert read_answer(connection) == b"HTTP/1.1 200 OK"
    assert requests.get(url(address), timeout=3).status_code == 200


def test_an_idle_connection_stays_where_nobody_waits(start, connect):
    """A connection may be idle for the limit of time, also after others have waited."""
    address = start(workers=1, time_limit=6)
    for connection in (connect(address), connect(address)):
        connection.sendall(GET)
        assert read_answer(connection) == b"HTTP/1.1 200 OK"
    time.sleep(0.2)  # twice as long as where others wait
    connection.sendall(GET)
    assert read_answer(connection) == b"HTTP/1.1 200 OK"


def test_a_connection_is_served_once_one_ends(start, connect):
    """A connection waits until a worker is free, even longer than the server waits at a time."""
    address = start(workers=1, time_limit=2)
    first = connect(address)
    first.sendall(b"GET / HT")  # which ends when its time is up
    assert requests.get(url(address), timeout=60).status_code == 200
    first.setblocking(False)
    assert first.recv(1) == b""


def test_a_connection_that_cannot_be_accepted_costs_no_worker(start, monkeypatch):
    """Where accepting fails, as without free descriptors, the worker serves the next connection."""
    accept, failures = socket.socket.accept, [1, 2]

    def failing(self):
        if failures:
            failures.pop()
            raise OSError("too many open files")
        return accept(self)

    monkeypatch.setattr(socket.socket, "accept", failing)
    assert requests.get(url(start(workers=1)), timeout=60).status_code == 200


def test_what_goes_wrong_is_logged(start, connect, monkeypatch, caplog):
    """An error that no answer can report, as when no thread can start, is logged and costs no worker."""
    original, failed = threading.Thread.start, threading.Event()

    def failing(self):
        if "process_request" in repr(self._target) and not failed.is_set():
            failed.set()
            raise RuntimeError("can't start new thread")
        original(self)

    address = start(workers=1)
    monkeypatch.setattr(threading.Thread, "start", failing)
    with caplog.at_level(logging.ERROR, "contactwire"):
        assert connect(address).recv(100) == b""
    assert "can't start new thread" in caplog.text
    assert requests.get(url(address), timeout=60).status_code == 200


def test_a_server_that_closes_answers_what_has_begun(tmp_path):
    """`server_close` ends idle connections, answers requests that have begun, and then closes the database."""
    path = tmp_path / "contacts.sqlite"
    server = serve(str(path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    opened = [socket.create_connection(server.server_address, timeout=60) for _ in range(4)]
    silent, idle, reading, writing = opened
    for connection in (idle, reading, writing):
        connection.sendall(GET)
        assert read_answer(connection) == b"HTTP/1.1 200 OK"
    body = b'{"Description":"last"}'
    head = f"PATCH {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    for connection in (reading, writing):
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    server.shutdown()
    thread.join()
    closing_ = threading.Thread(target=server.server_close)
    closing_.start()
    assert silent.recv(100) == b""
    assert idle.recv(100) == b""
    for connection in (reading, writing):
        connection.sendall(body)
        answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
    closing_.join()
    for connection in opened:
        connection.close()
    with closing(ContactStore(str(path))) as store:
        assert store.load(1).description == "last"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.server_address)


def read_answer(connection):
    """Read one answer byte by byte, so that nothing of the next one is read, and give its status line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1) or pytest.fail("the connection has ended")
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    while length:
        length -= len(connection.recv(length))
    return head.partition(b"\r\n")[0]


def read_all(connection):
    """Read to the end of a connection."""
    with connection.makefile("rb") as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("statement", "reading", "changing"), [("BEGIN IMMEDIATE", 200, 503), ("DROP TABLE contact", 500, 500)]
)
def test_a_database_that_fails_is_an_answer(start, tmp_path, statement, reading, changing):
    """A locked database answers readers, and writers with 503; one without its table is a 500 without internals."""
    path = str(tmp_path / "contacts.sqlite")
    with closing(ContactStore(path, timeout=0)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.seed()
        other.execute(statement)
        address = start(load=store.load, update=store.update)
        got = requests.get(url(address), timeout=60)
        changed = requests.patch(url(address), json={"Name": "x"}, timeout=60)
        assert (got.status_code, changed.status_code) == (reading, changing)
        for word in (path, "sqlite", "table", "lock"):
            assert word not in changed.json()["ErrorMessage"]


def test_a_port_that_is_taken():
    """Where the port is taken, `serve` raises OSError and leaves nothing open."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(port=taken.getsockname()[1])


def test_an_address_of_ipv6():
    """A server listens on an address of IPv6, too, and its URL has the address in brackets."""
    with serve(host="::1") as server:
        port = server.server_address[1]
        assert server.url == f"http://[::1]:{port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with urlopen(f"{server.url}/api/v1/Contact/1", timeout=60) as answer:
                assert answer.status == 200
        finally:
            server.shutdown()
            thread.join()


def test_a_system_without_the_protocol(monkeypatch):
    """Where the system has no sockets of that protocol, `serve` raises OSError and closes the database."""
    closed = Mock()
    monkeypatch.setattr(ContactServer, "address_family", 255)
    monkeypatch.setattr(ContactStore, "close", closed)
    with pytest.raises(OSError, match="not supported"):
        serve()
    closed.assert_called_once_with()


def test_a_database_that_stays_locked(tmp_path, monkeypatch):
    """Where another process keeps a new database locked, the error of `serve` says that it may work later."""
    path = str(tmp_path / "contacts.sqlite")
    ContactStore(path).close()
    monkeypatch.setattr(ContactStore.__init__, "__kwdefaults__", {**ContactStore.__init__.__kwdefaults__, "timeout": 0})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ServiceUnavailable):
            serve(path)


def test_a_server_that_is_closed_twice():
    """A server may be closed inside of its `with`, as any server of the standard library."""
    with serve() as server:
        server.server_close()
    with pytest.raises(sqlite3.ProgrammingError, match="the database is closed"):
        server.host.load.call(1)


WINDOWS = """
import http.server, sqlite3, sys
http.server.HTTPServer.allow_reuse_port = True
sys.platform = sys.argv[1]
from contactwire.server import ContactServer
print(bool(ContactServer.allow_reuse_address), bool(ContactServer.allow_reuse_port))
"""


@pytest.mark.parametrize(("platform", "printed"), [("win32", "False False"), ("linux", "True False")])
def test_a_port_has_one_server(platform, printed):
    """On no system a second server gets the port of a first one; Windows gives it to whoever reuses addresses."""
    command = [sys.executable, "-c", WINDOWS, platform]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == printed


@pytest.mark.parametrize(
    ("options", "error"),
    [*(({"workers": workers}, ValueError) for workers in (0, -1, None, 1.5, True)), ({"endpoint": "/api"}, TypeError)],
)
def test_a_server_refuses_wrong_options(options, error):
    """A server without workers would never answer, and one without an endpoint only with 500: neither is made."""
    with pytest.raises(
        error, match=r"workers is an integer, 1 or more, not|endpoint is of type ContactEndpoint, not '/api'"
    ):
        serve(**options)


def test_a_server_and_its_store_say_where_they_are():
    """The representation of a server has its address, that of a store its file."""
    server = serve(":memory:")
    assert repr(server) == f"<ContactServer at {server.url}>"
    assert repr(server._store) == "ContactStore(':memory:')"
    server.server_close()
