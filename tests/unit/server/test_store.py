"""`ContactStore`: transactions, ids, dates, threads, processes, and databases that fail."""

import gc
import logging
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import attrs
import pytest

from contactwire import (
    UNSET,
    Associate,
    Carrier,
    ContactEntity,
    ContactEntityWithLinks,
    Int32,
    Maybe,
    Person,
    Timestamp,
    ValidationError,
    encode,
    evolve,
)
from contactwire.errors import HttpError, ServiceUnavailable
from contactwire.server import ContactStore, samples


@pytest.fixture
def path(tmp_path):
    """The path of a new database, whose name needs escapes in a URI."""
    return str(tmp_path / "my contacts?ø%#.sqlite")


@pytest.fixture(params=["in memory", "in a file"])
def store(request, path):
    """A store with the sample contacts."""
    with closing(ContactStore(":memory:" if request.param == "in memory" else path, timeout=0)) as store:
        store.seed()
        yield store


@pytest.fixture
def kept(path):
    """A store in a file, with the sample contacts, that waits for no other writer."""
    with closing(ContactStore(path, timeout=0)) as store:
        store.seed()
        yield store


def describe(text):
    """A change that sets the description."""
    return lambda stored: attrs.evolve(stored, description=text)


def is_now(moment):
    """Whether a stored date is the present, within the time that a test takes."""
    present = datetime.now(timezone.utc).replace(tzinfo=None)
    return present - timedelta(minutes=5) <= moment.replace(tzinfo=None) <= present


