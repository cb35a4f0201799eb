"""The values of a form's texts. A text that spells no value of its kind stays a string, which `assemble` refuses later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactwire.codecs.text_values import takes_empty_text, text_converter
from contactwire.wire import CarrierPlan, EnumerationKind, Kind, ScalarKind, kept_on_plan

__all__ = ["Member", "members_of", "value_of"]

Read = Callable[[str], Any]
"""Turns a text into its value, or returns the text itself if it spells none."""
Member = tuple[Kind | None, Read | None]
"""The kind of a member, None if it is unknown, and the function that reads its text if it is a single value."""


def value_of(kind: ScalarKind | EnumerationKind, text: str, nullable: bool) -> Any:
    """The value that a text spells for a kind, or the text itself if it spells none.

    With `nullable`, an empty text is null, unless it spells a value of the kind, as for a string.
    """
    convert = text_converter(kind, lenient=True)
    if nullable and not text and not takes_empty_text(kind):
        return None
    return text if convert is None else convert(text)


@kept_on_plan
def members_of(plan: CarrierPlan) -> Mapping[str, Member]:
    """The members of a carrier by wire name."""
    return {field.name: (field.kind, _converter(field.kind)) for field in plan.fields}


def _converter(kind: Kind) -> Read | None:
    return (text_converter(kind, lenient=True) or str) if isinstance(kind, (ScalarKind, EnumerationKind)) else None
