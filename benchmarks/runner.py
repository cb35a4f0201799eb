"""From budgets to measurements. The contenders of one work on one input form a group, and run in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import attrs

from benchmarks.budgets import Budget
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.inputs import INPUTS, NOTHING
from benchmarks.measure import Effort, Measurement, Timer, calls_in, measure, summary

__all__ = ["chosen", "groups", "run", "short"]

_OVERTIME = 1.5


def chosen(budgets: Iterable[Budget], text: str) -> list[Budget]:
    """The budgets whose work, peer or inputs hold `text`, in any letter case."""
    folded = text.lower()
    return [each for each in budgets if folded in " ".join((each.work, each.against, *each.inputs)).lower()]


def short(budgets: Iterable[Budget]) -> list[Budget]:
    """The budgets of a quick run: nothing that grows above a hundred."""
    return [each for each in budgets if ",000" not in each.subject]


def groups(budgets: Iterable[Budget]) -> dict[tuple[str, str], list[str]]:
    """The names of the contenders for each work and input, each once."""
    found: dict[tuple[str, str], list[str]] = {}
    for budget in budgets:
        for input in budget.inputs:
            names = found.setdefault((budget.work, input), [])
            names += [name for name in (budget.subject, budget.against) if name not in names]
    return found


def run(budgets: Iterable[Budget], effort: Effort, progress: Callable[[str], None]) -> Iterator[Measurement]:
    """Measure all that the budgets ask for, group by group, once in each pass; calls `progress` for each group.

    A disturbance of a machine lasts for seconds. So the rounds of a group are spread over passes, which are minutes apart,
    unless its fewest rounds take long.
    """
    all_groups = [_Group(work, input, names) for (work, input), names in groups(budgets).items()]
    waiting = all_groups
    for _ in range(effort.passes):
        again = []
        for group in waiting:
            progress(f"{group.work}: {group.input}")
            start = time.monotonic()
            yield from group.measure(effort)
            if time.monotonic() - start < _OVERTIME * effort.limit:
                again.append(group)
        waiting = again
    for group in all_groups:
        yield from group.summaries()


@attrs.define
class _Group:
    """The contenders that run in turns, and their samples so far."""

    work: str
    input: str
    names: list[str]
    samples: dict[str, list[float]] = attrs.field(factory=dict)
    calls: dict[str, int] = attrs.field(factory=dict)

    def measure(self, effort: Effort) -> Iterator[Measurement]:
        """Take the samples of one pass; a contender that cannot be measured yields the reason, and leaves the group."""
        timers: dict[str, Timer] = {}
        for name in list(self.names):
            try:
                timer = CONTENDERS[self.work][name].make(INPUTS.get(self.input, NOTHING))
                self.calls[name] = calls_in(timer, effort.sample)
                timers[name] = timer
            except Exception as error:
                self.names.remove(name)
                yield _unmeasured(self.work, self.input, name, error)
        for name, samples in measure(timers, self.calls, effort).items():
            self.samples.setdefault(name, []).extend(samples)

    def summaries(self) -> Iterator[Measurement]:
        """A measurement for each contender that has samples."""
        for name, samples in self.samples.items():
            yield summary(self.work, self.input, name, self.calls[name], samples)


def _unmeasured(work: str, input: str, name: str, error: Exception) -> Measurement:
    contender: Contender = CONTENDERS[work][name]
    if isinstance(error, ImportError) and contender.needs:
        return Measurement(work, input, name, note=f"not installed: pip install {' '.join(contender.needs)}")
    reason = str(error).partition("\n")[0]
    return Measurement(work, input, name, note=f"failed: {type(error).__name__}: {reason}", failed=True)
