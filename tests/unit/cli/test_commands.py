"""The command line converts and validates, and says in its exit status how it went."""

import io
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contactwire.cli import main

PAYLOADS = Path(__file__).parents[2] / "payloads"
REQUEST = PAYLOADS / "put-contact.request.json"


@pytest.fixture
def bad(tmp_path):
    """A file with three faults."""
    path = tmp_path / "bad.json"
    path.write_text('{\n "ContactId": "x",\n "Emails": [\n  {"Value": 1},\n  5\n ]\n}', encoding="utf-8")
    return path


def feed(monkeypatch, body):
    """Put a body on standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))


def test_convert_writes_the_document(capfdbinary):
    """`convert` puts the document on standard output and nothing else there."""
    assert main(["convert", str(REQUEST), "--to", "json"]) == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out) == json.loads(REQUEST.read_bytes())
    assert b"\n" not in out
    assert err == b""


def test_convert_indents(capfdbinary):
    """`--indent` lays the document out and ends it with a line feed."""
    assert main(["convert", str(REQUEST), "--to", "json", "--indent", "3"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b'{\n   "ContactId": 763,\n')
    assert out.endswith(b"}\n")


def test_convert_reads_standard_input(capfdbinary, monkeypatch):
    """A file named - is standard input, and may hold a list."""
    feed(monkeypatch, b' [{"Name": "x"}, {}]')
    assert main(["convert", "-", "--to", "json"]) == 0
    assert capfdbinary.readouterr().out == b'[{"Name":"x"},{}]'


def test_convert_of_an_invalid_document(bad, capfd):
    """Faults go to standard error, standard output stays empty, and the status is 1."""
    assert main(["convert", str(bad), "--to", "json"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.splitlines()[0] == f'{bad}:2: /ContactId: expected int32, received "x"'


def test_validate_is_silent_when_all_is_well(capfd):
    """Valid files give no output and status 0."""
    assert main(["validate", *map(str, sorted(PAYLOADS.glob("put-contact.*.json")))]) == 0
    assert capfd.readouterr() == ("", "")


def test_validate_lists_every_fault(bad, capfd):
    """Each fault stands on a line with file, line, pointer and message."""
    assert main(["validate", str(REQUEST), str(bad)]) == 1
    assert capfd.readouterr().out.splitlines() == [
        f'{bad}:2: /ContactId: expected int32, received "x"',
        f"{bad}:4: /Emails/0/Value: expected string, received 1",
        f"{bad}:5: /Emails/1: expected object (EntityElement), received 5",
    ]


def test_validate_lists_faults_as_json(bad, capfd):
    """`--format json` gives the same with column, expectation and what came."""
    assert main(["validate", "--format", "json", str(bad)]) == 1
    faults = json.loads(capfd.readouterr().out)
    assert faults[0] == {
        "file": str(bad),
        "line": 2,
        "column": 15,
        "pointer": "/ContactId",
        "message": 'expected int32, received "x"',
        "expected": "int32",
        "received": '"x"',
    }
    assert len(faults) == 3
    assert main(["validate", "--format", "json", str(REQUEST)]) == 0
    assert json.loads(capfd.readouterr().out) == []


def test_validate_of_what_is_not_json(capfd, monkeypatch):
    """A document that is not well-formed has one fault at its place."""
    feed(monkeypatch, b'{\n"Name": nul}')
    assert main(["validate", "-"]) == 1
    assert capfd.readouterr().out.startswith('-:2:9: unexpected "n", expected a JSON value, near ')


HINT = "; it is read as JSON, and --from names another format, such as ndjson\n"
OTHERS = [(b'{"Name":"x"}\n{"Name":"y"}\n', "2:1"), (b"<ContactEntity/>", "1:1"), (b"Name=x", "1:1")]


@pytest.mark.parametrize("command", [["validate", "-"], ["convert", "-", "--to", "xml"], ["select", "-", "name"]])
@pytest.mark.parametrize(("body", "place"), OTHERS, ids=["NDJSON", "XML", "form"])
def test_standard_input_in_another_format(capfd, monkeypatch, command, body, place):
    """Of standard input that is perhaps not in JSON, which no option says, the fault tells how to name the format."""
    feed(monkeypatch, body)
    assert main(command) == 1
    told = "".join(capfd.readouterr())
    assert told.startswith(f"-:{place}: ")
    assert told.endswith(HINT)


def test_json_that_is_said_to_be_json(capfd, monkeypatch):
    """A fault says nothing of other formats where the format was named, where a limit is the fault, or for no document."""
    feed(monkeypatch, b'{"Name":"x"}\n{"Name":"y"}\n')
    assert main(["validate", "-", "--from", "json"]) == 1
    feed(monkeypatch, b'{"Name":"x"}')
    assert main(["validate", "-", "--max-bytes", "3"]) == 1
    feed(monkeypatch, b"")
    assert main(["validate", "-"]) == 1
    assert HINT not in capfd.readouterr().out


SERVED = [
    (["--db", "{}"], "--db {}: unable to open database file"),
    (["--db", "{}/missing/x"], "--db {}/missing/x: unable to open database file"),
    (["--host", "a b"], "--host a b --port 0: [Errno "),
    (["--host", "[::1]"], "--host [::1] --port 0: [Errno "),
    (["--port", "99999"], "--host 127.0.0.1 --port 99999: bind(): port must be 0-65535."),
]


@pytest.mark.parametrize(("arguments", "told"), SERVED, ids=[" ".join(arguments) for arguments, _ in SERVED])
def test_what_cannot_be_served(arguments, told, tmp_path, capfd):
    """A database, an address or a port that cannot be used is named, with what the system says of it."""
    assert main(["serve", *(each.format(tmp_path) for each in arguments)]) == 2
    assert capfd.readouterr().err.startswith(f"contactwire: {told.format(tmp_path)}")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["convert"],
        ["convert", "x"],
        ["convert", "x", "--to", "png"],
        ["convert", "x", "--to", "json", "--indent", "-1"],
        ["convert", "x", "--to", "json", "--indent", "x"],
        ["validate"],
        ["validate", "--format", "x", "y"],
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments, capfd):
    """A call that makes no sense ends with status 2 and an explanation on standard error."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "usage" in err


