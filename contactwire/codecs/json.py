"""JSON: `application/json` and `text/json` (RFC 8259)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import attrs
import msgspec

from contactwire.builtins import MAX_DEPTH, AmbiguousNames, make_converter, reader, repeated_issue, to_builtins
from contactwire.carriers import ContactEntity
from contactwire.codecs import _json_text as json_text
from contactwire.codecs._bodies import MAX_BYTES, Body, to_bytes
from contactwire.codecs._json_compiled import Refused, dumper, loader, source
from contactwire.errors import ValidationError
from contactwire.wire import is_carrier

if TYPE_CHECKING:
    from cattrs import Converter

    from contactwire.projection import Selection

__all__ = ["JsonCodec"]

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_FAST_DECODE_FAULTS = (msgspec.DecodeError, Refused, RecursionError, ValueError, TypeError)
_FAST_ENCODE_FAULTS = (Refused, RecursionError, ValueError, TypeError, AttributeError, LookupError)


@attrs.frozen(kw_only=True)
class JsonCodec:
    """Turns JSON bodies into carriers and back, losing nothing.

    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `unknown`
        what happens to a property that a carrier does not have: "keep" it in `extras` (the default), "ignore" it, or
        "error".
    `duplicates`
        two spellings of one property, or one repeated: the "last" wins (the default, as in .NET), or "error".
    `coerce`
        read scalars as the server's reader does: `"3"` for an integer, `1` and `"true"` for a boolean, 12 for a string,
        enumerations by position or in any letter case. Off by default.
    `validate`
        check each value's type and range when encoding (the default); off, a wrong value may go out as it is.
    `max_bytes`, `max_depth`
        limits of a body, in bytes (16 MiB) and in nested objects and lists (64); the depth also bounds what is encoded.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/json", "text/json")

    indent: int | None = None
    unknown: Literal["keep", "ignore", "error"] = "keep"
    duplicates: Literal["last", "error"] = "last"
    coerce: bool = False
    validate: bool = True
    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH

    @overload
    def decode(self, body: Body) -> ContactEntity: ...
    @overload
    def decode(self, body: Body, type: type[T]) -> T: ...
    def decode(self, body: Body, type: Any = ContactEntity) -> Any:
        """The carrier, or `list[Carrier]`, that a body holds.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit, `ValidationError` with every fault for
        what is JSON but not of this type, TypeError where `type` is no carrier or `body` no body.
        """
        raw = to_bytes(body, self.max_bytes)
        compiled = loader(type, self.coerce)
        if self.duplicates == "last" and compiled.height <= self.max_depth:
            try:
                return compiled.load(compiled.decode(raw), self.max_depth)
            except _FAST_DECODE_FAULTS:
                pass
        return self._decode_exactly(raw, type)

    def _decode_exactly(self, raw: bytes | bytearray | memoryview, type: Any) -> Any:
        data = json_text.parse(raw, self.max_depth)
        repeated = json_text.repeated(raw, self.max_depth) if self.duplicates == "error" else []
        issues = [repeated_issue(pointer) for pointer in repeated]
        try:
            carrier = self._read(data, type, "ambiguous" if self.duplicates == "last" else "error")
        except AmbiguousNames:
            carrier = self._read(json_text.parse_in_order(raw), type, "last")
        except ValidationError as error:
            issues += error.issues
        if issues:
            raise ValidationError(issues)
        return carrier

    def _read(self, data: Any, type: Any, duplicates: str) -> Any:
        return reader(type, _converter(self.unknown, self.coerce, duplicates))(data)

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        """The body of a carrier or a list of carriers: UTF-8, properties in wire order, absent ones left out.

        With a `selection`, what it does not select is written as null. Raises `EncodeError` with every fault for a value
        that no decoder would take back, such as an integer out of range or a string with a lone surrogate.
        """
        if selection is not None:
            value = selection.apply(value)
        try:
            encoded = _encode(self._dump(value))
        except _FAST_ENCODE_FAULTS:
            encoded = _encode(to_builtins(value, max_depth=self.max_depth))
        return encoded if self.indent is None else msgspec.json.format(encoded, indent=self.indent)

    def _dump(self, value: Any) -> Any:
        cls = type(value)
        if is_carrier(cls):
            return dumper(cls, self.validate)(value, self.max_depth)
        if cls is list and self.max_depth > 0 and all(is_carrier(type(item)) for item in value):
            return [dumper(type(item), self.validate)(item, self.max_depth - 1) for item in value]
        raise Refused

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a JSON body, or of its nearest ancestor's."""
        return json_text.locate(body, pointers)

    def source(self, type: Any, function: Literal["load", "dump"]) -> str:
        """The code generated to read ("load") or write ("dump") a type with this codec's options, for a look at it."""
        return source(type, function, self.coerce if function == "load" else self.validate)


@lru_cache(maxsize=32)
def _converter(unknown: Any, coerce: bool, duplicates: Any) -> Converter:
    return make_converter(unknown=unknown, coerce=coerce, duplicates=duplicates)
