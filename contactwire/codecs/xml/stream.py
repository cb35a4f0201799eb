"""Sequences of XML elements, cut into records and joined from them. Memory holds one record at a time.

This module only finds where each child of the root ends. It puts the root's tags around a child, which gives a document of
its own; prefixes that the root declares keep their meaning in it. Text between and behind the children, and a stream that
ends too early, become such documents too. Whatever is wrong with them, the parser of the record reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import attrs

from contactwire.codecs.shared import Body, Record, Stream, encode_each, pieces
from contactwire.codecs.xml.cursor import Cursor
from contactwire.codecs.xml.dialects import Dialect, root_name
from contactwire.codecs.xml.extents import is_end_tag, name_at, name_in, next_tag, size_of_element, size_of_tag
from contactwire.codecs.xml.names import BLANK, local_name
from contactwire.codecs.xml.text import Document, decoded, parse
from contactwire.codecs.xml.write import root_attributes
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError
from contactwire.wire import fold

__all__ = ["encode_sequence", "root_of", "split"]

_SHOWN = 64
_ATTRIBUTE = re.compile(r"""[ ]++([^ =]++)[ ]*+=[ ]*+(?:"[^"]*+"|'[^']*+')""")
_BREAK = re.compile(r"\r\n|[\t\r\n]")


def split(stream: Stream, charset: str | None, max_bytes: int, names: Collection[str]) -> Iterator[Record]:
    """The records of a sequence: one for each child of the root, and others without a child, which the parser must see.

    `names` are the names that the root may have, in lower case. The last record has an error if the beginning is no XML, or
    a child is over the limit.
    """
    return _Sequence(Cursor(decoded(pieces(stream), charset), max_bytes)).records(names)


def root_of(head: Body) -> str:
    """The name of the root, in lower case and without prefix, from the first bytes of a document; "" if it is not found."""
    try:
        cursor = Cursor(decoded(iter([head]), None), len(head))
        at = next_tag(cursor)
    except DecodeError:
        return ""
    return "" if at is None else _kind(name_at(cursor, at))


class _Broken(Exception):
    """The stream is no sequence: the fault is at the `place`, or, if that is None, at the end of the stream."""

    def __init__(self, place: int | None) -> None:
        super().__init__(place)
        self.place = place


class _Unreadable(Exception):
    """The stream cannot be read on: the `error`, and the `text` in front of the place or around it."""

    def __init__(self, error: DecodeError, text: str) -> None:
        super().__init__(error, text)
        self.error, self.text = error, text


@attrs.define
class _Root:
    """The tags of the root, in which spaces replace line breaks.

    `opening` is the start tag, and `declaring` the start tag with its namespace declarations as its only attributes. `kind`
    is the name in lower case and without prefix. `alone` says that the root has no end tag (`<a/>`); `line` is its line.
    """

    name: str
    kind: str
    alone: bool
    opening: str
    declaring: str
    closing: str
    line: int = 1

    @property
    def around(self) -> tuple[bytes, bytes]:
        """The tags between which its children are a sequence of their own."""
        return self.declaring.encode("utf-8", "surrogatepass"), self.closing.encode("utf-8", "surrogatepass")

    @classmethod
    def of(cls, tag: str) -> _Root:
        """The root with this start tag."""
        name, alone = name_in(tag), tag.endswith("/>")
        opening = _BREAK.sub(" ", tag[:-2] + ">" if alone else tag)
        return cls(name, _kind(name), alone, opening, _ATTRIBUTE.sub(_if_declaring, opening), f"</{name}>")


def _kind(name: str) -> str:
    return fold(local_name(name.rpartition(":")[2]))


def _if_declaring(attribute: re.Match[str]) -> str:
    return attribute[0] if attribute[1].partition(":")[0] == "xmlns" else ""


