"""HTTP-dates (RFC 9110 §5.6.7): instants in whole seconds."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import format_datetime

from contactwire.errors import shorten

__all__ = ["format_http_date", "in_utc", "parse_http_date"]

_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_LONG_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH, _CLOCK = f"(?P<month>{'|'.join(_MONTHS)})", r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
# RFC 9110 §5.6.7: IMF-fixdate, and the two obsolete forms that a recipient MUST accept.
_DATES = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?:{_DAYS}), (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_CLOCK} GMT",
        rf"(?:{_LONG_DAYS}), (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_CLOCK} GMT",
        rf"(?:{_DAYS}) {_MONTH} (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})",
    )
]


def parse_http_date(text: str) -> datetime:
    """The instant of an HTTP-date, in UTC (RFC 9110 §5.6.7). Raises ValueError for any other text."""
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            numbers = {name: int(found[name]) for name in ("day", "year", "hour", "minute", "second")}
            numbers["month"] = _MONTHS.index(found["month"]) + 1
            if len(found["year"]) == 2:
                numbers["year"] = _full_year(numbers)
            # datetime cannot hold a leap second (60), so the second before counts.
            numbers["second"] = min(numbers["second"], 59) if numbers["second"] <= 60 else numbers["second"]
            return datetime(tzinfo=timezone.utc, **numbers)
    raise ValueError(f"{shorten(text)} is no HTTP-date")


def _full_year(numbers: dict[str, int]) -> int:
    # RFC 9110 §5.6.7: "interpret a timestamp that appears to be more than 50 years in the future as representing the most
    # recent year in the past that had the same last two digits".
    now = datetime.now(timezone.utc)
    full = now.year - now.year % 100 + numbers["year"]
    behind = tuple(numbers[name] for name in ("month", "day", "hour", "minute", "second"))
    return full - 100 if (full, *behind) > (now.year + 50, *now.timetuple()[1:6]) else full


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC and whole seconds; a naive one is UTC. Outside of the years 1 to 9999, the nearest second inside."""
    clock = datetime.combine(moment.date(), moment.time().replace(microsecond=0), moment.tzinfo or timezone.utc)
    try:
        return clock.astimezone(timezone.utc)
    except OverflowError:
        nearest = datetime.min if clock.year == 1 else datetime.max.replace(microsecond=0)
        return nearest.replace(tzinfo=timezone.utc)


def format_http_date(moment: datetime) -> str:
    """`moment` as an IMF-fixdate (RFC 9110 §5.6.7), without fractions of a second; a naive `moment` is UTC.

    A moment that UTC has outside of the years 1 to 9999 is written as the first or last second of these. Raises TypeError
    for what is no datetime, such as a date.
    """
    if not isinstance(moment, datetime):
        raise TypeError(f"an HTTP-date is made of a datetime, not of a {type(moment).__name__}")
    return format_datetime(in_utc(moment), usegmt=True)
