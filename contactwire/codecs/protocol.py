"""The interface of every codec: those of the library, and those of other packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from contactwire.projection import Selection

__all__ = ["Codec"]


@runtime_checkable
class Codec(Protocol):
    """An object that turns bytes of one format into carriers and back.

    `media_types` are those that it reads and writes, in lower case, the preferred one first. A codec that reads other
    character sets than UTF-8 is an attrs class with a field `charset`; the registry sets it to the `charset` of a
    `Content-Type`.

    A codec may also have `read(body, type)`, which gives the builtins of a body, with what its sender wrote and no more. A
    PATCH in its format then leaves a property alone that the body does not name, also where its class has a default.
    """

    media_types: ClassVar[tuple[str, ...]]

    def decode(self, body: Any, type: Any) -> Any:
        """The document that a body holds: a carrier, a list of carriers, or a patch."""

    def encode(self, value: Any, *, selection: Selection | None = None) -> bytes:
        """The body of a document; the codec writes what a selection does not select as its format has it, such as null.

        A `selection` is a `Selection`; only `contactwire.encode` and the clients take the text of a `$select`, as `select`.
        So no codec has to parse one.
        """
