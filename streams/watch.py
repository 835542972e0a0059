"""Health and metrics of one worker process, handed to whoever puts it together."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from streams.engine import EngineApp
from streams.engine.progress import Listener
from streams.health import Readiness
from streams.metrics import Metrics
from streams.observing import observe

WEIGH_SECONDS: Final = 60.0
"""Between two weighings: a million rows take some 50 ms of the event loop."""


class Watch:
    """What a process is asked about from outside. ``listener`` is for the engine; the process tells ``metrics``."""

    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self.readiness = readiness
        self.metrics = metrics
        self.listener: Listener = observe(readiness, metrics)


def seconds_since(moment: int) -> float:
    """Seconds from a moment (microseconds) to now. In a replay the moments are not of today, and this says nothing."""
    return time.time() - moment / 1_000_000


async def keep_weighing(app: EngineApp, metrics: Metrics, *, seconds: float = WEIGH_SECONDS) -> None:
    """Tell the bytes of the rows in memory, again and again; give it to ``EngineApp.accompany``."""
    while True:
        await asyncio.sleep(seconds)
        metrics.set_state_bytes(weigh(app))


def weigh(app: EngineApp) -> int:
    """Bytes of the rows of all tables in memory, keys included."""
    return sum(
        sum(map(len, rows)) + sum(map(len, rows.values()))
        for rows in (table.memory.rows for table in app.batch_tables())
    )
