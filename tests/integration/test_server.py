"""`contactwire serve`, called by real clients on the loopback interface."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests

from contactwire import ContactEntityWithLinks, JsonPatch, MergePatch, decode, encode
from contactwire.errors import PreconditionFailed
from contactwire.http import RequestBuilder
from contactwire.negotiation import REQUEST_TYPES, RESPONSE_TYPES

CLIENT = RequestBuilder()


@pytest.fixture(scope="module")
def session():
    """A session that keeps its connection."""
    with requests.Session() as session:
        yield session


def send(session, base, request):
    """The status, headers and body of the answer to a client's request."""
    answer = session.request(
        request.method, base + request.target, headers=dict(request.headers), data=request.body, timeout=30
    )
    return answer.status_code, answer.headers, answer.content


def exchange(session, base, request):
    """The contact in the answer to a client's request."""
    return CLIENT.parse(request, *send(session, base, request))


def document(sent):
    """A body that sets the department, in a request type."""
    if sent == "application/json-patch+json":
        return encode(JsonPatch.parse([{"op": "replace", "path": "/Department", "value": "Ny"}]), sent)
    if sent == "application/merge-patch+json":
        return encode(MergePatch.parse({"Department": "Ny"}), sent)
    return encode(ContactEntityWithLinks(department="Ny", name="N"), sent)


@pytest.mark.parametrize("select", ["", "?$select=department,persons/firstname"])
@pytest.mark.parametrize("answer", RESPONSE_TYPES)
@pytest.mark.parametrize("sent", REQUEST_TYPES)
def test_every_request_type_times_every_response_type(base, session, sent, answer, select):
    """For every request type and response type, the answer holds what was saved, trimmed to the selection."""
    url = f"{base}/api/v1/Contact/1{select}"
    headers = {"Content-Type": sent, "Accept": answer}
    got = session.request("PATCH", url, data=document(sent), headers=headers, timeout=30)
    assert (got.status_code, got.headers["Content-Type"]) == (200, f"{answer}; charset=utf-8"), got.text
    read = decode(got.content, got.headers["Content-Type"], type=ContactEntityWithLinks)
    contact = read.apply(ContactEntityWithLinks()) if "patch" in answer else read
    assert contact.department == "Ny"
    assert bool(contact.links) is not bool(select)


ERRORS = [
    ("GET", "/api/v1/Contact/99", {}, b"", 404),
    ("GET", "/elsewhere", {}, b"", 404),
    ("GET", "/api/v1/Contact/1", {"Accept": "image/png"}, b"", 406),
    ("GET", "/api/v1/Contact/1?$select=nmae", {}, b"", 400),
    ("GET", "/api/v1/Contact/1", {"SO-TimeZone": "Mars"}, b"", 400),
    ("DELETE", "/api/v1/Contact/99", {}, b"", 404),
    ("DELETE", "/api/v1/Contact/", {}, b"", 405),
    ("BREW", "/api/v1/Contact/1", {}, b"", 405),
    ("PUT", "/api/v1/Contact/1", {"Content-Type": "application/json"}, b"", 400),
    ("PUT", "/api/v1/Contact/1", {"Content-Type": "application/json"}, b'{"Name":1}', 400),
    ("PUT", "/api/v1/Contact/1", {"Content-Type": "application/json"}, b'{"ContactId":2}', 409),
    ("PUT", "/api/v1/Contact/1", {"Content-Type": "image/png"}, b"{}", 415),
    (
        "PUT",
        "/api/v1/Contact/1",
        {"Content-Type": "application/json", "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        b"{}",
        412,
    ),
    ("PATCH", "/api/v1/Contact/1", {"Content-Type": "application/json"}, b'[{"op":"test","path":"/Name","value":"?"}]', 409),
    ("PUT", "/api/v1/Contact/1", {"Content-Type": "application/json"}, b" " * (4 * 2**20 + 1), 413),
]


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "status"), ERRORS, ids=[f"{row[0]}-{row[4]}-{n}" for n, row in enumerate(ERRORS)]
)
def test_each_error_code(base, session, method, target, headers, body, status):
    """Each fault has its status, and a body with the server's message format."""
    got = session.request(method, base + target, headers=headers, data=body, timeout=30)
    assert got.status_code == status
    assert got.json()["Error"] is True