def spoil(path, body):
    """Write a body into a database in place of contact 1, without the store."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE contact SET body = ? WHERE id = 1", (body,))


def change(store):
    """Try to change a contact."""
    return store.update(1, describe("new"))


def read(store):
    """Try to read a contact."""
    return store.load(1)


# Changes


def test_a_change_is_stored_and_given_back(store):
    """`update` returns the contact as stored, with the present as its date, and does not change the one that it read."""
    before = store.load(1)
    after = store.update(1, describe("new"))
    assert after == store.load(1)
    assert (after.description, after.contact_id) == ("new", 1)
    assert is_now(after.updated_date)
    assert after == attrs.evolve(before, description="new", updated_date=after.updated_date)


def test_a_change_that_raises_stores_nothing(store):
    """A change that raises is rolled back, and the store works on."""
    before = store.load(1)
    with pytest.raises(ZeroDivisionError):
        store.update(1, lambda stored: 1 // 0)
    assert store.load(1) == before
    assert store.update(1, describe("new")).description == "new"


def test_a_change_may_make_a_contact(store):
    """`update` stores the contact that a change makes where there was none, with its id and a date."""
    made = store.update(70, lambda stored: ContactEntityWithLinks(name="new") if stored is None else stored)
    assert (made.contact_id, made.name) == (70, "new")
    assert store.load(70) == made
    assert store.load(71) is None


@pytest.mark.parametrize("date", [UNSET, None, Timestamp.parse("9999-12-31T23:59:59.9-05:00")])
def test_the_date_of_a_change_is_the_present(kept, path, date):
    """A stored date that is missing or in the future does not change the date of the next change."""
    spoil(path, encode(attrs.evolve(kept.load(1), updated_date=date)))
    assert kept.load(1).updated_date == date
    assert is_now(change(kept).updated_date)


def test_what_cannot_be_read_again_is_not_stored(store):
    """A change to a contact larger than the codec reads is refused, and the stored one stays."""
    before = store.update(1, describe("x" * 10_000_000))
    with pytest.raises(HttpError, match="too large") as caught:
        store.update(1, lambda stored: attrs.evolve(stored, department=stored.description))
    assert caught.value.status == 413
    assert store.load(1) == before


def test_what_nests_deeper_than_can_be_read_is_not_stored(store):
    """A change to a contact that nests deeper than the codec reads is refused in the same way."""
    before, deep = store.load(1), []
    for _ in range(64):
        deep = [deep]
    with pytest.raises(HttpError, match="nesting is deeper than 64") as caught:
        store.update(1, lambda stored: evolve(stored, extras={"Odd": deep}))
    assert caught.value.status == 413
    assert store.load(1) == before


# New contacts, and deleted ones


def test_a_new_contact_gets_what_is_the_servers(store):
    """`create` returns the contact as stored: with a new id, the present as both dates, its author and its own link."""
    author = Associate(associate_id=5)
    sent = ContactEntityWithLinks(contact_id=0, name="new", updated_by=author)
    made = store.create(sent)
    assert made == store.load(made.contact_id)
    assert made.contact_id == len(samples()) + 1
    assert (made.name, made.created_by, made.updated_by) == ("new", author, author)
    assert made.created_date == made.updated_date
    assert is_now(made.created_date)
    assert made.links == {"Self": f"/api/v1/Contact/{made.contact_id}"}
    assert sent == ContactEntityWithLinks(contact_id=0, name="new", updated_by=author)


def test_a_contact_that_cannot_be_stored_takes_no_place(store):
    """A new contact that the codec refuses leaves nothing in the database."""
    with pytest.raises(HttpError, match="too large"):
        store.create(ContactEntityWithLinks(name="x" * 2**24))
    assert store.load(len(samples()) + 1) is None


def test_no_id_is_given_twice(kept, path):
    """The id of a deleted contact is not used again, neither for a new contact nor for a sample in a later process."""
    made = kept.create(ContactEntityWithLinks())
    for id in range(1, made.contact_id + 1):
        kept.delete(id, lambda stored: None)
    kept.close()
    with closing(ContactStore(path)) as again:
        again.seed()
        assert again.load(1) is None
        assert again.create(ContactEntityWithLinks()).contact_id == made.contact_id + 1


def test_a_check_decides_whether_to_delete(store):
    """`delete` calls the check with the stored contact, and keeps it if the check raises."""
    stored, seen = store.load(1), []

    def refuse(contact):
        raise LookupError

    with pytest.raises(LookupError):
        store.delete(1, refuse)
    assert store.load(1) == stored
    assert store.delete(1, seen.append) is None
    assert store.delete(1, seen.append) is None
    assert seen == [stored, None]
    assert store.load(1) is None


def test_the_default_contact(store):
    """`default` returns a contact with the server's defaults, which is not stored."""
    contact = store.default()
    first = Timestamp.parse("0001-01-01T00:00:00")
    assert (contact.contact_id, contact.name, contact.emails, contact.custom_fields) == (0, "", [], {})
    assert (contact.no_mailing, contact.xstop, contact.group_id, contact.associate) == (False, False, 0, None)
    assert (contact.created_date, contact.updated_date, contact.dbi_last_modified) == (first, first, first)
    assert (contact.table_right, contact.field_properties, contact.links) == (UNSET, UNSET, UNSET)
    contact.emails.append("mine")
    assert store.default().emails == []
    assert store.load(0) is None


def test_a_store_is_seeded_once(path):
    """A database that holds contacts gets no samples."""
    with closing(ContactStore(path)) as store:
        store.seed()
        store.update(1, describe("mine"))
    with closing(ContactStore(path)) as store:
        store.seed()
        assert store.load(1).description == "mine"
        assert store.load(len(samples()) + 1) is None


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_store_in_memory_leaves_nothing(tmp_path, monkeypatch, is_closed):
    """A database in memory leaves no file, whether or not it is closed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = ContactStore()
    store.seed()
    assert [*tmp_path.iterdir()]
    if is_closed:
        store.close()
    else:
        del store
        gc.collect()
    assert [*tmp_path.iterdir()] == []


# Threads and processes


def test_a_slow_change_holds_back_no_reader(store):
    """While one thread changes a contact, others read the stored one."""
    before = store.load(1)

    def slow(stored):
        with ThreadPoolExecutor() as pool:
            assert [*pool.map(store.load, [1] * 20)] == [before] * 20
        return attrs.evolve(stored, description="new")

    assert store.update(1, slow).description == "new"


def test_a_change_waits_no_longer_than_it_may(store):
    """A change that waits for another one longer than the timeout is refused, and nothing of it is stored."""

    def slow(stored):
        with ThreadPoolExecutor() as pool:
            inner = pool.submit(store.update, 1, describe("inner"))
            assert isinstance(inner.exception(), ServiceUnavailable)
        return attrs.evolve(stored, department="outer")

    assert store.update(1, slow).department == "outer"
    assert store.load(1).description is UNSET


def test_threads_lose_no_change(path):
    """All changes of many threads are stored."""
    with closing(ContactStore(path)) as store:
        store.seed()

        def add(number):
            fields = {f"x:{number}": "1"}
            store.update(1, lambda stored: attrs.evolve(stored, custom_fields=stored.custom_fields | fields))

        with ThreadPoolExecutor(16) as pool:
            [*pool.map(add, range(100))]
        assert {f"x:{number}" for number in range(100)} <= set(store.load(1).custom_fields)


ADD = """
import sys, attrs
from contactwire import ContactEntityWithLinks
from contactwire.server import ContactStore

