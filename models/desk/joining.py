"""A family left without children gives its live prompts to the family that its last child went to."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from models.desk.budget import admit
from models.desk.keeping import follow_family
from models.desk.policy import DeskPolicy
from models.desk.reasons import take_over_reasons
from models.desk.revising import DeskTransition, close, revise
from models.desk.state import HeldPrompt, live_prompt
from schemas.desk_events import Emptied
from schemas.prompts import PromptKind

MOVED = "This prompt has moved to the family that the children now belong to."
TOOK_OVER = "Took over the reasons of a later prompt, as two families became one."
WENT_ON = "Closed: two families became one, and an earlier prompt goes on with these reasons."

_KINDS: Final[tuple[PromptKind, ...]] = ("review", "step-down")


def join_families(so_far: DeskTransition, emptied: Emptied, policy: DeskPolicy) -> DeskTransition:
    """Hand the live prompts over; where the other family has one of the same kind, the older of the two goes on."""
    if emptied.to == emptied.family:
        return so_far
    so_far = replace(so_far, desk=follow_family(so_far.desk, emptied.family, emptied.to))
    for kind in _KINDS:
        coming = live_prompt(so_far.desk, emptied.family, kind)
        if coming is None:
            continue
        there = live_prompt(so_far.desk, emptied.to, kind)
        if there is None:
            moved = replace(coming, family=emptied.to, notes=(*coming.notes, MOVED))
            so_far = revise(so_far, coming, moved, policy)
        else:
            stays, goes = sorted((coming, there), key=lambda held: (held.raised_at, held.id))
            so_far = _merge(so_far, stays, goes, emptied, policy)
    return so_far


def _merge(
    so_far: DeskTransition, stays: HeldPrompt, goes: HeldPrompt, emptied: Emptied, policy: DeskPolicy
) -> DeskTransition:
    """First the one closes without its reasons, then the other has them: no reader sees one reason in two prompts."""
    over = replace(close(goes, WENT_ON), family=emptied.to, reasons=())
    so_far = revise(so_far, goes, over, policy)
    merged = replace(take_over_reasons(stays, goes), family=emptied.to, notes=(*stays.notes, TOOK_OVER))
    desk, settled = so_far.desk, _with_livelier_status(merged, goes)
    if settled.status == "waiting":
        desk, settled = admit(desk, settled, policy)
    return revise(replace(so_far, desk=desk), stays, settled, policy)


def _with_livelier_status(stays: HeldPrompt, goes: HeldPrompt) -> HeldPrompt:
    """Open if either was; snoozed only if both were, to the earlier end; otherwise for the budget to admit."""
    if stays.status == "open":
        return stays
    if goes.status == "open":
        return replace(stays, status="open", was_opened=True, snoozed_until=None)
    if stays.status == goes.status == "snoozed" and stays.snoozed_until is not None and goes.snoozed_until is not None:
        return replace(stays, snoozed_until=min(stays.snoozed_until, goes.snoozed_until))
    was_opened = stays.was_opened or goes.was_opened
    return replace(stays, status="waiting", was_opened=was_opened, snoozed_until=None)