def test_not_modified(base, session):
    """A GET that is conditional on the last change is a 304 without a body."""
    changed = session.get(f"{base}/api/v1/Contact/3", timeout=30).headers["Last-Modified"]
    got = session.get(f"{base}/api/v1/Contact/3", headers={"If-Modified-Since": changed}, timeout=30)
    assert (got.status_code, got.content) == (304, b"")


def in_chunks(base, body, *lines, version="1.1"):
    """The answer to a PATCH whose body is sent as it stands, and to a GET that comes behind it."""
    fields = lines or ("Transfer-Encoding: chunked",)
    head = f"PATCH /api/v1/Contact/1 HTTP/{version}\r\nHost: x\r\nContent-Type: application/json\r\n"
    after = b"GET /api/v1/Contact/99 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    return answer_to(base, "".join([head, *(f"{line}\r\n" for line in fields), "\r\n"]).encode() + body + after)


CHUNKED = {
    "one": b'10\r\n{"Name":"Chunk"}\r\n0\r\n\r\n',
    "several": b'8\r\n{"Name":\r\n8\r\n"Chunk"}\r\n0\r\n\r\n',
    "single bytes": b"".join(b"1\r\n%c\r\n" % byte for byte in b'{"Name":"Chunk"}') + b"000\r\n\r\n",
    "an extension": b'10 ; a="b;c"\r\n{"Name":"Chunk"}\r\n0;last\r\n\r\n',
    "trailers": b'010\r\n{"Name":"Chunk"}\r\n0\r\nX-Sum: 5\r\nContent-Length: 99\r\n\r\n',
    "upper case": b'1A\r\n{"Name":"Chunk"          }\r\n0\r\n\r\n',
}


@pytest.mark.parametrize("body", CHUNKED.values(), ids=CHUNKED)
def test_a_body_in_chunks(base, body):
    """A body in chunks (RFC 9112 §7.1) is read to its end, behind which the next request begins."""
    answer = in_chunks(base, body)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"Name":"Chunk"' in answer
    assert answer.count(b"HTTP/1.1 404 ") == 1
    assert in_chunks(base, body, "transfer-encoding: Chunked").startswith(b"HTTP/1.1 200 ")


BAD_CHUNKS = {
    "no size": b'\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "a sign": b'+c\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "a prefix": b'0xc\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "no hexadecimal digit": b'g\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "many digits": b'0000000000000000c\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "a bare line feed": b'c\n{"Name":"x"}\r\n0\r\n\r\n',
    "a long extension": b"c;" + b"x" * 500 + b'\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "too short a size": b'b\r\n{"Name":"x"}\r\n0\r\n\r\n',
    "trailers without end": b'c\r\n{"Name":"x"}\r\n0\r\n' + b"X: y\r\n" * 5_000,
    "a trailer without end": b'c\r\n{"Name":"x"}\r\n0\r\nX' + b"y" * 20_000,
}


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_bad_chunks(base, body):
    """What is no chunk makes the request a 400 and ends the connection, since nobody knows where the next one begins."""
    answer = in_chunks(base, body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_chunks_that_end_early(base):
    """A body whose connection ends between two chunks changes nothing."""
    before = requests.get(f"{base}/api/v1/Contact/1", timeout=30).content
    head = b"PATCH /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    for body in (b"6\r\nName=x\r\n", b"6\r\nName=x\r\n0\r\n", b"9\r\nName=x"):
        answer = answer_to(base, head + b"Transfer-Encoding: chunked\r\n\r\n" + body)
        assert answer.startswith(b"HTTP/1.1 400 ")
    assert requests.get(f"{base}/api/v1/Contact/1", timeout=30).content == before


def test_chunks_up_to_the_limit(base):
    """Chunks that are together as long as a body may be, 1 MiB, are read."""
    body = b'{"Name":"Chunk"}'
    blanks = b" " * (2**20 - len(body))
    answer = in_chunks(base, b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body, len(blanks), blanks))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_chunks_beyond_the_limit(base):
    """Chunks that are more than a body may have are refused with 413 before they come."""
    answer = in_chunks(base, b"2\r\n{}\r\n7fffffff\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1") == 1


