"""What a distribution of the project says of itself."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    (built,) = folder.iterdir()
    return zipfile.ZipFile(built)


def test_links_of_the_description_lead_somewhere(wheel):
    """On PyPI there are no files beside the README, so its description links to web addresses and its own headings only."""
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    description = wheel.read(metadata).decode().partition("\n\n")[2]
    assert description.startswith("# contactwire")
    outside_code = re.sub(r"(?s)```.*?```|`[^`]*`", "", description)
    targets = re.findall(r"\]\(([^)]*)\)", outside_code)
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []


def test_a_wheel_holds_the_package_its_types_and_its_schemas(wheel):
    """Whoever installs a wheel gets the marker for type checkers, the payloads and the schemas."""
    names = set(wheel.namelist())
    assert {"contactwire/py.typed", "contactwire/cli/commands.py", "contactwire/schemas/openapi.json"} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]
