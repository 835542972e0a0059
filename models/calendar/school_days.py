"""School days of a hub: working days inside one of its terms that are not one of its closures."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import time
from typing import Final

from models.calendar.local_time import day_of, local_day, local_moment
from models.calendar.working_days import is_working_day
from schemas.hub import Period
from schemas.identifiers import Day, Moment

BEFORE_SCHOOL: Final = time(8, 30)
"""By when a school should have been told of the night before (EVENTS, ``no-encompass-by-next-school-day``)."""

KNOWN_WITHIN_DAYS: Final = 120
"""If no school day is known within so many days, the calendar has run out and nothing is said about it."""


class SchoolCalendar:
    """The school days that a hub's terms and closures give. Terms may overlap; a closure wins over a term."""

    __slots__ = ("_days", "_known")

    def __init__(self, terms: Iterable[Period], closures: Iterable[Period]) -> None:
        open_days = {day for term in terms for day in _days_of(term) if is_working_day(day)}
        closed_days = {day for closure in closures for day in _days_of(closure)}
        self._days = tuple(sorted(open_days - closed_days))
        self._known = frozenset(self._days)

    def is_school_day(self, day: Day) -> bool:
        """Whether the hub's schools are open on this day; False where no term is known."""
        return day in self._known

    def first_school_day_moment_after(self, moment: Moment) -> Moment | None:
        """The first 08:30 local of a school day that is later than this moment.

        None if no such day is known up to 120 days after the local date of the moment.
        """
        today = local_day(moment)
        for day in self._days[bisect_left(self._days, today) :]:
            if day - today > KNOWN_WITHIN_DAYS:
                return None
            morning = local_moment(day, BEFORE_SCHOOL)
            if morning > moment:
                return morning
        return None


def _days_of(period: Period) -> Iterable[Day]:
    return (Day(day) for day in range(day_of(period.first), day_of(period.last) + 1))
