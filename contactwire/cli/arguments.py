"""The arguments of each command, and what the command line says of wrong ones."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any, NoReturn

from contactwire.builtins import MAX_DEPTH, MAX_OBJECTS
from contactwire.cli.documents import formats
from contactwire.cli.reports import REPORTS
from contactwire.codecs import FORMATS, LOSSLESS, MAX_BYTES
from contactwire.errors import MAX_FAULTS, shorten

__all__ = ["SHELLS", "TABLE_TYPES", "parser"]

SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")
"""The shells that `completion` writes a script for."""

TABLE_TYPES = ("bool", "int", "float", "Decimal", "date", "datetime", "time", "timedelta", "bytes", "list", "str", "object")
"""The types that a column of custom fields or unknown members may be said to have."""

_TABLE_FILES = ("parquet", "csv", "arrow")

_MOST = 2**60
"""What stands for each larger number, of which nobody has as many records or bytes."""

_LIMITS = (
    ("bytes", f"bytes ({MAX_BYTES} by default)", MAX_BYTES),
    ("depth", f"objects and lists inside each other ({MAX_DEPTH} by default)", None),
    ("objects", f"objects and lists altogether ({MAX_OBJECTS} by default)", None),
    ("faults", f"how many faults to list ({MAX_FAULTS} by default)", None),
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors say what was expected, what came, and where to read more."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, f"expected {_values_of(action)}; received {shorten(value)}")

    def _match_argument(self, action: argparse.Action, arg_strings_pattern: str) -> int:
        try:
            return super()._match_argument(action, arg_strings_pattern)
        except argparse.ArgumentError:
            raise argparse.ArgumentError(action, f"expected {_values_of(action)}; received nothing") from None

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write a message; that standard output does not take it is an error, which argparse keeps to itself."""
        if file is sys.stdout:
            file.write(message)
            file.flush()
        else:
            super()._print_message(message, file)

    def error(self, message: str) -> NoReturn:
        """Write the usage and the message to standard error, and exit with status 2."""
        super().error(f"{message} ({self.prog} --help tells more)")


def _values_of(action: argparse.Action) -> str:
    """The values that an argument takes, in words."""
    return f"one of {', '.join(action.choices)}" if action.choices else str(action.metavar or "a value")


class _Version(argparse.Action):
    """Prints the version; the installed package is asked only then."""

    def __init__(self, option_strings: Any, dest: str, **options: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from contactwire.version import __version__

        parser._print_message(f"contactwire {__version__}\n", sys.stdout)
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The parser of the command line; `command` of what it reads is the command's name, None where there is none."""
    whole = _Parser(prog="contactwire", description="The wire formats of a CRM contact.")
    whole.add_argument("--version", action=_Version, help="print the version, and exit")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    for add in (_convert, _validate, _diff, _patch, _select, _table, _schema, _roundtrip, _serve, _completion):
        add(commands)
    return whole


def _convert(commands: Any) -> None:
    convert = commands.add_parser("convert", help="write a contact in another format, or formatted anew in the same one")
    convert.add_argument("file", metavar="FILE", help="the document to read; - is standard input")
    _reading(convert, sequences=True)
    _writing(convert)
    _records(convert)


def _validate(commands: Any) -> None:
    validate = commands.add_parser("validate", help="list every fault of the documents")
    validate.add_argument("files", metavar="FILE", nargs="+", help="the documents to read; - is standard input")
    _reading(validate, sequences=True)
    validate.add_argument(
        "--format",
        choices=tuple(REPORTS),
        help="how to list the faults (full, with the line of each, on a terminal, and text elsewhere, by default)",
    )
    _records(validate)


def _diff(commands: Any) -> None:
    diff = commands.add_parser("diff", help="write the patch that turns one contact into another")
    diff.add_argument("before", metavar="A", help="the contact as it is")
    diff.add_argument("after", metavar="B", help="the contact as it should be")
    _reading(diff)
    _choice(diff, "--to", ("json-patch", "merge-patch"), "the kind of patch")
    _indent(diff)


def _patch(commands: Any) -> None:
    patch = commands.add_parser("patch", help="write a contact with a patch applied")
    patch.add_argument("file", metavar="FILE", help="the contact; - is standard input")
    patch.add_argument(
        "patch", metavar="PATCH", help="the patch; in a .json file an array is a JSON Patch, an object a merge patch"
    )
    _reading(patch, sequences=True)
    _writing(patch, default="the format read")
    _records(patch)


def _select(commands: Any) -> None:
    select = commands.add_parser("select", help="write the part of a contact that a $select names")
    select.add_argument("file", metavar="FILE", help="the contact; - is standard input")
    select.add_argument("selection", metavar="SELECT", help="such as 'name,category/id'")
    select.add_argument("--omit", action="store_true", help="leave out what is not selected, instead of writing null")
    _reading(select, sequences=True)
    _writing(select, default="the format read")
    _records(select)


def _table(commands: Any) -> None:
    table = commands.add_parser("table", help="write a table of contacts for Parquet, CSV or Arrow")
    table.add_argument("file", metavar="FILE", help="the contacts; - is standard input")
    table.add_argument(
        "--columns", metavar="PATHS", help="such as 'name,category/id,emails/0/value' (every property by default)"
    )
    table.add_argument("--to", choices=_TABLE_FILES, required=True, help="the format to write (required)")
    table.add_argument("--unknown", action="store_true", help="columns may name unknown members (an error by default)")
    table.add_argument(
        "--type",
        action="append",
        metavar="PATH=TYPE",
        help=f"of a custom field or unknown member ({', '.join(TABLE_TYPES)}; by default the first contacts tell); may be "
        "repeated",
    )
    table.add_argument(
        "--ticks", choices=("column", "text"), help="keep the seventh digit of dates (six digits of a second by default)"
    )
    _reading(table, sequences=True)
    _records(table)


def _schema(commands: Any) -> None:
    schema = commands.add_parser("schema", help="write a schema of the wire formats")
    # Without a default, which `--write` would take for an option that was given.
    schema.add_argument(
        "--format", choices=("json-schema", "openapi", "xsd"), help="the kind of schema (json-schema by default)"
    )
    schema.add_argument(
        "--carrier",
        metavar="NAME",
        help="the carrier, such as Person or crm.notes:Note, JsonPatch or MergePatch (ContactEntity by default)",
    )
    schema.add_argument(
        "--dialect",
        help=f"of XML ({', '.join(FORMATS['xml'].variants)}; plain by default), or of patches (server or rfc; server by "
        "default)",
    )
    schema.add_argument(
        "--write",
        metavar="FOLDER",
        help="write all published schemas into a folder, which is made where there is none (by default one is printed)",
    )


def _roundtrip(commands: Any) -> None:
    roundtrip = commands.add_parser("roundtrip", help="report what each codec would lose of recorded bodies")
    roundtrip.add_argument("folder", metavar="FOLDER", help="the folder of the bodies, with its subfolders; or one file")
    roundtrip.add_argument(
        "--through",
        action="append",
        metavar="CODEC",
        help="a codec, by name (json, xml, xml-plain, form, json-patch, …) or media type; may be repeated "
        f"({', '.join(LOSSLESS)} by default, which promise to lose nothing)",
    )
    _carrier(roundtrip)
    _choice(roundtrip, "--format", ("text", "json"), "how to list what is lost")
    _records(roundtrip)
    roundtrip.add_argument(
        "--baseline", metavar="FILE", help="a report of --format json, whose losses are accepted (none by default)"
    )


def _serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="answer the endpoint's requests from an SQLite database")
    serve.add_argument("--db", metavar="FILE", default=":memory:", help="the database (a temporary one by default)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1 by default)")
    serve.add_argument("--port", type=_whole_number, default=0, metavar="N", help="the port (a free one by default)")


