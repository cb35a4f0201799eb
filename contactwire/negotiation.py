"""Media types, `Content-Type` and `Accept` (RFC 9110 §8.3, §12.4, §12.5.1).

A `Content-Type` is read strictly. `Accept` is read leniently, as §12.5.1 lets a server "disregard the header field": a
malformed element is skipped. What it was to accept nobody knows, so beside one, an offer that no other element names is
acceptable too, after all that are named. ::

    negotiate("text/html, application/xml;q=0.9, */*;q=0.8") == "application/xml"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from contactwire.errors import NotAcceptable, shorten
from contactwire.patterns import pattern

__all__ = [
    "ERROR_TYPES",
    "REQUEST_TYPES",
    "RESPONSE_TYPES",
    "MediaRange",
    "MediaType",
    "negotiate",
    "parse_accept",
    "parse_media_type",
    "split_list",
    "weight",
]

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = r'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
_ESSENCE = pattern(rf"[ \t]*({_TOKEN})/({_TOKEN})")
_PARAMETER = pattern(rf"[ \t]*;[ \t]*(?:({_TOKEN})=({_TOKEN}|{_QUOTED}))?")
# An unclosed quote extends to the end of the text, so that no character is matched twice.
_ELEMENT = pattern(r'(?:[^,"]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)
# RFC 9110 §12.4.2: qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
_QVALUE = pattern(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
# Less than any weight but 0.
_LAST_RESORT = 0.0001
# The names by which senders mean UTF-8: the IANA's, and those of WHATWG and Python that are in use.
_UTF_8 = frozenset({"utf-8", "utf8", "utf_8", "u8", "utf", "csutf8", "cp65001", "unicode-1-1-utf-8"})
_LONGEST_CACHED = 512
_ESCAPE = pattern(r"\\(.)")


ERROR_TYPES = ("application/json", "text/json", "application/xml", "text/xml")
"""The media types in which the endpoint reports errors, the preferred one first."""

_PATCH_TYPES = ("application/json-patch+json", "application/merge-patch+json")

RESPONSE_TYPES = (*ERROR_TYPES, *_PATCH_TYPES)
"""The media types in which the endpoint answers, the preferred one first."""

REQUEST_TYPES = (*ERROR_TYPES, "application/x-www-form-urlencoded", *_PATCH_TYPES)
"""The media types in which a PUT may be sent."""


class MediaType(Struct, frozen=True):
    """A media type (RFC 9110 §8.3.1): `type`, `subtype`, and `parameters` as pairs of name and value.

    Type, subtype and the names of parameters are in lower case; values are as they came.
    """

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def essence(self) -> str:
        """Type and subtype, without the parameters: `application/json`."""
        return f"{self.type}/{self.subtype}"

    def get(self, name: str) -> str | None:
        """The value of a parameter, or None."""
        return dict(self.parameters).get(name)


class MediaRange(Struct, frozen=True):
    """One element of `Accept`: its `range`, a media type or `*/*` or `text/*`, and its `quality` from 0 to 1."""

    range: MediaType
    quality: float

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        """A key to order ranges by: of all that match, the most specific one has precedence (§12.5.1)."""
        return self.range.type != "*", self.range.subtype != "*", len(self.range.parameters)

    def matches(self, offer: MediaType) -> bool:
        """Whether `offer` is in this range. Every offer is UTF-8, so `charset=utf-8` always matches, as does `utf8`."""
        return (
            self.range.type in ("*", offer.type)
            and self.range.subtype in ("*", offer.subtype)
            and all(
                (name == "charset" and value.lower() in _UTF_8) or offer.get(name) == value
                for name, value in self.range.parameters
            )
        )


def parse_media_type(text: str) -> MediaType:
    """The media type in a `Content-Type`, such as `text/xml; charset="utf-16"`. Raises ValueError for a malformed one."""
    essence, parameters = _parse(text)
    if "*" in essence:
        raise ValueError(f"{shorten(text)} is a range, not a media type")
    return MediaType(*essence, tuple(parameters.items()))


def _parse(text: str) -> tuple[tuple[str, str], dict[str, str]]:
    found = _ESSENCE.match(text)
    if not found:
        raise ValueError(f"{shorten(text)} is no media type of the form type/subtype")
    parameters: dict[str, str] = {}
    place = found.end()
    while part := _PARAMETER.match(text, place):
        name, value = part[1], part[2]
        place = part.end()
        if name:
            if name.lower() in parameters:
                raise ValueError(f"{shorten(text)} has the parameter {shorten(name)} twice")
            parameters[name.lower()] = _ESCAPE.sub(r"\1", value[1:-1]) if value[0] == '"' else value
    if rest := text[place:].strip(" \t"):
        raise ValueError(f"{shorten(text)} is no media type: unexpected {shorten(rest)}, expected ; name=value")
    return (found[1].lower(), found[2].lower()), parameters


def split_list(header: str) -> Iterator[str]:
    """Yield the elements of a list header (§5.6.1); a comma in quotes does not separate, empty elements are skipped."""
    for element in _ELEMENT.findall(header):
        if trimmed := element.strip(" \t"):
            yield trimmed


def weight(text: str) -> float:
    """The number, from 0 to 1, of a `q` parameter (§12.4.2). Raises ValueError for a malformed one."""
    if not _QVALUE.fullmatch(text):
        raise ValueError(f"{shorten(text)} is no quality value")
    return float(text)


def parse_accept(header: str) -> tuple[MediaRange, ...]:
    """The media ranges of an `Accept` header, without the malformed ones."""
    return tuple(found for found in map(_range, split_list(header)) if found is not None)


def _range(element: str) -> MediaRange | None:
    """The media range in one element of `Accept`, or None for a malformed element."""
    try:
        (type_, subtype), parameters = _parse(element)
        quality = weight(parameters.pop("q", "1"))
    except ValueError:
        return None
    if type_ == "*" and subtype != "*":
        return None
    return MediaRange(MediaType(type_, subtype, tuple(parameters.items())), quality)


def negotiate(accept: str | None, offered: Iterable[str] | None = None) -> str:
    """Choose the media type of the answer from those on offer (§12.5.1).

    `accept` is the `Accept` header, or None where there is none. `offered` are media types, the preferred one first; by
    default `RESPONSE_TYPES`. The offer of the highest quality wins; among equals, the first. `q=0` excludes an offer. Raises
    `NotAcceptable` where every offer is excluded.
    """
    choose = _negotiate if len(accept or "") <= _LONGEST_CACHED else _negotiate.__wrapped__
    return choose(accept, RESPONSE_TYPES if offered is None else tuple(offered))


@lru_cache(maxsize=256)
def _negotiate(accept: str | None, offered: tuple[str, ...]) -> str:
    found = list(map(_range, split_list(accept or ""))) or [_range("*/*")]
    ranges = [entry for entry in found if entry is not None]
    unnamed = _LAST_RESORT if None in found else 0.0
    best, best_quality = None, 0.0
    for offer in offered:
        media_type = parse_media_type(offer)
        matching = [entry for entry in ranges if entry.matches(media_type)]
        quality = max(matching, key=lambda entry: entry.specificity).quality if matching else unnamed
        if quality > best_quality:
            best, best_quality = offer, quality
    if best is None:
        raise NotAcceptable(accept or "", offered)
    return best
