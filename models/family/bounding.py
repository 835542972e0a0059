"""The hard bound on a family's state, and what is given up first when a history is longer than any real one.

Rows travel in one Kafka record, and a family whose row no broker takes would stop its whole partition: so a broken
feed must not be able to grow one without end. What is given up, in this order: reasons raised longest ago (their
prompts stay, only later corrections of them go untold), then the oldest school weeks, then the facts with the oldest
dates, at last the oldest episodes (the learner does not hear of them). Which ones go depends on the state alone, not on
the order in which it came about.
"""

from __future__ import annotations

from msgspec.structs import replace

from models.family.facts import pack_facts
from models.family.marks import give_up_week, oldest_week
from models.family.state import FamilyState, Row, Strand, Watched
from schemas.identifiers import Day, FactKey, IdentifierId

MAX_STATE_BYTES = 512 * 1024
"""Encoded. Half of what a record may hold, so that the outbox of a batch finds room beside it."""

_REASON = 160
_NAMED = 60
_STRAND = 160
_ADDRESS = 90
_ROW = 64


def keep_bounded(state: FamilyState, most: int = MAX_STATE_BYTES) -> FamilyState:
    """The state within its bound. The same state where it is, which is always but for a feed gone wrong."""
    if (most >= MAX_STATE_BYTES and _is_surely_small(state)) or weigh(state) <= most:
        return state
    for give_up in (_oldest_reason, _oldest_week, _oldest_fact, _oldest_row):
        while weigh(state) > most:
            lighter = give_up(state)
            if lighter is state:
                break
            state = lighter
    return state


def _is_surely_small(state: FamilyState) -> bool:
    """A cheap look at the counts, enough for all ordinary families: even with the longest texts they are in bounds."""
    if len(state.strands) > 20 or len(state.watched) > 20 or len(state.addresses) > 200:
        return False
    if state.rows and sum(len(row.who) + len(row.was_in) for row in state.rows) > 200:
        return False
    held = 0
    for strand in state.strands.values():
        held += len(strand.told) + len(strand.settled)
        for packed in strand.weeks.values():
            held += len(packed)
    return held <= MAX_STATE_BYTES // 4


def weigh(state: FamilyState) -> int:
    """Bytes that the encoded state cannot exceed."""
    total = 64 + _ADDRESS * len(state.addresses) + sum(_weigh_reason(reason) for reason in state.watched)
    total += sum(_weigh_row(row) for row in state.rows)
    for strand in state.strands.values():
        total += _STRAND + len(strand.told) + _weigh_school(strand) + 60 * len(strand.bounds)
        total += sum(len(speaker.source) + len(speaker.agency) + 8 for speaker in strand.speakers)
    return total


def _weigh_school(strand: Strand) -> int:
    return len(strand.settled) + sum(len(packed) + 12 for packed in strand.weeks.values())


def _weigh_reason(reason: Watched) -> int:
    return _REASON + _NAMED * len(reason.named)


def _weigh_row(row: Row) -> int:
    return _ROW + len(row.features) + sum(len(name) + 5 for name in (*row.who, *row.was_in))


def _oldest_reason(state: FamilyState) -> FamilyState:
    if not state.watched:
        return state
    oldest = min(state.watched, key=lambda reason: (reason.since, reason.id))
    return replace(state, watched=tuple(reason for reason in state.watched if reason is not oldest))


def _oldest_week(state: FamilyState) -> FamilyState:
    weeks: list[tuple[Day, IdentifierId]] = [
        (monday, identifier)
        for identifier, strand in state.strands.items()
        if (monday := oldest_week(strand)) is not None
    ]
    if not weeks:
        return state
    monday, identifier = min(weeks)
    lighter = give_up_week(state.strands[identifier], monday)
    return replace(state, strands={**state.strands, identifier: lighter})


def _oldest_fact(state: FamilyState) -> FamilyState:
    facts: list[tuple[Day, FactKey, IdentifierId]] = [
        (known.latest, key, identifier)
        for identifier, strand in state.strands.items()
        for key, known in strand.facts.items()
    ]
    if not facts:
        return state
    _, key, identifier = min(facts)
    strand = state.strands[identifier]
    kept = {other: known for other, known in strand.facts.items() if other != key}
    return replace(state, strands={**state.strands, identifier: replace(strand, told=pack_facts(kept))})


def _oldest_row(state: FamilyState) -> FamilyState:
    return replace(state, rows=state.rows[1:]) if state.rows else state
