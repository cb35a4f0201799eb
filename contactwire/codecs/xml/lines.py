"""The source of a function that is being generated, and its statements for scalars.

`Lines` holds the source and the objects that it uses by name. A run is neighbouring scalar properties of a carrier, or a
small carrier. If all values of a run are there and have their usual types, one statement writes them. Text that never needs
an escape, such as a number, goes into the markup; any other text becomes an item of the list `out`. Otherwise the values are
written one by one. `source` shows an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from keyword import iskeyword
from typing import Any, NamedTuple

from contactwire.codecs.text_values import loose_text, text_writer, with_blanks
from contactwire.codecs.xml.dialects import Dialect, member_name, member_order
from contactwire.codecs.xml.text import as_utf8
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    BOOLEAN,
    DATE_TIME,
    EXTRAS_ATTRIBUTE,
    STRING,
    UNSET,
    CarrierPlan,
    EnumerationKind,
    FieldPlan,
    FlagsKind,
    Kind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["Lines", "Markup", "add_run", "add_small_carrier", "is_scalar", "is_small", "value_of"]

_NAMES = {"UNSET": UNSET, "Timestamp": Timestamp, "booleans": {True: "true", False: "false"}}
_SMALL = 8
_NESTED = 1
"""How many levels of carriers a small carrier may hold. It has at most `_SMALL` properties; no call is generated for it."""


class Markup(NamedTuple):
    """The start tag and the end tag of an element, and the markup of null in its place, which may be ""."""

    start: str
    end: str
    null: str


class Lines:
    """The lines of a function's source, and the `names` of the objects that they use.

    The function writes carriers in a `dialect`; with `validate` it refuses values of a wrong type or range. `writer` returns
    the writer of a carrier class; its `write` appends the content of a carrier. `depth` is the indentation of a line, in
    steps of four spaces.
    """

    def __init__(self, dialect: Dialect, validate: bool, writer: Callable[[type], Any], names: Mapping[str, Any]) -> None:
        self.dialect, self.writer, self._validate = dialect, writer, validate
        self.names: dict[str, Any] = {**_NAMES, **names}
        self._lines = ["def write(carrier, out, levels, before):"]

    def __str__(self) -> str:
        return "\n".join([*self._lines, ""])

    def add(self, depth: int, *lines: str) -> None:
        """Add lines, indented by `depth`."""
        self._lines += ["    " * depth + line for line in lines]

    def name(self, stem: str, value: Any) -> str:
        """A new name by which the source can use `value`: `class6`."""
        name = f"{stem}{len(self.names)}"
        self.names[name] = value
        return name

    def spell(self, kind: Any) -> str:
        """The name of the function that turns a scalar of a kind into text, or raises `EncodeError`: `spell9`."""
        spell: Callable[[Any], str] = text_writer(kind) if self._validate else partial(loose_text, kind)
        return self.name("spell", with_blanks(kind, spell) if isinstance(kind, FlagsKind) else spell)

    def markup(self, tag: str, before: str = "", after: str = "", *, omissible: bool = False) -> Markup:
        """The markup of an element, between other markup `before` and `after` it; if `omissible`, null may be no element."""
        omits = omissible and self.dialect.nulls == "omit"
        null = "" if omits else f'<{tag} {self.dialect.xsi_prefix}:nil="true"/>'
        return Markup(*map(as_utf8, (f"{before}<{tag}>", f"</{tag}>{after}", f"{before}{null}{after}")))

    def member(self, plan: CarrierPlan, field: FieldPlan) -> Markup:
        """The markup of a property's element."""
        omissible = field.keeps_absence or field.default is None
        return self.markup(member_name(plan, field, self.dialect).tag, omissible=omissible)

    def text(self, depth: int, tags: Markup, text: str) -> None:
        """Add the statements that write an element; `text` is the expression for its text."""
        self.add(depth, f"out += (before + {tags.start!r}, {text})", f"before = {tags.end!r}")

    def null(self, field: FieldPlan, markup: Markup) -> list[str]:
        """The statements of the branch for a property that is null."""
        return [*self._checks(field, None), f"    before += {markup.null!r}"]

    def absent(self, depth: int, field: FieldPlan) -> None:
        """Add the branch for a property that is absent, if it must not be absent."""
        checks = self._checks(field, UNSET)
        self.add(depth, *(["else:", *checks] if checks else []))

    def _checks(self, field: FieldPlan, value: Any) -> list[str]:
        """The call that refuses `value`, None or UNSET, if the property must not have it, unless the carrier is a view."""
        return ["    check_view(carrier)"] if self._validate and not field.allows(value) else []


def value_of(carrier: str, field: FieldPlan) -> str:
    """The expression for a property's value: `carrier.name`, or `getattr` for a name such as `from`, which is a keyword."""
    return f"getattr({carrier}, {field.attribute!r})" if iskeyword(field.attribute) else f"{carrier}.{field.attribute}"


