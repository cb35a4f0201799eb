"""Generated source for runs: neighbouring scalar properties of a carrier, and small carriers.

If all values of a run are there and have their usual types, one statement writes them. Text that never needs an escape, such
as a number, goes into the markup; any other text becomes an item of the list `out`. Otherwise the values are written one by
one. `source` shows an example.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contactwire.codecs.xml.dialects import member_order
from contactwire.codecs.xml.lines import Lines, Markup, value_of
from contactwire.wire import (
    BOOLEAN,
    DATE_TIME,
    EXTRAS_ATTRIBUTE,
    STRING,
    CarrierPlan,
    EnumerationKind,
    FieldPlan,
    Kind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["add_run", "add_small_carrier", "is_scalar", "is_small"]

_NOTHING = Markup("", "", "")
_SMALL = 8
_NESTED = 1
"""How many levels of carriers a small carrier may hold. It has at most `_SMALL` properties; no call is generated for it."""


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
