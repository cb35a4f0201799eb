"""From lxml's tree to builtins, by one walk over its elements.

The children of an element are taken at once, as the list `element[:]`. To create an iterator for each element would take
longer than to visit its children.

A table for each carrier class (`_Known`) maps the tags of all dialects to properties. For a tag that is not in the table,
the name is compared without namespace and in any letter case; if no property has it, the element is unknown.

The builtins have the names that the sender spells. Text becomes a number or a boolean if it spells one; otherwise it stays
text, which `assemble` refuses. The walk itself notes the faults that builtins cannot show: text between elements, entries
without a key, and whatever the codec's policies refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from contactwire.builtins import check_depth, unknown_issue
from contactwire.codecs.text_values import text_converter
from contactwire.codecs.xml.dialects import DIALECTS, member_name
from contactwire.codecs.xml.document import check_root
from contactwire.codecs.xml.names import BLANK, REFERENCE, local_name
from contactwire.codecs.xml.unknown import Element, TooDeep, is_nil, read_unknown
from contactwire.codecs.xml.walk import LEFT_OUT, Walk
from contactwire.errors import ContentTooLarge
from contactwire.wire import (
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    kept_on_plan,
    plan_of,
)

__all__ = ["read_document"]

Read = Callable[[Element, "Walk", int, Any], Any]
"""Reads an element. Takes it, the walk, how many more levels may nest, and the element's place (`paths.Place`)."""
Convert = Callable[[str], Any]
Member = tuple[str, Convert | None, Read | None]
"""A property: its name, the function that converts its text (or None), and the one that reads its element (or None)."""

_FIRST_MARK = "!"
"""The first character that is no white space in XML: a text that sorts before it is empty or begins with white space."""


def read_document(
    root: Element, kind: Kind, unknown: Any, duplicates: str, max_depth: int, max_faults: int, around: int
) -> tuple[Any, Walk]:
    """The builtins of a document, and the walk, which has the faults that they do not show.

    Raises `ValidationError` for a root that is not of this kind, and `ContentTooLarge` for nesting over `max_depth`, to
    which the levels `around` a record do not count.
    """
    check_root(root, kind)
    once = duplicates == "error"
    walk = Walk(unknown, once, odd=once, max_faults=max_faults)
    try:
        data = _element_reader(kind)(root, walk, max_depth + around, None)
    except TooDeep as error:
        raise ContentTooLarge(f"nesting is deeper than {max_depth}", error.line) from None
    return data, walk


def _value_reader(kind: Kind) -> tuple[Convert | None, Read | None]:
    """The function that converts the text of a scalar, or the one that reads the element of any other kind."""
    if isinstance(kind, (ScalarKind, EnumerationKind)):
        return text_converter(kind), None
    return None, _element_reader(kind)


def _element_reader(kind: Kind) -> Read:
    """The function that reads a carrier, list or dictionary."""
    match kind:
        case NestedKind():
            return _carrier_reader(plan_of(kind.carrier))
        case ListKind():
            return _list_reader(*_value_reader(kind.item))
        case DictionaryKind():
            return _dictionary_reader(*_value_reader(kind.item))
    raise TypeError(f"{kind!r} is a scalar")  # pragma: no cover - scalars have readers of their own


def _scalar(element: Element, text: str | None, convert: Convert | None, walk: Walk, levels: int, place: Any) -> Any:
    """The builtins of an element for a scalar. With children they are an object, which `assemble` refuses."""
    if len(element):
        return read_unknown(element, levels)
    if (text is None or text < _FIRST_MARK) and (names := element.keys()) and _is_null(element, names, walk, place):
        return None
    return (text or "") if convert is None else convert(text or "")


def _is_null(element: Element, names: list[str], walk: Walk, place: Any) -> bool:
    """Whether an element without children, with attributes of these names, is null.

    `DataContractSerializer` writes a value that it has written before as `<Name z:Ref="i1" i:nil="true"/>`, which says where
    the value is. That is no null, so it is noted as a fault.
    """
    if REFERENCE in names:
        walk.reference(place, element)
        return True
    return is_nil(element, names)


