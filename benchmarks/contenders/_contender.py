from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from benchmarks.inputs import Input
from benchmarks.measure import Task, Timer

OURS = "contactwire"

Pair = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Decode and encode of one format, by one library, for what one input holds."""

Body = Callable[[Input], bytes | str]
"""What of an input is read."""


@attrs.frozen
class Contender:
    """One way to do a work: `make` gives its timer for an input, a `Task` where what it gives can be looked at.

    `needs` names the packages that it is made of, `differs` says what a peer does otherwise than contactwire.
    """

    make: Callable[[Input], Timer]
    needs: tuple[str, ...] = ()
    differs: str = ""


def decoding(pair: Callable[[Input], Pair], body: Body) -> Callable[[Input], Task]:
    """Makes tasks of decoding a body."""
    return lambda given: Task(body(given), pair(given)[0])


def encoding(pair: Callable[[Input], Pair], body: Body) -> Callable[[Input], Task]:
    """Makes tasks of encoding what was decoded before."""

    def make(given: Input) -> Task:
        decode, encode = pair(given)
        return Task(decode(body(given)), encode)

    return make
