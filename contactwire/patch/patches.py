"""The public values of this package: `JsonPatch`, `MergePatch`, and `diff`, which builds the former from two documents.

They check arguments and results; the work is in `parse`, `apply`, `merge` and `difference`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import attrs

from contactwire.builtins import (
    MAX_DEPTH,
    Builtins,
    DuplicatePolicy,
    Policy,
    UnknownPolicy,
    check_limit,
    endless,
    is_limit,
    one_of,
)
from contactwire.errors import (
    LONGEST_REPR,
    MAX_FAULTS,
    EncodeError,
    Issue,
    ValidationError,
    repr_of,
    shorten,
)
from contactwire.patch.apply import apply
from contactwire.patch.compare import same
from contactwire.patch.dialects import Dialect, DialectName, dialect_of
from contactwire.patch.difference import operations_between
from contactwire.patch.merge import merge, merge_between, operations_of
from contactwire.patch.operation import Operation, by_members
from contactwire.patch.parse import MAX_OPERATIONS, checked, read_operations
from contactwire.patch.values import check_result_depth, freeze, levels_at_most, plain, thaw
from contactwire.wire import Carrier, kind_of, plan_of, pydantic_core_schema, pydantic_json_schema

__all__ = ["JsonPatch", "MergePatch", "diff", "diff_part"]

T = TypeVar("T", bound=Carrier | Builtins)

_SHOWN = 5


def _check_dialect(_patch: object, _attribute: object, name: str) -> None:
    dialect_of(name)


def _attributes(cls: type, names: Iterable[str]) -> frozenset[str] | None:
    if hasattr(cls, "__attrs_post_init__"):  # it may look at any of them
        return None
    plan = plan_of(cls)
    return frozenset(field.attribute for field in map(plan.find, names) if field is not None)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class _Patch:
    """What every patch has: the options of `apply`."""

    unknown: UnknownPolicy = attrs.field(default="keep", validator=one_of(UnknownPolicy), eq=False)
    duplicates: DuplicatePolicy = attrs.field(default="last", validator=one_of(DuplicatePolicy), eq=False)
    max_faults: int = attrs.field(default=MAX_FAULTS, validator=is_limit, eq=False)

    __get_pydantic_core_schema__ = pydantic_core_schema
    __get_pydantic_json_schema__ = pydantic_json_schema

    def _policy(self, dialect: Dialect) -> Policy:
        return Policy(self.unknown, dialect.coerce, self.duplicates, self.max_faults)


def _tuple(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    return tuple(operations)


@attrs.frozen(repr=False)
class JsonPatch(_Patch):
    """A JSON Patch (RFC 6902): its operations in order, and the dialect that says what they mean.

    `parse` reads one from a patch document; `diff` finds one between two documents. It is immutable and hashable, equal by
    value, and a sequence of `Operation`; without operations it is false.

    The others are options of `apply`. `unknown` says what happens to an unknown member that the patch would set in a
    carrier: "keep", "ignore", or "error" for a fault. `duplicates` says what happens to a property that a value has in two
    spellings: the "last" counts, or it is a fault ("error"). `max_faults` is how many faults an error lists.
    """

    operations: tuple[Operation, ...] = attrs.field(converter=_tuple)
    dialect: DialectName = attrs.field(default="server", validator=_check_dialect)

    @classmethod
    def parse(
        cls,
        data: Any,
        dialect: DialectName = "server",
        *,
        max_operations: int = MAX_OPERATIONS,
        max_depth: int = MAX_DEPTH,
        is_json: bool = False,
        unknown: UnknownPolicy = "keep",
        duplicates: DuplicatePolicy = "last",
        max_faults: int = MAX_FAULTS,
    ) -> JsonPatch:
        """The patch in a patch document, given as builtins. Other members of an operation are ignored (RFC 6902 §4).

        `is_json` says that the document has just been read from JSON text, so that its values need no check.

        Raises `ValidationError` with the faults of all operations (`/0/op`, `/2/path`), up to `max_faults`,
        `ContentTooLarge` for more than `max_operations` or values that nest deeper than `max_depth`, ValueError for an
        unknown dialect, and for a limit that is no integer or too low.
        """
        check_limit("max_operations", max_operations)
        check_limit("max_depth", max_depth)
        operations = read_operations(data, dialect_of(dialect), max_operations, max_depth, max_faults, is_json=is_json)
        return cls(operations, dialect, unknown=unknown, duplicates=duplicates, max_faults=max_faults)

    def apply(self, target: T) -> T:
        """Apply the patch to a carrier, a list of carriers, or builtins, and give a new document of the same type.

        Either all operations apply, or `apply` raises (RFC 6902 §5). `target` stays as it was; the new document shares with
        it every object that the patch does not touch.

        Raises `PathError` for a path to a place that does not exist, `PatchConflict` for a failed `test`, `ContentTooLarge`
        where copies make a document too large or too deep, and `ValidationError` with every value that does not fit its
        place. A pointer there is the operation's path, and behind it the path inside the value; or a place on the path, or
        the `from` of a `move`, which would lack what is required. When all operations are done, the hooks of the changed
        carriers run, and what they refuse is a fault at the carrier or its property.
        """
        dialect = dialect_of(self.dialect)
        result: T = apply(self.operations, target, dialect, self._policy(dialect))
        return result

    def touches(self, type: type[Carrier]) -> frozenset[str] | None:
        """The attributes of a carrier class that this patch may read or change; None for all."""
        paths = [each.tokens for each in self.operations]
        paths += [each.source_tokens for each in self.operations if each.source is not None]
        # A path without a token is that of the whole document.
        return _attributes(type, [tokens[0] for tokens in paths]) if all(paths) else None

    def invert(self, before: Carrier | Builtins) -> JsonPatch:
        """The patch, with the same dialect and options, that undoes this one: it turns `self.apply(before)` into `before`.

        It has the operations that `diff` finds between the two, so no `test`. Raises what `apply` and `diff` raise.
        """
        try:
            undoing = diff(self.apply(before), before, dialect=self.dialect)
        except EncodeError as error:
            raise EncodeError.of_first(error.issues, self.max_faults, more=error.more) from None
        return attrs.evolve(self, operations=undoing.operations)

    def in_dialect(self, dialect: DialectName) -> JsonPatch:
        """The same patch in the words of another dialect.

        For `rfc`, all paths get their leading slash. For `server`, a `move` that `diff` found becomes a `remove` and an
        `add`. Raises `EncodeError` for any other `move` and for `copy`, which the server does not have.
        """
        if dialect == self.dialect:
            return self
        if dialect == "rfc":
            absolute = tuple([attrs.evolve(each, path=_absolute(each)) for each in self.operations])
            return attrs.evolve(self, operations=absolute, dialect=dialect)
        known = dialect_of(dialect).operations
        operations = tuple([simple for each in self.operations for simple in each.without_move()])
        issues = [
            Issue(f"/{index}/op", f"the {dialect} dialect has no {each.op}", " or ".join(known), shorten(each.op))
            for index, each in enumerate(operations)
            if each.op not in known
        ]
        if issues:
            raise EncodeError.of_first(issues, self.max_faults)
        return attrs.evolve(self, operations=operations, dialect=dialect)

    def to_builtins(self) -> list[dict[str, Any]]:
        """The patch document, as builtins."""
        return [operation.to_builtins() for operation in self.operations]

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __getitem__(self, index: int) -> Operation:
        return self.operations[index]

    def __repr__(self) -> str:
        shown = ", ".join(repr_of(operation.to_builtins(), LONGEST_REPR) for operation in self.operations[:_SHOWN])
        more = len(self.operations) - _SHOWN
        return f"JsonPatch.parse([{shown}{f', … {more} more' if more > 0 else ''}], dialect={self.dialect!r})"


def _absolute(operation: Operation) -> str:
    path = operation.path
    return path if not path or path[0] == "/" else f"/{path}"


@attrs.frozen(repr=False)
class MergePatch(_Patch):
    """A Merge Patch (RFC 7396): a document of the target's shape that holds only what is to change.

    `parse` reads one from such a document; `between` finds one between two. It is immutable, hashable and equal by value.
    `json` is the document as JSON text that has been checked, and `dialect` says what it means.

    `unknown`, `duplicates` and `max_faults` are options of `apply`, as those of a `JsonPatch`.
    """

    # Always valid JSON: a body that has been read, or what `parse` writes.
    _json: bytes = attrs.field(eq=by_members, alias="json")
    dialect: DialectName = attrs.field(default="server", validator=_check_dialect)

    @classmethod
    def parse(
        cls,
        data: Any,
        dialect: DialectName = "server",
        *,
        max_depth: int = MAX_DEPTH,
        unknown: UnknownPolicy = "keep",
        duplicates: DuplicatePolicy = "last",
        max_faults: int = MAX_FAULTS,
    ) -> MergePatch:
        """The patch in a patch document, given as builtins: any JSON value.

        Raises `ValidationError` for a value that JSON cannot hold, `ContentTooLarge` for one that nests deeper than
        `max_depth`, ValueError for an unknown dialect, and for a limit that is no integer or too low.
        """
        check_limit("max_depth", max_depth)
        return cls(checked(data, max_depth), dialect, unknown=unknown, duplicates=duplicates, max_faults=max_faults)

    @classmethod
    def between(
        cls, before: Carrier | Builtins, after: Carrier | Builtins, *, dialect: DialectName = "server"
    ) -> MergePatch:
        """The patch that turns `before` into `after`, two carriers or builtins; null and absent are told apart.

        Raises `EncodeError` with each place where the dialect cannot express the change: `rfc` cannot set a member to null,
        and `server` cannot remove a property or key.
        """
        try:
            document = plain(None, merge_between(before, after, dialect_of(dialect)))
            return _proven(cls(freeze(document), dialect), before, after)
        except RecursionError:
            raise endless() from None

    def apply(self, target: T) -> T:
        """Apply the patch to a carrier, a list of carriers, or builtins (RFC 7396 §2), and give a new document.

        `target` stays as it was; the new document shares with it every object that the patch does not touch. Raises
        `ValidationError` with the pointer of every value that does not fit its place, and of every carrier that its class's
        `__attrs_post_init__` refuses, and `ContentTooLarge` where an appended object makes the document too deep.
        """
        dialect = dialect_of(self.dialect)
        result: T = merge(target, thaw(self._json), dialect, self._policy(dialect))
        if levels_at_most(self._json) + 1 > MAX_DEPTH:
            check_result_depth(result, target)
        return result

    def touches(self, type: type[Carrier]) -> frozenset[str] | None:
        """The attributes of a carrier class that this patch may read or change; None for all."""
        document = thaw(self._json)
        return _attributes(type, document) if isinstance(document, dict) else None

    def to_builtins(self) -> Any:
        """The patch document, as builtins; a new copy at each call."""
        return thaw(self._json)

    def to_json_patch(self, type: type[Carrier | list[Any]]) -> JsonPatch:
        """The JSON Patch that does the same to a carrier of class `type`, or to a `list[Carrier]`, on the server.

        Paths have the wire names. An empty object changes nothing where a value is, so it becomes no operation. Raises
        ValueError in the `rfc` dialect, whose null no operation can express for every target; there use
        `diff(target, patch.apply(target))`.
        """
        if self.dialect != "server":
            raise ValueError("only a merge patch of the server dialect can become a JSON Patch without its target")
        operations = list(operations_of(kind_of(type), self.to_builtins()))
        options: Any = {"unknown": self.unknown, "duplicates": self.duplicates, "max_faults": self.max_faults}
        return JsonPatch.parse(operations, max_operations=2**31, **options)

    def __repr__(self) -> str:
        return f"MergePatch.parse({repr_of(self.to_builtins(), LONGEST_REPR)}, dialect={self.dialect!r})"


def diff(before: Carrier | Builtins, after: Carrier | Builtins, *, dialect: DialectName = "rfc") -> JsonPatch:
    """The JSON Patch that turns `before` into `after`, two carriers or two builtins.

    It is empty if both have the same spelling on the wire. It keeps absent and null apart, `5` and `5.0`, the seventh digit
    and the zone's spelling of a date-time, and it covers unknown members. It is short: items of lists that stay have no
    operation, a value that changes its place is moved, and a value inside is replaced as a whole where its edits would be
    longer.

    In the `rfc` dialect, the default, the patch may hold `move`, which the server does not take; with `dialect="server"` it
    does not. The codec writes both kinds for the server: each `move` as a `remove` and an `add`.

    Raises `EncodeError` for a value that cannot be written, and where the server would read another value: an unknown name
    in an open enumeration, `"customer"`, that differs from a member's name, `Customer`, in letter case only.
    """
    portable = dialect_of(dialect).name == "server"
    try:
        patch = JsonPatch(operations_between(before, after, portable=portable), dialect)
        return _proven(patch, before, after) if portable else patch
    except RecursionError:
        raise endless() from None


def diff_part(before: Any, after: Any) -> JsonPatch:
    """As `diff` for the server, of two carriers that are a part of what the server has: the other parts stay.

    An object, and a list that holds one, is never replaced as a whole, since it may have more in it. Raises `EncodeError` as
    `diff` does, and where an item that is an object changes its place, which the server has no operation for.
    """
    try:
        patch = JsonPatch(operations_between(before, after, portable=False, partial=True), "rfc")
        return _proven(_for_server(patch), before, after)
    except RecursionError:
        raise endless() from None


def _for_server(patch: JsonPatch) -> JsonPatch:
    """The patch in the server's words; raises `EncodeError` for a `move` of an object, which may have more in it."""
    message = "an item of which only a part is known can change its place in the rfc dialect only"
    issues = [Issue(each.path, message, "an item that stays", "") for each in patch.operations if each.moves_object]
    if issues:
        raise EncodeError.of_first(issues, MAX_FAULTS)
    return patch.in_dialect("server")


P = TypeVar("P", JsonPatch, MergePatch)


def _proven(patch: P, before: Any, after: Any) -> P:
    """The patch, if applying it to `before` gives `after`; else raises `EncodeError` with the places that differ."""
    try:
        patched = patch.apply(before)
    except ValidationError as error:
        said = [each.saying(f"no patch can express this change: {each.message}") for each in error.issues]
        raise EncodeError(said, error.more) from None
    # No patch can say of which class a carrier is.
    if same(patched, after) or same(plain(None, patched), plain(None, after)):
        return patch
    message = f"the {patch.dialect} dialect would read another value from the patch"
    places = sorted({each.path for each in operations_between(patched, after, portable=True)})
    issues = [Issue(place, message, "a value that the dialect reads as it is", "") for place in places]
    raise EncodeError.of_first(issues, MAX_FAULTS)
