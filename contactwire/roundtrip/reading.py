"""A second reading of a body, independent of the codecs.

The standard library's parsers (`json`, `xml.etree`) read the text, and the plans say what each name means. Both this reading
and a codec's are brought into one canonical spelling before they are compared.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from contactwire.builtins import MAX_DIGITS
from contactwire.codecs import Body, Codec
from contactwire.codecs.xml import NIL, Document, local_name
from contactwire.timestamps import format_timestamp, parse_timestamp
from contactwire.wire import (
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    UUID,
    DictionaryKind,
    EnumerationKind,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    Number,
    ScalarKind,
    number,
    plan_of,
)

__all__ = ["SEVERAL", "UNKNOWN", "Mark", "canonical", "reading", "without_unknown"]


class Mark:
    """Stands in builtins for what no value can say; `repr` is its words."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


SEVERAL = Mark("several values")
"""The placeholder for the values of a repeated member."""
UNKNOWN = "an unknown member"
"""The placeholder for the value of an unknown member in XML: no plan tells this reading what type it has."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def reading(body: Body, codec: Codec, kind: Kind | None) -> Any:
    """The builtins in a body, in canonical spelling, or None where the standard library has no parser for the body.

    Takes a body that its codec could decode, and the kind of its document, None for a patch. In XML the value of every
    unknown member is `UNKNOWN`.
    """
    media_type = codec.media_types[0]
    # `json` takes a byte order mark in front of bytes, and refuses it in front of a text.
    text = body.removeprefix("\ufeff") if isinstance(body, str) else bytes(body)
    charset = getattr(codec, "charset", None)
    if "json" in media_type:
        pairs = None if hasattr(codec, "duplicates") else _several
        return canonical(kind, json.loads(text, parse_int=number, parse_float=number, object_pairs_hook=pairs))
    if "xml" not in media_type or kind is None:
        return None
    try:
        if charset is not None:
            text = Document.read(body, charset, sys.maxsize).text
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, ValueError):
        # Expat takes names by the fourth edition of XML 1.0, which allows fewer letters than the fifth. It also knows
        # fewer encodings than lxml.
        return None
    return canonical(kind, _element(kind, root))


def _several(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object with `SEVERAL` for each repeated member; for codecs that cannot tell repetitions themselves."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = SEVERAL if name in found else value
    return found


def canonical(kind: Kind | None, data: Any) -> Any:
    """The same builtins with wire names in the plan's spelling, and each value as this library spells it."""
    match kind, data:
        case NestedKind(), dict():
            plan = plan_of(kind.carrier)
            found = [(plan.find(name), name, value) for name, value in data.items()]
            return {
                field.name if field else name: canonical(field.kind if field else None, value)
                for field, name, value in found
            }
        case ListKind(), list():
            return [canonical(kind.item, item) for item in data]
        case DictionaryKind(), dict():
            return {key: canonical(kind.item, item) for key, item in data.items()}
    if isinstance(kind, FlagsKind):
        return kind.usual(data)
    if kind == DATE_TIME and isinstance(data, str):
        return _trimmed(data)
    if kind == UUID and isinstance(data, str):
        return data.lower()
    if kind == DECIMAL and isinstance(data, (int, float)):
        return _decimal(data.text if isinstance(data, Number) else repr(data))
    return _plain_number(kind, data) if isinstance(data, Number) else data


def _plain_number(kind: Kind | None, value: Number) -> Any:
    """A property's number without its spelling; an integer `-0` is 0. Any other number keeps its spelling."""
    if kind == DOUBLE:
        return float(value)
    return 0 if isinstance(kind, ScalarKind) and kind.minimum is not None and value.text == "-0" else value


def _trimmed(text: str) -> str:
    try:
        return format_timestamp(parse_timestamp(text))
    except ValueError:  # pragma: no cover - only with a codec of somebody else's, which reads other spellings
        return text


def without_unknown(kind: Kind, data: Any) -> Any:
    """The same builtins with `UNKNOWN` for the value of every unknown member."""
    match kind, data:
        case NestedKind(), dict():
            by_name = plan_of(kind.carrier).by_name
            return {
                name: without_unknown(by_name[name].kind, value) if name in by_name else UNKNOWN
                for name, value in data.items()
            }
        case ListKind(), list():
            return [without_unknown(kind.item, item) for item in data]
        case DictionaryKind(), dict():
            return {key: without_unknown(kind.item, item) for key, item in data.items()}
    return data


def _element(kind: Kind, element: ElementTree.Element) -> Any:
    """The builtins of an XML element that holds a value of a kind, in any dialect."""
    children = [child for child in element if isinstance(child.tag, str)]
    if element.get(NIL, "").strip() in ("true", "1") and not children and not (element.text or "").strip():
        return None
    match kind:
        case NestedKind():
            plan = plan_of(kind.carrier)
            found = [(plan.find(local_name(child.tag)), child) for child in children]
            return {
                field.name if field else local_name(child.tag): _element(field.kind, child) if field else UNKNOWN
                for field, child in found
            }
        case ListKind():
            return [_element(kind.item, child) for child in children]
        case DictionaryKind():
            parts = [{local_name(part.tag).lower(): part for part in child} for child in children]
            return {
                part["key"].text or "": _element(kind.item, part["value"]) if "value" in part else None for part in parts
            }
    return _reader(kind)("".join(element.itertext()))


def _reader(kind: Kind) -> Callable[[str], Any]:
    """What reads the text of a single value."""
    if isinstance(kind, EnumerationKind) and not kind.open:
        return type(next(iter(kind.members)).value)
    return _READ.get(kind.name if isinstance(kind, ScalarKind) else "", str)


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.strip()]


def _double(text: str) -> float:
    """The number of a double: an integer stays one, but for -0, and for more digits than Python takes for an integer."""
    trimmed = text.strip()
    value, digits = float(trimmed), trimmed.lstrip("+-")
    is_integer = digits.isdigit() and len(digits) <= MAX_DIGITS and (value or trimmed[0] != "-")
    return int(trimmed) if is_integer else value


def _decimal(text: str) -> int | float:
    """The number of a decimal with all its digits, and without an exponent, which XML has not: 100 for `1e2`."""
    return number(f"{Decimal(text.strip()):f}")


_READ: Mapping[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "double": _double,
    "int32": int,
    "int64": int,
    "decimal": _decimal,
    "date-time": str.strip,
    "date": str.strip,
    "uuid": str.strip,
}
