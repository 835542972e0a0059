"""One batch of family events against the table of families: what changes, and what is to be sent.

Pure but for the table it is given: no clock, no await. The agent in ``agent.py`` only carries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from models.calendar.local_time import local_day
from models.family.judge import Judge
from models.family.rules import RulePack
from models.family.state import FAMILY_STATE_VERSION, NO_LOOK, FamilyState
from models.family.transition import Transition, advance, wake_at
from schemas.desk_events import DeskRecord, Raised
from schemas.events import FAMILY_LOG, FamilyRecord, Joined, Marked, Moved, Origin, TimePassed, Told
from schemas.examples import DayClosed, ExampleRecord
from schemas.identifiers import Day, FamilyId, Moment, RuleId
from streams.delivery import Held, Hops, Outbox, Sent
from streams.engine.batch import Batch
from streams.engine.header import NEVER as NEVER_WAKE
from streams.engine.header import pack, unpack
from streams.engine.outputs import Output
from streams.topics import DESK_EVENTS, EXAMPLES, FAMILY_EVENTS

TICK_KEY = b"__tick"
"""Key of the records that tell a partition the time; no family has it."""


class FamilyTable(Protocol):
    """What a step needs of the engine's table."""

    def get(self, key: bytes) -> bytes | None: ...
    def due(self, partition: int, until: int) -> list[bytes]: ...
    def __setitem__(self, key: bytes, value: bytes) -> None: ...
    def __delitem__(self, key: bytes) -> None: ...


class Step(Struct, frozen=True, gc=False):
    """What follows from a batch: the records to send, the rules that raised, and the latest moment told.

    ``closed`` is the newest day of this partition whose end the learner was told of. ``overflows``: some row kept no
    outbox, so the outputs have to be with the brokers before the rows are sent.
    """

    outputs: list[Output]
    raised: list[RuleId]
    newest: Moment
    closed: Day
    overflows: bool = False


class FamilyRow(Struct, frozen=True, gc=False, array_like=True):
    """A family as it lies in the table, behind the engine's header."""

    hops: Hops
    outbox: Outbox
    story: FamilyState


_encode = msgspec.msgpack.Encoder().encode
_row = msgspec.msgpack.Decoder(FamilyRow).decode
_record = msgspec.msgpack.Decoder(FamilyRecord).decode


def read_row(row: bytes) -> FamilyState:
    """The story in a row, for oracles and tools. Raises CorruptRow, msgspec.DecodeError."""
    return _row(unpack(row).payload).story


NONE_CLOSED = Day(0)
"""Before the first tick of a process. It tells the last day once more then, which changes nothing."""


def step(
    families: FamilyTable,
    batch: Batch,
    judge: Judge,
    pack_of_rules: RulePack,
    set_aside_bug: Callable[[Any], Sent],
    closed: Day = NONE_CLOSED,
) -> Step:
    """Tell a batch to the families it names; the outputs in the order of the records they follow from.

    ``closed`` is what the step before this one, of the same partition, said.
    """
    touched: dict[bytes, Held[FamilyState]] = {}
    outputs: list[Output] = []
    raised: list[RuleId] = []
    newest = Moment(0)
    log = FAMILY_LOG + batch.tp.partition

    def held(key: bytes) -> Held[FamilyState]:
        found = touched.get(key)
        if found is None:
            found = touched[key] = _open(families.get(key), key, batch.start)
        return found

    def tell(key: bytes, offset: int, origin: Origin | None, event: Told | Marked | Moved | Joined | TimePassed,
             first_index: int) -> None:  # fmt: skip
        family = held(key)
        if family.is_repeat(offset):
            outputs.extend(sent.output() for sent in family.sent_for(offset))
            return
        if family.has_hopped(origin):
            return
        transition = advance(family.story, event, judge, pack_of_rules)
        if not transition.says_something:  # as of nearly all events
            family.keep(transition.state, offset, origin, ())
            return
        sent = tuple(_sent(transition, log, offset, first_index, family.story.family))
        family.keep(transition.state, offset, origin, sent)
        outputs.extend(entry.output() for entry in sent)
        raised.extend(_raised_by(transition))

    for record in batch:
        try:
            told = _record(record.value or b"")
            newest = max(newest, told.event.at)
            if isinstance(told.event, TimePassed):
                for slot, key in _due(families, touched, batch.tp.partition, told.event):
                    tell(key, record.offset, None, told.event, slot)
                if (day := local_day(told.event.at)) > closed:
                    closed = day
                    outputs.append(_close_day(batch.tp.partition, day))
            else:
                tell(record.key or b"", record.offset, told.origin, told.event, 0)
        except Exception:  # noqa: BLE001  # one bad event is set aside; it must never raise into Faust, which loses it
            outputs.append(set_aside_bug(record).output())
    for key, family in touched.items():
        if not family.is_changed:
            continue
        if _is_over(family):
            del families[key]
        else:
            families[key] = _close(family)
    return Step(outputs, raised, newest, closed, any(family.overflows for family in touched.values()))


