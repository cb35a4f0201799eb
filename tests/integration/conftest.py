"""Real servers for the tests, on the loopback interface."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest
import uvicorn
import waitress.server

from contactwire.server import serve
from tests.integration import postgresql as database


@contextmanager
def serving():
    """A server in this process with new contacts; gives its address, with an empty path."""
    server = serve()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def base():
    """The address of a server that the tests of a module share."""
    with serving() as address:
        yield address


@pytest.fixture
def fresh_base():
    """The address of a server for one test alone."""
    with serving() as address:
        yield address


@pytest.fixture
def serve_asgi():
    """A function that serves an ASGI application with uvicorn and gives its address."""
    running = []

    def serve(app):
        bound = socket.create_server(("127.0.0.1", 0))
        # asyncio sets this for sockets of its own; without, the end of an answer waits 40 ms for an acknowledgement.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        running.append((server, thread, bound))
        return f"http://127.0.0.1:{bound.getsockname()[1]}"

    yield serve
    for server, thread, bound in running:
        server.should_exit = True
        thread.join()
        bound.close()


@pytest.fixture
def serve_wsgi():
    """A function that serves a WSGI application with waitress and gives its address."""
    running = []

    def serve(app):
        server = waitress.server.create_server(app, host="127.0.0.1", port=0)
        # The thread runs as long as a client keeps a connection, which the client of a failed test does.
        threading.Thread(target=server.run, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.effective_port}"

    yield serve
    for server in running:
        # waitress closes a server by itself, trigger included, after an error when it accepts a connection.
        with suppress(OSError):
            server.trigger.pull_trigger(server.close)


@pytest.fixture
def serve_django(request):
    """A function that serves a module of URLs with Django, under WSGI or ASGI, and gives its address."""
    from django.conf import settings
    from django.test import override_settings

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=(), SECRET_KEY="x")
    middleware = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    overriding = []

    def serve(urls, kind):
        overriding.append(override_settings(ROOT_URLCONF=urls, MIDDLEWARE=middleware))
        overriding[-1].enable()
        return request.getfixturevalue(f"serve_{kind}")(_DJANGO[kind]())

    yield serve
    for each in overriding:
        each.disable()


def _django_wsgi():
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def _django_asgi():
    from django.core.asgi import get_asgi_application

    inner = get_asgi_application()

    async def application(scope, receive, send):
        # Django does not take part in the server's lifespan.
        if scope["type"] == "http":
            return await inner(scope, receive, send)
        while (message := await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        return await send({"type": f"{message['type']}.complete"})

    return application


_DJANGO = {"wsgi": _django_wsgi, "asgi": _django_asgi}


@pytest.fixture(scope="session")
def postgresql():
    """The user, database and socket of a PostgreSQL server, as the end of a URL; skips where none is installed."""
    programs = database.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here; apt-get install postgresql")
    with database.serve(programs) as place:
        yield place
