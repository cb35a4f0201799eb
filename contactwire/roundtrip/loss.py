"""What a codec loses of a document or a body.

`loss` encodes a document, decodes the result, and lists where the builtins of the two documents differ. `body_loss` starts
from a body instead: it decodes, encodes and decodes again.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from contactwire.builtins import Builtins, to_builtins
from contactwire.carriers import ContactEntityWithLinks
from contactwire.codecs import FORMATS, Body, Codec, Format, as_codec, default_registry, reader_of_written
from contactwire.codecs.json import JsonCodec
from contactwire.errors import ContactWireError, EncodeError, Issue, UnsupportedMediaType, ValidationError, shorten
from contactwire.patch import JsonPatch, MergePatch
from contactwire.paths import Place, pointer_of_place
from contactwire.roundtrip.reading import ABSENT, SEVERAL, Mark, canonical, reading
from contactwire.wire import Carrier, blank, is_carrier, kind_of

__all__ = [
    "ABSENT",
    "ONE",
    "Difference",
    "Loss",
    "assert_round_trip",
    "body_loss",
    "changes",
    "codecs_named",
    "differences",
    "is_patch",
    "loss",
]


_BODY = (bytes, bytearray, memoryview, str)

ONE = Mark("one of them")
"""The value of `Difference.after` where a body repeats a member, and a codec keeps one of its values."""


@attrs.frozen
class Difference:
    """A place where two documents differ.

    `pointer` is its JSON Pointer (RFC 6901); `before` and `after` are the builtins there, `ABSENT` where there are none.
    """

    pointer: str
    before: Any
    after: Any

    @property
    def message(self) -> str:
        """What became of the value, in words: `"x" became absent`."""
        return f"{_show(self.before)} became {_show(self.after)}"

    def __str__(self) -> str:
        return str(Issue(self.pointer, self.message, "", ""))


def _show(value: Any) -> str:
    return repr(value) if isinstance(value, Mark) else shorten(value)


def differences(before: Any, after: Any, place: Place = None) -> Iterator[Difference]:
    """Yield every place where two documents, as builtins, differ on the wire.

    `1` differs from `true` and from `1.0`, `-0.0` from `0.0`, absent from null. Order counts in lists, not in objects.
    Pointers begin with that of `place`.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (place, name))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old, new = (side[index] if index < len(side) else ABSENT for side in (before, after))
            yield from differences(old, new, (place, index))
    elif type(before) is not type(after) or repr(before) != repr(after):
        yield Difference(pointer_of_place(place), before, after)


@attrs.frozen
class Loss:
    """What one codec loses of one document: the differences, or the error that stopped the codec.

    It is false if the codec loses nothing. `unreadable` tells that the codec refused the body itself.
    """

    codec: str
    differences: tuple[Difference, ...] = ()
    error: ContactWireError | None = None
    unreadable: bool = False

    def __bool__(self) -> bool:
        return bool(self.differences or self.error)

    def places(self) -> list[Difference | Issue]:
        """The places, each with its pointer and a message: the differences, or the codec's faults."""
        if isinstance(self.error, (ValidationError, EncodeError)):
            return [*self.error.issues]
        return [Issue("", str(self.error), "", "")] if self.error else [*self.differences]

    def lines(self) -> list[str]:
        """A line for each place: its pointer, the value before, and the value after (or the codec's fault there)."""
        return [str(place) if place.pointer else place.message for place in self.places()]


_NAMED: Mapping[str, tuple[Format, Mapping[str, Any]]] = {
    f"{known.name}-{variant}" if variant else known.name: (known, options)
    for known in FORMATS.values()
    if known.media_types
    for variant, options in {"": {}, **known.variants}.items()
}
"""Each format or variant by name, with the codec's options: "xml-plain" is the format "xml" with `dialect="plain"`."""


def codecs_named(names: str | Iterable[str]) -> dict[str, Codec]:
    """The codecs for one name or several, by name.

    A name is a format ("json", "form"), a variant of one ("xml-plain", "form-dots"), or a media type that has a codec.
    Raises `UnsupportedMediaType` for any other name.
    """
    return {name: _codec_named(name) for name in ([names] if isinstance(names, str) else names)}


def _codec_named(name: str) -> Codec:
    if name not in _NAMED:
        try:
            return default_registry.find(name)
        except UnsupportedMediaType as error:
            raise UnsupportedMediaType(name, (*_NAMED, *error.offered)) from None
    known, options = _NAMED[name]
    return known.codec(**options)


def loss(document: Any, codec: Codec, name: str = "") -> Loss:
    """What is lost of a carrier, a list of carriers or a patch when a codec writes it and reads it again.

    A codec for patches writes a carrier as a patch. That patch is applied to an empty carrier before the comparison.
    """
    type_ = _type_of(document)
    try:
        after = reader_of_written(codec).decode(codec.encode(document), type_)
        if is_patch(after) and not is_patch(document):
            after = after.apply(blank(type_))
        return Loss(name, tuple(differences(_plain(document), _plain(after))))
    except ContactWireError as error:
        return Loss(name, error=error)


def is_patch(document: Any) -> bool:
    """Whether a document is a patch, of this library or of another."""
    return hasattr(document, "apply")


