"""`FormCodec`: the options and the methods of the form format; `contactwire.guide.forms` says how values are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from contactwire.builtins import (
    MAX_DEPTH,
    MAX_OBJECTS,
    Document,
    DuplicatePolicy,
    Policy,
    Refused,
    UnknownPolicy,
    assemble,
    beyond_the_stack,
    document_of,
    explain,
    is_limit,
    one_of,
)
from contactwire.carriers import ContactEntity
from contactwire.codecs.form.keys import KeyTooLarge, Limits, Style
from contactwire.codecs.form.locate import locate
from contactwire.codecs.form.read import read_document
from contactwire.codecs.form.text import UTF_8, as_body, fault_of_pair, pairs, to_charset
from contactwire.codecs.form.tree import Tree
from contactwire.codecs.form.walk import Walk
from contactwire.codecs.form.write import write
from contactwire.codecs.shared import MAX_BYTES, Body, T, selected, to_bytes, without_mark
from contactwire.errors import MAX_FAULTS, ValidationError, repr_of

if TYPE_CHECKING:
    from contactwire.projection import Selection
    from contactwire.wire import Carrier

__all__ = ["FormCodec"]

_INDEX_FIRST = re.compile(rb"&*+(?:\[|%5B)[0-9]++(?:\]|%5D)", re.IGNORECASE)
"""How the form of a list begins. One of a carrier may begin with a name in brackets."""


def _has_ascii(codec: FormCodec, attribute: attrs.Attribute[str | None], value: str | None) -> None:
    if to_charset(value) is None:
        raise ValueError(f"charset is the name of an encoding that includes ASCII, not {repr_of(value)}")


@attrs.frozen(kw_only=True)
class FormCodec:
    """Turns forms into carriers and back; `contactwire.guide.forms` says what a form cannot express.

    `style`
        how names inside others are written: "dots" (the default) or "brackets"; both are read, mixed too.
    `unknown`
        what happens to an unknown member: "keep" it in `extras` (the default), "ignore" it, or report it as a fault
        ("error").
    `duplicates`
        what happens to several pairs for one value: the "last" wins, and for a boolean the first (the default), or they are
        a fault ("error").
    `validate`
        check each value's type and range when encoding (the default); without, a wrong value may be written as it is.
    `max_bytes`, `max_pairs`, `max_depth`, `max_objects`, `max_index`, `max_key_length`
        limits of a body: in bytes (16 MiB), in pairs (10,000, ten times what the server reads, which a contact with all
        that it has comes near), in objects and lists inside each other (64; what is encoded has this limit too) and
        altogether (200,000), of an index (9,999, since each takes a pair), and of a key in characters (2,048, as ASP.NET;
        what is encoded has this limit too).
    `charset`
        the character set of a body's bytes, raw and escaped, by default UTF-8; it must include ASCII. The codec always
        writes UTF-8.
    `max_faults`
        how many faults an error lists (100).

    Raises ValueError for a word that an option does not have, for a limit that is no integer or too low, and for an unknown
    `charset`.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded",)

    style: Style = attrs.field(default="dots", validator=one_of(Style))
    unknown: UnknownPolicy = attrs.field(default="keep", validator=one_of(UnknownPolicy))
    duplicates: DuplicatePolicy = attrs.field(default="last", validator=one_of(DuplicatePolicy))
    validate: bool = True
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_pairs: int = attrs.field(default=10_000, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_index: int = attrs.field(default=9_999, validator=is_limit)
    max_key_length: int = attrs.field(default=2_048, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)
    charset: str | None = attrs.field(default=None, validator=_has_ascii)
    _limits: Limits = attrs.field(init=False, eq=False, repr=False)
    _charset: str = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        limits = Limits(self.max_key_length, self.max_depth, self.max_index, self.max_objects)
        object.__setattr__(self, "_limits", limits)
        object.__setattr__(self, "_charset", to_charset(self.charset))

    def decode(self, body: Body, type: type[T] = ContactEntity) -> T:  # type: ignore[assignment]
        """The carrier, or `list[Carrier]`, that a form holds.

        Raises `DecodeError` for a broken escape and for bytes that are not in the character set, `ContentTooLarge` over a
        limit, `ValidationError` with every fault for a form that does not fit `type`, TypeError if `type` is no carrier or
        `body` no body.
        """
        document = document_of(type)
        found: T = self._value(document, *self._parts(body, document))
        return found

    def _value(self, document: Document, tree: Tree, data: Any, walk: Walk) -> Any:
        """The carriers that builtins describe; raises `ValidationError` with the faults of the walk among its own."""
        issues = walk.issues()
        try:
            carrier = self._assemble(data, tree, document, all_known=not walk.odd)
        except ValidationError as error:
            issues += walk.as_sent(error.issues)
            raise ValidationError.of_first(issues, self.max_faults, more=error.more) from None
        if issues:
            raise ValidationError.of_first(issues, self.max_faults)
        return carrier

    def read(self, body: Body, type: Any) -> Any:
        """The builtins that `decode` makes the document of, with what the sender wrote and nothing else.

        They have no defaults, and a value may not fit its property. Raises what `decode` raises for all other faults.
        """
        document = document_of(type)
        tree, data, walk = self._parts(body, document)
        if walk.issues() or (walk.has_unknown and self.unknown == "error"):
            self._value(document, tree, data, walk)  # raises them, with the faults of values beside them
        return data

    def _parts(self, body: Body, document: Document) -> tuple[Tree, Any, Walk]:
        """The tree of a form, the builtins of that, and the walk that found them."""
        raw = self._raw(body)
        found, sign = pairs(raw, self._charset)
        try:
            if len(found) > self.max_pairs:
                message = f"the body has more than the {self.max_pairs} pairs that are allowed"
                raise KeyTooLarge(message, "fewer pairs", self.max_pairs)
            tree = Tree(found, sign, self._limits)
            return tree, *self._read(tree, document)
        except KeyTooLarge as fault:
            raise fault_of_pair(raw, fault.number, fault.message, fault.expected, self._charset) from None
        except RecursionError:
            raise beyond_the_stack() from None

    def _raw(self, body: Body) -> bytes:
        raw = to_bytes(as_body(body, self._charset), self.max_bytes)
        return bytes(without_mark(raw) if self._charset == UTF_8 else raw)

    def _read(self, tree: Tree, document: Document) -> tuple[Any, Walk]:
        return read_document(tree, document.kind, self._limits, self.unknown, self.duplicates, self.max_faults)

    def _assemble(self, data: Any, tree: Tree, document: Document, all_known: bool) -> Any:
        policy = Policy(self.unknown, max_faults=self.max_faults)
        try:
            return assemble(data, document, policy, self.max_depth, all_known=all_known)
        except Refused:
            return explain(self._read(tree, document)[0], document.kind, policy)

    def encode(self, value: Carrier | list[Any], *, selection: Selection | None = None) -> bytes:
        """The form of a carrier or a list of carriers: properties in wire order, absent and null ones left out.

        With a `selection`, what it does not select is left out. Raises `EncodeError` with every fault for a value that no
        decoder would take back, and for an unknown member whose name no key can spell, or only one that is too long.
        """
        limits = self.max_depth, self.max_faults, self.max_key_length
        return write(selected(value, selection), self.style, self.validate, *limits)

    def holds_list(self, head: bytes) -> bool:
        """Whether a form that begins with the bytes `head` holds a list."""
        return _INDEX_FIRST.match(without_mark(head)) is not None

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the first pair for each pointer: for its value, or for its nearest ancestor.

        Raises `DecodeError` for a body that is no form.
        """
        raw = self._raw(body)
        return locate(raw, pointers, self._charset)
