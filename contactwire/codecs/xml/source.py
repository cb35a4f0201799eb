"""The source of the functions that write carriers: one for each class and dialect.

Properties that stand side by side and are scalars, all there and of their usual types, are written in one go, else one by
one. `before` is the markup that stands before the next text. For `FieldProperty` the source is, in part::

    def write(carrier, out, room, before):
        if room < 1:
            raise unwritable("less nesting", carrier)
        v1 = carrier.field_right
        if v1 is None:
            before += '<FieldRight xsi:nil="true"/>'
        elif v1 is not UNSET:
            if type(v1) is class6:
                before = writer7.write(v1, out, room - 1, before + "<FieldRight>") + "</FieldRight>"
            else:
                before = nested8(v1, out, room - 1, before)
        if (
            type(s0 := carrier.field_type) is str
            and type(s1 := carrier.field_length) is int
            and -2147483648 <= s1 <= 2147483647
        ):
            out += (f"{before}<FieldType>", s0)
            before = f"</FieldType><FieldLength>{s1}</FieldLength>"
        else:
            if type(s0 := carrier.field_type) is str:
                out += (before + "<FieldType>", s0)
                before = "</FieldType>"
            elif s0 is None:
                before += '<FieldType xsi:nil="true"/>'
            elif s0 is not UNSET:
                out += (before + "<FieldType>", spell9(s0))
                before = "</FieldType>"
            ...
        return before if carrier._unknown is UNSET else write_extras(carrier, out, room, before)

Lists and dictionaries in each other are loops in each other, of which Python takes 20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from keyword import iskeyword
from typing import Any, NamedTuple, Protocol

from contactwire.codecs.xml.dialects import Dialect, item_name, member_order
from contactwire.codecs.xml.names import encode_name
from contactwire.codecs.xml.text import as_utf8
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    BOOLEAN,
    DATE_TIME,
    EXTRAS_ATTRIBUTE,
    STRING,
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

__all__ = ["Markup", "Source"]

_NAMES = {"UNSET": UNSET, "Timestamp": Timestamp, "booleans": {True: "true", False: "false"}}
_SMALL = 8
_NESTED = 1
"""A carrier of at most so many properties, scalars and such carriers, is written where it stands, without a call."""


class Markup(NamedTuple):
    """The start tag and the end tag of an element, and the element that is null."""

    start: str
    end: str
    null: str


class Elements(Protocol):
    """What writes the elements that the generated code does not write itself, and what that code is made with."""

    dialect: Dialect
    validate: bool
    helpers: Mapping[str, Any]

    def of(self, cls: type) -> Any:
        """What writes carriers of a class: its `write` appends one."""

    def markup(self, tag: str, before: str = "", after: str = "") -> Markup:
        """The markup of an element, with what else stands before and after it."""

    def speller(self, kind: Any) -> Callable[[Any], str]:
        """What makes text of a scalar."""

    def nested(self, kind: NestedKind, markup: Markup) -> Callable[..., str]:
        """What writes the element of a carrier that is no plain one of its kind."""


class Source:
    """The source of the function that writes the content of a carrier's element, and the `names` that it uses."""

    def __init__(self, plan: CarrierPlan, writers: Elements) -> None:
        self.names: dict[str, Any] = {**_NAMES, **writers.helpers}
        self._writers = writers
        self._lines = ["def write(carrier, out, room, before):"]
        self._add(1, "if room < 1:", "    raise unwritable('less nesting', carrier)")
        for is_run, fields in groupby(member_order(plan, writers.dialect), lambda field: _is_scalar(field.kind)):
            if is_run:
                self._run(list(fields))
            else:
                for field in fields:
                    self._property(field)
        extras = "write_extras(carrier, out, room, before)"
        self._add(1, f"return before if carrier.{EXTRAS_ATTRIBUTE} is UNSET else {extras}")

    def __str__(self) -> str:
        return "\n".join([*self._lines, ""])

    def _add(self, depth: int, *lines: str) -> None:
        self._lines += ["    " * depth + line for line in lines]

    def _name(self, stem: str, value: Any) -> str:
        """A name for what the source uses."""
        name = f"{stem}{len(self.names)}"
        self.names[name] = value
        return name

    def _run(self, fields: Sequence[FieldPlan]) -> None:
        """The scalar properties of a carrier that stand side by side."""
        self._together(1, [], "carrier", fields)
        self._add(1, "else:")
        for field in fields:
            self._alone(field)

    def _together(
        self, depth: int, tests: list[str], carrier: str, fields: Sequence[FieldPlan], start: str = "", end: str = ""
    ) -> None:
        """Properties and the markup around them in one go, if the `tests` succeed and the values are as usual."""
        pieces, markup = [], "{before}" + _literal(start)
        for part, is_text in self._parts(tests, carrier, fields):
            if is_text:
                pieces += [f"f{markup!r}", part]
            markup = "" if is_text else markup + part
        tested = f"\n{'    ' * (depth + 2)}and ".join(tests)
        self._add(depth, f"if ({tested}):")
        if pieces:
            self._add(depth, f"    out += ({', '.join(pieces)})")
        self._add(depth, f"    before = f{markup + _literal(end)!r}")

    def _parts(self, tests: list[str], carrier: str, fields: Sequence[FieldPlan]) -> Iterator[tuple[str, bool]]:
        """What scalars and small carriers are written as: expressions of texts, and what stands between; adds to `tests`."""
        for field in fields:
            tags, name, value = self._writers.markup(encode_name(field.name)), f"s{len(tests)}", _get(carrier, field)
            yield _literal(tags.start), False
            if isinstance(field.kind, NestedKind):
                class_ = self._name("class", field.kind.carrier)
                tests += [f"type({name} := {value}) is {class_}", f"{name}.{EXTRAS_ATTRIBUTE} is UNSET"]
                yield from self._parts(tests, name, member_order(plan_of(field.kind.carrier), self._writers.dialect))
            else:
                test, text, is_markup = self._usual(field.kind, f"{name} := {value}", name)
                tests.append(test)
                yield (f"{{{text}}}", False) if is_markup else (text, True)
            yield _literal(tags.end), False

    def _alone(self, field: FieldPlan) -> None:
        """A scalar property that may be null, absent, or another value than is usual."""
        tags = self._writers.markup(encode_name(field.name))
        test, text, is_markup = self._usual(field.kind, f"s0 := {_get('carrier', field)}", "s0")
        self._add(2, f"if {test}:")
        if is_markup:
            self._add(2, f"    before += f{f'{_literal(tags.start)}{{{text}}}{_literal(tags.end)}'!r}")
        else:
            self._text(3, tags, text)
        self._add(2, "elif s0 is None:", *self._checks(field, None), f"    before += {tags.null!r}", "elif s0 is not UNSET:")
        self._text(3, tags, f"{self._spell(field.kind)}(s0)")
        self._absent(2, field)

    def _text(self, depth: int, tags: Markup, text: str) -> None:
        self._add(depth, f"out += (before + {tags.start!r}, {text})", f"before = {tags.end!r}")

    def _usual(self, kind: Any, value: str, name: str) -> tuple[str, str, bool]:
        """The test whether a scalar is as usual, its text then, and whether that holds nothing that must be escaped.

        `value` is the expression for it in the test, `name` in the text.
        """
        if kind == STRING:
            return f"type({value}) is str", name, False
        if isinstance(kind, EnumerationKind) and kind.open:
            return f"isinstance({value}, str)", name, False
        if kind == BOOLEAN:
            return f"type({value}) is bool", f"booleans[{name}]", True
        if kind == DATE_TIME:
            return f"type({value}) is Timestamp", f"spell_timestamp({name})", True
        if getattr(kind, "minimum", None) is not None:
            return f"type({value}) is int and {kind.minimum} <= {name} <= {kind.maximum}", name, True
        return f"({value}) is not None and {name} is not UNSET", f"{self._spell(kind)}({name})", False

    def _spell(self, kind: Any) -> str:
        return self._name("spell", self._writers.speller(kind))

    def _property(self, field: FieldPlan) -> None:
        markup = self._writers.markup(encode_name(field.name))
        self._add(1, f"v1 = {_get('carrier', field)}")
        self._add(1, "if v1 is None:", *self._checks(field, None), f"    before += {markup.null!r}", "elif v1 is not UNSET:")
        self._element(1, 2, field.kind, markup)
        self._absent(1, field)

    def _checks(self, field: FieldPlan, value: Any) -> list[str]:
        """The check of a property that has no value, None or UNSET, where it must have one."""
        return ["    check_view(carrier)"] if self._writers.validate and not field.allows(value) else []

    def _absent(self, depth: int, field: FieldPlan) -> None:
        checks = self._checks(field, UNSET)
        self._add(depth, *(["else:", *checks] if checks else []))

    def _element(self, level: int, depth: int, kind: Kind, markup: Markup) -> None:
        """The element of a value, `v1`, `v2` and so on by the levels around it; the source is indented by `depth`."""
        match kind:
            case NestedKind():
                self._carrier(level, depth, kind, markup)
            case ListKind() | DictionaryKind():
                of = "list" if isinstance(kind, ListKind) else "dict"
                self._add(depth, f"if not isinstance(v{level}, {of}) or room <= {level}:")
                self._add(depth, f"    raise unwritable({kind.expected!r}, v{level})")
                self._add(depth, f"before += {markup.start!r}")
                self._items(level, depth, kind)
                self._add(depth, f"before += {markup.end!r}")
            case _:
                spell = self._spell(kind)
                self._text(depth, markup, _string(f"v{level}", spell) if kind == STRING else f"{spell}(v{level})")

    def _items(self, level: int, depth: int, kind: ListKind | DictionaryKind) -> None:
        """The items of a list, or the entries of a dictionary."""
        item, name = f"v{level + 1}", item_name(kind, self._writers.dialect)
        if isinstance(kind, ListKind):
            markup = self._writers.markup(name.tag)
            # However long the list, markup is not piled up.
            self._add(depth, f"for {item} in v{level}:", "    out += (before, '')", "    before = ''")
        else:
            prefix = f"{name.prefix}:" if name.prefix else ""
            markup = self._writers.markup(f"{prefix}Value", f"</{prefix}Key>", f"</{name.tag}>")
            self._add(depth, f"for key, {item} in v{level}.items():")
            start = as_utf8(f"<{name.tag}><{prefix}Key>")
            self._add(depth, f"    out += (before + {start!r}, {_string('key', 'spell_key')})", "    before = ''")
        if kind.nullable:
            self._add(depth + 1, f"if {item} is None:", f"    before = {markup.null!r}", "else:")
        self._element(level + 1, depth + (2 if kind.nullable else 1), kind.item, markup)

    def _carrier(self, level: int, depth: int, kind: NestedKind, markup: Markup) -> None:
        value, plan, rest = f"v{level}", plan_of(kind.carrier), f"(v{level}, out, room - {level}, before"
        class_, writer = self._name("class", kind.carrier), self._name("writer", self._writers.of(kind.carrier))
        known = f"if type({value}) is {class_}"
        if _is_small(plan):
            fields = member_order(plan, self._writers.dialect)
            tests = [f"type({value}) is {class_}", f"{value}.{EXTRAS_ATTRIBUTE} is UNSET", f"room > {level + _NESTED}"]
            self._together(depth, tests, value, fields, markup.start, markup.end)
            known = f"el{known}"
        self._add(depth, f"{known}:", f"    before = {writer}.write{rest} + {markup.start!r}) + {markup.end!r}")
        self._add(depth, "else:", f"    before = {self._name('nested', self._writers.nested(kind, markup))}{rest})")


def _is_scalar(kind: Kind) -> bool:
    return isinstance(kind, (ScalarKind, EnumerationKind))


def _is_small(plan: CarrierPlan, nested: int = _NESTED) -> bool:
    kinds = [field.kind for field in plan.fields]
    return 0 < len(kinds) <= _SMALL and all(
        _is_scalar(kind) or (nested > 0 and isinstance(kind, NestedKind) and _is_small(plan_of(kind.carrier), nested - 1))
        for kind in kinds
    )


def _get(carrier: str, field: FieldPlan) -> str:
    """The expression for a property; a class that a program makes may have one that is called `from`."""
    return f"getattr({carrier}, {field.attribute!r})" if iskeyword(field.attribute) else f"{carrier}.{field.attribute}"


def _string(name: str, spell: str) -> str:
    """The expression for the text of a value that is a string, usually."""
    return f"{name} if type({name}) is str else {spell}({name})"


def _literal(markup: str) -> str:
    """Markup as it stands in a formatted string."""
    return markup.replace("{", "{{").replace("}", "}}")
