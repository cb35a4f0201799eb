"""Every command reads sequences record by record, with the same options."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contactwire import decode
from contactwire.cli import main
from tests.inside import batches

SOURCES = {
    "ndjson": b'{"Name":"a","Domains":["x"]}\n{"Name":5}\n{"Name":"b"}\n',
    "json": b'[{"Name":"a","Domains":["x"]},\n{"Name":5},\n{"Name":"b"}]',
    "xml": b"<ArrayOfContactEntity><a><Name>a</Name><Domains><string>x</string></Domains></a>\n"
    b"<a><ContactId>x</ContactId></a>\n<a><Name>b</Name></a></ArrayOfContactEntity>",
}
# The arguments behind the file, and the names of the contacts that are written, which are good.
COMMANDS = {
    "convert": (["--to", "ndjson"], ["a", "b"]),
    "select": (["name", "--omit", "--to", "ndjson"], ["a", "b"]),
    "patch": (["PATCH", "--to", "ndjson"], ["p", "p"]),
}


@pytest.fixture
def patch(file):
    """A patch that changes a name."""
    return file("p.json", b'{"Name":"p"}')


def many(count, size=2000):
    """Records of some kilobytes, so that they come in several batches."""
    return b"".join(b'{"ContactId":%d,"Name":"%s"}\n' % (number, b"x" * size) for number in range(count))


def ids(out):
    """The numbers of the contacts in lines of NDJSON."""
    return [json.loads(line)["ContactId"] for line in out.splitlines()]


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_records(run, file, patch, command, source, workers):
    """A bad record is reported with its line, and the others are written in order, by any number of processes."""
    more, names = COMMANDS[command]
    path = file(f"a.{source}", SOURCES[source])
    more = [patch if each == "PATCH" else each for each in more]
    status, out, err = run(command, path, *more, "--workers", workers)
    assert (status, [json.loads(line)["Name"] for line in out.splitlines()]) == (1, names)
    pointer = {"ndjson": "/Name", "json": "/1/Name", "xml": "/1/ContactId"}[source]
    assert [line.partition(": e")[0] for line in err.splitlines()] == [f"{path}:2: {pointer}"]


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", SOURCES)
def test_validate_takes_records(run, file, source, workers):
    """The faults of bad records are on standard output."""
    path = file(f"a.{source}", SOURCES[source])
    status, out, err = run("validate", path, "--workers", workers)
    assert (status, out.decode().startswith(f"{path}:2: /"), out.count(b"\n"), err) == (1, True, 1, "")


@pytest.mark.parametrize("source", SOURCES)
def test_the_format_read_is_the_format_written(run, file, patch, source):
    """Without `--to`, a sequence stays one of its own format."""
    path = file(f"a.{source}", SOURCES[source])
    for arguments in (["select", path, "name", "--omit"], ["patch", path, patch]):
        again = file(f"b.{source}", run(*arguments)[1])
        assert run("validate", again)[:2] == (0, b"")
        assert run("convert", again, "--to", "ndjson")[1].count(b"\n") == 2


def test_a_selection_of_a_sequence_is_that_of_each_contact(run, file):
    """What a `$select` writes for a record is what it writes for the contact alone."""
    alone = run("select", file("a.json", b'{"Name":"a"}'), "name")[1]
    assert run("select", file("a.ndjson", b'{"Name":"a"}\n'), "name")[1] == alone + b"\n"


@pytest.mark.parametrize("command", [["patch", "FILE", "PATCH"], ["select", "FILE", "name", "--omit"]])
def test_a_list_as_one_document_is_changed_the_same(run, file, patch, command):
    """With `--indent` a list is written as a document, in which each contact is changed."""
    names = {"FILE": file("a.json", b'[{"Name":"a"},{"Name":"b"}]'), "PATCH": patch}
    arguments = [names.get(each, each) for each in command]
    assert json.loads(run(*arguments, "--indent", "1")[1]) == json.loads(run(*arguments)[1])


@pytest.mark.parametrize("target", [["json", "--indent", "1"], ["form"]])
@pytest.mark.parametrize("option", ["--skip", "--limit", "--rejects"])
def test_a_list_as_one_document_has_no_records(run, file, tmp_path, target, option):
    """An option for records is refused where a list is written as one document, of which it would choose nothing."""
    path, value = file("a.json", b'[{"Name":"a"},{"Name":"b"}]'), tmp_path / "bad" if option == "--rejects" else "1"
    status, out, err = run("convert", path, "--to", *target, option, value)
    assert (status, out) == (2, b"")
    assert err == f"contactwire: {option}: options for records, and with --indent, and in a form, a list is one document\n"


def test_a_patch_that_does_not_apply_to_a_record(run, file):
    """The record is reported, and the others are patched; ten such records are no garbage."""
    path = file("a.ndjson", b'{"Name":"b"}\n' * 12 + b'{"Name":"a"}\n')
    change = [{"op": "test", "path": "/Name", "value": "a"}, {"op": "replace", "path": "/Name", "value": "c"}]
    status, out, err = run("patch", path, file("p.json", json.dumps(change)))
    assert (status, out) == (1, b'{"Name":"c"}\n')
    assert err.splitlines()[11].startswith(f"{path}:12:1: operation 0: test of /Name failed")


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("a.ndjson", b'{}\n{"Name":"\\u0001"}\n', "2: /Name: "),
        ("a.json", b'[{},{"Name":"\\u0001"}]', "1: /1/Name: "),
        ("b.json", b'{"Name":"\\u0001"}', "1: /Name: "),
    ],
)
def test_what_the_target_cannot_hold_has_its_place(run, file, name, body, place, workers):
    """A value that XML has no characters for is reported at its pointer in the source."""
    path = file(name, body)
    status, _, err = run("convert", path, "--to", "xml", "--workers", workers)
    assert (status, err.startswith(f"{path}:{place}the string has U+0001")) == (1, True)


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", ["ndjson", "json"])
def test_a_run_in_parts(run, file, source, workers):
    """`--limit` takes some records, and `--skip` goes on behind them; together the parts are the whole."""
    body = many(400) if source == "ndjson" else b"[%s]" % b",".join(many(400).splitlines())
    path = file(f"a.{source}", body)
    parts = [
        run("convert", path, "--to", "ndjson", "--workers", workers, "--skip", skip, "--limit", limit)[1]
        for skip, limit in ((0, 3), (3, 297), (300, 0), (300, 1000))
    ]
    assert list(map(ids, parts)) == [[0, 1, 2], list(range(3, 300)), [], list(range(300, 400))]
    assert run("convert", path, "--to", "ndjson", "--skip", "500") == (0, b"", "")


def test_lines_behind_the_first_batch_have_their_numbers(run, file):
    """A fault has its line wherever it is, and what is a fault there only is one: a byte order mark in front of a line."""
    lines = many(300).splitlines()
    lines[250:] = [b"\xef\xbb\xbf" + line for line in lines[250:]]
    status, out, _ = run("validate", file("a.ndjson", b"\xef\xbb\xbf" + b"\n".join(lines)), "--workers", "2")
    assert (status, [int(line.split(b":")[1]) for line in out.splitlines()]) == (1, list(range(251, 301)))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_line_without_end_is_not_kept(run, file, workers):
    """A line over the limit is reported and passed over, whatever its length, and the next ones are read."""
    lines = [b'{"Name":"a"}', b'{"Name":"%s"}' % (b"x" * 700_000), b'{"Name":"b"}', *many(200).splitlines()]
    path = file("a.ndjson", b"\n".join(lines))
    status, out, err = run("convert", path, "--to", "ndjson", "--max-bytes", "5000", "--workers", workers)
    assert (status, out.count(b"\n")) == (1, 202)
    assert err == f"{path}:2:1: the record has more than the 5000 bytes that are allowed\n"


def test_max_errors(run, file):
    """The run stops at the bad record that is one too many, says how many were done, and goes on with `--skip`."""
    path = file("a.ndjson", b'{}\n{"Name":1}\n{"Name":"b"}\n{"Name":2}\n{"Name":"c"}\n')
    status, out, err = run("convert", path, "--to", "json", "--max-errors", "2")
    assert (status, out) == (1, b'[{},{"Name":"b"}]')
    assert err.splitlines()[-1] == f"contactwire: {path}: stopped at 2 errors, after 4 records; --skip 4 goes on"
    assert run("convert", path, "--to", "json", "--max-errors", "2", "--skip", "4") == (0, b'[{"Name":"c"}]', "")


def test_max_errors_of_several_files(run, file):
    """All files count together, documents too."""
    paths = [file(f"{number}.json", b'{"Name":1}') for number in range(3)]
    status, out, err = run("validate", *paths, "--max-errors", "2")
    assert (status, out.count(b"\n"), err) == (1, 2, "contactwire: stopped at 2 errors\n")


GARBAGE = {"binary": b"\xff\n" * 100, "a table": b"1,a,b\n" * 100, "numbers": b"5\n" * 100}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_gives_one_message(run, file, name):
    """A file in which no record is one has one fault; who says how many errors may be sees them."""
    path = file("a.ndjson", GARBAGE[name])
    for command in (["validate", path], ["convert", path, "--to", "ndjson"]):
        status, out, err = run(*command)
        told = (out.decode() + err).splitlines()
        assert (status, len(told)) == (1, 1)
        assert told[0].startswith(f"{path}:1:1: none of the first 10 records is one, so the file is perhaps no ndjson, and ")
    assert run("validate", path, "--max-errors", "1000")[1].count(b"\n") == 100


def test_what_is_wrong_with_one_file_keeps_nothing_back(run, file, tmp_path):
    """A missing file, one of unknown format, and garbage leave the faults of others on the list."""
    good, bad = file("good.json", b"{}"), file("bad.json", b'{"Name":1}')
    strange, garbage = file("a.txt", b""), file("g.ndjson", b"x\n" * 99)
    status, out, err = run("validate", tmp_path / "missing.json", strange, garbage, good, bad)
    assert (status, len(err.splitlines())) == (2, 2)
    assert [line.split(":")[0] for line in out.decode().splitlines()] == [str(garbage), str(bad)]


NOTES = {
    "ndjson": b'{"NoteId":1}\n{}\n',
    "json": b'[{"NoteId":1},\n{}]',
    "xml": b"<ArrayOfNote><Note><NoteId>1</NoteId></Note>\n<Note/></ArrayOfNote>",
}


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A module with a carrier in the present folder; its name."""
    module = tmp_path / "contactwire_notes_to_stream.py"
    module.write_text(
        "import contactwire\nclass Note(contactwire.Carrier):\n    note_id: contactwire.Int32\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return "contactwire_notes_to_stream:Note"


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", NOTES)
def test_records_of_another_class(run, file, notes, source, workers):
    """`--carrier` names the class of the records, for each process and each command."""
    path = file(f"n.{source}", NOTES[source])
    more = ["--carrier", notes, "--workers", workers]
    _, out, err = run("validate", path, *more)
    assert (out.decode().rpartition("NoteId")[2], err) == (": the property is missing\n", "")
    assert run("convert", path, "--to", "ndjson", *more)[1] == b'{"NoteId":1}\n'
    status, out, _ = run("convert", path, "--to", "xml", *more)
    assert (status, out.startswith(b"<ArrayOfNote"), out.endswith(b"</Note></ArrayOfNote>")) == (1, True, True)
    assert run("select", path, "noteId", "--to", "ndjson", *more)[1] == b'{"NoteId":1}\n'


def test_an_empty_sequence_of_another_class(run, file, notes):
    """Its root has the class's name."""
    assert run("convert", file("n.ndjson", b""), "--to", "xml", "--carrier", notes)[1].startswith(b"<ArrayOfNote")


def test_documents_of_another_class(run, file, notes):
    """`--carrier` counts for documents too, and for what a patch makes of an empty one."""
    before, after = file("a.json", b'{"NoteId":1}'), file("b.json", b'{"NoteId":2}')
    difference = run("diff", before, after, "--carrier", notes)[1]
    assert json.loads(difference) == [{"op": "replace", "path": "/NoteId", "value": 2}]
    changed = file("m.merge-patch", b'{"NoteId":3}')
    assert run("convert", changed, "--to", "json", "--carrier", notes)[1] == b'{"NoteId":3}'


def test_schemas_of_another_class(run, notes):
    """`--carrier` names the class of a schema, too, where its format describes a class."""
    assert json.loads(run("schema", "--carrier", notes)[1])["$ref"] == "#/$defs/Note"
    for dialect in ("plain", "datacontract"):
        status, out, _ = run("schema", "--format", "xsd", "--dialect", dialect, "--carrier", notes)
        assert (status, b"ArrayOf" in out) == (0, True)
    status, _, err = run("schema", "--format", "openapi", "--carrier", notes)
    assert (status, "it takes neither a carrier nor a dialect" in err) == (2, True)
    assert run("schema", "--carrier", f"{notes}s")[0] == 2


@pytest.mark.parametrize("source", SOURCES)
def test_rejects_are_fed_again(run, file, tmp_path, source):
    """Bad records stand in FILE as they came, in the form of their source, and their faults beside, by their numbers."""
    path, rejects = file(f"a.{source}", SOURCES[source]), tmp_path / f"bad.{source}"
    run("convert", path, "--to", "ndjson", "--rejects", rejects)
    faults = [json.loads(line) for line in (tmp_path / f"bad.{source}.faults.ndjson").read_bytes().splitlines()]
    assert [(fault["reject"], fault["line"]) for fault in faults] == [(0, 2)]
    status, out, _ = run("validate", rejects, "--format", "json")
    assert status == 1
    assert [fault["message"] for fault in json.loads(out)] == [fault["message"] for fault in faults]
    mended = rejects.read_bytes().replace(b"5", b'"m"').replace(b"<ContactId>x</ContactId>", b"<Name>m</Name>")
    assert run("convert", file(f"m.{source}", mended), "--to", "ndjson")[:2] == (0, b'{"Name":"m"}\n')


@pytest.mark.parametrize("source", SOURCES)
def test_several_rejects(run, file, tmp_path, source):
    """More than one stand in one file."""
    bad = {"ndjson": b'{"Name":5}\n' * 3, "json": b'[{"Name":5},{"Name":6},{"Name":7}]'}
    xml = b"<ArrayOfContactEntity>%s</ArrayOfContactEntity>" % (b"<a><ContactId>x</ContactId></a>" * 3)
    rejects = tmp_path / f"bad.{source}"
    run("validate", file(f"a.{source}", bad.get(source, xml)), "--rejects", rejects)
    assert run("validate", rejects)[1].count(b"\n") == 3


def test_what_is_not_whole_is_not_among_the_rejects(run, file, tmp_path):
    """A record that is too long, or has no end, has its faults alone; no bad record is an empty file."""
    rejects, faults = tmp_path / "bad.json", tmp_path / "bad.json.faults.ndjson"
    run("validate", file("a.json", b'[{"Name":1},{"Name":'), "--rejects", rejects)
    assert (rejects.read_bytes(), faults.read_bytes().count(b'{"reject": null')) == (b'[{"Name":1}]', 1)
    rejects, faults = tmp_path / "bad.xml", tmp_path / "bad.xml.faults.ndjson"
    body = b"<ArrayOfContactEntity><a><ContactId>x</ContactId></a>\n<a>%s"
    for end in (b"<Conta", b"<ContactId>x</ContactId>"):
        run("validate", file("a.xml", body % end), "--rejects", rejects)
        assert rejects.read_bytes() == (body % b"").replace(b"\n<a>", b"</ArrayOfContactEntity>")
        assert [json.loads(line)["reject"] for line in faults.read_bytes().splitlines()] == [0, None]
        assert run("validate", rejects)[1].count(b"\n") == 1
        rejects.unlink()
        faults.unlink()
    rejects, faults = tmp_path / "long.json", tmp_path / "long.json.faults.ndjson"
    run("validate", file("a.ndjson", b'{"Name":"%s"}' % (b"x" * 100)), "--max-bytes", "50", "--rejects", rejects)
    assert (rejects.read_bytes(), faults.read_bytes().count(b"\n")) == (b"", 1)
    rejects, faults = tmp_path / "none.json", tmp_path / "none.json.faults.ndjson"
    assert run("validate", file("good.json", b"{}"), "--rejects", rejects)[0] == 0
    assert faults.read_bytes() == b""


def test_rejects_of_a_file_of_any_name(run, tmp_path):
    """The name of a file may be any bytes (PEP 383), which JSON spells as surrogates."""
    path = Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"\xff.ndjson"))
    try:
        path.write_bytes(b'{"Name":5}\n')
    except OSError:
        pytest.skip("the system has names in UTF-8 only")
    assert run("validate", path, "--rejects", tmp_path / "bad")[0] == 1
    assert json.loads((tmp_path / "bad.faults.ndjson").read_bytes())["file"] == str(path)


