"""Moving the date-times of carriers between the base time zone and the one that a request asks for.

`to_storage` moves a sender's date-times into the base zone, and `to_answer` moves stored ones into the request's zone. Each
is a `Rewriter` whose leaves move one date-time.

`change_in_zone` does both around a PUT or PATCH. Not every date-time comes back as it was from another zone: a clock shows
one hour a year twice, and an offset gets lost. So each date-time that a change sees is a `_Seen`, which remembers what is
stored. Afterwards a walk (`keeping`) gives a date-time as it was shown its stored value.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, TypeVar

import attrs

from contactwire.builtins import is_a
from contactwire.errors import HeaderError, repr_of
from contactwire.localization.keeping import Keeping
from contactwire.localization.rewrite import Leaf, Only, Rewriter
from contactwire.localization.zones import TIME_ZONE_IDS, TIME_ZONE_NAMES, check_base, time_zone
from contactwire.timestamps import Timestamp, is_open
from contactwire.wire import DATE_TIME, Carrier, FieldPlan, Kind

__all__ = ["TimeZonePreference", "change_in_zone", "parse_time_zone", "to_answer", "to_storage"]

T = TypeVar("T", bound=Carrier | list[Any])

_ALWAYS_UTC = ("CreatedDate", "UpdatedDate")
_INCLUDE_OFFSET = "includetzoffset"
# Before that, places had mean times of their own, with seconds in their offsets, by which no sender reckons.
_FIRST_YEAR = 1900


def _upper(name: str | None) -> str | None:
    return name.upper() if isinstance(name, str) else name


@attrs.frozen
class TimeZonePreference:
    """The value of `SO-TimeZone`: a zone by its `name` on the CRM's list (`US-NY`), and whether answers show the offset.

    `name` is None for the base time zone, which a client may ask for with offsets: `includeTZOffset` alone.
    """

    name: str | None = attrs.field(default=None, converter=_upper, validator=is_a(str))
    include_offset: bool = False

    @property
    def id(self) -> int | None:
        """The zone's number on the CRM's list, or None where the number is not known, and for the base zone."""
        return next((number for number, name in TIME_ZONE_IDS.items() if name == self.name), None)

    @property
    def zone(self) -> tzinfo | None:
        """The zone as a `tzinfo`, None for the base zone; raises HeaderError for a name that is not on the list."""
        return None if self.name is None else time_zone(self.name)

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, "includeTZOffset" if self.include_offset else "")))


def parse_time_zone(header: str) -> TimeZonePreference | None:
    """Read an `SO-TimeZone` field: a name (`US-NY`, any letter case) or a number (`261`), optionally `, includeTZOffset`.

    `includeTZOffset` alone asks for the base zone with offsets. A blank field is None, as if the field were absent. Raises
    HeaderError for a zone that is not on the CRM's list, and for any other option.
    """
    zone, *options = (part.strip(" \t") for part in header.split(","))
    if not zone and not options:
        return None
    if zone.lower() == _INCLUDE_OFFSET and not options:
        return TimeZonePreference(include_offset=True)
    if len(options) > 1 or any(option.lower() != _INCLUDE_OFFSET for option in options):
        raise HeaderError("SO-TimeZone", "is no time zone by name or number, with or without includeTZOffset", header)
    name = TIME_ZONE_IDS.get(int(zone)) if zone.isascii() and zone.isdigit() and len(zone) < 6 else zone.upper()
    if name not in TIME_ZONE_NAMES:
        raise HeaderError("SO-TimeZone", "no such time zone", header)
    return TimeZonePreference(name, bool(options))


def to_storage(value: T, preference: TimeZonePreference | None, base: tzinfo | str) -> T:
    """Copy a carrier, or a list of carriers, with the sender's date-times moved to the base time zone, without offsets.

    A date-time with an offset, or `Z`, is an instant. One without belongs to the preference's zone, or to `base` if that
    names none. `base` is a `tzinfo` or a name on the CRM's list; another name is a ValueError. `value` is not changed, and
    the copy shares what is equal.

    Some date-times stay as they came: `CreatedDate` and `UpdatedDate` at any depth, which are UTC; `0001-01-01T00:00:00` and
    `9999-12-31T23:59:59` with any fraction, which mean "none" and "no end"; those before 1900, or that would move there; and
    those that would leave the year 9999. So a clock time of the first hours of 1900 may come back in another zone's time.
    """
    home = _zone(base)
    return _TO_STORAGE(value, _Move(_asked(preference, home), home))


def to_answer(value: T, preference: TimeZonePreference | None, base: tzinfo | str, only: Only = None) -> T:
    """Copy a carrier, or a list of carriers, with its stored date-times moved to the preference's zone.

    It is the reverse of `to_storage`, with the same exceptions: date-times before 1900 stay as they are stored. With
    `includeTZOffset` each date-time that moves shows its offset (`-0500`), and `CreatedDate` and `UpdatedDate` show `Z`.
    Without a preference `value` itself comes back. With `only`, attributes of the carrier, date-times elsewhere stay.
    """
    if preference is None:
        return value
    home = _zone(base)
    return _TO_ANSWER(value, _Move(home, _asked(preference, home), preference.include_offset), only)


def change_in_zone(
    value: T, change: Callable[[T], T], preference: TimeZonePreference | None, base: tzinfo | str, only: Only = None
) -> T:
    """Apply `change` to a stored carrier; `change` reads and writes date-times in the preference's zone.

    A date-time that `change` leaves alone, or moves elsewhere, keeps its stored value. So does one that is as it was shown,
    or the same instant in another spelling, at the same place or in an item that `pairs` finds again. Any other is moved as
    `to_storage` does.

    Neither `value` nor the result of `change` is changed. Without a preference, `change` gets the carrier as it is. `only`
    is a promise by the caller that `change` reads and writes no other attributes of the carrier. Raises what `change`
    raises, and EncodeError for carriers nested without end.
    """
    if preference is None:
        return change(value)
    home = _zone(base)
    zone = _asked(preference, home)
    back = _Move(zone, home)
    shown = _TO_CHANGE(value, _Move(home, zone, preference.include_offset), only)
    changed = change(shown)
    kept: T = _Dates().value(value, shown, changed, True)
    return _FROM_CHANGE(kept, back, only)


def _zone(base: tzinfo | str) -> tzinfo:
    check_base(base)
    return time_zone(base) if isinstance(base, str) else base


def _asked(preference: TimeZonePreference | None, home: tzinfo) -> tzinfo:
    """The zone that a preference asks for; `home`, the base zone, where it names none."""
    if not isinstance(preference, TimeZonePreference | None):
        advice = "as parse_time_zone('NO') gives one"
        raise TypeError(f"a preference is a TimeZonePreference, {advice}, not {repr_of(preference)}")
    zone = None if preference is None else preference.zone
    return home if zone is None else zone


@attrs.frozen
class _Move:
    """Moves date-times from the zone `source` to `target`; `include_offset` says whether the results have an offset."""

    source: tzinfo
    target: tzinfo
    include_offset: bool = False
    _existing: Callable[[datetime], datetime] = attrs.field(
        init=False, default=attrs.Factory(lambda self: _existing_in(self.source), takes_self=True)
    )

    def __call__(self, value: datetime) -> Timestamp:
        """The moved date-time; raises OverflowError or ValueError where no year holds it."""
        # Plain datetimes, since the methods of a Timestamp are slower.
        if value.tzinfo is None:
            moment = self._existing(datetime.combine(value.date(), value.time(), self.source))
        else:
            moment = datetime.combine(value.date(), value.timetz())
        # By way of UTC, since a zone leaves a clock time that it skips as it is.
        moved = moment.astimezone(timezone.utc).astimezone(self.target)
        if self.include_offset:
            moved = moved.astimezone(_shown(moved.utcoffset()))
        else:
            moved = datetime.combine(moved.date(), moved.time())
        return Timestamp.from_datetime(moved, getattr(value, "nanosecond", 0))


def _existing_in(zone: tzinfo) -> Callable[[datetime], datetime]:
    """The function that moves a clock time that the zone skips on by as much as the clock skips, and leaves all others."""
    from zoneinfo import ZoneInfo

    if isinstance(zone, (ZoneInfo, timezone)):
        return _later
    from dateutil.tz import resolve_imaginary

    return resolve_imaginary


def _later(moment: datetime) -> datetime:
    """The later of the two instants of a clock time if its fold is 1, else the moment itself.

    By PEP 495, a skipped clock time has the offset before the change with fold 0, which moves it on, and the offset after it
    with fold 1. A clock time that comes twice is the second with fold 1.
    """
    if not moment.fold:
        return moment
    first = moment.replace(fold=0)
    return min(moment, first, key=datetime.utcoffset)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _shown(offset: timedelta) -> timezone:
    """A fixed zone of that offset, named as the server spells it: `-0500`.

    The wire has offsets of whole minutes. Some zones had seconds in theirs until 1972; for these, the nearest offset that
    the wire has gives the same instant.
    """
    minutes = round(offset / timedelta(minutes=1))
    spelling = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    return timezone(timedelta(minutes=minutes), spelling)


def _never_moves(value: Any) -> bool:
    """Whether a value stays as it is in all zones, in both directions."""
    return not isinstance(value, datetime) or value.year < _FIRST_YEAR or is_open(value)


def _moved(value: Any, move: _Move) -> Any:
    if _never_moves(value):
        return value
    if value.tzinfo is None and move.source is move.target and not move.include_offset:
        return value
    try:
        moved = move(value)
    except (OverflowError, ValueError):
        return value
    return value if moved.year < _FIRST_YEAR else moved


def _tagged(value: Any, move: _Move) -> Any:
    """An answer's `CreatedDate` or `UpdatedDate`: they are UTC, and get a `Z` where answers show offsets."""
    if not move.include_offset or not isinstance(value, datetime) or value.tzinfo is timezone.utc or is_open(value):
        return value
    try:
        moment = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    except OverflowError:
        return value
    return Timestamp.from_datetime(moment, getattr(value, "nanosecond", 0))


