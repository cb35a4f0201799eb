"""The endpoint over SQLite on the standard library's server, for local integration tests: `contactwire serve`.

A change is one transaction: the store checks the precondition and writes the contact while nobody else can write. The server
answers after the commit. HTTP-dates count whole seconds, so each change sets `UpdatedDate` at least one second later than
the change before. A client with an older contact thus always gets 412.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contactwire.carriers import (
    Address,
    Category,
    ContactEntityWithLinks,
    Country,
    EntityElement,
    LocalizedField,
    Person,
)
from contactwire.codecs.json import JsonCodec
from contactwire.errors import HttpError
from contactwire.http import ContactEndpoint, Host, Response, read_body
from contactwire.timestamps import Timestamp

__all__ = ["ContactStore", "samples", "serve"]

Contact = ContactEntityWithLinks
_MEMORY = ":memory:"
# The last date that has another one a second later.
_LAST = datetime(9999, 12, 31, 23, 59, 58)


class ContactStore:
    """Contacts in an SQLite database, in a file or in memory; safe for threads, and for processes that share the file."""

    def __init__(self, database: str = _MEMORY) -> None:
        self._codec = JsonCodec()
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(database, timeout=30, isolation_level=None, check_same_thread=False)
        # With synchronous = FULL, a committed change survives a power failure.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS contact (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def seed(self) -> None:
        """Add the sample contacts, if there are no contacts yet."""
        with self._transaction():
            if not self._connection.execute("SELECT count(*) FROM contact").fetchone()[0]:
                for contact in samples():
                    self._write(contact)

    def load(self, id: int) -> Contact | None:
        """The contact with that id, or None. Raises sqlite3.Error where the database fails."""
        with self._lock:
            return self._read(id)

    def update(self, id: int, change: Callable[[Contact | None], Contact]) -> Contact:
        """Store the contact that `change` gives for the stored one (None if there is none), and return it.

        The id and a new `updated_date` are set. If `change` raises, nothing is stored.
        """
        with self._transaction():
            stored = self._read(id)
            contact = change(stored)
            contact.contact_id = id
            contact.updated_date = _after(stored)
            self._write(contact)
            return contact

    def _read(self, id: int) -> Contact | None:
        row = self._connection.execute("SELECT body FROM contact WHERE id = ?", (id,)).fetchone()
        return None if row is None else self._codec.decode(row[0], ContactEntityWithLinks)

    def _write(self, contact: Contact) -> None:
        row = contact.contact_id, self._codec.encode(contact)
        self._connection.execute("INSERT OR REPLACE INTO contact (id, body) VALUES (?, ?)", row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            # IMMEDIATE takes the write lock before the first read, so that nobody writes between check and write.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise


def _after(stored: Contact | None) -> Timestamp:
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    before = stored.updated_date if stored is not None else None
    if isinstance(before, datetime):
        now = max(now, min(before.replace(tzinfo=None, microsecond=0), _LAST) + timedelta(seconds=1))
    return Timestamp.from_datetime(now)


def samples() -> list[Contact]:
    """The contacts that a new database starts with."""
    created = Timestamp.parse("2022-07-14T14:44:54")
    return [
        Contact(
            contact_id=number,
            name=name,
            department="",
            org_nr=f"98765432{number}",
            created_date=created,
            updated_date=created,
            emails=[EntityElement(value=f"post@{domain}", description="")],
            phones=[EntityElement(value=f"+47 22 00 00 0{number}", stripped_value=f"+472200000{number}")],
            category=Category(id=number, value='NO:"Leverandør";US:"Supplier"'),
            country=Country(country_id=578, name="Norway", two_letter_iso_country="NO"),
            persons=[Person(person_id=10 + number, firstname="Kari", lastname="Nordmann")],
            address=Address(localized_address=[[LocalizedField(name="Address1", value="Karl Johans gate 1")]]),
            no_mailing=False,
            domains=[domain],
            custom_fields={"SuperOffice:1": "[I:23]"},
            links={"Self": f"/api/v1/Contact/{number}"},
        )
        for number, name, domain in [
            (1, "Elan Hoppski", "hoppski.example"),
            (2, "Fjord & Fjell AS", "fjordfjell.example"),
            (3, "Bakeriet på hjørnet", "bakeriet.example"),
        ]
    ]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], host: Host) -> None:
        super().__init__(address, _Handler)
        self.host = host


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two small writes, which Nagle's algorithm would hold back.
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: a request line may hold secrets."""

    def __getattr__(self, name: str) -> Any:
        # The base class calls do_GET, do_PUT and so on; the endpoint decides which methods it takes.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        self._has_read = False
        response = self.server.host.answer(self.command, ("", path), query, self.headers.items(), self._body)
        if not self._has_read and self.headers.get("Content-Length", "0") != "0":
            # The server would take the unread body for the next request.
            self.close_connection = True
        self._send(response)

    def _body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise HttpError("a body needs a Content-Length here", status=411)
        length = self.headers.get("Content-Length", "0").strip(" \t")
        body = read_body(self.rfile.read, length, self.server.host.max_bytes)
        self._has_read = True
        return body

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)


def serve(
    database: str = _MEMORY, *, host: str = "127.0.0.1", port: int = 0, endpoint: ContactEndpoint | None = None
) -> ThreadingHTTPServer:
    """A server that is bound to `host` and `port`, and answers once `serve_forever()` is called.

    `port` 0 means a free one, which `server_address` tells. `database` is a file's path, or `:memory:`; a new database gets
    the sample contacts. `endpoint` is by default one whose stored dates are in the time zone `NO`. Raises OSError for a port
    that is taken, sqlite3.Error for a file that is no database.
    """
    store = ContactStore(database)
    store.seed()
    known = endpoint or ContactEndpoint(base_time_zone="NO")
    return _Server((host, port), Host(load=store.load, update=store.update, endpoint=known))
