"""Sequences of XML elements, cut into records and joined from them. Memory holds one record at a time.

This module only finds where each child of the root ends. It puts the root's tags around a child, which gives a document of
its own; prefixes that the root declares keep their meaning in it. Text between and behind the children, and a stream that
ends too early, become such documents too. Whatever is wrong with them, the parser of the record reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

from contactwire.codecs.shared import MORE, Asking, Body, Frame, More, Record
from contactwire.codecs.xml.cursor import Starved, XmlCursor, name_in
from contactwire.codecs.xml.dialects import Dialect, root_name
from contactwire.codecs.xml.names import BLANK, local_name
from contactwire.codecs.xml.text import Document, parse
from contactwire.codecs.xml.write import root_attributes
from contactwire.errors import ContactWireError, ContentTooLarge, DecodeError
from contactwire.wire import fold

__all__ = ["XmlSplitter", "root_of", "root_tags"]

T = TypeVar("T")

_SHOWN = 64
# The parser reads the declarations of the root again for each record. Those of the dialects take less than 1,000 characters.
_LONGEST_DECLARING = 2**12
# It begins at the first of several spaces only, so that a search passes over each space once.
_ATTRIBUTE = re.compile(r"""(?<![ ])[ ]++([^ =]++)[ ]*+=[ ]*+(?:"[^"]*+"|'[^']*+')""")
_BREAK = re.compile(r"\r\n|[\t\r\n]")


def root_of(head: Body) -> str:
    """The name of the root, folded and without prefix, from the first bytes of a document; "" if it is not found."""
    cursor = XmlCursor(None, len(head))
    cursor.feed(head)
    cursor.feed(None)
    try:
        at = cursor.next_tag()
    except DecodeError:
        return ""
    return "" if at is None else _kind(cursor.name_at(at))


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


class _Root:
    """The tags of the root, in which spaces replace line breaks.

    `opening` is the start tag, and `declaring` the start tag with its namespace declarations as its only attributes. `alone`
    says that the root has no end tag (`<a/>`); `line` is its line. Between the tags `around` them, its children are a
    sequence of their own.
    """

    def __init__(self, tag: str) -> None:
        self.name, self.alone, self.line = name_in(tag), tag.endswith("/>"), 1
        self.opening = _BREAK.sub(" ", tag[:-2] + ">" if self.alone else tag)
        self.declaring, self.closing = _ATTRIBUTE.sub(_if_declaring, self.opening), f"</{self.name}>"
        self.around = self.declaring.encode("utf-8", "surrogatepass"), self.closing.encode("utf-8", "surrogatepass")


def _kind(name: str) -> str:
    return fold(local_name(name.rpartition(":")[2]))


def _if_declaring(attribute: re.Match[str]) -> str:
    return attribute[0] if attribute[1].partition(":")[0] == "xmlns" else ""


