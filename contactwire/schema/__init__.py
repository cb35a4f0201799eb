"""JSON Schema 2020-12, OpenAPI 3.1 and XML Schema 1.0, all generated from the plans.

`json_definitions` builds the JSON Schema of each carrier in a plan, and `patch_definitions` that of patches;
`openapi_document` adds the endpoint around them. `xsd_document` builds the XML Schema of a dialect. `texts` has the
descriptions, which come from the docstrings of the carriers. `files` turns all of them into text and files.

`json_schema(type)` and `xsd(type)` take the library's carriers and a user's own; `openapi()` describes the endpoint of the
contact, and `openapi(path=…, type=…)` that of any entity. A schema can be put into another document: its references lead
where `json_schema(type, ref_template="#/components/schemas/{name}")` says. A body that a codec writes is valid by these
schemas, and a body that it refuses is not, except where a schema language cannot express a rule.

None of the three can express

- that names are matched in any letter case: a name in another spelling counts as not listed, so `{"name": 5}` is valid, and
  a codec refuses it. Patterns of JSON Schema could say it, `^[Nn][Aa][Mm][Ee]$`, in a schema that is half as long again, and
  takes a validator ten times as long;
- that the last of two properties with one name wins;
- faults of the text itself: lone surrogates, `NaN`, a body that is too long or nests too deep, too many operations;
- what the class of a carrier checks beyond its annotations.

JSON Schema cannot express

- that `5.0` is no integer: to JSON Schema (2020-12 core §4.2.1) it is 5;
- that the path of an operation names an existing place, that its value fits there, and that nothing moves into itself.

For merge patches in the server's dialect, the schema describes what to send. It refuses other spellings of scalars (`"3"`
for 3), which the server reads as well.

XML Schema 1.0 cannot express

- that unlisted elements may occur: beside optional elements of the same namespace they would be ambiguous (part 1 §3.8.6,
  unique particle attribution), so a document with unlisted elements is invalid;
- that an element may hold a carrier of a class derived from the declared one;
- that any namespace, order of elements or name of items can be read: a schema describes what its dialect writes; in the
  plain dialect, in any order.
"""

from __future__ import annotations

from contactwire.schema.files import ARTEFACTS, generate, json_schema, write, xsd, xsd_files
from contactwire.schema.json_definitions import Definitions
from contactwire.schema.openapi_document import openapi
from contactwire.schema.patch_definitions import entity_patch, merge_patch

__all__ = [
    "ARTEFACTS",
    "Definitions",
    "entity_patch",
    "generate",
    "json_schema",
    "merge_patch",
    "openapi",
    "write",
    "xsd",
    "xsd_files",
]
