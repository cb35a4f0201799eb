"""The schemas by name: as builtins, as text, and as the files of the folder `schemas`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from contactwire import carriers
from contactwire.patch import JsonPatch, MergePatch, dialect_of
from contactwire.schema.json_definitions import DEFINITIONS, DIALECT, Definitions, Schema
from contactwire.schema.openapi_document import openapi
from contactwire.schema.patch_definitions import json_patch, merge_patch
from contactwire.wire import Carrier, carrier_of, is_carrier, kind_of

if TYPE_CHECKING:
    from contactwire.codecs.xml import Dialect

__all__ = ["ARTEFACTS", "generate", "json_schema", "write", "xsd", "xsd_files"]

_CarrierOrName: TypeAlias = str | type[Carrier] | None

ARTEFACTS: Mapping[str, tuple[str, str | None, str | None]] = {
    "contact-entity.schema.json": ("json-schema", "ContactEntity", None),
    "contact-entity-with-links.schema.json": ("json-schema", "ContactEntityWithLinks", None),
    "json-patch.schema.json": ("json-schema", "JsonPatch", None),
    "merge-patch.schema.json": ("json-schema", "MergePatch", None),
    "openapi.json": ("openapi", None, None),
    "contact.plain.xsd": ("xsd", None, "plain"),
    "contact.datacontract.xsd": ("xsd", None, "datacontract"),
    "contact.datacontract-arrays.xsd": ("xsd", None, "datacontract-arrays"),
    "contact.services.xsd": ("xsd", None, "services"),
    "contact.services-arrays.xsd": ("xsd", None, "services-arrays"),
    "contact.webapi.xsd": ("xsd", None, "webapi"),
    "contact.webapi-arrays.xsd": ("xsd", None, "webapi-arrays"),
    "contact.webapi-contactcarriers.xsd": ("xsd", None, "webapi-contactcarriers"),
    "contact.webapi-security.xsd": ("xsd", None, "webapi-security"),
}
"""The files of the folder `schemas`: for each name the arguments of `generate`."""

_NOTE = (
    "Names are spelled as on the wire. Members that are not listed are kept. A listed name in another letter case, such as "
    "name for Name, is read as the listed one, and its value must be as listed: this schema does not describe such names."
)


def json_schema(
    type: type[Carrier | list[Any] | JsonPatch | MergePatch], dialect: str = "server", *, ref_template: str = DEFINITIONS
) -> Schema:
    """The JSON Schema (2020-12) of a type's JSON, as builtins.

    `type` is a carrier class, a `list[Carrier]`, `JsonPatch` or `MergePatch`; `dialect` is that of a patch, "server" or
    "rfc", and makes no difference to the others.

    `ref_template` is for a schema that becomes a part of another document, such as `#/components/schemas/{name}` for one of
    OpenAPI: each reference to a named schema is the template with the name in it. The named schemas are in `$defs` all the
    same, and the caller moves them to where the references lead. Such a schema has no `$schema`, which belongs to the root
    of a document (2020-12 core §8.1.1).

    Raises TypeError for a type that no wire format can hold, ValueError for an unknown dialect, and for a template without
    `{name}`.
    """
    dialect_of(dialect)
    definitions = Definitions(ref_template)
    if type is JsonPatch:
        root = json_patch(definitions, dialect)
    elif type is MergePatch:
        root = merge_patch(definitions, dialect)
    else:
        root = definitions.kind(kind_of(type))
    head = {"$schema": DIALECT} if ref_template == DEFINITIONS else {}
    return {**head, "description": _NOTE, **root, "$defs": definitions.finish()}


def xsd(type: type[Carrier | list[Any]], dialect: str | Dialect = "plain") -> str:
    """The XML Schema (1.0) of the documents that hold a carrier of class `type`, or a list of such, in a dialect.

    A dialect may put items or carriers into other namespaces, as all but "plain" do. Then this document imports a document
    for each of them, which must be in the same folder: `xsd_files` gives all. Raises TypeError where `type` is neither a
    carrier class nor a `list[Carrier]`, ValueError for an unknown dialect.
    """
    return next(iter(xsd_files(type, dialect).values()))


def xsd_files(type: type[Carrier | list[Any]], dialect: str | Dialect = "plain") -> dict[str, str]:
    """The documents of an XML Schema by file name (`ContactEntity.plain.xsd`), the main one first; raises as `xsd` does."""
    from contactwire.schema.xsd_document import files_of

    return files_of([carrier_of(type)], dialect)


def generate(format: str, carrier: str | type[Carrier] | None = None, dialect: str | None = None) -> str:
    """The text of a schema: `format` is "json-schema", "openapi" or "xsd".

    `carrier` is a carrier class, or the name of a carrier or patch class of the library, by default the contact. `dialect`
    is that of the patch, or of XML: "plain", "services", "datacontract" or "webapi", and with a word behind it for one of
    its further documents, such as "datacontract-arrays". Raises ValueError for any other name, and for a name or a class
    where the format has no choice.
    """
    if format not in _FORMATS:
        raise ValueError(f"a schema is one of {', '.join(_FORMATS)}, not {format!r}")
    return _FORMATS[format](carrier, dialect)


def write(folder: str | Path) -> list[Path]:
    """Write all `ARTEFACTS` into a folder, which is made where there is none, and return their paths.

    Raises OSError where writing fails.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [Path(folder, name) for name in ARTEFACTS]
    for path in paths:
        path.write_text(generate(*ARTEFACTS[path.name]), encoding="utf-8", newline="\n")
    return paths


def _json_schema_text(carrier: _CarrierOrName, dialect: str | None) -> str:
    if dialect and carrier not in _PATCHES:
        raise ValueError(f"only {' and '.join(_PATCHES)} have dialects in JSON")
    return _as_text(json_schema(_type_of(carrier or _DOCUMENTS[0]), dialect or "server"))


def _openapi_text(carrier: _CarrierOrName, dialect: str | None) -> str:
    if carrier or dialect:
        raise ValueError("OpenAPI describes the endpoint: it takes neither a carrier nor a dialect")
    return _as_text(openapi())


def _xsd_text(carrier: _CarrierOrName, dialect: str | None) -> str:
    from contactwire.schema.xsd_document import files_of

    if carrier in _PATCHES:
        raise ValueError(f"{carrier} has no XML Schema: patches are JSON only")
    chosen = [_type_of(each) for each in ([carrier] if carrier else _DOCUMENTS)]
    dialect = dialect or "plain"
    files = files_of(chosen, dialect.partition("-")[0], "" if carrier else _STEM)
    for name, text in files.items():
        if name.endswith(f".{dialect}.xsd"):
            return text
    raise ValueError(f"{dialect!r} is none of the documents: {', '.join(files)}")


def _as_text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _type_of(carrier: str | type[Carrier]) -> Any:
    if not isinstance(carrier, str):
        return carrier
    if carrier in _PATCHES:
        return _PATCHES[carrier]
    known = [known for known in carriers.__all__ if is_carrier(getattr(carriers, known))]
    if carrier not in known:
        raise ValueError(f"{carrier!r} is none of {', '.join((*known, *_PATCHES))}")
    return getattr(carriers, carrier)


_STEM, _DOCUMENTS = "contact", ("ContactEntity", "ContactEntityWithLinks")
_PATCHES: Mapping[str, type] = {"JsonPatch": JsonPatch, "MergePatch": MergePatch}
_FORMATS: Mapping[str, Callable[[_CarrierOrName, str | None], str]] = {
    "json-schema": _json_schema_text,
    "openapi": _openapi_text,
    "xsd": _xsd_text,
}
