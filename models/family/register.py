"""How many of a child's sessions were possible, and how many of them were missed: any stretch of time at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, chain

from msgspec import Struct

from models.calendar.local_time import local_day, local_moment
from models.family.attendance import NOON, SeenWeek, SessionSeen
from models.family.weeks import SLOTS
from schemas.identifiers import Day, Moment


class Counts(Struct, frozen=True, gc=False):
    """Sessions of a stretch of time. ``absent`` includes ``unauthorised``; both are of the possible ones."""

    possible: int
    absent: int
    unauthorised: int


class Register:
    """A child's sessions in order of time, and the counts of any stretch of them."""

    def __init__(self, weeks: Sequence[SeenWeek]) -> None:
        self.weeks = weeks
        self._mondays = [week.monday for week in weeks]
        self.missed = list(chain.from_iterable([week.missed for week in weeks]))
        self._missed_on = [session.on for session in self.missed]

    def missed_between(self, first: Day, last: Day) -> list[SessionSeen]:
        """The absent sessions of these days, both included."""
        return self.missed[bisect_left(self._missed_on, first) : bisect_right(self._missed_on, last)]

    def between(self, first: Day, last: Day) -> list[SessionSeen]:
        """The sessions of these days, both included."""
        return [session for week in self.weeks for session in week.seen if first <= session.on <= last]

    def count_days(self, first: Day, last: Day) -> Counts:
        """The sessions of these days, both included."""
        return self._count(first, Day(last + 1), 0)

    def count_until(self, first: Day, until: Moment) -> Counts:
        """The sessions from this day up to this moment, included."""
        last = local_day(until)
        return self._count(first, last, 2 if until >= local_moment(last, NOON) else 1)

    def _count(self, first: Day, last: Day, sessions: int) -> Counts:
        """The sessions from this day until before the last, and so many of the last."""
        if (last, sessions) <= (first, 0):
            return Counts(0, 0, 0)
        start, end = self._before(first, 0), self._before(last, sessions)
        return Counts(end.possible - start.possible, end.absent - start.absent, end.unauthorised - start.unauthorised)

    def _before(self, day: Day, sessions: int) -> Counts:
        """All sessions before this day, and so many of the day itself."""
        place = bisect_right(self._mondays, day) - 1
        if place < 0:
            return Counts(0, 0, 0)
        slot = min(SLOTS, (day - self._mondays[place]) * 2 + sessions)
        sums, before = self.weeks[place].sums, self._before_weeks[place]
        return Counts(
            before.possible + sums.possible[slot],
            before.absent + sums.absent[slot],
            before.unauthorised + sums.unauthorised[slot],
        )

    @cached_property
    def _before_weeks(self) -> list[Counts]:
        """What lies before each week."""
        sums = [week.sums for week in self.weeks]
        possible = accumulate((one.possible[SLOTS] for one in sums), initial=0)
        absent = accumulate((one.absent[SLOTS] for one in sums), initial=0)
        unauthorised = accumulate((one.unauthorised[SLOTS] for one in sums), initial=0)
        return list(map(Counts, possible, absent, unauthorised))
