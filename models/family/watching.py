"""Raised reasons are watched: when a fact that one names is corrected, retracted or moves away, the desk is told.

A reason is looked at again only when a fact that it *named* says something else than it did; then it is put together
anew from the facts as they stand, from its own trigger or an earlier one. A new fact alone restates nothing. One that
no longer holds is looked at each time, for it comes back when what was taken back is said again.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.calendar.retention import gone_on, latest_day, starts_a_plan
from models.family import expecting, model_reasons
from models.family.asking import look_back, looks_at_school, newest_first, triggers
from models.family.forms import concern_fallen
from models.family.forms.finding import Found, Trigger
from models.family.marks import weeks_of
from models.family.model_reasons import TITLE, model_of, state_model_reason
from models.family.outcomes import OutcomeSeen, outcomes_of
from models.family.reasons import state_reason
from models.family.rules import Rule, RulePack
from models.family.state import NEVER, Watched
from models.family.view import About, Absence, Concern, Plan, View, mark_id
from models.family.vocabulary import ConcernFallen, SchoolNotTold, Undecided
from schemas.desk_events import Restated
from schemas.identifiers import ChildId, Day, Moment, RuleId
from schemas.prompts import Reason

_encoder = msgspec.msgpack.Encoder()
_UNAUTHORISED = "u"
_AUTHORISED = "a"
"""The signatures of a missed session; that of a concern is a longer digest."""


def watch(rule: RuleId, found: Found, reason: Reason, since: Moment) -> Watched:
    """The memory of a reason as it is told now; ``rule`` may stand for a model (``models.family.model_reasons``)."""
    return Watched(
        id=reason.id,
        rule=rule,
        trigger=found.trigger.fact,
        trigger_at=found.trigger.at,
        since=since,
        named=dict(_signatures(found)),
        wording=_wording(reason),
        holds=True,
        leaves_on=_leaves_on(found),
    )


def rests_on_school(watched: Watched, since: Day) -> bool:
    """Whether marks of days from ``since`` on can change what this reason says: it names sessions up to its trigger."""
    return since <= local_day(watched.trigger_at) and _names_sessions(watched)


def _names_sessions(watched: Watched) -> bool:
    return any(signature in {_UNAUTHORISED, _AUTHORISED} for signature in watched.named.values())


def look_again(view: View, pack: RulePack, watched: Watched) -> tuple[Watched, Restated | None]:
    """What is to be remembered of this reason now, and what the desk is told if it says something else."""
    rule = pack.by_id(watched.rule)
    if rule is None and model_of(watched.rule) is None:
        return watched, None  # a rule of a pack that is in force no more
    if view.today >= watched.leaves_on or (watched.holds and not _has_changed(view, watched)):
        return watched, None
    found = _find_again(view, pack, rule, watched)
    if found is None:
        if not watched.holds:
            return watched, None
        title = TITLE if rule is None else rule.title
        note = f"What it rests on has changed, and this no longer holds: {title}."
        gone = Restated(family=view.family, at=view.now, reason_id=watched.id, reason=None, children=(), note=note)
        return replace(watched, holds=False), gone
    reason = _state(watched, rule, found)
    told = replace(
        watched, named=dict(_signatures(found)), wording=_wording(reason), holds=True, leaves_on=_leaves_on(found)
    )
    if watched.holds and told.wording == watched.wording:
        return told, None
    return told, Restated(
        family=view.family, at=view.now, reason_id=watched.id, reason=reason, children=found.children, note=None
    )


def _state(watched: Watched, rule: Rule | None, found: Found) -> Reason:
    if rule is not None:
        return state_reason(watched.id, rule, watched.since, found)
    return state_model_reason(watched.id, model_of(watched.rule), watched.since, found)


def children_named(view: View, watched: Watched) -> tuple[ChildId, ...]:
    """The children that its named facts are about, under the names that they have in this view."""
    return tuple(sorted({child for _, _, child in _known(view, watched)}))


def _find_again(view: View, pack: RulePack, rule: Rule | None, watched: Watched) -> Found | None:
    """From its own trigger if it still stands, else from the newest earlier one that the reason named."""
    if rule is None:
        return model_reasons.find_again(view, watched.trigger, watched.since)
    if isinstance(rule.when, Undecided | SchoolNotTold):
        return expecting.look_again(view, pack, rule, watched.named)
    if isinstance(rule.when, ConcernFallen):
        return concern_fallen.look_back(view, rule, rule.when, local_day(watched.since))
    on = local_day(watched.trigger_at)
    oldest = Day(on - LONGEST_ATTENDANCE_WINDOW) if looks_at_school(rule.when) else Day(0)
    possible = newest_first(triggers(view, rule.when, oldest, on))
    own = (trigger for trigger in possible if watched.trigger in _names(view, trigger))
    earlier = (t for t in possible if t.at <= watched.trigger_at and not _names(view, t).isdisjoint(watched.named))
    for trigger in (*own, *earlier):
        found = look_back(view, rule, trigger)
        if found is not None:
            return found
    return None


def _names(view: View, trigger: Trigger) -> set[str]:
    """What a trigger may have been watched and named as.

    A session has the id of the mark that counts, and that may be another school's by now, or come under another
    identifier of the child.
    """
    if trigger.concern is not None:
        return {trigger.fact, *(name for about in trigger.concern.about for name in about.names)}
    if trigger.child is None:
        return {trigger.fact}
    strands, session = view.children[trigger.child], int(trigger.at != midnight(trigger.on))
    schools = {week.school for strand in strands.values() for _, week in weeks_of(strand, trigger.on, trigger.on)}
    return {mark_id(identifier, school, trigger.on, session) for identifier in strands for school in schools}


def _has_changed(view: View, watched: Watched) -> bool:
    now = {fact: signature for fact, signature, _ in _known(view, watched)}
    return any(now.get(fact) != signature for fact, signature in watched.named.items())


LONGEST_ATTENDANCE_WINDOW = 120
"""Days before its trigger that the sessions named by a reason can lie, at the most."""


def _known(view: View, watched: Watched) -> list[tuple[str, str, ChildId]]:
    """The signatures, as of now, of the facts it named: those of this family that still hold; and their children."""
    facts, trigger_on = watched.named, local_day(watched.trigger_at)
    concerns, signatures = view.told.by_fact, view.told.signatures
    for fact in facts:
        if fact not in signatures and fact in concerns:
            signatures[fact] = _concern_signature(*concerns[fact])
    known = [(fact, signatures[fact], concerns[fact][1].child) for fact in facts if fact in concerns]
    if len(known) < len(facts) and model_of(watched.rule) is None:
        known += [(plan.fact, _plan_signature(plan), plan.child) for plan in view.plans() if plan.fact in facts]
    if len(known) < len(facts) and model_of(watched.rule) is not None:
        known += [
            (outcome.fact, _outcome_signature(outcome), child)
            for child in view.children
            for outcome in outcomes_of(view, child)
            if outcome.fact in facts
        ]
    if len(known) < len(facts) and _names_sessions(watched):
        for child in view.children:
            first = Day(trigger_on - LONGEST_ATTENDANCE_WINDOW)
            known += [
                (name, _session_signature(absence), child)
                for absence in view.absences(child, first, trigger_on, also_authorised=True)
                for name in absence.names
                if name in facts
            ]
    return known


def _leaves_on(found: Found) -> Day:
    """The first day on which one of its facts is no longer held; plans that are open have none."""
    latest = [latest_day(concern.saying) for concern in found.concerns] + [a.seen.on for a in found.absences]
    latest += [outcome.saying.on for outcome in found.outcomes if not starts_a_plan(outcome.saying)]
    return min((gone_on(day) for day in latest), default=NEVER)


def _signatures(found: Found) -> Iterator[tuple[str, str]]:
    for concern in found.concerns:
        for about in concern.about:
            yield about.fact, _concern_signature(concern, about)
    for absence in found.absences:
        yield absence.fact, _session_signature(absence)
    for plan in found.starts:
        yield plan.fact, _plan_signature(plan)
    for outcome in found.outcomes:
        yield outcome.fact, _outcome_signature(outcome)


def _plan_signature(plan: Plan) -> str:
    return _digest(_encoder.encode((plan.plan, plan.on)))


def _outcome_signature(outcome: OutcomeSeen) -> str:
    return _digest(_encoder.encode(outcome.saying))


def _session_signature(absence: Absence) -> str:
    return _UNAUTHORISED if absence.seen.is_unauthorised else _AUTHORISED


def _concern_signature(concern: Concern, about: About) -> str:
    return _digest(_encoder.encode((concern.grade, concern.saying, about.part)))


def _wording(reason: Reason) -> str:
    return _digest(_encoder.encode((reason.text, reason.facts)))


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=6).hexdigest()
