"""A referral that was decided in some way, and on a later date a further contact."""

from __future__ import annotations

from models.family.forms.finding import Found, Trigger, has_grade
from models.family.rules import Rule
from models.family.view import View
from models.family.vocabulary import ContactAfter
from models.family.words import date_words, join_words
from schemas.facts import Referral


def look_back(view: View, rule: Rule, when: ContactAfter, trigger: Trigger) -> Found | None:
    """The trigger, and all referrals decided so within the days before it."""
    contact = trigger.concern
    if contact is None or not (contact.kind == "referral" or has_grade(contact, when.grades)):
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
