"""The pytest plug-in, in a pytest process of its own."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import contactwire
from contactwire.testing import golden

pytest_plugins = ["pytester"]

PLUGIN = "contactwire.plugins.pytest"
# In an environment without the package's entry points the plug-in is loaded by name.
LOADED = [] if entry_points(group="pytest11", name="contactwire") else ["-p", PLUGIN]


@pytest.fixture
def recorded(pytester):
    """A folder with a recorded body, and a test that replays it."""
    pytester.path.joinpath("bodies").mkdir()
    pytester.path.joinpath("bodies", "small.json").write_bytes(golden.SMALL)
    pytester.makepyfile(
        """
        def test_recorded_bodies(contactwire_replay):
            contactwire_replay("bodies").assert_lossless()
        """
    )
    return pytester


def test_the_fixture_replays_a_folder(recorded):
    """A test that uses the fixture passes if nothing is lost."""
    recorded.runpytest_subprocess(*LOADED).assert_outcomes(passed=1)


def test_the_fixture_reports_losses(recorded):
    """A test that uses the fixture fails if a body would lose something, with the pointer in its report."""
    recorded.path.joinpath("bodies", "control.json").write_bytes(b'{"Name": "\\u0001"}')
    result = recorded.runpytest_subprocess(*LOADED)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*control.json: xml-plain: /Name: *"])


def test_the_fixture_takes_codecs_and_a_type(pytester):
    """The fixture takes the names of codecs, and a user's carrier."""
    pytester.path.joinpath("tags").mkdir()
    pytester.path.joinpath("tags", "tag.json").write_bytes(b'{"Label": "x"}')
    pytester.makepyfile(
        """
        from contactwire import Maybe, UNSET, Carrier

        class Tag(Carrier):
            label: Maybe[str] = UNSET

        def test_tags(contactwire_replay):
            report = contactwire_replay("tags", ["json", "merge-patch"], type=Tag)
            report.assert_lossless()
            assert report.codecs == ("as recorded", "json", "merge-patch")
        """
    )
    pytester.runpytest_subprocess(*LOADED).assert_outcomes(passed=1)


def test_loading_the_plugin_is_light():
    """A pytest that loads the plug-in and does not use the fixture does not import the library."""
    path = Path(contactwire.__file__).with_name("plugins") / "pytest.py"
    code = f"import runpy, sys; runpy.run_path({str(path)!r}); print('contactwire' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
