"""Form text ↔ pairs: the percent-coding of `application/x-www-form-urlencoded` (WHATWG URL, section 5).

Parsing follows the standard's parser, but for what it would lose: where that one keeps a broken escape as it is, or puts
U+FFFD for bytes that are no UTF-8, this one says so.

A body is decoded at one go, and taken apart then. For that, two control characters take the places of `&` and `=` first.
Only where a text has one of these itself, pairs are decoded one by one. No character set here has a character of several
bytes with one of the form's signs in it.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from itertools import islice

from contactwire.codecs.shared import Body, encoding_named, error_at
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["UTF_8", "as_body", "fault_at", "fault_of_pair", "offsets", "pairs", "quote", "split", "to_charset"]

UTF_8 = "utf-8"

# WHATWG URL §1.3: all but the application/x-www-form-urlencoded percent-encode set.
_UNRESERVED = "*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PIECE = re.compile(rb"[^&]+")
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PAIR, _EQUALS = "\x1e", "\x1f"
_NO_TEXT = "\ud800"  # a lone surrogate, which no bytes stand for
# What quoted-printable (RFC 2045 §6.7) has for an escape is the same with another sign, and Python decodes it in C.
_PREPARED = bytes.maketrans(b"%+&=", f"= {_PAIR}{_EQUALS}".encode())
_UNIT = re.compile(rb"%..|.", re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 80

# The ASCII-compatible encodings of the WHATWG Encoding standard (§4.2) that Python has, by Python's names for them.
_CHARSETS = frozenset(
    {"ascii", UTF_8, "gb18030", "gbk", "gb2312", "big5", "euc_jp", "shift_jis", "euc_kr", "koi8-r", "koi8-u", "mac-roman"}
    | {f"cp{page}" for page in (866, 874, *range(1250, 1259))}
    | {f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}
)


def to_charset(label: str | None) -> str | None:
    """Python's name of the character set that a `charset` parameter means; none, and US-ASCII, mean UTF-8.

    Gives None for one that is unknown, or has no ASCII in it for the form's own signs.
    """
    name = UTF_8 if label is None else encoding_named(label)
    return UTF_8 if name == "ascii" else name if name in _CHARSETS else None


def as_body(body: Body, charset: str) -> Body:
    """A body as `to_bytes` takes it: text stands for its bytes in `charset`."""
    if charset == UTF_8 or not isinstance(body, str):
        return body
    try:
        return body.encode(charset)
    except UnicodeEncodeError as error:
        raise error_at(body, error.start, "a character that the character set lacks", charset.upper()) from None


def pairs(raw: bytes, charset: str) -> tuple[list[str], str]:
    """The text of each pair of a form, in order, and the sign in it that stands for `=`: for `split` to take them apart.

    Nothing at all is no pair. Raises `DecodeError` with line and column for a broken escape, for bytes that the character
    set does not have and for a byte order mark.
    """
    if raw.startswith(_BYTE_ORDER_MARK):
        raise fault_at(raw, 0, "a byte order mark", "a name without one")
    plain = a2b_qp(raw.translate(_PREPARED))
    # Each escape makes three bytes one. In front of a line break quoted-printable has another meaning for its sign.
    if len(raw) - len(plain) != 2 * raw.count(b"%") or b"\n" in raw or b"\r" in raw:
        broken = _BROKEN.search(raw)
        if broken:
            raise fault_at(raw, broken.start(), "a broken escape", "% and two hexadecimal digits", charset=charset)
    try:
        text = plain.decode(charset)
    except UnicodeDecodeError as error:
        place = next(islice(_UNIT.finditer(raw), error.start, None)).start()
        raise fault_at(raw, place, "bytes that are no text", charset.upper(), charset=charset) from None
    if text.count(_PAIR) == raw.count(b"&") and text.count(_EQUALS) == raw.count(b"="):
        return [pair for pair in text.split(_PAIR) if pair], _EQUALS
    parts = [pair.partition(b"=") for pair in raw.split(b"&") if pair]
    return [f"{_decode(key, charset)}{_NO_TEXT}{_decode(value, charset)}" for key, _, value in parts], _NO_TEXT


def split(pair: str, sign: str) -> tuple[str, str]:
    """The name and the value of a pair, with what `pairs` says to be the sign between them; without it, the value is ""."""
    key, _, value = pair.partition(sign)
    return key, value.replace(sign, "=")


def _decode(raw: bytes, charset: str) -> str:
    return a2b_qp(raw.replace(b"=", b"%3D").translate(_PREPARED)).decode(charset)


def fault_at(
    raw: bytes, offset: int, message: str, expected: str, kind: type[DecodeError] = DecodeError, charset: str = UTF_8
) -> DecodeError:
    """The error for a fault at `offset` of a body, in bytes: with line and column in characters, and an excerpt."""
    before = raw[:offset].decode(charset, "replace")
    after = raw[offset : offset + _EXCERPT].decode(charset, "replace")
    return error_at(before + after, len(before), message, expected, kind)


def fault_of_pair(raw: bytes, number: int, message: str, expected: str, charset: str) -> DecodeError:
    """The error for the pair of this number, from 0, which is over a limit."""
    return fault_at(raw, offsets(raw)[number], message, expected, ContentTooLarge, charset)


def offsets(raw: bytes) -> list[int]:
    """Where each pair of a form starts, in bytes."""
    return [found.start() for found in _PIECE.finditer(raw)]


class _Escapes(dict[int, str]):
    """What stands for each character in a form, by its code point, as `str.translate` asks for it."""

    def __missing__(self, code: int) -> str:
        return "".join([f"%{byte:02X}" for byte in chr(code).encode()])


_ESCAPES = _Escapes({ord(" "): "+", **{ord(sign): sign for sign in _UNRESERVED}})
_ESCAPES.update({code: _ESCAPES[code] for code in range(128)})


def quote(text: str) -> str:
    """`text` as a form has it: a space as `+`, all but `*-._`, digits and ASCII letters as escapes.

    Raises UnicodeEncodeError for a lone surrogate.
    """
    return text if text.isalnum() and text.isascii() else text.translate(_ESCAPES)
