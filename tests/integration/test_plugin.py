"""A codec from an installed package, with real entry points in a virtual environment."""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

PLUGIN = Path(__file__).with_name("plugin")

PROGRAM = """
import json, sys, warnings
import contactwire
assert "contactwire_messagepack" not in sys.modules
contactwire.decode(b"{}")
assert "contactwire_messagepack" not in sys.modules, "a look-up that succeeds reads no entry points"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    body = contactwire.encode(contactwire.ContactEntity(name="x", deleted=None), "application/msgpack")
contact = contactwire.decode(body, "application/vnd.msgpack; x=y")
print(json.dumps({
    "body": body.hex(), "name": contact.name, "deleted": contact.deleted,
    "warnings": [f"{w.category.__name__}: {w.message}" for w in caught],
    "json": type(contactwire.default_registry.find("application/json")).__name__,
    "types": contactwire.default_registry.media_types[-2:],
}))
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """The output of the program in an environment with the plug-in."""
    folder = tmp_path_factory.mktemp("plugin")
    environment = folder / "venv"
    venv.create(environment)
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    site = sysconfig.get_path("purelib", vars={"base": str(environment)})
    # The packages of this environment, so that nothing needs to be downloaded.
    inherited = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    Path(site, "inherited.pth").write_text(inherited, encoding="utf-8")
    shutil.copytree(PLUGIN, folder / "package")
    install = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", folder / "package"]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, *install], check=True, capture_output=True)
    done = subprocess.run([python, "-c", PROGRAM], check=True, capture_output=True, text=True, cwd=folder)
    return json.loads(done.stdout)


def test_a_look_up_that_misses_finds_an_installed_codec(outcome):
    """A media type that only a plug-in has is written and read by the plug-in."""
    assert bytes.fromhex(outcome["body"]) == b"\x82\xa4Name\xa1x\xa7Deleted\xc0"
    assert (outcome["name"], outcome["deleted"]) == ("x", None)
    assert outcome["types"] == ["application/vnd.msgpack", "application/msgpack"]


def test_a_broken_plug_in_is_named_in_a_warning(outcome):
    """A plug-in that cannot be loaded is left out with a warning, and the others work."""
    broken, greedy = sorted(outcome["warnings"])
    assert broken.startswith("RuntimeWarning: the codec plug-in 'broken' of contactwire-messagepack")
    assert "absent" in broken
    assert "'greedy'" in greedy


def test_a_plug_in_takes_nothing_over(outcome):
    """A plug-in cannot replace the codec of a media type."""
    assert outcome["json"] == "JsonCodec"
