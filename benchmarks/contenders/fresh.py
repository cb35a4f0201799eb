"""Fresh processes: what the first import and the first decode cost, without the interpreter's own start.

pydantic's side is a module file with its models of the same carriers, as a user's project holds one. Both sides find all
modules compiled, as an installer leaves them: the first run of a process is not measured, and fills a cache of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import Input
from benchmarks.measure import Timer

__all__ = ["CONTENDERS"]

_ROOT = Path(__file__).parent.parent.parent
_CHILD = """\
import sys, time
sys.path[:0] = sys.argv[1:3]
body = sys.stdin.buffer.read()
start = time.perf_counter()
{}
print(time.perf_counter() - start)
"""

_IMPORT = "import contactwire"
_DECODE = _IMPORT + "; contactwire.decode(body, type=contactwire.ContactEntityWithLinks)"
_PYDANTIC_IMPORT = "import contact_models"
_PYDANTIC_DECODE = _PYDANTIC_IMPORT + "; contact_models.ContactEntityWithLinks.model_validate_json(body)"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="contactwire-benchmarks-")
    (Path(folder.name) / "contact_models.py").write_text(models.source("pydantic"))
    return folder


def _in_child(statement: str, body: bytes) -> float:
    command = [sys.executable, "-c", _CHILD.format(statement), str(_ROOT), _folder().name]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(_folder().name) / "compiled")
    done = subprocess.run(command, input=body, capture_output=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.decode().strip().splitlines()[-1])
    return float(done.stdout)


def _fresh(statement: str, module: str) -> Callable[[Input], Timer]:
    def make(given: Input) -> Timer:
        if find_spec(module) is None:
            raise ImportError(module)
        return lambda calls: sum(_in_child(statement, given.body) for _ in range(calls))

    return make


CONTENDERS = {
    ("import in a fresh process", OURS): Contender(_fresh(_IMPORT, "contactwire")),
    ("import in a fresh process", "import pydantic and models"): Contender(
        _fresh(_PYDANTIC_IMPORT, "pydantic"), ("pydantic",)
    ),
    ("first decode in a fresh process", OURS): Contender(_fresh(_DECODE, "contactwire")),
    ("first decode in a fresh process", "pydantic with import and models"): Contender(
        _fresh(_PYDANTIC_DECODE, "pydantic"), ("pydantic",)
    ),
}