@pytest.mark.parametrize("arguments", [["convert", "{}", "--to", "json"], ["validate", "{}"]])
def test_a_file_that_cannot_be_read(arguments, tmp_path, capfd):
    """A missing file, or a folder, is status 2 and named on standard error."""
    for path in (tmp_path / "missing.json", tmp_path):
        assert main([part.format(path) for part in arguments]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert str(path) in err


def test_the_module_is_the_command():
    """`python -m contactwire` is the same program, usable in a pipe."""
    run = [sys.executable, "-m", "contactwire", "convert", "-", "--to", "json"]
    done = subprocess.run(run, input=b'{"name":"x"}', capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b'{"Name":"x"}', b"")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """When the reader of a pipe closes early, the program ends quietly."""
    large = tmp_path / "large.json"
    large.write_text("[" + ",".join(['{"Name":"' + "x" * 100 + '"}'] * 20_000) + "]", encoding="utf-8")
    run = [sys.executable, "-m", "contactwire", "convert", str(large), "--to", "json"]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize("command", ["validate - --from ndjson", "convert - --from ndjson --to xml"])
def test_standard_input_that_comes_late_is_read(monkeypatch, command):
    """Where standard input is a pipe whose reader does not wait, what comes late is read, too."""
    late, sender = os.pipe()
    os.set_blocking(late, False)
    monkeypatch.setattr("sys.stdin", os.fdopen(late))

    def send():
        time.sleep(0.2)
        with open(sender, "wb") as stream:
            stream.write(b'{"Name":2}\n')

    with ThreadPoolExecutor() as pool, sys.stdin:
        pool.submit(send)
        assert main(command.split()) == 1


def test_a_closed_standard_input_is_a_usage_error(monkeypatch, capsys):
    """Where there is no standard input, asking for it is a wrong call."""
    monkeypatch.setattr("sys.stdin", None)
    for command in (["convert", "-", "--to", "xml"], ["validate", "-"]):
        assert main(command) == 2
        assert "standard input is closed" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["diff - -", "patch - -", "validate - -"])
def test_standard_input_is_read_once(monkeypatch, capsys, command):
    """A command that names standard input twice is a wrong call, since the second reading finds nothing."""
    feed(monkeypatch, b"{}")
    assert main(command.split()) == 2
    assert capsys.readouterr() == ("", "contactwire: -: standard input can be read once only\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
def test_a_full_disk_is_reported(tmp_path):
    """Output that cannot be written is told on standard error, without a traceback."""
    run = [sys.executable, "-m", "contactwire", "convert", str(REQUEST), "--to", "xml"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"contactwire: ")
    assert b"Traceback" not in done.stderr


def test_importing_the_module_runs_nothing():
    """`contactwire.__main__` runs the command only as a program."""
    code = "import contactwire.__main__; print('imported')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("imported\n", "")


def test_a_name_of_several_lines(tmp_path, capfd):
    """A message about a file is one line, whatever characters the file has in its name."""
    assert main(["validate", str(tmp_path / "no\nsuch\x1b.json")]) == 2
    assert capfd.readouterr().err == f"contactwire: {tmp_path}/no\\nsuch\\u001b.json: No such file or directory\n"
