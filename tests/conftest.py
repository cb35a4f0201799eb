"""Settings and fixtures for all tests."""

import gc
import io
import os
import signal
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

# A shared machine may stop for longer than an example takes, so there is no deadline. Fuzzing takes the long runs.
settings.register_profile("suite", max_examples=50, deadline=None)
settings.load_profile("suite")

# Where an environment keeps Python from keeping what it compiles, each of the many processes that the tests start would
# compile the package, and each run all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell has what it starts in the background ignore Ctrl-C; so would processes that the tests start, and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish():
    """Thousands of collected tests and all that they import stay to the end: no later garbage collection walks them."""
    gc.collect()
    gc.freeze()


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
    """A function that gives a body in each form that a stream may have."""
    return request.param


@pytest.fixture
def peak():
    """A function that runs some work, and returns the most memory that Python allocates for it at a time, in bytes."""

    def run(work):
        tracemalloc.start()
        try:
            work()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return run


@pytest.fixture
def fits(peak):
    """A function that says whether some work takes less memory than so many bytes, in one of three runs.

    What other threads of the process allocate counts too, such as the one that receives the numbers of the next tests.
    """
    return lambda work, size: any(peak(work) < size for _ in range(3))


@pytest.fixture
def at_once():
    """A function that starts the same work in 32 threads at once, and returns their results or raises the error of one."""

    def run(work):
        barrier = threading.Barrier(_THREADS)

        def one(_):
            barrier.wait()
            return work()

        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(one, range(_THREADS)))

    return run
