"""Forms: `application/x-www-form-urlencoded` (WHATWG URL, section 5), with the names that ASP.NET binds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import attrs

from contactwire.builtins import MAX_DEPTH, make_converter
from contactwire.builtins import reader as exact_reader
from contactwire.carriers import ContactEntity
from contactwire.codecs import _form_compiled as compiled
from contactwire.codecs._bodies import MAX_BYTES, Body, to_bytes
from contactwire.codecs._form_flat import flatten
from contactwire.codecs._form_keys import KeyFault, KeyTooLarge, Limits
from contactwire.codecs._form_routes import routes_of
from contactwire.codecs._form_plans import Refused
from contactwire.codecs._form_text import UTF_8, as_body, fault_at, pairs, to_charset, write
from contactwire.codecs._form_tree import Tree
from contactwire.errors import ContentTooLarge, ValidationError
from contactwire.wire import kind_of

if TYPE_CHECKING:
    from cattrs import Converter

    from contactwire.projection import Selection

__all__ = ["FormCodec"]

T = TypeVar("T")

_FAST_DECODE_FAULTS = (Refused, KeyFault, KeyTooLarge, RecursionError, ValueError, TypeError, AttributeError, LookupError)
_FAST_ENCODE_FAULTS = (Refused, RecursionError, ValueError, TypeError, AttributeError, LookupError)


@attrs.frozen(kw_only=True)
class FormCodec:
    media_types: ClassVar[tuple[str, ...]] = ("application/x-www-form-urlencoded",)

    style: Literal["dots", "brackets"] = "dots"
    unknown: Literal["keep", "ignore", "error"] = "keep"
    duplicates: Literal["last", "error"] = "last"
    validate: bool = True
    max_bytes: int = MAX_BYTES
    max_pairs: int = 10_000
    max_depth: int = MAX_DEPTH
    max_index: int = 9_999
    max_key_length: int = 2_048
    charset: str | None = None

    def decode(self, body: Body, type: Any = ContactEntity) -> Any:
        charset = to_charset(self.charset)
        raw = to_bytes(as_body(body, charset), self.max_bytes)
        routes = routes_of(type, self._limits, self.unknown)
        if self.duplicates == "last" and charset == UTF_8:
            try:
                text = str(raw, UTF_8)
                if text.count("&") < self.max_pairs:
                    return routes.decode(text)
            except _FAST_DECODE_FAULTS:
                pass
        return self._decode_exactly(bytes(raw), charset, type)

    @property
    def _limits(self):
        return Limits(self.max_key_length, self.max_depth, self.max_index)

    def _decode_exactly(self, raw: bytes, charset: str, type: Any) -> Any:
        tree = Tree(kind_of(type), self._limits, self.unknown, self.duplicates)
        for pair in pairs(raw, self.max_pairs, charset):
            try:
                tree.add(pair)
            except KeyTooLarge as fault:
                raise fault_at(raw, pair.offset, fault.message, fault.expected, ContentTooLarge, charset) from None
        data = tree.builtins()
        issues = tree.issues
        try:
            carrier = exact_reader(type, _converter(self.unknown))(data)
        except ValidationError as error:
            issues += [attrs.evolve(issue, pointer=tree.sender_pointer(issue.pointer)) for issue in error.issues]
        if issues:
            raise ValidationError(issues)
        return carrier

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        if selection is not None:
            value = selection.apply(value)
        try:
            return compiled.encode(value, self.style, self.validate, self.max_depth)
        except _FAST_ENCODE_FAULTS:
            return write(flatten(value, self.style, self.max_depth))


@lru_cache(maxsize=4)
def _converter(unknown: Any) -> Converter:
    return make_converter(unknown=unknown)
