"""The tables of the guide agree with the code."""

import ast
import importlib
import inspect
import re
import typing

import attrs
import pytest

import contactwire
from contactwire import errors
from contactwire.cli import Status
from contactwire.codecs import FORMATS

CODECS = list(dict.fromkeys(known.codec_class for known in FORMATS.values()))


def table(page, heading=""):
    """The rows of the first table of a page, or of the first one under a heading, each as its cells."""
    text = importlib.import_module(f"contactwire.guide.{page}").__doc__
    found = re.search(r"^\| --- .*\n((?:\|.*\n)+)", text[text.index(heading) :], re.MULTILINE)
    return [[cell.strip() for cell in row[1:-1].split(" | ")] for row in found[1].splitlines()]


def values(cell):
    """The Python values between backticks in a cell."""
    return [ast.literal_eval(text) for text in re.findall(r'`(".*?"|[\w.]+)`', cell) if not text.startswith("contactwire")]


@pytest.mark.parametrize("codec", CODECS)
def test_the_options_of_codecs(codec):
    """The table of each codec has all its options with their defaults and their words."""
    cls = getattr(contactwire, codec)
    hints = typing.get_type_hints(cls)
    rows = table("codecs", f"# `contactwire.{codec}`")
    options = [field for field in attrs.fields(cls) if field.init]
    assert [name.strip("`") for name, _, _ in rows] == [field.name for field in options]
    for field, (_, default, takes) in zip(options, rows, strict=True):
        assert values(default) == [field.default]
        if typing.get_origin(hints[field.name]) is typing.Literal:
            assert values(takes) == list(typing.get_args(hints[field.name]))


def test_the_dialects():
    """The table of XML's options has each dialect."""
    (dialects,) = [takes for name, _, takes in table("codecs", "# `contactwire.XmlCodec`") if name == "`dialect`"]
    assert values(dialects) == list(FORMATS["xml"].variants)


def test_the_limits():
    """The table of limits has every limit of each codec, with its default."""
    limits = {
        (field.name, field.default)
        for codec in CODECS
        for field in attrs.fields(getattr(contactwire, codec))
        if field.name.startswith("max_")
    }
    assert {(name.strip("`"), int(default.replace(",", ""))) for name, default, _ in table("limits")} == limits


def test_the_statuses_of_errors():
    """The table of errors has every error class under its status."""
    classes = [getattr(errors, name) for name in errors.__all__]
    raised = [cls for cls in classes if inspect.isclass(cls) and issubclass(cls, errors.ContactWireError)]
    expected = {(cls.status, cls.__name__) for cls in raised if cls not in (errors.ContactWireError, errors.HttpError)}
    rows = table("errors")
    assert {(int(status), name) for status, names in rows for name in re.findall("`(.*?)`", names)} == expected
    assert [int(status) for status, _ in rows] == sorted({status for status, _ in expected})


def test_the_exit_statuses():
    """The table has each status that a command ends with."""
    assert [int(status) for status, _ in table("command_line", "# Exit statuses")] == list(Status)
