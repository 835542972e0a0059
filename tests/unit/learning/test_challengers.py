"""When challengers open and end, what judges them, and that they are found ahead where the world changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from models.calendar.local_time import midnight
from models.learning.challengers import OPEN_DAYS, QUARTER_DAYS
from schemas.challengers import Standing, Verdict
from schemas.examples import ExampleEvent, PromptedBy
from schemas.identifiers import Day, Moment
from tests.unit.learning.rows import FIRST_DAY, a_row, a_scoring, closing
from tests.unit.learning.worlds import Life, Truth, World, changed_after, steady

QUARTERS = [68, 160, 252, 342, 433]
"""The first days of July, October, January, April, July."""


def tell(life: Life, log: Sequence[ExampleEvent], since: int = 0) -> Life:
    for offset, event in enumerate(log, since):
        life.tell(offset, event)
    return life


def standings_of(life: Life) -> tuple[Standing, ...]:
    standings = life.challengers.standings()
    return () if standings is None else standings.open


def opened(life: Life) -> list[tuple[int, str]]:
    return [(one.opened_on - FIRST_DAY, one.why) for one in standings_of(life)]


def rows_and_days(days: Sequence[int]) -> list[ExampleEvent]:
    return [event for day in days for event in (a_row(f"row-{day}", day=day), closing(day))]


def test_one_opens_with_each_quarter_and_ends_after_a_year() -> None:
    life = tell(Life(alarms_on=()), rows_and_days(range(68 + OPEN_DAYS)))
    assert opened(life) == [(day, "quarter") for day in QUARTERS[:4]]
    tell(life, rows_and_days([68 + OPEN_DAYS]), 10_000)
    assert opened(life) == [(day, "quarter") for day in QUARTERS[1:]]


def test_none_opens_before_anything_was_learned() -> None:
    assert opened(tell(Life(alarms_on=(30,)), [*map(closing, range(60, 80))])) == []
    taught_on_the_day = [a_row(day=68), closing(67), closing(68), closing(69)]
    assert opened(tell(Life(alarms_on=()), taught_on_the_day)) == []


def test_the_day_after_an_alarm_opens_one_and_no_other_alarm_does_for_a_quarter() -> None:
    alarms = (30, 31, 30 + QUARTER_DAYS - 1, 30 + QUARTER_DAYS)
    life = tell(Life(alarms_on=alarms), rows_and_days(range(130)))
    assert opened(life) == [(31, "drift"), (68, "quarter"), (31 + QUARTER_DAYS, "drift")]


def test_an_alarm_on_the_eve_of_a_quarter_opens_no_second_one() -> None:
    assert opened(tell(Life(alarms_on=(67,)), rows_and_days(range(70)))) == [(68, "drift")]


def test_days_that_are_closed_together_open_what_each_of_them_would() -> None:
    log = [event for event in rows_and_days(range(100)) if getattr(event, "row", None)]
    together = tell(Life(alarms_on=(30,)), [*log, closing(99)])
    one_by_one = tell(Life(alarms_on=(30,)), rows_and_days(range(100)))
    assert standings_of(together) == standings_of(one_by_one)
    assert opened(together) == [(31, "drift"), (68, "quarter")]


def test_what_was_opened_stays_open_though_the_alarm_is_not_found_again_and_an_older_alarm_opens_nothing() -> None:
    """After a report was signed, or retention took rows, the watch for drift begins elsewhere."""
    log = rows_and_days(range(60))
    before = tell(Life(alarms_on=(30,)), log)
    again = tell(Life(before.newest, before.challengers.standings(), alarms_on=(10,)), log)
    assert again.challengers.standings() == before.challengers.standings()
    assert opened(again) == [(31, "drift")]
    assert not again.challengers.lost


def test_one_whose_year_ends_with_the_first_day_of_a_new_life_is_not_called_lost() -> None:
    log = rows_and_days(range(68 + OPEN_DAYS + 1))
    before = tell(Life(alarms_on=()), log[:-2])
    again = tell(Life(before.newest, before.challengers.standings(), alarms_on=()), log)
    assert opened(again) == [(day, "quarter") for day in QUARTERS[1:]]
    assert not again.challengers.lost


def test_one_of_another_recipe_under_the_same_name_is_ended() -> None:
    log = rows_and_days(range(80))
    told = tell(Life(alarms_on=()), log).challengers.standings()
    assert told is not None
    otherwise = replace(told, open=tuple(replace(one, version="another") for one in told.open))
    again = tell(Life(told=otherwise, alarms_on=()), log)
    assert opened(again) == []
    assert again.challengers.lost == otherwise.open


def a_hearing(
    *, score: float | None = 0.9, prompted: PromptedBy = "none", scored_at: tuple[int, ...] = (0,), warm_up: int = 1
) -> Standing:
    """A challenger that learned one row, and then met an episode that was scored after its opening."""
    row = replace(a_row("judged", day=80, prompted=prompted), at=Moment(midnight(Day(FIRST_DAY + 71))))
    life = tell(Life(alarms_on=(), warm_up=warm_up), rows_and_days([60, 69]))
    scored = [] if score is None else [replace(a_scoring(row, score), at=Moment(row.at + at)) for at in scored_at]
    tell(life, [*scored, row, closing(80)], 100)
    (standing,) = standings_of(life)
    return standing


def test_what_a_model_prompted_neither_teaches_nor_judges_and_what_a_rule_prompted_does() -> None:
    assert (a_hearing().learned, a_hearing().judged) == (2, 1)
    assert (a_hearing(prompted="rule").learned, a_hearing(prompted="rule").judged) == (2, 1)
    assert (a_hearing(prompted="model").learned, a_hearing(prompted="model").judged) == (1, 0)


def test_judged_is_where_the_model_in_force_had_scored_the_frozen_features_and_the_challenger_had_learned() -> None:
    assert a_hearing(score=None).judged == 0
    assert a_hearing(scored_at=(1,)).judged == 0
    assert a_hearing(scored_at=(0, 1)).judged == 1
    assert a_hearing(warm_up=2).judged == 0


def live(seed: int, truth: Truth, days: int) -> list[tuple[int, Verdict]]:
    """Every verdict that a challenger comes to, and the day on which it did."""
    world, found = World(seed, truth, life=Life()), list[tuple[int, Verdict]]()
    last: dict[Day, Verdict] = {}
    for day in world.live(days):
        for standing in standings_of(world.life):
            if standing.verdict != last.get(standing.opened_on, "open"):
                found.append((day, standing.verdict))
            last[standing.opened_on] = standing.verdict
    return found


@pytest.mark.parametrize("seed", [2])
def test_after_a_hard_change_a_challenger_is_found_ahead(seed: int) -> None:
    """Labels of the new world come 104 days after the change."""
    ahead = [day for day, verdict in live(seed, changed_after(350), 700) if verdict == "ahead"]
    assert ahead
    assert min(ahead) > 350 + 104


@pytest.mark.parametrize("seed", [1])
def test_where_nothing_changes_none_is_found_ahead(seed: int) -> None:
    assert "ahead" not in {verdict for _, verdict in live(seed, steady, 700)}
