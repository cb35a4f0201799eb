"""One function for each command, which runs it.

A command writes its result, and nothing else, to standard output, and error messages to standard error. It returns the exit
`Status`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from functools import partial
from io import TextIOWrapper
from typing import Any

import attrs

from contactwire.cli.arguments import parser
from contactwire.cli.classes import carrier_named
from contactwire.cli.documents import Limits, Source, faults_of, read
from contactwire.cli.inputs import STANDARD_INPUT, Unreadable, opened
from contactwire.cli.output import Sink, write_all
from contactwire.cli.reports import Report, complain, report_to
from contactwire.cli.run import Run, Status, Stopped
from contactwire.cli.signals import interrupted_by_sigterm
from contactwire.cli.terminals import has_no_reader
from contactwire.cli.works import Change, Work
from contactwire.codecs import FORMATS, SEQUENCES, Format
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, PathError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments` (by default those of the process), and return the exit status (`guide.command_line`).

    Raises SystemExit for arguments that are wrong, as argparse does, with status 2.
    """
    if sys.stderr is None:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
            return main(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        # As Python does it on standard error: what the encoding of a terminal or of a pipe has not is no error.
        sys.stdout.reconfigure(errors="backslashreplace")
    _have_streams_wait()
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except Unreadable as error:
        complain(error)
        return Status.USAGE
    except Stopped as stopped:
        complain(stopped)
        _flush_or_drop()
        return stopped.status
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except _Invalid as error:
        with suppress(OSError):
            Report(sys.stderr).add(error.faults)
            return Status.INVALID
        return Status.USAGE
    except OSError as error:
        # That the reader of the pipe has closed it is no fault.
        is_fault = not has_no_reader(error)
        if is_fault:
            complain(error)
        _flush_or_drop()
        return Status.USAGE if is_fault else Status.FINE
    return status


def _have_streams_wait() -> None:
    """Have reads and writes wait where whoever shares a stream has it fail instead, as node.js does.

    To Python, input that has not come yet would then be the end of the input.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # It may be None, in memory, or closed; and Windows knows this for pipes only.
        with suppress(AttributeError, OSError, ValueError):
            os.set_blocking(stream.fileno(), True)


def _flush_or_drop() -> None:
    """Write what is left of the output, or drop it: at exit Python would report that it fails, with a status of its own."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str] | None) -> int:
    if sys.stdout is None:
        raise Unreadable("standard output is closed")
    known = parser()
    options = known.parse_args(arguments)
    if options.command is None:
        known.error(f"expected a command: {', '.join(_COMMANDS)}")
    _check_inputs(options)
    with interrupted_by_sigterm():
        return _COMMANDS[options.command](options)


def _check_inputs(options: argparse.Namespace) -> None:
    """Raise `Unreadable` where a command would read standard input twice, and find nothing in it the second time."""
    named = [getattr(options, name, None) for name in ("file", "before", "after", "patch")]
    if [*named, *getattr(options, "files", ())].count(STANDARD_INPUT) > 1:
        raise Unreadable(f"{STANDARD_INPUT}: standard input can be read once only")


class _Invalid(Exception):
    """An invalid document; `faults` lists its faults."""

    def __init__(self, source: Source, error: ContactWireError) -> None:
        super().__init__(str(error))
        self.faults = faults_of(source, error)


@contextmanager
def _faults_in(source: Source) -> Iterator[None]:
    """Raise `_Invalid` for the faults of a document that is used inside."""
    try:
        yield
    except ContactWireError as error:
        raise _Invalid(source, error) from None


def _written(options: argparse.Namespace, change: Callable[[Any], Any] | None = None) -> int:
    """Write what a change makes of each contact in the file of a command, of a sequence record by record."""
    with Run(options, Report(sys.stderr), [options.file]) as run, opened(options.file) as stream:
        reading = run.reading(options.file)
        work = Change.of(options, reading.format, change)
        if reading.format.holds_records(stream.head) and _is_sequence(reading.format, work.target, options):
            run.sink = Sink(sys.stdout.buffer, work.frame(carrier_named(options.carrier)))
            run.records(reading, work, stream)
        else:
            run.whole(reading, stream, partial(_write_whole, work, options))
    return Status.INVALID if run.report.count else Status.FINE


def _is_sequence(source: Format, target: Format, options: argparse.Namespace) -> bool:
    """Whether a sequence is written record by record, and not as one document. Raises `Unreadable` where neither can be."""
    if source.is_sequence and target.name not in SEQUENCES:
        raise Unreadable(f"a sequence can be written to {', '.join(SEQUENCES)}, not to {target.name}")
    if source.is_sequence and options.indent is not None:
        raise Unreadable(f"--indent: an option for one document, and {source.name} is written record by record")
    if source.is_sequence or target.is_sequence or (target.name in SEQUENCES and options.indent is None):
        return True
    given = {"--skip": options.skip, "--limit": options.limit is not None, "--rejects": options.rejects is not None}
    if any(given.values()):
        names = " and ".join(name for name, is_given in given.items() if is_given)
        raise Unreadable(f"{names}: options for records, and with --indent, and in a form, a list is one document")
    return False


def _write_whole(work: Change, options: argparse.Namespace, source: Source) -> None:
    """Write what a change makes of a whole document; as a sequence, where the target is one."""
    is_copy = work.change is None and work.target is source.format
    _put(work.document(source.document() if is_copy else source.contact()), options)


def _put(written: bytes, options: argparse.Namespace) -> None:
    """Write a document to standard output, with a line feed behind it where a person is to read it."""
    is_read = sys.stdout.isatty() or options.indent is not None
    write_all(sys.stdout.buffer, written + (b"\n" if is_read and not written.endswith(b"\n") else b""))


def _validate(options: argparse.Namespace) -> int:
    status = Status.FINE
    with Run(options, report_to(sys.stdout, options.format), options.files) as run:
        for file in options.files:
            try:
                _check(options, file, run)
            except Unreadable as error:
                # What is wrong with one file does not keep back what is found in others.
                complain(error)
                status = Status.USAGE
    return status or (Status.INVALID if run.report.count else Status.FINE)


def _check(options: argparse.Namespace, file: str, run: Run) -> None:
    with opened(file) as stream:
        reading = run.reading(file)
        if reading.format.holds_records(stream.head):
            run.records(reading, Work(), stream)
        else:
            run.whole(reading, stream, Source.document)


def _diff(options: argparse.Namespace) -> int:
    from contactwire.patch import MergePatch, diff

    carrier = carrier_named(options.carrier)
    files = (options.before, options.after)
    source, target = (read(file, options.source, Limits.of(options), carrier) for file in files)
    make = diff if options.to == "json-patch" else MergePatch.between
    with _faults_in(source):
        before = source.contact()
    with _faults_in(target):
        patch = make(before, target.contact())
        _put(Change.of(options, source.format).document(patch), options)
    return Status.FINE


def _patch(options: argparse.Namespace) -> int:
    suffixes = [suffix for known in FORMATS.values() if known.is_patch for suffix in known.suffixes]
    change = read(options.patch, None, Limits.of(options), advice=f"a patch is in a file {', '.join(['.json', *suffixes])}")
    if change.format.name == "json":
        named = "json-patch" if JsonCodec().holds_list(change.body) else "merge-patch"
        change = attrs.evolve(change, format=FORMATS[named])
    if not change.format.is_patch:
        raise Unreadable(f"{change.file}: a patch is JSON, not {change.format.name}")
    with _faults_in(change):
        patch = change.document()
    return _written(options, patch.apply)


def _select(options: argparse.Namespace) -> int:
    from contactwire.projection import Selection

    try:
        selection = Selection.parse(options.selection, carrier_named(options.carrier), indexes=False)
    except PathError as error:
        raise Unreadable(f"$select: {error}") from None
    return _written(options, partial(selection.apply, unselected="omit" if options.omit else "null"))


def _table(options: argparse.Namespace) -> int:
    from contactwire.cli.table import run

    return run(options)


def _roundtrip(options: argparse.Namespace) -> int:
    from contactwire.cli.roundtrip import roundtrip

    return roundtrip(options)


def _schema(options: argparse.Namespace) -> int:
    from contactwire import schema

    if options.write is not None:
        given = [f"--{name}" for name in ("format", "carrier", "dialect") if getattr(options, name) is not None]
        if given:
            raise Unreadable(f"{' and '.join(given)}: of one schema, and --write writes all of them")
        for path in schema.write(options.write):
            print(path)
        return Status.FINE
    carrier = carrier_named(options.carrier) if ":" in (options.carrier or "") else options.carrier
    try:
        text = schema.generate(options.format or "json-schema", carrier, options.dialect)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    write_all(sys.stdout.buffer, text.encode())
    return Status.FINE


def _serve(options: argparse.Namespace) -> int:
    try:
        import sqlite3
    except ImportError:
        raise Unreadable("serve needs a Python that was built with SQLite") from None

    from contactwire.server import serve

    try:
        server = serve(options.db, host=options.host, port=options.port)
    except (ContactWireError, sqlite3.Error) as error:
        raise Unreadable(f"--db {options.db}: {error}") from None
    except (OSError, OverflowError) as error:
        raise Unreadable(f"--host {options.host} --port {options.port}: {error}") from None
    server.stop_at_signals()
    print(f"{server.url}{server.host.endpoint.path}/1", flush=True)
    server.serve_forever()
    server.server_close()
    return Status.FINE


def _completion(options: argparse.Namespace) -> int:
    from contactwire.cli.completion import script

    # As bytes: on Windows text would have another end of lines, which shells do not take.
    write_all(sys.stdout.buffer, script(parser(), options.shell).encode() + b"\n")
    return Status.FINE


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "convert": _written,
    "validate": _validate,
    "diff": _diff,
    "patch": _patch,
    "select": _select,
    "table": _table,
    "schema": _schema,
    "roundtrip": _roundtrip,
    "serve": _serve,
    "completion": _completion,
}
