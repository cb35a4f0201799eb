"""The law of XML streams: however a sequence is cut into chunks, it holds what `decode` reads as a list."""

import asyncio

from hypothesis import example, given
from hypothesis import strategies as st

from contactwire import ContactEntity, ContactWireError, DecodeError, EntityElement, ValidationError, XmlCodec
from contactwire.codecs.xml import BadRecord
from contactwire.testing import carriers, strings

CODEC = XmlCodec()
DIALECTS = st.sampled_from(["plain", "datacontract", "services", "webapi"])
VALUES = st.lists(carriers(EntityElement, text=strings(xml=True), extras=False), max_size=4)


@st.composite
def cut(draw, body):
    """The chunks of a body, cut anywhere."""
    places = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    return [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]


@given(VALUES, DIALECTS, st.sampled_from(["utf-8", "utf-16"]), st.data())
def test_records_survive_any_cut(values, dialect, encoding, data):
    """What was written is read, whatever the chunks and the encoding, and is what `encode` writes of a list."""
    codec = XmlCodec(dialect=dialect)
    body = b"".join(codec.iter_encode(values))
    assert not values or body == codec.encode(values)
    chunks = data.draw(cut(body.decode().encode(encoding)))
    assert list(codec.iter_decode(chunks, EntityElement)) == values


@given(VALUES, DIALECTS, st.integers(0, 3), st.data())
def test_sequences_survive_any_layout(values, dialect, indent, data):
    """White space between the elements changes nothing."""
    body = XmlCodec(dialect=dialect, indent=indent).encode(values)
    assert list(CODEC.iter_decode(data.draw(cut(body)), EntityElement)) == CODEC.decode(body, list[EntityElement])


PIECES = st.sampled_from(
    [
        "<ArrayOfEntityElement>", "</ArrayOfEntityElement>", "<ArrayOfEntityElement a='>'/>", "<ArrayOfOther>",
        "<EntityElement>", "</EntityElement>", "</EntityElement >", "<EntityElement/>", "<EntityElementX>",
        "<Value>x</Value>", "<Value", ">", "\n", "<!--", "-->", "<!-- </EntityElement> -->", "<![CDATA[",
        "</EntityElement>]]>", "<?p ?>", "<", "/>", " a=\"'<", "'", '"', "x", "&lt;", "&", "<!DOCTYPE a>",
        "<?xml version='1.0'?>", "\x01", "\ud800", "é",
    ]
)  # fmt: skip


def outcome(decode):
    """What decoding gives: the values, or that it fails."""
    try:
        return decode()
    except (DecodeError, ValidationError):
        return "refused"


@given(st.lists(PIECES, max_size=12).map("".join), st.booleans(), st.data())
@example("<ArrayOfEntityElement><EntityElement a='</EntityElement>'/></ArrayOfEntityElement>", True, None)
@example(
    "<ArrayOfEntityElement><EntityElement><EntityElement></EntityElement></EntityElement></ArrayOfEntityElement>", True, None
)
def test_any_text_gives_records_and_errors_and_nothing_else(text, wrapped, data):
    """Broken sequences end or go on with bad records, the same for every cut; a sequence is what `decode` takes as one."""
    if wrapped:
        text = f"<ArrayOfEntityElement><EntityElement>{text}</EntityElement></ArrayOfEntityElement>"
    body = text.encode("utf-8", "surrogatepass")
    whole = list(CODEC.iter_decode([body], EntityElement, on_error="yield"))
    if data is not None:
        assert list(CODEC.iter_decode(data.draw(cut(body)), EntityElement, on_error="yield")) == whole
    single = [body[at : at + 1] for at in range(len(body))]
    assert list(CODEC.iter_decode(single, EntityElement, on_error="yield")) == whole
    bad = any(isinstance(record, BadRecord) for record in whole)
    assert outcome(lambda: CODEC.decode(body, list[EntityElement])) == ("refused" if bad else whole)


@given(st.lists(PIECES, max_size=12).map("".join), st.data())
def test_async_is_the_same(text, data):
    """Chunks that come asynchronously give what they give synchronously."""
    chunks = data.draw(cut(f"<ArrayOfEntityElement>{text}</ArrayOfEntityElement>".encode("utf-8", "surrogatepass")))

    async def later():
        for chunk in chunks:
            yield chunk

    async def read():
        return [record async for record in CODEC.aiter_decode(later(), EntityElement, on_error="yield")]

    assert asyncio.run(read()) == list(CODEC.iter_decode(chunks, EntityElement, on_error="yield"))


@given(st.lists(st.sampled_from(["good", "bad", "wrong"]), max_size=5))
def test_every_record_is_accounted_for(kinds):
    """With `on_error="yield"` there is one result a record, in order."""
    bodies = {"good": "<a/>", "bad": "<a><b></a>", "wrong": "<a><ContactId>x</ContactId></a>"}
    stream = f"<ArrayOfContactEntity>{'<!-- - -->'.join(bodies[kind] for kind in kinds)}</ArrayOfContactEntity>"
    records = list(CODEC.iter_decode(stream, on_error="yield"))
    assert [isinstance(record, ContactEntity) for record in records] == [kind == "good" for kind in kinds]
    assert all(record.index == index for index, record in enumerate(records) if isinstance(record, BadRecord))
    assert all(isinstance(record.error, ContactWireError) for record in records if isinstance(record, BadRecord))
