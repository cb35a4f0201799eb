"""Drive the published OpenAPI document against `contactwire serve` with schemathesis, in all of its phases.

It exits with 0 if every answer is as the document says, and the server printed no error and exited with 0. The numbers
of seconds for requests that the document calls valid, and for all kinds of requests, may be given as arguments.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[2] / "schemas" / "openapi.json"
CONFIGURATION = HERE / "schemathesis.toml"
# The tests of invalid requests take long, so they have a run of their own and leave time for the valid ones.
RUNS = {
    "requests that the document calls valid": ["--mode", "positive"],
    "requests that it does not": [
        "--mode",
        "negative",
        "--phases",
        "coverage",
        "--exclude-checks",
        "positive_data_acceptance",
    ],
}


def main(*seconds: str) -> int:
    """Start a server, drive it, and stop it; give the exit status."""
    command = [sys.executable, "-m", "contactwire", "serve"]
    with (
        TemporaryFile("w+") as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True) as server,
    ):
        assert server.stdout is not None
        base = server.stdout.readline().strip().removesuffix("/api/v1/Contact/1")
        worst = max([drive(base, *run) for run in zip(RUNS, seconds or ("70", "50"), strict=True)])
        server.terminate()
        server.wait()
        complaints.seek(0)
        said = complaints.read()
    if said or server.returncode:
        print(f"the server ended with {server.returncode}, and said: {said}")
        return 1
    return worst


def drive(base: str, name: str, seconds: str) -> int:
    """Drive the server at an address in one of the runs; give the exit status."""
    print(f"-- {name}", flush=True)
    script = Path(sys.executable).with_name("schemathesis")
    options = ["--url", base, "--max-time", seconds, "--seed", "1", *RUNS[name]]
    with TemporaryDirectory() as folder:  # schemathesis writes its notes to the current folder
        command = [script, "--config-file", CONFIGURATION, "run", DOCUMENT, *options]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")}
        return subprocess.run(command, check=False, cwd=folder, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
