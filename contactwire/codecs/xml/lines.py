"""`Lines`: the source of a function that is being generated, the objects that it uses by name, and statements that recur."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any, NamedTuple, Protocol

from contactwire.codecs.xml.dialects import Dialect
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, CarrierPlan, FieldPlan, NestedKind

__all__ = ["Elements", "Lines", "Markup", "value_of"]

_NAMES = {"UNSET": UNSET, "Timestamp": Timestamp, "booleans": {True: "true", False: "false"}}


class Markup(NamedTuple):
    """The start tag and the end tag of an element, and the markup of null in its place, which may be ""."""

    start: str
    end: str
    null: str


class Elements(Protocol):
    """The writer of a dialect, as the generator sees it (`write.Writers`).

    The generator asks it for markup and for functions, which the generated code calls for elements that it does not write
    itself. `helpers` are functions that any generated code may call.
    """

    dialect: Dialect
    validate: bool
    helpers: Mapping[str, Any]

    def of(self, cls: type) -> Any:
        """The writer of a carrier class; its `write` appends the content of a carrier."""

    def markup(self, tag: str, before: str = "", after: str = "", *, omissible: bool = False) -> Markup:
        """The markup of an element, between other markup `before` and `after` it; if `omissible`, null may be no element."""

    def member(self, plan: CarrierPlan, field: FieldPlan) -> Markup:
        """The markup of a property's element."""

    def speller(self, kind: Any) -> Callable[[Any], str]:
        """The function that turns a scalar into text."""

    def nested(self, kind: NestedKind, markup: Markup) -> Callable[..., str]:
        """The function that writes the element of a carrier whose class is not known when the code is generated."""


class Lines:
    """The lines of a function's source, and the `names` of the objects that they use.

    `depth` is the indentation of a line, in steps of four spaces.
    """

    def __init__(self, writers: Elements) -> None:
        self.writers = writers
        self.names: dict[str, Any] = {**_NAMES, **writers.helpers}
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
        """The name of the function that turns a scalar of a kind into text: `spell9`."""
        return self.name("spell", self.writers.speller(kind))

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
        return ["    check_view(carrier)"] if self.writers.validate and not field.allows(value) else []


def value_of(carrier: str, field: FieldPlan) -> str:
    """The expression for a property's value: `carrier.name`, or `getattr` for a name such as `from`, which is a keyword."""
    return f"getattr({carrier}, {field.attribute!r})" if iskeyword(field.attribute) else f"{carrier}.{field.attribute}"
