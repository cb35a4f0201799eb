"""The exact path of forms: pairs → builtins, with every fault in how their keys fit together.

Pairs grow a tree of places, each made when a key first leads to it, so that an index costs no more than its own pair. What
the tree stands for goes as builtins through the exact reader of all formats, which has the rules for values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import attrs

from contactwire.builtins import repeated_issue
from contactwire.codecs._text_values import text_reader
from contactwire.codecs.form.keys import Hop, KeyFault, KeyReader, KeyTooLarge, Limits
from contactwire.codecs.form.plans import is_single
from contactwire.codecs.form.text import Pair
from contactwire.errors import Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.wire import DATE_TIME, STRING, DictionaryKind, EnumerationKind, Kind, ListKind, NestedKind, ScalarKind

__all__ = ["Tree"]

_BLANKS = " \t\n\r"

_reader_of = lru_cache(maxsize=256)(text_reader)


class _Place:
    """A place in the document: the key that first led here, and the places inside it or the texts that it was given.

    An item of a dictionary is a place that has two others in it, "key" and "value".
    """

    __slots__ = ("children", "disputed", "is_list", "key", "kind", "spelled", "texts")

    def __init__(self, spelled: str, kind: Kind | None, key: str) -> None:
        self.spelled, self.kind, self.key = spelled, kind, key
        self.children: dict[str | int, _Place] = {}
        self.texts: list[str] = []
        self.is_list = False
        self.disputed = False

    def admits(self, token: str | int) -> bool:
        """Whether a place called `token` can be in here: not beside a text, nor beside others of another sort."""
        if self.texts:
            return False
        return self.kind is not None or not self.children or type(next(iter(self.children))) is type(token)

    def child(self, hop: Hop, key: str) -> _Place:
        """The place that a hop leads to from here, made if `key` is the first that takes it."""
        if hop.role in ("key", "value"):
            item = self._child(hop.token, hop.spelled, None, key)
            return item._child(hop.role, "", hop.kind, key)
        return self._child(hop.token, hop.spelled, hop.kind, key)

    def _child(self, token: str | int, spelled: str, kind: Kind | None, key: str) -> _Place:
        found = self.children.get(token)
        if found is None:
            found = self.children[token] = _Place(spelled, kind, key)
        return found

    def takes_many(self) -> bool:
        """Whether several texts here are a list, and not one text said again."""
        if isinstance(self.kind, ListKind):
            return self.is_list or is_single(self.kind.item)
        return self.kind is None

    def dictionary_key(self) -> str | None:
        """The key of a dictionary's item, if it was given one."""
        place = self.children.get("key")
        return place.texts[-1] if place is not None else None


class _Conflict(Exception):
    """A key gives a place another shape than the keys before it; `steps` lead there."""

    def __init__(self, place: _Place, steps: list[Hop]) -> None:
        super().__init__(place, steps)
        self.place, self.steps = place, steps


