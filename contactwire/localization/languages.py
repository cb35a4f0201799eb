"""The languages that a request asks for, and the choice of a text from a multi-language string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import attrs

from contactwire.localization.strings import build_multi_language, parse_multi_language
from contactwire.localization.tags import language_and_region

__all__ = ["LanguagePreference", "Resolver", "parse_accept_language", "resolve", "wanted_languages"]

MAX_LANGUAGES = 20
"""How many of the languages that a request asks for are looked at: the most wanted ones."""

# RFC 9110 §12.5.4: a language range (RFC 4647 §2.1) and a weight (RFC 9110 §12.4.2), with optional white space around.
_RANGE = re.compile(
    r"[ \t]*+([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+|\*)(?:[ \t]*+;[ \t]*+[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?+[ \t]*+",
    re.ASCII,
)
_DIVIDER = re.compile(r",|;(?![ \t]*+[A-Za-z]*+[ \t]*+=)")
_NO_LANGUAGE = ("*", "x")
_NO_FIT = MAX_LANGUAGES, 0
_NO_TEXTS: tuple[dict[str, str], str] = {}, ""


def parse_accept_language(header: str) -> tuple[str, ...]:
    """The language tags of an `Accept-Language` field, in descending order of weight (RFC 9110 §12.5.4).

    `"nb-NO, en;q=0.5"` gives `("nb-NO", "en")`. Tags of equal weight stay in order. Tags of weight 0 are left out, as are
    `*` and `x`, which name no language. A semicolon separates as a comma does unless a parameter follows, since the CRM's
    own examples have `en-us; en-gb`. A malformed element is skipped, as in `Accept`. At most 20 tags are given, the most
    wanted ones.
    """
    weighed: dict[str, tuple[float, str]] = {}
    for tag, weight in _elements(header):
        if tag.lower() not in weighed or weighed[tag.lower()][0] < weight:
            weighed[tag.lower()] = weight, tag
    ordered = sorted(weighed.values(), key=lambda entry: -entry[0])
    return tuple(tag for weight, tag in ordered if weight and tag.lower() not in _NO_LANGUAGE)[:MAX_LANGUAGES]


def _elements(header: str) -> Iterator[tuple[str, float]]:
    """Yield each well-formed element of a field: its language range, and its weight."""
    for element in _DIVIDER.split(header):
        if match := _RANGE.fullmatch(element):
            yield match[1], float(match[2] or 1)


def _overrides(so_language: str | None) -> bool:
    """Whether an `SO-Language` counts instead of `Accept-Language`: it is blank, or it has a well-formed element."""
    return so_language is not None and (not so_language.strip(" \t") or any(True for _ in _elements(so_language)))


@attrs.frozen
class LanguagePreference:
    """The languages that a request asks for, the most wanted first, and the culture for numbers and dates.

    `culture` is None if the request asks for none; then the languages decide, as they do where the culture is unknown. A
    preference without languages is false, and leaves multi-language strings as they are.
    """

    languages: tuple[str, ...] = ()
    culture: str | None = None

    @classmethod
    def from_headers(
        cls, accept_language: str | None = None, so_language: str | None = None, so_culture: str | None = None
    ) -> LanguagePreference:
        """The preference in the values of `Accept-Language`, `SO-Language` and `SO-Culture`; None is an absent field.

        `SO-Language` overrides `Accept-Language`. A blank one, `*` and `x` cancel translation: the vendor's client sends a
        blank one to get texts as they are stored, and browsers add an `Accept-Language` to its requests. `SO-Culture` is
        ignored without a language. In each field malformed elements are skipped, and a field that has no other counts as
        absent, so no value is refused.
        """
        wanted = so_language if _overrides(so_language) else accept_language
        languages = parse_accept_language(wanted or "")
        if not languages:
            return cls()
        return cls(languages, next(iter(parse_accept_language(so_culture or "")), None))

    def __bool__(self) -> bool:
        return bool(self.languages)

    def __iter__(self) -> Iterator[str]:
        return iter(self.languages)


def wanted_languages(languages: str | Iterable[str] | None) -> tuple[str, ...]:
    """The language tags in a header's value, a LanguagePreference or any iterable of tags; none for None, at most 20."""
    if languages is None:
        return ()
    return parse_accept_language(languages) if isinstance(languages, str) else tuple(islice(languages, MAX_LANGUAGES))


def resolve(text: str, languages: str | Iterable[str] | None) -> str:
    """The text of a multi-language string in the first of `languages` that the string has; any other string as it is.

    `languages` is a header's value (`nb-NO, en;q=0.5`), a LanguagePreference, or tags in order of preference, of which the
    first 20 count. Without a language the string comes back as it is. If the string has none of the languages, its first
    text is the answer.
    """
    wanted = wanted_languages(languages)
    return Resolver(wanted)(text) if wanted else text


class Resolver:
    """Resolves multi-language strings for the `wanted` languages, by the order in `contactwire.localization`.

    `resolver(text)` gives the text in one of these languages; any other string comes back as it is. It takes each distinct
    string apart once, and looks at each of its codes once, however many languages are wanted.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        # How well each key fits: the place of the first tag that has it, and the way in which it does.
        self._fits: dict[object, tuple[int, int]] = {}
        self._choices: dict[str, tuple[dict[str, str], str]] = {}
        for place, tag in enumerate(wanted):
            for way, key in enumerate(_keys(tag)):
                self._fits.setdefault(key, (place, way))

    def __call__(self, text: str) -> str:
        """The text to show for a string."""
        texts, code = self._choice(text)
        return texts[code] if texts else text

    def change(self, text: str, new: str) -> str:
        """The string to store where `new` is written in the place of what is shown for `text`.

        `new` replaces the text of the language that is shown, and the others stay. Where `text` is no multi-language string,
        or `new` is one, it is `new` itself.
        """
        texts, code = self._choice(text)
        return build_multi_language({**texts, code: new}) if texts and parse_multi_language(new) is None else new

    def _choice(self, text: str) -> tuple[dict[str, str], str]:
        """The texts of a multi-language string, and the code of the one to show; no texts for any other string."""
        if '"' not in text:
            return _NO_TEXTS
        found = self._choices.get(text)
        if found is None:
            texts = parse_multi_language(text)
            found = self._choices[text] = (texts, min(texts, key=self._rank)) if texts else _NO_TEXTS
        return found

    def _rank(self, code: str) -> tuple[int, int]:
        """How well a code fits, the best first: by the place of the tag that it matches, then by the way it does."""
        return min(self._fits.get(key, _NO_FIT) for key in _keys(code))


def _keys(tag: str) -> tuple[object, ...]:
    """What a code has in common with a tag that it fits, the best way first: `("en-gb", ("en", "GB"), ("en",))`."""
    language, region = language_and_region(tag)
    return tag.lower(), (language, region), (language,)
