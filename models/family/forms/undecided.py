"""A referral on which nothing was decided by the end of the working days that a decision may take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from models.calendar.local_time import midnight
from models.calendar.working_days import next_working_day_after
from models.family.view import Concern
from models.family.vocabulary import Undecided
from schemas.facts import Referral
from schemas.identifiers import ChildId, Day, Moment


def limit_of(when: Undecided, concern: Concern) -> Moment | None:
    """24:00 local of the last working day that the decision may take; None for what is no referral."""
    return _end_of(concern.on, when.working_days) if isinstance(concern.saying, Referral) else None


def was_looked_at(when: Undecided, held: Iterable[tuple[Day, Moment]]) -> bool:
    """Whether a version of a referral, of such a date and held until such a moment, was held at its limit."""
    return any(_end_of(on, when.working_days) <= until for on, until in held)


def children_waiting(concern: Concern) -> frozenset[ChildId]:
    """Whom the referral is about, while it carries neither an outcome nor a closure."""
    saying = concern.saying
    if not isinstance(saying, Referral) or saying.outcome is not None or saying.closed_on is not None:
        return frozenset()
    return frozenset(about.child for about in concern.about)


@lru_cache(maxsize=4096)
def _end_of(day: Day, working_days: int) -> Moment:
    for _ in range(working_days):
        day = next_working_day_after(day)
    return midnight(Day(day + 1))
