"""JSON Schema 2020-12 of a form: which keys it has, and what their texts may be."""

from __future__ import annotations

import json

from contactwire.carriers import ContactEntity
from contactwire.schema.json_definitions import Schema
from contactwire.schema.places import one_of, places
from contactwire.schema.texts import DATE_PATTERN, DATE_TIME_PATTERN, UUID_PATTERN
from contactwire.wire import EnumerationKind, Kind, ListKind, ScalarKind

__all__ = ["form"]

# No pattern of keys says that one of them needs another, as the second item the first, and a `Value` its `Key`.
_DESCRIPTION = (
    "A key for each text, by the path to it. Further items of a list have the indexes 1, 2 and so on. What X[key] says of a "
    "dictionary may also be the pair of X[0].Key and X[0].Value, and further ones X[1].Key and X[1].Value."
)
_CONTACT = {"Name": "x", "Category.Id": "3", "Emails[0].Value": "a@b.example", "Domains": ["a", "b"]}
_INTEGER: Schema = {"type": "string", "pattern": "^-?(0|[1-9][0-9]{0,8})$"}
_NUMBER: Schema = {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,20})?$"}
_TEXTS: dict[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"enum": ["true", "false"]},
    "int32": _INTEGER,
    "int64": {"type": "string", "pattern": "^-?(0|[1-9][0-9]{0,17})$"},
    "double": _NUMBER,
    "decimal": _NUMBER,
    "flags": {"type": "string"},
    "date": {"type": "string", "format": "date", "pattern": f"^{DATE_PATTERN}$"},
    "uuid": {"type": "string", "pattern": f"^{UUID_PATTERN}$"},
    "date-time": {"type": "string", "pattern": f"^{DATE_TIME_PATTERN}$"},
}


def form(carrier: type) -> Schema:
    """The schema of a form of a carrier class, as an object of its keys; rights, which the server ignores, are left out."""
    groups: dict[str, tuple[Schema, list[str]]] = {}
    for place in places(carrier):
        text = _text(place.kind)
        # An item in a list of texts has the key of the list.
        is_item = isinstance(place.kind, ScalarKind | EnumerationKind) and place.key.endswith(r"\[0\]")
        if text and not (place.is_end or place.is_of_rights or is_item):
            groups.setdefault(json.dumps(text), (text, []))[1].append(place.key)
    return {
        "description": _DESCRIPTION,
        "type": "object",
        # The endpoint refuses an empty body.
        "minProperties": 1,
        "patternProperties": {one_of(keys): text for text, keys in groups.values()},
        "additionalProperties": False,
        **({"examples": [_CONTACT]} if carrier is ContactEntity else {}),
    }


def _text(kind: Kind) -> Schema | None:
    """The schema of the text of a single value, or of a list of texts; None for any other kind."""
    match kind:
        case ScalarKind(name=name):
            return _TEXTS[name]
        case EnumerationKind(members=members):
            known: Schema = {"enum": [str(member.value) for member in members]}
            return {"anyOf": [known, _TEXTS["string"]]} if kind.open else known
        case ListKind(item=ScalarKind() | EnumerationKind() as item):
            return {"anyOf": [_text(item), {"type": "array", "minItems": 1, "items": _text(item)}]}
    return None
