"""What a run writes: the items of a sequence on standard output, and bad records with their faults in files beside.

Whatever stops a run, whole records were written: where the disk is full, what there is of a batch is taken back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from contactwire.cli.documents import data_of
from contactwire.cli.inputs import Unreadable, is_output, size_of
from contactwire.cli.terminals import has_no_reader
from contactwire.cli.works import Bad

__all__ = ["Rejects", "Sink", "write_all"]

FAULTS = ".faults.ndjson"


def write_all(stream: BinaryIO, body: bytes) -> None:
    """Write bytes to a stream, in several goes if need be: an unbuffered one writes as many as go at once."""
    left = memoryview(body)
    while left:
        left = left[stream.write(left) :]


class Sink:
    """Writes a sequence to a stream: what opens it, items with something between them, and what closes it."""

    is_exact = True

    def __init__(self, stream: BinaryIO, frame: tuple[bytes, bytes, bytes]) -> None:
        self._stream, (self._opening, self._between, self._closing) = stream, frame
        self._written = False
        self._size = size_of(stream)

    def write(self, results: list[bytes]) -> None:
        """Write items, all of them or none; an empty one is no item. Raises what the stream raises."""
        joined = self._between.join(filter(None, results))
        if joined:
            self._put((self._between if self._written else self._opening) + joined)
            self._written = True

    def close(self) -> None:
        """Write the end of the sequence."""
        self._put((b"" if self._written else self._opening) + self._closing)

    def _put(self, body: bytes) -> None:
        try:
            write_all(self._stream, body)
            self._stream.flush()
        except OSError as error:
            if not has_no_reader(error):
                self._take_back(len(body))
            raise
        self._size += len(body)

    def _take_back(self, size: int) -> None:
        """Cut off what a file got of the last `size` bytes, and drop those that Python would still write at its end."""
        with suppress(OSError):
            number = self._stream.fileno()
            if 0 < os.fstat(number).st_size - self._size < size:
                os.ftruncate(number, self._size)
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


class Rejects:
    """Writes bad records into a file as they came, in the form of their source, and their faults into another beside it.

    The file is a source of its own: NDJSON, a JSON array, or an XML sequence with the root of the source. The other one,
    with `.faults.ndjson` behind its name, is NDJSON with an object for each fault. `reject` counts the records of the first
    file, from 0; it is null where a record is not in it, since it is too long or has no end.

    Raises `Unreadable` for a file that has something in it: the rejects of a run that was stopped, or of one before.
    """

    def __init__(self, file: str, sources: Iterable[str]) -> None:
        self._file = Path(file)
        for source in sources:
            if self._file.exists() and Path(source).exists() and self._file.samefile(source):
                raise Unreadable(f"--rejects: {file} is what the command reads")
        paths = self._file, Path(file + FAULTS)
        for path in paths:
            if path.is_file() and path.stat().st_size:
                raise Unreadable(f"--rejects: {path} has something in it, which would be lost; name another file")
        try:
            self._records, self._faults = (path.open("wb") for path in paths)
        except OSError as error:
            raise Unreadable(f"--rejects: {error.filename}: {error.strerror}") from None
        if any(map(is_output, (self._records, self._faults))):
            raise Unreadable(f"--rejects: {file} is the output too")
        self._record_sink: Sink | None = None
        self._fault_sink = Sink(self._faults, (b"", b"", b""))
        self._around: tuple[bytes, bytes] | None = None
        self._count = 0

    def add(self, bad: Bad) -> None:
        """Write a record. Raises `Unreadable` for one whose source has another form than those before."""
        reject = self._count if bad.raw is not None else None
        if bad.raw is not None:
            self._write(bad.raw, bad.around)
        rows = ({"reject": reject, **data_of(fault)} for fault in bad.faults)
        self._fault_sink.write([json.dumps(row).encode() + b"\n" for row in rows])

    def _write(self, raw: bytes, around: tuple[bytes, bytes]) -> None:
        if self._around not in (None, around):
            raise Unreadable(f"--rejects: {self._file} has records of another form already; give each form a run of its own")
        self._around = opening, closing = around
        is_line = opening == b""
        if self._record_sink is None:
            frame = (b"", b"", b"") if is_line else (opening, b"," if opening == b"[" else b"\n", closing)
            self._record_sink = Sink(self._records, frame)
        self._record_sink.write([raw + closing if is_line else raw])
        self._count += 1

    def close(self) -> None:
        """Write the end of the sequence, and close both files."""
        if self._record_sink is not None:
            self._record_sink.close()
        self._records.close()
        self._faults.close()
