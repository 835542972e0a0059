"""What one event does to a hub's desk, and which prompts are published. Read this second, after the family's story.

``advance`` is the desk in one function: no clock, no dice, no log, no I/O. An exception in it leaves the old desk
untouched, and a replay publishes the same revisions, byte for byte.

The laws, each held by a property test:

* A family has at most one prompt of a kind that is not closed; a further reason becomes its next revision.
* What was told before changes nothing: a reason is known by its id, an action by its own.
* Revisions count 1, 2, 3; each change that a reader can see makes one, but for another name of a child, and nothing
  else does.
* Nothing is dropped: raised = open + waiting + snoozed + closed. What cannot be taken is handed back, with why.
* ``basis_changed`` never goes back, nor does the clock.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.working_days import due_at
from models.desk.actions import take
from models.desk.budget import admit
from models.desk.clocks import let_time_pass
from models.desk.joining import join_families
from models.desk.keeping import keep, reopenable
from models.desk.policy import DeskPolicy
from models.desk.reasons import add_reason, first_reason, rename_children, restate_reason
from models.desk.revising import DeskTransition, close, come_back, open_first, revise
from models.desk.state import DeskState, HeldPrompt, is_taken_up, live_prompt
from models.freshness.heard import feed_key, hear
from models.ids import derive
from schemas.desk_events import ActionTaken, DeskEvent, Emptied, Heard, Raised, Renamed, Restated
from schemas.events import TimePassed
from schemas.identifiers import PromptId, ReasonId
from schemas.prompts import NotKnown, PromptKind

CAME_BACK_WITH_REASON = "Came back from a snooze: there is a new reason."
CAME_BACK_CHANGED = "Came back: what it rests on has changed."
OTHER_TEAM_OPEN_CASE = "Went to the team that works with families who have an open plan."
OTHER_TEAM_NO_CASE = "Went to the duty team, because no plan is open."
NOT_STEPPING_DOWN = "Closed: there is a new reason to review."
NO_LONGER_HOLDS = "What it rests on has changed, and a reason no longer holds."


def advance(
    desk: DeskState, event: DeskEvent, policy: DeskPolicy, not_known: tuple[NotKnown, ...] = ()
) -> DeskTransition:
    """Let time pass up to the event, then take it in; say which revisions are to be published.

    ``not_known`` is what else the hub does not know as this is told, besides silent feeds: a prompt carries what was
    not known when it was last given a reason.
    """
    if isinstance(event, Heard):
        return DeskTransition(desk=note_feed(desk, event))
    so_far = let_time_pass(DeskTransition(desk=desk), event.at, policy)
    match event:
        case Raised():
            so_far = raise_prompt(so_far, event, policy, (*event.not_known, *not_known))
        case Restated():
            so_far = restate(so_far, event, policy)
        case Renamed():
            so_far = rename(so_far, event, policy)
        case Emptied():
            so_far = join_families(so_far, event, policy)
        case ActionTaken():
            so_far = take(so_far, event, policy)
        case TimePassed():
            return so_far
        case _:
            assert_never(event)
    return let_time_pass(so_far, event.at, policy)  # a prompt that was told late may be due already


def note_feed(desk: DeskState, told: Heard) -> DeskState:
    """The desk that knows of this day of a feed; the same desk if it did. No time passes, and nothing is published."""
    heard = hear(desk.heard, feed_key(told.agency, told.kind), told.day)
    return desk if heard is desk.heard else replace(desk, heard=heard)


def raise_prompt(
    so_far: DeskTransition, raised: Raised, policy: DeskPolicy, not_known: tuple[NotKnown, ...]
) -> DeskTransition:
    """Ask a person to look: in a new prompt, or by a further reason in the one that the family has."""
    if raised.reason.id in so_far.desk.by_reason:
        return replace(so_far, repeated=True)
    kind = _kind(raised.kind)
    not_known = (*not_known, *_silent_feeds(so_far.desk, raised, policy))
    if kind == "review":
        so_far = _stop_stepping_down(so_far, raised, policy)
    held = live_prompt(so_far.desk, raised.family, kind)
    if held is None:
        return _open_prompt(so_far, raised, kind, policy, not_known)
    grown = _for_its_team(add_reason(held, raised, not_known), raised, policy)
    if held.status == "snoozed":
        grown = come_back(grown, CAME_BACK_WITH_REASON)
    desk = so_far.desk
    if grown.status == "waiting":
        desk, grown = admit(desk, grown, policy, bypasses=raised.bypasses_budget)
    return revise(replace(so_far, desk=desk), held, grown, policy)


def restate(so_far: DeskTransition, restated: Restated, policy: DeskPolicy) -> DeskTransition:
    """Tell a reader that a reason says something else, or nothing any more. The prompt stays for a person to close.

    Of a closed prompt nothing is published, for it was answered as it stood; reopened, it says what holds by then.
    """
    desk = so_far.desk
    held = _holding(desk, restated.reason_id)
    if held is None:
        return so_far
    after = restate_reason(held, restated, NO_LONGER_HOLDS)
    if after is held:
        return so_far
    if held.status == "closed":
        return replace(so_far, desk=keep(desk, held, after, reopen_days=policy.reopen_days))
    if held.status == "snoozed" and held.snoozed_until is None:  # put aside until something new happens: this is new
        desk, after = admit(desk, come_back(after, CAME_BACK_CHANGED), policy)
    return revise(replace(so_far, desk=desk), held, after, policy)


def rename(so_far: DeskTransition, renamed: Renamed, policy: DeskPolicy) -> DeskTransition:
    """Know the children of a reason by their new names. That alone publishes nothing: the next revision says them."""
    held = _holding(so_far.desk, renamed.reason_id)
    if held is None:
        return so_far
    after = rename_children(held, renamed)
    return replace(so_far, desk=keep(so_far.desk, held, after, reopen_days=policy.reopen_days))


def _holding(desk: DeskState, reason: ReasonId) -> HeldPrompt | None:
    """The prompt that has this reason, live or closed and not too long ago to be reopened."""
    prompt_id = desk.by_reason.get(reason)
    if prompt_id is None:
        return None
    gone = desk.closed.get(prompt_id)
    return desk.live.get(prompt_id) if gone is None else reopenable(gone)


def _for_its_team(held: HeldPrompt, raised: Raised, policy: DeskPolicy) -> HeldPrompt:
    """The prompt with the team that is now the right one, unless somebody of the other has taken it up.

    A place in a budget that it has used stays used; it needs none of the other team's.
    """
    team = policy.team_for(open_case=raised.open_case)
    if team == held.team or is_taken_up(held):
        return held
    note = OTHER_TEAM_OPEN_CASE if raised.open_case else OTHER_TEAM_NO_CASE
    return replace(held, team=team, notes=(*held.notes, note))


def _open_prompt(
    so_far: DeskTransition, raised: Raised, kind: PromptKind, policy: DeskPolicy, not_known: tuple[NotKnown, ...]
) -> DeskTransition:
    due = due_at(raised.at)
    held = HeldPrompt(
        id=PromptId(derive("prompt", raised.family, kind, raised.reason.id)),
        revision=1,
        family=raised.family,
        kind=kind,
        team=policy.team_for(open_case=raised.open_case),
        status="waiting",
        question=raised.question,
        reasons=(first_reason(raised),),
        speaks_against=raised.speaks_against,
        not_known=not_known,
        said=raised.notes,
        raised_at=raised.at,
        due_at=due,
        updated_at=so_far.desk.clock,
        closes_at=due if policy.closes_at_due else None,
    )
    desk, admitted = admit(so_far.desk, held, policy, bypasses=raised.bypasses_budget)
    return open_first(replace(so_far, desk=desk), admitted, policy)


def _silent_feeds(desk: DeskState, raised: Raised, policy: DeskPolicy) -> tuple[NotKnown, ...]:
    """What was not known when the day began on which this reason became due."""
    if policy.feeds is None:
        return ()
    return policy.feeds.not_known(desk.heard, local_day(raised.at), raised.reason.facts)


def _stop_stepping_down(so_far: DeskTransition, raised: Raised, policy: DeskPolicy) -> DeskTransition:
    """A reason to review answers the question whether support can be stepped down."""
    held = live_prompt(so_far.desk, raised.family, "step-down")
    return so_far if held is None else revise(so_far, held, close(held, NOT_STEPPING_DOWN), policy)


def _kind(kind: str) -> PromptKind:
    match kind:
        case "review" | "step-down":
            return kind
        case _:
            raise ValueError("a prompt is of kind review or step-down")
