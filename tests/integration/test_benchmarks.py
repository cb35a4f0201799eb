"""The benchmarks measure what they say: budgets, verdicts, the command, and the peers' models. No timing is asserted."""

import ast
import functools
import gc
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import attrs
import msgspec
import pydantic
import pydantic_xml
import pytest
from lxml import etree

from benchmarks import models
from benchmarks.__main__ import main, status
from benchmarks.budgets import BUDGETS, Budget
from benchmarks.chart import chart
from benchmarks.contenders import CONTENDERS, OURS, streams
from benchmarks.figures import INPUT, SHOWN, figures, times
from benchmarks.inputs import INPUTS, LIST, contacts, persons
from benchmarks.measure import QUICK, Measurement, measure
from benchmarks.record import PROJECT, read, record
from benchmarks.report import circumstances, differences, quantity, table
from benchmarks.rows import Row, failing, judge
from benchmarks.runner import chosen, groups, run, short
from contactwire import Carrier, ContactEntityWithLinks, FormCodec, MergePatch, XmlCodec, to_builtins
from contactwire.wire import plan_of

SINGLE = ("documented", "complete")
REQUIRED = [
    ("JSON decode", "msgspec Struct", 1.25, SINGLE),
    ("JSON decode", "pydantic", 0.35, SINGLE),
    ("JSON decode", "msgspec Struct", 1.5, (LIST,)),
    ("JSON decode, two unknown members at the top", 'pydantic, extra="allow"', 0.9, SINGLE),
    ("JSON decode, one unknown member in every object", 'pydantic, extra="allow"', 1.6, SINGLE),
    ("JSON decode, all names in camelCase", "pydantic, alias_generator=to_camel", 2.0, SINGLE),
    ("JSON encode, validate=False", "msgspec Struct", 1.25, SINGLE),
    ("JSON encode", "pydantic", 0.90, SINGLE),
    ("JSON encode", "pydantic, exclude_unset=True", 0.75, SINGLE),
    ("JSON encode, one unknown member in every object", "the same without", 2.0, SINGLE),
    ("$select of three properties, encode", "pydantic, the whole", 0.12, SINGLE),
    ("merge patch decode", "msgspec to builtins", 4, ("complete",)),
    ("JSON Patch apply, three operations", "python-jsonpatch", 0.30, SINGLE),
    ("diff, three differences", "python-jsonpatch", 0.15, SINGLE),
    ("import in a fresh process", "pydantic with models", 0.5, ("process",)),
    ("first decode in a fresh process", "pydantic with models", 0.5, SINGLE),
    ("memory of a decoded contact", "msgspec Struct", 1.1, SINGLE),
    ("XML decode", "lxml fromstring alone", 3.6, SINGLE),
    ("XML decode, datacontract", "lxml fromstring alone", 4.2, SINGLE),
    ("XML decode, services", "lxml fromstring alone", 4.2, SINGLE),
    ("XML decode", "pydantic-xml", 0.20, SINGLE),
    ("XML decode", "xsdata", 0.20, SINGLE),
    ("XML decode, one unknown element in every object", "the same without", 1.8, SINGLE),
    ("XML encode", "lxml tostring alone", 1.3, SINGLE),
    ("XML encode", "pydantic-xml", 0.10, SINGLE),
    ("XML encode", "xsdata", 0.10, SINGLE),
    ("XML stream decode", "decoding each alone", 1.3, (LIST,)),
    ("form decode", "parse_qsl alone", 0.5, SINGLE),
    ("form encode", "urlencode alone", 0.3, SINGLE),
    ("table of four columns, from NDJSON", "pyarrow from_pylist of json.loads", 0.67, (LIST,)),
    ("table of four columns, from NDJSON", "DuckDB read_json", None, (LIST,)),
    ("table of all columns, from NDJSON", "pyarrow from_pylist of json.loads", None, (LIST,)),
    ("contactwire validate, 20,000 lines of NDJSON", "pydantic in a loop", 0.5, ("process",)),
    ("contactwire validate, 20,000 lines of NDJSON", "DuckDB read_json", None, ("process",)),
    *(
        (f"contactwire {name}, 20,000 lines of NDJSON", "jq -c", None, ("process",))
        for name in ("validate", "select", "convert", "table")
    ),
]


@pytest.fixture(autouse=True, scope="module")
def _frozen_again():
    """Measuring ends with `gc.unfreeze`, which the tests that follow would pay for."""
    yield
    gc.freeze()