@attrs.define
class Tree:
    """Grows from the pairs of a form by `add`; `builtins` gives what it stands for, `issues` the faults found by then."""

    kind: Kind
    limits: Limits
    unknown: str
    duplicates: str
    issues: list[Issue] = attrs.field(factory=list, init=False)
    _root: _Place = attrs.field(init=False)
    _keys: KeyReader = attrs.field(init=False)
    _gaps: dict[str, list[int]] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._root = _Place("", self.kind, "")
        self._keys = KeyReader(self.kind, self.limits)

    def add(self, pair: Pair) -> None:
        """Take one pair in. Raises `KeyTooLarge` for a key over a limit."""
        try:
            steps = self._keys.hops(pair.key)
            if self.unknown != "ignore" or all(hop.role != "unknown" for hop in steps):
                self._put(self._descend(steps, pair.key), steps, pair)
        except KeyFault as fault:
            message = f"{fault.message} (key {shorten(pair.key)})"
            self.issues.append(Issue(self._pointer(fault.steps), message, fault.expected, shorten(pair.key)))
        except _Conflict as conflict:
            self._dispute(conflict, pair.key)

    def _descend(self, steps: list[Hop], key: str) -> _Place:
        place = self._root
        for depth, hop in enumerate(steps):
            if hop.role == "end":
                break
            if not place.admits(hop.token):
                raise _Conflict(place, steps[:depth])
            place = place.child(hop, key)
        return place

    def _put(self, place: _Place, steps: list[Hop], pair: Pair) -> None:
        if place.children:
            raise _Conflict(place, steps)
        place.is_list |= steps[-1].role == "end"
        if place.texts and not place.takes_many():
            place.texts.clear()
            if self.duplicates == "error":
                self.issues.append(repeated_issue(self._pointer(steps)))
        if place.texts and len(steps) >= self.limits.max_depth:
            raise KeyTooLarge(f"nesting is deeper than {self.limits.max_depth}", "less nesting")
        place.texts.append(pair.value)

    def _dispute(self, conflict: _Conflict, key: str) -> None:
        place = conflict.place
        place.disputed = True
        expected = place.kind.expected if place.kind is not None else "a text, a list or an object"
        message = f"the keys {shorten(place.key)} and {shorten(key)} do not go together"
        self.issues.append(Issue(self._pointer(conflict.steps), message, expected, shorten(key)))

    def _pointer(self, steps: Iterable[Hop]) -> str:
        """Where hops lead, in the sender's spelling; an item of a dictionary is called by its key if that is known."""
        tokens = []
        place: _Place | None = self._root
        for hop in steps:
            place = place.children.get(hop.token) if place is not None else None
            token = hop.spelled
            if place is not None and hop.role in ("key", "value"):
                token = place.dictionary_key() or token
                place = place.children.get(hop.role)
            tokens += [] if hop.role == "end" else [f"/{escape(token)}"]
        return "".join(tokens)

    def builtins(self) -> Any:
        """What the pairs stand for, as builtins; a text that is no value of its kind stays as it is."""
        return self._value(self._root, "")

    def _value(self, place: _Place, pointer: str) -> Any:
        if not place.children:
            return _value_of_texts(place)
        if isinstance(place.kind, DictionaryKind):
            return dict(self._entries(place, place.kind, pointer))
        if isinstance(place.kind, ListKind) or (place.kind is None and isinstance(next(iter(place.children)), int)):
            return self._items(place, pointer)
        return {child.spelled: self._value(child, f"{pointer}/{escape(child.spelled)}") for child in place.children.values()}

    def _items(self, place: _Place, pointer: str) -> list[Any]:
        indexes = self._indexes(place, pointer)
        if indexes[-1] != len(indexes) - 1:
            self._gaps[pointer] = indexes
        nullable = isinstance(place.kind, ListKind) and place.kind.nullable
        return [self._item(place.children[index], nullable, f"{pointer}/{at}") for at, index in enumerate(indexes)]

    def _item(self, place: _Place, nullable: bool, pointer: str) -> Any:
        is_null = nullable and place.texts == [""] and _is_null(place.kind)
        return None if is_null else self._value(place, pointer)

    def _indexes(self, place: _Place, pointer: str) -> list[int]:
        """The indexes of items in order; a gap between them is a fault of the item behind it."""
        indexes = sorted(index for index in place.children if isinstance(index, int))
        for at, index in enumerate(indexes):
            if index != at:
                message = f"index {index} comes where {at} is missing (key {shorten(place.children[index].key)})"
                where = f"{self.sender_pointer(pointer)}/{index}"
                self.issues.append(Issue(where, message, "indexes from 0 without gaps", str(index)))
                break
        return indexes

    def _entries(self, place: _Place, kind: DictionaryKind, pointer: str) -> Iterator[tuple[str, Any]]:
        seen = set()
        items = [place.children[index] for index in self._indexes(place, pointer)]
        entries = [child for token, child in place.children.items() if isinstance(token, str)]
        for child in items + entries:
            key = child.dictionary_key() if child.kind is None else child.spelled
            value = child.children.get("value") if child.kind is None else child
            where = f"{pointer}/{escape(child.spelled if key is None else key)}"
            if key is None or (value is None and not kind.nullable):
                missing = "Key" if key is None else "Value"
                message = f"the dictionary's item has no {missing} (key {shorten(child.key)})"
                self.issues.append(Issue(self.sender_pointer(where), message, "Key and Value", shorten(child.key)))
                continue
            if key in seen and self.duplicates == "error":
                self.issues.append(repeated_issue(self.sender_pointer(where)))
            seen.add(key)
            yield key, None if value is None else self._item(value, kind.nullable, where)

    def sender_pointer(self, pointer: str) -> str:
        """A pointer into the builtins as one in the sender's indexes, which differ behind a gap."""
        if not self._gaps:
            return pointer
        inside, told = "", []
        for token in pointer.split("/")[1:]:
            told.append(str(self._gaps[inside][int(token)]) if inside in self._gaps else token)
            inside += f"/{token}"
        return "".join(f"/{token}" for token in told)


def _is_null(kind: Kind | None) -> bool:
    """Whether an empty text among items that may be null is one, because it can be nothing else of this kind."""
    return isinstance(kind, ScalarKind) and kind.name != "string"


def _value_of_texts(place: _Place) -> Any:
    texts, kind = place.texts, place.kind
    if kind is None:
        return list(texts) if place.is_list or len(texts) > 1 else texts[0]
    if isinstance(kind, ListKind) and (place.is_list or (is_single(kind.item) and texts not in ([], [""]))):
        absent = "" if kind.nullable and _is_null(kind.item) else None
        return [None if text == absent else _value_of_text(kind.item, text) for text in texts]
    if place.disputed and not is_single(kind):
        # The fault is told already; what stands here instead has none.
        return _EMPTY[type(kind)]()
    return _value_of_text(kind, texts[-1] if texts else "")


def _value_of_text(kind: Kind, text: str) -> Any:
    """The value that one text is for a kind, or the text itself where it is none."""
    if isinstance(kind, EnumerationKind) or kind == STRING:
        return text
    if not isinstance(kind, ScalarKind):
        return text or _EMPTY[type(kind)]()
    if kind == DATE_TIME:
        return text.strip(_BLANKS)
    try:
        return _reader_of(kind, lenient=True)(text)
    except ValidationError:
        return text


_EMPTY: dict[type, type] = {NestedKind: dict, DictionaryKind: dict, ListKind: list}
