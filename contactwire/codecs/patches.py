"""The codecs of patches: `application/json-patch+json` (RFC 6902) and `application/merge-patch+json` (RFC 7396).

A codec checks the limits of a body and parses its JSON. `JsonPatch` and `MergePatch` (`contactwire.patch`) check what the
patch says. To encode a carrier, a codec writes the patch that turns an empty carrier, or a given one, into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import msgspec

from contactwire.builtins import MAX_DEPTH, MAX_OBJECTS, is_limit, one_of, to_json
from contactwire.carriers import ContactEntity
from contactwire.codecs.json import locate_in_json, parse_json, raw_text
from contactwire.codecs.shared import MAX_BYTES, Body, selected
from contactwire.errors import MAX_FAULTS, EncodeError, Issue
from contactwire.patch import DialectName, JsonPatch, MergePatch, diff
from contactwire.wire import blank, is_carrier

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["PATCH_TYPES", "JsonPatchCodec", "MergePatchCodec"]


@attrs.frozen(kw_only=True)
class JsonPatchCodec:
    """Turns bodies into JSON patches and back, and writes a carrier as the patch that makes it.

    `patch_dialect`
        what bodies are read as, and written for: the "server" (the default), or the standard, "rfc".
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `max_bytes`, `max_depth`, `max_objects`, `max_operations`
        limits of a body: in bytes (16 MiB), in objects and lists inside each other (64) and altogether (200,000), and in
        operations (10,000).
    `max_faults`
        how many faults an error lists, also one of the patch's `apply` (100).

    Raises ValueError for another dialect, and for a limit that is no integer or too low.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/json-patch+json",)

    patch_dialect: DialectName = attrs.field(default="server", validator=one_of(DialectName))
    indent: int | None = None
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_operations: int = attrs.field(default=10_000, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)

    def decode(self, body: Body, type: Any = ContactEntity) -> JsonPatch:
        """The patch that a body holds, whatever carrier `type` it is for.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit, `ValidationError` with the faults of all
        operations.
        """
        raw = raw_text(body, self.max_bytes, self.max_objects)
        data = parse_json(raw, self.max_depth)
        limits = {"max_operations": self.max_operations, "max_depth": self.max_depth, "max_faults": self.max_faults}
        return JsonPatch.parse(data, self.patch_dialect, **limits, is_json=True)

    def encode(self, value: Any, *, selection: Selection | None = None, base: Any = None) -> bytes:
        """The body of a patch; of a carrier, the patch that turns `base`, by default an empty one of its class, into it.

        With a `selection`, what it does not select of the carrier is null. Raises `EncodeError` for a `move` or `copy` that
        the dialect does not have, and for a value that no decoder would take back.
        """
        if not isinstance(value, JsonPatch):
            value = diff(*_ends(value, selection, base), dialect=self.patch_dialect)
        return _written(value.in_dialect(self.patch_dialect), self.indent)

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a body, or of its nearest ancestor's."""
        return locate_in_json(body, pointers)


@attrs.frozen(kw_only=True)
class MergePatchCodec:
    """Turns bodies into merge patches and back, and writes a carrier as the patch that makes it.

    `patch_dialect`
        what bodies are read as, and carriers written for: the "server" (the default), or the standard, "rfc".
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `max_bytes`, `max_depth`, `max_objects`
        limits of a body: in bytes (16 MiB), and in objects and lists inside each other (64) and altogether (200,000).
    `max_faults`
        how many faults an error of the patch's `apply` lists (100).

    Raises ValueError for another dialect, and for a limit that is no integer or too low.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/merge-patch+json",)

    patch_dialect: DialectName = attrs.field(default="server", validator=one_of(DialectName))
    indent: int | None = None
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)

    def decode(self, body: Body, type: Any = ContactEntity) -> MergePatch:
        """The patch that a body holds, whatever carrier `type` it is for.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit.
        """
        raw = raw_text(body, self.max_bytes, self.max_objects)
        parse_json(raw, self.max_depth)
        return MergePatch(bytes(raw), self.patch_dialect, max_faults=self.max_faults)

    def encode(self, value: Any, *, selection: Selection | None = None, base: Any = None) -> bytes:
        """The body of a patch; of a carrier, the patch that turns `base`, by default an empty one of its class, into it.

        With a `selection`, what it does not select of the carrier is null. Raises `EncodeError` with each place where the
        dialect cannot say the change, and for a value that no decoder would take back.
        """
        if not isinstance(value, MergePatch):
            value = MergePatch.between(*_ends(value, selection, base), dialect=self.patch_dialect)
        return _written(value, self.indent)

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a body, or of its nearest ancestor's."""
        return locate_in_json(body, pointers)


PATCH_TYPES: Mapping[Any, str] = {JsonPatch: JsonPatchCodec.media_types[0], MergePatch: MergePatchCodec.media_types[0]}
"""The media types of the patch classes."""


def _ends(value: Any, selection: Selection | None, base: Any) -> tuple[Any, Any]:
    """What a patch that makes a carrier leads from, and what it leads to: `base`, and what is selected of the carrier."""
    value = selected(value, selection)
    if base is None:
        if not is_carrier(type(value)):
            message = "without a base, only a carrier can be written as a patch"
            raise EncodeError([Issue.of_value("a carrier or a patch", value, message)])
        base = blank(type(value))
    return base, value


def _written(patch: JsonPatch | MergePatch, indent: int | None) -> bytes:
    encoded = to_json(patch.to_builtins())
    return encoded if indent is None else msgspec.json.format(encoded, indent=indent)
