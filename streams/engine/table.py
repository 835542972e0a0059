"""A Faust table of bytes, in memory, whose changelog is written once per settled batch.

One agent writes a table, and does not await between reading it and sending it off. Values must carry the row header
(`header.py`); the engine knows nothing else of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import faust
from faust.tables import manager
from faust.types import TP, EventT

from streams.engine.batch import Batch
from streams.engine.ending import Reason
from streams.engine.header import CorruptRow
from streams.engine.memory import TICK_PREFIX, Memory
from streams.engine.outputs import Parcels, Record
from streams.engine.producer import Written
from streams.engine.progress import RecoveryAdvanced, StaleRowsRepaired

if TYPE_CHECKING:
    from streams.engine.app import EngineApp


class TableManager(manager.TableManager):
    """Faust's, without the second that it waits at each start: our agents and tables are declared before it."""

    async def on_start(self) -> None:
        """Register the tables, and be ready to recover."""
        await self._update_channels()
        await self.recovery.start()


class BatchTable(faust.Table[bytes, bytes]):
    """bytes -> bytes; read with `get`, `[]` and `in`, write with `[key] = row` and `del [key]`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.engine = cast("EngineApp", self.app)
        self.memory = Memory(highest_guard=self.engine.safeguards.highest_guard)
        self.records_replayed = 0
        self._changed: dict[tuple[int, bytes], Record] = {}
        self._writer: Batch | None = None  # whose changes these are
        self._source = ""  # the topic whose batches change it; partition by partition, as the changelog
        self._applied: dict[TP, int] = {}  # last changelog offset that memory contains

    async def on_start(self) -> None:
        """Put our dictionaries into Faust's memory store: it drops the keys of lost partitions.

        Not earlier: the store binds itself to the event loop that runs when it is made.
        """
        self.data.data = self.memory.rows
        self.data._key_partition = self.memory.homes  # type: ignore[attr-defined]
        await super().on_start()

    # Reading and writing, by the agent

    def get(self, key: bytes, default: Any = None) -> Any:
        """The row of a key, as written; `default` if there is none."""
        return self.memory.rows.get(key, default)

    def due(self, partition: int, until: int) -> list[bytes]:
        """Keys of a partition whose `wake_at` is not later than `until` (ms), earliest first.

        They stay due until their row says otherwise.
        """
        return self.memory.due(partition, until)

    def on_key_get(self, key: bytes) -> None:
        """Faust would call a sensor for each read."""

    def on_key_set(self, key: bytes, value: bytes) -> None:
        """Remember the change for `settle`."""
        partition, _ = self._open()
        self._changed[partition, key] = self.memory.put(partition, key, value)

    def on_key_del(self, key: bytes) -> None:
        """Remember the tombstone for `settle`; it contains all that its batch has seen."""
        partition, batch = self._open()
        self._changed[partition, key] = self.memory.delete(partition, key, batch.offset)

    def __delitem__(self, key: bytes) -> None:
        """Delete a row. Also where there is none: somebody's late row of that key may be on its way."""
        self.on_key_del(key)

    def _open(self) -> tuple[int, Batch]:
        """The partition and the batch that a change belongs to."""
        partition = cast("int", self.partition_for_key(None))
        batch = cast("Batch", cast("EventT[Batch]", faust.current_event()).value)
        if self._writer is not batch:
            if self._changed:
                self.engine.end(Reason.BATCHES_MIXED, table=self.name)
            self._writer, self._source = batch, batch.tp.topic
        return partition, batch

    # Writing the changelog, for `settle`

    def take_changes(self, parcels: Parcels, batch: Batch | None = None) -> int:
        """Move the changes into the parcels; how many rows that is. No await may come in between.

        With them go the rows that must be written again, of the batch's own partition: another batch of another one may
        be on its way, and its rows may be newer. Without a batch, as long as no agent runs, they are those of all.
        """
        topic = self.changelog_topic_name
        repaired = 0
        for partition, record in self._winners(batch):
            repaired += (partition, cast("bytes", record[0])) not in self._changed
            self._changed.setdefault((partition, cast("bytes", record[0])), record)
        for (partition, _), record in self._changed.items():
            parcels.setdefault((topic, partition), []).append(record)
        count = len(self._changed)
        self._changed = {}
        self._writer = None
        if repaired:
            self.engine.tell(StaleRowsRepaired(self.name, repaired))
        return count

    def _winners(self, batch: Batch | None) -> Iterable[tuple[int, Record]]:
        if batch is None:
            return self.memory.take_winners()
        return self.memory.take_winners(batch.tp.partition) if batch.tp.topic == self._source else ()

    def note_written(self, written: Iterable[Written]) -> None:
        """Our own rows are in the changelog now: no need to read them back; what lies between them is not ours."""
        for tp, first, records in written:
            if tp.topic != self.changelog_topic_name:
                continue
            known = self._applied.get(tp, first - 1)
            if first > known + 1:
                self.engine.mender.suspect(self, tp, known + 1, first)
            self._applied[tp] = max(known, first + records - 1)

    async def beat(self) -> None:
        """Write a heartbeat row to each changelog partition of ours, and await the brokers."""
        now = int(time.time()).to_bytes(8, "big")
        parcels: Parcels = {
            (tp.topic, tp.partition): [(TICK_PREFIX + str(tp.partition).encode(), now, (), None)]
            for tp in self._applied
        }
        self.note_written(await self.engine.batch_producer.send_parcels(parcels))

    # Recovery

    def apply_changelog_batch(self, batch: Iterable[EventT[Any]]) -> None:
        """Take changelog batches into memory. Faust would log an exception here and go on without the rows."""
        for event in batch:
            records = cast("Batch", event.value)
            offset = records.start
            try:
                for record in records:
                    offset = record.offset
                    self.memory.replay(record)
            except CorruptRow as error:
                self._give_up(Reason.STATE_CORRUPT, error, records.tp, offset)
            except Exception as error:  # noqa: BLE001 - incomplete state must not pass for state
                self._give_up(Reason.RECOVERY_FAILED, error, records.tp, offset)
            self._applied[records.tp] = max(self._applied.get(records.tp, -1), records.offset)
            self.records_replayed += len(records)
            remaining = self.app.tables.recovery.active_remaining_total()  # type: ignore[attr-defined]
            self.engine.tell(RecoveryAdvanced(self.name, len(records), remaining))

    def _give_up(self, reason: Reason, error: Exception, tp: TP, offset: int) -> None:
        self.engine.end(reason, error, topic=tp.topic, partition=tp.partition, offset=offset)

    def persisted_offset(self, tp: TP) -> int | None:
        """Where Faust begins to read: behind what memory contains."""
        return self._applied.get(tp)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Everything is read: forget what is not ours any more, and mend what a sleeping owner left."""
        try:
            await super().on_recovery_completed(active_tps, standby_tps)  # drops the keys of lost partitions
            self._applied = {tp: self._applied.get(tp, -1) for tp in active_tps}
            self.memory.keep({tp.partition for tp in active_tps})
            parcels: Parcels = {}
            if self.take_changes(parcels):  # nothing but winners: no agent runs yet
                async with asyncio.timeout(self.engine.lease.seconds):
                    self.note_written(await self.engine.batch_producer.send_parcels(parcels))
        except Exception as error:  # noqa: BLE001 - Faust drops exceptions of this callback
            self.engine.end(Reason.REPAIR_FAILED, error, table=self.name)
