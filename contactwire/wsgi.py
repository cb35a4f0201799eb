"""A WSGI application for the endpoint, mountable in Flask, Django and others, or served alone.

::

    app = ContactApplication(load=load, save=save)

The application reads one request from the environment, has `http` parse it and build the answer, and returns that.
Source: PEP 3333.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from contactwire.errors import BadRequest
from contactwire.http import Application, length_required, read_body, too_large

__all__ = ["ContactApplication"]

_PATHS = ("SCRIPT_NAME", "PATH_INFO")


class ContactApplication(Application):
    """A WSGI application that answers the endpoint's requests from a host's storage.

    `load(id)` gives the contact with that id, or None; `save(contact)` stores one. `update(id, change)` loads, changes and
    saves in one transaction, and makes `save` unnecessary. Further functions are optional: see `contactwire.http.Host`. A
    body of more than `max_bytes` bytes is answered with 413. `contactwire.asgi` has the same for ASGI.
    """

    def __init__(self, *arguments: Any, **functions: Any) -> None:
        """Take what `contactwire.http.Application` takes; raises TypeError for a coroutine function, which needs ASGI."""
        super().__init__(*arguments, **functions)
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
            lambda: self._body(environ),
        )
        start_response(f"{response.status} {_reason(response.status)}", list(response.headers))
        return [response.body]

    def _body(self, environ: dict[str, Any]) -> bytes:
        try:
            return self._read(environ)
        except OSError as error:  # so servers tell that the client has gone, or that a chunk is broken
            raise BadRequest("the body cannot be read to its end") from error

    def _read(self, environ: dict[str, Any]) -> bytes:
        stream, limit, length = environ["wsgi.input"], self.host.max_bytes, environ.get("CONTENT_LENGTH")
        # A server that decodes chunks sets `wsgi.input_terminated`, and the end of the stream is that of the body.
        if length or not environ.get("wsgi.input_terminated"):
            if not length and environ.get("HTTP_TRANSFER_ENCODING"):
                raise length_required()
            return read_body(stream.read, (length or "0").strip(" \t"), limit)
        body: bytes = stream.read(limit + 1)
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
