"""How faults are reported: a line each, as compilers show them, as JSON, or as GitHub's annotations.

A report writes each fault when it comes, so that a long run shows them at once and keeps none in memory.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from contactwire.cli.documents import Fault, data_of
from contactwire.cli.terminals import encodable, obeys_escapes
from contactwire.errors import printable

__all__ = ["REPORTS", "Report", "complain", "report_to"]

_BEFORE, _WIDTH = 40, 100
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|<[^>]*>|[^\s,\]}<]+')
_COLOURS = {"error": "1;31", "place": "1;34", "mark": "1;31", "message": "1"}


def complain(message: object) -> None:
    """Say on standard error what is wrong, on one line: whoever names files may write in their names what they like.

    Where that cannot be written, the exit status has to say it alone.
    """
    with suppress(OSError):
        print(f"contactwire: {printable(str(message))}", file=sys.stderr)


class Report:
    """Writes faults to a stream, each as its lines; `count` is how many there were."""

    opening = between = ""
    shows_lines = False
    """Whether the faults are to have the text of their lines."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.count = stream, 0

    def add(self, faults: Iterable[Fault]) -> bool:
        """Write faults, and say whether there was one."""
        before = self.count
        for fault in faults:
            self.stream.write((self.between if self.count else self.opening) + self.text(fault))
            self.count += 1
        self.stream.flush()
        return self.count > before

    def close(self) -> None:
        """Write what stands behind the last fault: nothing, unless a report says otherwise."""

    def text(self, fault: Fault) -> str:
        """A fault as text: a line with file, line, pointer and message, and with the column where there is no pointer."""
        place = f" {fault.pointer}:" if fault.pointer else f"{fault.column}:"
        return printable(f"{fault.file}:{fault.line}:{place} {fault.message}") + "\n"


class _Json(Report):
    """One JSON list, with an object for each fault."""

    opening, between = "[", ","

    def text(self, fault: Fault) -> str:
        return "\n  " + json.dumps(data_of(fault), indent=2).replace("\n", "\n  ")

    def close(self) -> None:
        self.stream.write("\n]\n" if self.count else "[]\n")


class _GitHub(Report):
    """A workflow command for each fault, which GitHub Actions show as an annotation of the file."""

    def text(self, fault: Fault) -> str:
        message = f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message
        file = _escaped(fault.file).replace(":", "%3A").replace(",", "%2C")
        return (
            f"::error file={file},line={fault.line},col={fault.column},title=contactwire::{_escaped(printable(message))}\n"
        )


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


class _Full(Report):
    """Each fault with its line, the place marked below it, and colour on a terminal."""

    shows_lines = True

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._coloured = not os.environ.get("NO_COLOR") and obeys_escapes(stream)

    def text(self, fault: Fault) -> str:
        margin = " " * len(str(fault.line))
        bar = self._in("|", "place")
        where = printable(f"{fault.file}:{fault.line}:{fault.column}")
        lines = [f"{self._in('error', 'error')}{self._in(f': {printable(fault.message)}', 'message')}"]
        lines.append(f"{margin}{self._in('-->', 'place')} {where}")
        if fault.shown is not None and fault.shown[0]:
            text, before, width = _excerpt(*fault.shown, self._shown)
            mark = self._in("^" * width + (f" {printable(fault.pointer)}" if fault.pointer else ""), "mark")
            lines += [f"{margin} {bar}", f"{self._in(str(fault.line), 'place')} {bar} {text}"]
            lines.append(f"{margin} {bar} {' ' * before}{mark}")
        return "\n".join(lines) + "\n\n"

    def close(self) -> None:
        if self.count:
            self.stream.write(f"{self.count} fault{'s' if self.count > 1 else ''}\n")

    def _shown(self, text: str) -> str:
        return encodable(_printable(text), self.stream)

    def _in(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._coloured else text


def _excerpt(line: str, column: int, shown: Callable[[str], str]) -> tuple[str, int, int]:
    """The part of a line around a column (from 1), and how many cells stand in front of the token there, and in it.

    `shown` is a text as the stream shows it.
    """
    at = min(column - 1, len(line))
    start = 0 if at < _WIDTH - _BEFORE else at - _BEFORE
    found = _TOKEN.match(line, at)
    end = min(start + _WIDTH, len(line))
    token = line[at : min(found.end(), end)] if found else ""
    before = ("…" if start else "") + line[start:at]
    text = before + line[at:end] + ("…" if end < len(line) else "")
    return shown(text.rstrip("\r")), _cells(shown(before)), max(1, _cells(shown(token)))


def _printable(text: str) -> str:
    """The text with a space for each tab, and one mark for each character that a terminal would not show, or would obey."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


REPORTS: Mapping[str, Callable[[TextIO], Report]] = {
    "text": Report,
    "full": _Full,
    "json": _Json,
    "github": _GitHub,
}
"""The reports by the name that `--format` gives them."""


def report_to(stream: Any, name: str | None) -> Report:
    """The report of a name; without one, a full report on a terminal, and lines elsewhere."""
    return REPORTS[name or ("full" if stream.isatty() else "text")](stream)
