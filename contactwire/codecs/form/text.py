"""Form text ↔ pairs: the percent-coding of `application/x-www-form-urlencoded` (WHATWG URL, section 5).

Parsing follows the standard's parser, but for what it would lose: where that one keeps a broken escape as it is, or puts
U+FFFD for bytes that are no UTF-8, this one says so.
"""

from __future__ import annotations

import codecs
import re
from binascii import a2b_qp
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote_plus

from contactwire.codecs._bodies import Body, error_at
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["EQUALS", "PAIR", "UTF_8", "Pair", "as_body", "fault_at", "pairs", "quote", "to_charset", "unquote", "write"]

UTF_8 = "utf-8"
PAIR = "\0"
EQUALS = "\1"
"""What stands for `&` and `=` in text that is still to be percent-encoded."""

# WHATWG URL §1.3: all but the application/x-www-form-urlencoded percent-encode set.
_UNRESERVED = b"*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MARKS = f" {PAIR}{EQUALS}".encode()
_KEPT = _UNRESERVED + _MARKS
_WRITTEN_MARKS = bytes.maketrans(_MARKS, b"+&=")
_PIECE = re.compile(rb"[^&]+")
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_UNIT = re.compile(rb"%[0-9A-Fa-f]{2}|[^%]", re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 80

# The ASCII-compatible encodings of the WHATWG Encoding standard (§4.2) that Python has, by Python's names for them.
_CHARSETS = frozenset(
    {"ascii", UTF_8, "gb18030", "gbk", "gb2312", "big5", "euc_jp", "shift_jis", "euc_kr", "koi8-r", "koi8-u", "mac-roman"}
    | {f"cp{page}" for page in (866, 874, *range(1250, 1259))}
    | {f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}
)


class Pair(NamedTuple):
    """One name and value of a form, decoded; `offset` is where it starts in the body, in bytes."""

    key: str
    value: str
    offset: int


@lru_cache(maxsize=64)
def to_charset(label: str | None) -> str | None:
    """Python's name of the character set that a `charset` parameter means; none, and US-ASCII, mean UTF-8.

    Gives None for one that is unknown, or has no ASCII in it for the form's own signs.
    """
    try:
        name = UTF_8 if label is None else codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return UTF_8 if name == "ascii" else name if name in _CHARSETS else None


def fault_at(
    raw: bytes, offset: int, message: str, expected: str, kind: type[DecodeError] = DecodeError, charset: str = UTF_8
) -> DecodeError:
    """The error for a fault at `offset` of a body, in bytes: with line and column in characters, and an excerpt."""
    before = raw[:offset].decode(charset, "replace")
    after = raw[offset : offset + _EXCERPT].decode(charset, "replace")
    return error_at(before + after, len(before), message, expected, kind)


def pairs(raw: bytes, max_pairs: int, charset: str = UTF_8) -> Iterator[Pair]:
    """The pairs of a form in order; empty ones (`a=1&&b=2`) are passed over, a name without `=` has the value "".

    Raises `DecodeError` with line and column for a broken escape, for bytes that the character set does not have and for a
    byte order mark, `ContentTooLarge` over `max_pairs`.
    """
    if raw.startswith(_BYTE_ORDER_MARK):
        raise fault_at(raw, 0, "a byte order mark", "a name without one")
    for number, piece in enumerate(_PIECE.finditer(raw)):
        offset = piece.start()
        if number == max_pairs:
            raise fault_at(raw, offset, f"more than {max_pairs} pairs", "fewer pairs", ContentTooLarge, charset)
        key, _, value = piece[0].partition(b"=")
        yield Pair(
            _decode(raw, offset, key, charset),
            _decode(raw, offset + len(key) + 1, value, charset),
            offset,
        )


def _decode(raw: bytes, offset: int, piece: bytes, charset: str) -> str:
    broken = _BROKEN.search(piece)
    if broken:
        place = offset + broken.start()
        raise fault_at(raw, place, "a broken escape", "% and two hexadecimal digits", charset=charset)
    plain = _unescape(piece.replace(b"+", b" "))
    try:
        return plain.decode(charset)
    except UnicodeDecodeError as error:
        place = offset + next(islice(_UNIT.finditer(piece), error.start, None)).start()
        raise fault_at(raw, place, "bytes that are no text", charset.upper(), charset=charset) from None


def _unescape(piece: bytes) -> bytes:
    """The bytes that a piece without broken escapes stands for."""
    # Quoted-printable (RFC 2045 §6.7) is the same with another sign, and Python decodes it in C.
    return a2b_qp(piece.replace(b"=", b"=3D").replace(b"%", b"="))


def unquote(text: str) -> str:
    """`text` with its escapes decoded as UTF-8; `+` must be a space already.

    Raises ValueError for a broken escape, and where escapes are no UTF-8.
    """
    raw = text.encode()
    if _BROKEN.search(raw):
        raise ValueError("a broken escape")
    return _unescape(raw).decode()


def quote(text: str) -> bytes:
    """The form that `text` stands for, its pairs put together with `PAIR` and `EQUALS` instead of `&` and `=`.

    A space becomes `+`, all but `*-._`, digits and ASCII letters an escape. Raises UnicodeEncodeError for a lone surrogate.
    """
    raw = text.encode()
    # One pass over the text for each byte that occurs and needs an escape: they are few, and at most 187.
    escaped = raw.translate(None, _KEPT)
    if b"%" in escaped:
        raw, escaped = raw.replace(b"%", b"%25"), escaped.replace(b"%", b"")
    while escaped:
        byte = escaped[:1]
        raw, escaped = raw.replace(byte, b"%%%02X" % byte[0]), escaped.replace(byte, b"")
    return raw.translate(_WRITTEN_MARKS)


def write(pairs: list[tuple[str, str]]) -> bytes:
    """The form of pairs that may hold any character, pair by pair: what `quote` gives, and slower."""
    return "&".join([f"{_quote_one(key)}={_quote_one(value)}" for key, value in pairs]).encode()


def _quote_one(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")


def as_body(body: Body, charset: str) -> Body:
    """A body as `to_bytes` takes it: text stands for its bytes in `charset`."""
    if charset == UTF_8 or not isinstance(body, str):
        return body
    try:
        return body.encode(charset)
    except UnicodeEncodeError as error:
        raise error_at(body, error.start, "a character that the character set lacks", charset.upper()) from None
