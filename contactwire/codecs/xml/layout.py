"""The white space of a document with `indent`: each element that stands in another one begins a line.

`lxml.etree.indent` does the same, but takes a text of other white space, such as a no-break space, for none, and drops it.
XML has four characters of white space (XML 1.0 §2.3).
"""

from __future__ import annotations

from contactwire.codecs.xml.names import BLANK
from contactwire.codecs.xml.unknown import Element

__all__ = ["lay_out"]


def lay_out(root: Element, spaces: int) -> None:
    """Give each element below `root` a line of its own, with that many spaces a level; text that is not blank stays."""
    elements = [(root, "\n")]
    while elements:
        element, line = elements.pop()
        if len(element):
            inner = line + " " * spaces
            element.text = _text(element.text, inner)
            for child in element:
                elements.append((child, inner))
                child.tail = _text(child.tail, line if child is element[-1] else inner)


def _text(text: str | None, line: str) -> str:
    return text if text and text.strip(BLANK) else line
