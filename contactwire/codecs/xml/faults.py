"""What cannot be written as XML: every fault of a value, each with its pointer, and a dialect that no document can have.

The codec asks for the faults of a value only after writing has failed, since this walks through the whole value.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from contactwire.builtins import multiplies, to_builtins
from contactwire.codecs.xml.dialects import Dialect, prefixes_of
from contactwire.codecs.xml.text import Document, parse
from contactwire.codecs.xml.write import root_attributes
from contactwire.errors import ILLEGAL_IN_XML, EncodeError, Issue, shorten
from contactwire.paths import Place, PlacePointer
from contactwire.wire import is_carrier, plan_of

__all__ = ["check_dialect", "faults"]


@lru_cache(maxsize=64)
def check_dialect(dialect: Dialect) -> None:
    """Raise ValueError for a dialect with a prefix, a name or a namespace that no document can have, or is read with."""
    words = {"item": "a", "Item": "A", "digest": ""}
    try:
        names = [template.format(**words) for template in (dialect.pair, dialect.scalar_pair)]
        names += [f"{prefix}:a" for prefix in prefixes_of(dialect).values()]
        # An end tag has nothing but a name, so attributes in a name are found, too.
        elements = "".join([f"<{name}></{name}>" for name in names])
        parse(Document.of(f'<a{root_attributes(dialect)} {dialect.xsi_prefix}:nil="true">{elements}</a>'))
    except (LookupError, ValueError) as error:
        raise ValueError(f"no document can have the names of the dialect {dialect.name!r}: {error}") from None


def faults(value: Any, max_depth: int, max_faults: int) -> Iterator[Issue]:
    """The faults of a value: first those that `to_builtins` finds for any format, then the strings that XML cannot hold."""
    try:
        to_builtins(value, max_depth=max_depth, max_faults=max_faults + 1)
    except EncodeError as error:
        yield from error.issues
    if not multiplies(value):
        # What nests deeper than Python can follow is a fault of its own.
        with suppress(RecursionError):
            yield from _illegal_texts(value, None, max_depth)


def _illegal_texts(value: Any, at: Place, levels: int, *, known: bool = True) -> Iterator[Issue]:
    """The faults of strings that XML cannot hold, up to `levels` more levels deep.

    In a `known` property, the keys of dictionaries are written as text, so they are checked too. Names of unknown members
    are element names, in which such a character is escaped.
    """
    if isinstance(value, str):
        yield from _illegal_text(value, at)
    elif levels < 1:
        return
    elif is_carrier(type(value)):
        for field in plan_of(type(value)).fields:
            yield from _illegal_texts(getattr(value, field.attribute), (at, field.name), levels - 1)
        yield from _illegal_texts(value._extras, at, levels, known=False)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _illegal_texts(item, (at, index), levels - 1, known=known)
    elif isinstance(value, dict):
        for name, item in value.items():
            place = at, str(name)
            yield from _illegal_text(str(name), place) if known else ()
            yield from _illegal_texts(item, place, levels - 1, known=known)


def _illegal_text(text: str, at: Place) -> Iterator[Issue]:
    fault = ILLEGAL_IN_XML.search(text)
    # `to_builtins` reports lone surrogates, which no format can hold.
    if fault is not None and not "\ud800" <= fault[0] <= "\udfff":
        message = f"the string has U+{ord(fault[0]):04X}, which XML 1.0 cannot hold"
        yield Issue("", message, "string", shorten(text)).under(PlacePointer(at))