class _Seen(Timestamp):
    """A date-time in the preference's zone, as a change sees it; `stored` is the stored date-time."""

    __slots__ = ("stored",)

    stored: datetime

    @classmethod
    def of(cls, shown: datetime, stored: datetime) -> _Seen:
        seen: _Seen = cls.from_datetime(shown, getattr(shown, "nanosecond", 0))  # type: ignore[assignment]
        _set_stored(seen, stored)
        return seen


_set_stored: Callable[[Any, datetime], None] = vars(_Seen)["stored"].__set__


def _seen(show: Leaf) -> Leaf:
    """The leaf that moves a stored date-time by `show`, and remembers the stored one.

    It remembers one that cannot move, too: at the end of the calendar it may move the other way.
    """

    def leaf(value: Any, move: _Move) -> Any:
        shown = show(value, move)
        return value if shown is value and _never_moves(value) else _Seen.of(shown, value)

    return leaf


def _back(store: Leaf) -> Leaf:
    """The leaf that gives the stored date-time back for one that was shown, and moves any other by `store`."""
    return lambda value, move: value.stored if isinstance(value, _Seen) else store(value, move)


class _Dates(Keeping):
    """The walk over date-times: what is as it was shown stays a `_Seen`, from which the stored date-time is read later."""

    of = datetime

    def value(self, stored: Any, shown: Any, new: Any, sure: bool) -> Any:
        """The new value, with the `_Seen` in it that were shown for equal date-times."""
        return new if new is shown else super().value(stored, shown, new, sure)

    def leaf(self, stored: Any, shown: datetime, new: datetime, sure: bool) -> Any:
        """The `_Seen` that was shown, for a date-time that equals it; any other as it is."""
        return shown if type(new) is not _Seen and new == shown else new


def _rewriter(in_utc: Leaf | None, other: Leaf) -> Rewriter:
    """Rewrites date-times by `other`, and by `in_utc` those that are always UTC."""

    def choose(field: FieldPlan, kind: Kind) -> Leaf | None:
        if kind != DATE_TIME:
            return None
        return in_utc if field.name in _ALWAYS_UTC else other

    return Rewriter(choose)


_TO_STORAGE = _rewriter(None, _moved)
_TO_ANSWER = _rewriter(_tagged, _moved)
_TO_CHANGE = _rewriter(_seen(_tagged), _seen(_moved))
_FROM_CHANGE = _rewriter(_back(lambda value, move: value), _back(_moved))
