"""Reading: from lxml's tree to builtins, by one walk over its elements.

All elements are visited once, in the order of the text, by one iterator over the tree (`Walk.nodes`): making an iterator for
each element takes longer than visiting its children. How many of the next elements stand in one, its length says; so
whoever reads an element takes exactly those that are inside it.

What a tag means is looked up in a table of its carrier, made with the reader for the namespaces of all dialects. A tag that
is not in it is taken apart: another namespace, another letter case, or an unknown element.

Builtins are named as the sender spells them. Text becomes a number or a boolean where it spells one, and stays text
otherwise, so that whoever makes carriers of the builtins refuses it. The walk itself finds the faults that builtins cannot
show: text between elements, entries without key, and what the codec's policies refuse.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, Literal

import attrs

from contactwire.builtins import check_depth, repeated_issue
from contactwire.codecs._text_values import text_converter
from contactwire.codecs.xml.dialects import ARRAYS_NAMESPACE, CONTRACT_NAMESPACE, PLAIN, SERVICES_NAMESPACE, type_name
from contactwire.codecs.xml.names import BLANK, NIL, encode_name, local_name
from contactwire.codecs.xml.unknown import Element, TooDeep, pass_over, read_unknown, says_nil
from contactwire.errors import ContentTooLarge, Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.wire import (
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

Read = Callable[[Element, int, "Walk", int, Any], Any]
"""Reads an element with a number of children, in a walk, `room` levels deep at most, at a place (see `pointer_of`)."""
Convert = Callable[[str], Any]
Member = tuple[str, Convert | None, Read | None]
"""A property: its name, and what turns its text (None: nothing) or reads its element (None: it is a scalar)."""

_NAMESPACES = ("", f"{{{CONTRACT_NAMESPACE}}}", f"{{{SERVICES_NAMESPACE}}}", f"{{{ARRAYS_NAMESPACE}}}")
_LEFT_OUT = object()
"""Stands for what a document does not have, or what is not kept of it."""
_FIRST_MARK = "!"
"""The first character of ASCII that XML may hold and that is no blank: text below it is empty or begins with a blank."""


def document_kind(type: Any) -> Kind:
    """The kind of a document; raises TypeError for a type that is no carrier, and no list or dictionary of one."""
    kind = kind_of(type)
    if nested_carrier(kind) is None:
        raise TypeError(f"a {kind.expected} is no document: a carrier, or a list or dictionary of one, is")
    return kind


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


@attrs.define(eq=False)
class Walk:
    """One walk over a tree: the elements that are still to be visited, the codec's policies, and the faults found so far."""

    nodes: Iterator[Element]
    unknown: Literal["keep", "ignore", "error"]
    once: bool
    odd: bool
    respelled: bool = False
    faults: list[tuple[Any, Issue]] = attrs.field(factory=list)

    def fault(self, place: Any, message: str, expected: str, received: str) -> None:
        """Note what is wrong with the element at a place."""
        self.faults.append((place, Issue("", message, expected, received)))

    def check_blank(self, place: Any, between: str) -> None:
        """Note text between the elements of the one at `place`, unless it is blank."""
        text = between.strip(BLANK)
        if text:
            message = f"expected elements and no text between them, received {shorten(text)}"
            self.fault(place, message, "elements", shorten(text))

    def no_part(self, place: Any, element: Element) -> None:
        """Note an element in a dictionary's entry that is neither its key nor its value, and leave it behind."""
        pass_over(len(element), self.nodes)
        shown = shorten(local_name(element.tag))
        self.fault(place, f"expected a Key and a Value, received an element {shown}", "Key and Value", shown)

    def no_key(self, place: Any, key: Any) -> None:
        """Note a dictionary's entry whose key is `_LEFT_OUT` or no text."""
        if key is _LEFT_OUT:
            self.fault(place, "an entry of a dictionary has no Key", "Key and Value", "no Key")
        else:
            self.fault(place, f"expected string, received {shorten(key)}", "string", shorten(key))

    def check_entry(self, place: Any, key: Any, entry: Element, items: dict[str, Any]) -> None:
        """Note an entry with two keys or two values, and one whose key was there before."""
        if len({_PARTS[child.tag] for child in entry}) < len(entry):
            self.repeated(place)
        if isinstance(key, str) and key in items:
            self.repeated((place[0], key))

    def repeated(self, place: Any) -> None:
        """Note a second element for one property, or a second entry for one key."""
        self.faults.append((place, repeated_issue("")))


