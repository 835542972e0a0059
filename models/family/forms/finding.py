"""What a form finds: a trigger, every fact that counts when one looks back from it, and the sentence.

*Days* are differences of calendar dates in Europe/London. A fact lies within N days of a trigger when it is at most N
days earlier and did not occur after it. EVENTS section 4 is exact; the tests follow it boundary by boundary.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import midnight
from models.family.outcomes import OutcomeSeen
from models.family.view import Absence, Concern, Plan, View
from models.family.vocabulary import GradeWord
from schemas.facts import Grade
from schemas.identifiers import ChildId, Day, Moment

GRADES: dict[GradeWord, Grade] = {"green": 1, "standard": 1, "amber": 2, "medium": 2, "red": 3, "high": 3}

NO_CONCERN = Moment(-(2**61))
"""Before every concern: a reason without one (marks and outcomes alone) never raises."""


class Trigger(Struct, frozen=True, gc=False):
    """The fact that a rule looks back from: a concern, or a session of ``child`` (``concern`` None)."""

    at: Moment
    fact: str
    on: Day
    concern: Concern | None
    child: ChildId | None = None


class Found(Struct, frozen=True, gc=False):
    """A rule's conditions hold from this trigger: every fact that counts, and the sentence.

    ``starts`` are plans whose beginning is named, by a step-down alone; ``outcomes`` are named by a model alone.
    """

    trigger: Trigger
    concerns: tuple[Concern, ...]
    absences: tuple[Absence, ...]
    text: str
    starts: tuple[Plan, ...] = ()
    outcomes: tuple[OutcomeSeen, ...] = ()

    @property
    def newest(self) -> Moment:
        """What a raise is remembered by: when the newest referral or notification named was.

        A step-down goes by dates, and by the beginnings of plans, too.
        """
        if self.starts:
            return midnight(Day(max(*(c.on for c in self.concerns), *(plan.on for plan in self.starts))))
        return max((concern.at for concern in self.concerns), default=Moment(NO_CONCERN - 1))

    @property
    def children(self) -> tuple[ChildId, ...]:
        """Those that the facts are about."""
        return tuple(
            sorted(
                {about.child for concern in self.concerns for about in concern.about}
                | {absence.child for absence in self.absences}
                | {plan.child for plan in self.starts}
                | {outcome.child for outcome in self.outcomes}
            )
        )


def concern_triggers(concerns: Iterable[Concern], oldest: Day) -> Iterator[Trigger]:
    """The concerns of the days from ``oldest``, as triggers."""
    for concern in concerns:
        if concern.on >= oldest:
            yield Trigger(concern.at, concern.key, concern.on, concern)


def session_triggers(absences: Iterable[Absence]) -> Iterator[Trigger]:
    """Sessions as triggers."""
    for absence in absences:
        yield Trigger(absence.at, absence.fact, absence.seen.on, None, absence.child)


def within(view: View, trigger: Trigger, days: int) -> tuple[Concern, ...]:
    """The concerns of these days up to the trigger."""
    return tuple(c for c in view.concerns if trigger.on - days <= c.on and c.at <= trigger.at)


def has_grade(concern: Concern, grades: Container[GradeWord]) -> bool:
    """Whether a concern has one of these grades; ungraded ones have none."""
    return any(concern.grade == grade for word, grade in GRADES.items() if word in grades)


def is_about(concern: Concern, child: ChildId) -> bool:
    """Whether a concern names this child."""
    return any(about.child == child for about in concern.about)


def about_only(concern: Concern, children: Container[ChildId]) -> Concern:
    """The concern as a fact about these children alone: what counts for one child is not a fact about another."""
    about = tuple(about for about in concern.about if about.child in children)
    return concern if about == concern.about else replace(concern, about=about)


def is_named(trigger: Trigger, concerns: Iterable[Concern], absences: Iterable[Absence]) -> bool:
    """Whether the trigger is among these facts, as that of a reason has to be."""
    if trigger.concern is None:
        return any(absence.fact == trigger.fact for absence in absences)
    return any(concern.key == trigger.fact for concern in concerns)
