"""Form text ↔ pairs: the percent-coding of `application/x-www-form-urlencoded` (WHATWG URL, section 5).

Parsing follows the standard's parser, but for what it would lose: where that one keeps a broken escape as it is, or puts
U+FFFD for bytes that are no UTF-8, this one says so.

A body is decoded at one go, as quoted-printable (RFC 2045 §6.7), which is the same with `=` for `%`: Python has it in C. So
these two signs change places, and in what comes out `%` stands between name and value. The signs that a name or value has of
its own are `=25`, `=26` and `=3D` there. No character set here has a character of several bytes with such a sign in it.
"""

from __future__ import annotations

import codecs
import re
from binascii import a2b_qp
from functools import lru_cache
from itertools import islice

from contactwire.codecs._bodies import Body, error_at
from contactwire.errors import ContentTooLarge, DecodeError

__all__ = ["UTF_8", "as_body", "fault_at", "fault_of_pair", "quote", "split", "texts", "to_charset"]

UTF_8 = "utf-8"

# WHATWG URL §1.3: all but the application/x-www-form-urlencoded percent-encode set.
_UNRESERVED = "*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SWAPPED = bytes.maketrans(b"%=+", b"=% ")
# What stands for one byte of the decoded body, in which these three escapes have three bytes still.
_UNIT = re.compile(rb"%(?!25|26|3[Dd])..|.", re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EXCERPT = 80

# The ASCII-compatible encodings of the WHATWG Encoding standard (§4.2) that Python has, by Python's names for them.
_CHARSETS = frozenset(
    {"ascii", UTF_8, "gb18030", "gbk", "gb2312", "big5", "euc_jp", "shift_jis", "euc_kr", "koi8-r", "koi8-u", "mac-roman"}
    | {f"cp{page}" for page in (866, 874, *range(1250, 1259))}
    | {f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}
)


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


def as_body(body: Body, charset: str) -> Body:
    """A body as `to_bytes` takes it: text stands for its bytes in `charset`."""
    if charset == UTF_8 or not isinstance(body, str):
        return body
    try:
        return body.encode(charset)
    except UnicodeEncodeError as error:
        raise error_at(body, error.start, "a character that the character set lacks", charset.upper()) from None


def texts(raw: bytes, charset: str) -> list[str]:
    """The text of each pair of a form, in order, for `split` to take apart; an empty text is no pair.

    Raises `DecodeError` with line and column for a broken escape, for bytes that the character set does not have and for a
    byte order mark.
    """
    if raw.startswith(_BYTE_ORDER_MARK):
        raise fault_at(raw, 0, "a byte order mark", "a name without one")
    broken = _BROKEN.search(raw)
    if broken:
        raise fault_at(raw, broken.start(), "a broken escape", "% and two hexadecimal digits", charset=charset)
    kept = raw.replace(b"%3d", b"%3D").replace(b"%3D", b"%3D3D").replace(b"%25", b"%3D25").replace(b"%26", b"%3D26")
    try:
        return a2b_qp(kept.translate(_SWAPPED)).decode(charset).split("&")
    except UnicodeDecodeError as error:
        place = next(islice(_UNIT.finditer(raw), error.start, None)).start()
        raise fault_at(raw, place, "bytes that are no text", charset.upper(), charset=charset) from None


def split(text: str) -> tuple[str, str]:
    """The name and the value that the text of a pair says; one without `=` has the value ""."""
    key, _, value = text.partition("%")
    if "=" in text or "%" in value:
        return _own_signs(key), _own_signs(value.replace("%", "=3D"))
    return key, value


def _own_signs(text: str) -> str:
    return text.replace("=26", "&").replace("=25", "%").replace("=3D", "=")


def fault_at(
    raw: bytes, offset: int, message: str, expected: str, kind: type[DecodeError] = DecodeError, charset: str = UTF_8
) -> DecodeError:
    """The error for a fault at `offset` of a body, in bytes: with line and column in characters, and an excerpt."""
    before = raw[:offset].decode(charset, "replace")
    after = raw[offset : offset + _EXCERPT].decode(charset, "replace")
    return error_at(before + after, len(before), message, expected, kind)


def fault_of_pair(raw: bytes, number: int, message: str, expected: str, charset: str) -> DecodeError:
    """The error for a pair over a limit, whose text is the one with this number, from 0."""
    offset = sum(len(piece) + 1 for piece in raw.split(b"&", number)[:number])
    return fault_at(raw, offset, message, expected, ContentTooLarge, charset)


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
