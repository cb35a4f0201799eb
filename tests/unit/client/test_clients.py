"""What both clients send, and what they return or raise for each answer."""

import asyncio
import copy
import gzip
import inspect
import json
import logging
import pickle
import subprocess
import sys

import httpx2
import pytest

from contactwire import ContactEntityWithLinks, JsonPatch, MergePatch, Person, UnsupportedMediaType, decode, encode
from contactwire.client import AsyncContactClient, ContactClient
from contactwire.errors import (
    BadAnswer,
    BadRequest,
    Conflict,
    ContentTooLarge,
    DecodeError,
    Forbidden,
    HeaderError,
    HttpError,
    MediaTypeRefused,
    MethodNotAllowed,
    NoAnswer,
    NotFound,
    NotModified,
    PreconditionFailed,
    TimedOut,
    TooManyRequests,
    Unauthorized,
    ValidationError,
)
from contactwire.http import Credentials

CONTACT = ContactEntityWithLinks(contact_id=5, name="x")
TAG = '"abc"'
CREDENTIALS = Credentials(scheme="Bearer", authorization="topsecret", app_token="topsecret", xsrf_token="topsecret")


class Server:
    """A server that gives every request the same answer, and keeps the requests."""

    def __init__(self, status=200, content=None, **headers):
        self.status, self.content = status, encode(CONTACT) if content is None else content
        self.headers = {"Content-Type": "application/json", "ETag": TAG}
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        return httpx2.Response(self.status, headers=self.headers, content=self.content)


PATCH = MergePatch.parse({"Name": "y"})
CALLS = {
    "get": (lambda client: client.get(5, select="name"), "GET", "/5?$select=name"),
    "default": (lambda client: client.default(select="name"), "GET", "/default?$select=name"),
    "put": (lambda client: client.put(CONTACT, select="name"), "PUT", "/5?$select=name"),
    "patch": (lambda client: client.patch(5, PATCH, select="name"), "PATCH", "/5?$select=name"),
    "create": (lambda client: client.create(CONTACT, select="name"), "POST", "/?$select=name"),
    "delete": (lambda client: client.delete(5), "DELETE", "/5"),
}


@pytest.mark.parametrize(("call", "method", "target"), CALLS.values(), ids=CALLS)
def test_each_method_sends_its_request(connect, call, method, target):
    """Each method sends the request that its builder makes, below the base URL, and returns the contact in the answer."""
    server = Server()
    got = call(connect(server, credentials=CREDENTIALS, language="no"))
    (request,) = server.requests
    assert (request.method, str(request.url)) == (method, f"https://crm.example/Cust1/api/v1/Contact{target}")
    assert request.headers["Authorization"] == "Bearer topsecret"
    assert request.headers["SO-Language"] == "no"
    assert got is None if method == "DELETE" else got.name == "x"


def test_a_contact_is_put_with_its_tag(connect):
    """A contact that one method returned is sent back by the next on the condition that nobody else has changed it."""
    server = Server()
    client = connect(server)
    contact = client.get(5)
    contact.name = "y"
    client.put(contact)
    client.put(contact, unconditional=True)
    assert [request.headers.get("If-Match") for request in server.requests] == [None, TAG, None]
    assert decode(server.requests[1].content).name == "y"


def test_a_tag_goes_back_byte_for_byte(connect):
    """An entity tag may have characters beyond ASCII (RFC 9110 §8.8.3)."""
    server = Server(ETag=b'"\xe6\xff"')
    client = connect(server)
    client.put(client.get(5))
    assert (b"If-Match", b'"\xe6\xff"') in server.requests[1].headers.raw


def test_xml(connect):
    """A client can send and receive XML."""
    server = Server(content=encode(CONTACT, "text/xml"), Content_Type="text/xml; charset=utf-8")
    client = connect(server, media_type="application/xml", accept="text/xml")
    assert client.put(CONTACT) == CONTACT
    assert server.requests[0].headers["Accept"] == "text/xml"
    assert server.requests[0].content == encode(CONTACT, "application/xml")


def test_another_entity(connect):
    """A client of another carrier class returns instances of that class, and finds the key in them."""
    server = Server(content=b'{"PersonId":7}')
    client = connect(server, type=Person, path="/api/v1/Person", id="person_id")
    assert client.put(client.get(7)) == Person(person_id=7)
    assert [request.url.path for request in server.requests] == ["/Cust1/api/v1/Person/7"] * 2


