"""XML: the codec, its dialects, and what whoever describes or tests XML needs to know of them."""

from contactwire.codecs.xml.codec import BadRecord, XmlCodec
from contactwire.codecs.xml.dialects import (
    ARRAYS_NAMESPACE,
    CONTRACT_NAMESPACE,
    DATACONTRACT,
    DIALECTS,
    PLAIN,
    SERVICES,
    SERVICES_NAMESPACE,
    Dialect,
    ItemName,
    item_name,
    member_order,
    root_name,
    type_name,
)
from contactwire.codecs.xml.document import root_names
from contactwire.codecs.xml.names import NIL, XSD, encode_name, local_name
from contactwire.codecs.xml.stream import root_of, split

__all__ = [
    "ARRAYS_NAMESPACE",
    "CONTRACT_NAMESPACE",
    "DATACONTRACT",
    "DIALECTS",
    "NIL",
    "PLAIN",
    "SERVICES",
    "SERVICES_NAMESPACE",
    "XSD",
    "BadRecord",
    "Dialect",
    "ItemName",
    "XmlCodec",
    "encode_name",
    "item_name",
    "local_name",
    "member_order",
    "root_name",
    "root_names",
    "root_of",
    "split",
    "type_name",
]
