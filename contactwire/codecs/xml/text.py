"""From the bytes of an XML document to its text, and to lxml's tree, and back from text and markup to bytes.

Nothing outside the document is ever looked at.

The character encoding follows RFC 7303 §3: a byte order mark first, then the `charset` of the Content-Type, then the
document itself (XML 1.0 appendix F), then UTF-8.
"""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Iterator
from itertools import chain, compress
from typing import Any

import attrs

from contactwire.codecs.shared import Body, encoding_named, error_at, to_bytes, too_many_objects
from contactwire.errors import ContentTooLarge, DecodeError, EncodeError, Issue, shorten

__all__ = [
    "PARSER_OPTIONS",
    "Document",
    "Undecodable",
    "as_utf8",
    "check_objects",
    "decoded",
    "doctype_in",
    "encoding_of",
    "join",
    "parse",
]

_ENCODINGS = frozenset(
    ["utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", *(f"iso8859-{part}" for part in range(2, 17))]
    + [f"cp125{page}" for page in range(9)]
    + ["koi8-r", "koi8-u", "shift_jis", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr"]
)
"""Python's names of the encodings that are read: none that stands for anything but characters."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_STARTS = ((b"\0<", "utf-16-be"), (b"<\0", "utf-16-le"))
_DECLARATION = re.compile(rb"""<\?xml[ \t\r\n][^>]*?\bencoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]*)["']""")
_DOCTYPE = re.compile(r"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+(?=<!DOCTYPE)", re.DOTALL)
_DECLARATION_BYTES = 512
_PLACE = re.compile(r",? line \d+, column \d+$")
# libxml2's error codes for what it finds too large to go on: XML_ERR_NAME_TOO_LONG, XML_ERR_RESOURCE_LIMIT.
_TOO_LARGE = (110, 114)

PARSER_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": True,
    "remove_comments": True,
    "remove_pis": True,
}
"""How lxml parses: nothing is fetched, nothing but elements and text is kept, and the limits are those of the codec."""

_SEPARATOR = "\0"
_ESCAPES = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;", b"\r": b"&#xD;"}
_LEGAL = b"".join(_ESCAPES) + bytes(range(128, 256))
_ORDINARY = bytes(code for code in range(256) if code >= 32 or code in b"\t\n").translate(None, _LEGAL)
"""The bytes that stand in a text of ASCII as they are; what else may stand in texts is `_LEGAL`."""
_NO_XML = Issue("", "a string has a character that XML 1.0 cannot hold", "string", "")

_local = threading.local()


@attrs.frozen
class Document:
    """A document as `text`, without byte order mark, and as `utf8`, the same in UTF-8; line breaks are as they came."""

    text: str
    utf8: bytes

    @classmethod
    def read(cls, body: Body, charset: str | None, max_bytes: int) -> Document:
        """The document in a body; text has no encoding any more, whatever it declares.

        Raises `ContentTooLarge` over `max_bytes` and `DecodeError` for an unknown encoding, or bytes that are not in it.
        """
        raw = bytes(to_bytes(body, max_bytes))
        mark, encoding = _encoding_in(raw, None if isinstance(body, str) else charset, isinstance(body, str))
        raw = raw[mark:]
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode(encoding, "replace")
            shown = before + raw[error.start : error.end + 40].decode(encoding, "replace")
            raise error_at(shown, len(before), f"invalid {encoding.upper()}", f"text in {encoding.upper()}") from None
        return cls(text, raw) if encoding == "utf-8" else cls.of(text)

    @classmethod
    def of(cls, text: str) -> Document:
        """The document that a text is; raises `DecodeError` for a lone surrogate."""
        try:
            return cls(text, text.encode())
        except UnicodeEncodeError as error:
            raise error_at(text, error.start, "a lone surrogate", "a character") from None


def encoding_of(charset: str) -> str:
    """Python's name of a character set that is read; raises LookupError for any other."""
    name = encoding_named(charset)
    if name not in _ENCODINGS:
        raise LookupError(f"unknown character set {shorten(charset)}")
    return name


