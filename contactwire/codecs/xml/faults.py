"""Why a value cannot be written as XML: every fault, each with its pointer; asked for only where one was met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contactwire.builtins import multiplies, to_builtins
from contactwire.codecs.xml.names import ILLEGAL
from contactwire.errors import EncodeError, Issue, shorten
from contactwire.paths import escape
from contactwire.wire import is_carrier, plan_of

__all__ = ["faults"]


def faults(value: Any, max_depth: int, max_faults: int) -> Iterator[Issue]:
    """What is wrong with a value that cannot be written: what no format can hold, then what XML cannot."""
    try:
        to_builtins(value, max_depth=max_depth, max_faults=max_faults + 1)
    except EncodeError as error:
        yield from error.issues
    if not multiplies(value):
        yield from _illegal_texts(value, "", max_depth)


def _illegal_texts(value: Any, at: str, room: int, *, known: bool = True) -> Iterator[Issue]:
    """The strings that XML cannot hold; in what is `known` the keys of dictionaries are text too."""
    if isinstance(value, str):
        yield from _illegal_text(value, at)
    elif room < 1:
        return
    elif is_carrier(type(value)):
        for field in plan_of(type(value)).fields:
            yield from _illegal_texts(getattr(value, field.attribute), f"{at}/{escape(field.name)}", room - 1)
        yield from _illegal_texts(value._extras or {}, at, room, known=False)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _illegal_texts(item, f"{at}/{index}", room - 1, known=known)
    elif isinstance(value, dict):
        for name, item in value.items():
            place = f"{at}/{escape(str(name))}"
            yield from _illegal_text(str(name), place) if known else ()
            yield from _illegal_texts(item, place, room - 1, known=known)


def _illegal_text(text: str, at: str) -> Iterator[Issue]:
    fault = ILLEGAL.search(text)
    # Lone surrogates are what no format can hold.
    if fault is not None and not "\ud800" <= fault[0] <= "\udfff":
        message = f"the string has U+{ord(fault[0]):04X}, which XML 1.0 cannot hold"
        yield Issue(at, message, "string", shorten(text))
