"""The codecs of patches: `application/json-patch+json` (RFC 6902) and `application/merge-patch+json` (RFC 7396).

A codec checks the limits of a body and parses its JSON. `JsonPatch` and `MergePatch` (`contactwire.patch`) check what the
patch says. To encode a carrier, a codec writes the patch that turns an empty carrier, or a given one, into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import msgspec
from attrs.validators import optional

from contactwire.builtins import MAX_DEPTH, MAX_OBJECTS, DuplicatePolicy, UnknownPolicy, in_order, is_limit, one_of, to_json
from contactwire.carriers import ContactEntity
from contactwire.codecs.json import locate_in_json, parse_json, raw_text, repeated_members
from contactwire.codecs.shared import MAX_BYTES, Body, selected
from contactwire.errors import MAX_FAULTS, EncodeError, Issue, ValidationError
from contactwire.patch import DialectName, JsonPatch, MergePatch, diff
from contactwire.wire import blank, is_carrier

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["PATCH_TYPES", "JsonPatchCodec", "MergePatchCodec"]


@attrs.frozen(kw_only=True)
class _PatchCodec:
    """What both codecs have: their options but one, and how they read a body."""

    patch_dialect: DialectName = attrs.field(default="server", validator=one_of(DialectName))
    indent: int | None = attrs.field(default=None, validator=optional(is_limit))
    unknown: UnknownPolicy = attrs.field(default="keep", validator=one_of(UnknownPolicy))
    duplicates: DuplicatePolicy = attrs.field(default="last", validator=one_of(DuplicatePolicy))
    max_bytes: int = attrs.field(default=MAX_BYTES, validator=is_limit)
    max_depth: int = attrs.field(default=MAX_DEPTH, validator=is_limit)
    max_objects: int = attrs.field(default=MAX_OBJECTS, validator=is_limit)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit)

    def _parsed(self, body: Body) -> tuple[bytes, Any]:
        """The JSON text of a body, and its builtins; in both, the last of repeated members stands where it last stood."""
        raw = bytes(raw_text(body, self.max_bytes, self.max_objects))
        data = parse_json(raw, self.max_depth)
        if self.duplicates == "error":
            issues = list(islice(repeated_members(raw), self.max_faults + 1))
            if issues:
                raise ValidationError.of_first(issues, self.max_faults)
        ordered = in_order(raw, data)
        return (raw if ordered is data else to_json(ordered)), ordered

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a body, or of its nearest ancestor's."""
        return locate_in_json(body, pointers)


@attrs.frozen(kw_only=True)
class JsonPatchCodec(_PatchCodec):
    """Turns bodies into JSON patches and back, and writes a carrier as the patch that makes it.

    `patch_dialect`
        what bodies are read as, and written for: the "server" (the default), or the standard, "rfc".
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `unknown`
        what happens to an unknown member that a patch would set in a carrier: "keep" it in `extras` (the default), "ignore"
        it, or report it as a fault ("error") of the patch's `apply`.
    `duplicates`
        what happens to a member that an object of the body has twice, or a property that it has in two spellings: the "last"
        wins (the default), or it is a fault ("error"); of two spellings, one of the patch's `apply`.
    `max_bytes`, `max_depth`, `max_objects`, `max_operations`
        limits of a body: in bytes (16 MiB), in objects and lists inside each other (64) and altogether (200,000), and in
        operations (10,000).
    `max_faults`
        how many faults an error lists, also one of the patch's `apply` (100).

    Raises ValueError for a word that an option does not have, and for a limit that is no integer or too low.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/json-patch+json",)

    max_operations: int = attrs.field(default=10_000, validator=is_limit)

    def decode(self, body: Body, type: Any = ContactEntity) -> JsonPatch:
        """The patch that a body holds, whatever carrier `type` it is for.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit, `ValidationError` with the faults of all
        operations.
        """
        return JsonPatch.parse(
            self._parsed(body)[1],
            self.patch_dialect,
            max_operations=self.max_operations,
            max_depth=self.max_depth,
            is_json=True,
            unknown=self.unknown,
            duplicates=self.duplicates,
            max_faults=self.max_faults,
        )

    def encode(self, value: Any, *, selection: Selection | None = None, base: Any = None) -> bytes:
        """The body of a patch; of a carrier, the patch that turns `base`, by default an empty one of its class, into it.

        With a `selection`, what it does not select of the carrier is null. Raises `EncodeError` for a `move` or `copy` that
        the dialect does not have, and for a value that no decoder would take back.
        """
        if not isinstance(value, JsonPatch):
            value = diff(*_ends(value, selection, base), dialect=self.patch_dialect)
        return _written(value.in_dialect(self.patch_dialect), self.indent)


@attrs.frozen(kw_only=True)
class MergePatchCodec(_PatchCodec):
    """Turns bodies into merge patches and back, and writes a carrier as the patch that makes it.

    The options are those of `JsonPatchCodec`, without `max_operations`.
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/merge-patch+json",)

    def decode(self, body: Body, type: Any = ContactEntity) -> MergePatch:
        """The patch that a body holds, whatever carrier `type` it is for.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit, and `ValidationError` for repeated members
        if those are faults.
        """
        raw, _ = self._parsed(body)
        return MergePatch(
            raw, self.patch_dialect, unknown=self.unknown, duplicates=self.duplicates, max_faults=self.max_faults
        )

    def encode(self, value: Any, *, selection: Selection | None = None, base: Any = None) -> bytes:
        """The body of a patch; of a carrier, the patch that turns `base`, by default an empty one of its class, into it.

        With a `selection`, what it does not select of the carrier is null. Raises `EncodeError` with each place where the
        dialect cannot say the change, and for a value that no decoder would take back.
        """
        if not isinstance(value, MergePatch):
            value = MergePatch.between(*_ends(value, selection, base), dialect=self.patch_dialect)
        return _written(value, self.indent)


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
