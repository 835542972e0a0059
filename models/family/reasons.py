"""From a finding to a candidate in words: reasons that name every fact they rest on, and what speaks the other way."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from models.calendar.local_time import date_of, to_datetime
from models.calendar.school_days import KNOWN_WITHIN_DAYS
from models.family.expecting import not_checked
from models.family.forms.finding import Found
from models.family.outcomes import OutcomeSeen
from models.family.register import Counts
from models.family.rules import Rule, RulePack
from models.family.view import About, Absence, Concern, Plan, View
from models.family.words import (
    date_words,
    name_one_day,
    notification_words,
    outcome_words,
    plan_in_place_words,
    plan_words,
    referral_words,
    session_words,
)
from models.ids import derive
from schemas.desk_events import Raised
from schemas.facts import Referral
from schemas.identifiers import Day, FamilyId, Moment, ReasonId
from schemas.prompts import NOTHING_AGAINST, FactNamed, NotKnown, PromptKind, Reason, RuleVersion, SpeaksAgainst

RECENT_DAYS = 28
ENOUGH_SESSIONS = 20
"""As in the step-down rule of EVENTS section 4: below this many possible sessions nothing is said of attendance."""
STEADY_SHARE = Fraction(1, 10)
"""Below the DfE's measure of persistent absence (10 % of possible sessions)."""

RED = 3


def reason_id(family: FamilyId, rule: Rule, found: Found) -> ReasonId:
    """Derived, so that a crash repeats a reason under its id. No two raises agree: children of whom it was asked once
    are asked of again only with a newer concern."""
    return ReasonId(derive("reason", family, rule.id, found.trigger.fact, found.newest, *found.children))


def state_reason(identity: ReasonId, rule: Rule, since: Moment, found: Found) -> Reason:
    """The reason as the desk is told it, facts in order of time."""
    return Reason(
        id=identity,
        text=name_one_day(found.text),
        since=to_datetime(since),
        rule=RuleVersion(id=rule.id, version=rule.version),
        model=None,
        facts=name_facts(found),
    )


def name_facts(found: Found) -> tuple[FactNamed, ...]:
    """Every fact of a finding in words, in order of time."""
    facts = [(concern.at, _concern_fact(concern, about)) for concern in found.concerns for about in concern.about]
    facts += [(absence.at, _absence_fact(absence)) for absence in found.absences]
    facts += [(plan.at, _plan_fact(plan)) for plan in found.starts]
    facts += [(outcome.at, _outcome_fact(outcome)) for outcome in found.outcomes]
    return tuple(fact for _, fact in sorted(facts, key=lambda entry: (entry[0], entry[1].fact)))


def _concern_fact(concern: Concern, about: About) -> FactNamed:
    return FactNamed(
        fact=about.fact,
        agency=concern.agency,
        kind=concern.kind,
        on=date_of(concern.on),
        text=concern_words(concern),
    )


def _absence_fact(absence: Absence) -> FactNamed:
    seen = absence.seen
    return FactNamed(
        fact=absence.fact,
        agency=seen.agency,
        kind="school-absence",
        on=date_of(seen.on),
        text=session_words(seen.on, seen.session, with_leave=not seen.is_unauthorised),
    )


def _outcome_fact(outcome: OutcomeSeen) -> FactNamed:
    return FactNamed(
        fact=outcome.fact,
        agency=outcome.agency,
        kind="outcome",
        on=date_of(outcome.saying.on),
        text=outcome_words(outcome.saying),
    )


def concern_words(concern: Concern) -> str:
    """One referral or notification in a sentence."""
    if isinstance(concern.saying, Referral):
        return referral_words(concern.saying)
    return notification_words(concern.saying, concern.grade)


def raise_candidate(view: View, pack: RulePack, rule: Rule, found: Found) -> Raised:
    """The candidate that a finding makes, as things stand now."""
    against = speaks_against(view, rule.kind)
    return Raised(
        family=view.family,
        kind=rule.kind,
        at=view.now,
        question=rule.question,
        reason=state_reason(reason_id(view.family, rule, found), rule, view.now, found),
        children=found.children,
        speaks_against=against,
        notes=() if against else (NOTHING_AGAINST,),
        open_case=bool(view.open_plans()),
        bypasses_budget=any(concern.grade == RED for concern in found.concerns),
        not_known=not_known(view, pack),
    )


def not_known(view: View, pack: RulePack) -> tuple[NotKnown, ...]:
    """What nobody could check of this family."""
    return tuple(_unknown_school_days(concern) for concern in not_checked(view, pack))


def _unknown_school_days(concern: Concern) -> NotKnown:
    """What a calendar that has run out leaves open about a notification."""
    return NotKnown(
        agency=concern.agency,
        kind=concern.kind,
        since=None,
        text=f"No school day is known in the {KNOWN_WITHIN_DAYS} days after {date_words(concern.on)}, so it was not "
        "checked whether a school was told of the police notification about that day.",
    )


def speaks_against(view: View, kind: PromptKind) -> tuple[SpeaksAgainst, ...]:
    """What is recorded that speaks the other way. Facts, not opinions.

    Against a review: help already in place, steady attendance. Against a step-down: school that is missed, with leave
    or without.
    """
    if kind == "step-down":
        return tuple(_missed_school(view))
    return (*_help_in_place(view), *_steady_attendance(view))


def _help_in_place(view: View) -> tuple[SpeaksAgainst, ...]:
    return tuple(
        SpeaksAgainst(
            text=plan_in_place_words(plan.plan, plan.on),
            facts=(_plan_fact(plan),),
        )
        for plan in view.open_plans()
    )


def _plan_fact(plan: Plan) -> FactNamed:
    return FactNamed(
        fact=plan.fact,
        agency=plan.agency,
        kind="outcome",
        on=date_of(plan.on),
        text=plan_words(plan.plan, plan.on),
    )


def _steady_attendance(view: View) -> Iterator[SpeaksAgainst]:
    for counts, present in _recent_attendance(view):
        if Fraction(counts.possible - present, counts.possible) <= STEADY_SHARE:
            yield SpeaksAgainst(
                text=f"A child was in school for {present} of {counts.possible} sessions "
                f"in the {RECENT_DAYS} days up to {date_words(view.today)}.",
                facts=(),
            )


def _missed_school(view: View) -> Iterator[SpeaksAgainst]:
    for counts, _ in _recent_attendance(view):
        if Fraction(counts.absent, counts.possible) > STEADY_SHARE:
            yield SpeaksAgainst(
                text=f"A child was absent for {counts.absent} of {counts.possible} sessions "
                f"in the {RECENT_DAYS} days up to {date_words(view.today)}.",
                facts=(),
            )


def _recent_attendance(view: View) -> Iterator[tuple[Counts, int]]:
    """The sessions of each child of whom enough is known, and how many of them it was in school."""
    first = Day(view.today - RECENT_DAYS)
    for child in view.children:
        counts = view.register(child, first).count_days(first, view.today)
        if counts.possible >= ENOUGH_SESSIONS:
            yield counts, sum(session.is_present for session in view.sessions(child, first, view.today))
