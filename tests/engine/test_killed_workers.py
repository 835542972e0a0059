"""Whoever dies, and whenever: nothing is lost and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.bench import Bench
from tests.engine.harness import dice

pytestmark = [pytest.mark.broker, pytest.mark.oracle, pytest.mark.timeout(180)]

KILLS = 3


@pytest.mark.parametrize("static", [False, True], ids=["dynamic", "static"])
def test_two_workers_killed_in_turn_lose_and_double_nothing(bench: Callable[..., Bench], static: bool) -> None:
    group, throws = bench(), dice()
    with group.workers("w1", "w2", static=static) as workers:
        workers.start("w1", "w2")
        group.await_ready(workers, "w1", "w2")
        with group.live_load() as load:
            for name in ("w1", "w2", "w1"):
                workers.run_for(throws.uniform(1.0, 3.5))
                workers.kill(name)
                workers.run_for(throws.uniform(0.0, 0.7))
                workers.start(name)
            workers.run_for(2.0)
            sent = load.stop()
        group.drain(workers)
        assert group.stop(workers) == [0, 0]
    assert group.verdict(sent).is_kept


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(bench: Callable[..., Bench]) -> None:
    group, throws = bench(poll=1000, seconds_per_batch=0.02), dice()
    with group.workers("w1", static=True) as workers:
        workers.start("w1")
        group.await_ready(workers, "w1")
        with group.live_load() as load:
            for _ in range(KILLS):
                before = group.settled("w1")
                workers.await_that(lambda b=before: group.settled("w1") > b, 20, "progress")  # type: ignore[misc]
                workers.run_for(throws.uniform(0.0, 1.0))
                workers.kill("w1")
                workers.start("w1")
            sent = load.stop()
        group.drain(workers)
        assert group.stop(workers) == [0]
    assert group.verdict(sent).is_kept
