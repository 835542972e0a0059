"""A desk to tell things to, in November 2026 (the 3rd is a Tuesday). What it is told says only what matters."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.calendar.local_time import to_datetime, to_moment
from models.desk.policy import DeskPolicy
from models.desk.revising import DeskTransition
from models.desk.state import DeskState
from models.desk.storage import decode, encode
from models.desk.transition import advance
from schemas.desk_events import ActionTaken, DeskEvent, Emptied, Raised, Renamed, Restated
from schemas.events import TimePassed
from schemas.hub import Team
from schemas.identifiers import AgencyId, ChildId, FamilyId, Moment, ReasonId, RuleId, TeamId
from schemas.prompts import FactNamed, NotKnown, Prompt, Reason, RuleVersion, SpeaksAgainst

LONDON = ZoneInfo("Europe/London")


def at(day: int, hour: int = 10, minute: int = 0, month: int = 11, year: int = 2026) -> Moment:
    return to_moment(datetime(year, month, day, hour, minute, tzinfo=LONDON))


def a_reason(reason: str = "r-1", text: str = "Three notifications in 90 days.", since: Moment | None = None) -> Reason:
    fact = FactNamed(
        fact=f"t-of-{reason}",
        agency=AgencyId("riverton-police"),
        kind="police-notification",
        on=date(2026, 11, 1),
        text="The police told of an incident.",
    )
    return Reason(
        id=ReasonId(reason),
        text=text,
        since=to_datetime(at(3) if since is None else since),
        rule=RuleVersion(id=RuleId("three-low-grade-notifications"), version=1),
        model=None,
        facts=(fact,),
    )


NO_HOURS = (None,) * 7


def a_team(name: str, budget: int | None, hours: tuple[tuple[time, time] | None, ...] = NO_HOURS) -> Team:
    return Team(id=TeamId(name), daily_budget=budget, hours=hours)


class Desk:
    """A desk that is told one thing after the other, stored and read again each time."""

    def __init__(
        self,
        budget: int | None = None,
        *,
        closes_at_due: bool = False,
        hours: tuple[tuple[time, time] | None, ...] = NO_HOURS,
    ) -> None:
        self.policy = DeskPolicy(
            teams=(a_team("front-door", budget, hours), a_team("family-help", budget, hours)),
            open_case_team=TeamId("family-help"),
            closes_at_due=closes_at_due,
        )
        self.state = DeskState()
        self.published: list[Prompt] = []
        self.refused: list[str] = []
        self.last: DeskTransition | None = None
        self._actions = 0

    def tell(self, event: DeskEvent, not_known: tuple[NotKnown, ...] = ()) -> tuple[Prompt, ...]:
        self.last = advance(self.state, event, self.policy, not_known)
        self.state = decode(encode(self.last.desk))
        assert self.state == self.last.desk, "what is stored says less than what was known"
        self.published.extend(self.last.prompts)
        self.refused.extend(one.reason for one in self.last.refused_actions)
        return self.last.prompts

    def raised(self, reason: str = "r-1", moment: Moment | None = None, **said: Any) -> tuple[Prompt, ...]:
        moment = at(3) if moment is None else moment
        return self.tell(
            Raised(
                family=FamilyId(said.get("family", "f-1")),
                kind=said.get("kind", "review"),
                at=moment,
                question=said.get("question", f"Because of {reason}, would you look?"),
                reason=a_reason(reason, since=said.get("since", moment)),
                children=tuple(map(ChildId, said.get("children", ("c-1",)))),
                speaks_against=said.get("speaks_against", ()),
                notes=said.get("notes", ()),
                open_case=said.get("open_case", False),
                bypasses_budget=said.get("bypasses_budget", False),
                not_known=said.get("unchecked", ()),
            ),
            said.get("not_known", ()),
        )

    def restated(self, reason: str, moment: Moment, text: str | None, **said: Any) -> tuple[Prompt, ...]:
        return self.tell(
            Restated(
                family=FamilyId(said.get("family", "f-1")),
                at=moment,
                reason_id=ReasonId(reason),
                reason=None if text is None else a_reason(reason, text, since=said.get("since")),
                children=tuple(map(ChildId, said.get("children", ("c-1",)))),
                note=said.get("note", None if text else f"After a correction {reason} no longer holds."),
            )
        )

    def renamed(self, reason: str, moment: Moment, *children: str) -> tuple[Prompt, ...]:
        names = tuple(map(ChildId, children))
        return self.tell(Renamed(family=FamilyId("f-1"), at=moment, reason_id=ReasonId(reason), children=names))

    def emptied(self, family: str, to: str, moment: Moment) -> tuple[Prompt, ...]:
        return self.tell(Emptied(family=FamilyId(family), to=FamilyId(to), at=moment))

    def act(self, action: str, prompt: Prompt, moment: Moment, **said: Any) -> tuple[Prompt, ...]:
        self._actions += 1
        needed: dict[str, dict[str, Any]] = {
            "assigned": {"to": "w-2"},
            "noted": {"note": "Rang the school about Mallory."},
            "disposed": {"disposition": "already-known", "useful": "partly"},
        }
        said = {
            "action_id": f"a-{self._actions}",
            "prompt_id": prompt.prompt_id,
            "revision": prompt.revision,
            "by": "w-1",
            "taken_at": moment,
            **needed.get(action, {}),
            **said,
        }
        return self.tell(ActionTaken(at=moment, action=action, **said))

    def wait_until(self, moment: Moment) -> tuple[Prompt, ...]:
        return self.tell(TimePassed(at=moment))

    def latest(self, prompt: Prompt) -> Prompt:
        return [one for one in self.published if one.prompt_id == prompt.prompt_id][-1]


@pytest.fixture
def desk() -> Desk:
    """A desk without budget."""
    return Desk()


@pytest.fixture
def desk_with() -> Callable[..., Desk]:
    """A desk with the given budget, or that closes prompts when they are due."""
    return Desk


@pytest.fixture
def when() -> Callable[..., Moment]:
    """A local time in November 2026."""
    return at


@pytest.fixture
def against() -> SpeaksAgainst:
    """Something that speaks the other way."""
    return SpeaksAgainst(text="Attendance has recovered.", facts=())
