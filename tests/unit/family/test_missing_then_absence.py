"""A child missing, and two unauthorised sessions around it (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

import pytest

from tests.saying import in_family, marks
from tests.telling import raises, restated, tell
from tests.unit.family.notices import missing

RULE = "missing-then-absence"


@pytest.mark.parametrize(("count", "raised"), [(1, []), (2, [(RULE, 3)]), (3, [(RULE, 4)])])
def test_two_sessions_raise_and_one_does_not(count: int, raised: list[tuple[str, int]]) -> None:
    missed = [(2, 0, "O"), (2, 1, "U"), (3, 0, "N")][:count]
    assert raises(tell(missing(at=1.5), marks(*missed, at=4))) == raised


@pytest.mark.parametrize(("last", "count"), [(11, 1), (14, 0)])
def test_an_open_episode_counts_up_to_seven_days_after_its_start(last: int, count: int) -> None:
    told = tell(missing(at=4.9), marks((7, 0, "O"), at=8), marks((last, 1, "O"), at=last + 0.9))
    assert len(raises(told)) == count


@pytest.mark.parametrize(("last", "count"), [(10, 1), (11, 0)])
def test_an_ended_one_counts_up_to_seven_days_after_its_end(last: int, count: int) -> None:
    told = tell(missing(at=3.9, on=3.5, started=1, ended=3.4), marks((4, 0, "O"), (last, 0, "O"), at=last + 0.9))
    assert len(raises(told)) == count


def test_the_day_on_which_it_was_first_missing_counts_and_the_day_before_does_not() -> None:
    assert raises(tell(marks((2, 0, "O"), (2, 1, "O"), at=2.8), missing(at=3.5, on=2.9, started=2.8))) == [(RULE, 3)]
    assert raises(tell(marks((1, 1, "O"), (2, 0, "O"), at=2.8), missing(at=3.5, on=2.9, started=2.8))) == []


def test_authorised_absence_does_not_count_nor_does_that_of_a_sibling() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    told = tell(*linked, missing(at=1.5), marks((2, 0, "I"), (2, 1, "M"), at=3), marks((2, 0, "O"), at=3))
    assert raises(told) == []
    assert raises(tell(*linked, missing(at=1.5), marks((2, 0, "O"), (2, 1, "O"), at=3, child="b"))) == []


def test_being_away_without_leave_is_not_being_missing() -> None:
    assert raises(tell(missing(at=1.5, category="A"), marks((2, 0, "O"), (2, 1, "O"), at=3))) == []


def test_the_notice_may_come_last() -> None:
    assert raises(tell(marks((2, 0, "O"), (2, 1, "O"), at=3), missing(at=4, on=1.5))) == [(RULE, 3)]


def test_marks_alone_never_raise_again_but_a_new_time_does() -> None:
    first = (missing(at=1.5), marks((2, 0, "O"), (2, 1, "O"), at=3), marks((3, 0, "O"), (3, 1, "O"), at=3.9))
    assert raises(tell(*first)) == [(RULE, 3)]
    again = (missing("m2", at=7.5), marks((8, 0, "O"), (8, 1, "O"), at=8.9))
    assert raises(tell(*first, *again)) == [(RULE, 3), (RULE, 8)]  # by then both times reach to day 8


def test_a_time_long_over_is_not_named_with_a_new_one() -> None:
    first = (missing(at=1.5), marks((2, 0, "O"), (2, 1, "O"), at=3))
    again = (missing("m2", at=20.5), marks((21, 0, "O"), (21, 1, "O"), at=21.9))
    assert raises(tell(*first, *again)) == [(RULE, 3), (RULE, 3)]


def test_an_end_told_later_can_make_it_hold() -> None:
    begun = missing(at=1.5)
    missed = marks((9, 0, "O"), (9, 1, "O"), at=9.9)
    assert raises(tell(begun, missed)) == []
    assert raises(tell(begun, missed, missing(at=10, on=1.5, ended=4))) == [(RULE, 3)]


def test_a_mark_corrected_to_illness_takes_the_reason_away() -> None:
    told = tell(missing(at=1.5), marks((2, 0, "O"), (2, 1, "O"), at=3), marks((2, 1, "I"), at=3.5))
    assert [again.reason for again in restated(told)] == [None]


def test_a_mark_corrected_to_another_code_without_leave_changes_nothing() -> None:
    told = tell(missing(at=1.5), marks((2, 0, "N"), (2, 1, "N"), at=3), marks((2, 1, "O"), at=3.5))
    assert restated(told) == []
