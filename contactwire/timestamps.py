"""Date-times as .NET writes them: 100 ns ticks, and the spelling of the zone.

`Timestamp` is a `datetime` with a seventh fraction digit. Its `tzinfo` keeps the spelling of the zone, which tells .NET's
`DateTimeKind`: `Z` (Utc) is `datetime.timezone.utc`, an offset (Local) is a `datetime.timezone` whose name is the spelling
(`+02:00`, `-0500`), and no suffix (Unspecified) is no `tzinfo`. `parse_timestamp` reads the wire's text, `format_timestamp`
writes it.

Source: .NET's round-trip format ("O") with its trailing zeros trimmed, as Json.NET and XmlSerializer write it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, SupportsIndex

from contactwire.patterns import pattern

__all__ = ["Timestamp", "format_timestamp", "is_open", "parse_timestamp"]

_CLOCK = "0000-00-00T00:00:00"
_HOUR = slice(_CLOCK.index("T") + 1, _CLOCK.index(":"))
_SEVENTH = len(_CLOCK + ".000000")
_FRACTIONS = ("", *("." + "0" * digits for digits in range(1, 8)))
_ZONES = ("", "Z", "+00:00", "-00:00", "+0000", "-0000")


def _places(fraction: str, zone: str) -> tuple[slice, int, int, int]:
    """Where a date-time of such a form has its clock time, its seventh digit, its zone, and its last digit.

    The clock time is what `datetime.fromisoformat` reads. The place of what a form has not is 0. Without a fraction, the
    last place is that of the `T`.
    """
    end = len(_CLOCK + fraction)
    last = end - 1 if fraction else _CLOCK.index("T")
    return slice(min(end, _SEVENTH)), last if end > _SEVENTH else 0, end if zone else 0, last


# The forms of a date-time, with 0 for each digit. To look a text up takes a third of the time that a pattern takes.
_FORMS = {(_CLOCK + fraction + zone).encode(): _places(fraction, zone) for fraction in _FRACTIONS for zone in _ZONES}
_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_TICKS = range(0, 1000, 100)
_NANOSECONDS = {str(digit): 100 * digit for digit in range(10)}
_OFFSET = pattern(r"([+-])(\d\d):?(\d\d)", re.ASCII)
# ISO 8601 texts have their fraction behind the date, which is at most ten characters long, and before the offset.
_SEVENTH_DIGIT = pattern(r"[^+-]*[.,]\d{6}(\d)", re.ASCII)
_FRACTION_ENDS = len("2003-10-01T14:34:01.752588")
_EXPECTED = "not a date-time of the form yyyy-MM-ddTHH:mm:ss[.fffffff][Z|+HH:mm]"
_MAX_OFFSET = timedelta(hours=14)
_UTC = timezone.utc
_NO_DATE, _OPEN_END = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)
# The protocol of pickle that has the fold of a date-time (PEP 495).
_WITH_FOLD = 4


def _check_nanosecond(nanosecond: int) -> None:
    # A double is a TypeError, as in the other numbers of a `datetime`; its text would be one that nobody reads.
    if operator.index(nanosecond) not in _TICKS:
        raise ValueError(f"nanosecond must be one of 0, 100, … 900, not {nanosecond!r}")


def _comparison(compare: Callable[[Any, Any], bool], name: str) -> Callable[[Timestamp, Any], bool]:
    inherited = getattr(datetime, name)

    def method(self: Timestamp, other: Any) -> Any:
        same = datetime.__eq__(self, other)
        if same is NotImplemented or not same:
            return inherited(self, other)
        return compare(self.nanosecond, getattr(other, "nanosecond", 0))

    method.__name__ = name
    return method


class Timestamp(datetime):
    """A `datetime` that also holds the seventh fraction digit: `nanosecond` is 0, 100, … 900.

    Takes what `datetime` takes, and `nanosecond`. It compares, sorts and hashes with plain datetimes, whose seventh digit
    counts as 0. `fromisoformat`, `isoformat`, `replace`, `copy.replace`, `astimezone` and adding a `timedelta` keep the
    digit; `replace(microsecond=…)` sets it to 0 unless `nanosecond` is given as well. The difference of two is a
    `timedelta`, in microseconds; `ticks` has all digits. `str()` is the wire's spelling. A Timestamp is immutable, and
    pickles and copies without loss.

    pandas takes a Timestamp for a plain `datetime`, and drops the digit; `pandas.Timestamp(str(timestamp))` keeps it.
    """

    __slots__ = ("_text", "nanosecond")

    nanosecond: int
    _text: str | None

    def __new__(
        cls,
        year: Any,
        month: Any = None,
        day: Any = None,
        hour: int = 0,
        minute: int = 0,
        second: int = 0,
        microsecond: int = 0,
        tzinfo: tzinfo | None = None,
        *,
        fold: int = 0,
        nanosecond: int = 0,
    ) -> Timestamp:
        """Take what `datetime` takes, and `nanosecond`; raises ValueError for one that is not 0, 100, … 900."""
        _check_nanosecond(nanosecond)
        self = datetime.__new__(cls, year, month, day, hour, minute, second, microsecond, tzinfo, fold=fold)
        _set_nanosecond(self, nanosecond)
        _set_text(self, None)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Timestamp is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Timestamp is immutable: {name} cannot be deleted")

    @classmethod
    def parse(cls, text: str) -> Timestamp:
        """Read the wire's text; see `parse_timestamp`."""
        return parse_timestamp(text)

    @classmethod
    def fromisoformat(cls, date_string: str) -> Timestamp:
        """Read what `datetime.fromisoformat` reads, and the seventh digit; further digits are dropped.

        A text in the wire's own form (see `parse_timestamp`) keeps the spelling of its zone. Raises ValueError for any text
        that `datetime.fromisoformat` refuses, TypeError for what is no str.
        """
        value = datetime.fromisoformat(date_string)
        try:
            return parse_timestamp(date_string)
        except ValueError:  # another of the many forms of ISO 8601
            digit = _SEVENTH_DIGIT.match(date_string, 11)
            return cls.from_datetime(value, int(digit[1]) * 100 if digit else 0)

    @classmethod
    def from_datetime(cls, value: datetime, nanosecond: int = 0) -> Timestamp:
        """The same moment as `value`, with `nanosecond` (0, 100, … 900) as its seventh digit.

        Raises ValueError for any other `nanosecond`, TypeError for a `value` that is no datetime, such as a date.
        """
        _check_nanosecond(nanosecond)
        if not isinstance(value, datetime):
            raise TypeError(f"a Timestamp is made of a datetime, not of a {type(value).__name__}")
        # What pickle makes a date-time of takes a third of the time that its numbers take.
        self: Timestamp = _new(cls, *datetime.__reduce_ex__(value, _WITH_FOLD)[1])
        _set_nanosecond(self, nanosecond)
        _set_text(self, None)
        return self

    @classmethod
    def present_second(cls) -> Timestamp:
        """The present time in UTC and whole seconds, without an offset, as the server dates its changes."""
        return cls.from_datetime(datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0))

    @property
    def ticks(self) -> int:
        """.NET's `DateTime.Ticks`: 100 ns intervals of clock time since 0001-01-01T00:00:00, whatever the zone."""
        seconds = (self.toordinal() - 1) * 86400 + self.hour * 3600 + self.minute * 60 + self.second
        return seconds * 10_000_000 + self.microsecond * 10 + self.nanosecond // 100

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        """The text that `datetime.isoformat` gives, and in it the seventh digit if that is not 0 and `timespec` is "auto".

        `str()` gives the wire's spelling instead, with `Z` and without trailing zeros. Raises as `datetime.isoformat` does.
        """
        if timespec != "auto" or not self.nanosecond:
            return super().isoformat(sep, timespec)
        text = super().isoformat(sep, "microseconds")
        return f"{text[:_FRACTION_ENDS]}{self.nanosecond // 100}{text[_FRACTION_ENDS:]}"

    def replace(self, *args: Any, **changes: Any) -> Timestamp:
        """A copy with the named fields changed; takes what `datetime.replace` takes, and `nanosecond`."""
        coarser = len(args) >= 7 or "microsecond" in changes
        nanosecond = changes.pop("nanosecond", 0 if coarser else self.nanosecond)
        return Timestamp.from_datetime(_plain(self).replace(*args, **changes), nanosecond)

    # What `copy.replace` calls; without it, Python 3.13 takes the one of datetime.
    __replace__ = replace

    def astimezone(self, tz: tzinfo | None = None) -> Timestamp:
        """The same instant in another zone (by default the system's), with its seventh digit."""
        return Timestamp.from_datetime(_plain(self).astimezone(tz), self.nanosecond)

    def __add__(self, other: timedelta) -> Timestamp:
        total = _plain(self).__add__(other)
        return total if total is NotImplemented else Timestamp.from_datetime(total, self.nanosecond)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Timestamp):
            other = _plain(other)
        difference = _plain(self).__sub__(other)
        return Timestamp.from_datetime(difference, self.nanosecond) if isinstance(difference, datetime) else difference

    __lt__ = _comparison(operator.lt, "__lt__")
    __le__ = _comparison(operator.le, "__le__")
    __gt__ = _comparison(operator.gt, "__gt__")
    __ge__ = _comparison(operator.ge, "__ge__")

    def __eq__(self, other: object) -> bool:
        same = datetime.__eq__(self, other)
        return same if same is NotImplemented else same and self.nanosecond == getattr(other, "nanosecond", 0)

    def __ne__(self, other: object) -> bool:
        # datetime's own `!=` does not call `__eq__`.
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    def __hash__(self) -> int:
        whole = datetime.__hash__(self)
        return hash((whole, self.nanosecond)) if self.nanosecond else whole

    def __str__(self) -> str:
        """The wire's spelling; with an offset that the wire cannot hold, such as one with seconds, that of `isoformat`."""
        try:
            return format_timestamp(self)
        except ValueError:
            return self.isoformat()

    def __repr__(self) -> str:
        digit = f", nanosecond={self.nanosecond}" if self.nanosecond else ""
        return f"Timestamp{repr(_plain(self)).removeprefix('datetime.datetime')[:-1]}{digit})"

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return Timestamp.from_datetime, (_plain(self), self.nanosecond)

    def __copy__(self) -> Timestamp:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Timestamp:
        return self


