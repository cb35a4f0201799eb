"""`contactwire roundtrip`, and the report behind it."""

import io
import json
import os
from pathlib import PureWindowsPath

import pytest

from contactwire.cli import main
from contactwire.codecs import MAX_BYTES
from contactwire.roundtrip import LOSSLESS, Report, codecs_named, read_baseline, replay_folder
from contactwire.testing import golden
from tests.inside import name_of


def run(*arguments):
    """The exit status of the command with some arguments."""
    return main(["roundtrip", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    """A folder with recorded bodies of every suffix, in two levels, and a file that holds no body."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "complete.json").write_bytes(golden.COMPLETE)
    (tmp_path / "answers" / "list.json").write_bytes(b"[" + golden.SMALL + b"]")
    (tmp_path / "browser.form").write_bytes(golden.SMALL_FORM)
    (tmp_path / "contract.XML").write_bytes(golden.SMALL_XML["datacontract"])
    (tmp_path / "change.json-patch").write_bytes(b'[{"op": "add", "path": "/Name", "value": "x"}]')
    (tmp_path / "change.merge-patch").write_bytes(b'{"Name": null}')
    (tmp_path / "patch.json").write_bytes(b'[{"op": "replace", "path": "name", "value": "x"}]')
    (tmp_path / "lines.ndjson").write_bytes(b'{"Name": "x"}\n\n{"Odd": 1}\n')
    (tmp_path / "README.txt").write_text("not a body")
    return tmp_path


def test_everything_is_kept(folder, capfd):
    """Without losses the table is on standard output, skipped files are on standard error, and the status is 0."""
    assert run(folder) == 0
    out, err = capfd.readouterr()
    assert [line.split() for line in out.replace("as recorded", "as-recorded").splitlines()] == [
        ["codec", "bodies", "whole", "lossy", "unreadable"],
        ["as-recorded", "9", "9", "0", "0"],
        ["json", "6", "6", "0", "0"],
        ["xml-plain", "6", "6", "0", "0"],
        ["xml-datacontract", "6", "6", "0", "0"],
        ["xml-services", "6", "6", "0", "0"],
        ["xml-webapi", "6", "6", "0", "0"],
    ]
    assert err == "contactwire: README.txt: skipped, no known suffix\n"


def test_losses_are_listed(tmp_path, capfd):
    """The status is 1, and each place that would be lost has a line with file, codec and pointer, above the table."""
    (tmp_path / "control.json").write_bytes(b'{"Name": "\\u0001", "Department": "y"}')
    assert run(tmp_path, "--through", "json", "--through", "xml-plain") == 1
    out = capfd.readouterr().out.splitlines()
    assert out[:-4] == ["control.json: xml-plain: /Name: the string has U+0001, which XML 1.0 cannot hold"]
    assert [line.split()[-4:] for line in out[-3:]] == [["1", "1", "0", "0"], ["1", "1", "0", "0"], ["1", "0", "1", "0"]]


def test_unreadable_bodies_are_told_from_lossy_ones(tmp_path, capfd):
    """A body that does not decode makes the status 3, and is counted and listed as unreadable."""
    (tmp_path / "control.json").write_bytes(b'{"Name": "\\u0001"}')
    (tmp_path / "bad.json").write_bytes(b'{"ContactId": "x", "Urls": 1}')
    assert run(tmp_path, "--through", "xml-plain") == 3
    out = capfd.readouterr().out.splitlines()
    assert [line.split()[-4:] for line in out[-2:]] == [["2", "1", "0", "1"], ["1", "0", "1", "0"]]
    assert out[:2] == [
        'bad.json: unreadable: /ContactId: expected int32, received "x"',
        "bad.json: unreadable: /Urls: expected list of object (EntityElement), received 1",
    ]
    assert out[2].startswith("control.json: xml-plain: /Name: ")


def test_a_body_that_nests_without_end_is_unreadable(tmp_path, capfd):
    """A list of an item that nests deeper than any parser takes is unreadable, and hides no other file."""
    (tmp_path / "deep.json").write_bytes(b"[" + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"]")
    (tmp_path / "good.json").write_bytes(b"{}")
    assert run(tmp_path, "--through", "form") == 3
    out = capfd.readouterr().out.splitlines()
    assert out[0].startswith("deep.json: unreadable: /0: line 1, column ")
    assert [line.split()[-4:] for line in out[-2:]] == [["2", "1", "0", "1"], ["1", "1", "0", "0"]]


def test_ndjson_goes_record_by_record(tmp_path, capfd):
    """Each record of NDJSON is a body named after its line, so a bad one does not hide the others."""
    (tmp_path / "many.jsonl").write_bytes(b'{"Name": "x"}\n\n{"Name": 1}\n{"Name": "\\u0001"}\n')
    (tmp_path / "long.ndjson").write_bytes(b'{"Name": "' + b"x" * MAX_BYTES + b'"}\n{}\n')
    assert run(tmp_path, "--through", "xml-plain") == 3
    out = capfd.readouterr().out.splitlines()
    assert [line.split()[-4:] for line in out[-2:]] == [["5", "3", "0", "2"], ["3", "2", "1", "0"]]
    assert out[0].startswith("long.ndjson:1: unreadable: line 1, column 1: the body has more than the 16777216 bytes ")
    assert out[1] == "many.jsonl:3: unreadable: /Name: expected string, received 1"
    assert out[2].startswith("many.jsonl:4: xml-plain: /Name: ")


@pytest.mark.parametrize("name", ["long.json", "long.xml", "long.form", "long.json-patch", "long.ndjson"])
def test_a_body_over_the_limit_is_not_said_to_have_the_bytes_that_were_read(name, tmp_path, capfd):
    """Of a body that is over the limit, a report names the limit, since the rest of the body was not read."""
    (tmp_path / name).write_bytes(b"x" * (MAX_BYTES + 1_000))
    assert run(tmp_path) == 3
    out = capfd.readouterr().out
    assert "the body has more than the 16777216 bytes that are allowed" in out
    assert "16777217" not in out


UNREADABLE_RECORDS = [
    ("a.ndjson", b'{"Name":"a"}\n{"Name":}\n', "a.ndjson:2: unreadable: line 2, column 9"),
    ("a.json", b'[{"Name":"a"},\n {"Name":"b"}x]', "a.json: unreadable: /1: line 2, column 14"),
    ("a.json", b'[{"Name":"a"},\n {"Name":}]', "a.json: unreadable: /1: line 2, column 10"),
    ("a.xml", b"<L><ContactEntity/>\n <ContactEntity>&x;</ContactEntity></L>", "a.xml: unreadable: line 2, column 20"),
]


@pytest.mark.parametrize(("name", "body", "found"), UNREADABLE_RECORDS)
def test_an_unreadable_record_has_its_place_in_the_file(tmp_path, name, body, found):
    """A record of a sequence that is no JSON or XML is told with its line and column in the file."""
    (tmp_path / name).write_bytes(body)
    [line] = replay_folder(tmp_path, codecs_named(["json"])).lines()
    assert line.startswith(found)


@pytest.fixture
def lossy(tmp_path):
    """A folder with one lossy and one unreadable body."""
    (tmp_path / "control.json").write_bytes(b'{"Name": "\\u0001"}')
    (tmp_path / "bad.json").write_bytes(b"[")
    (tmp_path / "x.txt").touch()
    return tmp_path


def test_a_report_for_machines(lossy, capfd):
    """`--format json` prints one JSON document with a row for each codec, each finding, and what was skipped."""
    assert run(lossy, "--through", "xml-plain", "--format", "json") == 3
    report = json.loads(capfd.readouterr().out)
    assert report["codecs"] == [
        {"codec": "as recorded", "bodies": 2, "whole": 1, "lossy": 0, "unreadable": 1},
        {"codec": "xml-plain", "bodies": 1, "whole": 0, "lossy": 1, "unreadable": 0},
    ]
    bad, control = report["losses"]
    assert (bad["file"], bad["codec"], bad["kind"], bad["pointer"]) == ("bad.json", "as recorded", "unreadable", "")
    assert control == {
        "file": "control.json",
        "codec": "xml-plain",
        "kind": "lossy",
        "pointer": "/Name",
        "message": "the string has U+0001, which XML 1.0 cannot hold",
        "known": False,
    }
    assert report["skipped"] == ["x.txt"]


def test_a_baseline_accepts_what_it_knows(lossy, tmp_path_factory, capfd):
    """With `--baseline`, only losses that the given report does not list are shown and make the status 1."""
    baseline = tmp_path_factory.mktemp("baseline") / "known.json"
    call = [lossy, "--through", "xml-plain", "--baseline", baseline]
    run(lossy, "--through", "xml-plain", "--format", "json")
    baseline.write_text(capfd.readouterr().out, encoding="utf-8")
    assert run(*call) == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 3
    assert err.splitlines()[-1] == "contactwire: 2 known losses accepted, 0 gone"

    (lossy / "bad.json").unlink()
    (lossy / "new.json").write_bytes(b'{"Department": "\\u0002"}')
    assert run(*call) == 1
    out, err = capfd.readouterr()
    assert [line.partition(": the")[0] for line in out.splitlines()[:-3]] == ["new.json: xml-plain: /Department"]
    assert err.splitlines()[-1] == "contactwire: 1 known losses accepted, 0 gone, 1 not looked for"

    assert run(*call, "--format", "json") == 1
    assert [each["known"] for each in json.loads(capfd.readouterr().out)["losses"]] == [True, False]


PARTS = [
    ([], "0 known losses accepted, 2 gone"),
    (["--through", "xml-plain"], "0 known losses accepted, 1 gone, 1 not looked for"),
    (["--skip", "1"], "0 known losses accepted, 0 gone, 2 not looked for"),
    (["--limit", "1"], "0 known losses accepted, 0 gone, 2 not looked for"),
]


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
@pytest.mark.parametrize(("more", "told"), PARTS)
def test_only_what_was_looked_for_is_gone(tmp_path, capfd, name, more, told):
    """A known loss is gone where the file is whole by now; one of a file, codec or record outside the run is not."""
    lossy, baseline = tmp_path / "bodies", tmp_path / "known.json"
    lossy.mkdir()
    (lossy / name).write_bytes(b'{"Name": "\\u0001"}')
    codecs = ["--through", "xml-plain", "--through", "xml-datacontract"]
    run(lossy, *codecs, "--format", "json")
    baseline.write_text(capfd.readouterr().out, encoding="utf-8")
    (lossy / name).write_bytes(b"{}\n{}\n" if name == "a.ndjson" else b"{}")
    assert run(lossy, *(more if "--through" in more else [*codecs, *more]), "--baseline", baseline) == 0
    assert capfd.readouterr().err.splitlines()[-1] == f"contactwire: {told}"


def test_a_baseline_for_code(lossy, tmp_path_factory, capfd):
    """`assert_lossless` takes a baseline as the command does."""
    baseline = tmp_path_factory.mktemp("baseline") / "known.json"
    run(lossy, "--through", "xml-plain", "--format", "json")
    baseline.write_text(capfd.readouterr().out, encoding="utf-8")
    report = replay_folder(lossy, codecs_named(["xml-plain"]))
    report.assert_lossless(read_baseline(baseline))
    report.assert_lossless(baseline)
    report.assert_lossless(str(baseline))
    with pytest.raises(AssertionError, match=r"would lose something:\ncodec .*\n.*\n.*\nbad.json: unreadable: "):
        report.assert_lossless()


def test_bodies_of_another_carrier(tmp_path, monkeypatch, capfd):
    """`--carrier` names the class of the bodies, in an importable module or in the current folder."""
    module = tmp_path / "contactwire_notes_for_a_test.py"
    module.write_text(
        "import contactwire\nclass Note(contactwire.Carrier):\n    note_id: contactwire.Int32\n", encoding="utf-8"
    )
    (tmp_path / "note.json").write_bytes(b'{"NoteId": 1}')
    monkeypatch.chdir(tmp_path)
    assert run("note.json", "--carrier", "contactwire_notes_for_a_test:Note") == 0
    (tmp_path / "note.json").write_bytes(b"{}")
    assert run("note.json", "--carrier", "contactwire_notes_for_a_test:Note") == 3
    assert "note.json: unreadable: /NoteId: the property is missing" in capfd.readouterr().out


def test_a_form_loses_nulls(folder, capfd):
    """A codec that loses by design, such as that of forms, is tried where it is named."""
    assert run(folder / "contract.XML", "--through", "form") == 1
    assert capfd.readouterr().out.splitlines()[0] == "contract.XML: form: /OrgNr: null became absent"


def test_one_file(folder, capfd):
    """A path may be that of one file."""
    assert run(folder / "contract.XML", "--through", "application/json") == 0
    assert capfd.readouterr().out.splitlines()[-1].split() == ["application/json", "1", "1", "0", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-folder"], "no-such-folder: no such folder"),
        ([".", "--through", "yaml"], '--through: no codec has the name or media type "yaml", only json, xml, '),
        ([".", "--carrier", "json"], "--carrier: expected module:Class, such as crm.notes:Note; received json: "),
        ([".", "--carrier", "json:Note"], "--carrier: expected module:Class, such as crm.notes:Note; received json:Note: "),
        ([".", "--carrier", "no_such_module:Note"], "--carrier: expected module:Class, "),
        ([".", "--carrier", ""], "--carrier: expected module:Class, "),
        ([".", "--carrier", "json:JSONDecoder"], "--carrier: json:JSONDecoder is no carrier class"),
        ([".", "--baseline", "none.json"], "--baseline: none.json: No such file"),
        ([".", "--baseline", "other.json"], "--baseline: other.json: no report of contactwire roundtrip --format json: "),
        ([".", "--baseline", "deep.json"], "--baseline: deep.json: no report of contactwire roundtrip --format json: "),
    ],
)
def test_wrong_calls(arguments, message, tmp_path, monkeypatch, capfd):
    """A path that does not exist, and an argument of a wrong kind, end the command with 2 and are named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.json").write_text('{"losses": [{"file": 1}]}', encoding="utf-8")
    (tmp_path / "deep.json").write_text('{"a":' * 3000, encoding="utf-8")
    assert run(*arguments) == 2
    assert capfd.readouterr().err.startswith(f"contactwire: {message}")


def test_nothing_to_replay(tmp_path, capfd):
    """A folder without a body ends the command with 2."""
    (tmp_path / "README.txt").write_text("not a body")
    assert run(tmp_path) == 2
    assert capfd.readouterr().err.endswith("there is no recorded body\n")
    with pytest.raises(AssertionError, match="no recorded body"):
        Report((), ()).assert_lossless()


def test_the_progress_bar(folder):
    """The progress bar grows with the files, clears its line at the end, and is written to the given stream."""
    stream = io.StringIO()
    report = replay_folder(folder, codecs_named(["json"]), progress=stream)
    assert report
    shown = stream.getvalue().split("\r")
    assert shown[1] == f"[{'.' * 30}] 0/8"
    assert shown[4] == f"[{'#' * 11}{'.' * 19}] 3/8"
    assert shown[-1] == "\x1b[K"


def test_names_that_are_no_text(tmp_path, capfd):
    """A file name that is not UTF-8 is shown with question marks."""
    (tmp_path / b"\xe5.json".decode("utf-8", "surrogateescape")).write_bytes(b"{")
    assert run(tmp_path) == 3
    assert "?.json: unreadable: line 1, column 2" in capfd.readouterr().out


def test_a_report_for_code(folder):
    """A report is true if nothing is lost, and has the codecs and what was skipped."""
    report = replay_folder(folder, codecs_named(LOSSLESS))
    assert report
    assert report.codecs == ("as recorded", *LOSSLESS)
    assert report.skipped == ("README.txt",)
    assert str(report) == report.table()
    report.assert_lossless()
    assert {each.name for each in report.replayed} >= {"answers/complete.json", "contract.XML"}


@pytest.mark.parametrize("bodies", ["folder", "lossy"])
def test_the_command_and_code_report_the_same(bodies, request, capfd):
    """What the command prints as JSON is what a report for code has as plain data."""
    path = request.getfixturevalue(bodies)
    run(path, "--format", "json")
    assert json.loads(capfd.readouterr().out) == replay_folder(path, codecs_named(LOSSLESS)).to_builtins()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_of_several_lines(tmp_path, capfd):
    """A finding and a file that is skipped take one line, whatever characters are in the name."""
    (tmp_path / "a\nb.json").write_bytes(b'{"Name":1}')
    (tmp_path / "a\nb.txt").write_bytes(b"")
    assert run(tmp_path) == 3
    out, err = capfd.readouterr()
    assert out.startswith("a\\nb.json: unreadable: /Name: ")
    assert err == "contactwire: a\\nb.txt: skipped, no known suffix\n"


def test_names_on_windows():
    """A file has the same name on Windows as elsewhere, since a report of one system is a baseline for another."""
    root = PureWindowsPath("C:\\recorded")
    assert name_of(root / "answers" / "a.json", root) == "answers/a.json"
    assert name_of(root, root) == "recorded"


def test_an_array_on_one_line(tmp_path, fits):
    """Code holds one body at a time in memory, also of a file without line feeds."""
    size = 200_000
    (tmp_path / "a.json").write_bytes(b"[%s]" % b",".join([b'{"Name":"%s"}' % (b"x" * size)] * 50))

    def replay():
        assert replay_folder(tmp_path, codecs_named("json"))

    assert fits(replay, 25 * size)
