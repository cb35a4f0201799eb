"""Unknown elements: which JSON value an element of no known kind stands for, and how any JSON value is written as one.

| JSON | written | read |
| --- | --- | --- |
| null | `xsi:nil="true"` | the same |
| string | the text | an element without children and attributes |
| number, boolean | the text, `j:type="number"` or `"boolean"` | the same; `xsi:type` with a type of XML Schema |
| object | an element for each member; `j:type="object"` if it has none | an element with children or attributes |
| list in an object, of two items or more | an element of that name for each item | elements of one name |
| any other list | `j:type="list"`, with an `Item` for each item | the same |

`j` is the namespace `urn:contactwire:json`. A name that XML does not allow is written as .NET's `XmlConvert.EncodeLocalName`
does (`a_x0020_b`), and read so. Namespaces of elements fall away. Of what .NET and others may send, an attribute `a` is read
as a member `@a`, and text beside children or attributes as `#text`, without the blanks around it; such members are written
back where they came from if that reads back equal. Attributes of XML Schema instance (`xsi:type`) say nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contactwire.builtins import write_extras
from contactwire.codecs._xml_unit import Refused
from contactwire.codecs.xml.names import JSON, JSON_TYPE, NIL, XSI, decode_name, encode_name, local_name, octets
from contactwire.wire import CarrierPlan

__all__ = [
    "BLANK",
    "Element",
    "ExtrasReader",
    "ExtrasWriter",
    "TooDeep",
    "is_nil",
    "read_unknown",
    "remember",
    "write_unknown",
]

Element = Any
"""An element of lxml's tree; lxml is imported only where a document is parsed."""

BLANK = " \t\r\n"
_TEXT = "#text"
_ITEM = "Item"
_SIMPLE_NAME = "[A-Za-z_][A-Za-z0-9_.-]*+"
_REMEMBERED = 300
_TYPE = f"{{{XSI}}}type"
_SILENT = (f"{{{XSI}}}", f"{{{JSON}}}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,4300}", re.ASCII)
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ATTRIBUTE = re.compile('[^<&"\x00-\x1f\x7f\ufffe\uffff]*')
_XSD_TYPES = {
    **dict.fromkeys(
        ["byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"], "number"
    ),
    **dict.fromkeys(["integer", "decimal", "double", "float"], "number"),
    "boolean": "boolean",
}


class TooDeep(Exception):
    """An element that nests deeper than the codec allows; `line` is where it stands."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def is_nil(element: Element) -> bool:
    """Whether an element spells null: `xsi:nil` says so, and it holds nothing (XML Schema part 1 §2.6.2)."""
    if element.get(NIL, "").strip(BLANK) not in ("true", "1"):
        return False
    return not len(element) and not (element.text or "").strip(BLANK)


def read_unknown(element: Element, room: int) -> Any:
    """The builtins that an unknown element stands for; raises `TooDeep` where they nest deeper than `room`."""
    if is_nil(element):
        return None
    type_ = element.get(JSON_TYPE) or _XSD_TYPES.get(element.get(_TYPE, "").rpartition(":")[2])
    if type_ == "list":
        _check_room(element, room)
        return [read_unknown(child, room - 1) for child in element]
    attributes = [(name, value) for name, value in element.attrib.items() if not name.startswith(_SILENT)]
    if not len(element) and not attributes and type_ != "object":
        return _scalar(element.text or "", type_)
    return _read_object(element, attributes, type_, room)


def _read_object(element: Element, attributes: list[tuple[str, str]], type_: str | None, room: int) -> dict[str, Any]:
    _check_room(element, room)
    found: dict[str, list[Any]] = {}
    for name, value in attributes:
        found.setdefault(f"@{local_name(name)}", []).append(value)
    for child in element:
        # One level more for an element that is repeated: those are a list.
        found.setdefault(local_name(child.tag), []).append(read_unknown(child, room - 1))
    pieces = [element.text, *(child.tail for child in element)]
    text = "".join(piece for piece in pieces if piece)
    text = text.strip(BLANK) if len(element) else text
    if text:
        found.setdefault(_TEXT, []).append(_scalar(text, type_))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _check_room(element: Element, room: int) -> None:
    if room < 1:
        raise TooDeep(element.sourceline or 1)


def _scalar(text: str, type_: str | None) -> Any:
    """The number or boolean that a text spells, or the text itself where it spells none."""
    trimmed = text.strip(BLANK)
    if type_ == "boolean":
        return _BOOLEANS.get(trimmed, text)
    if type_ == "number" and _INTEGER.fullmatch(trimmed):
        return int(trimmed)
    if type_ == "number" and _DOUBLE.fullmatch(trimmed):
        number = float(trimmed)
        return number if number - number == 0 else text
    return text


class ExtrasReader:
    """Reads unknown elements of a carrier from text: those that hold a scalar or null, each of a name of its own.

    `nil` is the attribute for null, `blanks` the pattern for what may stand around elements, and `angle` what stands for
    `<` in text, "" for nothing.
    """

    def __init__(self, nil: str, blanks: str, angle: str, plan: CarrierPlan) -> None:
        start, empty = rf"<({_SIMPLE_NAME})(?:{_typed('(number|boolean)')})?", f"/>|{re.escape(nil)}/>"
        self._match = re.compile(rf"{blanks}{start}(?:>([^<]*+)</\1>|({empty})){blanks}").match
        self._angle, self._plan = angle, plan
        self._names: dict[str, str] = {}

    def read(self, carrier: Any, text: str, at: int) -> int:
        """Take the elements at a place in a text into a carrier that has no extras yet, and give where they end.

        Raises `Refused` for the name of a property, and for a second element of one name.
        """
        extras: dict[str, Any] = {}
        while match := self._match(text, at):
            tag, type_, content, empty = match.groups()
            name = self._names.get(tag)
            name = self._learn(tag) if name is None else name
            if name in extras:
                raise Refused
            if content and self._angle:
                content = content.replace(self._angle, "<")
            extras[name] = _scalar(content or "", type_) if empty in (None, "/>") else None
            at = match.end()
        if extras:
            carrier._extras = extras
        return at

    def read_all(self, carrier: Any, text: str) -> None:
        """Take the elements of a text that must hold nothing else into a carrier."""
        if self.read(carrier, text, 0) != len(text):
            raise Refused

    def _learn(self, tag: str) -> str:
        name = decode_name(tag)
        if self._plan.find(name) is not None:
            raise Refused
        remember(self._names, tag, name)
        return name


class ExtrasWriter:
    """Writes the unknown properties of a carrier as elements; `nil` is the attribute for null."""

    def __init__(self, nil: str, plan: CarrierPlan) -> None:
        self._nil, self._plan = nil, plan
        self._tags: dict[str, tuple[str, str]] = {}

    def write(self, extras: Any, out: list[str], room: int) -> None:
        """Append `extras`, `room` levels at most, to `out`: markup in octets and text by turns.

        Raises `Refused` for what no decoder would take back, which the exact path can explain.
        """
        for name, value in extras.items():
            if type(value) is str:
                opening, closing = self._tags.get(name) or self._learn(name)
                out += (opening, value, closing, "")
            else:
                members: dict[str, Any] = {}
                if write_extras({name: value}, self._plan, members, room):
                    raise Refused
                elements: list[str] = []
                write_unknown(members, elements, self._nil)
                elements[::2] = map(octets, elements[::2])
                out += elements

    def _learn(self, name: Any) -> tuple[str, str]:
        if type(name) is not str or self._plan.find(name) is not None:
            raise Refused
        tag = octets(encode_name(name))
        remember(self._tags, name, (f"<{tag}>", f"</{tag}>"))
        return f"<{tag}>", f"</{tag}>"


def remember(known: dict[str, Any], name: str, value: Any) -> None:
    """Keep what a name means in `known`: names are the sender's to choose, so only some are kept, and none that are long."""
    if len(known) < _REMEMBERED and len(name) <= _REMEMBERED:
        known[name] = value


