"""The benchmarks measure what they say: the budgets, the judgement, the command, and the peers' models. No timing is asserted."""

import ast
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import attrs
import pytest

from benchmarks import models
from benchmarks.__main__ import main, status
from benchmarks.budgets import BUDGETS, Budget, failing, judge
from benchmarks.chart import chart
from benchmarks.contenders import CONTENDERS, memory
from benchmarks.contenders import json as json_contenders
from benchmarks.contenders import xml as xml_contenders
from benchmarks.inputs import INPUTS, contacts, persons
from benchmarks.measure import QUICK, Measurement, measure, repeated
from benchmarks.report import circumstances, quantity, table
from benchmarks.runner import chosen, groups, run, short
from contactwire import ContactEntityWithLinks, JsonCodec, to_builtins
from contactwire.wire import plan_of

SINGLE = {"documented", "complete"}
REQUIRED = [
    ("JSON decode", "pydantic model_validate_json", 0.75, SINGLE),
    ("JSON decode", "cattrs + orjson", 0.30, SINGLE),
    ("JSON decode", "msgspec Struct", 3.0, SINGLE),
    ("JSON decode, one unknown property per object", "the same without", 2.5, SINGLE),
    ("JSON encode", "pydantic model_dump_json", 0.85, SINGLE),
    ("JSON encode", "cattrs + orjson", 0.50, SINGLE),
    ("JSON encode, validate=False", "msgspec Struct", 3.0, SINGLE),
    ("XML decode", "lxml fromstring alone", 3.5, SINGLE),
    ("XML decode", "pydantic-xml", 0.20, SINGLE),
    ("XML decode", "xsdata", 0.20, SINGLE),
    ("XML encode", "lxml tostring alone", 1.3, SINGLE),
    ("form decode", "parse_qsl alone", 0.8, SINGLE),
    ("form encode", "urlencode alone", 0.7, SINGLE),
    ("$select of three properties, encode", "full encode", 0.15, SINGLE),
    ("JSON Patch apply, three operations", "python-jsonpatch on a dict", 0.30, SINGLE),
    ("diff, three differences", "python-jsonpatch make_patch", 0.15, SINGLE),
    ("import in a fresh process", "import pydantic and models", 0.7, {"process"}),
    ("first decode in a fresh process", "pydantic with import and models", 0.7, SINGLE),
]
BY_NAME = {(budget.work, budget.against): budget for budget in BUDGETS if budget.subject == "contactwire"}


def measured(contender, best, *, input="documented", **others):
    """A measurement of the work "w"."""
    return Measurement("w", input, contender, best=best, median=best, samples=3, calls=1, **others)


@pytest.mark.parametrize(("work", "against", "limit", "inputs"), REQUIRED)
def test_budget_table_holds(work, against, limit, inputs):
    """Every promised comparison is in the table with its limit, on each of its inputs."""
    budget = BY_NAME[work, against]
    assert budget.limit == limit
    assert inputs <= set(budget.inputs)
    assert all(budget.limit_on(input) == limit for input in inputs)


def test_everything_compared_can_be_measured():
    """Each side of each comparison is a contender, and each contender takes part in one."""
    named = {(budget.work, name) for budget in BUDGETS for name in (budget.subject, budget.against)}
    assert named == set(CONTENDERS)


def test_growth_is_measured_from_one_to_a_hundred_thousand_contacts_and_to_ten_thousand_persons():
    """The cost of one of many is compared with that of one of few, up to the largest numbers."""
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
    """A ratio up to the limit is met, one above it missed, and what was not measured is not met either."""
    rows = judge([Budget("w", "peer", 0.5)], [ours, theirs])
    assert [row.verdict for row in rows] == [verdict]
    assert failing(rows) == (rows if fails else [])
    assert status(rows, [ours, theirs], check=True) == int(fails)
    assert status(rows, [ours, theirs], check=False) == 0


def test_a_comparison_without_limit_never_fails():
    """What is only shown is not missed, however slow; nor is the list, which has no limit of its own."""
    both = [measured("contactwire", 9.0, input="list"), measured("peer", 1.0, input="list")]
    rows = judge([Budget("w", "peer", None, ("list",)), Budget("w", "peer", 0.5, ("list",))], both)
    assert [row.verdict for row in rows] == ["shown", "shown"]
    assert failing(rows) == []


def test_a_contender_that_raises_always_fails(capsys):
    """A run in which a contender raised exits with 1 and says why, also without --check."""
    broken = measured("contactwire", None, note="failed: ValueError: no", failed=True)
    assert status([], [broken], check=False) == 1
    assert "failed: ValueError: no" in capsys.readouterr().err


