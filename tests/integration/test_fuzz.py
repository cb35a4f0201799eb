"""A short run of the fuzz targets, without coverage and always with the same bodies."""

import importlib
import sys
from itertools import islice
from pathlib import Path

import pytest

BODIES = {
    "json": 500,
    "json_stream": 600,
    "xml": 300,
    "xml_stream": 300,
    "form": 300,
    "json_patch": 400,
    "merge_patch": 400,
    "select": 600,
}


FUZZ = Path(__file__).parents[1] / "fuzz"
sys.path.insert(0, str(FUZZ))
harness = importlib.import_module("harness")


def test_every_target_is_run():
    """Each decoder has a fuzz program, and each program is run here."""
    programs = {path.stem.removeprefix("fuzz_") for path in FUZZ.glob("fuzz_*.py")}
    assert programs == set(harness.TARGETS) == set(BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_the_invariants_hold(name):
    """The invariants of each fuzz target hold for its seeds with a few changes."""
    target = harness.TARGETS[name]
    for body in islice(harness.inputs(target), BODIES[name]):
        try:
            target.check(body)
        except Exception as error:
            error.add_note(f"the body was {body!r}")
            raise
