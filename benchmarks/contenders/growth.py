"""Growth: the time of one contact among many, and of one person among many in one contact, against the smallest number.

Beyond the processor's caches any work takes longer per item, so beside the library's stands the growth of a bare parser or
writer in C on the same bodies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.contenders import json, xml
from benchmarks.contenders._contender import Contender, decoding, encoding
from benchmarks.inputs import Input, contacts, persons, unlimited
from benchmarks.measure import Timer

__all__ = ["CONTROLS", "FAMILIES", "WORKS", "one_of"]

Make = Callable[[Input], Timer]

FAMILIES: dict[str, tuple[Callable[[int], Input], tuple[int, ...]]] = {
    "contacts": (contacts, (1, 100, 10_000, 100_000)),
    "persons": (persons, (10, 100, 1_000, 10_000)),
}
"""For each item of which there may be many: inputs of a size, and the sizes."""


_json, _xml = partial(json.ours, **unlimited), partial(xml.ours, **unlimited)

OURS: dict[str, Make] = {
    "JSON decode": decoding(_json, json.body),
    "JSON encode": encoding(_json, json.body),
    "XML decode": decoding(_xml, xml.body),
    "XML encode": encoding(_xml, xml.body),
}
CONTROLS: dict[str, tuple[str, Make]] = {
    "JSON decode": ("msgspec", decoding(json.msgspec_structs, json.body)),
    "JSON encode": ("msgspec", encoding(json.msgspec_structs, json.body)),
    "XML decode": ("lxml", decoding(xml.bare_lxml, xml.body)),
    "XML encode": ("lxml", encoding(xml.bare_lxml, xml.body)),
}
"""For each work a bare parser or writer, of which only the smallest and the largest number are measured."""


def one_of(count: int, control: str = "") -> str:
    """The name of the contender that does one item among that many."""
    return f"{control} one of {count:,}".lstrip()


def _item(make: Make, family: str, count: int) -> Contender:
    def make_of_one(_: Input) -> Timer:
        timer = make(FAMILIES[family][0](count))
        return lambda calls: timer(calls) / count

    return Contender(make_of_one)


def _contenders(work: str, family: str) -> dict[str, Contender]:
    counts = FAMILIES[family][1]
    control, make_control = CONTROLS[work]
    return {
        **{one_of(count): _item(OURS[work], family, count) for count in counts},
        **{one_of(count, control): _item(make_control, family, count) for count in (counts[0], counts[-1])},
    }


WORKS = {f"{work}, one of many {family}": _contenders(work, family) for work in OURS for family in FAMILIES}