@pytest.mark.parametrize("taken", ["bad", "bad.faults.ndjson"])
def test_rejects_overwrite_nothing(run, file, tmp_path, taken):
    """A file that has something in it, such as the rejects of a run that was stopped, is no file for others."""
    path, kept = file("a.ndjson", b'{"Name":1}\n'), file(taken, b"kept")
    status, _, err = run("validate", path, "--rejects", tmp_path / "bad")
    assert (status, kept.read_bytes()) == (2, b"kept")
    assert err == f"contactwire: --rejects: {kept} has something in it, which would be lost; name another file\n"


def test_the_output_is_another_file(file, tmp_path):
    """A command refuses to write behind what it reads, which would never end, and among its rejects."""
    path = file("a.ndjson", b'{"Name":"a"}\n')
    command = [sys.executable, "-m", "contactwire", "convert", str(path), "--to", "ndjson"]
    with path.open("ab") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, path.read_bytes()) == (2, b'{"Name":"a"}\n')
    assert done.stderr.decode() == f"contactwire: {path}: the output is the file that is read\n"
    with path.open("rb") as given, path.open("ab") as out:
        done = subprocess.run([*command[:4], "-", "--from", "ndjson", *command[-2:]], stdin=given, stdout=out, check=False)
    assert done.returncode == 2
    both = tmp_path / "both"
    with both.open("wb") as out:
        done = subprocess.run([*command, "--rejects", str(both)], stdout=out, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, b"is the output too" in done.stderr) == (2, True)


