"""Applying a JSON Patch: operations on copies of what lies on their paths, all else shared with the target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NoReturn

from contactwire.builtins import MAX_DEPTH
from contactwire.errors import ContactWireError, ContentTooLarge, Issue, PatchConflict, PathError, ValidationError, shorten
from contactwire.patch.compare import equals
from contactwire.patch.containers import Copies, FoldedNames, delete, store
from contactwire.patch.dialects import Dialect
from contactwire.patch.operation import Operation
from contactwire.patch.values import (
    check_result_depth,
    describe,
    freeze,
    inside,
    is_deep,
    kind_of_value,
    plain,
    read,
    thaw,
)
from contactwire.paths import array_index, find_property, format_pointer, suggest, token_position
from contactwire.wire import (
    UNSET,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    is_carrier,
    plan_of,
)

__all__ = ["apply"]

Give = Callable[[Kind | None, bool], Any]
Tokens = Sequence[str]

_MAX_COPIED = 2**20
_MOST_CANDIDATES = 1000


def apply(operations: Sequence[Operation], target: Any, dialect: Dialect) -> Any:
    """What the operations make of `target`, which stays as it was.

    Raises `PathError` for a path that leads nowhere, `PatchConflict` for a test that fails, `ContentTooLarge` where copies
    grow out of bounds, `ValidationError` with all values that do not fit where they go.
    """
    work = _Workspace(target, dialect)
    issues: list[Issue] = []
    for index, operation in enumerate(operations):
        try:
            _RUN[operation.op](work, operation)
        except ValidationError as error:
            issues += _numbered(error.issues, index, format_pointer(operation.tokens))
        except ContactWireError as error:
            # What an operation with a wrong value did not do may be all that this one lacks.
            if issues:
                break
            raise work.explain(error, index) from None
    if issues:
        raise ValidationError(issues)
    if any(operation.deepest is None or operation.deepest > MAX_DEPTH for operation in operations):
        check_result_depth(work.root, target)
    return work.result()


def _numbered(issues: Sequence[Issue], index: int, pointer: str) -> list[Issue]:
    return [
        Issue(pointer + issue.pointer, f"operation {index}: {issue.message}", issue.expected, issue.received)
        for issue in issues
    ]


class _Workspace:
    """A document under change: `root`, and the containers that are copies made here and may be changed in place."""

    def __init__(self, target: Any, dialect: Dialect) -> None:
        self.root = target
        self.kind = kind_of_value(target)
        self.dialect = dialect
        self._copies, self._names = Copies(), FoldedNames()
        self._copied = 0
        self._path, self._depth = "", 0

    def result(self) -> Any:
        """The document, never the target itself where that can change."""
        return self._copies.own(self.root)

    def explain(self, error: ContactWireError, index: int) -> ContactWireError:
        """The error with the operation's number, and the place in its path."""
        if isinstance(error, PatchConflict):
            return PatchConflict(error.pointer, error.expected, error.actual, index)
        if isinstance(error, PathError):
            position = token_position(self._path, self._depth)
            return PathError(f"operation {index}: {error.message}", self._path, position, error.suggestion)
        if isinstance(error, ContentTooLarge):
            return ContentTooLarge(f"operation {index}: {error.message}")
        return error

    def read(self, kind: Kind | None, nullable: bool, data: Any) -> Any:
        """The value that builtins stand for in this dialect."""
        return read(kind, nullable, data, self.dialect.coerce)

    def _locate(self, container: Any, kind: Kind | None, token: str) -> tuple[Any, Kind | None, bool, Any]:
        """The key of what a token names in a container, its kind, whether it may be null, and its value or UNSET."""
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

    def _open(self, path: str, tokens: Tokens) -> tuple[Any, Kind | None]:
        """The container of the last of some tokens, ready to be changed, and its kind."""
        self._path, self._depth = path, 0
        self.root = container = self._copies.own(self.root)
        kind = self.kind
        for self._depth, token in enumerate(tokens[:-1]):
            key, inner, _, value = self._locate(container, kind, token)
            missing = value is UNSET or value is None
            owned = self._copies.own(self._make(container, key, inner, value) if missing else value)
            if owned is not value:
                store(container, key, owned)
            container, kind = owned, inner
        self._depth = len(tokens) - 1
        return container, kind

    def _make(self, container: Any, key: Any, kind: Kind | None, value: Any) -> Any:
        if not self.dialect.lenient or not isinstance(kind, (NestedKind, ListKind, DictionaryKind)):
            self._refuse(container, key, value)
        return self.read(kind, False, [] if isinstance(kind, ListKind) else {})

    def _refuse(self, container: Any, key: Any, value: Any = UNSET) -> NoReturn:
        """Raise the error for a place where nothing is, or nothing that has something inside it."""
        if value is None:
            raise PathError("null has nothing inside it")
        if isinstance(key, FieldPlan):
            raise PathError(f"{key.name} is absent")
        if is_carrier(type(container)):
            find_property(plan_of(type(container)), key)
        raise PathError(f"there is no {shorten(key)}", key, 0, suggest(key, islice(container, _MOST_CANDIDATES)))

    def add(self, path: str, tokens: Tokens, give: Give, data: Any = UNSET) -> None:
        """RFC 6902 §4.1; `give` makes the value for a kind, `data` are its builtins where it comes from the patch."""
        if not tokens:
            self.root = self._changed_root(give, data, adding=True)
            return
        container, kind = self._open(path, tokens)
        if isinstance(container, list):
            item, nullable = inside(kind)
            if not (isinstance(item, ListKind) and self._appends(data, item)):
                container.insert(array_index(tokens[-1], len(container), append=True), give(item, nullable))
                return
        self._set(container, self._locate(container, kind, tokens[-1]), give, data, adding=True)

    def replace(self, path: str, tokens: Tokens, give: Give, data: Any = UNSET) -> None:
        """RFC 6902 §4.3."""
        if not tokens:
            self.root = self._changed_root(give, data, adding=False)
            return
        container, kind = self._open(path, tokens)
        place = key, inner, _, value = self._locate(container, kind, tokens[-1])
        if value is UNSET and not (self.dialect.lenient and inner is not None):
            self._refuse(container, key)
        self._set(container, place, give, data, adding=False)

    def _set(
        self, container: Any, place: tuple[Any, Kind | None, bool, Any], give: Give, data: Any, *, adding: bool
    ) -> None:
        key, kind, nullable, value = place
        if self._appends(data, kind, value, adding):
            store(container, key, self._appended(kind, value, give))
        else:
            store(container, key, give(kind, nullable))
            self._names.add(container, key)

    def _changed_root(self, give: Give, data: Any, *, adding: bool) -> Any:
        if self._appends(data, self.kind, self.root, adding):
            return self._appended(self.kind, self.root, give)
        return give(self.kind, False)

    def _appends(self, data: Any, kind: Kind | None, value: Any = None, adding: bool = True) -> bool:
        """Whether `data` is an object where a list belongs: by the plan, or else where an `add` meets a list."""
        if not self.dialect.appends or not isinstance(data, dict):
            return False
        return isinstance(kind, ListKind) or (kind is None and adding and isinstance(value, list))

    def _appended(self, kind: Kind | None, value: Any, give: Give) -> list[Any]:
        items: list[Any] = self._copies.own([] if value is UNSET or value is None else value)
        items.append(give(*inside(kind)))
        return items

    def remove(self, path: str, tokens: Tokens) -> None:
        """RFC 6902 §4.2."""
        if not tokens:
            self._path, self._depth = path, 0
            raise PathError("the whole document cannot be removed")
        container, kind = self._open(path, tokens)
        key, inner, _, value = self._locate(container, kind, tokens[-1])
        if value is not UNSET:
            delete(container, key)
            self._names.remove(container, key)
        elif not (self.dialect.lenient and inner is not None):
            self._refuse(container, key)

    def find(self, path: str, tokens: Tokens) -> tuple[Any, Kind | None]:
        """The value that a path leads to and its kind; UNSET where it could be, but is not."""
        self._path, self._depth = path, 0
        value, kind = self.root, self.kind
        for self._depth, token in enumerate(tokens):
            if isinstance(value, list) and array_index(token, None) >= len(value):
                return UNSET, None
            key, inner, _, found = self._locate(value, kind, token)
            if found is UNSET and is_carrier(type(value)) and not isinstance(key, FieldPlan):
                self._refuse(value, key)
            if found is UNSET or (found is None and self._depth < len(tokens) - 1):
                return UNSET, inner
            value, kind = found, inner
        return value, kind

    def taken(self, path: str, tokens: Tokens) -> tuple[Any, Kind | None]:
        """The value that a `move` or `copy` is from (RFC 6902 §4.4: "The "from" location MUST exist")."""
        value, kind = self.find(path, tokens)
        if value is UNSET:
            raise PathError("there is nothing at this place")
        return value, kind

    def duplicate(self, kind: Kind | None, value: Any) -> Any:
        """The builtins of a value, as a copy; what one patch copies in all is bounded."""
        if is_deep(value):
            raise ContentTooLarge("the value nests too deep to be copied")
        text = freeze(plain(kind, value))
        self._copied += len(text)
        if self._copied > _MAX_COPIED:
            raise ContentTooLarge(f"the patch copies more than {_MAX_COPIED} bytes")
        return thaw(text)


