"""The law of the endpoint: it answers as a model of stored contacts says, whatever was asked, changed or refused before.

The model holds plain dictionaries. Its PUT replaces, its merge patch follows RFC 7396, its JSON Patch RFC 6902, and its
preconditions RFC 9110 §13.
"""

import asyncio
import copy
import gzip
import io
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from contactwire import asgi, wsgi
from contactwire.server import ContactStore

TEXT = st.sampled_from(["", "x", "Elan & Co", "æ<ø>å", 'US:"a";NO:"b"', " "])
MEMBERS = {
    "Name": st.none() | TEXT,
    "Department": st.none() | TEXT,
    "NoMailing": st.booleans(),
    "GroupId": st.integers(-5, 5),
    "Domains": st.none() | st.lists(TEXT, max_size=3),
    "Category": st.none() | st.fixed_dictionaries({}, optional={"Id": st.integers(1, 3), "Value": TEXT}),
    "Shoe": TEXT.filter(bool),
}
ABSENT = {"Name": None, "Department": None, "NoMailing": False, "GroupId": 0, "Domains": None, "Category": None}
DOCUMENTS = st.fixed_dictionaries({}, optional=MEMBERS).filter(bool)
WRONG = st.sampled_from([{"GroupId": "x"}, {"Domains": "x"}, {"Category": "x"}, {"NoMailing": "x"}, {"GroupId": 2**31}])
FORMATS = st.sampled_from(["json", "xml"])
BODIES = st.sampled_from(["json", "xml", "form"])
SELECTS = st.sampled_from([None, "name,category/id", "domains"])
LANGUAGES = st.sampled_from([None, "nb", "en", "*"])
ZONES = st.sampled_from([None, "NO", "NZ, includeTZOffset"])
METHODS = st.sampled_from(["PUT", "PATCH"])
# Operations that fail, whatever the contact is.
FAILING = st.sampled_from(
    [
        {"op": "test", "path": "/GroupId", "value": 77},
        {"op": "test", "path": "/Name", "value": "another"},
        {"op": "remove", "path": "/Domains/9"},
        {"op": "add", "path": "/Domains/9", "value": "x"},
    ]
)
FUTURE, PAST = "Fri, 31 Dec 9999 00:00:00 GMT", "Mon, 01 Jan 2001 00:00:00 GMT"
CONDITIONS = st.sampled_from(
    ["none", "none", "current", "one of", "any", "weak", "stale", "not any", "not this", "not stale", "new", "old", "both"]
)
# A contact that nobody has changed for long.
SAMPLE = "1"
ACCEPTED = {"json": "application/json", "xml": "application/xml"}


def _xml(name, value):
    if value is None:
        return f'<{name} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    if isinstance(value, dict):
        inside = "".join(_xml(each, item) for each, item in value.items())
    elif isinstance(value, list):
        inside = "".join(_xml("string", item) for item in value)
    else:
        inside = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{inside}</{name}>"


def _body(format, document):
    if format == "json":
        return "application/json", json.dumps(document).encode()
    # An empty form is no body.
    if format == "form" and any(value is not None for value in document.values()):
        return "application/x-www-form-urlencoded", _form(document)
    return "application/xml", _xml("ContactEntity", document).encode()


def _form(document):
    """The pairs of a form, which has no nulls."""
    pairs = []
    for name, value in document.items():
        if isinstance(value, dict):
            pairs += [(f"{name}.{key}", item) for key, item in value.items()] or [(name, "")]
        elif isinstance(value, list):
            pairs += [(f"{name}[{place}]", item) for place, item in enumerate(value)] or [(name, "")]
        elif value is not None:
            pairs.append((name, value))
    return urlencode(pairs).encode()


def _merged(target, patch):
    """RFC 7396 §2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


class Answer:
    """An answer, as WSGI gives it."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body

    @property
    def tag(self):
        return self.headers["ETag"]

    @property
    def document(self):
        return json.loads(self.body)


