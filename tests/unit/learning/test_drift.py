"""Drift is found where it is, and seldom where it is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from models.calendar.local_time import date_of
from models.calendar.school_days import SchoolCalendar
from models.learning.drift import Alarm, DayHeard, DriftWatch
from models.learning.learner import Adwin
from schemas.hub import Period
from schemas.identifiers import Day

FIRST = Day(date(2024, 9, 2).toordinal())
TERMS = [
    Period(first=date(year, *first), last=date(year, *last))
    for year in range(2024, 2028)
    for first, last in (((1, 6), (3, 28)), ((4, 14), (7, 22)), ((9, 2), (12, 19)))
]
CALENDAR = SchoolCalendar(TERMS, ())


def watch(since: Day = FIRST) -> DriftWatch:
    return DriftWatch(Adwin, CALENDAR, since)


def days(numbers: int) -> Iterator[Day]:
    return (Day(FIRST + number) for number in range(numbers))


def tell_all(told: DriftWatch, heard: Iterator[DayHeard] | list[DayHeard]) -> tuple[Alarm, ...]:
    for day in heard:
        told.hear(day)
    return told.alarms


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_thousand_scores_and_labels_that_stay_as_they_are_raise_no_alarm(seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores, labels = dice.beta(1, 30, (500, 40)), dice.random((500, 40)) < 0.03
    heard = [
        DayHeard(day=day, scores=tuple(scores[row].tolist()), labels=tuple(labels[row].tolist()))
        for row, day in enumerate(days(500))
    ]
    assert tell_all(watch(), heard) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_labels_that_double_from_three_to_six_in_a_hundred_are_found(seed: int) -> None:
    dice = random.Random(seed)
    told = watch()
    for number, day in enumerate(days(500)):
        rate = 0.03 if number < 250 else 0.06
        told.hear(DayHeard(day=day, labels=tuple(dice.random() < rate for _ in range(40))))
    assert {alarm.watched for alarm in told.alarms} == {"labels"}
    assert FIRST + 250 <= told.alarms[0].day <= FIRST + 250 + 1600 // 40


def test_scores_that_shift_by_half_their_spread_are_found() -> None:
    dice = random.Random(4)
    told = watch()
    for number, day in enumerate(days(300)):
        shift = 0.0 if number < 200 else 0.05
        told.hear(DayHeard(day=day, scores=tuple(min(1.0, max(0.0, dice.gauss(0.3 + shift, 0.1))) for _ in range(40))))
    assert [alarm.watched for alarm in told.alarms][:1] == ["scores"]
    assert FIRST + 200 <= told.alarms[0].day <= FIRST + 217


def a_days_count(dice: random.Random, day: Day, times: float = 1.0) -> int:
    """A school's feed: a hundred events on a school day, hardly any on another."""
    usual = 100 if CALENDAR.is_school_day(day) and date_of(day).weekday() < 5 else 4
    return max(0, round(dice.gauss(usual * times, (usual * times) ** 0.5)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weekends_and_holidays_are_no_drift(seed: int) -> None:
    dice = random.Random(seed)
    heard = [DayHeard(day=day, counts=(("school", a_days_count(dice, day)),)) for day in days(1100)]
    assert tell_all(watch(), heard) == ()


def test_a_feed_of_which_a_third_stays_away_is_found_and_named() -> None:
    dice = random.Random(5)
    heard = [
        DayHeard(
            day=day,
            counts=(
                ("police", a_days_count(dice, day)),
                ("school", a_days_count(dice, day, 1.0 if number < 300 else 0.67)),
            ),
        )
        for number, day in enumerate(days(420))
    ]
    found = tell_all(watch(), heard)
    assert {(alarm.watched, alarm.name) for alarm in found} == {("counts", "school")}
    assert FIRST + 300 <= found[0].day <= FIRST + 400


def test_a_feed_that_falls_silent_is_found_within_six_weeks_holidays_included() -> None:
    dice = random.Random(6)
    heard = [
        DayHeard(day=day, counts=(("school", a_days_count(dice, day) if number < 200 else 0),))
        for number, day in enumerate(days(260))
    ]
    found = tell_all(watch(), heard)
    assert FIRST + 200 <= found[0].day <= FIRST + 242


def test_a_watch_told_the_same_days_again_after_a_restart_says_the_same() -> None:
    dice = random.Random(7)
    heard = [
        DayHeard(day=day, labels=tuple(dice.random() < (0.02 if number < 150 else 0.2) for _ in range(20)))
        for number, day in enumerate(days(300))
    ]
    first, again = watch(), watch()
    alarms = tell_all(first, heard)
    tell_all(again, heard[:170])
    assert alarms
    assert tell_all(again, heard[170:]) == alarms


def test_an_alarm_stays_open_until_somebody_has_looked_and_the_watch_then_begins_anew() -> None:
    heard = [DayHeard(day=day, labels=((number >= 100),) * 20) for number, day in enumerate(days(200))]
    alarms = tell_all(watch(), heard)
    assert alarms
    looked = Day(alarms[-1].day + 1)
    assert tell_all(watch(since=looked), heard) == ()


def test_a_closed_day_stays_closed() -> None:
    told = watch()
    told.hear(DayHeard(day=FIRST))
    with pytest.raises(ValueError, match="stays closed"):
        told.hear(DayHeard(day=FIRST))
