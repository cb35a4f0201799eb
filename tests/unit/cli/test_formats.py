"""The command line between formats, with patches, selections, schemas and sequences."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contactwire import ContactEntity, ContactEntityWithLinks, FormCodec, decode, encode, to_builtins
from contactwire.schema import ARTEFACTS

PAYLOADS = Path(__file__).parents[2] / "payloads"
CONTACTS = [path for path in sorted(PAYLOADS.glob("*.json")) if "Patch" not in path.name]
REQUEST = PAYLOADS / "put-contact.request.json"


@pytest.mark.parametrize("payload", CONTACTS, ids=lambda path: path.name)
@pytest.mark.parametrize("there", ["json", "xml", "form"])
def test_there_and_back(run, file, payload, there):
    """JSON to another format and back is the same document, but for what a form cannot say."""
    status, out, _ = run("convert", payload, "--to", there)
    assert status == 0
    status, back, _ = run("convert", file(f"x.{there}", out), "--to", "json")
    assert status == 0
    whole = json.loads(payload.read_bytes())
    if there == "form":
        codec, contact = FormCodec(), decode(payload.read_bytes(), type=ContactEntityWithLinks)
        whole = to_builtins(codec.decode(codec.encode(contact), ContactEntityWithLinks))
    assert json.loads(back) == whole


@pytest.mark.parametrize("target", ["json", "xml", "form", "json-patch", "merge-patch"])
@pytest.mark.parametrize("source", ["json", "xml", "form", "json-patch", "merge-patch"])
def test_every_pair_of_formats(run, file, source, target):
    """Each format is written from each other, and says the same contact."""
    original = file("a.json", b'{"Name":"a&b","Emails":[{"Value":"x"}],"Domains":["d"],"CustomFields":{"k":"v"}}')
    _, body, _ = run("convert", original, "--to", source)
    status, converted, err = run("convert", file("b", body), "--from", source, "--to", target)
    assert (status, err) == (0, "")
    _, again, _ = run("convert", file("c", converted), "--from", target, "--to", "json")
    assert again == original.read_bytes()


@pytest.mark.parametrize("target", ["json", "xml", "form"])
@pytest.mark.parametrize("source", ["json", "xml", "form"])
def test_a_list_in_every_pair_of_formats(run, file, source, target):
    """A list is written in each format from each other, and read again as the list that it is."""
    original = file("a.json", b'[{"Name":"a"},{"Name":"b"}]')
    _, body, _ = run("convert", original, "--to", source)
    status, converted, err = run("convert", file("b", body), "--from", source, "--to", target)
    assert (status, err) == (0, "")
    status, again, _ = run("convert", file("c", converted), "--from", target, "--to", "json")
    assert (status, json.loads(again)) == (0, json.loads(original.read_bytes()))


def test_options_of_the_target(run, file):
    """Dialect, style and indent reach the codec that is written."""
    original = file("a.json", b'{"Category":{"Id":1}}')
    assert b"schemas.datacontract.org" in run("convert", original, "--to", "xml", "--dialect", "datacontract")[1]
    assert run("convert", original, "--to", "form", "--style", "brackets")[1] == b"Category%5BId%5D=1"
    assert run("convert", original, "--to", "xml", "--indent", "2")[1].count(b"\n") > 2


def test_an_unknown_suffix_needs_from(run, file):
    """Which format a file is in must be said where its suffix does not."""
    status, out, err = run("convert", file("a.txt", b"{}"), "--to", "xml")
    assert (status, out) == (2, b"")
    assert "--from json|xml|form" in err


@pytest.mark.parametrize(
    ("name", "body", "line"),
    [
        ("a.xml", b"<ContactEntity>\n<ContactId>x</ContactId></ContactEntity>", 2),
        ("a.form", b"Name=x&ContactId=x", 1),
        ("a.json-patch", b'[{"op":"no","path":"/Name"}]', 1),
    ],
)
def test_validate_in_every_format(run, file, name, body, line):
    """Faults have their line in whatever format the file is."""
    path = file(name, body)
    status, out, _ = run("validate", path)
    assert status == 1
    assert out.decode().startswith(f"{path}:{line}: /")


def test_a_sequence_where_one_document_is_needed(run, file):
    """A file whose suffix says a sequence is refused by commands that take one document, with words that say so."""
    lines, contact = file("a.ndjson", "{}"), file("a.json", "{}")
    for arguments in (("diff", contact, lines), ("patch", contact, lines)):
        assert run(*arguments)[0] == 2
        assert "a.ndjson: the suffix tells no format of a single document" in run(*arguments)[2]


def test_a_selection_takes_no_index(run, file):
    """`select` takes the paths of a `$select`, which name no item of a list; the error says where the path goes wrong."""
    path = file("a.json", '{"Emails":[{"Value":"x"}]}')
    assert run("select", path, "emails/value", "--omit")[:2] == (0, b'{"Emails":[{"Value":"x"}]}')
    status, out, err = run("select", path, "emails/0/value")
    told = 'contactwire: $select: "emails/0/value", position 7: EntityElement has no property "0"\n'
    assert (status, out, err) == (2, b"", told)


def test_a_suffix_that_tells_no_format(run, file):
    """The error names the formats that a command takes: those of sequences only where it takes sequences."""
    path = file("a.foo", "{}")
    one = "json|xml|form|json-patch|merge-patch"
    for arguments, of, formats in (
        (("convert", path, "--to", "json"), "", f"{one}|ndjson"),
        (("validate", path), "", f"{one}|ndjson"),
        (("diff", path, path), " of a single document", one),
    ):
        status, _, err = run(*arguments)
        assert (status, err) == (2, f"contactwire: {path}: the suffix tells no format{of}; name one with --from {formats}\n")


def test_diff_and_patch(run, file):
    """The difference of two files, applied to the first, gives the second; in any formats."""
    before, after = (
        file("a.json", b'{"Name":"a","Domains":["x"]}'),
        file("b.xml", b"<ContactEntity><Name>b</Name></ContactEntity>"),
    )
    status, difference, _ = run("diff", before, after)
    assert status == 0
    assert {operation["path"] for operation in json.loads(difference)} == {"/Name", "/Domains"}
    assert run("patch", before, file("p.json", difference))[1] == b'{"Name":"b"}'
    assert run("patch", before, file("p.json-patch", difference), "--to", "form")[1] == b"Name=b"
    other = file("c.json", b'{"Name":"c","Domains":["x"]}')
    assert run("diff", before, other, "--to", "merge-patch")[1] == b'{"Name":"c"}'
    assert run("patch", before, file("m.json", b'{"name":"c"}'))[1] == other.read_bytes()


def test_patches_that_do_not_apply(run, file):
    """A failed test and a patch in a format that has none are told apart."""
    contact = file("a.json", b'{"Name":"a"}')
    status, out, err = run("patch", contact, file("p.json", b'[{"op":"test","path":"/Name","value":"b"}]'))
    assert (status, out) == (1, b"")
    assert "test of /Name failed" in err
    status, _, err = run("patch", contact, file("p.xml", b"<ContactEntity/>"))
    assert status == 2
    assert "a patch is JSON, not xml" in err


def test_select(run, file):
    """A $select nulls the rest, or leaves it out, in any format."""
    contact = file("a.json", b'{"ContactId":1,"Name":"a","Category":{"Id":2,"Value":"v"}}')
    assert run("select", contact, "NAME, category/id", "--omit")[1] == b'{"Name":"a","Category":{"Id":2}}'
    assert json.loads(run("select", contact, "name")[1])["ContactId"] is None
    assert run("select", contact, "name", "--omit", "--to", "xml")[1].endswith(b"<Name>a</Name></ContactEntity>")
    status, out, err = run("select", contact, "nmae")
    assert (status, out) == (2, b"")
    assert "did you mean Name?" in err


def test_schema(run, tmp_path):
    """A schema is printed; all the published files are written with `--write`."""
    assert json.loads(run("schema", "--carrier", "Category")[1])["$schema"].endswith("2020-12/schema")
    assert json.loads(run("schema", "--format", "openapi")[1])["openapi"].startswith("3.1")
    plain = run("schema", "--format", "xsd")
    assert b"<xs:schema" in plain[1]
    assert run("schema", "--format", "xsd", "--dialect", "plain") == plain
    assert run("schema", "--carrier", "Nothing")[0] == 2
    folder = tmp_path / "new" / "schemas"
    for _ in range(2):
        assert run("schema", "--write", folder)[0] == 0
        assert {path.name for path in folder.iterdir()} == set(ARTEFACTS)


@pytest.mark.parametrize("option", [["--format", "json-schema"], ["--carrier", "Person"], ["--dialect", "plain"]])
def test_options_of_one_schema_where_all_are_written(run, tmp_path, option):
    """`--write` takes no option of a single schema, not even one that has its default, and then writes nothing."""
    told = f"contactwire: {option[0]}: of one schema, and --write writes all of them\n"
    assert run("schema", "--write", tmp_path / "new", *option) == (2, b"", told)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("format", ["json-schema", "openapi", "xsd"])
def test_a_schema_is_in_utf_8(format):
    """A schema is in UTF-8, as JSON and XML are, whatever the encoding of standard output."""
    command = [sys.executable, "-m", "contactwire", "schema", "--format", format]
    printed = [
        subprocess.run(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONIOENCODING": encoding}, check=True).stdout
        for encoding in ("latin-1", "utf-8")
    ]
    assert printed[0] == printed[1]


RECORDS = [b'{"Name":"a","Deleted":null}', b"{", b"", b'{"Name":5}', '{"Name":"\u2028é"}'.encode()]


@pytest.fixture
def records(file):
    """A file of records, two of them bad."""
    return file("records.ndjson", b"\n".join(RECORDS))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_records_are_converted_one_by_one(run, records, workers):
    """A bad record is reported by its line and the others are written, in order, on any number of processes."""
    status, out, err = run("convert", records, "--to", "ndjson", "--workers", workers)
    assert status == 1
    assert out == RECORDS[0] + b"\n" + RECORDS[4] + b"\n"
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{records}:2:2", f"{records}:4"]


def test_records_become_documents(run, records, file):
    """Records go into a JSON array or an XML sequence, and come back from them."""
    array = run("convert", records, "--to", "json")[1]
    assert array == b"[" + RECORDS[0] + b"," + RECORDS[4] + b"]"
    xml = run("convert", records, "--to", "xml", "--dialect", "services")[1]
    assert decode(xml, "application/xml", type=list[ContactEntityWithLinks])[1].name == "\u2028é"
    lines = RECORDS[0] + b"\n" + RECORDS[4] + b"\n"
    for name, body in (("a.json", array), ("a.xml", xml)):
        assert run("convert", file(name, body), "--from", name[2:], "--to", "ndjson")[1] == lines


LISTS = {
    "json": b'[{"Name":"a"},\n{"Name":5},\n{"Name":"b"}]',
    "xml": b"<ArrayOfContactEntity><a><Name>a</Name></a>\n<a><ContactId>x</ContactId></a>\n<a><Name>b</Name></a><!-- -->"
    b"</ArrayOfContactEntity>",
}


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", LISTS)
def test_lists_are_converted_record_by_record(run, file, source, workers):
    """A bad contact of a list is reported with its place and index, and the others are written, in order."""
    listed = file(f"a.{source}", LISTS[source])
    status, out, err = run("convert", listed, "--to", "ndjson", "--workers", workers)
    assert (status, out) == (1, b'{"Name":"a"}\n{"Name":"b"}\n')
    assert err.startswith(f"{listed}:2: /1/")
    for target in ("json", "xml"):
        status, out, err = run("convert", listed, "--to", target, "--workers", workers)
        written = decode(out, f"application/{target}", type=list[ContactEntityWithLinks])
        assert (status, [contact.name for contact in written]) == (1, ["a", "b"])


def test_text_between_contacts_is_reported_by_its_index(run, file):
    """Text where a contact should be has the pointer that a contact there would have; a root that is wrong has none."""
    status, out, err = run(
        "convert", file("a.xml", "<ArrayOfContactEntity><a/>x<a/></ArrayOfContactEntity>"), "--to", "ndjson"
    )
    assert (status, out) == (1, b"{}\n")
    assert ":1: /1: " in err
    status, out, err = run("convert", file("a.xml", "<ArrayOfOther><a/></ArrayOfOther>"), "--to", "ndjson")
    assert (status, out) == (1, b"")
    assert ":1: expected an element ArrayOfContactEntity" in err


@pytest.mark.parametrize("source", LISTS)
def test_lists_are_read_from_a_pipe(run, monkeypatch, source):
    """A list on standard input is converted record by record as one in a file is, and a single contact as ever."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LISTS[source])))
    status, out, err = run("convert", "-", "--from", source, "--to", source)
    assert [contact.name for contact in decode(out, f"application/{source}", type=list[ContactEntityWithLinks])] == [
        "a",
        "b",
    ]
    assert (status, err[:7]) == (1, "-:2: /1")
    alone = encode(ContactEntityWithLinks(name="é" * 2**17), f"application/{source}")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(alone)))
    status, out, _ = run("convert", "-", "--from", source, "--to", "json")
    assert (status, decode(out).name) == (0, "é" * 2**17)


