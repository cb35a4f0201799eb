"""A walk over a tree: where it is, and the faults that it meets on the way and that builtins cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import attrs

from contactwire.builtins import repeated_issue
from contactwire.codecs.xml.names import BLANK, local_name
from contactwire.codecs.xml.unknown import Element, pass_over
from contactwire.errors import Issue, shorten
from contactwire.paths import pointer_of_place
from contactwire.wire import fold

__all__ = ["LEFT_OUT", "Walk", "first_text"]

LEFT_OUT: Any = object()
"""Stands for what a document does not have, or what is not kept of it."""


@attrs.define(eq=False)
class Walk:
    """One walk over a tree: the elements that are still to be visited, the codec's policies, and the faults found so far."""

    nodes: Iterator[Element]
    unknown: Literal["keep", "ignore", "error"]
    once: bool
    odd: bool
    max_faults: int
    respelled: bool = False
    faults: list[tuple[Any, Issue]] = attrs.field(factory=list)

    def issues(self) -> list[Issue]:
        """The faults with their pointers: the first of the document, one more than are listed."""
        return [issue.under(pointer_of_place(place)) for place, issue in self.faults]

    def note(self, place: Any, issue: Issue) -> None:
        """Note a fault of the element at a place, as long as there are not too many."""
        if len(self.faults) <= self.max_faults:
            self.faults.append((place, issue))

    def fault(self, place: Any, message: str, expected: str, received: str) -> None:
        """Note what is wrong with the element at a place."""
        self.note(place, Issue("", message, expected, received))

    def check_blank(self, place: Any, between: str) -> None:
        """Note text between the elements of the one at `place`, unless it is blank."""
        text = between.strip(BLANK)
        if text:
            message = f"expected elements and no text between them, received {shorten(text)}"
            self.fault(place, message, "elements", shorten(text))

    def no_part(self, place: Any, element: Element) -> None:
        """Note an element in a dictionary's entry that is neither its key nor its value, and leave it behind."""
        pass_over(len(element), self.nodes)
        shown = shorten(local_name(element.tag))
        self.fault(place, f"expected a Key and a Value, received an element {shown}", "Key and Value", shown)

    def no_key(self, place: Any, key: Any) -> None:
        """Note a dictionary's entry whose key is `LEFT_OUT` or no text."""
        if key is LEFT_OUT:
            self.fault(place, "an entry of a dictionary has no Key", "Key and Value", "no Key")
        else:
            self.note(place, Issue.of_value("string", key))

    def check_entry(self, place: Any, key: Any, entry: Element, items: dict[str, Any]) -> None:
        """Note an entry with two keys or two values, and one whose key was there before."""
        if len({fold(local_name(child.tag)) for child in entry}) < len(entry):
            self.repeated(place)
        if isinstance(key, str) and key in items:
            self.repeated((place[0], key))

    def repeated(self, place: Any) -> None:
        """Note a second element for one property, or a second entry for one key."""
        self.note(place, repeated_issue(""))


def first_text(text: str | None, more: str) -> str:
    """The first of two texts that is not blank."""
    return more if text is None or not text.strip(BLANK) else text
