"""Brackets in JSON text: how many objects and lists it holds, and how deep they nest, without parsing it.

Both questions count all brackets first, which is fast. Only where those are too many, the ones in strings are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, chain

__all__ = ["holds_more", "nests_deeper"]

_STEPS = [{"[": 1, "{": 1, "]": -1, "}": -1}.get(chr(byte), 0) for byte in range(256)]
_NO_MARKS = bytes(byte for byte, step in enumerate(_STEPS) if not step and byte != ord('"'))
_PIECE = 2**16


def holds_more(raw: bytes, limit: int) -> bool:
    """Whether a text holds more than `limit` objects and lists."""
    return _opened(raw) > limit and sum(map(_opened, _outside_of_strings(raw))) > limit


def nests_deeper(raw: bytes, limit: int) -> bool:
    """Whether more than `limit` objects and lists nest inside each other."""
    if _opened(raw) <= limit:
        return False
    brackets = chain.from_iterable(_outside_of_strings(raw))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > limit


def _opened(raw: bytes) -> int:
    return raw.count(b"{") + raw.count(b"[")


def _outside_of_strings(raw: bytes) -> Iterator[bytes]:
    r"""The brackets outside of strings, in pieces.

    A regular expression that passes over strings would take 30 bytes of memory and more for each byte of some texts. Where a
    backslash stands outside of a string, the text is no JSON, and the brackets behind it may be wrong.

    >>> b"".join(_outside_of_strings(rb'{"a[":["\\",{}]}'))
    b'{[{}]}'
    """
    marks = raw.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _NO_MARKS)
    first = 0
    for start in range(0, len(marks), _PIECE):
        parts = marks[start : start + _PIECE].split(b'"')
        yield b"".join(parts[first::2])
        first = (first + len(parts) - 1) % 2
