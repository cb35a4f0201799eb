"""Streams of JSON: NDJSON and arrays, record by record."""

import json

import pytest

from contactwire import (
    ContactEntity,
    ContactEntityWithLinks,
    ContentTooLarge,
    DecodeError,
    EncodeError,
    JsonCodec,
    ValidationError,
)
from contactwire.codecs.json import BadRecord

CONTACTS = [ContactEntity(name="a"), ContactEntity(name='"],[{', custom_fields={"é": "\\"}), ContactEntity()]
NDJSON = '{"Name":"a"}\n{"Name":"\\"],[{","CustomFields":{"é":"\\\\"}}\n{}\n'.encode()
ARRAY = '[{"Name":"a"},{"Name":"\\"],[{","CustomFields":{"é":"\\\\"}},{}]'.encode()
CASES = [("ndjson", NDJSON), ("array", ARRAY)]


@pytest.mark.parametrize(("framing", "body"), CASES)
def test_a_stream_is_written_and_read(framing, body):
    """Each framing writes the records to its body, and reads the body to its records."""
    codec = JsonCodec()
    assert b"".join(codec.iter_encode(iter(CONTACTS), framing=framing)) == body
    assert list(codec.iter_decode(body)) == CONTACTS
    assert list(codec.iter_decode(body, framing=framing)) == CONTACTS


@pytest.mark.parametrize("body", [NDJSON, ARRAY], ids=["NDJSON", "an array"])
@pytest.mark.parametrize("blanks", [[b" "], [b"", b"\r\n", b" \t "], [b"\xef\xbb\xbf", b"\n"]], ids=repr)
def test_blanks_in_front_of_a_stream_do_not_tell_its_framing(body, blanks):
    """Without a `framing` the first sign that is no blank tells it, in whichever chunk it comes."""
    assert list(JsonCodec().iter_decode([*blanks, body])) == CONTACTS


ENDS = [
    (b"[", 2, "a JSON value or ']'"),
    (b"[{},", 5, "a JSON value"),
    (b"[{}", 4, "',' or ']'"),
    (b'["a"', 5, "',' or ']'"),
    (b"[1", 3, "',' or ']'"),
    (b"[{},true ", 10, "',' or ']'"),
    (b"[1}", 3, "',' or ']'"),
    (b"[}", 2, "a JSON value or ']'"),
    (b'["a', 4, "'\"'"),
]


@pytest.mark.parametrize(("body", "column", "expected"), ENDS, ids=[repr(case[0]) for case in ENDS])
def test_an_array_that_does_not_end_says_what_may_stand_there(body, column, expected):
    """Where an array ends too early, or with a wrong bracket, the error has the place and what could stand there."""
    for chunks in ([body], [body[at : at + 1] for at in range(len(body))]):
        *_, bad = JsonCodec().iter_decode(chunks, framing="array", on_error="yield")
        assert (bad.error.line, bad.error.column, bad.error.expected) == (1, column, expected)


@pytest.mark.parametrize(("framing", "body"), [("ndjson", b""), ("array", b"[]")])
def test_a_stream_may_be_empty(framing, body):
    """No records are a stream too."""
    assert b"".join(JsonCodec().iter_encode([], framing=framing)) == body
    assert list(JsonCodec().iter_decode(body)) == []


def test_a_stream_may_come_in_any_form(as_stream):
    """Files, bodies and chunks of any size are read alike."""
    for _, body in CASES:
        assert list(JsonCodec().iter_decode(as_stream(body))) == CONTACTS


def test_blanks_between_records_do_not_count():
    """Blank lines, and white space around an array's parts, are passed over."""
    assert list(JsonCodec().iter_decode(b"\n \r\n{}\r\n\n\t{}  \n\n")) == [ContactEntity()] * 2
    assert list(JsonCodec().iter_decode(b" \n[ \n{} \t,\r\n{ } ] \n")) == [ContactEntity()] * 2
    assert list(JsonCodec().iter_decode(b" [ ] ")) == []


def test_reading_starts_before_the_stream_ends():
    """A record is there as soon as its end is."""

    def endless():
        while True:
            yield b'{"Name":"x"}\n'

    stream = JsonCodec().iter_decode(endless())
    assert [next(stream).name for _ in range(3)] == ["x"] * 3


def test_a_type_that_is_no_carrier_is_refused_at_once():
    """The type is checked before anything is read."""
    with pytest.raises(TypeError):
        JsonCodec().iter_decode(b"", int)


