"""The families process: one agent, one table, and the pure ``advance`` in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from models.family.rules import RulePack
from schemas.identifiers import Day
from schemas.wire.dead_letter_v1 import Reason
from streams.delivery import Sent
from streams.engine import Batch, EngineApp, batch_table, raw_topic
from streams.families.models import Models
from streams.families.step import NONE_CLOSED, Step, step
from streams.setting_aside import set_aside
from streams.topics import FAMILY_EVENTS

NAME = "earlyword-families"
TABLE = "families"


def declare(
    app: EngineApp, models: Models, read: asyncio.Event, pack: RulePack, settled: Callable[[Batch, Step], None]
) -> None:
    """Declare the topic, the table and the agent. ``settled`` is told each batch when the brokers have it.

    Nothing is told to families before ``read``: the models that there are have been read once.
    """
    families = batch_table(app, TABLE)
    closed: dict[int, Day] = {}

    @app.agent(raw_topic(app, FAMILY_EVENTS), name="families")
    async def watch(batches: Any) -> None:
        await read.wait()
        async for batch in batches:
            await app.on_the_way.turn_of(batch)
            closed_before = closed.get(batch.tp.partition, NONE_CLOSED)
            done = step(families, batch, models.judge, pack, _set_aside_bug, closed_before)
            closed[batch.tp.partition] = done.closed
            then = partial(settled, batch, done)
            app.on_the_way.settle(batch, done.outputs, outputs_first=done.overflows, then=then)


def _set_aside_bug(record: Any) -> Sent:
    return set_aside(record, record.headers, Reason.HANDLER_BUG)
