"""What the adapters share: a host's functions, and how a request is answered with them.

`Host.answering` is one coroutine for all of them. `Host.answer`, for WSGI, runs it without an event loop; under ASGI, plain
functions are called in a thread. So both answer alike: first the head is parsed and `authorize` asked, then the body is read
and decoded, then the storage is asked, and at last the answer is written.
"""

from __future__ import annotations

import copy
import inspect
import re
import threading
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property, partial
from typing import Any, TypeVar
from urllib.parse import quote

import attrs
from attrs.converters import optional

from contactwire.builtins import check_hooks, is_a, is_limit
from contactwire.errors import (
    MAX_FAULTS,
    BadRequest,
    ContactWireError,
    ContentTooLarge,
    Faults,
    HeaderError,
    HttpError,
    ValidationError,
    repr_of,
)
from contactwire.http.answers import Response
from contactwire.http.calls import Asked, Calling, Calls, HostFunction, at_once
from contactwire.http.owned import is_entity
from contactwire.http.server import ContactEndpoint, ContactRequest
from contactwire.http.target import METHODS, Methods
from contactwire.timestamps import Timestamp
from contactwire.wire import DATE_TIME, nested_carrier, plan_of, put_value

__all__ = ["Application", "Host", "length_required", "read_body", "too_large"]

R = TypeVar("R")

# RFC 9110 §8.6: Content-Length = 1*DIGIT. No body has as many bytes as a number of 20 digits.
_LENGTH = re.compile(r"[0-9]{1,19}")
# RFC 3986 §3.3: what a path may hold as it is.
_PATH = "/:@!$&'()*+,;=~"
# A smaller body is decoded faster than another thread is asked for it.
_LARGE = 2**16
# A contact with all properties has some 35 kB, and some 300 objects and lists. msgspec holds the interpreter while it reads
# JSON, some 10 ms for each MiB or 20,000 objects, and all others wait.
_MAX_BYTES = 2**20
_MAX_OBJECTS = 20_000
# How many locks the ids share, where one change of a contact waits for another.
_LOCKS = 64


