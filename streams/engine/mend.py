"""Reading what somebody else wrote into our changelog.

Between two rows that we wrote there should be nothing. If there is, a former owner's late rows landed behind ours
(`highest.py`). Recovery would put that right, but it may come months later, and compaction keeps the last row of a
key only: the good one would be gone by then. So the owner looks at the foreign rows at once, and writes the better
ones again with the next batch of that partition.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP

if TYPE_CHECKING:
    from streams.engine.app import EngineApp
    from streams.engine.table import BatchTable

PAUSE_SECONDS: Final = 1.0
POLL_MS: Final = 500


class Mender:
    """Compares the foreign rows of our changelogs with memory."""

    def __init__(self, app: EngineApp) -> None:
        self._app = app
        self._suspected: deque[tuple[BatchTable, TP, int, int]] = deque()
        self._called = asyncio.Event()

    def suspect(self, table: BatchTable, tp: TP, first: int, end: int) -> None:
        """The changelog offsets from `first` to before `end` are not ours."""
        self._suspected.append((table, tp, first, end))
        self._called.set()

    async def run(self) -> None:
        """Look at what is suspected, for ever; while brokers are away, try again."""
        while True:
            await self._called.wait()
            self._called.clear()
            while self._suspected:
                try:
                    await self._look(*self._suspected[0])
                    self._suspected.popleft()
                except (KafkaError, OSError):  # TimeoutError is an OSError
                    await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self, table: BatchTable, tp: TP, first: int, end: int) -> None:
        partition = TopicPartition(tp.topic, tp.partition)
        consumer = AIOKafkaConsumer(
            **self._app.settings.client(), enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            consumer.assign([partition])
            consumer.seek(partition, first)
            while await consumer.position(partition) < end:
                for record in (await consumer.getmany(partition, timeout_ms=POLL_MS)).get(partition, []):
                    if record.offset < end:
                        table.memory.compare(record)
        finally:
            await consumer.stop()
