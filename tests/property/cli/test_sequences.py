"""The law of runs on the command line: `--skip`, `--limit`, `--max-errors` and `--rejects` count as a list of records does.

The model is a list of names, of which some are bad records, in a file of one format.
"""

import bz2
import csv
import gzip
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from contactwire.cli import main

ARRAY = "<ArrayOfContactEntity>%s</ArrayOfContactEntity>"
# For each format, what a record of each kind is, what stands between records, and what stands around them.
FORMATS = {
    "ndjson": ({"good": '{"Name":"%s"}', "wrong": '{"Name":"%s","GroupId":"x"}', "broken": '{"Name":"%s",}'}, "\n", "%s"),
    "json": ({"good": '{"Name":"%s"}', "wrong": '{"Name":"%s","GroupId":"x"}', "broken": '{"Name":"%s",}'}, ",\n", "[%s]"),
    "xml": (
        {
            "good": "<a><Name>%s</Name></a>",
            "wrong": "<a><GroupId>x</GroupId><Name>%s</Name></a>",
            "broken": "<a><Name>%s</Nam></a>",
        },
        "\n",
        ARRAY,
    ),
}
KINDS = st.sampled_from(["good", "good", "wrong", "broken"])
PACKED = st.sampled_from(["", "", "", ".gz", ".bz2"])
PACK = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}
# Records of some kilobytes, of which some dozen are more than a batch.
SIZES = st.sampled_from([5000, 5000, 0])
NUMBERS = st.integers(0, 12) | st.integers(50, 120)
GARBAGE = 10
# A process takes a second to start.
WORKERS = st.sampled_from([1] * 25 + [2])
COMMANDS = st.sampled_from(["convert", "convert", "select", "patch", "table"])