def _close_day(partition: int, day: Day) -> Output:
    """Every row that matured up to this day has been sent: it lies before this on the learner's one partition."""
    record = ExampleRecord(None, DayClosed(partition, day))
    return Output(EXAMPLES, b"closed/%d" % partition, _encode(record))


def _raised_by(transition: Transition) -> Iterable[RuleId]:
    for told in transition.for_desk:
        if isinstance(told, Raised) and told.reason.rule is not None:
            yield told.reason.rule.id


def _due(
    families: FamilyTable, touched: dict[bytes, Held[FamilyState]], partition: int, event: TimePassed
) -> Iterable[tuple[int, bytes]]:
    """The families whose time has come, each with room for its outputs in the order of positions.

    The table knows who was due before this batch; who became due in it is asked here, so that a tick means the same
    however a partition is cut into batches. A repeat may meet fewer of them: a family's place follows from its id.
    """
    due = set(families.due(partition, event.at // 1000))
    due |= {key for key, family in touched.items() if _wakes(family.story) <= event.at}
    return sorted((first_place(key), key) for key in due)


def first_place(key: bytes) -> int:
    """The index of the first output that a family has from the passing of time; 64 are its own."""
    return int.from_bytes(sha256(key).digest()[:5], "big") * 64


def _wakes(story: FamilyState) -> int:
    moment = wake_at(story)
    return NO_LOOK if moment is None else moment


def _sent(transition: Transition, log: int, offset: int, first_index: int, family: FamilyId) -> Iterable[Sent]:
    index = first_index
    for event in transition.for_desk:
        yield Sent(DESK_EVENTS, family.encode(), _encode(DeskRecord(Origin(log, offset, index), event)))
        index += 1
    for forward in transition.forwards:
        record = FamilyRecord(Origin(log, offset, index), forward.event)
        yield Sent(FAMILY_EVENTS, forward.family.encode(), _encode(record))
        index += 1
    for example in transition.examples:
        told = ExampleRecord(Origin(log, offset, index), example)
        yield Sent(EXAMPLES, example.row.encode(), _encode(told))
        index += 1


def _open(row: bytes | None, key: bytes, batch_start: int) -> Held[FamilyState]:
    if row is None:
        return Held(FamilyState(FamilyId(key.decode())), -1, {}, (), batch_start)
    header = unpack(row)
    kept = _row(header.payload)
    return Held(kept.story, header.guard, kept.hops, kept.outbox, batch_start)


def _is_over(family: Held[FamilyState]) -> bool:
    """Whether nothing is left to remember: every fact has left, and every forwarding address behind them."""
    return family.story.is_over and not family.outbox


def _close(family: Held[FamilyState]) -> bytes:
    """The row to store. While it has an outbox it is due at once, so that the next tick can empty it."""
    outbox = family.outbox_to_keep()
    moment = wake_at(family.story)
    wake = family.story.clock // 1000 if outbox else NEVER_WAKE if moment is None else moment // 1000
    return pack(
        _encode(FamilyRow(family.hops, outbox, family.story)),
        guard=family.guard,
        wake_at=max(0, wake),
        schema=FAMILY_STATE_VERSION,
    )
