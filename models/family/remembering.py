"""Folding what was said into a family's story, and forgetting it on time.

Under each natural key the newest version stays, so an older one changes nothing whenever it comes. A fact leaves 13
months after the latest date that it carries; the start of a plan leaves with the end that closed it. A forwarding
address leaves 13 months after the move: topics keep records for a week, but a replay lets weeks of a partition pass in
seconds while the record that needs the address waits in another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.retention import ends_a_plan, gone_on, plan_of, starts_a_plan
from models.family.facts import KnownFact, pack_facts, unpack_facts
from models.family.marks import (
    first_marked_day,
    forget_marks_before,
    join_marks,
    oldest_week,
    record_marks,
    settle_weeks,
    settles_before,
    settles_on,
)
from models.family.state import NEVER, FamilyState, Strand
from schemas.events import Marked, Placed, Told
from schemas.facts import Outcome
from schemas.identifiers import ChildId, Day


def tell(strand: Strand, told: Told, placed: Placed, named: bool) -> Strand:
    """The strand with one statement told; the same strand if it knew as new a version."""
    held = strand.facts.get(told.fact)
    if held is not None and held.version >= told.version:
        return strand
    known = KnownFact(
        agency=told.agency,
        version=told.version,
        saying=told.saying if named else None,
        part=placed.part if named else None,
        latest=told.latest,
    )
    return replace(strand, told=pack_facts({**strand.facts, told.fact: known}))


def tell_marks(strand: Strand, marked: Marked) -> Strand:
    """The strand with session marks told; the same strand if it knew as new ones."""
    return record_marks(strand, marked.school, marked.marks, marked.version, marked.agency, marked.retracted)


def join(one: Strand, other: Strand) -> Strand:
    """The union of two stories told under the same identifier. Order does not matter."""
    newest = one if one.links >= other.links else other
    facts = dict(one.facts)
    for key, known in other.facts.items():
        held = facts.get(key)
        if held is None or known.version > held.version or (known.version == held.version and known.saying is None):
            facts[key] = known
    bounds = dict(one.bounds)
    for rule, moment in other.bounds.items():
        bounds[rule] = max(moment, bounds.get(rule, moment))
    return join_marks(one, other, Strand(newest.child, newest.links, pack_facts(facts), {}, bounds))


def forget(state: FamilyState) -> FamilyState:
    """The story without what is too old by the family's clock. The same story if nothing is due."""
    today = local_day(state.clock)
    if today < state.next_expiry:
        return state
    ends = _ends(state)
    strands = {
        identifier: left
        for identifier, strand in state.strands.items()
        if (left := _forget(strand, ends.get(strand.child, ()), today)).told
        or left.weeks
        or left.settled
        or left.bounds
    }
    addresses = {
        identifier: address
        for identifier, address in state.addresses.items()
        if today < gone_on(local_day(address.left_at))
    }
    watched = tuple(reason for reason in state.watched if today < gone_on(local_day(reason.since)))
    kept = replace(state, strands=strands, addresses=addresses, watched=watched)
    return replace(kept, next_expiry=next_expiry(kept))


def wake_by(state: FamilyState, day: Day) -> FamilyState:
    """The story, to be looked at again on this day at the latest."""
    return state if day >= state.next_expiry else replace(state, next_expiry=day)


def with_expiry(state: FamilyState) -> FamilyState:
    """The story with its next expiry worked out anew."""
    return replace(state, next_expiry=next_expiry(state))


def first_expiry(told: Told) -> Day:
    """The first day on which this statement can make something leave. An end may take an older start along."""
    if told.saying is not None and starts_a_plan(told.saying):
        return local_day(told.at)  # an end of it may be known already
    return gone_on(told.latest)


def first_day(marked: Marked) -> Day:
    """The earliest day of these marks."""
    return min([mark.on for mark in marked.marks])


def first_settling(marked: Marked) -> Day:
    """The first day on which these marks want something: to be settled, or, if they are that old, to leave."""
    first = first_day(marked)
    return settles_on(Day(first - (first - 1) % 7))


def next_expiry(state: FamilyState) -> Day:
    """The first day on which something of this story is to be forgotten, or a day before it on which nothing is."""
    ends, today = _ends(state), local_day(state.clock)
    days = [
        *[_next_of(strand, ends.get(strand.child, ()), today) for strand in state.strands.values()],
        *(gone_on(local_day(address.left_at)) for address in state.addresses.values()),
        *(gone_on(local_day(reason.since)) for reason in state.watched),
    ]
    return min(days, default=NEVER)


def _ends(state: FamilyState) -> dict[ChildId, tuple[Outcome, ...]]:
    """All that may close a plan, by child: a child's end may have come under another of its identifiers."""
    ends: dict[ChildId, tuple[Outcome, ...]] = {}
    for strand in state.strands.values():
        if strand.told:
            ends[strand.child] = ends.get(strand.child, ()) + _ends_in(strand.told)
    return ends


@lru_cache(maxsize=4096)
def _ends_in(told: bytes) -> tuple[Outcome, ...]:
    return tuple(
        known.saying
        for known in unpack_facts(told).values()
        if isinstance(known.saying, Outcome) and known.saying.kind.endswith(("-ended", "case-closed"))
    )


def _expiry_of(known: KnownFact, ends: Iterable[Outcome]) -> Day:
    """The first day on which this fact is no longer held."""
    saying = known.saying
    if not isinstance(saying, Outcome) or not starts_a_plan(saying):
        return gone_on(known.latest)
    plan = plan_of(saying)
    # on one day an end comes before a start, so only a later one closes it
    closing = [end.on for end in ends if plan is not None and ends_a_plan(end, plan) and end.on > saying.on]
    return gone_on(min(closing)) if closing else NEVER


@lru_cache(maxsize=4096)
def _first_to_leave(told: bytes, ends: tuple[Outcome, ...]) -> Day:
    """The first day on which one of these facts is no longer held."""
    return min((_expiry_of(known, ends) for known in unpack_facts(told).values()), default=NEVER)


def _next_of(strand: Strand, ends: tuple[Outcome, ...], today: Day) -> Day:
    days = [_first_to_leave(strand.told, ends)] if strand.told else [NEVER]
    days += [gone_on(local_day(at)) for at in strand.bounds.values()]
    monday = oldest_week(strand)
    if monday is not None:
        first = gone_on(monday)  # is early where Monday has no mark, and worked out exactly on that day
        days.append(first if today < first else gone_on(first_marked_day(strand) or monday))
    if strand.weeks:
        days.append(settles_on(min(strand.weeks)))
    return min(days)


def _forget(strand: Strand, ends: tuple[Outcome, ...], today: Day) -> Strand:
    if strand.told and _first_to_leave(strand.told, ends) <= today:
        kept = {key: known for key, known in strand.facts.items() if today < _expiry_of(known, ends)}
        strand = replace(strand, told=pack_facts(kept))
    monday = oldest_week(strand)
    if monday is not None:
        strand = _forget_marks(strand, today) if gone_on(monday) <= today else strand
        strand = settle_weeks(strand, settles_before(today))
    if strand.bounds:  # a bound matters no longer than the concern that set it could be named
        bounds = {rule: at for rule, at in strand.bounds.items() if today < gone_on(local_day(at))}
        strand = replace(strand, bounds=bounds)
    return strand


def _forget_marks(strand: Strand, today: Day) -> Strand:
    oldest = first_marked_day(strand)
    if oldest is None or today < gone_on(oldest):
        return strand
    while gone_on(oldest) <= today:
        oldest = Day(oldest + 1)
    return forget_marks_before(strand, oldest)
