"""The one table of formats: the name of each, its file suffixes, its media types and its codec class.

The registry, the command line and round trips read it. `Format.codec` imports the module of the codec.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import msgspec
from msgspec import Struct

from contactwire.codecs.protocol import Codec
from contactwire.codecs.shared import Record

__all__ = ["FORMATS", "LOSSLESS", "SEQUENCES", "Format", "format_of_file", "options_of", "reader_of_written"]


def options_of(cls: type) -> set[str]:
    """The names of a codec class's options; none for one that is no attrs class."""
    return {field.name for field in getattr(cls, "__attrs_attrs__", ()) if field.init}


def reader_of_written(codec: Codec) -> Codec:
    """The codec that reads what a codec writes: that is UTF-8, whatever `charset` it reads."""
    if "charset" not in options_of(type(codec)):
        return codec
    changed: Codec = attrs.evolve(codec, charset="utf-8")  # type: ignore[misc]
    return changed


class Format(Struct, frozen=True):
    """A format: its `name`, `media_types`, the `suffixes` of its files, and the class of its codec.

    `variants` are options of the codec under names of their own: "plain" of "xml" is `XmlCodec(dialect="plain")`.
    """

    name: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    module: str
    codec_class: str
    variants: Mapping[str, Mapping[str, Any]] = msgspec.field(default_factory=dict)
    is_patch: bool = False
    is_sequence: bool = False
    """Whether a file is a sequence of records, which `iter_decode` reads and `decode` refuses."""

    def __hash__(self) -> int:
        # Its variants are a dictionary, which has none.
        return hash(self.name)

    def codec(self, **options: Any) -> Codec:
        """A codec of this format. An option that the codec class does not have, or that is None, is ignored."""
        known = self.options()
        codec: Codec = self._class()(
            **{name: value for name, value in options.items() if name in known and value is not None}
        )
        return codec

    def options(self) -> set[str]:
        """The names of the options that the codec has."""
        return options_of(self._class())

    def _class(self) -> Any:
        return getattr(importlib.import_module(self.module), self.codec_class)

    def holds_records(self, head: bytes) -> bool:
        """Whether a file that begins with the bytes `head` holds a sequence, whose records can be read one by one."""
        return self.is_sequence or (self.name in SEQUENCES and self.codec().holds_list(head))  # type: ignore[attr-defined]

    def iter_records(self, codec: Any, stream: Any, type: Any) -> Iterator[Record]:
        """The records of a sequence of carriers of a `type`, as the format's `codec` finds them in a stream.

        The document of a record holds one carrier; that of XML, where the root stays around it, a list of one at most.
        """
        found: Iterator[Record] = codec.iter_records(stream, *([type] if self.name == "xml" else []), **_FRAMINGS[self.name])
        return found

    def codec_of_records(self, codec: Any) -> Any:
        """The codec for the documents of the records that `codec` finds, whose size was checked where they were found.

        In XML, the root stands around each record, and does not count against the limits of the record.
        """
        return codec.of_records() if self.name == "xml" else codec

    def pointer_of(self, index: int, record: Record, pointer: str) -> str:
        """A pointer from the root of a file, for one from the root of the document of its record with an index.

        In an array or XML document, it starts at the root of that (`/2/Name`); in NDJSON, each line is a document (`/Name`).
        """
        if self.is_sequence or not record.inside:
            return pointer
        return f"/{index}{pointer.removeprefix('/0' if self.name == 'xml' else '')}"


_FRAMINGS: Mapping[str, Mapping[str, str]] = {"ndjson": {"framing": "ndjson"}, "json": {"framing": "array"}, "xml": {}}
SEQUENCES = tuple(_FRAMINGS)
"""The names of the formats that have sequences, which are read and written record by record."""
_DIALECTS = {name: {"dialect": name} for name in ("plain", "datacontract", "services", "webapi")}
_STYLES = {name: {"style": name} for name in ("dots", "brackets")}
LOSSLESS = ("json", *(f"xml-{name}" for name in _DIALECTS))
"""The names of the formats, and of their variants, that promise to lose nothing of a contact."""

FORMATS: Mapping[str, Format] = {
    known.name: known
    for known in (
        Format("json", ("application/json", "text/json"), (".json",), "contactwire.codecs.json", "JsonCodec"),
        Format("xml", ("application/xml", "text/xml"), (".xml",), "contactwire.codecs.xml", "XmlCodec", variants=_DIALECTS),
        Format(
            "form",
            ("application/x-www-form-urlencoded",),
            (".form", ".urlencoded"),
            "contactwire.codecs.form",
            "FormCodec",
            variants=_STYLES,
        ),
        Format(
            "json-patch",
            ("application/json-patch+json",),
            (".json-patch", ".jsonpatch"),
            "contactwire.codecs.patches",
            "JsonPatchCodec",
            is_patch=True,
        ),
        Format(
            "merge-patch",
            ("application/merge-patch+json",),
            (".merge-patch", ".mergepatch"),
            "contactwire.codecs.patches",
            "MergePatchCodec",
            is_patch=True,
        ),
        Format("ndjson", (), (".ndjson", ".jsonl"), "contactwire.codecs.json", "JsonCodec", is_sequence=True),
    )
}
"""The formats by name. NDJSON has no media type in this API, so no request can have it."""


def format_of_file(name: str) -> Format | None:
    """The format of a file by the suffix of its name, in any letter case; None for a suffix that no format has."""
    return next((known for known in FORMATS.values() if name.lower().endswith(known.suffixes)), None)
