"""The endpoint as a view of Django's."""

import sys
from io import BytesIO
from types import ModuleType

import httpx
import pytest

from contactwire import ContactEntityWithLinks, Unauthorized, decode, wsgi
from contactwire.plugins.bodies import read_body


def refuse(request):
    """Ask for credentials, in two ways."""
    raise Unauthorized(challenges=['Basic realm="CRM"', "Bearer"])


async def refuse_async(request):
    """Ask for the same."""
    refuse(request)


def name_of(request):
    """Answer with the name in a contact."""
    from django.http import HttpResponse

    return HttpResponse(read_body(request.body, request.headers, ContactEntityWithLinks).name)


@pytest.fixture
def base(request, serve_django, monkeypatch):
    """The address of the endpoint below a mount point with a blank and a letter beyond ASCII, served by both handlers."""
    from django.urls import path
    from django.views import View
    from django.views.decorators.csrf import csrf_exempt

    from contactwire.plugins.django import answer_faults, contact_view

    class Own(View):
        """A view that is a class, and async."""

        async def get(self, request):
            """Ask for credentials."""
            refuse(request)

    stored = {1: ContactEntityWithLinks(contact_id=1, name="Elan")}
    functions = (stored.get, lambda contact: stored.update({1: contact}))
    contacts = wsgi.ContactApplication(*functions, delete=lambda number, check: None, max_bytes=1_000)
    urls = ModuleType("urls_of_the_test")
    urls.urlpatterns = [
        path("kunder på/<path:path>", contact_view(contacts)),
        path("closed/<path:path>", contact_view(wsgi.ContactApplication(*functions, authorize=refuse))),
        path("own", answer_faults(refuse)),
        path("own-body", csrf_exempt(answer_faults(name_of))),
        path("own-async", answer_faults(refuse_async)),
        path("own-class", answer_faults(Own.as_view())),
    ]
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    return serve_django(urls.__name__, request.param)


both = pytest.mark.parametrize("base", ["wsgi", "asgi"], indirect=True)


@both
def test_the_endpoint_is_found(base):
    """It answers below the mount point, says where it is, and Django answers elsewhere."""
    with httpx.Client(base_url=base) as client:
        answer = client.patch("/kunder på/api/v1/Contact/1", json={"Name": "Hoppski"})
        assert answer.headers["Content-Location"] == "/kunder%20p%C3%A5/api/v1/Contact/1"
        answer = client.get(answer.headers["Content-Location"], headers={"Accept": "application/xml"})
        assert decode(answer.content, answer.headers["Content-Type"]).name == "Hoppski"
        assert client.head("/kunder på/api/v1/Contact/1").headers["ETag"]
        unchanged = client.get("/kunder på/api/v1/Contact/1", headers={"If-None-Match": "*"})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert "Content-Type" not in unchanged.headers
        deleted = client.delete("/kunder på/api/v1/Contact/1")
        assert (deleted.status_code, "Content-Type" in deleted.headers) == (204, False)
        assert "ErrorType" in client.get("/kunder på/api/v1/Contact/2").json()
        assert client.get("/api/v1/Contact/1").headers["Content-Type"].startswith("text/html")


@both
@pytest.mark.parametrize("path", ["/closed/api/v1/Contact/1", "/own", "/own-async", "/own-class"])
def test_all_ways_to_authenticate_are_named(base, path):
    """A 401 has every challenge, in a view of the endpoint and in one of a host's own (RFC 9110 §11.6.1)."""
    answer = httpx.get(base + path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="CRM", Bearer')


@both
def test_limits_hold(base):
    """A body over the application's limit gets its 413."""
    with httpx.Client(base_url=base) as client:
        assert client.patch("/kunder på/api/v1/Contact/1", json={"Name": "x" * 2_000}).status_code == 413


def in_chunks(client, path):
    """The answer to a form that has no Content-Length."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.patch(path, content=(part for part in (b"Name=", b"Chunk")), headers=headers)


@pytest.mark.parametrize("base", ["asgi"], indirect=True)
def test_a_body_in_chunks(base):
    """A body without a Content-Length is read to its end."""
    with httpx.Client(base_url=base) as client:
        assert in_chunks(client, "/kunder på/api/v1/Contact/1").json()["Name"] == "Chunk"
        assert in_chunks(client, "/own-body").text == "Chunk"


@pytest.mark.parametrize("base", ["wsgi"], indirect=True)
@pytest.mark.parametrize("reads", [False, True])
def test_a_body_in_chunks_under_wsgi(base, reads):
    """Of a server that reads chunks, the endpoint gets the body, which Django does not; else it is 411, no empty form."""
    from django.core.wsgi import get_wsgi_application

    def answered(path):
        environ = {"REQUEST_METHOD": "PATCH", "PATH_INFO": path.encode().decode("latin-1"), "SERVER_NAME": "x"}
        environ |= {"SERVER_PORT": "80", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
        environ |= {
            "HTTP_TRANSFER_ENCODING": "chunked",
            "wsgi.input_terminated": reads,
            "wsgi.input": BytesIO(b"Name=Chunk"),
        }
        started = []
        body = b"".join(get_wsgi_application()(environ, lambda status, headers: started.append(status)))
        return started[0][:3], body

    status, body = answered("/kunder på/api/v1/Contact/1")
    assert (status, reads and decode(body).name) == (("200", "Chunk") if reads else ("411", False))
    assert answered("/own-body")[0] == "411"
