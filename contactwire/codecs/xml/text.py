"""From the bytes of an XML document to its text and to lxml's tree, and from markup and text back to bytes.

`Document.read` decodes the bytes. The encoding is that of the byte order mark, else the `charset` of the `Content-Type` (RFC
7303 §3), else the one that the document declares (XML 1.0 appendix F), else UTF-8. `parse` refuses a DOCTYPE and has lxml
build the tree; nothing outside the document is ever fetched. `join` escapes the texts of a document that was written, all at
once, and joins them with the markup.
"""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Callable
from itertools import compress
from typing import Any

import attrs

from contactwire.codecs.shared import Body, encoding_named, error_at, text_to_bytes, to_bytes, too_many_objects, without_mark
from contactwire.errors import ContentTooLarge, DecodeError, EncodeError, Issue, repr_of, shorten

__all__ = [
    "PARSER_OPTIONS",
    "Document",
    "Texts",
    "as_utf8",
    "check_objects",
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
"""Python's names of the encodings that are read; codecs such as `rot13` or `base64` are not among them."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
_STARTS = ((b"\0<", "utf-16-be"), (b"<\0", "utf-16-le"))
_DECLARATION = re.compile(rb"""<\?xml[ \t\r\n][^>]*?\bencoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]*)["']""")
_DOCTYPE = re.compile(r"(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+(?=<!DOCTYPE)", re.DOTALL)
_DECLARATION_BYTES = 512
_LONG_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]{%d}" % (_DECLARATION_BYTES - len(b"<?xml ")))
_XML = b"<?xml"
# lxml spells each element with its namespace, so that a long one takes its length again for each element. Those of .NET
# and the dialects have less than 100 characters.
_LONGEST_NAMESPACE = 256
_LONG_VALUE = re.compile(rf"""=[ \t\r\n]*+(?:"[^"]{{{_LONGEST_NAMESPACE}}}[^"]|'[^']{{{_LONGEST_NAMESPACE}}}[^'])""")
_PLACE = re.compile(r",? line \d+, column \d+$")
# libxml2's error codes for a document beyond its own limits: XML_ERR_NAME_TOO_LONG, XML_ERR_RESOURCE_LIMIT.
_TOO_LARGE = (110, 114)
# What libxml2 says of such a document, with the limit of levels, and with advice to those who call libxml2.
_DEPTH = re.compile(r"depth in document: (\d+)")
_ADVICE = re.compile(r"[,:]? \w+ XML_PARSE_HUGE.*")
_SHOWN = 200
_SHORTEST = "<a/>"

PARSER_OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": True,
    "remove_comments": True,
    "remove_pis": True,
}
"""How lxml parses: it fetches nothing, keeps only elements and text, and leaves most limits to the codec."""

_SEPARATOR = "\0"
_ESCAPES = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;", b"\r": b"&#xD;"}
_LEGAL = b"".join(_ESCAPES) + bytes(range(128, 256))
_ORDINARY = bytes(code for code in range(256) if code >= 32 or code in b"\t\n").translate(None, _LEGAL)
"""The bytes of ASCII that a text may hold and that need no escape; `_LEGAL` are the other bytes that it may hold."""
_NO_XML = Issue("", "a string has a character that XML 1.0 cannot hold", "string", "")

_local = threading.local()


@attrs.frozen
class Document:
    """A document as `text`, without byte order mark, and as `utf8`, the same in UTF-8; line breaks are unchanged."""

    text: str
    utf8: bytes

    @classmethod
    def read(cls, body: Body, charset: str | None, max_bytes: int) -> Document:
        """The document in a body. For a str, `charset` and the declared encoding are ignored.

        Raises `ContentTooLarge` over `max_bytes`, and `DecodeError` for an unknown encoding or bytes that are not in it.
        """
        raw = bytes(to_bytes(body, max_bytes))
        if isinstance(body, str):
            return cls(body.removeprefix("\ufeff"), bytes(without_mark(raw)))
        mark, encoding = _encoding_in(raw, charset)
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
        """The document with this text; raises `DecodeError` for a lone surrogate."""
        return cls(text, text_to_bytes(text))


def encoding_of(charset: str) -> str:
    """Python's name of a character set that is read; raises ValueError for any other."""
    name = encoding_named(charset)
    if name not in _ENCODINGS:
        raise ValueError(f"charset is the name of an encoding that is read, not {repr_of(charset)}")
    return name


