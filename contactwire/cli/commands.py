"""The commands: their arguments, and one function for each that runs it.

A command writes its result, and nothing else, to standard output, and error messages to standard error. It returns the exit
status: 0 for success, 1 for an invalid document (or one that a codec would not keep whole), 2 for wrong arguments or a file
that cannot be read or written.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import attrs

from contactwire.cli import roundtrip
from contactwire.cli.documents import (
    HEAD,
    Limits,
    Source,
    Unreadable,
    faults_of,
    format_of,
    formats,
    opened,
    read,
    read_body,
)
from contactwire.cli.stream import convert_sequence, is_sequence
from contactwire.codecs import FORMATS, MAX_BYTES
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, PathError

__all__ = ["main"]

FINE, INVALID, USAGE = 0, 1, 2
_LIMITS = (
    ("bytes", f"bytes; {MAX_BYTES} by default", MAX_BYTES),
    ("depth", "objects and lists inside each other", None),
    ("objects", "objects and lists altogether", None),
    ("faults", "how many faults to list", None),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments` (by default those of the process), and return the exit status: 0, 1 or 2.

    Raises SystemExit for arguments that are wrong, as argparse does, with status 2.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except Unreadable as error:
        print(f"contactwire: {error}", file=sys.stderr)
        return USAGE
    except _Invalid as error:
        _list_as_text(error.faults, sys.stderr)
        return INVALID
    except BrokenPipeError:
        # The reader of the pipe has closed it, which is no fault. Without this, Python would report a failed flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        print(f"contactwire: {error}", file=sys.stderr)
        return USAGE
    return status


class _Invalid(Exception):
    """An invalid document; `faults` lists its faults."""

    def __init__(self, source: Source, error: ContactWireError) -> None:
        super().__init__(str(error))
        self.faults = faults_of(source, error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contactwire", description="The wire formats of a CRM contact.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    convert = commands.add_parser("convert", help="write a contact in another format, or formatted anew in the same one")
    convert.add_argument("file", metavar="FILE", help="the document to read; - is standard input")
    _reading(convert, sequences=True)
    _writing(convert, required=True, sequences=True)
    convert.add_argument("--workers", type=_whole_number, default=1, metavar="N", help="number of processes, for sequences")
    convert.set_defaults(run=_convert)

    validate = commands.add_parser("validate", help="list every fault of the documents")
    validate.add_argument("files", metavar="FILE", nargs="+", help="the documents to read; - is standard input")
    _reading(validate)
    validate.add_argument("--format", choices=("text", "json"), default="text", help="how to list the faults")
    validate.set_defaults(run=_validate)

    diff = commands.add_parser("diff", help="write the patch that turns one contact into another")
    diff.add_argument("before", metavar="A", help="the contact as it is")
    diff.add_argument("after", metavar="B", help="the contact as it should be")
    _reading(diff)
    diff.add_argument("--to", choices=("json-patch", "merge-patch"), default="json-patch", help="the kind of patch")
    diff.add_argument("--indent", type=_whole_number, metavar="N", help="spaces for each level; by default one line")
    diff.set_defaults(run=_diff)

    patch = commands.add_parser("patch", help="write a contact with a patch applied")
    patch.add_argument("file", metavar="FILE", help="the contact; - is standard input")
    patch.add_argument(
        "patch", metavar="PATCH", help="the patch; in a .json file an array is a JSON Patch, an object a merge patch"
    )
    _reading(patch)
    _writing(patch)
    patch.set_defaults(run=_patch)

    select = commands.add_parser("select", help="write the part of a contact that a $select names")
    select.add_argument("file", metavar="FILE", help="the contact; - is standard input")
    select.add_argument("selection", metavar="SELECT", help="such as 'name,category/id'")
    select.add_argument("--omit", action="store_true", help="leave out what is not selected, instead of writing null")
    _reading(select)
    _writing(select)
    select.set_defaults(run=_select)

    schema = commands.add_parser("schema", help="write a schema of the wire formats")
    schema.add_argument("--format", choices=("json-schema", "openapi", "xsd"), default="json-schema")
    schema.add_argument("--carrier", metavar="NAME", help="the carrier, JsonPatch or MergePatch; ContactEntity by default")
    schema.add_argument("--dialect", help="of XML (plain, datacontract, services, webapi) or of patches (server, rfc)")
    schema.add_argument("--write", metavar="FOLDER", help="write all published schemas into a folder instead")
    schema.set_defaults(run=_schema)

    roundtrip.add_parser(commands)

    serve = commands.add_parser("serve", help="answer the endpoint's requests from an SQLite database")
    serve.add_argument("--db", metavar="FILE", default=":memory:", help="the database; by default a temporary one")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on; 127.0.0.1 by default")
    serve.add_argument("--port", type=_whole_number, default=0, help="the port; a free one by default")
    serve.set_defaults(run=_serve)
    return parser


def _reading(parser: argparse.ArgumentParser, *, sequences: bool = False) -> None:
    parser.add_argument(
        "--from", dest="source", choices=formats(sequences=sequences), help="the format to read; by default the suffix's"
    )
    limits = parser.add_argument_group("limits", "of a document, or of each record of a sequence")
    for name, help, default in _LIMITS:
        limits.add_argument(f"--max-{name}", type=_whole_number, default=default, metavar="N", help=help)


def _writing(parser: argparse.ArgumentParser, *, required: bool = False, sequences: bool = False) -> None:
    parser.add_argument("--to", choices=formats(sequences=sequences), required=required, help="the format to write")
    parser.add_argument("--indent", type=_whole_number, metavar="N", help="spaces for each level; by default one line")
    parser.add_argument("--dialect", choices=tuple(FORMATS["xml"].variants), help="the dialect of XML")
    parser.add_argument("--style", choices=("dots", "brackets"), help="how forms spell nested names")


def _whole_number(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


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
    return FINE


def _options_of_codec(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name, None) for name in ("indent", "dialect", "style")}


def _convert(options: argparse.Namespace) -> int:
    with opened(options.file) as stream:
        head = stream.read(HEAD)
        if is_sequence(options, head):
            faults = convert_sequence(options, head, stream)
            _list_as_text(faults, sys.stderr)
            return INVALID if faults else FINE
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
    return INVALID if faults else FINE


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
        selection = Selection.parse(options.selection)
    except PathError as error:
        raise Unreadable(f"$select: {error}") from None
    return _write(source, selection.apply(_contact(source), unselected="omit" if options.omit else "null"), options)


def _schema(options: argparse.Namespace) -> int:
    from contactwire import schema

    if options.write is not None:
        for path in schema.write(options.write):
            print(path)
        return FINE
    try:
        print(schema.generate(options.format, options.carrier, options.dialect), end="")
    except ValueError as error:
        raise Unreadable(str(error)) from None
    return FINE


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
    return FINE


def _list_as_text(faults: list[dict[str, Any]], stream: Any) -> None:
    for fault in faults:
        pointer = f" {fault['pointer']}:" if fault["pointer"] else ""
        print(f"{fault['file']}:{fault['line']}:{pointer} {fault['message']}", file=stream)
