"""Functions that are generated as source: what they see, what a traceback shows, and when they are freed."""

from __future__ import annotations

import ast
import gc
import linecache
import traceback
from pathlib import Path

import pytest

import contactwire
from tests.inside import made_of

SOURCE = "def half(number):\n    return number // divisor\n"


def test_a_function_does_what_its_source_says():
    """A generated function sees the names that it was given, and no others."""
    assert made_of(SOURCE, "half", {"divisor": 2})(9) == 4
    with pytest.raises(NameError):
        made_of(SOURCE, "half", {})(9)


def test_a_traceback_shows_the_source():
    """A traceback shows the failed line of a generated function, and the title of its source."""
    with pytest.raises(ZeroDivisionError) as caught:
        made_of(SOURCE, "half of it", {"divisor": 0})(9)
    shown = "".join(traceback.format_exception(caught.value))
    assert "<contactwire: half of it, " in shown
    assert "return number // divisor" in shown


def test_source_is_forgotten_with_its_function():
    """The source of a generated function is freed with the function."""
    half = made_of(SOURCE, "half", {"divisor": 2})
    file = half.__code__.co_filename
    assert file in linecache.cache
    del half
    gc.collect()
    assert file not in linecache.cache


def test_only_one_module_runs_generated_source():
    """`exec` is called in one module of the package only."""
    package = Path(contactwire.__file__).parent
    callers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "exec"
    }
    assert callers == {"codecs/xml/generated.py"}
