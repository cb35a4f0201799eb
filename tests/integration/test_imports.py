"""The shape of the package: what imports what, what is public, and what an import costs."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

import contactwire

ROOT = Path(contactwire.__file__).parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages([str(ROOT)], "contactwire.") if not module.name.endswith("__main__")
)

# Each layer may import from those before it and from its own line where that is said.
LAYERS = [
    {"timestamps", "errors", "wire", "paths"},
    {"carriers", "builtins"},
    {"patch", "projection", "localization", "customfields", "negotiation"},
    {"codecs"},
    {"http", "schema", "golden", "roundtrip", "testing"},
    {"cli", "asgi", "wsgi", "server", "plugins"},
]


def layer_of(module):
    """The layer that a module stands in, by the first part of its name behind `contactwire.`."""
    part = module.split(".")[1].lstrip("_")
    found = [
        index for index, names in enumerate(LAYERS) if any(part == name or part.startswith(name + "_") for name in names)
    ]
    assert found, f"{module} has no layer"
    return found[0]


def imported_by(module):
    """The modules of the package that a module imports anywhere in its text."""
    path = ROOT.joinpath(*module.split(".")[1:])
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("contactwire."):
            yield node.module
        elif isinstance(node, ast.ImportFrom) and node.module == "contactwire":
            submodules = [f"contactwire.{alias.name}" for alias in node.names]
            assert set(submodules) <= set(MODULES), f"{module} imports from the package's front door"
            yield from submodules


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    """A module imports only from its own layer and those below."""
    for other in imported_by(module):
        assert layer_of(other) <= layer_of(module), f"{module} imports {other}"


def test_a_package_is_imported_by_its_face():
    """From outside, nothing inside of the package of a format is imported, only what its `__init__` hands on."""
    inside = "contactwire.codecs.xml."
    for module in MODULES:
        for other in imported_by(module):
            assert not other.startswith(inside) or module.startswith(inside.rstrip(".")), f"{module} imports {other}"


@pytest.mark.parametrize("module", ["contactwire", *MODULES])
def test_public_names_are_listed(module):
    """Each public module has an `__all__`, sorted names that exist."""
    loaded = importlib.import_module(module)
    assert sorted(loaded.__all__) == sorted(set(loaded.__all__))
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_the_front_door_lists_what_it_imports():
    """`contactwire.__all__` is every public name there, and each class and function has a docstring."""
    public = {
        name for name, value in vars(contactwire).items() if not name.startswith("_") and not isinstance(value, type(sys))
    }
    assert public - {"Any", "TYPE_CHECKING", "annotations"} <= set(contactwire.__all__)
    documented = [getattr(contactwire, name) for name in contactwire.__all__]
    assert [value for value in documented if isinstance(value, (type, FunctionType)) and not value.__doc__] == []


def test_importing_is_light():
    """`import contactwire` loads neither lxml nor cattrs nor hypothesis, nor other heavy modules."""
    heavy = ("lxml", "cattrs", "hypothesis", "dateutil", "babel", "asyncio")
    code = f"import sys, contactwire; print([module for module in {heavy} if module in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_decoding_plain_json_loads_no_cattrs():
    """No body loads cattrs, whatever is in it; only a converter does."""
    code = (
        "import sys, contactwire as c; c.encode(c.decode('{\"Name\": \"x\"}')); print('cattrs' in sys.modules);"
        " c.decode('{\"name\": \"x\", \"X\": 1}'); print('cattrs' in sys.modules); c.make_converter(); print('cattrs' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
