"""Codecs: one object a wire format, from bytes to carriers and back; `decode` and `encode` choose by media type."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, overload

from contactwire.carriers import ContactEntity
from contactwire.codecs.json import JsonCodec
from contactwire.errors import UnsupportedMediaType

__all__ = ["Codec", "codec_for", "decode", "encode"]

T = TypeVar("T")
Body = bytes | bytearray | memoryview | str


class Codec(Protocol):
    """What every codec can do. `media_types` are the names it goes by, the preferred one first."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that this codec reads and writes."""

    def decode(self, body: Any, type: Any) -> Any:
        """The carrier, or list of carriers, that a body holds."""

    def encode(self, value: Any) -> bytes:
        """The body of a carrier or a list of carriers."""


_CODECS: dict[str, Codec] = {media_type: JsonCodec() for media_type in JsonCodec.media_types}


def codec_for(media_type: str) -> Codec:
    """The built-in codec of a media type, in any letter case. Raises `UnsupportedMediaType` for any other."""
    codec = _CODECS.get(media_type) or _CODECS.get(media_type.strip().lower())
    if codec is None:
        raise UnsupportedMediaType(media_type, tuple(_CODECS))
    return codec


@overload
def decode(body: Body, media_type: str = ...) -> ContactEntity: ...
@overload
def decode(body: Body, media_type: str = ..., *, type: type[T]) -> T: ...
def decode(body: Body, media_type: str = "application/json", *, type: Any = ContactEntity) -> Any:
    """The carrier, or `list[Carrier]`, that a body holds.

    Takes a body and its media type. Raises `DecodeError` for a body that is not well-formed, `ValidationError` with every
    fault for one that is no contact, `UnsupportedMediaType` for a media type that no codec takes.
    """
    return codec_for(media_type).decode(body, type)


def encode(value: Any, media_type: str = "application/json") -> bytes:
    """The body of a carrier, or of a list of carriers, in a media type.

    Raises `EncodeError` with every fault for a value that no decoder would take back, `UnsupportedMediaType` for a media
    type that no codec gives.
    """
    return codec_for(media_type).encode(value)