def _encoding_in(raw: bytes, charset: str | None) -> tuple[int, str]:
    """The length of the byte order mark, and Python's name of the encoding.

    Raises `DecodeError` if the document declares an unknown encoding, or has a long declaration that may do so.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return len(mark), encoding
    guess = next((encoding for start, encoding in _STARTS if raw.startswith(start)), None)
    if charset is not None:
        encoding = encoding_of(charset)
        # RFC 2781 §4.3: UTF-16 without a mark is big-endian; but a leading `<` shows the order of the bytes.
        return 0, (guess or "utf-16-be") if encoding == "utf-16" else encoding
    return 0, guess or _declared(raw)


def _shows_encoding(head: bytes) -> bool:
    """Whether the first bytes of a stream are enough to know its encoding."""
    return len(head) >= (_DECLARATION_BYTES if head.startswith(_XML) else len(_XML))


def _declared(raw: bytes) -> str:
    start = raw[:_DECLARATION_BYTES]
    head = start.decode("latin-1")
    match = _DECLARATION.match(start)
    if match is None:
        if _LONG_DECLARATION.match(start):
            message = f"the XML declaration has more than {_DECLARATION_BYTES} bytes"
            raise error_at(head, len(head), message, "an encoding in front of this place, or the end of the declaration")
        return "utf-8"
    name, place = match[1].decode(), match.start(1)
    try:
        encoding = encoding_of(name)
    except ValueError:
        message = f"the declared encoding {shorten(name)} is unknown"
        raise error_at(head, place, message, "an encoding such as UTF-8") from None
    if encoding.startswith("utf-16"):
        raise error_at(head, place, "the document is not in UTF-16, as it declares", "its encoding")
    return encoding


class Texts:
    """Turns the chunks of a stream into text, without byte order mark.

    `fault` is "" until there are bytes that are not in the encoding, and its name from then on; no text comes behind them.
    """

    def __init__(self, charset: str | None) -> None:
        self.fault = ""
        self._charset, self._head, self._is_first = charset, b"", True
        self._encoding = ""
        self._decode: Callable[[bytes, bool], str] | None = None

    def next(self, chunk: Body | None) -> str:
        """The text of the next chunk, or of what is left at the end (None), as far as it can be decoded yet.

        Raises `DecodeError` if the stream declares an unknown encoding, TypeError for text behind bytes.
        """
        if isinstance(chunk, str):
            return self._as_it_is(chunk)
        text, final = (b"", True) if chunk is None else (bytes(chunk), False)
        decode = self._decode
        if decode is None:
            self._head += text
            if not (final or _shows_encoding(self._head)):
                return ""
            text, decode = self._chosen()
        try:
            return decode(text, final)
        except UnicodeDecodeError as error:
            self.fault = self._encoding.upper()
            return error.object[: error.start].decode(self._encoding, "replace")

    def _chosen(self) -> tuple[bytes, Callable[[bytes, bool], str]]:
        """The first bytes behind the byte order mark, and what decodes them, which they choose."""
        mark, self._encoding = _encoding_in(self._head, self._charset)
        self._decode = codecs.getincrementaldecoder(self._encoding)().decode
        return self._head[mark:], self._decode

    def _as_it_is(self, text: str) -> str:
        if self._head:
            raise TypeError("the chunks of a stream are all text, or none of them is")
        text, self._is_first = text.removeprefix("\ufeff") if self._is_first else text, False
        return text


def doctype_in(text: str) -> int | None:
    """The offset of a document's DOCTYPE, or None. XML 1.0 §2.8 allows one in the prolog only."""
    prolog = _DOCTYPE.match(text)
    return None if prolog is None else prolog.end()


def parse(document: Document) -> Any:
    """The root of a document's tree: no comments, no processing instructions, CDATA as text.

    Raises `DecodeError` with the place for a document that is not well-formed (by Namespaces in XML too) and for any
    DOCTYPE, `ContentTooLarge` for one beyond libxml2's limits, such as 2,048 levels of elements, and for one with a
    namespace of more than 256 characters.
    """
    from lxml import etree

    if (place := doctype_in(document.text)) is not None:
        message = "a document type declaration, which is never read"
        raise error_at(document.text, place, message, "the root element")
    try:
        root = etree.fromstring(document.utf8, _parser())
    except etree.XMLSyntaxError as error:
        fault = _diagnose(document.text, error)
    else:
        _check_namespaces(document)
        return root
    # Raised outside of `except`, so that lxml's error is not its context: some picklers pickle the context, and that error
    # does not pickle.
    raise fault