def _completion(commands: Any) -> None:
    completion = commands.add_parser("completion", help="write a script that completes commands and options in a shell")
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _reading(parser: argparse.ArgumentParser, *, sequences: bool = False) -> None:
    parser.add_argument(
        "--from", dest="source", choices=formats(sequences=sequences), help="the format to read (the suffix's by default)"
    )
    _carrier(parser)
    limits = parser.add_argument_group("limits", "of a document, or of each record of a sequence")
    for name, help, default in _LIMITS:
        # Without a fault in its list, an error would look like none.
        least = _positive if name == "faults" else _whole_number
        limits.add_argument(f"--max-{name}", type=least, default=default, metavar="N", help=help)


def _carrier(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--carrier", metavar="MODULE:CLASS", help="the carrier class, such as crm.notes:Note (a contact by default)"
    )


def _records(parser: argparse.ArgumentParser) -> None:
    """Options of commands that take sequences, which they read record by record."""
    records = parser.add_argument_group(
        "sequences", "NDJSON, JSON arrays and XML sequences, which are read record by record"
    )
    for name, type, default, help in _RECORDS:
        records.add_argument(f"--{name}", type=type, default=default, metavar="N", help=help)
    records.add_argument(
        "--rejects",
        metavar="FILE",
        help="where to write bad records as they came, and into FILE.faults.ndjson their faults (nowhere by default)",
    )


def _writing(parser: argparse.ArgumentParser, *, default: str = "") -> None:
    """Options of what is written; `default` tells its format where it need not be named."""
    help = f"the format to write ({default} by default)" if default else "the format to write (required)"
    parser.add_argument("--to", choices=formats(sequences=True), required=not default, help=help)
    _indent(parser)
    parser.add_argument("--dialect", choices=tuple(FORMATS["xml"].variants), help="the dialect of XML (plain by default)")
    parser.add_argument("--style", choices=("dots", "brackets"), help="how forms spell nested names (dots by default)")


def _indent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--indent", type=_whole_number, metavar="N", help="spaces for each level (one line by default)")


def _choice(parser: argparse.ArgumentParser, name: str, choices: Iterable[str], help: str) -> None:
    """An option that is one of some words, the first by default."""
    first, *others = choices
    parser.add_argument(name, choices=(first, *others), default=first, help=f"{help} ({first} by default)")


def _whole_number(text: str, least: int = 0) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"expected a whole number, {least} or more; received {shorten(text)}")
    return min(value, _MOST)


def _processes(text: str) -> int:
    # More of them than processors would take turns, and thousands would take the machine.
    return min(_whole_number(text), max(2, os.cpu_count() or 1))


_positive = partial(_whole_number, least=1)

_RECORDS = (
    ("workers", _processes, 1, "number of processes, as many as there are processors at most (1 by default)"),
    ("skip", _whole_number, 0, "how many records to pass over at first, such as those done before a stop (0 by default)"),
    ("limit", _whole_number, None, "how many records to take (all by default)"),
    ("max-errors", _positive, None, "at which bad record to stop (at none by default)"),
)