@kept_on_plan
def _carrier_reader(plan: CarrierPlan) -> Read:
    """The function that reads the element of a carrier."""
    known = _Known(plan)

    def read(element: Element, walk: Walk, levels: int, place: Any) -> Any:
        """The members of a carrier by the sender's spellings, or None for null."""
        children = element[:]
        if not children and (names := element.keys()) and _is_null(element, names, walk, place):
            return None
        if levels < 1:
            raise TooDeep(element)
        members: dict[str, Any] = {}
        between = (text := element.text) and text.strip(BLANK)
        inner = levels - 1
        for child in children:
            name, convert, read_child = known[child.tag]
            if read_child is not None:
                members[name] = read_child(child, walk, inner, (place, name))
            elif (text := child.text) is None or text < _FIRST_MARK or len(child):
                members[name] = _scalar(child, text, convert, walk, inner, (place, name))
            elif convert is None:
                members[name] = text
            else:
                members[name] = convert(text)
            if (tail := child.tail) is not None:
                between = between or tail.strip(BLANK)
        if between:
            walk.text_between(place, between)
        if walk.odd:
            known.settle(element, members, walk, inner, place)
        return members

    return read


def _tag(namespace: str | None, name: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


class _Known(dict[str, Member]):
    """The properties of one carrier by their tags in all dialects. Any other tag is looked up by its name each time."""

    def __init__(self, plan: CarrierPlan) -> None:
        super().__init__()
        self._plan = plan
        self._folded: dict[str, Member] = {}

    def _learn(self) -> None:
        """Add all properties, each with its tag in each dialect."""
        folded: dict[str, Member] = {}
        for field in self._plan.fields:
            member = folded[fold(field.name)] = field.name, *_value_reader(field.kind)
            names = [member_name(self._plan, field, dialect) for dialect in DIALECTS.values()]
            self.update((_tag(name.namespace, name.name), member) for name in names)
        # Set last, since other threads take the table for complete once this is not empty.
        self._folded = folded

    def find(self, tag: str) -> tuple[str, Member | None]:
        """The name that a tag spells, and the property of that name in any letter case; None for an unknown member."""
        if not self._folded:
            # At the first use, since the class may hold itself.
            self._learn()
        name = local_name(tag)
        return name, self._folded.get(fold(name))

    def __missing__(self, tag: str) -> Member:
        name, member = self.find(tag)
        if member is None:
            return name, None, _read_unknown
        return member if name == member[0] else (name, None, partial(_read_respelled, *member[1:]))

    def settle(self, element: Element, members: dict[str, Any], walk: Walk, levels: int, place: Any) -> None:
        """Apply the codec's policies to members that are unknown, respelled or repeated; changes `members`."""
        if walk.once:
            self._check_once(element, walk, place)
        if walk.respelled:
            self._keep_last_spelling(element, members)
        if len(members) < len(element):
            self._join_repeated(element, members, levels)
        if walk.unknown != "keep":
            for name in [name for name, value in members.items() if value is LEFT_OUT]:
                del members[name]
                if walk.unknown == "error":
                    walk.note((place, name), unknown_issue("", self._plan, name))

    def _check_once(self, element: Element, walk: Walk, place: Any) -> None:
        seen = set()
        for name, member in (self.find(child.tag) for child in element):
            if member is not None and member[0] in seen:
                walk.repeated((place, name))
            seen.add(member and member[0])

    def _keep_last_spelling(self, element: Element, members: dict[str, Any]) -> None:
        """Of two spellings of one property, keep the one that comes last in the text."""
        last = {fold(name): name for name in members}
        if len(last) < len(members):
            last = {fold(name): name for name in (local_name(child.tag) for child in element)}
            for name in [name for name in members if last[fold(name)] != name]:
                if fold(name) in self._folded:
                    del members[name]

    def _join_repeated(self, element: Element, members: dict[str, Any], levels: int) -> None:
        """Give repeated unknown elements of one name a list of their values."""
        found: dict[str, list[Element]] = {}
        for child in element:
            name, member = self.find(child.tag)
            if member is None and members[name] is not LEFT_OUT:
                found.setdefault(name, []).append(child)
        for name, elements in found.items():
            if len(elements) > 1:
                members[name] = [read_unknown(child, levels - 1) for child in elements]
                _check_depth(elements[0], members[name], levels)


def _read_respelled(
    convert: Convert | None, read: Read | None, element: Element, walk: Walk, levels: int, place: Any
) -> Any:
    walk.odd = walk.respelled = True
    return (
        _scalar(element, element.text, convert, walk, levels, place) if read is None else read(element, walk, levels, place)
    )


def _read_unknown(element: Element, walk: Walk, levels: int, place: Any) -> Any:
    """The builtins of an unknown element, or `LEFT_OUT` if the codec does not keep unknown members.

    Such a member, too, must not nest too deep.
    """
    walk.odd = True
    value = read_unknown(element, levels)
    if isinstance(value, (dict, list)):
        _check_depth(element, value, levels)
    return value if walk.unknown == "keep" else LEFT_OUT


def _check_depth(element: Element, value: Any, levels: int) -> None:
    try:
        check_depth(value, levels)
    except ContentTooLarge:
        raise TooDeep(element) from None


def _list_reader(convert: Convert | None, read_item: Read | None) -> Read:
    """The function that reads the element of a list, whose children are its items, whatever their names."""

    def read(element: Element, walk: Walk, levels: int, place: Any) -> Any:
        """The items of a list, or None for null."""
        children = element[:]
        if not children and (names := element.keys()) and _is_null(element, names, walk, place):
            return None
        if levels < 1:
            raise TooDeep(element)
        items: list[Any] = []
        between = (text := element.text) and text.strip(BLANK)
        inner = levels - 1
        for child in children:
            if read_item is not None:
                items.append(read_item(child, walk, inner, (place, len(items))))
            else:
                items.append(_scalar(child, child.text, convert, walk, inner, (place, len(items))))
            if (tail := child.tail) is not None:
                between = between or tail.strip(BLANK)
        if between:
            walk.text_between(place, between)
        return items

    return read


def _dictionary_reader(convert: Convert | None, read_value: Read | None) -> Read:
    """The function that reads the element of a dictionary, whose children are entries, whatever their names."""

    def read(element: Element, walk: Walk, levels: int, place: Any) -> Any:
        """The values of a dictionary by their keys, or None for null; an entry without a value is null."""
        entries = element[:]
        if not entries and (names := element.keys()) and _is_null(element, names, walk, place):
            return None
        if levels < 1:
            raise TooDeep(element)
        items: dict[str, Any] = {}
        between = (text := element.text) and text.strip(BLANK)
        inner = levels - 1
        for index, entry in enumerate(entries):
            # The place of the value ends with its key. If the value comes first, the key is set later, in this list.
            at = [place, index]
            inside = (text := entry.text) and text.strip(BLANK)
            key, value = LEFT_OUT, None
            for child in entry[:]:
                part = _PARTS[child.tag]
                if part == "key":
                    key = _scalar(child, child.text, None, walk, inner, at)
                    at[1] = key
                elif part != "value":
                    walk.no_part((place, index), child)
                elif read_value is not None:
                    value = read_value(child, walk, inner, at)
                else:
                    value = _scalar(child, child.text, convert, walk, inner, at)
                if (tail := child.tail) is not None:
                    inside = inside or tail.strip(BLANK)
            if inside:
                walk.text_between((place, index), inside)
            if walk.once:
                walk.check_entry((place, index), key, entry, items)
            if type(key) is str:
                items[key] = value
            else:
                walk.no_key((place, index), key)
                at[1] = index
            if (tail := entry.tail) is not None:
                between = between or tail.strip(BLANK)
        if between:
            walk.text_between(place, between)
        return items

    return read


class _Parts(dict[str, str]):
    """The part of a dictionary's entry that a tag names: "key" or "value"; any other name is none."""

    def __missing__(self, tag: str) -> str:
        return fold(local_name(tag))


_PARTS = _Parts(
    (_tag(dialect.pair_namespace or dialect.namespace, name), fold(name))
    for dialect in DIALECTS.values()
    for name in ("Key", "Value")
)
