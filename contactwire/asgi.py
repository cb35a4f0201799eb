"""An ASGI application for the endpoint, mountable in Starlette, FastAPI, Litestar and others, or served alone.

::

    app = ContactApplication(load=load, save=save)

`load` and `save` may be coroutine functions; plain functions run in a thread, so that they do not block the event loop. So
do decoding a large body, changing the contact and writing the answer, which take as long as the sender or the contact wants.
A coroutine function `update(id, change)` should call `change` in a thread too, with `asyncio.to_thread`. The server's event
loop must be one of asyncio, such as uvloop: on trio, which hypercorn has too, requests are answered with 500.

Beside such a thread, the event loop waits for the interpreter each time that it has received or sent something, up to
`sys.getswitchinterval()`, which is 5 ms. From the server's startup to its shutdown, the application has it be 0.5 ms.

The application reads the messages of one request, has `http` parse the request and build the answer, and sends that.
Source: the ASGI specification 3.0, HTTP and lifespan protocols.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote
from weakref import WeakKeyDictionary

from contactwire.http import Application, Calls, Response, too_large

__all__ = ["ContactApplication"]

R = TypeVar("R")

_SWITCH_INTERVAL = 0.0005

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class _Disconnected(Exception):
    """The client went away before its request was complete."""


class ContactApplication(Application):
    """An ASGI application that answers the endpoint's requests by the functions of a `contactwire.http.Host`.

    The functions may be coroutine functions. `contactwire.wsgi` has the same for WSGI.
    """

    def _prepare(self) -> None:
        # A lock belongs to an event loop, and an application may serve one after another.
        self._calls: WeakKeyDictionary[Any, _InLoop] = WeakKeyDictionary()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request (scope `http`) or follow the server's lifespan; raises ValueError for any other scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            try:
                await _send(send, await self._answer(scope, receive))
            except _Disconnected:
                return
        else:
            raise ValueError(f"this application takes the scopes http and lifespan, not {scope['type']}")

    async def _answer(self, scope: Message, receive: Receive) -> Response:
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        whole = unquote((scope.get("raw_path") or b"").partition(b"?")[0].decode("latin-1"))
        return await self.host.answering(
            scope["method"],
            self.host.target(scope.get("root_path", ""), scope["path"], whole),
            scope["query_string"].decode("latin-1"),
            pairs,
            partial(self._body, receive),
            self._calls.setdefault(asyncio.get_running_loop(), _InLoop()),
        )

    async def _body(self, receive: Receive) -> bytes:
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.host.max_bytes:
                raise too_large(self.host.max_bytes)
            more = message.get("more_body", False)
        return b"".join(parts)


class _InLoop(Calls):
    """The calls in an event loop: coroutine functions are awaited, and others called in a thread."""

    def __init__(self) -> None:
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def call(self, function: Callable[[], Any], *, is_quick: bool = False) -> Any:
        if is_quick:
            return function()
        if inspect.iscoroutinefunction(function):
            return await function()
        result = await asyncio.to_thread(_called, function)
        return await result if inspect.isawaitable(result) else result

    async def alone(self, lock: int, function: Callable[[], Awaitable[R]]) -> R:
        async def locked() -> R:
            async with self._locks[lock]:
                return await function()

        return await _to_its_end(locked())


async def _to_its_end(coroutine: Coroutine[Any, Any, R]) -> R:
    """What a coroutine gives, which goes on where the request is cancelled.

    A thread of its goes on, too, and may save, so it must hold its lock until then. What it raises afterwards is about a
    request that nobody waits for, and so is passed over.
    """
    task = asyncio.ensure_future(coroutine)
    task.add_done_callback(_passed_over)
    await asyncio.wait([task])
    return task.result()


def _passed_over(task: asyncio.Future[Any]) -> None:
    """Take the error of a task, so that asyncio does not log that nobody has."""
    if not task.cancelled():
        task.exception()


def _called(function: Callable[[], Any]) -> Any:
    """What a function gives; RuntimeError for its StopIteration, as Python makes it in coroutines (PEP 479)."""
    try:
        return function()
    except StopIteration as error:
        # A future cannot hold one, and in Python 3.11 whoever awaits it then waits for ever (CPython issue 112182).
        raise RuntimeError("a host's function raised StopIteration") from error


async def _send(send: Send, response: Response) -> None:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    await send({"type": "http.response.body", "body": response.body})


async def _live(receive: Receive, send: Send) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, _SWITCH_INTERVAL))
    try:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    finally:
        sys.setswitchinterval(before)
