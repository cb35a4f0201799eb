"""What every codec can do, whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["Codec"]


@runtime_checkable
class Codec(Protocol):
    """What every codec can do.

    `media_types` are those that it reads and writes, in lower case, the preferred one first. A codec that reads other
    character sets than UTF-8 has an attrs field `charset` and gets what `Content-Type` says.
    """

    media_types: ClassVar[tuple[str, ...]]

    def decode(self, body: Any, type: Any) -> Any:
        """The carrier, list of carriers or patch that a body holds."""

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        """The body of a value; what a selection does not select is left out as `$select` says."""
