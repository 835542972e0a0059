"""The reasons of a prompt: they come, are restated, and go, each under the id that it keeps for good.

They stand in the order in which they became due. The newest is the last, and the prompt asks its question; once none
holds, the last question stays, for somebody still has to close the prompt.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from models.calendar.local_time import to_datetime, to_moment
from models.desk.state import HeldPrompt, HeldReason
from schemas.desk_events import Raised, Renamed, Restated
from schemas.prompts import NotKnown, SpeaksAgainst

LEFT_OUT = "Earlier reasons are left out here, because there are very many."
MOST_FACTS = 1_000
"""Facts named by one prompt. At some 300 bytes each it fits into a record of a third of a megabyte."""


def first_reason(raised: Raised) -> HeldReason:
    """The reason as it was raised."""
    return HeldReason(
        id=raised.reason.id,
        since=to_moment(raised.reason.since),
        question=raised.question,
        children=raised.children,
        reason=raised.reason,
    )


def add_reason(held: HeldPrompt, raised: Raised, not_known: tuple[NotKnown, ...]) -> HeldPrompt:
    """The prompt with one reason more, and with what is known today of the other side."""
    grown = replace(
        held,
        reasons=_in_order((*held.reasons, first_reason(raised))),
        speaks_against=raised.speaks_against,
        not_known=not_known,
        said=raised.notes,
        reasons_grew_at=held.revision + 1,
        moved_by=None,
        moved_from=None,
    )
    return _asking_the_newest(_within_bounds(grown))


def _within_bounds(held: HeldPrompt) -> HeldPrompt:
    """The prompt without its oldest reasons, where a feed gone wrong gave it more than a record or reader can hold."""
    reasons = held.reasons
    while len(reasons) > 1 and sum(_count_facts(told) for told in reasons) > MOST_FACTS:
        reasons = reasons[1:]
    if reasons is held.reasons:
        return held
    notes = held.notes if LEFT_OUT in held.notes else (*held.notes, LEFT_OUT)
    return replace(held, reasons=reasons, notes=notes)


def _count_facts(told: HeldReason) -> int:
    return 1 if told.reason is None else 1 + len(told.reason.facts)


def restate_reason(held: HeldPrompt, restated: Restated, no_longer_holds: str) -> HeldPrompt:
    """The prompt with this reason as it is now; the same prompt if it said so already.

    A reason keeps its id and the time since when it is due. One that no longer holds is named in the notes, and comes
    back to its place if it holds again.
    """
    before = next(told for told in held.reasons if told.id == restated.reason_id)
    if restated.reason is None:
        after = replace(before, children=(), reason=None)
        note = restated.note or no_longer_holds
    else:
        stated = replace(restated.reason, id=before.id, since=to_datetime(before.since))
        after = replace(before, children=restated.children, reason=stated)
        note = restated.note or ""
    if after == before:
        return held
    grew = before.reason is None
    changed = replace(
        held,
        reasons=tuple(after if told is before else told for told in held.reasons),
        notes=(*held.notes, note) if note else held.notes,
        basis_changed=True,
        reasons_grew_at=held.revision + 1 if grew else held.reasons_grew_at,
    )
    return _asking_the_newest(changed)


def rename_children(held: HeldPrompt, renamed: Renamed) -> HeldPrompt:
    """The prompt with the children of this reason under the names that they have now."""
    return replace(
        held,
        reasons=tuple(
            replace(told, children=renamed.children) if told.id == renamed.reason_id and told.reason else told
            for told in held.reasons
        ),
    )


def take_over_reasons(stays: HeldPrompt, goes: HeldPrompt) -> HeldPrompt:
    """The prompt that stays with the reasons of the one that goes, and all that belongs to them."""
    merged = replace(
        stays,
        reasons=_in_order((*stays.reasons, *goes.reasons)),
        speaks_against=_union(stays.speaks_against, goes.speaks_against),
        not_known=_union(stays.not_known, goes.not_known),
        said=_union(stays.said, goes.said),
        basis_changed=stays.basis_changed or goes.basis_changed,
        reasons_grew_at=stays.revision + 1,
        moved_by=None,
        moved_from=None,
    )
    return _asking_the_newest(merged)


def _asking_the_newest(held: HeldPrompt) -> HeldPrompt:
    questions = [told.question for told in held.reasons if told.reason is not None]
    return replace(held, question=questions[-1]) if questions else held


def _in_order(reasons: tuple[HeldReason, ...]) -> tuple[HeldReason, ...]:
    return tuple(sorted(reasons, key=lambda told: told.since))  # stable: of two at one moment the one told first


Item = TypeVar("Item", bound=str | SpeaksAgainst | NotKnown)


def _union(one: tuple[Item, ...], other: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys((*one, *other)))
