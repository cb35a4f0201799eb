"""JSON patches, merge patches and differences, as values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import attrs

from contactwire.builtins import MAX_DEPTH
from contactwire.errors import MAX_FAULTS, ContactWireError, EncodeError, Issue, shorten
from contactwire.patch.apply import apply
from contactwire.patch.compare import same
from contactwire.patch.dialects import DialectName, dialect_of
from contactwire.patch.difference import steps_between
from contactwire.patch.merge import merge, merge_between, operations_of
from contactwire.patch.moves import Step, pointer_of
from contactwire.patch.operation import Operation, by_members
from contactwire.patch.parse import MAX_OPERATIONS, checked, operation_arguments
from contactwire.patch.values import check_result_depth, levels_at_most, plain, thaw
from contactwire.wire import kind_of

__all__ = ["JsonPatch", "MergePatch", "diff"]

T = TypeVar("T")

_SHOWN = 5


def _check_dialect(_patch: object, _attribute: object, name: str) -> None:
    dialect_of(name)


@attrs.frozen(repr=False)
class JsonPatch:
    """A JSON Patch (RFC 6902): operations in order, and the dialect that says what they mean.

    `parse` makes one from a document, `diff` from two. Immutable, hashable, equal by value; `len()` and iteration give its
    operations, and an empty one is false.
    """

    operations: tuple[Operation, ...]
    dialect: DialectName = attrs.field(default="server", validator=_check_dialect)

    @classmethod
    def parse(
        cls,
        data: Any,
        dialect: DialectName = "server",
        *,
        max_operations: int = MAX_OPERATIONS,
        max_depth: int = MAX_DEPTH,
        max_faults: int = MAX_FAULTS,
        is_json: bool = False,
    ) -> JsonPatch:
        """The patch that a document, as builtins, stands for; members that no operation has are ignored (§4).

        With `is_json` the document has just been read from JSON text, so its values are not looked at again.

        Raises `ValidationError` with the faults of all operations (`/0/op`, `/2/path`), `ContentTooLarge` for more
        operations or values that nest deeper than allowed, ValueError for an unknown dialect.
        """
        arguments = operation_arguments(data, dialect_of(dialect), max_operations, max_depth, max_faults, is_json=is_json)
        return cls(tuple([Operation(**each) for each in arguments]), dialect)

    def apply(self, target: T) -> T:
        """What the patch makes of a carrier, a list of carriers, or builtins; all operations, or an error and nothing (§5).

        Gives a new document that shares with `target`, which stays as it was, all that the patch does not touch.

        Raises `PathError` for a path that leads nowhere, `PatchConflict` for a failed `test`, `ContentTooLarge` where
        copies make a document too large or too deep, and `ValidationError` for values that do not fit their places: all
        of them, the pointers being the operations' paths and what follows inside the value.
        """
        result: T = apply(self.operations, target, dialect_of(self.dialect))
        return result

    def invert(self, before: Any) -> JsonPatch:
        """The patch, in the same dialect, that undoes this one: applied to `self.apply(before)` it gives `before`.

        It is as short as `diff` makes it, so a `test` has no part in it. Raises what `apply` and `diff` raise.
        """
        return diff(self.apply(before), before, dialect=self.dialect)

    def in_dialect(self, dialect: DialectName) -> JsonPatch:
        """A patch of another dialect with the same operations, for writing it there.

        In `rfc` all paths start with a slash. In `server`, a `move` that `diff` found becomes a `remove` and an `add`;
        raises `EncodeError` for any other `move` and for `copy`, which the server does not have.
        """
        if dialect == self.dialect:
            return self
        if dialect == "rfc":
            return JsonPatch(tuple([attrs.evolve(each, path=_absolute(each)) for each in self.operations]), dialect)
        known = dialect_of(dialect).operations
        operations = tuple([simple for each in self.operations for simple in each.without_move()])
        issues = [
            Issue(f"/{index}/op", f"the {dialect} dialect has no {each.op}", " or ".join(known), shorten(each.op))
            for index, each in enumerate(operations)
            if each.op not in known
        ]
        if issues:
            raise EncodeError.of_first(issues, MAX_FAULTS)
        return JsonPatch(operations, dialect)

    def to_builtins(self) -> list[dict[str, Any]]:
        """The patch as a document."""
        return [operation.to_builtins() for operation in self.operations]

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __getitem__(self, index: int) -> Operation:
        return self.operations[index]

    def __repr__(self) -> str:
        shown = ", ".join(repr(operation.to_builtins()) for operation in self.operations[:_SHOWN])
        more = len(self.operations) - _SHOWN
        return f"JsonPatch.parse([{shown}{f', … {more} more' if more > 0 else ''}], dialect={self.dialect!r})"


def _absolute(operation: Operation) -> str:
    path = operation.path
    return path if not path or path[0] == "/" else f"/{path}"


@attrs.frozen(repr=False)
class MergePatch:
    """A Merge Patch (RFC 7396): a document of the target's shape that holds what is to change.

    `parse` makes one from such a document, `between` from two targets. Immutable, hashable, equal by value.
    """

    # A text that has been read as JSON: as it came in a body, or as `parse` writes it.
    _json: bytes = attrs.field(eq=by_members, alias="json")
    dialect: DialectName = attrs.field(default="server", validator=_check_dialect)

    @classmethod
    def parse(cls, data: Any, dialect: DialectName = "server", *, max_depth: int = MAX_DEPTH) -> MergePatch:
        """The patch that a document, as builtins, stands for: any JSON value.

        Raises `ValidationError` for what is no JSON, `ContentTooLarge` for one that nests deeper than `max_depth`,
        ValueError for an unknown dialect.
        """
        return cls(checked(data, max_depth), dialect)

    @classmethod
    def between(cls, before: Any, after: Any, dialect: DialectName = "server") -> MergePatch:
        """The patch that makes `after` of `before`, two carriers or builtins: exactly, with what is null and absent.

        Raises `EncodeError` with each place where the dialect cannot say that: in `rfc` a null to set, in `server` a
        property or key to make absent.
        """
        try:
            patch = cls.parse(merge_between(before, after, dialect_of(dialect)), dialect)
        except RecursionError:
            raise _endless() from None
        return _proven(patch, before, after)

    def apply(self, target: T) -> T:
        """What the patch makes of a carrier, a list of carriers, or builtins (RFC 7396 §2).

        Gives a new document that shares with `target`, which stays as it was, all that the patch does not touch. Raises
        `ValidationError` with the pointer of every value that does not fit its place, and `ContentTooLarge` where an object
        that is appended makes a document too deep.
        """
        result: T = merge(target, thaw(self._json), dialect_of(self.dialect))
        if levels_at_most(self._json) + 1 > MAX_DEPTH:
            check_result_depth(result, target)
        return result

    def to_builtins(self) -> Any:
        """The patch as a document, made anew at each call."""
        return thaw(self._json)

    def to_json_patch(self, type: Any) -> JsonPatch:
        """The JSON Patch that the server makes of this one for a carrier class, or for `list[Carrier]`.

        Properties are spelled as the wire does. An empty object, which changes nothing in what is there, has no operation.
        Raises ValueError in the `rfc` dialect, where null means what no operation does; there take
        `diff(target, patch.apply(target))`.
        """
        if self.dialect != "server":
            raise ValueError("only a merge patch of the server dialect stands for a JSON Patch")
        return JsonPatch.parse(list(operations_of(kind_of(type), self.to_builtins())), max_operations=2**31)

    def __repr__(self) -> str:
        return f"MergePatch.parse({self.to_builtins()!r}, dialect={self.dialect!r})"


def diff(before: Any, after: Any, *, dialect: DialectName = "rfc") -> JsonPatch:
    """The JSON Patch that makes `after` of `before`, carriers or builtins; an empty one where both are written alike.

    Exactly: with what is absent and what is null, unknown properties, the seventh digit and the zone's spelling of dates,
    `5` and `5.0`. It is short: items of lists that stay are left alone, what is moved is not written again, and a value is
    replaced whole where its edits would be longer.

    In the `rfc` dialect, the default, it may hold `move`, which the server does not take; with `dialect="server"` it does
    not. A codec for the server's dialect writes either, each `move` as a `remove` and an `add`.

    Raises `EncodeError` for a value that cannot be written, and where the server's dialect would read back something else
    (an enumeration's unknown name that is a member's in another letter case).
    """
    portable = dialect_of(dialect).name == "server"
    try:
        steps = steps_between(before, after, portable=portable)
    except RecursionError:
        raise _endless() from None
    patch = JsonPatch(tuple([_operation(step) for step in steps]), dialect)
    return _proven(patch, before, after) if portable else patch


def _operation(step: Step) -> Operation:
    if step.source is None:
        return Operation(step.op, pointer_of(step.path), json=step.value)
    return Operation(step.op, pointer_of(step.path), pointer_of(step.source), moved=step.value)


P = TypeVar("P", JsonPatch, MergePatch)


def _proven(patch: P, before: Any, after: Any) -> P:
    """The patch, if it does make `after` of `before`. Raises `EncodeError` with the places where it makes something else."""
    try:
        made = patch.apply(before)
    except ContactWireError as error:
        message = f"no patch says this change: {error}"
        raise EncodeError([Issue.of_value("a valid value", before, message)]) from None
    # Of which class a carrier is, no patch says.
    if same(made, after) or same(plain(None, made), plain(None, after)):
        return patch
    message = f"the {patch.dialect} dialect would read back another value"
    places = sorted({pointer_of(step.path) for step in steps_between(made, after, portable=True)})
    issues = [Issue(place, message, "a value that it can say", "") for place in places]
    raise EncodeError.of_first(issues, MAX_FAULTS)


def _endless() -> EncodeError:
    message = "nesting is deeper than any decoder takes, or without end"
    return EncodeError([Issue("", message, "less nesting", "")])
