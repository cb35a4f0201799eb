"""`contactwire roundtrip`: what each codec would lose of a folder of recorded bodies."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec

from contactwire.carriers import ContactEntityWithLinks
from contactwire.cli.documents import FORMATS, Unreadable, format_of
from contactwire.codecs import Codec
from contactwire.errors import UnsupportedMediaType
from contactwire.roundtrip.loss import LOSSLESS, codecs_named
from contactwire.roundtrip.replay import Recording, Report, replay

__all__ = ["add_parser", "replay_folder", "run"]

_WHOLE, _LOSSY = 0, 1
_BAR = 30


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of the command line."""
    parser = commands.add_parser("roundtrip", help="tell what each codec would lose of recorded bodies")
    parser.add_argument("folder", metavar="FOLDER", help="where the bodies are, at any depth; or one file")
    parser.add_argument(
        "--through",
        action="append",
        metavar="CODEC",
        help=f"a codec to go through, by name (json, xml, xml-plain, form, json-patch, …) or media type; may be repeated; "
        f"by default those that promise to lose nothing: {', '.join(LOSSLESS)}",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay the folder; print a table and each place that would be lost. Returns 1 if there is one. Raises `Unreadable`."""
    try:
        codecs = codecs_named(options.through or LOSSLESS)
    except UnsupportedMediaType as error:
        raise Unreadable(f"--through: {error}") from None
    report = replay_folder(options.folder, codecs, progress=sys.stderr if sys.stderr.isatty() else None)
    for name in report.skipped:
        print(f"contactwire: {name}: skipped, no known suffix", file=sys.stderr)
    if not report.replayed:
        raise Unreadable(f"{options.folder}: there is no recorded body")
    print(report)
    return _WHOLE if report else _LOSSY


def replay_folder(
    folder: Any, codecs: Mapping[str, Codec], *, type: Any = ContactEntityWithLinks, progress: TextIO | None = None
) -> Report:
    """What some codecs would lose of the bodies in a folder, or in one file.

    The format of a body is told by the suffix of its file, and a `type` or a list of it is what it holds. `progress` is
    where a progress bar goes. Raises `Unreadable` for what cannot be read.
    """
    root = Path(folder)
    paths = _files(root)
    known = [path for path in paths if _is_known(path)]
    names = [_name(path, root) for path in paths if not _is_known(path)]
    return replay(_recordings(_shown(known, progress), root, type), codecs, names)


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise Unreadable(f"{root}: no such folder")
    return sorted(path for path in root.rglob("*") if path.is_file())


def _is_known(path: Path) -> bool:
    return any(path.suffix.lower() in known.suffixes for known in FORMATS.values())


def _name(path: Path, root: Path) -> str:
    name = str(path.relative_to(root)) if path != root else path.name
    # A file's name may be any bytes; what is no UTF-8 could not be printed.
    return name.encode("utf-8", "replace").decode()


def _recordings(paths: Iterable[Path], root: Path, type_: Any) -> Iterator[Recording]:
    for path in paths:
        try:
            body = path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from None
        format_ = format_of(path.name, None)
        known = FORMATS["json-patch" if format_ == "json" and _is_json_patch(body) else format_]
        yield Recording(_name(path, root), known.codec(), body, list[type_] if known.begins_list(body) else type_)


def _is_json_patch(body: bytes) -> bool:
    """Whether a JSON body is a patch: clients send those as plain `application/json` too."""
    try:
        operations = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return False
    is_list = isinstance(operations, list) and bool(operations)
    return is_list and all(isinstance(each, dict) and {"op", "path"} <= each.keys() for each in operations)


def _shown(paths: Sequence[Path], stream: TextIO | None) -> Iterator[Path]:
    """The paths, while a bar on the stream says how far along they are."""
    for done, path in enumerate(paths):
        if stream is not None:
            filled = _BAR * done // len(paths)
            stream.write(f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{len(paths)}")
            stream.flush()
        yield path
    if stream is not None:
        stream.write("\r\x1b[K")
        stream.flush()
