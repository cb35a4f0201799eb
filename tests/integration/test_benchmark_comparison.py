"""A run of the benchmarks beside the one that is kept in the project."""

import attrs
import pytest

from benchmarks.__main__ import main, status
from benchmarks.compare import moves
from benchmarks.rows import Row

KEPT = Row("JSON decode", "documented", "contactwire", "pydantic", 0.35, ours=1.0, theirs=2.0, ratio=0.5)


def beside(ratio, **others):
    """What moved from the kept row to one with this ratio."""
    return moves({"rows": [attrs.asdict(KEPT)]}, [attrs.evolve(KEPT, ratio=ratio, **others)])


@pytest.mark.parametrize(
    ("ratio", "told", "lost"),
    [(0.5, 0, 0), (0.66, 0, 0), (0.38, 0, 0), (0.67, 1, 0), (0.37, 1, 0), (4.9, 1, 0), (5.1, 1, 1), (None, 0, 0)],
)
def test_what_moved_by_more_than_a_third_is_told(ratio, told, lost):
    """A third more or less is told, and only ten times as much is a failure."""
    moved = beside(ratio)
    assert len(moved) == told
    assert sum(move.is_lost for move in moved) == lost


def test_what_only_one_run_has_is_passed_over():
    """A comparison without a partner of the same work, input and peer is not told."""
    assert beside(9.0, against="msgspec Struct") == []
    assert beside(9.0, input="complete") == []


def test_a_lost_ratio_is_told_and_fails(capsys):
    """A tenfold loss exits with 1 and names the work, the peer and both ratios."""
    assert status([], [], check=False, lost=beside(6.0)) == 1
    assert "JSON decode, documented / pydantic: 0.5 became 6" in capsys.readouterr().err


def test_a_run_compares_itself(capsys):
    """`--compare` reads the run that is kept, and a run on the same machine has lost nothing."""
    assert main(["--quick", "--only", "JSON decode", "--compare"]) == 0
    assert "ten times" not in capsys.readouterr().err
