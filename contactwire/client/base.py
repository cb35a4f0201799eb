"""What both clients are made of: `Base` has their constructor, and what they do, as coroutines.

The sync client runs them without an event loop (`contactwire.http.at_once`), since what it has them await never waits.
"""

from __future__ import annotations

import builtins
import copy
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit

from contactwire.builtins import check_limit, check_option
from contactwire.carriers import ContactEntityWithLinks
from contactwire.client.merging import merge
from contactwire.client.sending import Exchange, library
from contactwire.client.waiting import Waiting
from contactwire.codecs import MAX_BYTES, CodecRegistry, default_registry
from contactwire.errors import (
    BadAnswer,
    Conflict,
    ContactWireError,
    EncodeError,
    HeaderError,
    HttpError,
    PreconditionFailed,
    ServiceUnavailable,
    TooManyRequests,
    UpdateConflict,
)
from contactwire.http import Credentials, Request, RequestBuilder
from contactwire.localization import TimeZonePreference
from contactwire.patch import same
from contactwire.projection import Selection
from contactwire.wire import Carrier, is_view, tag_of

__all__ = ["Base", "OnConflict"]

T = TypeVar("T", bound=Carrier)
H = TypeVar("H")
R = TypeVar("R")

OnConflict = Literal["raise", "redo"]
"""What `update` does where somebody else has changed the same place meanwhile."""

_TIMEOUT = 30.0
_CONDITIONS = ("If-Match", "If-Unmodified-Since")
# A PUT of a whole contact is longer, so there is no need to write one.
_SHORT = 500


