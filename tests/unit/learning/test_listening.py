"""What the records say of each day, and that a change in it is found: also by who reads them anew."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import chain

import pytest
from msgspec.structs import replace

from models.calendar.local_time import date_of, midnight
from models.learning.drift import Alarm
from models.learning.listening import Scoring
from schemas.examples import DayClosed, ExampleEvent, RowState, Scored
from schemas.identifiers import Day, Moment
from tests.unit.learning.rows import FEATURE_LIST, FIRST_DAY, a_row, a_scoring, a_study, closing

EVER = Day(0)


def labels_of(dice: random.Random, day: int, rate: float, count: int = 40) -> list[ExampleEvent]:
    """Rows that become final on a day, so many of them positive, and the end of the day in the only partition."""
    states: list[RowState] = ["positive" if dice.random() < rate else "negative" for _ in range(count)]
    return [*(a_row(f"{day}-{number}", day=day, state=state) for number, state in enumerate(states)), closing(day)]


def scored_on(day: int, *scores: float) -> list[Scored]:
    """Episodes that begin on a day, in the middle of its morning."""
    moment = Moment(midnight(Day(FIRST_DAY + day)) + 8 * 3_600_000_000)
    return [
        replace(a_scoring(a_row(f"scored-{day}-{number}"), score), at=moment) for number, score in enumerate(scores)
    ]


def listen(
    log: Iterable[ExampleEvent], since: Day = EVER, partitions: int = 1, signed: Scoring | None = None
) -> tuple[Alarm, ...]:
    study = a_study(partitions=partitions)
    for offset, event in enumerate(log):
        study.take(offset, event)
    return study.listening.alarms(since, signed)


def a_doubling(seed: int) -> list[ExampleEvent]:
    dice = random.Random(seed)
    return [event for day in range(500) for event in labels_of(dice, day, 0.03 if day < 250 else 0.06)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_label_rate_that_doubles_is_found(seed: int) -> None:
    alarms = listen(a_doubling(seed))
    assert {alarm.watched for alarm in alarms} == {"labels"}
    assert FIRST_DAY + 250 <= alarms[0].day <= FIRST_DAY + 290


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_stream_that_stays_as_it_is_raises_no_alarm(seed: int) -> None:
    dice = random.Random(seed)
    log = [
        event
        for day in range(500)
        for event in (
            *scored_on(day, *(dice.betavariate(1, 30) for _ in range(a_days_count(dice, day)))),
            *labels_of(dice, day, 0.03),
        )
    ]
    assert listen(log) == ()


def a_days_count(dice: random.Random, day: int, times: float = 1.0) -> int:
    """How many episodes begin: fewer at weekends, and never quite as many as on the day before."""
    usual = (40 if date_of(Day(FIRST_DAY + day)).weekday() < 5 else 12) * times
    return max(0, round(dice.gauss(usual, usual**0.5)))


def test_fewer_episodes_a_day_are_found() -> None:
    dice = random.Random(4)
    log = [
        event
        for day in range(420)
        for event in (
            closing(day),
            *scored_on(day, *[0.1] * a_days_count(dice, day, 1.0 if day < 300 else 0.6)),
        )
    ]
    alarms = listen([*log, closing(420)])
    assert {(alarm.watched, alarm.name) for alarm in alarms} == {("counts", "episodes")}
    assert alarms[0].day >= FIRST_DAY + 300


def test_a_model_that_falls_silent_is_no_drift() -> None:
    dice = random.Random(5)
    log = [
        event
        for day in range(300)
        for event in (closing(day), *(scored_on(day, *[0.1] * a_days_count(dice, day)) if day < 150 else ()))
    ]
    assert listen(log) == ()


def test_scores_that_move_are_found() -> None:
    dice = random.Random(6)
    log = [
        event
        for day in range(200)
        for event in (
            closing(day),
            *scored_on(day, *(dice.betavariate(2, 30 if day < 120 else 10) for _ in range(40))),
        )
    ]
    assert {alarm.watched for alarm in listen(log)} == {"scores"}


class Signed:
    """A snapshot that was signed: it says of every row that its score is what its first feature says."""

    version, feature_list = "signed", FEATURE_LIST

    def score(self, raw: Sequence[float]) -> float:
        return raw[0]


def learning(dice: random.Random, *, moves: bool) -> list[ExampleEvent]:
    """A model that learns: its scores rise from day 120 on. What it scores moves as well, or stays as it is."""
    log: list[ExampleEvent] = []
    for day in range(200):
        scored = scored_on(day, *(dice.betavariate(2, 30 if day < 120 else 10) for _ in range(40)))
        log.append(closing(day))
        for one in scored:
            seen = dice.betavariate(2, 10 if moves and day >= 120 else 30)
            log.append(replace(one, features=(seen, *one.features[1:])))
    return log


def test_scores_that_move_because_the_model_learns_are_no_drift_from_what_was_signed() -> None:
    log = learning(random.Random(6), moves=False)
    assert {alarm.watched for alarm in listen(log)} == {"scores"}
    assert listen(log, signed=Signed()) == ()


def test_rows_that_move_are_a_drift_from_what_was_signed() -> None:
    found = listen(learning(random.Random(6), moves=True), signed=Signed())
    assert {alarm.watched for alarm in found} == {"scores"}
    assert found[0].day >= FIRST_DAY + 120


def test_rows_of_another_list_of_features_are_not_scored_by_the_snapshot_that_was_signed() -> None:
    log = [
        replace(event, feature_list="another") if isinstance(event, Scored) else event
        for event in learning(random.Random(6), moves=True)
    ]
    assert listen(log, signed=Signed()) == ()


def test_who_asks_of_another_snapshot_hears_of_that_one() -> None:
    study = a_study()
    for offset, event in enumerate(learning(random.Random(6), moves=False)):
        study.take(offset, event)
    as_scored = study.listening.alarms(EVER)
    assert study.listening.alarms(EVER, Signed()) == ()
    assert study.listening.alarms(EVER) == as_scored != ()


def test_who_reads_the_records_anew_and_some_of_them_twice_hears_the_same() -> None:
    log, dice = a_doubling(7), random.Random(7)
    alarms = listen(log)
    assert alarms
    again = chain.from_iterable((event, event) if dice.random() < 0.3 else (event,) for event in log)
    assert listen(again) == alarms


def test_partitions_that_close_at_their_own_pace_make_the_same_days() -> None:
    log = a_doubling(8)
    alarms = listen(log)
    assert alarms
    two: list[ExampleEvent] = []
    for event in log:
        two.append(event)
        if isinstance(event, DayClosed) and event.day % 5 == 0:  # the other one closes five days at once
            two.append(DayClosed(1, event.day))
    through = max(event.day for event in two if isinstance(event, DayClosed) and event.partition == 1)
    assert listen(two, partitions=2) == tuple(alarm for alarm in alarms if alarm.day < through)


def test_what_was_known_when_a_report_was_signed_has_had_its_say() -> None:
    log = a_doubling(9)
    found = listen(log)
    assert found
    assert listen(log, since=Day(found[-1].day + 1)) == ()


def test_asked_as_of_an_earlier_day_again_it_says_what_it_said() -> None:
    study = a_study()
    for offset, event in enumerate(a_doubling(9)):
        study.take(offset, event)
    found = study.listening.alarms(EVER)
    assert study.listening.alarms(Day(found[-1].day + 1)) == ()
    assert study.listening.alarms(EVER) == found
