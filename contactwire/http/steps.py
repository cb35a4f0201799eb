"""The steps in which a request is answered: `Step`, `Alone` for those during which others wait, and a host's functions.

A generator yields them, and an adapter performs each in its own way, sync or async, and sends the result back in.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import attrs

from contactwire.errors import ContactWireError, HttpError, ServiceUnavailable
from contactwire.http.server import ContactRequest

__all__ = ["LOCKS", "Alone", "HostFunction", "Step", "Steps"]

LOCKS = 64
"""How many locks the ids share, where one change of a contact waits for another (see `Alone`)."""

_LOG = logging.getLogger("contactwire")

Steps = Generator["Step | Alone", Any, Any]


@attrs.frozen
class Step:
    """One step of a request: a function to call, or to await, without arguments.

    `is_hosts` says that it is a function of the host. `is_quick` says that calling it takes less than asking a thread to.
    """

    call: Callable[[], Any]
    is_hosts: bool = False
    is_quick: bool = False

    @contextmanager
    def reported(self, request: str) -> Iterator[None]:
        """Around the call: log what a host's function raises, and raise the error that the client may see.

        The answer is 503 for an OSError, such as a full disk or a lost connection, and 500 for any other error.
        """
        try:
            yield
        except ContactWireError:
            raise
        except Exception as error:
            if not self.is_hosts:
                raise
            _LOG.exception("%s failed in the storage", request)
            if isinstance(error, OSError):
                raise ServiceUnavailable("the storage does not work now, try again later") from error
            raise HttpError("the server failed", status=500) from error


@attrs.frozen
class Alone:
    """Steps that load, change and save the contact `id`, during which no others of this process do so."""

    id: int | None
    steps: Steps

    @property
    def lock(self) -> int:
        """The number of the lock to hold."""
        return (self.id or 0) % LOCKS


@attrs.frozen
class HostFunction:
    """A function of the host, and whether it has a parameter `request`."""

    call: Callable[..., Any]
    takes_request: bool

    @classmethod
    def of(cls, call: Callable[..., Any]) -> HostFunction:
        """The function with what its signature says."""
        try:
            return cls(call, "request" in inspect.signature(call).parameters)
        except (TypeError, ValueError):  # a function written in C may have no signature
            return cls(call, False)

    def bound(self, request: ContactRequest, *arguments: Any) -> Callable[[], Any]:
        """The function with its arguments, and with the request if it takes it."""
        return partial(self.call, *arguments, **({"request": request} if self.takes_request else {}))

    def step(self, request: ContactRequest, *arguments: Any) -> Step:
        """The step that calls it."""
        return Step(self.bound(request, *arguments), is_hosts=True)
