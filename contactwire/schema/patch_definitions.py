"""JSON Schema 2020-12 of patch documents, in each dialect."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import attrs

from contactwire.carriers import ContactEntity
from contactwire.patch import Dialect, dialect_of
from contactwire.schema.json_definitions import Definitions, Schema, nullable
from contactwire.wire import DictionaryKind, Kind, ListKind, NestedKind, plan_of

__all__ = ["json_patch", "merge_patch"]

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


def json_patch(definitions: Definitions, dialect: str = "server") -> Schema:
    """The schema of a JSON Patch (RFC 6902) in a dialect. Raises ValueError for an unknown one."""
    operations = [_operation(definitions, name, dialect) for name in dialect_of(dialect).operations]
    text = f"A JSON Patch (RFC 6902) in the {dialect} dialect; all operations apply, or none."
    return {"description": text, "type": "array", "items": {"oneOf": operations}}


def _operation(definitions: Definitions, name: str, dialect: str) -> Schema:
    path = definitions.refer(("path", dialect), "Path", lambda: _PATHS[dialect])
    member, text = _OPERATIONS[name]
    members: dict[str, Schema] = {"op": {"const": name}, "path": path}
    if member:
        members[member] = path if member == "from" else {"description": "Any JSON value."}
    schema = {"description": text, "type": "object", "properties": members, "required": list(members)}
    return definitions.refer(("operation", name, dialect), f"{name.title()}Operation", lambda: schema)


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
                make = partial(self.definitions.carrier, carrier, self.kind)
                return self.definitions.refer((carrier, self.dialect), f"{plan_of(carrier).name}Patch", make)
            case ListKind() if self._differs(kind, set()):
                return {"anyOf": [plain(kind), plain(kind.item)]}
            case DictionaryKind() if self._differs(kind, set()):
                item, removable = self.kind(kind.item), kind.nullable or self.dialect.null_removes
                return {"type": "object", "additionalProperties": nullable(item) if removable else item}
        return plain(kind)

    def _differs(self, kind: Kind, seen: set[type]) -> bool:
        """Whether a merge patch can hold, at a place of this kind, a value that a whole document cannot."""
        match kind:
            case NestedKind(carrier=carrier) if carrier not in seen:
                seen.add(carrier)
                return any(self._differs(field.kind, seen) for field in plan_of(carrier).fields)
            case ListKind(item=NestedKind() | DictionaryKind()):
                return self.dialect.appends
            case DictionaryKind():
                return (self.dialect.null_removes and not kind.nullable) or self._differs(kind.item, seen)
        return False
