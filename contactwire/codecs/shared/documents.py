"""Documents: the type that a codec reads where none is asked for, and what of a document a codec writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contactwire.errors import repr_of

if TYPE_CHECKING:
    # Type checkers know it without the package; at run time nobody asks for the default.
    from typing_extensions import TypeVar

    from contactwire.carriers import ContactEntity
    from contactwire.projection import Selection
    from contactwire.wire import Carrier

    T = TypeVar("T", bound=Carrier | list[Any] | dict[str, Any], default=ContactEntity)
else:
    from typing import TypeVar

    T = TypeVar("T")

__all__ = ["T", "selected"]


def selected(value: Any, selection: Selection | None) -> Any:
    """What a selection selects of a document, all of it for None; raises TypeError for a `selection` that is none."""
    if selection is None:
        return value
    if not isinstance(getattr(selection, "carrier", None), type):  # a patch has an `apply`, too
        raise TypeError(f"a selection is a Selection, such as Selection.parse('name'), not {repr_of(selection)}")
    return selection.apply(value)
