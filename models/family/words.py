"""Facts in words: short, factual sentences that a family may read about itself.

No judgement, no code letters, no adjectives; the tests keep a list of words that may not appear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from models.calendar.local_time import date_of
from schemas.facts import Notification, Outcome, Referral
from schemas.identifiers import Day

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_SOURCES = {
    "1A": "a relative or carer",
    "1B": "someone who knows the family",
    "1C": "the child",
    "1D": "another person",
    "2A": "a school",
    "2B": "education services",
    "3A": "a GP",
    "3B": "a health visitor",
    "3C": "a school nurse",
    "3D": "other primary health services",
    "3E": "an accident and emergency department",
    "3F": "other health services",
    "4": "housing",
    "5A": "the council's social care services",
    "5B": "another council service",
    "5C": "another council",
    "5D": "early help",
    "6": "the police",
    "7": "another legal agency",
    "8": "another organisation",
    "9": "someone who did not give a name",
    "10": "a source that was not recorded",
}

_OUTCOMES = {
    "no-further-action": "closed with no further action",
    "information-and-advice": "answered with information and advice",
    "early-help": "passed to early help",
    "assessment": "passed to assessment",
    "strategy-discussion": "passed to a strategy discussion",
}

_NOTICES = {
    "PPN": "A police notification about",
    "ENCOMPASS": "An Operation Encompass notice about",
    "MISSING": "A police notice that a child was missing on",
    "CUSTODY": "A police notice that a child was held in custody on",
    "OTHER": "A police notification about",
}

_GRADES = {1: "of the lowest grade", 2: "of the middle grade", 3: "of the highest grade"}

_OUTCOME_KINDS = {
    "s47-started": "A child protection enquiry began",
    "cp-plan-started": "A child protection plan began",
    "cp-plan-ended": "A child protection plan ended",
    "cin-plan-started": "A child in need plan began",
    "cin-plan-ended": "A child in need plan ended",
    "early-help-started": "An early help plan began",
    "early-help-ended": "An early help plan ended",
    "looked-after-started": "A placement began",
    "looked-after-ended": "A placement ended",
    "assessment-completed": "An assessment was completed",
    "case-closed": "The work with the family was closed",
}
"""Of the outcomes that features count."""

PLANS = {
    "cp-plan": "child protection plan",
    "cin-plan": "child in need plan",
    "early-help": "early help plan",
    "looked-after": "placement",
}


ORIGINS = {"individual": "an individual", "legal": "a legal agency", "other": "another source"}
"""The origins of EVENTS section 4 that are no words to say as they are."""


@lru_cache(maxsize=4096)
def date_words(day: Day) -> str:
    """A date as a person says it: 3 March 2026."""
    date = date_of(day)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


_ONE_DAY = re.compile(r"between (\d+ \w+ \d+) and \1(?!\d)")


def name_one_day(text: str) -> str:
    """The text, where what lies between a day and the same day is on that day."""
    return _ONE_DAY.sub(r"on \1", text)


def join_words(words: Sequence[str]) -> str:
    """Words in a row: a; a and b; a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def referral_words(referral: Referral) -> str:
    """One referral in a sentence."""
    if referral.outcome is not None and referral.decided_on is not None:
        decided = f"{_OUTCOMES[referral.outcome]} on {date_words(referral.decided_on)}"
    elif referral.closed_on is not None:
        decided = f"closed on {date_words(referral.closed_on)}"
    else:
        decided = "not decided yet"
    return f"A referral from {_SOURCES[referral.source_code]} on {date_words(referral.on)}, {decided}."


def plan_in_place_words(plan: str, since: Day) -> str:
    """That a plan or placement goes on, in a sentence."""
    article = "An" if PLANS[plan][0] in "aeiou" else "A"
    return f"{article} {PLANS[plan]} has been in place since {date_words(since)}."


def notification_words(notification: Notification, grade: int | None) -> str:
    """One notification in a sentence; ``grade`` is that of its whole occurrence."""
    graded = "not graded" if grade is None else _GRADES[grade]
    return f"{_NOTICES[notification.notice_type]} {date_words(notification.on)}, {graded}."


def session_words(on: Day, session: int, *, with_leave: bool = False) -> str:
    """One missed session in a sentence."""
    leave = "with leave" if with_leave else "without leave"
    return f"Missed school {leave}, {'afternoon' if session else 'morning'} of {date_words(on)}."


def plan_words(plan: str, on: Day) -> str:
    """The beginning of a plan or placement in a sentence."""
    return f"The {PLANS[plan]} began on {date_words(on)}."


def outcome_words(outcome: Outcome) -> str:
    """What services found or did, in a sentence."""
    return f"{_OUTCOME_KINDS[outcome.kind]} on {date_words(outcome.on)}."
