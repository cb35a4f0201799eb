"""A folder of recorded bodies, sent through every codec.

The suffix of a file tells its format: `.json`, `.xml`, `.form`, `.json-patch`, `.merge-patch`; `.ndjson` and `.jsonl` hold a
document a line. Files with another suffix are skipped.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import FORMATS, MAX_BYTES, Codec, Format, format_of_file
from contactwire.roundtrip.replay import Recording, Report, replay

__all__ = ["replay_folder"]

_BAR = 30


def replay_folder(
    folder: Any, codecs: Mapping[str, Codec], *, type: Any = ContactEntityWithLinks, progress: TextIO | None = None
) -> Report:
    """Report what some codecs, given by name, would lose of the bodies in a folder (at any depth), or in one file.

    The suffix of a file tells the format of its body; each line of an NDJSON file is a body of its own. A body holds a
    carrier of class `type`, or a list of such carriers, or a patch. `progress` is the stream for a progress bar. Raises
    OSError for a folder or file that cannot be read.
    """
    root = Path(folder)
    paths = _files(root)
    known = [path for path in paths if format_of_file(path.name)]
    names = [_name(path, root) for path in paths if not format_of_file(path.name)]
    return replay(_recordings(_shown(known, progress), root, type), codecs, names)


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(root))
    return sorted(path for path in root.rglob("*") if path.is_file())


def _name(path: Path, root: Path) -> str:
    name = str(path.relative_to(root)) if path != root else path.name
    # A file's name may be any bytes (PEP 383), and bytes that are not UTF-8 could not be printed.
    return name.encode("utf-8", "replace").decode()


def _recordings(paths: Iterable[Path], root: Path, type_: Any) -> Iterator[Recording]:
    for path in paths:
        known = format_of_file(path.name)
        assert known is not None
        if known.is_sequence:
            yield from _records(path, _name(path, root), known.codec(), type_)
        else:
            yield _whole(_read(path), _name(path, root), known, type_)


def _records(path: Path, name: str, codec: Any, type_: Any) -> Iterator[Recording]:
    """A recording for each record of a file, named after its line; one at a time is in memory."""
    with path.open("rb") as stream:
        for record in codec.iter_records(stream, framing="ndjson"):
            # Of a record that is too long the beginning is kept, so any body of that length is refused in its place.
            body = bytes(MAX_BYTES + 1) if record.too_long else record.document
            yield Recording(f"{name}:{record.line}", codec, body, type_)


def _whole(body: bytes, name: str, known: Format, type_: Any) -> Recording:
    """The recording of a file that holds one document."""
    if known is FORMATS["json"] and _is_json_patch(body):
        known = FORMATS["json-patch"]
    codec: Any = known.codec()
    is_list = not known.is_patch and codec.holds_list(body)
    return Recording(name, codec, body, list[type_] if is_list else type_)


def _read(path: Path) -> bytes:
    """The bytes of a file, up to one more than a codec takes, which tells it that there are more."""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _is_json_patch(body: bytes) -> bool:
    """Whether a JSON body is a JSON Patch: clients send patches as plain `application/json` too."""
    try:
        operations = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return False
    is_list = isinstance(operations, list) and bool(operations)
    return is_list and all(isinstance(each, dict) and {"op", "path"} <= each.keys() for each in operations)


def _shown(paths: Sequence[Path], stream: TextIO | None) -> Iterator[Path]:
    """The same paths; a bar on the stream shows how many of them have been taken."""
    for done, path in enumerate(paths):
        if stream is not None:
            filled = _BAR * done // len(paths)
            stream.write(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{len(paths)}")
            stream.flush()
        yield path
    if stream is not None:
        stream.write("\r\x1b[K")
        stream.flush()
