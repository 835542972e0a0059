"""Batches on their way to the brokers while their agent goes on with another partition.

An agent that awaits each batch spends most of a quiet second waiting: of sixty partitions each has a record or two, and
each costs a round trip of its own. Partitions have nothing to do with each other, so their batches may be on the way
together; of one partition there is one at a time, and the next is not even judged before.

What was promised for a batch in hand holds for one on its way: nothing of it is committed before the brokers have all
of it, a partition is handed over only when it is settled, and whatever goes wrong ends the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from faust.types import TP

from streams.engine.batch import Batch
from streams.engine.ending import Reason
from streams.engine.outputs import Output
from streams.engine.settle import Collected, collect, store

if TYPE_CHECKING:
    from streams.engine.app import EngineApp


class OnTheWay:
    """What the agents of one app have sent off, by partition."""

    def __init__(self, app: EngineApp) -> None:
        self._app = app
        self._tasks: dict[TP, asyncio.Task[None]] = {}

    async def turn_of(self, batch: Batch) -> None:
        """Wait until the batch before this one of its partition is settled: only now may it be judged."""
        task = self._tasks.get(batch.tp)
        if task is not None:
            await asyncio.wait({task})  # who waits may be cancelled; what is on its way may not

    def settle(
        self, batch: Batch, outputs: Iterable[Output] = (), *, outputs_first: bool = False, then: Callable[[], None]
    ) -> None:
        """Send it off, as `settle` does, and return at once. `then` is called when the brokers have all of it.

        No await may come between reading the table and this.
        """
        if batch.tp in self._tasks:
            self._app.end(Reason.SETTLED_OUT_OF_TURN, topic=batch.tp.topic, partition=batch.tp.partition)
        collected = collect(self._app, batch, outputs, outputs_first=outputs_first)
        self._app.desk.sent_off(batch)
        self._tasks[batch.tp] = asyncio.create_task(self._settle(batch, collected, then))

    async def finished(self) -> None:
        """Wait until everything is settled that was sent off so far."""
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def _settle(self, batch: Batch, collected: Collected, then: Callable[[], None]) -> None:
        try:
            await store(self._app, batch, collected)
            then()
        except Exception as error:  # noqa: BLE001 - nobody awaits this task's answer
            self._app.end(Reason.AGENT_RAISED, error, topic=batch.tp.topic, partition=batch.tp.partition)
        finally:
            del self._tasks[batch.tp]
