"""Concerns from several origins within days; missed sessions of one child can stand for the school."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.forms.finding import Found, Trigger, concern_triggers, is_named, session_triggers, within
from models.family.rules import Rule
from models.family.view import SCHOOL, Absence, View
from models.family.vocabulary import Origins
from models.family.words import ORIGINS, date_words, join_words
from schemas.identifiers import Day


def triggers(view: View, when: Origins, oldest: Day, newest: Day) -> Iterator[Trigger]:
    """Concerns, and unauthorised sessions, where origins enough are within reach at all."""
    near = {c.origin for c in view.concerns if c.on >= oldest - when.within_days}
    if len(near | {SCHOOL}) < when.at_least:
        return
    yield from concern_triggers(view.concerns, oldest)
    for child in view.children:
        yield from session_triggers(view.absences(child, oldest, newest))


def look_back(view: View, rule: Rule, when: Origins, trigger: Trigger) -> Found | None:
    """All concerns of the window, and the missed sessions of each child that missed enough of them."""
    concerns = within(view, trigger, when.within_days)
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
    if len(origins) < when.at_least or not is_named(trigger, concerns, absences):
        return None
    days = [c.on for c in concerns] + [absence.seen.on for absence in absences]
    text = rule.says.format(
        count=len(origins),
        origins=join_words([ORIGINS.get(origin, origin) for origin in sorted(origins)]),
        first=date_words(min(days)),
        last=date_words(max(days)),
    )
    return Found(trigger, concerns, tuple(absences), text)
