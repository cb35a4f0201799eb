"""Builtins ↔ JSON text, with numbers to the digit.

A number that a Python float would spell otherwise, such as `1.10`, becomes a `Number`, and is written as it came.
"""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from contactwire.builtins.limits import beyond_the_stack
from contactwire.patterns import pattern
from contactwire.wire import Number, number

__all__ = [
    "SURROGATES_ADVICE",
    "Surrogates",
    "from_json",
    "from_json_in_order",
    "in_order",
    "number_hook",
    "to_json",
    "to_json_with_surrogates",
    "to_sorted_json",
]

Surrogates = Literal["error", "keep"]
"""What happens to a lone surrogate in a string of JSON, which an escape can spell (`"\\ud800"`) and UTF-8 cannot hold."""

SURROGATES_ADVICE = '; JsonCodec(surrogates="keep") keeps it'
"""What the message about a lone surrogate adds where a codec could keep it."""

_NEGATIVE_ZERO = pattern(rb"-0(?![0-9.eE])")
# The end of a member's name, which a string may hold too; one with blanks in it; escapes of what a string may hold then.
_END_OF_NAME, _BLANKS = pattern(rb'"[ \t\n\r]*+:'), pattern(rb'"[ \t\n\r]+:')
_ESCAPED = pattern(rb"\\u00(?:2[02]|3[aA])")
_SURROGATE = pattern("([\ud800-\udfff])")
_decode = msgspec.json.Decoder(float_hook=number).decode


def number_hook(value: Any) -> Any:
    """The hook by which msgspec writes a `Number`; raises TypeError for anything else."""
    if isinstance(value, Number):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} is no builtin")


to_json = msgspec.json.Encoder(enc_hook=number_hook).encode
"""The JSON text of builtins, without white space."""

to_sorted_json = msgspec.json.Encoder(enc_hook=number_hook, order="sorted").encode
"""The JSON text of builtins, with the members of each object sorted: the same text for objects that differ in order only."""


def to_json_with_surrogates(data: Any) -> bytes:
    """As `to_json`; a lone surrogate is written as an escape."""
    if isinstance(data, dict):
        members = [to_json_with_surrogates(name) + b":" + to_json_with_surrogates(item) for name, item in data.items()]
        return b"{" + b",".join(members) + b"}"
    if isinstance(data, list):
        return b"[" + b",".join(map(to_json_with_surrogates, data)) + b"]"
    if not isinstance(data, str):
        return to_json(data)
    pieces = _SURROGATE.split(data)
    pieces[::2] = [to_json(piece).decode()[1:-1] for piece in pieces[::2]]
    pieces[1::2] = [f"\\u{ord(surrogate):04x}" for surrogate in pieces[1::2]]
    return f'"{"".join(pieces)}"'.encode()


def from_json(text: bytes | bytearray | memoryview | msgspec.Raw) -> Any:
    """The builtins of a JSON text; raises `msgspec.DecodeError` or UnicodeDecodeError for a text that is not JSON."""
    value = _decode(text)
    # msgspec reads `-0` as 0.
    if _NEGATIVE_ZERO.search(memoryview(text)):
        value = json.loads(bytes(text), parse_float=number, parse_int=number)
    return value


def from_json_in_order(text: bytes | bytearray | memoryview) -> Any:
    """The builtins of a text known to be JSON, with a repeated member in its last place, not in its first.

    `{"a": 1, "A": 2, "a": 3}` gives `{"A": 2, "a": 3}`, so that the last spelling in the text is last in the dictionary.
    Raises `ContentTooLarge` for a text that nests deeper than Python can follow, which is some levels less than msgspec can.
    """
    try:
        return json.loads(bytes(text), object_pairs_hook=_last_in_place, parse_float=number, parse_int=number)
    except RecursionError:
        raise beyond_the_stack() from None


def _last_in_place(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        members.pop(name, None)
        members[name] = value
    return members


def in_order(text: bytes, data: Any) -> Any:
    """`data`, the builtins of a JSON text, or as `from_json_in_order` reads the text, if a member may be repeated in it.

    The text that is written of the builtins has a name for each member, and the same strings. So if the text has more `":`
    than that, in names and in strings, a member is repeated.
    """
    written = to_json(data)
    if text == written:
        return data
    # Counting bytes takes a fifth of what the pattern takes.
    count = _ends_of_names if _BLANKS.search(text) else _plain_ends_of_names
    return from_json_in_order(text) if _ESCAPED.search(text) or count(text) != count(written) else data


def _ends_of_names(text: bytes) -> int:
    return len(_END_OF_NAME.findall(text))


def _plain_ends_of_names(text: bytes) -> int:
    return text.count(b'":')
