"""How long the oldest unsettled record has waited, as well as it can be known from a measurement now and then."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from faust.types import TP

from streams.engine import progress as told
from streams.health import Readiness
from streams.metrics import Metrics
from streams.observing import observe
from streams.topics import FAMILY_EVENTS

OURS = TP(FAMILY_EVENTS, 3)
EVERY = 5.0
Moment = tuple[int, int]
"""Records settled since the last measurement, and the lag that it then found."""


def lags(moments: Iterable[Moment | None]) -> list[float | None]:
    """The metric after each measurement, five seconds apart; None is a rebalance instead of one."""
    metrics = Metrics(version="0", topics=(FAMILY_EVENTS,))
    now = [0.0]
    hear = observe(Readiness(), metrics, clock=lambda: now[0])
    found: list[float | None] = []
    for moment in moments:
        now[0] += EVERY
        if moment is None:
            hear(told.RebalanceStarted())
        else:
            settled, lag = moment
            if settled:
                hear(told.BatchSettled(OURS, 0, settled, 0, 0, 0.01))
            hear(told.LagMeasured({OURS: lag}))
        found.append(_written(metrics))
    return found


def _written(metrics: Metrics) -> float | None:
    line = f'earlyword_consumer_lag_seconds{{partition="3",topic="{FAMILY_EVENTS}"}} '
    values = [text.removeprefix(line) for text in metrics.write().decode().splitlines() if text.startswith(line)]
    return float(values[0]) if values else None


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([(0, 0), (100, 0)], [0, 0]),
        ([(0, 10), (0, 10), (0, 30)], [0, 5, 10]),  # nothing is settled: the first record waits on
        ([(0, 10), (4, 10), (6, 10)], [0, 5, 5]),  # the first ten are done; the next were seen one measurement later
        ([(0, 10), (0, 10), (10, 0), (0, 1)], [0, 5, 0, 0]),  # caught up, and behind anew
    ],
)
def test_a_lag_is_as_old_as_the_record_that_is_due(moments: list[Moment], expected: list[float]) -> None:
    assert lags(moments) == expected


def test_a_busy_partition_that_keeps_up_does_not_look_late() -> None:
    found = lags([(500, 20)] * 50)
    assert max(value for value in found if value is not None) <= EVERY


def test_partitions_that_are_shared_out_again_have_no_past() -> None:
    assert lags([(0, 10), (0, 10), None, (0, 10)]) == [0, 5, None, 0]


def test_an_hour_behind_keeps_counting_from_where_it_began() -> None:
    found = lags([(0, 10 + number) for number in range(1_000)])
    assert found[-1] == 999 * EVERY
