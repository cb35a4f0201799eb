"""The law of the clients under faults: no change is made twice, none of others is lost, and errors say what happened.

The server is a model of plain dictionaries with a version each. Between it and the client, requests and answers get lost.
"""

import asyncio
import json
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import httpx2
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contactwire import ContactEntityWithLinks, JsonPatch, evolve, to_builtins
from contactwire.client import AsyncContactClient, ContactClient
from contactwire.errors import (
    BadAnswer,
    HttpError,
    NoAnswer,
    NotFound,
    NotModified,
    PreconditionFailed,
    ServiceUnavailable,
    TimedOut,
    TooManyRequests,
    UpdateConflict,
)

RETRIES = 2
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
# For each fault whether the server carries out the request, and what the client raises where it does not send it again.
FAULTS = {
    "unreachable": (False, NoAnswer),
    "closed": (True, NoAnswer),
    "cut": (True, NoAnswer),
    "slow": (True, TimedOut),
    "page": (True, BadAnswer),
    "no gzip": (True, BadAnswer),
    "moved": (False, HttpError),
    "failed": (False, HttpError),
    "busy": (False, ServiceUnavailable),
    "busy, and done": (True, ServiceUnavailable),
    "too many": (False, TooManyRequests),
}
AGAIN = ("busy", "busy, and done", "too many")
OTHERS = ("Name", "Department", "CustomFields")
MEETINGS = st.lists(
    st.sampled_from([None, None, *OTHERS, *OTHERS, *FAULTS, *AGAIN, "busy, and done", "busy, and done"]),
    min_size=1,
    max_size=5,
)
# An update reads first.
LATER = MEETINGS.map(lambda meetings: [None, *meetings])
PLACES = st.sampled_from(["Name", "CustomFields"])


