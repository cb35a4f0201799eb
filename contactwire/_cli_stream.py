"""`contactwire convert` for sequences of contacts: record by record, in constant memory, on several processes if asked."""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, BinaryIO, TextIO

import attrs

from contactwire._cli_documents import FORMATS, STANDARD_INPUT, Source, Unreadable, faults_of, narrow
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs._bodies import MAX_BYTES
from contactwire.codecs.json import BadRecord, JsonCodec
from contactwire.errors import ContactWireError, ContentTooLarge

__all__ = ["SEQUENCES", "convert_sequence", "is_sequence"]

SEQUENCES = ("ndjson",)
"""The formats that are sequences whatever they hold."""

_SUFFIXES = (".ndjson", ".jsonl")
_TARGETS = ("ndjson", "json", "xml")
_BATCH = 64
_FIRST_CHILD = re.compile(rb"(<ArrayOf[^>]*>)(.*)(</ArrayOf[^>]*>)", re.DOTALL)


def is_sequence(options: argparse.Namespace) -> bool:
    """Whether a call of `convert` reads or writes a sequence of records."""
    named = options.source in SEQUENCES or options.to in SEQUENCES
    return named or (options.source is None and options.file.lower().endswith(_SUFFIXES))


@attrs.frozen
class _Job:
    """How each record is converted; travels to the processes that do it."""

    file: str
    target: str
    options: dict[str, Any]

    def convert(self, records: list[tuple[int, bytes]]) -> list[tuple[bytes | None, list[dict[str, Any]]]]:
        """The converted records, None for a bad one, each with its faults."""
        return [self._one(line, body) for line, body in records]

    def _one(self, line: int, body: bytes) -> tuple[bytes | None, list[dict[str, Any]]]:
        try:
            if len(body) > MAX_BYTES:
                raise ContentTooLarge(f"the record has more than the {MAX_BYTES} bytes that are allowed")
            return self.encode(narrow(JsonCodec().decode(body, ContactEntityWithLinks))), []
        except ContactWireError as error:
            return None, [{**fault, "line": line} for fault in faults_of(Source(self.file, "json", body), error)]

    def encode(self, contact: Any) -> bytes:
        """One contact as the target has it inside a sequence."""
        if self.target == "xml":
            # In a list of its own, so that it is spelled as an item of the list that is written.
            found = _FIRST_CHILD.search(FORMATS["xml"].codec(**self.options).encode([contact]))
            assert found is not None
            return found[0]
        return JsonCodec().encode(contact)


def convert_sequence(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Write each record of the input in the target format, in order, and give the faults of those that are left out.

    Raises `Unreadable` for a file that cannot be opened, and for a target that has no sequences.
    """
    if options.to not in _TARGETS:
        raise Unreadable(f"a sequence goes to {', '.join(_TARGETS)}, not to {options.to}")
    known = {name: getattr(options, name) for name in ("dialect",)}
    job = _Job(options.file, options.to, known)
    faults: list[dict[str, Any]] = []
    with _opened(options.file) as stream:
        writer = _Writer(sys.stdout.buffer, options.to)
        progress = _Progress(sys.stderr, _size(stream))
        for body, found in _converted(stream, job, options):
            progress.step(stream)
            faults += found
            if body is not None:
                writer.write(body)
        progress.done()
        writer.close()
    return faults


def _opened(file: str) -> Any:
    try:
        return open(0 if file == STANDARD_INPUT else file, "rb", closefd=file != STANDARD_INPUT)
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None


def _size(stream: BinaryIO) -> int:
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0


Converted = tuple[bytes | None, list[dict[str, Any]]]


def _converted(stream: BinaryIO, job: _Job, options: argparse.Namespace) -> Iterator[Converted]:
    if options.source not in (None, "ndjson"):
        return _from_document(stream, job, options.source)
    batches = _batches(_lines(stream))
    results = map(job.convert, batches) if options.workers < 2 else _in_processes(job.convert, batches, options.workers)
    return itertools.chain.from_iterable(results)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The records of an NDJSON stream with their lines' numbers; of one that is too long, just enough to say so."""
    for number in itertools.count(1):
        line = stream.readline(MAX_BYTES + 2)
        if not line:
            return
        rest = line
        while len(rest) == MAX_BYTES + 2 and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_BYTES + 2)
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def _batches(records: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
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


def _from_document(stream: BinaryIO, job: _Job, source: str) -> Iterator[Converted]:
    """The contacts of a JSON array, or of a whole document in another format."""
    if source == "json":
        for record in JsonCodec().iter_decode(stream, ContactEntityWithLinks, framing=None, on_error="yield"):
            if isinstance(record, BadRecord):
                faults = faults_of(Source(job.file, "json", b""), record.error)
                yield None, [{**fault, "line": record.line} for fault in faults]
            else:
                yield job.encode(narrow(record)), []
        return
    whole = Source(job.file, source, stream.read())
    try:
        contacts = whole.contact()
    except ContactWireError as error:
        yield None, faults_of(whole, error)
        return
    for contact in contacts if isinstance(contacts, list) else [contacts]:
        yield job.encode(contact), []


class _Writer:
    """Frames the records that it is given as a sequence of the target format."""

    def __init__(self, stream: BinaryIO, target: str) -> None:
        self._stream, self._target = stream, target
        self._end = b""
        self._count = 0

    def write(self, body: bytes) -> None:
        """Write one record."""
        if self._target == "ndjson":
            self._stream.write(body + b"\n")
        elif self._target == "json":
            self._stream.write((b"," if self._count else b"[") + body)
        else:
            found = _FIRST_CHILD.search(body)
            assert found is not None
            self._stream.write(found[2] if self._count else found[1] + found[2])
            self._end = found[3]
        self._count += 1

    def close(self) -> None:
        """Write what ends the sequence."""
        if self._target == "json":
            self._stream.write(b"]" if self._count else b"[]")
        elif self._target == "xml":
            self._stream.write(self._end or b"<ArrayOfContactEntity/>")


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
