"""Moments and the clock on the wall in England, one into the other.

Inside, a time is a ``Moment`` (microseconds, UTC) and a date a ``Day`` (Europe/London). Everything that a person in the
hub would say ("24:00 of that day", "08:30") is worked out here and nowhere else. A local day has 23, 24 or 25 hours:
never add 24 hours to come to the next one, add one to the ``Day``.

The clocks of Europe/London change on full hours of UTC, at 01:00 UTC since 1981, and never at local midnight: so 00:00
of every day exists once, and the offset is the same throughout an hour. Both are relied upon here, and tested.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from schemas.identifiers import Day, Moment

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
_DAY: Final = 24 * HOUR

_LONDON: Final = ZoneInfo("Europe/London")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


def to_moment(value: datetime) -> Moment:
    """The moment that an aware ``datetime`` names, exact to the microsecond.

    Raises ValueError for a ``datetime`` without zone: whose clock it means is not ours to guess.
    """
    if value.tzinfo is None:
        raise ValueError("a time without zone names no moment")
    since = value - _EPOCH
    return Moment(since.days * _DAY + since.seconds * SECOND + since.microseconds)


def to_datetime(moment: Moment) -> datetime:
    """This moment as an aware ``datetime`` in UTC."""
    return _EPOCH + timedelta(microseconds=moment)


def day_of(value: date) -> Day:
    """This calendar date as a ``Day``."""
    return Day(value.toordinal())


def date_of(day: Day) -> date:
    """This ``Day`` as a calendar date."""
    return date.fromordinal(day)


def local_day(moment: Moment) -> Day:
    """The calendar date in Europe/London at this moment. Midnight belongs to the day that begins."""
    return Day((moment + _offset(moment // HOUR)) // _DAY + _EPOCH_DAY)


@lru_cache(maxsize=4096)
def midnight(day: Day) -> Moment:
    """00:00 local of this day; 24:00 of a day is ``midnight(Day(day + 1))``."""
    return to_moment(datetime.combine(date_of(day), time(), _LONDON))


@lru_cache(maxsize=4096)
def local_moment(day: Day, at: time) -> Moment:
    """The moment at which the clock on the wall first shows ``at`` on this day.

    Where the clocks go back the hour from 01:00 is shown twice: the first showing counts. Where they go forward it is
    never shown: the moment of the change stands for all of it. So an earlier ``at`` never gives a later moment.
    Raises ValueError if ``at`` has a zone of its own.
    """
    if at.tzinfo is not None:
        raise ValueError("a local time is given without zone")
    wall = datetime.combine(date_of(day), at.replace(fold=0), _LONDON)
    if wall.astimezone(UTC).astimezone(_LONDON).time() != wall.time():
        wall = wall.replace(minute=0, second=0, microsecond=0)
    return to_moment(wall)


@lru_cache(maxsize=32_768)  # three and a half years of hours
def _offset(hour: int) -> int:
    """How far the wall clock is ahead of UTC in this hour since 1970, in microseconds."""
    ahead = to_datetime(Moment(hour * HOUR)).astimezone(_LONDON).utcoffset()
    return 0 if ahead is None else (ahead.days * 86_400 + ahead.seconds) * SECOND
