"""A chart as SVG, by hand: for each work a bar a contender, readable on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.contenders import OURS
from benchmarks.measure import Measurement
from benchmarks.report import quantity

__all__ = ["chart"]

_INPUTS = {"complete": "complete contact, 24 kB", "process": ""}
_WIDTH, _LEFT, _RIGHT = 820, 250, 150
_BAR, _STEP, _TITLE, _GAP = 13, 18, 24, 12

_STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.small { font-size: 11px; fill: #57606a; }
.peer { fill: #b6bec8; }
.ours { fill: #1f6feb; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .peer { fill: #484f58; }
  .ours { fill: #4493f8; }
}"""


def chart(about: dict[str, Any], measurements: Iterable[Measurement]) -> str:
    """The chart of what was measured on the complete contact and in fresh processes."""
    parts, top = [], 20
    for (work, input), group in _groups(measurements).items():
        parts.append(_text(0, top, work, "title") + _text(_WIDTH, top, _INPUTS[input], "small", "end"))
        top += _TITLE - 8
        slowest = max(best for _, best in group)
        for name, best in group:
            parts.append(_bar(top, name, best, slowest, dict(group).get(OURS)))
            top += _STEP
        top += _GAP + 8
    for line in _footer(about):
        parts.append(_text(0, top, line, "small"))
        top += 16
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {_WIDTH + 20} {top}" width="{_WIDTH + 20}" height="{top}">'
    )
    return "\n".join([head, f"<style>\n{_STYLE}\n</style>", *parts, "</svg>\n"])


def _groups(measurements: Iterable[Measurement]) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """For each work and input on the chart the names and best times, contactwire's first, then the fastest."""
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for each in measurements:
        if each.input in _INPUTS and each.best is not None:
            found.setdefault((each.work, each.input), []).append((each.contender, each.best))
    return {key: sorted(group, key=lambda bar: (bar[0] != OURS, bar[1])) for key, group in found.items()}


def _bar(top: int, name: str, best: float, slowest: float, ours: float | None) -> str:
    length = max(1.0, (_WIDTH - _LEFT - _RIGHT) * best / slowest)
    times = f" · {best / ours:.2g}×" if ours and name != OURS else ""
    bar = f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" class="{"ours" if name == OURS else "peer"}"/>'
    middle = top + _BAR - 2
    return (
        _text(_LEFT - 8, middle, name, "name", "end")
        + bar
        + _text(_LEFT + length + 6, middle, quantity(best) + times, "small")
    )


def _footer(about: dict[str, Any]) -> list[str]:
    versions = [f"{name} {version}" for name, version in about["versions"].items() if version is not None]
    half = (len(versions) + 1) // 2
    measured = f"Best of the samples, shorter is better. {about['interpreter']}, {about['platform']}, {about['date'][:10]}"
    return [measured, ", ".join(versions[:half]) + ",", ", ".join(versions[half:])]


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>' if text else ""