STATUSES = [
    (304, NotModified),
    (400, BadRequest),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (405, MethodNotAllowed),
    (409, Conflict),
    (412, PreconditionFailed),
    (415, MediaTypeRefused),
    (418, HttpError),
    (429, TooManyRequests),
    (500, HttpError),
]
WORDS = b'{"Error":true,"ErrorType":"T","ErrorMessage":"no luck","ErrorSource":"S"}'


@pytest.mark.parametrize(("status", "error"), STATUSES)
def test_errors_are_typed(connect, status, error):
    """Each status raises its class, with the server's message and headers but no cookies, and the error pickles."""
    answer = Server(status, WORDS, Set_Cookie="topsecret", X_Odd="5", WWW_Authenticate="SoTicket", Allow="GET, PUT")
    with pytest.raises(error) as caught:
        connect(answer, retries=0).get(5)
    kept = pickle.loads(pickle.dumps(caught.value))
    for each in (caught.value, kept):
        assert type(each) is error
        assert (each.status, each.message, each.error_type, each.error_source) == (status, "no luck", "T", "S")
        assert each.headers["x-odd"] == "5"
        assert "Set-Cookie" not in each.headers
    assert getattr(kept, "challenges", ("SoTicket",)) == ("SoTicket",)
    assert getattr(kept, "allowed", ("GET", "PUT")) == ("GET", "PUT")


REFUSALS = {
    "a page": ({"content": b"<html>Log in</html>", "Content_Type": "text/html"}, UnsupportedMediaType),
    "no type": ({"Content_Type": ""}, UnsupportedMediaType),
    "cut short": ({"content": encode(CONTACT)[:-5]}, DecodeError),
    "no contact": ({"content": b'{"ContactId":"x"}'}, ValidationError),
    "nothing": ({"status": 204, "content": b""}, DecodeError),
    "two types": ({"Content_Type": "text/xml\x01"}, HeaderError),
    "no gzip": ({"content": b"no gzip", "Content_Encoding": "gzip"}, httpx2.DecodingError),
}


@pytest.mark.parametrize(("answer", "cause"), REFUSALS.values(), ids=REFUSALS)
def test_answers_that_are_no_contacts(connect, answer, cause):
    """An answer that cannot be read is a server's error, whose cause says what is wrong."""
    with pytest.raises(BadAnswer, match=r"the server answered 20[04] with what is no contact: ") as caught:
        connect(Server(**answer)).get(5)
    assert isinstance(caught.value.__cause__, cause)
    assert caught.value.status == 502
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value


