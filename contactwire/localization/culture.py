"""Numbers and dates in custom-field strings, formatted for a culture by Babel, which has Unicode's CLDR data.

Babel is an optional dependency, so each function that needs it imports it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal, localcontext
from functools import cache, lru_cache, wraps
from typing import Any, TypeVar

from contactwire.customfields import is_pseudo_key, parse_value, parse_value_as
from contactwire.errors import HeaderError
from contactwire.localization.tags import language_and_region

__all__ = ["display_texts", "find_culture", "first_culture", "format_custom_field"]

F = TypeVar("F", bound=Callable[..., Any])

_DISPLAY_TEXT = ":DisplayText"
# Numbers, dates and language tags that anybody sends are shorter; what is longer is formatted anew each time.
_LONGEST_REMEMBERED = 256
# More than the longest number that a marker may hold.
_PRECISION = 1000
_FORMATTED = ("[F:", "[M:", "[D:", "[DT:", "[T:")


def _remembered(entries: int) -> Callable[[F], F]:
    """Decorate a function of a text: remember that many results, of short texts only, since senders choose the texts."""

    def decorate(function: F) -> F:
        remembering = lru_cache(maxsize=entries)(function)

        @wraps(function)
        def call(text: str, *others: Any) -> Any:
            return (remembering if len(text) <= _LONGEST_REMEMBERED else function)(text, *others)

        return call  # type: ignore[return-value]

    return decorate


def format_custom_field(text: str, culture: str) -> str:
    """Format the number, date or time in a custom-field string for a `culture` (`sv`, `en-GB`, `NO`).

    `[F:1234.5]` is `1 234,5` in Norwegian. Takes strings with the markers `F`, `M`, `D`, `DT` and `T`. Every other string
    comes back as it is, `[I:1]` too, since the integer may be the id of a list item. A number keeps its fraction digits. A
    date has CLDR's medium format, without the time if that is midnight; the unset date is "".

    Raises HeaderError for a culture that CLDR does not know, and ImportError where Babel is not installed (the extra
    `contactwire[culture]`).
    """
    return _format(text, _known(culture))


def find_culture(culture: str) -> Callable[[], Any]:
    """A function that gives Babel's locale of a culture; HeaderError for an unknown one, ImportError without Babel."""
    known = _known(culture)
    return lambda: known


def first_culture(asked: str | None, languages: Iterable[str]) -> Callable[[], Any]:
    """A function that gives Babel's locale of the first culture that CLDR knows, or None; it loads Babel at its first call.

    The cultures are the one that a request `asked` for, and its `languages`. Without Babel there is none; it warns of that,
    once in a process, where a request asked for one.
    """
    # Kept for as long as the function is, which is one answer.
    return cache(lambda: _first_known(asked, languages))


def _first_known(asked: str | None, languages: Iterable[str]) -> Any:
    tags = languages if asked is None else (asked, *languages)
    try:
        return next((locale for tag in tags if (locale := _locale(tag)) is not None), None)
    except ImportError as error:
        if asked is not None:
            _warn(f"SO-Culture is ignored: {error}")
        return None


@cache
def _warn(message: str) -> None:
    # No line of the program is to blame, so the warning names this one.
    warnings.warn(message, stacklevel=1)


def _known(culture: str) -> Any:
    locale = _locale(culture)
    if locale is None:
        raise HeaderError("SO-Culture", "no such culture", culture)
    return locale


@_remembered(128)
def _locale(culture: str) -> Any:
    try:
        from babel import Locale
    except ImportError as error:
        raise ImportError("formatting by culture needs Babel: pip install 'contactwire[culture]'") from error

    # Babel keeps each name that it is asked for, for ever, so it is asked for names of CLDR's only.
    known = _known_names()
    found = next((known[tag.casefold()] for tag in _tags(culture) if tag.casefold() in known), None)
    return None if found is None else Locale.parse(found)


@cache
def _known_names() -> dict[str, str]:
    """The names of CLDR's locales by their tags, in lower case: `sr_Cyrl_BA` by `sr-cyrl-ba`."""
    from babel.localedata import locale_identifiers

    return {name.replace("_", "-").casefold(): name for name in locale_identifiers()}


def _tags(culture: str) -> Iterator[str]:
    """Yield the tags that CLDR may have for a culture, the best first: for `sr-BA`, `sr-BA`, `sr-Cyrl-BA` and `sr`."""
    from babel.core import get_global

    if "-" in culture:
        yield culture
    language, region = language_and_region(culture)
    language = get_global("language_aliases").get(language, "").replace("_", "-") or language
    region = get_global("territory_aliases").get(region, [region])[0]
    likely = get_global("likely_subtags")
    script = (likely.get(f"{language}_{region}") or likely.get(language, "")).split("_")[1:2]
    yield f"{language}-{region}"
    yield "-".join([language, *script, region])
    yield language


@_remembered(1024)
def _format(text: str, locale: Any) -> str:
    parsed = parse_value(text) if text.startswith(_FORMATTED) else None
    if parsed is None or not parsed.marker:
        return text
    if parsed.value is None:
        return ""
    value = parse_value_as(text, Decimal) if parsed.marker in ("F", "M") else parsed.value
    return _written(value, locale)


def _written(value: Any, locale: Any) -> str:
    """A number, time, date or date-time in the locale's format; a date-time at midnight is a date."""
    from babel import dates

    match value:
        case Decimal():
            return _written_number(value, locale)
        case time():
            return dates.format_time(value, "medium" if value.second else "short", locale=locale)
        case datetime() if value.time() != time():
            return dates.format_datetime(value.replace(microsecond=0), "medium", locale=locale)
    return dates.format_date(value, "medium", locale)


def _written_number(value: Decimal, locale: Any) -> str:
    from babel.numbers import format_decimal

    digits = max(0, -int(value.as_tuple().exponent))
    whole = locale.decimal_formats[None].pattern.partition(".")[0]
    pattern = f"{whole}.{'0' * digits}" if digits else whole
    # Babel rounds to the digits of the pattern, which must not be fewer than the number's.
    with localcontext(prec=_PRECISION):
        return format_decimal(value, pattern, locale)


def display_texts(fields: dict[str, Any], culture: Callable[[], Any]) -> dict[str, str]:
    """The display texts to set in a custom-field dictionary, formatted for a culture, by their keys (`KEY:DisplayText`).

    A display text that is itself a number or date with a marker is formatted. A field with a number or date, and without a
    display text, gets one.
    """
    formatted = [(key, text) for key, text in fields.items() if isinstance(text, str) and text.startswith(_FORMATTED)]
    locale = culture() if formatted else None
    if locale is None:
        return {}
    known = {key.casefold() for key in fields}
    shown = {}
    for key, text in formatted:
        display = key if key.casefold().endswith(_DISPLAY_TEXT.casefold()) else key + _DISPLAY_TEXT
        taken = is_pseudo_key(key) or display.casefold() in known
        written = text if taken and display != key else _format(text, locale)
        if written not in ("", text):
            shown[display] = written
    return shown
