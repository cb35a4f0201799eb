"""The limit of a record in a stream is the same in every framing."""

import pickle
from itertools import chain

import pytest

from contactwire import BadRecord, ContactEntity, ContentTooLarge, EncodeError, EntityElement, JsonCodec, XmlCodec
from contactwire.codecs import FORMATS

RECORDS = {
    "ndjson": (JsonCodec, '{"Name":"é"}', "%s\n%s\n"),
    "array": (JsonCodec, '{"Name":"é"}', "[%s,%s]"),
    "a list in lists": (JsonCodec, '{"Domains":["é",[1]]}', "[%s,%s]"),
    "a string": (JsonCodec, '"é"', "[%s,%s]"),
    "xml": (XmlCodec, "<a><Name>é</Name></a>", "<ArrayOfContactEntity>%s%s</ArrayOfContactEntity>"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_may_have_as_many_bytes_as_the_limit_says(name):
    """A record of `max_bytes` is read, wherever the stream is cut, and one of a byte more is too long."""
    codec, record, stream = RECORDS[name]
    body, size = (stream % (record, record)).encode(), len(record.encode())
    for chunks in ([body], [body[at : at + 1] for at in range(len(body))]):
        found = list(codec(max_bytes=size).iter_decode(chunks, on_error="yield"))
        assert found == list(codec().iter_decode(chunks, on_error="yield"))
        assert len(found) == 2
        bad = next(codec(max_bytes=size - 1).iter_decode(chunks, ContactEntity, on_error="yield"))
        assert isinstance(bad, BadRecord)
        assert isinstance(bad.error, ContentTooLarge)
        assert (bad.raw, bad.cut) == (record.encode()[: size - 1], True)


NESTED = ContactEntity(emails=[EntityElement(value="a"), EntityElement(value="b")])
STREAMS = {
    "ndjson": (JsonCodec, b"%s\n%s\n"),
    "array": (JsonCodec, b"[%s,%s]"),
    "xml": (XmlCodec, b"<ArrayOfContactEntity>%s%s</ArrayOfContactEntity>"),
}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize(("option", "most"), [("max_depth", 3), ("max_objects", 4)])
def test_a_record_may_hold_as_much_as_a_document(name, option, most):
    """A record may nest as deep, and hold as many objects, as a document of its own: what is around it does not count."""
    codec, stream = STREAMS[name]
    record = codec().encode(NESTED)
    body, document = stream % (record, record), next(iter(codec().iter_records([stream % (record, record)]))).document
    assert codec(**{option: most}).decode(record) == NESTED
    assert list(codec(**{option: most}).iter_decode([body])) == [NESTED, NESTED]
    inside = FORMATS[name if name in FORMATS else "json"].codec_of_records(codec(**{option: most}))
    assert inside.decode(document, list[ContactEntity] if name == "xml" else ContactEntity) in (NESTED, [NESTED])
    inside = pickle.loads(pickle.dumps(inside))  # as another process gets it
    assert inside.decode(document, list[ContactEntity] if name == "xml" else ContactEntity) in (NESTED, [NESTED])
    message = rf"deeper than {most - 1}\b" if option == "max_depth" else f"more than the {most - 1} objects"
    with pytest.raises(ContentTooLarge, match=message):
        codec(**{option: most - 1}).decode(record)
    with pytest.raises(ContentTooLarge, match=message):
        next(codec(**{option: most - 1}).iter_decode([body]))


@pytest.mark.parametrize("codec", [JsonCodec, XmlCodec])
def test_a_record_is_written_as_deep_as_a_document(codec):
    """What is written to a stream may nest as deep as what is written alone."""
    assert list(codec(max_depth=3).iter_decode(codec(max_depth=3).iter_encode([NESTED]))) == [NESTED]
    for write in (codec(max_depth=2).encode, lambda value: b"".join(codec(max_depth=2).iter_encode([value]))):
        with pytest.raises(EncodeError):
            write(NESTED)


@pytest.mark.parametrize("name", ["ndjson", "array", "xml"])
def test_a_record_that_is_too_long_takes_no_memory_by_its_length(name, fits):
    """Of a record over the limit that comes in many chunks, no more is kept than the limit allows."""
    codec, record, stream = RECORDS[name]
    start, end = (stream % (record.replace("é", "é%s"), record)).split("%s", 1)

    def read():
        chunks = (b"x" * 10_000 for _ in range(1000))
        found = codec(max_bytes=1000).iter_decode(chain([start.encode()], chunks, [end.encode()]), on_error="yield")
        assert isinstance(next(found).error, ContentTooLarge)

    assert fits(read, 1_000_000)
