"""`contactwire convert` for sequences of contacts: record by record, in constant memory, on several processes if asked."""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from typing import Any, BinaryIO, TextIO

import attrs

from contactwire.carriers import ContactEntityWithLinks
from contactwire.cli.documents import Source, Unreadable, faults_of, format_of, narrow
from contactwire.codecs import FORMATS, Format, Record
from contactwire.codecs.json import JsonCodec
from contactwire.codecs.xml import XmlCodec
from contactwire.errors import ContactWireError, DecodeError

__all__ = ["convert_sequence", "is_sequence"]

_TARGETS = ("ndjson", "json", "xml")
_TYPE = ContactEntityWithLinks
_JSON, _XML = JsonCodec(), XmlCodec()
_SOURCES: dict[str, Callable[[Iterable[bytes]], Iterator[Record]]] = {
    "ndjson": lambda chunks: _JSON.iter_records(chunks, framing="ndjson"),
    "json": lambda chunks: _JSON.iter_records(chunks, framing="array"),
    "xml": lambda chunks: _XML.iter_records(chunks, _TYPE),
}
_FRAMES = {"ndjson": (b"", b"", b""), "json": (b"[", b",", b"]")}
"""What stands in front of the first record, between two, and behind the last."""
_BATCH = 64
_CHUNK = 2**16


def is_sequence(options: argparse.Namespace, head: bytes) -> bool:
    """Whether a call of `convert` on an input that begins so reads or writes a sequence of records. Raises `Unreadable`."""
    target = FORMATS[options.to]
    if target.is_sequence:
        return True
    source = format_of(options.file, options.source, sequences=True)
    if source.is_sequence:
        return True
    return target.name in _TARGETS and options.indent is None and _begins_sequence(source, head)


def _begins_sequence(source: Format, head: bytes) -> bool:
    """Whether a document that begins so is a list of which each record can be read by itself."""
    return source.is_sequence or (source.name in _SOURCES and source.codec().holds_list(head))  # type: ignore[attr-defined]


Converted = tuple[bytes | None, list[dict[str, Any]]]
"""A record in the target format, None for a bad one, and its faults."""


@cache
def _xml_codec(dialect: str | None) -> Any:
    return FORMATS["xml"].codec(dialect=dialect)


@attrs.frozen
class _Job:
    """How each record is converted; travels to the processes that do it."""

    file: str
    source: Format
    target: str
    dialect: str | None

    def convert(self, records: list[tuple[int, Record]]) -> list[Converted]:
        """The converted records, None for a bad one, each with its faults."""
        return [self._one(index, record) for index, record in records]

    def _one(self, index: int, record: Record) -> Converted:
        try:
            return b"".join(map(self.encode, self._decoded(record))), []
        except ContactWireError as error:
            return None, self._faults(index, record, error)

    def _decoded(self, record: Record) -> list[Any]:
        document = record.whole(_JSON.max_bytes)
        # What stands behind the last contact of XML is a record too, with no contact in it.
        many = self.source.name == "xml"
        contacts = _XML.decode(document, list[_TYPE]) if many else [_JSON.decode(document, _TYPE)]
        # The class of a contact shows in XML alone.
        return list(map(narrow, contacts)) if self.target == "xml" else contacts

    def encode(self, contact: Any) -> bytes:
        """One contact as the target has it inside a sequence."""
        if self.target == "xml":
            return self.framed([contact])[1]
        return _JSON.encode(contact) + (b"\n" if self.target == "ndjson" else b"")

    def framed(self, contacts: list[Any]) -> tuple[bytes, bytes, bytes]:
        """A sequence in XML: the start tag of its root, what is inside, and the end tag."""
        whole = b"".join(_xml_codec(self.dialect).iter_encode(contacts))
        start, end = whole.index(b">") + 1, whole.rindex(b"</")
        return whole[:start], whole[start:end], whole[end:]

    def _faults(self, index: int, record: Record, error: ContactWireError) -> list[dict[str, Any]]:
        """The faults of a record, each with its place in the file; inside a document their pointers start at its root."""
        own = "/0" if self.source.name == "xml" else ""
        faults = faults_of(Source(self.file, self.source, record.document or b""), error)
        # The lines of NDJSON are documents of their own.
        indexed = record.inside and not self.source.is_sequence and not isinstance(error, DecodeError)
        for fault in faults:
            fault["line"], fault["column"] = record.place(fault["line"], fault["column"])
            if indexed:
                fault["pointer"] = f"/{index}{fault['pointer'].removeprefix(own)}"
        return faults


