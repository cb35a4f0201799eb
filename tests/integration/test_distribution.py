"""The metadata and files of a distribution of the project."""

import re
import subprocess
import sys
import zipfile
from email import message_from_bytes, policy
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


@pytest.fixture(scope="module")
def metadata(wheel):
    """The metadata of the wheel: its fields, and the description as the payload."""
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(wheel.read(name), policy=policy.default)


def test_the_metadata_names_the_page_of_the_project(metadata):
    """The metadata has the address of the project's page."""
    assert metadata.get_all("Project-URL") == ["PyPI, https://pypi.org/project/contactwire/"]


def test_links_of_the_description_lead_somewhere(metadata):
    """The description links to web addresses and its own headings only, since PyPI shows no file beside it."""
    description = metadata.get_payload()
    assert description.startswith("# contactwire")
    outside_code = re.sub(r"(?s)```.*?```|`[^`]*`", "", description)
    targets = re.findall(r"\]\(([^)]*)\)", outside_code)
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []


def test_a_wheel_holds_the_package_its_types_and_its_schemas(wheel):
    """A wheel holds the marker for type checkers, the payloads and the schemas."""
    names = set(wheel.namelist())
    assert {"contactwire/py.typed", "contactwire/cli/commands.py", "contactwire/schemas/openapi.json"} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]
