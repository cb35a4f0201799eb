"""One operation of a JSON Patch."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import msgspec

from contactwire.errors import LONGEST_REPR, repr_of
from contactwire.patch.compare import numbers_equal
from contactwire.patch.values import canonical, levels_at_most, thaw
from contactwire.paths import parse_relaxed
from contactwire.wire import UNSET, number

__all__ = ["Operation", "by_members"]


def _double(text: str) -> Any:
    """The double that a number's text spells, or the text itself where no double is that number, as for `1e400`."""
    value = float(text)
    return value if numbers_equal(value, number(text)) else msgspec.Raw(text.encode())


_by_value = msgspec.json.Decoder(float_hook=_double).decode


def by_members(json: bytes | None) -> bytes | None:
    """A key to compare two JSON texts by: equal for objects whose members are in another order, and for `1.50` and `1.5`."""
    return None if json is None else canonical(_by_value(json))


@attrs.frozen(repr=False)
class Operation:
    """One operation of a JSON Patch (RFC 6902 §4); `JsonPatch.parse` and `diff` create them.

    `op`, `path` and `source` are the members `op`, `path` and `from`, as they came. Two operations are equal if their
    documents are, in whatever order the members of a value are.
    """

    op: str
    path: str
    source: str | None = None
    _json: bytes | None = attrs.field(default=None, eq=by_members, alias="json")
    # The value that a `move` moves, where `diff` knows it: `without_move` needs it for the `add`.
    _moved: bytes | None = attrs.field(default=None, eq=False, alias="moved")

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The path's reference tokens."""
        return parse_relaxed(self.path)

    @cached_property
    def source_tokens(self) -> tuple[str, ...]:
        """The reference tokens of `source`; an empty tuple for an operation without a source."""
        return parse_relaxed(self.source or "")

    @property
    def value(self) -> Any:
        """The member `value` as builtins, a new copy at each access; `UNSET` for an operation without one."""
        return UNSET if self._json is None else thaw(self._json)

    @property
    def deepest(self) -> int | None:
        """An upper bound of the level at which its value ends; None for `move` and `copy`, whose value is the document's.

        `{"op": "add", "path": "/A/B", "value": [1]}` ends at level 4 at most: two tokens, the list, and one level more if
        `B` is a list that the value is appended to.
        """
        if self.source is not None:
            return None
        return 0 if self._json is None else len(self.tokens) + 1 + levels_at_most(self._json)

    def to_builtins(self) -> dict[str, Any]:
        """The operation as an object of a patch document, in builtins."""
        document: dict[str, Any] = {"op": self.op}
        if self.source is not None:
            document["from"] = self.source
        document["path"] = self.path
        if self._json is not None:
            document["value"] = thaw(self._json)
        return document

    @property
    def moves_object(self) -> bool:
        """Whether it is a `move`, found by `diff`, of an object or of a list that may hold one."""
        moved = self._moved or b""
        return moved[:1] in (b"{", b"[") and b"{" in moved

    def without_move(self) -> tuple[Operation, ...]:
        """A `move` as a `remove` and an `add`, if the moved value is known; any other operation as it is."""
        if self._moved is None or self.source is None:
            return (self,)
        return Operation("remove", self.source), Operation("add", self.path, json=self._moved)

    def __repr__(self) -> str:
        return f"Operation({repr_of(self.to_builtins(), LONGEST_REPR)})"
