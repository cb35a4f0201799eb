"""JSON: `application/json` and `text/json` (RFC 8259)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import attrs
import msgspec

from contactwire.builtins import MAX_DEPTH, AmbiguousNames, make_converter, repeated_issue, to_builtins
from contactwire.builtins import reader as exact_reader
from contactwire.carriers import ContactEntity
from contactwire.codecs import _json_text as json_text
from contactwire.codecs._bodies import MAX_BYTES, Body, to_bytes
from contactwire.codecs._json_compiled import Loader, Refused, dumper, loader, reader, source, wide_loader
from contactwire.codecs._json_selected import selected_dumper
from contactwire.codecs._json_stream import Framing, encode_records, split
from contactwire.codecs._json_twins import TWINS
from contactwire.codecs._records import BadRecord, OnError, Stream, decode_records
from contactwire.errors import ValidationError

if TYPE_CHECKING:
    from cattrs import Converter

    from contactwire.projection import Selection

__all__ = ["BadRecord", "JsonCodec"]

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_to_builtins = msgspec.json.Decoder().decode
_PEEK = 2048
_FAST_DECODE_FAULTS = (msgspec.DecodeError, Refused, RecursionError, ValueError, TypeError, AttributeError)
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
        known = loader(type, self.coerce)
        if self.duplicates == "last":
            stopper = b""
            if not known.stopper or self.unknown == "error" or known.stopper not in bytes(raw[:_PEEK]):
                try:
                    return known.load(known.decode(raw), self.max_depth)
                except msgspec.ValidationError as error:
                    stopper = _unknown_name(error)
                except _FAST_DECODE_FAULTS:
                    pass
            if self.unknown != "error":
                try:
                    carrier = self._decode_unknown(raw, type, known)
                except _FAST_DECODE_FAULTS:
                    pass
                else:
                    known.stopper = stopper or known.stopper
                    return carrier
        return self._decode_exactly(raw, type)

    def _decode_unknown(self, raw: Any, type: Any, known: Loader) -> Any:
        """The carrier in a body that holds what `known` does not know; raises any of `_FAST_DECODE_FAULTS`."""
        keep = self.unknown == "keep"
        if keep and known.wide is not None:
            try:
                return known.load_wide(raw, self.max_depth)
            except _FAST_DECODE_FAULTS:
                pass
        carrier = reader(type, self.coerce, keep)(_to_builtins(raw), self.max_depth)
        if keep:
            known.learn(lambda: wide_loader(type, self.coerce))
        return carrier

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
        return exact_reader(type, _converter(self.unknown, self.coerce, duplicates))(data)

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        """The body of a carrier or a list of carriers: UTF-8, properties in wire order, absent ones left out.

        With a `selection`, what it does not select is written as null. Raises `EncodeError` with every fault for a value
        that no decoder would take back, such as an integer out of range or a string with a lone surrogate.
        """
        encoded = None
        if selection is not None:
            encoded = self._encode_selected(value, selection)
            value = selection.apply(value) if encoded is None else value
        if encoded is None:
            try:
                if type(value) is list:
                    encoded = self._encode_list(value, self.max_depth)
                else:
                    encoded = _encode(dumper(type(value), self.validate)(value, self.max_depth))
            except _FAST_ENCODE_FAULTS:
                pass
        if encoded is None:
            encoded = _encode(to_builtins(value, max_depth=self.max_depth))
        return encoded if self.indent is None else msgspec.json.format(encoded, indent=self.indent)

    def _encode_selected(self, value: Any, selection: Selection) -> bytes | None:
        """The body of what is selected, or None where the fast path refuses."""
        try:
            return _encode(selected_dumper(selection, type(value), self.validate)(value, self.max_depth))
        except _FAST_ENCODE_FAULTS:
            return None

    def _encode_list(self, values: list[Any], room: int) -> bytes:
        if room < 1:
            raise Refused
        # One by one, so that what is made of each is still in the processor's caches when it is written.
        return b"[" + b",".join([_encode(dumper(type(each), self.validate)(each, room - 1)) for each in values]) + b"]"

    @overload
    def iter_decode(
        self, stream: Stream, type: type[T], *, framing: Framing | None = ..., on_error: Literal["raise"] = ...
    ) -> Iterator[T]: ...
    @overload
    def iter_decode(
        self, stream: Stream, type: type[T], *, framing: Framing | None = ..., on_error: Literal["yield"]
    ) -> Iterator[T | BadRecord]: ...
    @overload
    def iter_decode(
        self, stream: Stream, *, framing: Framing | None = ..., on_error: Literal["raise"] = ...
    ) -> Iterator[ContactEntity]: ...
    @overload
    def iter_decode(
        self, stream: Stream, *, framing: Framing | None = ..., on_error: Literal["yield"]
    ) -> Iterator[ContactEntity | BadRecord]: ...
    def iter_decode(
        self, stream: Stream, type: Any = ContactEntity, *, framing: Framing | None = None, on_error: OnError = "raise"
    ) -> Iterator[Any]:
        """The carriers in a stream of NDJSON, or in a JSON array, one after the other, in memory for one.

        Takes a file, a body, or the chunks of one, however they are cut. `framing` says "ndjson" or "array"; by default an
        opening bracket in front means an array. With `on_error="raise"` the first bad record raises what `decode` would,
        `DecodeError` with its line in the stream, `ValidationError` with pointers that begin with its index; with "yield"
        each becomes a `BadRecord`, and the others follow. An array whose own brackets and commas are wrong ends there. The
        codec's limits are those of a record; an array's element over `max_bytes` ends it too.
        """
        loader(type, self.coerce)
        records = split(stream, framing, self.max_bytes)
        return decode_records(records, lambda document: [self.decode(document, type)], on_error, self.max_bytes)

    def iter_encode(self, values: Iterable[Any], *, framing: Framing = "ndjson") -> Iterator[bytes]:
        """The pieces of a stream of NDJSON, or of a JSON array, one a value and never with `indent`.

        Raises `EncodeError` as `encode` does, its pointers behind the index of the value.
        """
        codec = self if self.indent is None else attrs.evolve(self, indent=None)
        return encode_records(values, codec.encode, framing)

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a JSON body, or of its nearest ancestor's."""
        return json_text.locate(body, pointers)

    def source(self, type: Any, function: Literal["load", "read", "dump"]) -> str:
        """The code generated for a type with this codec's options, for a look at it.

        `function` is "load" for reading what has known properties only, "read" for what has others too, "dump" for writing.
        """
        modes = {"load": (self.coerce, TWINS), "read": (self.coerce, self.unknown == "keep"), "dump": self.validate}
        return source(type, function, modes[function])


def _unknown_name(error: msgspec.ValidationError) -> bytes:
    """The name that msgspec says is unknown, as it stands in most texts; none if something else is wrong."""
    name = str(error).partition("unknown field `")[2].partition("`")[0]
    return f'"{name}"'.encode() if 0 < len(name) < 64 else b""


@lru_cache(maxsize=32)
def _converter(unknown: Any, coerce: bool, duplicates: Any) -> Converter:
    return make_converter(unknown=unknown, coerce=coerce, duplicates=duplicates)
