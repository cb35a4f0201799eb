"""Strategies for scalars, carriers and any JSON, built from the plans."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from functools import lru_cache
from itertools import compress
from typing import Any, TypeVar

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from contactwire.builtins import MAX_DEPTH, single_reader, write_kind
from contactwire.timestamps import Timestamp
from contactwire.wire import (
    INT64,
    Carrier,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    fold,
    is_carrier,
    kept_on_plan,
    leads_back,
    plan_of,
)

__all__ = ["builtins", "carriers", "plain_values", "register_carrier", "spellings", "strings", "timestamps", "values"]

C = TypeVar("C", bound=Carrier)

_TRAPS = [
    "",
    " ",
    "null",
    "true",
    "0",
    "[]",
    "a\r\nb",
    "\t",
    "<&>\"'",
    "]]>",
    "Åse Ødegård",
    "エグ",
    "\U0001f642",
    "a~b/c",
    "\x7f",
    "\u2028",
    "e\u0301",
    "İıß",
    "\ufeff\u202e",
]
_STRINGS = st.sampled_from(_TRAPS) | st.text(st.characters(codec="utf-8"), max_size=8)
_NOT_IN_XML = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"] + ["\ufffe", "\uffff"]
_XML_STRINGS = st.sampled_from(_TRAPS) | st.text(st.characters(codec="utf-8", exclude_characters=_NOT_IN_XML), max_size=8)
_LEVELS = 2
"""How many times a carrier has a carrier of its own class inside."""
_ZONES = ("Z", "+00:00", "-00:00", "+02:00", "-0500", "+14:00", "-03:30")


def strings(*, xml: bool = False) -> st.SearchStrategy[str]:
    """Strings that UTF-8 can hold, difficult ones among them; with `xml` only characters of XML 1.0 (§2.2)."""
    return _XML_STRINGS if xml else _STRINGS


def timestamps() -> st.SearchStrategy[Timestamp]:
    """Timestamps with seven fraction digits, and time zones of every kind and spelling."""
    zones = st.none() | st.sampled_from(_ZONES).map(lambda zone: Timestamp.parse(f"2000-01-01T00:00:00{zone}").tzinfo)
    moments = st.builds(
        lambda moment, zone, tick: Timestamp.from_datetime(moment.replace(tzinfo=zone, fold=0), tick * 100),
        st.datetimes(),
        zones,
        st.integers(0, 9),
    )
    return moments | st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"]).map(Timestamp.parse)


@lru_cache(maxsize=1)
def builtins() -> st.SearchStrategy[Any]:
    """Any JSON value, as builtins: null, booleans, numbers, strings, lists and objects."""
    return _builtins(strings())


def _builtins(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.none() | st.booleans() | numbers | text,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
        max_leaves=5,
    )


def values(kind: Kind, *, text: st.SearchStrategy[str] | None = None, extras: bool = True) -> st.SearchStrategy[Any]:
    """Values of one kind; `text` replaces the strategy for strings, `extras` allows unknown members."""
    return _Values(strings() if text is None else text, extras).of(kind)


def carriers(
    type: type[C],
    *,
    text: st.SearchStrategy[str] | None = None,
    extras: bool = True,
    properties: Mapping[str, st.SearchStrategy[Any]] | None = None,
) -> st.SearchStrategy[C]:
    """Carriers of a class: each property absent, null or with a value; with `extras`, some have unknown members.

    Most have a few properties. One in ten has about half of them, with values, and so have the carriers in it.

    `type` is any class derived from `Carrier`. Values that the class's own validators refuse are not generated. `text`
    replaces the strategy for strings; use `strings(xml=True)` for carriers that go through XML. `properties` maps attributes
    to strategies for all that they are, UNSET and None included, where validators would refuse most of what is generated:
    `carriers(Price, properties={"amount": st.decimals(0, 100)})`. Raises TypeError for an attribute that is no property, and
    for a class that is no carrier.
    """
    own = dict(properties or {})
    if others := own.keys() - plan_of(type).by_attribute.keys():
        raise TypeError(f"{type.__name__} has no property {', '.join(sorted(others))}")
    return _Values(strings() if text is None else text, extras, mixed=True).carriers(plan_of(type), own)


def register_carrier(cls: type[C]) -> type[C]:
    """Register `carriers(cls)` with Hypothesis, for `st.from_type(cls)`; returns the class, so it works as a decorator.

    Raises TypeError for a class that is no carrier.
    """
    # Its plan may need classes that are defined below it.
    if not is_carrier(cls):
        raise TypeError(f"{cls!r} is no carrier class")
    st.register_type_strategy(cls, carriers)
    return cls


@attrs.frozen
class _Values:
    """Which values are made: with strings of `text`, and with `extras` some unknown members.

    A carrier nests in one of its own class `levels` times at most. If they are `rich`, a carrier has half of its properties,
    with values, and nothing is empty. If they are `mixed`, one in ten is rich.
    """

    text: st.SearchStrategy[str]
    extras: bool
    levels: int = _LEVELS
    rich: bool = False
    mixed: bool = False

    def of(self, kind: Kind) -> st.SearchStrategy[Any]:
        """Values of a kind."""
        match kind:
            case NestedKind():
                # Hypothesis caches strategies; a weak reference lets a class be freed nevertheless.
                nested: Any = weakref.ref(kind.carrier)
                return st.deferred(lambda: self.carriers(plan_of(nested())))
            case ListKind():
                return st.lists(self._item(kind), min_size=self.rich, max_size=2 - self.rich)
            case DictionaryKind():
                return st.dictionaries(self.text, self._item(kind), min_size=self.rich, max_size=2 - self.rich)
            case EnumerationKind(open=False):
                return st.sampled_from(list(kind.members))
            case EnumerationKind():
                # A number, or a known name in another letter case, means a known member where scalars are coerced.
                read = single_reader(kind, coerce=True)
                return st.sampled_from(list(kind.members)) | self.text.filter(lambda name: type(read(name)) is str)
            case FlagsKind():
                return self._flags(kind)
            case ScalarKind():
                return self._scalars(kind)

    def _item(self, kind: ListKind | DictionaryKind) -> st.SearchStrategy[Any]:
        return self._or_null(self.of(kind.item), kind.nullable)

    def _or_null(self, strategy: st.SearchStrategy[Any], nullable: bool) -> st.SearchStrategy[Any]:
        return st.none() | strategy if nullable and not self.rich else strategy

    def _flags(self, kind: FlagsKind) -> st.SearchStrategy[str | int]:
        """Flags in their usual spelling: names that the kind knows and others, and numbers, which flags explain or not."""
        names = st.lists(st.sampled_from([name for name, _ in kind.names]), min_size=1, max_size=3).map(", ".join)
        numbers = st.integers(0, 600) | st.integers(INT64.minimum, INT64.maximum)
        return (names | numbers | self.text).map(kind.usual)

    def _scalars(self, kind: ScalarKind) -> st.SearchStrategy[Any]:
        if kind.minimum is not None:
            return st.integers(kind.minimum, kind.maximum)
        return {
            "string": self.text,
            "boolean": st.booleans(),
            "double": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60),
            "date-time": timestamps(),
            "date": st.dates(),
            "uuid": st.uuids(),
            "decimal": st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
        }[kind.name]

    def carriers(self, plan: CarrierPlan, own: Mapping[str, st.SearchStrategy[Any]] | None = None) -> st.SearchStrategy[Any]:
        """Carriers of a plan, which keeps the strategy unless it is made of strategies that a caller gave."""
        is_kept = not own and self.text in (_STRINGS, _XML_STRINGS)
        return _kept_carriers(plan, self) if is_kept else _carriers(plan, self, own)

    def property(self, plan: CarrierPlan, field: FieldPlan) -> st.SearchStrategy[Any]:
        """Values of a property. A recursive one nests a few levels, as a carrier with several of them would have no end."""
        if not leads_back(plan, field):
            found = self.of(field.kind)
        elif not self.levels and isinstance(field.kind, (ListKind, DictionaryKind)):
            found = st.builds(list if isinstance(field.kind, ListKind) else dict)
        else:
            found = attrs.evolve(self, levels=max(self.levels - 1, 0)).of(field.kind)
        return self._or_null(found, field.nullable)


def _carriers(
    plan: CarrierPlan, chosen: _Values, own: Mapping[str, st.SearchStrategy[Any]] | None = None
) -> st.SearchStrategy[Any]:
    if chosen.mixed:
        usual, rare = (attrs.evolve(chosen, mixed=False, rich=is_rich).carriers(plan, own) for is_rich in (False, True))
        return st.integers(0, 9).flatmap(lambda number: rare if number == 9 else usual)
    cls, text, rich = plan.carrier, chosen.text, chosen.rich
    by_attribute = {
        field.attribute: chosen.property(plan, field)
        for field in plan.fields
        if chosen.levels or field.required or not leads_back(plan, field)
    }
    names = sorted(by_attribute)
    by_attribute |= own or {}
    chosen_names = _some_of(names) if rich or not names else st.sets(st.sampled_from(names), max_size=6)
    known = frozenset(plan.by_folded)
    unknown = text.filter(lambda name: fold(name) not in known)
    unknown_members = st.dictionaries(unknown, _builtins(text), min_size=rich, max_size=2)
    always = {field.attribute for field in plan.fields if field.required}.union(own or ())

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        given = {name: draw(by_attribute[name]) for name in sorted(draw(chosen_names) | always)}
        try:
            carrier: Any = cls(**given)
        except (ValueError, TypeError):
            # The class has a validator that refuses a value.
            reject()
        if chosen.extras and draw(st.integers(0, 1 if rich else 4)) == 0:
            carrier.extras = draw(unknown_members)
        return carrier

    return build()


_kept_carriers = kept_on_plan(_carriers)


def _some_of(names: list[str]) -> st.SearchStrategy[set[str]]:
    """Sets of names, each of which has half of them on average."""
    flips = st.lists(st.booleans(), min_size=len(names), max_size=len(names))
    return flips.map(lambda chosen: set(compress(names, chosen)))


def plain_values(kind: Kind, *, extras: bool = True) -> st.SearchStrategy[Any]:
    """Values of one kind, as builtins."""
    return values(kind, extras=extras).map(lambda value: write_kind(kind, value, MAX_DEPTH))


def spellings(name: str) -> st.SearchStrategy[str]:
    """Spellings of a wire name that mean the same property: in different letter case."""
    return st.sampled_from([each for each in (name, name.lower(), name.upper()) if fold(each) == fold(name)])