# The setters of the slots, since `Timestamp.__setattr__` refuses everything.
_set_nanosecond: Callable[[Timestamp, int], None] = vars(Timestamp)["nanosecond"].__set__
_set_text: Callable[[Timestamp, str | None], None] = vars(Timestamp)["_text"].__set__
_new: Callable[..., Timestamp] = datetime.__new__
_from_iso: Callable[[str], datetime] = datetime.fromisoformat


def _plain(value: datetime) -> datetime:
    """The same date-time as a plain `datetime`, whose methods need no Python."""
    return datetime.combine(value.date(), value.timetz())


@lru_cache(maxsize=1024)
def parse_timestamp(text: str) -> Timestamp:
    """Read a date-time of the wire, such as `2003-10-01T14:34:01.7525885+02:00`.

    It has no fraction, or one to seven digits of it. The suffix is `Z`, an offset of at most 14 hours with or without a
    colon, or nothing. Raises ValueError for any other text, such as a thirteenth month, an eighth digit or no seconds,
    TypeError for what is no str.

    The results for the last 1,024 texts are kept and shared, since payloads repeat their dates.
    """
    try:
        before, seventh, zone, last = _FORMS[text.encode().translate(_AS_ZEROS)]
    except (KeyError, UnicodeEncodeError):
        raise ValueError(_EXPECTED) from None
    except AttributeError:
        raise TypeError(f"a date-time of the wire is a str, not {type(text).__name__}") from None
    # The wire has no hour 24, which newer versions of `datetime.fromisoformat` accept.
    if text[_HOUR] == "24":
        raise ValueError(_EXPECTED)
    # What pickle makes a date-time of: ten bytes, and the zone. From its six numbers that takes twice as long.
    state: Any = _from_iso(text[before]).__reduce__()[1]
    timestamp = _new(Timestamp, state[0], _zone(text[zone:]) if zone else None)
    _set_nanosecond(timestamp, _NANOSECONDS[text[seventh]] if seventh else 0)
    # Text that is spelled as `_spell` would spell it is kept; the slice is a plain str for a subclass of str, too.
    _set_text(timestamp, None if text[last] == "0" else text[:])
    return timestamp


