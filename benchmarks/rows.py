"""Rows: the comparisons with their outcome, judged by the budgets."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from benchmarks.budgets import Budget
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import Measurement, Unit

__all__ = ["Row", "failing", "judge"]


@attrs.frozen
class Row:
    """A comparison with its outcome: what each side took at best, the ratios of best and of median, and the verdict.

    `differs` says what `against` does otherwise than contactwire. The verdict is "met", "missed", "shown" where there is no
    limit, or "not measured", for which `note` gives the reason.
    """

    work: str
    input: str
    subject: str
    against: str
    limit: float | None
    unit: Unit = "s"
    differs: str = ""
    ours: float | None = None
    theirs: float | None = None
    ratio: float | None = None
    median_ratio: float | None = None
    verdict: str = "not measured"
    note: str = ""


def judge(budgets: Iterable[Budget], measurements: Iterable[Measurement]) -> list[Row]:
    """A row for each budget and input for which both sides have a measurement."""
    found = {(each.work, each.input, each.contender): each for each in measurements}
    rows = []
    for budget in budgets:
        for input in budget.inputs:
            ours = found.get((budget.work, input, budget.subject))
            theirs = found.get((budget.work, input, budget.against))
            if ours is not None and theirs is not None:
                rows.append(_row(budget, ours, theirs))
    return rows


def _row(budget: Budget, ours: Measurement, theirs: Measurement) -> Row:
    row = Row(budget.work, ours.input, budget.subject, budget.against, budget.limit, budget.unit, _differs(budget))
    if ours.best is None or ours.median is None or theirs.best is None or theirs.median is None:
        return attrs.evolve(row, ours=ours.best, theirs=theirs.best, note=ours.note or theirs.note)
    ratio = ours.best / theirs.best
    verdict = "shown" if budget.limit is None else "met" if ratio <= budget.limit else "missed"
    return attrs.evolve(
        row, ours=ours.best, theirs=theirs.best, ratio=ratio, median_ratio=ours.median / theirs.median, verdict=verdict
    )


def _differs(budget: Budget) -> str:
    contender = CONTENDERS.get(budget.work, {}).get(budget.against)
    return contender.differs if contender else ""


def failing(rows: Iterable[Row]) -> list[Row]:
    """The rows with a limit that is not met, or that could not be measured."""
    return [row for row in rows if row.limit is not None and row.verdict != "met"]