def measured(contender, best, *, input="documented", **others):
    """A measurement of the work "w"."""
    return Measurement("w", input, contender, best=best, median=best, samples=3, calls=1, **others)


def test_the_budgets_are_those_promised():
    """The table of budgets has every promised comparison with its limit and inputs, and beside these growth and streams."""
    budgets = [each for each in BUDGETS if each.subject == OURS]
    assert sorted((each.work, each.against, each.limit, each.inputs) for each in budgets) == sorted(REQUIRED)


def test_everything_compared_can_be_measured():
    """Each side of each comparison is a contender, and each contender takes part in a comparison."""
    named = {(budget.work, name) for budget in BUDGETS for name in (budget.subject, budget.against)}
    assert named == {(work, name) for work, contenders in CONTENDERS.items() for name in contenders}


def test_growth_is_measured_from_one_to_a_hundred_thousand_contacts_and_to_ten_thousand_persons():
    """The time of one item among many is compared with that among few, up to the largest numbers."""
    subjects = {(budget.work, budget.subject, budget.against) for budget in BUDGETS if budget.inputs == ("growth",)}
    assert ("JSON decode, one of many contacts", "one of 100,000", "one of 1") in subjects
    assert ("JSON encode, one of many persons", "one of 10,000", "one of 10") in subjects


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "fails"),
    [
        (measured("contactwire", 1.0), measured("peer", 2.0), "met", False),
        (measured("contactwire", 1.2), measured("peer", 2.0), "missed", True),
        (measured("contactwire", None, note="broken"), measured("peer", 2.0), "not measured", True),
        (measured("contactwire", 1.0), measured("peer", None, note="not installed"), "not measured", True),
    ],
)
def test_judgement(ours, theirs, verdict, fails):
    """A ratio up to the limit is met, a larger one missed, and an unmeasured one not met."""
    rows = judge([Budget("w", "peer", 0.5)], [ours, theirs])
    assert [row.verdict for row in rows] == [verdict]
    assert failing(rows) == (rows if fails else [])
    assert status(rows, [ours, theirs], check=True) == int(fails)
    assert status(rows, [ours, theirs], check=False) == 0


def test_a_comparison_without_limit_never_fails():
    """A comparison without a limit is never missed."""
    rows = judge([Budget("w", "peer", None)], [measured("contactwire", 9.0), measured("peer", 1.0)])
    assert [row.verdict for row in rows] == ["shown"]
    assert failing(rows) == []


def test_a_contender_that_raises_always_fails(capsys):
    """A run in which a contender raised exits with 1 and says why, also without `--check`."""
    broken = measured("contactwire", None, note="failed: ValueError: no", failed=True)
    assert status([], [broken], check=False) == 1
    assert "failed: ValueError: no" in capsys.readouterr().err


def test_check_names_what_is_missed(capsys):
    """`--check` names the work, the ratio and the budget of each failing row."""
    both = [measured("contactwire", 3.0), measured("peer", 2.0)]
    status(judge([Budget("w", "peer", 0.5)], both), both, check=True)
    assert capsys.readouterr().err == "missed: w, documented: 1.5 of peer, budget 0.5\n"


def test_quick_json(tmp_path, capsys):
    """A quick run prints a table and writes all figures, versions and circumstances as JSON."""
    file = tmp_path / "results.json"
    assert main(["--quick", "--only", "merge patch", "--json", str(file)]) == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert re.match(r"\d{4}-\d\d-\d\dT", written["date"])
    assert written["interpreter"].startswith(("CPython", "PyPy"))
    assert written["versions"]["msgspec"]
    [row] = written["rows"]
    assert (row["work"], row["input"], row["against"]) == ("merge patch decode", "complete", "msgspec to builtins")
    assert row["ratio"] == row["ours"] / row["theirs"]
    assert row["verdict"] in {"met", "missed"}
    assert "msgspec to builtins" in capsys.readouterr().out


