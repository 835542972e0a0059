"""The same child was missing several times, within days of the newest of them."""

from __future__ import annotations

from collections.abc import Iterator

from models.family.forms.finding import Found, Trigger, about_only, concern_triggers, is_named
from models.family.forms.missing import episodes, who_was_missing
from models.family.rules import Rule
from models.family.view import View
from models.family.vocabulary import MissingAgain
from models.family.words import date_words
from schemas.identifiers import ChildId, Day


def triggers(view: View, when: MissingAgain, oldest: Day) -> Iterator[Trigger]:
    """Every notice that a child was missing."""
    return concern_triggers((notice for notice, _ in episodes(view, when.category)), oldest)


def look_back(view: View, rule: Rule, when: MissingAgain, trigger: Trigger) -> Found | None:
    """All notices of the window about each child who was missing often enough."""
    window = [
        notice
        for notice, _ in episodes(view, when.category)
        if trigger.on - when.within_days <= notice.on and notice.at <= trigger.at
    ]
    occurrences: dict[ChildId, set[tuple[str, str | None]]] = {}
    for notice in window:
        for child in who_was_missing(notice):
            occurrences.setdefault(child, set()).add((notice.agency, notice.occurrence))
    often = {child for child, counted in occurrences.items() if len(counted) >= when.at_least}
    named = [about_only(notice, often & who_was_missing(notice)) for notice in window]
    named = [notice for notice in named if notice.about]
    if not is_named(trigger, named, ()):
        return None
    text = rule.says.format(
        count=len({(notice.agency, notice.occurrence) for notice in named}),
        first=date_words(min(notice.on for notice in named)),
        last=date_words(max(notice.on for notice in named)),
    )
    return Found(trigger, tuple(named), (), text)
