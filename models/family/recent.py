"""How old a family's newest concerns are: a cheap look at the state, before any rule is asked.

Most events are marks of families without a recent concern, and these must cost next to nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from models.calendar.local_time import local_day
from models.calendar.retention import plan_of, starts_a_plan
from models.family.codes import ABSENT, CODE_OF, UNAUTHORISED
from models.family.marks import weeks_of
from models.family.state import FamilyState
from models.family.view import origin_of
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import Day, Moment

_LONG_AGO = Day(0)
_NEVER_WAS = Moment(-(2**61))


class Missed(NamedTuple):
    """Marks of sessions that were missed, with or without leave, and those without. Each at least as many as count."""

    absent: int
    unauthorised: int


class Recent:
    """The newest of each sort of concern that a family was told of; day 0 where there is none.

    What was corrected under another identifier of a child is counted, too, so a concern may be seen newer than it is:
    this says that a rule cannot hold, never that it does.
    """

    __slots__ = (
        "_missed",
        "_state",
        "at",
        "concern",
        "concerns",
        "missing",
        "missing_until",
        "origins",
        "plans",
        "today",
    )

    def __init__(self, state: FamilyState) -> None:
        self._state = state
        self._missed: dict[Day, Missed] = {}
        self.today = local_day(state.clock)
        self.at = _NEVER_WAS
        self.concern = self.missing = self.missing_until = _LONG_AGO
        self.origins: dict[str, Day] = {}
        self.concerns: dict[str, Day] = {}
        self.plans: set[str] = set()
        for strand in state.strands.values():
            for known in strand.facts.values():
                saying = known.saying
                if isinstance(saying, Referral):
                    self._note(origin_of(saying.source_code), saying.on, saying.referred_at)
                elif isinstance(saying, Notification) and saying.notice_type != "ENCOMPASS":
                    self._note("police", saying.on, saying.occurred_at)
                    self._note_notification(saying)
                elif isinstance(saying, Outcome) and (plan := plan_of(saying)) is not None and starts_a_plan(saying):
                    self.plans.add(plan)

    def missed_since(self, first: Day) -> Missed:
        """What all children together missed in weeks that end on this day or later: by letters, no session is seen."""
        found = self._missed.get(first)
        if found is None:
            counts = [
                _count(week.codes)
                for strand in self._state.strands.values()
                if strand.weeks or strand.settled
                for _, week in weeks_of(strand, first)
            ]
            found = Missed(sum(count.absent for count in counts), sum(count.unauthorised for count in counts))
            self._missed[first] = found
        return found

    def _note(self, origin: str, on: Day, at: Moment) -> None:
        self.origins[origin] = max(self.origins.get(origin, on), on)
        self.concern = max(self.concern, on)
        self.at = max(self.at, at)

    def _note_notification(self, saying: Notification) -> None:
        for concern in saying.concerns:
            self.concerns[concern] = max(self.concerns.get(concern, saying.on), saying.on)
        if saying.missing is not None:
            self.missing = max(self.missing, saying.on)
            until = saying.missing.ended_on or saying.missing.started_on
            self.missing_until = max(self.missing_until, until)


@lru_cache(maxsize=4096)  # most weeks of most children are alike
def _count(letters: str) -> Missed:
    codes = [CODE_OF.get(letter) for letter in letters]
    return Missed(sum(code in ABSENT for code in codes), sum(code in UNAUTHORISED for code in codes))
