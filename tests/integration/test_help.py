"""What `help` shows of public names has no addresses of objects in it."""

import importlib
import inspect
import pkgutil
import pydoc
import re
from datetime import datetime
from pathlib import Path

import pytest

import contactwire
from contactwire import UNSET, Carrier, CodecRegistry, Maybe, decode, default_registry, encode

ROOT = Path(contactwire.__file__).parent
FORMATS = [f"contactwire.codecs.{name}" for name in ("json", "xml", "form", "patches")]
DOORS = [
    "contactwire",
    *(f"contactwire.{module.name}" for module in pkgutil.iter_modules([str(ROOT)]) if module.name != "__main__"),
    *FORMATS,
]
# Signatures of methods from attrs and the standard library; from Python 3.13 on, a long one takes many lines.
FOREIGN = re.compile(
    r"__getattr__\([^()]*item,.*?original_getattr=.*?\)$|pop\(self, key, default=<object object[^)]*\)",
    re.DOTALL | re.MULTILINE,
)


def public_names():
    """Every class and function that a public module lists, once, by its first name."""
    found = {}
    for door in DOORS:
        module = importlib.import_module(door)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if isinstance(value, type) or inspect.isroutine(value):
                found.setdefault(value, f"{door}.{name}")
    return [pytest.param(value, id=name) for value, name in found.items()]


@pytest.mark.parametrize("value", public_names())
def test_help_shows_no_addresses(value):
    """The help of a public class or function shows no address of an object, in its methods and defaults either."""
    text = FOREIGN.sub("", pydoc.plain(pydoc.render_doc(value)))
    assert [line for line in text.splitlines() if " at 0x" in line] == []


def test_help_shows_no_addresses_of_what_is_kept_for_a_class():
    """The help of a carrier class stays the same when the class has been used, for which functions are kept with it."""

    class Used(Carrier):
        """A carrier of this test."""

        text: Maybe[str] = UNSET
        moment: Maybe[datetime] = UNSET

    before = pydoc.plain(pydoc.render_doc(Used))
    for media_type in ("application/json", "application/xml", "application/x-www-form-urlencoded"):
        decode(encode(Used(text="a", moment=datetime(2020, 1, 1)), media_type, select="text"), media_type, type=Used)
    assert pydoc.plain(pydoc.render_doc(Used)) == before
    assert " at 0x" not in before


def test_help_on_decode_says_what_comes_back():
    """The help of `decode` names the result for each kind of document, and shortens the default registry."""
    text = pydoc.plain(pydoc.render_doc(decode))
    # From Python 3.14 on, annotations have no quotes around them.
    assert "registry: CodecRegistry = <CodecRegistry of" in text.replace("'", "")
    for result in ("`ContactEntity`", "`list[Carrier]`", "`JsonPatch`", "`MergePatch`"):
        assert result in text


def test_a_registry_says_how_much_it_knows():
    """The repr of a registry has the number of its media types."""
    assert repr(CodecRegistry()) == "<CodecRegistry of 0 media types>"
    assert repr(default_registry.copy()) == f"<CodecRegistry of {len(default_registry.media_types)} media types>"
