"""The fast path of form decoding: for each key, spelled as it came, the route to its place is worked out once and kept.

Requests say the same keys over and over, so most pairs cost a look-up and an attribute. Places are filled as the pairs come:
this path takes indexes in ascending order and `Key` before `Value`, and nothing said twice but a property's single value.
What it is not sure of it refuses with an exception, and the exact path decides.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import attrs

from contactwire.builtins import enumeration_reader
from contactwire.codecs._text_values import text_reader
from contactwire.codecs.form.keys import Hop, Limits, hops
from contactwire.codecs.form.plans import Refused, is_single, reachable
from contactwire.codecs.form.text import unquote
from contactwire.timestamps import parse_timestamp
from contactwire.wire import (
    DOUBLE,
    STRING,
    UNSET,
    CarrierPlan,
    EnumerationKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    kind_of,
    plan_of,
)

__all__ = ["Routes", "routes_of"]

_MOST_STEPS = 50_000
_MOST_TYPES = 32
_LONGEST_KEY = 256
_OPEN = object()
_BYTE_ORDER_MARK = "\ufeff"
_LOCK = threading.RLock()

Made = dict[Any, Any]
"""What one body made so far, by its place; under `_OPEN` the items of dictionaries that still lack a value."""
Read = Callable[[str], Any]
Route = tuple[Any, str | None, Any]
"""The place of a carrier, the attribute, and what reads its text if that is no string; or None, None and what takes both
`Made` and text."""


class _Place:
    """A place that holds others, or one text that is no property of a carrier; shared by all bodies and threads.

    `token` is its name in its parent, `new` makes what is put here, `is_required` says that null is no value for it.
    """

    __slots__ = ("inside", "is_required", "new", "parent", "repeated", "token")

    def __init__(self, parent: Any, token: Any, new: Callable[[], Any], is_required: bool = True) -> None:
        self.parent, self.token, self.new, self.is_required = parent, token, new, is_required
        self.inside: dict[Any, _Place] = {}
        self.repeated: _Repeated | None = None

    def make(self, made: Made) -> Any:
        """Put a new, empty value here."""
        owner = made.get(self.parent)
        if owner is None:
            owner = self.parent.make(made)
        value = self.new()
        self.attach(owner, value, made)
        made[self] = value
        return value

    def put(self, read: Read | None, made: Made, text: str) -> None:
        """Put the value of a text here."""
        owner = made.get(self.parent)
        if owner is None:
            owner = self.parent.make(made)
        self.attach(owner, text if read is None else read(text), made)

    def put_empty(self, made: Made, text: str) -> None:
        """Put a value here that is to stay empty, which is what an empty text says."""
        if text or made.get(self) is not None:
            raise Refused
        self.make(made)
        # Whatever leads in here later finds nothing, tries to make it, and is refused.
        made[self] = None

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        """Put a value into what holds this place; refuse where there is one already, or one before it is missing."""
        raise NotImplementedError


class _Root(_Place):
    __slots__ = ()

    def make(self, made: Made) -> Any:
        made[self] = value = self.new()
        return value


class _Property(_Place):
    __slots__ = ()

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        if getattr(owner, self.token) is not UNSET:
            raise Refused
        setattr(owner, self.token, value)


class _Extras(_Place):
    __slots__ = ()

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        owner.extras = value


class _Member(_Place):
    __slots__ = ()

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        if self.token in owner:
            raise Refused
        owner[self.token] = value


class _Item(_Place):
    __slots__ = ()

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        if len(owner) != self.token:
            raise Refused
        owner.append(value)


class _Entry(_Place):
    """The value of a dictionary's item, whose key was said before."""

    __slots__ = ()

    def put_key(self, made: Made, text: str) -> None:
        """Begin the item with its key."""
        owner = made.get(self.parent)
        if owner is None:
            owner = self.parent.make(made)
        if len(owner) != self.token or text in owner:
            raise Refused
        # A key alone is a null, where there may be one.
        owner[text] = None
        made[self.token, self.parent] = text
        if self.is_required:
            made[_OPEN].add(self)

    def attach(self, owner: Any, value: Any, made: Made) -> None:
        key = made[self.token, self.parent]
        if owner[key] is not None:
            raise Refused
        owner[key] = value
        if self.is_required:
            made[_OPEN].discard(self)


