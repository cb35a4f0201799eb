"""The fast path of form encoding: for each carrier a function, generated from its plan, that writes its pairs.

A pair has a mark where `=` belongs, and the percent-coding comes last, for the whole form at once. Whatever this path is not
sure of it refuses with an exception, and the exact path decides. `source` shows what was generated.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contactwire.builtins import write_extras
from contactwire.codecs.form.keys import Style
from contactwire.codecs.form.plans import Refused, is_single, reachable
from contactwire.codecs.form.text import EQUALS, PAIR, quote
from contactwire.codecs.form.write import Flat
from contactwire.timestamps import format_timestamp
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    kind_of,
    plan_of,
)

__all__ = ["encode", "source"]

Dump = Callable[[Any, str, str, list[str], int], None]
"""Writes a carrier's pairs: takes it, what its keys begin and end with, the pairs so far, and how deep it may nest."""

_INDENT = "    "
_SIMPLE_NAME = re.compile(r"[^\W\d][\w@-]*")
_MAX_DOUBLE = int(float.fromhex("0x1.fffffffffffffp+1023"))


def _double(value: Any) -> str:
    if (type(value) is float and value - value == 0) or (type(value) is int and -_MAX_DOUBLE <= value <= _MAX_DOUBLE):
        return repr(value)
    raise Refused


