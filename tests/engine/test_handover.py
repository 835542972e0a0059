"""Partitions change hands (a worker joins, leaves or sleeps) without loss, doubling, or needless repeats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.bench import Bench
from tests.engine.oracle import event
from tests.engine.wire import Wire

pytestmark = [pytest.mark.broker, pytest.mark.oracle, pytest.mark.timeout(180)]


def test_a_worker_that_joins_takes_over_without_a_repeat(bench: Callable[..., Bench]) -> None:
    group = bench()
    with group.workers("w1", "w2") as workers:
        workers.start("w1")
        group.await_ready(workers, "w1")
        with group.live_load() as load:
            workers.run_for(2.0)
            workers.start("w2")
            group.await_ready(workers, "w2")
            workers.run_for(2.0)
            sent = load.stop()
        group.drain(workers)
        assert group.settled("w2") > 0
        assert group.stop(workers) == [0, 0]
    assert group.verdict(sent).is_kept
    assert group.settled("w1", "w2") == sent, "a batch was delivered twice"


def test_a_worker_asked_to_stop_hands_over_without_a_repeat(bench: Callable[..., Bench]) -> None:
    group = bench()
    with group.workers("w1", "w2") as workers:
        workers.start("w1", "w2")
        group.await_ready(workers, "w1", "w2")
        with group.live_load() as load:
            workers.run_for(2.0)
            assert workers.terminate("w1") == [0]
            workers.run_for(2.0)
            workers.start("w1")
            workers.run_for(2.0)
            sent = load.stop()
        group.drain(workers)
        assert group.stop(workers) == [0, 0]
    assert group.verdict(sent).is_kept
    assert group.settled("w1", "w2") == sent, "a batch was delivered twice"


@pytest.mark.parametrize("static", [False, True], ids=["dynamic", "static"])
def test_a_worker_that_sleeps_past_its_session_ends_and_harms_nothing(
    bench: Callable[..., Bench], static: bool
) -> None:
    group = bench()
    with group.workers("w1", "w2", static=static) as workers:
        workers.start("w1", "w2")
        group.await_ready(workers, "w1", "w2")
        with group.live_load() as load:
            workers.run_for(2.0)
            workers.pause("w1")
            workers.run_for(9.0)  # the session is 6 s
            workers.resume("w1")
            workers.run_for(3.0)
            sent = load.stop()
        group.drain(workers)
        assert workers.exits[:1] == [("w1", 70)]
        assert group.stop(workers) == [0, 0]
    assert group.verdict(sent).is_kept


def test_a_standby_is_ready_with_nothing_and_takes_over_from_a_dead_owner(bench: Callable[..., Bench]) -> None:
    group = bench(partitions=1)
    with group.workers("owner", "standby") as workers:
        workers.start("owner")
        group.await_ready(workers, "owner")
        workers.start("standby")
        group.await_ready(workers, "standby")
        assert group.settled("standby") == 0
        group.wire.publish(group.events, map(event, range(1000)))
        group.drain(workers)
        owner = "owner" if group.settled("owner") else "standby"  # the group may have given it to either
        other = "standby" if owner == "owner" else "owner"
        workers.kill(owner)
        group.wire.publish(group.events, map(event, range(1000, 2000)))
        group.drain(workers)
        assert group.settled(other) == 1000
        assert workers.exits == [], "nobody ended, and the leader of the group is only one of them"
        assert group.stop(workers) == [0]
    assert group.verdict(2000).is_kept


@pytest.mark.parametrize("sign", ["BrokerReached", "RebalanceStarted", "PartitionsAssigned"])
def test_a_worker_asked_to_stop_while_it_starts_stops(bench: Callable[..., Bench], sign: str) -> None:
    group = bench()
    with group.workers("w1") as workers:
        workers.start("w1")
        workers.await_that(lambda: any(n["event"] == sign for n in group.notes("w1")), 20, sign)
        assert workers.stop_all() == [0]


class SlowSeeks:
    """A worker joins while its agents are slow and the seek at the end of the rebalance takes long."""

    def __init__(self, wire: Wire, folder: Path, off: tuple[str, ...]) -> None:
        self.group = Bench(wire, folder, poll=200, seconds_per_batch=0.05, seek_pause=1.0, off=off)
        with self.group.workers("w1", "w2") as workers:
            workers.start("w1")
            self.group.await_ready(workers, "w1")
            with self.group.live_load() as load:
                workers.run_for(2.0)
                workers.start("w2")
                self.group.await_ready(workers, "w2")
                self.sent = load.stop()
            self.group.drain(workers)
            self.group.stop(workers)
            self.exits = workers.exits
        self.verdict = self.group.verdict(self.sent)


def test_records_fetched_while_a_rebalance_ends_are_not_lost(wire: Wire, tmp_path: Path) -> None:
    assert SlowSeeks(wire, tmp_path, off=()).verdict.is_kept


def test_control_fetching_while_a_rebalance_ends_loses_records(wire: Wire, tmp_path: Path) -> None:
    assert SlowSeeks(wire, tmp_path, off=("gapless", "unsettled")).verdict.lost > 0
