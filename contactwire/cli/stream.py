"""`contactwire convert` for sequences of contacts: record by record, in constant memory, with several processes if asked.

The codec of the source splits the input into records. Batches of records are converted, in this process or in others, and
written in their order. A bad record is left out, and its faults are reported with the line in the file.
"""

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
from contactwire.cli.documents import Limits, Source, Unreadable, faults_of, format_of, narrow, read_body
from contactwire.codecs import FORMATS, Format, Record
from contactwire.errors import ContactWireError, DecodeError

__all__ = ["convert_sequence", "is_sequence"]

_TARGETS = ("ndjson", "json", "xml")
_TYPE = ContactEntityWithLinks
_SOURCES: dict[str, Callable[[Any, Iterable[bytes]], Iterator[Record]]] = {
    "ndjson": lambda codec, chunks: codec.iter_records(chunks, framing="ndjson"),
    "json": lambda codec, chunks: codec.iter_records(chunks, framing="array"),
    "xml": lambda codec, chunks: codec.iter_records(chunks, _TYPE),
}
_FRAMES = {"ndjson": (b"", b"", b""), "json": (b"[", b",", b"]")}
"""The bytes before the first record, between two records, and after the last one."""
_BATCH = 64
_CHUNK = 2**16


def is_sequence(options: argparse.Namespace, head: bytes) -> bool:
    """Whether `convert` with these options reads or writes a sequence; `head` is the start of the input.

    Raises `Unreadable` for an input of unknown format.
    """
    target = FORMATS[options.to]
    if target.is_sequence:
        return True
    source = format_of(options.file, options.source, sequences=True)
    if source.is_sequence:
        return True
    return target.name in _TARGETS and options.indent is None and _begins_sequence(source, head)


def _begins_sequence(source: Format, head: bytes) -> bool:
    """Whether a document that starts with `head` is a list whose records can be read one by one."""
    return source.is_sequence or (source.name in _SOURCES and source.codec().holds_list(head))  # type: ignore[attr-defined]


Converted = tuple[bytes | None, list[dict[str, Any]]]
"""A record in the target format (None for a bad one), and its faults."""


@cache
def _codec(name: str, limits: Limits, dialect: str | None = None) -> Any:
    return limits.codec(FORMATS[name], dialect=dialect)


@attrs.frozen
class _Job:
    """How to convert each record; it is pickled for the processes that do it."""

    file: str
    source: Format
    target: str
    dialect: str | None
    limits: Limits

    @property
    def codec(self) -> Any:
        """The codec that reads the source."""
        return _codec(self.source.name, self.limits)

    def convert(self, records: list[tuple[int, Record]]) -> list[Converted]:
        """Convert records, each given with its index."""
        return [self._one(index, record) for index, record in records]

    def _one(self, index: int, record: Record) -> Converted:
        try:
            return b"".join(map(self.encode, self._decoded(record))), []
        except ContactWireError as error:
            return None, self._faults(index, record, error)

    def _decoded(self, record: Record) -> list[Any]:
        document = record.whole(self.limits.max_bytes)
        # The end of an XML document, after the last contact, is a record too, without a contact.
        many = self.source.name == "xml"
        contacts = self.codec.decode(document, list[_TYPE]) if many else [self.codec.decode(document, _TYPE)]
        # Only XML shows the class of a contact, as the name of its element.
        return list(map(narrow, contacts)) if self.target == "xml" else contacts

    def encode(self, contact: Any) -> bytes:
        """One contact in the target format, as it is inside a sequence."""
        if self.target == "xml":
            return self.framed([contact])[1]
        written: bytes = _codec(self.target, self.limits).encode(contact)
        return written + (b"\n" if self.target == "ndjson" else b"")

    def framed(self, contacts: list[Any]) -> tuple[bytes, bytes, bytes]:
        """A sequence in XML, in three parts: the start tag of its root, the content, and the end tag."""
        whole = b"".join(_codec("xml", self.limits, self.dialect).iter_encode(contacts))
        start, end = whole.index(b">") + 1, whole.rindex(b"</")
        return whole[:start], whole[start:end], whole[end:]

    def _faults(self, index: int, record: Record, error: ContactWireError) -> list[dict[str, Any]]:
        """The faults of a record, each with its line and column in the file.

        In an array or XML document, a pointer starts at the root of that (`/2/Name`); in NDJSON, at the record (`/Name`).
        """
        own = "/0" if self.source.name == "xml" else ""
        faults = faults_of(Source(self.file, self.source, record.document or b"", self.limits), error)
        # Each line of NDJSON is a document, so its pointers have no index.
        indexed = record.inside and not self.source.is_sequence and not isinstance(error, DecodeError)
        for fault in faults:
            fault["line"], fault["column"] = record.place(fault["line"], fault["column"])
            if indexed:
                fault["pointer"] = f"/{index}{fault['pointer'].removeprefix(own)}"
        return faults


