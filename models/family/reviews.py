"""Rules are looked at again by their owners: who has to, and which rules raise no more because nobody did."""

from __future__ import annotations

from msgspec import Struct

from models.calendar.local_time import day_of
from models.family.rules import RulePack
from models.family.words import date_words
from schemas.identifiers import Day, RuleId

WARNS_DAYS = 30
"""Days before its review date from which a rule warns: time for its owner to read, decide and publish."""


class ReviewDue(Struct, frozen=True, kw_only=True):
    """A rule whose review date is near or past. ``days_left`` counts from today; below 0 the rule raises no more."""

    rule: RuleId
    owner: str
    review_on: Day
    days_left: int

    @property
    def is_over(self) -> bool:
        """Whether the rule raises no more."""
        return self.days_left < 0

    def in_words(self) -> str:
        """A sentence for whoever runs this hub."""
        when = date_words(self.review_on)
        if self.is_over:
            return f"The rule {self.rule} raises no more: its review was due on {when}. Owner: {self.owner}."
        return f"The rule {self.rule} is to be reviewed by {when}, after that it raises no more. Owner: {self.owner}."


def reviews_due(pack: RulePack, today: Day) -> tuple[ReviewDue, ...]:
    """The rules whose review date is at most 30 days ahead, or past; the most pressing first."""
    due = [
        ReviewDue(
            rule=rule.id, owner=rule.owner, review_on=day_of(rule.review_on), days_left=day_of(rule.review_on) - today
        )
        for rule in pack.rule
        if day_of(rule.review_on) - today <= WARNS_DAYS
    ]
    return tuple(sorted(due, key=lambda review: (review.days_left, review.rule)))
