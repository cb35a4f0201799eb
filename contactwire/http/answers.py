"""Answers: `Response`, and the answer that reports an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from contactwire.errors import (
    ContactWireError,
    HttpError,
    MethodNotAllowed,
    NotAcceptable,
    NotModified,
    Unauthorized,
    UnsupportedContentCoding,
    UnsupportedMediaType,
)
from contactwire.negotiation import ERROR_TYPES, negotiate

__all__ = ["STALE_AT_ONCE", "VARY", "Response", "error_response"]

VARY = "Accept, Accept-Language, SO-Language, SO-Culture, SO-TimeZone"
"""The value of `Vary`: the fields of a request that shape an answer (RFC 9110 §12.5.5)."""

STALE_AT_ONCE = "private, no-cache"
"""The value of `Cache-Control` where a contact is read, so that each use of a stored answer asks whether it is still true.

Without it, a cache guesses from `Last-Modified` (RFC 9111 §4.2.2): a browser shows what was last changed ten days ago for
another day. And answers with a cookie or an `X-XSRF-TOKEN` would be shared, unlike those to `Authorization` (§3.5).
"""

# RFC 9110 §8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx or 204";
# in a 304 it would be that of the 200, whose length costs as much as the answer.
_WITHOUT_BODY = (204, 304)


@attrs.frozen
class Response:
    """An answer: `status`, `headers` as pairs, and `body`. The answer to a HEAD has the headers of the GET, and no body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")

    @classmethod
    def to(cls, method: str, status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Response:
        """The answer to a request with this method, with its Content-Length (RFC 9110 §8.6)."""
        length = () if status in _WITHOUT_BODY else (("Content-Length", str(len(body))),)
        return cls(status, (*headers, *length), b"" if method == "HEAD" else body)


def error_response(error: ContactWireError, headers: Mapping[str, str] | Iterable[tuple[str, str]], method: str) -> Response:
    """The answer for an error: its status, and a body that says what is wrong, in JSON or XML as `Accept` asks."""
    if error.status == NotModified.status:
        return Response.to(method, error.status, [("Vary", VARY)])
    media_type = _media_type(headers)
    body = error.to_body() if media_type.endswith("json") else error.to_xml()
    fields = [("Content-Type", f"{media_type}; charset=utf-8"), ("Vary", VARY), *_fields_of(error, method), *_wait(error)]
    return Response.to(method, error.status, fields, body)


def _media_type(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    # `Headers` would refuse them, where the error is about another one of them.
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    accept = [value for name, value in pairs if name.lower() == "accept"]
    try:
        return negotiate(", ".join(accept) if accept else None, ERROR_TYPES)
    except NotAcceptable:
        return ERROR_TYPES[0]


def _fields_of(error: ContactWireError, method: str) -> list[tuple[str, str]]:
    if isinstance(error, MethodNotAllowed):
        return [("Allow", ", ".join(error.allowed))]
    if isinstance(error, UnsupportedMediaType):
        # RFC 9110 §12.5.3, §15.5.16: the field tells whether it is the coding or the media type that is not supported.
        # RFC 5789 §2.2: a 415 "SHOULD include an Accept-Patch response header".
        of_type = ("Accept", "Accept-Patch") if method == "PATCH" else ("Accept",)
        names = ("Accept-Encoding",) if isinstance(error, UnsupportedContentCoding) else of_type
        return [(name, ", ".join(error.offered)) for name in names]
    if isinstance(error, Unauthorized):
        return [("WWW-Authenticate", challenge) for challenge in error.challenges]
    return []


def _wait(error: ContactWireError) -> list[tuple[str, str]]:
    """How long to wait, as a host says, or the server that it has asked (RFC 9110 §10.2.3); other fields are not its own."""
    headers = error.headers if isinstance(error, HttpError) else {}
    return [("Retry-After", value) for name, value in headers.items() if name.lower() == "retry-after"]
