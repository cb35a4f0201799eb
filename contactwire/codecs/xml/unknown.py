"""Unknown members in XML: how an element that no property has is read as a JSON value, and any JSON value written as one.

| JSON | written | read |
| --- | --- | --- |
| null | `xsi:nil="true"` | the same |
| string | the text | an element without children or attributes |
| number, boolean | the text, `j:type="number"` or `"boolean"` | the same; `xsi:type` with a type of XML Schema |
| object | an element for each member; `j:type="object"` if it has none | an element with children or attributes |
| list in an object, of two items or more | an element of that name for each item (see below) | elements of one name |
| any other list | `j:type="list"`, with an `Item` for each item | the same |

`j` is the namespace `urn:contactwire:json`. A name that XML does not allow is spelled as .NET's `XmlConvert.EncodeLocalName`
does: `a b` is `a_x0020_b`. The namespace of an element is lost. An attribute `a` is read as a member `@a`, and text beside
children or attributes as a member `#text`, without white space around it; beside attributes, `xsi:nil` makes it null. Such a
member is written as an attribute or as text again if that reads back equal. Other attributes of XML Schema instance than
`xsi:nil` and `xsi:type` are ignored.

A list whose name has more than 100 characters is written as any other: with the name at each item, the document could be as
long as the square of what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contactwire.builtins import MAX_DIGITS, to_json
from contactwire.codecs.xml.names import BLANK, JSON, JSON_TYPE, NIL, XSI, encode_name, local_name
from contactwire.wire import number

__all__ = ["Element", "TooDeep", "is_nil", "read_unknown", "write_unknown"]

Element = Any
"""An element of lxml's tree; lxml is imported only where a document is parsed."""

_TEXT = "#text"
_ITEM = "Item"
_MANY = 20
_LONGEST_REPEATED = 100
_TYPE = f"{{{XSI}}}type"
_SILENT = (f"{{{XSI}}}", f"{{{JSON}}}")
_NUMBER = re.compile(r"([+-]?)([0-9]*)(\.[0-9]*)?([eE][+-]?[0-9]+)?", re.ASCII)
"""Sign, whole part, fraction and exponent (XML Schema part 2 §3.2.3 to §3.2.5, without `INF` and `NaN`)."""
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_ATTRIBUTE = re.compile('[^<&"\x00-\x1f\x7f\ufffe\uffff]*')
_XSD_NUMBERS = "byte short int long unsignedByte unsignedShort unsignedInt unsignedLong integer decimal double float"
_XSD_TYPES = {**dict.fromkeys(_XSD_NUMBERS.split(), "number"), "boolean": "boolean"}


class TooDeep(Exception):
    """An element that nests deeper than the codec allows; `line` is its line."""

    def __init__(self, element: Element) -> None:
        self.line = element.sourceline or 1
        super().__init__(self.line)


def is_nil(element: Element, names: list[str]) -> bool:
    """Whether an element without children, with attributes of these names, is null: `xsi:nil`, and no text but white space.

    XML Schema part 1 §2.6.2 allows `xsi:nil` on an element without content only; on any other it is ignored.
    """
    if NIL not in names:
        return False
    # A search by name takes longer than to take the only value there is.
    nil = element.values()[0] if len(names) == 1 else element.get(NIL)
    if nil != "true" and nil.strip(BLANK) not in ("true", "1"):
        return False
    text = element.text
    return text is None or not text.strip(BLANK)


def read_unknown(element: Element, levels: int) -> Any:
    """The builtins of an unknown element.

    `levels` is how many more levels of objects and lists may nest; raises `TooDeep` for more.
    """
    names, is_leaf = element.keys(), not len(element)
    if is_leaf and not names:
        return element.text or ""
    attributes = [(name, value) for name, value in _attributes(element, len(names)) if not name.startswith(_SILENT)]
    is_null = is_leaf and is_nil(element, names)
    if is_null and not attributes:
        return None
    type_ = element.get(JSON_TYPE) or _XSD_TYPES.get(element.get(_TYPE, "").rpartition(":")[2])
    if type_ == "list" and not is_null:
        _check_levels(element, levels)
        return [read_unknown(child, levels - 1) for child in element]
    if is_leaf and not attributes and type_ != "object":
        return _scalar(element.text or "", type_)
    _check_levels(element, levels)
    members = _read_object(element, attributes, type_, levels - 1)
    return {**members, _TEXT: None} if is_null else members


def _attributes(element: Element, count: int) -> list[tuple[str, str]]:
    """The attributes of an element, as pairs of name and value.

    `items()` searches for the value of each attribute from the first one on, which takes quadratic time. Of an element with
    many attributes, XPath finds them in linear time.
    """
    if count <= _MANY:
        return element.items()  # type: ignore[no-any-return]
    return [(value.attrname, str(value)) for value in element.xpath("@*")]


