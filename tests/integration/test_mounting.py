"""The applications below mount points of other frameworks, under real servers."""

from urllib.parse import quote

import httpx
import pytest

from contactwire import ContactEntityWithLinks, asgi, wsgi
from contactwire.http import RequestBuilder
from contactwire.server import samples

MOUNTS = ["/crm", "/crm/", "/customer relations", "/kunder/på hjørnet", "/100%25"]


class Storage:
    """Contacts in memory."""

    def __init__(self):
        self.contacts = {contact.contact_id: contact for contact in samples()}

    def functions(self):
        """The arguments of an application."""
        return {
            "load": self.contacts.get,
            "save": lambda contact: self.contacts.update({contact.contact_id: contact}),
            "create": self.create,
            "default": lambda: samples()[0],
        }

    def create(self, contact):
        contact.contact_id = len(self.contacts) + 1
        self.contacts[contact.contact_id] = contact


def starlette(app, mount):
    """Starlette with the application mounted."""
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount(mount, app)])


def fastapi(app, mount):
    """FastAPI with the application mounted."""
    from fastapi import FastAPI

    outer = FastAPI()
    outer.mount(mount, app)
    return outer


def litestar(app, mount):
    """Litestar with the application as an ASGI handler."""
    from litestar import Litestar
    from litestar.handlers import asgi as handler
    from litestar.types import Receive, Scope, Send

    @handler(mount, is_mount=True, copy_scope=True)
    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return Litestar([mounted])


def django_asgi(app, mount):
    """Django's ASGI application behind a route to ours, as Django's documentation combines applications."""
    inner = django_application("asgi")

    async def routed(scope, receive, send):
        # Django does not take part in the server's lifespan.
        below = scope["type"] == "lifespan" or scope["path"].startswith(mount)
        await (app({**scope, "root_path": mount}, receive, send) if below else inner(scope, receive, send))

    return routed


def flask(app, mount):
    """Flask behind Werkzeug's dispatcher."""
    from flask import Flask
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    outer = Flask(__name__)
    outer.wsgi_app = DispatcherMiddleware(outer.wsgi_app, {as_wsgi(mount): app})
    return outer


def django(app, mount):
    """Django's WSGI application behind Werkzeug's dispatcher."""
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    return DispatcherMiddleware(django_application("wsgi"), {as_wsgi(mount): app})


def as_wsgi(mount):
    """A mount point as WSGI spells paths: each byte of the UTF-8 is a character (PEP 3333), as dispatchers compare it."""
    return mount.rstrip("/").encode().decode("latin-1")


def django_application(kind):
    """Django's application for one of the interfaces, without a view."""
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=(), SECRET_KEY="x")
    return {"asgi": get_asgi_application, "wsgi": get_wsgi_application}[kind]()


def exchange(base):
    """Read, change and create a contact through the client, and follow the address in an answer."""
    client = RequestBuilder(path=f"{base}/api/v1/Contact")

    def send(request):
        answer = http.request(request.method, request.target, headers=dict(request.headers), content=request.body)
        return answer, client.parse(request, answer.status_code, answer.headers, answer.content)

    with httpx.Client(timeout=30) as http:
        _, contact = send(client.get(1))
        contact.name = "Elan Hoppski AS"
        answer, contact = send(client.put(contact))
        assert contact.name == "Elan Hoppski AS"
        assert http.get(answer.url.join(answer.headers["Content-Location"])).json()["Name"] == contact.name
        made, contact = send(client.create(ContactEntityWithLinks(name="New")))
        assert made.status_code == 201
        assert http.get(made.url.join(made.headers["Location"])).json()["ContactId"] == contact.contact_id
        assert send(client.default())[1].name == "Elan Hoppski"
        assert http.get(f"{base}/api/v1/Contact/99").status_code == 404
        assert http.get(f"{base}/elsewhere").status_code == 404


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("framework", [starlette, fastapi, litestar, django_asgi])
def test_asgi(serve_asgi, framework, mount):
    """ASGI mount points with blanks, letters beyond ASCII, escapes or a slash at the end lead to the endpoint."""
    base = serve_asgi(framework(asgi.ContactApplication(**Storage().functions()), mount))
    exchange(base + quote(mount.rstrip("/"), safe="/+;="))


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("framework", [flask, django])
def test_wsgi(serve_wsgi, framework, mount):
    """WSGI mount points with blanks, letters beyond ASCII, escapes or a slash at the end lead to the endpoint."""
    base = serve_wsgi(framework(wsgi.ContactApplication(**Storage().functions()), mount))
    exchange(base + quote(mount.rstrip("/"), safe="/+;="))