def _add(work: _Workspace, operation: Operation) -> None:
    data = operation.value
    work.add(operation.path, operation.tokens, lambda kind, nullable: work.read(kind, nullable, data), data)


def _replace(work: _Workspace, operation: Operation) -> None:
    data = operation.value
    work.replace(operation.path, operation.tokens, lambda kind, nullable: work.read(kind, nullable, data), data)


def _remove(work: _Workspace, operation: Operation) -> None:
    work.remove(operation.path, operation.tokens)


def _move(work: _Workspace, operation: Operation) -> None:
    source, tokens = operation.source or "", operation.source_tokens
    value, origin = work.taken(source, tokens)
    if tokens == operation.tokens:
        return
    work.remove(source, tokens)

    def give(kind: Kind | None, nullable: bool) -> Any:
        if kind == origin and (value is not None or nullable):
            return value
        return work.read(kind, nullable, work.duplicate(origin, value))

    work.add(operation.path, operation.tokens, give)


def _copy(work: _Workspace, operation: Operation) -> None:
    value, origin = work.taken(operation.source or "", operation.source_tokens)
    data = work.duplicate(origin, value)
    work.add(operation.path, operation.tokens, lambda kind, nullable: work.read(kind, nullable, data))


def _test(work: _Workspace, operation: Operation) -> None:
    expected = operation.value
    found, kind = work.find(operation.path, operation.tokens)
    if not equals(found, expected, work.dialect.lenient):
        actual = UNSET if found is UNSET else plain(kind, found)
        raise PatchConflict(format_pointer(operation.tokens), expected, actual)


_RUN: dict[str, Callable[[_Workspace, Operation], None]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