class _Repeated:
    """The items of a list of single values, each a pair under the list's own name."""

    __slots__ = ("list", "read")

    def __init__(self, list: _Place, read: Read | None) -> None:
        self.list, self.read = list, read

    def put(self, is_item: bool, made: Made, text: str) -> None:
        """Put one more item; an empty text at first is the empty list, unless the key says that it `is_item`."""
        items = made.get(self)
        if items is None:
            items = made[self] = self.list.make(made)
            # No index leads in here any more.
            made[self.list] = None
            if not text and not is_item:
                return
        elif not items:
            raise Refused
        items.append(text if self.read is None else self.read(text))


class Routes(dict[str, Route]):
    """The routes for one type, by the key as it is spelled in a body, worked out when first looked up."""

    def __init__(self, kind: Kind, limits: Limits, unknown: str) -> None:
        super().__init__()
        self._kind, self._limits, self._unknown = kind, limits, unknown
        self._is_usable = all(map(_is_plain, reachable(kind)))
        self._root = _Root(None, None, _maker(kind))
        self.room = _MOST_STEPS

    def decode(self, text: str, once: bool = False) -> Any:
        """What a form stands for, whose properties may be said `once` only; raises almost any exception if in doubt."""
        if not self._is_usable or text.startswith(_BYTE_ORDER_MARK):
            raise Refused
        made: Made = {_OPEN: set()}
        place_of, put = made.get, setattr
        for piece in text.replace("+", " ").split("&"):
            key, equals, value = piece.partition("=")
            if "%" in value:
                value = unquote(value)
            if not key and not equals:
                continue
            place, attribute, read = self[key]
            if attribute is None:
                read(made, value)
                continue
            owner = place_of(place)
            if owner is None:
                owner = place.make(made)
            if once and getattr(owner, attribute) is not UNSET:
                raise Refused
            put(owner, attribute, value if read is None else read(value))
        if made[_OPEN]:
            raise Refused
        root = self._root
        return made[root] if root in made else root.make(made)

    def __missing__(self, raw: str) -> Route:
        if len(raw) > _LONGEST_KEY or self.room <= 0:
            raise Refused
        steps = hops(self._kind, unquote(raw), self._limits)
        with _LOCK:
            self.room -= len(steps)
            route = self[raw] = self._route(steps)
        return route

    def _route(self, steps: list[Hop]) -> Route:
        if self._unknown != "keep" and any(hop.role == "unknown" for hop in steps):
            if self._unknown == "error":
                raise Refused
            return None, None, _ignore
        place: _Place = self._root
        kind: Any = self._kind
        for hop, following in pairwise(steps):
            place, kind = _step(place, kind, hop, following.role == "item"), hop.kind
        last = steps[-1]
        if last.role == "end":
            return None, None, _repeated(place, kind, True)
        if last.role == "member" and is_single(last.kind):
            return place, plan_of(kind.carrier).by_name[str(last.token)].attribute, _reader(last.kind)
        return None, None, _leaf(_step(place, kind, last, False), last)


def _ignore(made: Made, text: str) -> None:
    pass


def _step(place: _Place, kind: Any, hop: Hop, is_list: bool) -> _Place:
    """The place that a hop leads to from a place of a kind; `is_list` says what it is to hold if that is unknown."""
    if hop.role == "unknown" and kind is not None:
        place = place.inside.get(_Extras) or place.inside.setdefault(_Extras, _Extras(place, None, dict))
    name = hop.token, is_list and hop.kind is None
    return place.inside.get(name) or place.inside.setdefault(name, _new_place(place, kind, hop, is_list))


