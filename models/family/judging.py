"""What a judge makes of a story. It is asked while an episode is young, and only where somebody reads the answer.

In shadow that is once, when the row opens: the score is recorded, and nobody is prompted. Live, it is asked with every
event that changes the story, until it has raised one candidate for the row or the row is 28 days old, as old as a
trigger may be. Of a family without a young row there is nothing to record and nothing to raise, so no score is made; a
register in which nobody was missed without leave calls nobody, either, as with the rules.

A score above the threshold puts a candidate only where a referral or notification is among what raised it, and where no
plan says that the need is known. The threshold is that of the team which the prompt would go to; that hangs on whether
any plan stands open (``DeskPolicy.team_for``). A candidate of a model never bypasses the budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.retention import gone_on
from models.family.episodes import NEED, note_prompt, raw_of, row_id
from models.family.features import FEATURE_LIST, describe
from models.family.judge import Judge
from models.family.model_reasons import (
    QUESTION,
    find_told,
    rule_of,
    say_against,
    state_model_reason,
    weigh,
)
from models.family.reasons import not_known, speaks_against
from models.family.remembering import wake_by
from models.family.rules import RulePack
from models.family.state import FamilyState, Row, Watched
from models.family.view import View
from models.family.watching import watch
from models.ids import derive
from schemas.desk_events import Raised
from schemas.examples import Scored
from schemas.identifiers import ReasonId
from schemas.prompts import NOTHING_AGAINST, ModelVersion, SpeaksAgainst

YOUNG_DAYS: Final = 28
"""As long as a trigger may raise (EVENTS section 4), and a row keeps others from opening."""


class Judged(Struct, frozen=True):
    """The story afterwards, and what follows from the score."""

    state: FamilyState
    raised: Raised | None
    scored: Scored | None


def is_to_be_asked(state: FamilyState, judge: Judge, *, opens: bool) -> bool:
    """Whether a score would have a reader. ``opens``: this event opened the newest row."""
    if judge.mode == "silent" or not state.rows or judge.feature_list != FEATURE_LIST:
        return False
    row = state.rows[-1]
    if opens:
        return True
    if judge.mode != "live" or row.has_raised or row.is_void or local_day(state.clock) - row.on > YOUNG_DAYS:
        return False
    return any(judge.threshold_for(open_case=open_case) is not None for open_case in (False, True))


def ask(view: View, state: FamilyState, judge: Judge, pack: RulePack, *, opens: bool) -> Judged:
    """Score the story as it stands; record it, and raise a candidate, where that is due. ``view`` is of this story."""
    row = state.rows[-1]
    open_case = bool(view.open_plans())
    threshold = judge.threshold_for(open_case=open_case)
    if threshold is None and not opens:
        return Judged(state, None, None)
    raw = raw_of(row) if opens else describe(view, view.now)
    score = judge.score(raw)
    is_above = judge.mode == "live" and threshold is not None and score > threshold
    told = _raise(view, state, judge, pack, raw) if is_above else None
    if told is None and not opens:
        return Judged(state, None, None)
    scored = Scored(
        row=row_id(state.family, row),
        family=state.family,
        at=state.clock,
        feature_list=FEATURE_LIST,
        features=tuple(raw),
        snapshot=judge.version,
        score=score,
        contributions=judge.explain(raw),
        threshold=threshold,
        mode=judge.mode,
        reason=None if told is None else told[0].reason.id,
        open_case=open_case,
    )
    if told is None:
        return Judged(state, None, scored)
    raised, watched = told
    return Judged(_remember(state, row, watched), raised, scored)


def _raise(
    view: View, state: FamilyState, judge: Judge, pack: RulePack, raw: Sequence[float]
) -> tuple[Raised, Watched] | None:
    """The candidate, if what raised the score is something to ask a person about; and what is remembered of it."""
    weighed = weigh(judge.explain(raw))
    if not weighed.rests_on_a_concern or any(plan.plan in NEED for plan in view.open_plans()):
        return None
    found = find_told(view, weighed.raising, view.now)
    if found is None:
        return None
    model = ModelVersion(specification=judge.specification, version=judge.version)
    reason = state_model_reason(_reason_id(state, state.rows[-1]), model, view.now, found)
    against = _against(speaks_against(view, "review"), say_against(view, weighed.lowering, view.now))
    raised = Raised(
        family=view.family,
        kind="review",
        at=view.now,
        question=QUESTION,
        reason=reason,
        children=found.children,
        speaks_against=against,
        notes=() if against else (NOTHING_AGAINST,),
        open_case=bool(view.open_plans()),
        bypasses_budget=False,
        not_known=not_known(view, pack),
    )
    return raised, watch(rule_of(judge), found, reason, view.now)


def _reason_id(state: FamilyState, row: Row) -> ReasonId:
    """One a row: a crash repeats it under its id, whichever snapshot is asked then."""
    return ReasonId(derive("reason", state.family, "model", row_id(state.family, row)))


def _against(recorded: tuple[SpeaksAgainst, ...], lowering: tuple[SpeaksAgainst, ...]) -> tuple[SpeaksAgainst, ...]:
    """Both, but for what names only facts that are named already."""
    named = {fact.fact for one in recorded for fact in one.facts}
    more = (one for one in lowering if not one.facts or not {fact.fact for fact in one.facts} <= named)
    return (*recorded, *more)


def _remember(state: FamilyState, row: Row, watched: Watched) -> FamilyState:
    rows = (*state.rows[:-1], replace(row, has_raised=True))
    prompted = note_prompt(replace(state, rows=rows, watched=(*state.watched, watched)), "model")
    return wake_by(prompted, gone_on(local_day(state.clock)))
