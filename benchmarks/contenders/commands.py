"""The command line on a file of records, each command a process of its own: how long it takes, and how much memory.

The peers read the same file: `jq -c`, which writes it again, DuckDB's reader of JSON, which infers a type, and pydantic's
models in a loop over the lines. A process's start is part of what is measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import INPUTS, Input
from benchmarks.measure import Timer, Unit

__all__ = ["COMMANDS", "LARGE", "MEMORY", "ONE", "SCALING", "SMALL", "TWO", "WORKS", "work"]

_COUNTS = (1_000, 20_000)
# As many as make the start of the processes, which takes the same time for any file, a small part.
_MANY = 100_000

FILE = "FILE"
"""What stands for the file among the arguments of a command."""

_OURS = (sys.executable, "-m", "contactwire")
COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate", FILE),
    "select": ("select", FILE, "contactId,name,category/id"),
    "convert": ("convert", FILE, "--to", "xml"),
    "table": ("table", FILE, "--columns", "contactId,name,category/id,emails/0/value", "--to", "parquet"),
}
"""The arguments of each command."""

# Runs a command from a small process, since the peak of a process begins with that of the one which has started it.
_WATCH = """\
import resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
_PYDANTIC = """\
import sys
sys.path.insert(0, sys.argv[2])
from contact_models_pydantic import ContactEntityWithLinks
for line in open(sys.argv[1], "rb"):
    ContactEntityWithLinks.model_validate_json(line)
"""
_DUCKDB = """\
import sys, duckdb
connection = duckdb.connect(config={"threads": 1})
connection.sql(f"SELECT count(COLUMNS(*)) FROM read_json('{sys.argv[1]}', format='newline_delimited')").fetchall()
"""


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


@cache
def _write(count: int) -> Path:
    """A file of so many contacts in NDJSON: the documented one, each with fractions of its dates of its own."""
    path = Path(_folder().name) / f"{count}.ndjson"
    with path.open("wb") as file:
        file.writelines(body + b"\n" for body in INPUTS["documented"].each_with_its_own_dates(count))
    return path


def _seconds_and_bytes(command: list[str]) -> tuple[float, int]:
    """How long a process took, and the peak of its resident memory, or of that of a process which it has started."""
    # All find their modules compiled, as an installer leaves them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(_folder().name) / "compiled")
    watched = [sys.executable, "-S", "-c", _WATCH, *command]
    done = subprocess.run(watched, capture_output=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.decode().strip().splitlines()[-1])
    seconds, size = done.stdout.split()
    return float(seconds), int(size) * (1 if sys.platform == "darwin" else 1024)


def _process(command: Callable[[Path], list[str]], count: int, unit: Unit = "s") -> Callable[[Input], Timer]:
    def make(_: Input) -> Timer:
        given = command(_write(count))
        if shutil.which(given[0]) is None:
            raise ImportError(given[0])
        place = ("s", "B").index(unit)
        return lambda calls: sum(_seconds_and_bytes(given)[place] for _ in range(calls))

    return make


def _ours(name: str, *options: str) -> Callable[[Path], list[str]]:
    return lambda path: [*_OURS, *(str(path) if each == FILE else each for each in COMMANDS[name]), *options]


def _pydantic(path: Path) -> list[str]:
    return [sys.executable, "-c", _PYDANTIC, str(path), str(models.file("pydantic").parent)]


_JQ = {
    "jq -c": Contender(
        _process(lambda path: ["jq", "-c", ".", str(path)], _COUNTS[-1]), differs="checks no contact, and writes it again"
    )
}
_READERS = {
    "pydantic in a loop": Contender(
        _process(_pydantic, _COUNTS[-1]), ("pydantic",), "keeps six digits of a second, drops unknown members"
    ),
    "DuckDB read_json": Contender(
        _process(lambda path: [sys.executable, "-c", _DUCKDB, str(path)], _COUNTS[-1]),
        ("duckdb",),
        "infers types, and checks no contact; on one thread",
    ),
}


LARGE, SMALL = "a large file", "a small file"
"""The names of the contenders whose memory is compared."""

ONE, TWO = "one process", "--workers 2"
"""The names of the contenders whose scaling is compared."""


def work(name: str) -> str:
    """The work that measures a command's time."""
    return f"contactwire {name}, {_COUNTS[-1]:,} lines of NDJSON"


MEMORY = {f"memory of contactwire {name}": name for name in COMMANDS}
"""The works that measure a command's memory, with the commands."""

SCALING = {f"contactwire {name}, {_MANY:,} lines of NDJSON": name for name in COMMANDS}
"""The works that measure what a second process gains, with the commands."""

WORKS = {
    **{
        work(name): {
            OURS: Contender(_process(_ours(name), _COUNTS[-1])),
            **_JQ,
            **(_READERS if name == "validate" else {}),
        }
        for name in COMMANDS
    },
    **{
        work: {
            each: Contender(_process(_ours(name), count, "B")) for each, count in zip((SMALL, LARGE), _COUNTS, strict=True)
        }
        for work, name in MEMORY.items()
    },
    **{
        work: {
            ONE: Contender(_process(_ours(name), _MANY)),
            TWO: Contender(_process(_ours(name, "--workers", "2"), _MANY)),
        }
        for work, name in SCALING.items()
    },
}
