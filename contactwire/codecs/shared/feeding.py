r"""Streams, fed chunk by chunk to what cuts them into records: from sources of any kind, sync or async.

What cuts a stream, a splitter, does no input, so both kinds of sources share it. Its records are an iterator that yields
`MORE` where it cannot go on before the next chunk has been fed. `feed_from` and `afeed_from` have the loop that feeds it,
and differ in nothing but `await`. With chunks `a\\nb` and `\\n`, a splitter of lines takes these steps:

| yields | is fed |
| --- | --- |
| `MORE` | `a\\nb` |
| the record `a` | |
| `MORE` | `\\n` |
| the record `b` | |
| `MORE` | None, the end |
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from enum import Enum
from inspect import isasyncgen, isawaitable, iscoroutine, isgenerator
from typing import Any, Final, Protocol, TypeVar

from contactwire.codecs.shared.bodies import Body

__all__ = ["MORE", "Asking", "AsyncStream", "More", "Stream", "aeach", "afeed_from", "each", "feed_from"]

_CHUNK = 2**16
_BODY = (str, bytes, bytearray, memoryview)

T = TypeVar("T")


class _Readable(Protocol):
    def read(self, size: int, /) -> Body: ...


class _AsyncReadable(Protocol):
    def read(self, size: int, /) -> Awaitable[Body]: ...


Stream = Body | _Readable | Iterable[Body]
"""The source of records: an open file, a body, or an iterable of the chunks of one, wherever they are cut."""

AsyncStream = Stream | _AsyncReadable | AsyncIterable[Body]
"""A `Stream`, or one that is waited for: an object with an async `read`, or an async iterable of chunks."""


class More(Enum):
    """The type of `MORE`."""

    MORE = "more"


MORE: Final = More.MORE
"""What a splitter yields when it needs the next chunk."""

Asking = Generator[More, None, T]
"""A step of a splitter that may need more chunks: a generator that yields `MORE` for each, and returns its result."""


Feed = Callable[[Body | None], None]
"""Gives a splitter the next chunk, or None at the end of the stream."""


def feed_from(stream: Stream, feed: Feed, steps: Iterator[T | More]) -> Iterator[T]:
    """The `steps` that are made of a splitter's records, while `feed` gives it the chunks of a stream.

    A generator is closed when no more is read of it. Files and other objects are left as they are. Raises TypeError, at once
    where it can, for what is no stream.
    """
    return _fed(_chunks(stream), feed, steps)


def _fed(chunks: Generator[Body, None, None], feed: Feed, steps: Iterator[T | More]) -> Iterator[T]:
    with closing(chunks):
        for step in steps:
            if step is MORE:
                feed(next(chunks, None))
            else:
                yield step


def afeed_from(stream: AsyncStream, feed: Feed, steps: Iterator[T | More]) -> AsyncGenerator[T, None]:
    """What `feed_from` does, for a stream that may be async."""
    return _afed(_achunks(stream), feed, steps)


async def _afed(chunks: AsyncGenerator[Body, None], feed: Feed, steps: Iterator[T | More]) -> AsyncGenerator[T, None]:
    async with aclosing(chunks):
        for step in steps:
            if step is MORE:
                feed(await anext(chunks, None))
            else:
                yield step


def _chunks(stream: Any) -> Generator[Body, None, None]:
    if isinstance(stream, _BODY):
        return _cut(stream)
    if hasattr(stream, "read"):
        return _read(stream)
    try:
        return _checked_each(iter(stream))
    except TypeError:
        if hasattr(stream, "__aiter__"):
            raise _is_async(stream) from None
        message = f"a stream is an open file, a body, or an iterable of its chunks, not {type(stream).__name__}"
        raise TypeError(message) from None


def _achunks(stream: Any) -> AsyncGenerator[Body, None]:
    if hasattr(stream, "read") and not isinstance(stream, _BODY):
        return _aread(stream)
    return _achecked_each(stream if hasattr(stream, "__aiter__") else _chunks(stream))


def _cut(body: Any) -> Generator[Body, None, None]:
    """Pieces of 64 Ki bytes or characters of a body."""
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _read(stream: Any) -> Generator[Body, None, None]:
    read = _reader(stream)
    while chunk := _checked(read(_CHUNK), stream):
        yield chunk


async def _aread(stream: Any) -> AsyncGenerator[Body, None]:
    read = _reader(stream)
    while True:
        chunk = read(_CHUNK)
        if isawaitable(chunk):
            chunk = await chunk
        if not _checked(chunk, stream):
            return
        yield chunk


def _reader(stream: Any) -> Callable[[int], Any]:
    # `read` of a pipe or a connection waits for all of the bytes, `read1` for some of them.
    read: Callable[[int], Any] = getattr(stream, "read1", stream.read)
    return read


def _checked_each(chunks: Iterable[Any]) -> Generator[Body, None, None]:
    with closing(each(chunks)) as items:
        for chunk in items:
            yield from _cut(_checked(chunk, chunks))


async def _achecked_each(chunks: Any) -> AsyncGenerator[Body, None]:
    async with aclosing(aeach(chunks)) as items:
        async for chunk in items:
            for piece in _cut(_checked(chunk, chunks)):
                yield piece


def _checked(chunk: Any, stream: Any) -> Any:
    if isinstance(chunk, _BODY):
        return chunk
    if iscoroutine(chunk):
        # Closed, so that Python does not warn that nobody has awaited it.
        chunk.close()
        raise _is_async(stream)
    raise TypeError(f"a chunk of a stream is bytes, bytearray, memoryview or str, not {type(chunk).__name__}")


def _is_async(stream: Any) -> TypeError:
    return TypeError(f"{type(stream).__name__} is read asynchronously: use aiter_decode")


def each(items: Iterable[T]) -> Generator[T, None, None]:
    """The items of an iterable; closes it in the end if it is a generator."""
    iterator = iter(items)
    try:
        # `yield from` would close whatever has a `close`, such as a connection.
        for item in iterator:  # noqa: UP028
            yield item
    finally:
        if isgenerator(iterator):
            iterator.close()


async def aeach(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """The items of an iterable that may be async; closes it in the end if it is a generator."""
    if not isinstance(items, AsyncIterable):
        with closing(each(items)) as known:
            for item in known:
                yield item
        return
    iterator = aiter(items)
    try:
        async for item in iterator:
            yield item
    finally:
        if isasyncgen(iterator):
            await iterator.aclose()
