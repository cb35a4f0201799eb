"""How long to wait before a request is sent again: `Waiting`, by `Retry-After` (RFC 9110 §10.2.3), or after others."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from contactwire.http import Request, parse_http_date

__all__ = ["Waiting"]

# §10.2.3: delay-seconds = 1*DIGIT
_SECONDS = re.compile(r"[0-9]+")
# §9.2.2: "PUT, DELETE, and safe request methods are idempotent".
_IDEMPOTENT = ("GET", "PUT", "DELETE")
_FIRST = 0.5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0
# So many make more seconds than anybody waits, and fewer than a double holds.
_DOUBLINGS = 64


@attrs.frozen(kw_only=True)
class Waiting:
    """When a request is sent again: one that was answered with 429 or 503, or a change that others have come before.

    The first is sent up to `retries` times again, each after `max_wait` seconds at most. `clock()` gives the seconds since
    1970, for dates in `Retry-After`.
    """

    retries: int
    max_wait: float
    clock: Callable[[], float]

    def seconds(self, request: Request[Any], headers: Mapping[str, str], sent: int) -> float | None:
        """How long to wait before a request that has been sent `sent` times; None not to send it again.

        Without `Retry-After` the waits are half a second, one second, two, and so on, up to `max_wait`. A server that asks
        for more than `max_wait` is not asked again, and neither is one that may have carried out what cannot be repeated.
        """
        if sent > self.retries or not _is_repeatable(request):
            return None
        asked = self._asked(headers.get("Retry-After", ""))
        if asked is None:
            return min(_FIRST * 2.0 ** min(sent - 1, _DOUBLINGS), self.max_wait)
        return asked if asked <= self.max_wait else None

    def pause(self, failed: int) -> float:
        """How long to wait before a change is made again that others have come before `failed` times, in seconds.

        It is any time up to 0.02 seconds, then up to twice that, and so on, up to a second. So clients that change one
        contact do not meet at every attempt.
        """
        longest = min(_FIRST_PAUSE * 2.0 ** min(failed - 1, _DOUBLINGS), _LONGEST_PAUSE, self.max_wait)
        return random.uniform(0, longest)  # noqa: S311 - nothing is secret about it

    def _asked(self, field: str) -> float | None:
        """The seconds in a `Retry-After`, or None for one that says nothing that can be read."""
        if _SECONDS.fullmatch(field):
            return float(field)
        try:
            return max(0.0, parse_http_date(field).timestamp() - self.clock())
        except ValueError:
            return None


def _is_repeatable(request: Request[Any]) -> bool:
    """Whether a request does the same sent twice as sent once.

    One with `If-Match` does: the tag is another one after it was carried out, so the second one fails (§9.2.2).
    """
    return request.method in _IDEMPOTENT or any(name == "If-Match" for name, _ in request.headers)
