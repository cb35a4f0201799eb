"""Codecs: one object a wire format, from bytes to carriers and back, and the registry that chooses one by media type."""

from __future__ import annotations

from contactwire.codecs.registry import ENTRY_POINT_GROUP, Codec, CodecRegistry, decode, default_registry, encode

__all__ = ["ENTRY_POINT_GROUP", "Codec", "CodecRegistry", "decode", "default_registry", "encode"]
