"""A carrier's dictionary of custom fields as a mapping of typed values.

::

    fields = CustomFieldsView(contact)
    fields["SuperOffice:1"] = 23  # contact.custom_fields == {"SuperOffice:1": "[I:23]"}
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import datetime
from typing import Any, TypeVar, overload

from attrs import NOTHING

from contactwire.customfields.spelling import build_value
from contactwire.customfields.values import Parsed, parse_value, parse_value_as
from contactwire.errors import EncodeError, Issue, ValidationError, shorten
from contactwire.paths import escape
from contactwire.timestamps import Timestamp
from contactwire.wire import STRING, UNSET, Carrier, DictionaryKind, plan_of

__all__ = ["CustomFieldsView", "is_pseudo_key"]

T = TypeVar("T")
D = TypeVar("D")

_ORG, _DISPLAY_TEXT, _DISPLAY_TOOLTIP = ":org", ":displaytext", ":displaytooltip"
_PSEUDO = (_ORG, _DISPLAY_TEXT, _DISPLAY_TOOLTIP)
_NO_KEY = "is no key of a field, which is a text, not empty, and no pseudo-key such as KEY:org"


def is_pseudo_key(key: str) -> bool:
    """Whether a key of a custom-field dictionary is one of `KEY:org`, `KEY:DisplayText` and `KEY:DisplayTooltip`."""
    return key.casefold().endswith(_PSEUDO) and not key.startswith(":")


class CustomFieldsView(MutableMapping[str, Any]):
    """A carrier's custom fields as typed values, by key in any letter case.

    Takes a carrier and the wire name of one of its dictionaries of strings; raises TypeError for any other name. The view
    holds no copy. It reads and writes the carrier's own dictionary, and creates that at the first write if it is absent or
    null.

    - `view[key]` is the value by the table of `contactwire.customfields`; `get_as(key, bool)` is the value as a type that
      the caller knows.
    - `view[key] = value` writes the value in the dictionary's own spelling, with the marker that the field has had. A value
      equal to the present one, or to the one before the change, keeps that one's spelling. The display texts of the old
      value are removed. `None` is the unset date where the field is a date, null elsewhere.
    - `del view[key]` removes the field and its pseudo-keys, so the server leaves the stored value alone.
    - Iteration and `len` skip pseudo-keys.

    Raises KeyError for an absent field, EncodeError, with the field's pointer, for a value that cannot be written.
    """

    __slots__ = ("_attribute", "_carrier", "name")

    def __init__(self, carrier: Carrier, dictionary: str = "CustomFields") -> None:
        field = plan_of(type(carrier)).find(dictionary)
        if field is None or not isinstance(field.kind, DictionaryKind) or field.kind.item != STRING:
            raise TypeError(f"{type(carrier).__name__} has no dictionary of strings {dictionary!r}")
        self._carrier, self._attribute = carrier, field.attribute
        self.name = field.name

    @property
    def fields(self) -> dict[str, str | None]:
        """The carrier's own dictionary; a new empty one, which the carrier does not keep, if it is absent or null."""
        fields = getattr(self._carrier, self._attribute)
        return {} if fields is None or fields is UNSET else fields

    def find(self, key: str) -> str | None:
        """The dictionary's spelling of a key, which may be a pseudo-key; None if it does not have the key."""
        if not isinstance(key, str):
            return None
        fields = self.fields
        if key in fields:
            return key
        folded = key.casefold()
        return next((known for known in fields if known.casefold() == folded), None)

    def parsed(self, key: str) -> Parsed:
        """The value with its marker, and the issue if it does not parse; raises KeyError."""
        return parse_value(self.text(key), dictionary=self.name)

    def text(self, key: str) -> str | None:
        """The string as the wire has it; raises KeyError."""
        known = self.find(key)
        if known is None or is_pseudo_key(known):
            raise KeyError(key)
        return self.fields[known]

    @overload
    def get_as(self, key: str, type: type[T]) -> T | None: ...
    @overload
    def get_as(self, key: str, type: type[T], default: D) -> T | D | None: ...
    def get_as(self, key: str, type: Any, default: Any = NOTHING) -> Any:
        """The value as `type`, by `parse_value_as`; `default` if the field is absent.

        Raises KeyError for an absent field without a default, ValidationError for a value of another type.
        """
        if key not in self and default is not NOTHING:
            return default
        try:
            return parse_value_as(self.text(key), type)
        except ValidationError as error:
            raise error.under(self._pointer(self.find(key) or key)) from None

    @property
    def issues(self) -> tuple[Issue, ...]:
        """An issue for every field whose string has a marker but does not parse, in the dictionary's order."""
        parsed = ((key, parse_value(text, dictionary=self.name)) for key, text in self._own())
        return tuple(one.issue.under(self._pointer(key)) for key, one in parsed if one.issue is not None)

    def display_text(self, key: str) -> str | None:
        """The text that the server shows for the value, such as a list item's name, or None; clients cannot change it."""
        return self._beside(key, _DISPLAY_TEXT)

    def tooltip(self, key: str) -> str | None:
        """The tooltip that the server shows with the value, or None; clients cannot change it."""
        return self._beside(key, _DISPLAY_TOOLTIP)

    def original(self, key: str) -> Any:
        """The value before the change, from `KEY:org`; raises KeyError if there is none."""
        pseudo = self.find(key + _ORG)
        if pseudo is None:
            raise KeyError(key + _ORG)
        return parse_value(self.fields[pseudo], dictionary=self.name).value

    def changes(self) -> dict[str, str | None]:
        """The entries, as strings, that the server would write: those that differ from their `:org`, or have none.

        A patch of the dictionary needs to hold only these.
        """
        before = {key.casefold(): text for key, text in self.fields.items()}
        return {key: text for key, text in self._own() if before.get(key.casefold() + _ORG, UNSET) != text}

    def force(self, key: str) -> None:
        """Remove the `:org` of a field, so that the server writes the field even if it is unchanged; raises KeyError."""
        self.text(key)
        self._drop(key, (_ORG,))

    def __getitem__(self, key: str) -> Any:
        return self.parsed(key).value

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str) or not key or is_pseudo_key(key):
            raise EncodeError([Issue.of_value("key", key, f"{shorten(key)} {_NO_KEY}").under(self._pointer(str(key)))])
        known = self.find(key) or key
        fields, text = self.fields, self._spell(known, value)
        if known in fields and fields[known] == text:
            return
        fields[known] = text
        setattr(self._carrier, self._attribute, fields)
        self._drop(known, (_DISPLAY_TEXT, _DISPLAY_TOOLTIP))

    def __delitem__(self, key: str) -> None:
        self.text(key)
        del self.fields[self.find(key)]  # type: ignore[arg-type]
        self._drop(key, _PSEUDO)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._own())

    def __len__(self) -> int:
        return sum(1 for _ in self._own())

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and not is_pseudo_key(key) and self.find(key) is not None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"

    def _own(self) -> Iterator[tuple[str, str | None]]:
        return ((key, text) for key, text in self.fields.items() if not is_pseudo_key(key))

    def _pointer(self, key: str) -> str:
        return f"/{escape(self.name)}/{escape(key)}"

    def _beside(self, key: str, suffix: str) -> str | None:
        pseudo = self.find(key + suffix)
        return None if pseudo is None else self.fields[pseudo]

    def _drop(self, key: str, suffixes: tuple[str, ...]) -> None:
        for suffix in suffixes:
            pseudo = self.find(key + suffix)
            if pseudo is not None:
                del self.fields[pseudo]

    def _spell(self, key: str, value: Any) -> str | None:
        known = [self.fields[name] for name in (self.find(key + _ORG), self.find(key)) if name is not None]
        earlier = [(text, parse_value(text, dictionary=self.name)) for text in known]
        for text, parsed in earlier:
            if parsed.issue is None and _same(parsed.value, value):
                return text
        marker = next((parsed.marker for _, parsed in earlier if parsed.marker), "")
        if value is None and marker not in ("D", "DT"):
            return None
        try:
            return build_value(value, dictionary=self.name, marker=marker)
        except EncodeError as error:
            raise error.under(self._pointer(key)) from None


def _same(one: Any, other: Any) -> bool:
    alike = type(one) is type(other) or {type(one), type(other)} == {Timestamp, datetime}
    return alike and bool(one == other)
