"""Streams of all kinds, sync and async: what they may come from, and what is left of them."""

import asyncio
import bz2
import gzip
import io
import mmap
import os
import zipfile
from contextlib import aclosing, closing
from functools import partial
from pathlib import Path

import fsspec
import httpx
import pytest
import requests
from fsspec.asyn import AbstractAsyncStreamedFile

from contactwire import BadRecord, ContactEntity, EncodeError, JsonCodec, XmlCodec

CONTACTS = [ContactEntity(name="a"), ContactEntity(name="é"), ContactEntity()]
NDJSON = b"".join(JsonCodec().iter_encode(CONTACTS))
FORMATS = {
    "NDJSON": (JsonCodec(), NDJSON),
    "array": (JsonCodec(), b"".join(JsonCodec().iter_encode(CONTACTS, framing="array"))),
    "XML": (XmlCodec(), b"".join(XmlCodec().iter_encode(CONTACTS))),
}


@pytest.fixture(params=FORMATS.values(), ids=FORMATS)
def written(request):
    """A codec, and a stream of contacts that it wrote."""
    return request.param


def compressed(compress, opened):
    """What makes a file of a body, compresses it, and opens it."""

    def opening(body, folder):
        path = folder / "contacts"
        path.write_bytes(compress(body))
        return opened(path)

    return opening


def archived(body, folder):
    """A member of a zip archive."""
    with zipfile.ZipFile(folder / "contacts.zip", "w") as archive:
        archive.writestr("contacts", body)
    return zipfile.Path(folder / "contacts.zip", "contacts").open("rb")


def mapped(body, _):
    """A file mapped into memory."""
    memory = mmap.mmap(-1, len(body))
    memory.write(body)
    memory.seek(0)
    return memory


def piped(body, _):
    """The end of a pipe."""
    reading, writing = os.pipe()
    with open(writing, "wb") as stream:
        stream.write(body)
    return open(reading, "rb")


def remembered(body, _):
    """A file of fsspec's in memory."""
    with fsspec.open("memory://contacts", "wb") as stream:
        stream.write(body)
    return fsspec.filesystem("memory").open("contacts")


def received(body, _):
    """The body of a response of requests, which has a `read`."""
    response = requests.Response()
    response.raw = requests.packages.urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
    return response.raw


def answered(body, folder):
    """The chunks of a response of requests."""
    response = requests.Response()
    response.raw = received(body, folder)
    return response.iter_content(10)


class Indexed:
    """The least that an iterable can be."""

    def __init__(self, body):
        self.chunks = [body[:9], body[9:]]

    def __getitem__(self, index):
        return self.chunks[index]


class Readable:
    """The least that a file can be."""

    def __init__(self, body):
        self.read = io.BytesIO(body).read


