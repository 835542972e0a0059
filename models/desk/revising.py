"""How a change of a prompt becomes a revision: if a reader can see it, the prompt is published whole, once more."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from models.desk.keeping import keep
from models.desk.policy import DeskPolicy
from models.desk.rendering import reads_the_same, render
from models.desk.state import DeskState, HeldPrompt
from schemas.desk_events import ActionTaken
from schemas.prompts import Prompt

Refusal: TypeAlias = Literal[
    "unknown-prompt",  # no such prompt, or closed so long ago that it is forgotten
    "unknown-action",  # no such action
    "incomplete",  # something is missing that this action needs
    "unknown-revision",  # a revision that was never published
    "newer-reasons",  # would put out of sight reasons that its author had not seen
    "closed",  # not possible on a closed prompt
    "not-closed",  # only a closed prompt can be reopened
    "another-is-live",  # the family has another prompt of this kind that is not closed
    "too-late",  # the time for taking back, or for reopening, is over
    "until-is-past",  # a snooze that ends before it begins
    "not-yours",  # only who took an action can take it back
    "nothing-to-withdraw",  # no such accepted action, or already taken back
    "superseded",  # what it would take back has been changed since by something else
    "too-many",  # more actions on one prompt than anybody would take
]


class RefusedAction(Struct, frozen=True, kw_only=True):
    """An action that was not taken. The prompt is as it was; the shell sets the action aside where people see it."""

    action: ActionTaken
    reason: Refusal

    def __repr__(self) -> str:
        return f"RefusedAction({self.reason})"


class DeskTransition(Struct, frozen=True, kw_only=True):
    """What an event did: the desk after it, the revisions to publish in this order, and what could not be taken.

    ``repeated`` says that the event had been told before and only its time counted.
    """

    desk: DeskState
    prompts: tuple[Prompt, ...] = ()
    refused_actions: tuple[RefusedAction, ...] = ()
    repeated: bool = False

    def __repr__(self) -> str:
        return f"DeskTransition({len(self.prompts)} prompts, {len(self.refused_actions)} refused)"


def close(held: HeldPrompt, note: str) -> HeldPrompt:
    """The prompt closed, with the sentence that says why."""
    return replace(held, status="closed", closes_at=None, notes=(*held.notes, note), moved_by=None, moved_from=None)


def come_back(held: HeldPrompt, note: str) -> HeldPrompt:
    """The prompt no longer snoozed, with the sentence that says why; the budget has yet to admit it."""
    notes = (*held.notes, note)
    return replace(held, status="waiting", snoozed_until=None, notes=notes, moved_by=None, moved_from=None)


def open_first(so_far: DeskTransition, held: HeldPrompt, policy: DeskPolicy) -> DeskTransition:
    """Keep a new prompt and publish its first revision."""
    return _published(so_far, None, replace(held, revision=1, updated_at=so_far.desk.clock), policy)


def revise(so_far: DeskTransition, before: HeldPrompt, after: HeldPrompt, policy: DeskPolicy) -> DeskTransition:
    """Keep a prompt as changed, and publish the next revision if a reader can see the change."""
    if reads_the_same(before, after):
        return replace(so_far, desk=keep(so_far.desk, before, after, reopen_days=policy.reopen_days))
    after = replace(after, revision=before.revision + 1, updated_at=so_far.desk.clock)
    return _published(so_far, before, after, policy)


def _published(
    so_far: DeskTransition, before: HeldPrompt | None, after: HeldPrompt, policy: DeskPolicy
) -> DeskTransition:
    desk = keep(so_far.desk, before, after, reopen_days=policy.reopen_days)
    return replace(so_far, desk=desk, prompts=(*so_far.prompts, render(after)))
