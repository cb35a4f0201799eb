"""The shape of the package: which modules import which, which names are public, and what an import loads."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import contactwire

ROOT = Path(contactwire.__file__).parent
MODULES = sorted(module.name for module in pkgutil.walk_packages([str(ROOT)], "contactwire."))

# From the bottom to the top. A module imports from the layers below its own, and from its own package.
LAYERS = [
    {"patterns"},
    {"errors", "timestamps", "version"},
    {"wire"},
    {"paths", "carriers", "negotiation"},
    {"builtins", "customfields"},
    {"localization"},
    {"patch", "projection"},
    {"codecs"},
    {"http", "schema", "roundtrip", "tables", "golden"},
    {"asgi", "client", "wsgi", "server", "testing"},
    {"cli", "plugins", "guide"},
    {"__main__"},
]


def part_of(module):
    """The module or package right below `contactwire` that a module is or is in."""
    return module.split(".")[1]


def layer_of(module):
    """The layer of a module, counted from the bottom."""
    found = [index for index, names in enumerate(LAYERS) if part_of(module) in names]
    assert found, f"{module} stands in no layer: add {part_of(module)!r} to LAYERS, above all that it imports"
    return found[0]


def file_of(module):
    """The file of a module."""
    path = ROOT.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def imports_of(module):
    """The imports from the package anywhere in a module's text, each as the module it names and the names it takes.

    Those for type checkers only, and those inside of functions, count as well.
    """
    found = []
    for node in ast.walk(ast.parse(file_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, ()) for alias in node.names if alias.name.split(".")[0] == "contactwire"]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "contactwire":
            package = importlib.import_module(node.module)
            modules = [alias.name for alias in node.names if isinstance(getattr(package, alias.name), ModuleType)]
            found += [(f"{node.module}.{name}", ()) for name in modules]
            names = tuple(alias.name for alias in node.names if alias.name not in modules)
            found += [(node.module, names)] if names else []
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports by a relative name: write the whole one"
    return tuple(found)


def package_of(module):
    """The package of a module; for a package, the one above."""
    return module.rpartition(".")[0]


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    """A module imports only from the layers below its own, and from its own package."""
    for other, _ in imports_of(module):
        assert other != "contactwire", f"{module} imports from the front door: import from where the name is defined"
        allowed = part_of(other) == part_of(module) or layer_of(other) < layer_of(module)
        assert allowed, f"{module} imports {other}, which is not below it: move what both need to a layer below both"


@pytest.mark.parametrize("module", MODULES)
def test_packages_are_entered_by_their_face(module):
    """Imports from outside of a package take only names that its `__init__` lists in `__all__`."""
    for other, names in imports_of(module):
        package = package_of(other)
        inside = f"{module}.".startswith(f"{package}.")
        assert inside or package in FACES, (
            f"{module} imports from inside of {package}: hand the names on in that package's __init__, or move them"
        )
        missing = [name for name in names if name not in importlib.import_module(other).__all__]
        assert not missing, f"{module} takes {missing} from {other}, which does not list them in __all__"


# The packages whose modules are public: the library, and the formats.
FACES = {"contactwire", "contactwire.codecs"}


def test_no_import_leads_back():
    """No module imports itself through others."""
    order = TopologicalSorter({module: {other for other, _ in imports_of(module)} for module in MODULES})
    try:
        order.prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        pytest.fail(f"{circle}: move what the first needs of the last into a module that both import")


# A page of the guide has no names (`tests/unit/guide`), and `__main__` is run, not imported.
WITH_NAMES = [name for name in MODULES if part_of(name) not in ("guide", "__main__")]


@pytest.mark.parametrize("module", ["contactwire", *WITH_NAMES])
def test_public_names_are_listed(module):
    """Each public module has an `__all__`, sorted names that exist."""
    loaded = importlib.import_module(module)
    assert sorted(loaded.__all__) == sorted(set(loaded.__all__))
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_the_library_lists_what_it_imports():
    """`contactwire.__all__` has every public name of `contactwire`, and each class and function there has a docstring."""
    public = {
        name for name, value in vars(contactwire).items() if not name.startswith("_") and not isinstance(value, type(sys))
    }
    assert public - {"Any", "TYPE_CHECKING", "annotations"} <= set(contactwire.__all__)
    documented = [getattr(contactwire, name) for name in contactwire.__all__]
    assert [value for value in documented if isinstance(value, (type, FunctionType)) and not value.__doc__] == []


def test_importing_is_light():
    """`import contactwire` loads neither lxml nor cattrs nor Hypothesis, nor other large modules."""
    heavy = ("lxml", "cattrs", "hypothesis", "dateutil", "babel", "asyncio", "importlib.metadata")
    code = f"import sys, contactwire; print([module for module in {heavy} if module in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_compiles_no_pattern():
    """The modules that `import contactwire` loads have patterns that are compiled at their first use."""
    code = "import sys, contactwire; print(*[module for module in sys.modules if module.startswith('contactwire.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "contactwire.codecs.json.text" in loaded
    for module in loaded:
        for statement in ast.parse(file_of(module).read_text(encoding="utf-8")).body:
            is_definition = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
            assert is_definition or "re.compile(" not in ast.unparse(statement), (
                f"{module}: use contactwire.patterns.pattern"
            )


def test_a_command_imports_what_it_needs(tmp_path):
    """Validating NDJSON imports neither the modules of other commands, nor other formats, nor a pool of processes."""
    path = tmp_path / "contacts.ndjson"
    path.write_bytes(b'{"Name":"TechCorp"}\n')
    others = ("cli.table", "cli.roundtrip", "cli.completion", "roundtrip", "codecs.xml", "patch", "schema", "server")
    heavy = (*(f"contactwire.{name}" for name in others), "lxml", "concurrent.futures")
    code = (
        f"import sys; from contactwire.cli import main; print(main(['validate', {str(path)!r}]));"
        f"print([module for module in {heavy} if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["0", "[]"]


def test_importing_tables_imports_no_pandas():
    """`contactwire.tables` leaves pandas alone, which pyarrow imports when it makes the first array."""
    code = "import sys, contactwire.tables; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.split() == [b"False"]


def test_decoding_plain_json_loads_no_cattrs():
    """Decoding any JSON body loads no cattrs."""
    code = (
        "import sys, contactwire as c; c.encode(c.decode('{\"Name\": \"x\"}')); print('cattrs' in sys.modules);"
        ' c.decode(\'{"name": "x", "X": 1}\'); print(\'cattrs\' in sys.modules);'
        " c.make_converter(); print('cattrs' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]


def test_the_library_lists_names_not_imported_yet():
    """`dir(contactwire)` shows every public name before any of them is imported."""
    code = "import contactwire; print(set(contactwire.__all__) == set(dir(contactwire)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
