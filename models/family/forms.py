"""What each form of a rule means: looking back from a trigger, do its conditions hold, and which facts count?

*Days* are differences of calendar dates in Europe/London. A fact lies within N days of a trigger when it is at most N
days earlier and did not occur after it. EVENTS section 4 is exact; the tests follow it boundary by boundary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from msgspec import Struct

from models.family.rules import ContactAfter, GradeWord, Incidents, Origins, Rule, When
from models.family.view import SCHOOL, Absence, Concern, View
from models.family.words import date_words, join_words
from schemas.facts import Grade, Referral
from schemas.identifiers import ChildId, Day, Moment

OLDEST_TRIGGER_DAYS = 28
"""A trigger more than this many days before the present does not raise."""

GRADES: dict[GradeWord, Grade] = {"green": 1, "standard": 1, "amber": 2, "medium": 2, "red": 3, "high": 3}


class Trigger(Struct, frozen=True):
    """The fact that a rule looks back from: a concern, or a session (``concern`` None)."""

    at: Moment
    fact: str
    on: Day
    concern: Concern | None


class Found(Struct, frozen=True):
    """A rule's conditions hold from this trigger: every fact that counts, and the sentence."""

    trigger: Trigger
    concerns: tuple[Concern, ...]
    absences: tuple[Absence, ...]
    text: str

    @property
    def newest_concern(self) -> Moment:
        """When the newest referral or notification named was; before all times if none is."""
        return max((concern.at for concern in self.concerns), default=Moment(-(2**62)))

    @property
    def children(self) -> tuple[ChildId, ...]:
        """Those that the facts are about."""
        return tuple(
            sorted(
                {about.child for concern in self.concerns for about in concern.about}
                | {absence.child for absence in self.absences}
            )
        )


def find(
    view: View, rule: Rule, accepts: Callable[[Found], bool], oldest: Day, newest: Moment | None = None
) -> Found | None:
    """The newest trigger, on or after ``oldest``, from which the rule holds and whose finding is accepted.

    ``newest`` leaves out triggers after that moment. None if there is none.
    """
    if isinstance(rule.when, Origins) and not _has_enough_origins(view, rule.when, oldest):
        return None
    for trigger in _triggers(view, rule.when, oldest):
        if newest is not None and trigger.at > newest:
            continue
        found = look_back(view, rule, trigger)
        if found is not None and accepts(found):
            return found
    return None


def look_back(view: View, rule: Rule, trigger: Trigger) -> Found | None:
    """What counts from this trigger, None where the conditions do not hold."""
    when = rule.when
    match when:
        case Incidents():
            return _incidents(view, rule, when, trigger)
        case ContactAfter():
            return _contact_after(view, rule, when, trigger)
        case Origins():
            return _origins(view, rule, when, trigger)
        case _:
            assert_never(when)


def needs_a_concern(when: When) -> int:
    """How many days before the present the newest concern can lie, at the most, for this form to raise."""
    match when:
        case Incidents() | ContactAfter():
            return OLDEST_TRIGGER_DAYS
        case Origins(within_days=within):
            return OLDEST_TRIGGER_DAYS + within
        case _:
            assert_never(when)


def could_hold(when: When, origins: set[str]) -> bool:
    """Whether this form can raise when recent concerns came from these origins alone."""
    return bool(origins) and (not isinstance(when, Origins) or len(origins | {SCHOOL}) >= when.at_least)


def looks_at_school(when: When) -> bool:
    """Whether marks can make this form hold."""
    return isinstance(when, Origins)


def _triggers(view: View, when: When, oldest: Day) -> Iterator[Trigger]:
    """What may be a trigger of this form, newest first (by time, then natural key)."""
    triggers = [Trigger(c.at, c.key, c.on, c) for c in view.concerns if c.on >= oldest]
    if isinstance(when, Origins):
        triggers += [
            Trigger(absence.at, absence.fact, absence.seen.on, None)
            for child in view.children
            for absence in view.absences(child, oldest, Day(view.today + 1))
        ]
    yield from sorted(triggers, key=lambda trigger: (trigger.at, trigger.fact), reverse=True)


def _has_enough_origins(view: View, when: Origins, oldest: Day) -> bool:
    """Whether any trigger could see origins enough, before attendance is read at all."""
    origins = {c.origin for c in view.concerns if c.on >= oldest - when.within_days}
    return len(origins | {SCHOOL}) >= when.at_least


def _within(view: View, trigger: Trigger, days: int) -> tuple[Concern, ...]:
    return tuple(c for c in view.concerns if trigger.on - days <= c.on and c.at <= trigger.at)


def _has_grade(concern: Concern, grades: tuple[GradeWord, ...]) -> bool:
    return concern.grade is not None and any(GRADES[word] == concern.grade for word in grades)


def _incidents(view: View, rule: Rule, when: Incidents, trigger: Trigger) -> Found | None:
    if trigger.concern is None or not _has_grade(trigger.concern, when.grades):
        return None
    counted = tuple(c for c in _within(view, trigger, when.within_days) if _has_grade(c, when.grades))
    occurrences = {(c.agency, c.occurrence) for c in counted}
    if len(occurrences) < when.at_least:
        return None
    text = rule.says.format(
        count=len(occurrences),
        first=date_words(min(c.on for c in counted)),
        last=date_words(max(c.on for c in counted)),
    )
    return Found(trigger, counted, (), text)


def _contact_after(view: View, rule: Rule, when: ContactAfter, trigger: Trigger) -> Found | None:
    contact = trigger.concern
    if contact is None or not (contact.kind == "referral" or _has_grade(contact, when.grades)):
        return None
    decided = {
        c.key: c.saying.decided_on
        for c in view.concerns
        if isinstance(c.saying, Referral)
        and c.key != contact.key
        and c.saying.outcome in when.decided
        and c.saying.decided_on is not None
        and 0 < trigger.on - c.saying.decided_on <= when.within_days
    }
    if not decided:
        return None
    text = rule.says.format(
        decided=join_words([date_words(day) for day in sorted(set(decided.values()))]), trigger=date_words(trigger.on)
    )
    named = tuple(c for c in view.concerns if c.key in decided or c.key == contact.key)
    return Found(trigger, named, (), text)


def _origins(view: View, rule: Rule, when: Origins, trigger: Trigger) -> Found | None:
    concerns = _within(view, trigger, when.within_days)
    origins = {c.origin for c in concerns}
    if len(origins | {SCHOOL}) < when.at_least:
        return None
    absences: list[Absence] = []
    for child in view.children:
        missed = [
            absence
            for absence in view.absences(child, Day(trigger.on - when.within_days), trigger.on)
            if absence.at <= trigger.at
        ]
        if len(missed) >= when.unauthorised_sessions:
            absences += missed
    if absences:
        origins.add(SCHOOL)
    if trigger.concern is None and all(absence.fact != trigger.fact for absence in absences):
        return None
    if len(origins) < when.at_least:
        return None
    days = [c.on for c in concerns] + [absence.seen.on for absence in absences]
    text = rule.says.format(
        count=len(origins),
        origins=join_words(sorted(origins)),
        first=date_words(min(days)),
        last=date_words(max(days)),
    )
    return Found(trigger, concerns, tuple(absences), text)
