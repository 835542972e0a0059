"""How much each feed said on a day, from what the partitions of intake counted: for the watch for drift.

A day is whole when every partition has told it or a later one; what it left out, it had none of. A partition tells each
day once, in order, so what it says of an earlier one is a repeat. The first days that the log holds are left aside
until all partitions have begun.

Only the hub knows which feeds there are: one that is agreed upon and says nothing is told as 0. It is told only while
its agreement runs, and on the days on which its calendar expects it, because on others nobody can say what is usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from models.calendar.local_time import day_of
from models.calendar.school_days import SchoolCalendar
from models.freshness.feeds import is_expected_on
from models.freshness.heard import feed_key
from models.learning.drift import DayHeard
from schemas.examples import FeedsCounted
from schemas.hub import Source
from schemas.identifiers import Day


class FeedsHeard:
    """Adds up what the partitions told. Without a hub no feed is known, and no day says anything."""

    def __init__(self, partitions: int, sources: Iterable[Source], schools: SchoolCalendar) -> None:
        self._sources = tuple(sources)
        self._schools = schools
        self._told: dict[int, Day] = {}
        self._partitions = partitions
        self._counts: dict[Day, Counter[str]] = {}
        self._next = Day(0)
        self.days: list[DayHeard] = []
        """The days that are whole, in order."""

    def take(self, counted: FeedsCounted) -> None:
        """Take what one partition counted; a partition that does not exist, and a repeat, say nothing."""
        told = self._told.get(counted.partition)
        if not 0 <= counted.partition < self._partitions or (told is not None and counted.day <= told):
            return
        if told is None:
            self._next = max(self._next, counted.day)
        self._told[counted.partition] = counted.day
        self._counts.setdefault(counted.day, Counter()).update(dict(counted.counts))
        if len(self._told) == self._partitions:
            self._close(min(self._told.values()))

    def _close(self, through: Day) -> None:
        days = range(self._next, through + 1)
        self.days += [DayHeard(day=Day(day), counts=self._said_on(Day(day))) for day in days]
        self._next = max(self._next, Day(through + 1))
        self._counts = {day: counts for day, counts in self._counts.items() if day > through}

    def _said_on(self, day: Day) -> tuple[tuple[str, int], ...]:
        counts = self._counts.get(day, Counter())
        return tuple((feed, counts[feed]) for feed in sorted(self._expected_on(day)))

    def _expected_on(self, day: Day) -> set[str]:
        return {
            feed_key(source.agency, source.kind)
            for source in self._sources
            if day_of(source.first) <= day <= day_of(source.last)
            and is_expected_on(source.calendar, day, self._schools)
        }
