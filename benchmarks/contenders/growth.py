"""Growth: the time of one contact among many, and of one person among many in one contact, against the smallest number.

Beyond the processor's caches any work takes longer per item, so beside the library's stands the growth of a bare parser or
writer in C on the same bodies.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.contenders import json, xml
from benchmarks.contenders._contender import Contender
from benchmarks.inputs import Input, contacts, persons, roomy
from benchmarks.measure import Timer, repeated

__all__ = ["CONTENDERS", "CONTROLS", "FAMILIES", "WORKS", "one_of"]

FAMILIES: dict[str, tuple[Callable[[int], Input], tuple[int, ...]]] = {
    "contacts": (contacts, (1, 100, 10_000, 100_000)),
    "persons": (persons, (10, 100, 1_000, 10_000)),
}
"""For each thing of which there may be many: inputs of a size, and the sizes."""


def _json(given: Input) -> json.Pair:
    return json.ours(given, **roomy)


def _read_json(pair: Callable[[Input], json.Pair]) -> Callable[[Input], Timer]:
    return lambda given: repeated(lambda: given.body, pair(given)[0], fresh=False)


def _write_json(pair: Callable[[Input], json.Pair]) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        decode, encode = pair(given)
        return repeated(lambda: decode(given.body), encode, fresh=False)

    return make


def _read_xml(pair: Callable[[Input], xml.Pair]) -> Callable[[Input], Timer]:
    return lambda given: repeated(lambda: given.xml, pair(given)[0], fresh=False)


def _write_xml(pair: Callable[[Input], xml.Pair]) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        decode, encode = pair(given)
        return repeated(lambda: decode(given.xml), encode, fresh=False)

    return make


WORKS = {
    "JSON decode": _read_json(_json),
    "JSON encode": _write_json(_json),
    "XML decode": _read_xml(xml.ours),
    "XML encode": _write_xml(xml.ours),
}
CONTROLS = {
    "JSON decode": ("msgspec", _read_json(json.msgspec_structs)),
    "JSON encode": ("msgspec", _write_json(json.msgspec_structs)),
    "XML decode": ("lxml", _read_xml(xml.bare_lxml)),
    "XML encode": ("lxml", _write_xml(xml.bare_lxml)),
}
"""For each work a bare parser or writer, of which only the smallest and the largest number are measured."""


def one_of(count: int, control: str = "") -> str:
    """The name of the contender that does one item of so many."""
    return f"{control} one of {count:,}".lstrip()


def _item(make: Callable[[Input], Timer], family: str, count: int) -> Contender:
    def make_of_one(_: Input) -> Timer:
        timer = make(FAMILIES[family][0](count))
        return lambda calls: timer(calls) / count

    return Contender(make_of_one)


def _contenders(work: str, family: str) -> dict[tuple[str, str], Contender]:
    counts = FAMILIES[family][1]
    control, make_control = CONTROLS[work]
    name = f"{work}, one of many {family}"
    return {
        **{(name, one_of(count)): _item(WORKS[work], family, count) for count in counts},
        **{(name, one_of(count, control)): _item(make_control, family, count) for count in (counts[0], counts[-1])},
    }


CONTENDERS = {
    key: contender for work in WORKS for family in FAMILIES for key, contender in _contenders(work, family).items()
}
