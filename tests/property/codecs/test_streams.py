"""The law of streams: each record comes out by itself, good or bad, whatever stands beside it and however the stream is cut.

The model is a list of records, each with its text and with what must come of it.
"""

import asyncio
import bz2
import gzip
import io
import json
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contactwire import BadRecord, ContactEntity, ContentTooLarge, DecodeError, JsonCodec, ValidationError, XmlCodec

NAMES = st.sampled_from(["", "x", "Elan & Co", "æ<ø>å", '"}],[{\\', "\n", "\r\n", "😀", "]]>", "</a>", "\u2028\x85", " "])
NUMBERS = st.integers(-5, 5)
KINDS = st.sampled_from(["good", "good", "good", "wrong", "wrong", "broken", "full", "full", "long"])
INDENTS = st.sampled_from([None, None, 0, 2])
DIALECTS = ["plain", "datacontract", "services", "webapi"]
FORMATS = st.sampled_from(["ndjson", "ndjson", "array", "array", *DIALECTS])
# White space that is no part of a record, and what is one: in front of its value, and behind it.
AROUND = {
    "ndjson": [("", "", ""), ("\n", "", ""), (" \n\r\n", " \t", ""), ("", "", "\r"), ("\n\n", "", " ")],
    "array": [("", "", ""), ("\n", "", ""), (" \t\r\n", "", " "), ("", "", "\r\n"), ("\n\n", "", "\n ")],
    "xml": [("", "", ""), ("\n", "", ""), (" \t\r\n", "<!-- </a>\n<b> -->", ""), ("", "<?p a='\n>'?> ", "")],
}
RECORDS = st.tuples(KINDS, NAMES, NUMBERS, INDENTS, st.integers(0, 4))
WAYS = st.sampled_from(["bytes", "text", "single", "file", "gzip", "bz2"])
CUTS = st.lists(st.integers(0, 10**6), max_size=6)


class Part:
    """A record: its text, the white space in front of it, and what must come of it.

    That is a name and a number, or the class of the error, with its line in the text.
    """

    def __init__(self, text, good, fault=None, line=0):
        self.text, self.good, self.fault, self.line = text, good, fault, line
        self.before = ""

    def raw(self, limit):
        """What a bad record has of the text."""
        return self.text.encode()[: limit if self.fault is ContentTooLarge else None]


class Json:
    """NDJSON, or an array."""

    def __init__(self, framing):
        self.framing, self.codec, self.options = framing, JsonCodec, {"framing": framing}
        self.start, self.between, self.end = ("[", ",", "]") if framing == "array" else ("", "\n", "\n")

    def good(self, name, number, indent):
        data = {"Name": name, "ContactId": number, "Shoe": [name]}
        return json.dumps(data, indent=indent if self.framing == "array" else None, ensure_ascii=number < 0)

    def wrong(self, text, number):
        return text.replace(f'"ContactId": {number}', f'"ContactId": "{number}x"')

    def broken(self, text, number):
        """The text with a fault, and the place of that."""
        at = text.index('"ContactId": ')
        return text[:at] + "+" + text[at:], at

    def padded(self, text, size):
        return text[:-1] + " " * (size - len(text.encode())) + text[-1]


class Xml:
    """A dialect of XML."""

    framing, between, codec = "xml", "", XmlCodec

    def __init__(self, dialect):
        self.writer, self.options = XmlCodec(dialect=dialect), {}
        whole = b"".join(self.writer.iter_encode([ContactEntity()])).decode()
        at, end = whole.index(">") + 1, whole.rindex("</")
        self.start, self.end = whole[:at] + "\n", whole[end:]

    def good(self, name, number, indent):
        piece = next(self.writer.iter_encode([ContactEntity(name=name, contact_id=number)])).decode()
        space = "" if indent is None else "\n" + " " * indent
        return piece.removeprefix(self.start.strip()).replace("<Name", f"{space}<Name")

    def wrong(self, text, number):
        return text.replace(f">{number}<", f">{number}x<")

    def broken(self, text, number):
        at = text.index(f">{number}<")
        return text[:at] + "><b" + text[at:], at

    def padded(self, text, size):
        at = text.rindex("</")
        return text[:at] + " " * (size - len(text.encode())) + text[at:]


