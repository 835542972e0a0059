"""What one event does to a family's story, and what the story then asks for. Read this first.

``advance`` is the whole product in one function: it takes an event into the story, and returns the new story with what
is to be told to others. It has no clock, no dice, no log and no I/O, so a replay gives the same answer bit for bit, and
an exception in it leaves the old story untouched.

The laws, each held by a property test:

* Told twice, nothing changes; in any order, the same story (``models.family.state``: newest version per natural key).
* Time passes before an event is applied, up to the event's receipt; the family's clock never goes back.
* A child's facts are in exactly one family (``models.family.moves``).
* A rule raises once per episode (EVENTS section 4): each child keeps, per rule, the newest concern that a raise named.
* What a model is learned from hangs on no model: features frozen then, labels when they are final
  (``models.family.episodes``), each row once and in one family (``models.family.row_moves``).
* Ids are derived from what they are about, so a crash repeats an output under its id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from models.family.bounding import keep_bounded
from models.family.codes import UNAUTHORISED
from models.family.considering import Considered, SchoolNews, consider
from models.family.episodes import open_row
from models.family.expecting import Looks, expecting_rules, told_late
from models.family.judge import Judge
from models.family.moves import arrive, count_in, depart, gone_to, named_anew, part_arrivals, settle_in
from models.family.passing import pass_time, plan_next_look, wake_at
from models.family.recent import holds_statements
from models.family.remembering import (
    first_day,
    first_expiry,
    first_settling,
    forget,
    tell,
    tell_marks,
    wake_by,
    with_expiry,
)
from models.family.row_moves import arrive_with, carry, has_story, leave_with
from models.family.rules import RulePack
from models.family.state import Address, FamilyState, decode_strand, decode_watched
from models.family.view import View
from models.family.watching import children_named
from schemas.desk_events import Emptied, Renamed
from schemas.events import FamilyEvent, Forwarded, Joined, Marked, Moved, Placed, TimePassed, Told
from schemas.identifiers import Day, FactKey, FamilyId, Moment

__all__ = ["Transition", "advance", "wake_at"]


class Transition(Considered, frozen=True, gc=False):
    """The story after an event, what desk and learner are told, and what other families are told."""

    forwards: tuple[Forwarded, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether anybody is told anything."""
        return bool(self.for_desk or self.examples or self.forwards)


def advance(state: FamilyState, event: FamilyEvent, judge: Judge, pack: RulePack) -> Transition:
    """Take one event into a family's story; put a candidate to the desk if the story calls for one."""
    passed = pass_time(state, event.at, pack)
    if isinstance(event, TimePassed):
        return Transition(passed.state, passed.for_desk, passed.examples)
    before = replace(passed.state, clock=max(passed.state.clock, event.at))
    match event:
        case Told():
            taken = _take_statement(before, event)
        case Marked():
            taken = _take_marks(before, event)
        case Moved():
            taken = _take_departure(before, event)
        case Joined():
            taken = _take_arrival(before, event)
        case _:
            assert_never(event)
    if taken.state is before:
        return _after(passed, taken)
    kept = forget(taken.state)
    if isinstance(event, Marked):
        return _after(passed, taken, _consider_marks(keep_bounded(kept), event, judge, pack))
    opened = open_row(before, kept, event) if isinstance(event, Told) else kept
    remembered, late = _what_came_late(before, keep_bounded(opened), event, pack)
    if isinstance(event, Joined) and event.links in remembered.arriving and not late:
        return _after(passed, taken, Considered(remembered))  # more is on its way
    considered = consider(remembered, judge, pack, late, opens=opened is not kept)
    return _after(passed, taken, replace(considered, state=plan_next_look(considered.state, pack)))


def _consider_marks(state: FamilyState, marked: Marked, judge: Judge, pack: RulePack) -> Considered:
    """What the story calls for after marks were told: nothing where it holds nothing but marks, as most do."""
    if not (state.watched or state.rows or holds_statements(state)):
        return Considered(state)
    considered = consider(state, judge, pack, only_school=_school_news(marked))
    return replace(considered, state=plan_next_look(considered.state, pack, only_school=True))


def _after(passed: Considered, taken: Transition, considered: Considered | None = None) -> Transition:
    """All that is told of one event: what time did before it, what it did, what the story then asked for."""
    last = considered or Considered(taken.state)
    return Transition(
        state=last.state,
        for_desk=(*passed.for_desk, *taken.for_desk, *last.for_desk),
        examples=(*passed.examples, *last.examples),
        forwards=taken.forwards,
    )


