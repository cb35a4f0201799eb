"""The library's types as its users' checkers see them."""

import subprocess
import sys
from pathlib import Path

import pytest

USAGE = Path(__file__).with_name("usage.py")
CONFIGURATION = """{
    "include": ["usage.py"],
    "typeCheckingMode": "strict",
    "reportUnnecessaryTypeIgnoreComment": true,
    "enableTypeIgnoreComments": false,
    "reportUnusedCoroutine": false
}"""


@pytest.fixture
def folder(tmp_path):
    """A folder with the sample, outside the project, so that the project's settings do not apply."""
    (tmp_path / "usage.py").write_text(USAGE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def run(folder, *command):
    """Run a checker from the environment of this test."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_mypy_understands_the_library(folder, pytestconfig):
    """`mypy --strict` finds the errors that the sample marks, and no others."""
    cache = pytestconfig.cache.mkdir("mypy")
    status, output = run(folder, "mypy", "--strict", "--warn-unused-ignores", "--cache-dir", str(cache), "usage.py")
    assert status == 0, output


def test_pyright_understands_the_library(folder):
    """`pyright` in strict mode finds the errors that the sample marks, and no others."""
    (folder / "pyrightconfig.json").write_text(CONFIGURATION, encoding="utf-8")
    status, output = run(folder, "pyright", "--project", str(folder), "--pythonpath", sys.executable)
    assert status == 0, output
