"""Commands do their work, or say what is missing, on systems that lack what this one has."""

import subprocess
import sys
from concurrent import futures

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
