"""Small stand-ins for what surrounds the part under test: an app that ends by raising, records, batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRecord
from faust.types import TP

from streams.engine import Batch, Safeguards
from streams.engine.ending import Reason
from streams.engine.lease import Lease
from streams.engine.outputs import Parcels
from streams.engine.producer import Written
from streams.engine.progress import EngineEvent

EVENTS = TP("events", 0)


class Ended(Exception):  # noqa: N818 - what happened
    """The process would have ended now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def a_record(
    offset: int,
    key: bytes | None = b"anna",
    value: bytes | None = b"marker-word",
    tp: TP = EVENTS,
    headers: tuple[tuple[str, bytes], ...] = (),
) -> ConsumerRecord[bytes | None, bytes | None]:
    return ConsumerRecord(tp.topic, tp.partition, offset, 0, 0, key, value, None, 0, 0, headers)


def a_batch(*offsets: int, tp: TP = EVENTS, start: int | None = None) -> Batch:
    return Batch(tp, [a_record(offset, tp=tp) for offset in offsets], start)


@dataclass
class FakeTable:
    """A table with changes waiting; it notes what was asked of it."""

    name: str
    waiting: dict[tuple[str, int], list[Any]] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)

    def take_changes(self, parcels: Parcels, batch: Batch | None = None) -> int:
        for where, records in self.waiting.items():
            parcels.setdefault(where, []).extend(records)
        taken, self.waiting = self.waiting, {}
        return sum(map(len, taken.values()))

    def note_written(self, written: Iterable[Written]) -> None:
        self.written += written


@dataclass
class FakeDesk:
    """Notes the batches that agents gave back settled."""

    returned: list[Batch]

    def settled(self, batch: Batch) -> None:
        self.returned.append(batch)

    def sent_off(self, batch: Batch) -> None:
        self.returned.append(batch)


class FakeApp:
    """What `settle` and the consumer ask of an app."""

    def __init__(self, *tables: FakeTable, session: float = 30.0, safeguards: Safeguards | None = None) -> None:
        self.tables = tables
        self.safeguards = safeguards or Safeguards()
        self.lease = Lease(session)
        self.told: list[EngineEvent] = []
        self.rebalancing = False
        self.should_stop = False
        self.batch_producer: Any = None
        self.settled: list[Batch] = []
        self.returned: list[Batch] = []
        self.batch_consumer = self
        self.desk = FakeDesk(self.returned)

    def batch_tables(self) -> tuple[FakeTable, ...]:
        return self.tables

    def mark_settled(self, batch: Batch) -> None:
        self.settled.append(batch)

    def tell(self, event: EngineEvent) -> None:
        self.told.append(event)

    def end(self, reason: Reason, cause: BaseException | None = None, **where: object) -> None:
        raise Ended(reason)
