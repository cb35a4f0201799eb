"""A PostgreSQL server for the tests: in a temporary folder, on a socket in it, without a port."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

__all__ = ["binaries", "serve"]


def binaries():
    """The folder of the newest installed server's programs; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else (Path(path).resolve().parent if (path := shutil.which("initdb")) else None)


@contextmanager
def serve(programs):
    """Run the server; gives the query of a URL for SQLAlchemy, with a database and a user `crm`."""
    # The path of a socket has at most about a hundred bytes, so the test's own folder is too long.
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
