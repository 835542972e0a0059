"""Several police incidents of some grades, within days of the newest of them."""

from __future__ import annotations

from models.family.forms.finding import Found, Trigger, has_grade, within
from models.family.rules import Rule
from models.family.view import View
from models.family.vocabulary import Incidents
from models.family.words import date_words


def look_back(view: View, rule: Rule, when: Incidents, trigger: Trigger) -> Found | None:
    """All notifications of these grades in the window, where they are of incidents enough."""
    if trigger.concern is None or not has_grade(trigger.concern, when.grades):
        return None
    counted = tuple(c for c in within(view, trigger, when.within_days) if has_grade(c, when.grades))
    occurrences = {(c.agency, c.occurrence) for c in counted}
    if len(occurrences) < when.at_least:
        return None
    text = rule.says.format(
        count=len(occurrences),
        first=date_words(min(c.on for c in counted)),
        last=date_words(max(c.on for c in counted)),
    )
    return Found(trigger, counted, (), text)
