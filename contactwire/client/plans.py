"""What a client does, as generators: `ask` sends a request until it is answered, `update` changes a contact.

A generator yields each function without arguments that may have to be awaited, and gets its result sent back in. So the sync
and the async client share all but the loop that calls the functions.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Generic, Literal, TypeVar

import attrs

from contactwire.builtins import check_option
from contactwire.client.changing import smallest
from contactwire.client.merging import merge
from contactwire.client.sending import Answer
from contactwire.client.waiting import Waiting
from contactwire.errors import (
    BadAnswer,
    Conflict,
    ContactWireError,
    HeaderError,
    HttpError,
    PreconditionFailed,
    ServiceUnavailable,
    TooManyRequests,
)
from contactwire.http import Request, RequestBuilder
from contactwire.patch import same
from contactwire.projection import Selection
from contactwire.wire import Carrier, tag_of

__all__ = ["OnConflict", "Plans", "Steps"]

T = TypeVar("T", bound=Carrier)
R = TypeVar("R")

Steps = Generator[Callable[[], Any], Any, R]

OnConflict = Literal["raise", "redo"]
"""What `update` does where somebody else has changed the same place meanwhile."""


@attrs.frozen(kw_only=True)
class Plans(Generic[T]):
    """The generators of one client: `send(request)` gives an `Answer` and `sleep(seconds)` waits, both awaitable or not."""

    builder: RequestBuilder[T]
    waiting: Waiting
    send: Callable[[Request[Any]], Any]
    sleep: Callable[[float], Any]

    def ask(self, request: Request[R]) -> Steps[R]:
        """Send a request, again where the server asks for that (429, 503), and return what its answer holds.

        Raises the `HttpError` of the answer, and `BadAnswer` for an answer that cannot be read. The cause of an `HttpError`
        is a 503 that came before: the server may have carried out the request then, and refuse it for that now.
        """
        sent, unsure = 0, None
        while True:
            sent += 1
            answer: Answer = yield partial(self.send, request)
            try:
                return self._read(request, answer)
            except (TooManyRequests, ServiceUnavailable) as error:
                seconds = self.waiting.seconds(request, error.headers, sent)
                if seconds is None:
                    raise
                unsure = error if isinstance(error, ServiceUnavailable) else unsure
            except HttpError as error:
                raise error from unsure
            yield partial(self.sleep, seconds)

    def _read(self, request: Request[R], answer: Answer) -> R:
        try:
            return self.builder.parse(request, answer.status, answer.headers, answer.body)
        except ContactWireError as error:
            # A `HeaderError` is about the fields of the answer, and any other `HttpError` is what the server says.
            if isinstance(error, HttpError) and not isinstance(error, HeaderError):
                raise
            raise BadAnswer(str(error), answer.status) from error

    def update(
        self,
        contact: T | int,
        change: Callable[[T], Any],
        select: Selection | str | None,
        on_conflict: OnConflict,
        attempts: int,
    ) -> Steps[T]:
        """Read a contact, change it, and send the change; where somebody else has changed it meanwhile, merge and repeat."""
        check_option("on_conflict", on_conflict, OnConflict)
        id = self.builder.id_of(contact)
        before: T = yield from self.ask(self.builder.get(id, select=select))
        after: T = yield from self._changed(change, before)
        for attempt in range(1, attempts + 1):
            request = smallest(self.builder, id, before, after, select)
            if request is None:
                return before
            try:
                return (yield from self.ask(request))
            except (PreconditionFailed, Conflict) as error:
                # What has changed the contact may be this very request, and `change` would be made twice.
                if on_conflict == "redo" and error.__cause__ is not None:
                    raise
                if attempt == attempts:
                    error.add_note(f"Others have changed the contact before each of {attempts} attempts: see `attempts`.")
                    raise
                yield partial(self.sleep, self.waiting.pause(attempt))
                theirs = yield from self.ask(self.builder.get(id, select=select))
                # Nobody has changed it, so the server would refuse the same request again.
                if tag_of(theirs) == tag_of(before) and same(theirs, before):
                    raise
            if on_conflict == "redo":
                after = yield from self._changed(change, theirs)
            else:
                after = merge(before, after, theirs)
            before = theirs
        raise ValueError("an update takes one attempt at least")

    def _changed(self, change: Callable[[T], Any], contact: T) -> Steps[T]:
        """What `change` makes of a copy of a contact: what it returns, or the copy that it has changed."""
        changed = copy.deepcopy(contact)
        result = yield partial(change, changed)
        if result is None:
            return changed
        if not isinstance(result, type(contact)):
            raise TypeError(f"a change gives the changed {type(contact).__name__}, or None, not {type(result).__name__}")
        return result
