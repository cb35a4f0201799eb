"""The characters that XML 1.0 allows, and how any name is spelled as one that XML and .NET allow."""

from __future__ import annotations

import re

from contactwire.codecs.xml.letters import FIRST_LETTERS, LETTERS

__all__ = [
    "BLANK",
    "JSON",
    "JSON_TYPE",
    "NIL",
    "REFERENCE",
    "XSD",
    "XSI",
    "decode_name",
    "encode_name",
    "escaped_letter",
    "local_name",
]

XSI = "http://www.w3.org/2001/XMLSchema-instance"
"""The namespace of the attributes by which an instance refers to XML Schema, such as `xsi:nil` and `xsi:type`."""
XSD = "http://www.w3.org/2001/XMLSchema"
"""The namespace of XML Schema and its types."""

JSON = "urn:contactwire:json"
"""The project's own namespace: its attribute `type` says which JSON value an unknown element holds."""

BLANK = " \t\r\n"
"""White space (XML 1.0 §2.3)."""

NIL = f"{{{XSI}}}nil"
"""The attribute `xsi:nil` (XML Schema part 1 §2.6.2), as lxml spells its name."""
JSON_TYPE = f"{{{JSON}}}type"
REFERENCE = "{http://schemas.microsoft.com/2003/10/Serialization/}Ref"
"""The attribute `z:Ref` of .NET's `DataContractSerializer`, which names the `z:Id` of another element."""

_PLAIN = re.compile("[A-Za-z](?:[A-Za-z0-9]|_(?![Xx]))*+")
# Compiled at the first use, since that takes 8 ms and few names need it. An escape that comes behind `_x0020` would end it.
_TO_ENCODE = f"_(?=[Xx](?:[0-9A-Fa-f]{{4}}){{1,2}}(?:_|[^{LETTERS}]))|^_(?=x_$)|[^{LETTERS}]|^[^{FIRST_LETTERS}]"
_ENCODED = re.compile("_[Xx]([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4})_")
_NO_NAME = "_x_"


def encode_name(name: str) -> str:
    """The XML name for any text, as .NET's `XmlConvert.EncodeLocalName` spells it: `a b` is `a_x0020_b`.

    An underscore is escaped only where what follows would be read as an escape: `a_x0020_` is `a_x005F_x0020_`, and `a_x`
    stays. .NET has no spelling for the empty name; here it is `_x_`, and the name `_x_` is `_x005F_x_`.
    """
    if _PLAIN.fullmatch(name):
        return name
    return re.sub(_TO_ENCODE, lambda match: escaped_letter(match[0]), name) if name else _NO_NAME


def escaped_letter(letter: str) -> str:
    """A letter as .NET's `XmlConvert` escapes it in a name: `é` is `_x00E9_`."""
    code = ord(letter)
    return f"_x{code:04X}_" if code <= 0xFFFF else f"_x{code:08X}_"


def decode_name(name: str) -> str:
    """The text that an XML name with `_x` or `_X` in it spells; the inverse of `encode_name`."""
    return "" if name == _NO_NAME else _ENCODED.sub(_decoded, name)


def _decoded(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def local_name(tag: str) -> str:
    """The text that the name of an element or attribute spells, without its namespace: `a b` for `{urn:x}a_x0020_b`."""
    name = tag[tag.rfind("}") + 1 :] if tag[:1] == "{" else tag
    return decode_name(name) if "_x" in name or "_X" in name else name