def run(*arguments):
    """The exit status of a command, its output, and its complaints."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main([str(argument) for argument in arguments])
        out.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()


class Sequences(RuleBasedStateMachine):
    """A file of records, of which runs take some."""

    @initialize(
        source=st.sampled_from(["ndjson", "ndjson", *FORMATS]),
        packed=PACKED,
        kinds=st.lists(KINDS, min_size=1, max_size=14),
        size=SIZES,
        times=st.sampled_from([1, 20, 20]),
    )
    def start(self, source, packed, kinds, size, times):
        self.folder, self.source, self.runs = TemporaryDirectory(), source, 0
        self.texts, self.between, self.around = FORMATS[source]
        self.path = Path(self.folder.name) / f"a.{source}{packed}"
        self.pack, self.kinds, self.filler = PACK[packed], kinds * times, "x" * size
        self.write()

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def write(self):
        self.path.write_bytes(self.pack(self.body(range(len(self.kinds))).encode()))

    def body(self, numbers):
        """A file of the records with these numbers."""
        return self.around % self.between.join(self.text(number) for number in numbers)

    def text(self, number):
        return self.texts[self.kinds[number]] % f"{number} {self.filler}"

    @rule(kind=KINDS, times=st.sampled_from([1, 2, 70]))
    def add(self, kind, times):
        self.kinds += [kind] * times
        self.write()

    def taken(self, skip, limit, most):
        """The numbers of the records that a run does."""
        numbers = range(skip, len(self.kinds))[:limit]
        bad = [number for number in numbers if self.kinds[number] != "good"]
        return range(skip, bad[most - 1] + 1) if most is not None and len(bad) >= most else numbers

    @rule(
        command=COMMANDS,
        workers=WORKERS,
        skip=st.just(0) | NUMBERS,
        limit=st.sampled_from([None, None, 0, 3, 9, 70]),
        most=st.sampled_from([None, None, 1, 2, 4]),
        rejects=st.booleans(),
    )
    def do(self, command, workers, skip, limit, most, rejects):
        """A run writes the good records that it takes, reports the bad ones, and says where it stopped."""
        self.runs += 1
        file = Path(self.folder.name) / f"bad{self.runs}.{self.source}"
        options = ["--skip", skip, *(["--limit", limit] if limit is not None else [])]
        options += [*(["--max-errors", most] if most else []), *(["--rejects", file] if rejects else [])]
        options += ["--workers", workers] if workers > 1 else []
        status, out, err = run(command, self.path, *self.arguments(command), *options)
        numbers = self.taken(skip, limit, most)
        bad = [number for number in numbers if self.kinds[number] != "good"]
        complaints = err.splitlines()
        if self.is_garbage(numbers) and skip == 0 and most is None:
            assert (status, list(self.read(command, out)), len(complaints)) == (1, [], 1)
            assert "none of the first 10 records is one" in err
            return
        assert list(self.read(command, out)) == [str(number) for number in numbers if self.kinds[number] == "good"]
        if most is not None and len(bad) == most:
            done = numbers[-1] + 1
            errors = f"{most} error{'s' * (most > 1)}"
            expected = f"contactwire: {self.path}: stopped at {errors}, after {done} records; --skip {done} goes on"
            assert complaints.pop() == expected
        assert [int(line.removeprefix(f"{self.path}:").split(":")[0]) for line in complaints] == [
            number + 1 for number in bad
        ]
        assert status == bool(bad)
        if rejects:
            self.rejected(file, bad)

    def arguments(self, command):
        """What a command needs beside a file."""
        if command == "patch":
            patch = Path(self.folder.name) / "patch.json"
            patch.write_text('{"department": "patched"}')
            return [patch, "--to", "ndjson"]
        own = {"convert": [], "select": ["department,name", "--omit"], "table": ["--columns", "name"]}[command]
        return [*own, "--to", "csv" if command == "table" else "ndjson"]

    def read(self, command, out):
        """The numbers of the records that a command has written."""
        if command == "table":
            header, *rows = csv.reader(io.StringIO(out))
            assert header == ["Name"]
            contacts = [{"Name": name} for (name,) in rows]
        else:
            contacts = list(map(json.loads, out.splitlines()))
        for contact in contacts:
            assert contact.keys() == ({"Department", "Name"} if command == "patch" else {"Name"})
            yield contact["Name"].partition(" ")[0]

    @rule(workers=WORKERS)
    def keeps(self, workers):
        """Where the first records are good, every codec keeps them; where one is not, the status says so."""
        status, out, err = run("roundtrip", self.path, "--workers", workers, "--limit", 30)
        assert (status == 0) == (set(self.kinds[:30]) == {"good"}), (status, out, err)

    def is_garbage(self, numbers):
        """Whether the first records are none at all."""
        return len(numbers) >= GARBAGE and all(self.kinds[number] == "broken" for number in numbers[:GARBAGE])

    def rejected(self, file, bad):
        """The bad records are in the file as they came, and their faults beside, by their numbers in it."""
        faults = [json.loads(line) for line in Path(f"{file}.faults.ndjson").read_text().splitlines()]
        assert [fault["reject"] for fault in faults] == list(range(len(bad)))
        assert [fault["line"] for fault in faults] == [number + 1 for number in bad]
        text = file.read_text()
        places = [text.index(self.text(number)) for number in bad]
        assert places == sorted(set(places))
        if bad:
            status, out, _ = run("validate", file, "--format", "json", "--max-errors", len(bad) + 1)
            assert status == 1
            assert [fault["message"] for fault in json.loads(out)] == [fault["message"] for fault in faults]
        else:
            assert text == ""

    @rule(size=st.integers(3, 30))
    def in_parts(self, size):
        """Runs that go on where others stopped do together what one run does."""
        whole = run("convert", self.path, "--to", "ndjson", "--max-errors", len(self.kinds) + 1)
        parts = [
            run("convert", self.path, "--to", "ndjson", "--max-errors", len(self.kinds) + 1, "--skip", at, "--limit", size)
            for at in range(0, min(len(self.kinds), 4 * size), size)
        ]
        last = run("convert", self.path, "--to", "ndjson", "--max-errors", len(self.kinds) + 1, "--skip", size * len(parts))
        assert "".join(out for _, out, _ in [*parts, last]) == whole[1]
        assert "".join(err for _, _, err in [*parts, last]) == whole[2]


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=20, stateful_step_count=8, deadline=None)