_NOTHING = Markup("", "", "")


def is_scalar(kind: Kind) -> bool:
    """Whether a kind is of single values."""
    return isinstance(kind, (ScalarKind, EnumerationKind))


def is_small(plan: CarrierPlan, nested: int = _NESTED) -> bool:
    """Whether a carrier is written without a call: it has few properties, all of them scalars or carriers of scalars."""
    kinds = [field.kind for field in plan.fields]
    return 0 < len(kinds) <= _SMALL and all(
        is_scalar(kind) or (nested > 0 and isinstance(kind, NestedKind) and is_small(plan_of(kind.carrier), nested - 1))
        for kind in kinds
    )


def add_run(lines: Lines, plan: CarrierPlan, fields: Sequence[FieldPlan]) -> None:
    """Add the statements for neighbouring scalar properties of a carrier."""
    _together(lines, 1, [], "carrier", plan, fields)
    lines.add(1, "else:")
    for field in fields:
        _alone(lines, plan, field)


def add_small_carrier(lines: Lines, depth: int, level: int, kind: NestedKind, class_: str, markup: Markup) -> None:
    """Add the branch that writes a small carrier whose values all have their usual types; its variable is `v{level}`."""
    value, plan = f"v{level}", plan_of(kind.carrier)
    tests = [f"type({value}) is {class_}", f"{value}.{EXTRAS_ATTRIBUTE} is UNSET", f"levels > {level + _NESTED}"]
    _together(lines, depth, tests, value, plan, member_order(plan, lines.dialect), markup)


def _together(
    lines: Lines,
    depth: int,
    tests: list[str],
    carrier: str,
    plan: CarrierPlan,
    fields: Sequence[FieldPlan],
    around: Markup = _NOTHING,
) -> None:
    """Add the branch that writes properties by one statement, if the `tests` succeed and the values have their usual types.

    `around` is the markup around them.
    """
    pieces, markup = [], "{before}" + _literal(around.start)
    for part, is_text in _parts(lines, tests, carrier, plan, fields):
        if is_text:
            pieces += [f"f{markup!r}", part]
        markup = "" if is_text else markup + part
    tested = f"\n{'    ' * (depth + 2)}and ".join(tests)
    lines.add(depth, f"if ({tested}):")
    if pieces:
        lines.add(depth, f"    out += ({', '.join(pieces)})")
    lines.add(depth, f"    before = f{markup + _literal(around.end)!r}")


def _parts(
    lines: Lines, tests: list[str], carrier: str, plan: CarrierPlan, fields: Sequence[FieldPlan]
) -> Iterator[tuple[str, bool]]:
    """The parts of the statement that writes scalars and small carriers; adds the tests of their types to `tests`.

    A part is the expression of a text (True), or markup for a formatted string (False).
    """
    for field in fields:
        tags, name, value = lines.member(plan, field), f"s{len(tests)}", value_of(carrier, field)
        yield _literal(tags.start), False
        if isinstance(field.kind, NestedKind):
            class_ = lines.name("class", field.kind.carrier)
            tests += [f"type({name} := {value}) is {class_}", f"{name}.{EXTRAS_ATTRIBUTE} is UNSET"]
            inner = plan_of(field.kind.carrier)
            yield from _parts(lines, tests, name, inner, member_order(inner, lines.dialect))
        else:
            test, text, is_markup = _usual(lines, field.kind, f"{name} := {value}", name)
            tests.append(test)
            yield (f"{{{text}}}", False) if is_markup else (text, True)
        yield _literal(tags.end), False


def _alone(lines: Lines, plan: CarrierPlan, field: FieldPlan) -> None:
    """Add the statements for one scalar property, which may be null, absent, or of another type than the usual one."""
    tags = lines.member(plan, field)
    test, text, is_markup = _usual(lines, field.kind, f"s0 := {value_of('carrier', field)}", "s0")
    lines.add(2, f"if {test}:")
    if is_markup:
        lines.add(2, f"    before += f{f'{_literal(tags.start)}{{{text}}}{_literal(tags.end)}'!r}")
    else:
        lines.text(3, tags, text)
    lines.add(2, "elif s0 is None:", *lines.null(field, tags), "elif s0 is not UNSET:")
    lines.text(3, tags, f"{lines.spell(field.kind)}(s0)")
    lines.absent(2, field)


def _usual(lines: Lines, kind: Any, value: str, name: str) -> tuple[str, str, bool]:
    """The test whether a scalar has its usual type, the expression of its text then, and whether that never needs an escape.

    `value` is the expression of the scalar in the test, which assigns it to `name`; the text uses that name. For an integer
    they are `type(s1 := carrier.rank) is int and …`, `s1` and True.
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
    return f"({value}) is not None and {name} is not UNSET", f"{lines.spell(kind)}({name})", False


def _literal(markup: str) -> str:
    """Markup as a formatted string has it, with braces doubled."""
    return markup.replace("{", "{{").replace("}", "}}")
