"""The limits of the documents that the command line reads."""

import io
import json

import pytest

from contactwire import ContactEntity
from contactwire.cli import main
from contactwire.codecs import FORMATS


class Endless(io.RawIOBase):
    """A stream that begins with some bytes and goes on with blanks for ever; it counts what was read."""

    def __init__(self, start):
        self.start, self.count = start, 0

    def readable(self):
        """Yes."""
        return True

    def readinto(self, buffer):
        """Fill the buffer."""
        part = self.start[self.count : self.count + len(buffer)].ljust(len(buffer))
        buffer[:] = part
        self.count += len(buffer)
        return len(buffer)


ENDLESS = [
    (["convert", "-", "--to", "json"], b"{"),
    (["convert", "-", "--to", "xml"], b"{"),
    (["convert", "-", "--to", "ndjson"], b"{"),
    (["convert", "-", "--from", "form", "--to", "ndjson"], b"Name=a"),
    (["convert", "-", "--from", "json-patch", "--to", "xml"], b"["),
    (["validate", "-"], b"{"),
    (["validate", "-", "--from", "xml"], b"<ContactEntity>"),
    (["diff", "-", "FILE"], b"{"),
    (["diff", "FILE", "-"], b"{"),
    (["patch", "-", "FILE"], b"{"),
    (["patch", "FILE", "-"], b"{"),
    (["select", "-", "name"], b"{"),
]


@pytest.mark.parametrize(
    ("arguments", "start"), ENDLESS, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_no_more_is_read_than_the_limit(arguments, start, monkeypatch, tmp_path, capfd):
    """A document without end is refused once the limit is reached, and at most some blocks more are read."""
    path = tmp_path / "x.json"
    path.write_text("{}")
    stream = Endless(start)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(stream)))
    assert main([*(str(path) if each == "FILE" else each for each in arguments), "--max-bytes", "100000"]) == 1
    assert "100000 bytes that are allowed" in "".join(capfd.readouterr())
    assert stream.count <= 400_000


BODIES = {
    "x.json": '{"Emails":[{"Value":"a"},{"Value":"b"}],"Persons":null}',
    "x.xml": "<ContactEntity><Emails><EntityElement/><EntityElement/></Emails></ContactEntity>",
    "x.form": "Emails[0].Value=a&Emails[1].Value=b",
    "x.merge-patch": '{"Emails":[{"Value":"a"},{"Value":"b"}]}',
    "x.json-patch": '[{"op":"add","path":"/Emails","value":[{},{}]}]',
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(("option", "allowed"), [("--max-bytes", 200), ("--max-depth", 5), ("--max-objects", 7)])
def test_each_limit_is_an_option(name, option, allowed, tmp_path, capfd):
    """A document within the limit that an option sets is valid; a stricter limit refuses it, with status 1."""
    path = tmp_path / name
    path.write_text(BODIES[name])
    assert main(["validate", str(path), option, str(allowed)]) == 0
    assert main(["validate", str(path), option, "1"]) == 1
    assert capfd.readouterr().out.startswith(f"{path}:1:")


@pytest.mark.parametrize("body", ["{}".ljust(100), "[]".rjust(100)])
def test_a_document_may_be_as_long_as_the_limit(body, tmp_path, capfd):
    """The limit itself is allowed, one byte more is not."""
    path = tmp_path / "x.json"
    path.write_text(body)
    assert main(["convert", str(path), "--to", "json", "--indent", "1", "--max-bytes", "100"]) == 0
    assert main(["convert", str(path), "--to", "json", "--indent", "1", "--max-bytes", "99"]) == 1
    assert "more than the 99 bytes that are allowed" in capfd.readouterr().err


def test_a_limit_may_be_higher_than_the_default(tmp_path, capfd):
    """Deeper documents than usual are read, and written, if an option allows them."""
    path = tmp_path / "x.json"
    path.write_text('{"Odd":' + "[" * 100 + "]" * 100 + "}")
    assert main(["convert", str(path), "--to", "json"]) == 1
    capfd.readouterr()
    assert main(["convert", str(path), "--to", "json", "--max-depth", "150"]) == 0
    assert json.loads(capfd.readouterr().out) == json.loads(path.read_text())


def test_faults_are_listed_up_to_a_limit(tmp_path, capfd):
    """`--max-faults` says how many faults are listed of a document."""
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"Domains": list(range(50))}))
    assert main(["validate", str(path)]) == 1
    assert len(capfd.readouterr().out.splitlines()) == 50
    assert main(["validate", str(path), "--max-faults", "3"]) == 1
    assert len(capfd.readouterr().out.splitlines()) == 3


