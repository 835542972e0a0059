"""How many of a child's sessions were possible, and how many of them were missed: any stretch of time at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, chain

from msgspec import Struct

from models.family.attendance import SeenWeek, SessionSeen
from schemas.identifiers import Day, Moment


class Counts(Struct, frozen=True):
    """Sessions of a stretch of time. ``absent`` includes ``unauthorised``; both are of the possible ones."""

    possible: int
    absent: int
    unauthorised: int


class Register:
    """A child's sessions in order of time. Counts of any window cost little once the first was asked for."""

    def __init__(self, weeks: Sequence[SeenWeek]) -> None:
        self._weeks = weeks
        self.seen = list(chain.from_iterable([week.seen for week in weeks]))
        self.missed = list(chain.from_iterable([week.missed for week in weeks]))
        self._missed_on = [session.on for session in self.missed]

    def missed_between(self, first: Day, last: Day) -> list[SessionSeen]:
        """The absent sessions of these days, both included."""
        return self.missed[bisect_left(self._missed_on, first) : bisect_right(self._missed_on, last)]

    def between(self, first: Day, last: Day) -> list[SessionSeen]:
        """The sessions of these days, both included."""
        return [session for session in self.seen if first <= session.on <= last]

    def count_days(self, first: Day, last: Day) -> Counts:
        """The sessions of these days, both included."""
        days = self._sums.days
        return self._sums.count(bisect_left(days, first), bisect_right(days, last))

    def count_until(self, first: Day, until: Moment) -> Counts:
        """The sessions from this day up to this moment, included."""
        return self._sums.count(bisect_left(self._sums.days, first), bisect_right(self._sums.moments, until))

    @cached_property
    def _sums(self) -> _Sums:
        return _Sums(self._weeks)


class _Sums:
    """Running counts."""

    def __init__(self, weeks: Sequence[SeenWeek]) -> None:
        self.days = list(chain.from_iterable([week.days for week in weeks]))
        self.moments = list(chain.from_iterable([week.moments for week in weeks]))
        self._possible = [0, *accumulate(chain.from_iterable([week.possible for week in weeks]))]
        self._absent = [0, *accumulate(chain.from_iterable([week.absent for week in weeks]))]
        self._unauthorised = [0, *accumulate(chain.from_iterable([week.unauthorised for week in weeks]))]

    def count(self, start: int, end: int) -> Counts:
        end = max(start, end)
        return Counts(
            self._possible[end] - self._possible[start],
            self._absent[end] - self._absent[start],
            self._unauthorised[end] - self._unauthorised[start],
        )
