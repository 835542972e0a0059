"""The score from which a family would be put to a team: the one that fills its day's room, on the last 28 days.

Capacity decides, not a level of "risk": the same score may be put forward in a quiet month and not in a busy one. A
prompt goes to one team while no plan stands open for the family, and to another while one does
(``DeskPolicy.team_for``), so each of the two is filled by the scores of its own families. Where both are one team, it
is filled by all of them.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from models.calendar.local_time import local_day
from schemas.examples import Scored
from schemas.identifiers import Day

WINDOW_DAYS: Final = 28


class Budgets(Struct, frozen=True, kw_only=True):
    """The daily budgets of the two teams, ``open_case`` that for families with an open plan. None: it has none."""

    first: int | None
    open_case: int | None
    is_one_team: bool


class Thresholds(Struct, frozen=True):
    """The score that fills each team's budget; None where nothing is known, or where the team has no budget.

    How many prompts a day a team has room for somebody has to say: until then a model puts nothing to it.
    """

    first: float | None
    open_case: float | None


class RecentScores:
    """The scores of the episodes of the last 28 days, each episode once, as it was scored first."""

    def __init__(self) -> None:
        self._days: dict[str, Day] = {}
        self._scores: list[tuple[Day, float, bool]] = []
        """Day, score, and whether a plan stood open."""
        self._newest = Day(0)

    def note(self, scored: Scored) -> None:
        """Take in a scoring. Another one of the same episode changes nothing."""
        day = local_day(scored.at)
        if scored.row in self._days or day <= self._newest - WINDOW_DAYS:
            return
        self._days[scored.row] = day
        insort(self._scores, (day, scored.score, scored.open_case))
        if day > self._newest:
            self._newest = day
            self._forget(Day(day - WINDOW_DAYS))

    def thresholds(self, budgets: Budgets) -> Thresholds:
        """The scores that so many prompts a day would have been filled by; None for a team of which nothing was scored.

        Where a team had fewer episodes than room it is the lowest of their scores.
        """
        if budgets.is_one_team:
            one = self._fill(budgets.first, (score for _, score, _ in self._scores))
            return Thresholds(one, one)
        first = (score for _, score, open_case in self._scores if not open_case)
        open_case = (score for _, score, open_case in self._scores if open_case)
        return Thresholds(self._fill(budgets.first, first), self._fill(budgets.open_case, open_case))

    def _fill(self, per_day: int | None, scores: Iterable[float]) -> float | None:
        known = sorted(scores)
        if not known or per_day is None or per_day < 1:
            return None
        days = min(WINDOW_DAYS, self._newest - self._scores[0][0] + 1)  # seen by the hub: a team may have quiet days
        return known[-min(per_day * days, len(known))]

    def _forget(self, through: Day) -> None:
        gone = bisect_right(self._scores, (through, float("inf"), True))
        del self._scores[:gone]
        self._days = {row: day for row, day in self._days.items() if day > through}
