from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from benchmarks.inputs import Input
from benchmarks.measure import Timer, repeated

OURS = "contactwire"


@attrs.frozen
class Contender:
    """One way to do a work: `make` gives its timer for an input, `needs` names the packages that it is made of."""

    make: Callable[[Input], Timer]
    needs: tuple[str, ...] = ()


def timer_of(given: Input, prepare: Callable[[], Any], run: Callable[[Any], object]) -> Timer:
    """A timer of `run` on what `prepare` gives: once for an input that is used over and over, else for each call."""
    return repeated(prepare, run, fresh=given.fresh)


def decoding(given: Input, body: bytes | str, decode: Callable[[Any], object]) -> Timer:
    """A timer of reading a body, which no reader changes."""
    return repeated(lambda: body, decode, fresh=False)