def first_text(text: str | None, more: str) -> str:
    """The first of two texts that is not blank."""
    return more if text is None or not text.strip(BLANK) else text


def pointer_of(place: Any) -> str:
    """The pointer of a place: None for the root, and for what is inside of a place a pair of that and a name or an index."""
    tokens = []
    while place is not None:
        place, token = place
        tokens.append(f"/{escape(str(token))}")
    return "".join(reversed(tokens))


def read_document(root: Element, kind: Kind, unknown: Any, duplicates: str, max_depth: int) -> tuple[Any, list[Issue]]:
    """The builtins that a document stands for, and the faults that they do not show.

    Raises `ValidationError` for a root that is not of this kind, and `ContentTooLarge` over `max_depth`.
    """
    _check_root(root, kind)
    nodes = root.iter()
    once = duplicates == "error"
    walk = Walk(nodes, unknown, once, odd=once)
    next(nodes)
    try:
        data = _document_reader(kind)(root, len(root), walk, max_depth, None)
    except TooDeep as error:
        raise ContentTooLarge(f"nesting is deeper than {max_depth}", error.line) from None
    return data, [issue.under(pointer_of(place)) for place, issue in walk.faults]


def _check_root(root: Element, kind: Kind) -> None:
    name = local_name(root.tag)
    if isinstance(kind, NestedKind) and name == plan_of(kind.carrier).name:
        return
    # An empty list, and a dictionary, do not show what they are of.
    anonymous = not isinstance(kind, NestedKind) and (isinstance(kind, DictionaryKind) or not len(root))
    if fold(name) in root_names(kind) or (anonymous and name.lower().startswith("arrayof")):
        return
    expected = encode_name(type_name(kind, PLAIN).name)
    message = f"expected an element {expected}, received an element {shorten(name)}"
    raise ValidationError([Issue("", message, kind.expected, f"an element {shorten(name)}")])


_carriers: weakref.WeakKeyDictionary[type, _Carrier] = weakref.WeakKeyDictionary()
"""The readers of the carriers that were read so far. None of them holds a class, so a class that nobody holds is freed."""
_lock = threading.RLock()


def _document_reader(kind: Kind) -> Read:
    cls: Any = nested_carrier(kind)
    if cls not in _carriers:
        with _lock:
            making: dict[type, _Carrier] = {}
            _carrier_reader(cls, making)
            # Others see them when they are complete.
            for each, made in making.items():
                _carriers.setdefault(each, made)
    return _element_reader(kind, {})


def _carrier_reader(cls: type, making: dict[type, _Carrier]) -> _Carrier:
    """The reader of a carrier; of those that are in the `making` one may be asked before it knows its properties."""
    made = _carriers.get(cls) or making.get(cls)
    if made is None:
        plan = plan_of(cls)
        made = making[cls] = _Carrier(plan.name)
        for field in plan.fields:
            made.learn(field.name, *_value_reader(field.kind, making))
    return made


def _value_reader(kind: Kind, making: dict[type, _Carrier]) -> tuple[Convert | None, Read | None]:
    """What turns the text of a scalar, or what reads the element of anything else."""
    if isinstance(kind, (ScalarKind, EnumerationKind)):
        return text_converter(kind), None
    return None, _element_reader(kind, making)


def _element_reader(kind: Kind, making: dict[type, _Carrier]) -> Read:
    """The function that reads a carrier, list or dictionary."""
    match kind:
        case NestedKind():
            return _carrier_reader(kind.carrier, making).read
        case ListKind():
            return _List(*_value_reader(kind.item, making)).read
        case DictionaryKind():
            return _Dictionary(*_value_reader(kind.item, making)).read
    raise TypeError(f"{kind!r} is a scalar")


def _enter(element: Element, size: int, room: int) -> bool:
    """Whether an element that may hold others does not spell null; raises `TooDeep` where none may hold any."""
    if not size and (nil := element.get(NIL)) and says_nil(nil, element.text):
        return False
    if room < 1:
        raise TooDeep(element.sourceline or 1)
    return True


