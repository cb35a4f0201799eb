"""Media types, `Content-Type` and `Accept` (RFC 9110 §8.3, §12.4, §12.5.1).

`Accept` is read leniently, as §12.5.1 lets a server "disregard the header field": an element that is malformed is skipped,
and a header of which nothing is left counts as absent. A `Content-Type` is read strictly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import attrs

from contactwire.errors import NotAcceptable

__all__ = [
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
_ESSENCE = re.compile(rf"[ \t]*({_TOKEN})/({_TOKEN})")
_PARAMETER = re.compile(rf"[ \t]*;[ \t]*(?:({_TOKEN})=({_TOKEN}|{_QUOTED}))?")
# A quote that nothing closes takes the rest with it, so that no place is looked at twice.
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)
# RFC 9110 §12.4.2: qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ); Java's own client sends ".2".
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?|\.[0-9]{1,3}")
_LONGEST_CACHED = 512
_ESCAPE = re.compile(r"\\(.)")


RESPONSE_TYPES = (
    "application/json",
    "text/json",
    "application/xml",
    "text/xml",
    "application/json-patch+json",
    "application/merge-patch+json",
)
"""What the endpoint answers in, the preferred one first."""

REQUEST_TYPES = (
    "application/json",
    "text/json",
    "application/xml",
    "text/xml",
    "application/x-www-form-urlencoded",
    "application/json-patch+json",
    "application/merge-patch+json",
)
"""What a PUT takes."""


@attrs.frozen
class MediaType:
    """A media type: `type`, `subtype` and the names of the `parameters`, pairs of name and value, in lower case."""

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


@attrs.frozen
class MediaRange:
    """One element of `Accept`: a media type, perhaps with `*` for its parts, and its `quality` from 0 to 1."""

    range: MediaType
    quality: float

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        """How exactly it speaks: the most specific range that matches decides (§12.5.1)."""
        return self.range.type != "*", self.range.subtype != "*", len(self.range.parameters)

    def matches(self, offer: MediaType) -> bool:
        """Whether `offer` lies in this range. Everything on offer is UTF-8, so `charset=utf-8` always fits."""
        return (
            self.range.type in ("*", offer.type)
            and self.range.subtype in ("*", offer.subtype)
            and all(
                (name == "charset" and value.lower() == "utf-8") or offer.get(name) == value
                for name, value in self.range.parameters
            )
        )


def parse_media_type(text: str) -> MediaType:
    """The media type that a `Content-Type` names: `text/xml; charset="utf-16"`. Raises ValueError for a malformed one."""
    essence, parameters = _parse(text)
    if "*" in essence:
        raise ValueError(f"{text!r} is a range, not a media type")
    return MediaType(*essence, tuple(parameters.items()))


def _parse(text: str) -> tuple[tuple[str, str], dict[str, str]]:
    found = _ESSENCE.match(text)
    if not found:
        raise ValueError(f"{text!r} is no media type")
    parameters: dict[str, str] = {}
    place = found.end()
    while part := _PARAMETER.match(text, place):
        name, value = part[1], part[2]
        place = part.end()
        if name:
            if name.lower() in parameters:
                raise ValueError(f"{text!r} has the parameter {name} twice")
            parameters[name.lower()] = _ESCAPE.sub(r"\1", value[1:-1]) if value[0] == '"' else value
    if text[place:].strip(" \t"):
        raise ValueError(f"{text!r} is no media type: {text[place:].strip()!r} does not belong there")
    return (found[1].lower(), found[2].lower()), parameters


def split_list(header: str) -> Iterator[str]:
    """The elements of a list header; commas inside quotes divide nothing, empty elements are skipped (§5.6.1)."""
    for element in _ELEMENT.findall(header):
        if trimmed := element.strip(" \t"):
            yield trimmed


def weight(text: str) -> float:
    """The number of a `q` parameter (§12.4.2). Raises ValueError for a malformed one."""
    if not _QVALUE.fullmatch(text):
        raise ValueError(f"{text!r} is no quality value")
    return float(text)


def parse_accept(header: str) -> tuple[MediaRange, ...]:
    """The media ranges of an `Accept` header, malformed ones left out."""
    ranges = []
    for element in split_list(header):
        try:
            (type_, subtype), parameters = _parse(element)
            quality = weight(parameters.pop("q", "1"))
        except ValueError:
            continue
        if type_ != "*" or subtype == "*":
            ranges.append(MediaRange(MediaType(type_, subtype, tuple(parameters.items())), quality))
    return tuple(ranges)


def negotiate(accept: str | None, offered: Iterable[str] | None = None) -> str:
    """The media type to answer in, of those on offer.

    Takes the `Accept` header, or None where there is none, and the media types on offer, the preferred one first; by
    default the six that the endpoint answers in. The highest quality wins, then the order of the offer; `q=0` excludes.
    Raises `NotAcceptable` where nothing on offer is accepted.
    """
    choose = _negotiate if len(accept or "") <= _LONGEST_CACHED else _negotiate.__wrapped__
    return choose(accept, RESPONSE_TYPES if offered is None else tuple(offered))


@lru_cache(maxsize=256)
def _negotiate(accept: str | None, offered: tuple[str, ...]) -> str:
    ranges = parse_accept(accept or "")
    if not ranges:
        ranges = parse_accept("*/*")
    best, best_quality = None, 0.0
    for offer in offered:
        media_type = parse_media_type(offer)
        matching = [entry for entry in ranges if entry.matches(media_type)]
        quality = max(matching, key=lambda entry: entry.specificity).quality if matching else 0.0
        if quality > best_quality:
            best, best_quality = offer, quality
    if best is None:
        raise NotAcceptable(accept or "", offered)
    return best
