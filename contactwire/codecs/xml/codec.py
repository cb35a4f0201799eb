r"""XML: `application/xml` and `text/xml` (XML 1.0 fifth edition, Namespaces in XML 1.0, RFC 7303).

| value | XML |
| --- | --- |
| carrier | an element with an element for each property, in the dialect's order |
| absent property | no element |
| null | `<Name xsi:nil="true"/>`; `xsi:nil` on an element that holds something says nothing |
| string | its text, blanks and all; `""` is an element without text; `\r` is `&#xD;` |
| boolean, number, date-time | as XML Schema part 2 spells it; blanks around it do not count |
| enumeration | its name |
| list | an element for each item, named after its type: `<Emails><EntityElement>…`, `<Domains><string>…` |
| list in a list | `<ArrayOfLocalizedField>` items |
| dictionary | an entry for each key: `<Pair><Key>…</Key><Value>…</Value></Pair>` |
| empty list, dictionary, carrier | an element without content: which one it is, the property says |
| unknown property | an element as `unknown` tells, behind the known ones |
| list of contacts | `<ArrayOfContactEntity>` |

Reading takes every dialect and what lies between: elements in any order, with any prefix in any namespace, in any letter
case, items and entries of any name, CDATA, white space; comments and processing instructions are passed over, and so are
attributes of known elements but `xsi:nil`. An entry without `Value` is null. Of two elements for one property, and of two
equal keys, the last one counts, or they are a fault.

The root is named after the carrier, or after one that it derives from or that derives from it. A DOCTYPE of any kind is
refused, so there are no entities but XML's own five; nothing outside the document is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import attrs

from contactwire.builtins import MAX_DEPTH, MAX_OBJECTS, Policy, Refused, assemble, document_of, explain
from contactwire.builtins import Document as Target
from contactwire.carriers import ContactEntity
from contactwire.codecs.shared import MAX_BYTES, BadRecord, Body, OnError, Record, Stream, decode_records
from contactwire.codecs.xml.dialects import DIALECTS, Dialect
from contactwire.codecs.xml.document import root_names
from contactwire.codecs.xml.faults import faults
from contactwire.codecs.xml.locate import in_document_order, locate
from contactwire.codecs.xml.read import read_document
from contactwire.codecs.xml.stream import encode_sequence, root_of, split
from contactwire.codecs.xml.text import Document, check_objects, encoding_of, join, parse
from contactwire.codecs.xml.walk import Walk
from contactwire.codecs.xml.write import Writers, writers
from contactwire.errors import MAX_FAULTS, ContentTooLarge, EncodeError, Issue, ValidationError

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["BadRecord", "XmlCodec"]

T = TypeVar("T")


def _known_dialect(codec: XmlCodec, attribute: Any, value: Any) -> None:
    if not isinstance(value, Dialect) and value not in DIALECTS:
        raise ValueError(f"a dialect is one of {', '.join(DIALECTS)} or a Dialect, not {value!r}")


def _known_charset(codec: XmlCodec, attribute: Any, value: Any) -> None:
    if value is not None:
        encoding_of(value)


@attrs.frozen(kw_only=True)
class XmlCodec:
    """Turns XML bodies into carriers and back, losing nothing.

    `dialect`
        what is written: "plain" (the default), "datacontract", "services", or a `Dialect`. All of them are read.
    `namespace`
        the default namespace that is written, in place of the dialect's own.
    `unknown`
        what happens to an element that a carrier does not know: "keep" it in `extras` (the default), "ignore" it, or
        "error".
    `duplicates`
        two elements for one property, or two equal keys: the "last" wins (the default, as in JSON), or "error".
    `validate`
        check that numbers are in their range when encoding (the default).
    `max_bytes`, `max_depth`, `max_objects`
        limits of a body: in bytes (16 MiB), in carriers, lists and dictionaries inside each other (64; what is encoded has
        this limit too), and in those altogether (200,000).
    `max_faults`
        how many faults an error lists (100).
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `charset`
        the character set that the Content-Type names; only a byte order mark overrides it.

    Raises ValueError for an unknown dialect, LookupError for an unknown `charset`.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/xml", "text/xml")

    dialect: str | Dialect = attrs.field(default="plain", validator=_known_dialect)
    namespace: str | None = None
    unknown: Literal["keep", "ignore", "error"] = "keep"
    duplicates: Literal["last", "error"] = "last"
    validate: bool = True
    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH
    max_objects: int = MAX_OBJECTS
    max_faults: int = MAX_FAULTS
    indent: int | None = None
    charset: str | None = attrs.field(default=None, validator=_known_charset)
    _dialect: Dialect = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        dialect = self.dialect if isinstance(self.dialect, Dialect) else DIALECTS[self.dialect]
        if self.namespace is not None:
            dialect = attrs.evolve(dialect, namespace=self.namespace)
        object.__setattr__(self, "_dialect", dialect)

    @overload
    def decode(self, body: Body) -> ContactEntity: ...
    @overload
    def decode(self, body: Body, type: type[T]) -> T: ...
    def decode(self, body: Body, type: Any = ContactEntity) -> Any:
        """The carrier, or `list[Carrier]`, that a body holds.

        Raises `DecodeError` for what is not well-formed, has a DOCTYPE or is not in its encoding, `ContentTooLarge` over a
        limit, `ValidationError` with every fault for what is XML but not of this type, TypeError where `type` is no carrier
        or `body` no body.
        """
        target = document_of(type)
        return self._decode(Document.read(body, self.charset, self.max_bytes), target)

    def _decode(self, document: Document, target: Target) -> Any:
        root = parse(document)
        check_objects(root, document.text, self.max_objects)
        data, walk = self._read(root, target)
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
            return read_document(root, target.kind, self.unknown, self.duplicates, self.max_depth, self.max_faults)
        except RecursionError:
            raise ContentTooLarge("nesting is deeper than the interpreter can follow") from None

    def _assemble(self, data: Any, root: Any, target: Target, all_known: bool) -> Any:
        try:
            return assemble(data, target, all_known=all_known)
        except Refused:
            return explain(self._read(root, target)[0], target.kind, Policy(max_faults=self.max_faults))

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        """The body of a carrier or a list of carriers, in UTF-8; absent properties are left out.

        With a `selection`, what it does not select is written as null. Raises `EncodeError` with every fault for a value
        that no decoder would take back, such as an integer out of range, or a string with a character that XML 1.0 cannot
        hold.
        """
        if selection is not None:
            value = selection.apply(value)
        try:
            body = join(self._writers().document(value, self.max_depth))
        except EncodeError as error:
            raise self._explained(error, value, self.max_depth) from None
        return body if self.indent is None else self._indented(body)

    def _writers(self) -> Writers:
        return writers(self._dialect, self.validate)

    def _indented(self, body: bytes) -> bytes:
        from lxml import etree

        root = parse(Document(body.decode(), body))
        etree.indent(root, space=" " * (self.indent or 0))
        written: bytes = etree.tostring(root, encoding="utf-8")
        return written

    @overload
    def iter_decode(self, stream: Stream, type: type[T], *, on_error: Literal["raise"] = ...) -> Iterator[T]: ...
    @overload
    def iter_decode(self, stream: Stream, type: type[T], *, on_error: Literal["yield"]) -> Iterator[T | BadRecord]: ...
    @overload
    def iter_decode(self, stream: Stream, *, on_error: Literal["raise"] = ...) -> Iterator[ContactEntity]: ...
    @overload
    def iter_decode(self, stream: Stream, *, on_error: Literal["yield"]) -> Iterator[ContactEntity | BadRecord]: ...
    def iter_decode(self, stream: Stream, type: Any = ContactEntity, *, on_error: OnError = "raise") -> Iterator[Any]:
        """The carriers in a sequence such as `<ArrayOfContactEntity>`, one after the other, in memory for one.

        Takes a file, a body, or the chunks of one, however they are cut, and what `decode` takes as a `list[Carrier]`. With
        `on_error="raise"` the first bad record raises what `decode` would, `DecodeError` with its line in the stream,
        `ValidationError` with pointers that begin with its index; with "yield" each becomes a `BadRecord`, and the others
        follow. A sequence in which the end of a record is not to be found ends there. The codec's limits are those of a
        record; one over `max_bytes` ends the sequence too.
        """
        target = document_of(list[type])
        return decode_records(self.iter_records(stream, type), partial(self._decode_items, target), on_error, self.max_bytes)

    def iter_records(self, stream: Stream, type: Any = ContactEntity) -> Iterator[Record]:
        """The records of a sequence as they came, none of them decoded: what `iter_decode` decodes one after the other.

        The document of each is a sequence of its own that holds one carrier of `type` at most. It can be decoded elsewhere,
        such as in another process, and `Record.place` says where in the stream a fault is. Raises `DecodeError` and
        `ContentTooLarge` where the next record is not to be found.
        """
        return split(stream, self.charset, self.max_bytes, root_names(document_of(list[type]).kind))

    def holds_list(self, head: bytes) -> bool:
        """Whether a body that begins so holds a list, by the name of its root."""
        return root_of(head).startswith("arrayof")

    def _decode_items(self, target: Target, document: str) -> list[Any]:
        """The items of a document that has one at most; pointers of a `ValidationError` start inside it."""
        try:
            items: list[Any] = self._decode(Document.of(document), target)
            return items
        except ValidationError as error:
            raise ValidationError(map(_inside_first, error.issues), error.more) from None

    def iter_encode(self, values: Iterable[Any]) -> Iterator[bytes]:
        """The pieces of a sequence, one a value and one behind the last, never with `indent`.

        Joined they are what `encode` writes for a list of values of one class; the root is named after the first value's.
        Raises `EncodeError` as `encode` does, its pointers behind the index of the value.
        """
        return encode_sequence(values, self._dialect, self._encode_item)

    def _encode_item(self, value: Any) -> bytes:
        """A value as an item of a list; pointers of an `EncodeError` start inside it."""
        out: list[str] = []
        try:
            self._writers().element(value, out, self.max_depth - 1)
            return join(out)
        except EncodeError as error:
            raise self._explained(error, value, self.max_depth - 1) from None

    def _explained(self, error: EncodeError, value: Any, max_depth: int) -> EncodeError:
        """The error with every fault of a value, where one was met."""
        issues = list(islice(faults(value, max_depth, self.max_faults), self.max_faults + 1))
        return EncodeError.of_first(issues or error.issues, self.max_faults)

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the element that each pointer names in a body, or of its nearest ancestor's."""
        return locate(Document.read(body, self.charset, self.max_bytes).text, pointers)


def _inside_first(issue: Issue) -> Issue:
    """The same issue as seen from inside the first item of the list that it was found in."""
    return attrs.evolve(issue, pointer=issue.pointer.removeprefix("/0"))
