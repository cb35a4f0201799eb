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
from contactwire.codecs.xml import NIL, XSI, Document, local_name
from contactwire.paths import escape
from contactwire.timestamps import format_timestamp, parse_timestamp
from contactwire.wire import (
    DATE_TIME,
    DECIMAL,
    DOUBLE,
    UUID,
    CarrierPlan,
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

__all__ = ["ABSENT", "SEVERAL", "UNKNOWN", "Mark", "canonical", "reading"]


class Mark:
    """Stands in builtins for what no value can say; `repr` is its words."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


ABSENT = Mark("absent")
"""The value of `Difference.before` or `Difference.after` where that document has nothing at the pointer."""
MIXED, JOINED = Mark("text between elements"), Mark("one text")
"""What an unknown member of XML may have, and what becomes of it."""
SEVERAL = Mark("several values")
"""The placeholder for the values of a repeated member."""
UNKNOWN = "an unknown member"
"""The placeholder for the value of an unknown member in XML: no plan tells this reading what type it has."""

_BLANK = " \t\r\n"
"""White space in XML (XML 1.0 §2.3)."""

_SILENT = (f"{{{XSI}}}", "{http://www.w3.org/XML/1998/namespace}space")
"""How the names of attributes begin that tell how to read an element, and say nothing themselves."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


Dropped = list[tuple[str, Any, Any]]
"""What a body says that no builtins do: for each place its pointer, what is there, and what becomes of it."""


def reading(body: Body, codec: Codec, kind: Kind | None) -> tuple[Any, Dropped]:
    """The builtins in a body, in canonical spelling, or None where the standard library has no parser for the body.

    Takes a body that its codec could decode, and the kind of its document, None for a patch. In XML the value of every
    unknown member is `UNKNOWN`, and attributes of other elements are dropped.
    """
    media_type = codec.media_types[0]
    # `json` takes a byte order mark in front of bytes, and refuses it in front of a text.
    text = body.removeprefix("\ufeff") if isinstance(body, str) else bytes(body)
    charset = getattr(codec, "charset", None)
    if "json" in media_type:
        pairs = None if hasattr(codec, "duplicates") else _several
        return canonical(kind, json.loads(text, parse_int=number, parse_float=number, object_pairs_hook=pairs)), []
    if "xml" not in media_type or kind is None:
        return None, []
    try:
        if charset is not None:
            text = Document.read(body, charset, sys.maxsize).text
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, ValueError):
        # Expat takes names by the fourth edition of XML 1.0, which allows fewer letters than the fifth. It also knows
        # fewer encodings than lxml.
        return None, []
    dropped: Dropped = []
    return canonical(kind, _element(kind, root, "", dropped)), dropped


def _several(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object with `SEVERAL` for each repeated member; for codecs that cannot tell repetitions themselves."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = SEVERAL if name in found else value
    return found


def canonical(kind: Kind | None, data: Any, *, unknown: bool = True) -> Any:
    """The same builtins with wire names in the plan's spelling, and each value as this library spells it.

    Unless `unknown`, the value of each unknown member is `UNKNOWN`, as `reading` has it of XML.
    """
    match kind, data:
        case NestedKind(), dict():
            plan, members = plan_of(kind.carrier), {}
            for name, value in data.items():
                if field := plan.find(name):
                    members[field.name] = canonical(field.kind, value, unknown=unknown)
                else:
                    members[name] = value if unknown else UNKNOWN
            return members
        case ListKind(), list():
            return [canonical(kind.item, item, unknown=unknown) for item in data]
        case DictionaryKind(), dict():
            return {key: canonical(kind.item, item, unknown=unknown) for key, item in data.items()}
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


def _element(kind: Kind, element: ElementTree.Element, pointer: str, dropped: Dropped) -> Any:
    """The builtins of an XML element that holds a value of a kind, in any dialect; adds to what is `dropped` of it."""
    _drop_attributes(element, pointer, dropped)
    children = [child for child in element if isinstance(child.tag, str)]
    if element.get(NIL, "").strip(_BLANK) in ("true", "1") and not children and not (element.text or "").strip(_BLANK):
        return None
    match kind:
        case NestedKind():
            return dict(_member(plan_of(kind.carrier), child, pointer, dropped) for child in children)
        case ListKind():
            return [_element(kind.item, child, f"{pointer}/{index}", dropped) for index, child in enumerate(children)]
        case DictionaryKind():
            return dict(_entry(kind.item, child, pointer, dropped) for child in children)
    text = "".join(element.itertext())
    if isinstance(kind, EnumerationKind) and not kind.open:
        return type(next(iter(kind.members)).value)(text)
    return _READ.get(kind.name if isinstance(kind, ScalarKind) else "", str)(text)


def _member(plan: CarrierPlan, element: ElementTree.Element, pointer: str, dropped: Dropped) -> tuple[str, Any]:
    name = local_name(element.tag)
    field = plan.find(name)
    if field is not None:
        return field.name, _element(field.kind, element, f"{pointer}/{escape(field.name)}", dropped)
    if any(map(_is_mixed, element.iter())):
        dropped.append((f"{pointer}/{escape(name)}", MIXED, JOINED))
    return name, UNKNOWN


def _entry(kind: Kind, element: ElementTree.Element, pointer: str, dropped: Dropped) -> tuple[str, Any]:
    parts = {local_name(part.tag).lower(): part for part in element}
    key = parts["key"].text or ""
    place = f"{pointer}/{escape(key)}"
    for part in (element, parts["key"]):
        _drop_attributes(part, place, dropped)
    return key, _element(kind, parts["value"], place, dropped) if "value" in parts else None


def _drop_attributes(element: ElementTree.Element, pointer: str, dropped: Dropped) -> None:
    for name, value in element.attrib.items():
        if not name.startswith(_SILENT):
            dropped.append((f"{pointer}/@{escape(local_name(name))}", value, ABSENT))


def _is_mixed(element: ElementTree.Element) -> bool:
    """Whether an element has text in several places, between its children."""
    return sum(bool((text or "").strip(_BLANK)) for text in (element.text, *(child.tail for child in element))) > 1


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
    "boolean": lambda text: _BOOLEANS[text.strip()],
    "double": _double,
    "int32": int,
    "int64": int,
    "decimal": _decimal,
    "date-time": str.strip,
    "date": str.strip,
    "uuid": str.strip,
}
