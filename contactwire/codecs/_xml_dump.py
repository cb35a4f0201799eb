"""The template of the fast path to XML: markup and text by turns, appended to a list.

Where a run of properties all have the expected types, which each is asked for, one line appends them all; else each
property has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contactwire.codecs._text_values import text_writer
from contactwire.codecs._xml_unit import Refused, Unit, levels
from contactwire.codecs.xml.dialects import Dialect, item_name
from contactwire.codecs.xml.names import octets
from contactwire.codecs.xml.unknown import ExtrasWriter
from contactwire.codecs.xml.write import nil_attribute
from contactwire.timestamps import Timestamp, format_timestamp
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["Dumping"]

_RUN = 8
_SMALL = 2**31 - 1
_REMEMBERED = 2**14
_EXACT = {
    "string": ("type({0}) is str", "{1}"),
    "boolean": ("type({0}) is bool", "'true' if {1} else 'false'"),
    "double": ("type({0}) is float and {1} - {1} == 0", "repr({1})"),
    "date-time": ("type({0}) is Timestamp", "{1}._text or spell({1})"),
}
_INTEGER = ("type({0}) is int", "digits[{1}]")
_UNCHECKED_INTEGER = ("type({0}) is int", "str({1})")


class _Digits(dict[int, str]):
    """The text of integers, those met first remembered; refuses what only some kinds of integer hold."""

    def __missing__(self, value: int) -> str:
        if not -_SMALL <= value <= _SMALL:
            raise Refused
        text = str(value)
        if len(self) < _REMEMBERED:
            self[value] = text
        return text


Parts = list[tuple[str, str]]
"""What is appended: markup, and the expression for the text that follows it, "" for none."""


class Dumping(Unit):
    """`dump_…(carrier, out, room)` appends the content of an element; with `validate` numbers are held to their range."""

    function = "dump"
    few = 6

    def __init__(self, dialect: Dialect, validate: bool) -> None:
        helpers = {
            "Refused": Refused,
            "UNSET": UNSET,
            "Timestamp": Timestamp,
            "spell": format_timestamp,
            "digits": _Digits(),
        }
        super().__init__(dialect, helpers)
        self._validate, self._nil = validate, nil_attribute(dialect)

    def root(self, plan: CarrierPlan) -> Callable[[Any, list[str], int], None]:
        """The function for a carrier."""
        function: Callable[[Any, list[str], int], None] = self.names[self.carrier(plan)]
        return function

    def generate(self, plan: CarrierPlan) -> list[str]:
        """The lines of `dump_…`: a run of scalars at a time, and everything else by itself."""
        name = self.name(plan)
        need = 1 + max((levels(field.kind) for field in plan.fields), default=0)
        lines = [
            f"def dump_{name}(carrier, out, room, type=type, str=str, int=int, UNSET=UNSET):",
            f"    if room < {need} or type(carrier) is not class_{name}: raise Refused",
        ]
        run: list[tuple[str, FieldPlan]] = []
        for tag, field in [*self.members(plan), ("", None)]:
            single = field is not None and isinstance(field.kind, (ScalarKind, EnumerationKind))
            if run and (not single or len(run) == _RUN):
                lines += self._run(run)
                run = []
            if field is not None and single:
                run.append((tag, field))
            elif field is not None:
                lines += [f"    value = carrier.{field.attribute}", *self._property(tag, field.kind, "value", "    ", 1)]
        self.names[f"extras_{name}"] = ExtrasWriter(self._nil, plan).write
        return [*lines, f"    if carrier._extras: extras_{name}(carrier._extras, out, room)"]

    def _run(self, run: list[tuple[str, FieldPlan]]) -> list[str]:
        conditions, parts = [], []
        for tag, field in run:
            condition, own = self._exact(tag, field.kind, f"carrier.{field.attribute}")
            conditions.append(condition)
            parts += own
        lines = [f"    if {' and '.join(conditions)}:", f"        out += {_tuple(parts)}", "    else:"]
        for tag, field in run:
            lines += [f"        value = carrier.{field.attribute}", *self._property(tag, field.kind, "value", "        ", 1)]
        return lines

    def _exact(self, tag: str, kind: Kind, value: str, *, null: bool = False) -> tuple[str, Parts]:
        """For an element that is written in place: the condition for its value being as expected, and what to append.

        With `null` that is a carrier in which other carriers are null.
        """
        local = self.local("v")
        if isinstance(kind, NestedKind):
            plan = plan_of(kind.carrier)
            conditions = [f"type({local} := {value}) is class_{self.name(plan)}", f"not {local}._extras"]
            inner: Parts = []
            for child, field in self.members(plan):
                item = f"{local}.{field.attribute}"
                if null and isinstance(field.kind, NestedKind):
                    condition, own = f"{item} is None", [(f"<{child}{self._nil}/>", "")]
                else:
                    condition, own = self._exact(child, field.kind, item)
                conditions.append(condition)
                inner += own
            return " and ".join(conditions), [(f"<{tag}>", ""), *inner, (f"</{tag}>", "")]
        condition, expression = self._scalar(kind)
        return condition.format(f"{local} := {value}", local), [
            (f"<{tag}>", expression.format(None, local)),
            (f"</{tag}>", ""),
        ]

    def _scalar(self, kind: Kind) -> tuple[str, str]:
        """The condition for a scalar of the usual type, and the expression for its text."""
        if isinstance(kind, EnumerationKind):
            members = self.constant("members_", kind.members)
            return f"(type({{0}}) is {members} or type({{1}}) is str)", "{1}"
        assert isinstance(kind, ScalarKind)
        return _EXACT.get(kind.name) or (_INTEGER if self._validate else _UNCHECKED_INTEGER)

    def _property(self, tag: str, kind: Kind, value: str, pad: str, taken: int) -> list[str]:
        """The lines for a property that may be absent or null; `taken` levels are used up where it stands."""
        lines = self._value(tag, kind, value, pad, taken)
        return [
            f"{pad}if {value} is None: out += {_tuple([(f'<{tag}{self._nil}/>', '')])}",
            f"{pad}elif {value} is not UNSET:",
            *("    " + line for line in lines),
        ]

    def _item(self, tag: str, kind: ListKind | DictionaryKind, value: str, pad: str, taken: int) -> list[str]:
        """The lines for an item of a list or dictionary."""
        lines = self._value(tag, kind.item, value, pad, taken)
        if not kind.nullable:
            return lines
        null = f"{pad}if {value} is None: out += {_tuple([(f'<{tag}{self._nil}/>', '')])}"
        return [null, f"{pad}else:", *("    " + line for line in lines)]

    def _value(self, tag: str, kind: Kind, value: str, pad: str, taken: int) -> list[str]:
        """The lines for a value that is there."""
        match kind:
            case NestedKind():
                return self._nested(tag, kind, value, pad, taken)
            case ListKind() | DictionaryKind():
                return self._container(tag, kind, value, pad, taken)
        condition, parts = self._exact(tag, kind, value)
        spell = self.local("text_")
        self.names[spell] = text_writer(kind) if self._validate else _loose_text
        odd = _tuple([(f"<{tag}>", f"{spell}({value})"), (f"</{tag}>", "")])
        return [f"{pad}if {condition}: out += {_tuple(parts)}", f"{pad}else: out += {odd}"]

    def _nested(self, tag: str, kind: NestedKind, value: str, pad: str, taken: int) -> list[str]:
        plan = plan_of(kind.carrier)
        call = [
            f"{pad}out += {_tuple([(f'<{tag}>', '')])}",
            f"{pad}{self.carrier(plan)}({value}, out, room - {taken})",
            f"{pad}out += {_tuple([(f'</{tag}>', '')])}",
        ]
        if not plan.fields or not self.in_place(plan):
            return call
        return self._in_place(tag, kind, value, pad, call, lambda parts: parts)

    def _in_place(
        self, tag: str, kind: Kind, value: str, pad: str, otherwise: list[str], around: Callable[[Parts], Parts]
    ) -> list[str]:
        """The lines for a value that is usually written in place; `around` puts it inside other markup."""
        condition, parts = self._exact(tag, kind, value)
        lines = [f"{pad}if {condition}: out += {_tuple(around(parts))}"]
        if isinstance(kind, NestedKind) and plan_of(kind.carrier).children():
            condition, parts = self._exact(tag, kind, value, null=True)
            lines.append(f"{pad}elif {condition}: out += {_tuple(around(parts))}")
        return [*lines, f"{pad}else:", *("    " + line for line in otherwise)]

    def _container(self, tag: str, kind: ListKind | DictionaryKind, value: str, pad: str, taken: int) -> list[str]:
        name = item_name(kind, self.dialect)
        item = self.local("item")
        lines = [
            f"{pad}if type({value}) is not {'list' if isinstance(kind, ListKind) else 'dict'}: raise Refused",
            f"{pad}if {value}:",
            f"{pad}    out += {_tuple([(f'<{tag}>', '')])}",
        ]
        inner = pad + "    "
        if isinstance(kind, ListKind):
            lines.append(f"{inner}for {item} in {value}:")
            lines += self._item(name.tag, kind, item, inner + "    ", taken + 1)
        else:
            lines += self._entries(name.tag, f"{name.prefix}:" if name.prefix else "", kind, value, item, inner, taken)
        return [
            *lines,
            f"{inner}out += {_tuple([(f'</{tag}>', '')])}",
            f"{pad}else: out += {_tuple([(f'<{tag}></{tag}>', '')])}",
        ]

    def _entries(
        self, tag: str, prefix: str, kind: DictionaryKind, value: str, item: str, pad: str, taken: int
    ) -> list[str]:
        key, inner = self.local("key"), pad + "    "
        lines = [f"{pad}for {key}, {item} in {value}.items():", f"{inner}if type({key}) is not str: raise Refused"]
        opened = (f"<{tag}><{prefix}Key>", key)
        between, closed = f"</{prefix}Key>", f"</{tag}>"
        others = [
            f"{inner}out += {_tuple([opened, (between, '')])}",
            *self._item(f"{prefix}Value", kind, item, inner, taken + 1),
            f"{inner}out += {_tuple([(closed, '')])}",
        ]
        if isinstance(kind.item, (ListKind, DictionaryKind)) or (
            isinstance(kind.item, NestedKind) and not self.in_place(plan_of(kind.item.carrier))
        ):
            return [*lines, *others]
        around = lambda parts: [opened, (between, ""), *parts, (closed, "")]  # noqa: E731
        return [*lines, *self._in_place(f"{prefix}Value", kind.item, item, inner, others, around)]


def _tuple(parts: Parts) -> str:
    """The expression for markup and text by turns: adjoining markup is one string, and text is last, maybe empty."""
    items: list[str] = []
    markup = ""
    for constant, expression in parts:
        markup += constant
        if expression:
            items += [repr(octets(markup)), expression]
            markup = ""
    if markup:
        items += [repr(octets(markup)), "''"]
    return f"({', '.join(items)})"


def _loose_text(value: Any) -> str:
    """The text of whatever stands where a scalar belongs, as far as there is one."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, datetime):
        return format_timestamp(value)
    if value is None or not isinstance(value, (str, int, float)):
        raise Refused
    return str(value)
