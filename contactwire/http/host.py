"""What the adapters share: a host's functions for storage, and the order in which a request calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any

import attrs

from contactwire.codecs import MAX_BYTES
from contactwire.errors import BadRequest, ContentTooLarge, HeaderError
from contactwire.http.server import ContactEndpoint, ContactRequest

__all__ = ["Application", "Host", "read_body", "too_large"]

# RFC 9110 §8.6: Content-Length = 1*DIGIT. No body has as many bytes as a number of 20 digits.
_LENGTH = re.compile(r"[0-9]{1,19}")

Change = Callable[[Any], Any]
Step = tuple[Callable[..., Any], tuple[Any, ...]]


@attrs.frozen(kw_only=True)
class Host:
    """The storage of an application, and the endpoint that it serves.

    `load(id)` gives the stored contact, or None. `save(contact)` stores a contact and gives it as stored, or None if that is
    the contact as given. `update(id, change)` is optional: in one transaction it loads, calls `change(stored)`, saves the
    result and gives it; if `change` raises, it stores nothing. A PUT or PATCH calls `update`, where there is one, instead of
    `load` and `save`. Without it, two simultaneous requests can both pass their precondition.

    `max_bytes` limits a body. Raises TypeError where both `save` and `update` are missing.
    """

    load: Callable[[int], Any]
    save: Callable[[Any], Any] | None = None
    update: Callable[[int, Change], Any] | None = None
    endpoint: ContactEndpoint = attrs.field(factory=ContactEndpoint)
    max_bytes: int = MAX_BYTES

    def __attrs_post_init__(self) -> None:
        if self.save is None and self.update is None:
            raise TypeError("an application needs save or update, to store contacts")

    def target(self, root: str, path: str) -> str:
        """The path to give to the endpoint: `path` without the mount point `root`, or else the whole path.

        Some servers put the mount point in front of the path, others do not; and it may be part of the endpoint's path.
        """
        below = path[len(root) :] if root and path.startswith(root) else path
        return below if below.lower().startswith(self.endpoint.path.lower()) else root.rstrip("/") + below

    def steps(self, request: ContactRequest) -> Generator[Step, Any, Any]:
        """Yield each function to call, with its arguments; send its result back in; return the contact.

        These are the host's functions, and the request's own that takes long with a large contact. It is a generator so that
        the ASGI adapter can await the functions, or call them in a thread, and the WSGI adapter call them.
        """
        if request.document is None:
            stored = yield self.load, (request.id,)
            return request.apply(stored)
        if self.update is not None:
            return (yield self.update, (request.id, request.apply))
        stored = yield self.load, (request.id,)
        updated = yield request.apply, (stored,)
        assert self.save is not None
        saved = yield self.save, (updated,)
        return updated if saved is None else saved

    def run(self, request: ContactRequest) -> Any:
        """Call the host's functions in turn, and give the contact to answer with."""
        steps = self.steps(request)
        result = None
        try:
            while True:
                function, arguments = steps.send(result)
                result = function(*arguments)
        except StopIteration as done:
            return done.value


class Application:
    """The constructor of both applications; the arguments are those of `Host`, with a default endpoint."""

    def __init__(
        self,
        load: Callable[[int], Any],
        save: Callable[[Any], Any] | None = None,
        *,
        update: Callable[[int, Change], Any] | None = None,
        endpoint: ContactEndpoint | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._host = Host(load=load, save=save, update=update, endpoint=endpoint or ContactEndpoint(), max_bytes=max_bytes)


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


def too_large(limit: int) -> ContentTooLarge:
    """The error for a body of more than `limit` bytes."""
    return ContentTooLarge(f"the body has more than the {limit} bytes that are allowed")
