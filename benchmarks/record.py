"""What a run leaves in the project: results as JSON, the chart, and the README's table, all of one run.

`python -m benchmarks.record` draws and tells again what the results hold, without measuring.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.chart import chart
from benchmarks.figures import Figure, figures, times
from benchmarks.report import differences, provenance, quantity
from benchmarks.rows import Row

__all__ = ["PROJECT", "read", "record", "told"]

PROJECT = Path(__file__).parent.parent
_RESULTS, _CHART, _README = "benchmarks/results.json", "benchmarks/chart.svg", "README.md"
_START, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"


def record(project: Path, document: dict[str, Any]) -> None:
    """Write the results of a run, the chart, and the table in the README."""
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (project / _RESULTS).write_text(text + "\n", encoding="utf-8")
    rows = [Row(**row) for row in document["rows"]]
    (project / _CHART).write_text(chart(document, figures(rows)), encoding="utf-8")
    readme = (project / _README).read_text(encoding="utf-8")
    before, _, rest = readme.partition(_START)
    _, _, after = rest.partition(_END)
    (project / _README).write_text(before + _START + told(document, rows) + _END + after, encoding="utf-8")


def read(project: Path) -> dict[str, Any]:
    """The results that were recorded last."""
    document: dict[str, Any] = json.loads((project / _RESULTS).read_text(encoding="utf-8"))
    return document


def told(about: dict[str, Any], rows: Iterable[Row]) -> str:
    """The figures as a table in Markdown, what the peers do otherwise, and when and with which versions it was measured."""
    shown = figures(rows)
    lines = ["| work | contactwire | others |", "| --- | --- | --- |", *map(_line, shown)]
    named = {(figure.work, name) for figure in shown for name, _ in figure.others}
    otherwise = differences(row for row in rows if (row.work, row.against) in named)
    return "\n".join(["", *lines, "", *(f"- {line}" for line in otherwise), "", ": ".join(provenance(about)) + ".", "", ""])


def _line(figure: Figure) -> str:
    others = ", ".join(
        f"{name} {quantity(amount, figure.unit)} ({times(amount, figure.ours)})" for name, amount in figure.others
    )
    return f"| {figure.work} | {quantity(figure.ours, figure.unit)} | {others} |"


if __name__ == "__main__":
    record(PROJECT, read(PROJECT))
