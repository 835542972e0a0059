"""The score from which a family would be put to the desk: the one that fills the day's room, on the last 28 days.

Capacity decides, not a level of "risk": the same score may be put forward in a quiet month and not in a busy one.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import Final

from models.calendar.local_time import local_day
from schemas.examples import Scored
from schemas.identifiers import Day

WINDOW_DAYS: Final = 28


class RecentScores:
    """The scores of the episodes of the last 28 days, each episode once, as it was scored first."""

    def __init__(self) -> None:
        self._days: dict[str, Day] = {}
        self._scores: list[tuple[Day, float]] = []
        self._newest = Day(0)

    def note(self, scored: Scored) -> None:
        """Take in a scoring. Another one of the same episode changes nothing."""
        day = local_day(scored.at)
        if scored.row in self._days or day <= self._newest - WINDOW_DAYS:
            return
        self._days[scored.row] = day
        insort(self._scores, (day, scored.score))
        if day > self._newest:
            self._newest = day
            self._forget(Day(day - WINDOW_DAYS))

    def threshold(self, per_day: int) -> float | None:
        """The score that so many prompts a day would have been filled by; None while nothing was scored.

        Where there were fewer episodes than room it is the lowest of their scores.
        """
        if not self._scores or per_day < 1:
            return None
        days = min(WINDOW_DAYS, self._newest - self._scores[0][0] + 1)
        scores = sorted(score for _, score in self._scores)
        return scores[-min(per_day * days, len(scores))]

    def _forget(self, through: Day) -> None:
        gone = bisect_right(self._scores, (through, float("inf")))
        del self._scores[:gone]
        self._days = {row: day for row, day in self._days.items() if day > through}
