"""Health and metrics of one worker process, handed to whoever puts it together."""

from __future__ import annotations

import time

from streams.engine.progress import Listener
from streams.health import Readiness
from streams.metrics import Metrics
from streams.observing import observe


class Watch:
    """What a process is asked about from outside. ``listener`` is for the engine; the process tells ``metrics``."""

    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self.readiness = readiness
        self.metrics = metrics
        self.listener: Listener = observe(readiness, metrics)


def seconds_since(moment: int) -> float:
    """Seconds from a moment (microseconds) to now. In a replay the moments are not of today, and this says nothing."""
    return time.time() - moment / 1_000_000
