"""The source of the functions that write carriers: one for each class and dialect.

A generated function appends markup and text to `out` by turns, and returns the markup behind the last text. `levels` is how
many more levels may nest, and `before` is the markup collected since the last text. A run of neighbouring scalars whose
values all are there and have their usual types is written by one statement, else one by one (`lines`). For `FieldProperty`
the source is, in part::

    def write(carrier, out, levels, before):
        if levels < 1:
            raise unwritable("less nesting", carrier)
        v1 = carrier.field_right
        if v1 is None:
            before += '<FieldRight xsi:nil="true"/>'
        elif v1 is not UNSET:
            writer = writer8 if type(v1) is class7 else writer_of(v1, kind9)
            before = writer.write(v1, out, levels - 1, before + "<FieldRight>") + "</FieldRight>"
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
        return before if carrier._unknown is UNSET else write_extras(carrier, out, levels, before)

A list in a list is a loop in a loop, of which Python allows 20.
"""

from __future__ import annotations

from itertools import groupby

from contactwire.codecs.xml.dialects import item_name, member_order
from contactwire.codecs.xml.lines import Lines, Markup, add_run, add_small_carrier, is_scalar, is_small, value_of
from contactwire.codecs.xml.text import as_utf8
from contactwire.wire import (
    EXTRAS_ATTRIBUTE,
    STRING,
    CarrierPlan,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    plan_of,
)

__all__ = ["add_source"]


def add_source(lines: Lines, plan: CarrierPlan) -> None:
    """Add the statements of the function that writes the content of a carrier's element."""
    lines.add(1, "if levels < 1:", "    raise unwritable('less nesting', carrier)")
    for is_run, fields in groupby(member_order(plan, lines.dialect), lambda field: is_scalar(field.kind)):
        if is_run:
            add_run(lines, plan, list(fields))
        else:
            for field in fields:
                _property(lines, plan, field)
    extras = "write_extras(carrier, out, levels, before)"
    lines.add(1, f"return before if carrier.{EXTRAS_ATTRIBUTE} is UNSET else {extras}")


def _property(lines: Lines, plan: CarrierPlan, field: FieldPlan) -> None:
    """Add the statements for a property that is no scalar."""
    markup = lines.member(plan, field)
    lines.add(1, f"v1 = {value_of('carrier', field)}")
    lines.add(1, "if v1 is None:", *lines.null(field, markup), "elif v1 is not UNSET:")
    _element(lines, 1, 2, field.kind, markup)
    lines.absent(1, field)


def _element(lines: Lines, level: int, depth: int, kind: Kind, markup: Markup) -> None:
    """Add the statements for the element of a value.

    The variable of the value is `v1` for a property, `v2` for an item of a list, `v3` for an item of a list in it.
    """
    match kind:
        case NestedKind():
            _carrier(lines, level, depth, kind, markup)
        case ListKind() | DictionaryKind():
            of = "list" if isinstance(kind, ListKind) else "dict"
            lines.add(depth, f"if not isinstance(v{level}, {of}) or levels <= {level}:")
            lines.add(depth, f"    raise unwritable({kind.expected!r}, v{level})")
            lines.add(depth, f"before += {markup.start!r}")
            _items(lines, level, depth, kind)
            lines.add(depth, f"before += {markup.end!r}")
        case _:
            spell = lines.spell(kind)
            lines.text(depth, markup, _string(f"v{level}", spell) if kind == STRING else f"{spell}(v{level})")


def _items(lines: Lines, level: int, depth: int, kind: ListKind | DictionaryKind) -> None:
    """Add the loop over the items of a list, or over the entries of a dictionary."""
    item, name = f"v{level + 1}", item_name(kind, lines.dialect)
    if isinstance(kind, ListKind):
        markup = lines.markup(name.tag)
        # Append the markup at each item, so that `before` does not grow with the list.
        lines.add(depth, f"for {item} in v{level}:", "    out += (before, '')", "    before = ''")
    else:
        prefix = f"{name.prefix}:" if name.prefix else ""
        markup = lines.markup(f"{prefix}Value", f"</{prefix}Key>", f"</{name.tag}>", omissible=True)
        lines.add(depth, f"for key, {item} in v{level}.items():")
        start = as_utf8(f"<{name.tag}><{prefix}Key>")
        lines.add(depth, f"    out += (before + {start!r}, {_string('key', 'spell_key')})", "    before = ''")
    if kind.nullable:
        lines.add(depth + 1, f"if {item} is None:", f"    before = {markup.null!r}", "else:")
    _element(lines, level + 1, depth + (2 if kind.nullable else 1), kind.item, markup)


def _carrier(lines: Lines, level: int, depth: int, kind: NestedKind, markup: Markup) -> None:
    value, class_ = f"v{level}", lines.name("class", kind.carrier)
    if is_small(plan_of(kind.carrier)):
        add_small_carrier(lines, depth, level, kind, class_, markup)
        lines.add(depth, "else:")
        depth += 1
    own, other = lines.name("writer", lines.writer(kind.carrier)), f"writer_of({value}, {lines.name('kind', kind)})"
    lines.add(depth, f"writer = {own} if type({value}) is {class_} else {other}")
    lines.add(depth, f"before = writer.write({value}, out, levels - {level}, before + {markup.start!r}) + {markup.end!r}")


def _string(name: str, spell: str) -> str:
    """The expression for the text of a string; `spell` converts or refuses a value of another type."""
    return f"{name} if type({name}) is str else {spell}({name})"
