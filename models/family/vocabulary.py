"""The words that a rule may use: its forms, each with its numbers, and what its sentence may speak of.

A form is one condition over facts that practitioners agreed on, looked at back from a trigger. What each means exactly
is in the file of its name in ``models.family.forms``; ``models/README.md`` says it to those who write rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

GradeWord: TypeAlias = Literal["green", "standard", "amber", "medium", "red", "high"]
DecidedWord: TypeAlias = Literal[
    "no-further-action", "information-and-advice", "early-help", "assessment", "strategy-discussion"
]
ConcernWord: TypeAlias = Literal[
    "domestic-abuse",
    "neglect",
    "physical-abuse",
    "sexual-abuse",
    "emotional-abuse",
    "criminal-exploitation",
    "sexual-exploitation",
    "substance-misuse-adult",
    "mental-health-adult",
    "mental-health-child",
    "self-harm",
    "offending-child",
    "weapons",
    "other",
]
PlanWord: TypeAlias = Literal["cin-plan", "early-help", "cp-plan", "looked-after"]

LONGEST_WINDOW = 365
"""Days. Facts are kept for 13 months, so a longer window would look at what is no longer there."""

MOST_WORKING_DAYS = 45
"""The longest limit in practice: an assessment is to be complete within 45 working days."""


class Incidents(Struct, frozen=True, kw_only=True, tag="incidents", tag_field="form", forbid_unknown_fields=True):
    """At least so many separate police incidents of these grades, within days of the newest of them."""

    grades: tuple[GradeWord, ...]
    at_least: int
    within_days: int


class ContactAfter(
    Struct, frozen=True, kw_only=True, tag="contact-after", tag_field="form", forbid_unknown_fields=True
):
    """A referral decided one of these ways, then on a later date, within days of the decision, a further contact:
    another referral, or a notification of one of these grades."""

    decided: tuple[DecidedWord, ...]
    grades: tuple[GradeWord, ...]
    within_days: int


class Origins(Struct, frozen=True, kw_only=True, tag="origins", tag_field="form", forbid_unknown_fields=True):
    """Concerns from at least so many origins within days; so many unauthorised sessions of one child count as school.

    After a raise the next trigger must lie more than ``apart_days`` later.
    """

    at_least: int
    within_days: int
    unauthorised_sessions: int
    apart_days: int


class MissingAgain(
    Struct, frozen=True, kw_only=True, tag="missing-again", tag_field="form", forbid_unknown_fields=True
):
    """The same child was missing at least so many separate times, within days of the newest of them."""

    category: Literal["M", "A"]
    at_least: int
    within_days: int


class AbsenceAfterMissing(
    Struct, frozen=True, kw_only=True, tag="absence-after-missing", tag_field="form", forbid_unknown_fields=True
):
    """A child was missing, and missed so many sessions without leave, dated from the day on which it was first missing
    to so many days after its return (if that is not known: after the first day)."""

    category: Literal["M", "A"]
    unauthorised_sessions: int
    within_days: int


class AbsenceAfterNotification(
    Struct, frozen=True, kw_only=True, tag="absence-after-notification", tag_field="form", forbid_unknown_fields=True
):
    """A notification with this concern names a child, and within days of it the child missed so many sessions without
    leave, and so many times the share that was usual for it.

    What was usual is the child's own unauthorised share of the ``usual_days`` before; a share below
    ``usual_percent_at_least`` counts as that, and with fewer than ``usual_possible`` possible sessions nothing is
    usual, so that the number of sessions suffices.
    """

    concern: ConcernWord
    within_days: int
    unauthorised_sessions: int
    times_usual: int
    usual_days: int
    usual_possible: int
    usual_percent_at_least: int


class SevereAbsence(
    Struct, frozen=True, kw_only=True, tag="severe-absence", tag_field="form", forbid_unknown_fields=True
):
    """A child was absent from much of its possible sessions within days, from few of those of the ``before_days``
    before these, and there was another concern in the family within the same days."""

    within_days: int
    possible_at_least: int
    absent_percent_at_least: int
    before_days: int
    before_possible_at_least: int
    before_absent_percent_at_most: int


class Undecided(Struct, frozen=True, kw_only=True, tag="undecided", tag_field="form", forbid_unknown_fields=True):
    """A referral that carries no decision at 24:00 of the last of so many working days after its date."""

    working_days: int


class SchoolNotTold(
    Struct, frozen=True, kw_only=True, tag="school-not-told", tag_field="form", forbid_unknown_fields=True
):
    """A police notification (PPN) with this concern and a child present, and no Encompass notice of the same occurrence
    before the first 08:30 of a school day after it happened."""

    concern: ConcernWord


class ConcernFallen(
    Struct, frozen=True, kw_only=True, tag="concern-fallen", tag_field="form", forbid_unknown_fields=True
):
    """One of these plans is open and none of those, there was a concern within days but none in the ``quiet_days``, and
    every child whose attendance is known missed few sessions without leave. The other way round: a step-down."""

    plans: tuple[PlanWord, ...]
    no_plans: tuple[PlanWord, ...]
    within_days: int
    quiet_days: int
    attendance_days: int
    possible_at_least: int
    unauthorised_percent_at_most: int


Expecting: TypeAlias = Undecided | SchoolNotTold
"""Forms that wait for a statement: a limit is worked out, and what is missing at it is asked for."""

When: TypeAlias = (
    Incidents
    | ContactAfter
    | Origins
    | MissingAgain
    | AbsenceAfterMissing
    | AbsenceAfterNotification
    | SevereAbsence
    | Undecided
    | SchoolNotTold
    | ConcernFallen
)

PLACEHOLDERS: dict[type[Struct], frozenset[str]] = {
    Incidents: frozenset({"count", "first", "last"}),
    ContactAfter: frozenset({"decided", "trigger"}),
    Origins: frozenset({"count", "origins", "first", "last"}),
    MissingAgain: frozenset({"count", "first", "last"}),
    AbsenceAfterMissing: frozenset({"started", "sessions", "first", "last"}),
    AbsenceAfterNotification: frozenset({"notified", "sessions", "first", "last"}),
    SevereAbsence: frozenset({"sessions", "first", "last", "concerns"}),
    Undecided: frozenset({"referred", "limit"}),
    SchoolNotTold: frozenset({"notified", "limit"}),
    ConcernFallen: frozenset({"started", "last"}),
}
"""What a rule's sentence may speak of; each is worked out from the facts that the reason names."""

