"""Memory of streams: by how much a process grows while it streams contacts, beyond what it took to stream a few.

Each is a process of its own, since the peak of a process never falls. It makes the contacts as it goes, so that what is
counted is the stream's.
"""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from benchmarks.contenders._contender import Contender
from benchmarks.inputs import Input, contacts
from benchmarks.measure import Timer
from contactwire import ContactEntityWithLinks, JsonCodec, XmlCodec

__all__ = ["COUNTS", "LIMIT", "STREAMS", "WORKS", "growth", "over"]

COUNTS = (100, 100_000)
LIMIT = "64 MiB"
_LIMIT_BYTES = 64 * 2**20
_WARM_UP = 100
_ROOT = Path(__file__).parent.parent.parent
_CHILD = "import sys; from benchmarks.contenders.streams import *; print(growth(STREAMS[sys.argv[1]], int(sys.argv[2])))"


def _carriers(count: int) -> Iterator[ContactEntityWithLinks]:
    body = contacts(1).body[1:-1]
    for number in range(count):
        contact = JsonCodec().decode(body, ContactEntityWithLinks)
        contact.contact_id = number
        yield contact


def _written_json(count: int) -> Iterable[bytes]:
    return JsonCodec().iter_encode(_carriers(count))


def _written_array(count: int) -> Iterable[bytes]:
    return JsonCodec().iter_encode(_carriers(count), framing="array")


def _written_xml(count: int) -> Iterable[bytes]:
    return XmlCodec().iter_encode(_carriers(count))


STREAMS: dict[str, Callable[[int], Iterable[object]]] = {
    "NDJSON": lambda count: JsonCodec().iter_decode(_written_json(count), ContactEntityWithLinks),
    "a JSON array": lambda count: JsonCodec().iter_decode(_written_array(count), ContactEntityWithLinks),
    "an XML sequence": lambda count: XmlCodec().iter_decode(_written_xml(count), ContactEntityWithLinks),
}
"""Streams of a number of contacts that are written, and read as they are written."""


def growth(stream: Callable[[int], Iterable[object]], count: int) -> int:
    """Bytes by which the peak of this process's resident memory grows over a stream, beyond that of a short one.

    Raises ImportError on Windows, which keeps no such account.
    """
    deque(stream(_WARM_UP), maxlen=0)
    before = _peak()
    deque(stream(count), maxlen=0)
    return _peak() - before


def _peak() -> int:
    try:
        # Not `getrusage`: on Linux its peak starts with that of the process which started this one.
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except FileNotFoundError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@cache
def _in_child(stream: str, count: int) -> float:
    command = [sys.executable, "-c", _CHILD, stream, str(count)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=_ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr.decode().strip().splitlines()[-1])
    return float(done.stdout)


def _growing(stream: str, count: int) -> Contender:
    def make(_: Input) -> Timer:
        return lambda calls: calls * _in_child(stream, count)

    return Contender(make)


def over(count: int) -> str:
    """The name of the contender that streams that many contacts."""
    return f"over {count:,} contacts"


def _contenders(stream: str) -> dict[str, Contender]:
    return {
        **{over(count): _growing(stream, count) for count in COUNTS},
        LIMIT: Contender(lambda _: lambda calls: calls * _LIMIT_BYTES),
    }


WORKS = {f"memory of streaming {stream}": _contenders(stream) for stream in STREAMS}