@lru_cache(maxsize=512)
def _zone(spelling: str) -> timezone:
    if spelling == "Z":
        return _UTC
    return timezone(_offset(spelling), spelling)


def _offset(spelling: str) -> timedelta:
    match = _OFFSET.fullmatch(spelling)
    assert match is not None, "both callers have matched the spelling"
    sign, hours, minutes = match.groups()
    if int(minutes) >= 60:
        raise ValueError("minutes of an offset must be below 60")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    # XML Schema part 2 §3.2.7.3 and .NET's DateTimeOffset: at most 14 hours either way.
    if offset > _MAX_OFFSET:
        raise ValueError("an offset is at most 14 hours")
    return -offset if sign == "-" else offset


def is_open(value: datetime) -> bool:
    """Whether a date-time is .NET's `DateTime.MinValue` ("none") or `MaxValue` ("no end"), which are no instants."""
    if value.year not in (1, 9999):
        return False
    clock = value.replace(tzinfo=None, microsecond=0, fold=0)
    return (clock == _NO_DATE and not value.microsecond and not getattr(value, "nanosecond", 0)) or clock == _OPEN_END


def format_timestamp(value: datetime) -> str:
    """The wire's spelling of a `datetime` or `Timestamp`, without trailing zeros of the fraction.

    Raises ValueError for an offset that the format cannot hold: one with seconds, or of more than 14 hours.
    """
    if isinstance(value, Timestamp):
        if value._text is None:
            _set_text(value, _spell(value, value.nanosecond))
        return value._text  # type: ignore[return-value]
    return _spell(value, 0)


def _spell(value: datetime, nanosecond: int) -> str:
    fraction = f".{value.microsecond:06d}{nanosecond // 100}".rstrip("0") if value.microsecond or nanosecond else ""
    return (
        f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        f"T{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{_suffix(value)}"
    )


def _suffix(value: datetime) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    offset, name = value.utcoffset(), value.tzname()
    if offset is None:
        return ""
    if not offset and name == "UTC":
        return "Z"
    if type(zone) is timezone and name is not None and _OFFSET.fullmatch(name) and _offset(name) == offset:
        return name
    if offset % timedelta(minutes=1) or abs(offset) > _MAX_OFFSET:
        raise ValueError(f"the wire cannot hold the offset {offset}: whole minutes, at most 14 hours")
    sign, offset = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    return f"{sign}{offset // timedelta(hours=1):02d}:{offset // timedelta(minutes=1) % 60:02d}"
