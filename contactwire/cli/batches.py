"""The records of a sequence in batches, which are worked on as one, by another process if need be.

NDJSON goes in blocks of whole lines, which are cut into records where the work is done, so that the process that reads does
little. The records of arrays and of XML are found one by one, and go in lists.
"""

from __future__ import annotations

import itertools
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import attrs

from contactwire.cli.inputs import Damaged, Place
from contactwire.codecs import Record
from contactwire.errors import ContactWireError

__all__ = ["Batch", "blocks", "lists"]

_RECORDS = 64
_BYTES = 2**18
# What a process reads for itself is only named to it, so that naming it seldom is all that saves time.
_BYTES_OF_SPAN = 2**20


Records = list[tuple[int, Record]]
"""Records, each with its index."""


@attrs.frozen
class Block:
    """Lines, the number of the first one, and which of the records in them are meant.

    Of lines in a file, `body` may be what reads them, for another process to call: sending them takes longer than that.
    """

    body: bytes | Callable[[], bytes]
    line: int
    start: int = 0
    end: int | None = None

    def records(self, reading: Any) -> Iterator[tuple[int, Record]]:
        """The records in the lines, with 0 for all indexes: a line of NDJSON is a document, whose pointers have no index.

        `reading` is how a file is read. Raises `Unreadable` where the file is another one by now, or has become shorter.
        """
        body = self.body if isinstance(self.body, bytes) else self.body()
        # Only the first line of all may begin with a byte order mark.
        shift = self.line > 1 and body.startswith(BOM_UTF8)
        for record in itertools.islice(reading.records([b"\n" * shift, body]), self.start, self.end):
            record.line += self.line - 1 - shift
            yield 0, record


Batch = Records | Block
"""Some records."""


def lists(records: Iterator[tuple[int, Record]], skip: int, limit: int | None) -> Iterator[Records]:
    """Batches of records, without the first `skip` ones, and `limit` at most; many records, or many bytes, end a batch.

    Raises what the records raise, once those in front of it are out.
    """
    batch: Records = []
    size = 0
    try:
        for index, record in itertools.islice(records, skip, None if limit is None else skip + limit):
            batch.append((index, record))
            size += len(record.document)
            if len(batch) >= _RECORDS or size >= _BYTES:
                yield batch
                batch, size = [], 0
    except (ContactWireError, Damaged):
        yield batch
        raise
    yield batch


def blocks(chunks: Iterable[bytes], reading: Any, skip: int, limit: int | None, file: Place | None) -> Iterator[Block]:
    """Batches of lines, without the first `skip` records; each has `limit` records at most.

    With a `file`, whose bytes the chunks are, batches tell where in it they are. Raises `Damaged` as the chunks do, once the
    whole lines in front of it are out.
    """
    line = 1
    for offset, pieces in _lines(chunks, reading.limits.max_bytes, _BYTES if file is None else _BYTES_OF_SPAN):
        count = sum(1 for _ in Block(b"".join(pieces), line).records(reading)) if skip else 1
        if count > skip:
            body = b"".join(pieces) if file is None or offset is None else partial(file.read, offset, sum(map(len, pieces)))
            yield Block(body, line, skip, None if limit is None else skip + limit)
        skip -= min(skip, count)
        line += sum(map(_line_feeds, pieces))


def _line_feeds(piece: bytes) -> int:
    """How many line feeds are in a piece; `count` takes eight times as long to count those of long lines."""
    count, place = 0, piece.find(b"\n")
    while place >= 0:
        count, place = count + 1, piece.find(b"\n", place + 1)
    return count


def _lines(chunks: Iterable[bytes], max_bytes: int, size_of_body: int) -> Iterator[tuple[int | None, list[bytes]]]:
    """The pieces of bodies of whole lines, each with its offset.

    What is too long of a line is left out, and then there is no offset.
    """
    pieces: list[bytes] = []
    offset: int | None = 0
    size = unfinished = 0
    try:
        for chunk in chunks:
            end = chunk.rfind(b"\n") + 1
            if not end and unfinished > max_bytes:
                offset = None
                continue
            unfinished = len(chunk) - end if end else unfinished + len(chunk)
            if end and size + end >= size_of_body:
                yield offset, [*pieces, chunk[:end]]
                offset = None if offset is None else offset + size + end
                pieces, size, chunk = [], 0, chunk[end:]
            pieces.append(chunk)
            size += len(chunk)
    except Damaged:
        body = b"".join(pieces)
        yield offset, [body[: body.rfind(b"\n") + 1]]
        raise
    yield offset, pieces
