"""Functions made of generated source: where they come from, and how long they live."""

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
    """It sees the names that it was given, and no others."""
    assert made_of(SOURCE, "half", {"divisor": 2})(9) == 4
    with pytest.raises(NameError):
        made_of(SOURCE, "half", {})(9)


def test_a_traceback_shows_the_source():
    """The line that failed stands in it, and the title."""
    with pytest.raises(ZeroDivisionError) as caught:
        made_of(SOURCE, "half of it", {"divisor": 0})(9)
    shown = "".join(traceback.format_exception(caught.value))
    assert "<contactwire: half of it, " in shown
    assert "return number // divisor" in shown


def test_source_is_forgotten_with_its_function():
    """Nothing is kept of a function that nobody holds."""
    half = made_of(SOURCE, "half", {"divisor": 2})
    file = half.__code__.co_filename
    assert file in linecache.cache
    del half
    gc.collect()
    assert file not in linecache.cache


def test_only_one_module_runs_generated_source():
    """`exec` stands nowhere else."""
    package = Path(contactwire.__file__).parent
    callers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "exec"
    }
    assert callers == {"codecs/shared/generated.py"}
