"""The other way: help is in place, concern has fallen, and the children go to school.

Looked at when a day begins and after each event, back from that date.
"""

from __future__ import annotations

from models.calendar.local_time import local_day
from models.family.forms.finding import NO_CONCERN, Found, Trigger
from models.family.rules import Rule
from models.family.view import Plan, View
from models.family.vocabulary import ConcernFallen
from models.family.words import date_words, join_words
from schemas.identifiers import Day, Moment


def look_back(view: View, rule: Rule, when: ConcernFallen, today: Day) -> Found | None:
    """The concerns before the quiet days and the beginnings of the open plans, where all the rest holds."""
    quiet_from = today - when.quiet_days
    concerns = tuple(c for c in view.concerns if today - when.within_days <= c.on < quiet_from)
    if not concerns or any(quiet_from <= c.on <= today for c in view.concerns):
        return None
    open_plans = view.open_plans(today)
    starts = tuple(plan for plan in open_plans if plan.plan in when.plans)
    if not starts or any(plan.plan in when.no_plans for plan in open_plans):
        return None
    if not _go_to_school(view, when, today):
        return None
    text = rule.says.format(
        started=join_words([date_words(day) for day in sorted({plan.on for plan in starts})]),
        last=date_words(max(concern.on for concern in concerns)),
    )
    newest = max((*((c.at, c.key, c.on) for c in concerns), *((plan.at, plan.fact, plan.on) for plan in starts)))
    return Found(Trigger(*newest, None), concerns, (), text, starts)


def next_day(view: View, when: ConcernFallen, bound: Moment) -> Day | None:
    """The next day on whose beginning this may hold by time alone; None: not before something is told."""
    plans = view.plans()
    starts = [plan for plan in plans if plan.plan in when.plans]
    if not view.concerns or not starts:
        return None
    newest = max(concern.on for concern in view.concerns)
    if bound != NO_CONCERN and max(newest, *(plan.on for plan in starts)) <= local_day(bound):
        return None  # it could name nothing newer than its last raise did
    day = _first_open_day(
        starts,
        [plan for plan in plans if plan.plan in when.no_plans],
        max(view.today + 1, newest + when.quiet_days + 1),
    )
    if day is None or day > newest + when.within_days:
        return None
    is_tomorrow = day == view.today + 1  # what is further away may find marks by then
    return None if is_tomorrow and day - when.attendance_days > _last_marked(view) else day


def _go_to_school(view: View, when: ConcernFallen, today: Day) -> bool:
    """Whether the attendance of some child is known, and none of these missed too much without leave."""
    first = Day(today - when.attendance_days)
    counts = [view.register(child, first).count_days(first, today) for child in view.children]
    known = [count for count in counts if count.possible >= when.possible_at_least]
    return bool(known) and all(
        count.unauthorised * 100 <= when.unauthorised_percent_at_most * count.possible for count in known
    )


def _first_open_day(starts: list[Plan], barred: list[Plan], day: int) -> Day | None:
    """The first day from this one on which a plan is open and no other bars it, by the ends that are known."""
    while True:
        bar = next((plan for plan in barred if plan.is_open(Day(day))), None)
        if bar is not None and bar.until is None:
            return None
        if bar is not None and bar.until is not None:
            day = bar.until
            continue
        if any(plan.is_open(Day(day)) for plan in starts):
            return Day(day)
        later = [plan.on for plan in starts if plan.on > day]
        if not later:
            return None
        day = min(later)


def _last_marked(view: View) -> Day:
    """A day after which there are no marks."""
    mondays = [max(strand.weeks) for strand in view.state.strands.values() if strand.weeks]
    return Day(max(mondays, default=0) + 6)
