"""Work that is spread over processes by dask gives what one process gives."""

import re
from importlib import import_module
from pathlib import Path

import dask.bag
import pyarrow.parquet
import pytest
from distributed import Client, LocalCluster

from contactwire import ContactEntityWithLinks, JsonCodec, Selection, decode, encode
from contactwire.errors import ContactWireError
from contactwire.golden import ALL
from contactwire.tables import to_table

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning")

CODEC = JsonCodec(duplicates="error")
SELECTION = Selection.parse("name,persons/firstname,customFields/x")


def shorten(contact: ContactEntityWithLinks) -> ContactEntityWithLinks:
    """Change a contact, and select from it."""
    contact.name = str(contact.name).upper()
    return SELECTION.apply(contact, unselected="omit")


def outcome(line: str) -> str:
    """A record's line, changed, or what is wrong with it."""
    try:
        return encode(shorten(CODEC.decode(line, ContactEntityWithLinks))).decode()
    except ContactWireError as error:
        return repr(error.to_builtins())


def lines(path: Path) -> list[str]:
    """The records of an NDJSON file; a line ends at LF alone, not at U+2028 as `splitlines` has it."""
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """A folder of NDJSON parts, with a bad record in each."""
    folder = tmp_path_factory.mktemp("parts")
    for number in range(4):
        bodies = [
            *(encode(decode(body)).decode() for body in ALL.values()),
            '{"Name": 5}',
            "{",
            f'{{"Name":"n{number}","CustomFields":{{"x":"1"}}}}',
        ]
        (folder / f"{number}.ndjson").write_text("\n".join(bodies * 5) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes on this machine."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_a_bag_gives_what_one_process_gives(parts, cluster, tmp_path):
    """Lines that workers decode, change and encode are those of a single process, in order, bad records included."""
    expected = [outcome(line) for path in sorted(parts.iterdir()) for line in lines(path)]
    bag = dask.bag.read_text(str(parts / "*.ndjson"), encoding="utf-8").map(str.rstrip, "\n").map(outcome)
    written = bag.to_textfiles(str(tmp_path / "*.ndjson"), encoding="utf-8")
    got = [line for path in sorted(map(Path, written)) for line in lines(path)]
    assert got == expected
    assert sum("ErrorType" in line for line in got) == 40


def test_contacts_travel_between_workers(parts, cluster):
    """Carriers, codecs, selections and errors go to workers and come back whole."""
    contacts = [decode(body, type=ContactEntityWithLinks) for body in ALL.values()]
    assert cluster.gather(
        cluster.map(shorten, [decode(body, type=ContactEntityWithLinks) for body in ALL.values()])
    ) == list(map(shorten, contacts))
    error = cluster.submit(CODEC.decode, "{").exception()
    with pytest.raises(ContactWireError) as caught:
        CODEC.decode("{")
    assert error == caught.value


def test_parts_become_tables(cluster, tmp_path, monkeypatch):
    """The guide's recipe, on two workers, writes for each part of NDJSON the table that one process makes of it."""
    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(4):
        bodies = [*ALL.values(), *(f'{{"ContactId":{number},"CustomFields":{{"X":"[I:{each}]"}}}}' for each in range(5))]
        (folder / f"{number}.ndjson").write_bytes(b"\n".join(encode(decode(body)) for body in bodies))
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "recipe", "Path": Path}
    exec(RECIPE.replace('Path("parts")', f"Path({str(folder)!r})"), names)
    written = [pyarrow.parquet.read_table(path) for path in sorted(folder.glob("*.parquet"))]
    expected = [
        to_table(map(decode, lines(path)), "contactId,name,customFields/x", types={"customFields/x": int})
        for path in sorted(folder.glob("*.ndjson"))
    ]
    assert [table.equals(other) for table, other in zip(written, expected, strict=True)] == [True] * 4
    assert names["rows"] == sum(table.num_rows for table in expected)
    assert written[0].schema == written[3].schema


RECIPE = re.search(
    r"<!-- recipe: dask -->\n```python\n(.+?)```", import_module("contactwire.guide.tables").__doc__, re.DOTALL
)[1]
