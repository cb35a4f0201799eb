"""Applying a JSON Patch (RFC 6902): one function for each operation, which changes a `Workspace`.

An operation resolves its path to a container and a key there, reads its value by the kind of that place, and stores it. A
value that does not fit its place is collected, so that one application reports all such values; any other error ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from contactwire.builtins import MAX_DEPTH, Policy
from contactwire.errors import ContactWireError, Faults, MissingPlace, PatchConflict, PathError, ValidationError
from contactwire.patch.compare import equals
from contactwire.patch.dialects import Dialect
from contactwire.patch.operation import Operation
from contactwire.patch.values import check_result_depth, inside, plain
from contactwire.patch.workspace import Ignored, Tokens, Workspace
from contactwire.paths import array_index, format_pointer
from contactwire.wire import UNSET, Kind, ListKind

__all__ = ["apply"]

Give = Callable[[Kind | None, bool], Any]
"""Gives the value for a place, from the place's kind and whether null is allowed there."""


def apply(operations: Sequence[Operation], target: Any, dialect: Dialect, policy: Policy) -> Any:
    """A new document: `target`, which stays as it was, with the operations applied in order.

    Raises `PathError` for a path to a place that does not exist, `PatchConflict` for a `test` that fails, `ContentTooLarge`
    where copies grow too large or too deep, and `ValidationError` with every value that does not fit its place, and every
    place that the policy refuses.
    """
    work = Workspace(target, dialect, policy)
    faults = Faults(ValidationError, policy.max_faults)
    for index, operation in enumerate(operations):
        try:
            _RUN[operation.op](work, operation)
        except Ignored:
            continue
        except ValidationError as error:
            faults.take(_numbered(error, index), work.pointer)
        except ContactWireError as error:
            # The cause may be an earlier operation that stored nothing because its value was wrong.
            if faults:
                break
            raise work.explain(error, index) from None
    faults.check()
    if any(operation.deepest is None or operation.deepest > MAX_DEPTH for operation in operations):
        check_result_depth(work.root, target)
    return work.result(policy.max_faults)


def _numbered(error: ValidationError, index: int) -> ValidationError:
    issues = [issue.saying(f"operation {index}: {issue.message}") for issue in error.issues]
    return ValidationError(issues, error.more)


def _add(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.1."""
    _put(work, operation)


def _replace(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.3."""
    _put(work, operation, adding=False)


def _put(work: Workspace, operation: Operation, give: Give | None = None, *, adding: bool = True) -> None:
    """Add or replace a value: the operation's own, or what `give` gives for the place."""
    tokens, data = operation.tokens, operation.value

    def given(kind: Kind | None, nullable: bool) -> Any:
        work.check_place(kind)
        return work.read_own(kind, nullable, data) if give is None else give(kind, nullable)

    def changed(kind: Kind | None, nullable: bool, value: Any) -> Any:
        if not _appends(work, data, kind, value, adding):
            return given(kind, nullable)
        items: list[Any] = work.copies.own([] if value is UNSET or value is None else value)
        items.append(given(*inside(kind)))
        return items

    if not tokens:
        work.start(operation.path, tokens)
        work.root = changed(work.kind, False, work.root)
        return
    container, kind = work.open(operation.path, tokens)
    if adding and isinstance(container, list):
        item, nullable = inside(kind)
        if not (isinstance(item, ListKind) and _appends(work, data, item)):
            container.insert(array_index(tokens[-1], len(container), append=True), given(item, nullable))
            return
    key, inner, nullable, value = work.locate(container, kind, tokens[-1])
    if not adding and value is UNSET and not (work.dialect.lenient and inner is not None):
        work.refuse(container, key)
    work.put(container, key, changed(inner, nullable, value))


def _appends(work: Workspace, data: Any, kind: Kind | None, value: Any = None, adding: bool = True) -> bool:
    """Whether `data` is an object to append to a list: the plan has a list there, or an `add` finds one in plain JSON."""
    if not work.dialect.appends or not isinstance(data, dict):
        return False
    return isinstance(kind, ListKind) or (kind is None and adding and isinstance(value, list))


def _remove(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.2."""
    _take_out(work, operation.path, operation.tokens)


def _take_out(work: Workspace, path: str, tokens: Tokens) -> None:
    if not tokens:
        work.start(path, tokens)
        raise PathError("the whole document cannot be removed")
    container, kind = work.open(path, tokens)
    key, inner, _, value = work.locate(container, kind, tokens[-1])
    if value is not UNSET:
        work.put(container, key, UNSET)
    elif not (work.dialect.lenient and inner is not None):
        work.refuse(container, key)


def _move(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.4."""
    source, tokens = operation.source or "", operation.source_tokens
    value, origin = _taken(work, operation)
    if tokens == operation.tokens:
        return
    _take_out(work, source, tokens)

    def give(kind: Kind | None, nullable: bool) -> Any:
        if kind == origin and (value is not None or nullable):
            return value
        return work.read(kind, nullable, work.duplicate(origin, value))

    _put(work, operation, give)


def _copy(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.5."""
    value, origin = _taken(work, operation)
    data = work.duplicate(origin, value)
    _put(work, operation, lambda kind, nullable: work.read(kind, nullable, data))


def _taken(work: Workspace, operation: Operation) -> tuple[Any, Kind | None]:
    """The value at the `from` of a `move` or `copy`, and its kind.

    RFC 6902 §4.4, §4.5: "The "from" location MUST exist for the operation to be successful."
    """
    value, kind = work.find(operation.source or "", operation.source_tokens)
    if value is UNSET:
        raise MissingPlace("there is no value here to take")
    return value, kind


def _test(work: Workspace, operation: Operation) -> None:
    """RFC 6902 §4.6."""
    expected, lenient = operation.value, work.dialect.lenient
    found, kind = work.find(operation.path, operation.tokens)
    if not equals(found, expected, lenient) and not equals(found, _as_replaced(work, kind, expected), lenient):
        actual = UNSET if found is UNSET else plain(kind, found)
        raise PatchConflict(format_pointer(operation.tokens), expected, actual)


def _as_replaced(work: Workspace, kind: Kind | None, expected: Any) -> Any:
    """The builtins of the value that a `replace` would store for `expected`, such as 3 for `"3"` in the server's dialect."""
    if kind is None or expected is None:
        return expected
    try:
        return plain(kind, work.read(kind, True, expected))
    except ValidationError:
        # What could not be stored here equals nothing that is.
        return expected


_RUN: dict[str, Callable[[Workspace, Operation], None]] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
