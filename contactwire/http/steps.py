"""The steps in which a request is answered: `Step`, `Alone` for those during which others wait, and a host's functions.

A generator yields them, and an adapter performs each in its own way, sync or async, and sends the result back in.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import attrs

from contactwire.errors import ContactWireError, EncodeError, HttpError, ServiceUnavailable
from contactwire.http.server import ContactRequest

__all__ = ["LOCKS", "Alone", "Asked", "HostFunction", "Step", "Steps"]

LOCKS = 64
"""How many locks the ids share, where one change of a contact waits for another (see `Alone`)."""

_LOG = logging.getLogger("contactwire")

_signature = inspect.signature
if sys.version_info >= (3, 14):
    import annotationlib

    # By default, annotations would be evaluated, and they may mention names that are there for type checkers only.
    _signature = partial(inspect.signature, annotation_format=annotationlib.Format.STRING)

Steps = Generator["Step | Alone", Any, Any]
"""A generator that yields the steps of a request, and returns its answer."""


class Asked:
    """A function of ours that a host's function calls, such as `change`; `raised` is what its last call raised."""

    def __init__(self, call: Callable[[Any], Any]) -> None:
        self._call = call
        self.raised: ContactWireError | None = None

    def __call__(self, stored: Any) -> Any:
        """What the function gives."""
        self.raised = None
        try:
            return self._call(stored)
        except ContactWireError as error:
            self.raised = error
            raise


@attrs.frozen
class Step:
    """One step of a request: a function to call, or to await, without arguments.

    `is_hosts` says that it is a function of the host, `asked` what that calls of ours, and `check` raises TypeError for a
    wrong result. `is_quick` says that calling it takes less than asking a thread to.
    """

    call: Callable[[], Any]
    is_hosts: bool = False
    is_quick: bool = False
    asked: Asked | None = None
    check: Callable[[Any], None] | None = None

    def checked(self, result: Any) -> Any:
        """The result of the call, if it is right; inside of `reported`."""
        if self.asked is not None and self.asked.raised is not None:
            # The host has rolled back, and not passed on why.
            raise self.asked.raised
        # It would be a user to `authorize`, and a success to `delete`.
        if self.is_hosts and isinstance(result, (Generator, AsyncGenerator)):
            raise TypeError("a host's function is a generator function, of which nothing has run")
        if self.check is not None:
            self.check(result)
        return result

    @contextmanager
    def reported(self, request: str) -> Iterator[None]:
        """Around the call: log a fault of the host, and raise the error that the client may see instead.

        The answer is 503 for an OSError, such as a full disk or a lost connection, and 500 for any other error.
        """
        try:
            yield
        except Exception as error:
            if self._is_for_client(error):
                raise
            _LOG.exception("%s failed in the storage", request)
            if isinstance(error, OSError):
                raise ServiceUnavailable("the storage does not work now, try again later") from error
            raise HttpError("the server failed", status=500) from error

    def _is_for_client(self, error: Exception) -> bool:
        """Whether an error tells the client's fault, or is a mistake of ours.

        An error of a codec is the client's fault where the client's body raised it, and not where a host's function read a
        stored one. What cannot be written is the host's fault, wherever it is noticed.
        """
        if isinstance(error, HttpError):
            return True
        if isinstance(error, EncodeError):
            return False
        return not self.is_hosts or (self.asked is not None and error is self.asked.raised)


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
    """A function of the host, and what its signature says."""

    call: Callable[..., Any]

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine function."""
        call = self.call
        return any(map(inspect.iscoroutinefunction, (call, getattr(call, "__call__", None))))  # noqa: B004 - an object may be async, too

    @cached_property
    def takes_request(self) -> bool:
        """Whether it has a parameter `request` that may be given by its name."""
        try:
            own, wrapped = (_signature(self.call, follow_wrapped=each).parameters for each in (False, True))
        except (TypeError, ValueError):  # a function written in C may have no signature
            return False
        if "request" in own:
            return own["request"].kind is not inspect.Parameter.POSITIONAL_ONLY
        # A wrapper that passes on whatever it gets takes what the wrapped function takes.
        return "request" in wrapped and any(each.kind is inspect.Parameter.VAR_KEYWORD for each in own.values())

    def step(self, request: ContactRequest, *arguments: Any, check: Callable[[Any], None] | None = None) -> Step:
        """The step that calls it, with the request if it takes that; `check` raises TypeError for a wrong result."""
        call = partial(self.call, *arguments, **({"request": request} if self.takes_request else {}))
        asked = next((argument for argument in arguments if isinstance(argument, Asked)), None)
        return Step(call, is_hosts=True, asked=asked, check=check)
