"""From carriers to markup and text, by functions that are generated for each class.

The functions append to one list of strings, in which markup and text alternate: `["<Name>", "Elan & Co", "</Name>", ""]`.
`text.join` then checks and escapes all texts at once, and joins the list.

`Writers` holds what a dialect needs. For each class it has a `Writer`, whose function is generated at the first use
(`source`). A generated function calls methods of this module for rare values, such as a carrier of a derived class. The
first value that cannot be written raises an error; `faults` then lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import attrs

from contactwire.builtins import write_extras
from contactwire.codecs.xml.dialects import Dialect, prefixes_of, root_name, type_name
from contactwire.codecs.xml.generated import made_of
from contactwire.codecs.xml.lines import Lines
from contactwire.codecs.xml.source import add_source
from contactwire.codecs.xml.text import as_utf8
from contactwire.codecs.xml.unknown import write_unknown
from contactwire.errors import EncodeError, Issue
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    CarrierPlan,
    NestedKind,
    is_carrier,
    is_view,
    kept_on_plan,
    plan_of,
)

__all__ = ["Writers", "root_attributes"]

Write = Callable[[Any, list[str], int, str], str]
"""Appends a value to the list of markup and text.

Takes the value, the list, how many more levels may nest, and the markup in front of the value; returns the markup behind its
last text. Raises `EncodeError` for a value that cannot be written.
"""


@lru_cache(maxsize=64)
def root_attributes(dialect: Dialect) -> str:
    """The attributes by which the root declares namespaces."""
    declared = [] if dialect.namespace is None else [("xmlns", dialect.namespace)]
    declared += [(f"xmlns:{prefix}", namespace) for namespace, prefix in prefixes_of(dialect).items()]
    return "".join(f' {name}="{_attribute(value)}"' for name, value in declared)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@attrs.frozen
class Writers:
    """Writes documents in one dialect; with `validate` it refuses values of a wrong type or range."""

    dialect: Dialect
    validate: bool

    def element(self, value: Any, out: list[str], levels: int, attributes: str = "") -> None:
        """Append the element of a carrier, or of a list of carriers, with `attributes` in its start tag.

        Raises `EncodeError` at the first value that cannot be written.
        """
        if is_carrier(type(value)):
            writer = self.of(type(value))
            before = writer.write(value, out, levels, f"<{writer.tag}{as_utf8(attributes)}>")
            out += (f"{before}</{writer.tag}>", "")
        elif isinstance(value, list) and levels > 0:
            tag = as_utf8(root_name(value, self.dialect).tag)
            out += (f"<{tag}{as_utf8(attributes)}>", "")
            for item in value:
                self.element(item, out, levels - 1)
            out += (f"</{tag}>", "")
        else:
            raise _unwritable("a carrier or a list of carriers", value)

    def of(self, cls: type) -> Writer:
        """The writer of a carrier class."""
        return _writers_on(plan_of(cls))(self)

    def lines(self) -> Lines:
        """The source of a new function without its statements, with the functions that they may call by name."""
        names = {
            "check_view": _check_view,
            "spell_key": _spell_key,
            "spell_timestamp": _spell_timestamp,
            "unwritable": _unwritable,
            "write_extras": self._write_extras,
            "writer_of": self._writer_of,
        }
        return Lines(self.dialect, self.validate, self.of, names)

    def _writer_of(self, value: Any, kind: NestedKind) -> Writer:
        """The writer of a carrier whose class may derive from the one that its kind names."""
        if not isinstance(value, kind.carrier):
            raise _unwritable(kind.expected, value)
        return self.of(type(value))

    def _write_extras(self, carrier: Any, out: list[str], levels: int, before: str) -> str:
        members = write_extras(carrier.extras, plan_of(type(carrier)), levels)
        unknown: list[str] = []
        nil = f' {self.dialect.xsi_prefix}:nil="true"'
        write_unknown(members, unknown, nil, omits=self.dialect.nulls == "omit")
        unknown[::2] = map(as_utf8, unknown[::2])
        out += (before, "", *unknown)
        return ""


class Writer:
    """Writes carriers of one class, as elements named `tag`."""

    def __init__(self, plan: CarrierPlan, writers: Writers) -> None:
        self.tag = as_utf8(type_name(NestedKind(plan.carrier), writers.dialect).tag)
        self.write: Write = self._make_and_write
        self._plan, self._writers = plan, writers

    def _make_and_write(self, carrier: Any, out: list[str], levels: int, before: str) -> str:
        # At the first use, since the class may hold itself.
        lines = self._writers.lines()
        add_source(lines, self._plan)
        write: Write = made_of(str(lines), f"XML of {self.tag}", lines.names)
        self.write = write
        return write(carrier, out, levels, before)


@kept_on_plan
def _writers_on(plan: CarrierPlan) -> Callable[[Writers], Writer]:
    """The function that returns the writer of a class for its dialect, with or without validation."""
    return lru_cache(maxsize=16)(partial(Writer, plan))


def _check_view(carrier: Any) -> None:
    """Refuse a carrier without a required property, unless a selection returned it."""
    if not is_view(carrier):
        raise _unwritable("all required properties", carrier)


def _spell_timestamp(value: Timestamp) -> str:
    try:
        return format_timestamp(value)
    except ValueError:
        raise _unwritable("date-time", value) from None


def _spell_key(key: Any) -> str:
    if not isinstance(key, str):
        raise _unwritable("string", key)
    return key


def _unwritable(expected: str, value: object) -> EncodeError:
    return EncodeError([Issue.of_value(expected, value)])
