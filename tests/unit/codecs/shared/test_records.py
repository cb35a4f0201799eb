"""Bad records of streams, in each format that has streams."""

import pytest

from contactwire import BadRecord, ContactEntity, ContentTooLarge, DecodeError, JsonCodec, XmlCodec

START, END = "<ArrayOfContactEntity>", "</ArrayOfContactEntity>"
NIL = '<a:ArrayOfContactEntity xmlns:a="urn:a" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" b="c">'
JSON, XML = JsonCodec(), XmlCodec()

WHOLE = {
    "a line": (JSON, b'{}\n {"Name": 5}\r\n{}\n', b' {"Name": 5}\r'),
    "the last line": (JSON, b'{}\n{"Name":', b'{"Name":'),
    "a line that is no UTF-8": (JSON, b'{}\n{"Name":"\xff"}\n', b'{"Name":"\xff"}'),
    "a line of text": (JSON, '{}\n{"Name":"\ud800é"}\n', '{"Name":"\ud800é"}'.encode("utf-8", "surrogatepass")),
    "an element": (JSON, b'[{}, {"Name":\n5} ,{}]', b'{"Name":\n5} '),
    "an element of XML": (
        XML,
        f"{START}<a/>\n<a>\n<ContactId>é</ContactId></a> <a/>{END}".encode(),
        "<a>\n<ContactId>é</ContactId></a>".encode(),
    ),
    "an element with a comment in front": (XML, f"{START}<!-- --><b><c></b>{END}", b"<!-- --><b><c></b>"),
    "an element with prefixes": (
        XML,
        f'{NIL}<a:a><a:Emails i:nil="x"/><a:ContactId>x</a:ContactId></a:a></a:ArrayOfContactEntity>',
        b'<a:a><a:Emails i:nil="x"/><a:ContactId>x</a:ContactId></a:a>',
    ),
    "text between elements": (XML, f"{START}<a/>x<a/>{END}", b"x<a/>"),
    "an element in UTF-16": (XML, f"{START}<a>é</a>{END}".encode("utf-16"), "<a>é</a>".encode()),
}


@pytest.mark.parametrize(("codec", "body", "raw"), WHOLE.values(), ids=WHOLE)
def test_a_bad_record_has_its_bytes(codec, body, raw):
    """`raw` is the record as it came, and `standalone` is a stream in which it has the same fault."""
    bad = next(record for record in codec.iter_decode(body, on_error="yield") if isinstance(record, BadRecord))
    assert (bad.raw, bad.cut) == (raw, False)
    assert not bad.ends_stream
    again, *more = codec.iter_decode(bad.standalone, on_error="yield")
    assert (again.raw, type(again.error), more) == (raw, type(bad.error), [])


FILES = {
    "NDJSON": (JSON, b'{}\n{"Name":1}\n{}\n{"Name":2}', b"\n"),
    "array": (JSON, b'[{},{"Name":1},{},{"Name":2}]', b","),
    "XML": (
        XML,
        f"{NIL}<b/><a:b i:c=''><a:ContactId>x</a:ContactId></a:b>x<b></b></a:ArrayOfContactEntity>".encode(),
        b"",
    ),
}


@pytest.mark.parametrize(("codec", "body", "between"), FILES.values(), ids=FILES)
def test_bad_records_make_a_stream_together(codec, body, between):
    """Those of one stream stand between its `before` and `after`, and are read again."""
    bad = [record for record in codec.iter_decode(body, on_error="yield") if isinstance(record, BadRecord)]
    rejects = bad[0].before + between.join(record.raw for record in bad) + bad[0].after
    again = list(codec.iter_decode(rejects, on_error="yield"))
    assert [record.raw for record in again] == [record.raw for record in bad]
    assert [record.index for record in again] == [0, 1]


def test_what_only_its_place_makes_bad_has_its_bytes_too():
    """A byte order mark in front of another line than the first, and nothing between two commas."""
    for body, raw in ((b"{}\n\xef\xbb\xbf{}\n", b"\xef\xbb\xbf{}"), (b"[{},,{}]", b"")):
        bad = next(record for record in JSON.iter_decode(body, on_error="yield") if isinstance(record, BadRecord))
        assert bad.raw == raw


