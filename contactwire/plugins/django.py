"""For Django: the endpoint as a view, for a line in `urls.py`, and faults in views of one's own.

::

    from contactwire.plugins.django import contact_view
    from contactwire.wsgi import ContactApplication

    contacts = ContactApplication(load, save)
    urlpatterns = [path("crm/<path:path>", contact_view(contacts))]

The view works under Django's WSGI and ASGI handlers alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction  # as Django tells them: in Python 3.11, inspect does not know its marks
from django.http import HttpResponse  # type: ignore[import-untyped]
from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

from contactwire.errors import ContactWireError
from contactwire.http import ContactEndpoint, Headers, Response
from contactwire.wsgi import ContactApplication, body_of

__all__ = ["answer_faults", "contact_view"]

F = TypeVar("F", bound=Callable[..., Any])


def answer_faults(view: F) -> F:
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

    return cast("F", wraps(view)(answering_async if iscoroutinefunction(view) else answering))


def _answer(request: Any, error: ContactWireError) -> Any:
    return _response(ContactEndpoint().respond_error(error, request.headers.items(), method=request.method))


def contact_view(application: ContactApplication) -> Callable[..., Any]:
    """A view that answers with an application; its route ends with `<path:path>`, below which the endpoint is.

    Clients of the endpoint send no token of Django's forms, so the view is exempt from that check.
    """
    host = application.host

    def view(request: Any, path: str) -> Any:
        mount, environ = request.path.removesuffix(path).rstrip("/"), request.META
        # Under WSGI, Django gives no body without a Content-Length, even if the server reads chunks. Under ASGI it does.
        if environ.get("CONTENT_LENGTH") or "wsgi.input" not in environ:
            environ = {**environ, "wsgi.input": request, "wsgi.input_terminated": True}
        return _response(
            host.answer(
                request.method,
                host.target(mount, f"{mount}/{path}"),
                environ.get("QUERY_STRING", ""),
                request.headers.items(),
                partial(body_of, environ, host.max_bytes),
            )
        )

    return csrf_exempt(view)  # type: ignore[no-any-return]


def _response(answer: Response) -> Any:
    """Django's response with these fields and no others; it holds each once, so several lines of one become one."""
    fields = Headers(answer.headers)
    response = HttpResponse(answer.body, status=answer.status, headers=fields)
    if "Content-Type" not in fields:
        # Django adds text/html, even to a 304, from which a cache takes it for the contact that it holds (RFC 9111 §3.2).
        del response.headers["Content-Type"]
    return response
