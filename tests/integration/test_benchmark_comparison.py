"""`compare`: a run of the benchmarks beside the recorded one."""

import attrs
import pytest

from benchmarks.__main__ import main, status
from benchmarks.compare import moves
from benchmarks.record import PROJECT, read
from benchmarks.rows import Row

KEPT = Row("JSON decode", "documented", "contactwire", "pydantic", 0.35, ours=1.0, theirs=2.0, ratio=0.5)


def beside(ratio, **others):
    """The moves from the recorded row to a row with this ratio."""
    return moves({"rows": [attrs.asdict(KEPT)]}, [attrs.evolve(KEPT, ratio=ratio, **others)])


@pytest.mark.parametrize(
    ("ratio", "told", "lost"),
    [(0.5, 0, 0), (0.66, 0, 0), (0.38, 0, 0), (0.67, 1, 0), (0.37, 1, 0), (4.9, 1, 0), (5.1, 1, 1), (None, 0, 0)],
)
def test_what_moved_by_more_than_a_third_is_reported(ratio, told, lost):
    """A ratio that moved by more than a third is reported, and only one that grew tenfold is lost."""
    moved = beside(ratio)
    assert len(moved) == told
    assert sum(move.is_lost for move in moved) == lost


def test_what_only_one_run_has_is_passed_over():
    """A comparison without the same work, input and peer in the other run is not reported."""
    assert beside(9.0, against="msgspec Struct") == []
    assert beside(9.0, input="complete") == []


def test_a_lost_ratio_is_reported_and_fails(capsys):
    """A ratio that grew tenfold makes the command exit with 1 and name the work, the peer and both ratios."""
    assert status([], [], check=False, lost=beside(6.0)) == 1
    assert "JSON decode, documented / pydantic: 0.5 became 6" in capsys.readouterr().err


@pytest.mark.parametrize(("ratio", "expected"), [(1e-6, 1), (1e6, 0)])
def test_a_run_is_compared_with_the_recorded_one(capsys, monkeypatch, ratio, expected):
    """`--compare` tells what moved since the recorded run, and exits with 1 if a ratio in it has grown tenfold."""
    recorded = read(PROJECT)
    rows = [{**row, "ratio": ratio} for row in recorded["rows"]]
    monkeypatch.setattr("benchmarks.__main__.read", lambda project: {**recorded, "rows": rows})
    assert main(["--quick", "--only", "JSON Patch apply", "--compare"]) == expected
    out, err = capsys.readouterr()
    assert "moved by more than a third: JSON Patch apply" in out
    assert ("ten times" in err) == bool(expected)
