"""Fresh processes: what the first import and the first decode cost, without the interpreter's own start.

pydantic's side is a module file with its models of the same carriers, as a user's project holds one. Both sides find all
modules compiled, as an installer leaves them: the first run of a process is not measured, and fills a cache of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks import models
from benchmarks.contenders._contender import OURS, Contender
from benchmarks.inputs import Input
from benchmarks.measure import Timer

__all__ = ["WORKS"]

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
_PYDANTIC_IMPORT = "import contact_models_pydantic"
_PYDANTIC_DECODE = _PYDANTIC_IMPORT + "; contact_models_pydantic.ContactEntityWithLinks.model_validate_json(body)"


def _in_child(statement: str, body: bytes) -> float:
    folder = models.file("pydantic").parent
    command = [sys.executable, "-c", _CHILD.format(statement), str(_ROOT), str(folder)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
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


_PYDANTIC = ("pydantic",)

WORKS = {
    "import in a fresh process": {
        OURS: Contender(_fresh(_IMPORT, "contactwire")),
        "pydantic with models": Contender(_fresh(_PYDANTIC_IMPORT, "pydantic"), _PYDANTIC),
    },
    "first decode in a fresh process": {
        OURS: Contender(_fresh(_DECODE, "contactwire")),
        "pydantic with models": Contender(_fresh(_PYDANTIC_DECODE, "pydantic"), _PYDANTIC),
    },
}
