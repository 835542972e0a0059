"""Records sent because time passed: to each partition we own, by its owner.

There is no other clock in the product: time reaches a state machine as a record on its own topic, so a replay gives
the same answer. At a rebalance two workers may both tick a partition; ticks must be idempotent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from aiokafka.errors import KafkaError
from faust.types import TP

from streams.engine.outputs import Parcels
from streams.engine.progress import TickMissed

if TYPE_CHECKING:
    from streams.engine.app import EngineApp

Clock: TypeAlias = Callable[[int], int | None]
"""The time of a partition, ms since 1970 UTC; None while it has none yet."""
Making: TypeAlias = Callable[[int, int], Iterable[tuple[bytes | None, bytes]]]
"""Partition and time in, keys and values of the records to send out."""


def wall_clock(partition: int) -> int:
    """The time of this machine, in ms, the same for each partition."""
    return time.time_ns() // 1_000_000


class Ticker:
    """Each period, for each partition of `topic` that is ours: send what `make` returns to that very partition.

    Give `run` to `EngineApp.accompany`. A tick that cannot be sent is told (`TickMissed`) and left to the next
    period; an exception of `make` or `clock` ends the process.
    """

    def __init__(self, app: EngineApp, topic: str, period: float, make: Making, *, clock: Clock = wall_clock) -> None:
        self._app = app
        self._topic = topic
        self._period = period
        self._make = make
        self._clock = clock

    async def run(self) -> None:
        """Tick for ever. The period is in seconds of this machine, whatever the clock says."""
        while True:
            await asyncio.sleep(self._period)
            if self._app.desk.is_ready:
                await self.tick()

    async def tick(self) -> None:
        """Tick each of our partitions once."""
        for tp in sorted(self._app.inputs()):
            if tp.topic == self._topic and (now := self._clock(tp.partition)) is not None:
                await self._send(tp, now)

    async def _send(self, tp: TP, now: int) -> None:
        records = [(key, value, (), None) for key, value in self._make(tp.partition, now)]
        if not records:
            return
        parcels: Parcels = {(tp.topic, tp.partition): list(records)}
        try:
            async with asyncio.timeout(self._app.lease.seconds):
                await self._app.batch_producer.send_parcels(parcels)
        except (KafkaError, TimeoutError):
            self._app.tell(TickMissed(tp.topic, tp.partition))


class Heartbeats:
    """Each period, write a heartbeat row to each changelog partition we own (`BatchTable.beat`).

    Give `run` to `EngineApp.accompany`. The period should be well below `max.compaction.lag.ms`: erasure waits for it.
    """

    def __init__(self, app: EngineApp, period: float) -> None:
        self._app = app
        self._period = period

    async def run(self) -> None:
        """Beat for ever; a beat that fails is left to the next period."""
        while True:
            await asyncio.sleep(self._period)
            if not self._app.desk.is_ready:
                continue
            for table in self._app.batch_tables():
                try:
                    async with asyncio.timeout(self._app.lease.seconds):
                        await table.beat()
                except (KafkaError, TimeoutError):
                    self._app.tell(TickMissed(table.changelog_topic_name, -1))
