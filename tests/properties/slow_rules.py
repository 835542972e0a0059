"""EVENTS section 4 read a second time: slow, obvious, straight from the text, and without a line of ``models.family``.

Each rule answers one question: looking back from this trigger, which facts does the reason name (none: it does not
hold)? A fact is named once for each child, so an answer is a set of (fact, child).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from tests.properties.slow_calendar import DAY, end_of_next_working_day, next_school_morning, on
from tests.properties.slow_facts import Fact, Known, Session, moment

Named = set[tuple[Fact, str]]
Rule = Callable[[Known, str, Fact], Named]

ORIGINS = {"1": "individual", "2": "school", "3": "health", "4": "housing", "5": "council", "6": "police", "7": "legal"}


def lies_within(fact: Fact, days: int, trigger: Fact) -> bool:
    """A fact lies within N days of a trigger when it is not older by date, and did not occur after it."""
    return fact.at <= trigger.at and 0 <= (trigger.on - fact.on).days <= days


def named(known: Known, family: str, facts: Iterable[Fact]) -> Named:
    return {(fact, child) for fact in facts for child in known.named_in(fact, family)}


def of_child(known: Known, child: str) -> list[Fact]:
    return [fact for fact in known.facts if child in fact.parts]


def three_low_grade_notifications(known: Known, family: str, trigger: Fact) -> Named:
    low = [
        fact
        for fact in known.of_family(family)
        if fact.is_notification and lies_within(fact, 90, trigger) and known.grade(fact, family) == 1
    ]
    return named(known, family, low) if len({fact.occurrence for fact in low}) >= 3 else set()


def contact_after_no_action(known: Known, family: str, trigger: Fact) -> Named:
    if not trigger.is_concern or (trigger.is_notification and known.grade(trigger, family) < 2):
        return set()
    decided = [
        fact
        for fact in known.of_family(family)
        if fact.kind == "referral"
        and fact is not trigger
        and fact.at <= trigger.at
        and fact.data["outcome"] in ("no-further-action", "information-and-advice")
        and 0 < (trigger.on - on(moment(fact.data["decided_at"]))).days <= 365
    ]
    return named(known, family, [*decided, trigger]) if decided else set()


def domestic_abuse_then_absence(known: Known, family: str, trigger: Fact) -> Named:
    found: Named = set()
    for child in known.families[family]:
        for fact in of_child(known, child):
            if not (fact.is_notification and "domestic-abuse" in fact.data["concerns"] and fact.at <= trigger.at):
                continue
            if (trigger.on - fact.on).days > 14:
                continue
            sessions = known.sessions(child, fact.on, fact.on + 14 * DAY, trigger.at)
            missed = of_class(sessions, "unauthorised")
            before = known.sessions(child, fact.on - 84 * DAY, fact.on - DAY, trigger.at)
            usual = max(share(of_class(before, "unauthorised"), before), Fraction(2, 100))
            often = len(possible(before)) < 40 or share(missed, sessions) >= 2 * usual
            if len(missed) >= 4 and often:
                found |= {(fact, child)} | known.marks_of(child, missed)
    return found


def missing_then_absence(known: Known, family: str, trigger: Fact) -> Named:
    found: Named = set()
    for child in known.families[family]:
        for fact in of_child(known, child):
            if not (is_missing(fact, child) and fact.at <= trigger.at):
                continue
            episode = fact.data["missing"]
            first = on(moment(episode["started_at"]))
            last = on(moment(episode["ended_at"] or episode["started_at"])) + 7 * DAY
            missed = of_class(known.sessions(child, first, last, trigger.at), "unauthorised")
            if len(missed) >= 2 and (trigger.on <= last or trigger is fact):
                found |= {(fact, child)} | known.marks_of(child, missed)
    return found


def repeat_missing(known: Known, family: str, trigger: Fact) -> Named:
    found: Named = set()
    for child in known.families[family]:
        missing = [
            fact for fact in of_child(known, child) if is_missing(fact, child) and lies_within(fact, 90, trigger)
        ]
        if len({fact.occurrence for fact in missing}) >= 3:
            found |= {(fact, child) for fact in missing}
    return found


def three_origins_in_28_days(known: Known, family: str, trigger: Fact) -> Named:
    concerns = [fact for fact in known.of_family(family) if fact.is_concern and lies_within(fact, 28, trigger)]
    found = named(known, family, concerns)
    origins = {origin(fact) for fact in concerns}
    for child in known.families[family]:
        missed = of_class(known.sessions(child, trigger.on - 28 * DAY, trigger.on, trigger.at), "unauthorised")
        if len(missed) >= 6:
            origins.add("school")
            found |= known.marks_of(child, missed)
    return found if len(origins) >= 3 else set()


def severe_absence_with_other_concern(known: Known, family: str, trigger: Fact) -> Named:
    concerns = [fact for fact in known.of_family(family) if fact.is_concern and lies_within(fact, 28, trigger)]
    found: Named = set()
    for child in known.families[family] if concerns else ():
        now = known.sessions(child, trigger.on - 28 * DAY, trigger.on, trigger.at)
        before = known.sessions(child, trigger.on - 112 * DAY, trigger.on - 29 * DAY, trigger.at)
        absent, absent_before = (of_class(which, "unauthorised", "authorised") for which in (now, before))
        if len(possible(now)) < 20 or len(possible(before)) < 40:
            continue
        if share(absent, now) >= Fraction(1, 2) and share(absent_before, before) <= Fraction(1, 5):
            found |= known.marks_of(child, absent)
            found |= named(known, family, concerns)
    return found


AFTER_EACH_EVENT: dict[str, Rule] = {
    "three-low-grade-notifications": three_low_grade_notifications,
    "contact-after-no-action": contact_after_no_action,
    "domestic-abuse-then-absence": domestic_abuse_then_absence,
    "missing-then-absence": missing_then_absence,
    "repeat-missing": repeat_missing,
    "three-origins-in-28-days": three_origins_in_28_days,
    "severe-absence-with-other-concern": severe_absence_with_other_concern,
}


def triggers(known: Known, family: str) -> list[Fact]:
    """What may be a trigger, the newest first: concern facts, and marks of absence."""
    marks = {
        mark
        for child in known.families[family]
        for mark in known.marks[child].values()
        if mark.data["class"] in ("unauthorised", "authorised")
    }
    concerns = [fact for fact in known.of_family(family) if fact.is_concern]
    return sorted([*concerns, *marks], key=lambda fact: fact.place, reverse=True)


def concern_has_fallen(known: Known, family: str, now: datetime) -> Named:
    """Step-down, looked at from a moment, not from a fact."""
    today = on(now)
    if open_plans(known, family, ("cp-plan", "looked-after"), today):
        return set()
    plans = open_plans(known, family, ("cin-plan", "early-help"), today)
    concerns = [fact for fact in known.of_family(family) if fact.is_concern and fact.at <= now]
    earlier = [fact for fact in concerns if 91 <= (today - fact.on).days <= 365]
    lately = [fact for fact in concerns if (today - fact.on).days <= 90]
    shares = []
    for child in known.families[family]:
        sessions = known.sessions(child, today - 28 * DAY, today, now)
        if len(possible(sessions)) >= 20:
            shares.append(share(of_class(sessions, "unauthorised"), sessions))
    if not plans or not earlier or lately or not shares or max(shares) > Fraction(1, 10):
        return set()
    return plans | named(known, family, earlier)


def open_plans(known: Known, family: str, kinds: tuple[str, ...], today: date) -> Named:
    """The starts of the plans open on this date; on one day an end comes before a start."""
    found: Named = set()
    for fact, child in named(known, family, [fact for fact in known.of_family(family) if fact.kind == "outcome"]):
        plan, _, word = fact.data["kind"].rpartition("-")
        if word != "started" or plan not in kinds or fact.on > today:
            continue
        ends = [
            other.on
            for other in of_child(known, child)
            if other.kind == "outcome" and other.data["kind"] in (f"{plan}-ended", "case-closed")
        ]
        if not any(fact.on < end <= today for end in ends):
            found.add((fact, child))
    return found


def no_decision_limit(fact: Fact) -> datetime | None:
    """When a referral is to be looked at."""
    return end_of_next_working_day(fact.on) if fact.kind == "referral" else None


def is_undecided(fact: Fact) -> bool:
    return fact.data["outcome"] is None and fact.data["closed_on"] is None


def no_encompass_limit(fact: Fact) -> datetime | None:
    """When a police notice is to be looked at; never where no school day is known."""
    is_ppn = fact.kind == "police-notification" and fact.data["notice_type"] == "PPN"
    return next_school_morning(fact.at) if is_ppn else None


def school_not_told(known: Known, family: str, fact: Fact) -> Named:
    """The children present of a notice of domestic abuse, unless an Encompass notice names a child of the family."""
    told = any(
        other.data["notice_type"] == "ENCOMPASS" and other.occurrence == fact.occurrence
        for other in known.of_family(family)
        if other.kind == "police-notification"
    )
    if told or "domestic-abuse" not in fact.data["concerns"]:
        return set()
    return {
        (fact, child) for child in known.named_in(fact, family) if any(part["present"] for part in fact.parts[child])
    }


def is_missing(fact: Fact, child: str) -> bool:
    return (
        fact.is_notification
        and fact.data["notice_type"] == "MISSING"
        and fact.data["missing"]["category"] == "M"
        and any(part["role"] == "subject" for part in fact.parts[child])
    )


def origin(fact: Fact) -> str:
    if fact.kind != "referral":
        return "police"
    source = str(fact.data["source_code"])
    return "other" if source == "10" else ORIGINS.get(source[0], "other")


def of_class(sessions: dict[Session, str], *classes: str) -> list[Session]:
    return [session for session, held in sessions.items() if held in classes]


def possible(sessions: dict[Session, str]) -> list[Session]:
    return of_class(sessions, "unauthorised", "authorised", "excused", "present")


def share(some: list[Session], sessions: dict[Session, str]) -> Fraction:
    """Of the possible sessions; of none, none."""
    return Fraction(len(some), max(1, len(possible(sessions))))


def is_too_old(day: date, now: datetime) -> bool:
    """A trigger more than 28 days before the present does not raise."""
    return on(now) - day > timedelta(days=28)
