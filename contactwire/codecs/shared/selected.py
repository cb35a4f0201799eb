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
    apply = getattr(selection, "apply", None)
    if apply is None:
        raise TypeError(f"a selection is a Selection, such as Selection.parse('name'), not {shorten(selection)}")
    return apply(value)
