"""Taking an action back, as long as nothing came after it: a slip of the hand leaves a trace but no effect."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from models.calendar.dates import in_words
from models.calendar.local_time import local_day
from models.desk.policy import DeskPolicy
from models.desk.revising import Refusal
from models.desk.state import DeskState, HeldPrompt, TakenAction, live_prompt
from schemas.desk_events import ActionTaken
from schemas.identifiers import Moment

_MOVES: Final = frozenset({"snoozed", "disposed", "reopened"})
"""Actions that are nothing but a change of status. The others may be taken back whatever came after."""

_TAKEN_BACK: Final = {
    "acknowledged": "the acknowledgement",
    "assigned": "the assignment",
    "noted": "a note",
    "snoozed": "the snooze",
    "disposed": "the closing",
    "reopened": "the reopening",
    "contested": "an objection",
}


def withdraw(desk: DeskState, held: HeldPrompt, action: ActionTaken, policy: DeskPolicy) -> HeldPrompt | Refusal:
    """The prompt as if the named action had not been taken, and a note that it was."""
    if action.withdraws is None:
        return "incomplete"
    named = next((taken for taken in held.actions if taken.id == action.withdraws), None)
    if named is None or not named.accepted or named.withdrawn or named.action not in _TAKEN_BACK:
        return "nothing-to-withdraw"
    if named.by != action.by:
        return "not-yours"
    if action.at - named.at > policy.undo_for:
        return "too-late"
    if named.action in _MOVES and held.moved_by != named.id:
        return "superseded"
    restored = _restored(desk, held, policy) if held.moved_by == named.id else held
    if not isinstance(restored, HeldPrompt):
        return restored
    note = f"Taken back on {in_words(local_day(action.at))}: {_TAKEN_BACK[named.action]}."
    return replace(restored, notes=(*restored.notes, note), actions=_with_withdrawn(held.actions, named))


def closes_at(held: HeldPrompt, now: Moment, policy: DeskPolicy) -> Moment | None:
    """When time will close this prompt once it is live again: at its due time, unless that is over."""
    return held.due_at if policy.closes_at_due and held.due_at > now else None


def _restored(desk: DeskState, held: HeldPrompt, policy: DeskPolicy) -> HeldPrompt | Refusal:
    """The prompt in the status it had before; where that is ``waiting``, the budget has to admit it."""
    if held.status == "closed":
        if live_prompt(desk, held.family, held.kind) is not None:
            return "another-is-live"
        held = replace(held, closes_at=closes_at(held, desk.clock, policy))
    back = replace(held, moved_by=None, moved_from=None)
    match held.moved_from:
        case "closed":
            return replace(back, status="closed", closes_at=None)
        case "snoozed" if held.snoozed_until is not None and held.snoozed_until > desk.clock:
            return replace(back, status="snoozed")
        case "waiting":
            return replace(back, status="waiting", was_opened=False, snoozed_until=None)
        case _:
            return replace(back, status="open" if held.was_opened else "waiting", snoozed_until=None)


def _with_withdrawn(actions: tuple[TakenAction, ...], named: TakenAction) -> tuple[TakenAction, ...]:
    return tuple(replace(taken, withdrawn=True) if taken is named else taken for taken in actions)
