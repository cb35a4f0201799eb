"""XML Schema 1.0 of carriers in a dialect of XML: a named type for each kind in the plans, a document for each namespace.

A document declares elements of its own namespace only. A carrier that inherits properties from another namespace takes them
from a group, which the document of that namespace declares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from lxml import etree

from contactwire.codecs.xml import XSD, Dialect, dialect_of, escaped_letter, item_name, member_name, member_order, type_name
from contactwire.schema.texts import DATE_TIME_PATTERN, UUID_PATTERN, attribute_texts, class_text, unless_taken
from contactwire.wire import (
    DATE,
    DATE_TIME,
    DOUBLE,
    STRING,
    UUID,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    Kind,
    ListKind,
    NestedKind,
    plan_of,
)

__all__ = ["files_of"]

_TARGET, _TAKEN = "tns", ("tns", "xs")
_MAX_DOUBLE = sys.float_info.max
# A double as text: `xs:double` without its `INF` and `NaN`.
_DOUBLE_PATTERN = r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?"
# Facets adapt XML Schema's own types to exactly the values that a carrier holds.
_RESTRICTED: Mapping[Kind, tuple[str, str, Mapping[str, object]]] = {
    DATE_TIME: ("DateTime", "token", {"pattern": DATE_TIME_PATTERN}),
    DATE: ("Date", "date", {"pattern": "[0-9]{4}-[0-9]{2}-[0-9]{2}"}),
    UUID: ("Guid", "token", {"pattern": UUID_PATTERN}),
    DOUBLE: ("Double", "double", {"minInclusive": -_MAX_DOUBLE, "maxInclusive": _MAX_DOUBLE, "pattern": _DOUBLE_PATTERN}),
}


def files_of(carriers: Sequence[type], dialect: str | Dialect, stem: str = "") -> dict[str, str]:
    """The schema documents of some carriers, and of lists of them, by file name: one for each namespace.

    The first is that of the dialect's own namespace, and the names of the others have a word of their namespaces. File names
    begin with `stem`, by default the first carrier's name, of which `é` becomes `_x00E9_`. Raises ValueError for an unknown
    dialect.
    """
    dialect = dialect_of(dialect)
    documents = _SchemaSet(dialect)
    for carrier in carriers:
        for kind in (NestedKind(carrier), ListKind(NestedKind(carrier))):
            documents.add_root(kind)
    name = stem or type_name(NestedKind(carriers[0]), dialect).name
    # A document names the others by URI references, which are ASCII.
    ascii_name = "".join(letter if letter.isascii() else escaped_letter(letter) for letter in name)
    return documents.texts(f"{ascii_name}.{dialect.name}")


class _SchemaSet:
    """The schema documents of some kinds in a dialect: one for each namespace, and each imports the others."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names: dict[object, tuple[str | None, str]] = {}
        self._parts: dict[str | None, list[Any]] = {dialect.namespace: []}
        self._prefixes: dict[str | None, str] = {dialect.namespace: _TARGET}
        self._waiting: list[tuple[object, Callable[[], Any]]] = []

    def add_root(self, kind: Kind) -> None:
        """Declare a root element that holds a value of a kind."""
        name = type_name(kind, self._dialect)
        self._part(name.namespace).append(_element("element", name=name.name, type=self._type(kind)))

    def _part(self, namespace: str | None) -> list[Any]:
        """What the document of a namespace declares."""
        if namespace not in self._parts:
            self._parts[namespace] = []
            self._prefixes[namespace] = unless_taken(_word(namespace or ""), (*_TAKEN, *self._prefixes.values()))
        return self._parts[namespace]

    def _type(self, kind: Kind) -> str:
        """The prefixed name of a kind's type; `texts` builds the type later, since carriers may hold their own class."""
        own = type_name(kind, self._dialect)
        name, namespace = own.name, own.namespace
        match kind:
            case NestedKind(carrier=carrier):
                return self._refer(carrier, namespace, name, partial(self._carrier, carrier))
            case EnumerationKind(members=members):
                return self._refer(members, namespace, name, partial(_enumeration, kind))
            case ListKind():
                return self._refer(kind, namespace, name, partial(self._list, kind))
            case DictionaryKind():
                return self._refer(kind, namespace, name, partial(self._dictionary, kind))
        if kind in _RESTRICTED:
            name, base, facets = _RESTRICTED[kind]
            restricted = partial(_restricted, base=f"xs:{base}", facets=facets.items())
            return self._refer(kind, self._dialect.namespace, name, lambda: restricted(_element("simpleType")))
        return f"xs:{name}"

    def _refer(self, key: object, namespace: str | None, name: str, make: Callable[[], Any]) -> str:
        if key not in self._names:
            self._part(namespace)
            taken = [known for where, known in self._names.values() if where == namespace]
            self._names[key] = namespace, unless_taken(name, taken)
            self._waiting.append((key, make))
        namespace, name = self._names[key]
        return f"{self._prefixes[namespace]}:{name}" if namespace else name

    def _carrier(self, carrier: type) -> Any:
        plan, own = plan_of(carrier), type_name(NestedKind(carrier), self._dialect)
        runs = [
            (namespace, [self._member(plan, field) for field in fields])
            for namespace, fields in groupby(
                member_order(plan, self._dialect), lambda field: member_name(plan, field, self._dialect).namespace
            )
        ]
        # XmlSerializer reads elements in any order, and servers write them in different orders. A reader of data contracts
        # drops an element that is out of order. XML Schema allows no groups among elements in any order.
        in_any_order = self._dialect.order == "wire" and all(namespace == own.namespace for namespace, _ in runs)
        type_ = _element("complexType", class_text(carrier))
        content = _put(type_, _element("all" if in_any_order else "sequence"))
        for namespace, members in runs:
            content.extend(members if namespace == own.namespace else [self._group(namespace, own.name, members)])
        return type_

    def _member(self, plan: CarrierPlan, field: FieldPlan) -> Any:
        text, least = attribute_texts(plan.carrier).get(field.attribute, ""), int(field.required)
        name, kind = member_name(plan, field, self._dialect).name, self._type(field.kind)
        return _element("element", text, name=name, type=kind, minOccurs=least, **_nil(field))

    def _group(self, namespace: str | None, carrier: str, members: Sequence[Any]) -> Any:
        """A reference to a new group of another namespace, which holds some members of a carrier."""
        group = _element("group")
        _put(group, _element("sequence")).extend(members)
        return _element("group", ref=self._refer(group, namespace, f"{carrier}Members", lambda: group))

    def _list(self, kind: ListKind) -> Any:
        item = _element("element", name=item_name(kind, self._dialect).name, type=self._type(kind.item), **_nil(kind))
        return _sequence(_many(item))

    def _dictionary(self, kind: DictionaryKind) -> Any:
        key = _element("element", name="Key", type=self._type(STRING))
        value = _element("element", name="Value", type=self._type(kind.item), **_nil(kind))
        entry = _element("element", name=item_name(kind, self._dialect).name)
        _put(entry, _sequence(key, value))
        return _sequence(_many(entry))

    def texts(self, stem: str) -> dict[str, str]:
        """The documents by file name, which begins with `stem`."""
        for key, make in self._waiting:  # `make` may append to it
            namespace, name = self._names[key]
            type_ = make()
            type_.attrib.update({"name": name, **dict(type_.attrib)})
            self._parts[namespace].append(type_)
        locations = {
            namespace: f"{stem}.xsd" if prefix == _TARGET else f"{stem}-{prefix}.xsd"
            for namespace, prefix in self._prefixes.items()
        }
        return {locations[namespace]: self._document(namespace, locations) for namespace in self._parts}

    def _document(self, namespace: str | None, locations: Mapping[str | None, str]) -> str:
        prefixes = {prefix: known for known, prefix in self._prefixes.items() if known}
        root = etree.Element(f"{{{XSD}}}schema", nsmap={"xs": XSD, **prefixes})
        root.attrib.update({"elementFormDefault": "qualified", **({"targetNamespace": namespace} if namespace else {})})
        for other in self._parts:
            if other != namespace:
                named = {"namespace": other} if other else {}
                _put(root, _element("import", **named, schemaLocation=locations[other]))
        root.extend(self._parts[namespace])
        etree.indent(root)
        text: str = etree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _word(namespace: str) -> str:
    """The last word of a namespace: `security` for `http://…/SuperOffice.CRM.Security`."""
    words = re.findall("[a-z][a-z0-9]*", namespace.lower())
    return words[-1] if words else "other"


