"""Dialects of XML: the differences between the serializers of .NET, as data.

A `Dialect` is a value. Functions apply it to a plan: `member_order` gives the order of a carrier's elements, `member_name`
the element of a property, `item_name` that of a list's item or of a dictionary's entry, `type_name` the name of a kind, and
`root_name` that of the root. The writer and the schemas ask these functions and nothing else about a dialect's names.

`DataContractSerializer` chooses namespaces as follows. A type has a namespace, and so has each class that it derives from.
The element of a property stands in the namespace of the class that declares the property, and what is inside of that element
in those of its own type. The items of a list stand in the namespace of their type; those of scalars, which have none, in
`ARRAYS_NAMESPACE`, as do the entries of dictionaries.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Literal

import attrs

from contactwire.builtins import is_a, one_of
from contactwire.codecs.xml.names import XSD, XSI, encode_name
from contactwire.errors import repr_of
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    declaring_class,
    definition_of,
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
    "WEBAPI",
    "Dialect",
    "ElementName",
    "dialect_of",
    "item_name",
    "member_name",
    "member_order",
    "prefixes_of",
    "root_name",
    "type_name",
]

CONTRACT_NAMESPACE = "http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Services"
"""The namespace in which `DataContractSerializer` writes carriers whose classes name no other."""
SERVICES_NAMESPACE = "http://www.superoffice.net/ws/crm/NetServer/Services88"
"""The namespace of the SOAP services, and of data contracts that name it."""
ARRAYS_NAMESPACE = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
"""The namespace in which `DataContractSerializer` writes the items of lists of .NET's own types, and all dictionaries."""
_SECURITY_NAMESPACE = "http://schemas.datacontract.org/2004/07/SuperOffice.CRM.Security"
_WEBAPI_NAMESPACE = "http://schemas.datacontract.org/2004/07/SuperOffice.WebApi.v1.Carriers.ContactCarriers"

Order = Literal["wire", "declaration", "alphabetical"]
Nulls = Literal["nil", "omit"]

_XSD_NAMES: Mapping[str, str] = {
    "int32": "int",
    "int64": "long",
    "date-time": "dateTime",
    "uuid": "guid",
    "flags": "string",
}
"""The names of types by the names of kinds, where they differ."""


def _no_empty(dialect: Dialect, attribute: Any, namespaces: Mapping[str, str]) -> None:
    if not all(namespaces.values()):
        raise ValueError("a carrier in no namespace needs a dialect without one: leave it out of `namespaces`")


def _copy(namespaces: Mapping[str, str]) -> dict[str, str]:
    return dict(namespaces)


def _sorted(namespaces: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(namespaces.items()))


@attrs.frozen(kw_only=True, cache_hash=True)
class Dialect:
    """How carriers are written in XML; a value, so that you can define your own.

    `name`
        the name of the dialect.
    `namespace`
        the namespace of the elements that no other option places elsewhere, the default namespace of a document; None for no
        namespace.
    `namespaces`
        the namespaces of carriers, and of enumerations, that are not in `namespace`, by the name of the carrier or
        enumeration. A property is in the namespace of the carrier that declares it.
    `order`
        of a carrier's elements: "wire" order, base carriers first and each in "declaration" order, or base carriers first
        and each in ordinal "alphabetical" order.
    `nulls`
        how null is written: "nil" as `xsi:nil="true"` (the default), or "omit" as an element that is not there, which loses
        the difference between null and absent. "omit" is for `XmlSerializer`, which reads `xsi:nil` as an empty object, or
        as `""`. `DataContractSerializer` reads it as null, and refuses the entry of a dictionary without a `Value`.
        An item of a list keeps `xsi:nil`, as `XmlSerializer` writes and reads it, and so does a property that must be there
        or has another default than null.
    `xsi_prefix`
        the prefix in front of `nil`.
    `pair`, `scalar_pair`
        the name of a dictionary's entry, where its values are carriers, lists or dictionaries, and where they are scalars.
        A template: `{item}` is the name of the values' type, `{Item}` the same with a capital, `{digest}` what
        `DataContractSerializer` appends for types from other namespaces than XML Schema's.
    `pair_namespace`
        the namespace of a dictionary's entries with their `Key` and `Value`; None for `namespace`.
    `arrays_namespace`, `arrays_prefix`
        the namespace of items that are scalars, or lists of such, and its prefix; None for `namespace`.
    `arrays_capital`
        whether a type's name has a capital behind `ArrayOf`, as `XmlSerializer` demands it: `ArrayOfString`, and `ArrayOfNO`
        for a type `No` of two letters. Otherwise it stays, as `DataContractSerializer` demands it: `ArrayOfstring`.
    """

    name: str = attrs.field(validator=is_a(str))
    namespace: str | None = attrs.field(default=None, validator=is_a(str))
    namespaces: Mapping[str, str] = attrs.field(factory=dict, converter=_copy, eq=_sorted, validator=_no_empty)
    order: Order = attrs.field(default="wire", validator=one_of(Order))
    nulls: Nulls = attrs.field(default="nil", validator=one_of(Nulls))
    xsi_prefix: str = attrs.field(default="xsi", validator=is_a(str))
    pair: str = attrs.field(default="Pair", validator=is_a(str))
    scalar_pair: str = attrs.field(default="Pair", validator=is_a(str))
    pair_namespace: str | None = attrs.field(default=None, validator=is_a(str))
    arrays_namespace: str | None = attrs.field(default=None, validator=is_a(str))
    arrays_prefix: str = attrs.field(default="a", validator=is_a(str))
    arrays_capital: bool = attrs.field(default=True, validator=is_a(bool))

    def namespace_of(self, name: str) -> str | None:
        """The namespace of a carrier or enumeration of this name."""
        return self.namespaces.get(name, self.namespace)


