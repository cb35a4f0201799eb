"""From carriers to markup and text, by functions that are generated for each class.

The functions append to one list of strings, in which markup and text alternate: `["<Name>", "Elan & Co", "</Name>", ""]`.
`text.join` then checks and escapes all texts at once, and joins the list.

`Writers` holds what a dialect needs. For each class it has a `Writer`, whose function is generated at the first use
(`source`). A generated function calls methods of this module for rare values, such as a carrier of a derived class. The
first value that cannot be written raises an error; `faults` then lists all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from contactwire.builtins import write_extras
from contactwire.codecs.text_values import loose_text, text_writer, with_blanks
from contactwire.codecs.xml.dialects import Dialect, member_name, prefixes_of, root_name, type_name
from contactwire.codecs.xml.generated import made_of
from contactwire.codecs.xml.lines import Markup
from contactwire.codecs.xml.source import source_of
from contactwire.codecs.xml.text import as_utf8
from contactwire.codecs.xml.unknown import write_unknown
from contactwire.errors import EncodeError, Issue
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    STRING,
    CarrierPlan,
    EnumerationKind,
    FieldPlan,
    FlagsKind,
    NestedKind,
    is_carrier,
    is_view,
    kept_on_plan,
    plan_of,
)

__all__ = ["Writers", "root_attributes", "writers"]

Write = Callable[[Any, list[str], int, str], str]
"""Appends a value to the list of markup and text.

Takes the value, the list, how many more levels may nest, and the markup in front of the value; returns the markup behind its
last text. Raises `EncodeError` for a value that cannot be written.
"""
Spell = Callable[[Any], str]


@lru_cache(maxsize=64)
def root_attributes(dialect: Dialect) -> str:
    """The attributes by which the root declares namespaces."""
    declared = [] if dialect.namespace is None else [("xmlns", dialect.namespace)]
    declared += [(f"xmlns:{prefix}", namespace) for namespace, prefix in prefixes_of(dialect).items()]
    return "".join(f' {name}="{_attribute(value)}"' for name, value in declared)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@lru_cache(maxsize=16)
def writers(dialect: Dialect, validate: bool) -> Writers:
    """The writers of carriers in a dialect; with `validate` they refuse values of a wrong type or range."""
    return Writers(dialect, validate)


class Writers:
    """Writes documents in one dialect."""

    def __init__(self, dialect: Dialect, validate: bool) -> None:
        self.dialect, self.validate = dialect, validate
        self._nil, self._omits = f' {dialect.xsi_prefix}:nil="true"', dialect.nulls == "omit"
        self.helpers: Mapping[str, Any] = {
            "check_view": _check_view,
            "spell_key": _spell_key,
            "spell_timestamp": _spell_timestamp,
            "unwritable": _unwritable,
            "write_extras": self._write_extras,
        }
        """The functions that any generated function may call, by name."""

    def document(self, value: Any, max_depth: int) -> list[str]:
        """The markup and text of a carrier, or of a list of carriers; raises `EncodeError` if it cannot be written."""
        out: list[str] = []
        self.element(value, out, max_depth, root_attributes(self.dialect))
        return out

    def element(self, value: Any, out: list[str], levels: int, attributes: str = "") -> None:
        """Append the element of the root, or of an item if the document is a list."""
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
        return _writers_on(plan_of(cls))(self.dialect, self.validate)

    def markup(self, tag: str, before: str = "", after: str = "", *, omissible: bool = False) -> Markup:
        """The markup of an element, between other markup `before` and `after` it; if `omissible`, null may be no element."""
        null = "" if omissible and self._omits else f"<{tag}{self._nil}/>"
        return Markup(*map(as_utf8, (f"{before}<{tag}>", f"</{tag}>{after}", f"{before}{null}{after}")))

    def member(self, plan: CarrierPlan, field: FieldPlan) -> Markup:
        """The markup of a property's element."""
        omissible = field.keeps_absence or field.default is None
        return self.markup(member_name(plan, field, self.dialect).tag, omissible=omissible)

    def speller(self, kind: Any) -> Spell:
        """The function that turns a scalar into text; it raises `EncodeError` for a wrong value."""
        exact: Spell = text_writer(kind) if self.validate else partial(loose_text, kind)
        if isinstance(kind, FlagsKind):
            return with_blanks(kind, exact)
        is_text = kind == STRING or (isinstance(kind, EnumerationKind) and kind.open)
        return (lambda value: value if isinstance(value, str) else exact(value)) if is_text else exact

    def nested(self, kind: NestedKind, markup: Markup) -> Write:
        """The function that writes the element of a carrier whose class may derive from the one that its kind names."""

        def write(value: Any, out: list[str], levels: int, before: str) -> str:
            if not isinstance(value, kind.carrier):
                raise _unwritable(kind.expected, value)
            after: str = self.of(type(value)).write(value, out, levels, before + markup.start)
            return after + markup.end

        return write

    def _write_extras(self, carrier: Any, out: list[str], levels: int, before: str) -> str:
        members = write_extras(carrier.extras, plan_of(type(carrier)), levels)
        unknown: list[str] = []
        write_unknown(members, unknown, self._nil, omits=self._omits)
        unknown[::2] = map(as_utf8, unknown[::2])
        out += (before, "", *unknown)
        return ""


class Writer:
    """Writes carriers of one class, as elements named `tag`."""

    def __init__(self, plan: CarrierPlan, dialect: Dialect, validate: bool) -> None:
        self.tag = as_utf8(type_name(NestedKind(plan.carrier), dialect).tag)
        self.write: Write = self._make_and_write
        self._plan, self._options = plan, (dialect, validate)

    def _make_and_write(self, carrier: Any, out: list[str], levels: int, before: str) -> str:
        # At the first use, since the class may hold itself.
        source = source_of(self._plan, writers(*self._options))
        write: Write = made_of(str(source), f"XML of {self.tag}", source.names)
        self.write = write
        return write(carrier, out, levels, before)


@kept_on_plan
def _writers_on(plan: CarrierPlan) -> Callable[[Dialect, bool], Writer]:
    """The function that returns the writer of a class for a dialect, with or without validation."""
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
