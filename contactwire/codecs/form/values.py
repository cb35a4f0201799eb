"""The values of a form's texts: what is no value of its kind stays a text, which the reader of builtins refuses then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from contactwire.codecs._text_values import text_converter
from contactwire.wire import CarrierPlan, EnumerationKind, ScalarKind

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


# What is kept for a plan leads to no class, so that a class can be freed, and its plan with it.
_readers: WeakKeyDictionary[CarrierPlan, dict[str, Read]] = WeakKeyDictionary()


def readers_of(plan: CarrierPlan) -> Mapping[str, Read]:
    """What reads the single values of a carrier, by their names as the plan has them."""
    found = _readers.get(plan)
    if found is None:
        found = _readers[plan] = {
            field.name: text_converter(field.kind, lenient=True) or str
            for field in plan.fields
            if isinstance(field.kind, (ScalarKind, EnumerationKind))
        }
    return found