def _encoding_in(raw: bytes, charset: str | None, is_text: bool = False) -> tuple[int, str]:
    """The length of the byte order mark, and Python's name of the encoding; `is_text` for what was UTF-8 all along.

    Raises `DecodeError` where the document declares an unknown one.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return len(mark), encoding
    if is_text:
        return 0, "utf-8"
    guess = next((encoding for start, encoding in _STARTS if raw.startswith(start)), None)
    if charset is not None:
        encoding = encoding_of(charset)
        # RFC 2781 §4.3: without a mark, big-endian; but what begins with < is not in doubt.
        return 0, (guess or "utf-16-be") if encoding == "utf-16" else encoding
    return 0, guess or _declared(raw)


def _declared(raw: bytes) -> str:
    start = raw[:_DECLARATION_BYTES]
    match = _DECLARATION.match(start)
    if match is None:
        return "utf-8"
    name = match[1].decode()
    place = match.start(1)
    try:
        encoding = encoding_of(name)
    except LookupError:
        message = f"the declared encoding {shorten(name)} is unknown"
        raise error_at(start.decode("latin-1"), place, message, "an encoding such as UTF-8") from None
    if encoding.startswith("utf-16"):
        raise error_at(
            raw[:_DECLARATION_BYTES].decode("latin-1"),
            place,
            "the document is not in UTF-16, as it declares",
            "its encoding",
        )
    return encoding


class Undecodable(Exception):
    """Bytes that are not in the encoding of the stream, which is the argument."""


def decoded(chunks: Iterator[Body], charset: str | None) -> Iterator[str]:
    """The characters of a stream, without byte order mark; raises `Undecodable` behind those that it could make out."""
    head = b""
    for chunk in chunks:
        if isinstance(chunk, str):
            yield from _joined(chain([chunk], chunks))  # type: ignore[arg-type]
            return
        head += bytes(chunk)
        if len(head) >= _DECLARATION_BYTES:
            break
    mark, encoding = _encoding_in(head, charset)
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk, final in chain(((each, False) for each in chain([head[mark:]], chunks)), [(b"", True)]):
        try:
            yield decoder.decode(bytes(chunk), final)  # type: ignore[arg-type]
        except UnicodeDecodeError as error:
            yield error.object[: error.start].decode(encoding, "replace")
            raise Undecodable(encoding.upper()) from None


def _joined(texts: Iterator[str]) -> Iterator[str]:
    first = next((text for text in texts if text), "")
    yield first.removeprefix("\ufeff")
    yield from texts


def doctype_in(text: str) -> int | None:
    """Where a document has a DOCTYPE, or None. It may stand in the prolog alone (XML 1.0 §2.8)."""
    prolog = _DOCTYPE.match(text) if "!DOCTYPE" in text else None
    return None if prolog is None else prolog.end()


def parse(document: Document) -> Any:
    """The root of a document's tree: no comments, no processing instructions, CDATA as text.

    Raises `DecodeError` with the place for what is not well-formed (Namespaces in XML included) and for any DOCTYPE,
    `ContentTooLarge` for what is beyond libxml2's limits: 2,048 elements deep.
    """
    from lxml import etree

    if (place := doctype_in(document.text)) is not None:
        message = "a document type declaration, which is never read"
        raise error_at(document.text, place, message, "the root element")
    try:
        return etree.fromstring(document.utf8, _parser())
    except etree.XMLSyntaxError as error:
        fault = _diagnose(document.text, error)
    # Raised out here, so that lxml's error is not its context: it does not pickle, and some picklers take the context along.
    raise fault


def check_objects(root: Any, text: str, max_objects: int) -> None:
    """Raise `ContentTooLarge` for a document that holds more carriers, lists and dictionaries than allowed.

    Elements with text and no other element are none of these. A text with few tags is not counted.
    """
    if text.count("<") <= max_objects:
        return
    if root.xpath("count(descendant-or-self::*[* or not(text())])") > max_objects:
        raise too_many_objects(max_objects)


def _parser() -> Any:
    """The parser of this thread: a shared one would let threads wait for each other."""
    parser = getattr(_local, "parser", None)
    if parser is None:
        from lxml import etree

        parser = _local.parser = etree.XMLParser(**PARSER_OPTIONS)
    return parser


def _diagnose(text: str, error: Any) -> DecodeError:
    line, column = error.position
    message = _PLACE.sub("", (error.msg or "not well-formed").strip()).replace("\n", " ").strip()
    # libxml2 counts the lines that line feeds end.
    start = 0
    for _ in range(max(line, 1) - 1):
        start = text.find("\n", start) + 1
    offset = min(start + max(column, 1) - 1, len(text))
    kind = ContentTooLarge if error.code in _TOO_LARGE else DecodeError
    return error_at(text, offset, message[:1].lower() + message[1:], "well-formed XML", kind)


def as_utf8(markup: str) -> str:
    """Markup in UTF-8, with a character for each byte: as `join` takes it."""
    return markup.encode().decode("latin-1")


def join(out: list[str]) -> bytes:
    """The document that markup, by `as_utf8`, and text by turns make; changes `out`.

    Raises `EncodeError` if it holds a character that XML 1.0 cannot hold, lone surrogates among them.
    """
    # Looking at texts one by one takes several times as long as looking at all of them in one.
    text = _SEPARATOR.join(out[1::2])
    try:
        notable = text.encode().translate(None, _ORDINARY)
    except UnicodeEncodeError:
        raise EncodeError([_NO_XML]) from None
    # Of "a", "b & c", "" and "é" there is left b"\0&\0\0\xc3\xa9".
    special = notable.translate(None, b"\0")
    separated = len(notable) - len(special) == len(out) // 2 - 1
    if not separated or special.translate(None, _LEGAL) or "\ufffe" in text or "\uffff" in text:
        raise EncodeError([_NO_XML])
    if special:
        _escape(out, list(compress(range(1, len(out), 2), notable.split(b"\0"))))
    return "".join(out).encode("latin-1")


def _escape(out: list[str], indexes: list[int]) -> None:
    """Write the texts at these indexes as XML does, and in UTF-8 as markup is.

    A document of bytes is put together faster than one of wide characters, of which one emoji would make all others.
    """
    raw = _SEPARATOR.join(out[index] for index in indexes).encode()
    for character, reference in _ESCAPES.items():
        raw = raw.replace(character, reference)
    for index, text in zip(indexes, raw.decode("latin-1").split(_SEPARATOR), strict=True):
        out[index] = text
