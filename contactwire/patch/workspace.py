"""The document that a JSON Patch is changing: it resolves paths, and copies the containers on them.

The workspace copies each list, object and carrier on a path once, and changes the copy in place from then on. Everything
else is shared with the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NoReturn

import msgspec

from contactwire.builtins import Policy
from contactwire.errors import (
    ContactWireError,
    ContentTooLarge,
    Issue,
    MissingPlace,
    PatchConflict,
    PathError,
    ValidationError,
    shorten,
)
from contactwire.patch.containers import Copies, FoldedNames, hold, store
from contactwire.patch.dialects import Dialect
from contactwire.patch.values import describe, freeze, inside, is_deep, kind_of_value, plain, read, thaw
from contactwire.paths import array_index, find_property, format_pointer, suggest, token_position
from contactwire.wire import UNSET, FieldPlan, ItemsKind, Kind, ListKind, NestedKind, is_carrier, plan_of

__all__ = ["Ignored", "Tokens", "Workspace"]

Tokens = Sequence[str]
Located = tuple[Any, Kind | None, bool, Any]
"""What a token names in a container: the key, the kind, whether null is allowed, and the value, UNSET if there is none.

The key is a `FieldPlan` for a property of a carrier, an index for an item of a list, else a name.
"""

_MAX_COPIED = 2**20
_MOST_CANDIDATES = 1000


class Ignored(Exception):
    """A value is for an unknown member, which the policy ignores."""


class Workspace:
    """A document that is being changed, in a dialect: `root` is its present value, `kind` the kind of that.

    `copies` has the containers that may be changed. `policy` says how values are read, and what happens to unknown members.
    """

    def __init__(self, target: Any, dialect: Dialect, policy: Policy) -> None:
        self.root = target
        self.kind = kind_of_value(target)
        self.dialect, self._policy = dialect, policy
        self._keeping = policy if policy.unknown == "keep" else msgspec.structs.replace(policy, unknown="keep")
        self.copies, self._names = Copies(), FoldedNames()
        self._copied = 0
        self.start("", ())

    def result(self, max_faults: int) -> Any:
        """The changed document: never the target itself, unless it is a value that cannot change.

        Raises `ValidationError` for what the hooks of the changed carriers refuse.
        """
        document = self.copies.own(self.root)
        self.copies.finish(document, max_faults)
        return document

    def explain(self, error: ContactWireError, index: int) -> ContactWireError:
        """The same error with the operation's number, and the position in the path that was being resolved."""
        if isinstance(error, PatchConflict):
            return PatchConflict(error.pointer, error.expected, error.actual, index)
        if isinstance(error, PathError):
            position = token_position(self._path, self._depth)
            return type(error)(f"operation {index}: {error.message}", self._path, position, error.suggestion)
        if isinstance(error, ContentTooLarge):
            return ContentTooLarge(f"operation {index}: {error.message}")
        return error

    def read(self, kind: Kind | None, nullable: bool, data: Any) -> Any:
        """The value that builtins spell at a place of a kind, with all of its unknown members."""
        return read(kind, nullable, data, self._keeping)

    def read_own(self, kind: Kind | None, nullable: bool, data: Any) -> Any:
        """The value that the patch itself spells at a place of a kind, with the unknown members that the policy keeps."""
        return read(kind, nullable, data, self._policy)

    def check_place(self, kind: Kind | None) -> None:
        """Apply the policy to the place that was resolved last, which is to get a value.

        In a document of carriers, a place of no kind is an unknown member, or inside of one. Raises `ValidationError` there
        if unknown members are faults, `Ignored` if they are ignored.
        """
        if kind is not None or self.kind is None:
            return
        if self._policy.unknown == "error":
            name = shorten(self._tokens[self._depth])
            raise ValidationError([Issue("", "no property has this place", "a known property", name)])
        if self._policy.unknown == "ignore":
            raise Ignored

    def start(self, path: str, tokens: Tokens) -> None:
        """Remember the path that is about to be resolved, for `explain` and `pointer`."""
        self._path, self._tokens, self._depth = path, tokens, 0

    @property
    def pointer(self) -> str:
        """The pointer of the place that was resolved last."""
        return format_pointer(self._tokens[: self._depth + 1])

    def open(self, path: str, tokens: Tokens) -> tuple[Any, Kind | None]:
        """The container that the last token names a place in, as a copy that may be changed, and its kind.

        In a lenient dialect it creates containers on the path that are absent or null. Raises `PathError` for a path that
        does not exist.
        """
        self.start(path, tokens)
        self.root = container = self.copies.own(self.root)
        kind = self.kind
        for self._depth, token in enumerate(tokens[:-1]):
            key, inner, _, value = self.locate(container, kind, token)
            missing = value is UNSET or value is None
            owned = self.copies.own(self._make(container, key, inner, value) if missing else value)
            if owned is not value:
                hold(container, key, owned)
            container, kind = owned, inner
        self._depth = len(tokens) - 1
        return container, kind

    def find(self, path: str, tokens: Tokens) -> tuple[Any, Kind | None]:
        """The value at a path, and its kind; UNSET where the path is possible, but has no value.

        Raises `PathError` for a path that cannot exist: an unknown member that the carrier does not have, or a token inside
        a single value.
        """
        self.start(path, tokens)
        value, kind = self.root, self.kind
        for self._depth, token in enumerate(tokens):
            if isinstance(value, list) and array_index(token, None) >= len(value):
                return UNSET, None
            key, inner, _, found = self.locate(value, kind, token)
            if found is UNSET and is_carrier(type(value)) and not isinstance(key, FieldPlan):
                self.refuse(value, key)
            if found is UNSET or (found is None and self._depth < len(tokens) - 1):
                return UNSET, inner
            value, kind = found, inner
        return value, kind

    def locate(self, container: Any, kind: Kind | None, token: str) -> Located:
        """What a token names in a container. Raises `PathError` for an index out of range, and for a single value."""
        if isinstance(container, list):
            index = array_index(token, len(container))
            return index, *inside(kind), container[index]
        if isinstance(container, dict):
            key = self._names.find(container, token) if kind is None and self.dialect.folds else token
            return key, *inside(kind), container.get(key, UNSET)
        if not is_carrier(type(container)):
            raise PathError(f"{describe(container)} has nothing inside it", token)
        field = plan_of(type(container)).find(token)
        if field is not None:
            return field, field.kind, field.nullable, getattr(container, field.attribute)
        return token, None, True, (container._extras or {}).get(token, UNSET)

    def _make(self, container: Any, key: Any, kind: Kind | None, value: Any) -> Any:
        if not self.dialect.lenient or not isinstance(kind, (NestedKind, ItemsKind)):
            self.refuse(container, key, value)
        return self.read(kind, False, [] if isinstance(kind, ListKind) else {})

    def refuse(self, container: Any, key: Any, value: Any = UNSET) -> NoReturn:
        """Raise the `PathError` for a place that has no value, or null where a container is needed."""
        if value is None:
            raise MissingPlace("null has nothing inside it")
        if isinstance(key, FieldPlan):
            raise MissingPlace(f"{key.name} is absent")
        if is_carrier(type(container)):
            find_property(plan_of(type(container)), key)
        raise MissingPlace(f"there is no {shorten(key)}", key, 0, suggest(key, islice(container, _MOST_CANDIDATES)))

    def put(self, container: Any, key: Any, value: Any) -> None:
        """Store a value in a container under a key, or remove it for UNSET; raises what `store` raises."""
        store(container, key, value)
        (self._names.remove if value is UNSET else self._names.add)(container, key)

    def duplicate(self, kind: Kind | None, value: Any) -> Any:
        """The builtins of a value, as a copy.

        Raises `ContentTooLarge` where all copies of one patch together take more than 1 MiB of JSON.
        """
        if is_deep(value):
            raise ContentTooLarge("the value nests too deep to be copied")
        text = freeze(plain(kind, value))
        self._copied += len(text)
        if self._copied > _MAX_COPIED:
            raise ContentTooLarge(f"the patch copies more than {_MAX_COPIED} bytes")
        return thaw(text)
