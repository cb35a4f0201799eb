"""Merge Patch: `application/merge-patch+json` (RFC 7396)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import msgspec

from contactwire.builtins import MAX_DEPTH
from contactwire.builtins.text import to_json
from contactwire.carriers import ContactEntity
from contactwire.codecs.json import text as json_text
from contactwire.codecs.shared.bodies import MAX_BYTES, Body, empty_like, to_bytes
from contactwire.patch import DialectName, MergePatch

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["MergePatchCodec"]


@attrs.frozen(kw_only=True)
class MergePatchCodec:
    """Turns bodies into merge patches and back, and writes a carrier as the patch that makes it.

    `dialect`
        what bodies are read as, and carriers written for: the "server" (the default), or the standard, "rfc".
    `indent`
        spaces a level when encoding; None (the default) writes no white space at all.
    `max_bytes`, `max_depth`
        limits of a body: in bytes (16 MiB), and in nested objects and lists (64).
    """

    media_types: ClassVar[tuple[str, ...]] = ("application/merge-patch+json",)

    dialect: DialectName = "server"
    indent: int | None = None
    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH

    def decode(self, body: Body, type: Any = ContactEntity) -> MergePatch:
        """The patch that a body holds, whatever carrier `type` it is for.

        Raises `DecodeError` for what is not JSON, `ContentTooLarge` over a limit.
        """
        raw = to_bytes(body, self.max_bytes)
        json_text.parse(raw, self.max_depth)
        return MergePatch(bytes(raw), self.dialect)

    def encode(self, value: Any, *, selection: Selection | None = None, base: Any = None) -> bytes:
        """The body of a patch; of a carrier, the patch that turns `base`, by default an empty one of its class, into it.

        With a `selection`, what it does not select of the carrier is null. Raises `EncodeError` with each place where the
        dialect cannot say the change, and for a value that no decoder would take back.
        """
        if not isinstance(value, MergePatch):
            if selection is not None:
                value = selection.apply(value)
            base = empty_like(value) if base is None else base
            value = MergePatch.between(base, value, dialect=self.dialect)
        encoded = to_json(value.to_builtins())
        return encoded if self.indent is None else msgspec.json.format(encoded, indent=self.indent)

    def locate(self, body: Body, pointers: Iterable[str]) -> list[tuple[int, int]]:
        """Line and column (from 1) of the value that each pointer names in a body, or of its nearest ancestor's."""
        return json_text.locate(body, pointers)
