"""`contactwire roundtrip`: reports what each codec would lose of a folder of recorded bodies."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from contactwire.carriers import ContactEntityWithLinks
from contactwire.cli.documents import Unreadable
from contactwire.cli.statuses import Status
from contactwire.errors import UnsupportedMediaType
from contactwire.roundtrip import LOSSLESS, Finding, Report, codecs_named, read_baseline, replay_folder
from contactwire.wire import is_carrier

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Replay the folder, and print a report of each place where something would be lost.

    Returns `Status.FINE` if there is no such place that the baseline does not have, `UNREADABLE` if one is a body that does
    not decode, else `INVALID`. Raises `Unreadable` for an unknown codec, carrier, baseline or folder.
    """
    known = _known(options.baseline) if options.baseline is not None else frozenset()
    report = _report(options)
    for name in report.skipped:
        print(f"contactwire: {name}: skipped, no known suffix", file=sys.stderr)
    if not report.replayed:
        raise Unreadable(f"{options.folder}: there is no recorded body")
    if options.format == "json":
        print(json.dumps(report.to_builtins(known), indent=2))
    else:
        print("\n".join([report.table(), *report.lines(known)]))
    if options.baseline is not None:
        _compare(report, known)
    kinds = {finding.kind for finding in report.findings(known)}
    return Status.UNREADABLE if "unreadable" in kinds else Status.INVALID if kinds else Status.FINE


def _report(options: argparse.Namespace) -> Report:
    try:
        codecs = codecs_named(options.through or LOSSLESS)
    except UnsupportedMediaType as error:
        raise Unreadable(f"--through: {error}") from None
    type = ContactEntityWithLinks if options.carrier is None else _carrier(options.carrier)
    progress = sys.stderr if sys.stderr.isatty() else None
    try:
        return replay_folder(options.folder, codecs, type=type, progress=progress)
    except OSError as error:
        raise Unreadable(f"{error.filename}: {error.strerror}") from None


def _known(file: str) -> frozenset[Finding]:
    try:
        return read_baseline(file)
    except OSError as error:
        raise Unreadable(f"--baseline: {file}: {error.strerror}") from None
    except ValueError as error:
        raise Unreadable(f"--baseline: {file}: no report of contactwire roundtrip --format json: {error}") from None


def _compare(report: Report, known: frozenset[Finding]) -> None:
    """Tell on standard error how many losses of the baseline are still there, and how many are gone."""
    accepted = len(known.intersection(report.findings()))
    print(f"contactwire: {accepted} known losses accepted, {len(known) - accepted} gone", file=sys.stderr)


def _carrier(name: str) -> Any:
    """The carrier class `module:Class`; modules in the present folder are found too, as `python -m` finds them."""
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise Unreadable(f"--carrier: expected module:Class, such as crm.notes:Note; received {name}: {error}") from None
    finally:
        sys.path.remove(here)
    if not is_carrier(found):
        raise Unreadable(f"--carrier: {name} is no carrier class")
    return found
