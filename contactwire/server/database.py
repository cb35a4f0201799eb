"""An SQLite database for many threads and processes: connections, transactions, and what its failures mean.

Each thread that works takes a connection of its own. In WAL mode a reader sees what was committed when it began, and waits
for no writer. Writers wait for each other: within the process for a lock, which is fair, and between processes for SQLite's
own lock.

No connection may go through a fork: SQLite would take the locks of the first process for those of the second one, which
might then write where nobody reads. So idle connections are closed before a fork, and opened again when they are needed.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import WeakSet, finalize

import attrs

from contactwire.errors import ServiceUnavailable

__all__ = ["MEMORY", "Database"]

MEMORY = ":memory:"
"""The path of a database that is gone when it is closed."""

# What passes, or may be mended without the server: another process writes, the disk is full, protected, away or broken.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)
_LOG = logging.getLogger("contactwire")


@attrs.frozen(eq=False)
class _Connection:
    """An open connection, and the file that it was opened to."""

    opened: sqlite3.Connection
    file: tuple[int, int] | None


class Database:
    """An SQLite file that has the tables of `schema`, a script that may run again.

    A `path` of `:memory:` means a temporary file: SQLite's own databases in memory let no reader by while somebody writes.
    `timeout` is how many seconds a writer waits for others. Raises sqlite3.Error for a file that is no database, and where
    no file can be made.
    """

    def __init__(self, path: str, schema: str, *, timeout: float) -> None:
        self._is_temporary = path == MEMORY
        try:
            self._path = self._temporary_path() if self._is_temporary else Path(path).absolute()
        except OSError as error:  # no folder is for temporary files, or the present one was removed
            raise sqlite3.OperationalError(f"unable to open database file: {error}") from error
        self._timeout = timeout
        self._idle: list[_Connection] = []
        self._writing = threading.Lock()
        self._closed = False
        self._give_back(self._open(schema))
        _DATABASES.add(self)

    def close(self) -> None:
        """Close the connections; a thread that still uses one closes it when it is done."""
        self._closed = True
        self.close_idle()
        if self._is_temporary:
            self._clean_up()

    def close_idle(self) -> None:
        """Close the connections that nobody uses now."""
        with suppress(IndexError):
            while True:
                self._idle.pop().opened.close()

    def _temporary_path(self) -> Path:
        """A path in a new folder, which goes with the database, closed or not."""
        folder = mkdtemp(prefix="contactwire-")
        self._clean_up = finalize(self, _remove, folder, os.getpid())
        return Path(folder, "database.sqlite")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with.

        Raises `ServiceUnavailable` where the database does not work now but may later, else sqlite3.Error.
        """
        with _translated():
            connection = self._take()
            try:
                yield connection.opened
            except sqlite3.Error:
                connection.opened.close()
                raise
            except BaseException:
                self._give_back(connection)
                raise
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction of its own, which is committed at the end, or rolled back for any error.

        Raises what `reading` raises.
        """
        if not self._writing.acquire(timeout=self._timeout):
            raise _unavailable()
        try:
            with self.reading() as connection:
                # IMMEDIATE takes the write lock before the first read, so that nobody writes between check and write.
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # SQLite may have rolled back itself, as it does when the disk is full
                        connection.execute("ROLLBACK")
                    raise
        finally:
            self._writing.release()

    def _take(self) -> _Connection:
        """An idle connection, or a new one."""
        if self._closed:
            raise sqlite3.ProgrammingError("the database is closed")
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                # SQLite would go on writing to a file that was removed, where nobody finds it again.
                if connection.file is not None and connection.file == self._file():
                    return connection
                connection.opened.close()
        return self._open()

    def _give_back(self, connection: _Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self.close()

    def _file(self) -> tuple[int, int] | None:
        """What tells the file at the path from any other, or None where there is none."""
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino
        return None

    def _open(self, schema: str = "") -> _Connection:
        """A new connection. With a schema, the file is made where there is none."""
        uri = f"{self._path.as_uri()}?mode={'rwc' if schema else 'rw'}"
        opened = sqlite3.connect(uri, uri=True, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        try:
            # With FULL, a committed change survives a power failure. A temporary file need not.
            opened.execute(f"PRAGMA synchronous = {'OFF' if self._is_temporary else 'FULL'}")
            if schema:
                _use_wal(opened)
                opened.execute(schema)
        except sqlite3.Error:
            opened.close()
            raise
        return _Connection(opened, self._file())


_DATABASES: WeakSet[Database] = WeakSet()


def _close_idle() -> None:
    for database in [*_DATABASES]:
        database.close_idle()


_register: Any = getattr(os, "register_at_fork", lambda **_: None)  # Windows has none
_register(before=_close_idle)


def _remove(folder: str, process: int) -> None:
    """Remove a folder, but for a forked process, which ends while the first one still uses the folder."""
    if os.getpid() == process:
        rmtree(folder, ignore_errors=True)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn WAL mode on, which stays on in the file.

    SQLite does not wait here for others that read or do the same, so wait for them and try again.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.Error as error:
            if _reason(error) != sqlite3.SQLITE_BUSY:
                raise
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")


def _reason(error: sqlite3.Error) -> int:
    """SQLite's primary result code of an error; 0 for one that Python's module found itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def _translated() -> Iterator[None]:
    """Raise `ServiceUnavailable` for an error of SQLite that may pass; log what it was."""
    try:
        yield
    except sqlite3.Error as error:
        if _reason(error) not in _PASSING:
            raise
        _LOG.warning("the database does not work now: %s", error, exc_info=True)
        raise _unavailable() from error


def _unavailable() -> ServiceUnavailable:
    return ServiceUnavailable("the storage does not work now, try again later")
