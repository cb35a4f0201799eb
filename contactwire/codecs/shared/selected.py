"""What a codec writes of a document: all of it, or what a selection selects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contactwire.errors import shorten

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["selected"]


def selected(value: Any, selection: Selection | None) -> Any:
    """What a selection selects of a document, all of it for None; raises TypeError for a `selection` that is none."""
    if selection is None:
        return value
    from contactwire.projection import Selection  # not loaded by who writes all of each document

    if not isinstance(selection, Selection):
        raise TypeError(f"a selection is a Selection, such as Selection.parse('name'), not {shorten(selection)}")
    return selection.apply(value)
