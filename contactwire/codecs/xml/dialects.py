"""Dialects of XML: the differences between the serializers of .NET, as data.

A `Dialect` is a value. Functions apply it to a plan: `member_order` gives the order of a carrier's elements, `item_name` the
element of a list's item or of a dictionary's entry, `type_name` the name of a kind, and `root_name` the name of the root.
The writer and the schemas ask these functions and nothing else about a dialect's names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from contactwire.codecs.xml.names import XSD, encode_name
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    is_carrier,
    plan_of,
)

__all__ = [
    "ARRAYS_NAMESPACE",
    "CONTRACT_NAMESPACE",
    "DATACONTRACT",
    "DIALECTS",
    "PLAIN",
    "SERVICES",
    "SERVICES_NAMESPACE",
    "Dialect",
    "ElementName",
    "item_name",
    "member_order",
    "root_name",
    "type_name",
]

CONTRACT_NAMESPACE = "http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"
"""The namespace in which `DataContractSerializer` writes carriers whose classes name no other."""
SERVICES_NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services88"
"""The namespace of the SOAP services, and of data contracts that name it."""
ARRAYS_NAMESPACE = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
"""The namespace in which `DataContractSerializer` writes the items of lists of .NET's own types, and all dictionaries."""

Order = Literal["wire", "declaration", "alphabetical"]

_XSD_NAMES: Mapping[str, str] = {
    "string": "string",
    "boolean": "boolean",
    "double": "double",
    "int32": "int",
    "int64": "long",
    "date-time": "dateTime",
    "uuid": "guid",
    "flags": "string",
}


@attrs.frozen(kw_only=True, cache_hash=True)
class Dialect:
    """How carriers are written in XML; a value, so that you can define your own.

    `name`
        the name of the dialect.
    `namespace`
        the namespace of all elements that are not in `arrays_namespace`; None for no namespace.
    `order`
        of a carrier's elements: "wire" order, base carriers first and each in "declaration" order, or base carriers first
        and each in ordinal "alphabetical" order.
    `xsi_prefix`
        the prefix in front of `nil`, which spells null.
    `pair`, `scalar_pair`
        the name of a dictionary's entry, where its values are carriers, lists or dictionaries, and where they are scalars.
        A template: `{item}` is the name of the values' type, `{Item}` the same with a capital, `{digest}` what
        `DataContractSerializer` appends for types from other namespaces than XML Schema's.
    `arrays_namespace`, `arrays_prefix`
        the namespace of items that are scalars, or lists of such, and of entries with their `Key` and `Value`; None for that
        of the carriers.
    """

    name: str
    namespace: str | None = None
    order: Order = "wire"
    xsi_prefix: str = "xsi"
    pair: str = "Pair"
    scalar_pair: str = "Pair"
    arrays_namespace: str | None = None
    arrays_prefix: str = "a"


PLAIN = Dialect(name="plain")
"""What .NET's `XmlSerializer` reads and writes, and the documentation shows."""

DATACONTRACT = Dialect(
    name="datacontract",
    namespace=CONTRACT_NAMESPACE,
    order="alphabetical",
    xsi_prefix="i",
    pair="KeyValueOfstring{item}{digest}",
    scalar_pair="KeyValueOfstring{item}{digest}",
    arrays_namespace=ARRAYS_NAMESPACE,
)
"""What .NET's `DataContractSerializer` reads and writes."""

SERVICES = Dialect(
    name="services",
    namespace=SERVICES_NAMESPACE,
    order="declaration",
    pair="{Item}DictionaryKeyValuePair",
    scalar_pair="{Item}KeyValuePair",
)
"""What the SOAP services read and write."""

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (PLAIN, DATACONTRACT, SERVICES)}
"""The known dialects by their name."""


@attrs.frozen
class ElementName:
    """An element's local `name`, its `namespace` (None for none), and the `prefix` of its tag, which may be ""."""

    name: str
    namespace: str | None
    prefix: str = ""

    @property
    def tag(self) -> str:
        """The name with its prefix, as a tag has it: `a:string`."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name


def member_order(plan: CarrierPlan, dialect: Dialect) -> Sequence[FieldPlan]:
    """A carrier's properties in the order in which a dialect writes them.

    The alphabetical order is .NET's ordinal one, by UTF-16 code units: `URLAddress` < `UrlAddress` < `_x` < `alpha`.
    """
    if dialect.order == "wire":
        return plan.fields
    if dialect.order == "declaration":
        return sorted(plan.fields, key=lambda field: field.level)
    return sorted(plan.fields, key=lambda field: (field.level, field.name.encode("utf-16-be")))


def type_name(kind: Kind, dialect: Dialect) -> ElementName:
    """The name of a kind, in the namespace of its schema type: `string`, `EntityElement`, `ArrayOfLocalizedField`."""
    match kind:
        case NestedKind():
            return ElementName(encode_name(plan_of(kind.carrier).name), dialect.namespace)
        case EnumerationKind():
            return ElementName(encode_name(kind.members.__name__), dialect.namespace)
        case ListKind() | DictionaryKind():
            item = item_name(kind, dialect)
            return ElementName(f"ArrayOf{item.name}", item.namespace)
        case _:
            return ElementName(_XSD_NAMES.get(kind.name, kind.name), XSD)


def item_name(kind: ListKind | DictionaryKind, dialect: Dialect) -> ElementName:
    """The element of a list's item, or of a dictionary's entry, which holds `Key` and `Value` in the same namespace."""
    inner = type_name(kind.item, dialect)
    if isinstance(kind, ListKind):
        own = inner.namespace not in (XSD, dialect.arrays_namespace)
        return ElementName(inner.name, dialect.namespace) if own else _in_arrays(inner.name, dialect)
    template = dialect.pair if isinstance(kind.item, (NestedKind, ListKind, DictionaryKind)) else dialect.scalar_pair
    capital = inner.name[:1].upper() + inner.name[1:]
    name = template.format(item=inner.name, Item=capital, digest=_digest(inner.namespace))
    return _in_arrays(name, dialect)


def _in_arrays(name: str, dialect: Dialect) -> ElementName:
    if dialect.arrays_namespace is None:
        return ElementName(name, dialect.namespace)
    return ElementName(name, dialect.arrays_namespace, dialect.arrays_prefix)


def _digest(namespace: str | None) -> str:
    """The digest that `DataContractSerializer` appends to the name of a pair, unless its value's type is XML Schema's.

    It is six bytes of the MD5 of the number of type parameters and their namespaces, in base64 with two letters replaced.
    """
    if namespace == XSD:
        return ""
    text = f" 2 {XSD} {namespace or ''}".encode()
    digest = hashlib.md5(text, usedforsecurity=False).digest()[:6]
    return base64.b64encode(digest).decode().replace("/", "_S").replace("+", "_P")


def root_name(value: Any) -> str:
    """The root element of a carrier, or of a list of carriers: `ContactEntity`, `ArrayOfContactEntity`."""
    if not isinstance(value, list):
        return encode_name(plan_of(type(value)).name)
    if value and all(isinstance(item, list) for item in value):
        return f"ArrayOf{root_name([inner for item in value for inner in item])}"
    return f"ArrayOf{encode_name(_common(value))}"


def _common(values: list[Any]) -> str:
    """The name of the nearest carrier class of which all `values` are instances."""
    from contactwire.carriers import ContactEntity

    if not values:
        return plan_of(ContactEntity).name
    classes = set(map(type, values))
    shared = (cls for cls in type(values[0]).__mro__ if is_carrier(cls) and all(issubclass(each, cls) for each in classes))
    return plan_of(next(shared, ContactEntity)).name
