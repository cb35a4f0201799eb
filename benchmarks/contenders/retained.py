"""Memory of contacts: what a decoded one holds, dates of its own among it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks.contenders import json
from benchmarks.contenders._contender import OURS, Contender, Pair
from benchmarks.inputs import Input
from benchmarks.measure import Timer

__all__ = ["WORKS", "retained"]

_COUNT = 100


def retained(decode: Callable[[Any], Any], bodies: list[bytes]) -> float:
    """Bytes that are held for each of what was decoded, as Python's allocators count them."""
    decode(bodies[0])
    kept: list[Any] = [None] * len(bodies)
    gc.collect()
    tracemalloc.start()
    try:
        for number, body in enumerate(bodies):
            kept[number] = decode(body)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / len(bodies)
    finally:
        tracemalloc.stop()


def _contact(pair: Callable[[Input], Pair]) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        held = retained(pair(given)[0], given.each_with_its_own_dates(_COUNT))
        return lambda calls: calls * held

    return make


WORKS = {
    "memory of a decoded contact": {
        OURS: Contender(_contact(json.ours)),
        "msgspec Struct": Contender(
            _contact(json.msgspec_structs), differs="keeps six digits of a second, drops unknown members"
        ),
    },
}
