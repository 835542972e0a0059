"""Reading topics whole and for oneself, outside any consumer group: the links map, the model snapshots.

An agent sees only the partitions that the group gave to its process. What every process must know in full is read
by a follower: all partitions, from the beginning to the end, then on as records come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from faust.types import TP

from streams.engine.batch import Batch
from streams.engine.progress import FollowerAdvanced, FollowerWaiting, Listener, ignore
from streams.engine.settings import EngineSettings

PAUSE_SECONDS: Final = 1.0
POLL_MS: Final = 250


class Follower:
    """Hands every record of its topics to `take`, as batches of one partition, in order.

    `take` is called on the event loop, between two steps of anything else in the process; an exception in it
    ends `run`. It must be idempotent: after broker errors the follower goes on where it was, but if the log was
    cut there (retention), it begins again.

    Give `run` to `EngineApp.accompany`, and wait for `caught_up` before the process counts as ready.
    """

    def __init__(
        self,
        settings: EngineSettings,
        *topics: str,
        take: Callable[[Batch], None],
        listener: Listener = ignore,
    ) -> None:
        self.caught_up = asyncio.Event()
        """Set once everything was read that was there when the first reading began."""
        self.positions: dict[TP, int] = {}
        """The next offset to read, by partition."""
        self._settings = settings
        self._topics = topics
        self._take = take
        self._listener = listener
        self._goal: dict[TP, int] | None = None  # the ends at the first reading

    async def run(self) -> None:
        """Follow for ever; while brokers are away, wait for them."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:  # TimeoutError is an OSError
                self._listener(FollowerWaiting(self._topics[0], type(error).__name__))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._topics,
            **self._settings.client(),
            group_id=None,  # all partitions are ours
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=self._settings.poll_records,
            max_partition_fetch_bytes=self._settings.fetch_bytes,
        )
        try:
            await consumer.start()
            await self._begin(consumer)
            if not self.caught_up.is_set():
                await self._look_for_the_end(consumer)  # of an empty topic nothing will ever be fetched
            while True:
                fetched = await consumer.getmany(timeout_ms=POLL_MS)
                for partition, records in fetched.items():
                    tp = TP(partition.topic, partition.partition)
                    self._take(Batch(tp, records))
                    self.positions[tp] = records[-1].offset + 1
                if not self.caught_up.is_set():
                    await self._look_for_the_end(consumer)
                for partition, records in fetched.items():
                    self._listener(FollowerAdvanced(partition.topic, len(records), self.caught_up.is_set()))
        finally:
            await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        """Go on where we were; at the first time, remember how far there is to go."""
        partitions = consumer.assignment()
        if self._goal is None:
            ends = await consumer.end_offsets(partitions)
            self._goal = {TP(at.topic, at.partition): end for at, end in ends.items()}
        for partition in partitions:
            if (position := self.positions.get(TP(partition.topic, partition.partition))) is not None:
                consumer.seek(partition, position)

    async def _look_for_the_end(self, consumer: AIOKafkaConsumer) -> None:
        """The position decides, not the last record: compaction may have taken the last offsets."""
        goal = self._goal or {}
        for partition in consumer.assignment():
            if await consumer.position(partition) < goal.get(TP(partition.topic, partition.partition), 0):
                return
        self.caught_up.set()
