"""Which reasons a story gives now: those raised before are looked at again, then the rules are asked."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import day_of, local_day, midnight
from models.calendar.retention import gone_on
from models.family.asking import OLDEST_TRIGGER_DAYS, asks_for_unauthorised, could_hold, find, looks_at_school
from models.family.episodes import note_prompt
from models.family.expecting import Looks, falling_due, look_at
from models.family.forms.finding import NO_CONCERN, Found
from models.family.judge import Judge
from models.family.judging import ask, is_to_be_asked
from models.family.reasons import raise_candidate
from models.family.recent import Recent
from models.family.remembering import wake_by
from models.family.rules import Rule, RulePack
from models.family.state import FamilyState
from models.family.view import View
from models.family.vocabulary import ConcernFallen, Origins, When
from models.family.watching import look_again, rests_on_school, watch
from schemas.desk_events import Emptied, Raised, Renamed, Restated
from schemas.examples import Matured, Scored
from schemas.identifiers import Day, Moment

ForDesk: TypeAlias = Raised | Restated | Renamed | Emptied


class SchoolNews(Struct, frozen=True, gc=False):
    """Nothing but marks was told: the earliest day of them, and whether any is unauthorised."""

    first: Day
    has_unauthorised: bool


class Considered(Struct, frozen=True, gc=False):
    """The story afterwards, what the desk is told, and what the learner is."""

    state: FamilyState
    for_desk: tuple[ForDesk, ...] = ()
    examples: tuple[Scored | Matured, ...] = ()


def consider(
    state: FamilyState,
    judge: Judge,
    pack: RulePack,
    late: Looks | None = None,
    only_school: SchoolNews | None = None,
    *,
    opens: bool = False,
) -> Considered:
    """Look at the story as it stands: restate what was corrected, raise what the rules call for, then ask the judge.

    ``late`` are statements whose limit was over when they came. Where nothing but marks changed (``only_school``),
    reasons and rules that cannot be touched by these are passed over. ``opens``: this event opened the newest row.
    """
    late = late or {}
    watched = [reason for reason in state.watched if only_school is None or rests_on_school(reason, only_school.first)]
    rules = rules_to_ask(state, pack, only_school)
    asks = (only_school is None or only_school.has_unauthorised) and is_to_be_asked(state, judge, opens=opens)
    if not watched and not rules and not late and not asks:
        return Considered(state)
    view = View(state)
    told: list[ForDesk] = []
    for reason in watched:
        again, restated = look_again(view, pack, reason)
        if again is not reason:
            state = replace(state, watched=tuple(again if kept is reason else kept for kept in state.watched))
        if restated is not None:
            told.append(restated)
    for rule in pack.rule:
        if rule.id in late:
            found = find_missing(view, state, pack, rule, late)
        elif rule in rules:
            found = find_to_raise(view, state, rule)
        else:
            continue
        if found is not None:
            state, raised = _raise(view, state, pack, rule, found)
            told.append(raised)
    if not asks:
        return Considered(state, tuple(told))
    judged = ask(view, state, judge, pack, opens=opens)
    told += [] if judged.raised is None else [judged.raised]
    return Considered(judged.state, tuple(told), () if judged.scored is None else (judged.scored,))


def consider_time(state: FamilyState, pack: RulePack, since: Moment) -> Considered:
    """Raise what fell due later than ``since`` and up to now, when nothing but time passed."""
    view = View(state)
    due = falling_due(view, pack, since)
    told: list[ForDesk] = []
    for rule in pack.rule:
        if isinstance(rule.when, ConcernFallen) and midnight(view.today) == view.now:
            found = find_to_raise(view, state, rule)
        else:
            found = find_missing(view, state, pack, rule, due)
        if found is not None:
            state, raised = _raise(view, state, pack, rule, found)
            told.append(raised)
    return Considered(state, tuple(told))


def rules_to_ask(state: FamilyState, pack: RulePack, only_school: SchoolNews | None = None) -> list[Rule]:
    """The rules that could raise at all: most events are marks of families without a recent concern."""
    recent = Recent(state)
    if not recent.newest.origins:
        return []
    return [
        rule
        for rule in pack.rule
        if (only_school is None or _can_be_touched(rule.when, only_school))
        and could_hold(rule.when, recent)
        and (isinstance(rule.when, ConcernFallen) or recent.newest.at > bound_of(state, rule))
    ]


def _can_be_touched(when: When, news: SchoolNews) -> bool:
    return looks_at_school(when) and (news.has_unauthorised or not asks_for_unauthorised(when))


def find_to_raise(view: View, state: FamilyState, rule: Rule) -> Found | None:
    """The finding that this rule raises now, if it holds and has something newer to say than its last raise."""
    if _is_past_review(view, rule):
        return None
    bound = bound_of(state, rule)

    def may_raise(found: Found) -> bool:
        if found.newest <= bound:
            return False
        is_first = bound == NO_CONCERN
        return is_first or not isinstance(rule.when, Origins) or _is_apart(found, bound, rule.when)

    return find(view, rule, bound, may_raise)


def find_missing(view: View, state: FamilyState, pack: RulePack, rule: Rule, looks: Looks) -> Found | None:
    """What this rule raises of the statements that are looked at now, at their limit or when they came."""
    keys = looks.get(rule.id, ())
    if not keys or _is_past_review(view, rule):
        return None
    found = look_at(view, pack, rule, keys, Day(view.today - OLDEST_TRIGGER_DAYS))
    return found if found is not None and found.newest > bound_of(state, rule) else None


def bound_of(state: FamilyState, rule: Rule) -> Moment:
    """The newest concern that a raise of this rule named when a child of this family was in it."""
    return max((strand.bounds.get(rule.id, NO_CONCERN) for strand in state.strands.values()), default=NO_CONCERN)


def _is_past_review(view: View, rule: Rule) -> bool:
    return view.today > day_of(rule.review_on)


def _is_apart(found: Found, bound: Moment, when: Origins) -> bool:
    return found.trigger.on - local_day(bound) > when.apart_days


def _raise(view: View, state: FamilyState, pack: RulePack, rule: Rule, found: Found) -> tuple[FamilyState, Raised]:
    """Put a finding to the desk, and remember it: as a bound of the children named, and to be watched."""
    raised = raise_candidate(view, pack, rule, found)
    strands = dict(state.strands)
    for identifier, strand in state.strands.items():
        if strand.child in found.children:
            bound = max(found.newest, strand.bounds.get(rule.id, found.newest))
            strands[identifier] = replace(strand, bounds={**strand.bounds, rule.id: bound})
    watched = (*state.watched, watch(rule.id, found, raised.reason, state.clock))
    remembered = note_prompt(replace(state, strands=strands, watched=watched), "rule")
    return wake_by(remembered, gone_on(local_day(state.clock))), raised
