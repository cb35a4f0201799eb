"""Writing: from carriers to markup, by one walk over the plan.

What is written is collected in one list of strings, markup and text by turns: `[b"<Name>", "Elan & Co", b"</Name>", ""]`.
Properties that stand side by side and are all scalars are appended as one run. Text is looked at, escaped and encoded when
the list is put together, all at once (`text.join`).

The walk stops at the first value that cannot be written; `faults.faults` then finds every one.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from contactwire.builtins import write_extras
from contactwire.codecs._text_values import text_writer
from contactwire.codecs.xml.dialects import Dialect, item_name, member_order, root_name
from contactwire.codecs.xml.names import XSI, encode_name
from contactwire.codecs.xml.unknown import write_unknown
from contactwire.errors import EncodeError, Issue, shorten
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    BOOLEAN,
    DATE_TIME,
    STRING,
    UNSET,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    is_carrier,
    plan_of,
)

__all__ = ["Writers", "root_attributes", "writers"]

Write = Callable[[Any, list[Any], int], None]
"""Appends a value, `room` levels deep at most, to the list of markup, in bytes, and text."""
Markup = tuple[bytes, bytes, bytes]
"""The start tag and the end tag of an element, and the element that is null."""
Spell = Callable[[Any], str]
Step = tuple[str, Write]
"""An attribute and what writes its value, or "" and what writes several of the carrier's."""


@lru_cache(maxsize=64)
def root_attributes(dialect: Dialect) -> str:
    """The namespaces that the root declares."""
    declared = [] if dialect.namespace is None else [("xmlns", dialect.namespace)]
    declared.append((f"xmlns:{dialect.xsi_prefix}", XSI))
    if dialect.arrays_namespace is not None:
        declared.append((f"xmlns:{dialect.arrays_prefix}", dialect.arrays_namespace))
    return "".join(f' {name}="{_attribute(value)}"' for name, value in declared)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@lru_cache(maxsize=16)
def writers(dialect: Dialect, validate: bool) -> Writers:
    """What writes carriers in a dialect; with `validate` numbers are held to their range."""
    return Writers(dialect, validate)


