"""`ContactClient` and `AsyncContactClient`: the signatures of what `base` does, sync and async."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from contactwire.carriers import ContactEntityWithLinks
from contactwire.client.base import Base, OnConflict
from contactwire.client.sending import Exchange
from contactwire.http import Request, at_once
from contactwire.patch import JsonPatch, MergePatch
from contactwire.projection import Selection
from contactwire.wire import Carrier

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Client
    from typing_extensions import TypeVar as TypeVarWithDefault

    T = TypeVarWithDefault("T", bound=Carrier, default=ContactEntityWithLinks)
else:
    # httpx2 is imported when the first client is made.
    AsyncClient = Client = object
    T = TypeVar("T")

__all__ = ["AsyncContactClient", "ContactClient"]

Select = Selection | str | None
Patch = JsonPatch | MergePatch


class ContactClient(Base[T, Client]):
    """Calls `/api/v1/Contact/{id}` of a server, for threads to share.

    ::

        with ContactClient("https://crm.example/Cust1") as client:
            contact = client.get(1)

    Each method sends one request, again after a while if the server asks for that. It raises the `HttpError` of the answer
    (`NotFound`, `PreconditionFailed`, `TooManyRequests`, …), `NoAnswer` or `TimedOut` where none came, and `BadAnswer` for
    one that is no contact; besides what the method of `contactwire.http.RequestBuilder` with its name raises.

    `select` names the properties that the answer holds, by default all. With `unconditional`, a contact is stored or deleted
    even if somebody else has changed it since it was read.
    """

    _library_class = "Client"

    def get(self, id: T | int, *, select: Select = None, modified_since: datetime | None = None) -> T:
        """The contact with that id, or the given one as it is now, of the properties in `select`, or of all.

        Raises `NotModified` where nobody has changed it since `modified_since`.
        """
        return at_once(self._ask(self._builder.get(id, select=select, modified_since=modified_since)))

    def default(self, *, select: Select = None) -> T:
        """A contact with the server's defaults, to fill in and `create`."""
        return at_once(self._ask(self._builder.default(select=select)))

    def put(self, contact: T, *, select: Select = None, unconditional: bool = False) -> T:
        """Replace a contact, and return it as stored; `PreconditionFailed` if somebody else has changed it meanwhile."""
        return at_once(self._ask(self._builder.put(contact, select=select, unconditional=unconditional)))

    def patch(self, before: T | int, change: T | Patch, *, select: Select = None, unconditional: bool = False) -> T:
        """Change the contact `before`, or that id, by a patch or to another contact, and return it as stored.

        Raises `PreconditionFailed` if somebody else has changed it meanwhile, and `Conflict` for a patch that does not fit.
        """
        return at_once(self._ask(self._builder.patch(before, change, select=select, unconditional=unconditional)))

    def create(self, contact: Carrier, *, select: Select = None) -> T:
        """Store a new contact, and return it with its id."""
        return at_once(self._ask(self._builder.create(contact, select=select)))

    def delete(self, contact: T | int, *, unconditional: bool = False) -> None:
        """Delete a contact, or that id; `PreconditionFailed` if somebody else has changed the contact meanwhile."""
        return at_once(self._ask(self._builder.delete(contact, unconditional=unconditional)))

    def update(
        self,
        id: T | int,
        change: Callable[[T], T | None],
        *,
        select: Select = None,
        on_conflict: OnConflict = "raise",
        attempts: int = 10,
    ) -> T:
        """Read the contact with that id, or the given one again, let `change` change it, store and return it.

        `change(contact)` changes the contact, which is a copy, or returns another one. What is sent is the shorter one of a
        patch and the whole contact, on condition that nobody else has changed the contact meanwhile; nothing, if nothing has
        changed. If somebody else has, the contact is read again after a pause of a random length, both changes are merged by
        property and by key, and the result is sent, up to `attempts` times. Where many clients change one contact at once,
        as they do with a counter, allow as many attempts as there are clients.

        Where both changed one place, such as a list, to different values, `UpdateConflict` has both versions. With
        `on_conflict="redo"`, nothing is merged: `change` is called again, with the contact as it is now. A counter wants
        that. Where a 503 came before, nobody knows whether the change was made; that is a `PreconditionFailed` then.

        With `select`, only these properties are read. What `change` sets beside them is stored whatever was there before.
        Raises `PreconditionFailed` or `Conflict` after the last attempt, TypeError for a `change` that returns something
        else, and ValueError where the server sends neither an entity tag nor `UpdatedDate`.
        """
        return at_once(self._updated(id, change, select, on_conflict, attempts))

    async def _send(self, request: Request[object]) -> Exchange:
        exchange = self._exchange(request)
        with exchange.reported():
            response = self._http.send(self._http.build_request(**exchange.arguments), stream=True, follow_redirects=False)
            try:
                exchange.begin(response)
                for part in response.iter_bytes():
                    exchange.add(part)
            finally:
                response.close()
        return exchange

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def _result(self, given: Any) -> Any:
        return given

    def close(self) -> None:
        """Close the connections, unless they are those of the `client` that was given."""
        if self._owns:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, cls: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncContactClient(Base[T, AsyncClient]):
    """`ContactClient` with methods to await, on asyncio or trio, for tasks to share.

    ::

        async with AsyncContactClient("https://crm.example/Cust1") as client:
            contact = await client.get(1)
    """

    _library_class = "AsyncClient"

    async def get(self, id: T | int, *, select: Select = None, modified_since: datetime | None = None) -> T:
        """See `ContactClient.get`."""
        return await self._ask(self._builder.get(id, select=select, modified_since=modified_since))

    async def default(self, *, select: Select = None) -> T:
        """See `ContactClient.default`."""
        return await self._ask(self._builder.default(select=select))

    async def put(self, contact: T, *, select: Select = None, unconditional: bool = False) -> T:
        """See `ContactClient.put`."""
        return await self._ask(self._builder.put(contact, select=select, unconditional=unconditional))

    async def patch(self, before: T | int, change: T | Patch, *, select: Select = None, unconditional: bool = False) -> T:
        """See `ContactClient.patch`."""
        return await self._ask(self._builder.patch(before, change, select=select, unconditional=unconditional))

    async def create(self, contact: Carrier, *, select: Select = None) -> T:
        """See `ContactClient.create`."""
        return await self._ask(self._builder.create(contact, select=select))

    async def delete(self, contact: T | int, *, unconditional: bool = False) -> None:
        """See `ContactClient.delete`."""
        return await self._ask(self._builder.delete(contact, unconditional=unconditional))

    async def update(
        self,
        id: T | int,
        change: Callable[[T], T | Awaitable[T | None] | None],
        *,
        select: Select = None,
        on_conflict: OnConflict = "raise",
        attempts: int = 10,
    ) -> T:
        """See `ContactClient.update`; `change` may be a coroutine function."""
        return await self._updated(id, change, select, on_conflict, attempts)

    async def _send(self, request: Request[object]) -> Exchange:
        exchange = self._exchange(request)
        with exchange.reported():
            built = self._http.build_request(**exchange.arguments)
            response = await self._http.send(built, stream=True, follow_redirects=False)
            try:
                exchange.begin(response)
                async for part in response.aiter_bytes():
                    exchange.add(part)
            finally:
                await response.aclose()
        return exchange

    async def _sleep(self, seconds: float) -> None:
        from anyio import sleep  # httpx2 needs it, too

        await sleep(seconds)

    async def _result(self, given: Any) -> Any:
        return await given if inspect.isawaitable(given) else given

    async def aclose(self) -> None:
        """Close the connections, unless they are those of the `client` that was given."""
        if self._owns:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, cls: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