print("ready", flush=True)
sys.stdin.readline()
store = ContactStore(sys.argv[1])
store.seed()
for number in range(50):
    key = f"{sys.argv[2]}:{number}"
    store.update(1, lambda stored: attrs.evolve(stored, custom_fields=stored.custom_fields | {key: "1"}))
    print(store.create(ContactEntityWithLinks(name=key)).contact_id)
store.close()
"""


def test_processes_share_a_file(path):
    """Processes that open a new file at the same time lose no change, and use no id twice."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([sys.executable, "-c", ADD, path, str(number)], **pipes) for number in range(3)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    ids = [int(id) for process in running for id in process.communicate()[0].split()]
    assert sorted(ids) == list(range(len(samples()) + 1, len(samples()) + 151))
    with closing(ContactStore(path)) as store:
        added = {f"{process}:{number}" for process in range(3) for number in range(50)}
        assert added <= set(store.load(1).custom_fields)
        assert {store.load(id).name for id in ids} == added


FORKED = """
import os, sys, attrs
from contactwire.server import ContactStore

store = ContactStore(sys.argv[1], timeout=0)
store.seed()
asked, answered = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(asked[1])
    os.read(asked[0], 1)
    os.write(answered[1], store.update(1, lambda stored: attrs.evolve(stored, description="new")).description.encode())
    os.read(asked[0], 1)
    sys.exit(0)
os.close(answered[1])
if sys.argv[2] == "closes":
    store.close()
os.write(asked[1], b"x")
assert os.read(answered[0], 3) == b"new"
reader = ContactStore(sys.argv[1]) if sys.argv[2] == "closes" else store
assert reader.load(1).description == "new"
os.write(asked[1], b"x")
os.wait()
assert reader.load(1).description == "new"
"""


