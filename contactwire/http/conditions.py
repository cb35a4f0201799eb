"""Conditional requests (RFC 9110 §13): a request's preconditions, and when the stored contact was last changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from contactwire.http.fields import in_utc, parse_http_date
from contactwire.wire import UNSET

__all__ = ["Precondition", "last_modified"]


@attrs.frozen
class Precondition:
    """A request's conditions on the stored contact (RFC 9110 §13.1.3, §13.1.4): instants in UTC, None for no condition."""

    if_unmodified_since: datetime | None = None
    if_modified_since: datetime | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Precondition:
        """The conditions in a request's header fields.

        "A recipient MUST ignore" a field whose value is no HTTP-date (§13.1.3, §13.1.4).
        """
        return cls(_date_of(headers, "If-Unmodified-Since"), _date_of(headers, "If-Modified-Since"))


def _date_of(headers: Mapping[str, str], name: str) -> datetime | None:
    try:
        return parse_http_date(headers.get(name, ""))
    except ValueError:
        return None


def last_modified(contact: Any) -> datetime | None:
    """When a contact was last changed, in UTC and whole seconds: its `updated_date`, else its `created_date`, else None.

    A date that UTC has beyond the year 9999 is the last second of that year, the latest that an HTTP-date can say.
    """
    moment = getattr(contact, "updated_date", UNSET)
    if not isinstance(moment, datetime):
        moment = getattr(contact, "created_date", UNSET)
    if not isinstance(moment, datetime) or moment.year == 1:
        return None
    return in_utc(moment)
