"""What stops a run leaves whole records behind, and says how to go on."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contactwire.cli import main

RECORD = b'{"ContactId":%d,"Name":"%s"}\n'
COMMAND = [sys.executable, "-m", "contactwire"]
ENVIRONMENTS = [{"PYTHONUNBUFFERED": ""}, {"PYTHONUNBUFFERED": "1"}]


@pytest.fixture
def path(tmp_path):
    """A file of records, more than a pipe holds."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"".join(RECORD % (number, b"x" * 2000) for number in range(2000)))
    return path


def ids(body):
    """The numbers of the contacts in lines of NDJSON; each line is a whole record."""
    return [json.loads(line)["ContactId"] for line in body.splitlines()]


def started(path, *more):
    """A run of `convert` whose output and complaints are read from pipes."""
    command = [*COMMAND, "convert", str(path), *more]
    return subprocess.Popen(command, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_two_interrupts(path, workers):
    """A second Ctrl-C while the first one ends the run does not keep it from ending."""
    process = started(path, "--to", "ndjson", "--workers", workers)
    process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    process.stdout.read(2**18)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("target", ["ndjson", "json"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt(path, number, target, workers):
    """Ctrl-C ends the run with 130 once a batch is out; the output is closed, and `--skip` goes on. So does SIGTERM."""
    process = started(path, "--to", target, "--workers", workers)
    # The first bytes say that the run is under way. It waits for a reader then, since the pipe is full.
    begin = process.stdout.read(1)
    process.send_signal(number)
    rest, err = process.communicate()
    assert (process.returncode, err.count(b"\n")) == (130, 1)
    out = begin + rest
    written = ids(out) if target == "ndjson" else [each["ContactId"] for each in json.loads(out)]
    done = len(written)
    assert 0 < done < 2000
    assert err.decode() == f"contactwire: {path}: interrupted, after {done:,} records; --skip {done} goes on\n"
    process = started(path, "--to", "ndjson", "--skip", str(done))
    assert written + ids(process.communicate()[0]) == list(range(2000))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
def test_the_processes_of_a_run_that_is_killed(path):
    """Processes of `--workers` end by themselves where the first one is killed, as by a system that is out of memory."""
    process = started(path, "--to", "ndjson", "--workers", "2")
    process.stdout.read(1)
    process.kill()
    # They hold the pipes too, so these end when the last of them does.
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal for one process")
def test_a_second_interrupt(path):
    """A second Ctrl-C does not wait for the reader of the output."""
    process = started(path, "--to", "ndjson")
    process.stdout.read(1)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    process.stdout.close()
    assert process.stderr.read().startswith(b"contactwire: ")
    process.stderr.close()


def limited():
    """In the process that is started: have files end at a size that no record ends at."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_001, 1_000_001))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of the size of files")
@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_a_full_disk(path, tmp_path, mode, environment):
    """Where the disk is full, the output ends with a whole record, and the run says how to go on."""
    target = tmp_path / "out.ndjson"
    target.write_bytes(b'{"ContactId":-1}\n')
    command = [*COMMAND, "convert", str(path), "--to", "ndjson"]
    with target.open(mode) as out:
        environment = {**{name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}, **environment}
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False, preexec_fn=limited, env=environment)
    written = ids(target.read_bytes())
    count = len(written) - (mode == "ab")
    assert (done.returncode, written) == (2, [*([-1] if mode == "ab" else []), *range(count)])
    assert done.stderr.decode().endswith(f"File too large, after {count} records; --skip {count} goes on\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of the size of files")
def test_a_disk_that_is_full_of_a_report(tmp_path):
    """The records that are done are those whose faults are in the report."""
    path, target = tmp_path / "a.ndjson", tmp_path / "report"
    path.write_bytes(b"".join(b'{"Name":%d}\n' % number for number in range(50_000)))
    command = [*COMMAND, "validate", str(path), "--max-errors", "50000"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with target.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environment, preexec_fn=limited, check=False)
    count = target.read_bytes().count(b"\n")
    assert done.stderr.decode().endswith(f"File too large, after {count:,} records; --skip {count} goes on\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of the size of files")
def test_a_disk_that_is_full_of_a_table(tmp_path):
    """Rows are written many at once, so nobody is told to go on behind records whose rows are nowhere."""
    path, target = tmp_path / "a.ndjson", tmp_path / "a.csv"
    path.write_bytes(RECORD % (1, b"x" * 20) * 70_000)
    command = [*COMMAND, "table", str(path), "--to", "csv", "--columns", "name"]
    with target.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, preexec_fn=limited, check=False)
    assert (done.returncode, done.stderr.decode()) == (2, f"contactwire: {path}: [Errno 27] File too large\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of the size of files")
@pytest.mark.parametrize("source", ["ndjson", "json"])
def test_a_disk_that_is_full_of_rejects(tmp_path, source):
    """Where a bad record cannot be written, those in front of it are done; the run that goes on begins with it."""
    text = b"x" * 2000
    lines = [RECORD % (number, text) if number % 3 else b'{"Name":%d,"X":"%s"}\n' % (number, text) for number in range(2000)]
    path = tmp_path / f"a.{source}"
    path.write_bytes(b"".join(lines) if source == "ndjson" else b"[%s]" % b",".join(lines))
    command = [*COMMAND, "convert", str(path), "--to", "ndjson", "--rejects"]
    first = subprocess.run([*command, str(tmp_path / "r1")], capture_output=True, check=False, preexec_fn=limited)
    message = first.stderr.decode().splitlines()[-1]
    count = int(message.split("--skip ")[1].split()[0])
    assert (first.returncode, message.split(": ", 2)[2]) == (
        2,
        f"[Errno 27] File too large, after {count:,} records; --skip {count} goes on",
    )
    other = subprocess.run([*command, str(tmp_path / "r2"), "--skip", str(count)], capture_output=True, check=False)
    assert ids(first.stdout) + ids(other.stdout) == [number for number in range(2000) if number % 3]
    rejects = [(tmp_path / name).read_bytes() for name in ("r1", "r2")]
    found = [re.findall(rb'{"Name":([0-9]+),"X":"x{2000}"}', body) for body in rejects]
    assert [int(number) for numbers in found for number in numbers] == [*range(0, 2000, 3)]
    assert rejects[0].endswith(b'x"}\n')


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize("more", [["validate"], ["convert", "--to", "json"], ["roundtrip"]])
def test_a_device_that_is_full(tmp_path, more):
    """Every command that writes tells of a device that is full, with status 2 and no traceback."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"Name":1}\n{}\n')
    command, *options = more
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, command, str(path), *options], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, b"Traceback" in done.stderr, b"No space left" in done.stderr) == (2, False, True)


@pytest.mark.parametrize("variables", ENVIRONMENTS, ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [["--help"], ["convert", "--help"], ["--version"]])
class TestHelpNobodyGets:
    """Help and version obey the same rules as results, whether Python buffers them or not."""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
    def test_a_full_device(self, arguments, variables):
        """On a full device, the status is 2, and one line says why."""
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, env=os.environ | variables)
        assert (done.returncode, done.stderr) == (2, b"contactwire: [Errno 28] No space left on device\n")

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipe")
    def test_a_reader_that_is_gone(self, arguments, variables):
        """Where the reader has closed the pipe, the command ends quietly."""
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as closed:
            done = subprocess.run([*COMMAND, *arguments], stdout=closed, stderr=subprocess.PIPE, env=os.environ | variables)
        assert (done.returncode, done.stderr) == (0, b"")

    def test_no_output(self, arguments, variables, monkeypatch, capsys):
        """Where standard output is closed, the command says so."""
        monkeypatch.setattr(sys, "stdout", None)
        assert main(arguments) == 2
        assert capsys.readouterr().err == "contactwire: standard output is closed\n"


