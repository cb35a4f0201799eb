"""How `validate` lists faults."""

import io
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from contactwire.cli import main


class Terminal:
    """Standard output, as a terminal."""

    def __init__(self, stream):
        self._stream = stream

    def isatty(self):
        return True

    def __getattr__(self, name):
        return getattr(self._stream, name)


@pytest.fixture
def terminal(monkeypatch):
    """A function after which standard output and standard error are terminals, of which nothing else is known."""

    def switch():
        for name in ("NO_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name in ("stdout", "stderr"):
            monkeypatch.setattr(sys, name, Terminal(getattr(sys, name)))

    return switch


FULL = """\
error: expected int32, received "x"
 --> {path}:2:14
  |
2 | "ContactId": "x",
  |              ^^^ /ContactId

error: expected string, received 1
 --> {path}:3:9
  |
3 | "Name": 1}}
  |         ^ /Name

2 faults
"""
BODY = b'{\n"ContactId": "x",\n"Name": 1}'


def test_a_full_report(run, file):
    """Each fault has its line, and the place marked below it."""
    path = file("a.json", BODY)
    status, out, err = run("validate", path, "--format", "full")
    assert (status, out.decode(), err) == (1, FULL.format(path=path), "")
    assert run("validate", file("b.json", b"{}"), "--format", "full") == (0, b"", "")


def test_a_terminal_has_colours(run, file, terminal, monkeypatch):
    """On a terminal the report is full and coloured, but for `NO_COLOR`, and for a terminal that is dumb."""
    terminal()
    path = file("a.json", BODY)
    coloured = run("validate", path)[1].decode()
    assert "\x1b[1;31merror\x1b[0m" in coloured
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            assert run("validate", path)[1].decode() == FULL.format(path=path)


def marked(out):
    """The line that a full report shows, and what the mark below it covers."""
    lines = out.decode().splitlines()
    line, mark = lines[3], lines[4]
    start = mark.index("^")
    return line.partition("| ")[2], line[start : start + mark.count("^")]


LATIN = '<?xml version="1.0" encoding="latin1"?><ContactEntity>\n<Name>Ã¥</Name><ContactId>x</ContactId></ContactEntity>'
MARKS = {
    "a.json": (b'{"Name":"a","Domains":5}', '{"Name":"a","Domains":5}', "5"),
    "a.xml": (b"<ContactEntity>\n<ContactId>x</ContactId></ContactEntity>", "<ContactId>x</ContactId>", "<ContactId>"),
    "a.ndjson": (b'{}\n\n {"Name": true}\n', ' {"Name": true}', "true"),
    "b.json": (b'[{"Name":"a"},\n{"Name":"a",\n"Domains":7}]', '"Domains":7}', "7"),
    "b.xml": (b"<ArrayOfContactEntity><a/><b><ContactId>x</ContactId></b></ArrayOfContactEntity>", "<b>", "<ContactId>"),
    "c.json": ('{"Name":"\t\x1b[31mé","Domains":5}'.encode(), '{"Name":" \ufffd[31mé","Domains":5}', None),
    "d.json": (b'{"Name":"' + b"x" * 500 + b'","Domains":5,"Department":"' + b"y" * 500 + b'"}', "…xxx", "5"),
    "e.json": (b'{"Domains":[1],"Name":"' + b"x" * 500, "…xxx", None),
    "f.json": ('{"Name":"a","Domains":5}'.encode("utf-8-sig"), '{"Name":"a","Domains":5}', "5"),
    "c.xml": ("<ContactEntity><ContactId>x</ContactId></ContactEntity>".encode("utf-16"), "<ContactEntity>", "<ContactId>"),
    "d.xml": (LATIN.encode("latin-1"), "<Name>Ã¥</Name><ContactId>x", "<ContactId>"),
    "e.xml": (b"<a><Name>\xe5</Name></a>", "<a><Name>\ufffd</Name></a>", None),
    "a.form": (b"ContactId=x", "ContactId=x", None),
}


@pytest.mark.parametrize("name", MARKS)
def test_the_place_is_marked(run, file, name):
    """The mark covers what is wrong, in every format; a long line is cut, and nothing that a terminal obeys is shown."""
    body, line, mark = MARKS[name]
    shown, covered = marked(run("validate", file(name, body), "--format", "full")[1])
    assert shown.startswith(line)
    assert len(shown) <= 102
    assert mark in (None, covered)


def test_wide_characters(run, file):
    """A mark stands below its place behind characters that take two columns, or none."""
    body = '{"Name":"会社e\u0301","Domains":5}'.encode()
    lines = run("validate", file("a.json", body), "--format", "full")[1].decode().splitlines()
    assert lines[4].index("^") == lines[3].index("5}") + 2 - 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_mark_below_escapes(tmp_path, encoding):
    """A mark stands below its place, and is as long, where characters are escaped that the output's encoding has not."""
    path = tmp_path / "a.json"
    path.write_bytes('{"Department":"Å","Name":"名","ContactId":"名Å"}'.encode())
    command = [sys.executable, "-m", "contactwire", "validate", str(path), "--format", "full"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False)
    lines = done.stdout.decode(encoding).splitlines()
    end = len(lines[3]) - 1 + 2 * (encoding == "utf-8")
    assert (lines[3][-1], lines[4].rindex("^") + 1) == ("}", end)


@pytest.mark.parametrize(
    ("record", "shown"), [(b'\xef\xbb\xbf{"Name": 2}', '\ufffd{"Name": 2}'), (b"\xff\xfe{}", "\ufffd\ufffd{}")]
)
@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
def test_a_line_is_shown_as_the_file_has_it(run, file, name, record, shown):
    """A record that begins with a byte order mark, which is a fault, is shown with one mark for each such character."""
    body = b"{}\n" + record if name == "a.ndjson" else b"[{},\n" + record + b"]"
    _, out, _ = run("validate", file(name, body), "--format", "full")
    assert f"\n2 | {shown}\n" in out.decode()


def test_a_place_that_no_line_has(run, file):
    """Where the fault is of the whole, such as a limit, the line is not shown."""
    path = file("a.ndjson", b'{"Name":"a"}\n' * 2)
    out = run("validate", path, "--format", "full", "--max-bytes", "5")[1].decode()
    assert out.splitlines()[0] == "error: the record has more than the 5 bytes that are allowed"
    path = file("a.xml", b"<ArrayOfContactEntity><a/>x</ArrayOfContactEntity>")
    assert run("validate", path, "--format", "full")[0] == 1
    path = file("b.ndjson", b"x\n" * 10)
    assert run("validate", path, "--format", "full")[1].decode().splitlines()[1:] == [f" --> {path}:1:1", "", "1 fault"]


def test_github(run, file):
    """Each fault is a command of GitHub's workflows, whose special characters are escaped."""
    path = file("a,b:c.json", b'{"Name":1}\n')
    out = run("validate", path, "--format", "github")[1].decode()
    name = str(path).replace(",", "%2C").replace(":", "%3A")
    assert out == f"::error file={name},line=1,col=9,title=contactwire::/Name: expected string, received 1\n"
    assert run("validate", file("a.json", b"{%"), "--format", "github")[1].count(b"::unexpected") == 1


@pytest.mark.parametrize("name", ["text", "github"])
def test_a_fault_is_one_line(run, file, name):
    """A sender's names of members neither begin lines of their own in a report nor tell a terminal what to do."""
    path = file("a.json", b'{"CustomFields":{"a\\n::error::\\u001b[2J":5}}')
    out = run("validate", path, "--format", name)[1].decode()
    assert out.endswith("/CustomFields/a\\n::error::\\u001b[2J: expected string, received 5\n")
    assert out.count("\n") == 1


@pytest.mark.parametrize("name", ["text", "full", "json", "github"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8:strict"])
def test_an_output_that_has_few_characters(tmp_path, name, encoding):
    """Characters that the encoding of standard output has not are escaped, also those of a file's name (PEP 383)."""
    path = os.fsencode(tmp_path / "a") + b"\xff.json"
    try:
        Path(os.fsdecode(path)).write_bytes('{"ContactId":"会社 🙂","Å":1}'.encode())
    except OSError:
        pytest.skip("the system has names in UTF-8 only")
    command = [sys.executable, "-m", "contactwire", "validate", path, "--format", name]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    if name == "json":
        (fault,) = json.loads(done.stdout)
        assert (fault["file"], fault["received"]) == (os.fsdecode(path), '"会社 🙂"')


def test_json_of_records(run, file):
    """The list is one JSON document, whatever the number of faults."""
    path = file("a.ndjson", b'{"Name":1}\n{"Name":1,"Domains":2}\n')
    faults = json.loads(run("validate", path, "--format", "json")[1])
    assert [(fault["line"], fault["pointer"]) for fault in faults] == [(1, "/Name"), (2, "/Name"), (2, "/Domains")]


class Clock:
    """A clock that goes on by a second each time that somebody looks."""

    def __init__(self):
        self.now = 0

    def monotonic(self):
        self.now += 1
        return self.now


@pytest.mark.parametrize("records", [300, 400_000])
def test_progress(records, file, terminal, monkeypatch, capfd):
    """On a terminal, standard error shows records, bytes, rate and time left, and nothing when all is done."""
    terminal()
    monkeypatch.setattr("time.monotonic", Clock().monotonic)
    body = b'{"Name":"%s"}\n' % (b"x" * 2000) * 300 if records == 300 else b"{}\n" * records
    path = file("a.ndjson", body)
    assert main(["validate", str(path)]) == 0
    shown = capfd.readouterr().err.split("\r\x1b[K")
    assert " records  " in shown[1]
    assert "/s  " in shown[1]
    assert shown[1].endswith(" left")
    assert shown[-1] == ""


def test_progress_of_a_pipe(terminal, monkeypatch, capfd):
    """Where nobody knows how long the input is, what was done is shown; a fault is shown instead of it."""
    terminal()
    monkeypatch.setattr("time.monotonic", Clock().monotonic)
    lines = b"{}\n" * 100_000 + b'{"Name":1}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert main(["convert", "-", "--from", "ndjson", "--to", "ndjson"]) == 1
    err = capfd.readouterr().err
    assert " left" not in err
    assert "-:100001: /Name: expected string, received 1" in err


@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", "█░"), ("latin-1", "#."), ("ascii", "#.")])
def test_the_bar_of_a_terminal_that_has_few_characters(file, terminal, monkeypatch, encoding, marks):
    """A terminal whose encoding has no blocks shows how far a run is in other characters."""
    out = io.BytesIO()
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(out, encoding, "backslashreplace"))
    terminal()
    monkeypatch.setattr("time.monotonic", Clock().monotonic)
    assert main(["validate", str(file("a.ndjson", b"{}\n" * 300_000))]) == 0
    bar = out.getvalue().decode(encoding).split("\r\x1b[K")[1].partition(" ")[0]
    assert (len(bar), bar.strip(marks)) == (20, "")


def test_a_dumb_terminal_shows_no_progress(file, terminal, monkeypatch, capfd):
    """A terminal that obeys no escape sequences, such as that of an editor, shows none."""
    terminal()
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("time.monotonic", Clock().monotonic)
    assert main(["validate", str(file("a.ndjson", b"{}\n" * 300_000))]) == 0
    assert capfd.readouterr().err == ""


def test_a_terminal_that_is_closed(run, file, terminal, monkeypatch):
    """Where the terminal goes away that shows how far a run is, the run goes on."""
    terminal()
    monkeypatch.setattr("time.monotonic", Clock().monotonic)

    def fail(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys.stderr, "write", fail, raising=False)
    lines = b"{}\n" * 300_000
    assert run("convert", file("a.ndjson", lines), "--to", "ndjson")[:2] == (0, lines)


BROKEN = [
    ("a.json", b'{"ContactId":1,\n "Name" 1}', "2:9"),
    ("a.json", b'[{},\n{"Name" 1},{}]', "2:9"),
    ("a.ndjson", b'{}\n{"Name" 1}\n', "2:9"),
    ("a.xml", b"<ContactEntity>\n <Name>&x;</Name></ContactEntity>", "2:11"),
    ("a.xml", b"<ArrayOfContactEntity><a/>\n<a><Name>&x;</Name></a></ArrayOfContactEntity>", "2:13"),
]


@pytest.mark.parametrize(("name", "body", "place"), BROKEN)
def test_what_is_not_well_formed_has_line_and_column(run, file, name, body, place):
    """A list of faults has the column of what is not well-formed, in a document, an array and a sequence."""
    path = file(name, body)
    assert run("validate", path, "--format", "text")[1].decode().startswith(f"{path}:{place}: ")


def test_many_faults_of_a_long_line(run, file, fits):
    """The text of a line is held once for all faults in it."""
    long = b"x" * 2_000_000
    path = file("a.ndjson", b'{"Name":"%s","Interests":[%s]}\n' % (long, b",".join([b'{"Id":""}'] * 100)))

    def report():
        assert run("validate", path, "--format", "full")[1].endswith(b"100 faults\n")

    assert fits(report, 20 * len(long))


@pytest.mark.parametrize("format", ["text", "full", "json", "github"])
@pytest.mark.parametrize("suffix", ["json", "ndjson"])
def test_many_faults_below_a_long_name(run, file, fits, format, suffix, tmp_path):
    """Reports show both ends of a long pointer, so a hundred below one long name take neither its memory nor its room."""
    long, names = b"k" * 200_000, product(*zip(b"FIELDLE", b"fieldle", strict=True))
    members = b",".join(b'"%sngth":""' % bytes(each) for each in names)
    path = file(f"a.{suffix}", b'{"FieldProperties":{"%s":{%s}}}\n' % (long, members))
    outputs = []

    def report():
        (tmp_path / "rejects").write_bytes(b"")
        (tmp_path / "rejects.faults.ndjson").write_bytes(b"")
        rejects = ["--rejects", str(tmp_path / "rejects")] if suffix == "ndjson" else []
        outputs.append(run("validate", path, "--format", format, *rejects)[1])

    report()
    assert fits(report, 25 * len(long))
    assert outputs[0].count(b"/FieldProperties/kkk") == 100
    assert len(outputs[0]) < 100 * 1_000
    if suffix == "ndjson":
        assert (tmp_path / "rejects.faults.ndjson").stat().st_size < 100 * 1_000
