"""For SQLAlchemy: the type of a column that holds carriers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator, TypeEngine

from contactwire.codecs import decode, encode
from contactwire.codecs.json import JsonCodec
from contactwire.patch import same
from contactwire.wire import Carrier, is_akin

__all__ = ["CarrierBytes"]

C = TypeVar("C", bound=Carrier)

# What has been stored must be read again, however large small changes have made it.
_STORED = JsonCodec(max_bytes=sys.maxsize, max_objects=sys.maxsize)


if TYPE_CHECKING:
    # `Column` takes a SchemaEventTarget or a TypeEngine. A TypeDecorator is both, for which mypy infers no type.
    _ColumnType = TypeEngine
else:
    _ColumnType = TypeDecorator


class CarrierBytes(_ColumnType[C]):
    """A column of carriers of one class, each stored as the bytes of its JSON (`bytea` in PostgreSQL).

    ::

        contact: Mapped[ContactEntityWithLinks] = mapped_column(CarrierBytes(ContactEntityWithLinks))

    All that `encode` writes comes back: ticks, unknown members, numbers to the digit. SQLAlchemy sees a change when another
    carrier is assigned, also an equal one in another spelling, and not when the one that is there changes.

    A carrier of a class that the column's derives from, or that derives from it, is stored, too, if it can be read as one of
    the column's. What `encode` raises, `ValidationError` for what could not be read, and TypeError for any other value, is
    the `orig` of SQLAlchemy's `StatementError`; what `decode` raises comes as it is.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = LargeBinary
    cache_ok = True

    def __init__(self, carrier: type[C]) -> None:
        """Take the class of the carriers."""
        super().__init__()
        self.carrier = carrier

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        """The bytes to store for a carrier; None for None. Raises TypeError for what would come back as something else."""
        if value is None:
            return None
        cls = type(value)
        if not is_akin(cls, self.carrier):
            raise TypeError(f"a column of {self.carrier.__name__} takes no {cls.__name__}")
        written = encode(value)
        if cls is not self.carrier:
            decode(written, _STORED, type=self.carrier)
        return written

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether nothing needs to be stored where one carrier takes the place of another: they have the same spelling."""
        return same(x, y)

    def process_result_value(self, value: Any, dialect: Any) -> C | None:
        """The carrier that bytes hold; None for None."""
        return None if value is None else decode(value, _STORED, type=self.carrier)