class XmlSplitter:
    """Cuts a sequence into records; the cursor is behind the last record. `names` are those of the root, folded."""

    def __init__(self, charset: str | None, max_bytes: int, names: Collection[str]) -> None:
        self._cursor, self._names = XmlCursor(charset, max_bytes), names
        self._around = (b"", b"")

    def feed(self, chunk: Body | None, /) -> None:
        """Take the next chunk of the stream, or None at its end."""
        self._cursor.feed(chunk)

    def records(self) -> Iterator[Record | More]:
        """The records, and `MORE`: one for each child of the root, and others without a child, which the parser must see.

        The last record has an error if the beginning is no XML, or a child is over the limit.
        """
        try:
            yield from self._records()
        except _Unreadable as broken:
            yield self._unread(broken.error, broken.text)
        except DecodeError as error:
            yield self._unread(error, self._cursor.unread)

    def _records(self) -> Iterator[Record | More]:
        opening = ""
        try:
            root = yield from self._root()
            opening, self._around = root.declaring, root.around
            if _kind(root.name) not in self._names and (yield from self._has_child(root)):
                yield self._of_another_root(root)
                return
            yield from self._children(root)
            opening += root.closing
            yield from self._fed(self._check_end)
        except _Broken as broken:
            yield (yield from self._fed(self._broken, opening, broken.place))

    def _fed(self, step: Callable[..., T], *arguments: Any) -> Asking[T]:
        """What a `step` returns, which is taken again, from where the cursor is then, when more text was fed."""
        while True:
            try:
                return step(*arguments)
            except Starved:
                while not self._cursor.is_fed:
                    yield MORE

    def _of_another_root(self, root: _Root) -> Record:
        """The record of a sequence whose root has a name that it may not have; nothing in it is read."""
        document = f"{root.opening}<a/>{root.closing}"
        return Record(document, root.line, trail=len(document), inside=False, cut=True, ends_stream=True)

    def _root(self) -> Asking[_Root]:
        """Pass the root's start tag, and have the parser check the text in front of it."""
        cursor = self._cursor
        at = yield from self._fed(cursor.next_tag)
        size = 0 if at is None else (yield from self._fed(cursor.size_of_tag, at))
        if at is None or not size:
            raise _Broken(at)
        root = _Root(cursor.shown(at, at + size))
        head = cursor.shown(0, at + size)
        if len(root.declaring) > _LONGEST_DECLARING:
            message = f"the namespaces of the root take more than {_LONGEST_DECLARING} characters"
            raise _Unreadable(ContentTooLarge(message), head)
        try:
            parse(Document.of(head + ("" if root.alone else root.closing)))
        except DecodeError as error:
            raise _Unreadable(error, head) from None
        cursor.advance(at)
        root.line = cursor.line
        cursor.advance(size)
        return root

    def _has_child(self, root: _Root) -> Asking[bool]:
        return not root.alone and not (yield from self._fed(self._next_tag))[1]

    def _children(self, root: _Root) -> Iterator[Record | More]:
        """The records of the children, and of the text behind the last one; of the whole root if it has no children."""
        at = count = 0
        while not root.alone:
            at, size = yield from self._fed(self._next_child)
            if not size:
                break
            yield self._record(root.declaring, at + size, root.closing)
            count += 1
        if not count:
            yield replace(self._record(root.opening, at, root.closing), inside=False)
        elif at:
            yield self._record(root.declaring, at, root.closing)
        if not root.alone:
            yield from self._fed(self._pass_end_tag, root.name)

    def _next_child(self) -> tuple[int, int]:
        """Skip white space, and return the place and size of the next child; the size of the root's end tag is 0."""
        at, is_end = self._next_tag()
        size = 0 if is_end else self._cursor.size_of_element(at)
        if not size and not is_end:
            raise _Broken(at)
        return at, size

    def _next_tag(self) -> tuple[int, bool]:
        """Skip white space, and return the place of the next tag, behind text, and whether it is an end tag."""
        self._cursor.skip_blanks()
        at = self._cursor.next_tag()
        if at is None:
            raise _Broken(None)
        return at, self._cursor.is_end_tag(at)

    def _pass_end_tag(self, name: str) -> None:
        size = self._cursor.find(">", 0) + 1
        if self._cursor.shown(0, size)[2:-1].rstrip(BLANK) != name:
            raise _Broken(0)
        self._cursor.advance(size)

    def _check_end(self) -> None:
        """Check that nothing but white space, comments and the like follows the root."""
        self._cursor.skip_blanks()
        at = self._cursor.next_tag()
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
        end = 0 if at is None else min(at + _SHOWN, self._cursor.max_bytes) + 1
        if at is None or len(text := self._cursor.shown(0, end)) < end:
            return replace(self._framed(opening, self._cursor.remaining(), ""), ends_stream=True)
        return replace(self._framed(opening, text[:-1], ""), ends_stream=True, cut=True)

    def _framed(self, opening: str, text: str, closing: str) -> Record:
        line, column = self._cursor.line, self._cursor.column
        return Record(opening + text + closing, line, column, len(opening), len(closing), around=self._around)

    def _unread(self, error: ContactWireError, text: str) -> Record:
        """The last record, for an error that ends the stream, with the beginning of what was not read."""
        unread = text[: self._cursor.max_bytes].encode("utf-8", "surrogatepass")[: self._cursor.max_bytes]
        return Record(unread, self._cursor.line, cut=True, ends_stream=True, error=error, around=self._around)


def root_tags(dialect: Dialect, first: list[Any]) -> Frame:
    """The tags of the root of a sequence, which is named after the class of its `first` value; there may be none."""
    tag = root_name(first, dialect).tag
    return Frame(f"<{tag}{root_attributes(dialect)}>".encode(), b"", b"", f"</{tag}>".encode())
