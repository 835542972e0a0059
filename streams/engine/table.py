"""A Faust table of bytes, in memory, whose changelog is written once per settled batch.

One agent writes a table, and does not await between reading it and `settle`. Values must carry the row header
(`header.py`); the engine knows nothing else of them.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, cast

import faust
from faust.types import TP, EventT

from streams.engine.batch import Batch
from streams.engine.due import DueList
from streams.engine.ending import Reason
from streams.engine.header import NEVER, CorruptRow, tombstone_guard, tombstone_headers, wake_of
from streams.engine.highest import HighestGuard
from streams.engine.outputs import Parcels, Record
from streams.engine.producer import Written
from streams.engine.progress import RecoveryAdvanced, StaleRowsRepaired

if TYPE_CHECKING:
    from streams.engine.app import EngineApp

TICK_PREFIX: Final = b"__tick/"
"""Keys of heartbeat rows. A quiet changelog partition never rolls its segment, so nothing in it is ever
compacted away; erasure needs a row now and then. Readers and recovery skip them."""


class BatchTable(faust.Table[bytes, bytes]):
    """bytes -> bytes; read with `get`, `[]` and `in`, write with `[key] = row` and `del [key]`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.engine = cast("EngineApp", self.app)
        self.rows: dict[bytes, bytes] = {}
        self._homes: dict[bytes, int] = {}  # partition of each key, also of deleted ones that recovery met
        self._truth = HighestGuard(self.rows, enabled=self.engine.safeguards.highest_guard)
        self._changed: defaultdict[int, dict[bytes, Record]] = defaultdict(dict)
        self._writer: Batch | None = None  # whose changes these are
        self._applied: dict[TP, int] = {}  # last changelog offset that memory contains
        self._replayed: set[int] = set()  # partitions read since the last recovery ended
        self.records_replayed = 0
        self._due = DueList(self._wake_of)

    async def on_start(self) -> None:
        """Put our dictionaries into Faust's memory store: it drops the keys of lost partitions.

        Not earlier: the store binds itself to the event loop that runs when it is made.
        """
        self.data.data = self.rows
        self.data._key_partition = self._homes  # type: ignore[attr-defined]
        await super().on_start()

    # Reading and writing, by the agent

    def get(self, key: bytes, default: Any = None) -> Any:
        """The row of a key, as written; `default` if there is none."""
        return self.rows.get(key, default)

    def __delitem__(self, key: bytes) -> None:
        """Delete a row. Also where there is none: somebody's late row of that key may be on its way."""
        self.on_key_del(key)
        self.rows.pop(key, None)

    def due(self, partition: int, until: int) -> list[bytes]:
        """Keys of a partition whose `wake_at` is not later than `until` (ms), earliest first.

        As of the last batch: the caller must look at what it changed since itself.
        """
        return self._due.due(partition, until)

    def on_key_get(self, key: bytes) -> None:
        """Faust would call a sensor for each read."""

    def on_key_set(self, key: bytes, value: bytes) -> None:
        """Remember the change for `settle`. Called before memory changes."""
        partition = self._open(key)
        self._due.note(partition, key, self._wake_of(key), wake_of(value))
        self._changed[partition][key] = (key, value, (), None)
        self._homes[key] = partition
        self._truth.unbury(key)

    def on_key_del(self, key: bytes) -> None:
        """Remember the tombstone for `settle`; it contains all that its batch has seen."""
        partition = self._open(key)
        guard = cast("Batch", self._writer).offset
        self._due.note(partition, key, self._wake_of(key), NEVER)
        self._changed[partition][key] = (key, None, tombstone_headers(guard), None)
        self._truth.bury(key, guard)

    def _open(self, key: bytes) -> int:
        """The partition of the batch in hand, which a change of this key belongs to."""
        partition = cast("int", self.partition_for_key(key))
        batch = cast("Batch", cast("EventT[Batch]", faust.current_event()).value)
        if self._writer is not batch:
            if self._changed:
                self.engine.end(Reason.BATCHES_MIXED, table=self.name)
            self._writer = batch
        if key.startswith(TICK_PREFIX):
            raise ValueError("keys of heartbeat rows belong to the engine")
        return partition

    def _wake_of(self, key: bytes) -> int:
        row = self.rows.get(key)
        return NEVER if row is None else wake_of(row)

    # Writing the changelog, for `settle`

    def take_changes(self, parcels: Parcels) -> int:
        """Move the changes into the parcels; how many rows that is. No await may come in between."""
        count = 0
        for partition, records in self._changed.items():
            parcels.setdefault((self.changelog_topic_name, partition), []).extend(records.values())
            count += len(records)
        self._changed = defaultdict(dict)
        self._writer = None
        return count

    def note_written(self, written: Iterable[Written]) -> None:
        """Our own rows are in the changelog now: no need to read them back."""
        for tp, first, records in written:
            if tp.topic == self.changelog_topic_name:
                self._applied[tp] = max(self._applied.get(tp, -1), first + records - 1)

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
                    self._replay(record)
            except CorruptRow as error:
                self._give_up(Reason.STATE_CORRUPT, error, records.tp, offset)
            except Exception as error:  # noqa: BLE001 - incomplete state must not pass for state
                self._give_up(Reason.RECOVERY_FAILED, error, records.tp, offset)
            self._applied[records.tp] = max(self._applied.get(records.tp, -1), records.offset)
            self.records_replayed += len(records)
            self._replayed.add(records.tp.partition)
            remaining = self.app.tables.recovery.active_remaining_total()  # type: ignore[attr-defined]
            self.engine.tell(RecoveryAdvanced(self.name, len(records), remaining))

    def _replay(self, record: Any) -> None:
        key, value = record.key, record.value
        if key.startswith(TICK_PREFIX):
            return
        self._truth.replay(key, value, tombstone_guard(record.headers) if value is None else None)
        self._homes[key] = record.partition  # also of a deleted key: its grave has a partition too

    def _give_up(self, reason: Reason, error: Exception, tp: TP, offset: int) -> None:
        self.engine.end(reason, error, topic=tp.topic, partition=tp.partition, offset=offset)

    def persisted_offset(self, tp: TP) -> int | None:
        """Where Faust begins to read: behind what memory contains."""
        return self._applied.get(tp)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Everything is read: forget what is not ours any more, and mend what a sleeping owner left."""
        try:
            await super().on_recovery_completed(active_tps, standby_tps)  # drops the keys of lost partitions
            self._applied = {tp: at for tp, at in self._applied.items() if tp in active_tps}
            for tp in active_tps:
                self._applied.setdefault(tp, -1)
            self._rebuild_due({tp.partition for tp in active_tps})
            await self._repair()
        except Exception as error:  # noqa: BLE001 - Faust drops exceptions of this callback
            self.engine.end(Reason.REPAIR_FAILED, error, table=self.name)

    def _rebuild_due(self, ours: set[int]) -> None:
        self._due.forget(ours)
        entries: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for key, row in self.rows.items():
            if (home := self._homes[key]) in self._replayed:
                entries[home].append((wake_of(row), key))
        for partition in self._replayed & ours:
            self._due.rebuild(partition, entries[partition])
        self._replayed.clear()

    async def _repair(self) -> None:
        """Write the winners again, so that the last row of each key is the truth once more."""
        parcels: Parcels = {}
        stale, self._truth.stale = self._truth.stale, set()
        for key in stale:
            home = self._homes.get(key)
            if home is None:
                continue  # of a partition that went elsewhere
            row = self.rows.get(key)
            headers = tombstone_headers(self._truth.guard(key)) if row is None else ()
            parcels.setdefault((self.changelog_topic_name, home), []).append((key, row, headers, None))
        if parcels:
            async with asyncio.timeout(self.engine.lease.seconds):
                self.note_written(await self.engine.batch_producer.send_parcels(parcels))
            self.engine.tell(StaleRowsRepaired(self.name, sum(map(len, parcels.values()))))
