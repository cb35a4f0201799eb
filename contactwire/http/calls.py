"""Functions of a host, and how they are called: `HostFunction`, `Calls`, and `Calling` for the calls of one request.

One coroutine answers requests for every adapter. What it calls may block, or have to be awaited, so it asks the adapter's
`Calls` to call it. Those of a sync adapter never wait, and then `at_once` runs the coroutine without an event loop.
"""

from __future__ import annotations

import inspect
import logging
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from functools import cached_property, partial
from typing import Any, TypeVar

import attrs

from contactwire.errors import ContactWireError, EncodeError, HttpError, ServiceUnavailable
from contactwire.http.server import ContactRequest

__all__ = ["Asked", "Calling", "Calls", "HostFunction", "at_once"]

R = TypeVar("R")

_LOG = logging.getLogger("contactwire")

_signature = inspect.signature
if sys.version_info >= (3, 14):
    import annotationlib

    # By default, annotations would be evaluated, and they may mention names that are there for type checkers only.
    _signature = partial(inspect.signature, annotation_format=annotationlib.Format.STRING)


def at_once(coroutine: Coroutine[Any, Any, R]) -> R:
    """The result of a coroutine that waits for nothing, without an event loop; raises what it raises."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: R = done.value
    return result


class Calls(ABC):
    """How an adapter calls functions, each without arguments."""

    @abstractmethod
    async def call(self, function: Callable[[], Any], *, is_quick: bool = False) -> Any:
        """What a function gives; `is_quick` says that calling it takes less than asking a thread to."""

    @abstractmethod
    async def alone(self, lock: int, function: Callable[[], Awaitable[R]]) -> R:
        """What a coroutine function gives, while no other of this process runs with the same lock."""


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


@attrs.frozen
class Calling:
    """The calls for one request, which the log calls `name`; they log faults of the host.

    For such a fault they raise the error that the client may see instead: 503 for an OSError, such as a full disk or a lost
    connection, and 500 for any other.
    """

    calls: Calls
    name: str

    async def own(self, function: Callable[[], Any], *, is_quick: bool = False) -> Any:
        """What a function of ours gives. Raises what it raises, but for what cannot be written: that is the host's fault."""
        try:
            return await self.calls.call(function, is_quick=is_quick)
        except EncodeError as error:
            raise self._fault(error) from error

    async def hosts(
        self, function: HostFunction, request: ContactRequest, *arguments: Any, check: Callable[[Any], None] | None = None
    ) -> Any:
        """What a function of the host gives, called with the request if it takes that; `check` raises TypeError otherwise.

        Raises what is meant for the client: an `HttpError`, and what an argument that is `Asked` has raised. An error of a
        codec is the client's fault there, and the host's where its function read a stored contact.
        """
        call = partial(function.call, *arguments, **({"request": request} if function.takes_request else {}))
        asked = next((argument for argument in arguments if isinstance(argument, Asked)), None)
        try:
            result = await self.calls.call(call)
            if asked is not None and asked.raised is not None:
                # The host has rolled back, and not passed on why.
                raise asked.raised
            # It would be a user to `authorize`, and a success to `delete`.
            if isinstance(result, (Generator, AsyncGenerator)):
                raise TypeError("a host's function is a generator function, of which nothing has run")
            if check is not None:
                check(result)
        except Exception as error:
            is_asked = asked is not None and error is asked.raised
            if isinstance(error, HttpError) or (is_asked and not isinstance(error, EncodeError)):
                raise
            raise self._fault(error) from error
        return result

    def _fault(self, error: Exception) -> HttpError:
        """Log a fault of the host; the error that the client may see instead."""
        _LOG.exception("%s failed in the storage", self.name)
        if isinstance(error, OSError):
            return ServiceUnavailable("the storage does not work now, try again later")
        return HttpError("the server failed", status=500)
