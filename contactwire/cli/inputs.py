"""The bytes of a file or of standard input, decompressed where they are compressed.

The content tells the compression (the magic number of its format), and so does the suffix, which is taken off before the
suffix of the document's format is looked at: `contacts.ndjson.gz` is NDJSON in gzip.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

import attrs

from contactwire.codecs import place_behind
from contactwire.errors import DecodeError

__all__ = [
    "STANDARD_INPUT",
    "Damaged",
    "Input",
    "Place",
    "Unreadable",
    "is_output",
    "opened",
    "size_of",
    "without_compression",
]

STANDARD_INPUT = "-"
_HEAD = 2**16
_LONGEST_MAGIC = 10
_CHUNK = 2**18
# A decompressor keeps what stands behind its stream, so with larger pieces many small streams would take longer.
_PIECE = 2**13


class Unreadable(Exception):
    """A file or an argument that a command cannot use; the message says which one, and why."""


class Damaged(Exception):
    """Compressed data that end too early or are no such data: the `error`, at the last place that was decompressed."""

    def __init__(self, error: DecodeError) -> None:
        super().__init__(error.detail)
        self.error = error


class _Streams:
    """A reader of compressed streams that stand one behind the other, of which each has a decompressor of its own.

    Unlike the files of `bz2` and `lzma`, which end in silence there, it refuses what is no stream behind the first one.
    """

    def __init__(self, stream: Any, new: Callable[[], Any]) -> None:
        self._stream, self._new = stream, new
        self._data = b""
        self._current: Any = None

    def read1(self, size: int) -> bytes:
        """Some bytes, `size` at most, and none at the end. Raises EOFError where a stream has no end."""
        found = b""
        while not found and (current := self._begun()):
            data, self._data = self._data, b""
            found = current.decompress(data, size)
            if current.eof:
                self._data, self._current = current.unused_data, None
        return found

    def _begun(self) -> Any:
        """The decompressor of a stream that is not at its end, which gets `_data`; None at the end of all streams."""
        if self._current is not None:
            if self._current.needs_input and not self._read():
                raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        # xz fills up with zeros behind its streams, and so do tapes.
        elif self._read(padding=b"\0"):
            self._current = self._new()
        return self._current

    def _read(self, padding: bytes = b"") -> bytes:
        """What `_data` has, which is read if there is nothing; without the `padding` in front of it."""
        data = self._data.lstrip(padding)
        while not data and (piece := self._stream.read1(_PIECE)):
            data = piece.lstrip(padding)
        self._data = data
        return data


@attrs.frozen
class _Compression:
    """A compression: its name, the suffix of its files, how they begin, the modules for it, and their error.

    `decompressor` is the name of what a module has for one stream; without it, what the module opens reads them all.
    `advice` says how to get a module where there is none.
    """

    name: str
    suffix: str
    magic: re.Pattern[bytes]
    modules: tuple[str, ...]
    error: str = ""
    decompressor: str = ""
    advice: str = "a Python that was built with it"

    def reader(self, stream: Any, file: str) -> tuple[Any, tuple[type[Exception], ...]]:
        """A file that reads the decompressed bytes, and the errors that say that the data are damaged."""
        for name in self.modules:
            try:
                module = importlib.import_module(name)
            except ImportError:
                continue
            plain = _Streams(stream, getattr(module, self.decompressor)) if self.decompressor else module.open(stream)
            return plain, (EOFError, OSError, *([attrgetter(self.error)(module)] if self.error else []))
        raise Unreadable(f"{file}: {self.name} needs {self.advice}")


_COMPRESSIONS = (
    _Compression("gzip", ".gz", re.compile(rb"\x1f\x8b"), ("gzip",), "zlib.error"),
    _Compression("bzip2", ".bz2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), ("bz2",), decompressor="BZ2Decompressor"),
    _Compression("xz", ".xz", re.compile(rb"\xfd7zXZ\x00"), ("lzma",), "LZMAError", "LZMADecompressor"),
    # The first frame may be one to be skipped (RFC 8878, section 3.1.2), as pzstd writes them.
    _Compression(
        "Zstandard",
        ".zst",
        re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
        ("compression.zstd", "backports.zstd"),
        "ZstdError",
        advice="Python 3.14 or an extra: pip install 'contactwire[zstd]'",
    ),
)


def _by_suffix(file: str) -> _Compression | None:
    return next((known for known in _COMPRESSIONS if file.lower().endswith(known.suffix)), None)


def without_compression(file: str) -> str:
    """The name of a file without the suffix of its compression."""
    found = _by_suffix(file)
    return file if found is None else file[: -len(found.suffix)]


class _Counted(io.RawIOBase):
    """A stream of a name, whose first bytes are its `head` too; it counts the bytes that it gives.

    Raises `Unreadable` where the device fails, which is so neither damage of the data nor an error of what is written.
    """

    def __init__(self, name: str, stream: Any) -> None:
        super().__init__()
        self._name, self._stream, self.count = name, stream, 0
        self.head = self._left = self._given(stream.read, _LONGEST_MAGIC)

    def readable(self) -> bool:
        """Yes."""
        return True

    def read1(self, size: int) -> bytes:
        """Some bytes, `size` at most, which the stream has at once; none at the end."""
        piece = self._left[:size] or self._given(self._stream.read1, size)
        self._left = self._left[size:]
        self.count += len(piece)
        return piece

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the stream has bytes at once."""
        piece = self.read1(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _given(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except OSError as error:
            raise Unreadable(f"{self._name}: {error.strerror}") from None


@attrs.frozen
class Place:
    """A file that another process can open: its path, and the device and number by which it is known again."""

    path: str
    device: int
    number: int

    @classmethod
    def of(cls, name: str, stream: Any) -> Place | None:
        """The place of an open file; None for what is no file, or is not found again by its name."""
        found, path = _regular(stream), Path(name).resolve()
        with suppress(OSError):
            if found is not None and os.path.samestat(found, path.stat()):
                return cls(str(path), found.st_dev, found.st_ino)
        return None

    def read(self, offset: int, size: int) -> bytes:
        """The bytes at an offset. Raises `Unreadable` where the file is another one by now, or has become shorter."""
        try:
            with open(self.path, "rb") as stream:
                found = os.fstat(stream.fileno())
                stream.seek(offset)
                body = stream.read(size)
        except OSError as error:
            raise Unreadable(f"{self.path}: {error.strerror}") from None
        if (found.st_dev, found.st_ino) != (self.device, self.number) or len(body) < size:
            raise Unreadable(f"{self.path}: the file has changed while it was read")
        return body


class Input:
    """A file that is read: `name`, `head`, `read`, and for a progress bar the `position` in it and its `size` (0: unknown).

    The `head` is the first 64 kB, or as many bytes as there are; where data are damaged, those in front of the damage.
    """

    def __init__(self, name: str, stream: Any) -> None:
        self.name, self.size = name, size_of(stream)
        self._place = Place.of(name, stream)
        self._counted = _Counted(name, stream)
        self._compression = _compression(name, self._counted.head)
        self._plain: Any = self._counted
        self._errors: tuple[type[Exception], ...] = ()
        self._damage: Damaged | None = None
        self._left = b""
        self._place_behind = 1, 1
        if self._compression is not None:
            self._plain, self._errors = self._compression.reader(io.BufferedReader(self._counted, _CHUNK), name)
        self.head = self._left = self._first(_HEAD)

    @property
    def file(self) -> Place | None:
        """The file that has these very bytes; None for standard input, what is compressed, and pipes."""
        return self._place if self._compression is None and self.name != STANDARD_INPUT else None

    @property
    def position(self) -> int:
        """How many bytes of the file were read; of a compressed one, compressed bytes."""
        return self._counted.count

    def read(self, size: int = _CHUNK) -> bytes:
        """Some bytes, `size` at most, and none at the end; the first ones are those of the `head`.

        Raises `Damaged` for compressed data that are damaged, once all that stands in front was read, and `Unreadable`.
        """
        if self._left:
            piece, self._left = self._left[:size], self._left[size:]
            return piece
        if self._damage is not None:
            raise self._damage
        try:
            found: bytes = self._plain.read1(size)
        except self._errors as error:
            assert self._compression is not None
            message = f"the {self._compression.name} data are damaged: {error}"
            self._damage = Damaged(DecodeError(message, *self._place_behind))
            raise self._damage from None
        if self._compression is not None:
            self._place_behind = place_behind(found, *self._place_behind)
        return found

    def _first(self, size: int) -> bytes:
        pieces: list[bytes] = []
        with suppress(Damaged):
            while (missing := size - sum(map(len, pieces))) > 0 and (piece := self.read(missing)):
                pieces.append(piece)
        return b"".join(pieces)


def _compression(name: str, head: bytes) -> _Compression | None:
    found = next((known for known in _COMPRESSIONS if known.magic.match(head)), None)
    named = _by_suffix(name)
    if named is not None and found is not named and head:
        raise Unreadable(f"{name}: the suffix says {named.name}, which the content is not")
    return found


def _regular(stream: Any) -> os.stat_result | None:
    """What the system tells of an open file; None for what is no regular one, such as a pipe, or one in memory."""
    try:
        found = os.fstat(stream.fileno())
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def size_of(stream: Any) -> int:
    """The size of an open file; 0 for what is no regular one."""
    found = _regular(stream)
    return 0 if found is None else found.st_size


@contextmanager
def opened(file: str) -> Iterator[Input]:
    """Open a file to read from; `-` is standard input, which stays open. Raises `Unreadable`."""
    source: Any
    if file == STANDARD_INPUT:
        if sys.stdin is None:
            raise Unreadable(f"{file}: standard input is closed")
        source = nullcontext(sys.stdin.buffer)
    else:
        try:
            source = open(file, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise Unreadable(f"{file}: {error.strerror}") from None
    with source as stream:
        if is_output(stream):  # which might then never end
            raise Unreadable(f"{file}: the output is the file that is read")
        yield Input(file, stream)


def is_output(stream: Any) -> bool:
    """Whether an open file is a regular one, and standard output is the same."""
    found, output = _regular(stream), _regular(sys.stdout)
    return found is not None and output is not None and os.path.samestat(found, output)
