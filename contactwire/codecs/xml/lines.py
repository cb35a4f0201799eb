"""`Lines`: the source of a function that is being generated, the objects that it uses by name, and statements that recur."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from keyword import iskeyword
from typing import Any, NamedTuple

from contactwire.codecs.text_values import loose_text, text_writer, with_blanks
from contactwire.codecs.xml.dialects import Dialect, member_name
from contactwire.codecs.xml.text import as_utf8
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, CarrierPlan, FieldPlan, FlagsKind

__all__ = ["Lines", "Markup", "value_of"]

_NAMES = {"UNSET": UNSET, "Timestamp": Timestamp, "booleans": {True: "true", False: "false"}}


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
