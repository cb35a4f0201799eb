"""A PostgreSQL server of its own for the tests: in a temporary folder, on a socket in it, with no port at all."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

__all__ = ["binaries", "serve"]


def binaries():
    """The folder with the server's programs, of the newest version where there are several; None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else (Path(path).resolve().parent if (path := shutil.which("initdb")) else None)


@contextmanager
def serve(programs):
    """Run the server; gives the query of a URL by which SQLAlchemy finds it, with a database and a user `crm`."""
    # The path of a socket has at most some hundred bytes, so the folder is not that of a test.
    folder = Path(tempfile.mkdtemp(prefix="crm-"))
    try:
        # The server refuses to run as root.
        owner = _other_user() if os.geteuid() == 0 else {}
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        _run(programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "crm", "-E", "UTF8", "--no-sync", **owner)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        _run(programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", options, "-w", "start", **owner)
        try:
            yield f"crm@/postgres?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop", **owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user():
    names = {each.pw_name: each for each in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(*command, **owner):
    environment = {**os.environ, "LC_ALL": "C"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", env=environment, **owner)
