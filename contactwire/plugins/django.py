"""For Django: the endpoint as a view, for a line in `urls.py`, and faults in views of one's own.

::

    from contactwire.plugins.django import contact_view
    from contactwire.wsgi import ContactApplication

    contacts = ContactApplication(load, save)
    urlpatterns = [path("crm/<path:path>", contact_view(contacts))]

The view works under Django's WSGI and ASGI handlers alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction  # as Django tells them: in Python 3.11, inspect does not know its marks
from django.http import HttpResponse  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

from contactwire.errors import ContactWireError
from contactwire.http import ContactEndpoint, Headers

if TYPE_CHECKING:
    from contactwire.wsgi import ContactApplication

__all__ = ["answer_faults", "contact_view"]


def answer_faults(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view, async or not, that answers an error of the library, such as a body with faults, as the endpoint does."""

    def answering(request: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return view(request, *arguments, **named)
        except ContactWireError as error:
            return _answer(request, error)

    async def answering_async(request: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return await view(request, *arguments, **named)
        except ContactWireError as error:
            return _answer(request, error)

    return wraps(view)(answering_async if iscoroutinefunction(view) else answering)


def _answer(request: Any, error: ContactWireError) -> Any:
    answer = ContactEndpoint().respond_error(error, request.headers.items(), method=request.method)
    return _response(answer.status, answer.headers, answer.body)


def contact_view(application: ContactApplication) -> Callable[..., Any]:
    """A view that answers with an application; its route ends with `<path:path>`, below which the endpoint is.

    Clients of the endpoint send no token of Django's forms, so the view is exempt from that check.
    """

    def view(request: Any, path: str) -> Any:
        started: list[tuple[int, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            started.append((int(status.split(maxsplit=1)[0]), headers))

        body = b"".join(application(_environment(request, path), start_response))
        return _response(*started[0], body)

    return csrf_exempt(view)  # type: ignore[no-any-return]


def _response(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Any:
    """Django's response with these fields and no others; it holds each once, so several lines of one become one."""
    fields = Headers(headers)
    response = HttpResponse(body, status=status, headers=fields)
    if "Content-Type" not in fields:
        # Django adds text/html, even to a 304, from which a cache takes it for the contact that it holds (RFC 9111 §3.2).
        del response.headers["Content-Type"]
    return response


def _environment(request: Any, path: str) -> dict[str, Any]:
    """The environment (PEP 3333) of a request whose path ends with `path`, as the application is to see it."""
    mount = request.path.removesuffix(path).rstrip("/")
    length = request.META.get("CONTENT_LENGTH") or ""
    # Under WSGI, Django gives no body without a Content-Length, even if the server reads chunks. Under ASGI it does.
    is_djangos = length != "" or "wsgi.input" not in request.META
    body = {"wsgi.input": request, "wsgi.input_terminated": True} if is_djangos else {}
    return {
        **request.META,
        "SCRIPT_NAME": _as_wsgi(mount),
        "PATH_INFO": _as_wsgi("/" + path),
        "CONTENT_LENGTH": length,
        **body,
    }


def _as_wsgi(path: str) -> str:
    return path.encode().decode("latin-1")