SOURCES = {
    "a file": compressed(bytes, lambda path: path.open("rb")),
    "a file without buffer": compressed(bytes, lambda path: path.open("rb", buffering=0)),
    "a file in text mode": compressed(bytes, lambda path: path.open(encoding="utf-8")),
    "gzip.open": compressed(gzip.compress, gzip.open),
    "gzip.open in text mode": compressed(gzip.compress, partial(gzip.open, mode="rt", encoding="utf-8")),
    "bz2.open": compressed(bz2.compress, bz2.open),
    "a zip archive": archived,
    "mmap": mapped,
    "a pipe": piped,
    "BytesIO": lambda body, _: io.BytesIO(body),
    "an object with read": lambda body, _: Readable(body),
    "an object with items": lambda body, _: Indexed(body),
    "bytes": lambda body, _: body,
    "bytearray": lambda body, _: bytearray(body),
    "a list of memoryviews": lambda body, _: [memoryview(body)[:9], memoryview(body)[9:]],
    "chunks of bytearray": lambda body, _: (bytearray(body[at : at + 2]) for at in range(0, len(body), 2)),
    "chunks of text": lambda body, _: iter(body.decode()),
    "fsspec in memory": remembered,
    "fsspec, compressed": compressed(gzip.compress, lambda path: fsspec.open(str(path), compression="gzip").open()),
    "fsspec, buffered": compressed(bytes, lambda path: fsspec.open(f"simplecache::{path.as_uri()}").open()),
    "requests' response": received,
    "requests' iter_content": answered,
    "httpx's iter_bytes": lambda body, _: httpx.Response(200, content=body).iter_bytes(10),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_what_has_bytes_is_read(source, written, tmp_path):
    """Whatever has a `read`, and any iterable of chunks, is a stream, for sync and for async decoding."""
    codec, body = written
    for decode in (lambda stream: list(codec.iter_decode(stream)), lambda stream: gathered(codec.aiter_decode(stream))):
        stream = source(body, tmp_path)
        assert decode(stream) == CONTACTS
        getattr(stream, "close", lambda: None)()


def gathered(items):
    """The items of an async iterable."""

    async def gather():
        return [item async for item in items]

    return asyncio.run(gather())


async def each_byte(body):
    """An async generator of the bytes of a body, with other tasks between them."""
    for at in range(len(body)):
        await asyncio.sleep(0)
        yield body[at : at + 1]


class AsyncReadable:
    """A file as aiofiles has it: `read` is to be awaited, and iteration gives lines."""

    def __init__(self, body):
        self.stream = io.BytesIO(body)

    async def read(self, size):
        """Some bytes."""
        await asyncio.sleep(0)
        return self.stream.read(min(size, 7))

    async def __aiter__(self):
        for line in self.stream:  # pragma: no cover - `read` is preferred
            yield line


class AsyncIterable:
    """An iterable that is no generator."""

    def __init__(self, body):
        self.body = body

    def __aiter__(self):
        return each_byte(self.body)


class Remote(AbstractAsyncStreamedFile):
    """A file of an async file system of fsspec."""

    def __init__(self, body):
        super().__init__(None, "contacts", size=len(body), cache_type="none")
        self.body = body

    async def _fetch_range(self, start, end):
        return self.body[start:end]


async def connection(body):
    """A reader of asyncio that has a body."""
    reader = asyncio.StreamReader()
    reader.feed_data(body)
    reader.feed_eof()
    return reader


ASYNC_SOURCES = {
    "an async generator": each_byte,
    "an async iterable": AsyncIterable,
    "an async read": AsyncReadable,
    "httpx's aiter_bytes": lambda body: httpx.Response(200, content=each_byte(body)).aiter_bytes(10),
    "httpx's aiter_text": lambda body: httpx.Response(200, content=each_byte(body)).aiter_text(),
}


@pytest.mark.parametrize("source", ASYNC_SOURCES.values(), ids=ASYNC_SOURCES)
def test_what_has_bytes_asynchronously_is_read(source, written):
    """So is what has an async `read`, and any async iterable of chunks."""
    codec, body = written
    assert gathered(codec.aiter_decode(source(body))) == CONTACTS


def test_a_stream_of_asyncio_is_read(written):
    """An `asyncio.StreamReader` has an async `read`."""
    codec, body = written

    async def read():
        return [contact async for contact in codec.aiter_decode(await connection(body))]

    assert asyncio.run(read()) == CONTACTS


def test_an_async_file_of_fsspec_is_read(written):
    """So has a file of one of fsspec's async file systems."""
    codec, body = written

    async def read():
        async with Remote(body) as stream:
            return [contact async for contact in codec.aiter_decode(stream)]

    assert asyncio.run(read()) == CONTACTS


def test_async_options_are_those_of_sync(written):
    """`type`, `framing` and `on_error` mean the same."""
    codec, body = written
    wrong = body.replace("é".encode(), b"\x00")
    expected = list(codec.iter_decode(wrong, on_error="yield"))
    assert any(isinstance(record, BadRecord) for record in expected)
    assert gathered(codec.aiter_decode(each_byte(wrong), on_error="yield")) == expected
    with pytest.raises(type(next(bad.error for bad in expected if isinstance(bad, BadRecord)))):
        gathered(codec.aiter_decode(each_byte(wrong), ContactEntity))
    with pytest.raises(TypeError):
        codec.aiter_decode(body, int)
    lists = [[ContactEntity()], []]
    assert gathered(JsonCodec().aiter_decode(each_byte(b"[{}]\n[]\n"), list[ContactEntity], framing="ndjson")) == lists


async def each_contact(contacts):
    """An async generator of contacts."""
    for contact in contacts:
        await asyncio.sleep(0)
        yield contact


@pytest.mark.parametrize("values", [iter, each_contact, list], ids=["iterator", "async generator", "list"])
@pytest.mark.parametrize("contacts", [CONTACTS, []], ids=["contacts", "none"])
def test_values_may_come_asynchronously(values, contacts):
    """`aiter_encode` writes what `iter_encode` writes, of values that come either way."""
    for codec, options in ((JsonCodec(), {}), (JsonCodec(), {"framing": "array"}), (XmlCodec(), {})):
        assert gathered(codec.aiter_encode(values(contacts), **options)) == list(codec.iter_encode(contacts, **options))


def test_a_wrong_value_has_its_index_asynchronously():
    """Pointers begin with the index of the value."""
    for codec in (JsonCodec(), XmlCodec()):
        with pytest.raises(EncodeError, match="/1/Name"):
            gathered(codec.aiter_encode(each_contact([ContactEntity(), ContactEntity(name=5)])))


NO_STREAMS = {
    "None": None,
    "a number": 5,
    "a path": Path("contacts.ndjson"),
    "an unopened file of fsspec": fsspec.open("memory://contacts"),
}


@pytest.mark.parametrize("source", NO_STREAMS.values(), ids=NO_STREAMS)
def test_what_is_no_stream_is_refused_at_once(source):
    """It is a TypeError that says what a stream is, before anything is read."""
    for codec in (JsonCodec(), XmlCodec()):
        for decode in (codec.iter_decode, codec.aiter_decode, codec.iter_records):
            with pytest.raises(TypeError, match="a stream is an open file, a body, or an iterable of its chunks, not "):
                decode(source)


@pytest.mark.parametrize("source", [AsyncReadable, AsyncIterable, each_byte])
def test_what_is_async_is_refused_by_sync_decoding(source):
    """The error names the method that reads it, and no coroutine is left that nobody awaits."""
    for codec in (JsonCodec(), XmlCodec()):
        with pytest.raises(TypeError, match="use aiter_decode"):
            list(codec.iter_decode(source(b"{}")))


class Nonblocking:
    """A file that has no bytes yet."""

    def read(self, _):
        """Nothing, which is not the end."""
        return


NO_CHUNKS = {"a number": [b"{}", 5], "None": [b"{}", None], "a list": [[1]], "a file without bytes": Nonblocking()}


@pytest.mark.parametrize("stream", NO_CHUNKS.values(), ids=NO_CHUNKS)
def test_chunks_that_are_no_bytes_are_refused(stream):
    """A chunk of another type is a TypeError; None is not taken for the end."""
    for codec in (JsonCodec(), XmlCodec()):
        with pytest.raises(TypeError, match="a chunk of a stream is bytes, bytearray, memoryview or str, not "):
            list(codec.iter_decode(stream))
        with pytest.raises(TypeError, match="a chunk of a stream is bytes, bytearray, memoryview or str, not "):
            gathered(codec.aiter_decode(stream))


def test_text_behind_bytes_is_refused_in_xml():
    """Text has no encoding and bytes have one, so XML does not mix them."""
    with pytest.raises(TypeError, match="all text, or none"):
        list(XmlCodec().iter_decode([b"<a>", "</a>"]))


def test_the_error_of_a_source_is_its_own(written):
    """What a source raises comes out as it is, behind the records that were complete, whatever `on_error` says."""
    codec, body = written
    size = body.index("é".encode()) if codec == JsonCodec() else len(body) - 30

    def broken():
        yield body[:size]
        raise EncodeError([])

    async def abroken():
        yield body[:size]
        raise EncodeError([])

    records = codec.iter_decode(broken(), on_error="yield")
    assert next(records) == CONTACTS[0]
    with pytest.raises(EncodeError):
        list(records)
    with pytest.raises(EncodeError):
        gathered(codec.aiter_decode(abroken(), on_error="yield"))


def test_a_gzip_stream_that_breaks_off_says_so(tmp_path):
    """The records before the place are read, then Python's error comes."""
    path = tmp_path / "contacts.gz"
    path.write_bytes(gzip.compress(NDJSON * 10_000)[:-20])
    read = []
    with gzip.open(path) as stream, pytest.raises(EOFError):
        read.extend(JsonCodec().iter_decode(stream))
    assert len(read) > 10_000


class Endless:
    """A source without end, as a generator that remembers whether it was closed."""

    def __init__(self, codec, body):
        self.start = b"" if body is NDJSON else b"[{}" if isinstance(codec, JsonCodec) else b"<ArrayOfContactEntity><a/>"
        self.record = b"{}\n" if body is NDJSON else b",{}" if isinstance(codec, JsonCodec) else b"<a/>"
        self.is_closed = False

    def sync(self):
        """Chunks."""
        try:
            yield self.start
            while True:
                yield self.record * 300
        finally:
            self.is_closed = True

    async def later(self):
        """Chunks, with a wait for ever behind the first ones."""
        try:
            yield self.start
            yield self.record * 300
            await asyncio.Event().wait()
        finally:
            self.is_closed = True


def test_a_generator_is_closed_when_reading_stops(written):
    """Whoever closes the records before the end closes the generator that they come from."""
    source = Endless(*written)
    with closing(written[0].iter_decode(source.sync())) as records:
        assert next(records) == ContactEntity()
        assert not source.is_closed
    assert source.is_closed


def test_an_async_generator_is_closed_when_reading_stops(written):
    """So it is asynchronously, at once and not when the garbage is collected."""
    source = Endless(*written)

    async def first():
        async with aclosing(written[0].aiter_decode(source.later())) as records:
            return await anext(records), source.is_closed

    assert asyncio.run(first()) == (ContactEntity(), False)
    assert source.is_closed


def test_values_are_closed_when_writing_stops():
    """Whoever closes the pieces before the end closes the generator of the values."""
    closed = []

    def values():
        try:
            yield ContactEntity()
            yield ContactEntity()
        finally:
            closed.append("sync")

    async def avalues():
        try:
            yield ContactEntity()
            yield ContactEntity()
        finally:
            closed.append("async")

    async def first():
        async with aclosing(JsonCodec().aiter_encode(avalues())) as pieces:
            return await anext(pieces)

    with closing(JsonCodec().iter_encode(values())) as pieces:
        next(pieces)
    asyncio.run(first())
    assert closed == ["sync", "async"]


def test_a_file_stays_open(written):
    """What is no generator is left as it is, at the end and before."""
    codec, body = written
    with io.BytesIO(body) as stream:
        records = codec.iter_decode(stream)
        next(records)
        records.close()
        assert not stream.closed
    with io.BytesIO(body) as stream:
        assert gathered(codec.aiter_decode(stream)) == CONTACTS
        assert not stream.closed


class Connection:
    """An iterator with a `close`, as clients have it."""

    def __init__(self, body):
        self.chunks, self.is_closed = iter([body]), False

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.chunks)

    def close(self):
        """Never called."""
        self.is_closed = True


