"""Tests and benchmarks import public names, as users do, and private ones through `tests/inside.py` only."""

import ast
import importlib
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSIDE = ROOT / "tests" / "inside.py"
USERS = sorted(path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py") if path != INSIDE)
# The packages whose modules are public, and these modules.
OPEN = {
    "codecs": ("json", "xml", "form", "patches"),
    "guide": ("frameworks",),
    "plugins": ("bodies", "django", "fastapi", "flask", "litestar", "openapi", "sqlalchemy"),
}


def is_door(module):
    """Whether users import from a module: the library, a module right below it, or one of `OPEN`."""
    parts = module.split(".")
    return len(parts) <= 2 or (len(parts) == 3 and parts[2] in OPEN.get(parts[1], ()))


def is_public(module, name):
    """Whether users may import a name from a module: the module lists it, or the name is a public module itself."""
    return is_door(module) and (is_module(f"{module}.{name}") or name in importlib.import_module(module).__all__)


def is_module(name):
    """Whether a name is that of a public module."""
    return is_door(name) and importlib.util.find_spec(name) is not None


def imports_of(text):
    """The imports from the package in a text: pairs of a module and a name, or None for the whole module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name.split(".")[0] == "contactwire")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "contactwire":
            yield from ((node.module, alias.name) for alias in node.names)


def from_inside(text):
    """The imports in a text of names that a package's `__init__` does not list."""
    return [
        f"{module}.{name}" if name else module
        for module, name in imports_of(text)
        if not (is_public(module, name) if name else is_door(module))
    ]


@pytest.mark.parametrize("path", USERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_tests_use_public_doors(path):
    """No module of the tests or benchmarks imports private names of the package."""
    found = from_inside(path.read_text(encoding="utf-8"))
    assert found == [], (
        f"{path.relative_to(ROOT)} imports {', '.join(found)}: say the same through what the package's __init__ lists; "
        "a test that cannot imports the name from tests.inside, with the reason there, and a benchmark never does"
    )


def test_benchmarks_measure_what_users_call():
    """No benchmark imports `tests/inside.py`."""
    benchmarks = [path for path in USERS if path.is_relative_to(ROOT / "benchmarks")]
    assert benchmarks
    assert [path for path in benchmarks if "tests.inside" in path.read_text(encoding="utf-8")] == []


def test_every_name_from_inside_is_used():
    """Every name in `tests/inside.py` is imported by a test."""
    wanted = {
        alias.name
        for path in USERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "tests.inside"
        for alias in node.names
    }
    assert set(importlib.import_module("tests.inside").__all__) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "import contactwire.codecs.xml.write",
        "from contactwire.codecs.xml.write import Writers",
        "from contactwire.codecs.xml import made_of",
        "from contactwire.patch import values",
        "from contactwire.wire import _plan",
        "def test():\n    from contactwire.cli.documents import Unreadable",
    ],
)
def test_a_way_inside_is_seen(text):
    """`from_inside` finds imports of modules, of names that a package does not list, and imports inside of functions."""
    assert from_inside(text)
