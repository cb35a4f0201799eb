"""The command line: `contactwire convert` and `contactwire validate`.

Results go to standard output and nothing else does; complaints go to standard error. Exit status 0 is fine, 1 is an invalid
document, 2 is a wrong call or a file that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import attrs

from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, DecodeError, EncodeError, Issue, ValidationError

__all__ = ["main"]

FINE, INVALID, USAGE = 0, 1, 2
STANDARD_INPUT = "-"

_FORMATS: dict[str, Callable[..., Any]] = {"json": JsonCodec}


class _Unreadable(Exception):
    """A file that cannot be opened; the message says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments` (by default the process's own) and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except _Unreadable as error:
        print(f"contactwire: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # The reader of a pipe went away; what it read was right. Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contactwire", description="The wire formats of a CRM contact.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    convert = commands.add_parser("convert", help="write a contact in another format, or tidied up in the same")
    convert.add_argument("file", metavar="FILE", help="the document to read; - is standard input")
    convert.add_argument("--to", choices=sorted(_FORMATS), required=True, help="the format to write")
    convert.add_argument("--indent", type=_whole_number, metavar="N", help="spaces a level; none at all by default")
    convert.set_defaults(run=_convert)

    validate = commands.add_parser("validate", help="list every fault of the documents")
    validate.add_argument("files", metavar="FILE", nargs="+", help="the documents to read; - is standard input")
    validate.add_argument("--format", choices=("text", "json"), default="text", help="how to list the faults")
    validate.set_defaults(run=_validate)
    return parser


def _whole_number(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _read(file: str) -> bytes:
    try:
        if file == STANDARD_INPUT:
            return sys.stdin.buffer.read()
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise _Unreadable(f"{file}: {error.strerror}") from None


def _document_type(body: bytes) -> Any:
    return list[ContactEntityWithLinks] if body.lstrip()[:1] == b"[" else ContactEntityWithLinks


def _convert(options: argparse.Namespace) -> int:
    body = _read(options.file)
    try:
        document = JsonCodec().decode(body, _document_type(body))
        converted = _FORMATS[options.to](indent=options.indent).encode(document)
    except ContactWireError as error:
        _list_as_text(_faults(options.file, body, error), sys.stderr)
        return INVALID
    sys.stdout.buffer.write(converted)
    if sys.stdout.isatty() or options.indent is not None:
        sys.stdout.buffer.write(b"\n")
    return FINE


def _validate(options: argparse.Namespace) -> int:
    faults: list[dict[str, Any]] = []
    for file in options.files:
        body = _read(file)
        try:
            JsonCodec().decode(body, _document_type(body))
        except ContactWireError as error:
            faults += _faults(file, body, error)
    if options.format == "json":
        print(json.dumps(faults, ensure_ascii=False, indent=2))
    else:
        _list_as_text(faults, sys.stdout)
    return INVALID if faults else FINE


def _faults(file: str, body: bytes, error: ContactWireError) -> list[dict[str, Any]]:
    if isinstance(error, DecodeError):
        return [_fault(file, (error.line, error.column), Issue("", error.detail, error.expected, error.excerpt))]
    if isinstance(error, (ValidationError, EncodeError)):
        places = JsonCodec().locate(body, [issue.pointer for issue in error.issues])
        return [_fault(file, place, issue) for place, issue in zip(places, error.issues, strict=True)]
    return [_fault(file, (1, 1), Issue("", str(error), "", ""))]


def _fault(file: str, place: tuple[int, int], issue: Issue) -> dict[str, Any]:
    return {"file": file, "line": place[0], "column": place[1], **attrs.asdict(issue)}


def _list_as_text(faults: list[dict[str, Any]], stream: Any) -> None:
    for fault in faults:
        pointer = f" {fault['pointer']}:" if fault["pointer"] else ""
        print(f"{fault['file']}:{fault['line']}:{pointer} {fault['message']}", file=stream)
