"""The values of a form's texts: what is no value of its kind stays a text, which the reader of builtins refuses then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from contactwire.codecs._text_values import text_reader
from contactwire.errors import ValidationError
from contactwire.wire import CarrierPlan, EnumerationKind, ScalarKind

__all__ = ["Read", "readers_of", "value_of"]

Read = Callable[[str], Any]
"""What gives the value of a text, or the text itself where it is none."""

_BLANKS = " \t\n\r"
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def value_of(kind: ScalarKind | EnumerationKind, text: str, nullable: bool) -> Any:
    """The value that one text is for a kind, or the text itself where it is none.

    `nullable` says that null may be here: it is what an empty text means that can be nothing else.
    """
    if isinstance(kind, EnumerationKind) or kind.name == "string":
        return text
    return None if nullable and not text else _reader_of(kind)(text)


@lru_cache(maxsize=64)
def _reader_of(kind: ScalarKind) -> Read:
    if kind.minimum is not None:
        return _integer_reader(kind)
    if kind.name == "boolean":
        return lambda text: _BOOLEANS.get(text.strip(_BLANKS).lower(), text)
    if kind.name == "date-time":
        return lambda text: text.strip(_BLANKS)
    return _exact_reader(kind) if kind.name == "double" else str


def _exact_reader(kind: ScalarKind) -> Read:
    read = text_reader(kind, lenient=True)

    def read_or_leave(text: str) -> Any:
        try:
            return read(text)
        except ValidationError:
            return text

    return read_or_leave


def _integer_reader(kind: ScalarKind) -> Read:
    read = _exact_reader(kind)

    def read_integer(text: str) -> Any:
        # Nine digits fit into an int32.
        return int(text) if len(text) < 10 and text.isdecimal() and text.isascii() else read(text)

    return read_integer


# What is kept for a plan leads to no class, so that a class can be freed, and its plan with it.
_readers: WeakKeyDictionary[CarrierPlan, dict[str, Read]] = WeakKeyDictionary()


def readers_of(plan: CarrierPlan) -> Mapping[str, Read]:
    """What reads the single values of a carrier, by their names as the plan has them."""
    found = _readers.get(plan)
    if found is None:
        found = _readers[plan] = {
            field.name: str if isinstance(field.kind, EnumerationKind) else _reader_of(field.kind)
            for field in plan.fields
            if isinstance(field.kind, (ScalarKind, EnumerationKind))
        }
    return found
