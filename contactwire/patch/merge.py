"""Merge patches (RFC 7396): `merge` applies one, `merge_between` finds the one between two documents.

`operations_of` expresses one as the operations of a JSON Patch. All three walk the patch and the document in parallel, with
the kind of each place, and collect faults with their pointers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contactwire.builtins import Policy, missing_issue
from contactwire.errors import MAX_FAULTS, EncodeError, Issue, ValidationError
from contactwire.patch.compare import same
from contactwire.patch.containers import Copies, FoldedNames, store
from contactwire.patch.dialects import Dialect
from contactwire.patch.values import inside, is_object, kind_of_value, plain, read
from contactwire.paths import escape, format_pointer
from contactwire.wire import (
    UNSET,
    CarrierPlan,
    DictionaryKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    is_carrier,
    is_view,
    plan_of,
)

__all__ = ["merge", "merge_between", "operations_of"]


def merge(target: Any, patch: Any, dialect: Dialect, max_faults: int) -> Any:
    """A new document: `target`, which stays as it was, with a merge patch (builtins) applied.

    Raises `ValidationError` with every value that does not fit its place, up to `max_faults`.
    """
    work = _Merging(dialect, max_faults)
    merged = work.value(kind_of_value(target), False, target, patch)
    if work.issues:
        raise ValidationError.of_first(work.issues, max_faults, more=work.more)
    return merged


class _Walk:
    """One walk through a document: `path` has the tokens of the present place, `issues` the faults so far."""

    def __init__(self, dialect: Dialect, max_faults: int = MAX_FAULTS) -> None:
        self.dialect = dialect
        self._max_faults = max_faults
        self.path: list[str] = []
        self.issues: list[Issue] = []
        self.more = False

    def note(self, issues: Iterable[Issue], *, more: bool = False) -> None:
        """Add faults whose pointers start at the present place, as long as there are not too many.

        `more` says that there are others at this place.
        """
        self.more = self.more or more
        if len(self.issues) <= self._max_faults:
            pointer = format_pointer(self.path)
            self.issues += [issue.under(pointer) for issue in issues]


class _Merging(_Walk):
    """One run of the procedure MergePatch (RFC 7396 §2), in a dialect."""

    def __init__(self, dialect: Dialect, max_faults: int) -> None:
        super().__init__(dialect, max_faults)
        self._policy = Policy(coerce=dialect.coerce, max_faults=max_faults)
        self._copies, self._names = Copies(), FoldedNames()

    def value(self, kind: Kind | None, nullable: bool, old: Any, data: Any) -> Any:
        """The new value at a place of some kind, where the value is `old` and the patch holds `data`."""
        try:
            if not isinstance(data, dict):
                return read(kind, nullable, data, self._policy)
            if self.dialect.appends and (isinstance(kind, ListKind) or (kind is None and isinstance(old, list))):
                return self._appended(old or [], read(*inside(kind), data, self._policy))
            if is_carrier(type(old)):
                return self._carrier(old, data)
            if isinstance(kind, NestedKind):
                return read(kind, nullable, self._made(kind, data), self._policy)
            if kind is None or isinstance(kind, DictionaryKind):
                return self._members(kind, old if isinstance(old, dict) else {}, data)
            return read(kind, nullable, data, self._policy)
        except ValidationError as error:
            self.note(error.issues, more=error.more)
            return old

    def _appended(self, old: list[Any], item: Any) -> list[Any]:
        items: list[Any] = self._copies.own(old)
        items.append(item)
        return items

    def _carrier(self, old: Any, data: dict[str, Any]) -> Any:
        carrier, plan = self._copies.own(old), plan_of(type(old))
        met = set()
        for name, item in data.items():
            self.path.append(name)
            field = plan.find(name)
            if field is None:
                self._unknown(carrier, name, item)
            else:
                met.add(field.attribute)
                self._known(carrier, field, item)
            self.path.pop()
        for field in plan.fields if not is_view(carrier) else ():
            if field.required and field.attribute not in met and getattr(carrier, field.attribute) is UNSET:
                self.note([missing_issue("/" + escape(field.name), field)])
        return carrier

    def _made(self, kind: Kind | None, data: Any) -> Any:
        """The builtins that a patch makes of nothing at a place of some kind."""
        if not isinstance(data, dict):
            return data
        if isinstance(kind, ListKind) and self.dialect.appends:
            return [data]
        kept = {name: item for name, item in data.items() if item is not None or not self.dialect.null_removes}
        return {name: self._made(_kind_of_member(kind, name), item) for name, item in kept.items()}

    def _known(self, carrier: Any, field: FieldPlan, item: Any) -> None:
        new = UNSET
        if item is not None or not self.dialect.null_removes:
            new = self.value(field.kind, field.nullable, getattr(carrier, field.attribute), item)
            if new is UNSET:
                # It had a fault, and nothing was there before.
                return
        try:
            store(carrier, field, new)
        except ValidationError as error:
            self.note(error.issues, more=error.more)

    def _unknown(self, carrier: Any, name: str, item: Any) -> None:
        if not self.dialect.null_removes:
            carrier.extras[name] = item
        elif item is None:
            (carrier._extras or {}).pop(name, None)
        else:
            carrier.extras[name] = self.value(None, True, (carrier._extras or {}).get(name), item)

    def _members(self, kind: Kind | None, old: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        members: dict[str, Any] = self._copies.own(old)
        item_kind, nullable = inside(kind)
        for name, item in data.items():
            key = self._names.find(members, name) if kind is None and self.dialect.folds else name
            if item is None and self.dialect.null_removes:
                members.pop(key, None)
            else:
                self.path.append(name)
                members[key] = self.value(item_kind, nullable, members.get(key), item)
                self.path.pop()
            self._names.add(members, key)
        return members


def _kind_of_member(kind: Kind | None, name: str) -> Kind | None:
    if not isinstance(kind, NestedKind):
        return inside(kind)[0]
    field = plan_of(kind.carrier).find(name)
    return None if field is None else field.kind


def merge_between(before: Any, after: Any, dialect: Dialect) -> Any:
    """The merge patch, as builtins, that turns `before` into `after`.

    Raises `EncodeError` with every place where no merge patch of the dialect can express the change.
    """
    work = _Between(dialect)
    data = work.value(kind_of_value(after), before, after)
    if work.issues:
        raise EncodeError.of_first(work.issues, MAX_FAULTS, more=work.more)
    if data is UNSET:
        return {} if is_object(after) else plain(None, after)
    return data


class _Between(_Walk):
    """One search for a merge patch; `issues` collects the changes that the dialect cannot express."""

    def value(self, kind: Kind | None, before: Any, after: Any) -> Any:
        """What the patch holds at one place; UNSET where the value stays as it is."""
        if same(before, after):
            return UNSET
        if not is_object(after):
            return self._written(kind, after)
        if self.dialect.appends and isinstance(before, list):
            return self._cannot("the server dialect would append this object to the list, not replace the list", after)
        known = before if is_object(before) else {}
        data = self._members(kind, known, after)
        return data if data or known is not before else UNSET

    def _members(self, kind: Kind | None, before: Any, after: Any) -> dict[str, Any]:
        old, data = dict(_members_of(before, kind)), {}
        for name, (item_kind, new) in _members_of(after, kind):
            self.path.append(str(name))
            item = self._member(item_kind, old.pop(name, (None, UNSET))[1], new, _is_unknown(after, name))
            self.path.pop()
            if item is not UNSET:
                data[name] = item
        if self.dialect.null_removes:
            return {**data, **dict.fromkeys(old)}
        for name, (_, gone) in old.items():
            self.path.append(str(name))
            self._cannot("no merge patch of the server dialect removes a property or key", gone)
            self.path.pop()
        return data

    def _member(self, kind: Kind | None, before: Any, after: Any, unknown: bool) -> Any:
        if after is None and before is not None and self.dialect.null_removes:
            return self._cannot("null in the rfc dialect removes a member, so none can be set to null", after)
        if unknown and not self.dialect.null_removes:
            return UNSET if same(before, after) else self._written(kind, after)
        return self.value(kind, before, after)

    def _written(self, kind: Kind | None, value: Any) -> Any:
        try:
            return plain(kind, value)
        except EncodeError as error:
            self.note(error.issues, more=error.more)
            return UNSET

    def _cannot(self, message: str, value: Any) -> Any:
        self.note([Issue.of_value("a change that a merge patch can express", value, message)])
        return UNSET


def _is_unknown(value: Any, name: str) -> bool:
    return is_carrier(type(value)) and name not in plan_of(type(value)).by_name


def _members_of(value: Any, kind: Kind | None) -> Iterator[tuple[str, tuple[Kind | None, Any]]]:
    """The members of an object that are not absent, with the kind of each."""
    if not is_carrier(type(value)):
        item = inside(kind)[0]
        yield from ((name, (item, member)) for name, member in value.items())
        return
    for field in plan_of(type(value)).fields:
        member = getattr(value, field.attribute)
        if member is not UNSET:
            yield field.name, (field.kind, member)
    yield from ((name, (None, member)) for name, member in (value._extras or {}).items())


def operations_of(kind: Kind, data: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield the operations, as builtins, that do the same as a merge patch in the server dialect to a value of a kind."""
    match kind, data:
        case ListKind(), dict():
            yield {"op": "add", "path": f"{path}/-", "value": data}
        case NestedKind(), dict():
            yield from _operations_of_carrier(plan_of(kind.carrier), data, path)
        case DictionaryKind(), dict():
            for name, item in data.items():
                yield from operations_of(kind.item, item, f"{path}/{escape(name)}")
        case _:
            yield {"op": "replace", "path": path, "value": data}


def _operations_of_carrier(plan: CarrierPlan, data: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    for name, item in data.items():
        field = plan.find(name)
        if field is None:
            yield {"op": "add", "path": f"{path}/{escape(name)}", "value": item}
        else:
            yield from operations_of(field.kind, item, f"{path}/{escape(field.name)}")
