"""A notification with some concern names a child, who then misses more school without leave than was usual for it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from models.family.forms.finding import Found, Trigger, about_only, is_about, is_named, session_triggers
from models.family.rules import Rule
from models.family.view import Absence, Concern, View
from models.family.vocabulary import AbsenceAfterNotification
from models.family.words import date_words, join_words
from schemas.facts import Notification
from schemas.identifiers import ChildId, Day


def triggers(view: View, when: AbsenceAfterNotification, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """The unauthorised sessions of children whom such a notification named not long before, and who missed enough."""
    near = [c for c in _notifications(view, when) if c.on + when.within_days >= oldest]
    for child in {about.child for concern in near for about in concern.about}:
        missed = view.absences(child, Day(oldest - when.within_days), newest)
        if len(missed) >= when.unauthorised_sessions:
            yield from session_triggers(absence for absence in missed if absence.seen.on >= oldest)


def look_back(view: View, rule: Rule, when: AbsenceAfterNotification, trigger: Trigger) -> Found | None:
    """The notifications in whose days the trigger lies, and the sessions missed in these days, child by child."""
    notices: list[Concern] = []
    absences: dict[str, Absence] = {}
    for concern in _notifications(view, when):
        if concern.at > trigger.at or not concern.on <= trigger.on <= concern.on + when.within_days:
            continue
        for child in view.children:
            if not is_about(concern, child):
                continue
            missed = [a for a in view.absences(child, concern.on, trigger.on) if a.at <= trigger.at]
            if _is_more_than_usual(view, when, child, concern.on, missed):
                notices.append(about_only(concern, {child}))
                absences |= {absence.fact: absence for absence in missed}
    if not is_named(trigger, notices, absences.values()):
        return None
    days = [absence.seen.on for absence in absences.values()]
    text = rule.says.format(
        notified=join_words([date_words(day) for day in sorted({notice.on for notice in notices})]),
        sessions=len(days),
        first=date_words(min(days)),
        last=date_words(max(days)),
    )
    return Found(trigger, tuple(notices), tuple(absences.values()), text)


def _notifications(view: View, when: AbsenceAfterNotification) -> list[Concern]:
    return [c for c in view.concerns if isinstance(c.saying, Notification) and when.concern in c.saying.concerns]


def _is_more_than_usual(
    view: View, when: AbsenceAfterNotification, child: ChildId, first: Day, missed: list[Absence]
) -> bool:
    """Whether the sessions missed since ``first`` are enough, and enough more than before. Shares are exact."""
    if len(missed) < when.unauthorised_sessions:
        return False
    register = view.register(child, Day(first - when.usual_days))
    before = register.count_days(Day(first - when.usual_days), Day(first - 1))
    if before.possible < when.usual_possible:
        return True
    usual = max(Fraction(before.unauthorised, before.possible), Fraction(when.usual_percent_at_least, 100))
    since = register.count_until(first, missed[-1].at)
    return Fraction(since.unauthorised, since.possible) >= when.times_usual * usual
