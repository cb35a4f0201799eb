"""Builtins ↔ JSON text, numbers to the digit: what is no float to the last digit is a `Number`, written as it came."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from contactwire.wire import Number, number

__all__ = ["from_json", "from_json_in_order", "number_hook", "to_json", "to_sorted_json"]

_NEGATIVE_ZERO = re.compile(rb"-0(?![0-9.eE])")
_decode = msgspec.json.Decoder(float_hook=number).decode


def number_hook(value: Any) -> Any:
    """The hook of msgspec's that writes a `Number`; raises TypeError for anything else."""
    if isinstance(value, Number):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} is no builtin")


to_json = msgspec.json.Encoder(enc_hook=number_hook).encode
"""The JSON text of builtins, without white space."""

to_sorted_json = msgspec.json.Encoder(enc_hook=number_hook, order="sorted").encode
"""The JSON text of builtins, the same for two objects whose members stand in another order."""


def from_json(text: bytes | bytearray | memoryview | msgspec.Raw) -> Any:
    """The builtins of a JSON text; raises what msgspec raises for what is not JSON."""
    value = _decode(text)
    # msgspec reads `-0` as 0.
    if _NEGATIVE_ZERO.search(memoryview(text)):
        value = json.loads(bytes(text), parse_float=number, parse_int=number)
    return value


def from_json_in_order(text: bytes | bytearray | memoryview) -> Any:
    """Like `from_json` for a text known to be JSON, but a repeated member stands where it came last, not first."""
    return json.loads(bytes(text), object_pairs_hook=_last_in_place, parse_float=number, parse_int=number)


def _last_in_place(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        members.pop(name, None)
        members[name] = value
    return members
