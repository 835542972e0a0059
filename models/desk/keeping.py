"""The one place where a prompt is put into the desk's state, and where what follows from it is kept in step."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, TypeVar
from zlib import compress, decompress

import msgspec
from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.desk.shelf import Shelf
from models.desk.state import (
    CLOSES,
    WAKES,
    Agenda,
    ClosedPrompt,
    DayOfClosings,
    DeskState,
    HeldPrompt,
    Queue,
    family_key,
    queue_of,
)
from schemas.identifiers import Day, FamilyId, Moment, PromptId, TeamId

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(HeldPrompt)


def keep(desk: DeskState, before: HeldPrompt | None, after: HeldPrompt, *, reopen_days: int) -> DeskState:
    """The desk with this prompt as it is ``after``; ``before`` is as it was, None if it is new.

    Closed, it is kept whole only where ``reopen_days`` allows that it is ever reopened.
    """
    if before is None:
        desk = replace(desk, raised=desk.raised + 1)
    if after.status == "closed":
        return _put_away(_taken_off(desk, before), after, reopen_days)
    return _laid_out(desk, before, after)


def reopenable(closed: ClosedPrompt) -> HeldPrompt | None:
    """The closed prompt, whole, in the family that it would come back to; None if it was closed too long ago."""
    if closed.body is None:
        return None
    return replace(_decoder.decode(decompress(closed.body)), family=closed.family)


def follow_family(desk: DeskState, family: FamilyId, to: FamilyId) -> DeskState:
    """The desk where prompts of this family that may yet be reopened would come back to another one."""
    closed_prompts = desk.closed
    for one in desk.closings:
        for prompt in one.prompts if one.has_bodies else ():
            closed = closed_prompts.get(prompt)
            if closed is not None and closed.family == family:
                closed_prompts = closed_prompts.put(prompt, replace(closed, family=to))
    return desk if closed_prompts is desk.closed else replace(desk, closed=closed_prompts)


def index(desk: DeskState) -> DeskState:
    """The desk with all that follows from its prompts, worked out anew."""
    queues: dict[TeamId, list[tuple[Moment, PromptId]]] = {}
    for held in desk.live:
        if held.status == "waiting":
            queues.setdefault(held.team, []).append((held.raised_at, held.id))
    reasons = [(reason, closed.id) for closed in desk.closed for reason in closed.reasons]
    reasons += [(told.id, held.id) for held in desk.live for told in held.reasons]
    return replace(
        desk,
        by_family=Shelf((family_key(held.family, held.kind), held.id) for held in desk.live),
        by_reason=Shelf(reasons),
        queues=tuple(sorted((team, tuple(sorted(queue))) for team, queue in queues.items())),
        agenda=tuple(sorted(entry for held in desk.live for entry in _entries(held))),
    )


def _laid_out(desk: DeskState, before: HeldPrompt | None, after: HeldPrompt) -> DeskState:
    """The desk with a prompt that is not closed."""
    was_live = before if before is not None and before.status != "closed" else None
    by_family, by_reason, agenda = desk.by_family, desk.by_reason, desk.agenda
    if was_live is None or was_live.family != after.family:
        if was_live is not None:
            by_family = by_family.without(family_key(was_live.family, was_live.kind))
        by_family = by_family.put(family_key(after.family, after.kind), after.id)
    if before is None or before.reasons is not after.reasons:
        for told in after.reasons:
            if by_reason.get(told.id) != after.id:
                by_reason = by_reason.put(told.id, after.id)
    waited_at = was_live.team if was_live is not None and was_live.status == "waiting" else None
    waits_at = after.team if after.status == "waiting" else None
    if waits_at != waited_at:
        place = (after.raised_at, after.id)
        if waited_at is not None:
            desk = replace(desk, queues=_with_queue(desk, waited_at, _removed(queue_of(desk, waited_at), place)))
        if waits_at is not None:
            desk = replace(desk, queues=_with_queue(desk, waits_at, _inserted(queue_of(desk, waits_at), place)))
    entries, old_entries = _entries(after), () if was_live is None else _entries(was_live)
    if entries != old_entries:
        agenda = _changed(agenda, old_entries, entries)
    return replace(
        desk,
        live=desk.live.put(after.id, after),
        closed=desk.closed.without(after.id),
        by_family=by_family,
        by_reason=by_reason,
        agenda=agenda,
    )


def _taken_off(desk: DeskState, before: HeldPrompt | None) -> DeskState:
    """The desk without a prompt that was not closed. What it holds its reasons for stays known."""
    if before is None or before.status == "closed":
        return desk
    queues = desk.queues
    if before.status == "waiting":
        queue = _removed(queue_of(desk, before.team), (before.raised_at, before.id))
        queues = _with_queue(desk, before.team, queue)
    return replace(
        desk,
        live=desk.live.without(before.id),
        by_family=desk.by_family.without(family_key(before.family, before.kind)),
        queues=queues,
        agenda=_changed(desk.agenda, _entries(before), ()),
    )


def _put_away(desk: DeskState, held: HeldPrompt, reopen_days: int) -> DeskState:
    """The desk with a prompt among the closed ones, under the day on which it was first put there."""
    known = desk.closed.get(held.id)
    today = local_day(desk.clock) if known is None else known.closed_on
    closed = ClosedPrompt(
        id=held.id,
        family=held.family,
        kind=held.kind,
        revision=held.revision,
        due_at=held.due_at,
        closed_on=today,
        reasons=tuple(told.id for told in held.reasons),
        actions=tuple(taken.id for taken in held.actions),
        body=compress(_encoder.encode(held), 1) if reopen_days else None,
    )
    closings = desk.closings if known is not None else _with_closing(desk.closings, today, held.id)
    return replace(desk, closed=desk.closed.put(held.id, closed), closings=closings)


def _with_closing(closings: tuple[DayOfClosings, ...], today: Day, prompt: PromptId) -> tuple[DayOfClosings, ...]:
    if not closings or closings[-1].day != today:
        return (*closings, DayOfClosings(today, (prompt,), has_bodies=True))
    return (*closings[:-1], replace(closings[-1], prompts=(*closings[-1].prompts, prompt)))


def _entries(held: HeldPrompt) -> Agenda:
    """What time will do to this prompt."""
    closes = () if held.closes_at is None else ((held.closes_at, CLOSES, held.id),)
    wakes = held.snoozed_until if held.status == "snoozed" else None
    return (*closes, *(() if wakes is None else ((wakes, WAKES, held.id),)))


def _with_queue(desk: DeskState, team: TeamId, queue: Queue) -> tuple[tuple[TeamId, Queue], ...]:
    others = [(one, waiting) for one, waiting in desk.queues if one != team]
    return tuple(sorted([*others, (team, queue)] if queue else others))


def _changed(agenda: Agenda, old: Agenda, new: Agenda) -> Agenda:
    for entry in old:
        agenda = _removed(agenda, entry)
    for entry in new:
        agenda = _inserted(agenda, entry)
    return agenda


Entry = TypeVar("Entry", bound=tuple[object, ...])


def _inserted(ordered: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    place = bisect_left(ordered, entry)
    return (*ordered[:place], entry, *ordered[place:])


def _removed(ordered: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    place = bisect_left(ordered, entry)
    return (*ordered[:place], *ordered[place + 1 :])
