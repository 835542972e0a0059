"""How much each feed sent reaches the watch for drift: whole days, silent feeds as 0, and none that nobody expects."""

from __future__ import annotations

import random
from datetime import date

import pytest

from models.calendar.local_time import date_of
from models.calendar.school_days import SchoolCalendar
from models.learning.feeds import FeedsHeard
from schemas.examples import ExampleEvent, FeedsCounted
from schemas.hub import Cadence, Period, Source
from schemas.identifiers import AgencyId, Day
from tests.unit.learning.rows import FIRST_DAY, a_study, closing


def a_source(
    calendar: Cadence = "every-day",
    *,
    agency: str = "riverton-police",
    first: date = date(2020, 1, 1),
    last: date = date(2040, 1, 1),
) -> Source:
    return Source(
        agency=AgencyId(agency),
        kind="police-notification",
        lawful_basis="public task",
        agreement="T-1",
        first=first,
        last=last,
        expected_every_days=1,
        calendar=calendar,
    )


POLICE = a_source()
FEED = "riverton-police/police-notification"
NO_SCHOOL = SchoolCalendar((), ())


def counted(day: int, count: int = 0, partition: int = 0, feed: str = FEED) -> FeedsCounted:
    """What a partition counted of a feed on a day; of a silent one it says nothing."""
    return FeedsCounted(partition, Day(FIRST_DAY + day), ((feed, count),) if count else ())


def heard(*told: FeedsCounted, partitions: int = 1, source: Source = POLICE) -> dict[int, dict[str, int]]:
    feeds = FeedsHeard(partitions, (source,), NO_SCHOOL)
    for one in told:
        feeds.take(one)
    return {day.day - FIRST_DAY: dict(day.counts) for day in feeds.days}


def test_a_day_is_the_sum_of_what_all_partitions_counted() -> None:
    told = (counted(0, 2), counted(0, 3, partition=1), counted(1, 1), counted(1, 4, partition=1))
    assert heard(*told, partitions=2) == {0: {FEED: 5}, 1: {FEED: 5}}


def test_a_day_waits_for_the_last_partition() -> None:
    told = (counted(0, 2), counted(0, 3, partition=1), counted(1, 1), counted(2, 1))
    assert heard(*told, partitions=2) == {0: {FEED: 5}}


def test_what_a_partition_leaves_out_it_had_none_of() -> None:
    assert heard(counted(0, 2), counted(3, 1)) == {0: {FEED: 2}, 1: {FEED: 0}, 2: {FEED: 0}, 3: {FEED: 1}}


def test_days_before_all_partitions_had_begun_are_left_aside() -> None:
    told = (counted(0, 2), counted(1, 2), counted(2, 2), counted(1, 1, partition=1), counted(2, 1, partition=1))
    assert heard(*told, partitions=2) == {1: {FEED: 3}, 2: {FEED: 3}}


def test_a_repeat_says_nothing_and_neither_does_a_partition_that_does_not_exist() -> None:
    told = (counted(0, 2), counted(0, 2), counted(1, 1), counted(0, 2), counted(1, 9, partition=7))
    assert heard(*told) == {0: {FEED: 2}, 1: {FEED: 1}}


def test_a_feed_that_nobody_agreed_upon_is_not_watched() -> None:
    assert heard(counted(0, 7, feed="somebody/referral")) == {0: {FEED: 0}}


def test_a_feed_is_watched_while_its_agreement_runs() -> None:
    source = a_source(first=date_of(Day(FIRST_DAY + 1)), last=date_of(Day(FIRST_DAY + 2)))
    told = [counted(day, 5) for day in range(5)]
    assert heard(*told, source=source) == {0: {}, 1: {FEED: 5}, 2: {FEED: 5}, 3: {}, 4: {}}


@pytest.mark.parametrize(("calendar", "expected"), [("every-day", 7), ("working-days", 5), ("school-days", 0)])
def test_a_feed_is_watched_on_the_days_that_expect_it(calendar: Cadence, expected: int) -> None:
    days = heard(*(counted(day, 5) for day in range(70, 77)), source=a_source(calendar))  # no bank holiday
    assert sum(bool(day) for day in days.values()) == expected


def test_the_school_days_of_the_hub_are_those_of_its_terms() -> None:
    term = Period(first=date_of(Day(FIRST_DAY + 70)), last=date_of(Day(FIRST_DAY + 76)))
    feeds = FeedsHeard(1, (a_source("school-days"),), SchoolCalendar((term,), ()))
    for day in range(60, 90):
        feeds.take(counted(day, 5))
    assert sum(bool(day.counts) for day in feeds.days) == 5


def test_a_feed_that_loses_half_is_found_by_the_learner_and_named() -> None:
    dice = random.Random(8)
    log: list[ExampleEvent] = []
    for day in range(300):
        usual = 60.0 if day < 200 else 30.0
        log += [closing(day), counted(day - 8, max(1, round(dice.gauss(usual, usual**0.5))))]
    found = listen(log, POLICE)
    assert {(watched, name) for watched, name, _ in found} == {("counts", FEED)}
    assert 192 <= found[0][2] - FIRST_DAY <= 292
    assert listen(log) == [], "without the hub nobody knows of a feed"


def listen(log: list[ExampleEvent], *sources: Source) -> list[tuple[str, str | None, int]]:
    study = a_study(sources=sources)
    for offset, event in enumerate(log):
        study.take(offset, event)
    return [(alarm.watched, alarm.name, alarm.day) for alarm in study.listening.alarms(Day(0))]
