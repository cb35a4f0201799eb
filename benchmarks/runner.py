"""From budgets to measurements: all contenders of one work on one input are one group, and run in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from benchmarks.budgets import Budget
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.inputs import INPUTS, Input
from benchmarks.measure import Effort, Measurement, Timer, calls_in, measure, summary

__all__ = ["chosen", "groups", "run", "short"]

_NO_INPUT = Input("", b"")


def chosen(budgets: Iterable[Budget], text: str) -> list[Budget]:
    """The budgets whose work, peer or inputs hold `text`, in any letter case."""
    folded = text.lower()
    return [each for each in budgets if folded in " ".join((each.work, each.against, *each.inputs)).lower()]


def short(budgets: Iterable[Budget]) -> list[Budget]:
    """The budgets of a quick run: no list, and nothing above a hundred of anything."""
    kept = [each for each in budgets if not each.subject.endswith(",000")]
    return [attrs.evolve(each, inputs=tuple(name for name in each.inputs if name != "list")) for each in kept]


def groups(budgets: Iterable[Budget]) -> dict[tuple[str, str], list[str]]:
    """For each work and input the names of those who do it, each once."""
    found: dict[tuple[str, str], list[str]] = {}
    for budget in budgets:
        for input in budget.inputs:
            names = found.setdefault((budget.work, input), [])
            names += [name for name in (budget.subject, budget.against) if name not in names]
    return found


def run(budgets: Iterable[Budget], effort: Effort, progress: Callable[[str], None]) -> Iterator[Measurement]:
    """Measure all that the budgets ask for, group by group; `progress` is told of each."""
    for (work, input), names in groups(budgets).items():
        progress(f"{work}: {input}")
        timers: dict[str, Timer] = {}
        calls: dict[str, int] = {}
        for name in names:
            try:
                timer = CONTENDERS[work, name].make(INPUTS.get(input, _NO_INPUT))
                calls[name] = calls_in(timer, effort.sample)
                timers[name] = timer
            except Exception as error:
                yield _unmeasured(work, input, name, error)
        for name, samples in measure(timers, calls, effort).items():
            yield summary(work, input, name, calls[name], samples)


def _unmeasured(work: str, input: str, name: str, error: Exception) -> Measurement:
    contender: Contender = CONTENDERS[work, name]
    if isinstance(error, ImportError) and contender.needs:
        return Measurement(work, input, name, note=f"not installed: pip install {' '.join(contender.needs)}")
    reason = str(error).partition("\n")[0]
    return Measurement(work, input, name, note=f"failed: {type(error).__name__}: {reason}", failed=True)
