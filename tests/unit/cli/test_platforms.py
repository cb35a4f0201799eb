"""Commands do their work, or say what is missing, on systems that lack what this one has."""

import ctypes
import io
import subprocess
import sys
from concurrent import futures
from types import SimpleNamespace

import pytest

from contactwire.cli import main

LINES = b'{"ContactId":1}\n{"Name":1}\n{"ContactId":3}\n'
GOOD = b'{"ContactId":1}\n{"ContactId":3}\n'
WINDOWS = """
import signal, sys
for name in ("pthread_sigmask", "SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"):
    vars(signal).pop(name, None)
from contactwire.cli import main
sys.exit(main())
"""


class Absent:
    """A path that is nowhere, whatever it is."""

    def __init__(self, *_):
        pass

    def iterdir(self):
        raise FileNotFoundError(2, "No such file or directory")


def test_processes_without_masks_of_signals(file):
    """Where there are no masks of signals, as on Windows, processes do the work."""
    path = file("a.ndjson", LINES)
    command = [sys.executable, "-c", WINDOWS, "convert", str(path), "--to", "ndjson", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, GOOD)
    assert done.stderr.decode().startswith(f"{path}:2: /Name: ")


def test_processes_without_proc(run, file, monkeypatch):
    """Where /proc is not mounted, processes do the work."""
    monkeypatch.setattr("contactwire.cli.processes.Path", Absent)
    assert run("convert", file("a.ndjson", LINES), "--to", "ndjson", "--workers", "2")[:2] == (1, GOOD)


def test_the_most_processes_of_windows(file, monkeypatch):
    """On a machine with more processors, Windows gets as many processes as it can wait for."""
    made = []

    class Pool(futures.ThreadPoolExecutor):
        def __init__(self, workers, **_):
            made.append(workers)
            super().__init__(2)

    monkeypatch.setattr(futures, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr("os.cpu_count", lambda: 128)
    for platform in ("win32", "linux"):
        monkeypatch.setattr("sys.platform", platform)
        assert main(["validate", str(file("a.ndjson", b"{}\n")), "--workers", "200"]) == 0
    assert made == [61, 128]


@pytest.mark.parametrize("error", [NotImplementedError, ImportError, OSError])
@pytest.mark.parametrize("method", ["__init__", "submit"])
def test_a_system_without_processes(run, file, monkeypatch, method, error):
    """Where processes cannot be started, as without semaphores or at a limit, the message names the option."""

    def refuse(*_, **__):
        raise error("no semaphores")

    monkeypatch.setattr(futures.ProcessPoolExecutor, method, refuse)
    monkeypatch.setattr(futures.ProcessPoolExecutor, "shutdown", lambda *_, **__: None)
    message = "contactwire: --workers: this system cannot start the processes: no semaphores\n"
    assert run("validate", file("a.ndjson", LINES), "--workers", "2") == (2, b"", message)


class Closed(io.BytesIO):
    """A pipe whose reader has closed it, as Windows tells of it."""

    def write(self, _):
        raise OSError(22, "Invalid argument")


@pytest.mark.parametrize("command", ["convert {} --to ndjson", "convert {} --to form", "validate {}", "schema"])
def test_a_reader_that_goes_away_on_windows(file, monkeypatch, capsys, command):
    """Where a reader closes the pipe, of which Windows says "Invalid argument", the command ends quietly."""
    path = file(
        "a.ndjson" if "ndjson" in command else "a.json", b'{"Name":"x"}\n' if "convert" in command else b'{"Name":1}'
    )
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(Closed(), "utf-8"))
    monkeypatch.setattr("os.dup2", lambda *_: None)
    monkeypatch.setattr(sys.stdout, "fileno", lambda: 1, raising=False)
    assert main(command.format(path).split()) == 0
    assert capsys.readouterr().err == ""


class Console:
    """A console of Windows, which obeys escape sequences once it is told to, or never."""

    def __init__(self, *, is_old):
        self._is_old, self.mode = is_old, 3

    def GetConsoleMode(self, handle, mode):  # noqa: N802 - the name of Windows
        mode._obj.value = self.mode
        return handle.value == 7

    def SetConsoleMode(self, _, mode):  # noqa: N802 - the name of Windows
        self.mode = self.mode if self._is_old else mode
        return not self._is_old


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("is_console", [False, True])
def test_a_console_of_windows(run, file, monkeypatch, is_old, is_console):
    """A console of Windows is told to obey escape sequences, and gets none if it does not."""
    console = Console(is_old=is_old)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=console), raising=False)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(get_osfhandle=lambda _: 7 if is_console else 8))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    out = run("validate", file("a.json", b'{"Name":1}'))[1]
    assert (b"\x1b" in out, console.mode) == ((True, 7) if is_console and not is_old else (False, 3))


def test_a_python_without_sqlite(run, monkeypatch):
    """A Python that was built without SQLite serves nothing, and says so."""
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert run("serve") == (2, b"", "contactwire: serve needs a Python that was built with SQLite\n")


def test_a_system_without_temporary_files(run, monkeypatch):
    """Where there is no folder for temporary files, the message says that it is the database that cannot be made."""
    with monkeypatch.context() as changed:
        changed.setattr("tempfile.tempdir", "/missing/folder")
        status, _, err = run("serve")
    assert (status, err.startswith("contactwire: --db :memory:: unable to open database file: [Errno 2] ")) == (2, True)


def test_lines_of_a_script_on_windows(monkeypatch):
    """A script for a shell has the ends of lines that shells take, whatever those of text on the system are."""
    out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, "utf-8", newline="\r\n"))
    assert main(["completion", "bash"]) == 0
    assert (b"\r" in out.getvalue(), out.getvalue().endswith(b"\n")) == (False, True)
