"""JSON Schema 2020-12 of patch documents, in each dialect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial

import attrs

from contactwire.carriers import ContactEntity
from contactwire.patch import MAX_OPERATIONS, Dialect, dialect_of
from contactwire.schema.json_definitions import Definitions, Schema, nullable
from contactwire.schema.places import Place, one_of, places
from contactwire.wire import DictionaryKind, EnumerationKind, FieldPlan, Kind, ListKind, NestedKind, ScalarKind, plan_of

__all__ = ["entity_patch", "json_patch", "merge_patch"]

# RFC 6901 §3: 0 or 1 follows a ~, and a JSON Pointer is empty or starts with a slash. The server does not demand the slash.
_TOKENS = "([^~]|~[01])*"
_PATHS: Mapping[str, Schema] = {
    "rfc": {"description": "A JSON Pointer (RFC 6901).", "type": "string", "pattern": f"^(/{_TOKENS})?$"},
    "server": {
        "description": "A property's path, in any letter case; the first slash may be missing, and - is a list's end.",
        "type": "string",
        "pattern": f"^{_TOKENS}$",
        "examples": ["/Department", "category/id", "/Phones/-", "CustomFields/SuperOffice:1"],
    },
}
_OPERATIONS: Mapping[str, tuple[str, str]] = {
    "add": ("value", "Add a value at the path; in a list, before the item there."),
    "remove": ("", "Remove the value at the path."),
    "replace": ("value", "Replace the value at the path."),
    "move": ("from", "Remove the value at `from`, and add it at the path."),
    "copy": ("from", "Add a copy of the value at `from` at the path."),
    "test": ("value", "Fail, with nothing changed, unless the value at the path equals this one."),
}
_ANY: Schema = {"description": "Any JSON value."}


def json_patch(definitions: Definitions, dialect: str = "server") -> Schema:
    """The schema of a JSON Patch (RFC 6902) in a dialect. Raises ValueError for an unknown one."""
    return _patch(dialect, [_operation(definitions, name, dialect) for name in dialect_of(dialect).operations])


def _patch(dialect: str, operations: list[Schema]) -> Schema:
    text = f"A JSON Patch (RFC 6902) in the {dialect} dialect; all operations apply, or none."
    return {"description": text, "type": "array", "maxItems": MAX_OPERATIONS, "items": {"oneOf": operations}}


def _operation(definitions: Definitions, name: str, dialect: str) -> Schema:
    # Only add has the end of a list in its path, but `-` may be a key of a dictionary, too, which no pattern tells.
    path = definitions.refer(("path", dialect), "Path", lambda: _PATHS[dialect])
    member = _OPERATIONS[name][0]
    members = {"path": path, **({member: path if member == "from" else _ANY} if member else {})}
    return definitions.refer(("operation", name, dialect), f"{name.title()}Operation", lambda: _object(name, members))


def _object(name: str, members: Mapping[str, Schema]) -> Schema:
    """The schema of an operation with these members."""
    properties = {"op": {"const": name}, **members}
    return {"description": _OPERATIONS[name][1], "type": "object", "properties": properties, "required": list(properties)}


def entity_patch(definitions: Definitions, carrier: type, key: str) -> Schema:
    """The schema of a JSON Patch of a carrier in the server's dialect: which paths there are, and which values fit there.

    The property `key` is the one that no patch changes.
    """
    return _Places(definitions, tuple(places(carrier)), key).patch()


@attrs.frozen
class _Places:
    """The schemas of operations on the places of a carrier, which are told apart by the values that they take."""

    definitions: Definitions
    places: tuple[Place, ...]
    key: str

    def patch(self) -> Schema:
        """The schema of a patch."""
        inside = [place for place in self.places if not place.is_end and place.steps != (self.key,)]
        existing, ends = self._groups(inside), self._groups(place for place in self.places if place.is_end)
        if not existing:
            return {"description": "A JSON Patch (RFC 6902) without operations.", "type": "array", "maxItems": 0}
        removable = self._groups(place for place in inside if place.removable)
        operations: Mapping[str, list[dict[str, Schema]]] = {
            "add": [{"path": path, "value": value} for path, value in (*existing, *ends)],
            "replace": [{"path": path, "value": value} for path, value in existing],
            "remove": [{"path": _any_of(removable)}] if removable else [],
            "test": [{"path": _any_of(existing), "value": _ANY}],
        }
        return _patch("server", [self._operation(name, choices) for name, choices in operations.items() if choices])

    def _operation(self, name: str, choices: list[dict[str, Schema]]) -> Schema:
        schemas = [_object(name, members) for members in choices]
        schema = schemas[0] if len(schemas) == 1 else {"description": _OPERATIONS[name][1], "anyOf": schemas}
        return self.definitions.refer(("contact", name), f"{name.title()}Operation", lambda: schema)

    def _groups(self, places: Iterable[Place]) -> list[tuple[Schema, Schema]]:
        """Some places by the values that they take: the schemas of their paths and of these values."""
        groups: dict[str, tuple[str, Schema, list[str]]] = {}
        for place in places:
            value = nullable(self.definitions.kind(place.kind), place.nullable)
            name = f"{'EndOf' if place.is_end else 'PathTo'}{_label(place.kind)}"
            groups.setdefault(json.dumps(value), (name, value, []))[2].append(place.pointer)
        return [(self._path(name, paths), value) for name, value, paths in groups.values()]

    def _path(self, name: str, paths: list[str]) -> Schema:
        schema = {"type": "string", "pattern": one_of(paths, "/?")}
        return self.definitions.refer((name, *paths), name, lambda: schema)


def _any_of(groups: list[tuple[Schema, Schema]]) -> Schema:
    return {"anyOf": [path for path, _ in groups]}


def _label(kind: Kind) -> str:
    """A name for the values of a kind."""
    match kind:
        case NestedKind(carrier=carrier):
            return plan_of(carrier).name
        case ListKind(item=item):
            return f"{_label(item)}List"
        case DictionaryKind(item=item):
            return f"{_label(item)}Dictionary"
        case EnumerationKind(members=members):
            return members.__name__
        case ScalarKind(name=name):
            return name.title().replace("-", "")


def merge_patch(definitions: Definitions, dialect: str = "server", carrier: type = ContactEntity) -> Schema:
    """The schema of a merge patch (RFC 7396) of a carrier in a dialect. Raises ValueError for an unknown one."""
    return _Merging(definitions, dialect_of(dialect)).kind(NestedKind(carrier))


@attrs.frozen
class _Merging:
    """The schemas for the places in a merge patch, by kind, where a patch can hold more than a document."""

    definitions: Definitions
    dialect: Dialect

    def kind(self, kind: Kind) -> Schema:
        plain = self.definitions.kind
        match kind:
            case NestedKind(carrier=carrier) if self._differs(kind, set()):
                make = partial(self.definitions.carrier, carrier, self._property)
                return self.definitions.refer((carrier, self.dialect), f"{plan_of(carrier).name}Patch", make)
            case ListKind() if self._differs(kind, set()):
                return {"anyOf": [plain(kind), plain(kind.item)]}
            case DictionaryKind() if self._differs(kind, set()):
                item = nullable(self.kind(kind.item), kind.nullable or self.dialect.null_removes)
                return {"type": "object", "additionalProperties": item}
        return plain(kind)

    def _property(self, field: FieldPlan) -> Schema:
        return nullable(self.kind(field.kind), not field.required if self.dialect.null_removes else field.nullable)

    def _differs(self, kind: Kind, seen: set[type]) -> bool:
        """Whether a merge patch can hold, at a place of this kind, a value that a whole document cannot."""
        match kind:
            case NestedKind(carrier=carrier) if carrier not in seen:
                seen.add(carrier)
                # A patch may leave out what a document must have, and what it leaves out gets no default.
                fields = plan_of(carrier).fields
                return any(not field.keeps_absence or self._differs(field.kind, seen) for field in fields)
            case ListKind(item=NestedKind() | DictionaryKind()):
                return self.dialect.appends
            case DictionaryKind():
                return (self.dialect.null_removes and not kind.nullable) or self._differs(kind.item, seen)
        return False