def _type_of(document: Any) -> Any:
    if isinstance(document, list):
        return list[type(document[0]) if document else ContactEntityWithLinks]  # type: ignore[misc]
    return ContactEntityWithLinks if is_patch(document) else type(document)


def _plain(document: Any) -> Any:
    return document.to_builtins() if is_patch(document) else to_builtins(document)


def changes(
    before: Carrier | JsonPatch | MergePatch | Builtins, after: Carrier | JsonPatch | MergePatch | Builtins
) -> list[Difference]:
    """The places where two documents differ on the wire, in the order of `before`, for a test to compare or to print.

    Each is a `Difference` with a JSON Pointer in wire names, and the builtins before and after; `str` of it is a line. The
    documents are carriers, lists of carriers, patches, or builtins. Values that the wire spells in two ways, such as a
    date with zeros at its end, are the same; but numbers among unknown members count by their digits, as in `diff`. Raises
    TypeError for a body, which must be decoded before.
    """
    for document in (before, after):
        if isinstance(document, (bytes, bytearray, memoryview)):
            raise TypeError(f"changes compares documents, not a body of class {type(document).__name__}: decode it before")
    return [*differences(_comparable(before), _comparable(after))]


def _comparable(document: Any) -> Any:
    """The builtins of a document, with the values of a carrier in one spelling."""
    if isinstance(document, list) and any(is_carrier(type(item)) for item in document):
        return [_comparable(item) for item in document]
    if is_carrier(type(document)):
        return canonical(kind_of(type(document)), to_builtins(document))
    return _plain(document) if is_patch(document) else document


def body_loss(body: Body, codec: Codec, type: Any = ContactEntityWithLinks, name: str = "") -> Loss:
    """What is lost of a body when a codec reads it, writes it, and reads it again.

    Where the standard library has a parser for the format, the body is also read with that parser, and the codec must have
    read the same. Spelling is no loss: the letter case of names, the order of members, zeros at the end of a fraction. A
    member that is repeated is one: of its values the codec keeps one. So are attributes in XML, which no property holds.
    """
    try:
        document = codec.decode(body, type)
    except ContactWireError as error:
        return Loss(name, error=error, unreadable=True)
    try:
        again = reader_of_written(codec).decode(codec.encode(document), type)
    except ContactWireError as error:
        return Loss(name, error=error)
    kind = None if is_patch(document) else kind_of(type)
    (before, dropped), after = reading(body, codec, kind), canonical(kind, _plain(document))
    told = canonical(kind, after, unknown="json" in codec.media_types[0])
    found = [] if before is None else list(differences(before, told))
    found += [Difference(*each) for each in dropped]
    found += [Difference(pointer, SEVERAL, ONE) for pointer in _repeated(body, codec, type)]
    return Loss(name, (*found, *differences(after, canonical(kind, _plain(again)))))


def _repeated(body: Body, codec: Any, type: Any) -> list[str]:
    """The pointers of the members that stand in a body more than once, of which the codec keeps one.

    The codec itself finds them, since its format says what a repetition is: in a form, `Domains=a&Domains=b` is a list.
    """
    if not hasattr(codec, "duplicates"):
        return []
    try:
        attrs.evolve(codec, duplicates="error").decode(body, type)
    except ValidationError as error:
        return [issue.pointer for issue in error.issues]
    return []


def assert_round_trip(
    body_or_carrier: Body | Carrier | list[Any] | JsonPatch | MergePatch,
    codec: Codec | str | None = None,
    type: type[Carrier | list[Any]] = ContactEntityWithLinks,
) -> None:
    """Assert that a codec loses nothing of a body, or of a carrier, a list of carriers or a patch.

    `codec` is a codec, a media type, or a short name ("xml-plain"); by default the JSON codec. `type` is the carrier class,
    or `list[Carrier]`, that a body holds. Raises AssertionError with the pointer of each place that changed, or with the
    codec's own faults.

    A document must come back from its body equal, and the codec must write the same bytes for it again. A body must hold
    the same after it was read and written. A JSON or XML body is compared with what the standard library's parser reads
    from it. So one that lacks a property is refused where `type` has a default for it, which is written then. A body that
    repeats a member, or spells it in two ways, is refused, since one value of it is lost.
    """
    codec = JsonCodec() if codec is None else codecs_named(codec)[codec] if isinstance(codec, str) else as_codec(codec)
    found = body_loss(body_or_carrier, codec, type) if isinstance(body_or_carrier, _BODY) else loss(body_or_carrier, codec)
    if found:
        lines = "".join(f"\n  {line}" for line in found.lines())
        name = builtins.type(codec).__name__
        raise AssertionError(f"{name} {'refuses' if found.error else 'loses'} something:{lines}") from found.error
    if not isinstance(body_or_carrier, _BODY):
        _assert_stable(body_or_carrier, codec)


def _assert_stable(document: Any, codec: Codec) -> None:
    first = codec.encode(document)
    again = codec.encode(reader_of_written(codec).decode(first, _type_of(document)))
    if first != again:
        raise AssertionError(f"{codec} writes another body the second time:\n  {shorten(first)}\n  {shorten(again)}")
