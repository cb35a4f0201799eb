"""The exact path of encoding: from carriers to markup, with every fault and its pointer.

Both paths give a list of strings, markup and text by turns: `["<Name>", "Elan & Co", "</Name>", ""]`. Markup is in `octets`,
as it will be written. Text is checked for characters that XML 1.0 cannot hold, escaped, and turned into octets when the list
is put together, in `join`, all at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from contactwire.builtins import write_extras
from contactwire.codecs._text_values import text_writer
from contactwire.codecs.xml.dialects import Dialect, item_name, member_order, root_name
from contactwire.codecs.xml.names import ILLEGAL, XSI, encode_name, octets
from contactwire.codecs.xml.unknown import write_unknown
from contactwire.errors import EncodeError, Issue, shorten
from contactwire.paths import escape
from contactwire.wire import (
    STRING,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    is_carrier,
    plan_of,
)

__all__ = ["ILLEGAL_BYTES", "PIECE", "IllegalText", "join", "nil_attribute", "root_attributes", "write_document"]

PIECE = 2048
"""As many strings as are looked at at once."""
_MANY = 32
ILLEGAL_BYTES = bytes(code for code in range(32) if code not in b"\t\n\r")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}

_SEPARATOR = "\x7f"
_SEPARATED, _ILLEGAL, _SPECIAL = b"|", b"\0", b"&"


def _marks() -> tuple[bytes, bytes]:
    """What stands for each byte of UTF-8 where only its sort matters, and the bytes that are of no concern."""
    marks = {ord(_SEPARATOR): _SEPARATED, **dict.fromkeys(ILLEGAL_BYTES, _ILLEGAL)}
    marks.update(dict.fromkeys(map(ord, _ESCAPES), _SPECIAL))
    # The first byte of a character beyond ASCII stands for all of it.
    marks.update(dict.fromkeys(range(0xC0, 0x100), _SPECIAL))
    return b"".join(marks.get(code, b" ") for code in range(256)), bytes(code for code in range(256) if code not in marks)


_MARKS, _ORDINARY = _marks()


class IllegalText(Exception):
    """Some text holds a character that XML 1.0 cannot hold."""


def nil_attribute(dialect: Dialect) -> str:
    """The attribute that spells null."""
    return f' {dialect.xsi_prefix}:nil="true"'


@lru_cache(maxsize=64)
def root_attributes(dialect: Dialect) -> str:
    """The namespaces that the root declares."""
    declared = [] if dialect.namespace is None else [("xmlns", dialect.namespace)]
    declared.append((f"xmlns:{dialect.xsi_prefix}", XSI))
    if dialect.arrays_namespace is not None:
        declared.append((f"xmlns:{dialect.arrays_prefix}", dialect.arrays_namespace))
    return "".join(f' {name}="{_attribute(value)}"' for name, value in declared)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def join(out: list[str]) -> bytes:
    """The document that markup in `octets` and text by turns make; changes `out`.

    Raises `IllegalText` for a character that XML 1.0 cannot hold, UnicodeEncodeError for a lone surrogate, TypeError where
    something is no string.
    """
    # Looking at strings one by one takes several times as long as at many in one.
    for start in range(0, len(out), PIECE):
        texts = out[start + 1 : start + PIECE : 2]
        text = _SEPARATOR.join(texts)
        raw = text.encode()
        marks = raw.translate(_MARKS, _ORDINARY)
        if len(marks) != len(texts) - 1:
            if _ILLEGAL in marks or "\ufffe" in text or "\uffff" in text:
                raise IllegalText
            out[start + 1 : start + PIECE : 2] = _written(texts, raw, marks)
    return "".join(out).encode("latin-1")


def _written(texts: list[str], raw: bytes, marks: bytes) -> list[str]:
    """The texts in octets, escaped; `raw` is all of them with separators between, and `marks` is what is special in it."""
    if marks.count(_SEPARATED) != len(texts) - 1:
        # Some hold the separator themselves, and would be taken for two.
        return [_escape(octets(text)) for text in texts]
    # One in so many is looked up and written by itself; taking all apart again is faster for more.
    rest = len(texts) // _MANY
    passed, start = 0, marks.find(_SPECIAL)
    while start >= 0:
        if not rest:
            return _escape(raw.decode("latin-1")).split(_SEPARATOR)
        rest -= 1
        index = start - passed
        texts[index] = _escape(octets(texts[index]))
        end = marks.find(_SEPARATED, start)
        passed += end - start
        start = marks.find(_SPECIAL, end) if end >= 0 else -1
    return texts


def _escape(text: str) -> str:
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def write_document(value: Any, dialect: Dialect, max_depth: int) -> list[str]:
    """The markup and text of a carrier, or of a list of carriers; raises `EncodeError` with every fault."""
    writer = _Writer(dialect)
    writer.root(value, "", max_depth)
    if writer.issues:
        raise EncodeError(writer.issues)
    tag = root_name(value)
    out = [f"<{tag}{root_attributes(dialect)}>", "", *writer.out, f"</{tag}>", ""]
    out[::2] = map(octets, out[::2])
    return out


@lru_cache(maxsize=256)
def _members(plan: CarrierPlan, dialect: Dialect) -> list[tuple[str, FieldPlan]]:
    return [(encode_name(field.name), field) for field in member_order(plan, dialect)]


class _Writer:
    """Collects markup and text in `out` and faults in `issues`; `at` is the pointer of what is being written."""

    def __init__(self, dialect: Dialect) -> None:
        self.out: list[str] = []
        self.issues: list[Issue] = []
        self._dialect, self._nil = dialect, nil_attribute(dialect)

    def root(self, value: Any, at: str, room: int) -> None:
        """The content of a document's root, or of a list's item in one."""
        if is_carrier(type(value)):
            self._carrier(value, at, room)
        elif not isinstance(value, list):
            self._unwritable(at, "a carrier or a list of carriers", value)
        elif self._has_room(at, room, value):
            for index, item in enumerate(value):
                tag = root_name(item) if is_carrier(type(item)) or isinstance(item, list) else "Item"
                self.out += (f"<{tag}>", "")
                self.root(item, f"{at}/{index}", room - 1)
                self.out += (f"</{tag}>", "")

    def _has_room(self, at: str, room: int, value: Any) -> bool:
        if room < 1:
            message = "nesting is deeper than any decoder takes, or without end"
            self.issues.append(Issue(at, message, "less nesting", shorten(value)))
        return room >= 1

    def _unwritable(self, at: str, expected: str, value: Any) -> None:
        shown = shorten(value)
        self.issues.append(Issue(at, f"expected {expected}, received {shown}", expected, shown))

    def _carrier(self, value: Any, at: str, room: int) -> None:
        if not self._has_room(at, room, value):
            return
        plan = plan_of(type(value))
        for tag, field in _members(plan, self._dialect):
            item = getattr(value, field.attribute)
            if item is not UNSET:
                self._element(tag, field.kind, item, f"{at}/{escape(field.name)}", room - 1, nullable=True)
        if value._extras:
            written: dict[str, Any] = {}
            self._add(at, write_extras(value._extras, plan, written, room))
            self._check(written, at)
            write_unknown(written, self.out, self._nil)

    def _add(self, at: str, issues: Iterable[Issue]) -> None:
        self.issues += [issue.under(at) for issue in issues]

    def _check(self, value: Any, at: str) -> None:
        """Find the strings in builtins that XML cannot hold; names are encoded, so they may hold anything."""
        if isinstance(value, str):
            self._text(value, at)
        elif isinstance(value, dict):
            for name, item in value.items():
                self._check(item, f"{at}/{escape(name)}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._check(item, f"{at}/{index}")

    def _text(self, text: str, at: str) -> None:
        fault = ILLEGAL.search(text)
        # Lone surrogates are the affair of whoever wrote the text.
        if fault is not None and not "\ud800" <= fault[0] <= "\udfff":
            message = f"the string has U+{ord(fault[0]):04X}, which XML 1.0 cannot hold"
            self.issues.append(Issue(at, message, "string", shorten(text)))

    def _element(self, tag: str, kind: Kind, value: Any, at: str, room: int, *, nullable: bool) -> None:
        if value is None and nullable:
            self.out += (f"<{tag}{self._nil}/>", "")
            return
        self.out += (f"<{tag}>", "")
        self._content(kind, value, at, room)
        self.out += (f"</{tag}>", "")

    def _content(self, kind: Kind, value: Any, at: str, room: int) -> None:
        match kind:
            case NestedKind():
                if isinstance(value, kind.carrier):
                    return self._carrier(value, at, room)
            case ListKind():
                if isinstance(value, list):
                    return self._list(kind, value, at, room)
            case DictionaryKind():
                if isinstance(value, dict):
                    return self._dictionary(kind, value, at, room)
            case _:
                return self._scalar(kind, value, at)
        return self._unwritable(at, kind.expected, value)

    def _list(self, kind: ListKind, value: list[Any], at: str, room: int) -> None:
        if self._has_room(at, room, value):
            tag = item_name(kind, self._dialect).tag
            for index, item in enumerate(value):
                self._element(tag, kind.item, item, f"{at}/{index}", room - 1, nullable=kind.nullable)

    def _dictionary(self, kind: DictionaryKind, value: dict[Any, Any], at: str, room: int) -> None:
        if not self._has_room(at, room, value):
            return
        name = item_name(kind, self._dialect)
        prefix = f"{name.prefix}:" if name.prefix else ""
        for key, item in value.items():
            place = f"{at}/{escape(str(key))}"
            self.out += (f"<{name.tag}>", "")
            self._element(f"{prefix}Key", STRING, key, place, room, nullable=False)
            self._element(f"{prefix}Value", kind.item, item, place, room - 1, nullable=kind.nullable)
            self.out += (f"</{name.tag}>", "")

    def _scalar(self, kind: ScalarKind | EnumerationKind, value: Any, at: str) -> None:
        try:
            text = text_writer(kind)(value)
        except EncodeError as error:
            self._add(at, error.issues)
            return
        self._text(text, at)
        self.out[-1] = text
