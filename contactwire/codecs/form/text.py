"""Form text ↔ pairs: the percent-coding of `application/x-www-form-urlencoded` (WHATWG URL, section 5).

Parsing follows the standard's parser with two exceptions, since both lose data. The standard keeps a broken escape as it is,
and replaces bytes that are no UTF-8 by U+FFFD; here both are a `DecodeError`.

`pairs` decodes the whole body at once, which is faster than pair by pair, and splits the text afterwards. For that, it first
replaces `&` and `=` by two control characters. If the body has one of these itself, pairs are decoded one by one. In none of
the supported character sets does a character of several bytes contain the byte of one of the form's signs.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from itertools import islice
from urllib.parse import quote_plus

from contactwire.codecs.shared import Body, encoding_named, error_at
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["UTF_8", "as_body", "fault_at", "fault_of_pair", "offsets", "pairs", "quote", "quoted", "split", "to_charset"]

UTF_8 = "utf-8"

# WHATWG URL §1.3: all but the application/x-www-form-urlencoded percent-encode set.
_NOT_BY_SIGN = b"*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" + b"\0% "
"""With the separator of texts, and the signs that `quoted` escapes before and after all others."""
_PIECE = re.compile("[^&]+")
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PAIR, _EQUALS = "\x1e", "\x1f"
_ESCAPED_SIGN = re.compile(rb"%1[EFef]")
_NO_TEXT = "\ud800"  # a lone surrogate, which no bytes decode to
# Quoted-printable (RFC 2045 §6.7) has the same escapes with `=` for `%`, and Python decodes it in C.
_PREPARED = bytes.maketrans(b"%+&=", f"= {_PAIR}{_EQUALS}".encode())
_UNIT = re.compile(rb"%..|.", re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 80
# How a body of another format begins. No form does: its signs would be escapes there, and indexes have digits.
_FOREIGN = {
    "JSON": re.compile(rb'\s*(?:\{\s*["}]|\[\s*(?:[\[{"]|\]\s*$))'),
    "XML": re.compile(rb"\s*<[A-Za-z_?!]"),
    "a multipart form": re.compile(rb"\s*--[^\r\n]+\r?\nContent-", re.IGNORECASE),
    "an object as JavaScript prints it": re.compile(rb"\s*\[object [A-Za-z]+\]"),
    "an object as Python prints it": re.compile(rb"\s*\{\s*'"),
}

# The ASCII-compatible encodings of the WHATWG Encoding standard (§4.2) that Python has, by Python's names for them.
_CHARSETS = frozenset(
    {"ascii", UTF_8, "gb18030", "gbk", "gb2312", "big5", "euc_jp", "shift_jis", "euc_kr", "koi8-r", "koi8-u", "mac-roman"}
    | {f"cp{page}" for page in (866, 874, *range(1250, 1259))}
    | {f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}
)


def to_charset(label: str | None) -> str | None:
    """Python's name of the character set that a `charset` parameter names; no parameter, and US-ASCII, mean UTF-8.

    None if it is unknown, or does not include ASCII, which the form's own signs need.
    """
    name = UTF_8 if label is None else encoding_named(label)
    return UTF_8 if name == "ascii" else name if name in _CHARSETS else None


def as_body(body: Body, charset: str) -> Body:
    """A body as `to_bytes` takes it: a str is encoded in `charset`."""
    if charset == UTF_8 or not isinstance(body, str):
        return body
    try:
        return body.encode(charset)
    except UnicodeEncodeError as error:
        raise error_at(body, error.start, "a character that the character set lacks", charset.upper()) from None


def pairs(raw: bytes, charset: str) -> tuple[list[str], str]:
    """The decoded text of each pair of a form, in order, and the sign that separates name and value in it, for `split`.

    Empty pairs, as in `a=1&&b=2`, are left out. Raises `DecodeError` with line and column for a broken escape, for bytes
    that are not in the character set, for a byte order mark, and for a body that is JSON, XML, a multipart form and so on
    (`_FOREIGN`). Clients send these under a form's media type by mistake (`curl -d`, `fetch` of a `FormData`), and a form
    would take all of it for the name of an unknown member.
    """
    for name, beginning in _FOREIGN.items():
        if beginning.match(raw):
            raise fault_at(raw, 0, f"{name} where the Content-Type announces a form", "pairs of a name and a value")
    if raw.startswith(_BYTE_ORDER_MARK):
        raise fault_at(raw, 0, "a byte order mark", "a name without one")
    plain = a2b_qp(raw.translate(_PREPARED))
    # Each escape turns three bytes into one, so a different length shows a broken one. In front of a line break, the sign of
    # quoted-printable is no escape, so the length does not tell.
    if len(raw) - len(plain) != 2 * raw.count(b"%") or b"\n" in raw or b"\r" in raw:
        broken = _BROKEN.search(raw)
        if broken:
            raise fault_at(raw, broken.start(), "a broken escape", "% and two hexadecimal digits", charset)
    try:
        text = plain.decode(charset)
    except UnicodeDecodeError as error:
        place = next(islice(_UNIT.finditer(raw), error.start, None)).start()
        raise fault_at(raw, place, f"invalid {charset.upper()}", f"text in {charset.upper()}", charset) from None
    if not (_PAIR.encode() in raw or _EQUALS.encode() in raw or _ESCAPED_SIGN.search(raw)):
        return [pair for pair in text.split(_PAIR) if pair], _EQUALS
    parts = [pair.partition(b"=") for pair in raw.split(b"&") if pair]
    return [f"{_decode(key, charset)}{_NO_TEXT}{_decode(value, charset)}" for key, _, value in parts], _NO_TEXT


def split(pair: str, sign: str) -> tuple[str, str]:
    """The name and the value of a pair, which the `sign` of `pairs` separates; without it, the value is ""."""
    key, _, value = pair.partition(sign)
    return key, value.replace(sign, "=")


def _decode(raw: bytes, charset: str) -> str:
    return a2b_qp(raw.replace(b"=", b"%3D").translate(_PREPARED)).decode(charset)


def fault_at(raw: bytes, offset: int, message: str, expected: str, charset: str = UTF_8) -> DecodeError:
    """The error for a fault at `offset` of a body, in bytes: with line and column in characters, and an excerpt."""
    before = raw[:offset].decode(charset, "replace")
    after = raw[offset : offset + _EXCERPT].decode(charset, "replace")
    return error_at(before + after, len(before), message, expected)


def fault_of_pair(raw: bytes, number: int, message: str, expected: str, charset: str) -> DecodeError:
    """The error for the pair with this number, from 0, which is over a limit. A form without pairs may be too deep, too."""
    text = raw.decode(charset, "replace")
    places = offsets(text) or [0]
    return error_at(text, places[number], message, expected, ContentTooLarge)


def offsets(text: str) -> list[int]:
    """The offset of each pair in the text of a form, whose values are still escaped."""
    return [found.start() for found in _PIECE.finditer(text)]


def quote(text: str) -> str:
    """`text` as a form spells it: a space is `+`, and all other characters than ASCII letters, digits and `*-._` are
    escapes.

    Raises UnicodeEncodeError for a lone surrogate.
    """
    return text if text.isalnum() and text.isascii() else quote_plus(text, safe="*").replace("~", "%7E")


def quoted(texts: list[str]) -> list[str]:
    """What `quote` returns for each of several texts. They are escaped all at once, sign by sign, which is faster."""
    raw = "\0".join(texts).encode()
    if raw.count(b"\0") != len(texts) - 1:
        return [quote(text) for text in texts]
    signs = {*raw.translate(None, _NOT_BY_SIGN)}
    raw = raw.replace(b"%", b"%25")
    for sign in signs:
        raw = raw.replace(bytes([sign]), b"%%%02X" % sign)
    return raw.replace(b" ", b"+").decode().split("\0")
