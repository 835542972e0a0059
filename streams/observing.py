"""What the engine tells about itself, passed on to health, metrics and logs. The only place that knows all three."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, assert_never

from faust.types import TP

from streams.engine import progress as told
from streams.engine.progress import EngineEvent, Listener
from streams.health import Readiness
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.topics import LINKS

MOST_MEASUREMENTS: Final = 720
"""Of one partition while it lags: an hour of them. Who lags longer is told to lag an hour at least."""


def observe(readiness: Readiness, metrics: Metrics, *, clock: Callable[[], float] = time.monotonic) -> Listener:
    """A listener for `build_app`. It is quick, and holds no key and no value, because no event does."""
    return _Observer(readiness, metrics, clock).hear


class _Waiting:
    """How long the oldest unsettled record of one partition has waited, from what is measured now and then.

    Counted in records settled since we began to look. At each measurement the log's end is noted; the oldest one at
    which the log was already longer than what is settled now is when the record that is due was first seen. So the
    answer is short by one interval at the most, and a busy partition that keeps up does not look late.
    """

    def __init__(self) -> None:
        self._settled = 0
        self._ends: list[tuple[float, int]] = []

    def settle(self, records: int) -> None:
        """So many records more are settled."""
        self._settled += records

    def measure(self, now: float, lag: int) -> float:
        """Seconds that the oldest of ``lag`` unsettled records has waited; 0 without any."""
        self._ends = [(at, end) for at, end in self._ends if end > self._settled] if lag else []
        if lag and len(self._ends) < MOST_MEASUREMENTS:
            self._ends.append((now, self._settled + lag))
        return now - self._ends[0][0] if self._ends else 0.0


class _Observer:
    def __init__(self, readiness: Readiness, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._readiness = readiness
        self._metrics = metrics
        self._clock = clock
        self._log = get_logger()
        self._broker_answers = True
        self._waiting: dict[TP, _Waiting] = {}

    def hear(self, event: EngineEvent) -> None:
        """Take one event."""
        match event:
            case told.BrokerAwaited(reason):
                self._hear_broker(answers=False, reason=reason)
            case told.BrokerReached():
                self._hear_broker(answers=True)
            case told.RebalanceStarted():
                self._hear_rebalance()
            case told.PartitionsAssigned(partitions):
                self._readiness.partitions_assigned(len(partitions))
                self._log.info("partitions_assigned", count=len(partitions))
            case told.RecoveryAdvanced(_, _, remaining):
                self._metrics.note_recovery(remaining)
            case told.WorkerReady(partitions, seconds):
                self._hear_broker(answers=True)
                self._readiness.worker_ready(len(partitions))
                self._metrics.note_recovery(0, seconds)
                self._log.info("worker_ready", count=len(partitions), duration_ms=round(seconds * 1000))
            case told.BatchSettled(tp, _, records, _, _, seconds):
                self._metrics.count_settled(tp.topic, records, seconds)
                self._waiting.setdefault(tp, _Waiting()).settle(records)
            case told.OffsetsCommitted(_, seconds):
                self._readiness.committed()
                self._metrics.time_commit(seconds)
            case told.LagMeasured(records):
                self._hear_broker(answers=True)
                self._hear_lag(records)
            case told.StaleRowsRepaired(table, rows):
                self._metrics.count_stale_rows(rows)
                self._log.warning("stale_rows_repaired", table=table, count=rows)
            case told.OffsetsMissing(tp, first, last):
                self._metrics.count_missing(tp.topic, last - first + 1)
                self._log.error("offsets_missing", topic=tp.topic, partition=tp.partition, offset=first)
            case told.TickMissed(topic, partition):
                self._metrics.count_tick_missed()
                self._log.warning("tick_missed", topic=topic, partition=partition)
            case told.FollowerAdvanced(topic, _, caught_up):
                if caught_up and topic == LINKS:
                    self._readiness.links_read()
            case told.FollowerWaiting(topic, reason):
                self._log.warning("follower_waiting", topic=topic, reason=reason)
            case told.WorkerEnded(reason):
                self._readiness.ending()
                self._log.critical("worker_ended", reason=reason.value)
            case _:
                assert_never(event)

    def _hear_rebalance(self) -> None:
        self._readiness.rebalance_started()
        self._metrics.count_rebalance()
        self._metrics.forget_lag()
        self._waiting.clear()
        self._log.info("rebalance_started")

    def _hear_lag(self, records: Mapping[TP, int]) -> None:
        self._readiness.lag_measured(sum(records.values()))
        now = self._clock()
        for tp, count in records.items():
            waited = self._waiting.setdefault(tp, _Waiting()).measure(now, count)
            self._metrics.set_lag(tp.topic, tp.partition, count, waited)

    def _hear_broker(self, *, answers: bool, reason: str | None = None) -> None:
        self._readiness.broker_answers(answers=answers)
        self._metrics.set_broker(reachable=answers)
        if answers != self._broker_answers:  # told at each vain attempt, logged once
            self._broker_answers = answers
            if answers:
                self._log.info("broker_reached")
            else:
                self._log.warning("broker_awaited", reason=reason)
