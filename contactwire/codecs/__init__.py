"""Codecs: objects that turn bytes of one format into carriers and back, and the registry that chooses one by media type.

`decode` and `encode` (`registry`) look up a codec by its media type. `formats` is the one table of the formats: names, file
suffixes, media types and codec classes. Each format is a package or module of its own, imported at its first use: `json`,
`xml`, `form`, and `patches` for the two JSON patch formats. What several of them use is in `shared`; `text_values` is for
XML and forms, whose values are all text. `protocol` says what any codec has to have, so that other packages can add formats.
"""

from __future__ import annotations

from contactwire.codecs.formats import FORMATS, LOSSLESS, SEQUENCES, Format, format_of_file, options_of, reader_of_written
from contactwire.codecs.protocol import Codec
from contactwire.codecs.registry import ENTRY_POINT_GROUP, CodecRegistry, as_codec, decode, default_registry, encode
from contactwire.codecs.shared import END_OF_TEXT, MAX_BYTES, AsyncStream, Body, Record, Stream, place_behind

__all__ = [
    "END_OF_TEXT",
    "ENTRY_POINT_GROUP",
    "FORMATS",
    "LOSSLESS",
    "MAX_BYTES",
    "SEQUENCES",
    "AsyncStream",
    "Body",
    "Codec",
    "CodecRegistry",
    "Format",
    "Record",
    "Stream",
    "as_codec",
    "decode",
    "default_registry",
    "encode",
    "format_of_file",
    "options_of",
    "place_behind",
    "reader_of_written",
]