def _name(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    raise Refused


def _as_it_is(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _dump_extras(style: Style, carrier: Any, start: str, out: list[str], room: int) -> None:
    written: dict[str, Any] = {}
    flat = Flat(style)
    if write_extras(carrier._extras, plan_of(type(carrier)), written, room):
        raise Refused
    flat.add_members(None, written, start[:-1] or None, "")
    if flat.issues:
        raise Refused
    out += [f"{key}{EQUALS}{text}" for key, text in flat.pairs]


_HELPERS: dict[str, Any] = {
    "Refused": Refused,
    "UNSET": UNSET,
    "as_it_is": _as_it_is,
    "double": _double,
    "name": _name,
    "text": format_timestamp,
}

# How each kind is written, and what is wrong with a value that it refuses first; {} is the value.
_TEXTS = {
    "string": ("{}", "type({}) is not str"),
    "boolean": ("'true' if {} else 'false'", "{} is not True and {} is not False"),
    "integer": ("{}", "type({0}) is not int or not {1} <= {0} <= {2}"),
    "double": ("double({})", ""),
    "date-time": ("text({})", ""),
    "enumeration": ("name({})", ""),
}
_UNCHECKED_TEXTS = {**dict.fromkeys(_TEXTS, ("as_it_is({})", "")), "string": ("{}", ""), "date-time": ("text({})", "")}


class _Unit:
    """The functions generated for one style, with checks or without: one namespace, since they call each other."""

    def __init__(self, style: Style, validate: bool) -> None:
        self._texts = _TEXTS if validate else _UNCHECKED_TEXTS
        self._opening, self._closing = (".", "") if style == "dots" else ("[", "]")
        self._ending = "{end}" if self._closing else ""
        self._names: dict[str, Any] = {**_HELPERS, "extras": partial(_dump_extras, style)}
        self._identifiers: dict[CarrierPlan, str] = {}
        self.sources: dict[CarrierPlan, str] = {}

    def function(self, plan: CarrierPlan) -> Dump:
        """The function for a carrier; it and those that it calls are generated if they are missing."""
        for each in reachable(NestedKind(plan.carrier)):
            if each not in self.sources:
                text = "\n".join(self._generate(each)) + "\n"
                exec(compile(text, f"<contactwire form {self._identifier(each)}>", "exec"), self._names)
                self.sources[each] = text
        dump: Dump = self._names[f"dump_{self._identifier(plan)}"]
        return dump

    def _identifier(self, plan: CarrierPlan) -> str:
        found = self._identifiers.get(plan)
        if found is None:
            found = plan.carrier.__name__ if plan.carrier.__name__.isidentifier() else "Carrier"
            while found in self._identifiers.values():
                found += "_"
            self._identifiers[plan] = found
            self._names[f"{found}_class"] = plan.carrier
        return found

    def _generate(self, plan: CarrierPlan) -> Iterator[str]:
        name = self._identifier(plan)
        needed = 1 + max([_levels(field.kind) for field in plan.fields], default=0)
        yield f"def dump_{name}(carrier, start, end, out, room):"
        yield f"    if room < {needed} or type(carrier) is not {name}_class: raise Refused"
        if not all(_SIMPLE_NAME.fullmatch(field.name) for field in plan.fields):
            yield "    raise Refused"
            return
        yield "    put = out.append"
        for field in plan.fields:
            yield f"    value = carrier.{field.attribute}"
            yield "    if value is not UNSET and value is not None:"
            yield from self._value(field.kind, "value", f"{{start}}{field.name}{self._ending}", 1)
        yield "    if carrier._extras: extras(carrier, start, out, room)"

    def _value(self, kind: Kind, value: str, key: str, level: int) -> Iterator[str]:
        """The lines that write a value which is not null; `key` is the inside of the f-string for its key."""
        indent = _INDENT * (level + 1)
        if isinstance(kind, NestedKind):
            inner, opened = self._identifier(plan_of(kind.carrier)), key + self._opening
            yield f"{indent}size = len(out)"
            yield f'{indent}dump_{inner}({value}, f"{opened}", "{self._closing}", out, room - {level})'
            yield f'{indent}if len(out) == size: put(f"{key}{_EQUALS}")'
        elif isinstance(kind, (ListKind, DictionaryKind)):
            shape = "list" if isinstance(kind, ListKind) else "dict"
            yield f"{indent}if type({value}) is not {shape}: raise Refused"
            yield f'{indent}key{level} = f"{key}"'
            yield f'{indent}if not {value}: put(f"{{key{level}}}{_EQUALS}")'
            yield from self._items(kind, value, level, indent)
        else:
            text, wrong = self._single(kind, value)
            if wrong:
                yield f"{indent}if {wrong}: raise Refused"
            yield f'{indent}put(f"{key}{_EQUALS}{{{text}}}")'

    def _single(self, kind: ScalarKind | EnumerationKind, value: str) -> tuple[str, str]:
        """The expression for the text of a single value, and the condition under which there is none."""
        if isinstance(kind, EnumerationKind):
            text, wrong = self._texts["enumeration"]
        else:
            text, wrong = self._texts["integer" if kind.minimum is not None else kind.name]
            wrong = wrong.replace("{1}", str(kind.minimum)).replace("{2}", str(kind.maximum))
        return text.replace("{}", value), wrong.replace("{}", value).replace("{0}", value)

    def _items(self, kind: ListKind | DictionaryKind, value: str, level: int, indent: str) -> Iterator[str]:
        item, inner, key = f"item{level}", _INDENT + indent, f"{{key{level}}}[{{index{level}}}]"
        if isinstance(kind, DictionaryKind):
            part = (f"{key}.Key", f"{key}.Value") if not self._closing else (f"{key}[Key]", f"{key}[Value]")
            yield f"{indent}for index{level}, (key, {item}) in enumerate({value}.items()):"
            yield f"{inner}if type(key) is not str: raise Refused"
            yield f'{inner}put(f"{part[0]}{_EQUALS}{{key}}")'
            key, on_null = part[1], "continue"
        elif is_single(kind.item):
            # One empty text alone would be the empty list.
            yield f'{indent}if len({value}) == 1 and {value}[0] in (None, ""): key{level} += "[0]"'
            yield f"{indent}for {item} in {value}:"
            key = f"{{key{level}}}"
            on_null = f'put(f"{key}{_EQUALS}"); continue'
        else:
            yield f"{indent}for index{level}, {item} in enumerate({value}):"
            on_null = f'put(f"{key}{_EQUALS}"); continue'
        if kind.nullable:
            yield f"{inner}if {item} is None:"
            yield from (f"{inner}    {statement}" for statement in on_null.split("; "))
        yield from self._value(kind.item, item, key, level + 1)


_EQUALS = f"\\x{ord(EQUALS):02x}"


def _levels(kind: Kind) -> int:
    """How many lists and dictionaries stand around what is inside `kind`."""
    return 1 + _levels(kind.item) if isinstance(kind, (ListKind, DictionaryKind)) else 0


_LOCK = threading.RLock()
_units: dict[tuple[Style, bool], _Unit] = {}
_dumps: dict[tuple[type, Style, bool], Dump] = {}


def _dump_of(cls: type, style: Style, validate: bool) -> Dump:
    key = cls, style, validate
    return _dumps.get(key) or _build(key)


def _build(key: tuple[type, Style, bool]) -> Dump:
    cls, style, validate = key
    with _LOCK:
        unit = _units.setdefault((style, validate), _Unit(style, validate))
        _dumps[key] = dump = unit.function(plan_of(cls))
        return dump


def encode(value: Any, style: Style, validate: bool, max_depth: int) -> bytes:
    """The form of a carrier, or of a list of carriers; raises almost any exception if in doubt."""
    out: list[str] = []
    if type(value) is list:
        _dump_list(value, style, validate, out, max_depth)
    else:
        _dump_of(type(value), style, validate)(value, "", "", out, max_depth)
    text = PAIR.join(out)
    # A value that has the marks in it is no matter for marks.
    if text.count(PAIR) != max(0, len(out) - 1) or text.count(EQUALS) != len(out):
        raise Refused
    return quote(text)


def _dump_list(values: list[Any], style: Style, validate: bool, out: list[str], room: int) -> None:
    opening, closing = (".", "") if style == "dots" else ("[", "]")
    if room < 1:
        raise Refused
    for index, value in enumerate(values):
        size = len(out)
        _dump_of(type(value), style, validate)(value, f"[{index}]{opening}", closing, out, room - 1)
        if len(out) == size:
            out.append(f"[{index}]{EQUALS}")


def source(type: Any, style: Style, validate: bool) -> str:
    """The code generated for a carrier type, and for the carriers inside it."""
    with _LOCK:
        plans = reachable(kind_of(type))
        _build((plans[0].carrier, style, validate))
        return "\n\n".join(_units[style, validate].sources[plan] for plan in plans)
