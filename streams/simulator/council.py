"""What the council says about each contact over the months, and health about its own referrals.

A referral is said again whenever more is known: received, decided, assessed (its factors), closed. Everything after
it is an outcome. Decisions are due in one working day, most are made in time; assessments take 33 working days on
average.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from streams.simulator.agencies import COUNCIL, HEALTH, System
from streams.simulator.courses import Course
from streams.simulator.days import local
from streams.simulator.dice import Wheel
from streams.simulator.numbers import NEEDS
from streams.simulator.people import Child, Family
from streams.simulator.statements import Data, Statement
from streams.simulator.timetable import Timetable

_BY_HEALTH_ITSELF: Final = 0.6  # of health's referrals, those that health's own system reports: ours
_TIDIED_UP_A_YEAR: Final = 0.02  # families with an old case that somebody enters or mends: ours
_HEALTH_VISITORS_UNTIL: Final = 4  # years of age up to which health gives the early help, and reports it: ours
_OPEN_AT_THE_START: Final = 0.09  # families with an open child-in-need plan on the first day, at trouble 1: ours

_NEEDS: Final = Wheel(NEEDS)


def tell_course(rng: Random, course: Course, reference: str) -> Iterator[Statement]:
    """Everything said about a contact, for each child referred; ``reference`` begins the referral ids."""
    contact = course.contact
    system = HEALTH if contact.source_code[0] == "3" and rng.random() < _BY_HEALTH_ITSELF else COUNCIL
    timetable = Timetable(rng, course)
    need = _NEEDS.pick(rng)
    for place, child in enumerate(contact.children, start=1):
        file = _File(child, f"{reference}-{place}", system, timetable.recording_days)
        yield from file.tell_referral(course, timetable, need)
        yield from file.tell_outcomes(course, timetable)


def tell_open_plans(rng: Random, families: tuple[Family, ...], start: date) -> Iterator[Statement]:
    """Plans that were open before the first day, told on the first morning: begun up to 400 days ago."""
    for family in families:
        if rng.random() >= min(_OPEN_AT_THE_START * family.trouble.base**0.8, 0.6):
            continue
        begun = start - timedelta(days=rng.randint(5, 400))
        ended = start + timedelta(days=rng.randint(10, 420))
        told = local(start, rng.uniform(5 * 60, 6 * 60))
        for child in family.children:
            file = _File(child, f"OPEN-{child.number}", COUNCIL, 1)
            yield file.outcome("cin-plan-started", begun, None, told, referral_id=None)
            yield file.outcome("cin-plan-ended", ended, None, None, referral_id=None)
            yield file.outcome("case-closed", ended + timedelta(days=3), "RC7", None, referral_id=None)


def tell_old_cases(rng: Random, families: tuple[Family, ...], start: date, days: int) -> Iterator[Statement]:
    """Cases closed years ago that somebody tidies up: accepted, and not kept."""
    for family in families:
        if rng.random() < _TIDIED_UP_A_YEAR * days / 365:
            child = rng.choice(family.children)
            received = local(start - timedelta(days=rng.randint(700, 1200)), 11 * 60)
            decided = received + timedelta(hours=3)
            closed_on = (received + timedelta(days=50)).date()
            tidied = local(start + timedelta(days=rng.randrange(days)), 15 * 60)
            said = _referral(f"OLD-{child.number}", child.for_council(), COUNCIL.write_time(received), "10")
            said |= {"outcome": "assessment", "decided_at": COUNCIL.write_time(decided), "primary_need": "N1"}
            said |= {"closed_on": closed_on.isoformat(), "closure_reason": "RC8"}
            yield Statement("referral", COUNCIL, tidied, child.council_id, said, too_old=True)


def _referral(reference: str, named: Data, referred_at: str, source_code: str) -> Data:
    """A referral that is received and not yet decided."""
    return {
        "referral_id": reference,
        "child": named,
        "referred_at": referred_at,
        "source_code": source_code,
        "primary_need": None,
        "outcome": None,
        "decided_at": None,
        "factors": [],
        "closed_on": None,
        "closure_reason": None,
    }


class _File:
    """One child's file: turns days into statements."""

    def __init__(self, child: Child, reference: str, system: System, recording_days: int) -> None:
        self._child = child
        self._reference = reference
        self._system = system
        self._recording_days = recording_days

    def tell_referral(self, course: Course, times: Timetable, need: str) -> Iterator[Statement]:
        """The referral: received, decided, with factors, closed."""
        write = self._system.write_time
        named = self._child.for_health() if self._system is HEALTH else self._child.for_council()
        said = _referral(self._reference, named, write(times.received), course.contact.source_code)
        yield self._referral(said, times.received + timedelta(minutes=7))
        said = said | {"outcome": course.decision, "decided_at": write(times.decided_at)}
        said = said | {"primary_need": need if course.assessed else None}
        yield self._referral(said, times.decided_at + timedelta(minutes=4))
        if course.assessed:
            factors = list(times.factors) if course.in_need or course.early_help else ["21"]
            said = said | {"factors": factors}
            yield self._referral(said, local(times.assessment_ends, 17 * 60 + 5))
        closed_on, reason = times.closes(course)
        said = said | {"closed_on": closed_on.isoformat(), "closure_reason": reason}
        yield self._referral(said, max(local(closed_on, 18 * 60), times.decided_at + timedelta(minutes=9)))

    def tell_outcomes(self, course: Course, times: Timetable) -> Iterator[Statement]:
        """The steps after the decision, each told some days after it happened."""
        if course.assessed:
            yield self.outcome("assessment-started", times.decided_on, None)
            yield self.outcome("assessment-completed", times.assessment_ends, _assessment_result(course))
        if course.enquiries:
            yield self.outcome("s47-started", times.enquiries_start, None)
            yield self.outcome("s47-completed", times.enquiries_end, _enquiries_result(course))
        if course.conference:
            yield self.outcome("icpc", times.conference, "plan" if course.plan else "no-plan")
        if course.plan:
            yield self.outcome("cp-plan-started", times.conference, None)
            yield self.outcome("cp-plan-ended", times.plan_ends, None)
        if course.looked_after:
            yield self.outcome("looked-after-started", times.care_starts, None)
            yield self.outcome("looked-after-ended", times.care_ends, None)
        if course.in_need:
            yield self.outcome("cin-plan-started", times.in_need_starts, None)
            yield self.outcome("cin-plan-ended", times.in_need_ends, None)
        if course.early_help:
            yield self.outcome("early-help-started", times.help_starts, None)
            yield self.outcome("early-help-ended", times.help_ends, None)
        if course.assessed:
            closed_on, reason = times.closes(course)
            yield self.outcome("case-closed", closed_on, reason)

    def outcome(
        self, kind: str, on: date, result: str | None, told: datetime | None = None, *, referral_id: str | None = ""
    ) -> Statement:
        """One outcome; without ``told`` it is recorded in the evening, some days after it happened."""
        small = self._child.age <= _HEALTH_VISITORS_UNTIL
        early_help_by_health = kind.startswith("early-help") and (small or self._system is HEALTH)
        system = HEALTH if early_help_by_health else COUNCIL
        data: Data = {
            "outcome_id": f"{self._reference}-{_SHORT[kind]}",
            "child": self._child.for_health() if early_help_by_health else self._child.for_council(),
            "kind": kind,
            "occurred_on": on.isoformat(),
            "result": result,
            "referral_id": self._reference if referral_id == "" else referral_id,
        }
        evening = local(on + timedelta(days=self._recording_days), 18 * 60 + 30)
        return Statement("outcome", system, told or evening, self._key(system), data)

    def _referral(self, said: Data, recorded_at: datetime) -> Statement:
        return Statement("referral", self._system, recorded_at, self._key(self._system), said)

    def _key(self, system: System) -> str:
        """Health's own reference of a child, never the NHS number; else the council's."""
        return f"H-{self._child.number:06d}" if system is HEALTH else self._child.council_id


_SHORT: Final = {
    "assessment-started": "AS", "assessment-completed": "AS", "s47-started": "S47", "s47-completed": "S47",
    "icpc": "CON", "cp-plan-started": "CPP", "cp-plan-ended": "CPP", "cin-plan-started": "CIN",
    "cin-plan-ended": "CIN", "early-help-started": "EH", "early-help-ended": "EH",
    "looked-after-started": "LAC", "looked-after-ended": "LAC", "case-closed": "END",
}  # fmt: skip


def _assessment_result(course: Course) -> str:
    if course.in_need:
        return "child-in-need"
    return "early-help" if course.early_help else "no-further-action"


def _enquiries_result(course: Course) -> str:
    if course.conference:
        return "conference"
    return "section-17-services" if course.in_need else "no-further-action"
