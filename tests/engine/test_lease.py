"""How long a fetched batch may be written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from streams.engine import batch, lease
from streams.engine.lease import Lease
from tests.engine.fakes import a_batch


class Clock:
    """A monotonic clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (lease, batch):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    return clock


def beating(session: float, clock: Clock, after: float) -> Lease:
    """A lease whose process was awake all the time, `after` seconds later."""
    right = Lease(session)
    clock.now += after
    right._last_beat = clock.now
    return right


def test_a_batch_may_be_written_within_seven_tenths_of_the_session(clock: Clock) -> None:
    fetched = a_batch(1)
    assert beating(10, clock, after=6.9).left(fetched) == pytest.approx(0.1)
    assert beating(10, clock, after=0.2).left(fetched) == pytest.approx(-0.1)


def test_a_commit_that_the_group_accepted_renews_the_lease_of_a_waiting_batch(clock: Clock) -> None:
    fetched = a_batch(1)
    right = beating(10, clock, after=6.0)
    right.confirm(clock.now)
    assert right.left(fetched) == pytest.approx(7.0)


def test_an_older_confirmation_takes_nothing_away(clock: Clock) -> None:
    right = beating(10, clock, after=5.0)
    right.confirm(clock.now - 4)
    assert right.left(a_batch(1)) == pytest.approx(7.0)


def test_a_batch_fetched_right_after_a_long_sleep_is_not_fresh(clock: Clock) -> None:
    right = beating(10, clock, after=0.0)
    clock.now += 8  # no beat for that long
    fetched = a_batch(1)
    assert right.slept()
    assert right.left(fetched) < 0


def test_a_lease_switched_off_never_runs_out(clock: Clock) -> None:
    fetched = a_batch(1)
    right = Lease(10, enabled=False)
    clock.now += 1000
    assert right.left(fetched) == float("inf")
    assert not right.slept()


async def test_the_pulse_returns_when_the_process_slept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Lease(10)

    async def a_long_nap(seconds: float) -> None:
        clock.now += 8

    monkeypatch.setattr(lease, "asyncio", SimpleNamespace(sleep=a_long_nap))
    await right.beat()
    assert right.slept()
