"""A WSGI application for the endpoint, mountable in Flask, Django and others, or served alone.

::

    app = ContactApplication(load=load, save=save)

The application reads one request from the environment, has `http` parse it and build the answer, and returns that.
Source: PEP 3333.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from contactwire.errors import BadRequest
from contactwire.http import Application, length_required, read_body, too_large

__all__ = ["ContactApplication", "body_of"]

_PATHS = ("SCRIPT_NAME", "PATH_INFO")


class ContactApplication(Application):
    """A WSGI application that answers the endpoint's requests by the functions of a `contactwire.http.Host`.

    `contactwire.asgi` has the same for ASGI.
    """

    def _prepare(self) -> None:
        if names := self.host.coroutine_functions:
            raise TypeError(f"WSGI cannot await the coroutine functions {', '.join(names)}; contactwire.asgi can")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, by PEP 3333."""
        root, path = (environ.get(name, "").encode("latin-1").decode("utf-8", "replace") for name in _PATHS)
        response = self.host.answer(
            environ["REQUEST_METHOD"],
            self.host.target(root, root + path),
            environ.get("QUERY_STRING", ""),
            _header_pairs(environ),
            partial(body_of, environ, self.host.max_bytes),
        )
        start_response(f"{response.status} {_reason(response.status)}", list(response.headers))
        return [response.body]


def body_of(environ: Mapping[str, Any], limit: int) -> bytes:
    """The body of the request in an environment, of `limit` bytes at most.

    Raises what `contactwire.http.read_body` raises, and `BadRequest` where the body cannot be read to its end.
    """
    stream, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH")
    try:
        # A server that decodes chunks sets `wsgi.input_terminated`, and the end of the stream is that of the body.
        if length or not environ.get("wsgi.input_terminated"):
            if not length and environ.get("HTTP_TRANSFER_ENCODING"):
                raise length_required()
            return read_body(stream.read, (length or "0").strip(" \t"), limit)
        body: bytes = stream.read(limit + 1)
    except OSError as error:  # so servers tell that the client has gone, or that a chunk is broken
        raise BadRequest("the body cannot be read to its end") from error
    if len(body) > limit:
        raise too_large(limit)
    return body


def _header_pairs(environ: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [(name[5:].replace("_", "-").title(), value) for name, value in environ.items() if name.startswith("HTTP_")]
    return [*pairs, ("Content-Type", environ.get("CONTENT_TYPE", ""))]


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
