"""The limit of a record in a stream is the same in every framing."""

import pytest

from contactwire import BadRecord, ContactEntity, ContentTooLarge, JsonCodec, XmlCodec

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
