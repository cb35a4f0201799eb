"""`contactwire roundtrip`: reports what each codec would lose of a folder of recorded bodies."""

from __future__ import annotations

import argparse
import sys

from contactwire.cli.documents import Unreadable
from contactwire.cli.statuses import Status
from contactwire.errors import UnsupportedMediaType
from contactwire.roundtrip import LOSSLESS, codecs_named, replay_folder

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Replay the folder, and print a table and a line for each place where something would be lost.

    Returns 0 if there is no such place, else 1. Raises `Unreadable` for an unknown codec or folder.
    """
    try:
        codecs = codecs_named(options.through or LOSSLESS)
    except UnsupportedMediaType as error:
        raise Unreadable(f"--through: {error}") from None
    try:
        report = replay_folder(options.folder, codecs, progress=sys.stderr if sys.stderr.isatty() else None)
    except OSError as error:
        raise Unreadable(f"{error.filename}: {error.strerror}") from None
    for name in report.skipped:
        print(f"contactwire: {name}: skipped, no known suffix", file=sys.stderr)
    if not report.replayed:
        raise Unreadable(f"{options.folder}: there is no recorded body")
    print(report)
    return Status.FINE if report else Status.INVALID
