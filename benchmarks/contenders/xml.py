"""XML: contactwire, bare lxml, pydantic-xml and xsdata, on the plain dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender, decoding, timer_of
from benchmarks.contenders.json import with_unknown_properties
from benchmarks.inputs import Input, roomy
from benchmarks.measure import Timer

__all__ = ["CONTENDERS", "PEERS", "Pair", "bare_lxml", "ours"]

_NAMESPACES = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}

Pair = tuple[Callable[[bytes], Any], Callable[[Any], bytes]]


def ours(given: Input) -> Pair:
    """The library's own decode and encode."""
    from contactwire import XmlCodec

    codec = XmlCodec(dialect="plain", **roomy)
    return (lambda body: codec.decode(body, given.type)), codec.encode


def bare_lxml(given: Input) -> Pair:
    """Parsing into a tree, and writing a finished tree, alone."""
    from lxml import etree

    return etree.fromstring, lambda tree: etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def _pydantic_xml(given: Input) -> Pair:
    model = models.load("pydantic_xml").ContactEntityWithLinks
    return model.from_xml, lambda value: value.to_xml(exclude_unset=True)


def _xsdata(given: Input) -> Pair:
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.serializers import XmlSerializer

    model = models.load("xsdata").ContactEntityWithLinks
    parser, serializer = XmlParser(), XmlSerializer()
    return (lambda body: parser.from_bytes(body, model)), lambda value: serializer.render(value, ns_map=_NAMESPACES).encode()


PEERS: dict[str, tuple[Callable[[Input], Pair], tuple[str, ...]]] = {
    "pydantic-xml": (_pydantic_xml, ("pydantic-xml", "lxml")),
    "xsdata": (_xsdata, ("xsdata",)),
}


def _decode(pair: Callable[[Input], Pair]) -> Callable[[Input], Timer]:
    return lambda given: decoding(given, given.xml, pair(given)[0])


def _encode(pair: Callable[[Input], Pair]) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        decode, encode = pair(given)
        return timer_of(given, lambda: decode(given.xml), encode)

    return make


def _decode_unknown(given: Input) -> Timer:
    decode, encode = ours(given)
    return decoding(given, encode(with_unknown_properties(given.carrier())), decode)


_UNKNOWN = "XML decode, one unknown property per object"

CONTENDERS = {
    ("XML decode", OURS): Contender(_decode(ours)),
    (_UNKNOWN, OURS): Contender(_decode_unknown),
    (_UNKNOWN, "the same without"): Contender(_decode(ours)),
    ("XML decode", "lxml fromstring alone"): Contender(_decode(bare_lxml)),
    ("XML encode", OURS): Contender(_encode(ours)),
    ("XML encode", "lxml tostring alone"): Contender(_encode(bare_lxml)),
    **{("XML decode", name): Contender(_decode(pair), needs) for name, (pair, needs) in PEERS.items()},
    **{("XML encode", name): Contender(_encode(pair), needs) for name, (pair, needs) in PEERS.items()},
}
