"""The languages that a request asks for, and the choice of a text from a multi-language string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from contactwire.errors import HeaderError
from contactwire.localization.strings import parse_multi_language
from contactwire.localization.tags import language_and_region

__all__ = ["LanguagePreference", "choose", "parse_accept_language", "resolve", "wanted_languages"]

# RFC 9110 §12.5.4: a language range (RFC 4647 §2.1) and a weight (RFC 9110 §12.4.2), with optional white space around.
_RANGE = re.compile(
    r"[ \t]*+([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+|\*)(?:[ \t]*+;[ \t]*+[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?+[ \t]*+",
    re.ASCII,
)
_DIVIDER = re.compile(r",|;(?![ \t]*+[qQ]=)")
_NO_LANGUAGE = ("*", "x")


def parse_accept_language(header: str, name: str = "Accept-Language") -> tuple[str, ...]:
    """The language tags of an `Accept-Language` field, in descending order of weight (RFC 9110 §12.5.4).

    `"nb-NO, en;q=0.5"` gives `("nb-NO", "en")`. Tags of equal weight stay in order. Tags of weight 0 are left out, as are
    `*` and `x`, which name no language. A semicolon separates as a comma does unless a weight follows, since the CRM's own
    examples have `en-us; en-gb`. Raises HeaderError for the field `name` if the text is malformed.
    """
    weighed: dict[str, tuple[float, str]] = {}
    for element in _DIVIDER.split(header):
        # RFC 9110 §5.6.1.2: a recipient ignores empty list elements.
        if not element.strip(" \t"):
            continue
        match = _RANGE.fullmatch(element)
        if match is None:
            raise HeaderError(name, "is no list of language tags with weights", header)
        tag, weight = match[1], float(match[2] or 1)
        if tag.lower() not in weighed or weighed[tag.lower()][0] < weight:
            weighed[tag.lower()] = weight, tag
    ordered = sorted(weighed.values(), key=lambda entry: -entry[0])
    return tuple(tag for weight, tag in ordered if weight and tag.lower() not in _NO_LANGUAGE)


@attrs.frozen
class LanguagePreference:
    """The languages that a request asks for, the most wanted first, and the culture for numbers and dates.

    `culture` is None if the request asks for none; then the languages decide. A preference without languages is false, and
    leaves multi-language strings as they are.
    """

    languages: tuple[str, ...] = ()
    culture: str | None = None

    @classmethod
    def from_headers(
        cls, accept_language: str | None = None, so_language: str | None = None, so_culture: str | None = None
    ) -> LanguagePreference:
        """The preference in the values of `Accept-Language`, `SO-Language` and `SO-Culture`; None is an absent field.

        `SO-Language` overrides `Accept-Language` unless it is empty; `*` or `x` in it cancels translation. `SO-Culture` is
        ignored without a language. Raises HeaderError for a malformed value.
        """
        overriding = parse_accept_language(so_language, "SO-Language") if so_language and so_language.strip(" \t") else None
        languages = parse_accept_language(accept_language or "") if overriding is None else overriding
        cultures = parse_accept_language(so_culture or "", "SO-Culture")
        if not languages:
            return cls()
        return cls(languages, cultures[0] if cultures else None)

    def __bool__(self) -> bool:
        return bool(self.languages)

    def __iter__(self) -> Iterator[str]:
        return iter(self.languages)


def wanted_languages(languages: str | Iterable[str] | None) -> tuple[str, ...]:
    """The language tags in a header's value, a LanguagePreference or any iterable of tags; none for None."""
    if languages is None:
        return ()
    return parse_accept_language(languages) if isinstance(languages, str) else tuple(languages)


def resolve(text: str, languages: str | Iterable[str] | None) -> str:
    """The text of a multi-language string in the first of `languages` that the string has; any other string as it is.

    `languages` is a header's value (`nb-NO, en;q=0.5`), a LanguagePreference, or tags in order of preference. Without a
    language the string comes back as it is. If the string has none of the languages, its first text is the answer.
    """
    wanted = wanted_languages(languages)
    texts = parse_multi_language(text) if wanted and '"' in text else None
    return text if texts is None else choose(texts, wanted)


def choose(texts: Mapping[str, str], wanted: Iterable[str]) -> str:
    """The text for the `wanted` languages, by the order in `contactwire.localization`; `texts` must not be empty."""
    exact = {code.lower(): texts[code] for code in reversed(list(texts))}
    known = {code: language_and_region(code) for code in texts}
    for tag in wanted:
        if tag.lower() in exact:
            return exact[tag.lower()]
        language, region = language_and_region(tag)
        alike = [code for code, entry in known.items() if entry[0] == language]
        if alike:
            return texts[next((code for code in alike if known[code][1] == region), alike[0])]
    return next(iter(texts.values()))