def _read_object(element: Element, attributes: list[tuple[str, str]], type_: str | None, levels: int) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for name, value in attributes:
        found.setdefault(f"@{local_name(name)}", []).append(value)
    pieces = [element.text]
    for child in element:
        # Repeated elements become a list, one level more than is counted here; `check_depth` counts again.
        found.setdefault(local_name(child.tag), []).append(read_unknown(child, levels))
        pieces.append(child.tail)
    text = "".join(piece for piece in pieces if piece)
    text = text.strip(BLANK) if len(pieces) > 1 else text
    if text:
        found.setdefault(_TEXT, []).append(_scalar(text, type_))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _check_levels(element: Element, levels: int) -> None:
    if levels < 1:
        raise TooDeep(element)


def _scalar(text: str, type_: str | None) -> Any:
    """The number or boolean that a text spells, or the text itself where it spells none."""
    trimmed = text.strip(BLANK)
    if type_ == "boolean":
        return _BOOLEANS.get(trimmed, text)
    if type_ == "number" and (match := _NUMBER.fullmatch(trimmed)) is not None:
        sign, whole, fraction, exponent = (group or "" for group in match.groups())
        has_digits = whole or len(fraction) > 1
        if has_digits and (fraction or exponent or len(whole) <= MAX_DIGITS):
            # JSON allows no `+`, no zeros in front, and needs digits on both sides of the point (RFC 8259 §6).
            behind = fraction if len(fraction) > 1 else ""
            return number(f"{sign.strip('+')}{whole.lstrip('0') or '0'}{behind}{exponent}")
    return text


def write_unknown(members: Mapping[str, Any], out: list[str], nil: str, *, omits: bool) -> None:
    """Append the elements of unknown members to `out`, where markup and text alternate; `nil` is the attribute for null.

    The members are builtins that `write_extras` has checked. With `omits`, members that are null are left out.
    """
    for name, value in _written(members, omits).items():
        tag = encode_name(name)
        if isinstance(value, list) and len(value) > 1 and len(tag) <= _LONGEST_REPEATED:
            for item in value:
                _write(tag, item, out, nil, omits)
        else:
            _write(tag, value, out, nil, omits)


def _written(members: Mapping[str, Any], omits: bool) -> Mapping[str, Any]:
    return {name: value for name, value in members.items() if value is not None} if omits else members


def _write(tag: str, value: Any, out: list[str], nil: str, omits: bool) -> None:
    if value is None:
        out += (f"<{tag}{nil}/>", "")
    elif isinstance(value, str):
        out += (f"<{tag}>", value, f"</{tag}>", "")
    elif isinstance(value, dict):
        _write_object(tag, value, out, nil, omits)
    elif isinstance(value, list):
        out += (f"<{tag}{_typed('list')}>", "")
        for item in value:
            _write(_ITEM, item, out, nil, omits)
        out += (f"</{tag}>", "")
    elif value is True or value is False:
        out += (f"<{tag}{_typed('boolean')}>{'true' if value else 'false'}</{tag}>", "")
    else:
        # As JSON spells it: `1e22` and `1e-7`, where Python says `1e+22` and `1e-07`.
        out += (f"<{tag}{_typed('number')}>{to_json(value).decode()}</{tag}>", "")


def _typed(name: str) -> str:
    return f' xmlns:j="{JSON}" j:type="{name}"'


def _write_object(tag: str, value: dict[str, Any], out: list[str], nil: str, omits: bool) -> None:
    attributes = {name: text for name, text in value.items() if _is_attribute(name, text)}
    members = {name: item for name, item in _written(value, omits).items() if name not in attributes}
    # Only text that reads back as `#text` is written as text: beside children, white space around it would be lost.
    text = members.get(_TEXT)
    beside = isinstance(text, str) and (text == text.strip(BLANK) if len(members) > 1 else bool(attributes))
    text = members.pop(_TEXT) if beside and text else ""
    written = "".join(f' {encode_name(name[1:])}="{text_}"' for name, text_ in attributes.items())
    if attributes and members == {_TEXT: None}:
        out += (f"<{tag}{written}{nil}/>", "")
        return
    out += (f"<{tag}{written}{'' if members or attributes else _typed('object')}>", text)
    write_unknown(members, out, nil, omits=omits)
    out += (f"</{tag}>", "")


def _is_attribute(name: str, value: Any) -> bool:
    """Whether a member can be written as an attribute, and reads back equal: `{"@a": "b"}` as `a="b"`."""
    if not isinstance(value, str) or len(name) < 2 or name[0] != "@" or not _ATTRIBUTE.fullmatch(value):
        return False
    # Names that begin with `xml` are reserved (Namespaces in XML §3).
    return name[1:4].lower() != "xml" and encode_name(name[1:]) == name[1:]
