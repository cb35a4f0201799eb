"""Builtins to carriers: `assemble` sets unknown members aside, and msgspec constructs the carriers in C.

First a function of the document (`Document.sort`) changes the builtins in place: it gives known members their wire names,
whatever their letter case, and moves unknown members into an `Extras` under `EXTRAS_MARK`. Then `msgspec.convert` constructs
the carriers, and the depth of the result is checked. Wrong builtins raise `Refused`, which does not say what is wrong;
`explain` then reads the same builtins again and names every fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import filterfalse
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from contactwire.builtins.explain import DEFAULT, Policy, explain, kind_reader
from contactwire.builtins.limits import MAX_DEPTH, SINGLE, check_depth, depth_check, depth_of
from contactwire.builtins.scalars import coercer
from contactwire.builtins.shapes import prepare, read_hook, shape_of, spelled_otherwise
from contactwire.wire import (
    DECIMAL,
    EXTRAS_MARK,
    Carrier,
    CarrierPlan,
    CarrierType,
    Extras,
    FlagsKind,
    HookFault,
    ItemsKind,
    Kind,
    ListKind,
    NestedKind,
    any_carrier_however_deep,
    innermost,
    kept_on_plan,
    kind_of,
    nested_carrier,
    plan_inside,
    plan_of,
    reachable,
)

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["Document", "Refused", "assemble", "document_of", "from_builtins", "read_kind"]

T = TypeVar("T", bound=Carrier | list[Any] | dict[str, Any])

Sort = Callable[[Any, list[Any]], None]
"""Changes builtins in place into what msgspec reads; adds the unknown objects and lists to the list."""


class Refused(Exception):
    """The fast step refuses builtins, or a value to write. `explain` or `to_builtins` does the work, or names the faults."""


class Document:
    """A type of documents, such as `list[ContactEntity]`, with what it takes to read and write them.

    `kind` is its kind, `plan` the plan of its carrier, and `shape` the type by which msgspec reads it. `within(value,
    limit)` says whether a value nests within a limit. `needs_digits` says whether a property needs its numbers to the digit,
    as a decimal does. `is_spelled_otherwise(carrier)` says whether a carrier holds a value that msgspec would not spell as
    the wire does.
    """

    __slots__ = ("_sorts", "is_spelled_otherwise", "kind", "needs_digits", "plan", "shape", "within")

    def __init__(self, kind: Kind) -> None:
        self.kind, self.plan, self.shape = kind, plan_inside(kind), shape_of(kind)
        prepare(self.plan)
        self.within = depth_check(kind)
        self.is_spelled_otherwise = any_carrier_however_deep(self.plan, spelled_otherwise)
        self.needs_digits = any(innermost(field.kind) == DECIMAL for each in reachable(self.plan) for field in each.fields)
        self._sorts: dict[Policy, Sort] = {}

    def sort(self, policy: Policy) -> Sort:
        """The function that gives known members their wire names and sets unknown ones aside, by a policy."""
        found = self._sorts.get(policy)
        if found is None:
            found = self._sorts[policy] = _sort(self.kind, policy)
        return found


def document_of(type: Any) -> Document:
    """The document for a carrier class, or a list or dictionary of one; raises TypeError for anything else.

    The carrier keeps the documents of all types that it stands in, so that they are freed with it.
    """
    carrier = type
    while carrier.__class__ is not CarrierType:
        # The items of a list, the values of a dictionary, or what else than None a union allows.
        inside = [each for each in getattr(carrier, "__args__", ()) if each is not NoneType]
        if not inside:
            return Document(kind_of(type))
        carrier = inside[-1]
    memo: dict[Any, Any] = carrier.__wire__.memo  # type: ignore[attr-defined]
    found: Document | None = memo.get(type)
    if found is None:
        kind = kind_of(type)
        found = memo[type] = _document(plan_inside(kind), kind)
    return found


@kept_on_plan
def _document(plan: CarrierPlan, kind: Kind) -> Document:
    return Document(kind)


def assemble(
    data: Any, document: Document, policy: Policy = DEFAULT, max_depth: int = MAX_DEPTH, *, all_known: bool = False
) -> Any:
    """The carriers that builtins describe; changes the builtins, so the caller cannot use them again.

    Raises `Refused` if the builtins have a fault, if one property has two spellings in them, or if they nest deeper than
    `max_depth`. `all_known` is a promise by the caller: no member is unknown, and each has its wire name.
    """
    unknown: list[Any] = []
    try:
        if not all_known:
            document.sort(policy)(data, unknown)
        value = msgspec.convert(data, document.shape, dec_hook=read_hook)
    except (msgspec.ValidationError, HookFault, RecursionError, UnicodeEncodeError):
        # msgspec cannot look a text with a lone surrogate up.
        raise Refused from None
    deepest = max([depth_of(each, max_depth) for each in unknown]) if unknown else 0
    # The two depths added may be more than the true depth, which `depth_of` counts. It cannot count ignored members, which
    # `value` does not hold; then `Refused` leaves it to the slow reader.
    ignored = policy.unknown == "ignore"
    if not document.within(value, max_depth - deepest) and (ignored or depth_of(value, max_depth) > max_depth):
        raise Refused
    return value


def from_builtins(data: Any, type: type[T], *, converter: Converter | None = None) -> T:
    """The carrier (or `list[Carrier]`) that builtins describe, as `decode` reads it from JSON.

    The keys of the builtins are wire names, in any letter case. Raises `ValidationError` with every fault, and
    `ContentTooLarge` for builtins that nest too deep. A `converter` from `make_converter` replaces the default policies.
    """
    check_depth(data, MAX_DEPTH)
    if converter is not None:
        read = kind_reader(kind_of(type), DEFAULT, lambda cls: lambda value: converter.get_structure_hook(cls)(value, cls))
        return read(data)  # type: ignore[no-any-return]
    return _read(data, document_of(type), DEFAULT)  # type: ignore[no-any-return]


def read_kind(data: Any, kind: Kind, policy: Policy) -> Any:
    """The value of a kind that builtins describe, which stay as they are; raises `ValidationError` with every fault."""
    if nested_carrier(kind) is None:
        return explain(data, kind, policy)
    return _read(data, _document(plan_inside(kind), kind), policy)


def _read(data: Any, document: Document, policy: Policy) -> Any:
    try:
        return assemble(_copied(data), document, policy)
    except Refused:
        return explain(data, document.kind, policy)


def _copied(data: Any) -> Any:
    """A copy of builtins, which `assemble` may change; raises `Refused` for anything that is no builtins."""
    if type(data) in SINGLE:
        return data
    if isinstance(data, dict):
        return {name: _copied(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_copied(item) for item in data]
    raise Refused


def _sort(kind: Kind, policy: Policy) -> Sort:
    """The function that prepares builtins of a kind with carriers in it for msgspec (see `Sort`)."""
    if isinstance(kind, NestedKind):
        return _carrier_sort(plan_of(kind.carrier), policy)
    assert isinstance(kind, ItemsKind)
    sort = _sort(kind.item, policy)
    shape = kind.shape

    def sort_items(value: Any, unknown: list[Any]) -> None:
        if type(value) is shape:
            for item in value if shape is list else value.values():
                sort(item, unknown)

    return sort_items


@kept_on_plan
def _carrier_sort(plan: CarrierPlan, policy: Policy) -> Sort:
    known, set_aside = plan.by_name, _set_aside(plan, policy)
    is_known, usual = known.__contains__, {name: field.name for name, field in plan.spellings.items()}
    inner = [field for field in plan.fields if nested_carrier(field.kind) is not None]
    scalar = [(field.name, _coercion(field.kind, policy)) for field in plan.fields if _is_turned(field.kind, policy)]
    steps: list[tuple[str, Sort]] | None = None

    def sort(members: Any, unknown: list[Any]) -> None:
        nonlocal steps
        if type(members) is not dict or not members:
            return
        # A sender that writes the first name in camelCase most often writes all of them so.
        if next(iter(members)) in known or not _rename(members, usual):
            others = [*filterfalse(is_known, members)]
            if others:
                set_aside(members, others, unknown)
        if steps is None:  # built at the first call, since the class may hold itself
            steps = [(field.name, _sort(field.kind, policy)) for field in inner]
        for name, sort_value in steps:
            value = members.get(name)
            if value:
                sort_value(value, unknown)
        for name, turn in scalar:
            if name in members:
                members[name] = turn(members[name])

    return sort


def _is_turned(kind: Kind, policy: Policy) -> bool:
    """Whether values of a kind may have to be turned into others before msgspec reads them: coerced, or spelled by flags."""
    return nested_carrier(kind) is None and (policy.coerce or isinstance(innermost(kind), FlagsKind))


def _coercion(kind: Kind, policy: Policy) -> Callable[[Any], Any]:
    """The function that turns a value without carriers into one that msgspec reads: `15` to `"FULL"` for flags.

    With `policy.coerce` it turns it as the server's reader does, `"3"` to 3 for an integer.
    """
    if isinstance(kind, FlagsKind):
        return _flags_turn(kind, policy)
    if not isinstance(kind, ItemsKind):
        return coercer(kind)
    inner = _coercion(kind.item, policy)
    if isinstance(kind, ListKind):
        return lambda value: [inner(item) for item in value] if type(value) is list else value
    return lambda value: {key: inner(item) for key, item in value.items()} if type(value) is dict else value


def _flags_turn(kind: FlagsKind, policy: Policy) -> Callable[[Any], Any]:
    # Their shape takes no number up to the largest that flags may explain, but the text of one.
    as_text = range(-(2**63), kind.largest + 1)

    def turn(value: Any) -> Any:
        if policy.coerce:
            value = kind.coerced(value)
        if type(value) is int:
            value = kind.spelled(value)
            return str(value) if type(value) is int and value in as_text else value
        return value

    return turn


def _set_aside(plan: CarrierPlan, policy: Policy) -> Callable[[dict[Any, Any], list[Any], list[Any]], None]:
    """The function that takes members of a carrier, and the names among them that are not the wire's.

    It gives known members their wire names, and moves unknown ones under `EXTRAS_MARK`; the list is as in `Sort`.
    """
    folded, owner, policy_unknown = plan.by_folded, plan.carrier, policy.unknown

    def set_aside(members: dict[Any, Any], others: list[Any], unknown: list[Any]) -> None:
        extras: dict[str, Any] = {}
        for name in others:
            if type(name) is not str:
                raise Refused
            field = folded.get(name.lower() if name.isascii() else name)
            value = members.pop(name)
            if field is None:
                extras[name] = value
                if type(value) is dict or type(value) is list:
                    unknown.append(value)
            elif field.name in members:
                # Two spellings of one property: the last one in the text wins, and a fault in either counts.
                raise Refused
            else:
                members[field.name] = value
        if extras:
            if policy_unknown == "error":
                raise Refused
            if policy_unknown == "keep":
                members[EXTRAS_MARK] = Extras(owner, extras)

    return set_aside


def _rename(members: dict[Any, Any], usual: Mapping[str, str]) -> bool:
    """Give members their wire names if `usual` has all of their spellings; returns whether it has."""
    try:
        renamed = {usual[name]: value for name, value in members.items()}
    except KeyError:
        return False
    if len(renamed) < len(members):
        return False
    members.clear()
    members.update(renamed)
    return True