def convert_sequence(options: argparse.Namespace, head: bytes, stream: BinaryIO) -> list[dict[str, Any]]:
    """Write each record of the input in the target format, in order, and give the faults of those that are left out.

    The input is `head`, and what is left in `stream`. Raises `Unreadable` for a target that has no sequences.
    """
    if options.to not in _TARGETS:
        raise Unreadable(f"a sequence goes to {', '.join(_TARGETS)}, not to {options.to}")
    source = format_of(options.file, options.source, sequences=True)
    job = _Job(options.file, source, options.to, options.dialect)
    faults: list[dict[str, Any]] = []
    writer = _Writer(sys.stdout.buffer, job)
    progress = _Progress(sys.stderr, _size(stream))
    for body, found in _converted(head, stream, job, options.workers):
        progress.step(stream)
        faults += found
        if body:
            writer.write(body)
    progress.done()
    writer.close()
    return faults


def _size(stream: BinaryIO) -> int:
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0


def _converted(head: bytes, stream: BinaryIO, job: _Job, workers: int) -> Iterator[Converted]:
    """What becomes of each record, in order; where the next one cannot be made out, that is the last fault."""
    chunks = itertools.chain([head], iter(lambda: stream.read(_CHUNK), b""))
    if not _begins_sequence(job.source, head):
        yield from _from_document(b"".join(chunks), job)
        return
    faults: list[dict[str, Any]] = []
    batches = _batches(_until_broken(_SOURCES[job.source.name](chunks), job, faults))
    results = map(job.convert, batches) if workers < 2 else _in_processes(job.convert, batches, workers)
    yield from itertools.chain.from_iterable(results)
    if faults:
        yield None, faults


def _until_broken(records: Iterator[Record], job: _Job, faults: list[dict[str, Any]]) -> Iterator[tuple[int, Record]]:
    """The records with their indexes; what is wrong with the sequence itself is added to `faults`."""
    try:
        yield from enumerate(records)
    except ContactWireError as error:
        faults += faults_of(Source(job.file, job.source, b""), error)


def _batches(records: Iterator[tuple[int, Record]]) -> Iterator[list[tuple[int, Record]]]:
    while batch := list(itertools.islice(records, _BATCH)):
        yield batch


def _in_processes(convert: Callable[[Any], Any], batches: Iterable[Any], workers: int) -> Iterator[Any]:
    """`map` on several processes, in order, with few batches under way at any time."""
    waiting: deque[Future[Any]] = deque()
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for batch in batches:
            waiting.append(pool.submit(convert, batch))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _from_document(body: bytes, job: _Job) -> Iterator[Converted]:
    """The contacts of a whole document."""
    whole = Source(job.file, job.source, body)
    try:
        contacts = whole.contact()
    except ContactWireError as error:
        yield None, faults_of(whole, error)
        return
    for contact in contacts if isinstance(contacts, list) else [contacts]:
        yield job.encode(contact), []


class _Writer:
    """Frames the records that it is given as a sequence of the target format."""

    def __init__(self, stream: BinaryIO, job: _Job) -> None:
        self._stream = stream
        self._opening, self._between, self._closing = _FRAMES.get(job.target) or job.framed([])

    def write(self, body: bytes) -> None:
        """Write one record."""
        self._stream.write(self._opening + body)
        self._opening = self._between

    def close(self) -> None:
        """Write what ends the sequence."""
        self._stream.write((b"" if self._opening == self._between else self._opening) + self._closing)


class _Progress:
    """A bar on a terminal that shows how much of the input is done; nothing anywhere else."""

    def __init__(self, stream: TextIO, size: int) -> None:
        self._stream, self._size, self._count = stream, size, 0
        self._shown = stream.isatty()

    def step(self, source: BinaryIO) -> None:
        """Count a record."""
        self._count += 1
        if self._shown and self._count % _BATCH == 0:
            done = min(1.0, source.tell() / self._size) if self._size and source.seekable() else 0.0
            bar = "█" * int(30 * done)
            self._stream.write(f"\r{bar:░<30} {done:4.0%} {self._count} contacts")
            self._stream.flush()

    def done(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
