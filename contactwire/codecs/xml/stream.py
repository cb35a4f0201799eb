"""XML record by record, in memory that does not grow with their number: sequences taken apart, and put together.

Of a sequence only as much is looked at here as it takes to find where each child of the root ends. A child is decoded as a
document of its own, between the root's tags, so that prefixes that the root declares keep their meaning. So is what stands
between and behind the children, and whatever ends too early: what is wrong with it, the parser says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import attrs

from contactwire.codecs.shared import Body, Record, Stream, encode_each, pieces
from contactwire.codecs.xml.dialects import Dialect, root_name
from contactwire.codecs.xml.names import BLANK, local_name
from contactwire.codecs.xml.text import Document, Undecodable, decoded, parse
from contactwire.codecs.xml.write import root_attributes
from contactwire.errors import ContentTooLarge, DecodeError
from contactwire.wire import fold

__all__ = ["encode_sequence", "root_of", "split"]

_SHOWN = 64
_BLANKS = re.compile(r"[ \t\r\n]*+")
# A start tag, as far as it is there: its name, and whether it ends.
_TAG = re.compile(r"""<([^\s<>/!?"'=]++)(?:[^"'<>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+(>?)""")
_ATTRIBUTE = re.compile(r"""[ ]++([^ =]++)[ ]*+=[ ]*+(?:"[^"]*+"|'[^']*+')""")
_MARK = re.compile(r"""<(!--|!\[CDATA\[|\?|/?[^\s<>/!?"'=]++)""")
_BREAK = re.compile(r"\r\n|[\t\r\n]")
_CLOSINGS = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}


class _Broken(Exception):
    """The stream is no sequence any more: at the `place`, or, if None, where it ends."""

    def __init__(self, place: int | None) -> None:
        super().__init__(place)
        self.place = place


@attrs.define
class _Root:
    """The tags of the root, with line breaks as blanks: `opening`, and as `declaring` with nothing but namespaces.

    `kind` is its name as names compare, `alone` says that it has no end tag, `line` where it stands.
    """

    name: str
    kind: str
    alone: bool
    opening: str
    declaring: str
    closing: str
    line: int = 1

    @classmethod
    def of(cls, tag: str) -> _Root:
        """The root with a start tag."""
        name, alone = _TAG.match(tag)[1], tag.endswith("/>")  # type: ignore[index]
        opening = _BREAK.sub(" ", tag[:-2] + ">" if alone else tag)
        return cls(name, _kind(name), alone, opening, _ATTRIBUTE.sub(_if_declaring, opening), f"</{name}>")


def _kind(name: str) -> str:
    return fold(local_name(name.rpartition(":")[2]))


def _if_declaring(attribute: re.Match[str]) -> str:
    return attribute[0] if attribute[1].partition(":")[0] == "xmlns" else ""


def split(stream: Stream, charset: str | None, max_bytes: int, names: Collection[str]) -> Iterator[Record]:
    """The documents of a sequence's children, and of what else needs a look, which hold no child.

    `names` are those that the root may have, in lower case. Raises `DecodeError` for what is no XML document,
    `ContentTooLarge` for a child over the limit.
    """
    return _Sequence(decoded(pieces(stream), charset), max_bytes).records(names)


def root_of(head: Body) -> str:
    """The name of the root as names compare, in lower case and without prefix, from a document's first bytes.

    It is "" where it cannot be made out.
    """
    try:
        return _Sequence(decoded(iter([head]), None), len(head)).root_name()
    except DecodeError:
        return ""


class _Sequence:
    """Takes a sequence apart; `_text` holds what was read and not given out, and behind `_start` nothing was given out.

    All places are counted from `_start`.
    """

    def __init__(self, texts: Iterator[str], max_bytes: int) -> None:
        self._text, self._texts, self._max_bytes = "", texts, max_bytes
        self._start, self._line, self._column = 0, 1, 1
        self._fault = ""

    def records(self, names: Collection[str]) -> Iterator[Record]:
        """As `split` tells."""
        opening = ""
        try:
            root = self._root()
            opening = root.declaring
            if root.kind not in names and self._has_child(root):
                yield Record(f"{root.opening}<a/>{root.closing}", root.line, inside=False)
                return
            yield from self._children(root)
            opening += root.closing
            self._pass_blanks()
            at = self._to_tag()
            if at is not None or self._rest():
                raise _Broken(at)
        except _Broken as broken:
            yield self._broken(opening, broken.place)

    def root_name(self) -> str:
        """As `root_of` tells."""
        at = self._to_tag()
        found = None if at is None else _TAG.match(self._text, self._start + at)
        return _kind(found[1]) if found else ""

    def _root(self) -> _Root:
        """Leave the root's start tag behind; what stands before it the parser has a look at."""
        at = self._to_tag()
        size = 0 if at is None else self._size_of_tag(at)
        if at is None or not size:
            raise _Broken(at)
        root = _Root.of(self._shown(at, at + size))
        parse(Document.of(self._shown(0, at + size) + ("" if root.alone else root.closing)))
        self._pass(at)
        root.line = self._line
        self._pass(size)
        return root

    def _has_child(self, root: _Root) -> bool:
        return not root.alone and not self._ends(self._next_tag())

    def _children(self, root: _Root) -> Iterator[Record]:
        """The children of the root, what stands behind the last one, and the root where it has none."""
        at = count = 0
        while not root.alone and not self._ends(at := self._next_tag()):
            size = self._size_of_element(at)
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

    def _pass_end_tag(self, name: str) -> None:
        size = self._find(">", 0) + 1
        if self._shown(0, size)[2:-1].rstrip(BLANK) != name:
            raise _Broken(0)
        self._pass(size)

    def _record(self, opening: str, end: int, closing: str) -> Record:
        """What stands before `end`, as a document."""
        text = self._shown(0, end)
        if 4 * end > self._max_bytes and len(text.encode("utf-8", "replace")) > self._max_bytes:
            raise self._too_large()
        record = Record(opening + text + closing, self._line, self._column, len(opening))
        self._pass(end)
        return record

    def _broken(self, opening: str, at: int | None) -> Record:
        """A document that ends too early: with what stands at `at`, or with the stream."""
        text = self._rest() if at is None else self._shown(0, at + _SHOWN)
        return Record(opening + text, self._line, self._column, len(opening))

    def _rest(self) -> str:
        """All that is left; raises `DecodeError` if more is left that is no text."""
        while self._read_on():
            pass
        rest = self._text[self._start :]
        if self._fault:
            self._pass(len(rest))
            raise DecodeError(f"invalid {self._fault}", self._line, self._column, f"text in {self._fault}", "")
        return rest

    def _next_tag(self) -> int:
        """Where the next tag stands, beyond text, comments and the like, with no blanks in front."""
        self._pass_blanks()
        at = self._to_tag()
        if at is None:
            raise _Broken(None)
        return at

    def _to_tag(self) -> int | None:
        """Where the next tag stands, beyond text, comments and the like; None if there is none."""
        at = 0
        while (at := self._find("<", at)) >= 0:
            passed = None
            if self._shown(at + 1, at + 2) in ("!", "?"):
                passed = next((mark for mark in _CLOSINGS if self._shown(at + 1, at + 1 + len(mark)) == mark), None)
            if passed is None:
                return at
            end = self._find(_CLOSINGS[passed], at + len(passed) + 1)
            if end < 0:
                return None
            at = end + len(_CLOSINGS[passed])
        return None

    def _pass_blanks(self) -> None:
        while True:
            self._pass(_BLANKS.match(self._text, self._start).end() - self._start)  # type: ignore[union-attr]
            if self._start < len(self._text) or not self._read_on():
                return

    def _size_of_tag(self, at: int) -> int:
        """The length of the start tag at a place, 0 for what is none or has no end."""
        while True:
            found = _TAG.match(self._text, self._start + at)
            if found and found[2]:
                return found.end() - found.start()
            end = found.end() if found else self._start + at + 1
            if end < len(self._text) or not self._read_on():
                return 0

    def _size_of_element(self, at: int) -> int:
        """The length of the element at a place, 0 if it has no end."""
        size = self._size_of_tag(at)
        tag = self._shown(at, at + size)
        if not size or tag.endswith("/>"):
            return size
        name = _TAG.match(tag)[1]  # type: ignore[index]
        inside = at + size
        end = self._find(f"</{name}", inside)
        if end < 0:
            return 0
        text, first, last = self._text, self._start + inside, self._start + end
        if text.find("!", first, last) < 0 and text.find("?", first, last) < 0 and text.find(f"<{name}", first, last) < 0:
            close = self._find(">", end)
            if close >= 0 and not self._shown(end + len(name) + 2, close).strip(BLANK):
                return close + 1 - at
        return self._size_by_marks(name, at, inside)

    def _size_by_marks(self, name: str, at: int, inside: int) -> int:
        """The same for an element in which others of its name, comments and the like may stand."""
        depth, here = 1, inside
        while depth:
            found = self._mark(here)
            if found is None:
                return 0
            mark, place = found
            here = place + len(mark) + 1
            if mark in _CLOSINGS or mark == f"/{name}":
                closing = _CLOSINGS.get(mark, ">")
                end = self._find(closing, here)
                if end < 0:
                    return 0
                here = end + len(closing)
                depth -= mark not in _CLOSINGS
            elif mark == name:
                here = max(here, place + self._size_of_tag(place))
                depth += not self._shown(place, here).endswith("/>")
        return here - at

    def _mark(self, at: int) -> tuple[str, int] | None:
        """The next tag, comment or the like, and where it stands."""
        while True:
            found = _MARK.search(self._text, self._start + at)
            if found and found.end() < len(self._text):
                return found[1], found.start() - self._start
            # What stands at the end may go on.
            last = found.start() if found else max(self._text.rfind("<", self._start + at), self._start + at)
            at = last - self._start
            if not self._read_on():
                return (found[1], at) if found else None

    def _find(self, mark: str, at: int) -> int:
        """Where the next such mark stands, -1 if there is none."""
        while True:
            found = self._text.find(mark, self._start + at)
            if found >= 0:
                return found - self._start
            at = max(at, len(self._text) - self._start - len(mark) + 1)
            if not self._read_on():
                return -1

    def _ends(self, at: int) -> bool:
        """Whether the tag at a place is an end tag."""
        return self._shown(at + 1, at + 2) == "/"

    def _shown(self, start: int, end: int) -> str:
        """The text between two places, less if there is not as much."""
        while len(self._text) - self._start < end and self._read_on():
            pass
        return self._text[self._start + start : self._start + end]

    def _read_on(self) -> bool:
        """Read more than there is, so that looking at it again does not add up; False at the end."""
        rest = self._text[self._start :]
        if len(rest) > self._max_bytes:
            raise self._too_large()
        read, size = [rest], 0
        while size <= len(rest):
            try:
                text = next(self._texts, None)
            except Undecodable as error:
                self._texts, self._fault = iter(()), str(error)
                continue
            if text is None:
                break
            read.append(text)
            size += len(text)
        self._text, self._start = "".join(read), 0
        return size > 0

    def _too_large(self) -> ContentTooLarge:
        return ContentTooLarge(f"the element has more than {self._max_bytes} bytes", self._line, self._column)

    def _pass(self, end: int) -> None:
        """Leave everything before `end` behind, and know the line and column of what stands there."""
        place = self._start + end
        lines = self._text.count("\n", self._start, place)
        if lines:
            self._column = place - self._text.rfind("\n", self._start, place)
        else:
            self._column += end
        self._line += lines
        self._start = place


def encode_sequence(values: Iterable[Any], dialect: Dialect, encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    """The pieces of a sequence, one a value and one behind the last; its root is named after the first value's class."""
    rest = iter(values)
    first = list(islice(rest, 1))
    tag = root_name(first)
    opening = f"<{tag}{root_attributes(dialect)}>".encode()
    for body in encode_each(chain(first, rest), encode):
        yield opening + body
        opening = b""
    yield opening + f"</{tag}>".encode()
