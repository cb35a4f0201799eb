"""`update`: what it reads, sends and merges, and when it gives up."""

import asyncio
import copy
import json

import httpx2
import pytest

from contactwire import (
    UNSET,
    Carrier,
    Category,
    ContactEntityWithLinks,
    EncodeError,
    EntityElement,
    Int32,
    Maybe,
    Person,
    decode,
    evolve,
)
from contactwire.client import AsyncContactClient
from contactwire.errors import (
    Conflict,
    HttpError,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
    UpdateConflict,
)
from contactwire.http import ContactEndpoint, Headers


class Busy:
    """A server that answers the first change with `status`, having stored it or not; others as the `store` does."""

    def __init__(self, store, status, *, stores=False):
        self.store, self.status, self.stores = store, status, stores

    def __call__(self, request):
        if request.method == "GET" or self.status is None:
            return self.store(request)
        if self.stores:
            self.store(request)
        status, self.status = self.status, None
        return httpx2.Response(status, headers={"Retry-After": "0"})


class Store:
    """A server of one contact, which makes the changes in `meanwhile` just before it answers a request to change."""

    def __init__(self, contact=None, *meanwhile, endpoint=None, tags=True, refuse=None):
        self.contact = contact or ContactEntityWithLinks(contact_id=5, name="a", custom_fields={"x:0": "0"})
        self.meanwhile, self.tags, self.refuse = list(meanwhile), tags, refuse
        self.endpoint = endpoint or ContactEndpoint()
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        if request.method != "GET" and self.meanwhile:
            self.contact = self.meanwhile.pop(0)(self.contact)
        response = self.answer(request)
        headers = [pair for pair in response.headers if self.tags or pair[0] != "ETag"]
        return httpx2.Response(response.status, headers=headers, content=response.body)

    def answer(self, request):
        """The endpoint's answer to a request."""
        headers = Headers([(name.decode(), value.decode()) for name, value in request.headers.raw])
        try:
            path, _, query = request.url.raw_path.decode().partition("?")
            parsed = self.endpoint.parse(request.method, path, query, headers, request.content)
            if self.refuse and request.method != "GET":
                raise self.refuse
            self.contact = parsed.apply(self.contact)
            return parsed.respond(self.contact)
        except HttpError as error:
            return self.endpoint.respond_error(error, headers)

    @property
    def methods(self):
        """The methods of the requests, joined to one string."""
        return " ".join(request.method for request in self.requests)


def connect_to(connect, store, **options):
    """A client of this store."""
    return connect(store, "http://crm.example", **options)


def rename(contact):
    """Change the contact in place."""
    contact.name = "b"


