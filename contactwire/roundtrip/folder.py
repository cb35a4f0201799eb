"""A folder of recorded bodies, sent through every codec.

The suffix of a file tells its format: `.json`, `.xml`, `.form`, `.json-patch`, `.merge-patch`; `.ndjson` and `.jsonl` hold a
document a line, and a list in JSON or XML one in each item. Files with another suffix are skipped.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, TextIO, TypeVar

from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import FORMATS, MAX_BYTES, Codec, Format, Record, format_of_file
from contactwire.errors import ContactWireError
from contactwire.roundtrip.replay import Recording, Report, replay
from contactwire.wire import Carrier

__all__ = ["bodies_in", "is_json_patch", "name_of", "recorded", "replay_folder", "whole"]

T = TypeVar("T")

_HEAD = 2**16
_BAR = 30


def replay_folder(
    folder: Any, codecs: Mapping[str, Codec], *, type: type[Carrier] = ContactEntityWithLinks, progress: TextIO | None = None
) -> Report:
    """Report what some codecs, given by name, would lose of the bodies in a folder (at any depth), or in one file.

    The suffix of a file tells the format of its body; each line of an NDJSON file and each item of a list is a body of
    its own. A body holds a carrier of class `type`, or a patch. `progress` is the stream for a progress bar. Raises
    OSError for a folder or file that cannot be read.
    """
    files = bodies_in(folder)
    known = [(path, name, found) for path, name in files if (found := format_of_file(path.name))]
    skipped = [name for path, name in files if not format_of_file(path.name)]
    return replay(_recordings(_shown(known, progress), type), codecs, skipped)


def bodies_in(folder: Any) -> list[tuple[Path, str]]:
    """The files in a folder (at any depth), or one file, each with its name in a report.

    Raises OSError for a folder or file that cannot be read.
    """
    root = Path(folder)
    return [(path, name_of(path, root)) for path in _files(root)]


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(root))
    return sorted(path for path in root.rglob("*") if path.is_file())


def name_of(path: PurePath, root: PurePath) -> str:
    """The name of a file in a report."""
    # With slashes on each system, so that a report of one is a baseline for another.
    name = path.relative_to(root).as_posix() if path != root else path.name
    # A file's name may be any bytes (PEP 383), and bytes that are not UTF-8 could not be printed.
    return name.encode("utf-8", "replace").decode()


def _recordings(files: Iterable[tuple[Path, str, Format]], type_: Any) -> Iterator[Recording]:
    for path, name, known in files:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            if known.holds_records(head) and not is_json_patch(known, head):
                # Not by lines, of which a file may have a single one.
                yield from _records(chain([head], iter(partial(stream.read, _HEAD), b"")), name, known, type_)
            else:
                # One more byte than a codec takes tells it that there are more.
                body = head + stream.read(MAX_BYTES + 1 - len(head))
                yield whole(body, name, known, type_)


def _records(chunks: Iterable[bytes], name: str, known: Format, type_: Any) -> Iterator[Recording]:
    """A recording for each record of a file; one at a time is in memory."""
    codec: Any = known.codec()
    inside = known.codec_of_records(codec)
    try:
        for index, record in enumerate(known.iter_records(codec, chunks, type_)):
            yield recorded(name, known, inside, type_, index, record)
    except ContactWireError as error:
        yield Recording(name, codec, b"", type_, error=error)


def recorded(name: str, known: Format, codec: Codec, type_: Any, index: int, record: Record) -> Recording:
    """The recording of a record of a file; in NDJSON it is named after its line."""
    named = f"{name}:{record.line}" if known.is_sequence else name
    # Of a record that is too long the beginning is kept, so any body of that length is refused in its place.
    body = bytes(MAX_BYTES + 1) if record.too_long else record.document
    document = list[type_] if known.name == "xml" else type_
    return Recording(named, codec, body, document, partial(known.pointer_of, index, record), located=record.located)


def whole(body: bytes, name: str, known: Format, type_: Any) -> Recording:
    """The recording of a file that holds one document."""
    if is_json_patch(known, body):
        known = FORMATS["json-patch"]
    return Recording(name, known.codec(), body, type_)


def is_json_patch(known: Format, head: bytes) -> bool:
    """Whether a body that begins with `head` is a JSON Patch: clients send patches as plain `application/json` too."""
    if known.name != "json" or not known.holds_records(head):
        return False
    codec: Any = known.codec()
    try:
        first = next(known.iter_records(codec, [head], None), None)
        operation = first and codec.read(first.document, None)
    except ContactWireError:
        return False
    return isinstance(operation, dict) and {"op", "path"} <= operation.keys()


def _shown(files: Sequence[T], stream: TextIO | None) -> Iterator[T]:
    """The same files; a bar on the stream shows how many of them have been taken."""
    for done, file in enumerate(files):
        if stream is not None:
            filled = _BAR * done // len(files)
            stream.write(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{len(files)}")
            stream.flush()
        yield file
    if stream is not None:
        stream.write("\r\x1b[K")
        stream.flush()
