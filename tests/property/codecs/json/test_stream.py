"""The law of streams: however a stream is cut into chunks, it holds the same records."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from contactwire import ContactEntity, DecodeError, EntityElement, JsonCodec, ValidationError
from contactwire.codecs.json import BadRecord
from contactwire.testing import carriers

CODEC = JsonCodec()
FRAMINGS = st.sampled_from(["ndjson", "array"])


@st.composite
def cut(draw, body):
    """The chunks of a body, cut anywhere."""
    places = sorted(draw(st.lists(st.integers(0, len(body)), max_size=8)))
    return [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]


@given(st.lists(carriers(EntityElement), max_size=4), FRAMINGS, st.data())
def test_records_survive_any_cut(values, framing, data):
    """What was written is read, whatever the chunks."""
    body = b"".join(CODEC.iter_encode(values, framing=framing))
    assert list(CODEC.iter_decode(data.draw(cut(body)), EntityElement, framing=framing)) == values
    if framing == "array":
        assert CODEC.decode(body, list[EntityElement]) == values


@given(st.lists(carriers(EntityElement), max_size=3), st.sampled_from([None, 0, 2]), st.data())
def test_arrays_survive_any_layout(values, indent, data):
    """White space between the parts changes nothing."""
    body = json.dumps(json.loads(CODEC.encode(values)), indent=indent, ensure_ascii=data.draw(st.booleans())).encode()
    assert list(CODEC.iter_decode(data.draw(cut(body)), EntityElement)) == values


PIECES = st.sampled_from(
    [b"[", b"]", b"{", b"}", b",", b'"', b"\\", b"\n", b" ", b"{}", b'{"Value":"x"}', b'"]"', b"1", b"\xc3"]
)


@given(st.lists(PIECES, max_size=12).map(b"".join), st.sampled_from([None, "ndjson", "array"]), st.data())
def test_any_bytes_give_records_and_errors_and_nothing_else(body, framing, data):
    """Broken streams end or go on with bad records, the same for every cut, and an array is what `decode` takes as one."""
    whole = list(CODEC.iter_decode([body], EntityElement, framing=framing, on_error="yield"))
    assert list(CODEC.iter_decode(data.draw(cut(body)), EntityElement, framing=framing, on_error="yield")) == whole
    if framing == "array":
        bad = any(isinstance(record, BadRecord) for record in whole)
        try:
            assert bad or CODEC.decode(body, list[EntityElement]) == whole
        except DecodeError:
            assert bad


ELEMENTS = st.sampled_from([b"{}", b'{"Value":"x"}', b"[]", b'{"A":[{"B":"]"}]}', b'{"Value":', b"{\n", b""])
BETWEEN = st.sampled_from([b",", b" ,\n", b",,", b" ", b""])
ENDS = st.sampled_from([b"]", b"", b",]", b"}", b"]]", b'"]', b" ] {}"])


@given(st.lists(st.tuples(BETWEEN, ELEMENTS), max_size=4), ENDS, st.data())
def test_what_is_wrong_with_an_array_is_said_as_of_a_document(parts, end, data):
    """The first thing in an array that is not JSON has the place and words that it has in the array as one document."""
    body = b"[" + b"".join(between * (number > 0) + element for number, (between, element) in enumerate(parts)) + end
    records = list(CODEC.iter_decode(data.draw(cut(body)), EntityElement, framing="array", on_error="yield"))
    errors = [record.error for record in records if isinstance(record, BadRecord) and isinstance(record.error, DecodeError)]
    try:
        CODEC.decode(body, list[EntityElement])
    except DecodeError as whole:
        first = errors[0]
        assert (first.line, first.column, first.message) == (whole.line, whole.column, whole.message)
        assert first.expected.removesuffix(" or ']'") == whole.expected.removesuffix(" or ']'")
    except ValidationError:
        assert not errors
    else:
        assert not errors


@given(st.lists(PIECES, max_size=12).map(b"".join), st.sampled_from([None, "ndjson", "array"]), st.data())
def test_async_is_the_same(body, framing, data):
    """Chunks that come asynchronously give what they give synchronously."""
    chunks = data.draw(cut(body))

    async def later():
        for chunk in chunks:
            yield chunk

    async def read():
        records = CODEC.aiter_decode(later(), EntityElement, framing=framing, on_error="yield")
        return [record async for record in records]

    assert asyncio.run(read()) == list(CODEC.iter_decode(chunks, EntityElement, framing=framing, on_error="yield"))


@given(st.lists(PIECES, max_size=12).map(b"".join))
def test_no_line_is_lost(body):
    """Each line is blank, or a value, or a bad record that has it; each bad record is one by itself, too."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    records = list(CODEC.iter_decode(body, EntityElement, framing="ndjson", on_error="yield"))
    assert len(records) == len(lines)
    for record, line in zip(records, lines, strict=True):
        if isinstance(record, BadRecord):
            assert record.raw == line
            again, *_ = CODEC.iter_decode(record.standalone, EntityElement, framing="ndjson", on_error="yield")
            assert again.raw == line


@given(st.lists(st.sampled_from(["good", "bad", "wrong"]), max_size=5), FRAMINGS)
def test_every_record_is_accounted_for(kinds, framing):
    """With `on_error="yield"` there is one result a record, in order."""
    bodies = {"good": b"{}", "bad": b"{,}", "wrong": b'{"Name":1}'}
    start, between, end = (b"[", b",", b"]") if framing == "array" else (b"", b"\n", b"\n")
    stream = start + between.join(bodies[kind] for kind in kinds) + end
    records = list(CODEC.iter_decode(stream, framing=framing, on_error="yield"))
    assert [isinstance(record, ContactEntity) for record in records] == [kind == "good" for kind in kinds]
    assert all(record.index == index for index, record in enumerate(records) if isinstance(record, BadRecord))
