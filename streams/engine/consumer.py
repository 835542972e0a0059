"""A Faust consumer whose message is one partition batch instead of one record.

`Consumer._getmany` is what every driver of Faust implements, and all that we change of the flow: it returns
`{partition: [one Batch]}` where the driver returns `{partition: [records]}`. Scheduler, conductor, stream and
agent carry a batch as if it were a record.

Three laws are kept here, each with a defect of the stock consumer behind it (README, "Why not stock Faust"):

1. *Gapless*: an agent sees every record of a partition once and in order, whatever a rebalance wiped.
2. *Only settled batches are committed*, and each must begin where the one before ended.
3. *Never full*: we fetch for an agent only while it has at most a few batches waiting, so no delivery is ever
   left hanging when a partition is revoked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from streams.engine.batch import Batch
from streams.engine.ending import Reason
from streams.engine.progress import OffsetsCommitted, OffsetsMissing, PartitionsAssigned

if TYPE_CHECKING:
    from streams.engine.app import EngineApp

FETCH_WAIT_MS: Final = 500
WAITING_BATCHES: Final = 2
IDLE_SECONDS: Final = 0.01
SHORT_POLL_SECONDS: Final = 0.02  # while some agent is busy: do not let it wait for another one's topic


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's, but that a fetch of which nothing comes waits half a second, as is usual, and not three times as long.

    The broker answers a connection in order: whatever is asked behind such a fetch waits as long, at each start, too.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer


class BatchConsumer(driver.Consumer):
    """Delivers batches, and commits the settled ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.engine = cast("EngineApp", self.app)
        self._wanted: dict[TP, int] = {}  # next offset an agent has to see
        self._reread: dict[TP, int] = {}  # first offset behind a gap we asked the broker about
        self._began: dict[TP, int] = {}  # where we begin since the last seek
        self._settled: dict[TP, int] = {}  # next offset to commit, of what was settled since the assignment

    def _new_consumer_thread(self) -> BatchConsumerThread:
        return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # Delivery

    def is_input(self, tp: TP) -> bool:
        """Whether agents read it; else it is a changelog."""
        return self.app.topics.acks_enabled_for(tp.topic)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, list[Batch]]:
        active = active_partitions or set()
        wanted = {tp for tp in active if self._is_wanted(tp)}
        if not wanted:  # the client takes an empty set for "all partitions"
            await asyncio.sleep(IDLE_SECONDS)
            return {}
        if len(wanted) < len(active):
            timeout = min(timeout, SHORT_POLL_SECONDS)
        try:
            fetched = await super()._getmany(wanted, timeout)
        except ConsumerStoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - stock Faust would log it, fetch no more, and look healthy
            self.engine.end(Reason.FETCH_FAILED, error)
        batches: dict[TP, list[Batch]] = {}
        for tp, records in fetched.items():
            batch = await self._next_batch(tp, records) if self.is_input(tp) else Batch(tp, records)
            if batch:
                batches[tp] = [batch]
        return batches

    def _is_wanted(self, tp: TP) -> bool:
        if self.is_input(tp) and self.app.rebalancing and self.engine.safeguards.gapless:
            return False  # Faust seeks and then wipes the agents' queues when a rebalance ends
        waiting = sum(topic.queue.qsize() for topic in self.app.topics if tp.topic in topic.topics)
        return waiting <= WAITING_BATCHES

    async def _next_batch(self, tp: TP, records: list[Any]) -> Batch | None:
        """The batch that is due. A fetch that crossed a rebalance may repeat or skip records."""
        if not self.engine.safeguards.gapless:
            return Batch(tp, records)
        if self.app.rebalancing:
            return None
        due = self._wanted.get(tp)
        if due is not None and records[0].offset < due:
            records = [record for record in records if record.offset >= due]
        if not records:
            return None
        first = records[0].offset
        if due is not None and first > due:
            if self._reread.get(tp) != first:  # skipped by us, or absent in the log? Read once more.
                self._reread[tp] = first
                await self.seek(tp, due)
                return None
            self.engine.tell(OffsetsMissing(tp, due, first - 1))
        self._wanted[tp] = records[-1].offset + 1
        self._read_offset[tp] = None  # the stock filter would drop a batch that was read again
        return Batch(tp, records, due)

    async def perform_seek(self) -> None:
        """Go back to what is committed: what was fetched or queued before no longer counts.

        Faust does this at the end of every rebalance, and sometimes in the middle, when the assignment may change
        meanwhile; the last time is the one that counts.
        """
        await super().perform_seek()
        inputs = {tp for tp in self.assignment() if self.is_input(tp)}
        self._wanted = {tp: at for tp in inputs if (at := self._read_offset[tp]) is not None}
        if fresh := inputs - self._wanted.keys():
            self._wanted.update(await self.earliest_offsets(*fresh))
        self._began = dict(self._wanted)
        self._reread.clear()

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        batch = cast("Batch", record)
        last = batch[-1]
        return ConsumerMessage(
            topic=tp.topic,
            partition=tp.partition,
            offset=batch.offset,
            timestamp=(last.timestamp or 0) / 1000.0,
            timestamp_type=last.timestamp_type,
            headers=[],
            key=None,
            value=batch,  # type: ignore[arg-type]  # this is the trick: Faust passes raw values on untouched
            checksum=None,
            serialized_key_size=0,
            serialized_value_size=0,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    # Commit

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Stock would count the offsets inside a batch as acknowledged; here `settle` decides."""

    def mark_settled(self, batch: Batch) -> None:
        """The brokers hold all that followed from this batch: its offsets may be committed."""
        due = self._settled.get(batch.tp, self._began.get(batch.tp))
        if due is not None and batch.start != due and self.engine.safeguards.unsettled:
            self.engine.end(Reason.SETTLED_OUT_OF_TURN, topic=batch.tp.topic, partition=batch.tp.partition, offset=due)
        self._settled[batch.tp] = batch.offset + 1

    def positions(self) -> dict[TP, int]:
        """The next offset of each input partition that is not settled yet."""
        return self._began | self._settled

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Commit what was settled since the last commit; Faust's own acknowledgements have no say."""
        started = time.monotonic()
        offsets = {tp: at for tp, at in self._settled.items() if at != (self._committed_offset[tp] or 0)}
        for tp in offsets:
            self._acked[tp].clear()
            self._acked_index[tp].clear()
        if not offsets or not await self._commit_offsets(offsets, start_new_transaction):
            return False
        self.engine.lease.confirm(started)
        self.engine.tell(OffsetsCommitted(offsets, time.monotonic() - started))
        return True

    async def wait_empty(self) -> None:
        """Before a partition is handed over, and at the end: wait for what is in hand, then for what is on its way, and
        commit it all. Nothing new is taken meanwhile."""
        await super().wait_empty()
        await self.engine.on_the_way.finished()
        await self.commit_and_end_transactions()

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """A new share of the partitions; what was settled before is committed or another's by now."""
        self._settled.clear()
        self.engine.tell(PartitionsAssigned(frozenset(tp for tp in assigned if self.is_input(tp))))
        await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Waits for the batch in hand and commits it; then forgets what is no longer ours."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._settled.pop(tp, None)
            self._wanted.pop(tp, None)
            self._acked.pop(tp, None)
            self._acked_index.pop(tp, None)
