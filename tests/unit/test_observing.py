"""What the engine tells reaches health, metrics and logs."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog
from faust.types import TP

from streams.engine import progress as told
from streams.engine.ending import Reason as Ending
from streams.health import Readiness, Reason
from streams.logs import configure
from streams.metrics import Metrics
from streams.observing import observe
from streams.topics import FAMILY_EVENTS, LINKS

OURS = TP(FAMILY_EVENTS, 3)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("families", stream=stream)
    yield stream
    structlog.reset_defaults()


def test_a_start_on_a_broker_that_comes_late_is_told_step_by_step(out: io.StringIO) -> None:
    readiness = Readiness(reads_links=True)
    hear = observe(readiness, Metrics(version="0"))
    seen = []
    for event in (
        told.BrokerAwaited("KafkaConnectionError"),
        told.BrokerAwaited("KafkaConnectionError"),
        told.BrokerReached(),
        told.RebalanceStarted(),
        told.FollowerAdvanced(LINKS, 12, caught_up=True),
        told.PartitionsAssigned(frozenset({OURS})),
        told.WorkerReady(frozenset({OURS}), 1.5),
        told.WorkerEnded(Ending.SLEPT),
    ):
        hear(event)
        seen.append(readiness.ready())
    assert seen == [
        Reason.BROKER_AWAY,
        Reason.BROKER_AWAY,
        Reason.STARTING,
        Reason.LINKS_NOT_READ,
        Reason.REBALANCING,
        Reason.RECOVERING,
        Reason.OK,
        Reason.ENDING,
    ]
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == [
        "broker_awaited",  # once, though told twice
        "broker_reached",
        "rebalance_started",
        "partitions_assigned",
        "worker_ready",
        "worker_ended",
    ]


def test_the_map_is_not_read_before_its_end_was_seen() -> None:
    readiness = Readiness(reads_links=True)
    hear = observe(readiness, Metrics(version="0"))
    hear(told.WorkerReady(frozenset({OURS}), 0.1))
    hear(told.FollowerAdvanced(LINKS, 12, caught_up=False))
    hear(told.FollowerAdvanced("earlyword.models.v1", 1, caught_up=True))
    assert readiness.ready() is Reason.LINKS_NOT_READ


def test_batches_commits_lag_and_losses_are_measured() -> None:
    metrics = Metrics(version="0", topics=(FAMILY_EVENTS,))
    hear = observe(Readiness(), metrics)
    for event in (
        told.RebalanceStarted(),
        told.RecoveryAdvanced("families", 10, 90),
        told.BatchSettled(OURS, 7, 40, 12, 3, 0.02),
        told.OffsetsCommitted({OURS: 47}, 0.004),
        told.LagMeasured({OURS: 5}),
        told.StaleRowsRepaired("families", 2),
        told.OffsetsMissing(OURS, 10, 19),
        told.TickMissed(FAMILY_EVENTS, 3),
        told.FollowerWaiting(LINKS, "KafkaConnectionError"),
    ):
        hear(event)
    written = metrics.write().decode().splitlines()
    for line in (
        "earlyword_rebalances_total 1.0",
        "earlyword_recovery_remaining_records 90.0",
        f'earlyword_records_settled_total{{topic="{FAMILY_EVENTS}"}} 40.0',
        "earlyword_commit_seconds_count 1.0",
        f'earlyword_consumer_lag_records{{partition="3",topic="{FAMILY_EVENTS}"}} 5.0',
        "earlyword_stale_rows_repaired_total 2.0",
        f'earlyword_offsets_missing_total{{topic="{FAMILY_EVENTS}"}} 10.0',
        "earlyword_ticks_missed_total 1.0",
    ):
        assert line in written


def test_after_an_outage_the_next_measured_lag_says_that_the_broker_is_back() -> None:
    readiness = Readiness()
    hear = observe(readiness, Metrics(version="0"))
    hear(told.WorkerReady(frozenset({OURS}), 0.1))
    hear(told.BrokerAwaited("RequestTimedOutError"))
    assert readiness.ready() is Reason.BROKER_AWAY
    hear(told.LagMeasured({OURS: 0}))
    assert readiness.ready() is Reason.OK
