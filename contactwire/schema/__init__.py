"""JSON Schema 2020-12, OpenAPI 3.1 and XML Schema 1.0, all from the plans.

`json_schema(type)` and `xsd(type)` take the library's carriers and a user's own; `openapi()` describes the endpoint. What
the codecs write is valid by these schemas, and what they refuse is not, but for what the languages cannot say.

None of them can say

- that names are matched in any letter case: one that is spelt otherwise counts as not listed;
- that the last of two properties of one name wins;
- what is wrong with the text itself: lone surrogates, `NaN`, a byte order mark, too much of it, too deep nesting, too many
  operations;
- what the class of a carrier checks beyond its annotations.

JSON Schema cannot say

- that `5.0` is no integer: to it (2020-12 core §4.2.1) that is 5;
- where the path of an operation leads, whether its value fits there, and that nothing moves into itself.

Of merge patches in the server's dialect it says what to send, and refuses the other spellings of scalars (`"3"` for 3) that
the server reads as well.

XML Schema 1.0 cannot say

- that elements may come that are not listed: beside optional ones of the same namespace they would be ambiguous (part 1
  §3.8.6, unique particle attribution), so a document that holds some is refused;
- that an element may hold an heir of the carrier that is declared there;
- that any namespace, order of elements or name of items can be read: a schema describes what its dialect writes, in the
  plain one in any order.
"""

from __future__ import annotations

from contactwire.schema.files import ARTEFACTS, generate, json_schema, write, xsd, xsd_files
from contactwire.schema.openapi_document import openapi

__all__ = ["ARTEFACTS", "generate", "json_schema", "openapi", "write", "xsd", "xsd_files"]
