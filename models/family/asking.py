"""Asking a rule: which facts may be its trigger, and what it finds looking back from one. One place per question, so
that a new form is missed nowhere: mypy names each ``match`` that forgets it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from models.family.forms import (
    absence_after_missing,
    absence_after_notification,
    concern_fallen,
    contact_after,
    incidents,
    missing_again,
    origins,
    severe_absence,
)
from models.family.forms.finding import Found, Trigger, concern_triggers
from models.family.recent import Recent
from models.family.rules import Rule
from models.family.view import SCHOOL, View
from models.family.vocabulary import (
    AbsenceAfterMissing,
    AbsenceAfterNotification,
    ConcernFallen,
    ContactAfter,
    Incidents,
    MissingAgain,
    Origins,
    SchoolNotTold,
    SevereAbsence,
    Undecided,
    When,
)
from schemas.identifiers import Day, Moment

OLDEST_TRIGGER_DAYS = 28
"""A trigger more than this many days before the present does not raise."""


def find(view: View, rule: Rule, bound: Moment, accepts: Callable[[Found], bool]) -> Found | None:
    """The newest trigger, not too old to raise, from which the rule holds and whose finding is accepted.

    None if there is none. What names no concern later than ``bound`` is not accepted.
    """
    if isinstance(rule.when, ConcernFallen):
        fallen = concern_fallen.look_back(view, rule, rule.when, view.today)
        return fallen if fallen is not None and accepts(fallen) else None
    oldest = _oldest_trigger(view, rule.when, bound)
    for trigger in newest_first(triggers(view, rule.when, oldest, Day(view.today + 1))):
        found = look_back(view, rule, trigger)
        if found is not None and accepts(found):
            return found
    return None


def _oldest_trigger(view: View, when: When, bound: Moment) -> Day:
    """The first day of a trigger that is not too old, and from which a concern later than ``bound`` can be named.

    Looking back nothing is named that comes after the trigger; but a decision may be dated before its referral.
    """
    oldest = Day(view.today - OLDEST_TRIGGER_DAYS)
    if isinstance(when, ContactAfter):
        return oldest
    return max(oldest, next((concern.on for concern in view.concerns if concern.at > bound), oldest))


def newest_first(found: Iterator[Trigger]) -> list[Trigger]:
    """By time, then natural key."""
    return sorted(found, key=lambda trigger: (trigger.at, trigger.fact), reverse=True)


def triggers(view: View, when: When, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """What may be a trigger of this form: concerns from ``oldest`` on, sessions from ``oldest`` to ``newest``."""
    match when:
        case Incidents() | ContactAfter():
            return concern_triggers(view.concerns, oldest)
        case MissingAgain():
            return missing_again.triggers(view, when, oldest)
        case Origins():
            return origins.triggers(view, when, oldest, newest)
        case AbsenceAfterMissing():
            return absence_after_missing.triggers(view, when, oldest, newest)
        case AbsenceAfterNotification():
            return absence_after_notification.triggers(view, when, oldest, newest)
        case SevereAbsence():
            return severe_absence.triggers(view, when, oldest, newest)
        case Undecided() | SchoolNotTold() | ConcernFallen():
            return iter(())  # they look back from a moment: models.family.expecting, forms.concern_fallen
        case _:
            assert_never(when)


def look_back(view: View, rule: Rule, trigger: Trigger) -> Found | None:
    """What counts from this trigger, None where the conditions do not hold."""
    when = rule.when
    match when:
        case Incidents():
            return incidents.look_back(view, rule, when, trigger)
        case ContactAfter():
            return contact_after.look_back(view, rule, when, trigger)
        case Origins():
            return origins.look_back(view, rule, when, trigger)
        case MissingAgain():
            return missing_again.look_back(view, rule, when, trigger)
        case AbsenceAfterMissing():
            return absence_after_missing.look_back(view, rule, when, trigger)
        case AbsenceAfterNotification():
            return absence_after_notification.look_back(view, rule, when, trigger)
        case SevereAbsence():
            return severe_absence.look_back(view, rule, when, trigger)
        case Undecided() | SchoolNotTold() | ConcernFallen():
            return None
        case _:
            assert_never(when)


def could_hold(when: When, recent: Recent) -> bool:
    """Whether this form can raise at all, by a cheap look at its concerns and missed sessions."""
    newest, reach = recent.newest, recent.today - OLDEST_TRIGGER_DAYS
    match when:
        case Incidents() | ContactAfter():
            return newest.concern >= reach
        case Origins():
            near = {origin for origin, on in newest.origins.items() if on >= reach - when.within_days}
            return len(near | {SCHOOL}) >= when.at_least and bool(near)
        case MissingAgain():
            return newest.missing >= reach
        case AbsenceAfterMissing():
            return max(newest.missing, newest.missing_until + when.within_days) >= reach
        case AbsenceAfterNotification():
            first = Day(reach - when.within_days)
            is_recent = newest.concerns.get(when.concern, 0) >= first
            return is_recent and recent.missed_since(first).unauthorised >= when.unauthorised_sessions
        case SevereAbsence():
            first = Day(reach - when.within_days)
            return newest.concern >= first and severe_absence.are_enough(when, recent.missed_since(first).absent)
        case Undecided() | SchoolNotTold():
            return False
        case ConcernFallen():
            return not newest.plans.isdisjoint(when.plans)
        case _:
            assert_never(when)


def looks_at_school(when: When) -> bool:
    """Whether marks can make this form hold."""
    match when:
        case Incidents() | ContactAfter() | MissingAgain() | Undecided() | SchoolNotTold():
            return False
        case Origins() | AbsenceAfterMissing() | AbsenceAfterNotification() | SevereAbsence() | ConcernFallen():
            return True
        case _:
            assert_never(when)


def asks_for_unauthorised(when: When) -> bool:
    """Whether only unauthorised marks can make this form hold: it counts them, and compares them with nothing."""
    return isinstance(when, Origins | AbsenceAfterMissing)
