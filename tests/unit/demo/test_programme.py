"""What is played: the days asked for at once, and the weeks after them live; together the whole town, in order."""

from datetime import timedelta

import pytest

from streams.demo.programme import LIVE_DAYS, begin_programme, plan_town, write_programme
from streams.simulator.arrivals import to_record
from streams.simulator.days import local
from streams.simulator.town import arrivals

DAYS = 20
TOWN = plan_town(families=15, days=DAYS, seed=3)


def test_the_town_is_cut_after_the_days_asked_for() -> None:
    programme = write_programme(TOWN, DAYS)
    end_ms = local(TOWN.start + timedelta(days=DAYS), 0).timestamp() * 1000
    assert [*programme.replayed, *programme.live] == arrivals(TOWN)
    assert programme.replayed[-1].received_ms < end_ms <= programme.live[0].received_ms
    assert programme.records == tuple(map(to_record, programme.replayed))
    assert TOWN.days == DAYS + LIVE_DAYS


def test_it_is_written_beside_other_work_and_says_how_long_that_took() -> None:
    coming = begin_programme(TOWN, DAYS)
    assert coming.result(timeout=60).records == write_programme(TOWN, DAYS).records
    assert coming.result().seconds > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_is_another_town_and_the_same_seed_the_same(seed: int) -> None:
    one, two = (write_programme(plan_town(5, 10, seed=chosen), 10).records for chosen in (seed, seed))
    assert one == two
    assert one != write_programme(plan_town(5, 10, seed=seed + 10), 10).records