class Base(ABC, Generic[T, H]):
    """What both clients have: `T` is the carrier class of their entities, and `H` the client of httpx2 that they use."""

    _library_class: ClassVar[str]

    def __init__(
        self,
        base_url: str,
        *,
        path: str = "/api/v1/Contact",
        type: builtins.type[T] = ContactEntityWithLinks,  # type: ignore[assignment] # pyright: ignore[reportArgumentType]
        id: str = "",
        media_type: str = "application/json",
        accept: str = "application/json",
        language: str | None = None,
        culture: str | None = None,
        time_zone: TimeZonePreference | str | None = None,
        credentials: Credentials | None = None,
        user_agent: str | None = None,
        registry: CodecRegistry = default_registry,
        timeout: float | None = None,
        retries: int = 3,
        max_wait: float = 60.0,
        max_bytes: int = MAX_BYTES,
        client: H | None = None,
        sleep: Callable[[float], Any] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the address, and how to use it; nothing is sent yet.

        `base_url`
            the address in front of `path`, such as `https://crm.example/Cust1`, without credentials.
        `path`, `type`, `id`
            the path in front of an id, the carrier class of answers, and its attribute with the primary key, by default
            that of the property `Id`, or of the class's name with `Id`.
        `media_type`, `accept`
            the formats of contacts that are sent, and of answers: `application/json` (the default) or `application/xml`.
        `language`, `culture`, `time_zone`
            the fields `SO-Language`, `SO-Culture` and `SO-TimeZone`.
        `credentials`, `user_agent`
            who asks, and with what program.
        `registry`
            the codecs.
        `timeout`
            how many seconds to wait for a connection, for the answer to begin, and for each part of it (30, or those of
            `client`).
        `retries`, `max_wait`
            how often a request is sent again that is answered with 429 or 503 (3), and how many seconds to wait before that
            at most (60). A server that asks for more is not asked again.
        `max_bytes`
            limit of the body of an answer, decompressed (16 MiB).
        `client`
            a client of httpx2 to send requests with, which stays open when this one is closed.
        `sleep`, `clock`
            what waits for a number of seconds, and gives those since 1970; for tests.

        A client can be shared by threads or tasks. It follows no redirects, so that no credentials reach another host.

        It raises ImportError where httpx2 is not installed, ValueError for a `base_url` that is none, and for `retries` and
        `max_bytes` that are no integers or negative, `HeaderError` for a value that its header field cannot hold, and
        TypeError for a `client` that is none of httpx2's, and where `RequestBuilder` does.
        """
        _check_url(base_url)
        check_limit("retries", retries)
        check_limit("max_bytes", max_bytes)
        self._base_url, self._max_bytes, self._owns = base_url, max_bytes, client is None
        self._timeout = _TIMEOUT if timeout is None and client is None else timeout
        self._builder = RequestBuilder[T](
            path=path,
            type=type,
            id=id,
            media_type=media_type,
            accept=accept,
            language=language,
            culture=culture,
            time_zone=time_zone,
            credentials=credentials or Credentials(),
            user_agent="contactwire" if user_agent is None and client is None else user_agent,
            registry=registry,
        )
        self._waiting = Waiting(retries=retries, max_wait=max_wait, clock=clock)
        self._pause = sleep or self._sleep
        self._http = self._client(client)

    def _client(self, given: H | None) -> H:
        wanted: Any = getattr(library(), self._library_class)
        client: Any = wanted() if given is None else given
        if not isinstance(client, wanted):
            name = f"{builtins.type(given).__module__.partition('.')[0]}.{builtins.type(given).__qualname__}"
            raise TypeError(f"client is an httpx2.{self._library_class}, not {name}")
        checked: H = client
        return checked

    def _exchange(self, request: Request[Any]) -> Exchange:
        return Exchange(request, self._base_url, self._timeout, self._max_bytes)

    @abstractmethod
    async def _send(self, request: Request[Any]) -> Exchange:
        """The exchange of a request and its answer."""

    @abstractmethod
    def _sleep(self, seconds: float) -> Any:
        """Wait, or give what to await for that."""

    @abstractmethod
    async def _result(self, given: Any) -> Any:
        """The result of what a function of the caller's gave, which the async client may have to await."""

    async def _ask(self, request: Request[R], unsure: BaseException | None = None) -> R:
        """Send a request, again where the server asks for that (429, 503), and return what its answer holds.

        Raises the `HttpError` of the answer, and `BadAnswer` for an answer that cannot be read. The cause of an `HttpError`
        is a 503 that came before: the server may have carried out the request then, and refuse it for that now. `unsure` is
        such a 503 of an earlier request for the same change.
        """
        sent = 0
        while True:
            sent += 1
            answer = await self._send(request)
            try:
                return self._read(request, answer)
            except (TooManyRequests, ServiceUnavailable) as error:
                seconds = self._waiting.seconds(request, error.headers, sent)
                if seconds is None:
                    raise error from unsure
                unsure = error if isinstance(error, ServiceUnavailable) else unsure
            except HttpError as error:
                raise error from unsure
            await self._result(self._pause(seconds))

    def _read(self, request: Request[R], answer: Exchange) -> R:
        try:
            return self._builder.parse(request, answer.status, answer.headers, answer.body)
        except ContactWireError as error:
            # A `HeaderError` is about the fields of the answer, and any other `HttpError` is what the server says.
            if isinstance(error, HttpError) and not isinstance(error, HeaderError):
                raise
            raise BadAnswer(str(error), answer.status) from error

    async def _updated(
        self,
        contact: T | int,
        change: Callable[[T], Any],
        select: Selection | str | None,
        on_conflict: OnConflict,
        attempts: int,
    ) -> T:
        """Read a contact, change it, and send the change; where somebody else has changed it meanwhile, merge and repeat."""
        check_option("on_conflict", on_conflict, OnConflict)
        check_limit("attempts", attempts, 1)
        id = self._builder.id_of(contact)
        before: T = await self._ask(self._builder.get(id, select=select))
        after: T = await self._changed(change, before)
        unsure: BaseException | None = None
        attempt = 0
        while True:
            attempt += 1
            request = _smallest(self._builder, id, before, after, select)
            if request is None:
                return before
            try:
                return await self._ask(request, unsure)
            except (PreconditionFailed, Conflict) as error:
                unsure = error.__cause__
                # What has changed the contact may be this very request, and `change` would be made twice.
                if on_conflict == "redo" and unsure is not None:
                    raise
                if attempt == attempts:
                    error.add_note(f"Others have changed the contact before each of {attempts} attempts: see `attempts`.")
                    raise
                await self._result(self._pause(self._waiting.pause(attempt)))
                theirs = await self._ask(self._builder.get(id, select=select), unsure)
                # Nobody has changed it, so the server would refuse the same request again.
                if tag_of(theirs) == tag_of(before) and same(theirs, before):
                    raise
            if on_conflict == "redo":
                after = await self._changed(change, theirs)
            else:
                after = _merged(before, after, theirs, unsure)
            before = theirs

    async def _changed(self, change: Callable[[T], Any], contact: T) -> T:
        """What `change` makes of a copy of a contact: what it returns, or the copy that it has changed."""
        changed = copy.deepcopy(contact)
        result = await self._result(change(changed))
        if result is None:
            return changed
        if not isinstance(result, type(contact)):
            raise TypeError(f"a change gives the changed {type(contact).__name__}, or None, not {type(result).__name__}")
        return result

    def __repr__(self) -> str:
        return f"{builtins.type(self).__name__}({self._base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {builtins.type(self).__name__} cannot be pickled or copied: make one where it is used")