PLAIN = Dialect(name="plain")
"""What .NET's `XmlSerializer` reads and writes, and the documentation shows."""

DATACONTRACT = Dialect(
    name="datacontract",
    namespace=CONTRACT_NAMESPACE,
    order="alphabetical",
    xsi_prefix="i",
    pair="KeyValueOfstring{item}{digest}",
    scalar_pair="KeyValueOfstring{item}{digest}",
    pair_namespace=ARRAYS_NAMESPACE,
    arrays_namespace=ARRAYS_NAMESPACE,
    arrays_capital=False,
)
"""What .NET's `DataContractSerializer` reads and writes for carriers that are all in one namespace."""

SERVICES = Dialect(
    name="services",
    namespace=SERVICES_NAMESPACE,
    order="declaration",
    pair="{Item}DictionaryKeyValuePair",
    scalar_pair="{Item}KeyValuePair",
    arrays_namespace=ARRAYS_NAMESPACE,
    arrays_capital=False,
)
"""What the SOAP services read and write; their WSDL declares the dictionaries, but takes lists of scalars from .NET."""

WEBAPI = attrs.evolve(
    DATACONTRACT,
    name="webapi",
    namespaces={
        **dict.fromkeys(("TableRight", "FieldRight", "FieldProperty"), _SECURITY_NAMESPACE),
        "ContactEntityWithLinks": _WEBAPI_NAMESPACE,
    },
)
"""What it reads and writes for carriers in the namespaces where the reference documentation has their classes."""

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (PLAIN, DATACONTRACT, SERVICES, WEBAPI)}
"""The known dialects by their name."""


def dialect_of(value: str | Dialect) -> Dialect:
    """The dialect of a name, or the `Dialect` that is given; raises ValueError for anything else."""
    if isinstance(value, Dialect):
        return value
    if isinstance(value, str) and value in DIALECTS:
        return DIALECTS[value]
    raise ValueError(f"a dialect is one of {', '.join(DIALECTS)} or a Dialect, not {repr_of(value)}")


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


@lru_cache(maxsize=64)
def prefixes_of(dialect: Dialect) -> Mapping[str, str]:
    """The prefix of each namespace that a document declares beside its default one."""
    prefixes = {XSI: dialect.xsi_prefix}
    if dialect.arrays_namespace not in (None, dialect.namespace):
        prefixes[dialect.arrays_namespace] = dialect.arrays_prefix
    free = (prefix for prefix in map("n{}".format, count(1)) if prefix not in prefixes.values())
    for namespace in sorted({dialect.pair_namespace or "", *dialect.namespaces.values()} - {"", dialect.namespace}):
        if namespace not in prefixes:
            prefixes[namespace] = next(free)
    return prefixes


