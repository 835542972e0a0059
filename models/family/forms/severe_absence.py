"""A child who used to be in school is absent from much of it, and there is another concern in the family."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.forms.finding import Found, Trigger, concern_triggers, is_named, session_triggers, within
from models.family.register import Counts
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
        register = view.register(child, Day(first - when.before_days))
        before = register.count_days(Day(first - when.before_days), Day(first - 1))
        if _is_severe(when, register.count_until(first, trigger.at)) and _was_steady(when, before):
            seen = view.absences(child, first, trigger.on, also_authorised=True)
            absences += [absence for absence in seen if absence.at <= trigger.at]
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
    reach = view.register(child, Day(oldest - when.within_days)).count_days(Day(oldest - when.within_days), newest)
    return reach.absent * 100 >= when.absent_percent_at_least * when.possible_at_least and reach.absent > 0


def _is_severe(when: SevereAbsence, now: Counts) -> bool:
    return now.possible >= when.possible_at_least and now.absent * 100 >= when.absent_percent_at_least * now.possible


def _was_steady(when: SevereAbsence, before: Counts) -> bool:
    return (
        before.possible >= when.before_possible_at_least
        and before.absent * 100 <= when.before_absent_percent_at_most * before.possible
    )
