"""Merge patches (RFC 7396): `merge` applies one, `merge_between` finds the one between two documents.

`operations_of` expresses one as the operations of a JSON Patch. All three walk the patch and the document in parallel, with
the kind of each place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contactwire.builtins import Policy, missing_issue, repeated_issue, unknown_issue
from contactwire.errors import MAX_FAULTS, EncodeError, Faults, Issue, ValidationError
from contactwire.patch.compare import same
from contactwire.patch.containers import Copies, FoldedNames, store
from contactwire.patch.dialects import Dialect
from contactwire.patch.values import inside, is_object, kind_of_value, plain, read
from contactwire.paths import escape
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


def merge(target: Any, patch: Any, dialect: Dialect, policy: Policy) -> Any:
    """A new document: `target`, which stays as it was, with a merge patch (builtins) applied.

    Raises `ValidationError` with every value that does not fit its place, every member that the policy refuses, and what
    the hooks of the changed carriers refuse.
    """
    merging = _Merging(dialect, policy)
    document = merging.value(kind_of_value(target), False, target, patch)
    merging.copies.finish(document, policy.max_faults)
    return document


class _Merging:
    """One run of the procedure MergePatch (RFC 7396 §2), in a dialect."""

    def __init__(self, dialect: Dialect, policy: Policy) -> None:
        self.dialect, self._policy = dialect, policy
        self.copies, self._names = Copies(), FoldedNames()

    def value(self, kind: Kind | None, nullable: bool, old: Any, data: Any) -> Any:
        """The new value at a place of some kind, where the value is `old` and the patch holds `data`.

        Raises `ValidationError` with pointers that start at the place.
        """
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

    def _appended(self, old: list[Any], item: Any) -> list[Any]:
        items: list[Any] = self.copies.own(old)
        items.append(item)
        return items

    def _carrier(self, old: Any, data: dict[str, Any]) -> Any:
        carrier, plan = self.copies.own(old), plan_of(type(old))
        faults, met = self._faults(), set()
        for name, item in data.items():
            field = plan.find(name)
            try:
                if field is None:
                    self._unknown(carrier, name, item)
                elif field.attribute in met and self._policy.duplicates == "error":
                    faults.add(repeated_issue("/" + escape(name)))
                else:
                    met.add(field.attribute)
                    self._known(carrier, field, item)
            except ValidationError as error:
                faults.take(error, "/" + escape(name))
        for field in plan.fields if not is_view(carrier) else ():
            if field.required and field.attribute not in met and getattr(carrier, field.attribute) is UNSET:
                faults.add(missing_issue("/" + escape(field.name), field))
        faults.check()
        return carrier

    def _faults(self) -> Faults:
        return Faults(ValidationError, self._policy.max_faults)

    def _made(self, kind: Kind | None, data: Any) -> Any:
        """The builtins that a patch makes of nothing at a place of some kind."""
        if not isinstance(data, dict):
            return data
        if isinstance(kind, ListKind) and self.dialect.appends:
            return [data]
        kept = {name: item for name, item in data.items() if item is not None or not self.dialect.null_removes}
        return {name: self._made(_kind_of_member(kind, name), item) for name, item in kept.items()}

    def _known(self, carrier: Any, field: FieldPlan, item: Any) -> None:
        removes = item is None and self.dialect.null_removes
        old = getattr(carrier, field.attribute)
        store(carrier, field, UNSET if removes else self.value(field.kind, field.nullable, old, item))

    def _unknown(self, carrier: Any, name: str, item: Any) -> None:
        if item is None and self.dialect.null_removes:
            (carrier._extras or {}).pop(name, None)
        elif self._policy.unknown == "error":
            raise ValidationError([unknown_issue("", plan_of(type(carrier)), name)])
        elif self._policy.unknown == "keep":
            old = (carrier._extras or {}).get(name)
            carrier.extras[name] = self.value(None, True, old, item) if self.dialect.null_removes else item

    def _members(self, kind: Kind | None, old: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
        members: dict[str, Any] = self.copies.own(old)
        item_kind, nullable = inside(kind)
        faults = self._faults()
        for name, item in data.items():
            key = self._names.find(members, name) if kind is None and self.dialect.folds else name
            if item is None and self.dialect.null_removes:
                members.pop(key, None)
                continue
            try:
                members[key] = self.value(item_kind, nullable, members.get(key), item)
                self._names.add(members, key)
            except ValidationError as error:
                faults.take(error, "/" + escape(name))
        faults.check()
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
    data = _Between(dialect).value(kind_of_value(after), before, after)
    if data is UNSET:
        return {} if is_object(after) else plain(None, after)
    return data


class _Between:
    """One search for a merge patch of a dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def value(self, kind: Kind | None, before: Any, after: Any) -> Any:
        """What the patch holds at one place; UNSET where the value stays as it is.

        Raises `EncodeError` with pointers that start at the place.
        """
        if same(before, after):
            return UNSET
        if not is_object(after):
            return plain(kind, after)
        if self.dialect.appends and isinstance(before, list):
            raise _inexpressible("the server dialect would append this object to the list, not replace the list", after)
        known = before if is_object(before) else {}
        data = self._members(kind, known, after)
        return data if data or known is not before else UNSET

    def _members(self, kind: Kind | None, before: Any, after: Any) -> dict[str, Any]:
        old, data = dict(_members_of(before, kind)), {}
        faults = Faults(EncodeError, MAX_FAULTS)
        for name, (item_kind, new) in _members_of(after, kind):
            try:
                item = self._member(item_kind, old.pop(name, (None, UNSET))[1], new, _is_unknown(after, name))
            except EncodeError as error:
                faults.take(error, "/" + escape(str(name)))
                continue
            if item is not UNSET:
                data[name] = item
        if self.dialect.null_removes:
            data |= dict.fromkeys(old)
        else:
            message = "no merge patch of the server dialect removes a property or key"
            for name, (_, gone) in old.items():
                faults.take(_inexpressible(message, gone), "/" + escape(str(name)))
        faults.check()
        return data

    def _member(self, kind: Kind | None, before: Any, after: Any, unknown: bool) -> Any:
        if after is None and before is not None and self.dialect.null_removes:
            raise _inexpressible("null in the rfc dialect removes a member, so none can be set to null", after)
        if unknown and not self.dialect.null_removes:
            return UNSET if same(before, after) else plain(kind, after)
        return self.value(kind, before, after)


def _inexpressible(message: str, value: Any) -> EncodeError:
    return EncodeError([Issue.of_value("a change that a merge patch can express", value, message)])


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
