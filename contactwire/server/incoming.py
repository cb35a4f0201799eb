"""What a client sends, within limits of time: `Incoming`, and the `SocketEvent` that ends connections without a request."""

from __future__ import annotations

import io
import selectors
import socket
import time
from typing import Any

__all__ = ["Incoming", "SocketEvent"]

# For how much of its limit a connection may be idle though others wait.
_GRACE = 1 / 60


class SocketEvent:
    """An event as `threading.Event` is, for threads that wait for sockets: a selector can wait for it, too."""

    def __init__(self) -> None:
        self._sender, self._receiver = socket.socketpair()
        self.is_set = False

    def fileno(self) -> int:
        """What a selector asks for; there is something to read while the event is set."""
        return self._receiver.fileno()

    def set(self) -> None:
        """Set the event, until `clear` is called."""
        self.is_set = True
        self._sender.send(b".")

    def clear(self) -> None:
        """Undo `set`."""
        self.is_set = False
        self._receiver.recv(1)

    def close(self) -> None:
        """Close the sockets."""
        self._sender.close()
        self._receiver.close()


class Incoming(io.RawIOBase):
    """What a client sends, for so long as `allow` says. Reading raises TimeoutError when time is up.

    Between two requests it ends when `stop` is set, and, where it has been idle for a while, when `crowd` is.
    """

    def __init__(self, connection: socket.socket, limit: float, stop: SocketEvent, crowd: SocketEvent) -> None:
        self._connection, self._limit, self._crowd = connection, limit, crowd
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, selectors.EVENT_READ)
        self._selector.register(stop, selectors.EVENT_READ)
        self._waits = False
        self.allow(limit)

    def allow(self, seconds: float) -> None:
        """Give as many seconds from now on to what is read next."""
        self._end = time.monotonic() + seconds

    def expect_request(self) -> None:
        """What is read next is a request, whose time begins with its first byte."""
        self._waits = True

    def begin_request(self) -> None:
        """A request has begun, by what is read now or was read with the request before."""
        if self._waits:
            self._waits = False
            self.allow(self._limit)

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come into a buffer, and return how many bytes that is; 0 at the end."""
        if self._waits:
            if not self._begins():
                return 0
            self.begin_request()
        self._connection.settimeout(max(self._end - time.monotonic(), 0.001))
        return self._connection.recv_into(buffer)

    def _begins(self) -> bool:
        """Wait for a request; whether one begins."""
        # A client may send its first request, or the next one, just when others begin to wait.
        grace = self._limit * _GRACE
        events = self._selector.select(grace)
        if not events:
            self._selector.register(self._crowd, selectors.EVENT_READ)
            events = self._selector.select(self._limit - grace)
            self._selector.unregister(self._crowd)
        return any(key.fileobj is self._connection for key, _ in events)

    def close(self) -> None:
        """Free what waiting takes; the socket stays open."""
        self._selector.close()
        super().close()