class Streams(RuleBasedStateMachine):
    """A stream that grows, and is read in many ways."""

    @initialize(name=FORMATS, limit=st.sampled_from([600, 600, 600, 600, 66_000]), mark=st.sampled_from(["", "\ufeff"]))
    def start(self, name, limit, mark):
        self.format = Xml(name) if name in DIALECTS else Json(name)
        self.limit, self.mark, self.parts = limit, mark, []

    @rule(records=st.lists(RECORDS, min_size=1, max_size=6), times=st.sampled_from([1, 1, 1, 1, 1, 20]), way=WAYS, cuts=CUTS)
    def add(self, records, times, way, cuts):
        """Add some records, and read the stream."""
        for record in records:
            self.put(*record, times)
        self.comes(way, cuts)
        self.come_alone(cuts)
        self.come_broken_off(*cuts[:1])
        self.come_compressed_in_part(*cuts[:1])
        self.come_again()

    def put(self, kind, name, number, indent, around, times):
        format, choices = self.format, AROUND[self.format.framing]
        before, lead, trail = choices[around % len(choices)]
        text = lead + format.good(name, number, indent)
        good = name, number
        if kind == "wrong":
            part = Part(format.wrong(text, number) + trail, None, ValidationError)
        elif kind == "broken":
            broken, at = format.broken(text, number)
            part = Part(broken + trail, None, DecodeError, text.count("\n", 0, at))
        elif kind == "full":
            part = Part(format.padded(text, self.limit), good)
        elif kind == "long":
            part = Part(format.padded(text, self.limit + 1 + 50 * number**2), None, ContentTooLarge)
        else:
            part = Part(text + trail, good)
        part.before = before
        self.parts += [part] * (times if kind in ("good", "wrong") else 1)

    def text(self, parts):
        """A stream of some records."""
        format = self.format
        return self.mark + format.start + format.between.join(part.before + part.text for part in parts) + format.end

    def read(self, chunks, **options):
        codec = self.format.codec(max_bytes=self.limit)
        return codec.iter_decode(chunks, **options, **self.format.options)

    def known(self, count=None):
        """What must come of the first records: names and numbers, or the parts of bad records."""
        line = 1 + self.format.start.count("\n")
        for index, part in enumerate(self.parts[:count]):
            line += part.before.count("\n")
            if part.fault is None:
                yield part.good
            else:
                is_long = part.fault is ContentTooLarge
                ends = is_long and self.format.framing != "ndjson"
                pointers = [f"/{index}/ContactId"] if part.fault is ValidationError else None
                yield index, line + part.line, part.fault, pointers, part.raw(self.limit), is_long, ends
                if ends:
                    return
            line += part.text.count("\n") + (self.format.between == "\n")

    def comes(self, way, cuts):
        """What comes is what the model has, in all ways and for all cuts, also asynchronously, and up to the first error."""
        source = self.source(way, cuts)
        records = list(self.read(source(), on_error="yield"))
        assert list(map(told, records)) == list(self.known())
        assert asyncio.run(self.later(source())) == records
        good = []
        bad = next((record for record in records if isinstance(record, BadRecord)), None)
        try:
            good.extend(self.read(source()))
        except (DecodeError, ValidationError) as error:
            assert error == bad.error
        else:
            assert bad is None
        assert good == records[: None if bad is None else bad.index]

    def source(self, way, cuts):
        """A function that gives the stream, cut, as a way has it."""
        text = self.text(self.parts)
        body = text if way == "text" else text.encode()
        places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
        chunks = [body[start:end] for start, end in pairwise(places)]
        if way in ("gzip", "bz2"):
            module = {"gzip": gzip, "bz2": bz2}[way]
            joined = b"".join(map(module.compress, chunks))
            return lambda: module.open(io.BytesIO(joined))
        if way == "single":
            size = 1 + len(body) // 2000
            chunks = [body[at : at + size] for at in range(0, len(body), size)]
        return (lambda: io.BytesIO(body)) if way == "file" else lambda: iter(chunks)

    async def later(self, source):
        """The records of a source whose chunks come asynchronously."""

        async def chunks():
            for chunk in source if not hasattr(source, "read") else iter(lambda: source.read(100), b""):
                yield chunk

        codec = self.format.codec(max_bytes=self.limit)
        records = codec.aiter_decode(chunks(), on_error="yield", **self.format.options)
        return [record async for record in records]

    def come_alone(self, cuts):
        """The records as they came are those of the stream, and decoding each alone gives what the stream gives."""
        codec, found, known = self.format.codec(max_bytes=self.limit), [], list(self.known())
        # Around a record of XML, its document has the tags of the root, too.
        decoder = self.format.codec(max_bytes=self.limit + len(self.format.start + self.format.end))
        document = list[ContactEntity] if self.format.framing == "xml" else ContactEntity
        try:
            found.extend(codec.iter_records(self.source("bytes", cuts)(), **self.format.options))
        except ContentTooLarge:
            assert known.pop()[2] is ContentTooLarge
        # Behind the last element of XML comes a record of what follows it.
        del found[len(known) :]
        assert [record.raw for record in found] == [part.raw(self.limit) for part in self.parts[: len(known)]]
        for record, what in zip(found, known, strict=True):
            try:
                value = decoder.decode(record.whole(self.limit), document)
            except (DecodeError, ValidationError) as error:
                assert type(error) is what[2]
            else:
                (contact,) = value if isinstance(value, list) else [value]
                assert told(contact) == what

    def come_broken_off(self, at=0):
        """A stream that breaks off has the records in front of that place, and, but for NDJSON, an error that ends it."""
        body = self.text(self.parts).encode()
        at %= len(body) + 1
        whole, size = 0, len((self.mark + self.format.start).encode())
        for part in self.parts:
            size += len((part.before + part.text + self.format.between).encode())
            whole += size <= at
        records = list(self.read([body[:at]], on_error="yield"))
        known = list(self.known(whole))
        assert list(map(told, records[: len(known)])) == known
        if len(known) == whole and self.format.framing != "ndjson" and at < len(body):
            assert records[-1].ends_stream
        assert len(records) <= len(known) + 2

    def come_compressed_in_part(self, at=0):
        """Compressed data that end too early give records of the stream, and Python's error behind them."""
        for module in (gzip, bz2):
            packed = module.compress(self.text(self.parts).encode())
            source = module.open(io.BytesIO(packed[: 2 + at % (len(packed) - 2)]))
            found, known, is_whole = [], list(self.known()), True
            try:
                found.extend(map(told, self.read(source, on_error="yield")))
            except EOFError:
                is_whole = False
            assert found == known[: len(found)]
            # Only a record that ends its stream keeps the reader from reading on.
            assert not is_whole or (found and found[-1][-1] is True and found == known)

    def come_again(self):
        """Bad records that are whole, in a stream of their own, are the same ones there."""
        bad = [record for record in self.read(self.text(self.parts), on_error="yield") if isinstance(record, BadRecord)]
        bad = [record for record in bad if not record.cut]
        between = self.format.between.encode()
        if bad:
            first = bad[0]
            joined = first.before + between.join(record.raw for record in bad) + first.after
            again = list(self.read(joined, on_error="yield"))
            assert [(type(record.error), record.raw) for record in again] == [
                (type(record.error), record.raw) for record in bad
            ]


def told(record):
    """What the model says of a record."""
    if not isinstance(record, BadRecord):
        return record.name, record.contact_id
    error = record.error
    pointers = [issue.pointer for issue in error.issues] if isinstance(error, ValidationError) else None
    line = getattr(error, "line", record.line)
    return record.index, line, type(error), pointers, record.raw, record.cut, record.ends_stream


TestStreams = Streams.TestCase
TestStreams.settings = settings(max_examples=50, stateful_step_count=3, deadline=None)