class Writers:
    """Writes documents in one dialect, and keeps what writes a class as long as the class lives."""

    def __init__(self, dialect: Dialect, validate: bool) -> None:
        self._dialect, self._validate = dialect, validate
        self._nil = f' {dialect.xsi_prefix}:nil="true"'
        self._carriers: weakref.WeakKeyDictionary[type, _Carrier] = weakref.WeakKeyDictionary()
        self._lock = threading.RLock()

    def document(self, value: Any, max_depth: int) -> list[Any]:
        """The markup and text of a carrier, or of a list of carriers; raises `EncodeError` for what cannot be written."""
        out: list[Any] = []
        self.element(value, out, max_depth, root_attributes(self._dialect))
        return out

    def element(self, value: Any, out: list[Any], room: int, attributes: str = "") -> None:
        """Append the element of a document's root, or of an item of a list that is one."""
        if is_carrier(type(value)):
            made = self.of(type(value))
            out += (f"<{made.tag}{attributes}>".encode(), "")
            made.write(value, out, room)
            out += (f"</{made.tag}>".encode(), "")
        elif isinstance(value, list) and room > 0:
            tag = root_name(value)
            out += (f"<{tag}{attributes}>".encode(), "")
            for item in value:
                self.element(item, out, room - 1)
            out += (f"</{tag}>".encode(), "")
        else:
            raise _unwritable("a carrier or a list of carriers", value)

    def of(self, cls: type) -> _Carrier:
        """What writes carriers of a class."""
        made = self._carriers.get(cls)
        if made is None:
            with self._lock:
                making: dict[type, _Carrier] = {}
                self._carrier(cls, making)
                # Others see them when they are complete.
                for each, made in making.items():
                    self._carriers.setdefault(each, made)
                made = self._carriers[cls]
        return made

    def _carrier(self, cls: type, making: dict[type, _Carrier]) -> _Carrier:
        """What writes a class; of those that are in the `making` one may be asked before it knows its properties."""
        made = self._carriers.get(cls) or making.get(cls)
        if made is None:
            plan = plan_of(cls)
            made = making[cls] = _Carrier(encode_name(plan.name), self._nil)
            for is_run, fields in groupby(member_order(plan, self._dialect), lambda field: _is_scalar(field.kind)):
                if is_run:
                    made.steps.append(("", self._run(list(fields))))
                else:
                    made.steps += [(field.attribute, self._property(field, making)) for field in fields]
        return made

    def _property(self, field: FieldPlan, making: dict[type, _Carrier]) -> Write:
        return self._element(self._markup(encode_name(field.name)), field.kind, making)

    def _markup(self, tag: str, before: str = "", after: str = "") -> Markup:
        start, end, null = f"<{tag}>", f"</{tag}>", f"<{tag}{self._nil}/>"
        return (before + start).encode(), (end + after).encode(), (before + null + after).encode()

    def _run(self, fields: list[FieldPlan]) -> Write:
        """What writes the scalar properties of a carrier that stand side by side."""
        get = attrgetter(*(field.attribute for field in fields))
        markup = [self._markup(encode_name(field.name)) for field in fields]
        exact = [self._speller(field.kind) for field in fields]
        others = [
            (index, _usual(field.kind, exact[index])) for index, field in enumerate(fields) if not _is_text(field.kind)
        ]
        # Where all are there, an end tag and the start tag behind it are one piece.
        ends = [b"", *(end for _, end, _ in markup)]
        whole = [piece for before, (start, _, _) in zip(ends, markup, strict=False) for piece in (before + start, "")]
        whole += [ends[-1], ""]

        def write(carrier: Any, out: list[Any], room: int) -> None:
            values: list[Any] = [*get(carrier)] if len(markup) > 1 else [get(carrier)]
            for index, spell in others:
                values[index] = spell(values[index])
            try:
                "".join(values)
            except TypeError:
                one_by_one(values, out)
            else:
                run = whole.copy()
                run[1:-1:2] = values
                out += run

        def one_by_one(values: list[Any], out: list[Any]) -> None:
            for value, (start, end, null), spell in zip(values, markup, exact, strict=True):
                if value is None:
                    out += (null, "")
                elif value is not UNSET:
                    out += (start, value if type(value) is str else spell(value), end, "")

        return write

    def _speller(self, kind: Any) -> Spell:
        """What makes text of a scalar; it raises `EncodeError` for a wrong one."""
        exact = text_writer(kind) if self._validate else partial(_loose_text, kind)
        return (lambda value: value if isinstance(value, str) else exact(value)) if _is_text(kind) else exact

    def _element(self, markup: Markup, kind: Kind, making: dict[type, _Carrier], nullable: bool = True) -> Write:
        """What writes an element of a kind, and one that is null if it may be."""
        match kind:
            case NestedKind():
                write = self._nested(markup, kind, self._carrier(kind.carrier, making))
            case ListKind():
                write = self._list(markup, kind, making)
            case DictionaryKind():
                write = self._dictionary(markup, kind, making)
            case _:
                write = _scalar(markup, self._speller(kind))
        return _or_null(markup[2], write) if nullable else write

    def _nested(self, markup: Markup, kind: NestedKind, made: _Carrier) -> Write:
        cls, expected, (start, end, _) = weakref.ref(kind.carrier), kind.expected, markup

        def write(value: Any, out: list[Any], room: int) -> None:
            if type(value) is cls():
                known = made
            elif isinstance(value, cls()):  # type: ignore[arg-type]
                known = self.of(type(value))
            else:
                raise _unwritable(expected, value)
            out += (start, "")
            known.write(value, out, room)
            out += (end, "")

        return write

    def _list(self, markup: Markup, kind: ListKind, making: dict[type, _Carrier]) -> Write:
        start, end, _ = markup
        item = self._element(self._markup(item_name(kind, self._dialect).tag), kind.item, making, kind.nullable)
        expected = kind.expected

        def write(value: Any, out: list[Any], room: int) -> None:
            if not isinstance(value, list) or room < 1:
                raise _unwritable(expected, value)
            out += (start, "")
            for each in value:
                item(each, out, room - 1)
            out += (end, "")

        return write

    def _dictionary(self, markup: Markup, kind: DictionaryKind, making: dict[type, _Carrier]) -> Write:
        start, end, _ = markup
        name, expected = item_name(kind, self._dialect), kind.expected
        prefix = f"{name.prefix}:" if name.prefix else ""
        entry = f"<{name.tag}><{prefix}Key>".encode()
        inside = self._markup(f"{prefix}Value", before=f"</{prefix}Key>", after=f"</{name.tag}>")
        item = self._element(inside, kind.item, making, kind.nullable)

        def write(value: Any, out: list[Any], room: int) -> None:
            if not isinstance(value, dict) or room < 1:
                raise _unwritable(expected, value)
            out += (start, "")
            for key, each in value.items():
                out += (entry, key if isinstance(key, str) else _no_key(key))
                item(each, out, room - 1)
            out += (end, "")

        return write


