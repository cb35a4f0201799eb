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
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import INPUTS, Input
from benchmarks.measure import Timer, Unit

__all__ = ["COMMANDS", "COUNTS", "MEMORY", "WORKERS", "WORKS", "over", "work", "write"]

COUNTS = (1_000, 20_000)
WORKERS = "contactwire --workers 2"

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
def write(count: int) -> Path:
    """A file of so many contacts in NDJSON: the documented one, each with fractions of its dates of its own."""
    path = Path(_folder().name) / f"{count}.ndjson"
    with path.open("wb") as file:
        file.writelines(body + b"\n" for body in INPUTS["documented"].each_with_its_own_dates(count))
    return path


def _seconds_and_bytes(command: list[str]) -> tuple[float, int]:
    """How long a process took, and the peak of its resident memory, with that of its children."""
    # All find their modules compiled, as an installer leaves them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(_folder().name) / "compiled")
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode().strip().splitlines()[-1])
    return time.perf_counter() - start, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _process(command: Callable[[Path], list[str]], count: int, unit: Unit = "s") -> Callable[[Input], Timer]:
    def make(_: Input) -> Timer:
        given = command(write(count))
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
        _process(lambda path: ["jq", "-c", ".", str(path)], COUNTS[-1]), differs="checks no contact, and writes it again"
    )
}
_READERS = {
    "pydantic in a loop": Contender(_process(_pydantic, COUNTS[-1]), ("pydantic",)),
    "DuckDB read_json": Contender(
        _process(lambda path: [sys.executable, "-c", _DUCKDB, str(path)], COUNTS[-1]),
        ("duckdb",),
        "infers types, and checks no contact; on one thread",
    ),
}


def over(count: int) -> str:
    """The name of the contender that reads so many contacts."""
    return f"over {count:,} contacts"


def work(name: str) -> str:
    """The work that measures a command's time."""
    return f"contactwire {name}, {COUNTS[-1]:,} lines of NDJSON"


MEMORY = {f"memory of contactwire {name}": name for name in COMMANDS}
"""The works that measure a command's memory, with the commands."""

WORKS = {
    **{
        work(name): {
            OURS: Contender(_process(_ours(name), COUNTS[-1])),
            WORKERS: Contender(_process(_ours(name, "--workers", "2"), COUNTS[-1])),
            **_JQ,
            **(_READERS if name == "validate" else {}),
        }
        for name in COMMANDS
    },
    **{
        work: {over(count): Contender(_process(_ours(name), count, "B")) for count in COUNTS}
        for work, name in MEMORY.items()
    },
}