def test_a_folder_that_cannot_be_made(run, file):
    """What the system says of a folder to write to is told, with status 2."""
    path = file("a.json", b"")
    assert run("schema", "--write", path / "schemas")[::2] == (
        2,
        f"contactwire: [Errno 20] Not a directory: '{path}/schemas'\n",
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_reader_that_goes_away(path, workers):
    """A reader that closes the pipe ends the run quietly."""
    process = started(path, "--to", "ndjson", "--workers", workers)
    process.stdout.read(1)
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)
    process.stderr.close()


def test_an_interrupt_between_records(run, file, monkeypatch):
    """An interrupt while the input is read ends the run too; that of a document needs no message."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("contactwire.cli.run.read_body", interrupted)
    assert run("convert", file("a.json", b"{}"), "--to", "json") == (130, b"", "contactwire: interrupted\n")
    monkeypatch.setattr("contactwire.cli.commands.read", interrupted)
    assert run("diff", file("a.json", b"{}"), file("b.json", b"{}")) == (130, b"", "")


def test_an_interrupt_while_a_batch_is_written(run, file, monkeypatch):
    """A batch is written as a whole, and reported as done, before an interrupt ends the run."""
    path = file("a.ndjson", b'{"Name":1}\n{}\n')
    write = sys.stderr.write

    def interrupting(text):
        changed.undo()
        os.kill(os.getpid(), signal.SIGINT)
        return write(text)

    with monkeypatch.context() as changed:
        changed.setattr(sys.stderr, "write", interrupting)
        status, out, err = run("convert", path, "--to", "ndjson")
    assert (status, out) == (130, b"{}\n")
    assert f"{path}:1: /Name: " in err


def test_sigterm_in_this_process(run, file, monkeypatch):
    """The first SIGTERM interrupts a command, the second of `timeout` does nothing, and afterwards all is as before."""

    def terminated(*_):
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("contactwire.cli.run.read_body", terminated)
    path = file("a.json", b"{}")
    assert run("convert", path, "--to", "json") == (130, b"", "contactwire: interrupted\n")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_run_outside_of_the_main_thread(run, file, workers):
    """In another thread, which gets no interrupts, a run does the same."""
    path, found = file("a.ndjson", b"{}\n"), []
    thread = threading.Thread(target=lambda: found.append(run("convert", path, "--to", "ndjson", "--workers", workers)))
    thread.start()
    thread.join()
    assert found == [(0, b"{}\n", "")]


def test_output_that_is_closed(file, monkeypatch, capsys):
    """Where standard output is closed, a command says so and does nothing."""
    monkeypatch.setattr("sys.stdout", None)
    assert main(["validate", str(file("a.ndjson", b"{}\n"))]) == 2
    assert capsys.readouterr().err == "contactwire: standard output is closed\n"


@pytest.mark.parametrize(("body", "status"), [(b"{}\n", 0), (b'{"Name":1}\n', 1), (b"{", 1)])
def test_standard_error_that_is_closed(file, monkeypatch, body, status):
    """Where standard error is closed, a command does its work, and nobody reads its messages."""
    monkeypatch.setattr("sys.stderr", None)
    assert main(["convert", str(file("a.ndjson", body)), "--to", "json"]) == status


STATUSES = [
    (["validate", "{}/missing.json"], 2),
    (["roundtrip", "{}/missing"], 2),
    (["serve", "--db", "{}"], 2),
    (["convert", "{}/bad.json", "--to", "xml"], 2),
    (["patch", "{}/good.json", "{}/bad.patch.json"], 2),
    (["convert", "{}/bad.ndjson", "--to", "xml"], 2),
    (["convert", "{}/good.json", "--to", "xml"], 0),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize(("arguments", "status"), STATUSES, ids=[" ".join(arguments) for arguments, _ in STATUSES])
def test_standard_error_that_is_full(tmp_path, arguments, status):
    """Where a message or a fault cannot be written to standard error, a command ends with status 2, and no traceback."""
    (tmp_path / "good.json").write_bytes(b"{}")
    (tmp_path / "bad.json").write_bytes(b'{"Name":1}')
    (tmp_path / "bad.ndjson").write_bytes(b'{"Name":1}\n')
    (tmp_path / "bad.patch.json").write_bytes(b'[{"op":"frob"}]')
    script = "import os, sys; from contactwire.cli import main; code = main(); os._exit(100 + code)"
    command = [sys.executable, "-c", script, *(each.format(tmp_path) for each in arguments)]
    with open("/dev/full", "wb") as full:
        assert subprocess.run(command, stdout=subprocess.DEVNULL, stderr=full, check=False).returncode == 100 + status


def test_an_output_that_is_no_file(file, monkeypatch):
    """Where standard output is replaced by an object in memory, a run writes to that."""
    out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out))
    assert main(["convert", str(file("a.ndjson", b"{}\n")), "--to", "json"]) == 0
    assert out.getvalue() == b"[{}]"


@pytest.mark.parametrize("source", ["json", "xml"])
def test_the_rejects_of_a_run_whose_reader_goes_away(tmp_path, source):
    """Whatever ends the output, the file of bad records is closed, and can be read again."""
    bad = {"json": b'[{"Name":1},', "xml": b"<ArrayOfContactEntity><a><ContactId>x</ContactId></a>"}
    good = {"json": b'{"Name":"%s"},' % (b"x" * 2000), "xml": b"<a><Name>%s</Name></a>" % (b"x" * 2000)}
    path, rejects = tmp_path / f"a.{source}", tmp_path / f"bad.{source}"
    path.write_bytes(bad[source] + good[source] * 2000)
    process = started(path, "--to", "ndjson", "--rejects", str(rejects))
    process.stdout.read(1)
    process.stdout.close()
    assert (process.stderr.read().count(b"\n"), process.wait()) == (1, 0)
    process.stderr.close()
    assert rejects.read_bytes().endswith({"json": b"]", "xml": b"</ArrayOfContactEntity>"}[source])
