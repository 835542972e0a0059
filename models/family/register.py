"""How many of a child's sessions were possible, and how many of them were missed: any stretch of time at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import time
from functools import cached_property
from itertools import accumulate

from msgspec import Struct

from models.calendar.local_time import local_moment, midnight
from models.family.attendance import SessionSeen
from schemas.identifiers import Day, Moment

NOON = time(12)


class Counts(Struct, frozen=True):
    """Sessions of a stretch of time. ``absent`` includes ``unauthorised``; both are of the possible ones."""

    possible: int
    absent: int
    unauthorised: int


class Register:
    """A child's sessions in order of time. Counts of any window cost little once the first was asked for."""

    def __init__(self, seen: Sequence[SessionSeen]) -> None:
        self.seen = seen
        self.missed = [session for session in seen if session.is_absent]

    def missed_between(self, first: Day, last: Day) -> list[SessionSeen]:
        """The absent sessions of these days, both included."""
        return [session for session in self.missed if first <= session.on <= last]

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
        return _Sums(self.seen)


class _Sums:
    """Running counts."""

    def __init__(self, seen: Sequence[SessionSeen]) -> None:
        self.days = [session.on for session in seen]
        self.moments = [session_moment(session) for session in seen]
        self._possible = [0, *accumulate(session.is_possible for session in seen)]
        self._absent = [0, *accumulate(session.is_absent for session in seen)]
        self._unauthorised = [0, *accumulate(session.is_unauthorised for session in seen)]

    def count(self, start: int, end: int) -> Counts:
        end = max(start, end)
        return Counts(
            self._possible[end] - self._possible[start],
            self._absent[end] - self._absent[start],
            self._unauthorised[end] - self._unauthorised[start],
        )


def session_moment(seen: SessionSeen) -> Moment:
    """When a session counts as having been, for order: AM is 00:00 and PM 12:00 local (EVENTS section 4)."""
    return local_moment(seen.on, NOON) if seen.session else midnight(seen.on)
