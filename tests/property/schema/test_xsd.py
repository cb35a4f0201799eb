"""The law of XSD: it takes what the codec writes in each dialect, and refuses wrong values that the codec refuses."""

import functools
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from contactwire import UNSET, Carrier, ContactEntityWithLinks, Int64, Maybe, ValidationError, XmlCodec
from contactwire.schema import xsd_files
from contactwire.testing import carriers, strings

FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
DIALECTS = ("plain", "datacontract", "services", "webapi")


class Mood(StrEnum):
    """An open enumeration."""

    GOOD = "Good"
    BAD = "Bad"


class Everything(Carrier, name="Every thing"):
    """A recursive carrier with every kind of property."""

    big: Maybe[Int64] = UNSET
    flag: Maybe[bool] = UNSET
    ratio: Maybe[float] = UNSET
    when: Maybe[datetime] = UNSET
    mood: Maybe[Mood | str] = UNSET
    moods: Maybe[list[Mood | None]] = UNSET
    rows: Maybe[list[list[int]]] = UNSET
    dates: Maybe[list[datetime]] = UNSET
    scores: Maybe[dict[str, float | None]] = UNSET
    strict: Maybe[dict[str, float]] = UNSET
    lists: Maybe[dict[str, list[str]]] = UNSET
    next: Maybe["Everything"] = UNSET
    others: Maybe[dict[str, list["Everything"]]] = UNSET


@functools.cache
def schema(cls, dialect):
    """A validator of a carrier in a dialect."""
    with tempfile.TemporaryDirectory() as folder:
        files = xsd_files(cls, dialect)
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        return etree.XMLSchema(file=str(Path(folder, next(iter(files)))))


CASES = [(cls, dialect) for cls in (ContactEntityWithLinks, Everything) for dialect in DIALECTS]


@pytest.mark.parametrize(("cls", "dialect"), CASES)
@FEW
@given(data=st.data())
def test_what_the_codec_writes_is_valid(cls, dialect, data):
    """The XML of every carrier is valid by the schema of its dialect."""
    value = data.draw(carriers(cls, text=strings(xml=True), extras=False))
    body = XmlCodec(dialect=dialect).encode(value)
    schema(cls, dialect).assertValid(etree.fromstring(body))


JUNK = [
    "",
    " ",
    "x",
    "0",
    " 5 ",
    "+5",
    "-1",
    "2147483648",
    "9223372036854775808",
    "1.5",
    "1e400",
    "INF",
    "NaN",
    ".5",
    "True",
]
JUNK += ["true", "1", "2022-07-14T14:44:54", "2022-02-29T14:44:54", "2022-07-14", "2022-07-14T14:44:54-0500", "<x/>"]
"""Texts, and one element, to replace another text."""


@pytest.mark.parametrize(("cls", "dialect"), CASES)
@FEW
@given(data=st.data())
def test_the_schema_refuses_values_that_decode_refuses(cls, dialect, data):
    """A document with one scalar replaced by another is valid if, and only if, it can be read."""
    codec = XmlCodec(dialect=dialect)
    root = etree.fromstring(codec.encode(data.draw(carriers(cls, text=strings(xml=True), extras=False))))
    leaves = [element for element in root.iter() if len(element) == 0 and element is not root and element.text]
    if not leaves:
        return
    leaf, junk = data.draw(st.sampled_from(leaves)), data.draw(st.sampled_from(JUNK))
    if junk == "<x/>":
        leaf.text = None
        etree.SubElement(leaf, leaf.tag)
    else:
        leaf.text = junk
    try:
        codec.decode(etree.tostring(root), cls)
    except ValidationError:
        assert not schema(cls, dialect).validate(root)
    else:
        schema(cls, dialect).assertValid(root)
