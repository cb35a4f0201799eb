"""XML: `application/xml` and `text/xml`, in the dialects of .NET's serializers.

`XmlCodec` (`codec`) decodes in this order. `text` decodes the bytes, refuses a DOCTYPE and has lxml parse a tree. `document`
checks the root's name. `read` visits the elements once, and turns them into builtins by the plan; `walk` holds the state and
the faults of that visit, and `unknown` reads elements that no property has. `contactwire.builtins` assembles or explains the
builtins, and `locate` finds the element that a pointer names. To encode, `write` runs a function for each class, which
`source` and `lines` generate and `generated` compiles; `faults` lists what cannot be written. `stream` cuts a sequence into
records, where a `cursor` finds tags. `dialects` says in which order, names and namespaces a dialect writes, and `names`
spells names of the `letters` that XML allows in them. Schemas and tests use these two as well.
"""

from contactwire.codecs.xml.codec import BadRecord, XmlCodec
from contactwire.codecs.xml.dialects import (
    ARRAYS_NAMESPACE,
    CONTRACT_NAMESPACE,
    DATACONTRACT,
    DIALECTS,
    PLAIN,
    SERVICES,
    SERVICES_NAMESPACE,
    WEBAPI,
    Dialect,
    ElementName,
    dialect_of,
    item_name,
    member_name,
    member_order,
    root_name,
    type_name,
)
from contactwire.codecs.xml.names import NIL, XSD, XSI, encode_name, escaped_letter, local_name
from contactwire.codecs.xml.text import Document

__all__ = [
    "ARRAYS_NAMESPACE",
    "CONTRACT_NAMESPACE",
    "DATACONTRACT",
    "DIALECTS",
    "NIL",
    "PLAIN",
    "SERVICES",
    "SERVICES_NAMESPACE",
    "WEBAPI",
    "XSD",
    "XSI",
    "BadRecord",
    "Dialect",
    "Document",
    "ElementName",
    "XmlCodec",
    "dialect_of",
    "encode_name",
    "escaped_letter",
    "item_name",
    "local_name",
    "member_name",
    "member_order",
    "root_name",
    "type_name",
]