def run_forked(path, first):
    """Run `FORKED`, in which the first process closes its store, or does nothing with it, before the forked one writes."""
    done = subprocess.run([sys.executable, "-c", FORKED, path, first], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("first", ["idles", "closes"])
def test_a_forked_process_uses_the_file_too(path, first):
    """What a forked process stores is there for all, though the first process has closed its store."""
    run_forked(path, first)


def test_a_forked_process_leaves_a_store_in_memory():
    """A forked process may use a store in memory, and when it ends, the store is still there."""
    run_forked(":memory:", "idles")


KILLED = """
import os, sys, signal, attrs
from contactwire import ContactEntityWithLinks
from contactwire.server import ContactStore

class Deadly(ContactEntityWithLinks):
    def __attrs_post_init__(self):
        if self.contact_id:
            os.kill(os.getpid(), signal.SIGKILL)

store = ContactStore(sys.argv[1])
store.seed()
print(store.update(1, lambda stored: attrs.evolve(stored, description="acknowledged")).description, flush=True)
store.create(Deadly())
"""


def test_killed_in_a_transaction_it_keeps_what_was_committed(path):
    """A process that is killed between write and commit leaves what it committed before, and no lock."""
    done = subprocess.run([sys.executable, "-c", KILLED, path], capture_output=True, text=True)
    assert done.returncode == -9
    assert done.stdout == "acknowledged\n"
    with closing(ContactStore(path, timeout=0)) as store:
        assert store.load(1).description == "acknowledged"
        assert store.load(len(samples()) + 1) is None
        assert store.update(1, describe("next")).description == "next"


@pytest.fixture
def reader(path):
    """A connection that reads from a file which no store has opened."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE other (id)")
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM other").fetchall()
        yield connection


def test_a_store_waits_for_others_that_have_the_file_open(path, reader, monkeypatch):
    """Opening a file that another process reads waits until that has read."""

    class Connection(sqlite3.Connection):
        def execute(self, statement, *arguments):
            if statement == "BEGIN EXCLUSIVE":
                reader.execute("COMMIT")
            return super().execute(statement, *arguments)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Connection))
    with closing(ContactStore(path, timeout=0)) as store:
        store.seed()
        assert read(store).contact_id == 1


def test_a_store_waits_no_longer_than_it_may(path, reader):
    """Opening a file that another process keeps reading is refused at the timeout."""
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        ContactStore(path, timeout=0)


def test_a_store_waits_for_nothing_else(path, monkeypatch):
    """An error in preparing a new file that waiting cannot mend is raised at once."""

    class Connection(sqlite3.Connection):
        def execute(self, statement, *arguments):
            if "journal_mode" in statement:
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(statement, *arguments)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Connection))
    with pytest.raises(sqlite3.OperationalError, match="I/O"):
        ContactStore(path)


# Databases that fail


def lock(path):
    """Another connection, which keeps the write lock until it is closed."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def unavailable(caplog, call, *arguments):
    """Assert that a call is refused for now, without internals in the message, and that the log has the reason."""
    caplog.clear()
    with caplog.at_level(logging.WARNING, "contactwire"), pytest.raises(ServiceUnavailable) as caught:
        call(*arguments)
    assert str(caught.value) == "the storage does not work now, try again later"
    return caplog.text


def test_a_locked_database(kept, path, caplog):
    """While another process keeps the lock, reading works and changing is refused, and afterwards both work."""
    with closing(lock(path)):
        assert kept.load(1).name == "Elan Hoppski"
        assert "database is locked" in unavailable(caplog, change, kept)
    assert change(kept).description == "new"


def test_a_file_that_is_removed(kept, path, caplog):
    """A store whose file is removed refuses everything and creates none, and works with a file that replaces it."""
    stored = kept.load(2)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(f"{path}.copy")) as copy:
        source.backup(copy)
    for name in (path, f"{path}-wal", f"{path}-shm"):
        Path(name).unlink()
    for call in (read, change):
        assert "unable to open database file" in unavailable(caplog, call, kept)
    Path(f"{path}.copy").rename(path)
    assert kept.load(2) == stored


FULL = """
import attrs, resource, sys
from contactwire.errors import ServiceUnavailable
from contactwire.server import ContactStore

store = ContactStore(sys.argv[1])
store.seed()
before = store.load(1)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
try:
    store.update(1, lambda stored: attrs.evolve(stored, description="x" * 1_000_000))
except ServiceUnavailable as error:
    assert store.load(1) == before
    print(error)
store.update(1, lambda stored: attrs.evolve(stored, description="small"))
store.close()
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
"""


def test_a_full_disk(path):
    """A change that does not fit on the disk is refused and leaves nothing, and a smaller one is stored."""
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("the storage does not work now, try again later\n", 0), done.stderr
    with closing(ContactStore(path)) as store:
        assert store.load(1).description == "small"


def test_a_file_that_is_no_database(tmp_path):
    """A file that is no database is refused, and is not changed."""
    file = tmp_path / "notes.txt"
    file.write_bytes(b"no database " * 100)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        ContactStore(str(file))
    assert file.read_bytes() == b"no database " * 100


