"""Results for people and for programs: a table, and a document with every number, version and circumstance."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import attrs

from benchmarks.budgets import OURS, Budget
from benchmarks.measure import Effort, Unit
from benchmarks.rows import Row

__all__ = ["circumstances", "describe", "differences", "document", "listing", "provenance", "quantity", "table"]

_PACKAGES = (
    "contactwire",
    "attrs",
    "jsonpatch",
    "lxml",
    "msgspec",
    "pydantic",
    "pydantic-xml",
    "xsdata",
)
_UNITS = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "B": ((2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B")),
}
_HEADER = ("work", "input", "against", "ours", "theirs", "ratio", "median", "budget", "verdict")


def circumstances(effort: Effort) -> dict[str, Any]:
    """The circumstances of a run: date, interpreter, machine, versions of all packages, and how long it measured."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "interpreter": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": platform.python_compiler(),
        "platform": f"{platform.system()} {platform.machine()}",
        "executable_bits": 64 if sys.maxsize > 2**32 else 32,
        "versions": {name: _version(name) for name in _PACKAGES},
        "effort": attrs.asdict(effort),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def provenance(about: dict[str, Any]) -> list[str]:
    """The date, machine and versions of a run, in two lines."""
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items() if version is not None)
    return [f"{about['date'][:10]}, {about['interpreter']}, {about['platform']}", versions]


def document(about: dict[str, Any], rows: Iterable[Row]) -> dict[str, Any]:
    """The circumstances and the rows of a run as builtins, for JSON."""
    return about | {"rows": [attrs.asdict(row) for row in rows]}


def quantity(amount: float | None, unit: Unit = "s") -> str:
    """A time or a memory in three digits and a unit that suits it."""
    if amount is None:
        return "—"
    units = _UNITS[unit]
    size, name = next((each for each in units if amount >= each[0]), units[-1])
    return f"{_number(amount / size)} {name}"


def table(rows: Iterable[Row]) -> str:
    """A line for each comparison, in columns; a name that equals the one above is left out."""
    return _columns(_HEADER, [_cells(row) for row in rows], left=3)


def differences(rows: Iterable[Row]) -> list[str]:
    """What each peer does otherwise than contactwire, each difference once, with the works that it concerns."""
    works: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        if row.differs:
            works.setdefault((row.against, row.differs), {})[row.work] = None
    return [f"{against} ({'; '.join(names)}): {differs}" for (against, differs), names in works.items()]


def listing(budgets: Iterable[Budget]) -> str:
    """A line for each comparison that a run would measure, with its budget."""
    cells = [(each.work, _against(each), ", ".join(each.inputs), _number(each.limit)) for each in budgets]
    return _columns(("work", "against", "inputs", "budget"), cells, left=3)


def describe(row: Row) -> str:
    """One comparison in words."""
    reason = row.note or f"{_number(row.ratio)} of {row.against}"
    subject = row.work if row.subject == OURS else f"{row.work}, {row.subject}"
    return f"{row.verdict}: {subject}, {row.input}: {reason}, budget {_number(row.limit)}"


def _against(row: Row | Budget) -> str:
    return row.against if row.subject == OURS else f"{row.subject} / {row.against}"


def _number(ratio: float | None) -> str:
    """Three digits, or all digits before the point."""
    return "—" if ratio is None else f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}"


def _cells(row: Row) -> tuple[str, ...]:
    ratios = map(_number, (row.ratio, row.median_ratio, row.limit))
    verdict = f"{row.verdict}: {row.note}" if row.note else row.verdict
    amounts = (quantity(amount, row.unit) for amount in (row.ours, row.theirs))
    return (row.work, row.input, _against(row), *amounts, *ratios, verdict)


def _columns(header: tuple[str, ...], lines: Iterable[tuple[str, ...]], left: int) -> str:
    """Cells in columns, the first `left` and the last flush left; a repeated first cell, and second with it, is left out."""
    everything = [header, *lines]
    widths = [max(map(len, column)) for column in zip(*everything, strict=True)]
    text = []
    above: tuple[str, ...] = ("", "")
    for line in everything:
        repeated = (line[0] == above[0], line[:2] == above)
        shown = ["" if hide else cell for hide, cell in zip(repeated, line, strict=False)] + list(line[2:])
        padded = [
            cell.ljust(width) if column < left or column == len(header) - 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(shown, widths, strict=True))
        ]
        text.append("  ".join(padded).rstrip())
        above = line[:2]
    return "\n".join(text)