def _check_namespaces(document: Document) -> None:
    """Raise `ContentTooLarge` for a well-formed document with a long namespace.

    A document without a long value in quotes is not searched.
    """
    if "xmlns" not in document.text or not _LONG_VALUE.search(document.text):
        return
    from lxml import etree

    parser: Any = etree.XMLPullParser(events=("start-ns",), **PARSER_OPTIONS)
    parser.feed(document.utf8)
    for _, (_, namespace) in parser.read_events():
        if len(namespace) > _LONGEST_NAMESPACE:
            message = f"a namespace has more than {_LONGEST_NAMESPACE} characters"
            raise error_at(document.text, max(0, document.text.find(namespace)), message, "", ContentTooLarge)


def check_objects(root: Any, text: str, max_objects: int, around: int) -> None:
    """Raise `ContentTooLarge` for a document that holds more carriers, lists and dictionaries than allowed.

    Elements are counted but those that hold text and no other element, and so many `around` a record. A text that is too
    short to hold so many, or has fewer tags, is not searched.
    """
    if len(text) <= len(_SHORTEST) * max_objects or text.count("<") <= max_objects:
        return
    if root.xpath("count(descendant-or-self::*[* or not(text())])") > max_objects + around:
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
    # For libxml2 only a line feed ends a line.
    start = 0
    for _ in range(max(line, 1) - 1):
        start = text.find("\n", start) + 1
    offset = min(start + max(column, 1) - 1, len(text))
    message = _in_our_words(error.msg or "not well-formed")
    if error.code in _TOO_LARGE:
        return error_at(text, offset, message, "", ContentTooLarge)
    return error_at(text, offset, message, "well-formed XML")


def _in_our_words(message: str) -> str:
    """A message of libxml2's, which may quote any length of the document, without the place and without its options."""
    if (depth := _DEPTH.search(message)) is not None:
        return f"nesting is deeper than {depth[1]}"
    plain = _ADVICE.sub("", _PLACE.sub("", message.strip()).replace("\n", " ").strip())
    first = plain[:1] if plain[1:2].isupper() else plain[:1].lower()  # XML is no word of a sentence
    return first + plain[1:_SHOWN] + ("…" if len(plain) > _SHOWN else "")


def as_utf8(markup: str) -> str:
    """Markup as `join` takes it: its UTF-8, with one character for each byte. `<é>` becomes `<Ã©>`."""
    return markup.encode().decode("latin-1")


def join(out: list[str]) -> bytes:
    """The bytes of a document; `out` is markup, from `as_utf8`, and text by turns. Changes `out`.

    Raises `EncodeError` if a text has a character that XML 1.0 cannot hold, such as a lone surrogate.
    """
    # Checking the texts one by one takes several times as long as checking all of them at once.
    text = _SEPARATOR.join(out[1::2])
    try:
        notable = text.encode().translate(None, _ORDINARY)
    except UnicodeEncodeError:
        raise EncodeError([_NO_XML]) from None
    # "a", "b & c", "" and "é" give b"\0&\0\0\xc3\xa9": the separators, and the bytes that are not ordinary.
    special = notable.translate(None, b"\0")
    separated = len(notable) - len(special) == len(out) // 2 - 1
    if not separated or special.translate(None, _LEGAL) or "\ufffe" in text or "\uffff" in text:
        raise EncodeError([_NO_XML])
    if special:
        _escape(out, list(compress(range(1, len(out), 2), notable.split(b"\0"))))
    return "".join(out).encode("latin-1")


def _escape(out: list[str], indexes: list[int]) -> None:
    """Escape the texts at these indexes, and turn each into its UTF-8 with one character for each byte, as markup is.

    Then no string of `out` has a character above U+00FF. Python joins such strings faster: one emoji would make the whole
    document a string of four bytes a character.
    """
    raw = _SEPARATOR.join(out[index] for index in indexes).encode()
    for character, reference in _ESCAPES.items():
        raw = raw.replace(character, reference)
    for index, text in zip(indexes, raw.decode("latin-1").split(_SEPARATOR), strict=True):
        out[index] = text
