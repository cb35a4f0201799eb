"""The exact path of decoding: from lxml's tree to carriers, in any dialect, with every fault and its pointer.

A reader either returns or raises `ValidationError` with all faults of its element; pointers start at the element and are
completed on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from contactwire.builtins import check_depth, invalid, issues_of, repeated_issue
from contactwire.codecs._text_values import text_reader
from contactwire.codecs.xml.dialects import PLAIN, type_name
from contactwire.codecs.xml.names import encode_name, local_name
from contactwire.codecs.xml.unknown import BLANK, Element, TooDeep, is_nil, read_unknown, remember
from contactwire.errors import ContentTooLarge, Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.wire import (
    STRING,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    is_carrier,
    kind_of,
    nested_carrier,
    plan_of,
)

__all__ = ["document_kind", "read_document", "root_names"]

Read = Callable[[Element, int], Any]


def document_kind(type: Any) -> Kind:
    """The kind of a document; raises TypeError for a type that is no carrier, and no list or dictionary of one."""
    kind = kind_of(type)
    if nested_carrier(kind) is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    return kind


@lru_cache(maxsize=256)
def root_names(kind: Kind) -> frozenset[str]:
    """The names, in lower case, that the root of a document of a kind may have.

    A carrier goes by its own name and by those of the carriers that it derives from, or that derive from it.
    """
    if isinstance(kind, NestedKind):
        family = [cls for cls in kind.carrier.__mro__ if is_carrier(cls)] + list(_heirs(kind.carrier))
        return frozenset(fold(plan_of(cls).name) for cls in family)
    if isinstance(kind, ListKind):
        return frozenset(f"arrayof{name}" for name in root_names(kind.item))
    return frozenset([fold(type_name(kind, PLAIN).name)])


def _heirs(cls: type) -> Iterator[type]:
    heirs: list[type] = cls.__subclasses__()
    for heir in heirs:
        if is_carrier(heir):
            yield heir
            yield from _heirs(heir)


def read_document(root: Element, kind: Kind, unknown: str, duplicates: str, max_depth: int) -> Any:
    """The carrier, list or dictionary that a document holds.

    Raises `ValidationError` with every fault and `ContentTooLarge` over `max_depth`.
    """
    _check_root(root, kind)
    try:
        return _readers(unknown, duplicates).kind(kind)(root, max_depth)
    except TooDeep as error:
        raise ContentTooLarge(f"nesting is deeper than {max_depth}", error.line) from None


def _check_root(root: Element, kind: Kind) -> None:
    name = local_name(root.tag)
    known = root_names(kind)
    # An empty list, and a dictionary, do not show what they are of.
    anonymous = not isinstance(kind, NestedKind) and (isinstance(kind, DictionaryKind) or not len(root))
    if fold(name) in known or (anonymous and name.lower().startswith("arrayof")):
        return
    expected = encode_name(type_name(kind, PLAIN).name)
    message = f"expected an element {expected}, received an element {shorten(name)}"
    raise ValidationError([Issue("", message, kind.expected, f"an element {shorten(name)}")])


@lru_cache(maxsize=8)
def _readers(unknown: str, duplicates: str) -> _Readers:
    return _Readers(unknown, duplicates)


class _Readers:
    """Makes the function that reads each kind from an element, under one set of policies."""

    def __init__(self, unknown: str, duplicates: str) -> None:
        self._unknown, self._once = unknown, duplicates == "error"
        self._made: dict[tuple[Kind, bool], Read] = {}

    def kind(self, kind: Kind, nullable: bool = False) -> Read:
        """The function that reads a kind, and null as None if it may be null."""
        read = self._made.get((kind, nullable))
        if read is None:
            read = self._made[kind, nullable] = self._make(kind, nullable)
        return read

    def _make(self, kind: Kind, nullable: bool) -> Read:
        match kind:
            case ScalarKind() | EnumerationKind():
                return _scalar_reader(kind, nullable)
            case ListKind():
                return _list_reader(kind, nullable, self._later(kind.item, kind.nullable))
            case DictionaryKind():
                return _dictionary_reader(kind, nullable, self._later(kind.item, kind.nullable), self._once)
            case NestedKind():
                return self._carrier_reader(kind, nullable)

    def _later(self, kind: Kind, nullable: bool) -> Read:
        """The reader of a kind, made when it is first used: carriers may hold themselves."""
        made: Read | None = None

        def read(element: Element, room: int) -> Any:
            nonlocal made
            if made is None:
                made = self.kind(kind, nullable)
            return made(element, room)

        return read

    def _carrier_reader(self, kind: NestedKind, nullable: bool) -> Read:
        plan = plan_of(kind.carrier)
        absent = dict.fromkeys(plan.by_attribute, UNSET)
        find, once = self._finder(plan), self._once

        def read(element: Element, room: int) -> Any:
            children, issues = _enter(element, room)
            if not children and is_nil(element):
                return _null(kind, nullable)
            found: dict[str, Any] = {}
            strange: dict[str, list[Element]] = {}
            for child in children:
                attribute, name, read_value = find(child.tag)
                if read_value is None:
                    strange.setdefault(name, []).append(child)
                    continue
                if once and attribute in found:
                    issues.append(repeated_issue("/" + escape(name)))
                try:
                    found[attribute] = read_value(child, room - 1)
                except Exception as error:
                    found[attribute] = None
                    issues += issues_of(error, "/" + escape(name), child.text)
            extras = self._extras(strange, plan, room, issues) if strange else None
            if issues:
                raise ValidationError(issues)
            try:
                carrier = plan.carrier(**{**absent, **found})
            except (ValueError, TypeError) as error:
                raise ValidationError(issues_of(error, "", found)) from None
            if extras:
                carrier.extras = extras
            return carrier

        return read

    def _finder(self, plan: CarrierPlan) -> Callable[[str], tuple[str, str, Read | None]]:
        """The function from a tag to the attribute, the name as it is spelled, and the reader of the property it means."""
        readers = {field.name: self._later(field.kind, nullable=True) for field in plan.fields}
        known: dict[str, tuple[str, str, Read | None]] = {}

        def find(tag: str) -> tuple[str, str, Read | None]:
            entry = known.get(tag)
            if entry is None:
                name = local_name(tag)
                field = plan.find(name)
                entry = ("", name, None) if field is None else (field.attribute, name, readers[field.name])
                remember(known, tag, entry)
            return entry

        return find

    def _extras(self, strange: dict[str, list[Element]], plan: CarrierPlan, room: int, issues: list[Issue]) -> Any:
        if self._unknown == "error":
            message = f"{plan.name} has no such property"
            issues += [Issue("/" + escape(name), message, "a known property", shorten(name)) for name in strange]
            return None
        if self._unknown == "ignore":
            return None
        extras: dict[str, Any] = {}
        for name, elements in strange.items():
            values = [read_unknown(element, room - 1) for element in elements]
            extras[name] = values[0] if len(values) == 1 else values
            try:
                check_depth(extras[name], room - 1)
            except ContentTooLarge:
                raise TooDeep(elements[0].sourceline or 1) from None
        return extras


def _enter(element: Element, room: int) -> tuple[list[Element], list[Issue]]:
    """The elements in an element that holds nothing else, and the fault if it does.

    Raises `TooDeep` where no element may hold any.
    """
    if room < 1:
        raise TooDeep(element.sourceline or 1)
    children = list(element)
    for text in (element.text, *[child.tail for child in children]):
        if text is not None and text.strip(BLANK):
            shown = shorten(text.strip(BLANK))
            message = f"expected elements and no text between them, received {shown}"
            return children, [Issue("", message, "elements", shown)]
    return children, []


def _null(kind: Kind, nullable: bool) -> Any:
    if not nullable:
        raise invalid(kind.expected, None)
    return None


def _scalar_reader(kind: ScalarKind | EnumerationKind, nullable: bool) -> Read:
    expected = kind.expected
    read_text = text_reader(kind)

    def read(element: Element, room: int) -> Any:
        if len(element):
            message = f"expected {expected}, received an element with elements in it"
            raise ValidationError([Issue("", message, expected, "an element with elements in it")])
        text = element.text or ""
        if (not text or text.isspace()) and is_nil(element):
            return _null(kind, nullable)
        return read_text(text)

    return read


def _list_reader(kind: ListKind, nullable: bool, read_item: Read) -> Read:
    def read(element: Element, room: int) -> Any:
        children, issues = _enter(element, room)
        if not children and is_nil(element):
            return _null(kind, nullable)
        items = []
        for index, child in enumerate(children):
            try:
                items.append(read_item(child, room - 1))
            except Exception as error:
                issues += issues_of(error, f"/{index}", child.text)
        if issues:
            raise ValidationError(issues)
        return items

    return read


def _dictionary_reader(kind: DictionaryKind, nullable: bool, read_item: Read, once: bool) -> Read:
    def read(element: Element, room: int) -> Any:
        entries, issues = _enter(element, room)
        if not entries and is_nil(element):
            return _null(kind, nullable)
        items: dict[str, Any] = {}
        for index, entry in enumerate(entries):
            pointer = f"/{index}"
            try:
                parts = _entry(entry, once, room)
                key = _read_key(parts["key"], room)
                pointer = "/" + escape(key)
                if once and key in items:
                    issues.append(repeated_issue(pointer))
                # JSON's rule: of two equal keys the last one counts.
                items[key] = None
                value = parts.get("value")
                items[key] = _null(kind.item, kind.nullable) if value is None else read_item(value, room - 1)
            except Exception as error:
                issues += issues_of(error, pointer, entry.text)
        if issues:
            raise ValidationError(issues)
        return items

    return read


_read_key = _scalar_reader(STRING, nullable=False)


def _entry(entry: Element, once: bool, room: int) -> dict[str, Element]:
    """The `key` and the `value` of a dictionary's entry; a value that is missing is null."""
    children, issues = _enter(entry, room)
    parts: dict[str, Element] = {}
    for child in children:
        name = fold(local_name(child.tag))
        if name not in ("key", "value"):
            shown = shorten(local_name(child.tag))
            message = f"expected a Key and a Value, received an element {shown}"
            issues.append(Issue("", message, "Key and Value", shown))
        elif name in parts and once:
            issues.append(repeated_issue(""))
        parts[name] = child
    if "key" not in parts and not issues:
        issues.append(Issue("", "an entry of a dictionary has no Key", "Key and Value", "no Key"))
    if issues:
        raise ValidationError(issues)
    return parts
