"""One batch of statements against the memory of natural keys: to whom each goes, and what became of it.

Pure but for the table and the link map that it is given. A repeat sends again what the first time sent, wherever the
links point by now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from models.calendar.local_time import local_day, midnight
from models.intake.feed_counts import counted_on
from models.intake.links import LinkMap
from models.intake.listening import Listened, Verdict, listen
from models.intake.memory import NEVER_FORGOTTEN, Memory
from schemas.desk_events import DeskRecord, Heard
from schemas.events import STATEMENTS_LOG, FamilyRecord, Origin, TimePassed
from schemas.facts import WireKind
from schemas.identifiers import AgencyId, Day, Moment
from schemas.statements import Statement
from streams.delivery import Held, Hops, Outbox, Sent
from streams.engine.batch import Batch
from streams.engine.header import NEVER, pack, unpack
from streams.engine.outputs import Output
from streams.intake.counting import Counting, counts_key
from streams.topics import DESK_EVENTS, FAMILY_EVENTS, LINKS

MEMORY_VERSION = 1
TICK_PREFIX = b"__tick"


class StatementTable(Protocol):
    """What a step needs of the engine's table."""

    def get(self, key: bytes) -> bytes | None: ...
    def due(self, partition: int, until: int) -> list[bytes]: ...
    def __setitem__(self, key: bytes, value: bytes) -> None: ...
    def __delitem__(self, key: bytes) -> None: ...


class StatementRecord(Struct, frozen=True, gc=False, array_like=True):
    """A statement as it lies on ``earlyword.statements.v1``, with the partner's record that it was made from."""

    origin: Origin
    statement: Statement


class MemoryRow(Struct, frozen=True, gc=False, array_like=True):
    """The memory of a natural key as it lies in the table, behind the engine's header."""

    hops: Hops
    outbox: Outbox
    memory: Memory


class Counted(Struct, frozen=True, gc=False):
    """What became of one record, for the metrics: exactly one per record of a partner."""

    agency: AgencyId
    kind: WireKind
    verdict: Verdict
    received_at: Moment
    recorded_at: Moment


