"""Contacts in SQLite: `ContactStore`, whose methods are the functions that a `contactwire.http.Host` takes.

A change is one transaction: the store checks the precondition and writes the contact while nobody else can write. What it
gives back is what it stored, read again, so nothing is stored that cannot be read.

`updated_date` is the time of the change by the server's clock, in UTC and whole seconds. Where that clock is set back, the
date goes back, too, since entity tags tell versions apart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic

from contactwire.builtins import check_depth
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, ContentTooLarge, HttpError, repr_of
from contactwire.server.database import MEMORY, Database
from contactwire.server.samples import blank_contact, samples, self_link
from contactwire.timestamps import Timestamp
from contactwire.wire import evolve, is_carrier

if TYPE_CHECKING:
    # Type checkers know it without the package; at run time nobody asks for the default.
    from typing_extensions import TypeVar

    C = TypeVar("C", bound=ContactEntityWithLinks, default=ContactEntityWithLinks)
else:
    from typing import TypeVar

    C = TypeVar("C")

__all__ = ["ContactStore"]

# AUTOINCREMENT never gives an id again, also not that of a deleted contact.
_SCHEMA = "CREATE TABLE IF NOT EXISTS contact (id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL)"
_INSERT = "INSERT INTO contact (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"


class ContactStore(Generic[C]):
    """Contacts in an SQLite database, in a file or in memory; safe for threads, and for processes that share the file.

    They are of one class: `ContactEntityWithLinks`, or a `type` that derives from it, which an application serves with
    `ContactEndpoint(type=…)`.

    A reader waits for nobody. A writer waits for other writers, for `timeout` seconds at most. A process may fork while no
    thread uses the store.

    Each method raises `ServiceUnavailable` where the database does not work now but may later, as when the disk is full,
    sqlite3.Error where it cannot work, an `HttpError` with the status 413 for a contact beyond the limits of the codecs, and
    TypeError for what is no contact with links. Nothing is stored then. The constructor raises sqlite3.Error for both faults
    of the database, and TypeError for another `type`.
    """

    def __init__(
        self,
        database: str = MEMORY,
        *,
        type: type[C] = ContactEntityWithLinks,  # type: ignore[assignment]
        timeout: float = 10,
    ) -> None:
        if not is_carrier(type) or not issubclass(type, ContactEntityWithLinks):
            raise TypeError(f"a store keeps a class derived from ContactEntityWithLinks, not {repr_of(type, 200)}")
        self._type, self._codec, self._name = type, JsonCodec(), str(database)
        self._database = Database(database, _SCHEMA, timeout=timeout)

    def __repr__(self) -> str:
        return f"ContactStore({self._name!r})"

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def seed(self) -> None:
        """Add the sample contacts, unless there is or was a contact.

        Raises `ValidationError` for a class that requires more than they have.
        """
        with self._database.writing() as connection:
            if connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'contact'").fetchone() is None:
                for contact in samples():
                    self._write(connection, contact)

    def load(self, id: int) -> C | None:
        """The contact with that id, or None."""
        with self._database.reading() as connection:
            return self._read(connection, id)

    def update(self, id: int, change: Callable[[C | None], C]) -> C:
        """Store the contact that `change` gives for the stored one (None if there is none), and return it.

        The id and `updated_date` are set. If `change` raises, nothing is stored.
        """
        with self._database.writing() as connection:
            contact = _checked(change(self._read(connection, id)))
            return self._write(connection, evolve(contact, contact_id=id, updated_date=Timestamp.present_second()))

    def create(self, contact: C) -> C:
        """Store a new contact under a new id, and return it as stored, with its id, dates and link to itself.

        Who is named as having updated it has created it. No id is used twice, also not after a deletion.
        """
        _checked(contact)
        with self._database.writing() as connection:
            id = connection.execute("INSERT INTO contact (body) VALUES (x'')").lastrowid
            assert id is not None
            now, author = Timestamp.present_second(), contact.updated_by
            changes = {"created_date": now, "updated_date": now, "created_by": author, "links": self_link(id)}
            return self._write(connection, evolve(contact, contact_id=id, **changes))

    def delete(self, id: int, check: Callable[[C | None], Any]) -> None:
        """Delete the contact with that id; `check` is called with it (None if there is none), and may raise to keep it."""
        with self._database.writing() as connection:
            check(self._read(connection, id))
            connection.execute("DELETE FROM contact WHERE id = ?", (id,))

    def default(self) -> C:
        """A new contact with the server's defaults, which is not stored; its id is 0.

        Raises TypeError for a class that requires what has no default in .NET, such as another carrier.
        """
        return blank_contact(self._type)

    def _read(self, connection: sqlite3.Connection, id: int) -> C | None:
        row = connection.execute("SELECT body FROM contact WHERE id = ?", (id,)).fetchone()
        if row is None:
            return None
        try:
            return self._codec.decode(row[0], self._type)
        except ContactWireError as error:  # which would be the client's fault
            raise sqlite3.DatabaseError(f"what is stored as contact {id} is no contact") from error

    def _write(self, connection: sqlite3.Connection, contact: Any) -> C:
        """Store a contact, and return it as it will be read."""
        try:
            check_depth(contact, self._codec.max_depth)
            body = self._codec.encode(contact)
            stored: C = self._codec.decode(body, self._type)
        except ContentTooLarge as error:
            # Small changes may add up to it, so it is told to whoever sends the last one.
            raise HttpError(f"the contact would be too large: {error.message}", "ContentTooLarge", status=413) from error
        connection.execute(_INSERT, (contact.contact_id, body))
        return stored


def _checked(contact: Any) -> Any:
    if not isinstance(contact, ContactEntityWithLinks):
        raise TypeError(f"a store keeps a ContactEntityWithLinks, not a value of class {type(contact).__name__}")
    return contact