def _merged(base: T, mine: T, theirs: T, unsure: BaseException | None) -> T:
    """Both changes in one contact; the cause of an `UpdateConflict` is the 503 after which `mine` was stored perhaps."""
    try:
        return merge(base, mine, theirs)
    except UpdateConflict as conflict:
        raise conflict from unsure


def _check_url(url: str) -> None:
    """Raise ValueError for what is no address of a server, or more than that; the error shows nothing of it."""
    if not isinstance(url, str) or not _is_address(url):
        raise ValueError("a base_url is an address such as https://crm.example/Cust1")
    if "@" in urlsplit(url).netloc:
        raise ValueError("a base_url holds no user and password: give credentials=Credentials.basic(user, password)")
    if "?" in url or "#" in url:
        raise ValueError("a base_url ends with its path, without a query or fragment")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")  # as it is looked up; UnicodeError is a ValueError
        is_server = parts.scheme in ("http", "https") and host != b"" and parts.port != 0
    except ValueError:
        return False
    return is_server and url.isascii() and url.isprintable() and " " not in url


def _smallest(builder: RequestBuilder[T], id: int, before: T, after: T, select: Selection | str | None) -> Request[T] | None:
    """The shorter one of the PATCH and the PUT that turn the contact `before` into `after`; None where both are the same.

    The request demands that the contact is still as `before`. What holds only what was selected cannot be put, and a change
    that no patch can express cannot be patched.

    Raises ValueError where `before` has neither an entity tag nor an `updated_date`, since no server could tell then whether
    somebody else has changed it meanwhile, and `EncodeError` for a change that cannot be written.
    """
    if is_view(before) or getattr(after, builder.id) != id:
        return _patch(builder, id, before, after, select)
    try:
        patch = _patch(builder, id, before, after, select)
    except EncodeError:
        return _checked(builder.put(after, select=select, unchanged=before))
    if patch is None or len(patch.body) < _SHORT:
        return patch
    put = builder.put(after, select=select, unchanged=before)
    return min(patch, put, key=lambda request: len(request.body))


def _patch(builder: RequestBuilder[T], id: int, before: T, after: T, select: Selection | str | None) -> Request[T] | None:
    patch = builder.difference(before, after)
    return _checked(builder.patch(id, patch, select=select, unchanged=before)) if patch else None


def _checked(request: Request[Any]) -> Request[Any]:
    if not any(name in _CONDITIONS for name, _ in request.headers):
        raise ValueError("the contact came without an ETag and without UpdatedDate: select UpdatedDate, too, or use patch")
    return request
