"""Settings and fixtures for all tests."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

# A shared machine stops for longer than any example takes, so there is no deadline; fuzzing is what runs for long.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")

_THREADS = 32
_FORMS = {
    "bytes": lambda body: body,
    "str": bytes.decode,
    "memoryview": memoryview,
    "file": io.BytesIO,
    "text file": lambda body: io.StringIO(body.decode()),
    "single bytes": lambda body: (body[at : at + 1] for at in range(len(body))),
    "empty chunks": lambda body: [b"", body, b""],
}


@pytest.fixture(params=_FORMS.values(), ids=_FORMS)
def as_stream(request):
    """A function that gives a body in one of the forms in which a stream may come."""
    return request.param


@pytest.fixture
def at_once():
    """A function that gives what 32 threads get that start the same work together; it raises what one of them does."""

    def run(work):
        barrier = threading.Barrier(_THREADS)

        def one(_):
            barrier.wait()
            return work()

        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(one, range(_THREADS)))

    return run
