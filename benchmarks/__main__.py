"""`python -m benchmarks`: measure, print the table, and write the results where the options say."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from benchmarks.budgets import BUDGETS
from benchmarks.compare import Move, moves
from benchmarks.measure import FULL, QUICK, Measurement
from benchmarks.record import PROJECT, read, record
from benchmarks.report import circumstances, describe, differences, document, listing, table
from benchmarks.rows import Row, failing, judge
from benchmarks.runner import chosen, run, short


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 for a failed contender, a missed budget or a lost ratio, 2 for wrong options, else 0."""
    options = _parser().parse_args(arguments)
    budgets = chosen(short(BUDGETS) if options.quick else BUDGETS, options.only)
    if reason := _unusable(options, budgets):
        print(reason, file=sys.stderr)
        return 2
    if options.list:
        print(listing(budgets))
        return 0
    effort = attrs.evolve(QUICK if options.quick else FULL, collect=options.gc)
    measurements = list(run(budgets, effort, _progress))
    _progress("")
    rows = judge(budgets, measurements)
    print(table(rows), *differences(rows), sep="\n")
    results = document(circumstances(effort), rows)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.record:
        record(PROJECT, results)
    moved = moves(read(PROJECT), rows) if options.compare else []
    print(*[f"moved by more than a third: {move}" for move in moved], sep="\n", end="\n" if moved else "")
    return status(rows, measurements, check=options.check, lost=[move for move in moved if move.is_lost])


def status(rows: Iterable[Row], measurements: Iterable[Measurement], *, check: bool, lost: Iterable[Move] = ()) -> int:
    """The exit status, with the reason for a 1 on standard error.

    A contender that raised is always a failure, and so is a ratio that is `lost`. A budget that was missed, or could not be
    measured, is a failure with `check`.
    """
    failed = [f"{each.contender}, {each.work}: {each.note}" for each in measurements if each.failed]
    missed = [describe(row) for row in failing(rows)] if check else []
    grown = [f"ten times as much as in the run that is kept: {move}" for move in lost]
    for line in failed + missed + grown:
        print(line, file=sys.stderr)
    return 1 if failed or missed or grown else 0


def _unusable(options: argparse.Namespace, budgets: Sequence[object]) -> str:
    if not budgets:
        return f"nothing to measure: no work, peer or input has {options.only!r} in its name"
    if options.record and (options.quick or options.only or options.gc):
        return "--record takes a whole run: without --quick, --only and --gc"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="contactwire against its peers, in one process"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 and name the rows whose budget is missed")
    parser.add_argument("--quick", action="store_true", help="less than a minute, to see that it works")
    parser.add_argument("--only", metavar="TEXT", default="", help="what has TEXT in its work, peer or input")
    parser.add_argument("--gc", action="store_true", help="leave the garbage collector on while measuring")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all figures, versions and circumstances")
    parser.add_argument("--record", action="store_true", help="put the run into results.json, chart.svg and README.md")
    parser.add_argument(
        "--compare", action="store_true", help="tell which ratios moved by a third since results.json; exit 1 at tenfold"
    )
    parser.add_argument("--list", action="store_true", help="say what would be measured, and stop")
    return parser


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