def changed(path, how):
    """Change a file of records while it is open."""
    if how == "replaced":
        other = path.with_suffix(".other")
        other.write_bytes(path.read_bytes())
        other.replace(path)
    elif how == "removed":
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["replaced", "shortened", "removed"])
def test_a_file_that_changes_under_several_processes(run, file, monkeypatch, how):
    """Where another process finds another file, or a shorter one, the run is stopped, and loses no record in silence."""
    path = file("a.ndjson", many(400))
    read = batches._lines

    def lines(*arguments):
        for found in read(*arguments):
            changed(path, how)
            yield found

    monkeypatch.setattr(batches, "_lines", lines)
    status, out, err = run("convert", path, "--to", "ndjson", "--workers", "2")
    assert (status, out) == (2, b"")
    assert ("No such file" if how == "removed" else "the file has changed while it was read") in err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_empty_lines_count(run, file, workers):
    """Empty lines, the first one too, count for the line of a record that stands behind them, in any batch."""
    path = file("a.ndjson", b"\n" + many(400) + b"\n\n" + many(400) + b'{"Name":5}\n')
    status, out, _ = run("validate", path, "--workers", workers)
    assert (status, out.decode().partition(": e")[0]) == (1, f"{path}:804: /Name")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the system has no names for open files")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_file_named_by_its_number(file, workers):
    """A name of an open file of this process is no name in others, which read the file itself."""
    path = file("a.ndjson", many(400))
    with path.open("rb") as given:
        name = f"/dev/fd/{given.fileno()}"
        command = [sys.executable, "-m", "contactwire", "convert", name, "--from", "ndjson", "--to", "ndjson"]
        done = subprocess.run([*command, "--workers", workers], pass_fds=[given.fileno()], capture_output=True, check=False)
    assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (0, 400, b"")


