"""The server: `ContactServer` serves a limited number of connections at once, and `serve` makes one over SQLite.

Each connection has a thread, and there are `WORKERS` threads at most; further connections wait in the system's queue. A
connection ends where its client is idle, or takes too long for one request, so nobody holds a thread for ever. While others
wait, idle connections end sooner. `server_close` stops gracefully: idle connections end, requests that have begun are
answered, and then the store is closed.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any

from contactwire.builtins import check_limit
from contactwire.http import ContactEndpoint, Host
from contactwire.server.connection import Connection, Shared
from contactwire.server.database import MEMORY
from contactwire.server.store import ContactStore

__all__ = ["TIMEOUT", "WORKERS", "ContactServer", "serve"]

WORKERS = 32
"""How many connections a server serves at once, by default."""

TIMEOUT = 60.0
"""How many seconds a connection may be idle, and a request or an answer may take on its way, by default."""

# How long to wait for a free worker before looking whether to stop.
_PATIENCE = 0.5
_ENDING = (signal.SIGINT, signal.SIGTERM)
_LOG = logging.getLogger("contactwire")


class ContactServer(ThreadingHTTPServer):
    """A server for a host; `store` is closed with it.

    `workers` is how many connections it serves at once, and `time_limit` how many seconds a connection may be idle, and a
    request or an answer may take on its way.
    """

    daemon_threads = False
    request_queue_size = 128
    # An address that a server has just left is free, but on Windows this would take it from another one, and so would the
    # second option on Linux, which the base class sets in some versions of Python.
    allow_reuse_address = sys.platform != "win32"
    allow_reuse_port = False

    def __init__(
        self,
        address: tuple[str, int],
        host: Host,
        store: ContactStore,
        *,
        workers: int = WORKERS,
        time_limit: float = TIMEOUT,
    ) -> None:
        check_limit("workers", workers, 1)
        self.host, self._store = host, store
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._shared = Shared(host, time_limit)
        self._free = threading.Semaphore(workers)
        super().__init__(address, partial(Connection, self._shared))

    def __repr__(self) -> str:
        return f"<ContactServer at {self.url}>"

    @property
    def url(self) -> str:
        """The address that it listens on, as a URL without a path."""
        host, port = self.server_address[:2]
        # RFC 3986 §3.2.2: an IPv6 address is "enclosed within square brackets".
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection once a worker is free; raises OSError where none is for a while."""
        if not self._free.acquire(blocking=False):
            self._shared.crowding.set()
            is_free = self._free.acquire(timeout=_PATIENCE)
            self._shared.crowding.clear()
            if not is_free:
                raise TimeoutError("all workers are busy")
        try:
            return super().get_request()
        except OSError:
            self._free.release()
            raise

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, which frees its worker."""
        try:
            super().shutdown_request(request)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong, unless the client has gone or is too slow."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            _LOG.exception("a connection failed")

    def stop_at_signals(self) -> None:
        """Have the first SIGINT or SIGTERM end `serve_forever`, and the second one the process. Only for the main thread."""

        def stop(number: int, frame: object) -> None:
            for known in _ENDING:
                signal.signal(known, signal.SIG_DFL)
            # `shutdown` waits for the loop that this handler interrupts, so another thread calls it.
            threading.Thread(target=self.shutdown).start()

        for known in _ENDING:
            signal.signal(known, stop)

    def server_close(self) -> None:
        """Take no new connections, answer the requests that have begun, and close the store; a second call does nothing."""
        if self._shared.stopping.is_set:
            return
        self._shared.stopping.set()
        super().server_close()
        self._shared.stopping.close()
        self._shared.crowding.close()
        self._store.close()


def serve(
    database: str = MEMORY,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    endpoint: ContactEndpoint | None = None,
    workers: int = WORKERS,
    time_limit: float = TIMEOUT,
) -> ContactServer:
    """A server that is bound to `host` and `port`, and answers once `serve_forever()` is called.

    `host` is a name, or an address of IPv4 or IPv6. `port` 0 means a free one, which `url` tells. `database` is a file's
    path, or `:memory:`; a new database gets the sample contacts. `endpoint` is by default one whose stored dates are in the
    time zone `NO`. For `workers` and `time_limit`, see `ContactServer`. `shutdown()`, in another thread, and then
    `server_close()` stop the server gracefully.

    Raises OSError for an unknown `host` and a port that is taken, ValueError for fewer than one of the `workers`,
    sqlite3.Error for a file that is no database, and `ServiceUnavailable` for one that somebody else keeps locked.
    """
    store = ContactStore(database)
    known = endpoint or ContactEndpoint(base_time_zone="NO")
    functions = {name: getattr(store, name) for name in ("load", "update", "create", "delete", "default")}
    try:
        served = Host(**functions, endpoint=known)
        store.seed()
        return ContactServer((host, port), served, store, workers=workers, time_limit=time_limit)
    except Exception:
        store.close()
        raise
