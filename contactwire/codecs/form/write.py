"""Carriers to forms: one walk over the plans, which writes a pair for each single value, spelled as ASP.NET binds it.

The walk stops at the first wrong value. `to_builtins`, which refuses the same values, then names all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contactwire.builtins import to_builtins, write_extras, write_kind
from contactwire.codecs.form.keys import Style, spell
from contactwire.codecs.form.text import quote
from contactwire.codecs.shared import loose_text, text_writer
from contactwire.errors import EncodeError, Faults, Issue, shorten
from contactwire.paths import Place, pointer_of_place
from contactwire.wire import (
    DOUBLE,
    STRING,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    is_carrier,
    is_view,
    plan_of,
)

__all__ = ["write"]


def write(value: Any, style: Style, validate: bool, max_depth: int, max_faults: int) -> bytes:
    """The form of a carrier or of a list of carriers.

    Raises `EncodeError` with every fault: what `to_builtins` refuses, or names that no key can spell.
    """
    writer = _Writer(style, validate, max_faults)
    try:
        writer.document(value, None, None, max_depth)
    except (EncodeError, UnicodeEncodeError):
        to_builtins(value, max_depth=max_depth, max_faults=max_faults)
        raise  # pragma: no cover - `to_builtins` refuses all that a form does; if ever it does not, this is the error
    writer.faults.check()
    return "&".join(writer.pairs).encode()


class _Writer:
    """The pairs written so far, escaped, and the faults of names that no key can spell.

    The methods take the key of a value, its place (`where`), and how many more levels may nest (`levels`).
    """

    def __init__(self, style: Style, validate: bool, max_faults: int) -> None:
        self.pairs: list[str] = []
        self.faults = Faults(EncodeError, max_faults)
        self._style: Style = style
        self._opening, self._closing = (".", "") if style == "dots" else ("%5B", "%5D")
        self._validate, self._text = validate, _checked if validate else _as_it_is
        self._writers: dict[type, Callable[[Any, Any, str, Place, int], None]] = {
            NestedKind: self._nested,
            ListKind: self._list,
            DictionaryKind: self._dictionary,
        }

    def document(self, value: Any, key: str | None, where: Place, levels: int) -> None:
        """Write a carrier or a list of carriers."""
        if is_carrier(type(value)):
            self._carrier(value, key, where, levels)
        elif isinstance(value, list) and levels > 0:
            for index, item in enumerate(value):
                inner, before = f"{key or ''}%5B{index}%5D", len(self.pairs)
                self.document(item, inner, (where, str(index)), levels - 1)
                self._or_empty(inner, before)
        else:
            to_builtins(value, max_depth=levels)

    def _or_empty(self, key: str, before: int) -> None:
        """Write an empty pair for a value that has written none: there are still as many pairs as `before`."""
        if len(self.pairs) == before:
            self.pairs.append(f"{key}=")

    def _carrier(self, value: Any, key: str | None, where: Place, levels: int) -> None:
        if levels <= 0:
            to_builtins(value, max_depth=levels)
        plan = plan_of(type(value))
        start, end = ("", "") if key is None else (key + self._opening, self._closing)
        for field in plan.fields:
            item = getattr(value, field.attribute)
            if item is None or item is UNSET:
                if self._validate and not field.allows(item) and not is_view(value):
                    to_builtins(value, max_depth=levels)
                continue
            name, kind = field.name, field.kind
            spelled = f"{start}{name}{end}" if key != "" and name.isidentifier() and name.isascii() else None
            if spelled is None and (spelled := self._spell(key, name, item, where)) is None:
                continue
            if isinstance(kind, (ScalarKind, EnumerationKind)):
                self.pairs.append(f"{spelled}={self._text(kind, item)}")
            else:
                self._writers[type(kind)](kind, item, spelled, (where, name), levels - 1)
        if value._extras:
            self._extras(value._extras, plan, key, where, levels)

    def _spell(self, key: str | None, name: str, value: Any, where: Place) -> str | None:
        spelled = spell(key, name, self._style)
        # After the empty name a key cannot have an index, since a key that starts with a bracket has no name before it.
        if spelled is None or (not spelled and isinstance(value, list) and value):
            message = f"no key of a form can spell the name {shorten(name)} here"
            self.faults.add(
                Issue(pointer_of_place((where, name)), message, "a name without ']' before '.' or '['", shorten(name))
            )
            return None
        return spelled

    def _value(self, kind: Kind, value: Any, key: str, where: Place, levels: int) -> None:
        if isinstance(kind, (ScalarKind, EnumerationKind)):
            self.pairs.append(f"{key}={self._text(kind, value)}")
        else:
            self._writers[type(kind)](kind, value, key, where, levels)

    def _nested(self, kind: NestedKind, value: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(value, kind.carrier):
            write_kind(kind, value, levels)
        before = len(self.pairs)
        self._carrier(value, key, where, levels)
        self._or_empty(key, before)

    def _list(self, kind: ListKind, items: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(items, list) or levels <= 0:
            write_kind(kind, items, levels)
        if not items:
            self.pairs.append(f"{key}=")
        elif isinstance(kind.item, (ScalarKind, EnumerationKind)):
            texts = ["" if item is None and kind.nullable else self._text(kind.item, item) for item in items]
            # `Domains=` means an empty list, so a single empty text gets an index.
            name = f"{key}%5B0%5D" if texts == [""] else key
            self.pairs += [f"{name}={text}" for text in texts]
        else:
            for index, item in enumerate(items):
                self._item(kind, item, f"{key}%5B{index}%5D", (where, str(index)), levels - 1)

    def _item(self, kind: ListKind, item: Any, key: str, where: Place, levels: int) -> None:
        if item is None and kind.nullable:
            self.pairs.append(f"{key}=")
        else:
            self._value(kind.item, item, key, where, levels)

    def _dictionary(self, kind: DictionaryKind, items: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(items, dict) or levels <= 0:
            write_kind(kind, items, levels)
        if not items:
            self.pairs.append(f"{key}=")
        for index, (name, item) in enumerate(items.items()):
            start = f"{key}%5B{index}%5D{self._opening}"
            self.pairs.append(f"{start}Key{self._closing}={_checked(STRING, name)}")
            if item is not None or not kind.nullable:
                self._value(kind.item, item, f"{start}Value{self._closing}", (where, name), levels - 1)

    def _extras(self, extras: Any, plan: CarrierPlan, key: str | None, where: Place, levels: int) -> None:
        self._members(write_extras(extras, plan, levels), key, where)

    def _members(self, members: dict[str, Any], key: str | None, where: Place) -> None:
        """Write the members of an unknown object, except those that are null."""
        for name, value in members.items():
            spelled = self._spell(key, name, value, where) if value is not None else None
            if spelled is not None:
                self._unknown(value, spelled, (where, name))

    def _unknown(self, value: Any, key: str, where: Place) -> None:
        """Write the builtins of an unknown member."""
        before = len(self.pairs)
        if isinstance(value, dict):
            self._members(value, key, where)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._unknown(item, f"{key}%5B{index}%5D", (where, str(index)))
        else:
            self.pairs.append(f"{key}={_as_it_is(DOUBLE, value)}")
        self._or_empty(key, before)


def _checked(kind: ScalarKind | EnumerationKind, value: Any) -> str:
    """The escaped text of a single value; raises `EncodeError` for a wrong one."""
    if type(value) is str:
        if kind is STRING or (isinstance(kind, EnumerationKind) and kind.open):
            return quote(value)
        if isinstance(kind, FlagsKind) and kind.spellings.get(value) == value:
            return quote(value)
    elif type(value) is int and isinstance(kind, ScalarKind) and _is_between(kind.minimum, value, kind.maximum):
        return str(value)
    return quote(text_writer(kind)(value))


def _is_between(low: int | None, value: int, high: int | None) -> bool:
    return low is not None and high is not None and low <= value <= high


def _as_it_is(kind: ScalarKind | EnumerationKind, value: Any) -> str:
    """The escaped text of a single value that is not validated; "" for null."""
    return "" if value is None else quote(loose_text(kind, value))
