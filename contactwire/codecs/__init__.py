"""Codecs: one object a wire format, from bytes to carriers and back, and the registry that chooses one by media type."""

from __future__ import annotations

from contactwire.codecs.formats import FORMATS, Format, format_of_file
from contactwire.codecs.protocol import Codec
from contactwire.codecs.registry import ENTRY_POINT_GROUP, CodecRegistry, decode, default_registry, encode
from contactwire.codecs.shared import MAX_BYTES, Body, Record

__all__ = [
    "ENTRY_POINT_GROUP",
    "FORMATS",
    "MAX_BYTES",
    "Body",
    "Codec",
    "CodecRegistry",
    "Format",
    "Record",
    "decode",
    "default_registry",
    "encode",
    "format_of_file",
]
