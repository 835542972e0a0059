"""The pure core alone: the batches that Kafka gave, decoded and told to a table in memory, with no broker about.

This is what the families stage can reach at the most; what it lacks is spent on moving.
"""

from __future__ import annotations

import asyncio
import gc

from aiokafka import AIOKafkaConsumer
from faust.types import TP

from models.family.judge import SILENT
from streams.benchmark.load import Rows, refuse_bug
from streams.benchmark.notes import Notebook
from streams.benchmark.one_by_one import rules_of
from streams.engine.batch import Batch
from streams.families.step import step
from streams.process import engine_settings
from streams.settings import Settings
from streams.topics import FAMILY_EVENTS


def measure_core(settings: Settings, notebook: Notebook, events: int) -> None:
    """Fetch so many family events as the stage does, then tell them."""
    batches = asyncio.run(_fetch(settings, events))
    rules = rules_of(settings)
    rows = Rows()
    gc.collect()
    gc.freeze()  # in the stage, what was fetched is let go of batch by batch
    notebook.note("begun")
    for batch in batches:
        step(rows, batch, SILENT, rules, refuse_bug)
        notebook.note("settled", topic=FAMILY_EVENTS, partition=batch.tp.partition, records=len(batch))
    notebook.note("done")


async def _fetch(settings: Settings, events: int) -> list[Batch]:
    engine = engine_settings(settings)
    consumer = AIOKafkaConsumer(
        FAMILY_EVENTS,
        **engine.client(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=engine.fetch_bytes,
        max_poll_records=engine.poll_records,
    )
    await consumer.start()
    try:
        batches: list[Batch] = []
        while events > sum(map(len, batches)):
            for at, records in (await consumer.getmany(timeout_ms=1_000)).items():
                batches.append(Batch(TP(at.topic, at.partition), records))
        return batches
    finally:
        await consumer.stop()
