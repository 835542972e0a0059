"""What the engine tells about itself, passed on to health, metrics and logs. The only place that knows all three."""

from __future__ import annotations

from typing import assert_never

from streams.engine import progress as told
from streams.engine.progress import EngineEvent, Listener
from streams.health import Readiness
from streams.logs import get_logger
from streams.metrics import Metrics
from streams.topics import LINKS


def observe(readiness: Readiness, metrics: Metrics) -> Listener:
    """A listener for `build_app`. It is quick, and holds no key and no value, because no event does."""
    return _Observer(readiness, metrics).hear


class _Observer:
    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self._readiness = readiness
        self._metrics = metrics
        self._log = get_logger()
        self._broker_answers = True

    def hear(self, event: EngineEvent) -> None:
        """Take one event."""
        match event:
            case told.BrokerAwaited(reason):
                self._hear_broker(answers=False, reason=reason)
            case told.BrokerReached():
                self._hear_broker(answers=True)
            case told.RebalanceStarted():
                self._readiness.rebalance_started()
                self._metrics.count_rebalance()
                self._metrics.forget_lag()
                self._log.info("rebalance_started")
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
            case told.OffsetsCommitted(_, seconds):
                self._readiness.committed()
                self._metrics.time_commit(seconds)
            case told.LagMeasured(records):
                self._hear_broker(answers=True)
                self._readiness.lag_measured(sum(records.values()))
                for tp, count in records.items():
                    self._metrics.set_lag(tp.topic, tp.partition, count)
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

    def _hear_broker(self, *, answers: bool, reason: str | None = None) -> None:
        self._readiness.broker_answers(answers=answers)
        self._metrics.set_broker(reachable=answers)
        if answers != self._broker_answers:  # told at each vain attempt, logged once
            self._broker_answers = answers
            if answers:
                self._log.info("broker_reached")
            else:
                self._log.warning("broker_awaited", reason=reason)
