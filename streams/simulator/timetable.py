"""The days on which the steps of a course happen, in working days where the guidance counts them so."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from streams.simulator.courses import Course
from streams.simulator.days import LONDON, add_working_days, is_working_day, local
from streams.simulator.dice import Wheel, pick_between
from streams.simulator.numbers import ASSESSMENT_WORKING_DAYS, CONFERENCE_WORKING_DAYS, FACTORS, PLAN_DAYS

_DECIDED_IN_TIME: Final = 0.86  # by the end of the next working day: ours
_CONFERENCES: Final = Wheel(dict(CONFERENCE_WORKING_DAYS))
_PLANS: Final = Wheel(dict(PLAN_DAYS))


class Timetable:
    """The days on which a course's steps happen; the same for brothers and sisters."""

    def __init__(self, rng: Random, course: Course) -> None:
        received = course.contact.referred_at
        day = received.astimezone(LONDON).date()
        waits = rng.choice((0, 0, 1)) if rng.random() < _DECIDED_IN_TIME else rng.randint(2, 6)
        waits -= waits > 0 and not is_working_day(day)  # from a Saturday the next working day is the first, not none
        decision_day = add_working_days(day, waits)
        morning = local(decision_day, rng.uniform(9 * 60, 17 * 60))
        self.received = received
        self.decided_at = max(morning, received + timedelta(minutes=rng.randint(20, 180)))
        self.decided_on = self.decided_at.astimezone(LONDON).date()
        self.recording_days = rng.choice((0, 0, 1, 2, 4))
        length = min(max(rng.gammavariate(5, ASSESSMENT_WORKING_DAYS / 5), 3), 80)
        self.assessment_ends = add_working_days(self.decided_on, round(length))
        at_once = course.decision == "strategy-discussion"
        enquiries = rng.randint(0, 2) if at_once else rng.randint(2, max(3, round(length) - 2))
        self.enquiries_start = add_working_days(self.decided_on, enquiries)
        self.enquiries_end = add_working_days(self.enquiries_start, rng.randint(4, 10))
        self.conference = add_working_days(self.enquiries_start, pick_between(rng, _CONFERENCES))
        if course.conference:
            self.enquiries_end = min(self.enquiries_end, self.conference)
        self.plan_ends = self.conference + timedelta(days=pick_between(rng, _PLANS))
        in_need_from = self.plan_ends if course.plan else self.assessment_ends
        self.in_need_starts = in_need_from
        self.in_need_ends = in_need_from + timedelta(days=round(min(rng.lognormvariate(4.9, 0.6), 700)))
        self.help_starts = (self.assessment_ends if course.assessed else self.decided_on) + timedelta(
            days=rng.randint(5, 15)
        )
        self.help_ends = self.help_starts + timedelta(days=rng.randint(70, 200))
        self.care_starts = self.conference + timedelta(days=rng.randint(0, 60))
        self.care_ends = self.care_starts + timedelta(days=rng.randint(30, 900))
        self.factors = tuple(code for code, share in FACTORS.items() if rng.random() < share / 100) or ("20",)

    def closes(self, course: Course) -> tuple[date, str]:
        """When the case is closed, and why (RC code)."""
        if course.in_need:
            last = max(self.in_need_ends, self.care_ends) if course.looked_after else self.in_need_ends
            return last + timedelta(days=2), "RC7"
        if not course.assessed:
            return self.decided_on, "RC9" if course.early_help else "RC7"
        return self.assessment_ends + timedelta(days=2), "RC9" if course.early_help else "RC8"