def test_a_bad_record_says_where_it_stands():
    """What is not JSON has its line and column in the stream; what is no contact has the record's index in its pointers."""
    codec = JsonCodec()
    with pytest.raises(DecodeError) as caught:
        list(codec.iter_decode(b'{}\n\n{"Name":}\n'))
    assert (caught.value.line, caught.value.column) == (3, 9)
    with pytest.raises(DecodeError) as caught:
        list(codec.iter_decode('[{},\n {"Name":"é"}, {"Name":}]'.encode()))
    assert (caught.value.line, caught.value.column) == (2, 24)
    for body in (b'{}\n{"Name":5}\n', b'[{},\n{"Name":5}]'):
        with pytest.raises(ValidationError) as caught:
            list(codec.iter_decode(body))
        assert [issue.pointer for issue in caught.value.issues] == ["/1/Name"]
        assert caught.value.__notes__ == ["in the record on line 2"]


@pytest.mark.parametrize(("start", "between", "end"), [(b"", b"\n", b"\n"), (b"[\n", b",\n", b"]")])
def test_one_bad_record_does_not_lose_the_others(start, between, end):
    """With `on_error="yield"` each bad record comes in its place, with its index, line and error."""
    body = start + between.join([b'{"Name":"a"}', b'{"Name":}', b'{"Name":5}', b'{"Name":"b"}']) + end
    records = list(JsonCodec().iter_decode(body, on_error="yield"))
    first = 1 + start.count(b"\n")
    assert [records[0].name, records[3].name] == ["a", "b"]
    assert [(bad.index, bad.line) for bad in records if isinstance(bad, BadRecord)] == [(1, first + 1), (2, first + 2)]
    assert isinstance(records[1].error, DecodeError)
    assert records[2].error.issues[0].pointer == "/2/Name"


BROKEN = [
    (b"[{}", (1, 4), 1),
    (b"[{},\n {} \n", (3, 1), 2),
    (b"[{", (1, 3), 0),
    (b"[1", (1, 3), 0),
    (b'["x"', (1, 5), 0),
    (b"[", (1, 2), 0),
    (b"[{},", (1, 5), 1),
    (b'[{"Name":"x', (1, 12), 0),
    (b"[{}}", (1, 4), 1),
    (b"[{}] {}", (1, 6), 1),
    (b"[{}]]", (1, 5), 1),
]


@pytest.mark.parametrize(("body", "place", "good"), BROKEN, ids=[case[0].decode() for case in BROKEN])
def test_an_array_that_is_broken_ends_there(body, place, good):
    """Without its brackets and commas an array cannot go on: behind what is complete the last thing is the error."""
    *records, last = JsonCodec().iter_decode(body, on_error="yield")
    assert records == [ContactEntity()] * good
    assert (last.index, last.error.line, last.error.column) == (good, *place)
    with pytest.raises(DecodeError):
        list(JsonCodec().iter_decode(body))


@pytest.mark.parametrize("body", [b"[,{}]", b"[{},]", b"[{},,{}]", b"[{} {}]"])
def test_a_place_without_a_record_is_a_bad_record(body):
    """Between two commas there must be one value."""
    bad = [record for record in JsonCodec().iter_decode(body, on_error="yield") if isinstance(record, BadRecord)]
    assert len(bad) == 1
    assert not bad[0].ends_stream


SAID = [
    b'[{"ContactId":1},]',
    b"[{},\n ]",
    b"[{},,{}]",
    b"[{}",
    b"[",
    b"[ ",
    b"[{},",
    b"[{}\n,\n\n",
    b"[{}}]",
    b"[}",
    b"[{},}",
    b"[{}]]",
    b"[{}] {}",
    b'[{"ContactId":1} {"ContactId":2}]',
    b"[{} 1]",
    b"[{}:{}]",
    b"[{]",
    b'[{"ContactId":1]',
    b'[{"ContactId":"x","Name":"a',
    b'[{"ContactId":1,\n"Emails":[{"Value":',
    b'["a',
    b'[{},"\\"]',
]


@pytest.mark.parametrize("body", SAID, ids=bytes.decode)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_wrong_with_an_array_is_said_as_of_a_document(body, size):
    """The first fault of a broken array has the place and the words that the same array as one document has."""
    with pytest.raises(DecodeError) as whole:
        JsonCodec().decode(body, list[ContactEntity])
    with pytest.raises(DecodeError) as caught:
        list(JsonCodec().iter_decode([body[at : at + size] for at in range(0, len(body), size)]))
    for name in ("line", "column", "message", "expected"):
        assert getattr(caught.value, name) == getattr(whole.value, name)


@pytest.mark.parametrize("body", [b'[{"ContactId":"x"} {}]', b'[{"ContactId":"x"},{"Name"'])
def test_an_array_that_is_broken_behind_a_wrong_value(body):
    """What is not JSON is told before what is no contact, element by element."""
    *_, last = JsonCodec().iter_decode(body, on_error="yield")
    assert isinstance(last.error, DecodeError)