def _scalar(element: Element, text: str | None, convert: Convert | None, walk: Walk, room: int) -> Any:
    """What an element with that text stands for where a scalar belongs; with others in it it is an object, which none is."""
    if size := len(element):
        return read_unknown(element, size, walk.nodes, room)
    if (text is None or text < _FIRST_MARK) and (nil := element.get(NIL)) and says_nil(nil, text):
        return None
    return (text or "") if convert is None else convert(text or "")


class _Carrier:
    """Reads the elements of one carrier."""

    def __init__(self, name: str) -> None:
        self._known = _Known(name)

    def learn(self, name: str, convert: Convert | None, read: Read | None) -> None:
        """Add a property to the table."""
        self._known.learn((name, convert, read))

    def read(self, element: Element, size: int, walk: Walk, room: int, place: Any) -> Any:
        """The members of a carrier by the names that the sender gives them, or None for null."""
        if (room < 1 or not size) and not _enter(element, size, room):
            return None
        members: dict[str, Any] = {}
        between, known, inner = element.text, self._known, room - 1
        for child in islice(walk.nodes, size):
            name, convert, read = known[child.tag]
            if read is not None:
                members[name] = read(child, len(child), walk, inner, (place, name))
            elif (text := child.text) is None or text < _FIRST_MARK or len(child):
                members[name] = _scalar(child, text, convert, walk, inner)
            elif convert is None:
                members[name] = text
            else:
                members[name] = convert(text)
            if child.tail is not None:
                between = first_text(between, child.tail)
        if between is not None:
            walk.check_blank(place, between)
        if walk.odd:
            known.settle(element, members, walk, inner, place)
        return members


class _Known(dict[str, Member]):
    """What the tags of one carrier's properties mean, whose name is `name`; of another tag it is made out as it comes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._folded: dict[str, Member] = {}
        self._name = name

    def learn(self, member: Member) -> None:
        """Add a property, under its tag in each known namespace."""
        self._folded[fold(member[0])] = member
        self.update((f"{namespace}{encode_name(member[0])}", member) for namespace in _NAMESPACES[:3])

    def find(self, tag: str) -> tuple[str, Member | None]:
        """The name that a tag spells, and the property that it means; None for an unknown one."""
        name = local_name(tag)
        return name, self._folded.get(fold(name))

    def __missing__(self, tag: str) -> Member:
        name, member = self.find(tag)
        if member is None:
            return name, None, _read_unknown
        return member if name == member[0] else (name, None, partial(_read_respelled, *member[1:]))

    def settle(self, element: Element, members: dict[str, Any], walk: Walk, room: int, place: Any) -> None:
        """Let the members be what the codec's policies say, where some of them are unknown, respelled or repeated."""
        if walk.once:
            self._check_once(element, walk, place)
        if walk.respelled:
            self._keep_last_spelling(element, members)
        if len(members) < len(element):
            self._join_repeated(element, members, room)
        if walk.unknown != "keep":
            for name in [name for name, value in members.items() if value is _LEFT_OUT]:
                del members[name]
                if walk.unknown == "error":
                    walk.fault((place, name), f"{self._name} has no such property", "a known property", shorten(name))

    def _check_once(self, element: Element, walk: Walk, place: Any) -> None:
        seen = set()
        for name, member in (self.find(child.tag) for child in element):
            if member is not None and member[0] in seen:
                walk.repeated((place, name))
            seen.add(member and member[0])

    def _keep_last_spelling(self, element: Element, members: dict[str, Any]) -> None:
        """Of two spellings of one property leave the one that stands last."""
        last = {fold(name): name for name in members}
        if len(last) < len(members):
            last = {fold(name): name for name in (local_name(child.tag) for child in element)}
            for name in [name for name in members if last[fold(name)] != name]:
                if fold(name) in self._folded:
                    del members[name]

    def _join_repeated(self, element: Element, members: dict[str, Any], room: int) -> None:
        """Make a list of what unknown elements of one name stand for."""
        found: dict[str, list[Element]] = {}
        for child in element:
            name, member = self.find(child.tag)
            if member is None and members[name] is not _LEFT_OUT:
                found.setdefault(name, []).append(child)
        for name, elements in found.items():
            if len(elements) > 1:
                members[name] = [_again(child, room - 1) for child in elements]
                _check_depth(elements[0], members[name], room)