def convert_sequence(options: argparse.Namespace, head: bytes, stream: BinaryIO) -> list[dict[str, Any]]:
    """Write each record of the input to standard output in the target format, in order; return the faults of bad records.

    The input is `head` and the bytes still in `stream`. Raises `Unreadable` for a target format without sequences.
    """
    if options.to not in _TARGETS:
        raise Unreadable(f"a sequence can be converted to {', '.join(_TARGETS)}, not to {options.to}")
    source = format_of(options.file, options.source, sequences=True)
    job = _Job(options.file, source, options.to, options.dialect, Limits.of(options))
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
    """Yield each converted record, in order; if the input breaks off or is malformed, that is the last fault."""
    if not _begins_sequence(job.source, head):
        yield from _from_document(read_body(stream, job.limits, head), job)
        return
    chunks = itertools.chain([head], iter(lambda: stream.read(_CHUNK), b""))
    faults: list[dict[str, Any]] = []
    batches = _batches(_until_broken(_SOURCES[job.source.name](job.codec, chunks), job, faults))
    results = map(job.convert, batches) if workers < 2 else _in_processes(job.convert, batches, workers)
    yield from itertools.chain.from_iterable(results)
    if faults:
        yield None, faults


def _until_broken(records: Iterator[Record], job: _Job, faults: list[dict[str, Any]]) -> Iterator[tuple[int, Record]]:
    """Yield the records with their indexes; a fault of the sequence itself ends it and is added to `faults`."""
    try:
        yield from enumerate(records)
    except ContactWireError as error:
        faults += faults_of(Source(job.file, job.source, b"", job.limits), error)


def _batches(records: Iterator[tuple[int, Record]]) -> Iterator[list[tuple[int, Record]]]:
    while batch := list(itertools.islice(records, _BATCH)):
        yield batch


def _in_processes(convert: Callable[[Any], Any], batches: Iterable[Any], workers: int) -> Iterator[Any]:
    """`map` on several processes, in order, with at most two batches for each process waiting at any time."""
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
    whole = Source(job.file, job.source, body, job.limits)
    try:
        contacts = whole.contact()
    except ContactWireError as error:
        yield None, faults_of(whole, error)
        return
    for contact in contacts if isinstance(contacts, list) else [contacts]:
        yield job.encode(contact), []


class _Writer:
    """Writes records as a sequence of the target format: brackets and commas in JSON, a root element in XML."""

    def __init__(self, stream: BinaryIO, job: _Job) -> None:
        self._stream = stream
        self._opening, self._between, self._closing = _FRAMES.get(job.target) or job.framed([])

    def write(self, body: bytes) -> None:
        """Write one record."""
        self._stream.write(self._opening + body)
        self._opening = self._between

    def close(self) -> None:
        """Write the end of the sequence."""
        self._stream.write((b"" if self._opening == self._between else self._opening) + self._closing)


class _Progress:
    """A progress bar that shows how much of the input has been read, if the stream is a terminal."""

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
        """Erase the bar."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
