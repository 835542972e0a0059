"""Whatever goes wrong in an agent ends the process without a commit, and the restart makes it good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.bench import Bench
from tests.engine.oracle import event, recover

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

EVENTS = 4000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("raise", "agent_raised"), ("forget", "batch_unsettled"), ("oversized", "not_stored")],
)
def test_a_fault_ends_the_worker_and_the_restart_counts_every_event(
    bench: Callable[..., Bench], fault: str, reason: str
) -> None:
    group = bench(partitions=1, poll=100, fault=fault)
    group.wire.publish(group.events, map(event, range(EVENTS)))
    with group.workers("w1", static=True) as workers:
        workers.start("w1")
        group.drain(workers)
        assert group.stop(workers) == [0]
        assert workers.exits == [("w1", 70), ("w1", 0)]
        assert f"worker_ended reason={reason}" in workers.output("w1")
        assert "secret-payload" not in workers.output("w1")
    assert group.verdict(EVENTS).is_kept


@pytest.mark.parametrize("fault", ["raise", "forget"])
def test_control_without_the_check_a_fault_loses_events(bench: Callable[..., Bench], fault: str) -> None:
    group = bench(partitions=1, poll=100, fault=fault, off=("unsettled",))
    group.wire.publish(group.events, map(event, range(EVENTS)))
    with group.workers("w1", static=True) as workers:
        workers.start("w1")
        group.drain(workers)
        assert group.stop(workers) == [0]
    assert group.verdict(EVENTS).lost > 0


def test_an_erased_family_stays_erased_after_a_restart(bench: Callable[..., Bench]) -> None:
    group = bench(partitions=1)
    group.wire.publish(group.events, [(b"anna", event(i)[1]) for i in range(3)])
    with group.workers("w1", static=True) as workers:
        workers.start("w1")
        group.drain(workers)
        group.wire.publish(group.events, [(b"anna", b'{"number":0,"weight":0,"erase":true}')])
        group.drain(workers)
        workers.kill("w1")
        workers.start("w1")
        group.wire.publish(group.events, [(b"bert", event(0)[1])])
        group.drain(workers)
        assert group.stop(workers) == [0]
    assert recover(group.wire.read(group.changelog)).keys() == {b"bert"}
