"""Hostile bodies, ten times the size at each step: refusing one must take ten times as much, and little more.

`tests/unit/codecs/test_hostile.py` holds the faults that each body is refused with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.contenders._contender import Contender
from benchmarks.inputs import Input
from benchmarks.measure import Task
from contactwire import ContactEntity, ContactWireError, FormCodec, JsonCodec, XmlCodec

__all__ = ["KINDS", "SIZES", "WORKS", "sized"]

SIZES = (10_000, 100_000, 1_000_000)

_STRICT = JsonCodec(duplicates="error")

KINDS: dict[str, tuple[Any, Callable[[int], bytes]]] = {
    "a JSON syntax error behind a long key": (
        JsonCodec(),
        lambda size: b'{"' + b"k" * (size // 2) + b'":[' + b"1," * (size // 4) + b"x",
    ),
    "repeated members below a long key": (
        _STRICT,
        lambda size: b'{"' + b"k" * (size // 2) + b'":[' + b'{"a":1,"a":1},' * (size // 28) + b"1]}",
    ),
    "JSON faults deep inside": (
        JsonCodec(),
        lambda size: b'{"Interests":[' + b'{"ChildItems":[' * 30 + b'{"Id":""},' * (size // 10) + b"{}" + b"]}" * 30 + b"]}",
    ),
    "XML faults in many items": (
        XmlCodec(),
        lambda size: b"<ContactEntity><Interests>" + b"<a><Id>x</Id></a>" * (size // 17) + b"</Interests></ContactEntity>",
    ),
    "an XML element with many attributes": (
        XmlCodec(unknown="error"),
        lambda size: b"<ContactEntity><x %s/></ContactEntity>" % b" ".join(b'a%07d="1"' % n for n in range(size // 13)),
    ),
    "form faults in many pairs": (
        FormCodec(max_pairs=SIZES[-1], max_index=SIZES[-1]),
        lambda size: b"&".join(b"Interests[%d].Id=x" % index for index in range(size // 20)),
    ),
}
"""For each kind of body, the codec that refuses it, and a function that makes one of a size in bytes."""


def sized(size: int) -> str:
    """The name of the contender that refuses a body of that many bytes."""
    return f"{size // 1_000:,} kB"


def _refusing(codec: Any, make: Callable[[int], bytes], size: int) -> Contender:
    def refuse(body: bytes) -> None:
        try:
            codec.decode(body, ContactEntity)
        except ContactWireError:
            return
        raise AssertionError("a hostile body is taken")

    def task(_: Input) -> Task:
        return Task(make(size), refuse)

    return Contender(task)


WORKS = {
    f"refusing {kind}": {sized(size): _refusing(codec, make, size) for size in SIZES}
    for kind, (codec, make) in KINDS.items()
}
