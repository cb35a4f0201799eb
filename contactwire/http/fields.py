"""The parts of HTTP messages: header fields (`Headers`), credentials that no log shows (`Secret`), and HTTP-dates."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone

import attrs

from contactwire.errors import HeaderError

__all__ = ["Credentials", "Headers", "Secret", "format_http_date", "in_utc", "parse_http_date"]

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# RFC 9110 §5.5: visible characters, blanks between them; "CR, LF, and NUL characters are invalid and dangerous".
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")

# Fields whose lines may be joined with commas (RFC 9110 §5.3); any other field may have one line only.
_LISTS = frozenset({"accept", "accept-language", "so-language", "connection", "vary", "allow"})


class Headers(Mapping[str, str]):
    """Header fields by name, in any letter case; immutable.

    Takes pairs of name and value, or a mapping. The lines of a list field (`Accept`) are joined with commas (RFC 9110
    §5.3). Raises `HeaderError` for a name that is no token, for a value with CR, LF, NUL or another control character, and
    for a field that is no list and comes twice with different values.
    """

    __slots__ = ("_fields", "_names")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for name, value in fields.items() if isinstance(fields, Mapping) else fields:
            self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        folded = name.lower()
        if not _NAME.fullmatch(name):
            raise HeaderError("header", "is no field name", name)
        if not _VALUE.fullmatch(value):
            raise HeaderError(name, "holds a control character")
        value = value.strip(" \t")
        known = self._fields.get(folded)
        if known is not None and folded in _LISTS:
            value = f"{known}, {value}"
        elif known is not None and known != value:
            raise HeaderError(self._names[folded], "comes twice, with different values")
        self._fields[folded] = value
        self._names.setdefault(folded, name)

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"


class Secret:
    """A string that no repr, format or error message shows; `reveal()` gives it. `==` takes constant time."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode("utf-8", "replace"), other._value.encode("utf-8", "replace"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, specification: str) -> str:
        return repr(self)


def _secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value


@attrs.frozen(kw_only=True)
class Credentials:
    """The credentials of a request, for the host to check; the library only passes them on.

    `scheme` is the scheme in `Authorization` (`Basic`, `SoTicket`, `Bearer`), or None, and `authorization` the text behind
    it. `xsrf_token` is `X-XSRF-TOKEN`, `app_token` is `SO-AppToken`. Strings become a `Secret`, which no repr shows.
    """

    scheme: str | None = None
    authorization: Secret | None = attrs.field(default=None, converter=_secret)
    xsrf_token: Secret | None = attrs.field(default=None, converter=_secret)
    app_token: Secret | None = attrs.field(default=None, converter=_secret)

    @classmethod
    def basic(cls, user: str, password: str, *, app_token: str | None = None) -> Credentials:
        """Credentials of the `Basic` scheme (RFC 7617). Raises ValueError for a user name with a colon."""
        if ":" in user:
            raise ValueError("a user name cannot contain a colon (RFC 7617 §2)")
        encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
        return cls(scheme="Basic", authorization=Secret(encoded), app_token=app_token)

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Credentials:
        """The credentials in `Authorization`, `X-XSRF-TOKEN` and `SO-AppToken`.

        Raises `HeaderError` for an `Authorization` without a scheme or without credentials.
        """
        scheme, secret = None, None
        if (field := headers.get("Authorization")) is not None:
            scheme, _, secret = field.partition(" ")
            secret = secret.strip(" ")
            if not _NAME.fullmatch(scheme) or not secret:
                raise HeaderError("Authorization", "is no scheme with credentials")
        return cls(
            scheme=scheme,
            authorization=secret,
            xsrf_token=headers.get("X-XSRF-TOKEN"),
            app_token=headers.get("SO-AppToken"),
        )

    def user_and_password(self) -> tuple[str, Secret]:
        """User name and password of `Basic` credentials. Raises `HeaderError` for another scheme or malformed ones."""
        try:
            if self.authorization is None or (self.scheme or "").lower() != "basic":
                raise ValueError
            decoded = base64.b64decode(self.authorization.reveal(), validate=True).decode()
            user, colon, password = decoded.partition(":")
            if not colon:
                raise ValueError
        except (ValueError, binascii.Error):
            raise HeaderError("Authorization", "holds no Basic credentials") from None
        return user, Secret(password)

    def to_headers(self) -> list[tuple[str, str]]:
        """The header fields that carry these credentials."""
        fields = [("X-XSRF-TOKEN", self.xsrf_token), ("SO-AppToken", self.app_token)]
        sent = [(name, secret.reveal()) for name, secret in fields if secret is not None]
        if self.scheme is not None and self.authorization is not None:
            sent.insert(0, ("Authorization", f"{self.scheme} {self.authorization.reveal()}"))
        return sent


_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS = "|".join(_DAY_NAMES)
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
            if len(found["year"]) == 2:
                numbers["year"] = _full_year(numbers["year"])
            # datetime cannot hold a leap second (60), so the second before counts.
            numbers["second"] = min(numbers["second"], 59) if numbers["second"] <= 60 else numbers["second"]
            return datetime(month=_MONTHS.index(found["month"]) + 1, tzinfo=timezone.utc, **numbers)
    raise ValueError(f"{text!r} is no HTTP-date")


def _full_year(year: int) -> int:
    # RFC 9110 §5.6.7: "interpret a timestamp that appears to be more than 50 years in the future as representing the most
    # recent year in the past that had the same last two digits".
    now = datetime.now(timezone.utc).year
    full = now - now % 100 + year
    return full - 100 if full > now + 50 else full


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC and whole seconds; a naive one is UTC. Outside of the years 1 to 9999, the nearest second inside."""
    clock = datetime(*moment.timetuple()[:6], tzinfo=moment.tzinfo or timezone.utc)
    try:
        return clock.astimezone(timezone.utc)
    except OverflowError:
        nearest = datetime.min if clock.year == 1 else datetime.max.replace(microsecond=0)
        return nearest.replace(tzinfo=timezone.utc)


def format_http_date(moment: datetime) -> str:
    """`moment` as an IMF-fixdate (RFC 9110 §5.6.7), without fractions of a second; a naive `moment` is UTC.

    A moment that UTC has outside of the years 1 to 9999 is written as the first or last second of these.
    """
    utc = in_utc(moment)
    day, month = _DAY_NAMES[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day}, {utc.day:02d} {month} {utc.year:04d} {utc.hour:02d}:{utc.minute:02d}:{utc.second:02d} GMT"
