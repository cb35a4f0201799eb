"""What a codec loses of a document or a body.

`loss` encodes a document, decodes the result, and lists where the builtins of the two documents differ. `body_loss` starts
from a body instead: it decodes, encodes and decodes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactwire.builtins import to_builtins
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import FORMATS, Body, Codec, Format, default_registry
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, EncodeError, ValidationError, shorten
from contactwire.paths import escape
from contactwire.roundtrip.reading import canonical, reading, without_unknown
from contactwire.wire import Kind, blank, kind_of

__all__ = [
    "ABSENT",
    "LOSSLESS",
    "Difference",
    "Loss",
    "assert_round_trip",
    "body_loss",
    "codecs_named",
    "differences",
    "loss",
]


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()
"""The value of `Difference.before` or `Difference.after` where that document has nothing at the pointer."""


@attrs.frozen
class Difference:
    """A place where two documents differ.

    `pointer` is its JSON Pointer (RFC 6901); `before` and `after` are the builtins there, `ABSENT` where there are none.
    """

    pointer: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.pointer or 'the document'}: {_show(self.before)} became {_show(self.after)}"


def _show(value: Any) -> str:
    return repr(value) if value is ABSENT else shorten(value)


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[Difference]:
    """Yield every place where two documents, as builtins, differ on the wire.

    `1` differs from `true` and from `1.0`, `-0.0` from `0.0`, absent from null. Order counts in lists, not in objects.
    Pointers begin with `pointer`.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            place = f"{pointer}/{escape(str(name))}"
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), place)
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old, new = (side[index] if index < len(side) else ABSENT for side in (before, after))
            yield from differences(old, new, f"{pointer}/{index}")
    elif type(before) is not type(after) or repr(before) != repr(after):
        yield Difference(pointer, before, after)


@attrs.frozen
class Loss:
    """What one codec loses of one document: the differences, or the error that stopped the codec.

    It is false if the codec loses nothing.
    """

    codec: str
    differences: tuple[Difference, ...] = ()
    error: ContactWireError | None = None

    def __bool__(self) -> bool:
        return bool(self.differences or self.error)

    def lines(self) -> list[str]:
        """A line for each place: its pointer, the value before, and the value after (or the codec's fault there)."""
        if isinstance(self.error, (ValidationError, EncodeError)) and self.error.issues:
            return [str(issue) for issue in self.error.issues]
        return [str(self.error)] if self.error else [str(each) for each in self.differences]


LOSSLESS = ("json", "xml-plain", "xml-datacontract", "xml-services", "xml-webapi")
"""The names of the codecs that promise to lose nothing of a contact."""

_NAMED: Mapping[str, tuple[Format, Mapping[str, Any]]] = {
    f"{known.name}-{variant}" if variant else known.name: (known, options)
    for known in FORMATS.values()
    if known.media_types
    for variant, options in {"": {}, **known.variants}.items()
}
"""Each format or variant by name, with the codec's options: "xml-plain" is the format "xml" with `dialect="plain"`."""


def codecs_named(names: Iterable[str]) -> dict[str, Codec]:
    """The codecs for some names, by name.

    A name is a format ("json", "form"), a variant of one ("xml-plain", "form-dots"), or a media type that has a codec.
    Raises `UnsupportedMediaType` for any other name.
    """
    return {name: _codec_named(name) for name in names}


def _codec_named(name: str) -> Codec:
    if name not in _NAMED:
        return default_registry.find(name)
    known, options = _NAMED[name]
    return known.codec(**options)


def loss(document: Any, codec: Codec, name: str = "") -> Loss:
    """What is lost of a carrier, a list of carriers or a patch when a codec writes it and reads it again.

    A codec for patches writes a carrier as a patch. That patch is applied to an empty carrier before the comparison.
    """
    type_ = _type_of(document)
    try:
        after = codec.decode(codec.encode(document), type_)
        if hasattr(after, "apply") and not hasattr(document, "apply"):
            after = after.apply(blank(type_))
        return Loss(name, tuple(differences(_plain(document), _plain(after))))
    except ContactWireError as error:
        return Loss(name, error=error)


def _type_of(document: Any) -> Any:
    if isinstance(document, list):
        return list[type(document[0]) if document else ContactEntityWithLinks]  # type: ignore[misc]
    return ContactEntityWithLinks if hasattr(document, "apply") else type(document)


def _plain(document: Any) -> Any:
    return document.to_builtins() if hasattr(document, "apply") else to_builtins(document)


def body_loss(body: Body, codec: Codec, type: Any = ContactEntityWithLinks, name: str = "") -> Loss:
    """What is lost of a body when a codec reads it, writes it, and reads it again.

    Where the standard library has a parser for the format, the body is also read with that parser, and the codec must have
    read the same. Spelling is no loss: the letter case of names, the order of members, zeros at the end of a fraction.
    """
    try:
        document = codec.decode(body, type)
        written = codec.encode(document)
        again = codec.decode(written, type)
    except ContactWireError as error:
        return Loss(name, error=error)
    kind = None if hasattr(document, "apply") else kind_of(type)
    before, after = reading(body, codec, kind), canonical(kind, _plain(document))
    found = [] if before is None else list(differences(before, _as_told(kind, codec, after)))
    return Loss(name, (*found, *differences(after, canonical(kind, _plain(again)))))


def _as_told(kind: Kind | None, codec: Codec, data: Any) -> Any:
    """Builtins with no more detail than `reading` gives: in XML, that knows of an unknown member only that it is there."""
    return data if kind is None or "json" in codec.media_types[0] else without_unknown(kind, data)


def assert_round_trip(body_or_carrier: Any, codec: Codec | str | None = None, type: Any = ContactEntityWithLinks) -> None:
    """Assert that a codec loses nothing of a body, or of a carrier, a list of carriers or a patch.

    `codec` is a codec, a media type, or a short name ("xml-plain"); by default the JSON codec. `type` is the carrier class,
    or `list[Carrier]`, that a body holds. Raises AssertionError with the pointer of each place that changed, or with the
    codec's own faults.

    A document must come back from its body equal, and the codec must write the same bytes for it again. A body must hold
    the same after it was read and written. A JSON body is compared with what the standard library's parser reads from it.
    """
    codec = JsonCodec() if codec is None else codecs_named([codec])[codec] if isinstance(codec, str) else codec
    is_body = isinstance(body_or_carrier, (bytes, bytearray, memoryview, str))
    found = body_loss(body_or_carrier, codec, type) if is_body else loss(body_or_carrier, codec)
    if found:
        lines = "".join(f"\n  {line}" for line in found.lines())
        raise AssertionError(f"{codec} {'refuses' if found.error else 'loses'} something:{lines}") from found.error
    if not is_body:
        _assert_stable(body_or_carrier, codec)


def _assert_stable(document: Any, codec: Codec) -> None:
    first = codec.encode(document)
    again = codec.encode(codec.decode(first, _type_of(document)))
    assert first == again, f"{codec} writes another body the second time:\n  {shorten(first)}\n  {shorten(again)}"
