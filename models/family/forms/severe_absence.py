"""A child who used to be in school is absent from much of it, and there is another concern in the family."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.forms.finding import Found, Trigger, concern_triggers, is_named, session_triggers, within
from models.family.rules import Rule
from models.family.view import Absence, View
from models.family.vocabulary import SevereAbsence
from models.family.words import date_words, join_words
from schemas.identifiers import ChildId, Day


def triggers(view: View, when: SevereAbsence, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """Absent sessions and concerns, where some child was absent often enough for any of them to count."""
    children = [child for child in view.children if _could_be(view, when, child, oldest, newest)]
    if not children:
        return
    yield from concern_triggers(view.concerns, oldest)
    for child in children:
        yield from session_triggers(view.absences(child, oldest, newest, also_authorised=True))


def look_back(view: View, rule: Rule, when: SevereAbsence, trigger: Trigger) -> Found | None:
    """The concerns of the window, and the absent sessions of each child that is absent so much and was not before."""
    concerns = within(view, trigger, when.within_days)
    if not concerns:
        return None
    first = Day(trigger.on - when.within_days)
    absences: list[Absence] = []
    for child in view.children:
        if _is_severe(view, when, child, trigger) and _came_before(view, when, child, first):
            missed = view.absences(child, first, trigger.on, also_authorised=True)
            absences += [absence for absence in missed if absence.at <= trigger.at]
    if not absences or not is_named(trigger, concerns, absences):
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


def _is_severe(view: View, when: SevereAbsence, child: ChildId, trigger: Trigger) -> bool:
    first = Day(trigger.on - when.within_days)
    now = view.register(child, first).count_until(first, trigger.at)
    return now.possible >= when.possible_at_least and now.absent * 100 >= when.absent_percent_at_least * now.possible


def _came_before(view: View, when: SevereAbsence, child: ChildId, until: Day) -> bool:
    """Whether the child came to school in the days before this one."""
    first = Day(until - when.before_days)
    before = view.register(child, first).count_days(first, Day(until - 1))
    return (
        before.possible >= when.before_possible_at_least
        and before.absent * 100 <= when.before_absent_percent_at_most * before.possible
    )
