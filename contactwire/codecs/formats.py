"""The one table of formats: the name of each, its file suffixes, its media types and its codec class.

The registry, the command line and round trips read it. `Format.codec` imports the module of the codec.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import attrs

from contactwire.codecs.protocol import Codec

__all__ = ["FORMATS", "Format", "format_of_file"]


@attrs.frozen
class Format:
    """A format: its `name`, `media_types`, the `suffixes` of its files, and the class of its codec.

    `variants` are options of the codec under names of their own: "plain" of "xml" is `XmlCodec(dialect="plain")`.
    """

    name: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    module: str
    codec_class: str
    variants: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, hash=False)
    is_patch: bool = False
    is_sequence: bool = False
    """Whether a file is a sequence of records, which `iter_decode` reads and `decode` refuses."""

    def codec(self, **options: Any) -> Codec:
        """A codec of this format. An option that the codec class does not have, or that is None, is ignored."""
        cls = getattr(importlib.import_module(self.module), self.codec_class)
        known = {field.name for field in attrs.fields(cls) if field.init}
        codec: Codec = cls(**{name: value for name, value in options.items() if name in known and value is not None})
        return codec


_DIALECTS = {name: {"dialect": name} for name in ("plain", "datacontract", "services", "webapi")}
_STYLES = {name: {"style": name} for name in ("dots", "brackets")}

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
