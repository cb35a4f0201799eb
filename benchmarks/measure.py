"""Taking times: contenders of one group run in turns in one process, so that a disturbance meets them all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs

__all__ = ["FULL", "QUICK", "Effort", "Measurement", "Timer", "Unit", "calls_in", "measure", "repeated", "summary"]

Unit = Literal["s", "B"]
"""What is measured: seconds, or bytes of memory."""

Timer = Callable[[int], float]
"""Runs the work so many times and gives the seconds that it took; or the bytes, for work that is measured in these."""


@attrs.frozen
class Effort:
    """How long to measure: passes over all groups, rounds of a group in each, seconds of one sample, and seconds after
    which the rounds of a group end early in a pass.
    """

    passes: int
    rounds: int
    sample: float
    limit: float
    collect: bool = False


FULL = Effort(passes=4, rounds=40, sample=0.0025, limit=5.0)
QUICK = Effort(passes=1, rounds=2, sample=0.0005, limit=0.5)
_FEWEST_ROUNDS = 2


@attrs.frozen
class Measurement:
    """What one call of one contender took: the best and the median of the samples; or a `note` why there are none."""

    work: str
    input: str
    contender: str
    best: float | None = None
    median: float | None = None
    samples: int = 0
    calls: int = 0
    note: str = ""
    failed: bool = False


def repeated(prepare: Callable[[], Any], run: Callable[[Any], object], *, fresh: bool) -> Timer:
    """A timer of `run` on what `prepare` gives, which is made once or, if `fresh`, before each call, outside the time."""
    return _each_on_its_own(prepare, run) if fresh else _all_on_one(prepare(), run)


def _all_on_one(value: Any, run: Callable[[Any], object]) -> Timer:
    def timer(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            run(value)
        return time.perf_counter() - start

    return timer


def _each_on_its_own(prepare: Callable[[], Any], run: Callable[[Any], object]) -> Timer:
    def timer(calls: int) -> float:
        total = 0.0
        for _ in range(calls):
            value = prepare()
            start = time.perf_counter()
            result = run(value)
            total += time.perf_counter() - start
            del result, value
        return total

    return timer


def calls_in(timer: Timer, seconds: float) -> int:
    """How many calls fill a sample, found by two calls; one is enough for what takes long, since it need not be exact."""
    start = time.perf_counter()
    timer(1)
    first = time.perf_counter()
    if first - start > 20 * seconds:
        return 1
    timer(1)
    return max(1, min(100_000, round(seconds / (time.perf_counter() - first))))


def measure(timers: Mapping[str, Timer], calls: Mapping[str, int], effort: Effort) -> dict[str, list[float]]:
    """For each contender the seconds a call of each sample, which has so many calls; each has been called before.

    The garbage of one contender is no other's concern: a collection stands before each sample, and none happens within
    one unless `effort.collect` leaves the collector on. Nor is what one has left in the processor's caches: where a sample
    has several calls, one more goes before it.
    """
    samples: dict[str, list[float]] = {name: [] for name in timers}
    order, end = list(timers), time.monotonic() + effort.limit
    gc.collect()
    gc.freeze()
    try:
        for round_ in range(effort.rounds):
            if round_ >= _FEWEST_ROUNDS and time.monotonic() > end:
                break
            for name in order:
                samples[name].append(_sample(timers[name], calls[name], effort.collect))
            order = order[1:] + order[:1]
    finally:
        gc.unfreeze()
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
