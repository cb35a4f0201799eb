"""The state of one walk over a tree of elements (`read`): its policies, and the faults found.

These are the faults that builtins cannot show, such as text between elements.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs

from contactwire.builtins import repeated_issue
from contactwire.codecs.xml.names import REFERENCE, local_name
from contactwire.codecs.xml.unknown import Element
from contactwire.errors import Issue, shorten
from contactwire.paths import PlacePointer
from contactwire.wire import fold

__all__ = ["LEFT_OUT", "Walk"]

LEFT_OUT: Any = object()
"""The value of an unknown member that the codec does not keep, and the key of an entry that has none."""


@attrs.define(eq=False)
class Walk:
    """One walk over a tree.

    `unknown` is the codec's policy, `once` says that a repeated property is a fault. `respelled` says that a property was
    spelled in another letter case, `odd` that `_Known.settle` has to look at each carrier. `faults` are pairs of a place and
    a fault.
    """

    unknown: Literal["keep", "ignore", "error"]
    once: bool
    odd: bool
    max_faults: int
    respelled: bool = False
    faults: list[tuple[Any, Issue]] = attrs.field(factory=list)

    def issues(self) -> list[Issue]:
        """The faults with their pointers: the first ones of the document, up to one more than an error lists."""
        return [issue.under(PlacePointer(place)) for place, issue in self.faults]

    def note(self, place: Any, issue: Issue) -> None:
        """Note a fault of the element at a place; faults beyond one more than `max_faults` are dropped."""
        if len(self.faults) <= self.max_faults:
            self.faults.append((place, issue))

    def fault(self, place: Any, message: str, expected: str, received: str) -> None:
        """Note what is wrong with the element at a place."""
        self.note(place, Issue("", message, expected, received))

    def text_between(self, place: Any, text: str) -> None:
        """Note a text between the elements of the one at `place`."""
        message = f"expected elements and no text between them, received {shorten(text)}"
        self.fault(place, message, "elements", shorten(text))

    def reference(self, place: Any, element: Element) -> None:
        """Note an element that refers to another one instead of having a value."""
        shown = shorten(element.get(REFERENCE))
        self.fault(place, f"expected a value, received a reference (z:Ref) to the element {shown}", "a value", shown)

    def no_part(self, place: Any, element: Element) -> None:
        """Note an element in a dictionary's entry that is neither its key nor its value."""
        shown = shorten(local_name(element.tag))
        self.fault(place, f"expected a Key and a Value, received an element {shown}", "Key and Value", shown)

    def no_key(self, place: Any, key: Any) -> None:
        """Note a dictionary's entry that has no key (`LEFT_OUT`), or one that is no text."""
        if key is LEFT_OUT:
            self.fault(place, "an entry of a dictionary has no Key", "Key and Value", "no Key")
        else:
            self.note(place, Issue.of_value("string", key))

    def check_entry(self, place: Any, key: Any, entry: Element, items: dict[str, Any]) -> None:
        """Note an entry with two keys or two values, and one whose key an earlier entry has."""
        if len({fold(local_name(child.tag)) for child in entry}) < len(entry):
            self.repeated(place)
        if isinstance(key, str) and key in items:
            self.repeated((place[0], key))

    def repeated(self, place: Any) -> None:
        """Note a second element for one property, or a second entry for one key."""
        self.note(place, repeated_issue(""))
