"""What workers do with a prompt. Each action is taken once, or handed back with the reason why not; none is lost.

The record of who did what is the topic ``earlyword.prompt-actions.v1``; the prompt itself shows only *that* something
was done and when. A worker's note may name people and a disposition is a judgement, so neither is ever copied into a
prompt, which a family may read and other agencies receive.

Two things guard against working past each other. Closing or snoozing puts a prompt out of sight, so it must name a
revision that already had the newest reason. And taking back is possible only as long as nothing came after. Of two
actions that contradict each other the first one told counts; the other is handed back, and where its author could not
know, the prompt says so, for whoever acted on what is no longer so has to look again.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from models.calendar.dates import in_words
from models.calendar.local_time import local_day
from models.desk.budget import admit
from models.desk.keeping import reopenable
from models.desk.policy import MOST_ACTIONS, DeskPolicy
from models.desk.revising import DeskTransition, Refusal, RefusedAction, close, revise
from models.desk.state import DeskState, HeldPrompt, TakenAction, live_prompt
from models.desk.withdrawing import closes_at, withdraw
from schemas.desk_events import ActionTaken

ON_CLOSED: Final = frozenset({"reopened", "noted", "contested", "withdrawn"})
"""What can still be done with a closed prompt: a family may object, and a worker remember something, later."""

OUT_OF_SIGHT: Final = frozenset({"disposed", "snoozed"})

_CONFLICTS: Final[dict[Refusal, str]] = {
    "newer-reasons": "by then there was a newer reason",
    "closed": "by then the prompt was closed",
    "superseded": "something else was done after it",
    "another-is-live": "another prompt about this family is open",
}
"""Refusals because of what others did meanwhile, and what the prompt says of them."""

_NOT_DONE: Final = {
    "acknowledged": "An acknowledgement",
    "assigned": "An assignment",
    "snoozed": "A snooze",
    "disposed": "A closing",
    "reopened": "A reopening",
    "withdrawn": "A withdrawal",
}


def take(so_far: DeskTransition, action: ActionTaken, policy: DeskPolicy) -> DeskTransition:
    """Do what a worker asked for, or hand the action back and leave the prompt as it was."""
    desk, prompt_id = so_far.desk, action.prompt_id
    gone = desk.closed.get(prompt_id)
    held = desk.live.get(prompt_id) if gone is None else reopenable(gone)
    if held is None:
        if gone is None:
            return _refused(so_far, action, "unknown-prompt")
        return (
            replace(so_far, repeated=True) if action.action_id in gone.actions else _refused(so_far, action, "too-late")
        )
    if any(taken.id == action.action_id for taken in held.actions):
        return replace(so_far, repeated=True)
    if len(held.actions) >= MOST_ACTIONS:
        return _refused(so_far, action, "too-many")
    done = _refusal(held, action) or _do(so_far, held, action, policy)
    taken = TakenAction(action.action_id, action.action, action.by, action.at, accepted=isinstance(done, HeldPrompt))
    if not isinstance(done, HeldPrompt):
        remembered = replace(_with_conflict(held, action, done), actions=(*held.actions, taken))
        return _refused(revise(so_far, held, remembered, policy), action, done)
    done = replace(done, actions=(*done.actions, taken))
    if done.status == "waiting" and held.status != "waiting":
        desk, done = admit(desk, done, policy)
    return revise(replace(so_far, desk=desk), held, done, policy)


def _with_conflict(held: HeldPrompt, action: ActionTaken, refusal: Refusal) -> HeldPrompt:
    """The prompt with a sentence about an action that came too late for reasons that its author could not see."""
    why, what = _CONFLICTS.get(refusal), _NOT_DONE.get(action.action)
    if why is None or what is None or action.revision >= held.revision:
        return held
    return _with_note(held, f"{what} of {in_words(local_day(action.at))} was not taken: {why}.")


def _refusal(held: HeldPrompt, action: ActionTaken) -> Refusal | None:
    """Why this cannot be done, as far as the prompt and the action alone tell."""
    if not 1 <= action.revision <= held.revision:
        return "unknown-revision"
    if held.status == "closed" and action.action not in ON_CLOSED:
        return "closed"
    if action.action in OUT_OF_SIGHT and action.revision < held.reasons_grew_at:
        return "newer-reasons"
    return None


def _do(so_far: DeskTransition, held: HeldPrompt, action: ActionTaken, policy: DeskPolicy) -> HeldPrompt | Refusal:
    today = in_words(local_day(action.at))
    match action.action:
        case "acknowledged":
            return _taken_up(held, action, f"Acknowledged on {today}.")
        case "assigned":
            return _taken_up(held, action, f"Assigned on {today}.") if action.to else "incomplete"
        case "noted":
            return _with_note(held, f"A note was made on {today}.") if action.note else "incomplete"
        case "contested":
            return _with_note(held, f"Contested on {today}.")
        case "snoozed":
            return _snooze(so_far.desk, held, action, today)
        case "disposed":
            if not action.disposition or not action.useful:
                return "incomplete"
            return _moved(held, close(held, f"Closed by a worker on {today}."), action)
        case "reopened":
            return _reopen(so_far.desk, held, action, policy)
        case "withdrawn":
            return withdraw(so_far.desk, held, action, policy)
        case _:
            return "unknown-action"


def _taken_up(held: HeldPrompt, action: ActionTaken, note: str) -> HeldPrompt:
    """Somebody is on it: a waiting prompt is open from now on, outside the budget, for that was her own choice."""
    noted = _with_note(held, note)
    if held.status != "waiting":
        return noted
    return _moved(held, replace(noted, status="open", was_opened=True), action)


def _snooze(desk: DeskState, held: HeldPrompt, action: ActionTaken, today: str) -> HeldPrompt | Refusal:
    if action.until is None:
        note = f"Put aside on {today} until something new happens."
    elif action.until <= desk.clock:
        return "until-is-past"
    else:
        note = f"Snoozed on {today} until {in_words(local_day(action.until))}."
    slept = replace(_with_note(held, note), status="snoozed", snoozed_until=action.until)
    asleep = _moved(held, slept, action)
    if held.status != "snoozed":
        return asleep
    return replace(asleep, moved_from="open" if held.was_opened else "waiting")  # taken back, it is in sight again


def _reopen(desk: DeskState, held: HeldPrompt, action: ActionTaken, policy: DeskPolicy) -> HeldPrompt | Refusal:
    if held.status != "closed":
        return "not-closed"
    if live_prompt(desk, held.family, held.kind) is not None:
        return "another-is-live"
    noted = _with_note(held, f"Reopened on {in_words(local_day(action.at))}.")
    reopened = replace(
        noted, status="open", was_opened=True, snoozed_until=None, closes_at=closes_at(held, desk.clock, policy)
    )
    return _moved(held, reopened, action)


def _moved(before: HeldPrompt, after: HeldPrompt, action: ActionTaken) -> HeldPrompt:
    """The prompt in a status that this action gave it, and that taking it back can take away."""
    return replace(after, moved_by=action.action_id, moved_from=before.status)


def _with_note(held: HeldPrompt, note: str) -> HeldPrompt:
    return replace(held, notes=(*held.notes, note))


def _refused(so_far: DeskTransition, action: ActionTaken, reason: Refusal) -> DeskTransition:
    return replace(so_far, refused_actions=(*so_far.refused_actions, RefusedAction(action=action, reason=reason)))
