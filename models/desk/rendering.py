"""A held prompt as it is published, field for field, and the question whether a reader would see a difference."""

from __future__ import annotations

from models.calendar.local_time import to_datetime
from models.desk.state import HeldPrompt
from schemas.identifiers import ChildId
from schemas.prompts import NOTHING_AGAINST, Prompt, Reason


def render(held: HeldPrompt) -> Prompt:
    """The prompt, whole, as ``earlyword.prompts.v1`` carries it."""
    return Prompt(
        prompt_id=held.id,
        revision=held.revision,
        family=held.family,
        children=_children(held),
        team=held.team,
        kind=held.kind,
        status=held.status,
        question=held.question,
        reasons=_reasons(held),
        speaks_against=held.speaks_against,
        not_known=held.not_known,
        notes=_notes(held),
        raised_at=to_datetime(held.raised_at),
        due_at=to_datetime(held.due_at),
        updated_at=to_datetime(held.updated_at),
        basis_changed=held.basis_changed,
    )


def reads_the_same(before: HeldPrompt, after: HeldPrompt) -> bool:
    """Whether a reader sees no difference: only what the desk keeps for itself has changed."""
    return _visible(before) == _visible(after)


def _visible(held: HeldPrompt) -> tuple[object, ...]:
    """All of a prompt that can change and that ``render`` shows, but for the revision and its time."""
    return (
        held.status,
        _notes(held),
        _reasons(held),
        _children(held),
        held.question,
        held.family,
        held.team,
        held.speaks_against,
        held.not_known,
        held.basis_changed,
    )


def _reasons(held: HeldPrompt) -> tuple[Reason, ...]:
    return tuple(told.reason for told in held.reasons if told.reason is not None)


def _children(held: HeldPrompt) -> tuple[ChildId, ...]:
    """Those that the reasons' facts are about, in the order of their pseudonyms, which says nothing about them."""
    return tuple(sorted({child for told in held.reasons if told.reason is not None for child in told.children}))


def _notes(held: HeldPrompt) -> tuple[str, ...]:
    """That nothing speaks against is said exactly when nothing does; then the family's notes, then the desk's."""
    spoken = tuple(note for note in held.said if note != NOTHING_AGAINST)
    nothing = () if held.speaks_against else (NOTHING_AGAINST,)
    return nothing + spoken + held.notes
