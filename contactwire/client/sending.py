"""All that is known of httpx2 but for its clients: how it takes a request, and gives an answer or an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from contactwire.errors import BadAnswer, NoAnswer, TimedOut
from contactwire.http import Request, too_large

__all__ = ["Exchange", "library"]


def library() -> ModuleType:
    """The module httpx2. Raises ImportError, which names the extra, where it is not installed."""
    try:
        import httpx2
    except ImportError as error:
        raise ImportError("contactwire.client needs httpx2: pip install 'contactwire[client]'") from error
    return httpx2


class Exchange:
    """One request, and its answer as it comes: its `status`, its `headers` as pairs, and its `body`, decompressed.

    `arguments` are what a client's `build_request` takes for the request; without a `timeout`, the client's own counts. Of
    the answer's body, at most `limit` bytes are read.
    """

    def __init__(self, request: Request[Any], base_url: str, timeout: float | None, limit: int) -> None:
        url = f"{base_url.rstrip('/')}/{request.target.lstrip('/')}"
        self.arguments: dict[str, Any] = {
            "method": request.method,
            "url": url,
            # RFC 9110 §8.8.3: an entity tag may have bytes beyond ASCII, and goes back as it came.
            "headers": [(name, value.encode("latin-1")) for name, value in request.headers],
            "content": request.body or None,
            **({} if timeout is None else {"timeout": timeout}),
        }
        self.status = 200
        self.headers: tuple[tuple[str, str], ...] = ()
        self._subject = f"{request.method} {url.partition('?')[0]}"
        self._limit, self._size = limit, 0
        self._parts: list[bytes] = []

    def begin(self, response: Any) -> None:
        """Take status and headers."""
        self.status = response.status_code
        self.headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)

    def add(self, part: bytes) -> None:
        """Take the next part of the body. Raises `BadAnswer` where it is too long.

        httpx2 decompresses in pieces of 1 MiB, so no more than that is read in vain.
        """
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._limit:
            cause = too_large(self._limit)
            raise BadAnswer(cause.message, self.status) from cause

    @property
    def body(self) -> bytes:
        """The body, when all parts have come."""
        return b"".join(self._parts)

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Around all that httpx2 does: raise `TimedOut`, `NoAnswer` or `BadAnswer` for its errors, without any header."""
        httpx2 = library()
        try:
            yield
        except httpx2.HTTPError as error:
            # The headers of the request have credentials, which logs and pickles would show.
            for holder in filter(None, (error, getattr(error, "response", None))):
                holder.request = None
            if isinstance(error, httpx2.TimeoutException):
                raise TimedOut(f"{self._subject}: no answer in time ({type(error).__name__})") from error
            if isinstance(error, httpx2.DecodingError):
                message = f"its body is not encoded as its Content-Encoding says: {error}"
                raise BadAnswer(message, self.status) from error
            raise NoAnswer(f"{self._subject}: {str(error) or type(error).__name__}") from error
