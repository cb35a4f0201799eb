"""The figures: those of the measured comparisons that the chart draws and the README shows."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from benchmarks.budgets import OURS
from benchmarks.measure import Unit
from benchmarks.rows import Row

__all__ = ["INPUT", "SHOWN", "Figure", "figures", "times"]

INPUT = "complete"
SHOWN = (
    "JSON decode",
    "JSON decode, one unknown member in every object",
    "JSON encode",
    "XML decode",
    "XML encode",
    "form decode",
    "JSON Patch apply, three operations",
    "diff, three differences",
    "first decode in a fresh process",
    "memory of a decoded contact",
)


@attrs.frozen
class Figure:
    """The time or memory that contactwire took for a work, and that of the others, in ascending order."""

    work: str
    unit: Unit
    ours: float
    others: tuple[tuple[str, float], ...]


def figures(rows: Iterable[Row]) -> list[Figure]:
    """A figure for each work that is shown and was measured."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.input == INPUT and row.subject == OURS and row.ratio is not None:
            found.setdefault(row.work, []).append(row)
    return [_figure(found[work]) for work in SHOWN if work in found]


def _figure(rows: list[Row]) -> Figure:
    others = sorted(((row.against, row.theirs or 0.0) for row in rows), key=lambda other: other[1])
    return Figure(rows[0].work, rows[0].unit, rows[0].ours or 0.0, tuple(others))


def times(amount: float, ours: float) -> str:
    """Another contender's amount divided by contactwire's."""
    ratio = amount / ours
    return f"{ratio:.0f}×" if ratio >= 10 else f"{ratio:.2g}×"
