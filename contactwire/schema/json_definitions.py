"""JSON Schema 2020-12 of carriers, from their plans."""

from __future__ import annotations

import enum
import re
import sys
from collections.abc import Callable
from typing import Any

from contactwire.builtins import MAX_DEPTH, write_kind
from contactwire.codecs.xml import Dialect, item_name
from contactwire.schema.texts import DATE_PATTERN, DATE_TIME_PATTERN, UUID_PATTERN, attribute_texts, class_text, unless_taken
from contactwire.wire import (
    DATE_TIME,
    INT64,
    UNSET,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    plan_of,
)

__all__ = ["DEFINITIONS", "DIALECT", "Definitions", "Schema", "described", "nullable"]

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DEFINITIONS = "#/$defs/{name}"
"""How a schema refers to its own named schemas; a `ref_template` for another document has the same `{name}`."""

_SCALARS: dict[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "double": {"type": "number", "minimum": -sys.float_info.max, "maximum": sys.float_info.max},
    # A validator may pass over `format` (validation §7.2.1).
    "date": {"type": "string", "format": "date", "pattern": f"^{DATE_PATTERN}$"},
    "uuid": {"type": "string", "format": "uuid", "pattern": f"^{UUID_PATTERN}$"},
    "decimal": {"type": "number"},
    # Names joined with ", ", or their number; a number too where no flags explain it.
    "flags": {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": INT64.minimum, "maximum": INT64.maximum}]},
}
_DATE_TIME: Schema = {
    "description": "A date-time as .NET writes it: at most seven fraction digits; then Z, an offset or nothing.",
    "type": "string",
    "pattern": f"^{DATE_TIME_PATTERN}$",
    "examples": ["2022-07-14T14:44:54", "2003-10-01T14:34:01.7525885+02:00"],
}
# OpenAPI 3.1 permits no other characters in the name of a component.
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]")


class Definitions:
    """The named schemas of a document: one for each carrier and enumeration that another schema refers to.

    `ref_template` is the reference to one of them, with `{name}` in it; ValueError where it has none. With an `xml_dialect`,
    the schema of a list has the names of its elements in XML, by OpenAPI's XML Object.
    """

    def __init__(self, ref_template: str = DEFINITIONS, xml_dialect: Dialect | None = None) -> None:
        if "{name}" not in ref_template:
            raise ValueError(f"a template of references has {{name}} in it, as {DEFINITIONS} has: {ref_template!r}")
        self._template, self._xml_dialect = ref_template, xml_dialect
        self._names: dict[object, str] = {}
        self._waiting: list[tuple[str, Callable[[], Schema]]] = []

    def refer(self, key: object, name: str, make: Callable[[], Schema]) -> Schema:
        """A reference to the schema of `key`, which `make` builds later; a number makes its name unique."""
        if key not in self._names:
            self._names[key] = unless_taken(_NO_NAME.sub("_", name), set(self._names.values()))
            self._waiting.append((self._names[key], make))
        return {"$ref": self._template.replace("{name}", self._names[key])}

    def finish(self) -> dict[str, Schema]:
        """All named schemas, in the order in which they were first referred to."""
        finished: dict[str, Schema] = {}
        for name, make in self._waiting:  # `make` may append to it
            finished[name] = make()
        return finished

    def kind(self, kind: Kind) -> Schema:
        """The schema of a value of a kind, without null, which the caller adds where it is allowed."""
        match kind:
            case NestedKind(carrier=carrier):
                return self.refer(carrier, plan_of(carrier).name, lambda: self.carrier(carrier))
            case EnumerationKind(members=members):
                known = self.refer(members, members.__name__, lambda: _enumeration(members))
                return {"anyOf": [known, {"type": "string"}]} if kind.open else known
            case ListKind():
                return self._list(kind)
            case DictionaryKind():
                return {"type": "object", "additionalProperties": self._item(kind)}
            case ScalarKind(name=DATE_TIME.name):
                return self.refer(DATE_TIME, "DateTime", lambda: _DATE_TIME)
            case ScalarKind():
                integer = {"type": "integer", "format": kind.name, "minimum": kind.minimum, "maximum": kind.maximum}
                return dict(_SCALARS.get(kind.name, integer))

    def _list(self, kind: ListKind) -> Schema:
        if self._xml_dialect is None:
            return {"type": "array", "items": self._item(kind)}
        inner, name = self._item(kind), item_name(kind, self._xml_dialect).name
        return {"type": "array", "items": {**inner, "xml": {**inner.get("xml", {}), "name": name}}, "xml": {"wrapped": True}}

    def _item(self, kind: ListKind | DictionaryKind) -> Schema:
        return nullable(self.kind(kind.item), kind.nullable)

    def carrier(self, carrier: type, in_patch: Callable[[FieldPlan], Schema] | None = None) -> Schema:
        """The schema of a carrier, or of a merge patch of one: `in_patch` gives the schemas of the properties in it."""
        texts = attribute_texts(carrier)
        fields = plan_of(carrier).fields
        properties = {
            field.name: {**described(texts.get(field.attribute)), **(in_patch or self._property)(field)} for field in fields
        }
        # A merge patch leaves absent properties alone, so it requires none, and no default counts.
        required = [field.name for field in fields if field.required and in_patch is None]
        return {
            **described(class_text(carrier)),
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
            "additionalProperties": True,
        }

    def _property(self, field: FieldPlan) -> Schema:
        return {**nullable(self.kind(field.kind), field.nullable), **_default(field)}


def described(text: str | None) -> Schema:
    """The description of a schema, as the members to add to it; none for an empty text."""
    return {"description": text} if text else {}


def nullable(schema: Schema, is_nullable: bool) -> Schema:
    """The same schema, with null allowed if it `is_nullable`."""
    if not is_nullable:
        return schema
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    alternatives = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    return {"anyOf": [*alternatives, {"type": "null"}]}


def _default(field: FieldPlan) -> Schema:
    """The value that counts where a property is absent, as the members to add to its schema."""
    if field.default is UNSET:
        return {}
    return {"default": None if field.default is None else write_kind(field.kind, field.default, MAX_DEPTH)}


def _enumeration(members: type[enum.Enum]) -> Schema:
    values = [member.value for member in members]
    type = "string" if isinstance(values[0], str) else "integer"
    return {**described(class_text(members)), "type": type, "enum": values}