CODINGS = {
    "of HTTP/1.0": (("Transfer-Encoding: chunked",), "1.0", 400),
    "beside a length": (("Transfer-Encoding: chunked", "Content-Length: 5"), "1.1", 400),
    "another coding": (("Transfer-Encoding: gzip, chunked",), "1.1", 501),
    "another coding before": (("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), "1.1", 501),
    "twice": (("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), "1.1", 501),
    "none": (("Transfer-Encoding: identity",), "1.1", 501),
    "nothing": (("Transfer-Encoding:",), "1.1", 501),
}


@pytest.mark.parametrize(("lines", "version", "status"), CODINGS.values(), ids=CODINGS)
def test_transfer_codings(base, lines, version, status):
    """Where nobody knows how long a body is, it is refused, and the connection ends (RFC 9112 §6.1, §6.3)."""
    answer = in_chunks(base, CHUNKED["one"], *lines, version=version)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1


def test_chunks_that_wait_for_a_word(base):
    """A client that expects it is told to send its chunks, once."""
    answer = in_chunks(base, CHUNKED["several"], "Transfer-Encoding: chunked", "Expect: 100-continue")
    assert answer.startswith(b"HTTP/1.1 100 ")
    assert answer.count(b"HTTP/1.1 100 ") == answer.count(b"HTTP/1.1 200 ") == 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl to call the server with")
def test_curl(base, tmp_path):
    """Curl, called as in the documentation, gets the contact that it asks for."""
    body = tmp_path / "body.json"
    body.write_bytes(b'{"Name":"Curled"}')
    command = [
        "curl",
        "--silent",
        "--fail",
        "--request",
        "PATCH",
        "--header",
        "Content-Type: application/json",
        "--header",
        "Accept: application/xml",
        "--data-binary",
        f"@{body}",
        f"{base}/api/v1/Contact/2?%24select=name",
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    assert b"<Name>Curled</Name>" in done.stdout


def test_a_mixed_load_loses_nothing(base):
    """A thousand requests of all kinds on eight connections are all answered, and every change is stored."""
    local = threading.local()

    def one(number):
        session = local.__dict__.setdefault("session", requests.Session())
        if number % 2:
            return send(session, base, CLIENT.get(3, select="name"))[0]
        sent = REQUEST_TYPES[number % len(REQUEST_TYPES)]
        patch = JsonPatch.parse([{"op": "add", "path": f"/CustomFields/x:{number}", "value": sent}])
        accept = RESPONSE_TYPES[number % len(RESPONSE_TYPES)]
        return send(session, base, RequestBuilder(accept=accept).patch(3, patch))[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(1000))) == {200}
    with requests.Session() as session:
        contact = exchange(session, base, CLIENT.get(3))
    assert {key for key in contact.custom_fields if key.startswith("x:")} == {f"x:{number}" for number in range(0, 1000, 2)}


def test_racing_updates_lose_nothing(base):
    """Clients that add one to a counter, on the condition that nobody else did meanwhile, count right."""

    def add_one(_):
        with requests.Session() as session:
            while True:
                contact = exchange(session, base, CLIENT.get(2))
                count = int(contact.description or 0) if contact.description else 0
                contact.description = str(count + 1)
                try:
                    return exchange(session, base, CLIENT.put(contact)).description
                except PreconditionFailed:
                    continue

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(add_one, range(30)))
    assert sorted(map(int, results)) == list(range(1, 31))


def start(database):
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-m", "contactwire", "serve", "--db", str(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline().strip()
    assert line, process.stderr.read()
    return process, line.removesuffix("/api/v1/Contact/1")


def test_killed_in_mid_write_it_keeps_what_it_answered(tmp_path):
    """After SIGKILL during writes, the last answered change is stored, and the database is sound."""
    database = tmp_path / "contacts.sqlite"
    process, base = start(database)
    answered = []

    def write():
        with requests.Session() as session:
            for number in range(100_000):
                try:
                    status, _, body = send(session, base, CLIENT.patch(1, MergePatch.parse({"Description": str(number)})))
                except requests.ConnectionError:
                    return
                assert status == 200
                answered.append(json.loads(body)["Description"])
                if len(answered) == 40:
                    enough.set()

    enough = threading.Event()
    writer = threading.Thread(target=write)
    writer.start()
    assert enough.wait(60)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    writer.join()

    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    process, base = start(database)
    with requests.Session() as session:
        kept = exchange(session, base, CLIENT.get(1)).description
    process.terminate()
    process.communicate()
    # A change that was stored but not yet answered may be there as well.
    assert int(answered[-1]) <= int(kept) <= int(answered[-1]) + 1


def test_serve_says_what_is_wrong(tmp_path):
    """A file that is no database is a usage error."""
    wrong = tmp_path / "x.sqlite"
    wrong.write_bytes(b"no database " * 100)
    done = subprocess.run([sys.executable, "-m", "contactwire", "serve", "--db", str(wrong)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"contactwire: --db {wrong}: file is not a database\n"


def begin(base, body):
    """A connection with a PATCH whose head is sent, and whose body the server waits for."""
    address = urlsplit(base)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue"
    connection.sendall(f"PATCH /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    return connection


def wait_until_closed(base):
    """Return when the server accepts no more connections."""
    address = urlsplit(base)
    while True:
        try:
            socket.create_connection((address.hostname, address.port), timeout=60).close()
        except OSError:
            return


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_the_server(tmp_path, name):
    """On Ctrl+C or SIGTERM the server answers the requests that have begun, closes its database, and exits with 0."""
    database, body = tmp_path / "contacts.sqlite", b'{"Description":"the last"}'
    process, base = start(database)
    with requests.Session() as session, begin(base, body) as connection:
        assert send(session, base, CLIENT.get(1))[0] == 200  # and the connection is kept
        process.send_signal(getattr(signal, name))
        wait_until_closed(base)
        connection.sendall(body)
        with connection.makefile("rb") as stream:
            answer = stream.read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close\r\n" in answer
    assert process.communicate()[1] == ""
    assert process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["contacts.sqlite"]  # SQLite has left no log that must be read
    process, base = start(database)
    with requests.Session() as session:
        assert exchange(session, base, CLIENT.get(1)).description == "the last"
    process.terminate()
    process.communicate()


def test_a_second_signal_ends_the_server_at_once(tmp_path):
    """On a second signal the server ends at once, without waiting for a request that has begun."""
    process, base = start(tmp_path / "contacts.sqlite")
    with begin(base, b"{}"):
        process.send_signal(signal.SIGINT)
        wait_until_closed(base)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == -signal.SIGTERM


def test_two_servers_share_a_database(tmp_path):
    """Changes by two servers on one file are all stored, and each server reads those of the other."""
    first, second = start(tmp_path / "contacts.sqlite"), start(tmp_path / "contacts.sqlite")
    local = threading.local()

    def add(number):
        session = local.__dict__.setdefault("session", requests.Session())
        base = (first, second)[number % 2][1]
        patch = JsonPatch.parse([{"op": "add", "path": f"/CustomFields/x:{number}", "value": "1"}])
        return send(session, base, CLIENT.patch(1, patch))[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(200))) == {200}
    for process, base in (first, second):
        with requests.Session() as session:
            contact = exchange(session, base, CLIENT.get(1))
        assert {f"x:{number}" for number in range(200)} <= set(contact.custom_fields)
        process.terminate()
        process.communicate()


def answer_to(base, request):
    """The answer to the bytes of a request, after which the client sends no more."""
    address = urlsplit(base)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


@pytest.mark.parametrize("length", ["many", "", "-1", "+5", "5, 5", "0x5", "5.0", "1_0", "²", "٣", "9" * 5000, "0" * 5000])
def test_a_length_that_is_no_number_is_refused(base, length):
    """A Content-Length that is no number is a bad request, and ends the connection."""
    head = f"PUT /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
    answer = answer_to(base, head.encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Length" in answer.partition(b"\r\n\r\n")[2]


def test_a_body_that_is_cut_short_changes_nothing(base):
    """A PUT whose connection ends within the body is a bad request, even if the received part is a valid form."""
    before = requests.get(f"{base}/api/v1/Contact/1", timeout=30).content
    head = "PUT /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    answer = answer_to(base, f"{head}Content-Length: 25\r\n\r\nName=Elan".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"9 of 25 bytes" in answer
    assert requests.get(f"{base}/api/v1/Contact/1", timeout=30).content == before


MALFORMED = [
    "X Foo: bar",
    "Content-Length : 60",
    "XFoo",
    "Transfer-Encoding : chunked",
    'X: a\rIf-Match: "zz"',
    "X: a\rContent-Length: 60",
    "From : x",
    "From x",
    " folded",
    "X: a\0",
    ": x",
]


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_header_line_ends_the_connection(base, line):
    """A header line that is no field makes the request a 400 and ends the connection (RFC 9112 §5.1)."""
    head = f'GET /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\n{line}\r\nIf-Match: "x"\r\n\r\n'
    answer = answer_to(base, (head + "DELETE /api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
