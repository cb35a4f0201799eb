"""The one table of comparisons, with the ratio that each may have."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import attrs

from benchmarks.contenders import OURS, commands, hostile, streams
from benchmarks.contenders.growth import CONTROLS, FAMILIES, one_of
from benchmarks.inputs import LIST
from benchmarks.measure import Unit

__all__ = ["BUDGETS", "OURS", "Budget"]

_SINGLE = ("documented", "complete")
_PROCESS = ("process",)
_FLAT = 3.0  # caches cost a bare parser more than 2; work that is not linear would cost 100 and more

_TENFOLD = 15.0  # for ten times the size

_TWO_WORKERS = 0.59  # 1.7 times as fast
_CONSTANT = 1.25


@attrs.frozen
class Budget:
    """A comparison: in one work, `subject`'s time or memory divided by `against`'s is at most `limit`.

    If `limit` is None, the ratio is only shown. It is measured on each of `inputs`.
    """

    work: str
    against: str
    limit: float | None
    inputs: tuple[str, ...] = _SINGLE
    subject: str = OURS
    unit: Unit = "s"


def _growth() -> Iterable[Budget]:
    for work, (control, _) in CONTROLS.items():
        for family, (_, counts) in FAMILIES.items():
            name, smallest = f"{work}, one of many {family}", counts[0]
            for count in counts[1:]:
                yield Budget(name, one_of(smallest), _FLAT, ("growth",), subject=one_of(count))
            yield Budget(name, one_of(smallest, control), None, ("growth",), subject=one_of(counts[-1], control))


def _hostile() -> Iterable[Budget]:
    for work in hostile.WORKS:
        for small, large in pairwise(hostile.SIZES):
            yield Budget(work, hostile.sized(small), _TENFOLD, ("growth",), subject=hostile.sized(large))


def _streams() -> Iterable[Budget]:
    for work in streams.WORKS:
        for count in streams.COUNTS:
            yield Budget(work, streams.LIMIT, 1.0, _PROCESS, subject=streams.over(count), unit="B")


def _commands() -> Iterable[Budget]:
    for name in commands.COMMANDS:
        work = commands.work(name)
        for peer, limit in {"pydantic in a loop": 0.5, "jq -c": None, "DuckDB read_json": None}.items():
            if peer in commands.WORKS[work]:
                yield Budget(work, peer, limit, _PROCESS)
    for work in commands.SCALING:
        yield Budget(work, commands.ONE, _TWO_WORKERS, _PROCESS, subject=commands.TWO)
    for work in commands.MEMORY:
        yield Budget(work, commands.SMALL, _CONSTANT, _PROCESS, subject=commands.LARGE, unit="B")


BUDGETS = (
    Budget("JSON decode", "msgspec Struct", 1.25),
    Budget("JSON decode", "pydantic", 0.35),
    Budget("JSON decode", "msgspec Struct", 1.5, (LIST,)),
    Budget("JSON decode, two unknown members at the top", 'pydantic, extra="allow"', 0.9),
    Budget("JSON decode, one unknown member in every object", 'pydantic, extra="allow"', 1.6),
    Budget("JSON decode, all names in camelCase", "pydantic, alias_generator=to_camel", 2.0),
    Budget("JSON encode, validate=False", "msgspec Struct", 1.25),
    Budget("JSON encode", "pydantic", 0.90),
    Budget("JSON encode", "pydantic, exclude_unset=True", 0.75),
    Budget("JSON encode, one unknown member in every object", "the same without", 2.0),
    Budget("$select of three properties, encode", "pydantic, the whole", 0.12),
    Budget("merge patch decode", "msgspec to builtins", 4.0, ("complete",)),
    Budget("JSON Patch apply, three operations", "python-jsonpatch", 0.30),
    Budget("diff, three differences", "python-jsonpatch", 0.15),
    Budget("import in a fresh process", "pydantic with models", 0.5, _PROCESS),
    Budget("first decode in a fresh process", "pydantic with models", 0.5),
    Budget("memory of a decoded contact", "msgspec Struct", 1.1, unit="B"),
    Budget("XML decode", "lxml fromstring alone", 3.6),
    Budget("XML decode", "pydantic-xml", 0.20),
    Budget("XML decode", "xsdata", 0.20),
    Budget("XML decode, datacontract", "lxml fromstring alone", 4.2),
    Budget("XML decode, services", "lxml fromstring alone", 4.2),
    Budget("XML decode, one unknown element in every object", "the same without", 1.8),
    Budget("XML encode", "lxml tostring alone", 1.3),
    Budget("XML encode", "pydantic-xml", 0.10),
    Budget("XML encode", "xsdata", 0.10),
    Budget("XML stream decode", "decoding each alone", 1.3, (LIST,)),
    Budget("form decode", "parse_qsl alone", 0.5),
    Budget("form encode", "urlencode alone", 0.3),
    Budget("table of four columns, from NDJSON", "pyarrow from_pylist of json.loads", 0.67, (LIST,)),
    Budget("table of four columns, from NDJSON", "DuckDB read_json", None, (LIST,)),
    Budget("table of all columns, from NDJSON", "pyarrow from_pylist of json.loads", None, (LIST,)),
    *_growth(),
    *_hostile(),
    *_streams(),
    *_commands(),
)