class _Sequence:
    """Cuts a sequence into records; the cursor is behind the last record."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._around = (b"", b"")

    def records(self, names: Collection[str]) -> Iterator[Record]:
        """The records, as `split` describes them."""
        try:
            yield from self._records(names)
        except _Unreadable as broken:
            yield self._unread(broken.error, broken.text)
        except ContentTooLarge as error:
            yield self._unread(error, self._cursor.text[self._cursor.start :])
        except DecodeError as error:
            # The encoding is unknown, so there is no text.
            yield self._unread(error, "")

    def _records(self, names: Collection[str]) -> Iterator[Record]:
        opening = ""
        try:
            root = self._root()
            opening, self._around = root.declaring, root.around
            if root.kind not in names and self._has_child(root):
                yield self._of_another_root(root)
                return
            yield from self._children(root)
            opening += root.closing
            self._check_end()
        except _Broken as broken:
            yield self._broken(opening, broken.place)

    def _of_another_root(self, root: _Root) -> Record:
        """The record of a sequence whose root has a name that it may not have; nothing in it is read."""
        document = f"{root.opening}<a/>{root.closing}"
        return Record(document, root.line, trail=len(document), inside=False, cut=True)

    def _root(self) -> _Root:
        """Pass the root's start tag, and have the parser check the text in front of it."""
        cursor = self._cursor
        at = next_tag(cursor)
        size = 0 if at is None else size_of_tag(cursor, at)
        if at is None or not size:
            raise _Broken(at)
        root = _Root.of(cursor.shown(at, at + size))
        head = cursor.shown(0, at + size)
        try:
            parse(Document.of(head + ("" if root.alone else root.closing)))
        except DecodeError as error:
            raise _Unreadable(error, head) from None
        cursor.advance(at)
        root.line = cursor.line
        cursor.advance(size)
        return root

    def _has_child(self, root: _Root) -> bool:
        return not root.alone and not is_end_tag(self._cursor, self._next_tag())

    def _children(self, root: _Root) -> Iterator[Record]:
        """The records of the children, and of the text behind the last one; of the whole root if it has no children."""
        at = count = 0
        while not root.alone and not is_end_tag(self._cursor, at := self._next_tag()):
            size = size_of_element(self._cursor, at)
            if not size:
                raise _Broken(at)
            yield self._record(root.declaring, at + size, root.closing)
            count += 1
        if not count:
            yield attrs.evolve(self._record(root.opening, at, root.closing), inside=False)
        elif at:
            yield self._record(root.declaring, at, root.closing)
        if not root.alone:
            self._pass_end_tag(root.name)

    def _next_tag(self) -> int:
        """Skip white space, and return the place of the next tag, behind text, comments and the like."""
        self._cursor.skip_blanks()
        at = next_tag(self._cursor)
        if at is None:
            raise _Broken(None)
        return at

    def _pass_end_tag(self, name: str) -> None:
        size = self._cursor.find(">", 0) + 1
        if self._cursor.shown(0, size)[2:-1].rstrip(BLANK) != name:
            raise _Broken(0)
        self._cursor.advance(size)

    def _check_end(self) -> None:
        """Check that nothing but white space, comments and the like follows the root."""
        self._cursor.skip_blanks()
        at = next_tag(self._cursor)
        if at is not None or self._cursor.remaining():
            raise _Broken(at)

    def _record(self, opening: str, end: int, closing: str) -> Record:
        """The record of the text before `end`, between the given tags; passes it."""
        cursor = self._cursor
        text = cursor.shown(0, end)
        if 4 * end > cursor.max_bytes and len(text.encode("utf-8", "replace")) > cursor.max_bytes:
            raise cursor.too_large()
        record = self._framed(opening, text, closing)
        cursor.advance(end)
        return record

    def _broken(self, opening: str, at: int | None) -> Record:
        """A record that ends too early, so that the parser reports the fault: a little behind `at`, or with the stream."""
        if at is None or len(text := self._cursor.shown(0, at + _SHOWN + 1)) <= at + _SHOWN:
            return self._framed(opening, self._remaining(), "")
        return self._framed(opening, text[:-1], "", cut=True)

    def _framed(self, opening: str, text: str, closing: str, *, cut: bool = False) -> Record:
        line, column = self._cursor.line, self._cursor.column
        document = opening + text + closing
        return Record(document, line, column, len(opening), len(closing), cut=cut, around=self._around)

    def _remaining(self) -> str:
        left = self._cursor.text[self._cursor.start :]
        try:
            return self._cursor.remaining()
        except DecodeError as error:
            raise _Unreadable(error, left) from None

    def _unread(self, error: ContactWireError, text: str) -> Record:
        """The last record, for an error that ends the stream, with the beginning of what was not read."""
        unread = text[: self._cursor.max_bytes].encode("utf-8", "surrogatepass")[: self._cursor.max_bytes]
        return Record(unread, self._cursor.line, cut=True, error=error, around=self._around)


def encode_sequence(values: Iterable[Any], dialect: Dialect, encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    """The pieces of a sequence: one for each value, and the end tag of the root, which the first value's class names."""
    waiting = iter(values)
    first = list(islice(waiting, 1))
    tag = root_name(first, dialect).tag
    opening = f"<{tag}{root_attributes(dialect)}>".encode()
    for body in encode_each(chain(first, waiting), encode):
        yield opening + body
        opening = b""
    yield opening + f"</{tag}>".encode()