CHANGES = {
    "in place": rename,
    "another contact": lambda contact: evolve(contact, name="b"),
    "in place, and returned": lambda contact: rename(contact) or contact,
    "a new one": lambda contact: ContactEntityWithLinks(contact_id=5, name="b", custom_fields={"x:0": "0"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_sent_as_a_patch(connect, change):
    """`update` reads the contact, changes it, and sends the difference as a patch with the contact's tag."""
    store = Store()
    contact = connect_to(connect, store).update(5, change)
    assert contact.name == store.contact.name == "b"
    assert store.methods == "GET PATCH"
    patch = store.requests[1]
    assert json.loads(patch.content) == [{"op": "replace", "path": "/Name", "value": "b"}]
    assert patch.headers["If-Match"].startswith('"')


def test_a_contact_that_is_known_already(connect):
    """A contact as argument stands for its id: it is read again, and the stored contact is what changes."""
    store = Store()
    client = connect_to(connect, store)
    known = client.get(5)
    store.contact = evolve(store.contact, department="d")
    assert client.get(known).department == "d"
    assert client.update(known, rename).department == "d"
    with pytest.raises(ValueError, match="no contact_id"):
        client.update(ContactEntityWithLinks(), rename)


@pytest.mark.parametrize("change", [lambda contact: None, lambda contact: contact, evolve])
def test_nothing_is_sent_where_nothing_changed(connect, change):
    """A change that changes nothing costs one GET."""
    store = Store()
    assert connect_to(connect, store).update(5, change).name == "a"
    assert store.methods == "GET"


TEXTS = ["name", "department", "org_nr", "number1", "number2", "description", "kananame", "dbi_key"]


def test_a_change_of_everything_is_sent_as_a_put(connect):
    """Where the whole contact is shorter than the patch, `update` sends a PUT with the contact's tag."""
    store = Store(ContactEntityWithLinks(contact_id=5, **dict.fromkeys(TEXTS, "a" * 20)))
    change = dict.fromkeys(TEXTS, "b" * 20)
    contact = connect_to(connect, store).update(5, lambda contact: ContactEntityWithLinks(contact_id=5, **change))
    assert store.methods == "GET PUT"
    assert store.requests[1].headers["If-Match"].startswith('"')
    assert contact.name == store.contact.name == "b" * 20


def test_a_large_change_that_is_shorter_as_a_patch_is_sent_as_one(connect):
    """A long value that is sent as a patch does not make `update` send all other values."""
    store = Store(ContactEntityWithLinks(contact_id=5, name="a", department="d" * 2000))
    connect_to(connect, store).update(5, lambda contact: evolve(contact, name="n" * 1000))
    assert store.methods == "GET PATCH"


def test_a_change_that_no_patch_can_express_is_sent_as_a_put(connect):
    """A change of a name in letter case only, which a patch cannot say to the server, is sent as a PUT."""
    store = Store(ContactEntityWithLinks(contact_id=5, category=Category(id=1)))
    change = Category(id=1, category_group="customer")
    connect_to(connect, store).update(5, lambda contact: evolve(contact, category=change))
    assert store.methods == "GET PUT"
    assert store.contact.category.category_group == "customer"
    with pytest.raises(EncodeError):
        connect_to(connect, store).update(5, lambda contact: evolve(contact, name=5))
    with pytest.raises(EncodeError):
        connect_to(connect, Store()).update(5, lambda contact: evolve(contact, category=change), select="name,category")


def test_another_id_is_left_to_the_server(connect):
    """A change of the id is sent to the address of the contact that was read."""
    store = Store()
    with pytest.raises(Conflict, match="the body holds contact 6, the path"):
        connect_to(connect, store).update(5, lambda contact: ContactEntityWithLinks(contact_id=6, name="b" * 2000))
    assert {request.url.path for request in store.requests} == {"/api/v1/Contact/5"}


def test_a_part_of_a_contact_is_changed(connect):
    """With a selection, `update` reads, sends and returns the selected properties only, and the others stay."""
    store = Store(
        ContactEntityWithLinks(contact_id=5, name="a", department="d", emails=[EntityElement(value="a@x", description="x")])
    )

    def change(contact):
        assert (contact.department, contact.emails[0].description) == (UNSET, UNSET)
        contact.name = "b"
        contact.emails[0].value = "b@x"

    contact = connect_to(connect, store).update(5, change, select="name,emails/value")
    assert (contact.name, contact.department, contact.emails[0].value) == ("b", UNSET, "b@x")
    assert (store.contact.department, store.contact.emails[0]) == ("d", EntityElement(value="b@x", description="x"))


WHOLE = ContactEntityWithLinks(
    contact_id=5,
    category=Category(id=1, value="v", tooltip="t"),
    custom_fields={"x:0": "0", "x:1": "1"},
    emails=[EntityElement(value=f"{name}@x", description=name) for name in "abc"],
    domains=["a", "b"],
)
A, B, C = WHOLE.emails
PARTS = [
    ("category/id,category/value", {"category": Category(id=2, value="w")}, Category(id=2, value="w", tooltip="t")),
    ("customFields/x:0", {"custom_fields": {"x:0": "2", "x:3": "3"}}, {"x:0": "2", "x:1": "1", "x:3": "3"}),
    ("customFields/x:0", {"custom_fields": {}}, {"x:1": "1"}),
    (
        "emails/value",
        {"emails": [EntityElement(value="d@x"), EntityElement(value="e@x"), EntityElement(value="f@x")]},
        [EntityElement(value=f"{value}@x", description=name) for value, name in ("da", "eb", "fc")],
    ),
    ("emails/value", {"emails": [EntityElement(value="b@x"), EntityElement(value="c@x")]}, [B, C]),
    (
        "emails/value",
        {"emails": [EntityElement(value="b@x"), EntityElement(value="d@x")]},
        [B, EntityElement(value="d@x", description="c")],
    ),
    (
        "emails/value",
        {"emails": [EntityElement(value=f"{name}@x") for name in "dabc"]},
        [EntityElement(value="d@x"), A, B, C],
    ),
    ("emails/value", {"emails": []}, []),
    ("domains", {"domains": ["c", "a"]}, ["c", "a"]),
]


@pytest.mark.parametrize(("select", "values", "stored"), PARTS)
def test_a_change_of_a_part_keeps_what_was_not_read(connect, select, values, stored):
    """What was not read of a carrier, a dictionary or the items of a list stays, however much of them changes."""
    store = Store(copy.deepcopy(WHOLE))
    connect_to(connect, store).update(5, lambda contact: evolve(contact, **values), select=select)
    assert getattr(store.contact, next(iter(values))) == stored


def test_a_property_that_was_not_read_is_stored_whatever_was_there_before(connect):
    """A change may set what was not read, and nothing else of the contact changes."""
    store = Store(copy.deepcopy(WHOLE))
    connect_to(connect, store).update(5, lambda contact: evolve(contact, domains=["c"]), select="name")
    assert store.contact == evolve(WHOLE, domains=["c"])


def test_items_of_which_a_part_was_read_cannot_change_places(connect):
    """The server cannot move an item, so a change of their order would lose what was not read; nothing is sent."""
    store = Store(copy.deepcopy(WHOLE))
    with pytest.raises(
        EncodeError, match="/Emails/0: an item of which only a part is known can change its place in the rfc"
    ):
        connect_to(connect, store).update(5, lambda contact: contact.emails.reverse(), select="emails/value")
    assert (store.contact, store.methods) == (WHOLE, "GET")
    connect_to(connect, store).update(5, lambda contact: contact.emails.reverse())
    assert store.contact.emails == [C, B, A]


def set_key(key):
    """Change one custom field."""

    def change(contact):
        contact.custom_fields = {**contact.custom_fields, key: "1"}

    return change


def by_another(**values):
    """A change by another client."""
    return lambda contact: evolve(contact, **values)


def test_two_changes_are_merged(connect):
    """What another client changed meanwhile stays, even if the change replaces everything that was read."""
    calls = []

    def change(contact):
        calls.append(contact.department)
        return ContactEntityWithLinks(contact_id=5, name="b", custom_fields={"x:0": "0", "x:1": "1"})

    store = Store(None, by_another(department="d"), by_another(custom_fields={"x:0": "0", "x:2": "2"}))
    contact = connect_to(connect, store).update(5, change)
    assert (contact.name, contact.department) == ("b", "d")
    assert contact.custom_fields == {"x:0": "0", "x:1": "1", "x:2": "2"}
    assert calls == [UNSET]
    assert store.methods == "GET PATCH GET PATCH GET PATCH"


def test_changes_of_a_part_are_merged(connect):
    """With a selection, changes are merged in the selected properties, and others stay as another client has them."""
    store = Store(None, by_another(department="d", org_nr="1"))
    contact = connect_to(connect, store).update(5, rename, select="name,department")
    assert (contact.name, contact.department, contact.org_nr) == ("b", "d", UNSET)
    assert (store.contact.name, store.contact.org_nr) == ("b", "1")


def test_a_change_of_what_was_not_read_does_not_stop_an_update(connect):
    """Where another client has changed only what the selection left out, the change is sent again with the new tag."""
    store = Store(None, by_another(org_nr="1"))
    assert connect_to(connect, store).update(5, rename, select="name").name == "b"
    assert (store.contact.name, store.contact.org_nr) == ("b", "1")
    assert store.methods == "GET PATCH GET PATCH"


def test_the_same_change_by_somebody_else(connect):
    """Where another client has made the same change meanwhile, nothing is sent."""
    store = Store(None, by_another(name="b"))
    assert connect_to(connect, store).update(5, rename).name == "b"
    assert store.methods == "GET PATCH GET"


def test_two_changes_that_meet(connect):
    """Where both clients changed one place, the error has both versions, and nothing is stored."""
    store = Store(None, by_another(name="c"))
    with pytest.raises(UpdateConflict) as caught:
        connect_to(connect, store).update(5, rename)
    error = caught.value
    assert (error.status, error.places) == (409, ("/Name",))
    assert (error.base.name, error.mine.name, error.theirs.name) == ("a", "b", "c")
    assert store.contact.name == "c"


def count(contact):
    """A change that depends on what the contact is."""
    contact.name += "!"


def test_a_change_that_may_have_been_stored_is_not_made_twice(connect):
    """After a 503, `redo` takes no refusal for another client's change; its error has the 503 as its cause."""
    store = Store()
    with pytest.raises(PreconditionFailed) as caught:
        connect_to(connect, Busy(store, 503, stores=True)).update(5, count, on_conflict="redo")
    assert isinstance(caught.value.__cause__, ServiceUnavailable)
    assert store.contact.name == "a!"


def test_a_conflict_after_a_503_has_it_as_its_cause(connect):
    """Where others change what was stored perhaps, the error of `update` says so, since nobody should make it twice."""
    store = Store(None, evolve, lambda contact: evolve(contact, name="of another"))
    with pytest.raises(UpdateConflict) as caught:
        connect_to(connect, Busy(store, 503, stores=True)).update(5, rename)
    assert isinstance(caught.value.__cause__, ServiceUnavailable)
    with pytest.raises(UpdateConflict) as caught:
        connect_to(connect, Store(None, lambda contact: evolve(contact, name="of another"))).update(5, rename)
    assert caught.value.__cause__ is None


def test_a_503_is_remembered_by_all_attempts(connect):
    """The error of a later attempt has the 503 of an earlier one as its cause, whatever the server refuses."""

    def department(number):
        return lambda contact: evolve(contact, department=str(number))

    store = Store(None, evolve, lambda contact: evolve(contact, name="a", department="0"), *map(department, range(1, 9)))
    with pytest.raises(PreconditionFailed) as caught:
        connect_to(connect, Busy(store, 503, stores=True)).update(5, rename, attempts=3)
    assert isinstance(caught.value.__cause__, ServiceUnavailable)


def test_a_change_that_has_been_stored_is_merged_with_itself(connect):
    """After a 503 for a change that was stored, `update` finds it in the contact, and returns that."""
    client = connect_to(connect, Busy(Store(), 503, stores=True))
    assert client.update(5, count).name == "a!"


@pytest.mark.parametrize(("status", "others", "name"), [(503, [], "a!"), (429, [{"name": "c"}], "c!")])
def test_a_change_that_was_not_stored_is_made(connect, status, others, name):
    """After a 503 the same request is sent again; after a 429, `redo` makes the change again."""
    store = Store(None, *(by_another(**changes) for changes in others))
    client = connect_to(connect, Busy(store, status))
    assert client.update(5, count, on_conflict="redo").name == name


def test_a_change_is_made_again(connect):
    """With `redo` the change is made again on the contact that another client has stored."""
    store = Store(None, by_another(name="c"), by_another(name="d"))
    assert connect_to(connect, store).update(5, count, on_conflict="redo").name == "d!"


def test_attempts_are_limited(connect):
    """After the last attempt that another client preceded, `update` raises the server's answer."""
    store = Store(None, *[by_another(department=str(n)) for n in range(9)])
    with pytest.raises(PreconditionFailed) as caught:
        connect_to(connect, store).update(5, rename, attempts=3)
    assert caught.value.__notes__ == ["Others have changed the contact before each of 3 attempts: see `attempts`."]
    assert store.methods == "GET PATCH GET PATCH GET PATCH"
    for attempts in (0, -1, 1.5, None, True):
        with pytest.raises(ValueError, match="attempts is an integer, 1 or more, not"):
            connect_to(connect, store).update(5, rename, attempts=attempts)
    with pytest.raises(ValueError, match="on_conflict is one of raise, redo, not 'Redo'"):
        connect_to(connect, store).update(5, rename, on_conflict="Redo")


def test_attempts_are_apart(connect):
    """Before each further attempt there is a pause of a random length, whose limit doubles up to a second."""
    waits = []
    for _ in range(20):
        store, paused = Store(None, *[by_another(department=str(n)) for n in range(9)]), []
        connect_to(connect, store, sleep=paused.append).update(5, rename)
        assert len(paused) == 9
        waits.append(paused)
    longest = [max(pauses) for pauses in zip(*waits, strict=True)]
    limits = [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1, 1, 1]
    assert all(limit / 4 < pause <= limit for pause, limit in zip(longest, limits, strict=True))
    store, paused = Store(None, by_another(department="d")), []
    connect_to(connect, store, sleep=paused.append, max_wait=0).update(5, rename)
    assert paused == [0]


@pytest.mark.parametrize("refusal", [PreconditionFailed("never"), Conflict("never")])
def test_a_refusal_that_nobody_caused_is_final(connect, refusal):
    """A refusal is final where nobody else has changed the contact."""
    store = Store(refuse=refusal)
    with pytest.raises(type(refusal), match="never"):
        connect_to(connect, store).update(5, rename)
    assert store.methods == "GET PATCH GET"


def test_a_conflict_is_like_a_failed_precondition(connect):
    """A 409 that says that the contact has changed makes `update` try again, as a 412 does."""
    store = Store(None, by_another(department="d"))
    store.answer = refuse_once(store, Conflict("no"))
    assert connect_to(connect, store).update(5, rename).department == "d"


def refuse_once(store, error):
    """The store's answers, except that the first request to change gets an error."""
    answer, refused = store.answer, []

    def answer_or_refuse(request):
        if request.method != "GET" and not refused:
            refused.append(request)
            return store.endpoint.respond_error(error)
        return answer(request)

    return answer_or_refuse


def test_without_tags_the_date_counts(connect):
    """Without a tag, `update` sends the date of the last change, and with neither it sends nothing."""
    dated = decode(b'{"ContactId":5,"Name":"a","UpdatedDate":"2020-01-02T03:04:05Z"}', type=ContactEntityWithLinks)
    store = Store(dated, tags=False)
    connect_to(connect, store).update(5, rename)
    assert store.requests[1].headers["If-Unmodified-Since"] == "Thu, 02 Jan 2020 03:04:05 GMT"
    store = Store(tags=False)
    with pytest.raises(ValueError, match="without an ETag and without UpdatedDate"):
        connect_to(connect, store).update(5, rename)
    assert store.methods == "GET"


@pytest.mark.parametrize("result", [5, "b", Person(), EntityElement()])
def test_a_change_that_gives_something_else(connect, result):
    """A change that returns no contact is a TypeError."""
    store = Store()
    with pytest.raises(
        TypeError, match=f"a change gives the changed ContactEntityWithLinks, .* not {type(result).__name__}"
    ):
        connect_to(connect, store).update(5, lambda contact: result)
    assert store.methods == "GET"


@pytest.mark.parametrize("failure", [KeyError("x"), StopIteration(5)])
def test_a_change_that_fails(connect, failure):
    """An error of the change passes through `update`, and nothing is sent.

    Python makes a RuntimeError of a StopIteration in a coroutine (PEP 479).
    """

    def fail(contact):
        raise failure

    store = Store()
    with pytest.raises((type(failure), RuntimeError)) as caught:
        connect_to(connect, store).update(5, fail)
    assert caught.value is failure or caught.value.__cause__ is failure
    assert store.methods == "GET"


def test_a_contact_that_is_deleted_meanwhile(connect):
    """A contact that another client deletes meanwhile is NotFound, since nothing can be merged with it."""
    store = Store(None, by_another(department="d"))
    answer = store.answer
    store.answer = lambda request: answer(request) if len(store.requests) < 3 else gone(store)
    with pytest.raises(NotFound):
        connect_to(connect, store).update(5, rename)


def gone(store):
    """The answer for a contact that was deleted."""
    return store.endpoint.respond_error(NotFound("gone"))


def test_a_change_may_be_awaited():
    """The async client awaits a change that is a coroutine function."""
    store = Store()

    async def change(contact):
        await asyncio.sleep(0)
        return evolve(contact, name="b")

    async def run():
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(store))
        async with AsyncContactClient("http://crm.example", client=http) as client:
            return await client.update(5, change)

    assert asyncio.run(run()).name == "b"


class Note(Carrier):
    """A user's entity with a required property."""

    note_id: Maybe[Int32] = UNSET
    title: str
    text: Maybe[str] = UNSET


def test_another_entity(connect):
    """`update` merges any entity, with the name of its primary key."""
    note = Note(note_id=5, title="t", text="a")
    store = Store(note, by_another(title="u"), endpoint=ContactEndpoint(type=Note, id="note_id"))
    client = connect_to(connect, store, type=Note, id="note_id")
    got = client.update(5, lambda note: setattr(note, "text", "b"), select="title,text")
    assert (got.text, store.contact) == ("b", Note(note_id=5, title="u", text="b"))
