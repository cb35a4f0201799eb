r"""`XmlCodec`, and how values are spelled in XML (XML 1.0 fifth edition, Namespaces in XML 1.0, RFC 7303).

| value | XML |
| --- | --- |
| carrier | an element with an element for each property, in the dialect's order |
| absent property | no element |
| null | `<Name xsi:nil="true"/>`, or no element (`Dialect.nulls`); `xsi:nil` on an element with content is ignored |
| string | its text, blanks and all; `""` is an element without text; `\r` is `&#xD;` |
| boolean, number, date-time | as XML Schema part 2 spells it; white space around it is ignored |
| date-time with an offset without a colon (`-0500`) | as it came, though XML Schema and readers in .NET refuse it |
| enumeration | its name |
| list | an element for each item, named after its type: `<Emails><EntityElement>…`, `<Domains><string>…` |
| list in a list | `<ArrayOfLocalizedField>` items |
| dictionary | an entry for each key: `<Pair><Key>…</Key><Value>…</Value></Pair>` |
| empty list, dictionary, carrier | an element without content; the kind of the property says which of them it is |
| unknown member | an element behind those of the properties, spelled as the table in `unknown` says |
| list of contacts | `<ArrayOfContactEntity>` |

The codec reads all dialects, and mixtures of them: elements in any order, with any prefix in any namespace, in any letter
case, items and entries of any name, CDATA, white space. It ignores comments, processing instructions, and all attributes of
known elements but `xsi:nil`; a round trip tells which attributes are lost. An element that refers to another one, by `z:Ref`
of .NET's `DataContractSerializer`, is a fault, since that is no null. An entry without `Value` is null. Of two elements for
one property, and of two entries with equal keys, the last one counts, or they are a fault (`duplicates`).

A name that the fourth edition of XML 1.0 does not have, to which .NET keeps, is escaped as .NET escapes it: `a b` is
`a_x0020_b`. Both spellings are read.

The root has the name of the carrier, of a carrier that it derives from, or of one that derives from it. The codec refuses
any DOCTYPE, so no entities exist but the five that XML predefines, and nothing outside the document is ever fetched.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

import attrs
from attrs.validators import optional

from contactwire.builtins import (
    MAX_DEPTH,
    MAX_OBJECTS,
    DuplicatePolicy,
    Policy,
    Refused,
    UnknownPolicy,
    assemble,
    beyond_the_stack,
    document_of,
    endless,
    explain,
    is_limit,
    one_of,
)
from contactwire.builtins import Document as Target
from contactwire.carriers import ContactEntity
from contactwire.codecs.shared import (
    MAX_BYTES,
    AsyncStream,
    BadRecord,
    Body,
    Joiner,
    OnError,
    Record,
    Stream,
    T,
    aencode_each,
    afeed_from,
    decode_records,
    encode_each,
    feed_from,
    found_records,
    selected,
)
from contactwire.codecs.xml.dialects import DIALECTS, Dialect, dialect_of
from contactwire.codecs.xml.document import root_names
from contactwire.codecs.xml.faults import check_dialect, faults
from contactwire.codecs.xml.layout import lay_out
from contactwire.codecs.xml.locate import in_document_order, locate
from contactwire.codecs.xml.read import read_document
from contactwire.codecs.xml.stream import XmlSplitter, root_of, root_tags
from contactwire.codecs.xml.text import Document, check_objects, encoding_of, join, parse
from contactwire.codecs.xml.walk import Walk
from contactwire.codecs.xml.write import Writers, root_attributes
from contactwire.errors import MAX_FAULTS, EncodeError, ValidationError

if TYPE_CHECKING:
    from contactwire.projection import Selection
    from contactwire.wire import Carrier

__all__ = ["BadRecord", "XmlCodec"]


def _known_charset(codec: XmlCodec, attribute: Any, value: Any) -> None:
    if value is not None:
        encoding_of(value)


@attrs.frozen(kw_only=True)
class XmlCodec:
    """Turns XML bodies into carriers and back, losing nothing, but for nulls in a dialect that leaves them out.

    `dialect`
        the dialect to write: "plain" (the default), "datacontract", "services", "webapi", or a `Dialect`. All of them are
        read.
    `namespace`
        the namespace to write in place of `Dialect.namespace`.
    `unknown`
        what happens to an unknown member, an element that no property has: "keep" it in `extras` (the default), "ignore" it,
        or report it as a fault ("error").
    `duplicates`
        what happens to two elements for one property, or two equal keys: the "last" wins (the default, as in JSON), or they
        are a fault ("error").
    `validate`
        check each value's type and range when encoding (the default); without, a wrong value may be written as it is.
    `max_bytes`, `max_depth`, `max_objects`
        limits of a body: in bytes (16 MiB), in carriers, lists and dictionaries inside each other (64; what is encoded has
        this limit too), and in those altogether (200,000).
    `max_faults`
        how many faults an error lists (100).
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `charset`
        the character set that a `Content-Type` names; only a byte order mark overrides it. The codec always writes UTF-8.

    Raises ValueError for a word that an option does not have, for a limit or an `indent` that is no integer or too low, for
    an unknown `charset`, and for a `dialect` or `namespace` that no document can have.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/xml", "text/xml")

    dialect: str | Dialect = "plain"
    namespace: str | None = None
    unknown: UnknownPolicy = attrs.field(default="keep", validator=one_of(UnknownPolicy))
    duplicates: DuplicatePolicy = attrs.field(default="last", validator=one_of(DuplicatePolicy))
    validate: bool = True
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)
    indent: int | None = attrs.field(default=None, validator=optional(is_limit))
    charset: str | None = attrs.field(default=None, validator=_known_charset)
    _writers: Writers = attrs.field(init=False, eq=False, repr=False)
    # The levels and objects around a record, which count against no limit (see `of_records`).
    _around: int = attrs.field(init=False, eq=False, repr=False, default=0)

    def __attrs_post_init__(self) -> None:
        dialect = dialect_of(self.dialect)
        if self.namespace is not None:
            dialect = attrs.evolve(dialect, namespace=self.namespace)
        if dialect is not DIALECTS.get(dialect.name):
            check_dialect(dialect)
        object.__setattr__(self, "_writers", Writers(dialect, self.validate))

    def decode(self, body: Body, type: type[T] = ContactEntity) -> T:  # type: ignore[assignment]
        """The carrier, or `list[Carrier]`, that a body holds.

        Raises `DecodeError` for a body that is not well-formed, has a DOCTYPE or is not in its encoding, `ContentTooLarge`
        over a limit, `ValidationError` with every fault for XML that does not fit `type`, TypeError if `type` is no carrier
        or `body` no body.
        """
        target = document_of(type)
        found: T = self._decode(Document.read(body, self.charset, self.max_bytes), target)
        return found

    def read(self, body: Body, type: Any) -> Any:
        """The builtins that `decode` makes the document of, with what the sender wrote and nothing else.

        They have no defaults, and a value may not fit its property. Raises what `decode` raises for all other faults.
        """
        target = document_of(type)
        root, data, walk = self._parts(Document.read(body, self.charset, self.max_bytes), target)
        if walk.issues():
            self._value(target, root, data, walk)  # raises them, with the faults of values beside them
        return data

    def _decode(self, document: Document, target: Target) -> Any:
        return self._value(target, *self._parts(document, target))

    def _parts(self, document: Document, target: Target) -> tuple[Any, Any, Walk]:
        """The root of a document's tree, the builtins of that, and the walk that found them."""
        root = parse(document)
        check_objects(root, document.text, self.max_objects, self._around)
        return root, *self._read(root, target)

    def _value(self, target: Target, root: Any, data: Any, walk: Walk) -> Any:
        """The carriers that builtins describe; raises `ValidationError` with the faults of the walk among its own."""
        issues = walk.issues()
        try:
            value = self._assemble(data, root, target, all_known=not walk.odd)
        except ValidationError as error:
            found = in_document_order(root, [*issues, *error.issues]) if issues else error.issues
            raise ValidationError.of_first(found, self.max_faults, more=error.more) from None
        if issues:
            raise ValidationError.of_first(issues, self.max_faults)
        return value

    def _read(self, root: Any, target: Target) -> tuple[Any, Walk]:
        try:
            return read_document(
                root, target.kind, self.unknown, self.duplicates, self.max_depth, self.max_faults, self._around
            )
        except RecursionError:
            raise beyond_the_stack() from None

    def _assemble(self, data: Any, root: Any, target: Target, all_known: bool) -> Any:
        try:
            return assemble(data, target, max_depth=self.max_depth + self._around, all_known=all_known)
        except Refused:
            return explain(self._read(root, target)[0], target.kind, Policy(max_faults=self.max_faults))

    def encode(self, value: Carrier | list[Any], *, selection: Selection | None = None) -> bytes:
        """The body of a carrier or a list of carriers, in UTF-8; absent properties are left out.

        With a `selection`, what it does not select is written as null. Raises `EncodeError` with every fault for a value
        that no decoder would take back, such as an integer out of range, or a string with a character that XML 1.0 cannot
        hold.
        """
        body = self._written(selected(value, selection), self.max_depth, root_attributes(self._writers.dialect))
        return body if self.indent is None else self._indented(body)

    def _indented(self, body: bytes) -> bytes:
        from lxml import etree

        root = parse(Document(body.decode(), body))
        lay_out(root, self.indent or 0)
        written: bytes = etree.tostring(root, encoding="utf-8")
        return written

    @overload
    def iter_decode(self, stream: Stream, type: type[T] = ..., *, on_error: Literal["raise"] = ...) -> Iterator[T]: ...
    @overload
    def iter_decode(self, stream: Stream, type: type[T] = ..., *, on_error: Literal["yield"]) -> Iterator[T | BadRecord]: ...
    def iter_decode(self, stream: Stream, type: Any = ContactEntity, *, on_error: OnError = "raise") -> Iterator[Any]:
        """The carriers in a sequence such as `<ArrayOfContactEntity>`, one after the other; only one record is in memory.

        `stream` is anything with a `read`, a body, or an iterable of the chunks of one, wherever they are cut; files are not
        closed. It holds what `decode` reads as a `list[Carrier]`. With `on_error="raise"` the first bad record raises the
        error of `decode`: a `DecodeError` has its line in the stream, and the pointers of a `ValidationError` begin with its
        index. With "yield" each bad record becomes a `BadRecord`, and the other records follow. A record whose end cannot be
        found ends the stream. The codec's limits are those of a record; a record over `max_bytes` ends the stream too,
        as do namespaces of the root over 4,096 characters.
        """
        splitter = self._splitter(type)
        return feed_from(stream, splitter.feed, self._decoded(splitter, type, on_error))

    @overload
    def aiter_decode(
        self, stream: AsyncStream, type: type[T] = ..., *, on_error: Literal["raise"] = ...
    ) -> AsyncGenerator[T, None]: ...
    @overload
    def aiter_decode(  # pyright finds no default for this union
        self, stream: AsyncStream, *, on_error: Literal["yield"]
    ) -> AsyncGenerator[ContactEntity | BadRecord, None]: ...
    @overload
    def aiter_decode(
        self, stream: AsyncStream, type: type[T] = ..., *, on_error: Literal["yield"]
    ) -> AsyncGenerator[T | BadRecord, None]: ...
    def aiter_decode(
        self, stream: AsyncStream, type: Any = ContactEntity, *, on_error: OnError = "raise"
    ) -> AsyncGenerator[Any, None]:
        """What `iter_decode` yields, of a stream that may be async: `read` may be awaited, chunks may come asynchronously.

        Who stops before the end closes the generator (`contextlib.aclosing`), which closes a generator that is the `stream`.
        Other tasks wait while a stream is read that is not async.
        """
        splitter = self._splitter(type)
        return afeed_from(stream, splitter.feed, self._decoded(splitter, type, on_error))

    def _decoded(self, splitter: XmlSplitter, type: Any, on_error: OnError) -> Iterator[Any]:
        decode = partial(self.of_records()._decode_items, document_of(list[type]))
        return decode_records(splitter.records(), decode, on_error, self.max_bytes)

    def iter_records(self, stream: Stream, type: Any = ContactEntity) -> Iterator[Record]:
        """The records of a sequence as they came, not decoded: those that `iter_decode` decodes.

        The document of a record is a sequence of its own that holds one carrier of `type` at most. You can decode each
        elsewhere, such as in another process, with the codec `of_records()`; `Record.place` says where in the stream a fault
        is. Raises `DecodeError` or `ContentTooLarge` where the next record cannot be found.
        """
        splitter = self._splitter(type)
        return feed_from(stream, splitter.feed, found_records(splitter.records()))

    def of_records(self) -> XmlCodec:
        """The codec for the documents of the records that `iter_records` finds, where `max_bytes` has been checked.

        The root around a record is no part of it, so there may be one level and one object more than the limits say.
        """
        codec = attrs.evolve(self, max_bytes=sys.maxsize)
        object.__setattr__(codec, "_around", 1)
        return codec

    def _splitter(self, type: Any) -> XmlSplitter:
        return XmlSplitter(self.charset, self.max_bytes, root_names(document_of(list[type]).kind))

    def holds_list(self, head: bytes) -> bool:
        """Whether a body that begins with the bytes `head` holds a list, by the name of its root."""
        return root_of(head).lower().startswith("arrayof")

    def _decode_items(self, target: Target, document: str) -> list[Any]:
        """The items of a record's document, which holds one at most; pointers of a `ValidationError` start at that item."""
        try:
            items: list[Any] = self._decode(Document.of(document), target)
            return items
        except ValidationError as error:
            raise ValidationError([issue.inside("/0") for issue in error.issues], error.more) from None

    def iter_encode(self, values: Iterable[Carrier | list[Any]]) -> Iterator[bytes]:
        """The pieces of a sequence: one for each value, and one with the end tag of the root, without `indent`.

        Joined they are what `encode` writes for a list of values of one class; the root is named after the class of the
        first value. Raises `EncodeError` as `encode` does for each value; its pointers begin with the index of the value.
        """
        return encode_each(values, self._joiner())

    def aiter_encode(
        self, values: Iterable[Carrier | list[Any]] | AsyncIterable[Carrier | list[Any]]
    ) -> AsyncGenerator[bytes, None]:
        """What `iter_encode` yields, of values that may come asynchronously."""
        return aencode_each(values, self._joiner())

    def _joiner(self) -> Joiner:
        return Joiner(lambda value: self._written(value, self.max_depth), partial(root_tags, self._writers.dialect))

    def _written(self, value: Any, levels: int, attributes: str = "") -> bytes:
        """The element of a value, which may nest so many levels deep; pointers of an `EncodeError` start at the value."""
        out: list[str] = []
        try:
            self._writers.element(value, out, levels, attributes)
            return join(out)
        except RecursionError:
            raise endless() from None
        except EncodeError as error:
            # Writing stopped at the first fault.
            issues = list(islice(faults(value, levels, self.max_faults), self.max_faults + 1))
            raise EncodeError.of_first(issues or error.issues, self.max_faults) from None

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the element that each pointer names in a body, or of its nearest ancestor's."""
        return locate(Document.read(body, self.charset, self.max_bytes).text, pointers)
