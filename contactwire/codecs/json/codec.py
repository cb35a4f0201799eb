"""`JsonCodec`: the options and the methods of the JSON format, whose work the other modules of this package do."""

from __future__ import annotations

import codecs
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

import attrs
from attrs.validators import optional

from contactwire.builtins import (
    MAX_DEPTH,
    MAX_OBJECTS,
    DuplicatePolicy,
    Policy,
    Surrogates,
    UnknownPolicy,
    check_option,
    document_of,
    is_limit,
    one_of,
)
from contactwire.carriers import ContactEntity
from contactwire.codecs.json.read import read
from contactwire.codecs.json.stream import FRAMES, Framing, JsonSplitter
from contactwire.codecs.json.text import locate_in_json, parse_json, raw_text
from contactwire.codecs.json.write import laid_out, write
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
from contactwire.errors import MAX_FAULTS

if TYPE_CHECKING:
    from contactwire.projection import Selection
    from contactwire.wire import Carrier

__all__ = ["BadRecord", "JsonCodec"]


@attrs.frozen(kw_only=True)
class JsonCodec:
    """Turns JSON bodies into carriers and back, losing nothing.

    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `unknown`
        what happens to an unknown member: "keep" it in `extras` (the default), "ignore" it, or report it as a fault
        ("error").
    `duplicates`
        what happens to a property that is repeated, or has two spellings: the "last" wins (the default, as in .NET), or it
        is a fault ("error").
    `coerce`
        read scalars as the server's reader does: `"3"` for an integer, `1` and `"true"` for a boolean, 12 for a string,
        enumerations by declared number, and names of enumerations and flags in any letter case. Off by default.
    `validate`
        check each value's type and range when encoding (the default); without, a wrong value may be written as it is.
    `surrogates`
        what happens to a lone surrogate in a string, half a character that an escape can spell and UTF-8 cannot hold: it is
        an "error" (the default), or "keep" keeps it, in Python's string as a lone surrogate, on the wire as an escape.
    `max_bytes`, `max_depth`, `max_objects`
        limits of a body: in bytes (16 MiB), in objects and lists inside each other (64; what is encoded has this limit too),
        and in objects and lists altogether (200,000).
    `max_faults`
        how many faults an error lists (100).

    Raises ValueError for a word that an option does not have, and for a limit that is no integer or too low.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/json", "text/json")

    indent: int | None = attrs.field(default=None, validator=optional(is_limit))
    unknown: UnknownPolicy = attrs.field(default="keep", validator=one_of(UnknownPolicy))
    duplicates: DuplicatePolicy = attrs.field(default="last", validator=one_of(DuplicatePolicy))
    coerce: bool = False
    validate: bool = True
    surrogates: Surrogates = attrs.field(default="error", validator=one_of(Surrogates))
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)
    _policy: Policy = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_policy", Policy(self.unknown, self.coerce, self.duplicates, self.max_faults))

    def decode(self, body: Body, type: type[T] = ContactEntity) -> T:  # type: ignore[assignment]
        """The carrier, or `list[Carrier]`, that a body holds; a byte order mark in front of it is passed over.

        Raises `DecodeError` for a body that is not JSON, `ContentTooLarge` over a limit, `ValidationError` with every fault
        for JSON that does not fit `type`, TypeError if `type` is no carrier or `body` no body.
        """
        raw = raw_text(body, self.max_bytes, self.max_objects)
        found: T = read(raw, document_of(type), self._policy, self.max_depth, self.surrogates)
        return found

    def read(self, body: Body, type: Any) -> Any:
        """The builtins that a body holds, whatever `type` is. Raises what `decode` raises for a body that is not JSON."""
        return parse_json(raw_text(body, self.max_bytes, self.max_objects), self.max_depth, self.surrogates)

    def encode(self, value: Carrier | list[Any], *, selection: Selection | None = None) -> bytes:
        """The body of a carrier or a list of carriers: UTF-8, properties in wire order, absent ones left out.

        With a `selection`, what it does not select is written as null. Raises `EncodeError` with every fault for a value
        that no decoder would take back, such as an integer out of range or a string with a lone surrogate.
        """
        encoded = write(selected(value, selection), self.validate, self.max_depth, self.max_faults, self.surrogates)
        return encoded if self.indent is None else laid_out(encoded, self.indent)

    @overload
    def iter_decode(
        self, stream: Stream, type: type[T] = ..., *, framing: Framing | None = ..., on_error: Literal["raise"] = ...
    ) -> Iterator[T]: ...
    @overload
    def iter_decode(
        self, stream: Stream, type: type[T] = ..., *, framing: Framing | None = ..., on_error: Literal["yield"]
    ) -> Iterator[T | BadRecord]: ...
    def iter_decode(
        self, stream: Stream, type: Any = ContactEntity, *, framing: Framing | None = None, on_error: OnError = "raise"
    ) -> Iterator[Any]:
        """The carriers in a stream of NDJSON, or in a JSON array, one after the other; only one record is in memory.

        `stream` is anything with a `read`, a body, or an iterable of the chunks of one, wherever they are cut; files are not
        closed. `framing` is "ndjson" or "array"; by default it is an array if the stream begins with `[`.

        With `on_error="raise"` the first bad record raises the error of `decode`: a `DecodeError` has its line in the
        stream, and the pointers of a `ValidationError` begin with its index. With "yield" each bad record becomes a
        `BadRecord`, and the other records follow. What stands between two commas of an array is a record, so two elements
        without a comma between them are a bad one, as is nothing. A wrong bracket of the array itself ends the stream. The
        codec's limits are those of a record; an element of an array over `max_bytes` ends the stream too.
        """
        splitter = JsonSplitter(framing, self.max_bytes)
        return feed_from(stream, splitter.feed, self._decoded(splitter, type, on_error))

    @overload
    def aiter_decode(
        self, stream: AsyncStream, type: type[T] = ..., *, framing: Framing | None = ..., on_error: Literal["raise"] = ...
    ) -> AsyncGenerator[T, None]: ...
    @overload
    def aiter_decode(  # pyright finds no default for this union
        self, stream: AsyncStream, *, framing: Framing | None = ..., on_error: Literal["yield"]
    ) -> AsyncGenerator[ContactEntity | BadRecord, None]: ...
    @overload
    def aiter_decode(
        self, stream: AsyncStream, type: type[T] = ..., *, framing: Framing | None = ..., on_error: Literal["yield"]
    ) -> AsyncGenerator[T | BadRecord, None]: ...
    def aiter_decode(
        self, stream: AsyncStream, type: Any = ContactEntity, *, framing: Framing | None = None, on_error: OnError = "raise"
    ) -> AsyncGenerator[Any, None]:
        """What `iter_decode` yields, of a stream that may be async: `read` may be awaited, chunks may come asynchronously.

        Who stops before the end closes the generator (`contextlib.aclosing`), which closes a generator that is the `stream`.
        Other tasks wait while a stream is read that is not async.
        """
        splitter = JsonSplitter(framing, self.max_bytes)
        return afeed_from(stream, splitter.feed, self._decoded(splitter, type, on_error))

    def _decoded(self, splitter: JsonSplitter, type: Any, on_error: OnError) -> Iterator[Any]:
        document_of(type)
        return decode_records(splitter.records(), lambda document: [self.decode(document, type)], on_error, self.max_bytes)

    def iter_encode(self, values: Iterable[Carrier | list[Any]], *, framing: Framing = "ndjson") -> Iterator[bytes]:
        """The pieces of a stream of NDJSON, or of a JSON array: one for each value, without `indent`.

        Raises `EncodeError` as `encode` does; its pointers begin with the index of the value.
        """
        return encode_each(values, self._joiner(framing))

    def aiter_encode(
        self, values: Iterable[Carrier | list[Any]] | AsyncIterable[Carrier | list[Any]], *, framing: Framing = "ndjson"
    ) -> AsyncGenerator[bytes, None]:
        """What `iter_encode` yields, of values that may come asynchronously."""
        return aencode_each(values, self._joiner(framing))

    def _joiner(self, framing: Framing) -> Joiner:
        check_option("framing", framing, Framing)
        codec = self if self.indent is None else attrs.evolve(self, indent=None)
        return Joiner(codec.encode, lambda _: FRAMES[framing])

    def iter_records(self, stream: Stream, *, framing: Framing | None = None) -> Iterator[Record]:
        """The records of a stream as they came, not decoded: those that `iter_decode` decodes.

        You can decode each elsewhere, such as in another process; `Record.located` gives an error its place in the stream,
        and says what the stream expects there. Raises `DecodeError` or `ContentTooLarge` where the next record cannot be
        found. A stream that ends inside a record ends with that one, whose decoder then raises.
        """
        splitter = JsonSplitter(framing, self.max_bytes)
        return feed_from(stream, splitter.feed, found_records(splitter.records()))

    def holds_list(self, head: bytes) -> bool:
        """Whether a body that begins with the bytes `head` holds a list."""
        return head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n").startswith(b"[")

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a JSON body, or of its nearest ancestor's."""
        return locate_in_json(body, pointers)