def test_a_missing_peer_costs_its_rows_only(monkeypatch, capsys):
    """Where a peer is not installed its row says how to install it, and nothing fails."""

    def without(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(models, "load", without)
    assert main(["--quick", "--only", "xml encode"]) == 0
    told = capsys.readouterr().out
    assert "not measured: not installed: pip install pydantic-xml lxml" in told
    assert re.search(r"lxml tostring alone .* (met|missed)$", told, re.MULTILINE)


def test_nothing_to_measure_is_a_usage_error(capsys):
    """A filter that matches nothing makes the command exit with 2 and say so."""
    assert main(["--only", "no such work"]) == 2
    assert "'no such work'" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--quick", "--gc", "--only=form"])
def test_only_a_whole_run_is_recorded(option, capsys):
    """`--record` with an option that leaves something out or measures otherwise exits with 2."""
    assert main(["--record", option]) == 2
    assert "whole run" in capsys.readouterr().err


def test_list_measures_nothing(capsys):
    """`--list` names each comparison with its budget."""
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    assert all(work in listed and against in listed for work, against, _, _ in REQUIRED)


def test_a_short_run_leaves_out_what_takes_long():
    """The quick run has all works, and none with a large number."""
    kept = short(BUDGETS)
    assert {budget.work for budget in kept} == {budget.work for budget in BUDGETS}
    assert not any(",000" in budget.subject for budget in kept)


def test_contenders_of_one_work_run_in_turns():
    """Contenders of a group take samples in turns, each of several calls after one call to warm up."""
    order = []
    timers = {name: lambda calls, name=name: order.append((name, calls)) or 1.0 for name in "ab"}
    samples = measure(timers, {"a": 5, "b": 1}, QUICK)
    assert samples == {"a": [0.2] * QUICK.rounds, "b": [1.0] * QUICK.rounds}
    first, second = [("a", 1), ("a", 5)], [("b", 1)]
    assert QUICK.rounds == 2
    assert order == first + second + second + first


def test_beside_what_takes_seconds_others_get_several_samples(monkeypatch):
    """Beside a contender whose turn takes ten seconds, one of an eighth of a second takes eight samples in each turn."""
    now = [0.0]

    def taking(seconds):
        def timer(calls):
            now[0] += seconds
            return seconds

        return timer

    monkeypatch.setattr("benchmarks.measure.time", SimpleNamespace(monotonic=lambda: now[0]))
    samples = measure({"long": taking(10.0), "short": taking(0.125)}, {"long": 1, "short": 1}, QUICK)
    assert samples == {"long": [10.0] * 2, "short": [0.125] * 16}


def test_rounds_are_spread_over_passes():
    """Every group is measured once before any group is measured again."""
    order = []
    effort = attrs.evolve(QUICK, passes=2, limit=60.0)
    measured = list(run(chosen(BUDGETS, "JSON Patch"), effort, order.append))
    assert order == order[: len(order) // 2] * 2
    assert {each.samples for each in measured} == {2 * QUICK.rounds}


def test_groups_hold_each_contender_once():
    """Contactwire is measured once against all its peers, and not once for each."""
    names = groups(chosen(BUDGETS, "json decode"))["JSON decode", "complete"]
    assert sorted(names) == ["contactwire", "msgspec Struct", "pydantic"]


def test_contacts_of_the_list_differ():
    """Every contact of the list has an identity and dates that no other has."""
    items = INPUTS[LIST].carrier()
    assert len(items) == 1000
    assert len({item.contact_id for item in items}) == len({str(item.updated_date) for item in items}) == 1000


@pytest.mark.parametrize(("given", "count"), [(contacts(3), 3), (persons(10), 10)])
def test_inputs_of_any_size(given, count):
    """The inputs for growth hold the number of items that their names say."""
    value = given.carrier()
    assert given.items == count == len(value if given.is_list else value.persons)


def test_unknown_members_stand_in_every_object():
    """The input with unknown members has one in each carrier, at any depth, and none in dictionaries."""
    data = json.loads(INPUTS["documented"].with_unknown_members().body)
    assert data["Unknown"] == data["Emails"][0]["Unknown"] == data["Interests"][0]["ChildItems"][0]["Unknown"] == "kept"
    assert data["Emails"][0]["FieldProperties"]["fieldName"]["Unknown"] == "kept"
    assert "Unknown" not in data["Emails"][0]["FieldProperties"]


def test_two_unknown_members_stand_at_the_top():
    """The input with two unknown members has a string before all other members, and an object behind them."""
    names = list(json.loads(INPUTS["documented"].with_two_unknown_members().body))
    assert (names[0], names[-1], len(names)) == ("Unknown", "UnknownObject", len(json.loads(INPUTS["documented"].body)) + 2)


def test_camel_case_spells_the_names_of_properties_only():
    """The input in camelCase has a small first letter in every property's name, and the same keys in dictionaries."""
    body, changed = INPUTS["complete"], json.loads(INPUTS["complete"].in_camel_case().body)
    assert changed["orgNr"] == json.loads(body.body)["OrgNr"]
    assert changed["customFields"] == json.loads(body.body)["CustomFields"]
    assert not {name for name in [*changed, *changed["persons"][0]] if name[0].isupper()}


def test_dates_of_each_body_are_its_own():
    """Bodies with dates of their own have no fraction of a second in common."""
    first, second = INPUTS["documented"].each_with_its_own_dates(2)
    assert not set(re.findall(rb"\.\d{7}", first)) & set(re.findall(rb"\.\d{7}", second))


@pytest.mark.parametrize("name", models.PEERS)
def test_models_are_source_text_with_every_property(name):
    """Each peer's module parses, and has a class with all properties for every carrier that a contact holds."""
    classes = {node.name: node for node in ast.parse(models.source(name)).body if isinstance(node, ast.ClassDef)}
    for plan in models.children_first(ContactEntityWithLinks):
        fields = [node for node in classes[plan.name].body if isinstance(node, ast.AnnAssign)]
        assert len(fields) == len(plan.fields)


def test_models_stand_behind_what_they_hold():
    """In the models children come before parents, so that no peer has to resolve a name late."""
    order = [plan.carrier for plan in models.children_first(ContactEntityWithLinks)]
    assert order[-1] is ContactEntityWithLinks
    for position, cls in enumerate(order):
        assert plan_of(cls).children() <= set(order[: position + 1])


@functools.singledispatch
def plain(result):
    """The result of a contender as builtins of its contact or contacts; here, of an xsdata object."""
    return plain(CONTENDERS["XML encode"]["xsdata"].make(INPUTS["complete"]).run(result))


plain.register(Carrier)(to_builtins)
plain.register(MergePatch)(MergePatch.to_builtins)
plain.register(dict)(dict)
plain.register(msgspec.Struct)(msgspec.to_builtins)
plain.register(etree._Element)(lambda tree: plain(etree.tostring(tree)))
plain.register(str)(lambda text: plain(text.encode()))
plain.register(pydantic.BaseModel)(lambda model: model.model_dump(mode="json", by_alias=True, exclude_unset=True))
plain.register(pydantic_xml.BaseXmlModel)(lambda model: plain(model.to_xml(exclude_unset=True)))


@plain.register(list)
def _(items):
    if isinstance(items[0], tuple):  # the pairs of a form
        return plain(urllib.parse.urlencode(items))
    return [plain(item) for item in items]


@plain.register(bytes)
def _(body):
    if body[:1] in b"{[":
        return json.loads(body)
    if body[:1] == b"<":
        body = re.sub(rb"(T\d\d:\d\d:\d\d\.\d{7})\d+", rb"\1", body)  # xsdata writes nanoseconds
        return plain(XmlCodec().decode(body, ContactEntityWithLinks))
    return plain(FormCodec().decode(body, ContactEntityWithLinks))


def six_digits(data):
    """`data` with dates cut to the six digits that peers keep, the last of them rounded."""
    if isinstance(data, dict):
        return {key: six_digits(value) for key, value in data.items()}
    if isinstance(data, list):
        return [six_digits(item) for item in data]
    return re.sub(r"(T\d\d:\d\d:\d\d\.\d{5})\d{1,2}", r"\1", data) if isinstance(data, str) else data


def filled(data):
    """`data` without nulls, empty strings and empty containers, which not every peer tells apart."""
    if isinstance(data, dict):
        kept = {key: filled(value) for key, value in data.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    return [filled(item) for item in data] if isinstance(data, list) else data


def without_unknown(data):
    """`data` without the unknown members that the input adds to each object."""
    if isinstance(data, dict):
        return {key: without_unknown(value) for key, value in data.items() if key != "Unknown"}
    return [without_unknown(item) for item in data] if isinstance(data, list) else data


def small(data):
    """`data` with all keys in small letters."""
    if isinstance(data, dict):
        return {key.lower(): small(value) for key, value in data.items()}
    return [small(item) for item in data] if isinstance(data, list) else data


LOST = {
    ("JSON decode, all names in camelCase", "pydantic, alias_generator=to_camel"): small,
    ("JSON encode", "pydantic"): filled,
    ("JSON encode, one unknown member in every object", "the same without"): without_unknown,
    ("XML decode", "pydantic-xml"): filled,
    ("XML decode", "xsdata"): filled,
    ("XML decode, one unknown element in every object", "the same without"): without_unknown,
    ("XML encode", "pydantic-xml"): filled,
    ("XML encode", "xsdata"): filled,
}
COMPARABLE = [
    (work, against, input)
    for work, against, _, inputs in REQUIRED
    for input in inputs
    if not re.search(r"process|memory|select|diff|table|contactwire", work)
]


@pytest.mark.parametrize(("work", "against", "input"), COMPARABLE)
def test_both_sides_do_the_same_work(work, against, input):
    """The result of a peer equals contactwire's, or the part of it that the row names, but for what the row says."""
    ours, theirs = (CONTENDERS[work][name].make(INPUTS[input]).result() for name in (OURS, against))
    lost = LOST.get((work, against), lambda data: data)
    assert six_digits(lost(plain(ours))) == six_digits(lost(plain(theirs)))


def test_tables_hold_the_same():
    """Of the same NDJSON, each side's table has the same four columns, or the same contacts with the same properties."""
    four, whole = (CONTENDERS[f"table of {which} columns, from NDJSON"] for which in ("four", "all"))
    ours, theirs, sql = (contender.make(INPUTS[LIST]).result() for contender in four.values())
    theirs = theirs.select(["ContactId", "Name", "Category", "Emails"])
    ours, theirs, sql = (table.to_pylist() for table in (ours, theirs, sql))
    assert [tuple(row.values()) for row in ours] == [tuple(row.values()) for row in sql]
    assert [tuple(row.values()) for row in ours] == [
        (row["ContactId"], row["Name"], (row["Category"] or {}).get("Id"), row["Emails"][0]["Value"]) for row in theirs
    ]
    tables = [each.make(INPUTS[LIST]).result() for each in whole.values()]
    names = [set(filled(table.slice(table.num_rows - 1).to_pylist()[0])) for table in tables]
    assert names[0] == names[1]


@pytest.mark.parametrize("input", SINGLE)
def test_both_patches_make_the_same_of_a_contact(input):
    """The patches that both sides find turn the same contact into the same other one."""
    ours, theirs = (CONTENDERS["diff, three differences"][name].make(INPUTS[input]) for name in (OURS, "python-jsonpatch"))
    before, after = ours.given
    assert to_builtins(ours.result().apply(before)) == to_builtins(after)
    assert theirs.result().apply(theirs.given[0]) == theirs.given[1] == to_builtins(after)


def test_a_selection_is_part_of_the_whole():
    """A body encoded with a selection has three properties as in the peer's body, and null for the others."""
    contenders = CONTENDERS["$select of three properties, encode"].values()
    ours, theirs = (json.loads(each.make(INPUTS["complete"]).result()) for each in contenders)
    assert filled(ours) == {name: theirs[name] for name in ("ContactId", "Name")} | {
        "Category": {"Id": theirs["Category"]["Id"]}
    }


def test_what_a_peer_does_otherwise_is_said():
    """Each row against a peer says what the peer does otherwise, except where both only start."""
    for work, against, _, _ in REQUIRED:
        if against != "the same without" and "process" not in work:
            assert CONTENDERS[work][against].differs


def row(work, against, ours, theirs, **others):
    """A measured row."""
    return Row(work, INPUT, OURS, against, 1.0, ours=ours, theirs=theirs, ratio=ours / theirs, **others)


SVG = "{http://www.w3.org/2000/svg}"


def texts_of(drawn):
    """The texts of a chart."""
    return [element.text for element in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def test_chart_is_svg_for_light_and_dark():
    """The chart is well-formed, has its date and versions, and has colours for light and dark backgrounds."""
    about = circumstances(QUICK)
    rows = [row("JSON decode", "peer <2>", 1e-6, 2e-6), row("JSON decode", "other", 1e-6, 1.2e-4)]
    drawn = chart(about, figures(rows))
    texts = texts_of(drawn)
    assert texts[:5] == ["JSON decode", "contactwire", "1 µs", "peer <2>", "2 µs · 2×"]
    assert "120 µs · 120×" in texts
    assert any(about["date"][:10] in text and about["interpreter"] in text for text in texts)
    assert any(f"msgspec {about['versions']['msgspec']}" in text for text in texts)
    assert "prefers-color-scheme: dark" in drawn


def test_chart_shows_memory_in_bytes():
    """A comparison of memory is drawn in bytes, not in seconds."""
    drawn = chart(circumstances(QUICK), figures([row("memory of a decoded contact", "peer", 52e3, 51.2e3, unit="B")]))
    assert {"50.8 KiB", "50 KiB · 0.98×"} <= set(texts_of(drawn))


def test_bars_are_as_long_as_what_they_show():
    """In each figure the longest bar has the full length, and the others are in proportion."""
    drawn = chart(circumstances(QUICK), figures([row("JSON decode", "peer", 1e-6, 4e-6)]))
    ground, ours, theirs = (float(bar.get("width")) for bar in ElementTree.fromstring(drawn).iter(f"{SVG}rect"))
    assert ours * 4 == pytest.approx(theirs, abs=0.2)
    assert theirs < ground


def test_what_is_shown_is_measured():
    """Each of the ten works in the chart is in the table of budgets, on the contact that it names."""
    assert len(SHOWN) == len(set(SHOWN)) == 10
    assert {budget.work for budget in BUDGETS if INPUT in budget.inputs and budget.subject == OURS} >= set(SHOWN)


@pytest.mark.parametrize(
    ("amount", "text"), [(0.051, "0.051×"), (0.5, "0.5×"), (2.26, "2.3×"), (12.3, "12×"), (120, "120×")]
)
def test_factors(amount, text):
    """A factor has two digits, or all digits before the point."""
    assert times(amount, 1.0) == text


def test_the_record_is_of_one_run(tmp_path):
    """The chart and the README's figures are those of the recorded results."""
    for name in ("README.md", "benchmarks/chart.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    record(tmp_path, read(PROJECT))
    for name in ("README.md", "benchmarks/chart.svg", "benchmarks/results.json"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (PROJECT / name).read_text(encoding="utf-8")


def test_the_record_has_a_ratio_for_each_comparison():
    """The recorded results have a ratio for each row of the table of budgets; only the growth of a stream may be none."""
    rows = {(row["work"], row["input"], row["subject"], row["against"]): row for row in read(PROJECT)["rows"]}
    assert set(rows) == {(each.work, input, each.subject, each.against) for each in BUDGETS for input in each.inputs}
    assert all(row["ratio"] > 0 for row in rows.values() if not row["work"].startswith("memory of streaming"))
    assert all(row["ratio"] >= 0 for row in rows.values())


def test_differences_are_said_once():
    """What a peer does otherwise is listed once, with the works that it concerns."""
    rows = [row(work, "peer", 1.0, 2.0, differs="forgets") for work in ("a", "b", "a")]
    assert differences([*rows, row("c", "other", 1.0, 2.0)]) == ["peer (a; b): forgets"]


def test_table_says_repeated_cells_once():
    """The table names a work once, and its columns are aligned."""
    both = [measured("contactwire", 1.0), measured("peer", 2.0), measured("other", 4.0)]
    lines = table(judge([Budget("w", "peer", 0.5), Budget("w", "other", 0.5)], both)).splitlines()
    assert lines[1].startswith("w")
    assert lines[2].startswith(" ")
    assert lines[0].index("against") == lines[1].index("peer") == lines[2].index("other")


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (1.5, "s", "1.5 s"),
        (0.0123, "s", "12.3 ms"),
        (4.56e-6, "s", "4.56 µs"),
        (3e-10, "s", "0.3 ns"),
        (999.9e-6, "s", "1000 µs"),
        (1023.9 * 2**10, "B", "1024 KiB"),
        (None, "s", "—"),
        (64 * 2**20, "B", "64 MiB"),
        (0, "B", "0 B"),
        (None, "B", "—"),
    ],
)
def test_quantities(amount, unit, text):
    """A time or a memory has three digits and a unit that suits it."""
    assert quantity(amount, unit) == text


def test_memory_is_measured_over_a_hundred_thousand_contacts():
    """The budget for streams of each kind is 64 MiB, for any number of contacts."""
    budgets = [budget for budget in BUDGETS if budget.work.startswith("memory of streaming")]
    assert {(budget.subject, budget.against, budget.limit) for budget in budgets} == {
        ("over 100 contacts", "64 MiB", 1.0),
        ("over 100,000 contacts", "64 MiB", 1.0),
    }
    assert {budget.work for budget in budgets} == set(streams.WORKS)


def test_growth_of_memory_is_seen():
    """A stream that keeps megabytes for each record is measured as growing."""
    pytest.importorskip("resource")
    stream = "lambda count: [b'%d' % number * 10**6 for number in range(count // 10)]"
    child = f"from benchmarks.contenders.streams import growth; print(growth({stream}, 300))"
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, check=True, cwd=Path(models.__file__).parents[1]
    )
    assert int(done.stdout) > 10 * 2**20
