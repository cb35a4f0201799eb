"""Drive the vendor's client, npm `@superoffice/webapi`, against `contactwire serve` and against a mounted ASGI application.

npm installs the client into a temporary folder. Without npm, the script says so and exits with 0. It exits with 1
if a call fails.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from contactwire import ContactEntityWithLinks, decode
from contactwire.golden import COMPLETE
from contactwire.server import ContactStore

HERE = Path(__file__).parent
CLIENT = "@superoffice/webapi@12.4.1514"
COMPLETE_ID = 1000

APPLICATION = """
import socket, sys
import uvicorn
from fastapi import FastAPI
from contactwire.asgi import ContactApplication
from contactwire.http import ContactEndpoint
from contactwire.server import ContactStore

store = ContactStore(sys.argv[1])
functions = {name: getattr(store, name) for name in ("load", "update", "create", "delete", "default")}
app = FastAPI()
app.mount("/crm æ", ContactApplication(**functions, endpoint=ContactEndpoint(base_time_zone="NO")))
bound = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{bound.getsockname()[1]}/crm%20%C3%A6/", flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[bound])
"""

Start = tuple[list[str], Callable[[str], str]]
SERVERS: dict[str, Start] = {
    "contactwire serve": (["-m", "contactwire", "serve", "--db"], lambda line: line.removesuffix("api/v1/Contact/1")),
    "FastAPI with the application mounted": (["-c", APPLICATION], str),
}


def main() -> int:
    """Install the client, and drive it against each server; give the exit status."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        print("THE VENDOR'S CLIENT WAS NOT RUN: there is no npm here.")
        return 0
    with TemporaryDirectory() as folder:
        subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", CLIENT], cwd=folder, check=True)
        return max([drive(node, Path(folder), name, *start) for name, start in SERVERS.items()])


def drive(node: str, folder: Path, name: str, arguments: list[str], base_of: Callable[[str], str]) -> int:
    """Drive the client against one server over a new database; give the exit status."""
    print(f"-- {name}", flush=True)
    database = folder / f"{len(list(folder.iterdir()))}.sqlite"
    fill(database)
    command = [sys.executable, *arguments, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base = base_of(server.stdout.readline().strip())
        environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")}
        driven = subprocess.run([node, str(HERE / "drive.cjs"), base, str(COMPLETE_ID)], env=environment, check=False)
        server.terminate()
    return driven.returncode


def fill(database: Path) -> None:
    """Make a database with the samples and a complete contact."""
    body = decode(COMPLETE, type=ContactEntityWithLinks)
    with closing(ContactStore(str(database))) as store:
        store.seed()
        store.update(COMPLETE_ID, lambda stored: body)


if __name__ == "__main__":
    sys.exit(main())