class Endpoint(RuleBasedStateMachine):
    """Requests to one application, and what the model says of their answers."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.folder, self.runner = TemporaryDirectory(), asyncio.Runner()
        self.model = {}  # what each contact is, by its id
        self.versions = {}  # the last tag that a precondition asked for
        self.seen = {}  # the tags and bodies of each contact's present version, by how they were asked for
        self.contents = {}  # what a contact was, by its id and the first part of its tag

    @initialize(on_disk=st.booleans(), is_async=st.booleans())
    def start(self, on_disk, is_async):
        """The store is a file or in memory, the application one of WSGI or ASGI."""
        self.database = str(Path(self.folder.name) / "contacts.sqlite") if on_disk else None
        self.adapter = asgi if is_async else wsgi
        self.open()

    def open(self):
        self.store = store = ContactStore(self.database) if self.database else ContactStore()
        store.seed()
        functions = {"update": store.update, "create": store.create, "delete": store.delete}
        self.app = self.adapter.ContactApplication(store.load, **functions)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
        self.runner.close()
        self.folder.cleanup()

    @precondition(lambda self: self.database is not None)
    @rule()
    def open_again(self):
        """A store on disk has everything when it is opened again; also the tags are the same, as `get` finds."""
        self.store.close()
        self.open()

    def ask(self, method, path, body=b"", content_type="", **headers):
        if self.adapter is asgi:
            return self.runner.run(self.ask_asgi(method, path, body, content_type, headers))
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/api/v1/Contact/{path}".split("?")[0],
            "QUERY_STRING": path.partition("?")[2],
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items() if value is not None},
        }
        answered = []
        (written,) = self.app(environ, lambda status, fields: answered.append((int(status[:3]), fields)))
        return Answer(*answered[0], written)

    async def ask_asgi(self, method, path, body, content_type, headers):
        """As `ask`, with the body in two parts."""
        path, _, query = f"/api/v1/Contact/{path}".partition("?")
        fields = {"content-type": content_type or None, "content-length": str(len(body)), **headers}
        fields = {name.replace("_", "-").encode(): value.encode() for name, value in fields.items() if value is not None}
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": fields.items()}
        parts = [{"type": "http.request", "body": body[:9], "more_body": True}, {"type": "http.request", "body": body[9:]}]
        sent = []

        async def receive():
            return parts.pop(0)

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        fields = [(name.decode().title().replace("Etag", "ETag"), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(sent[0]["status"], fields, b"".join(message["body"] for message in sent[1:]))

    def agrees(self, id, document):
        """The members of the model as the endpoint answers them."""
        expected = self.model[id]
        found = {name: document.get(name) for name in ABSENT}
        found |= {"Shoe": document["Shoe"]} if "Shoe" in document else {}
        assert found == expected

    def changed(self, id, model):
        self.model[id] = model
        self.seen[id] = {}

    @rule(target=ids, document=DOCUMENTS, format=BODIES)
    def post(self, document, format):
        content_type, body = _body(format, document)
        answer = self.ask("POST", "", body, content_type)
        assert answer.status == 201
        id = answer.document["ContactId"]
        assert id not in self.model
        assert answer.headers["Location"] == f"/api/v1/Contact/{id}"
        self.changed(id, ABSENT | document)
        self.agrees(id, answer.document)
        return id

    @rule(id=ids, accept=FORMATS, select=SELECTS, known=st.booleans(), method=st.sampled_from(["GET", "HEAD"]))
    def get(self, id, accept, select, known, method):
        how = accept, select
        tags = self.seen.get(id, {})
        conditional = tags.get(how) if known else None
        path = str(id) if select is None else f"{id}?$select={select}"
        answer = self.ask(method, path, accept=ACCEPTED[accept], if_none_match=conditional and conditional[0])
        if id not in self.model:
            assert answer.status == 404
            return
        if conditional:
            assert (answer.status, answer.body, answer.tag) == (304, b"", conditional[0])
            return
        assert answer.status == 200
        if method == "HEAD":
            assert answer.body == b""
            assert how not in tags or (tags[how][0], len(tags[how][1])) == (
                answer.tag,
                int(answer.headers["Content-Length"]),
            )
            return
        assert len(answer.body) == int(answer.headers["Content-Length"])
        assert tags.setdefault(how, (answer.tag, answer.body)) == (answer.tag, answer.body)
        assert len({tag for tag, _ in tags.values()}) == len({body for _, body in tags.values()})
        if how == ("json", None):
            self.agrees(id, answer.document)

    def condition(self, id, kind):
        """The header fields of a precondition, and whether it holds for a contact that is there."""
        current = self.ask("GET", str(id))
        tag = current.headers.get("ETag", '"none"')
        stale = self.versions.get(id, '"x.y"')
        self.versions[id] = tag
        return {
            "none": ({}, True),
            "current": ({"if_match": tag}, True),
            "one of": ({"if_match": f'"x.y", {tag}'}, True),
            "any": ({"if_match": "*"}, True),
            "weak": ({"if_match": f"W/{tag}"}, False),
            "stale": ({"if_match": stale}, stale.partition(".")[0] == tag.partition(".")[0]),
            "not any": ({"if_none_match": "*"}, False),
            "not this": ({"if_none_match": tag}, False),
            "not stale": ({"if_none_match": '"x.y"'}, True),
            "new": ({"if_unmodified_since": FUTURE}, True),
            "old": ({"if_unmodified_since": PAST}, False),
            "both": ({"if_match": tag, "if_unmodified_since": PAST}, True),
        }[kind]

    def change(self, method, id, kind, body, content_type, model):
        headers, holds = self.condition(id, kind)
        answer = self.ask(method, str(id), body, content_type, **headers)
        if id not in self.model:
            assert answer.status == 404
        elif not holds:
            assert answer.status == 412
        else:
            assert answer.status == 200
            before = self.model[id]
            self.changed(id, model(copy.deepcopy(before)))
            self.agrees(id, answer.document)
            assert answer.headers["Content-Location"] == f"/api/v1/Contact/{id}"
            assert self.ask("GET", str(id)).tag == answer.tag

    @rule(id=ids, kind=CONDITIONS, document=DOCUMENTS, format=BODIES)
    def put(self, id, kind, document, format):
        content_type, body = _body(format, document)
        self.change("PUT", id, kind, body, content_type, lambda before: ABSENT | document)

    @rule(id=ids, accept=FORMATS, language=LANGUAGES, zone=ZONES)
    def put_back(self, id, accept, language, zone):
        """A PUT of what a GET in some language and time zone has shown changes nothing."""
        headers = {"accept": ACCEPTED[accept], "so_language": language, "so_timezone": zone}
        shown = self.ask("GET", str(id), **headers)
        if id in self.model:
            self.seen[id] = {}
            answer = self.ask("PUT", str(id), shown.body, shown.headers["Content-Type"], if_match=shown.tag, **headers)
            assert answer.status == 200
            undated = [re.sub(rb"UpdatedDate.{40}", b"", each.body) for each in (shown, answer)]
            assert undated[0] == undated[1]

    @rule(id=ids, kind=CONDITIONS, patch=DOCUMENTS, method=METHODS)
    def merge_patch(self, id, kind, patch, method):
        body = json.dumps(patch).encode()
        self.change(
            method, id, kind, body, "application/merge-patch+json", lambda before: _completed(_merged(before, patch))
        )

    @rule(id=ids, kind=CONDITIONS, name=st.sampled_from(sorted(MEMBERS)), data=st.data(), method=METHODS)
    def json_patch(self, id, kind, name, data, method):
        value = data.draw(MEMBERS[name])
        tests = data.draw(st.booleans())
        operations = [{"op": "add", "path": f"/{name}", "value": value}]
        if tests and id in self.model and name in self.model[id]:
            operations.insert(0, {"op": "test", "path": f"/{name}", "value": self.model[id][name]})
        body = json.dumps(operations).encode()
        self.change(method, id, kind, body, "application/json-patch+json", lambda before: before | {name: value})

    @rule(id=ids, last=FAILING, method=METHODS)
    def patch_that_fails(self, id, last, method):
        """A JSON Patch whose last operation fails changes nothing (RFC 5789 §2), as `is_as_the_model` finds."""
        first = [{"op": "add", "path": "/Name", "value": "half"}, {"op": "add", "path": "/Domains", "value": ["half"]}]
        answer = self.ask(method, str(id), json.dumps([*first, last]).encode(), "application/json-patch+json")
        assert answer.status == (409 if id in self.model else 404)

    @rule(id=ids, tagged=st.booleans())
    def get_since(self, id, tagged):
        """A contact that has changed since a date is answered, another one only where tags count instead (§13.1.3)."""
        answer = self.ask("GET", str(id), if_modified_since=PAST)
        assert answer.status == (200 if id in self.model else 404)
        whole = self.ask("GET", SAMPLE)
        since = {"if_modified_since": whole.headers["Last-Modified"], "if_none_match": '"x.y"' if tagged else None}
        answer = self.ask("GET", SAMPLE, **since)
        assert (answer.status, answer.body, answer.tag) == ((200, whole.body) if tagged else (304, b"")) + (whole.tag,)

    @rule(id=ids, method=st.sampled_from(["POST", "TRACE", "LINK"]))
    def not_allowed(self, id, method):
        """A method that the resource has not gets 405 with those that it has (§15.5.6)."""
        answer = self.ask(method, str(id))
        assert (answer.status, answer.headers["Allow"]) == (405, "DELETE, GET, HEAD, PATCH, PUT")

    @rule(id=ids, wrong=WRONG, method=METHODS, format=FORMATS)
    def wrong(self, id, wrong, method, format):
        content_type, body = _body(format, wrong)
        answer = self.ask(method, str(id), body, content_type)
        assert answer.status == 400 or (answer.status == 404 and id not in self.model)

    @rule(id=ids, document=DOCUMENTS, method=METHODS, format=BODIES)
    def compressed(self, id, document, method, format):
        """A body with a content coding is refused, with the codings that are read (§15.5.16), and changes nothing."""
        content_type, body = _body(format, document)
        answer = self.ask(method, str(id), gzip.compress(body), content_type, content_encoding="gzip")
        assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")

    @rule(id=ids, kind=CONDITIONS)
    def delete(self, id, kind):
        headers, holds = self.condition(id, kind)
        answer = self.ask("DELETE", str(id), **headers)
        if id not in self.model:
            assert answer.status == 404
        elif holds:
            assert (answer.status, answer.body) == (204, b"")
            del self.model[id]
        else:
            assert answer.status == 412

    @invariant()
    def is_as_the_model(self):
        """Each contact is as the model has it, so a refused request has changed nothing; a change has given it a new tag."""
        for id in self.model:
            answer = self.ask("GET", str(id))
            self.agrees(id, answer.document)
            version = id, answer.tag.partition(".")[0]
            assert self.contents.setdefault(version, answer.body) == answer.body


def _completed(model):
    return {**model, **{name: model.get(name) for name in ABSENT}}


TestEndpoint = Endpoint.TestCase
TestEndpoint.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
