"""When a client sends a request again, and how long it waits before that."""

import httpx2
import pytest

from contactwire import ContactEntityWithLinks, MergePatch, encode
from contactwire.errors import ServiceUnavailable, TooManyRequests
from contactwire.http import format_http_date, parse_http_date

NOW = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")
CONTACT = ContactEntityWithLinks(contact_id=5, name="x")
DONE = {"headers": {"Content-Type": "application/json", "ETag": '"abc"'}, "content": encode(CONTACT)}
PATCH = MergePatch.parse({"Name": "y"})


class Busy:
    """A server that answers some requests with a status and header, then with the contact, and keeps requests and waits."""

    def __init__(self, times, status=503, after=None):
        self.times, self.status, self.after = times, status, [] if after is None else [("Retry-After", after)]
        self.requests, self.waits = [], []

    def __call__(self, request):
        self.requests.append((request.method, request.content))
        if len(self.requests) <= self.times:
            return httpx2.Response(self.status, headers=self.after)
        return httpx2.Response(200, **DONE)

    def client(self, connect, **options):
        """A client of this server, whose clock stands still."""
        return connect(self, sleep=self.waits.append, clock=NOW.timestamp, **options)


WAITS = {
    "seconds": ("7", 7),
    "zero": ("0", 0),
    "as long as allowed": ("60", 60),
    "a date": (format_http_date(NOW.replace(second=49)), 12),
    "an obsolete date": ("Sunday, 06-Nov-94 08:49:40 GMT", 3),
    "a date that is past": (format_http_date(NOW.replace(year=1990)), 0),
    "nothing": (None, 0.5),
    "no number": ("soon", 0.5),
    "a negative number": ("-1", 0.5),
    "a fraction": ("1.5", 0.5),
    "other digits": ("²".encode("latin-1"), 0.5),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("after", "seconds"), WAITS.values(), ids=WAITS)
def test_a_client_waits_as_it_is_told(connect, status, after, seconds):
    """A client waits as `Retry-After` says, in seconds or to a date (RFC 9110 §10.2.3), and for half a second without it."""
    server = Busy(1, status, after)
    assert server.client(connect).get(5) == CONTACT
    assert server.waits == [seconds]


@pytest.mark.parametrize("after", ["61", "9" * 5000, format_http_date(NOW.replace(year=1995))])
def test_a_client_does_not_wait_for_long(connect, after):
    """A wait longer than the limit is not waited, and the error has what the server asked for."""
    server = Busy(1, 503, after)
    with pytest.raises(ServiceUnavailable) as caught:
        server.client(connect).get(5)
    assert caught.value.headers["Retry-After"] == after
    assert server.waits == []


def test_waits_grow(connect):
    """Without `Retry-After` each wait is twice the last one, up to the allowed number of attempts."""
    server = Busy(9)
    with pytest.raises(ServiceUnavailable):
        server.client(connect, retries=4).get(5)
    assert server.waits == [0.5, 1, 2, 4]
    assert len(server.requests) == 5


def test_a_client_waits_three_times_by_default(connect):
    """Without `retries`, a request is sent again three times."""
    server = Busy(9)
    with pytest.raises(ServiceUnavailable):
        server.client(connect).get(5)
    assert server.waits == [0.5, 1, 2]


def test_waits_grow_to_the_limit(connect):
    """Without `Retry-After` no wait is longer than the limit, and each attempt that is allowed is made."""
    server = Busy(2_000)
    with pytest.raises(ServiceUnavailable):
        server.client(connect, retries=1_200, max_wait=3).get(5)
    assert server.waits[:5] == [0.5, 1, 2, 3, 3]
    assert len(server.waits) == 1_200


REPEATED = {
    "get": (lambda client: client.get(5), 0),
    "put": (lambda client: client.put(CONTACT), 0),
    "delete": (lambda client: client.delete(5), 0),
    "patch with a tag": (lambda client: client.patch(client.get(5), PATCH), 1),
}


@pytest.mark.parametrize(("call", "before"), REPEATED.values(), ids=REPEATED)
def test_what_can_be_repeated_is(connect, call, before):
    """Idempotent requests are sent again unchanged (RFC 9110 §9.2.2), and so is a PATCH with a tag."""
    server = Busy(2, 429)
    call(server.client(connect))
    assert server.waits == [0.5, 1]
    assert len({*server.requests[:3]}) == 1
    assert len(server.requests) == 3 + before


@pytest.mark.parametrize("call", [lambda client: client.patch(5, PATCH), lambda client: client.create(CONTACT)])
def test_what_cannot_be_repeated_is_not(connect, call):
    """A POST, or a PATCH without a tag, is sent once, since it may have been carried out."""
    server = Busy(1, 429, "1")
    with pytest.raises(TooManyRequests) as caught:
        call(server.client(connect))
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "1")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_other_failures_are_not_repeated(connect, status):
    """A failed request is not sent again, unless the server says that it may work later."""
    server = Busy(1, status, "1")
    with pytest.raises(Exception, match=f"the server answered {status}"):
        server.client(connect).get(5)
    assert len(server.requests) == 1


def test_the_time_is_that_of_the_machine(connect):
    """Without a wait function and a clock, the system's are used."""
    server = Busy(1, 503, "0")
    assert connect(server).get(5) == CONTACT


def test_a_429_behind_a_503_has_it_as_its_cause(connect):
    """The server may have carried out the request before the 503, and then asks for too long a wait."""

    def answer(request):
        requests.append(request)
        status, after = (503, "0") if len(requests) == 1 else (429, "3600")
        return httpx2.Response(status, headers={"Retry-After": after})

    requests = []
    with pytest.raises(TooManyRequests) as caught:
        connect(answer).put(CONTACT)
    assert isinstance(caught.value.__cause__, ServiceUnavailable)
