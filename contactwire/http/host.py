"""What the adapters share: a host's functions for storage, and one request from its parts to its answer."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import attrs

from contactwire.codecs import MAX_BYTES
from contactwire.errors import ContentTooLarge
from contactwire.http.server import ContactEndpoint, ContactRequest

__all__ = ["Application", "Host", "too_large"]

Change = Callable[[Any], Any]
Step = tuple[Callable[..., Any], tuple[Any, ...]]


@attrs.frozen(kw_only=True)
class Host:
    """The storage that an application works on, and how it speaks.

    `load(id)` gives the stored contact, or None; `save(contact)` stores one and gives it as stored, or None if it is what it
    was given. `update(id, change)`, where there is one, does load, `change(stored)` and save in one transaction, gives what
    was saved, and is called instead of `load` and `save` for a PUT and a PATCH; when `change` raises, nothing is stored.
    Without it, two requests at once can both pass their precondition.
    """

    load: Callable[[int], Any]
    save: Callable[[Any], Any] | None = None
    update: Callable[[int, Change], Any] | None = None
    endpoint: ContactEndpoint = attrs.field(factory=ContactEndpoint)
    max_bytes: int = MAX_BYTES

    def __attrs_post_init__(self) -> None:
        if self.save is None and self.update is None:
            raise TypeError("an application needs save or update to store what it is sent")

    def target(self, root: str, path: str) -> str:
        """The path that the endpoint knows: the one below the mount point `root`, or else the whole."""
        below = path[len(root) :] if root and path.startswith(root) else path
        return below if below.lower().startswith(self.endpoint.path.lower()) else root.rstrip("/") + below

    def steps(self, request: ContactRequest) -> Generator[Step, Any, Any]:
        """The host's functions to call, with their arguments; each result is sent back in, the last one is the answer.

        A generator, so that one adapter can await what another just calls.
        """
        if request.document is None:
            stored = yield self.load, (request.id,)
            return request.apply(stored)
        if self.update is not None:
            return (yield self.update, (request.id, request.apply))
        stored = yield self.load, (request.id,)
        updated = request.apply(stored)
        assert self.save is not None
        saved = yield self.save, (updated,)
        return updated if saved is None else saved

    def run(self, request: ContactRequest) -> Any:
        """The contact to answer with; the host's functions are called in turn."""
        steps = self.steps(request)
        result = None
        try:
            while True:
                function, arguments = steps.send(result)
                result = function(*arguments)
        except StopIteration as done:
            return done.value


class Application:
    """What the applications are made with; the keyword arguments are those of `Host`, the endpoint the default one."""

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


def too_large(limit: int) -> ContentTooLarge:
    """The error for a body of which more than `limit` bytes have come."""
    return ContentTooLarge(f"the body has more than the {limit} bytes that are allowed")