def _element(tag: str, text: str = "", **attributes: object) -> Any:
    """An element of XML Schema, documented by a text."""
    element = etree.Element(f"{{{XSD}}}{tag}", {name: str(value) for name, value in attributes.items()}, nsmap={"xs": XSD})
    if text:
        _put(_put(element, _element("annotation")), _element("documentation")).text = text
    return element


def _put(parent: Any, child: Any) -> Any:
    parent.append(child)
    return child


def _sequence(*members: Any) -> Any:
    type_ = _element("complexType")
    _put(type_, _element("sequence")).extend(members)
    return type_


def _many(element: Any) -> Any:
    element.attrib.update({"minOccurs": "0", "maxOccurs": "unbounded"})
    return element


def _nil(place: ListKind | DictionaryKind | FieldPlan) -> dict[str, str]:
    """Whether an element may be nil, as the attribute to add to it."""
    return {"nillable": "true"} if place.nullable else {}


def _enumeration(kind: EnumerationKind) -> Any:
    type_ = _element("simpleType", class_text(kind.members))
    base = "xs:string" if all(isinstance(member.value, str) for member in kind.members) else "xs:long"
    values = [("enumeration", member.value) for member in kind.members]
    if not kind.open:
        return _restricted(type_, base, values)
    # A known name, or else any string.
    union = _put(type_, _element("union"))
    union.extend([_restricted(_element("simpleType"), base, facets) for facets in (values, [])])
    return type_


def _restricted(type_: Any, base: str, facets: Iterable[tuple[str, object]]) -> Any:
    """A simple type, with the values of a base that have some facets."""
    _put(type_, _element("restriction", base=base)).extend(_element(facet, value=value) for facet, value in facets)
    return type_