PATCHED = [
    ("x.merge-patch", {"Domains": [[]] * 200}),
    ("x.json-patch", [{"op": "add", "path": "/Domains", "value": [[]] * 200}]),
    ("y.json-patch", [{"op": "add", "path": "/Name", "value": []}] * 200),
]


@pytest.mark.parametrize("limit", [3, 150])
@pytest.mark.parametrize(("name", "patch"), PATCHED)
def test_faults_of_a_patchs_values_are_listed_up_to_a_limit(limit, name, patch, tmp_path, capfd):
    """`--max-faults` says how many faults are listed of the values of a patch, too."""
    (tmp_path / name).write_text(json.dumps(patch))
    (tmp_path / "x.json").write_text("{}")
    assert main(["patch", str(tmp_path / "x.json"), str(tmp_path / name), "--max-faults", str(limit)]) == 1
    assert len(capfd.readouterr().err.splitlines()) == limit


def test_differences_without_a_patch_are_listed_up_to_a_limit(tmp_path, capfd):
    """`--max-faults` says how many places are listed where a merge patch cannot say the difference."""
    paths = [tmp_path / "x.json", tmp_path / "y.json"]
    paths[0].write_text('{"Name":"a","Department":"b","OrgNr":"c"}')
    paths[1].write_text("{}")
    assert main(["diff", *map(str, paths), "--to", "merge-patch", "--max-faults", "2"]) == 1
    assert len(capfd.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("to", ["json", "ndjson", "xml"])
def test_a_limit_that_no_record_is_within(to, tmp_path, capfd):
    """With `--max-depth 0` each record is refused, and the sequence that is written has none."""
    path = tmp_path / "x.ndjson"
    path.write_text('{"Name":"a"}\n')
    assert main(["convert", str(path), "--to", to, "--max-depth", "0"]) == 1
    out, err = capfd.readouterr()
    assert err.startswith(f"{path}:1:1: nesting is deeper than 0")
    assert FORMATS[to].codec().decode(out, list[ContactEntity]) == [] if to != "ndjson" else not out


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_sequences_limits_are_those_of_a_record(workers, tmp_path, capfd):
    """Records within the limits are converted, also where all together are over them; others are reported."""
    path = tmp_path / "x.ndjson"
    path.write_text('{"Name":"a"}\n{"Emails":[{},{},{}]}\n{"Name":"b"}\n' + f'{{"Name":"{"x" * 100}"}}\n')
    limits = ["--max-bytes", "50", "--max-objects", "4", "--workers", workers]
    assert main(["convert", str(path), "--to", "json", *limits]) == 1
    out, err = capfd.readouterr()
    assert json.loads(out) == [{"Name": "a"}, {"Name": "b"}]
    assert [line.split(":")[1] for line in err.splitlines()] == ["2", "4"]


FRAMES = {
    "ndjson": ("%s\n%s\n", '{"Name":"a"}', '{"Name":123}'),
    "json": ("[%s,%s]", '{"Name":"a"}', '{"Name":123}'),
    "xml": (
        "<ArrayOfContactEntity>%s%s</ArrayOfContactEntity>",
        "<a><ContactId>1</ContactId></a>",
        "<a><ContactId>x</ContactId></a>",
    ),
}


@pytest.mark.parametrize("source", FRAMES)
def test_a_record_may_be_as_long_as_the_limit(source, tmp_path, capfd):
    """What stands around a record, such as the tags of an XML root, is no part of it, for what is read and what is wrong."""
    frame, good, wrong = FRAMES[source]
    path = tmp_path / f"x.{source}"
    path.write_text(frame % (good, wrong))
    limit = ["--max-bytes", str(len(good))]
    assert main(["convert", str(path), "--to", "ndjson", *limit]) == 1
    out, err = capfd.readouterr()
    assert out.count("\n") == 1
    assert (err.count("\n"), ": expected " in err) == (1, True)
    assert main(["validate", str(path), "--format", "full", *limit]) == 1
    assert capfd.readouterr().out.count("error: ") == 1


@pytest.mark.parametrize("limit", ["-1", "many", "1.5"])
def test_a_limit_is_a_whole_number(limit, capsys):
    """Anything else is a wrong call."""
    with pytest.raises(SystemExit) as caught:
        main(["validate", "-", "--max-bytes", limit])
    assert caught.value.code == 2
    assert "--max-bytes" in capsys.readouterr().err