def _or_null(null: bytes, write: Write) -> Write:
    def write_or_null(value: Any, out: list[Any], room: int) -> None:
        if value is None:
            out += (null, "")
        else:
            write(value, out, room)

    return write_or_null


def _scalar(markup: Markup, spell: Spell) -> Write:
    start, end, _ = markup

    def write(value: Any, out: list[Any], room: int) -> None:
        out += (start, spell(value), end, "")

    return write


class _Carrier:
    """Writes carriers of one class, as elements named `tag`, in steps: a property and what writes it, or a whole run."""

    def __init__(self, tag: str, nil: str) -> None:
        self.tag = tag
        self.steps: list[Step] = []
        self._nil = nil

    def write(self, carrier: Any, out: list[Any], room: int) -> None:
        """Append the content of a carrier's element; raises `EncodeError` for what cannot be written."""
        if room < 1:
            raise _unwritable("less nesting", carrier)
        for attribute, write in self.steps:
            if not attribute:
                write(carrier, out, room)
            elif (value := getattr(carrier, attribute)) is not UNSET:
                write(value, out, room - 1)
        if carrier._extras:
            members: dict[str, Any] = {}
            issues = write_extras(carrier._extras, plan_of(type(carrier)), members, room)
            if issues:
                raise EncodeError(issues)
            unknown: list[Any] = []
            write_unknown(members, unknown, self._nil)
            unknown[::2] = [markup.encode() for markup in unknown[::2]]
            out += unknown


def _is_scalar(kind: Kind) -> bool:
    return isinstance(kind, (ScalarKind, EnumerationKind))


def _is_text(kind: Kind) -> bool:
    """Whether the values of a scalar kind are text already."""
    return kind == STRING or (isinstance(kind, EnumerationKind) and kind.open)


def _usual(kind: Any, exact: Spell) -> Callable[[Any], Any]:
    """What makes text of a scalar, and leaves alone what is null or absent; `exact` is asked for what is not as usual."""

    def integer(value: Any) -> Any:
        return repr(value) if type(value) is int and low <= value <= high else other(value)

    def boolean(value: Any) -> Any:
        return "true" if value is True else "false" if value is False else other(value)

    def date_time(value: Any) -> Any:
        return format_timestamp(value) if type(value) is Timestamp else other(value)

    def other(value: Any) -> Any:
        return value if value is None or value is UNSET else exact(value)

    low: Any = getattr(kind, "minimum", None)
    high: Any = getattr(kind, "maximum", None)
    return {BOOLEAN: boolean, DATE_TIME: date_time}.get(kind, other if low is None else integer)


def _loose_text(kind: Any, value: Any) -> str:
    """The text of whatever stands where a scalar belongs, as far as there is one."""
    if value is True or value is False:
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        return text_writer(kind)(value)
    try:
        return str(value)
    except ValueError:
        raise _unwritable(kind.expected, value) from None


def _no_key(key: Any) -> str:
    raise _unwritable("string", key)


def _unwritable(expected: str, value: object) -> EncodeError:
    shown = shorten(value)
    return EncodeError([Issue("", f"expected {expected}, received {shown}", expected, shown)])
