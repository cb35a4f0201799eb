"""`contactwire table` writes a table of the contacts in a file, and says what is wrong with records and columns."""

import gzip
import io
import os
import subprocess
import sys

import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from contactwire import ContactEntity, JsonCodec, XmlCodec
from contactwire.cli import main
from contactwire.tables import OPEN_TYPES, to_table

CONTACTS = [ContactEntity(contact_id=number, name=f"n{number}", custom_fields={"x": f"[I:{number}]"}) for number in range(3)]
COLUMNS = "contactId,name,customFields/x"
READ = {"parquet": pyarrow.parquet.read_table, "arrow": pyarrow.feather.read_table, "csv": pyarrow.csv.read_csv}
SOURCES = {
    "contacts.ndjson": lambda: b"".join(JsonCodec().iter_encode(CONTACTS)),
    "contacts.json": lambda: JsonCodec().encode(CONTACTS),
    "contacts.xml": lambda: XmlCodec().encode(CONTACTS),
}


@pytest.fixture
def table(tmp_path, capfdbinary):
    """A function that runs the command on a file with some bytes, and gives the status, what was written, and the errors."""

    def run(name, body, *options):
        path = tmp_path / name
        path.write_bytes(body)
        status = main(["table", str(path), *options])
        out, err = capfdbinary.readouterr()
        return status, out, err.decode().replace(str(path), name)

    return run


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("target", READ)
def test_each_sequence_becomes_each_file(source, target, table):
    """NDJSON, a JSON array and an XML sequence become the same table in each format."""
    status, out, err = table(source, SOURCES[source](), "--columns", COLUMNS, "--to", target)
    assert (status, err) == (0, "")
    assert READ[target](io.BytesIO(out)).to_pylist() == to_table(CONTACTS, COLUMNS).to_pylist()


@pytest.mark.parametrize(("name", "codec"), [("contact.json", JsonCodec), ("contact.xml", XmlCodec)])
def test_a_single_contact(name, codec, table):
    """A document of one contact is a table of one row, with every property where no columns are named."""
    status, out, err = table(name, codec().encode(CONTACTS[1]), "--to", "parquet")
    assert (status, err) == (0, "")
    assert READ["parquet"](io.BytesIO(out)).equals(to_table(CONTACTS[1:2]))


