"""How many sessions were possible and missed without leave, in stretches of days, straight from the letters of weeks.

Registers lay out every session for whoever names it; a model only counts, with every event of a young episode, and most
weeks look like many others. What several schools or identifiers say of one week needs them compared, session by
session: then the register counts, and a property test holds both to the same numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from models.calendar.local_time import local_day, local_moment
from models.family.codes import IMPOSSIBLE, LETTERS, UNAUTHORISED
from models.family.settled import read_entry, split_entries
from models.family.state import Strand
from models.family.weeks import SLOTS, unpack_open
from schemas.identifiers import Day, IdentifierId, Moment

_NOON: Final = time(12)
_UNAUTHORISED: Final = frozenset(LETTERS[code] for code in UNAUTHORISED)
_POSSIBLE: Final = frozenset(letter for code, letter in LETTERS.items() if code not in IMPOSSIBLE)


class Tally(NamedTuple):
    """Sessions of a stretch of days."""

    possible: int
    unauthorised: int


class _Weeks(NamedTuple):
    """Weeks in order, and running counts: of all weeks before each, and of the sessions before each in it."""

    mondays: tuple[Day, ...]
    possible: tuple[int, ...]
    unauthorised: tuple[int, ...]
    of_week: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]

    def until(self, day: Day, sessions: int = 0) -> Tally:
        """All sessions before this day, and so many of the day itself."""
        week = bisect_right(self.mondays, day) - 1
        if week < 0:
            return Tally(0, 0)
        slot = min(SLOTS, (day - self.mondays[week]) * 2 + sessions)
        possible, unauthorised = self.of_week[week]
        return Tally(self.possible[week] + possible[slot], self.unauthorised[week] + unauthorised[slot])


def tally(strands: Mapping[IdentifierId, Strand], first: Day, cut: Day, until: Moment) -> tuple[Tally, Tally] | None:
    """A child's sessions from ``first`` on, before the day ``cut``, and from it up to the moment ``until``.

    ``cut`` is not after ``until``. None where one week is told of by several schools, or school is told of under
    several identifiers: ask the register.
    """
    at_school = [strand for strand in strands.values() if strand.weeks or strand.settled]
    if len(at_school) > 1:
        return None
    possible = unauthorised = possible_since = unauthorised_since = 0
    last = local_day(until)
    sessions = _sessions_of(last, until)
    for weeks in _parts(at_school[0], first) if at_school else ():
        if weeks is None:
            return None
        if not weeks.mondays or weeks.mondays[0] > last:
            continue
        end = weeks.until(last, sessions)
        if weeks.mondays[0] >= cut >= first:  # most of what is open: nothing of it lies before
            possible_since += end.possible
            unauthorised_since += end.unauthorised
            continue
        start, middle = weeks.until(first), weeks.until(cut)
        possible += middle.possible - start.possible
        unauthorised += middle.unauthorised - start.unauthorised
        possible_since += end.possible - middle.possible
        unauthorised_since += end.unauthorised - middle.unauthorised
    return Tally(possible, unauthorised), Tally(possible_since, unauthorised_since)


@lru_cache(maxsize=4096)
def _noon(day: Day) -> Moment:
    return local_moment(day, _NOON)


def _sessions_of(day: Day, until: Moment) -> int:
    """How many sessions of its own day have begun by a moment: AM counts as 00:00, PM as 12:00."""
    return 2 if until >= _noon(day) else 1


def _parts(strand: Strand, first: Day) -> Iterator[_Weeks | None]:
    if strand.settled:
        yield _count_settled(strand.settled, Day(first - (first - 1) % 7))  # day 1 was a Monday
    for monday, packed in strand.weeks.items():
        yield _count_open(monday, packed)


@lru_cache(maxsize=1024)  # a strand's settled weeks change once a week, as does the week they are counted from
def _count_settled(settled: bytes, first: Day) -> _Weeks | None:
    entries = split_entries(settled)
    return _count([(entry.monday, read_entry(entry).codes) for entry in entries if entry.monday >= first])


@lru_cache(maxsize=8192)  # three weeks a strand, of which one changes with each mark
def _count_open(monday: Day, packed: bytes) -> _Weeks | None:
    return _count([(monday, week.codes) for week in unpack_open(packed)])


def _count(weeks: Sequence[tuple[Day, str]]) -> _Weeks | None:
    """These weeks, which are in order; None where two are of one Monday."""
    mondays = tuple(monday for monday, _ in weeks)
    if len(set(mondays)) < len(mondays):
        return None
    of_week = tuple(_sums(codes) for _, codes in weeks)
    return _Weeks(
        mondays,
        tuple(accumulate((possible[SLOTS] for possible, _ in of_week), initial=0)),
        tuple(accumulate((unauthorised[SLOTS] for _, unauthorised in of_week), initial=0)),
        of_week,
    )


@lru_cache(maxsize=16_384)  # most weeks of most children look like many others
def _sums(codes: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Running counts of possible and of unauthorised sessions."""
    return (
        tuple(accumulate((letter in _POSSIBLE for letter in codes), initial=0)),
        tuple(accumulate((letter in _UNAUTHORISED for letter in codes), initial=0)),
    )
