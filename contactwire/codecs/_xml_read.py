"""The exact path of decoding: from lxml's tree to carriers, in any dialect, with every fault and its pointer.

A reader either returns or raises `ValidationError` with all faults of its element; pointers start at the element and are
completed on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contactwire.builtins import check_depth, issues_of, repeated_issue
from contactwire.codecs._text_values import text_reader
from contactwire.codecs._xml_dialects import PLAIN, type_name
from contactwire.codecs._xml_extras import BLANK, TooDeep, is_nil, read_unknown
from contactwire.codecs._xml_names import encode_name, local_name
from contactwire.errors import ContentTooLarge, Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.wire import (
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

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["document_kind", "read_document", "root_names"]

Read = Callable[["_Element", int], Any]
_STRAY = "an element here holds elements only, no text"


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
    for heir in cls.__subclasses__():
        if is_carrier(heir):
            yield heir
            yield from _heirs(heir)


def read_document(root: _Element, kind: Kind, unknown: str, duplicates: str, max_depth: int) -> Any:
    """The carrier, list or dictionary that a document holds.

    Raises `ValidationError` with every fault and `ContentTooLarge` over `max_depth`.
    """
    _check_root(root, kind)
    try:
        return _readers(unknown, duplicates).kind(kind)(root, max_depth)
    except TooDeep as error:
        raise ContentTooLarge(f"nesting is deeper than {max_depth}", error.line) from None


def _check_root(root: _Element, kind: Kind) -> None:
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
        self._unknown, self._duplicates = unknown, duplicates
        self._made: dict[Kind, Read] = {}

    def kind(self, kind: Kind) -> Read:
        read = self._made.get(kind)
        if read is None:
            read = self._made[kind] = self._make(kind)
        return read

    def _make(self, kind: Kind) -> Read:
        match kind:
            case ScalarKind() | EnumerationKind():
                return _scalar_reader(kind)
            case ListKind():
                return _refuse_null(kind, _list_reader(kind, self._later(kind.item)))
            case DictionaryKind():
                return _refuse_null(kind, _dictionary_reader(kind, self._later(kind.item), self._duplicates))
            case NestedKind():
                return _refuse_null(kind, self._carrier_reader(kind))

    def _later(self, kind: Kind) -> Read:
        """The reader of a kind, asked for when it is used: carriers may hold themselves."""
        return lambda element, room: self.kind(kind)(element, room)

    def _carrier_reader(self, kind: NestedKind) -> Read:
        plan = plan_of(kind.carrier)
        absent = dict.fromkeys(plan.by_attribute, UNSET)
        readers = {field.name: self._later(field.kind) for field in plan.fields}
        once = self._duplicates == "error"

        def read(element: _Element, room: int) -> Any:
            issues = _enter(element, room)
            found: dict[str, Any] = {}
            strange: dict[str, list[_Element]] = {}
            for child in element:
                name = local_name(child.tag)
                field = plan.find(name)
                if field is None:
                    strange.setdefault(name, []).append(child)
                    continue
                pointer = "/" + escape(name)
                if once and field.attribute in found:
                    issues.append(repeated_issue(pointer))
                try:
                    found[field.attribute] = None if is_nil(child) else readers[field.name](child, room - 1)
                except Exception as error:
                    found[field.attribute] = None
                    issues += issues_of(error, pointer, child.text)
            extras = self._extras(strange, plan, room, issues)
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

    def _extras(self, strange: dict[str, list[_Element]], plan: CarrierPlan, room: int, issues: list[Issue]) -> Any:
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


def _enter(element: _Element, room: int) -> list[Issue]:
    """The faults of what stands between the elements in an element; raises `TooDeep` where no element may hold any."""
    if room < 1:
        raise TooDeep(element.sourceline or 1)
    text = element.text
    if text is not None and text.strip(BLANK):
        return [_stray(text)]
    for child in element:
        text = child.tail
        if text is not None and text.strip(BLANK):
            return [_stray(text)]
    return []


def _stray(text: str) -> Issue:
    shown = shorten(text.strip(BLANK))
    return Issue("", f"{_STRAY}: received {shown}", "elements", shown)


def _refuse_null(kind: Kind, read: Read) -> Read:
    expected = kind.expected

    def read_value(element: _Element, room: int) -> Any:
        if element.attrib and is_nil(element):
            raise ValidationError([_null(expected)])
        return read(element, room)

    return read_value


def _null(expected: str) -> Issue:
    return Issue("", f"expected {expected}, received null", expected, "null")


def _scalar_reader(kind: ScalarKind | EnumerationKind) -> Read:
    expected = kind.expected
    read_text = text_reader(kind)

    def read(element: _Element, room: int) -> Any:
        if len(element):
            message = f"expected {expected}, received an element with elements in it"
            raise ValidationError([Issue("", message, expected, "an element with elements in it")])
        text = element.text
        if text is None:
            if is_nil(element):
                raise ValidationError([_null(expected)])
            text = ""
        return read_text(text)

    return read


def _list_reader(kind: ListKind, read_item: Read) -> Read:
    nullable = kind.nullable

    def read(element: _Element, room: int) -> list[Any]:
        issues = _enter(element, room)
        items = []
        for index, child in enumerate(element):
            try:
                items.append(None if nullable and is_nil(child) else read_item(child, room - 1))
            except Exception as error:
                issues += issues_of(error, f"/{index}", child.text)
        if issues:
            raise ValidationError(issues)
        return items

    return read


def _dictionary_reader(kind: DictionaryKind, read_item: Read, duplicates: str) -> Read:
    nullable, expected = kind.nullable, kind.item.expected
    read_key = _scalar_reader(ScalarKind("string"))

    def read(element: _Element, room: int) -> dict[str, Any]:
        issues = _enter(element, room)
        items: dict[str, Any] = {}
        for index, entry in enumerate(element):
            pointer = f"/{index}"
            try:
                parts = _entry(entry, duplicates, room)
                key = read_key(parts["key"], room)
                pointer = "/" + escape(key)
                if duplicates == "error" and key in items:
                    issues.append(repeated_issue(pointer))
                # JSON's rule: of two equal keys the last one counts.
                items[key] = None
                value = parts.get("value")
                if value is None or is_nil(value):
                    if not nullable:
                        raise ValidationError([_null(expected)])
                else:
                    items[key] = read_item(value, room - 1)
            except Exception as error:
                issues += issues_of(error, pointer, entry.text)
        if issues:
            raise ValidationError(issues)
        return items

    return read


def _entry(entry: _Element, duplicates: str, room: int) -> dict[str, _Element]:
    """The `key` and the `value` of a dictionary's entry; a value that is missing is null."""
    issues = _enter(entry, room)
    parts: dict[str, _Element] = {}
    for child in entry:
        name = fold(local_name(child.tag))
        if name not in ("key", "value"):
            message = f"an entry holds a Key and a Value, received {shorten(local_name(child.tag))}"
            issues.append(Issue("", message, "Key and Value", shorten(local_name(child.tag))))
        elif name in parts and duplicates == "error":
            issues.append(repeated_issue(""))
        parts[name] = child
    if "key" not in parts and not issues:
        issues.append(Issue("", "an entry of a dictionary has no Key", "Key and Value", "no Key"))
    if issues:
        raise ValidationError(issues)
    return parts
