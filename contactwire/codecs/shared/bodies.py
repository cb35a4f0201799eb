"""Bodies, for all decoders: their types, their largest size, and the line and column of a fault in them."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable

from contactwire.errors import ContentTooLarge, DecodeError, printable

__all__ = [
    "END_OF_TEXT",
    "MAX_BYTES",
    "Body",
    "error_at",
    "place_behind",
    "places_in",
    "text_to_bytes",
    "to_bytes",
    "too_many_objects",
    "without_mark",
]

Body = bytes | bytearray | memoryview | str
"""What a decoder takes; it encodes a str as UTF-8 first."""

_CONTINUATION = bytes(range(0x80, 0xC0))

END_OF_TEXT = "the end of the text"
"""What a decoder expects behind a document."""

MAX_BYTES = 16 * 2**20
"""How large a body may be by default, in bytes: `max_bytes` of every codec."""


def to_bytes(body: Body, max_bytes: int) -> bytes | bytearray | memoryview:
    """`body` as bytes.

    Raises `ContentTooLarge` over `max_bytes`, `DecodeError` for a str with a lone surrogate, TypeError for another type.
    """
    if isinstance(body, str):
        body = text_to_bytes(body)
    elif not isinstance(body, (bytes, bytearray)):
        return _viewed(body, max_bytes)
    _check_size(len(body), max_bytes)
    return body


def _viewed(body: object, max_bytes: int) -> bytes | memoryview:
    if not isinstance(body, memoryview):
        raise TypeError(f"a body is bytes, bytearray, memoryview or str, not {type(body).__name__}")
    _check_size(body.nbytes, max_bytes)
    # A view with gaps, such as `view[::2]`, or of items that are no bytes, is a body too, but no sequence of bytes.
    return body if body.c_contiguous and body.ndim == 1 and body.format == "B" else bytes(body)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise ContentTooLarge(f"the body has more than the {max_bytes} bytes that are allowed")


def without_mark(raw: bytes | bytearray | memoryview) -> bytes | bytearray | memoryview:
    """A body without the byte order mark of UTF-8 in front of it, which a parser may ignore (RFC 8259 §8.1)."""
    return raw[len(BOM_UTF8) :] if raw[: len(BOM_UTF8)] == BOM_UTF8 else raw


def too_many_objects(limit: int) -> ContentTooLarge:
    """The error for a body that holds more carriers, lists and dictionaries than the limit."""
    return ContentTooLarge(f"the body has more than the {limit} objects and lists that are allowed")


def text_to_bytes(text: str) -> bytes:
    """A text in UTF-8; raises `DecodeError` for a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise error_at(text, error.start, "a lone surrogate", "a character") from None


def places_in(text: str, offsets: Iterable[int]) -> list[tuple[int, int]]:
    """Line and column, both from 1, of the character at each offset of a text.

    It passes over the text once, and keeps the places that are asked for and no others: there may be a line for each byte.
    """
    wanted = list(offsets)
    places: dict[int, tuple[int, int]] = {}
    line, passed = 1, 0
    for offset in sorted(set(wanted)):
        line, passed = line + text.count("\n", passed, offset), offset
        places[offset] = line, offset - text.rfind("\n", 0, offset)
    return [places[offset] for offset in wanted]


def place_behind(text: bytes | bytearray, line: int, column: int) -> tuple[int, int]:
    """Line and column behind a text in UTF-8 that begins at these; the column counts characters."""
    tail = text[text.rfind(b"\n") + 1 :]
    before = column if len(tail) == len(text) else 1
    return line + text.count(b"\n"), before + len(tail.translate(None, _CONTINUATION))


def error_at(text: str, offset: int, message: str, expected: str, kind: type[DecodeError] = DecodeError) -> DecodeError:
    """The error, of class `kind`, for a fault at `offset` of a text: with line, column and the text around it."""
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    start, stop = max(0, offset - 12), offset + 20
    shown = printable(json.dumps(text[start:stop], ensure_ascii=False))
    excerpt = f"{'…' if start else ''}{shown}{'…' if stop < len(text) else ''}" if text else ""
    return kind(message, line, column, expected, excerpt)
