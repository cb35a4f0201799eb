"""What a client sends, within limits of time: `Incoming`, and the `Bell` that ends connections without a request."""

from __future__ import annotations

import io
import selectors
import socket
import time
from typing import Any

__all__ = ["Bell", "Incoming"]

# For how much of its limit a connection may be idle though others wait.
_GRACE = 1 / 60


class Bell:
    """A signal to threads that wait for sockets, since a selector can wait for it, too."""

    def __init__(self) -> None:
        self._hammer, self._rung = socket.socketpair()
        self.is_ringing = False

    def fileno(self) -> int:
        """What a selector asks for; there is something to read while the bell rings."""
        return self._rung.fileno()

    def ring(self) -> None:
        """Ring, until `hush` is called."""
        self.is_ringing = True
        self._hammer.send(b".")

    def hush(self) -> None:
        """Stop ringing."""
        self.is_ringing = False
        self._rung.recv(1)

    def close(self) -> None:
        """Close the sockets."""
        self._hammer.close()
        self._rung.close()


class Incoming(io.RawIOBase):
    """What a client sends, for so long as `allow` says. Reading raises TimeoutError when time is up.

    Between two requests it ends when the bell `stop` rings, and, where it has been idle for a while, when `crowd` does.
    """

    def __init__(self, connection: socket.socket, limit: float, stop: Bell, crowd: Bell) -> None:
        self._connection, self._limit, self._crowd = connection, limit, crowd
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ)
        self._selector.register(stop, selectors.EVENT_READ)
        self._waits = self._was_used = False
        self.allow(limit)

    def allow(self, seconds: float) -> None:
        """Give as many seconds from now on to what is read next."""
        self._end = time.monotonic() + seconds

    def expect_request(self) -> None:
        """What is read next is a request, whose time begins with its first byte."""
        self._waits = True

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come into a buffer, and return how many bytes that is; 0 at the end."""
        if self._waits:
            if not self._begins():
                return 0
            self._waits, self._was_used = False, True
            self.allow(self._limit)
        self._connection.settimeout(max(self._end - time.monotonic(), 0.001))
        return self._connection.recv_into(buffer)

    def _begins(self) -> bool:
        """Wait for a request; whether one begins."""
        # A client may send its first request, or the next one, just when others begin to wait.
        grace = self._limit * _GRACE
        events = self._selector.select(grace if self._was_used else self._limit)
        if not events and self._was_used:
            self._selector.register(self._crowd, selectors.EVENT_READ)
            events = self._selector.select(self._limit - grace)
            self._selector.unregister(self._crowd)
        return any(key.fileobj is self._connection for key, _ in events)

    def close(self) -> None:
        """Free what waiting takes; the socket stays open."""
        self._selector.close()
        super().close()
