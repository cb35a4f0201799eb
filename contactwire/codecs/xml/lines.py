"""A function's source while it is put together: its lines, the names that they use, and the statements that recur."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any, NamedTuple, Protocol

from contactwire.codecs.xml.dialects import Dialect
from contactwire.timestamps import Timestamp
from contactwire.wire import UNSET, FieldPlan, NestedKind

__all__ = ["Elements", "Lines", "Markup", "value_of"]

_NAMES = {"UNSET": UNSET, "Timestamp": Timestamp, "booleans": {True: "true", False: "false"}}


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


class Lines:
    """The lines of a function's source, and the `names` that they use.

    A depth is a number of indents. `writers` is what writes the elements that the function does not write itself.
    """

    def __init__(self, writers: Elements, first: str) -> None:
        self.writers = writers
        self.names: dict[str, Any] = {**_NAMES, **writers.helpers}
        self._lines = [first]

    def __str__(self) -> str:
        return "\n".join([*self._lines, ""])

    def add(self, depth: int, *lines: str) -> None:
        """Add lines, each indented."""
        self._lines += ["    " * depth + line for line in lines]

    def name(self, stem: str, value: Any) -> str:
        """A name for what the source uses."""
        name = f"{stem}{len(self.names)}"
        self.names[name] = value
        return name

    def spell(self, kind: Any) -> str:
        """The name of what makes text of a scalar."""
        return self.name("spell", self.writers.speller(kind))

    def text(self, depth: int, tags: Markup, text: str) -> None:
        """Add the element of a text, which an expression gives."""
        self.add(depth, f"out += (before + {tags.start!r}, {text})", f"before = {tags.end!r}")

    def null(self, field: FieldPlan, markup: Markup) -> list[str]:
        """What a branch does for a property that is null."""
        return [*self._checks(field, None), f"    before += {markup.null!r}"]

    def absent(self, depth: int, field: FieldPlan) -> None:
        """Add the branch for a property that is absent, if it must not be."""
        checks = self._checks(field, UNSET)
        self.add(depth, *(["else:", *checks] if checks else []))

    def _checks(self, field: FieldPlan, value: Any) -> list[str]:
        """The check of a property that has no value, None or UNSET, where it must have one."""
        return ["    check_view(carrier)"] if self.writers.validate and not field.allows(value) else []


def value_of(carrier: str, field: FieldPlan) -> str:
    """The expression for a property; a class that a program makes may have one that is called `from`."""
    return f"getattr({carrier}, {field.attribute!r})" if iskeyword(field.attribute) else f"{carrier}.{field.attribute}"
