"""A child who used to be in school is absent from much of it, and there is another concern in the family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from models.family.attendance import SeenWeek, SessionSeen
from models.family.forms.finding import Found, Trigger, concern_triggers, is_named, session_triggers, within
from models.family.register import Register
from models.family.rules import Rule
from models.family.view import Absence, View
from models.family.vocabulary import SevereAbsence
from models.family.words import date_words, join_words
from schemas.identifiers import ChildId, Day, Moment


def triggers(view: View, when: SevereAbsence, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """Concerns, and the sessions that children missed who are absent so much and were not before."""
    children = [child for child in view.children if _could_be(view, when, child, oldest, newest)]
    if not children:
        return
    for concern in concern_triggers(view.concerns, oldest):
        if any(_has_stopped_coming(_register(view, when, child, concern.on), when, concern) for child in children):
            yield concern
    for child in children:
        weeks = _register(view, when, child, oldest).weeks
        for place, week in enumerate(weeks, 1):
            if oldest - 6 <= week.monday <= newest:
                missed = _missed_at_last(_reaching_back(weeks[:place], when), when)
                yield from session_triggers(Absence(child, seen) for seen in missed if oldest <= seen.on <= newest)


def look_back(view: View, rule: Rule, when: SevereAbsence, trigger: Trigger) -> Found | None:
    """The concerns of the window, and the absent sessions of each child that is absent so much and was not before."""
    first = Day(trigger.on - when.within_days)
    absences: list[Absence] = []
    for child in view.children:
        if _has_stopped_coming(_register(view, when, child, trigger.on), when, trigger):
            missed = view.absences(child, first, trigger.on, also_authorised=True)
            absences += [absence for absence in missed if absence.at <= trigger.at]
    concerns = within(view, trigger, when.within_days) if absences else ()
    if not concerns or not is_named(trigger, concerns, absences):
        return None
    text = rule.says.format(
        sessions=len(absences),
        first=date_words(min(absence.seen.on for absence in absences)),
        last=date_words(max(absence.seen.on for absence in absences)),
        concerns=join_words([date_words(day) for day in sorted({concern.on for concern in concerns})]),
    )
    return Found(trigger, concerns, tuple(absences), text)


def _could_be(view: View, when: SevereAbsence, child: ChildId, oldest: Day, newest: Day) -> bool:
    """Whether there are absent sessions enough within reach, before more of the past is read."""
    first = Day(oldest - when.within_days)
    return are_enough(when, len(view.register(child, first).missed_between(first, newest)))


def are_enough(when: SevereAbsence, missed: int) -> bool:
    """Whether so many missed sessions can be share enough, however few were possible."""
    return missed > 0 and missed * 100 >= when.absent_percent_at_least * when.possible_at_least


def _register(view: View, when: SevereAbsence, child: ChildId, on: Day) -> Register:
    """The sessions that count when one looks back from this day."""
    return view.register(child, Day(on - when.within_days - when.before_days))


def _reaching_back(weeks: Sequence[SeenWeek], when: SevereAbsence) -> tuple[SeenWeek, ...]:
    """Of these weeks those that count when one looks back from the last of them."""
    first = weeks[-1].monday - when.within_days - when.before_days
    return tuple([week for week in weeks if week.monday + 6 >= first])


@lru_cache(maxsize=4096)  # with each mark of a child nearly all weeks are as they were
def _missed_at_last(weeks: tuple[SeenWeek, ...], when: SevereAbsence) -> tuple[SessionSeen, ...]:
    """The missed sessions of the last week from which the child is absent so much and was not before."""
    register = Register(weeks)
    return tuple(seen for seen in weeks[-1].missed if _has_stopped_coming(register, when, seen))


class _Moment(Protocol):
    """A session or a trigger."""

    @property
    def on(self) -> Day: ...
    @property
    def at(self) -> Moment: ...


def _has_stopped_coming(register: Register, when: SevereAbsence, at: _Moment) -> bool:
    """Whether a child was absent from enough of the sessions before this, and came to school before these."""
    first = Day(at.on - when.within_days)
    now = register.count_until(first, at.at)
    if now.possible < when.possible_at_least or now.absent * 100 < when.absent_percent_at_least * now.possible:
        return False
    before = register.count_days(Day(first - when.before_days), Day(first - 1))
    return (
        before.possible >= when.before_possible_at_least
        and before.absent * 100 <= when.before_absent_percent_at_most * before.possible
    )
