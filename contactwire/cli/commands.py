"""One function for each command, which runs it.

A command writes its result, and nothing else, to standard output, and error messages to standard error. It returns the exit
`Status`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from contactwire.cli import completion, roundtrip, table
from contactwire.cli.arguments import parser
from contactwire.cli.documents import (
    HEAD,
    Limits,
    Source,
    Unreadable,
    faults_of,
    format_of,
    opened,
    read,
    read_body,
)
from contactwire.cli.statuses import Status
from contactwire.cli.stream import convert_sequence, is_sequence
from contactwire.codecs import FORMATS
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, PathError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments` (by default those of the process), and return the exit status (`guide.command_line`).

    Raises SystemExit for arguments that are wrong, as argparse does, with status 2.
    """
    known = parser()
    options = known.parse_args(arguments)
    if options.command is None:
        known.error(f"expected a command: {', '.join(_COMMANDS)}")
    try:
        status = _COMMANDS[options.command](options)
        sys.stdout.flush()
    except Unreadable as error:
        print(f"contactwire: {error}", file=sys.stderr)
        return Status.USAGE
    except _Invalid as error:
        _list_as_text(error.faults, sys.stderr)
        return Status.INVALID
    except BrokenPipeError:
        # The reader of the pipe has closed it, which is no fault. Without this, Python would report a failed flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.FINE
    except OSError as error:
        print(f"contactwire: {error}", file=sys.stderr)
        return Status.USAGE
    return status


class _Invalid(Exception):
    """An invalid document; `faults` lists its faults."""

    def __init__(self, source: Source, error: ContactWireError) -> None:
        super().__init__(str(error))
        self.faults = faults_of(source, error)


def _document(source: Source) -> Any:
    try:
        return source.document()
    except ContactWireError as error:
        raise _Invalid(source, error) from None


def _contact(source: Source) -> Any:
    try:
        return source.contact()
    except ContactWireError as error:
        raise _Invalid(source, error) from None


def _write(source: Source, document: Any, options: argparse.Namespace) -> int:
    target = FORMATS[options.to] if options.to else source.format
    try:
        written = source.limits.codec(target, **_options_of_codec(options)).encode(document)
    except ContactWireError as error:
        raise _Invalid(source, error) from None
    sys.stdout.buffer.write(written)
    if sys.stdout.isatty() or options.indent is not None:
        sys.stdout.buffer.write(b"\n")
    return Status.FINE


def _options_of_codec(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name, None) for name in ("indent", "dialect", "style")}


def _convert(options: argparse.Namespace) -> int:
    with opened(options.file) as stream:
        head = stream.read(HEAD)
        if is_sequence(options, head):
            faults = convert_sequence(options, head, stream)
            _list_as_text(faults, sys.stderr)
            return Status.INVALID if faults else Status.FINE
        limits = Limits.of(options)
        source = Source(options.file, format_of(options.file, options.source), read_body(stream, limits, head), limits)
    same = options.to == source.format.name
    return _write(source, _document(source) if same else _contact(source), options)


def _validate(options: argparse.Namespace) -> int:
    faults: list[dict[str, Any]] = []
    for file in options.files:
        source = read(file, options.source, Limits.of(options))
        try:
            source.document()
        except ContactWireError as error:
            faults += faults_of(source, error)
    if options.format == "json":
        print(json.dumps(faults, ensure_ascii=False, indent=2))
    else:
        _list_as_text(faults, sys.stdout)
    return Status.INVALID if faults else Status.FINE


def _diff(options: argparse.Namespace) -> int:
    from contactwire.patch import MergePatch, diff

    source, target = (read(file, options.source, Limits.of(options)) for file in (options.before, options.after))
    before, after = _contact(source), _contact(target)
    make = diff if options.to == "json-patch" else MergePatch.between
    try:
        patch = make(before, after)
    except ContactWireError as error:
        raise _Invalid(target, error) from None
    return _write(source, patch, options)


def _patch(options: argparse.Namespace) -> int:
    limits = Limits.of(options)
    source, change = read(options.file, options.source, limits), read(options.patch, None, limits)
    if change.format.name == "json":
        named = "json-patch" if JsonCodec().holds_list(change.body) else "merge-patch"
        change = attrs.evolve(change, format=FORMATS[named])
    if not change.format.is_patch:
        raise Unreadable(f"{change.file}: a patch is JSON, not {change.format.name}")
    contact, patch = _contact(source), _document(change)
    try:
        patched = patch.apply(contact)
    except ContactWireError as error:
        raise _Invalid(change, error) from None
    return _write(source, patched, options)


def _select(options: argparse.Namespace) -> int:
    from contactwire.projection import Selection

    source = read(options.file, options.source, Limits.of(options))
    try:
        selection = Selection.parse(options.selection, indexes=False)
    except PathError as error:
        raise Unreadable(f"$select: {error}") from None
    return _write(source, selection.apply(_contact(source), unselected="omit" if options.omit else "null"), options)


def _schema(options: argparse.Namespace) -> int:
    from contactwire import schema

    if options.write is not None:
        for path in schema.write(options.write):
            print(path)
        return Status.FINE
    try:
        print(schema.generate(options.format, options.carrier, options.dialect), end="")
    except ValueError as error:
        raise Unreadable(str(error)) from None
    return Status.FINE


def _serve(options: argparse.Namespace) -> int:
    import sqlite3

    from contactwire.server import serve

    try:
        server = serve(options.db, host=options.host, port=options.port)
    except (ContactWireError, OSError, OverflowError, sqlite3.Error) as error:
        raise Unreadable(f"cannot serve: {error}") from None
    server.stop_at_signals()
    address, port = server.server_address[:2]
    print(f"http://{address!s}:{port}{server.host.endpoint.path}/1", flush=True)
    server.serve_forever()
    server.server_close()
    return Status.FINE


def _list_as_text(faults: list[dict[str, Any]], stream: Any) -> None:
    for fault in faults:
        pointer = f" {fault['pointer']}:" if fault["pointer"] else ""
        print(f"{fault['file']}:{fault['line']}:{pointer} {fault['message']}", file=stream)


def _completion(options: argparse.Namespace) -> int:
    print(completion.script(parser(), options.shell))
    return Status.FINE


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "convert": _convert,
    "validate": _validate,
    "diff": _diff,
    "patch": _patch,
    "select": _select,
    "table": table.run,
    "schema": _schema,
    "roundtrip": roundtrip.run,
    "serve": _serve,
    "completion": _completion,
}