def test_an_array_can_be_asked_for():
    """With `framing="array"` anything else is an error."""
    for body in (b"{}", b"", b"x"):
        with pytest.raises(DecodeError):
            list(JsonCodec().iter_decode(body, framing="array"))


def test_the_limits_are_those_of_a_record():
    """A stream may be of any length, a record of `max_bytes`; in NDJSON the records behind a longer one still come."""
    codec = JsonCodec(max_bytes=20)
    assert len(list(codec.iter_decode(b'{"Name":"x"}\n' * 100))) == 100
    long = b'{"Name":"' + b"x" * 100_000 + b'"}'
    records = list(codec.iter_decode((long[at : at + 7] for at in range(0, len(long), 7)), on_error="yield"))
    assert [type(record.error) for record in records] == [ContentTooLarge]
    records = list(codec.iter_decode(b"{}\n" + long + b"\n{}\n", on_error="yield"))
    assert [type(record) for record in records] == [ContactEntity, BadRecord, ContactEntity]
    assert (records[1].line, records[1].error.status) == (2, 413)
    records = list(codec.iter_decode(b"[{}," + long + b",{}]", on_error="yield"))
    assert [type(record) for record in records] == [ContactEntity, BadRecord]
    assert isinstance(records[1].error, ContentTooLarge)


@pytest.mark.parametrize("piece", [b" ", b"\n", b"x", b"[", b"{", b'"', b",", b"\\"], ids=repr)
def test_hostile_streams_take_linear_time(piece):
    """However often a byte is repeated, each in a chunk of its own, reading ends with errors, or without records."""
    for framing in ("ndjson", "array", None):
        *_, last = [None, *JsonCodec().iter_decode([piece] * 50_000, framing=framing, on_error="yield")]
        assert isinstance(last, BadRecord) or not piece.strip()


def test_text_that_no_utf_8_holds_is_a_bad_record():
    """A lone surrogate in a text stream is a fault of its record."""
    records = list(JsonCodec().iter_decode(['{"Name":"\ud800"}\n{}\n'], on_error="yield"))
    assert isinstance(records[0].error, DecodeError)
    assert records[1] == ContactEntity()


def test_a_record_may_be_a_list():
    """With a list as type each line, or each element, is a list of carriers."""
    lists = [[ContactEntity(name="a")], []]
    codec = JsonCodec()
    assert list(codec.iter_decode(b'[{"Name":"a"}]\n[]\n', list[ContactEntity], framing="ndjson")) == lists
    assert list(codec.iter_decode(b'[[{"Name":"a"}],[]]', list[ContactEntity])) == lists


def test_indent_does_not_break_lines():
    """NDJSON has one line a record, whatever the codec's layout."""
    assert list(JsonCodec(indent=2).iter_encode([ContactEntity(name="x")])) == [b'{"Name":"x"}\n']


def test_a_wrong_value_in_a_stream_has_its_index():
    """An EncodeError's pointers begin with the index of the value; what came before is written."""
    pieces = JsonCodec().iter_encode([ContactEntity(), ContactEntity(name=5)], framing="array")
    assert next(pieces) == b"[{}"
    with pytest.raises(EncodeError) as caught:
        next(pieces)
    assert [issue.pointer for issue in caught.value.issues] == ["/1/Name"]


@pytest.mark.parametrize("framing", ["ndjson", "array"])
def test_memory_does_not_grow_with_the_number_of_records(framing, peak, fits):
    """Some thousands of contacts pass through in the memory of a few."""
    raw = {"Name": "x" * 200, "New": [1], "Emails": [{"Value": "v"}], "CustomFields": {"a": "b"}}
    record = json.dumps(raw, indent=1 if framing == "array" else None).encode()
    codec = JsonCodec()

    def chunks(count):
        yield b"[" if framing == "array" else b""
        for number in range(count):
            yield b"," if framing == "array" and number else b"\n" if number else b""
            yield record
        yield b"]" if framing == "array" else b"\n"

    def passed(count):
        size = sum(map(len, codec.iter_encode(codec.iter_decode(chunks(count), ContactEntityWithLinks), framing=framing)))
        assert size > count * 250

    passed(300)
    assert fits(lambda: passed(3000), peak(lambda: passed(300)) + 50_000)


def test_a_framing_has_a_name():
    """Any other is a ValueError that lists them."""
    with pytest.raises(ValueError, match="framing is one of ndjson, array, not 'lines'"):
        list(JsonCodec().iter_encode([ContactEntity()], framing="lines"))