@pytest.mark.parametrize(
    "body",
    [
        b'<p:ArrayOfContactEntity xmlns:p="urn:p"><p:a><p:Name>a</p:Name></p:a></p:ArrayOfContactEntity>',
        b"<ARRAYOFcontactentity><a><Name>a</Name></a></ARRAYOFcontactentity>",
        "<ArrayOfContactEntity><a><Name>a</Name></a></ArrayOfContactEntity>".encode("utf-16"),
        b"<!-- <ContactEntity> " + b" " * 2000 + b"--><ArrayOfContactEntity><a><Name>a</Name></a></ArrayOfContactEntity>",
        b"<ArrayOfContactEntity " + b" " * 2000 + b"><a><Name>a</Name></a></ArrayOfContactEntity>",
    ],
    ids=["prefix", "letter case", "UTF-16", "comment", "attributes"],
)
def test_the_root_says_that_it_is_a_list(run, file, body):
    """A list in XML is known by its root, however that is written; validated whole, converted record by record."""
    listed = file("a.xml", body)
    assert run("validate", listed)[0] == 0
    assert run("convert", listed, "--to", "ndjson") == (0, b'{"Name":"a"}\n', "")
    assert decode(run("convert", listed, "--to", "json", "--indent", "1")[1], type=list[ContactEntity])[0].name == "a"


