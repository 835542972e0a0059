"""Reading ``earlyword.examples.v1``: one partition, no group, from its beginning.

Nothing before the snapshot's resume offset is learned again. It is read all the same, as far as it is still kept, for
who watches: scores of the last weeks, calibration, repeats. It is a year of episodes, some seconds' work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

from streams.engine import EngineSettings
from streams.engine.progress import BatchSettled, LagMeasured, Listener, OffsetsMissing
from streams.topics import EXAMPLES

POLL_MS: Final = 250
MOST_AT_ONCE: Final = 1_000
"""Records between two turns of the event loop: some 30 ms of learning."""

IDLE_SECONDS: Final = 1.0

Take = Callable[[Sequence[Any]], Awaitable[None]]


async def read_examples(
    settings: EngineSettings,
    resume_offset: int,
    take: Take,
    caught_up: Callable[[], Awaitable[None]],
    listener: Listener,
) -> None:
    """Hand all records to ``take``, an empty batch where nothing came, for ever. Raises KafkaError.

    ``caught_up`` is awaited once, when everything was taken that was there at the beginning. Told are what retention
    took before it was learned, the lag, and each batch as settled.
    """
    at, tp = TopicPartition(EXAMPLES, 0), TP(EXAMPLES, 0)
    consumer = AIOKafkaConsumer(
        **settings.client(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_poll_records=MOST_AT_ONCE,
    )
    await consumer.start()
    try:
        consumer.assign([at])
        begins = (await consumer.beginning_offsets([at]))[at]
        if begins > resume_offset:
            listener(OffsetsMissing(tp, resume_offset, begins - 1))
        goal = (await consumer.end_offsets([at]))[at]
        consumer.seek(at, begins)
        behind, measured_at = True, time.monotonic()
        while True:
            fetched = await consumer.getmany(at, timeout_ms=POLL_MS)
            records = fetched.get(at, [])
            started = time.monotonic()
            await take(records)
            if records:
                seconds = time.monotonic() - started
                listener(BatchSettled(tp, records[-1].offset, len(records), 0, 0, seconds))
            if behind and await consumer.position(at) >= goal:
                behind = False
                await caught_up()
            if time.monotonic() - measured_at > (settings.lag_seconds if records else IDLE_SECONDS):
                measured_at = time.monotonic()
                end = (await consumer.end_offsets([at]))[at]
                listener(LagMeasured({tp: max(0, end - await consumer.position(at))}))
            await asyncio.sleep(0)
    finally:
        await consumer.stop()