class Announced:
    """The feeds and local days that this process has told the desk of.

    Each process tells each day of a feed once, not each record. A new process begins with nothing and tells some again,
    which changes nothing. What it told lies in the outbox of the row that it told it with, so that a crash before the
    brokers had it loses nothing: only a settled batch is committed.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[AgencyId, WireKind], set[Day]] = {}

    def tell(self, statement: Statement, origin: Origin) -> tuple[Sent, ...]:
        """The record for the desk, none if it has it already."""
        day = local_day(statement.received_at)
        days = self._told.setdefault((statement.agency, statement.kind), set())
        if day in days:
            return ()
        days.add(day)
        heard = Heard(statement.agency, statement.kind, day)
        return (Sent(DESK_EVENTS, b"feed", _encode(DeskRecord(origin, heard)), (), 0),)


class Step(Struct, frozen=True, gc=False):
    """What follows from a batch."""

    outputs: list[Output]
    counted: list[Counted]
    overflows: bool = False


_encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(MemoryRow).decode
_record = msgspec.msgpack.Decoder(StatementRecord).decode
_time = msgspec.msgpack.Decoder(FamilyRecord).decode


def step(
    memories: StatementTable,
    batch: Batch,
    links: LinkMap,
    dead_letter: Callable[[Statement], Sent],
    set_aside_bug: Callable[[Any], Sent],
    announced: Announced | None = None,
) -> Step:
    """Compare a batch of statements with what was said before; what is new goes to the families it names.

    What was accepted counts for its feed, and the learner is told the counts of days that are over.
    ``announced``: which feeds the desk was told of; without it the desk is told of none.
    """
    touched: dict[bytes, Held[Memory]] = {}
    outputs: list[Output] = []
    counted: list[Counted] = []
    log = STATEMENTS_LOG + batch.tp.partition
    now = Moment(0)
    counting = Counting(memories.get(counts_key(batch.tp.partition)), batch.tp.partition, batch.start)

    def held(key: bytes) -> Held[Memory]:
        found = touched.get(key)
        if found is None:
            found = touched[key] = _open(memories.get(key), batch.start)
        return found

    for record in batch:
        key = record.key or b""
        try:
            if key.startswith(TICK_PREFIX):
                event = _time(record.value or b"").event
                if isinstance(event, TimePassed):
                    now = max(now, event.at)
                    for due in memories.due(batch.tp.partition, event.at // 1000):
                        held(due).is_changed = True
                    outputs.extend(counting.pass_time(record.offset, local_day(event.at)))
                continue
            told = _record(record.value or b"")
            now = max(now, told.statement.received_at)
            memory = held(key)
            if memory.is_repeat(record.offset):
                outputs.extend(sent.output() for sent in memory.sent_for(record.offset))
                continue
            if memory.has_hopped(told.origin):
                continue
            listened = listen(memory.story, told.statement, links)
            sent = tuple(_sent(listened, told.statement, log, record.offset, dead_letter))
            if announced is not None and listened.verdict.is_accepted:
                sent += announced.tell(told.statement, Origin(log, record.offset, len(sent)))
            memory.keep(listened.memory, record.offset, told.origin, sent)
            outputs.extend(entry.output() for entry in sent)
            counted.append(_count(told.statement, listened.verdict))
            if (feed_day := counted_on(listened, told.statement)) is not None:
                counting.count(record.offset, feed_day)
        except Exception:  # noqa: BLE001  # one bad record is set aside; it must never raise into Faust, which loses it
            outputs.append(set_aside_bug(record).output())
    if (row := counting.row()) is not None:
        memories[counts_key(batch.tp.partition)] = row  # first: see ``counting.py``
    _write(memories, touched, now)
    overflows = counting.overflows or any(memory.overflows for memory in touched.values())
    return Step(outputs, counted, overflows)


def _count(statement: Statement, verdict: Verdict) -> Counted:
    return Counted(statement.agency, statement.kind, verdict, statement.received_at, statement.version.recorded_at)


def _sent(
    listened: Listened, statement: Statement, log: int, offset: int, dead_letter: Callable[[Statement], Sent]
) -> Iterable[Sent]:
    if listened.verdict is Verdict.ID_REUSE:
        yield dead_letter(statement)
    if listened.link is not None:
        yield Sent(LINKS, statement.key.encode(), _encode(listened.link))
    for index, forwarded in enumerate(listened.for_families):
        record = FamilyRecord(Origin(log, offset, index), forwarded.event)
        yield Sent(FAMILY_EVENTS, forwarded.family.encode(), _encode(record))


def _open(row: bytes | None, batch_start: int) -> Held[Memory]:
    if row is None:
        return Held(Memory(), -1, {}, (), batch_start)
    header = unpack(row)
    kept = _row(header.payload)
    return Held(kept.memory, header.guard, kept.hops, kept.outbox, batch_start)


def _write(memories: StatementTable, touched: dict[bytes, Held[Memory]], now: Moment) -> None:
    """Store what changed. A memory of which all is forgotten leaves; an outbox makes its row due at the next tick."""
    today = local_day(now)
    for key, memory in touched.items():
        if not memory.is_changed:
            continue
        outbox = memory.outbox_to_keep()
        if not outbox and memory.story.forgotten_on <= today:
            del memories[key]
            continue
        wake = now // 1000 if outbox else _wake(memory.story.forgotten_on)
        payload = _encode(MemoryRow(memory.hops, outbox, memory.story))
        memories[key] = pack(payload, guard=max(0, memory.guard), wake_at=wake, schema=MEMORY_VERSION)


def _wake(forgotten_on: Day) -> int:
    return NEVER if forgotten_on >= NEVER_FORGOTTEN else midnight(forgotten_on) // 1000
