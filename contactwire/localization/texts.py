"""Carriers in the languages and the culture that a request asks for: `localize` copies a carrier with the texts replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import attrs

from contactwire.localization.culture import display_texts, find_culture
from contactwire.localization.languages import LanguagePreference, Resolver, wanted_languages
from contactwire.localization.rewrite import Leaf, Rewriter
from contactwire.wire import STRING, DictionaryKind, FieldPlan, Kind

__all__ = ["localize"]

T = TypeVar("T")

_CUSTOM_FIELDS = ("CustomFields", "UserDefinedFields", "ExtraFields")


@attrs.frozen
class _Wanted:
    resolve: Resolver
    culture: Callable[[], Any]


def localize(value: T, languages: str | Iterable[str] | None, *, culture: str | None = None) -> T:
    """Copy a carrier, or a list of carriers, with each multi-language string replaced by its text in a wanted language.

    `languages` is a LanguagePreference, a header's value, or tags in order of preference; `resolve` says which text a string
    gives. Strings are replaced in properties, lists, dictionaries and unknown members. Keys and enumerations stay.

    `culture`, or else the preference's, formats the numbers, dates and times in the custom-field dictionaries. They become
    display texts (`KEY:DisplayText`); the values stay as they are, so that a client can send them back. An existing display
    text stays, unless it is such a number or date itself. Without a culture, the first language that CLDR knows counts, if
    Babel is installed.

    Without a language the value itself comes back. It is never changed, and the copy shares what is equal. Raises
    HeaderError for a culture that CLDR does not know, ImportError for a culture without Babel.
    """
    wanted = wanted_languages(languages)
    if not wanted:
        return value
    if culture is None and isinstance(languages, LanguagePreference):
        culture = languages.culture
    return _REWRITER(value, _Wanted(Resolver(wanted), find_culture(culture, wanted)))


def _localize_text(text: Any, wanted: _Wanted) -> Any:
    return wanted.resolve(text) if isinstance(text, str) else text


def _localize_dictionary(fields: Any, wanted: _Wanted) -> Any:
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        return fields
    new = {key: _localize_text(text, wanted) for key, text in fields.items()} | display_texts(fields, wanted.culture)
    return fields if new == fields else new


def _leaf(field: FieldPlan, kind: Kind) -> Leaf | None:
    if isinstance(kind, DictionaryKind) and kind.item == STRING and field.name in _CUSTOM_FIELDS:
        return _localize_dictionary
    return _localize_text if kind == STRING else None


_REWRITER = Rewriter(_leaf, extras=_localize_text)
