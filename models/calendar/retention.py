"""How long a fact is kept: 13 calendar months after the latest date it carries (EVENTS section 2, Retention).

Thirteen months are the twelve of the re-referral window and one for lateness (DOMAIN section 5). A hub may set another
number of months; it is passed down as an argument, never read here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache

from schemas.facts import Notification, Outcome, Referral, Saying
from schemas.identifiers import Day

RETENTION_MONTHS = 13

PLAN_KINDS = frozenset({"cp-plan", "cin-plan", "early-help", "looked-after"})
"""Plans and placements: they are open from their ``-started`` until an ``-ended`` or a ``case-closed``."""


@lru_cache(maxsize=8192)
def gone_on(latest: Day, months: int = RETENTION_MONTHS) -> Day:
    """The first day on which a fact is no longer held whose latest date is ``latest``.

    The 31st of a month that has no 31st counts as that month's last day. Where the calendar ends (some systems write
    9999-12-31 for "no end") so does the answer: its last day.
    """
    start = date.fromordinal(latest)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return Day(date.max.toordinal())
    last_kept = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    return Day(min(last_kept.toordinal() + 1, date.max.toordinal()))


def latest_day(saying: Saying) -> Day:
    """The latest date that a statement carries, decisions, closures and returns included."""
    match saying:
        case Referral(on=on, decided_on=decided, closed_on=closed):
            return Day(max(on, decided or on, closed or on))
        case Notification(on=on, missing=missing):
            if missing is None:
                return on
            return Day(max(on, missing.started_on, missing.ended_on or on))
        case Outcome(on=on):
            return on


def plan_of(saying: Saying) -> str | None:
    """The plan or placement that an outcome starts or ends, else None."""
    if not isinstance(saying, Outcome):
        return None
    for ending in ("-started", "-ended"):
        if saying.kind.endswith(ending) and saying.kind.removesuffix(ending) in PLAN_KINDS:
            return saying.kind.removesuffix(ending)
    return None


def starts_a_plan(saying: Saying) -> bool:
    """Whether this is the start of a plan: it has no end of its own and is kept until something closes it."""
    return isinstance(saying, Outcome) and saying.kind.endswith("-started") and plan_of(saying) is not None


def ends_a_plan(saying: Saying, plan: str) -> bool:
    """Whether this outcome ends that kind of plan: its own ``-ended``, or the closing of the case."""
    return isinstance(saying, Outcome) and saying.kind in {f"{plan}-ended", "case-closed"}
