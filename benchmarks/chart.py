"""The chart, written as SVG without a library: for each figure one bar for each contender, in a light and a dark scheme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.budgets import OURS
from benchmarks.figures import Figure, times
from benchmarks.report import provenance, quantity

__all__ = ["chart"]

_WIDTH, _MARGIN = 840, 16
_NAMES, _BARS, _LONGEST = 430, 440, 275  # where names end, where bars begin, and the length of the longest in each figure
_BAR, _STEP, _GAP = 12, 18, 13

_STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.small { font-size: 11px; fill: #59636e; }
.ground { fill: #ffffff; stroke: #d1d9e0; }
.other { fill: #afb8c1; }
.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .small { fill: #9198a1; }
  .ground { fill: #0d1117; stroke: #3d444d; }
  .other { fill: #656c76; }
  .ours { fill: #4493f8; }
}"""


def chart(about: dict[str, Any], figures: Iterable[Figure]) -> str:
    """The chart of the figures; a line below says when and with which versions they were measured."""
    parts, top = [], _MARGIN + 4
    for figure in figures:
        parts += _figure(figure, top)
        top += _STEP * (1 + len(figure.others)) + _GAP
    for line in ("On a contact of 24 kB. Less is better; 2× is twice what contactwire takes.", *provenance(about)):
        top += 15
        parts.append(_text(_MARGIN, top, line, "small"))
    height = top + _MARGIN
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    ground = f'<rect x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6" class="ground"/>'
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>\n{_STYLE}\n</style>", ground]
    return "\n".join([*head, *parts, "</svg>\n"])


def _figure(figure: Figure, top: int) -> list[str]:
    """The name of a work above that of its input, and the bars on their right."""
    work, _, circumstance = figure.work.partition(", ")
    parts = [_text(_MARGIN, top + _BAR - 2, work[0].upper() + work[1:], "title")]
    parts += [_text(_MARGIN, top + _STEP + _BAR - 2, circumstance, "small")] if circumstance else []
    longest = max(figure.ours, *(amount for _, amount in figure.others))
    for row, (name, amount) in enumerate([(OURS, figure.ours), *figure.others]):
        value = quantity(amount, figure.unit)
        label = value if name == OURS else f"{value} · {times(amount, figure.ours)}"
        parts.append(_bar(top + row * _STEP, name, _LONGEST * amount / longest, label))
    return parts


def _bar(top: int, name: str, length: float, label: str) -> str:
    style, base = "ours" if name == OURS else "other", top + _BAR - 2
    bar = f'<rect x="{_BARS}" y="{top}" width="{max(1.0, length):.1f}" height="{_BAR}" rx="2" class="{style}"/>'
    return _text(_NAMES, base, name, "name", "end") + bar + _text(_BARS + length + 7, base, label, "small")


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'
