"""Compares a run with the recorded one: which ratios moved, and which were lost.

Ratios of two runs differ by a few percent on a quiet machine, and by a third on a busy one. So only a ratio that moved by
more is reported, and only one that grew tenfold is a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from benchmarks.budgets import OURS
from benchmarks.rows import Row

__all__ = ["LOST", "MOVED", "Move", "moves"]

MOVED = 4 / 3
"""A ratio that grew or shrank by more than this factor is reported."""

LOST = 10.0
"""A ratio that grew by more than this factor is a failure."""


@attrs.frozen
class Move:
    """A comparison whose ratio differs from that in the recorded run."""

    row: Row
    before: float
    after: float

    @property
    def is_lost(self) -> bool:
        """Whether the ratio has grown tenfold."""
        return self.after > self.before * LOST

    def __str__(self) -> str:
        subject = self.row.work if self.row.subject == OURS else f"{self.row.work}, {self.row.subject}"
        return f"{subject}, {self.row.input} / {self.row.against}: {self.before:.3g} became {self.after:.3g}"


def moves(kept: Mapping[str, Any], rows: Iterable[Row]) -> list[Move]:
    """The ratios that grew or shrank by more than a third, from the document of one run to the rows of another.

    A comparison that only one of the runs has is ignored.
    """
    before = {_key(row): row["ratio"] for row in kept["rows"]}
    found = [Move(row, before.get(_key(attrs.asdict(row))) or 0.0, row.ratio or 0.0) for row in rows]
    return [move for move in found if move.before and move.after and not 1 / MOVED <= move.after / move.before <= MOVED]


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["work"], row["input"], row["subject"], row["against"]