def _again(element: Element, room: int) -> Any:
    """What an unknown element stands for that was visited before."""
    nodes = element.iter()
    return read_unknown(next(nodes), len(element), nodes, room)


def _read_respelled(
    convert: Convert | None, read: Read | None, element: Element, size: int, walk: Walk, room: int, place: Any
) -> Any:
    walk.odd = walk.respelled = True
    return _scalar(element, element.text, convert, walk, room) if read is None else read(element, size, walk, room, place)


def _read_unknown(element: Element, size: int, walk: Walk, room: int, place: Any) -> Any:
    """What an unknown element stands for, `_LEFT_OUT` unless the codec keeps it."""
    walk.odd = True
    if walk.unknown != "keep":
        pass_over(size, walk.nodes)
        return _LEFT_OUT
    value = read_unknown(element, size, walk.nodes, room)
    _check_depth(element, value, room)
    return value


def _check_depth(element: Element, value: Any, room: int) -> None:
    try:
        check_depth(value, room)
    except ContentTooLarge:
        raise TooDeep(element.sourceline or 1) from None


class _List:
    """Reads the elements of a list, whose children are its items, whatever their names."""

    def __init__(self, convert: Convert | None, read: Read | None) -> None:
        self._convert, self._read = convert, read

    def read(self, element: Element, size: int, walk: Walk, room: int, place: Any) -> Any:
        """The items of a list, or None for null."""
        if (room < 1 or not size) and not _enter(element, size, room):
            return None
        items: list[Any] = []
        between, convert, read, inner = element.text, self._convert, self._read, room - 1
        for child in islice(walk.nodes, size):
            if read is not None:
                items.append(read(child, len(child), walk, inner, (place, len(items))))
            else:
                items.append(_scalar(child, child.text, convert, walk, inner))
            if child.tail is not None:
                between = first_text(between, child.tail)
        if between is not None:
            walk.check_blank(place, between)
        return items


class _Dictionary:
    """Reads the elements of a dictionary, whose children are entries, whatever their names."""

    def __init__(self, convert: Convert | None, read: Read | None) -> None:
        self._convert, self._read = convert, read

    def read(self, element: Element, size: int, walk: Walk, room: int, place: Any) -> Any:
        """The values of a dictionary by their keys, or None for null; an entry without a value is null."""
        if (room < 1 or not size) and not _enter(element, size, room):
            return None
        items: dict[str, Any] = {}
        between, nodes, inner, convert, read = element.text, walk.nodes, room - 1, self._convert, self._read
        for index, entry in enumerate(islice(nodes, size)):
            # The place of the value is its key; where the value stands in front of that, it is not known yet.
            at = [place, index]
            key, value, inside = _LEFT_OUT, None, entry.text
            for child in islice(nodes, len(entry)):
                part = _PARTS[child.tag]
                if part == "key":
                    key = _scalar(child, child.text, None, walk, inner)
                    at[1] = key
                elif part != "value":
                    walk.no_part((place, index), child)
                elif read is not None:
                    value = read(child, len(child), walk, inner, at)
                else:
                    value = _scalar(child, child.text, convert, walk, inner)
                if child.tail is not None:
                    inside = first_text(inside, child.tail)
            if inside is not None:
                walk.check_blank((place, index), inside)
            if walk.once:
                walk.check_entry((place, index), key, entry, items)
            if type(key) is str:
                items[key] = value
            else:
                walk.no_key((place, index), key)
                at[1] = index
            if entry.tail is not None:
                between = first_text(between, entry.tail)
        if between is not None:
            walk.check_blank(place, between)
        return items


class _Parts(dict[str, str]):
    """Which part of a dictionary's entry a tag means: "key", "value", or any other name."""

    def __missing__(self, tag: str) -> str:
        return fold(local_name(tag))


_PARTS = _Parts((f"{namespace}{name}", fold(name)) for namespace in _NAMESPACES for name in ("Key", "Value"))
