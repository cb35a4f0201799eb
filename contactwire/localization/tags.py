"""Language codes of the CRM (`SW`) and language tags (`sv-FI`): which language and region each means."""

from __future__ import annotations

__all__ = ["language_and_region"]

# The codes in multi-language strings name a country more often than a language. A code that is not in this table is taken
# for an ISO 639 language.
_CODES = {
    "AT": ("de", "AT"),
    "AU": ("en", "AU"),
    "BR": ("pt", "BR"),
    "CN": ("zh", "CN"),
    "CZ": ("cs", "CZ"),
    "DA": ("da", "DK"),
    "DE": ("de", "DE"),
    "DK": ("da", "DK"),
    "ENG": ("en", "GB"),
    "ES": ("es", "ES"),
    "FI": ("fi", "FI"),
    "FR": ("fr", "FR"),
    "GB": ("en", "GB"),
    "GE": ("de", "DE"),
    "GR": ("el", "GR"),
    "IT": ("it", "IT"),
    "JP": ("ja", "JP"),
    "NL": ("nl", "NL"),
    "NO": ("no", "NO"),
    "PL": ("pl", "PL"),
    "PT": ("pt", "PT"),
    "RU": ("ru", "RU"),
    "SE": ("sv", "SE"),
    "SW": ("sv", "SE"),
    "US": ("en", "US"),
}

# Bokmål and Nynorsk are both Norwegian (ISO 639-2 macrolanguage), and the strings have one Norwegian text.
_MACROLANGUAGES = {"nb": "no", "nn": "no"}


def language_and_region(tag: str) -> tuple[str, str]:
    """The language (ISO 639) and the region (ISO 3166-1, or "") of a CRM's code or a tag: `SW` gives `("sv", "SE")`."""
    language, *subtags = tag.split("-")
    if not subtags and language.upper() in _CODES:
        return _CODES[language.upper()]
    region = next((subtag.upper() for subtag in subtags if len(subtag) == 2 and subtag.isalpha()), "")
    return _MACROLANGUAGES.get(language.lower(), language.lower()), region
