"""The values of a form's texts: what is no value of its kind stays a text, which the reader of builtins refuses then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contactwire.codecs.shared import text_converter
from contactwire.wire import CarrierPlan, EnumerationKind, ScalarKind, kept_on_plan

__all__ = ["Read", "readers_of", "value_of"]

Read = Callable[[str], Any]
"""What gives the value of a text, or the text itself where it is none."""


def value_of(kind: ScalarKind | EnumerationKind, text: str, nullable: bool) -> Any:
    """The value that one text is for a kind, or the text itself where it is none.

    `nullable` says that null may be here: it is what an empty text means that can be nothing else.
    """
    convert = text_converter(kind, lenient=True)
    if convert is None:
        return text
    return None if nullable and not text else convert(text)


@kept_on_plan
def readers_of(plan: CarrierPlan) -> Mapping[str, Read]:
    """What reads the single values of a carrier, by their names as the plan has them."""
    return {
        field.name: text_converter(field.kind, lenient=True) or str
        for field in plan.fields
        if isinstance(field.kind, (ScalarKind, EnumerationKind))
    }