class Body(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of an answer, in two parts, between which an error may come."""

    def __init__(self, body, error=None):
        self.parts, self.error = (body[:5], body[5:]), error

    def __iter__(self):
        yield self.parts[0]
        if self.error is not None:
            raise self.error
        yield self.parts[1]

    async def __aiter__(self):
        for part in self:
            yield part


class Server:
    """Contacts by their ids, each with its version.

    `meetings` are what the next requests meet: a fault, a property that another writer changes just before, or nothing.
    `done` has the contact before and after each change by the client, and `sent` what each request of it met.
    """

    def __init__(self):
        self.contacts, self.versions, self.writes = {}, {}, 0
        self.meetings, self.done, self.sent = [], [], []

    def store(self, id, contact):
        self.writes += 1
        self.contacts[id], self.versions[id] = contact, f'"{self.writes}"'

    def written_by_another(self, id, place):
        contact = self.contacts[id]
        value = f"of another, {self.writes}"
        old = contact.get("CustomFields", {})
        self.store(id, contact | {place: old | {"theirs": value} if place == "CustomFields" else value})

    def __call__(self, request):
        meets = self.meetings.pop(0) if self.meetings else None
        self.sent.append(meets)
        id = int(request.url.path.rpartition("/")[2] or 0)
        if meets in OTHERS:
            if id in self.contacts and request.method != "GET":
                self.written_by_another(id, meets)
            meets = None
        is_done, _ = FAULTS.get(meets, (True, None))
        status, contact = self.answer(request, id) if is_done else (200, None)
        body = b"" if contact is None else json.dumps(contact).encode()
        headers = {"Content-Type": "application/json", "ETag": self.versions.get(contact and contact["ContactId"], '""')}
        if meets in ("unreachable", "closed"):
            raise (httpx2.ConnectError if meets == "unreachable" else httpx2.ReadError)("closed", request=request)
        if meets in ("cut", "slow"):
            error = httpx2.RemoteProtocolError("cut") if meets == "cut" else httpx2.ReadTimeout("slow")
            return httpx2.Response(status, headers=headers, stream=Body(body, error))
        if meets in ("page", "no gzip"):
            wrong = {"Content-Type": "text/html"} if meets == "page" else {"Content-Encoding": "gzip"}
            return httpx2.Response(200, headers=headers | wrong, stream=Body(b"<p>Welcome</p>"))
        if meets is not None:
            status = {"moved": 307, "failed": 500, "too many": 429}.get(meets, 503)
            return httpx2.Response(status, headers={"Retry-After": "1", "Location": "https://other.example/"})
        return httpx2.Response(status, headers=headers, stream=Body(body))

    def answer(self, request, id):
        """The status and the contact of an answer to a request that is carried out (RFC 9110 §9, §13.1.1)."""
        before = self.contacts.get(id)
        if request.method == "POST":
            id = len(self.versions) + 1
        elif before is None:
            return 404, None
        elif request.headers.get("If-Match", self.versions[id]) != self.versions[id]:
            return 412, None
        if request.method == "GET":
            since = request.headers.get("If-Modified-Since")
            is_new = since is None or written_at(self.versions[id]) > parsedate_to_datetime(since)
            return (200, before) if is_new else (304, None)
        if request.method == "DELETE":
            del self.contacts[id]
            self.done.append((before, None))
            return 204, None
        sent = json.loads(request.content)
        after = _patched(before, sent) if request.method == "PATCH" else sent | {"ContactId": id}
        self.store(id, after)
        self.done.append((before, after))
        return 200, after


def written_at(version):
    """The date of a version; there is one each second."""
    return START + timedelta(seconds=int(version.strip('"')))


def _patched(contact, operations):
    """RFC 6902, as far as the clients need it here."""
    patched = json.loads(json.dumps(contact))
    for operation in operations:
        *parents, name = operation["path"][1:].split("/")
        target = patched
        for parent in parents:
            target = target[parent]
        if name == "-":
            target.append(operation["value"])
        elif operation["op"] == "remove":
            del target[name]
        else:
            target[name] = operation["value"]
    return patched


def _changed(before, after):
    """The properties, and keys of the dictionary, that differ."""
    flat = [{**each, **each.get("CustomFields", {})} for each in (before, after)]
    names = (flat[0].keys() | flat[1].keys()) - {"CustomFields"}
    return {name: flat[1].get(name) for name in names if flat[0].get(name) != flat[1].get(name)}


class Faults(RuleBasedStateMachine):
    """Calls of one client, and what they have done to the contacts of the server."""

    @initialize(is_async=st.booleans())
    def start(self, is_async):
        self.server, self.calls, self.read, self.version = Server(), 0, None, None
        self.runner = asyncio.Runner() if is_async else None
        transport = httpx2.MockTransport(self.server)
        common = {"base_url": "http://crm.example", "retries": RETRIES}
        if is_async:
            client = AsyncContactClient(client=httpx2.AsyncClient(transport=transport), sleep=_no_pause, **common)
            self.call = lambda name, *a, **options: self.runner.run(getattr(client, name)(*a, **options))
        else:
            client = ContactClient(client=httpx2.Client(transport=transport), sleep=lambda _: None, **common)
            self.call = lambda name, *a, **options: getattr(client, name)(*a, **options)
        self.server.store(1, {"ContactId": 1, "Name": "x", "GroupId": 0, "Domains": [], "CustomFields": {"a": "b"}})

    def teardown(self):
        if getattr(self, "runner", None) is not None:
            self.runner.close()

    def ask(self, meetings, name, *arguments, **options):
        """What a call returns, or the error that it raises; the server has what it did."""
        server = self.server
        server.meetings, server.done, server.sent = list(meetings), [], []
        self.calls += 1
        try:
            result = self.call(name, *arguments, **options)
        except (HttpError, NoAnswer, BadAnswer, UpdateConflict) as error:
            result = error
        server.meetings = []
        return result

    def fares(self, result, *, repeats=True):
        """Check the answer to one request, sent again where that is safe (§9.2.2) and the server asks for it."""
        met = [each if each in FAULTS else None for each in self.server.sent]
        assert all(each in AGAIN for each in met[:-1])
        assert len(met) <= (RETRIES + 1 if repeats else 1)
        if met[-1] in AGAIN:
            assert not repeats or len(met) == RETRIES + 1
        if isinstance(result, Exception):
            self.tells(result)
            is_late = isinstance(result, (NotFound, NotModified, PreconditionFailed))
            assert is_late or isinstance(result, FAULTS[met[-1]][1])
        else:
            # The answer to a DELETE may have a body that describes what was done (§9.3.5).
            assert met[-1] is None or (result is None and met[-1] == "page")

    @rule(meetings=MEETINGS)
    def get(self, meetings):
        result = self.ask(meetings, "get", 1)
        self.fares(result)
        if isinstance(result, ContactEntityWithLinks):
            assert to_builtins(result) == self.server.contacts[1]
            self.remember(result)
        assert not self.server.done

    def remember(self, contact):
        self.read, self.version = contact, self.server.versions[1]

    @rule(meetings=MEETINGS, place=st.none() | st.sampled_from(OTHERS))
    def get_again(self, meetings, place):
        """A contact that was read comes again where it has changed since, and only there."""
        if self.read is None:
            return
        if place is not None:
            self.server.written_by_another(1, place)
        result = self.ask(meetings, "get", 1, modified_since=written_at(self.version))
        self.fares(result)
        if isinstance(result, NotModified):
            assert to_builtins(self.read) == self.server.contacts[1]
        elif isinstance(result, ContactEntityWithLinks):
            assert to_builtins(result) == self.server.contacts[1]
            assert self.version != self.server.versions[1]
            self.remember(result)

    @rule(meetings=MEETINGS, way=st.sampled_from(["put", "patch"]))
    def change_what_was_read(self, meetings, way):
        """A contact that was read, perhaps long ago, replaces only what it was."""
        if self.read is not None:
            changed = evolve(self.read, name=f"mine, {self.calls}")
            result = self.ask(meetings, way, *([changed] if way == "put" else [self.read, changed]))
            self.fares(result)
            self.took(result, {"Name": changed.name})

    def took(self, result, intended):
        """A change was made once at most, and changed nothing else; it was made where the call says so."""
        assert len(self.server.done) <= 1
        for before, after in self.server.done:
            assert _changed(before, after) == intended
        if isinstance(result, ContactEntityWithLinks):
            assert self.server.done
            assert to_builtins(result) == self.server.contacts[1]
            self.remember(result)

    @rule(meetings=MEETINGS)
    def append(self, meetings):
        """A patch of an id has no condition, so it is not sent again."""
        value = f"mine, {self.calls}"
        patch = JsonPatch.parse([{"op": "add", "path": "/Domains/-", "value": value}])
        result = self.ask(meetings, "patch", 1, patch)
        self.fares(result, repeats=False)
        assert self.server.contacts[1]["Domains"].count(value) == len(self.server.done) <= 1
        assert len(self.server.done) == 1 or isinstance(result, Exception)

    @rule(meetings=MEETINGS)
    def create(self, meetings):
        result = self.ask(meetings, "create", ContactEntityWithLinks(name=f"mine, {self.calls}"))
        self.fares(result, repeats=False)
        assert len(self.server.done) == FAULTS.get(self.server.sent[0], (True,))[0]
        if isinstance(result, ContactEntityWithLinks):
            assert to_builtins(result) == self.server.contacts[result.contact_id]

    @rule(meetings=MEETINGS, conditional=st.booleans())
    def delete(self, meetings, conditional):
        """A contact is deleted once, and a conditional DELETE deletes what was read."""
        made = self.ask([], "create", ContactEntityWithLinks(name="of another"))
        result = self.ask(meetings, "delete", made if conditional else made.contact_id)
        self.fares(result)
        assert len(self.server.done) == (made.contact_id not in self.server.contacts)
        assert result is not None or self.server.done
        if conditional and self.server.done:
            assert self.server.done[0][0] == to_builtins(made)

    @rule(meetings=MEETINGS | LATER, place=PLACES)
    def update(self, meetings, place):
        """Both changes are in the contact, or an error says where they met."""
        value = f"mine, {self.calls}"
        fields = {"name": value} if place == "Name" else {}

        def change(contact):
            if not fields:
                contact.custom_fields["mine"] = value
            return evolve(contact, **fields)

        result = self.ask(meetings, "update", 1, change)
        self.took_update(result, {"Name" if fields else "mine": value})
        if isinstance(result, UpdateConflict):
            assert place == "Name"
            assert result.places == ("/Name",)
            assert result.theirs.name == self.server.contacts[1]["Name"]

    @rule(meetings=MEETINGS | LATER)
    def count(self, meetings):
        """A counter goes up by one for each call that says so, and never by two."""
        seen = self.server.contacts[1]["GroupId"]
        result = self.ask(
            meetings, "update", 1, lambda contact: evolve(contact, group_id=contact.group_id + 1), on_conflict="redo"
        )
        assert not isinstance(result, UpdateConflict)
        self.took_update(result, {"GroupId": seen + 1})

    def took_update(self, result, intended):
        assert len(self.server.done) <= 1
        for before, after in self.server.done:
            assert _changed(before, after) == intended
        if not isinstance(result, Exception):
            assert len(self.server.done) == 1
            assert to_builtins(result) == self.server.contacts[1]
            self.remember(result)
        else:
            self.tells(result)

    def tells(self, error):
        """Where a change was made all the same, the error does not say that it was not."""
        if self.server.done and isinstance(error, (HttpError, UpdateConflict)):
            assert any(isinstance(each, ServiceUnavailable) for each in (error, error.__cause__))

    @invariant()
    def goes_on(self):
        """Whatever went wrong, the next call is answered."""
        if hasattr(self, "server"):
            assert to_builtins(self.ask([], "get", 1)) == self.server.contacts[1]


async def _no_pause(_):
    pass


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=50, stateful_step_count=12, deadline=None)
