"""The town's calendar in dates and datetimes, over the hub's own rules of working days and school days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from models.calendar import working_days
from models.calendar.local_time import day_of, to_datetime, to_moment
from models.calendar.school_days import SchoolCalendar
from schemas.hub import Period
from streams.hub import BUILT_IN_HUB

LONDON: Final = ZoneInfo("Europe/London")

# Days on which the town's schools are closed for the teachers' training: ours.
_TRAINING_DAYS: Final = (date(2024, 11, 29), date(2025, 11, 28), date(2026, 6, 26), date(2026, 11, 27))


@dataclass(frozen=True)
class Calendar:
    """The town's terms (the example terms of EVENTS section 6) and closures, both ends of each included."""

    terms: tuple[Period, ...] = BUILT_IN_HUB.terms
    closures: tuple[Period, ...] = tuple(Period(first=day, last=day) for day in _TRAINING_DAYS)

    @cached_property
    def _school(self) -> SchoolCalendar:
        return SchoolCalendar(self.terms, self.closures)

    def is_school_day(self, day: date) -> bool:
        """Whether schools are open."""
        return self._school.is_school_day(day_of(day))

    def school_days(self, first: date, days: int) -> tuple[date, ...]:
        """Every school day of the ``days`` days that begin with ``first``."""
        return tuple(day for day in each_day(first, days) if self.is_school_day(day))

    def next_school_morning(self, moment: datetime) -> datetime | None:
        """The first 08:30 of a school day later than this moment; None if none is known."""
        morning = self._school.first_school_day_moment_after(to_moment(moment))
        return None if morning is None else to_datetime(morning)


def each_day(first: date, days: int) -> tuple[date, ...]:
    """``days`` dates in a row, from ``first``."""
    return tuple(first + timedelta(days=ahead) for ahead in range(days))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no bank holiday in England."""
    return working_days.is_working_day(day_of(day))


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; for 0, ``day`` itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def local(day: date, minute: float) -> datetime:
    """The moment, in UTC, at which the clock on the wall is so many minutes past midnight, to the second."""
    seconds = int(minute * 60)
    hour, rest = divmod(seconds, 3600)
    wall = datetime(day.year, day.month, day.day, hour, rest // 60, rest % 60, tzinfo=LONDON)
    return wall.astimezone(UTC)
