"""`contactwire roundtrip` and the report behind it."""

import io

import pytest

from contactwire.cli import main
from contactwire.roundtrip import LOSSLESS, Report, codecs_named, replay_folder
from contactwire.testing import golden


def run(*arguments):
    """The command's exit status for some arguments."""
    return main(["roundtrip", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    """Recorded bodies of every suffix, in two levels, and a file that is none."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "complete.json").write_bytes(golden.COMPLETE)
    (tmp_path / "answers" / "list.json").write_bytes(b"[" + golden.SMALL + b"]")
    (tmp_path / "browser.form").write_bytes(golden.SMALL_FORM)
    (tmp_path / "contract.XML").write_bytes(golden.SMALL_XML["datacontract"])
    (tmp_path / "change.json-patch").write_bytes(b'[{"op": "add", "path": "/Name", "value": "x"}]')
    (tmp_path / "change.merge-patch").write_bytes(b'{"Name": null}')
    (tmp_path / "patch.json").write_bytes(b'[{"op": "replace", "path": "name", "value": "x"}]')
    (tmp_path / "README.txt").write_text("not a body")
    return tmp_path


def test_everything_is_kept(folder, capfd):
    """A table goes to standard output, skipped files to standard error, and the status is 0."""
    assert run(folder) == 0
    out, err = capfd.readouterr()
    assert out.splitlines() == [
        "codec             bodies   whole   lossy",
        "as recorded            7       7       0",
        "json                   4       4       0",
        "xml-plain              4       4       0",
        "xml-datacontract       4       4       0",
        "xml-services           4       4       0",
        "xml-webapi             4       4       0",
    ]
    assert err == "contactwire: README.txt: skipped, no known suffix\n"


def test_losses_are_listed(tmp_path, capfd):
    """The status is 1, and each place that would be lost has a line with file, codec and pointer."""
    (tmp_path / "control.json").write_bytes(b'{"Name": "\\u0001", "Department": "y"}')
    (tmp_path / "bad.json").write_bytes(b'{"ContactId": "x", "Urls": 1}')
    assert run(tmp_path, "--through", "json", "--through", "xml-plain") == 1
    out = capfd.readouterr().out.splitlines()
    assert out[1:4] == [
        "as recorded       2       1       1",
        "json              1       1       0",
        "xml-plain         1       0       1",
    ]
    assert out[4:6] == [
        'bad.json: as recorded: /ContactId: expected int32, received "x"',
        "bad.json: as recorded: /Urls: expected list of object (EntityElement), received 1",
    ]
    assert out[6].startswith("control.json: xml-plain: /Name: ")
    assert len(out) == 7


def test_a_form_loses_nulls(folder, capfd):
    """Codecs that make no promise are tried where they are asked for, by name."""
    assert run(folder / "contract.XML", "--through", "form") == 1
    assert capfd.readouterr().out.splitlines()[-1] == "contract.XML: form: /OrgNr: null became absent"


def test_one_file(folder, capfd):
    """A file alone will do."""
    assert run(folder / "contract.XML", "--through", "application/json") == 0
    assert capfd.readouterr().out.splitlines()[-1].split() == ["application/json", "1", "1", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-folder"], "no-such-folder: no such folder"),
        ([".", "--through", "yaml"], "--through: "),
    ],
)
def test_wrong_calls(arguments, message, tmp_path, monkeypatch, capfd):
    """A folder that is not there and a codec that is not known make the command line end with 2."""
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert capfd.readouterr().err.startswith(f"contactwire: {message}")


def test_nothing_to_replay(tmp_path, capfd):
    """A folder without a body is a mistake, not a success."""
    (tmp_path / "README.txt").write_text("not a body")
    assert run(tmp_path) == 2
    assert capfd.readouterr().err.endswith("there is no recorded body\n")
    with pytest.raises(AssertionError, match="no recorded body"):
        Report((), ()).assert_lossless()


def test_the_progress_bar(folder):
    """The bar grows with the files, ends with its line cleared, and goes where it is told."""
    stream = io.StringIO()
    report = replay_folder(folder, codecs_named(["json"]), progress=stream)
    assert report
    shown = stream.getvalue().split("\r")
    assert shown[1] == f"[{'.' * 30}] 0/7"
    assert shown[4] == f"[{'#' * 12}{'.' * 18}] 3/7"
    assert shown[-1] == "\x1b[K"


def test_names_that_are_no_text(tmp_path, capfd):
    """A file whose name is not UTF-8 is shown with question marks."""
    (tmp_path / b"\xe5.json".decode("utf-8", "surrogateescape")).write_bytes(b"{")
    assert run(tmp_path) == 1
    assert "?.json: as recorded: line 1, column 2" in capfd.readouterr().out


def test_a_report_for_code(folder):
    """A report is true if nothing would be lost, and names the codecs and what was skipped."""
    report = replay_folder(folder, codecs_named(LOSSLESS))
    assert report
    assert report.codecs == ("as recorded", *LOSSLESS)
    assert report.skipped == ("README.txt",)
    report.assert_lossless()
    assert {each.name for each in report.replayed} >= {"answers/complete.json", "contract.XML"}