@pytest.mark.parametrize(
    "body",
    [
        b"<!-- <ArrayOfContactEntity> --><ContactEntity><Name>&lt;ArrayOf</Name></ContactEntity>",
        b"<?xml version='1.0'?><?p <ArrayOf?><ContactEntity/>",
    ],
    ids=["comment", "processing instruction"],
)
def test_only_the_root_says_that_it_is_a_list(run, file, body):
    """What stands in comments and the like does not make a single contact a list."""
    assert run("convert", file("a.xml", body), "--to", "json")[0] == 0


@pytest.mark.parametrize("body", [b"", b"<", b"<!--", b"\xff\xfe", b"<?xml version='1.0' encoding='x'?><a/>", b"a<b"])
def test_what_has_no_root_is_reported(run, file, body):
    """Where a root cannot be made out, the document is refused as a contact, at its place."""
    broken = file("a.xml", body)
    status, out, err = run("convert", broken, "--to", "ndjson")
    assert (status, out) == (1, b"")
    assert err.startswith(f"{broken}:1:")


@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("a.json", b'[{"Name":"a"},{"Name":"b"},\n{"Name":"c"', "2:12"),
        ("b.json", b'[{"Name":"a"},\n{"Name":"b"}\n', "3:1"),
        ("a.xml", b"<ArrayOfContactEntity>\n<a><Name>a</Name></a><a><Name>b</Name></a>\n<a>", "3:4"),
    ],
)
def test_a_list_that_breaks_off_is_converted_so_far(run, file, name, body, place):
    """What stands in front of the place where a list breaks off is written, and that place reported."""
    broken = file(name, body)
    status, out, err = run("convert", broken, "--to", "ndjson")
    assert (status, out) == (1, b'{"Name":"a"}\n{"Name":"b"}\n')
    assert err.startswith(f"{broken}:{place}: ")
    assert len(err.splitlines()) == 1


