"""For Flask: faults in views of one's own, answered as the endpoint answers them."""

from __future__ import annotations

from flask import Flask, Response, request

from contactwire.errors import ContactWireError
from contactwire.http import ContactEndpoint

__all__ = ["answer_faults"]


def answer_faults(app: Flask) -> None:
    """Let an application answer an error of the library, such as a body with faults, as the endpoint does."""
    app.register_error_handler(ContactWireError, _answer)


def _answer(error: ContactWireError) -> Response:
    # Flask leaves out the body for a HEAD itself, and takes an empty one for the length of the GET.
    method = "GET" if request.method == "HEAD" else request.method
    answer = ContactEndpoint().respond_error(error, request.headers.items(), method=method)
    return Response(answer.body, answer.status, answer.headers)