def test_garbage_in_long_lines_gives_one_message(run, file):
    """The first ten records show that a file is garbage, in however many batches they are."""
    status, out, _ = run("validate", file("a.ndjson", (b"x" * 40_000 + b"\n") * 50))
    assert (status, out.count(b"\n"), b"none of the first 10 records" in out) == (1, 1, True)


def test_numbers_beyond_any_file(run, file):
    """A number of any size is one."""
    path = file("a.json", b'[{"Name":"a"}]')
    assert run("convert", path, "--to", "ndjson", "--limit", "9" * 30)[1] == b'{"Name":"a"}\n'
    assert run("convert", path, "--to", "ndjson", "--skip", "9" * 30)[:2] == (0, b"")


@pytest.mark.parametrize("name", ["a.json", "a.ndjson"])
def test_an_error_lists_a_fault_at_least(run, file, name):
    """Without a fault in its list, a bad document would look like a good one."""
    with pytest.raises(SystemExit):
        run("validate", file(name, b'{"Name":2}'), "--max-faults", "0")


def test_rejects_that_cannot_be(run, file, tmp_path):
    """Rejects into the file that is read, into one that cannot be written, and of two forms, are wrong calls."""
    path, array = file("a.ndjson", b'{"Name":1}\n'), file("a.json", b'[{"Name":1}]')
    for arguments, message in (
        ([path, "--rejects", path], f"--rejects: {path} is what the command reads"),
        ([path, "--rejects", tmp_path], f"--rejects: {tmp_path}: Is a directory"),
        ([path, array, "--rejects", tmp_path / "r"], "--rejects: %s has records of another form already" % (tmp_path / "r")),
    ):
        status, _, err = run("validate", *arguments)
        assert (status, err.startswith(f"contactwire: {message}")) == (2, True)
    assert path.read_bytes() == b'{"Name":1}\n'


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", SOURCES)
def test_roundtrip_takes_records(run, file, tmp_path, source, workers):
    """`roundtrip` has the options too: each record is a body, and those that would lose something are the bad ones."""
    body = SOURCES[source].replace(b'"b"', b'"\\u0001"')
    path, rejects = file(f"a.{source}", body), tmp_path / "bad"
    status, out, _ = run("roundtrip", path, "--through", "xml-plain", "--workers", workers, "--rejects", rejects)
    places = {"ndjson": ("a.ndjson:2", "/Name"), "json": ("a.json", "/1/Name"), "xml": ("a.xml", "/1/ContactId")}[source]
    assert (status, out.decode().startswith("{}: unreadable: {}: ".format(*places))) == (3, True)
    assert out.splitlines()[-2].split()[2:] == [b"3", b"2", b"0", b"1"]
    lost = 0 if source == "xml" else 1
    assert len(json.loads(run("roundtrip", path, "--through", "xml-plain", "--format", "json")[1])["losses"]) == 1 + lost
    assert run("validate", rejects, "--from", source)[1].count(b"\n") == 1
    status, out, err = run("roundtrip", path, "--through", "json", "--max-errors", "1")
    assert (status, "stopped at 1 error, after 2 records" in err) == (1, True)