def write_unknown(members: Mapping[str, Any], out: list[str], nil: str) -> None:
    """Append the elements of unknown properties to `out`, markup and text by turns; `nil` is the attribute for null.

    The members are builtins that `to_builtins` gives.
    """
    for name, value in members.items():
        tag = encode_name(name)
        if isinstance(value, list) and len(value) > 1:
            for item in value:
                _write(tag, item, out, nil)
        else:
            _write(tag, value, out, nil)


def _write(tag: str, value: Any, out: list[str], nil: str) -> None:
    if value is None:
        out += (f"<{tag}{nil}/>", "")
    elif isinstance(value, str):
        out += (f"<{tag}>", value, f"</{tag}>", "")
    elif isinstance(value, dict):
        _write_object(tag, value, out, nil)
    elif isinstance(value, list):
        out += (f"<{tag}{_typed('list')}>", "")
        for item in value:
            _write(_ITEM, item, out, nil)
        out += (f"</{tag}>", "")
    elif value is True or value is False:
        out += (f"<{tag}{_typed('boolean')}>{'true' if value else 'false'}</{tag}>", "")
    else:
        out += (f"<{tag}{_typed('number')}>{value!r}</{tag}>", "")


def _typed(name: str) -> str:
    return f' xmlns:j="{JSON}" j:type="{name}"'


def _write_object(tag: str, value: dict[str, Any], out: list[str], nil: str) -> None:
    attributes = {name: text for name, text in value.items() if _is_attribute(name, text)}
    members = {name: item for name, item in value.items() if name not in attributes}
    # What reads back as `#text`: without children the whole text, beside children what is left without blanks.
    text = members.get(_TEXT)
    beside = isinstance(text, str) and (text == text.strip(BLANK) if len(members) > 1 else bool(attributes))
    text = members.pop(_TEXT) if beside and text else ""
    written = "".join(f' {encode_name(name[1:])}="{text_}"' for name, text_ in attributes.items())
    out += (f"<{tag}{written}{'' if members or attributes else _typed('object')}>", text)
    write_unknown(members, out, nil)
    out += (f"</{tag}>", "")


def _is_attribute(name: str, value: Any) -> bool:
    """Whether a member can be written as an attribute and read back."""
    if not isinstance(value, str) or len(name) < 2 or name[0] != "@" or not _ATTRIBUTE.fullmatch(value):
        return False
    # A name that begins like this has a meaning of its own in XML (Namespaces in XML §3).
    return name[1:4].lower() != "xml" and encode_name(name[1:]) == name[1:]