class _AtOnce(Calls):
    """The calls of an adapter that is sync: each function is called where it is."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    async def call(self, function: Callable[[], Any], *, is_quick: bool = False) -> Any:
        result = function()
        if inspect.iscoroutine(result):
            # Nobody would await it here.
            result.close()
            raise TypeError("a host's function is a coroutine function, which the ASGI application takes")
        return result

    async def alone(self, lock: int, function: Callable[[], Awaitable[R]]) -> R:
        with self._locks[lock]:
            return await function()


@attrs.frozen(kw_only=True)
class Host:
    """The functions of a host that an application calls, and the endpoint that it serves.

    `load(id)`
        gives the stored contact, or None.
    `update(id, change)`
        in one transaction loads a contact, calls `change(stored)`, saves the result and gives it. If `change` raises, it
        stores nothing.
    `save(contact)`
        stores a contact and gives it as stored, or None if that is the contact as given. It is called where there is no
        `update`. Then one change or deletion of a contact waits for another, but only within this process, and for ASGI this
        event loop.
    `create(contact)`
        stores a new contact under an id of its choice, and gives it as stored, with the id (POST).
    `delete(id, check)`
        in one transaction loads a contact, calls `check(stored)`, and deletes it. If `check` raises, it deletes nothing.
    `default()`
        gives a new contact with the server's defaults, which is not stored. A POST in a language or time zone asks for it,
        too, to know which texts and dates are not the client's.
    `authorize(request)`
        is asked before the body is read. It raises `Unauthorized` or `Forbidden` to refuse the request. What it returns is
        `request.user` for the other functions; an `Associate` becomes the `UpdatedBy` of what the request changes.

    Without `create`, `delete` or `default` their methods are answered with 405. Each function may have a keyword `request`,
    for the `ContactRequest`. Before a change is saved, its `updated_date` is set to the present time, and that of a new
    contact is its `created_date`, too. `max_bytes` limits a body (1 MiB, less than the codecs do).

    A function may raise an `HttpError` for the client to see, such as `Forbidden`, or
    `ServiceUnavailable("closed", headers={"Retry-After": "60"})`, and what `change` and `check` raise goes through it. Any
    other error is logged and answered with 500 or, an OSError, with 503. So is a result that is no entity. Raises TypeError
    where `save` and `update` are missing, for what is no function, and for an `endpoint` that is none.
    """

    load: HostFunction = attrs.field(converter=HostFunction)
    update: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    save: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    create: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    delete: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    default: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    authorize: HostFunction | None = attrs.field(default=None, converter=optional(HostFunction))
    endpoint: ContactEndpoint = attrs.field(factory=ContactEndpoint, validator=is_a(ContactEndpoint))
    max_bytes: int = attrs.field(default=_MAX_BYTES, validator=is_limit)
    _at_once: _AtOnce = attrs.field(init=False, repr=False, factory=_AtOnce)

    def __attrs_post_init__(self) -> None:
        if self.save is None and self.update is None:
            raise TypeError("an application needs save or update, to store contacts")
        for name, function in attrs.asdict(self, recurse=False).items():
            if isinstance(function, HostFunction) and not callable(function.call):
                raise TypeError(f"{name} is a function, not {repr_of(function.call)}")

    def target(self, root: str, path: str, whole: str = "") -> tuple[str, str]:
        """The mount point and the path below it, percent-encoded, of decoded parts of a URI.

        The path below begins with the endpoint's where the URI can be cut so. Some servers put the mount point `root` in
        front of `path`, others do not; and it may be part of the endpoint's path. `whole` is the path that the client sent,
        where that is known: some frameworks do not tell the mount point otherwise.
        """
        root, prefix = root.rstrip("/"), self.endpoint.path.rstrip("/").lower()
        below = path[len(root) :] if root and path.startswith(root) else path
        mounts = [(root, below), ("", path), ("", root + below)]
        mount, rest = next((pair for pair in mounts if pair[1].lower().startswith(prefix)), mounts[0])
        if whole.rstrip("/").endswith(rest.rstrip("/")):
            mount = whole.rstrip("/")[: -len(rest.rstrip("/")) or None]
        return quote(mount, safe=_PATH), quote(rest, safe=_PATH)

    @property
    def coroutine_functions(self) -> list[str]:
        """The names of those of the functions that are coroutine functions."""
        functions = attrs.asdict(self, recurse=False).items()
        return [name for name, function in functions if isinstance(function, HostFunction) and function.is_async]

    @cached_property
    def methods(self) -> Methods:
        """The methods of each resource that the host has functions for."""
        needed = {("entities", "POST"): self.create, ("entity", "DELETE"): self.delete}
        needed |= {("default", method): self.default for method in METHODS["default"]}
        return {
            resource: tuple(method for method in methods if needed.get((resource, method), self.load) is not None)
            for resource, methods in METHODS.items()
        }

    def answer(
        self,
        method: str,
        target: tuple[str, str],
        query: str,
        fields: Iterable[tuple[str, str]],
        body: Callable[[], bytes],
    ) -> Response:
        """The answer to a request, by functions that are no coroutine functions; see `answering` for the arguments."""
        return at_once(self.answering(method, target, query, fields, body, self._at_once))

    async def answering(
        self,
        method: str,
        target: tuple[str, str],
        query: str,
        fields: Iterable[tuple[str, str]],
        body: Callable[[], Any],
        calls: Calls,
    ) -> Response:
        """The answer to a request, also to one with a fault, by functions that `calls` call.

        `target` is what `target()` returned, `fields` are the header fields as pairs, and `body` reads the body.
        """
        fields, (mount, path) = tuple(fields), target
        try:
            request = self.endpoint.parse_head(method, path, query, fields, mount=mount, methods=self.methods)
            return await self._answer(request, body, Calling(calls, f"{method} {path}"))
        except ContactWireError as error:
            return self.endpoint.respond_error(error, fields, method=method)

    async def _answer(self, request: ContactRequest, body: Callable[[], Any], calling: Calling) -> Response:
        if self.authorize is not None:
            arguments = () if self.authorize.takes_request else (request,)
            user = await calling.hosts(self.authorize, request, *arguments)
            request = attrs.evolve(request, user=user)
        if request.takes_body:
            read = await calling.own(body)
            request = await calling.own(partial(request.with_body, read), is_quick=len(read) < _LARGE)
        contact = await self._stored(request, calling)
        response: Response = await calling.own(partial(request.respond, contact))
        return response

    async def _stored(self, request: ContactRequest, calling: Calling) -> Any:
        """The contact to answer with, from the storage, with the change that the request makes."""
        hosts, alone = calling.hosts, partial(calling.calls.alone, (request.id or 0) % _LOCKS)
        if request.resource == "default":
            assert self.default is not None
            return await hosts(self.default, request, check=self._entity)
        if request.resource == "entities":
            assert self.create is not None
            base = self.default if request.languages or request.time_zone else None
            default = None if base is None else await hosts(base, request, check=self._entity)
            contact = await calling.own(partial(self._changed, request, default))
            stored = await hosts(self.create, request, contact, check=partial(self._created, contact))
            return contact if stored is None else stored
        if request.method == "DELETE":
            assert self.delete is not None
            delete = partial(hosts, self.delete, request, request.id, Asked(request.check))
            return await (delete() if self.update is not None else alone(delete))
        if not request.takes_body:
            return request.apply(await hosts(self.load, request, request.id, check=self._entity_or_none))
        if self.update is not None:
            return await hosts(self.update, request, request.id, Asked(partial(self._changed, request)), check=self._entity)
        return await alone(partial(self._update_by_save, request, calling))

    async def _update_by_save(self, request: ContactRequest, calling: Calling) -> Any:
        assert self.save is not None
        stored = await calling.hosts(self.load, request, request.id, check=self._entity_or_none)
        updated = await calling.own(partial(self._changed, request, stored))
        saved = await calling.hosts(self.save, request, updated, check=self._entity_or_none)
        return updated if saved is None else saved

    def _entity(self, value: Any) -> None:
        """Raise TypeError for what is no entity of the endpoint."""
        if not is_entity(value, self.endpoint.type):
            raise TypeError(f"a host's function gave a {type(value).__name__}, not a {self.endpoint.type.__name__}")

    def _entity_or_none(self, value: Any) -> None:
        if value is not None:
            self._entity(value)

    def _created(self, contact: Any, stored: Any) -> None:
        """Raise TypeError for what is no entity with an id; `stored` may be None where `contact` has got the id."""
        entity = contact if stored is None else stored
        self._entity(entity)
        if not getattr(entity, self.endpoint.id):
            raise TypeError(f"create gave a {self.endpoint.name} without an id")

    def _changed(self, request: ContactRequest, stored: Any) -> Any:
        """What a request makes of the stored contact, with the time of the change, and who made it where that is known."""
        self._entity_or_none(stored)
        updated = copy.copy(request.apply(stored))
        fields = plan_of(type(updated)).by_attribute
        for kind in ("updated", "created") if request.resource == "entities" else ("updated",):
            date, by = (fields.get(f"{kind}_{name}") for name in ("date", "by"))
            if date is not None and date.kind == DATE_TIME:
                put_value(updated, date.attribute, Timestamp.present_second())
            if by is not None and isinstance(request.user, nested_carrier(by.kind) or ()):
                put_value(updated, by.attribute, request.user)
        # The hooks of its class see the contact with its texts in all languages, and its dates in the base time zone.
        faults = Faults(ValidationError, MAX_FAULTS)
        check_hooks(updated, faults)
        faults.check()
        return updated


class Application:
    """The constructor of both applications."""

    def __init__(
        self,
        load: Callable[..., Any],
        save: Callable[..., Any] | None = None,
        *,
        update: Callable[..., Any] | None = None,
        create: Callable[..., Any] | None = None,
        delete: Callable[..., Any] | None = None,
        default: Callable[..., Any] | None = None,
        authorize: Callable[..., Any] | None = None,
        endpoint: ContactEndpoint | None = None,
        max_bytes: int = _MAX_BYTES,
        max_depth: int | None = None,
        max_objects: int | None = None,
        max_faults: int | None = None,
    ) -> None:
        """Take the functions and options of a `contactwire.http.Host`, which are described there; `host` has them.

        `max_depth`, `max_objects` and `max_faults` are limits of the endpoint's codecs. By default, an `endpoint` that is
        given keeps its own; without one, `max_objects` is 20,000, and the others are those of the codecs.

        Raises TypeError where `save` and `update` are missing, and under WSGI for a coroutine function, which needs ASGI.
        """
        if endpoint is None:
            endpoint = ContactEndpoint()
            max_objects = _MAX_OBJECTS if max_objects is None else max_objects
        limits = {"max_depth": max_depth, "max_objects": max_objects, "max_faults": max_faults}
        if given := {name: limit for name, limit in limits.items() if limit is not None}:
            endpoint = attrs.evolve(endpoint, registry=endpoint.registry.copy(**given))
        functions = {"save": save, "update": update, "create": create, "delete": delete, "default": default}
        self.host = Host(load=load, **functions, authorize=authorize, endpoint=endpoint, max_bytes=max_bytes)
        self._prepare()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.host.endpoint.path}>"

    def _prepare(self) -> None:
        """Check the host, and make what else the application needs."""


def read_body(read: Callable[[int], bytes], content_length: str, limit: int) -> bytes:
    """The body of a request with this `Content-Length`, by `read(size)`, which gives fewer bytes at the end only.

    Raises `HeaderError` for a value that is no number of bytes (RFC 9110 §8.6), `ContentTooLarge` for more than `limit`
    bytes, without reading them, and `BadRequest` for a body that ends early, since half of it may be a valid document.
    """
    if not _LENGTH.fullmatch(content_length):
        raise HeaderError("Content-Length", "is no number of bytes", content_length)
    size = int(content_length)
    if size > limit:
        raise too_large(limit)
    body = read(size)
    if len(body) < size:
        raise BadRequest(f"the body ends after {len(body)} of {size} bytes")
    return body


def length_required() -> HttpError:
    """The error for a body whose end cannot be told: it comes in chunks to a server that does not read them."""
    return HttpError("a body needs a Content-Length here", status=411)


def too_large(limit: int) -> ContentTooLarge:
    """The error for a body of more than `limit` bytes."""
    return ContentTooLarge(f"the body has more than the {limit} bytes that are allowed")
