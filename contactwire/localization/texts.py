"""Carriers in the languages and the culture that a request asks for: `localize` copies a carrier with the texts replaced.

A `Localizer` does it. `change_in_language` has one of its own, whose texts remember what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import attrs

from contactwire.localization.culture import display_texts, find_culture, first_culture
from contactwire.localization.languages import LanguagePreference, Resolver, wanted_languages
from contactwire.localization.rewrite import Leaf, Only, Rewriter
from contactwire.wire import STRING, UNSET, Carrier, DictionaryKind, FieldPlan, Kind, UnsetType

__all__ = ["Localizer", "localize"]

T = TypeVar("T", bound=Carrier | list[Any])

Mark = Callable[[str, str | UnsetType], str]
"""Gives the string to put into a copy, from the text to show and the one that is stored; UNSET for an added one."""

_CUSTOM_FIELDS = ("CustomFields", "UserDefinedFields", "ExtraFields")


def localize(value: T, languages: str | Iterable[str] | None, *, culture: str | None = None, only: Only = None) -> T:
    """Copy a carrier, or a list of carriers, with each multi-language string replaced by its text in a wanted language.

    `languages` is a LanguagePreference, a header's value, or tags in order of preference; `resolve` says which text a string
    gives. Strings are replaced in properties, lists, dictionaries and unknown members. Keys and enumerations stay.

    `culture`, or else the preference's, formats the numbers, dates and times in the custom-field dictionaries. They become
    display texts (`KEY:DisplayText`); the values stay as they are, so that a client can send them back. An existing display
    text stays, unless it is such a number or date itself. Without a culture, the first language that CLDR knows counts, if
    Babel is installed.

    With `only`, attributes of the carrier, strings elsewhere stay. Without a language the value itself comes back. It is
    never changed, and the copy shares what is equal. Raises
    HeaderError for a `culture` that CLDR does not know, ImportError for a `culture` without Babel. The preference's culture
    comes from a request, so nothing is raised for it: an unknown one counts as absent, and so does any without Babel, which
    is a warning once in a process.
    """
    localizer = Localizer.of(languages, culture)
    return value if localizer is None else localizer(value, only)


def _shown(text: str, stored: str | UnsetType) -> str:
    return text


@attrs.frozen
class Localizer:
    """Replaces the strings of carriers: `resolve` by languages, `culture` (Babel's locale or None) by a culture."""

    resolve: Resolver
    culture: Callable[[], Any]
    mark: Mark = _shown

    @classmethod
    def of(cls, languages: str | Iterable[str] | None, culture: str | None = None, mark: Mark = _shown) -> Localizer | None:
        """What does the work of `localize` for these languages and this culture; None where no language is wanted."""
        wanted = wanted_languages(languages)
        if not wanted:
            return None
        if culture is not None:
            return cls(Resolver(wanted), find_culture(culture), mark)
        asked = languages.culture if isinstance(languages, LanguagePreference) else None
        return cls(Resolver(wanted), first_culture(asked, wanted), mark)

    def __call__(self, value: T, only: Only = None) -> T:
        """The copy of a carrier, or of a list of carriers; with `only`, no other properties of the carrier are replaced."""
        return _REWRITER(value, self, only)

    def text(self, text: Any) -> Any:
        """The string to show for a stored one; any value of a wrong type as it is."""
        if not isinstance(text, str):
            return text
        shown = self.resolve(text)
        return text if shown is text else self.mark(shown, text)

    def fields(self, fields: Any) -> Any:
        """A custom-field dictionary with its texts, and the display texts of the culture."""
        if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
            return fields
        display = display_texts(fields, self.culture).items()
        new = {key: self.text(text) for key, text in fields.items()}
        new.update((key, self.mark(text, fields.get(key, UNSET))) for key, text in display)
        return fields if new == fields else new


def _leaf(field: FieldPlan, kind: Kind) -> Leaf | None:
    if isinstance(kind, DictionaryKind) and kind.item == STRING and field.name in _CUSTOM_FIELDS:
        return lambda fields, localizer: localizer.fields(fields)
    return _text if kind == STRING else None


def _text(text: Any, localizer: Localizer) -> Any:
    return localizer.text(text)


_REWRITER = Rewriter(_leaf, extras=_text)
