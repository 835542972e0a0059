"""What a desk no longer needs: the bodies of prompts past reopening, and closed prompts past the retention.

A closed prompt is known again for as long as facts are kept: a reason told twice within that time opens nothing. The
bound is a promise: state grows with what is open and with what thirteen months have closed, not with the years.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.retention import gone_on
from models.desk.policy import DeskPolicy
from models.desk.state import ClosedPrompt, DayOfClosings, DeskState


def forget(desk: DeskState, policy: DeskPolicy) -> DeskState:
    """The desk as its clock allows; to be called when a local day has begun."""
    today, kept = local_day(desk.clock), []
    for one in desk.closings:
        if today >= gone_on(one.day, policy.retention_months):
            desk = _forget_prompts(desk, one)
        elif one.has_bodies and today > one.day + policy.reopen_days:
            desk = _drop_bodies(desk, one)
            kept.append(replace(one, has_bodies=False))
        else:
            kept.append(one)
    return replace(desk, closings=tuple(kept))


def _forget_prompts(desk: DeskState, one: DayOfClosings) -> DeskState:
    for closed in _closed_on(desk, one):
        by_reason = desk.by_reason
        for reason in closed.reasons:
            if by_reason.get(reason) == closed.id:  # else another prompt has taken it over
                by_reason = by_reason.without(reason)
        desk = replace(desk, closed=desk.closed.without(closed.id), by_reason=by_reason, forgotten=desk.forgotten + 1)
    return desk


def _drop_bodies(desk: DeskState, one: DayOfClosings) -> DeskState:
    for closed in _closed_on(desk, one):
        desk = replace(desk, closed=desk.closed.put(closed.id, replace(closed, body=None)))
    return desk


def _closed_on(desk: DeskState, one: DayOfClosings) -> Iterator[ClosedPrompt]:
    """Those still closed that were closed on this day, and not reopened and closed again on another."""
    for prompt in dict.fromkeys(one.prompts):
        closed = desk.closed.get(prompt)
        if closed is not None and closed.closed_on == one.day:
            yield closed