def test_a_list_may_be_larger_than_a_body(run, file):
    """The limit of a body is that of each contact of a list, not of the list."""
    contact = {"Name": "x" * 2**20}
    large = file("a.json", json.dumps([contact] * 20).encode())
    status, out, _ = run("convert", large, "--to", "xml")
    assert (status, out.count(b"<ContactEntity>")) == (0, 20)


def test_an_empty_sequence(run, file):
    """No records are an empty array, an empty sequence, and nothing."""
    empty = file("e.ndjson", b"\n")
    assert [run("convert", empty, "--to", target)[1] for target in ("ndjson", "json", "xml")] == [
        b"",
        b"[]",
        encode([], "application/xml"),
    ]


def test_a_sequence_from_standard_input(run, monkeypatch, tmp_path):
    """NDJSON is read from a pipe where `--from` says so; what has no sequences is a usage error."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run("convert", tmp_path / "absent.ndjson", "--to", "json")[0] == 2
    status, _, err = run("convert", "-", "--from", "ndjson", "--to", "form")
    assert status == 2
    assert "not to form" in err


def test_encode_and_convert_agree(run):
    """What `convert` writes is what `encode` gives."""
    assert run("convert", REQUEST, "--to", "xml")[1] == encode(decode(REQUEST.read_bytes()), "application/xml")


def test_what_a_command_cannot_read_is_listed(run, file):
    """A file with faults makes `select`, `patch` and `diff` end with 1 and the faults on standard error."""
    bad, good = file("bad.json", b'{"ContactId": "x"}'), file("good.json", b"{}")
    patch = file("patch.json-patch", b"[]")
    for arguments in (["select", bad, "Name"], ["patch", bad, patch], ["diff", bad, good], ["diff", good, bad]):
        status, out, err = run(*arguments)
        assert (status, out) == (1, b"")
        assert "/ContactId: expected int32" in err


def test_what_a_command_cannot_write_is_listed(run, file):
    """What the target cannot hold, and a change that no patch says, end with 1 and the place."""
    control, empty = file("control.json", b'{"Name": "\\u0001"}'), file("empty.json", b"{}")
    status, out, err = run("select", control, "Name", "--to", "xml")
    assert (status, out) == (1, b"")
    assert "/Name: " in err
    status, out, err = run("diff", control, empty, "--to", "merge-patch")
    assert (status, out) == (1, b"")
    assert "/Name: no merge patch of the server dialect removes a property or key" in err


@pytest.mark.parametrize(
    ("target", "options", "ignored"),
    [
        ("json", ["--dialect", "services"], "--dialect"),
        ("json-patch", ["--dialect", "services"], "--dialect"),
        ("merge-patch", ["--style", "dots"], "--style"),
        ("xml", ["--style", "brackets"], "--style"),
        ("form", ["--indent", "2", "--dialect", "webapi"], "--indent and --dialect"),
        ("ndjson", ["--indent", "0"], "--indent"),
    ],
)
@pytest.mark.parametrize("body", [b'{"Name":"a"}', b'[{"Name":"a"}]'])
def test_an_option_of_another_format(run, file, target, options, ignored, body):
    """An option that the format to be written does not have is refused, before anything is written."""
    status, out, err = run("convert", file("one.json", body), "--to", target, *options)
    assert (status, out) == (2, b"")
    assert err == f"contactwire: {ignored}: no option of the format that is written, {target}\n"


def test_the_options_of_the_format_that_is_read_do_not_count(run, file):
    """Without `--to`, a command writes the format that it reads, whose options it takes."""
    form = file("one.form", b"Name=a&Category.Id=3")
    assert run("select", form, "name,category/id", "--omit", "--style", "brackets")[:2] == (0, b"Name=a&Category%5BId%5D=3")
    assert run("select", form, "name", "--dialect", "plain")[0] == 2


@pytest.mark.parametrize("target", ["json", "xml"])
def test_records_are_written_without_indentation(run, file, target):
    """NDJSON is written record by record, without spaces, so `--indent` is refused."""
    status, out, err = run("convert", file("two.ndjson", b'{"Name":"a"}\n{"Name":"b"}\n'), "--to", target, "--indent", "2")
    assert (status, out) == (2, b"")
    assert err == "contactwire: --indent: an option for one document, and ndjson is written record by record\n"


@pytest.mark.parametrize("name", ["one.json", "one.form"])
def test_a_document_may_become_a_sequence(run, file, name):
    """A document that holds one contact becomes one line of NDJSON."""
    contact = ContactEntity(name="a")
    body = FormCodec().encode(contact) if name.endswith("form") else encode(contact)
    status, out, _ = run("convert", file(name, body), "--to", "ndjson")
    assert (status, out) == (0, b'{"Name":"a"}\n')


def test_more_records_than_processes_can_have_under_way(run, file):
    """However long a sequence is, its records come in order from several processes."""
    lines = b"".join(b'{"ContactId":%d}\n' % number for number in range(64 * 7))
    status, out, _ = run("convert", file("many.ndjson", lines), "--to", "ndjson", "--workers", "2")
    assert status == 0
    assert [json.loads(line)["ContactId"] for line in out.splitlines()] == list(range(64 * 7))


def test_the_module_may_use_processes(file):
    """`python -m contactwire` runs the command once, and not again in each of its processes."""
    path = file("few.ndjson", b'{"Name": "a"}\n{"Name": "b"}\n')
    command = [sys.executable, "-m", "contactwire", "convert", str(path), "--to", "ndjson", "--workers", "2"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.count(b"\n") == 2


@pytest.mark.parametrize("options", [[], ["--from", "json"]])
def test_a_patch_whose_suffix_tells_no_format(run, file, options):
    """The message names the suffixes of patches, since `--from` says how the contact is read."""
    status, _, err = run("patch", file("a.json", b"{}"), file("p.txt", b"{}"), *options)
    assert (status, "--from" in err) == (2, False)
    assert err.endswith(
        "p.txt: the suffix tells no format of a single document; a patch is in a file .json, .json-patch, "
        ".jsonpatch, .merge-patch, .mergepatch\n"
    )


def test_a_line_of_ndjson_has_one_end(run, file):
    """A contact alone becomes one line, without an empty one behind it."""
    assert run("convert", file("a.json", b"{}"), "--to", "ndjson")[1] == b"{}\n"