class AsyncConnection(Connection):
    """An async one."""

    def __aiter__(self):
        return self

    async def __anext__(self):
        for chunk in self.chunks:
            return chunk
        raise StopAsyncIteration

    async def aclose(self):
        """Never called."""
        self.is_closed = True


def test_an_iterator_that_is_no_generator_stays_open(written):
    """Only generators are closed."""
    codec, body = written
    source, later = Connection(body), AsyncConnection(body)
    records = codec.iter_decode(source)
    next(records)
    records.close()
    assert gathered(codec.aiter_decode(later)) == CONTACTS
    assert not source.is_closed
    assert not later.is_closed


def test_cancelling_leaves_nothing(written):
    """A task that is cancelled while it waits for a chunk ends; the source is closed, and no other task is left."""
    source = Endless(*written)

    async def cancel():
        reading = asyncio.Event()

        async def read():
            async for _ in written[0].aiter_decode(source.later()):
                reading.set()

        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return source.is_closed, asyncio.all_tasks() == {asyncio.current_task()}

    assert asyncio.run(cancel()) == (True, True)


def test_a_record_does_not_wait_for_more_than_its_end():
    """A record is read from a pipe that stays open, as soon as it was written."""
    reading, writing = os.pipe()
    with open(reading, "rb") as source, open(writing, "wb", buffering=0) as sink:
        sink.write(b"{}\n")
        assert next(JsonCodec().iter_decode(source)) == ContactEntity()
        sink.write(b"{}\n")
        assert gathered(first_of(JsonCodec().aiter_decode(source))) == [ContactEntity()]


async def first_of(items):
    """The first item."""
    async with aclosing(items):
        yield await anext(items)


def test_memory_does_not_grow_with_the_number_of_records_asynchronously(written, peak, fits):
    """Some thousands of contacts pass through in the memory of a few, and so they do from one large chunk."""
    codec, body = written
    options = {"framing": "array"} if body.startswith(b"[") else {}
    contact = ContactEntity(name="x" * 500)

    async def contacts(count):
        for _ in range(count):
            yield contact

    async def size(count):
        pieces = codec.aiter_encode(codec.aiter_decode(codec.aiter_encode(contacts(count), **options)), **options)
        return sum([len(piece) async for piece in pieces])

    def passed(count):
        assert asyncio.run(size(count)) > count * 500

    passed(100)
    assert fits(lambda: passed(1000), peak(lambda: passed(100)) + 100_000)
    large = [b"".join(codec.iter_encode([contact] * 8_000, **options))]
    assert fits(lambda: sum(1 for _ in codec.iter_decode(large)), 2_000_000)