UNREAD = {
    "an array that ends too early": (JSON, b'[{}, {"Name":"x', b'{"Name":"x', False),
    "an array without its end": (JSON, b"[{} ", b"", False),
    "an array that ends at the wrong bracket": (JSON, b"[{}, 1} " + b"x" * 20, b"1} " + b"x" * 18, True),
    "text behind an array": (JSON, b"[{}] {}", b"{}", False),
    "much text behind an array": (JSON, b"[{}] " + b"x" * 21, b"x" * 20, True),
    "no array": (JSON, b"x" * 20, b"x" * 20, False),
    "an XML element without its end": (XML, f"{START}<a/> <a><Name>x", b"<a><Name>x", False),
    "text behind the root": (XML, f"{START}<a/>{END} <a/>", b"<a/>", False),
    "much text behind the root": (XML, f"{START}<a/>{END} x<a/>{'y' * 80}", b"x<a/>" + b"y" * 60, True),
    "a wrong end tag": (XML, f"{START}<a/></a>", b"</a>", False),
    "a wrong end tag before much text": (XML, f"{START}<a/></a>{'y' * 80}", b"</a>" + b"y" * 60, True),
    "bytes in no encoding": (XML, f"{START}<a/><a>é".encode() + b"\xff", "<a>é".encode(), True),
    "a start tag that is wrong": (XML, "<ArrayOfContactEntity a=1><a/>", b"<ArrayOfContactEntity a=1>", True),
    "a root of another name": (XML, "<b><a/></b>", b"", True),
    "an unknown encoding": (XML, b"<?xml version='1.0' encoding='x'?><a/>", b"", True),
}


@pytest.mark.parametrize(("codec", "body", "raw", "cut"), UNREAD.values(), ids=UNREAD)
def test_a_stream_that_cannot_be_read_on_shows_where(codec, body, raw, cut):
    """`raw` is then the beginning of what is not read, however the stream was cut; `cut` says whether more follows."""
    framing = {"framing": "array"} if codec is JSON else {}
    for stream in (body, [body[at : at + 1] for at in range(len(body))]):
        *good, bad = codec.iter_decode(stream, on_error="yield", **framing)
        assert (bad.raw, bad.cut, bad.ends_stream) == (raw, cut, True)
        assert all(isinstance(record, ContactEntity) for record in good)


@pytest.mark.parametrize(
    ("codec", "body", "good"), [(JSON, b"[{}, 1}", [b"{}"]), (XML, b"<?xml version='1.0' encoding='x'?><a/>", [])]
)
def test_records_that_are_not_decoded_have_their_bytes_too(codec, body, good):
    """`iter_records` gives the bytes of each record, and raises the error of a stream that cannot be read on."""
    records = codec.iter_records(body)
    assert [next(records).raw for _ in good] == good
    with pytest.raises(DecodeError):
        next(records)


LONG = {
    "a line": (JsonCodec(max_bytes=30), '{{}}\n{{"Name":"{}"}}\n{{}}', '{{"Name":"{}'),
    "an element": (JsonCodec(max_bytes=30), '[{{}},{{"Name":"{}"}}', '{{"Name":"{}'),
    "an XML element": (XmlCodec(max_bytes=30), f"{START}<a/><a><Name>{{}}</Name></a>", "<a><Name>{}"),
}


@pytest.mark.parametrize("size", [40, 5000])
@pytest.mark.parametrize(("codec", "stream", "start"), LONG.values(), ids=LONG)
def test_of_a_long_record_the_beginning_is_kept(codec, stream, start, size):
    """`raw` has the first `max_bytes` of a record that is longer, however the stream was cut, and is `cut`."""
    body = stream.format("é" * size).encode()
    for chunks in ([body], [body[at : at + 1] for at in range(len(body))]):
        bad = next(record for record in codec.iter_decode(chunks, on_error="yield") if record != ContactEntity())
        assert isinstance(bad.error, ContentTooLarge)
        assert (bad.raw, bad.cut) == (start.format("é" * size).encode()[:30], True)


CUT = UNREAD | LONG
AROUND = {
    "a line": (b"", b"\n"),
    "a start tag that is wrong": (b"", b""),
    "a root of another name": (b"", b""),
    "an unknown encoding": (b"", b""),
}


@pytest.mark.parametrize("name", CUT)
def test_a_record_that_is_cut_has_what_its_stream_has_around(name):
    """`before` and `after` of a bad record are those of its stream, whatever is wrong with it, but not of a wrong root."""
    codec, body, *_ = CUT[name]
    framing = {"framing": "array"} if name in UNREAD and codec is JSON else {}
    body = body.format("é" * 40) if name in LONG else body
    bad = next(record for record in codec.iter_decode(body, on_error="yield", **framing) if isinstance(record, BadRecord))
    of_format = (START.encode(), END.encode()) if isinstance(codec, XmlCodec) else (b"[", b"]")
    assert (bad.before, bad.after) == AROUND.get(name, of_format)


def test_a_bad_record_of_xml_keeps_the_namespaces_of_its_root():
    """`before` has the namespaces that the root declares, the default one too, and none of its other attributes."""
    root = b'<ArrayOfContactEntity xmlns="urn:a" a="b" xmlns:b=\'urn:b\' b:c="d">'
    bad = next(XML.iter_decode(root + b"<a>x</a></ArrayOfContactEntity>", on_error="yield"))
    assert (bad.before, bad.after) == (b"<ArrayOfContactEntity xmlns=\"urn:a\" xmlns:b='urn:b'>", END.encode())


def test_a_bad_record_is_shown_short():
    """Its `repr` shows the beginning of the bytes."""
    bad = next(JSON.iter_decode(b'{"Name":["%s"]}' % (b"x" * 5000), on_error="yield"))
    assert len(repr(bad)) < 300
