"""Measuring: the contenders of one group run in turns in one process, so that a disturbance affects all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs

__all__ = ["FULL", "QUICK", "Effort", "Measurement", "Task", "Timer", "Unit", "calls_in", "measure", "summary"]

Unit = Literal["s", "B"]
"""The unit of a measurement: seconds, or bytes of memory."""

Timer = Callable[[int], float]
"""Runs the work a number of times; returns the seconds that this took, or the bytes, for work that is measured in bytes."""


@attrs.frozen
class Effort:
    """How long to measure.

    There are `passes` over all groups, and in each of them `rounds` of a group. A sample takes `sample` seconds. The rounds
    of a group end early in a pass after `limit` seconds.
    """

    passes: int
    rounds: int
    sample: float
    limit: float
    collect: bool = False


FULL = Effort(passes=4, rounds=30, sample=0.0025, limit=3.0)
QUICK = Effort(passes=1, rounds=2, sample=0.0005, limit=0.5)
_FEWEST_ROUNDS = 2
# Beside a turn of more than `_LONG` seconds, another contender's turn may last `_SHARE` of it.
_LONG, _SHARE, _MOST_SAMPLES = 1.0, 0.1, 20


@attrs.frozen
class Measurement:
    """The time or memory of one call of a contender: the best and the median of its samples, or a `note` why it has none."""

    work: str
    input: str
    contender: str
    best: float | None = None
    median: float | None = None
    samples: int = 0
    calls: int = 0
    note: str = ""
    failed: bool = False


@attrs.frozen
class Task:
    """Work on one input: a `Timer` that calls `run(given)`; `result` is for checking what that returns."""

    given: Any
    run: Callable[[Any], Any]

    def result(self) -> Any:
        """The result of one run."""
        return self.run(self.given)

    def __call__(self, calls: int) -> float:
        given, run = self.given, self.run
        start = time.perf_counter()
        for _ in range(calls):
            run(given)
        return time.perf_counter() - start


def calls_in(timer: Timer, seconds: float) -> int:
    """How many calls fill a sample, estimated by a second call; for work that takes long, one call is enough."""
    start = time.perf_counter()
    timer(1)
    first = time.perf_counter()
    if first - start > 20 * seconds:
        return 1
    timer(1)
    return max(1, min(100_000, round(seconds / (time.perf_counter() - first))))


def measure(timers: Mapping[str, Timer], calls: Mapping[str, int], effort: Effort) -> dict[str, list[float]]:
    """For each contender the seconds per call in each sample of `calls` calls. Each contender has been called before.

    One contender's garbage costs no other's time: a collection precedes each sample, and none happens within a sample
    unless `effort.collect` leaves the collector on. Nor do its data in the processor's caches: one more call precedes a
    sample of several calls. Beside a contender that takes seconds, and so gets few rounds, the others take several
    samples in each round.
    """
    samples: dict[str, list[float]] = {name: [] for name in timers}
    order, end, longest = list(timers), time.monotonic() + effort.limit, 0.0
    gc.collect()
    gc.freeze()
    try:
        for round_ in range(effort.rounds):
            if round_ >= _FEWEST_ROUNDS and time.monotonic() > end:
                break
            for name in order:
                start = time.monotonic()
                end_of_turn = start + (_SHARE * longest if longest > _LONG else 0.0)
                samples[name] += _turn(timers[name], calls[name], effort.collect, end_of_turn)
                longest = max(longest, time.monotonic() - start)
            order = order[1:] + order[:1]
    finally:
        gc.unfreeze()
    return samples


def _turn(timer: Timer, calls: int, collect: bool, end: float) -> list[float]:
    """One sample, and more while there is time."""
    samples = [_sample(timer, calls, collect)]
    while len(samples) < _MOST_SAMPLES and time.monotonic() < end:
        samples.append(_sample(timer, calls, collect))
    return samples


def _sample(timer: Timer, calls: int, collect: bool) -> float:
    gc.collect()
    if not collect:
        gc.disable()
    try:
        if calls > 1:
            timer(1)
        return timer(calls) / calls
    finally:
        gc.enable()


def summary(work: str, input: str, contender: str, calls: int, samples: Sequence[float]) -> Measurement:
    """The best and the median of samples."""
    return Measurement(work, input, contender, min(samples), statistics.median(samples), len(samples), calls)