def test_the_whole_runs_in_place(run, file):
    """What `convert` makes of a list in XML of NDJSON is what `encode` and `decode` know."""
    out = run("convert", file("a.ndjson", many(3, 5)), "--to", "xml")[1]
    assert [contact.contact_id for contact in decode(out, "application/xml", type=list[type(decode(b"{}"))])] == [0, 1, 2]


def test_nothing_is_left_out_by_a_process_that_dies(run, file, tmp_path, monkeypatch):
    """Where a process of `--workers` ends unexpectedly, the command says so and how to go on."""
    module = tmp_path / "contactwire_class_that_ends.py"
    module.write_text(
        "import os, attrs, contactwire\n"
        "def end(instance, attribute, value):\n    if value == 300: os._exit(1)\n"
        "class Note(contactwire.Carrier):\n    contact_id: contactwire.Int32 = attrs.field(validator=end)\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    path = file("a.ndjson", many(400))
    more = ["--workers", "2", "--carrier", "contactwire_class_that_ends:Note"]
    status, out, err = run("convert", path, "--to", "ndjson", *more)
    done = len(out.splitlines())
    assert (status, done <= 300, ids(out)) == (2, True, list(range(done)))
    # It may die before anything of what the others did has come back.
    how = f", after {done} records; --skip {done} goes on" if done else ""
    assert err.splitlines()[-1] == f"contactwire: {path}: a process of --workers has ended unexpectedly{how}"


def test_wrong_numbers(capfd):
    """`--max-errors` is at least 1."""
    with pytest.raises(SystemExit):
        main(["validate", "x", "--max-errors", "0"])
    assert "expected a whole number, 1 or more; received" in capfd.readouterr().err


def test_roundtrip_of_garbage_and_of_nothing(run, file, tmp_path):
    """A file that is garbage is one unreadable finding; a folder without bodies is a mistake in every form of report."""
    path = file("g.ndjson", b"x\n" * 99)
    status, out, _ = run("roundtrip", path, "--format", "json")
    assert (status, [loss["file"] for loss in json.loads(out)["losses"]]) == (3, ["g.ndjson"])
    status, out, _ = run("roundtrip", path)
    assert (status, out.startswith(b"g.ndjson: unreadable: none of the first 10 records is one")) == (3, True)
    status, out, err = run("roundtrip", file("e.ndjson", b""), "--format", "json")
    assert (status, out, err.endswith("there is no recorded body\n")) == (2, b"", True)


def test_rejects_whose_faults_are_the_output(file, tmp_path):
    """The file of their faults may not be standard output either, where records would stand among them."""
    path, faults = file("a.ndjson", b'{"Name":1}\n'), tmp_path / "r.faults.ndjson"
    command = [sys.executable, "-m", "contactwire", "convert", path, "--to", "ndjson", "--rejects", tmp_path / "r"]
    with faults.open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE)
    assert (done.returncode, b"is the output too" in done.stderr, faults.read_bytes()) == (2, True, b"")


