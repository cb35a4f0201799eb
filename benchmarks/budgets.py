"""What is compared, and what it may cost: the table, and the judgement of measurements by it."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from benchmarks.contenders import OURS, memory
from benchmarks.contenders.growth import CONTROLS, FAMILIES, one_of
from benchmarks.measure import Measurement, Unit

__all__ = ["BUDGETS", "OURS", "Budget", "Row", "failing", "judge"]

_SINGLE = ("documented", "complete")
_ALL = (*_SINGLE, "list")
_PROCESS = ("process",)
_FLAT = 3.0  # what caches cost a bare parser is above 2; work that is not linear would show as 100 and more


@attrs.frozen
class Budget:
    """A comparison: `subject`'s time or memory over `against`'s in one work may be `limit` at most, or is only shown (None).

    It is taken on each of `inputs`; the list of 1,000 is shown beside the others and has no limit of its own.
    """

    work: str
    against: str
    limit: float | None
    inputs: tuple[str, ...] = _SINGLE
    subject: str = OURS
    unit: Unit = "s"

    def limit_on(self, input: str) -> float | None:
        """The limit that holds on one input."""
        return None if input == "list" else self.limit


def _growth() -> Iterable[Budget]:
    for work, (control, _) in CONTROLS.items():
        for family, (_, counts) in FAMILIES.items():
            name, smallest = f"{work}, one of many {family}", counts[0]
            for count in counts[1:]:
                yield Budget(name, one_of(smallest), _FLAT, ("growth",), subject=one_of(count))
            yield Budget(name, one_of(smallest, control), None, ("growth",), subject=one_of(counts[-1], control))


def _memory() -> Iterable[Budget]:
    for work in memory.WORKS:
        for count in memory.COUNTS:
            name = f"memory of streaming {work}"
            yield Budget(name, memory.LIMIT, 1.0, _PROCESS, subject=memory.over(count), unit="B")


BUDGETS = (
    Budget("JSON decode", "pydantic model_validate_json", 0.75, _ALL),
    Budget("JSON decode", "cattrs + orjson", 0.30, _ALL),
    Budget("JSON decode", "mashumaro + orjson", None, _ALL),
    Budget("JSON decode", "msgspec Struct", 3.0, _ALL),
    Budget("JSON decode, one unknown property per object", "the same without", 2.5, _ALL),
    Budget("JSON encode", "pydantic model_dump_json", 0.85, _ALL),
    Budget("JSON encode", "cattrs + orjson", 0.50, _ALL),
    Budget("JSON encode", "mashumaro + orjson", None, _ALL),
    Budget("JSON encode", "msgspec Struct", None, _ALL),
    Budget("JSON encode, validate=False", "msgspec Struct", 3.0, _ALL),
    Budget("XML decode", "lxml fromstring alone", 3.5, _ALL),
    Budget("XML decode", "pydantic-xml", 0.20),
    Budget("XML decode", "xsdata", 0.20),
    Budget("XML decode, one unknown property per object", "the same without", None, _ALL),
    Budget("XML encode", "lxml tostring alone", 1.3, _ALL),
    Budget("XML encode", "pydantic-xml", None),
    Budget("XML encode", "xsdata", None),
    Budget("form decode", "parse_qsl alone", 0.8),
    Budget("form encode", "urlencode alone", 0.7),
    Budget("$select of three properties, encode", "full encode", 0.15, _ALL),
    Budget("JSON Patch apply, three operations", "python-jsonpatch on a dict", 0.30),
    Budget("diff, three differences", "python-jsonpatch make_patch", 0.15),
    Budget("import in a fresh process", "import pydantic and models", 0.7, _PROCESS),
    Budget("first decode in a fresh process", "pydantic with import and models", 0.7),
    *_growth(),
    *_memory(),
)


@attrs.frozen
class Row:
    """A comparison with its outcome: what each side took at best, the ratios of best and of median, and the verdict.

    The verdict is "met", "missed", "shown" where there is no limit, or "not measured", for which `note` gives the reason.
    """

    work: str
    input: str
    subject: str
    against: str
    limit: float | None
    unit: Unit = "s"
    ours: float | None = None
    theirs: float | None = None
    ratio: float | None = None
    median_ratio: float | None = None
    verdict: str = "not measured"
    note: str = ""


def judge(budgets: Iterable[Budget], measurements: Iterable[Measurement]) -> list[Row]:
    """A row for each budget and input that something was measured for."""
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
    limit = budget.limit_on(ours.input)
    row = Row(budget.work, ours.input, budget.subject, budget.against, limit, budget.unit, ours.best, theirs.best)
    if ours.best is None or ours.median is None or theirs.best is None or theirs.median is None:
        return attrs.evolve(row, note=ours.note or theirs.note)
    ratio = ours.best / theirs.best
    verdict = "shown" if limit is None else "met" if ratio <= limit else "missed"
    return attrs.evolve(row, ratio=ratio, median_ratio=ours.median / theirs.median, verdict=verdict)


def failing(rows: Iterable[Row]) -> list[Row]:
    """The rows with a limit that is not met, or that could not be measured."""
    return [row for row in rows if row.limit is not None and row.verdict != "met"]
