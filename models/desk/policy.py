"""What a hub has agreed on about its desk."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from models.calendar.local_time import MINUTE
from models.calendar.retention import RETENTION_MONTHS
from models.calendar.working_days import is_working_day
from models.freshness.feeds import Feeds
from schemas.hub import Hub, Team
from schemas.identifiers import Day, TeamId

_NO_HOURS: Final = (None,) * 7
_SATURDAY: Final = 5


class DeskPolicy(Struct, frozen=True, kw_only=True):
    """The teams with their budgets, and how long things can be taken back.

    ``feeds`` says what is expected of each feed, None that nothing is. ``closes_at_due``: a prompt closes at its due
    time as if a worker had answered then (``earlyword rehearse`` and the demo, where nobody does). ``undo_for`` is in
    microseconds.
    """

    teams: tuple[Team, ...]
    open_case_team: TeamId
    feeds: Feeds | None = None
    closes_at_due: bool = False
    undo_for: int = 15 * MINUTE  # a slip of the hand is noticed at once; later a decision is reopened, not undone
    reopen_days: int = 28  # local days after closing on which a prompt can be reopened: as long as a trigger may raise
    retention_months: int = RETENTION_MONTHS

    def team_for(self, *, open_case: bool) -> TeamId:
        """The team that a new prompt goes to: with an open case the hub's team for those, else the first."""
        return self.open_case_team if open_case else self.teams[0].id

    def is_on_duty(self, team: TeamId, day: Day) -> bool:
        """Whether this team works on this day, as far as its hours tell; without hours it may be any day.

        A team that does not work on Sundays does not work on bank holidays either.
        """
        hours = next((one.hours for one in self.teams if one.id == team), _NO_HOURS)
        if hours == _NO_HOURS:
            return True
        weekday = (day - 1) % 7  # day 1 was a Monday
        is_holiday = weekday < _SATURDAY and not is_working_day(day)
        return hours[weekday] is not None and (not is_holiday or hours[-1] is not None)

    def budget_of(self, team: TeamId) -> int | None:
        """How many prompts may open for this team on one local day; None: as many as come (also for a former team)."""
        return next((one.daily_budget for one in self.teams if one.id == team), None)


def policy_of(hub: Hub, *, closes_at_due: bool = False) -> DeskPolicy:
    """The desk policy of a hub."""
    return DeskPolicy(teams=hub.teams, open_case_team=hub.open_case_team, feeds=Feeds(hub), closes_at_due=closes_at_due)


MOST_ACTIONS: Final = 100
"""Actions taken on one prompt, refused ones too. Hundreds are a program gone wrong; the state must stay bounded."""
