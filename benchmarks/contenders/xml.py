"""XML: contactwire in each dialect, lxml alone on the same bodies, pydantic-xml and xsdata on the plain dialect."""

from __future__ import annotations

from functools import partial
from typing import Any

from lxml import etree

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender, Pair, decoding, encoding
from benchmarks.inputs import Input
from benchmarks.measure import Task
from contactwire import ContactEntityWithLinks, XmlCodec

__all__ = ["WORKS", "bare_lxml", "body", "ours"]

_NAMESPACES = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}
_CHUNK = 2**16


def ours(given: Input, **options: Any) -> Pair:
    """The library's own decode and encode."""
    codec = XmlCodec(**options)
    return (lambda body: codec.decode(body, given.type)), codec.encode


def bare_lxml(_: Input) -> Pair:
    """Parsing into a tree, and writing a finished tree, alone."""
    return etree.fromstring, partial(etree.tostring, encoding="utf-8", xml_declaration=True)


def _pydantic_xml(_: Input) -> Pair:
    model = models.load("pydantic_xml").ContactEntityWithLinks
    return model.from_xml, lambda value: value.to_xml(exclude_unset=True)


def _xsdata(_: Input) -> Pair:
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.serializers import XmlSerializer

    model = models.load("xsdata").ContactEntityWithLinks
    parser, serializer = XmlParser(), XmlSerializer()
    return (lambda body: parser.from_bytes(body, model)), lambda value: serializer.render(value, ns_map=_NAMESPACES).encode()


def body(given: Input) -> bytes:
    """The body in the plain dialect."""
    return given.xml()


def _datacontract(given: Input) -> bytes:
    return given.xml("datacontract")


def _services(given: Input) -> bytes:
    return given.xml("services")


def _unknown_everywhere(given: Input) -> bytes:
    return given.with_unknown_members().xml()


def _stream(given: Input) -> Task:
    codec = XmlCodec()
    return Task(_chunks(given.xml()), lambda chunks: list(codec.iter_decode(iter(chunks), ContactEntityWithLinks)))


def _chunks(body: bytes) -> list[bytes]:
    return [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]


def _each_alone(given: Input) -> Task:
    codec = XmlCodec()
    bodies = [codec.encode(contact) for contact in given.carrier()]
    return Task(bodies, lambda bodies: [codec.decode(body, ContactEntityWithLinks) for body in bodies])


_READS = "makes a tree of texts, no contact"
_WRITES = "writes a tree of texts that is there already"
_PYDANTIC_XML = ("pydantic-xml", "lxml")
_STRICT = "passes over elements that are unknown or out of order, keeps six digits of a second"
_XSDATA = ("xsdata",)
_NO_NULL = "refuses unknown elements, does not tell null, empty and absent apart"

WORKS = {
    "XML decode": {
        OURS: Contender(decoding(ours, body)),
        "lxml fromstring alone": Contender(decoding(bare_lxml, body), differs=_READS),
        "pydantic-xml": Contender(decoding(_pydantic_xml, body), _PYDANTIC_XML, _STRICT),
        "xsdata": Contender(decoding(_xsdata, body), _XSDATA, _NO_NULL),
    },
    "XML decode, datacontract": {
        OURS: Contender(decoding(partial(ours, dialect="datacontract"), _datacontract)),
        "lxml fromstring alone": Contender(decoding(bare_lxml, _datacontract), differs=_READS),
    },
    "XML decode, services": {
        OURS: Contender(decoding(partial(ours, dialect="services"), _services)),
        "lxml fromstring alone": Contender(decoding(bare_lxml, _services), differs=_READS),
    },
    "XML decode, one unknown element in every object": {
        OURS: Contender(decoding(ours, _unknown_everywhere)),
        "the same without": Contender(decoding(ours, body)),
    },
    "XML encode": {
        OURS: Contender(encoding(ours, body)),
        "lxml tostring alone": Contender(encoding(bare_lxml, body), differs=_WRITES),
        "pydantic-xml": Contender(encoding(_pydantic_xml, body), _PYDANTIC_XML, _STRICT),
        "xsdata": Contender(encoding(_xsdata, body), _XSDATA, _NO_NULL),
    },
    "XML stream decode": {
        OURS: Contender(_stream),
        "decoding each alone": Contender(_each_alone, differs="has each contact in a body of its own"),
    },
}