_WINDOWS = {"within_days", "apart_days", "usual_days", "before_days", "quiet_days", "attendance_days"}
_LEAST = {
    "at_least": 1,
    "unauthorised_sessions": 1,
    "times_usual": 1,
    "usual_possible": 1,
    "possible_at_least": 1,
    "before_possible_at_least": 1,
}


def faults(when: When) -> Iterator[str]:
    """What is wrong with the numbers of a form, a clause each; nothing where they make sense."""
    numbers = {name: getattr(when, name) for name in when.__struct_fields__}
    for name, number in numbers.items():
        if name in _WINDOWS and not (0 if name == "apart_days" else 1) <= number <= LONGEST_WINDOW:
            yield f"{name} must be 1 to {LONGEST_WINDOW}, as facts are kept no longer"
        if name in _LEAST and number < _LEAST[name]:
            yield f"{name} counts from {_LEAST[name]}"
        if "_percent_" in name and not 0 <= number <= 100:
            yield f"{name} must be 0 to 100"
        if isinstance(number, tuple) and not number and name != "no_plans":
            yield f"{name} is empty, so the rule could never hold"
    if isinstance(when, Origins) and when.at_least < 2:
        yield "at_least must be 2 or more, or school absence alone would raise, which is never done"
    if isinstance(when, Undecided) and not 1 <= when.working_days <= MOST_WORKING_DAYS:
        yield f"working_days must be 1 to {MOST_WORKING_DAYS}"
    if isinstance(when, ConcernFallen) and when.quiet_days >= when.within_days:
        yield "quiet_days must be less than within_days, or no concern could have fallen"
    whole = sum(number for name, number in numbers.items() if name in {"within_days", "usual_days", "before_days"})
    if whole > LONGEST_WINDOW:
        yield f"its windows together must be at most {LONGEST_WINDOW} days, as facts are kept no longer"
