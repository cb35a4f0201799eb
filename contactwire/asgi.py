"""An ASGI application for the endpoint, mountable in Starlette, FastAPI, Litestar and others, or served alone.

::

    app = ContactApplication(load=load, save=save)

`load` and `save` may be coroutine functions; plain functions run in a thread, so that they do not block the event loop. So
do decoding a large body, changing the contact and writing the answer, which take as long as the sender or the contact wants.
A coroutine function `update(id, change)` should call `change` in a thread too, with `asyncio.to_thread`.

The application reads the messages of one request, has `http` parse the request and build the answer, and sends that.
Source: the ASGI specification 3.0, HTTP and lifespan protocols.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from contactwire.errors import ContactWireError
from contactwire.http import Application, ContactRequest, Headers, Response, too_large

__all__ = ["ContactApplication"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


# A smaller body is decoded faster than another thread is asked for it.
_LARGE = 2**16


class _Disconnected(Exception):
    """The client went away before its request was complete."""


class ContactApplication(Application):
    """An ASGI application that answers the endpoint's requests from a host's storage.

    `load(id)` gives the contact with that id, or None; `save(contact)` stores one. `update(id, change)` loads, changes and
    saves in one transaction, and makes `save` unnecessary: see `contactwire.http.Host`. A body of more than `max_bytes`
    bytes is answered with 413. `contactwire.wsgi` has the same for WSGI.
    """

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
        endpoint, method = self._host.endpoint, scope["method"]
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        try:
            headers = Headers(pairs)
            body = await self._body(receive)
            raw = scope.get("raw_path")
            path = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
            target = self._host.target(scope.get("root_path", ""), path)
            parts = method, target, scope["query_string"].decode("latin-1"), headers, body
            request = endpoint.parse(*parts) if len(body) < _LARGE else await asyncio.to_thread(endpoint.parse, *parts)
            return await asyncio.to_thread(request.respond, await self._run(request))
        except ContactWireError as error:
            return endpoint.respond_error(error, pairs, method=method)

    async def _body(self, receive: Receive) -> bytes:
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._host.max_bytes:
                raise too_large(self._host.max_bytes)
            more = message.get("more_body", False)
        return b"".join(parts)

    async def _run(self, request: ContactRequest) -> Any:
        steps = self._host.steps(request)
        result = None
        try:
            while True:
                function, arguments = steps.send(result)
                result = await _call(function, arguments)
        except StopIteration as done:
            return done.value


async def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    result = await asyncio.to_thread(function, *arguments)
    return await result if inspect.isawaitable(result) else result


async def _send(send: Send, response: Response) -> None:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status != 304:
        pairs.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    await send({"type": "http.response.body", "body": response.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
