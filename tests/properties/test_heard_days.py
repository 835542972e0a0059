"""The days on which a feed was heard: the same in any order, bounded, and true of every day that may yet be asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.freshness.heard import KEPT_DAYS, FeedDays, hear, last_before
from schemas.identifiers import Day

FEED = "riverton-police/referral"
DAYS = st.lists(st.integers(739_000, 739_400).map(Day), min_size=1, max_size=80)


def told(days: list[Day]) -> FeedDays:
    heard: FeedDays = {}
    for day in days:
        heard = hear(heard, FEED, day)
    return heard


@given(DAYS.flatmap(lambda days: st.tuples(st.just(days), st.permutations([*days, *days[:3]]))))
def test_any_order_and_repeats_give_the_same_days(days: tuple[list[Day], list[Day]]) -> None:
    assert told(days[0]) == told(days[1])


@given(DAYS, st.integers(0, KEPT_DAYS))
def test_what_is_kept_answers_for_every_day_back_to_the_bound_as_all_days_would(days: list[Day], back: int) -> None:
    today = Day(max(days) + 1 - back)
    assert last_before(told(days), FEED, today) == max((day for day in days if day < today), default=None)


@given(DAYS)
def test_no_more_is_kept_than_the_bound(days: list[Day]) -> None:
    (kept,) = told(days).values()
    assert len(kept) <= KEPT_DAYS + 2
    assert list(kept) == sorted(set(kept))


@given(DAYS)
def test_a_day_told_twice_changes_nothing(days: list[Day]) -> None:
    heard = told(days)
    assert hear(heard, FEED, max(days)) is heard
