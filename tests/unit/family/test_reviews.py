"""A rule past its review date warns 30 days ahead, and then stops raising, visibly."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date

import pytest
from msgspec.structs import replace

from models.calendar.local_time import day_of, midnight
from models.family.reviews import reviews_due
from models.family.rules import RulePack
from schemas.identifiers import Day
from streams import logs
from streams.process import Reviews
from tests.saying import START, notification
from tests.telling import DEFAULT_PACK, hub, raises

RULE = "three-low-grade-notifications"
BY = day_of(date(2026, 6, 1))


def pack(review_on: Day) -> RulePack:
    only = DEFAULT_PACK.rule[0]
    return replace(DEFAULT_PACK, rule=(replace(only, review_on=date.fromordinal(review_on)),))


@pytest.mark.parametrize(("today", "left"), [(BY - 31, None), (BY - 30, 30), (BY, 0), (BY + 1, -1), (BY + 99, -99)])
def test_a_review_is_asked_for_from_thirty_days_before(today: Day, left: int | None) -> None:
    assert [due.days_left for due in reviews_due(pack(BY), Day(today))] == ([] if left is None else [left])


def test_it_is_said_in_words_with_the_owner_and_the_day() -> None:
    (near,) = reviews_due(pack(BY), BY)
    (over,) = reviews_due(pack(BY), Day(BY + 1))
    assert near.in_words().startswith(f"The rule {RULE} is to be reviewed by 1 June 2026")
    assert over.in_words().startswith(f"The rule {RULE} raises no more")
    assert "Owner: Hub practice lead." in over.in_words()


@pytest.mark.parametrize(("day", "count"), [(9, 1), (8, 0)])
def test_a_rule_raises_on_its_review_date_and_not_after(day: int, count: int) -> None:
    told = hub(pack(Day(day_of(START) + day)))
    for number in (1, 5, 9):
        told.hear(notification(f"n{number}", at=number))
    assert len(raises(told)) == count


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("families", stream=stream)
    yield stream
    logs.configure("families")


def test_it_is_logged_once_a_day(written: io.StringIO) -> None:
    counted: list[tuple[int, int]] = []
    reviews = Reviews(pack(BY), lambda soon, over: counted.append((soon, over)))
    for day in (BY - 40, BY - 1, BY - 1, BY + 1, BY - 1):
        reviews.tell(midnight(Day(day)))
    said = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["event"], line["reason"], line["count"]) for line in said] == [
        ("rule_review_due", RULE, 1),
        ("rule_raises_no_more", RULE, -1),
    ]
    assert counted == [(0, 0), (1, 0), (0, 1)]
