"""A child was missing, and not in school without leave in the days around it."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.forms.finding import Found, Trigger, about_only, concern_triggers, is_named, session_triggers
from models.family.forms.missing import episodes, looked_for_until, who_was_missing
from models.family.rules import Rule
from models.family.view import Absence, Concern, View
from models.family.vocabulary import AbsenceAfterMissing
from models.family.words import date_words, join_words
from schemas.identifiers import Day


def triggers(view: View, when: AbsenceAfterMissing, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """The notices, and the unauthorised sessions of children who were missing not long before."""
    near = [
        (notice, missing)
        for notice, missing in episodes(view, when.category)
        if max(notice.on, looked_for_until(missing, when.within_days)) >= oldest
    ]
    yield from concern_triggers((notice for notice, _ in near), oldest)
    for child in {child for notice, _ in near for child in who_was_missing(notice)}:
        yield from session_triggers(view.absences(child, oldest, newest))


def look_back(view: View, rule: Rule, when: AbsenceAfterMissing, trigger: Trigger) -> Found | None:
    """The notices in whose days the trigger lies, and the sessions missed in these days."""
    notices: list[Concern] = []
    absences: dict[str, Absence] = {}
    started: set[Day] = set()
    for notice, missing in episodes(view, when.category):
        last = looked_for_until(missing, when.within_days)
        covers = missing.started_on <= trigger.on <= last
        if notice.at > trigger.at or not (covers or notice.key == trigger.fact):
            continue
        for child in sorted(who_was_missing(notice)):
            missed = [
                absence
                for absence in view.absences(child, missing.started_on, min(last, trigger.on))
                if absence.at <= trigger.at
            ]
            if len(missed) >= when.unauthorised_sessions:
                notices.append(about_only(notice, {child}))
                absences |= {absence.fact: absence for absence in missed}
                started.add(missing.started_on)
    if not is_named(trigger, notices, absences.values()):
        return None
    days = [absence.seen.on for absence in absences.values()]
    text = rule.says.format(
        started=join_words([date_words(day) for day in sorted(started)]),
        sessions=len(days),
        first=date_words(min(days)),
        last=date_words(max(days)),
    )
    return Found(trigger, tuple(notices), tuple(absences.values()), text)
