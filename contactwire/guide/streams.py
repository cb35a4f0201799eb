r"""Streams: contacts one after the other, from files, connections and iterables, in the memory of one.

`iter_decode` and `iter_encode` of `contactwire.JsonCodec` and `contactwire.XmlCodec` read and write streams, and so do
`aiter_decode` and `aiter_encode`, from and to what is async.

# What a stream comes from

| source | `iter_decode` | `aiter_decode` |
| --- | --- | --- |
| a body: bytes, str, bytearray, memoryview | yes | yes |
| an object with `read`: of `open`, `gzip.open`, `bz2.open`, `io.BytesIO`, fsspec; `raw` of requests | yes | yes |
| an iterable of chunks: `iter_content(65536)` of requests, `iter_bytes()` of httpx | yes | yes |
| an object with an async `read`: `asyncio.StreamReader`, a file of aiofiles | TypeError | yes |
| an async iterable of chunks: `aiter_bytes()` of httpx, `request.stream()` of Starlette | TypeError | yes |

Chunks may be cut anywhere, and may be text. A file in text mode is read by its own encoding. If an object has `read1`, that
is called, since it does not wait for more bytes than have come. While `aiter_decode` reads a file that is not async, other
tasks wait.

What a source raises comes out as it is, such as EOFError for a gzip file that breaks off, after the contacts before that
place.

# When you stop early

A generator is closed when no more is read of it. A file, or any other object, is left open: who opened it closes it. To stop
before the end of an async stream, close the contacts, which closes their source at once:

```python
from contextlib import aclosing

async with aclosing(codec.aiter_decode(response.aiter_bytes())) as contacts:
    async for contact in contacts:
        break
```

No task is started, so a task that is cancelled while it reads leaves nothing behind.

# What was bad

With `on_error="yield"` a bad record comes in its place as a `contactwire.BadRecord`, with its bytes. They can be kept,
mended, and read again:

>>> import io
>>> from contactwire import BadRecord, JsonCodec
>>> codec, rejects = JsonCodec(), io.BytesIO()
>>> for record in codec.iter_decode(b'{"Name":"Elan"}\n{"Name":2}\n', on_error="yield"):
...     if isinstance(record, BadRecord):
...         _ = rejects.write(record.standalone)
>>> rejects.getvalue()
b'{"Name":2}\n'
>>> list(codec.iter_decode(rejects.getvalue().replace(b"2", b'"Hoppski"')))
[ContactEntity(name='Hoppski')]

`standalone` is `raw` between `before` and `after`: the line feed of NDJSON, the brackets of an array, or the tags of the XML
root with its namespaces. A file of bad records of an array or of XML has these once, around all records.

| what is bad | `raw` | `cut` | `ends_stream` |
| --- | --- | --- | --- |
| a record | all of it | no | no |
| a line of NDJSON that is longer than `max_bytes` | its first `max_bytes` | yes | no |
| an element of an array or of XML that is longer | its first `max_bytes` | yes | yes |
| an array or XML that breaks off in a record | what there is of the record | no | yes |
| elements of an array without a comma between them, a comma without an element | all between two commas | no | no |
| the brackets of an array, the tags around elements | some bytes from the fault on | if more follow | yes |
| the root of XML, its encoding | the start tag, or nothing | yes | yes |
"""
