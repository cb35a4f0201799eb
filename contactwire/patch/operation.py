"""One operation of a JSON Patch."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import msgspec

from contactwire.patch.values import canonical, levels_at_most, thaw
from contactwire.paths import parse_relaxed
from contactwire.wire import UNSET

__all__ = ["Operation", "by_members"]


_by_value = msgspec.json.Decoder(float_hook=float).decode


def by_members(json: bytes | None) -> bytes | None:
    """What two JSON texts are compared by: equal for the same members in another order, or spelled differently."""
    return None if json is None else canonical(_by_value(json))


@attrs.frozen(repr=False)
class Operation:
    """One operation of a JSON Patch (RFC 6902 §4); made by `JsonPatch.parse` and `diff`.

    `op` is its name, `path` the place that it works on and `source` the member `from`, both as they came. Equal where
    their documents are, whatever the order of members.
    """

    op: str
    path: str
    source: str | None = None
    _json: bytes | None = attrs.field(default=None, eq=by_members, alias="json")
    # What a `move` moves, where that is known: then the dialect without moves can say it too.
    _moved: bytes | None = attrs.field(default=None, eq=False, alias="moved")

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The path's reference tokens."""
        return parse_relaxed(self.path)

    @cached_property
    def source_tokens(self) -> tuple[str, ...]:
        """The reference tokens of `source`; none where there is none."""
        return parse_relaxed(self.source or "")

    @property
    def value(self) -> Any:
        """The member `value` as builtins, made anew at each look; `UNSET` for an operation without one."""
        return UNSET if self._json is None else thaw(self._json)

    @property
    def deepest(self) -> int | None:
        """At which level its value ends at most, if it is appended too; None where that depends on the document."""
        if self.source is not None:
            return None
        return 0 if self._json is None else len(self.tokens) + 1 + levels_at_most(self._json)

    def to_builtins(self) -> dict[str, Any]:
        """The operation as it stands in a document."""
        document: dict[str, Any] = {"op": self.op}
        if self.source is not None:
            document["from"] = self.source
        document["path"] = self.path
        if self._json is not None:
            document["value"] = thaw(self._json)
        return document

    def without_move(self) -> tuple[Operation, ...]:
        """The same without `move`, as a `remove` and an `add`, where what is moved is known; else the operation itself."""
        if self._moved is None or self.source is None:
            return (self,)
        return Operation("remove", self.source), Operation("add", self.path, json=self._moved)

    def __repr__(self) -> str:
        return f"Operation({self.to_builtins()!r})"