def test_check_names_what_is_missed(capsys):
    """--check names the work, the ratio and the budget of each failing row."""
    both = [measured("contactwire", 3.0), measured("peer", 2.0)]
    status(judge([Budget("w", "peer", 0.5)], both), both, check=True)
    assert capsys.readouterr().err == "missed: w, documented: 1.5 of peer, budget 0.5\n"


def test_quick_json(tmp_path, capsys):
    """A quick run prints a table and writes all numbers, versions and circumstances as JSON."""
    file = tmp_path / "results.json"
    assert main(["--quick", "--only", "json decode", "--json", str(file)]) == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert re.match(r"\d{4}-\d\d-\d\dT", written["date"])
    assert written["interpreter"].startswith(("CPython", "PyPy"))
    assert written["versions"]["msgspec"]
    ours = next(each for each in written["measurements"] if each["contender"] == "contactwire")
    assert 0 < ours["best"] <= ours["median"]
    assert {row["verdict"] for row in written["rows"]} <= {"met", "missed", "shown", "not measured"}
    assert "msgspec Struct" in capsys.readouterr().out


def test_a_missing_peer_costs_its_rows_only(monkeypatch, capsys):
    """Where a peer is not installed its row says how to install it, and nothing fails."""

    def without(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(models, "load", without)
    assert main(["--quick", "--only", "mashumaro"]) == 0
    assert "not measured: not installed: pip install mashumaro orjson" in capsys.readouterr().out


def test_nothing_to_measure_is_a_usage_error(capsys):
    """A filter that names nothing exits with 2 and says so."""
    assert main(["--only", "no such work"]) == 2
    assert "'no such work'" in capsys.readouterr().err


def test_list_measures_nothing(capsys):
    """--list names each comparison with its budget."""
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    assert all(work in listed and against in listed for work, against, _, _ in REQUIRED)


def test_a_short_run_leaves_out_what_takes_long():
    """The short form has neither the list nor large numbers, and all the works."""
    kept = short(BUDGETS)
    assert {budget.work for budget in kept} == {budget.work for budget in BUDGETS}
    assert not any("list" in budget.inputs or ",000" in budget.subject for budget in kept)


def test_contenders_of_one_work_run_in_turns():
    """All contenders of a group take a sample before any takes the next; one of several calls after a call to warm up."""
    order = []
    timers = {name: lambda calls, name=name: order.append((name, calls)) or 1.0 for name in "ab"}
    samples = measure(timers, {"a": 5, "b": 1}, QUICK)
    assert samples == {"a": [0.2] * QUICK.rounds, "b": [1.0] * QUICK.rounds}
    first, second = [("a", 1), ("a", 5)], [("b", 1)]
    assert QUICK.rounds == 2
    assert order == first + second + second + first


def test_rounds_are_spread_over_passes():
    """Every group has been measured once before any is measured again."""
    order = []
    effort = attrs.evolve(QUICK, passes=2, limit=60.0)
    measured = list(run(chosen(BUDGETS, "JSON Patch"), effort, order.append))
    assert order == order[: len(order) // 2] * 2
    assert {each.samples for each in measured} == {2 * QUICK.rounds}


def test_fresh_work_never_sees_a_value_twice():
    """Where values are to be fresh, each call gets one of its own, made outside the time."""
    seen = []
    repeated(object, seen.append, fresh=True)(3)
    assert len({id(value) for value in seen}) == 3
    repeated(object, seen.append, fresh=False)(2)
    assert seen[3] is seen[4]


def test_groups_hold_each_contender_once():
    """Contactwire is measured once against all its peers, not once a peer."""
    names = groups(chosen(BUDGETS, "json decode"))["JSON decode", "complete"]
    assert len(names) == len(set(names)) == 5


def test_contacts_of_the_list_differ():
    """In the list every contact has an identity and dates that no other has."""
    items = INPUTS["list"].carrier()
    assert len(items) == 1000
    assert len({item.contact_id for item in items}) == len({str(item.updated_date) for item in items}) == 1000


@pytest.mark.parametrize(("given", "count"), [(contacts(3), 3), (persons(10), 10)])
def test_inputs_of_any_size(given, count):
    """Inputs for growth hold as many as they say."""
    value = given.carrier()
    assert given.items == count == len(value if given.is_list else value.persons)


def test_unknown_properties_stand_in_every_object():
    """The body with unknown properties has one in each carrier, at any depth."""
    body = JsonCodec().encode(json_contenders.with_unknown_properties(INPUTS["documented"].carrier()))
    data = json.loads(body)
    assert (
        data["IsUnknown"] == data["Emails"][0]["IsUnknown"] == data["Interests"][0]["ChildItems"][0]["IsUnknown"] == "kept"
    )
    assert data["Emails"][0]["FieldProperties"]["fieldName"]["IsUnknown"] == "kept"


@pytest.mark.parametrize("name", models.PEERS)
def test_models_are_source_text_with_every_property(name):
    """Each peer's module parses and has a class with all properties for every carrier that a contact holds."""
    classes = {node.name: node for node in ast.parse(models.source(name)).body if isinstance(node, ast.ClassDef)}
    for plan in models.children_first(ContactEntityWithLinks):
        fields = [node for node in classes[plan.name].body if isinstance(node, ast.AnnAssign)]
        assert len(fields) == len(plan.fields)


def test_models_stand_behind_what_they_hold():
    """Children come before parents, so that no peer has to resolve a name late."""
    order = [plan.carrier for plan in models.children_first(ContactEntityWithLinks)]
    assert order[-1] is ContactEntityWithLinks
    for position, cls in enumerate(order):
        assert plan_of(cls).children() <= set(order[: position + 1])


def same_data(data):
    """`data` with dates cut to the six digits that peers keep, and rounded away from the last of these."""
    if isinstance(data, dict):
        return {key: same_data(value) for key, value in data.items()}
    if isinstance(data, list):
        return [same_data(item) for item in data]
    return re.sub(r"(T\d\d:\d\d:\d\d\.\d{5})\d{1,2}", r"\1", data) if isinstance(data, str) else data


@pytest.mark.parametrize("input", ["documented", "complete"])
@pytest.mark.parametrize("name", json_contenders.PEERS)
def test_json_peers_do_the_same_work(name, input):
    """Each peer's models give back what the body holds: absent stays absent, null null; a date's seventh digit may go."""
    _, _, pair, needs = json_contenders.PEERS[name]
    for package in needs:
        pytest.importorskip(package)
    given = INPUTS[input]
    decode, encode = pair(given)
    assert same_data(json.loads(encode(decode(given.body)))) == same_data(json.loads(given.body))


def filled(data):
    """`data` without nulls, empty strings and what is empty without these, which not every XML peer keeps apart."""
    if isinstance(data, dict):
        kept = {key: filled(value) for key, value in data.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    return [filled(item) for item in data] if isinstance(data, list) else same_data(data)


@pytest.mark.parametrize("input", ["documented", "complete"])
@pytest.mark.parametrize("name", xml_contenders.PEERS)
def test_xml_peers_do_the_same_work(name, input):
    """What an XML peer writes of what it read holds the same values for contactwire."""
    pair, needs = xml_contenders.PEERS[name]
    for package in needs:
        pytest.importorskip(package.replace("-", "_"))
    given = INPUTS[input]
    decode, encode = pair(given)
    ours, _ = xml_contenders.ours(given)
    written = re.sub(rb"(T\d\d:\d\d:\d\d\.\d{7})\d+", rb"\1", encode(decode(given.xml)))  # xsdata writes nanoseconds
    assert filled(to_builtins(ours(written))) == filled(to_builtins(ours(given.xml)))


def test_chart_is_svg_for_light_and_dark():
    """The chart is well-formed, says when and with what it was measured, and has colours for both grounds."""
    bars = [Measurement("w & x", "complete", name, best=best) for name, best in (("contactwire", 1e-6), ("peer", 2e-6))]
    about = circumstances(QUICK)
    drawn = chart(about, bars)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert "w & x" in texts
    assert "2 µs · 2×" in texts
    assert any(about["date"][:10] in text and about["interpreter"] in text for text in texts)
    assert any(f"msgspec {about['versions']['msgspec']}" in text for text in texts)
    assert "prefers-color-scheme: dark" in drawn


def test_table_says_repeated_cells_once():
    """The table names a work once, and aligns the columns."""
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
    """Streams of each kind may grow by 64 MiB at most, however many contacts they hold."""
    budgets = [budget for budget in BUDGETS if budget.unit == "B"]
    assert {(budget.subject, budget.against, budget.limit) for budget in budgets} == {
        ("over 100 contacts", "64 MiB", 1.0),
        ("over 100,000 contacts", "64 MiB", 1.0),
    }
    assert {budget.work for budget in budgets} == {f"memory of streaming {work}" for work in memory.WORKS}


def test_growth_of_memory_is_seen():
    """A stream that keeps megabytes for each record is seen to grow."""
    pytest.importorskip("resource")
    stream = "lambda count: [b'%d' % number * 10**6 for number in range(count // 10)]"
    child = f"from benchmarks.contenders.memory import growth; print(growth({stream}, 300))"
    done = subprocess.run(
        [sys.executable, "-c", child], capture_output=True, check=True, cwd=Path(models.__file__).parents[1]
    )
    assert int(done.stdout) > 10 * 2**20