def test_standard_input(capfdbinary, monkeypatch):
    """A file named - is standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SOURCES["contacts.ndjson"]())))
    assert main(["table", "-", "--from", "ndjson", "--columns", "name", "--to", "csv"]) == 0
    assert capfdbinary.readouterr().out == b'"Name"\n"n0"\n"n1"\n"n2"\n'


def test_options_of_columns(table):
    """Options name types, unknown members and what becomes of dates."""
    body = b'{"UpdatedDate":"2003-10-01T14:34:01.7525885Z","Shoe":{"Size":44},"CustomFields":{"x":"[I:1]"}}\n'
    options = ["--columns", "updatedDate,shoe/size,customFields/x", "--to", "csv", "--unknown", "--ticks", "text"]
    status, out, _ = table("c.ndjson", body, *options, "--type", "customFields/x=bool", "--type", "shoe/size=float")
    assert status == 0
    assert out.splitlines()[1] == b'"2003-10-01T14:34:01.7525885Z",44,true'


def test_bad_records_are_left_out(table):
    """A bad record is reported with its line, and the others are written; the status says that there was one."""
    body = b'{"Name":"a"}\n{"Name":5,"OrgNr":6}\n{\n{"Name":"b"}\n'
    status, out, err = table("c.ndjson", body, "--columns", "name", "--to", "csv")
    assert (status, out) == (1, b'"Name"\n"a"\n"b"\n')
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["c.ndjson:2", "c.ndjson:2", "c.ndjson:3:2"]
    assert "c.ndjson:2: /Name: expected string, received 5" in err


@pytest.mark.parametrize(("body", "place"), [(b'{"Name":5}', "1: /Name"), (b"{", "1:2")])
def test_a_bad_document(body, place, table):
    """A document that is no contact makes a table without rows, and status 1."""
    status, out, err = table("c.json", body, "--columns", "name", "--to", "csv")
    assert (status, out) == (1, b'"Name"\n')
    assert err.startswith(f"c.json:{place}: ")


def test_a_value_that_does_not_fit_its_column(table):
    """A custom field of another type than the first thousand ends the table, and the error says what to do."""
    lines = [b'{"CustomFields":{"x":"[I:1]"}}\n'] * 1000 + [b'{"CustomFields":{"x":"soon"}}\n']
    status, _, err = table("c.ndjson", b"".join(lines), "--columns", "customFields/x", "--to", "csv")
    assert status == 1
    assert "c.ndjson: /1000/CustomFields/x: expected integer" in err
    options = ["--columns", "customFields/x", "--to", "csv", "--type", "customFields/x=object"]
    assert table("c.ndjson", b"".join(lines), *options)[0] == 0


WRONG = [
    (
        "c.ndjson",
        ["--columns", "naem"],
        'contactwire: --columns or --type: "naem", position 0: ',
    ),
    ("c.ndjson", ["--columns", "name", "--type", "name=int"], 'contactwire: --columns or --type: types names "name"'),
    ("c.ndjson", ["--type", "customFields/x=complex"], "contactwire: --type: expected PATH=TYPE, with a type of bool, int"),
    ("c.ndjson", ["--type", "=int"], "contactwire: --type: expected PATH=TYPE"),
    ("c.ndjson", ["--columns", ","], "contactwire: --columns or --type: a table without columns has no rows in csv"),
    ("c.form", [], "contactwire: c.form: a table is made of ndjson, json, xml, not of form"),
]


@pytest.mark.parametrize(("name", "options", "words"), WRONG)
def test_wrong_arguments(name, options, words, table):
    """What is wrong with the arguments is said in one line, with status 2, and nothing is written."""
    status, out, err = table(name, b"{}\n", *options, "--to", "csv")
    assert (status, out) == (2, b"")
    assert err.startswith(words)


def test_without_pyarrow(table, monkeypatch):
    """Without pyarrow the error says which extra installs it."""
    for module in [name for name in sys.modules if name.startswith("contactwire.tables")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delattr("contactwire.tables")
    status, _, err = table("c.ndjson", b"{}\n", "--to", "csv")
    assert (status, err) == (2, "contactwire: contactwire.tables needs pyarrow: pip install 'contactwire[tables]'\n")


def test_the_types_are_those_of_tables(capfd):
    """The help of the command names every type that a column may be said to have."""
    with pytest.raises(SystemExit):
        main(["table", "--help"])
    out = " ".join(capfd.readouterr().out.split())
    assert ", ".join(type.__name__ for type in OPEN_TYPES) in out


MIXED = b'{"ContactId":0}\n{"ContactId":"x"}\n{"ContactId":2}\n{"ContactId":{}}\n{"ContactId":4}\n'


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--skip", "2"], [2, 4]),
        (["--limit", "3"], [0, 2]),
        (["--skip", "1", "--limit", "2"], [2]),
        (["--max-errors", "1"], [0]),
        (["--workers", "2"], [0, 2, 4]),
    ],
)
def test_a_table_of_some_records(options, rows, table):
    """The options of sequences say which records are rows, and in how many processes they are read."""
    _, out, _ = table("c.ndjson", MIXED, "--columns", "contactId", "--to", "parquet", *options)
    assert READ["parquet"](io.BytesIO(out)).to_pylist() == [{"ContactId": row} for row in rows]


def test_a_table_of_compressed_records(table):
    """A compressed file is read as any other, and what is in front of a damage is in the table."""
    body = gzip.compress(MIXED)
    status, out, _ = table("c.ndjson.gz", body, "--columns", "contactId", "--to", "csv")
    assert (status, out.split()) == (1, [b'"ContactId"', b"0", b"2", b"4"])
    status, out, err = table("c.ndjson.gz", body[:-8], "--columns", "contactId", "--to", "csv")
    assert (status, out.split()) == (1, [b'"ContactId"', b"0", b"2", b"4"])
    assert "the gzip data are damaged" in err


def test_a_single_contact_in_damaged_data(table):
    """A document whose end is missing has no row."""
    status, out, err = table("c.json.gz", gzip.compress(b'{"Name":"x"}')[:-8], "--columns", "name", "--to", "csv")
    assert (status, out) == (1, b'"Name"\n')
    assert "the gzip data are damaged" in err


def test_rejects_of_a_table(table, tmp_path):
    """Records without a row are written into the file for bad records, also those that are contacts."""
    body = b'{"Persons":[{"Email":"a"}]}\n{"Persons":5}\n'
    rejects = tmp_path / "rejects.ndjson"
    status, out, _ = table("c.ndjson", body, "--columns", "persons/0/email", "--to", "csv", "--rejects", str(rejects))
    assert (status, out) == (1, b'"Persons/0/Email"\n"a"\n')
    assert rejects.read_bytes() == b'{"Persons":5}\n'


def test_a_table_of_another_carrier(table, tmp_path, monkeypatch):
    """`--carrier` names the class whose properties are columns."""
    (tmp_path / "notes_of_tables.py").write_text("import contactwire\nclass Note(contactwire.Carrier):\n    text: str\n")
    monkeypatch.chdir(tmp_path)
    status, out, err = table("n.ndjson", b'{"Text":"a"}\n{}\n', "--carrier", "notes_of_tables:Note", "--to", "csv")
    assert (status, out) == (1, b'"Text"\n"a"\n')
    assert "n.ndjson:2: /Text: the property is missing" in err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, processes are never copies")
def test_the_processes_of_a_table_are_copies(tmp_path):
    """Processes that make a table are copies of the first one, which import neither its libraries nor a carrier again."""
    note = "import contactwire\nprint('imported', flush=True)\nclass Note(contactwire.Carrier):\n    text: str\n"
    (tmp_path / "notes.py").write_text(note)
    (tmp_path / "n.ndjson").write_bytes(b'{"Text":"a"}\n')
    command = ["-m", "contactwire", "table", "n.ndjson", "--carrier", "notes:Note", "--to", "csv", "--workers", "2"]
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert done.stdout.split() == [b"imported", b'"Text"', b'"a"']


SOON = b'{"CustomFields":{"x":"soon"}}'
WRONG_VALUES = [
    ("c.ndjson", b"%s\n" * 3 % (b'{"Name":1}', b"{}", SOON), [], "/2/CustomFields/x"),
    ("c.json", b"[%s,%s,%s]" % (b'{"Name":1}', b"{}", SOON), [], "/2/CustomFields/x"),
    ("c.json", b"[%s,%s,%s]" % (b'{"Name":1}', b"{}", SOON), ["--skip", "1"], "/2/CustomFields/x"),
    ("c.json", SOON, [], "/CustomFields/x"),
]


@pytest.mark.parametrize(("name", "body", "options", "pointer"), WRONG_VALUES)
def test_the_place_of_a_value_that_does_not_fit(name, body, options, pointer, table):
    """The pointer counts the records of the file, also those that have no row; a document alone has no number."""
    typed = ["--columns", "customFields/x", "--type", "customFields/x=int", "--to", "csv"]
    status, _, err = table(name, body, *typed, *options)
    assert (status, err.splitlines()[-2].startswith(f'{name}: {pointer}: "soon" is no number')) == (1, True)


def test_a_table_that_ends_early_says_so(table):
    """A value that does not fit its column ends the table, which a line says, with the options that keep such values."""
    body = b'{"CustomFields":{"x":"[I:1]"}}\n' * 1000 + SOON
    status, out, err = table("c.ndjson", body, "--columns", "customFields/x", "--to", "csv")
    assert (status, out.count(b"\n")) == (1, 1001)
    ends = "the table ends early, and lacks records; --type PATH=object, or --ticks text for dates, makes the column text"
    assert err.splitlines()[1:] == [f"contactwire: c.ndjson: {ends}"]
    assert table("c.ndjson", body, "--columns", "customFields/x", "--to", "csv", "--type", "customFields/x=object")[0] == 0


def test_rejects_of_a_table_that_ends_early(table, tmp_path):
    """Where a value does not fit its column, the file of bad records is closed nevertheless."""
    rejects = tmp_path / "rejects.json"
    options = ["--columns", "customFields/x", "--type", "customFields/x=int", "--to", "csv", "--rejects", str(rejects)]
    assert table("c.json", b'[{"Name":1},%s]' % SOON, *options)[0] == 1
    assert rejects.read_bytes() == b'[{"Name":1}]'