class Endless(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body without end, which counts the parts that were read."""

    def __init__(self, part):
        self.part, self.count = part, 0

    def __iter__(self):
        while True:
            self.count += 1
            yield self.part

    async def __aiter__(self):
        for part in self:
            yield part


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_body_is_bounded(connect, encoding):
    """A client reads no more of a body than its limit, compressed or not."""
    packed = gzip.compress(bytes(50 * 2**20)) if encoding == "gzip" else bytes(1000)
    stream = Endless(packed)
    answer = httpx2.Response(200, headers={"Content-Encoding": encoding, "Content-Type": "text/xml"}, stream=stream)
    with pytest.raises(BadAnswer, match="more than the 4000 bytes") as caught:
        connect(lambda request: answer, max_bytes=4000).get(5)
    assert isinstance(caught.value.__cause__, ContentTooLarge)
    assert stream.count <= 5
    assert answer.is_closed


FAILURES = [
    (httpx2.ReadTimeout, TimedOut, 504, r"/Cust1/api/v1/Contact/5: no answer in time \(ReadTimeout\)"),
    (httpx2.ConnectTimeout, TimedOut, 504, "ConnectTimeout"),
    (httpx2.PoolTimeout, TimedOut, 504, "PoolTimeout"),
    (httpx2.ConnectError, NoAnswer, 502, "GET https://crm.example/Cust1/api/v1/Contact/5: it broke"),
    (httpx2.RemoteProtocolError, NoAnswer, 502, "it broke"),
    (httpx2.ProxyError, NoAnswer, 502, "it broke"),
]


@pytest.mark.parametrize(("failure", "error", "status", "words"), FAILURES)
def test_failures_are_typed(connect, failure, error, status, words):
    """A failure of the connection is an error with its own class and status, which names the request and hides secrets."""

    def fail(request):
        raise failure("it broke", request=request)

    with pytest.raises(error, match=words) as caught:
        connect(fail, credentials=CREDENTIALS).get(5, select="name")
    assert type(caught.value) is error
    assert caught.value.status == status
    assert isinstance(caught.value.__cause__, failure)
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value
    for each in (caught.value, caught.value.__cause__):
        assert b"topsecret" not in pickle.dumps(each)


def test_a_failure_of_a_hook_hides_secrets(connect):
    """An error that a hook of somebody else's raises for a bad status keeps no header of the request either."""

    def refuse(request):
        raise httpx2.HTTPStatusError("it broke", request=request, response=httpx2.Response(500, request=request))

    with pytest.raises(NoAnswer, match="it broke") as caught:
        connect(refuse, credentials=CREDENTIALS).get(5)
    for each in (caught.value, caught.value.__cause__):
        assert b"topsecret" not in pickle.dumps(each)


def test_a_failure_without_words(connect):
    """A failure without a message is reported by its class."""

    def fail(request):
        raise httpx2.ReadError("")

    with pytest.raises(NoAnswer, match="ReadError"):
        connect(fail).get(5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://evil.example/x", "/elsewhere", "http://crm.example/"])
@pytest.mark.parametrize("follow", [True, False])
def test_no_redirect_is_followed(connect, status, location, follow):
    """No client follows a redirect, whatever its httpx2 client would do, and the error has the other address."""
    server = Server(status, b"", Location=location)
    client = connect(server, credentials=CREDENTIALS)
    getattr(client, "client", client)._http.follow_redirects = follow
    with pytest.raises(HttpError, match=f"the server answered {status} to PUT [^ ]+, which leads to .*{location}") as caught:
        client.put(CONTACT)
    assert caught.value.status == status
    assert len(server.requests) == 1


def test_not_modified(connect):
    """A conditional GET can be answered by NotModified."""
    server = Server(304, b"")
    contact = ContactEntityWithLinks(contact_id=5)
    with pytest.raises(NotModified):
        connect(server).get(5, modified_since=decode(b'{"UpdatedDate":"2020-01-02T03:04:05Z"}').updated_date)
    assert server.requests[0].headers["If-Modified-Since"] == "Thu, 02 Jan 2020 03:04:05 GMT"
    assert contact.contact_id == 5


def test_a_patch_that_does_not_fit(connect):
    """A patch whose test fails is a conflict, with the server's message."""
    patch = JsonPatch.parse([{"op": "test", "path": "/Name", "value": "z"}])
    server = Server(409, WORDS)
    with pytest.raises(Conflict, match="no luck"):
        connect(server).patch(5, patch)
    assert json.loads(server.requests[0].content)[0]["op"] == "test"


@pytest.mark.parametrize("field", ["language", "culture", "time_zone", "accept", "user_agent"])
@pytest.mark.parametrize("value", ["nø", "no\r\nX: y"])
def test_preferences_that_no_field_can_hold_are_refused_at_once(connect, field, value):
    """A preference with a line break or with characters beyond ASCII is refused when it is given."""
    with pytest.raises(HeaderError):
        connect(Server(), **{field: value})


ADDRESSES = {
    "crm.example/Cust1": "an address such as",
    "ftp://crm.example": "an address such as",
    "https://": "an address such as",
    "https://crm.example:x": "an address such as",
    "https://crm.example:0": "an address such as",
    "https://[::1": "an address such as",
    "https://a..b": "an address such as",
    "https://" + "a" * 300: "an address such as",
    "https://crm.example/ø": "an address such as",
    "https://crm.example/a b": "an address such as",
    "https://crm.example/\n": "an address such as",
    "": "an address such as",
    None: "an address such as",
    5: "an address such as",
    b"https://crm.example": "an address such as",
    httpx2.URL("https://crm.example"): "an address such as",
    "https://user:topsecret@crm.example": "no user and password",
    "https://crm.example/?x": "without a query or fragment",
    "https://crm.example/#x": "without a query or fragment",
    "https://crm.example?": "without a query or fragment",
    "https://crm.example/Cust1#": "without a query or fragment",
}


@pytest.mark.parametrize(("address", "words"), ADDRESSES.items())
def test_a_base_url_is_checked(connect, address, words):
    """A base URL that is no address, or more than one, is refused when it is given, and the error does not show it."""
    with pytest.raises(ValueError, match=words) as caught:
        connect(Server(), address)
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize("base_url", ["https://crm.example", "https://crm.example/", "https://crm.example/a/b/"])
def test_a_base_url_may_have_a_path(connect, base_url):
    """Slashes at the end of a base URL's path make no difference."""
    server = Server()
    connect(server, base_url).get(5)
    assert str(server.requests[0].url) == f"{base_url.rstrip('/')}/api/v1/Contact/5"


def test_secrets_do_not_show(connect, caplog):
    """No repr, log or error of a client shows credentials, and a client cannot be pickled or copied."""
    caplog.set_level(logging.DEBUG)
    client = connect(Server(401, WORDS), credentials=CREDENTIALS)
    with pytest.raises(Unauthorized) as caught:
        client.get(5)
    client = getattr(client, "client", client)
    shown = [repr(client), str(client), repr(vars(client)), caplog.text, repr(caught.value), repr(vars(caught.value))]
    assert not any("topsecret" in text for text in shown)
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            attempt(client)


def test_a_given_client_stays_open():
    """A client closes its httpx2 client, unless it was given one."""
    with httpx2.Client(transport=httpx2.MockTransport(Server())) as http, ContactClient("http://x", client=http) as client:
        assert client.get(5).name == "x"
        client.close()
        assert not http.is_closed
    with ContactClient("http://x") as client:
        http = client._http
    assert http.is_closed


def test_a_given_client_stays_open_async():
    """An async client closes its httpx2 client, unless it was given one."""

    async def run():
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(Server())) as http:
            async with AsyncContactClient("http://x", client=http) as client:
                assert (await client.get(5)).name == "x"
            assert not http.is_closed
        async with AsyncContactClient("http://x") as client:
            http = client._http
        assert http.is_closed

    asyncio.run(run())


@pytest.mark.parametrize("wanted", [ContactClient, AsyncContactClient])
def test_a_client_of_another_kind_is_refused(wanted):
    """An httpx2 client of the other kind, or a client of another library, is refused at once."""
    other = httpx2.AsyncClient() if wanted is ContactClient else httpx2.Client()
    with pytest.raises(TypeError, match=r"client is an httpx2\.\w+, not httpx2\.\w+"):
        wanted("http://x", client=other)
    with pytest.raises(TypeError, match=r", not builtins\.dict"):
        wanted("http://x", client={})


def test_timeouts():
    """A client waits for 30 seconds, or as long as the httpx2 client that it was given, unless the caller says otherwise."""
    seen = []

    def answer(request):
        seen.append(request.extensions["timeout"]["read"])
        return Server()(request)

    http = httpx2.Client(transport=httpx2.MockTransport(answer), timeout=7)
    ContactClient("http://x", client=http).get(5)
    ContactClient("http://x", client=http, timeout=2).get(5)
    own = ContactClient("http://x")
    own._http._transport = httpx2.MockTransport(answer)
    own.get(5)
    assert seen == [7, 2, 30]
    own.close()


def test_the_user_agent():
    """The user agent is contactwire's, unless the given httpx2 client or the caller has one."""
    server = Server()
    http = httpx2.Client(transport=httpx2.MockTransport(server), headers={"User-Agent": "theirs"})
    ContactClient("http://x", client=http).get(5)
    ContactClient("http://x", client=http, user_agent="mine/1").get(5)
    own = ContactClient("http://x")
    own._http._transport = httpx2.MockTransport(server)
    own.get(5)
    assert [request.headers["User-Agent"] for request in server.requests] == ["theirs", "mine/1", "contactwire"]
    own.close()


def test_both_clients_have_the_same_methods():
    """Both clients have the same methods, with signatures that differ only in what is awaited."""
    for name, method in vars(ContactClient).items():
        if inspect.isfunction(method) and not name.startswith("_") and name != "close":
            other = getattr(AsyncContactClient, name)
            assert inspect.iscoroutinefunction(other)
            assert [*inspect.signature(method).parameters] == [*inspect.signature(other).parameters]
    assert ContactClient.__init__ is AsyncContactClient.__init__


@pytest.mark.parametrize("client", [ContactClient, AsyncContactClient])
def test_without_httpx2(client, monkeypatch):
    """Where httpx2 is not installed, the error names the extra that installs it."""
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ImportError, match=r"contactwire\.client needs httpx2: pip install 'contactwire\[client\]'"):
        client("http://x")


def test_importing_is_light():
    """Importing the package does not import httpx2."""
    code = "import sys, contactwire.client; print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
