"""Whoever dies, and whenever: nothing is lost and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.bench import Bench
from tests.engine.harness import dice

pytestmark = [pytest.mark.broker, pytest.mark.timeout(150)]


@pytest.mark.oracle
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
        assert workers.stop_all() == [0, 0]
    assert group.verdict(sent).is_kept