def _new_place(place: _Place, kind: Any, hop: Hop, is_list: bool) -> _Place:
    new = _maker(hop.kind) if hop.kind is not None else list if is_list else dict
    match hop.role:
        case "member":
            return _Property(place, plan_of(kind.carrier).by_name[str(hop.token)].attribute, new)
        case "unknown" | "entry":
            return _Member(place, hop.token, new)
        case "item":
            return _Item(place, hop.token, new)
        case "key" | "value":
            return _Entry(place, hop.token, _maker(kind.item), not kind.nullable)
    raise Refused


def _leaf(place: _Place, hop: Hop) -> Callable[[Made, str], None]:
    """What takes the text at the end of a key, where `hop` leads to `place` and that is not a single property."""
    if isinstance(place, _Entry) and hop.role == "key":
        return place.put_key
    if hop.kind is None:
        return partial(place.put, None)
    if is_single(hop.kind):
        return partial(place.put, _reader(hop.kind))
    if isinstance(hop.kind, ListKind) and is_single(hop.kind.item):
        return _repeated(place, hop.kind, False)
    return place.put_empty


def _repeated(place: _Place, kind: Any, is_item: bool) -> Callable[[Made, str], None]:
    if not isinstance(kind, ListKind) or not is_single(kind.item):
        raise Refused
    if place.repeated is None:
        place.repeated = _Repeated(place, _reader(kind.item))
    return partial(place.repeated.put, is_item)


def _maker(kind: Kind | None) -> Callable[[], Any]:
    """What makes an empty value of a kind that holds others."""
    if not isinstance(kind, NestedKind):
        return list if isinstance(kind, ListKind) else dict
    # Absent is absent, also where the class has another default for its constructor.
    others = {
        field.attribute: UNSET
        for field in plan_of(kind.carrier).fields
        if getattr(attrs.fields(kind.carrier), field.attribute).default is not UNSET
    }
    return partial(kind.carrier, **others) if others else kind.carrier


def _reader(kind: Kind | None) -> Read | None:
    """The function that reads a single value, quickly where it is spelled as it would be written; None for a string."""
    assert isinstance(kind, (ScalarKind, EnumerationKind))
    if kind == STRING:
        return None
    if isinstance(kind, EnumerationKind):
        return enumeration_reader(kind)
    return _QUICK_READERS.get(kind.name) or _integer_reader(kind)


def _integer_reader(kind: ScalarKind) -> Read:
    read_exactly = text_reader(kind, lenient=True)

    def read(text: str) -> Any:
        if len(text) < 10 and text.isdecimal() and text.isascii():
            return int(text)
        return read_exactly(text)

    return read


_QUICK_READERS: dict[str, Read] = {
    "boolean": {"true": True, "True": True, "false": False, "False": False}.__getitem__,
    "date-time": parse_timestamp,
    "double": text_reader(DOUBLE),
}


_HOOKS = ("__attrs_pre_init__", "__attrs_post_init__", "__attrs_init__")


def _is_plain(plan: CarrierPlan) -> bool:
    """Whether a carrier can be made empty and then filled: nothing of the class's own would be passed over."""
    if any(hasattr(plan.carrier, hook) for hook in _HOOKS):
        return False
    return not any(field.validator or field.converter or not field.init for field in attrs.fields(plan.carrier))


_routes: dict[Any, Routes] = {}


def routes_of(type: Any, limits: Limits, unknown: str) -> Routes:
    """The routes for a type, shared by all threads; begun anew when they are very many, since keys are the sender's."""
    key = (type, limits, unknown)
    routes = _routes.get(key)
    if routes is None or routes.room <= 0:
        if len(_routes) >= _MOST_TYPES:
            _routes.clear()
        routes = _routes[key] = Routes(kind_of(type), limits, unknown)
    return routes