def _element(name: str, namespace: str | None, dialect: Dialect) -> ElementName:
    return ElementName(name, namespace, prefixes_of(dialect).get(namespace or "", ""))


def _of_type(name: str, dialect: Dialect) -> ElementName:
    return _element(encode_name(name), dialect.namespace_of(name), dialect)


def member_order(plan: CarrierPlan, dialect: Dialect) -> Sequence[FieldPlan]:
    """A carrier's properties in the order in which a dialect writes them.

    The alphabetical order is .NET's ordinal one, by UTF-16 code units: `URLAddress` < `UrlAddress` < `_x` < `alpha`.
    """
    if dialect.order == "wire":
        return plan.fields
    if dialect.order == "declaration":
        return sorted(plan.fields, key=lambda field: field.level)
    return sorted(plan.fields, key=lambda field: (field.level, field.name.encode("utf-16-be")))


def member_name(plan: CarrierPlan, field: FieldPlan, dialect: Dialect) -> ElementName:
    """The element of a carrier's property, in the namespace of the carrier that declares the property."""
    owner = definition_of(declaring_class(plan, field)).name
    return _element(encode_name(field.name), dialect.namespace_of(owner), dialect)


def type_name(kind: Kind, dialect: Dialect) -> ElementName:
    """The name of a kind, in the namespace of its schema type: `string`, `EntityElement`, `ArrayOfLocalizedField`."""
    match kind:
        case NestedKind():
            return _of_type(plan_of(kind.carrier).name, dialect)
        case EnumerationKind():
            return _of_type(kind.members.__name__, dialect)
        case ListKind() | DictionaryKind():
            return _array_of(item_name(kind, dialect), dialect)
        case _:
            return ElementName(_XSD_NAMES.get(kind.name, kind.name), XSD)


def item_name(kind: ListKind | DictionaryKind, dialect: Dialect) -> ElementName:
    """The element of a list's item, or of a dictionary's entry, which holds `Key` and `Value` in the same namespace."""
    inner = type_name(kind.item, dialect)
    if isinstance(kind, ListKind):
        in_arrays = _element(inner.name, dialect.arrays_namespace or dialect.namespace, dialect)
        return in_arrays if inner.namespace == XSD else inner
    template = dialect.pair if isinstance(kind.item, (NestedKind, ListKind, DictionaryKind)) else dialect.scalar_pair
    capital = inner.name[:1].upper() + inner.name[1:]
    name = template.format(item=inner.name, Item=capital, digest=_digest(inner.namespace))
    return _element(name, dialect.pair_namespace or dialect.namespace, dialect)


def _digest(namespace: str | None) -> str:
    """The digest that `DataContractSerializer` appends to the name of a pair, unless its value's type is XML Schema's.

    It is six bytes of the MD5 of the number of type parameters and their namespaces, in base64 with two letters replaced.
    """
    if namespace == XSD:
        return ""
    text = f" 2 {XSD} {namespace or ''}".encode()
    digest = hashlib.md5(text, usedforsecurity=False).digest()[:6]
    return base64.b64encode(digest).decode().replace("/", "_S").replace("+", "_P")


def root_name(value: Any, dialect: Dialect) -> ElementName:
    """The root element of a carrier, or of a list of carriers: `ContactEntity`, `ArrayOfContactEntity`."""
    if not isinstance(value, list):
        return type_name(NestedKind(type(value)), dialect)
    inner = [item for each in value for item in each] if value and all(isinstance(item, list) for item in value) else None
    item = type_name(NestedKind(_common(value)), dialect) if inner is None else root_name(inner, dialect)
    return _array_of(item, dialect)


def _array_of(item: ElementName, dialect: Dialect) -> ElementName:
    """The name of a list of items of this name."""
    name = item.name
    if dialect.arrays_capital:
        # .NET's `CodeIdentifier.MakePascal`.
        name = name.upper() if len(name) <= 2 else name[0].upper() + name[1:]
    return attrs.evolve(item, name=f"ArrayOf{name}")


def _common(values: list[Any]) -> type:
    """The nearest carrier class of which all `values` are instances."""
    from contactwire.carriers import ContactEntity

    if not values:
        return ContactEntity
    classes = set(map(type, values))
    shared = (cls for cls in type(values[0]).__mro__ if is_carrier(cls) and all(issubclass(each, cls) for each in classes))
    return next(shared, ContactEntity)
