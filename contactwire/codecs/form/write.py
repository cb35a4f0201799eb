"""Carriers to forms: one walk over the plans, which writes a pair for each single value, spelled as ASP.NET binds it.

The walk collects keys and texts; then all texts are escaped at once. It stops at the first wrong value. `to_builtins`, which
refuses the same values, then names all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import Any
from urllib.parse import unquote_plus

from contactwire.builtins import endless, to_builtins, to_json, write_extras, write_kind
from contactwire.codecs.form.keys import Style, spell
from contactwire.codecs.form.text import quoted
from contactwire.codecs.text_values import loose_text, text_writer
from contactwire.errors import EncodeError, Faults, Issue, shorten
from contactwire.paths import Place, PlacePointer
from contactwire.wire import (
    DOUBLE,
    STRING,
    UNSET,
    CarrierPlan,
    DictionaryKind,
    EnumerationKind,
    FieldPlan,
    FlagsKind,
    Kind,
    ListKind,
    NestedKind,
    ScalarKind,
    is_carrier,
    is_view,
    kept_on_plan,
    plan_of,
)

__all__ = ["write"]

Spell = Callable[[Any], str]
Member = tuple[str, str, Kind, bool, list[Any], Spell | None]
"""A property: its attribute, its name, its kind, whether any key has the name as it is, which of null and absent it may not
be in a form, and the function that returns the text of its value if that is a single one."""


def write(value: Any, style: Style, validate: bool, max_depth: int, max_faults: int, max_key_length: int) -> bytes:
    """The form of a carrier or of a list of carriers.

    Raises `EncodeError` with every fault: what `to_builtins` refuses, names that no key can spell, or too long a key.
    """
    writer = _Writer(style, validate, max_faults, max_key_length)
    try:
        writer.document(value, None, None, max_depth)
        body = writer.body()
    except RecursionError:
        raise endless() from None
    except (EncodeError, UnicodeEncodeError):
        to_builtins(value, max_depth=max_depth, max_faults=max_faults)
        raise  # pragma: no cover - `to_builtins` refuses all that a form does; if ever it does not, this is the error
    writer.faults.check()
    return body


class _Writer:
    """The pairs written so far, and the faults of names that no key can spell. A key is escaped, a text is not yet.

    The methods take the key of a value, its place (`where`), and how many more levels may nest (`levels`).
    """

    def __init__(self, style: Style, validate: bool, max_faults: int, max_key_length: int) -> None:
        self.faults, self._longest = Faults(EncodeError, max_faults), max_key_length
        self._style: Style = style
        self._pairs: list[str] = []  # keys and texts by turns
        self._opening, self._closing = (".", "") if style == "dots" else ("%5B", "%5D")
        self._validate = validate
        self._writers: dict[type, Callable[[Any, Any, str, Place, int], None]] = {
            NestedKind: self._nested,
            ListKind: self._list,
            DictionaryKind: self._dictionary,
        }

    def body(self) -> bytes:
        """The form; raises UnicodeEncodeError for a lone surrogate."""
        texts = quoted(self._pairs[1::2])
        return "&".join([f"{key}={text}" for key, text in zip(self._pairs[::2], texts, strict=True)]).encode()

    def document(self, value: Any, key: str | None, where: Place, levels: int) -> None:
        """Write a carrier or a list of carriers."""
        if is_carrier(type(value)):
            self._carrier(value, key, where, levels)
        elif isinstance(value, list) and levels > 0:
            for index, item in enumerate(value):
                inner, before = f"{key or ''}%5B{index}%5D", len(self._pairs)
                self.document(item, inner, (where, str(index)), levels - 1)
                self._or_empty(inner, before)
        else:
            to_builtins(value, max_depth=levels)

    def _or_empty(self, key: str, before: int) -> None:
        """Write an empty pair for a value that has written none: there are still as many pairs as `before`."""
        if len(self._pairs) == before:
            self._pairs += (key, "")

    def _carrier(self, value: Any, key: str | None, where: Place, levels: int) -> None:
        if levels <= 0:
            to_builtins(value, max_depth=levels)
        plan = plan_of(type(value))
        start, end = ("", "") if key is None else (key + self._opening, self._closing)
        for attribute, name, kind, is_plain, refused, spell_value in _members(plan, self._validate):
            item = getattr(value, attribute)
            if item is None or item is UNSET:
                if item in refused and not is_view(value):
                    self._refuse(value, plan.by_name[name], where, levels)
                continue
            spelled = f"{start}{name}{end}" if is_plain and key != "" else self._spell(key, name, item, where)
            if spelled is None:
                continue
            if spell_value is not None:
                self._pairs += (spelled, spell_value(item))
            else:
                self._writers[type(kind)](kind, item, spelled, (where, name), levels - 1)
        if value._extras:
            self._members(write_extras(value._extras, plan, levels), key, where)

    def _refuse(self, carrier: Any, field: FieldPlan, where: Place, levels: int) -> None:
        """Refuse a carrier for a property that is null or absent; where only a form cannot express null, note that fault."""
        if getattr(carrier, field.attribute) is UNSET or not field.nullable:
            to_builtins(carrier, max_depth=levels)
        message = "a form leaves null out, and what is absent here means something else"
        self._fault((where, field.name), message, field.kind.expected, "null")

    def _fault(self, where: Place, message: str, expected: str, received: str) -> None:
        self.faults.add(Issue("", message, expected, received).under(PlacePointer(where)))

    def _spell(self, key: str | None, name: str, value: Any, where: Place) -> str | None:
        spelled = spell(key, name, self._style)
        # After the empty name a key cannot have an index, since a key that starts with a bracket has no name before it.
        if spelled is None or (not spelled and isinstance(value, list) and value):
            message = f"no key of a form can spell the name {shorten(name)} here"
            self._fault((where, name), message, "a name without ']' before '.' or '['", shorten(name))
            return None
        return spelled

    def _writer(self, kind: Kind) -> Callable[[Any, str, Place, int], None]:
        """The function that writes a value of a kind, from the value, its key, its place and its levels."""
        if not isinstance(kind, (ScalarKind, EnumerationKind)):
            return partial(self._writers[type(kind)], kind)
        spell_value = _speller(kind, self._validate)
        return lambda value, key, where, levels: self._pairs.extend((key, spell_value(value)))

    def _nested(self, kind: NestedKind, value: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(value, kind.carrier):
            write_kind(kind, value, levels)
        before = len(self._pairs)
        self._carrier(value, key, where, levels)
        self._or_empty(key, before)

    def _list(self, kind: ListKind, items: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(items, list) or levels <= 0:
            write_kind(kind, items, levels)
        if not items:
            self._pairs += (key, "")
        elif isinstance(kind.item, (ScalarKind, EnumerationKind)):
            spell_item = _speller(kind.item, self._validate)
            texts = ["" if item is None and kind.nullable else spell_item(item) for item in items]
            # `Domains=` means an empty list, so a single empty text gets an index.
            name = f"{key}%5B0%5D" if texts == [""] else key
            for text in texts:
                self._pairs += (name, text)
        else:
            write_item = self._writer(kind.item)
            for index, item in enumerate(items):
                inner = f"{key}%5B{index}%5D"
                if item is None and kind.nullable:
                    self._pairs += (inner, "")
                else:
                    write_item(item, inner, (where, str(index)), levels - 1)

    def _dictionary(self, kind: DictionaryKind, items: Any, key: str, where: Place, levels: int) -> None:
        if not isinstance(items, dict) or levels <= 0:
            write_kind(kind, items, levels)
        if not items:
            self._pairs += (key, "")
        write_item = self._writer(kind.item)
        for index, (name, item) in enumerate(items.items()):
            start = f"{key}%5B{index}%5D{self._opening}"
            self._pairs += (f"{start}Key{self._closing}", _spell_key(name))
            if item is not None or not kind.nullable:
                write_item(item, f"{start}Value{self._closing}", (where, name), levels - 1)

    def _members(self, members: dict[str, Any], key: str | None, where: Place) -> None:
        """Write the members of an unknown object, except those that are null."""
        for name, value in members.items():
            spelled = self._spell(key, name, value, where) if value is not None else None
            if spelled is not None:
                self._unknown(value, spelled, (where, name))

    def _unknown(self, value: Any, key: str, where: Place) -> None:
        """Write the builtins of an unknown member. All that it holds repeats its key, which therefore must not be long."""
        # An escape is one character of the key that is read.
        if len(key) > self._longest < len(unquote_plus(key)):
            message = f"a key of a form has at most {self._longest} characters"
            self._fault(where, message, "a shorter key", shorten(key))
            return
        before = len(self._pairs)
        if isinstance(value, dict):
            self._members(value, key, where)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self._unknown(item, f"{key}%5B{index}%5D", (where, str(index)))
        else:
            self._pairs += (key, _spell_unknown(value))
        self._or_empty(key, before)


@kept_on_plan
def _members(plan: CarrierPlan, validate: bool) -> list[Member]:
    """The properties of a carrier, with or without validation of their values."""
    return [_member(field, validate) for field in plan.fields]


def _member(field: FieldPlan, validate: bool) -> Member:
    is_plain = field.name.isidentifier() and field.name.isascii()
    spell = _speller(field.kind, validate) if isinstance(field.kind, (ScalarKind, EnumerationKind)) else None
    null_is_absent = field.nullable and (field.keeps_absence or field.default is None)
    allowed = {None: null_is_absent, UNSET: field.keeps_absence}
    refused = [nothing for nothing, is_allowed in allowed.items() if validate and not is_allowed]
    return field.attribute, field.name, field.kind, is_plain, refused, spell


def _speller(kind: ScalarKind | EnumerationKind, validate: bool) -> Spell:
    """The function that returns the text of a single value.

    It raises `EncodeError` for a wrong value. Without `validate` there is none, and null has the text "".
    """
    if not validate:
        return lambda value: "" if value is None else loose_text(kind, value)
    exact = text_writer(kind)
    if kind == STRING or (isinstance(kind, EnumerationKind) and kind.open):
        return lambda value: value if type(value) is str else exact(value)
    if isinstance(kind, FlagsKind):
        return lambda value: value if type(value) is str and kind.spellings.get(value) == value else exact(value)
    if isinstance(kind, ScalarKind) and kind.minimum is not None and kind.maximum is not None:
        low, high = kind.minimum, kind.maximum
        return lambda value: str(value) if type(value) is int and low <= value <= high else exact(value)
    return exact


_spell_key = _speller(STRING, validate=True)
_spell_any = _speller(DOUBLE, validate=False)


def _spell_unknown(value: Any) -> str:
    """The text of a single value of an unknown member; a number that JSON can hold is spelled as JSON spells it."""
    return to_json(value).decode() if type(value) is float and isfinite(value) else _spell_any(value)