def test_a_class_of_a_relative_module(run, file):
    """`--carrier` takes no relative name, which is a wrong argument and no traceback."""
    status, _, err = run("validate", file("a.json", b"{}"), "--carrier", ".notes:Note")
    assert (status, err.startswith("contactwire: --carrier: expected module:Class, such as crm.notes:Note")) == (2, True)


@pytest.mark.parametrize(("text", "why"), [("x = 1 / 0", "ZeroDivisionError: division by zero"), ("def", "SyntaxError: ")])
def test_a_carrier_in_a_module_that_fails(run, file, tmp_path, monkeypatch, text, why):
    """A module of `--carrier` that cannot be imported is a wrong argument, not an invalid document, whatever it raises."""
    (tmp_path / "notes_that_fail.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    status, out, err = run("validate", file("a.json", b"{}"), "--carrier", "notes_that_fail:Note")
    assert (status, out) == (2, b"")
    assert err.startswith(f"contactwire: --carrier: notes_that_fail:Note cannot be imported: {why}")


HEIR = (
    "from contactwire import ContactEntityWithLinks, Int32, Maybe, UNSET\n"
    "class Shop(ContactEntityWithLinks):\n    tier: str\n    rank: Maybe[Int32] = UNSET\n"
)


@pytest.mark.parametrize("sequence", [False, True], ids=["document", "sequence"])
@pytest.mark.parametrize("target", ["json", "xml", "form", "ndjson"])
def test_the_properties_of_an_heir(run, file, tmp_path, monkeypatch, target, sequence):
    """A class that derives from the contact with links keeps its properties in each format, by every command."""
    if target == "form" and sequence:
        pytest.skip("a form holds one contact")
    (tmp_path / "heirs_of_contact.py").write_text(HEIR)
    monkeypatch.syspath_prepend(tmp_path)
    body = '{"Name":"n","Tier":"gold","Zed":1}'
    path = file("a.ndjson", f"{body}\n") if sequence else file("a.json", body)
    patch = file("p.json", '{"rank":3}')
    heir = ["--carrier", "heirs_of_contact:Shop"]
    for command, expected in {
        ("convert", path): {"Name": "n", "Tier": "gold", "Zed": 1},
        ("select", path, "tier", "--omit"): {"Tier": "gold"},
        ("patch", path, patch): {"Name": "n", "Tier": "gold", "Rank": 3, "Zed": 1},
    }.items():
        status, out, err = run(*command, *heir, "--to", target)
        assert (status, err) == (0, "")
        written = file(f"b.{target}", out)
        status, out, err = run("convert", written, *heir, "--to", "ndjson")
        assert (status, json.loads(out)) == (0, expected if target != "form" else json.loads(out) | {"Tier": "gold"})


def test_the_difference_of_heirs(run, file, tmp_path, monkeypatch):
    """`diff` compares the properties of a class that derives from the contact with links."""
    (tmp_path / "other_heirs_of_contact.py").write_text(HEIR)
    monkeypatch.syspath_prepend(tmp_path)
    files = file("a.json", '{"Tier":"gold"}'), file("b.json", '{"Tier":"tin"}')
    status, out, _ = run("diff", *files, "--carrier", "other_heirs_of_contact:Shop")
    assert (status, json.loads(out)) == (0, [{"op": "replace", "path": "/Tier", "value": "tin"}])