def test_a_table_that_is_missing(kept, path):
    """A database without its table is an error, whose reason only the host learns."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("DROP TABLE contact")
    for call in (read, change):
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            call(kept)


def test_a_stored_body_that_is_no_contact(kept, path):
    """A stored body that is no contact is the server's fault and not the client's."""
    spoil(path, b"x")
    for call in (read, change):
        with pytest.raises(sqlite3.DatabaseError, match="contact 1 is no contact"):
            call(kept)
    assert kept.load(2).contact_id == 2


def test_a_database_that_may_not_be_written(path, caplog):
    """A read-only database can be read, and changes are refused for now."""
    with closing(ContactStore(path)) as store:
        store.seed()
    # SQLite's file format, §1.3.3: a file whose write version is above 2 "must be treated as read-only".
    with open(path, "r+b") as file:
        file.seek(18)
        file.write(b"\x03")
    with closing(ContactStore(path)) as store:
        assert read(store).contact_id == 1
        assert "attempt to write a readonly database" in unavailable(caplog, change, store)


def test_a_store_that_is_closed(path):
    """A closed store refuses everything, and a thread that works is not disturbed, and leaves nothing open."""
    store = ContactStore(path)
    store.seed()
    begun, closed = threading.Event(), threading.Event()

    def slow(stored):
        begun.set()
        assert closed.wait(60)
        return stored

    with ThreadPoolExecutor() as pool:
        changed = pool.submit(store.update, 1, slow)
        assert begun.wait(60)
        store.close()
        closed.set()
        assert changed.result().contact_id == 1
    assert not Path(f"{path}-wal").exists()  # which the last connection to be closed removes
    for call in (read, change):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            call(store)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class Shop(ContactEntityWithLinks):
    """A contact with properties of a user's own."""

    tier: str
    rank: Int32 = 5
    size: Maybe[Int32] = UNSET
    note: Maybe[str] = None


class Led(ContactEntityWithLinks):
    """A contact that must have a carrier."""

    leader: Person


def test_a_store_of_a_class_of_ones_own(path):
    """Contacts of a derived class keep its properties, and a new one has .NET's defaults where its class has no others."""
    with closing(ContactStore(path, type=Shop)) as store:
        shop = store.create(Shop(tier="gold", name="x"))
        assert (type(shop), shop.tier, store.load(1)) == (Shop, "gold", shop)
        assert store.update(1, lambda stored: evolve(stored, tier="tin")).tier == "tin"
        blank = store.default()
        assert (blank.contact_id, blank.tier, blank.rank, blank.size, blank.note) == (0, "", 5, 0, None)
        with pytest.raises(ValidationError, match="/Tier: the property is missing"):
            store.create(ContactEntityWithLinks(name="y"))
        assert store.load(2) is None


def test_a_store_whose_class_has_no_defaults():
    """The samples and the default of a class that requires more than .NET gives are errors, and nothing is stored."""
    with closing(ContactStore(type=Led)) as store:
        with pytest.raises(ValidationError, match="/Leader: the property is missing"):
            store.seed()
        with pytest.raises(TypeError, match="missing what is required: 'leader'"):
            store.default()
        assert store.load(1) is None


@pytest.mark.parametrize("other", [ContactEntity, Person, Carrier, dict, 5, None, list[ContactEntityWithLinks]])
def test_a_store_of_something_else(other):
    """A class that is no contact with links is a TypeError."""
    with pytest.raises(TypeError, match="a store keeps a class derived from ContactEntityWithLinks, not "):
        ContactStore(type=other)


@pytest.mark.parametrize("other", [None, 5, {"Name": "x"}, ContactEntity(name="x"), Person(), ContactEntityWithLinks])
def test_a_store_keeps_contacts_with_links(store, other):
    """What is no contact with links is a TypeError, whether it is created or the result of a change, and is not stored."""
    stored = store.load(1)
    with pytest.raises(TypeError, match="a store keeps a ContactEntityWithLinks, not a value of class"):
        store.create(other)
    with pytest.raises(TypeError, match="a store keeps a ContactEntityWithLinks, not a value of class"):
        store.update(1, lambda _: other)
    assert store.load(1) == stored
