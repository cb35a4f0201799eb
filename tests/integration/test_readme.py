"""The README's examples print what it says, and its commands work."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from contactwire import JsonCodec, decode, encode
from contactwire.client import ContactClient
from contactwire.codecs import FORMATS
from contactwire.errors import PreconditionFailed
from contactwire.golden import ALL
from contactwire.wsgi import ContactApplication

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


def test_examples():
    """Every example of the README prints the output shown there."""
    parser = doctest.DocTestParser()
    examples = re.sub(r"```", "", TEXT)
    test = parser.get_doctest(examples, {"__name__": "__main__"}, "README.md", str(README), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
    assert runner.tries >= 20


def test_the_limits():
    """The table of limits has the defaults of codecs and of applications."""
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+) \|", TEXT, re.MULTILINE)
    host, codec = ContactApplication({}.get, lambda contact: None).host, JsonCodec()
    applied = {**attrs.asdict(host.endpoint.registry.find("application/json")), "max_bytes": host.max_bytes}
    names = [name for name in attrs.asdict(codec) if name.startswith("max_")]
    expected = [(name, f"{getattr(codec, name):,}", f"{applied[name]:,}") for name in names]
    assert rows == expected


def command(name):
    """The command below a marker of the README."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.+)\n```", TEXT)
    assert found, name
    return found[1]


def test_the_main_job():
    """The command at the end of the first example converts the payload."""
    words = shlex.split(command("main job").rpartition("&&")[2])
    assert words[0] == ".venv/bin/contactwire"
    done = subprocess.run([sys.executable, "-m", "contactwire", *words[1:]], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.startswith(b'{\n  "ContactId": 763,\n  "Name": "Block Group",')


def test_the_table_of_formats():
    """The README's table has every format with its media types, suffixes and codec, and no other."""
    table = re.search(r"\| format \| media types \| suffixes \| codec \|\n\| --- [^\n]+\n((?:\|[^\n]+\n)+)", TEXT)
    assert table
    rows = [[re.findall("`([^`]+)`", cell) for cell in line[1:-1].split("|")] for line in table[1].splitlines()]
    expected = [[[f.name], [*f.media_types], [*f.suffixes], [f.codec_class]] for f in FORMATS.values()]
    assert rows == expected


def recipe_code(name):
    """The code of a recipe."""
    found = re.search(rf"<!-- recipe: {name} -->\n```python\n(.+?)```", TEXT, re.DOTALL)
    assert found, name
    return found[1]


def recipe(name, **replacements):
    """The names that a recipe's code defines, run with some of its text replaced."""
    code = recipe_code(name)
    for old, new in replacements.items():
        assert RECIPE_TEXTS[old] in code
        code = code.replace(RECIPE_TEXTS[old], new)
    namespace: dict[str, object] = {"__name__": name}
    exec(compile(code, f"README.md, {name}", "exec", dont_inherit=True), namespace)
    return namespace


RECIPE_TEXTS = {"address": "http://127.0.0.1:8000", "database": "contacts.sqlite"}


def test_the_fastapi_and_client_recipes(serve_asgi, tmp_path):
    """The client recipe changes a contact on the server of the FastAPI recipe."""
    server = recipe("fastapi", database=str(tmp_path / "contacts.sqlite"))
    client = recipe("client", address=serve_asgi(server["app"]))
    assert (client["contact"].name, client["contact"].department) == ("Elan Hoppski AS", "Oslo")
    assert server["store"].load(1).name == "Elan Hoppski AS"
    server["store"].close()


def test_the_flask_recipe(serve_wsgi):
    """The client recipe changes a contact on the server of the Flask recipe."""
    server = recipe("flask")
    recipe("client", address=serve_wsgi(server["app"]))
    assert server["contacts"][1].name == "Elan Hoppski AS"


def test_the_recipes_lose_no_update(serve_wsgi):
    """Of two clients that put back the same contact to the Flask recipe within one second, the second one gets a 412."""
    server = recipe("flask")
    with ContactClient(f"{serve_wsgi(server['app'])}/crm") as client:
        one, other = client.get(1), client.get(1)
        one.department, other.org_nr = "Oslo", "1"
        client.put(one)
        with pytest.raises(PreconditionFailed):
            client.put(other)
    assert server["contacts"][1].department == "Oslo"


def test_the_dask_recipe(tmp_path):
    """The Dask recipe, run as a script, writes what one process makes of the same lines, bad records included."""
    (tmp_path / "parts").mkdir()
    bodies = [encode(decode(body)).decode() for body in ALL.values()]
    for number in range(3):
        lines = [*bodies, '{"Name": 5}', "{", f'{{"Name":"n{number}"}}']
        (tmp_path / "parts" / f"{number}.ndjson").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (tmp_path / "script.py").write_text(recipe_code("dask"), encoding="utf-8")
    subprocess.run([sys.executable, "script.py"], cwd=tmp_path, check=True, capture_output=True)
    shorten = recipe("dask")["shorten"]
    parts, written = ([*sorted((tmp_path / folder).iterdir())] for folder in ("parts", "short"))
    assert [part.name for part in parts] == [part.name for part in written]
    for part, short in zip(parts, written, strict=True):
        with part.open(encoding="utf-8", newline="\n") as lines:
            assert short.read_text(encoding="utf-8").rstrip("\n").split("\n") == [shorten(line) for line in lines]


@pytest.mark.parametrize("name", ["main job", "tests"])
def test_commands_bring_their_own_environment(name):
    """Each command of the README is one line that makes the environment it uses."""
    assert command(name).startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert "\n" not in command(name)


def test_links_lead_somewhere():
    """Every relative link of the README names a file."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
