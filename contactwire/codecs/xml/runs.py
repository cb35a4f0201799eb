"""The source that writes scalars which stand side by side, and small carriers among them.

Where all of them are there and of their usual types, they are written in one go: what is sure to need no escape goes into
the markup, each other text is an item of the list. Else they are written one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contactwire.codecs.xml.dialects import member_order
from contactwire.codecs.xml.lines import Lines, Markup, value_of
from contactwire.codecs.xml.names import encode_name
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

_SMALL = 8
_NESTED = 1
"""A carrier of at most so many properties, scalars and such carriers, is written where it stands, without a call."""


def is_scalar(kind: Kind) -> bool:
    """Whether a kind is of single values."""
    return isinstance(kind, (ScalarKind, EnumerationKind))


def is_small(plan: CarrierPlan, nested: int = _NESTED) -> bool:
    """Whether a carrier is written where it stands: it has few properties, all scalars or carriers of scalars."""
    kinds = [field.kind for field in plan.fields]
    return 0 < len(kinds) <= _SMALL and all(
        is_scalar(kind) or (nested > 0 and isinstance(kind, NestedKind) and is_small(plan_of(kind.carrier), nested - 1))
        for kind in kinds
    )


def add_run(lines: Lines, fields: Sequence[FieldPlan]) -> None:
    """Add the scalar properties of a carrier that stand side by side."""
    _together(lines, 1, [], "carrier", fields)
    lines.add(1, "else:")
    for field in fields:
        _alone(lines, field)


def add_small_carrier(lines: Lines, depth: int, level: int, kind: NestedKind, class_: str, markup: Markup) -> None:
    """Add the branch that writes a small carrier, `v1`, `v2` and so on by its level, if all in it is as usual."""
    value, fields = f"v{level}", member_order(plan_of(kind.carrier), lines.writers.dialect)
    tests = [f"type({value}) is {class_}", f"{value}.{EXTRAS_ATTRIBUTE} is UNSET", f"room > {level + _NESTED}"]
    _together(lines, depth, tests, value, fields, markup.start, markup.end)


def _together(
    lines: Lines,
    depth: int,
    tests: list[str],
    carrier: str,
    fields: Sequence[FieldPlan],
    start: str = "",
    end: str = "",
) -> None:
    """Add properties and the markup around them in one go, if the `tests` succeed and the values are as usual."""
    pieces, markup = [], "{before}" + _literal(start)
    for part, is_text in _parts(lines, tests, carrier, fields):
        if is_text:
            pieces += [f"f{markup!r}", part]
        markup = "" if is_text else markup + part
    tested = f"\n{'    ' * (depth + 2)}and ".join(tests)
    lines.add(depth, f"if ({tested}):")
    if pieces:
        lines.add(depth, f"    out += ({', '.join(pieces)})")
    lines.add(depth, f"    before = f{markup + _literal(end)!r}")


def _parts(lines: Lines, tests: list[str], carrier: str, fields: Sequence[FieldPlan]) -> Iterator[tuple[str, bool]]:
    """What scalars and small carriers are written as: expressions of texts, and what stands between; adds to `tests`."""
    for field in fields:
        tags, name, value = lines.writers.markup(encode_name(field.name)), f"s{len(tests)}", value_of(carrier, field)
        yield _literal(tags.start), False
        if isinstance(field.kind, NestedKind):
            class_ = lines.name("class", field.kind.carrier)
            tests += [f"type({name} := {value}) is {class_}", f"{name}.{EXTRAS_ATTRIBUTE} is UNSET"]
            yield from _parts(lines, tests, name, member_order(plan_of(field.kind.carrier), lines.writers.dialect))
        else:
            test, text, is_markup = _usual(lines, field.kind, f"{name} := {value}", name)
            tests.append(test)
            yield (f"{{{text}}}", False) if is_markup else (text, True)
        yield _literal(tags.end), False


def _alone(lines: Lines, field: FieldPlan) -> None:
    """Add a scalar property that may be null, absent, or another value than is usual."""
    tags = lines.writers.markup(encode_name(field.name))
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
    return f"({value}) is not None and {name} is not UNSET", f"{lines.spell(kind)}({name})", False


def _literal(markup: str) -> str:
    """Markup as it stands in a formatted string."""
    return markup.replace("{", "{{").replace("}", "}}")