def _school_news(marked: Marked) -> SchoolNews:
    has_unauthorised = not UNAUTHORISED.isdisjoint([mark.code for mark in marked.marks])
    return SchoolNews(first_day(marked), has_unauthorised and not marked.retracted)


def _what_came_late(
    before: FamilyState, after: FamilyState, event: Told | Moved | Joined, pack: RulePack
) -> tuple[FamilyState, Looks]:
    """Statements whose limit was over when they came; a story that moved was looked at up to its move."""
    keys: tuple[FactKey, ...] = ()
    than = None
    held: tuple[tuple[Day, Moment], ...] = ()
    if isinstance(event, Told) and event.kind in {"referral", "police-notification"}:
        keys, held = (event.fact,), event.held
    elif isinstance(event, Joined):
        here = [after.strands[placed.identifier] for placed, _ in event.came if placed.identifier in after.strands]
        keys, than = tuple(dict.fromkeys(key for strand in here for key in strand.facts)), event.at
    if not keys or not any(True for _ in expecting_rules(pack)):
        return after, {}
    looks, marked = told_late(View(before), View(after), pack, keys, than, held)
    return marked or after, looks


def _take_statement(state: FamilyState, told: Told) -> Transition:
    """A statement about children of this family; those that have moved on hear of it where they are."""
    sent_on: dict[tuple[FamilyId, int], list[tuple[Placed, bool]]] = {}
    told_to = state
    for placed, named in [(p, True) for p in told.named] + [(p, False) for p in told.dropped]:
        address = gone_to(told_to, placed.identifier, told.links)
        if address is not None:
            at_home = replace(placed, child=address.child)
            sent_on.setdefault((address.family, address.links), []).append((at_home, named))
            continue
        settled = settle_in(told_to, placed, told.links)
        strand = settled.strands[placed.identifier]
        known = tell(strand, told, placed, named)
        if known is not strand:
            settled = replace(settled, strands={**settled.strands, placed.identifier: known})
            settled = wake_by(settled, first_expiry(told))
        told_to = settled
    forwards = tuple(
        Forwarded(
            family,
            replace(
                told,
                links=links,
                named=tuple(placed for placed, named in entries if named),
                dropped=tuple(placed for placed, named in entries if not named),
            ),
        )
        for (family, links), entries in sorted(sent_on.items())
    )
    return Transition(told_to, forwards=forwards)


def _take_marks(state: FamilyState, marked: Marked) -> Transition:
    address = gone_to(state, marked.placed.identifier, marked.links)
    if address is not None:
        return Transition(state, forwards=(_send_on(marked, address),))
    settled = settle_in(state, marked.placed, marked.links)
    strand = settled.strands[marked.placed.identifier]
    known = tell_marks(strand, marked)
    if known is strand:
        return Transition(settled)
    told_to = replace(settled, strands={**settled.strands, marked.placed.identifier: known})
    return Transition(wake_by(told_to, first_settling(marked)))


def _take_departure(state: FamilyState, moved: Moved) -> Transition:
    departure = depart(state, moved)
    stay = departure.emptied_to is not None or moved.family == state.family
    renamed = _renamed(named_anew(state, moved), moved) if stay and state.watched else ()
    emptied = () if departure.emptied_to is None else (Emptied(state.family, departure.emptied_to, moved.at),)
    left, rows = leave_with(state, with_expiry(departure.state))
    return Transition(left, (*renamed, *emptied), forwards=carry(departure.forwards, rows))


def _renamed(state: FamilyState, moved: Moved) -> Iterator[Renamed]:
    """By which names the children go that its raised reasons are about."""
    view = View(state)
    for reason in state.watched:
        if reason.holds and (children := children_named(view, reason)):
            yield Renamed(state.family, moved.at, reason.id, children)


def _take_arrival(state: FamilyState, joined: Joined) -> Transition:
    stays, forwards = part_arrivals(state, joined)
    counted = count_in(state, joined)
    if stays is None:
        return Transition(counted, forwards=forwards)
    arrived = arrive(counted, stays)
    known = {reason.id for reason in arrived.watched}
    came = tuple(reason for raw in stays.watched if (reason := decode_watched(raw)).id not in known)
    joined_here = with_expiry(replace(arrived, watched=(*arrived.watched, *came)))
    has_come = any(has_story(decode_strand(story)) for _, story in stays.came)
    return Transition(arrive_with(state, joined_here, stays, has_come=has_come), forwards=forwards)


def _send_on(event: Marked, address: Address) -> Forwarded:
    """The event as somebody would tell it who knew where the strand has gone."""
    placed = replace(event.placed, child=address.child)
    return Forwarded(address.family, replace(event, links=address.links, placed=placed))
