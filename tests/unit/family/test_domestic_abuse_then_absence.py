"""Domestic abuse, then more missed school than usual (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.statements import Statement
from tests.saying import in_family, marks, notification, same_child
from tests.telling import raises, restated, tell
from tests.unit.family.notices import sessions

RULE = "domestic-abuse-then-absence"


def abuse(at: float = 84, key: str = "n1", **more: Any) -> Statement:
    return notification(key, at=at, grade="amber", concerns=("domestic-abuse",), **more)


def missed(count: int, first: int = 85) -> list[tuple[float, int, str]]:
    return [(day, half, "O") for day, half, _ in sessions(first, first + 20)][:count]


@pytest.mark.parametrize(("count", "raised"), [(3, []), (4, [(RULE, 5)]), (5, [(RULE, 6)])])
def test_without_a_known_past_four_sessions_suffice(count: int, raised: list[tuple[str, int]]) -> None:
    assert raises(tell(abuse(), marks(*missed(count), at=90))) == raised


@pytest.mark.parametrize(("last", "count"), [(98, 1), (99, 0)])
def test_day_14_counts_and_day_15_does_not(last: int, count: int) -> None:
    told = [*missed(3), (last, 0, "O")]
    assert len(raises(tell(abuse(at=84), marks(*told, at=100)))) == count


def usual(unauthorised: int, possible: int) -> list[Statement]:
    """So many possible sessions before day 84, of which so many were unauthorised."""
    days = sessions(0, 83)[-possible:]
    told = [(day, half, "O" if n < unauthorised else "/") for n, (day, half, _) in enumerate(days)]
    return [marks(*told[n : n + 20], at=83.5, event_id=f"past-{n}") for n in range(0, len(told), 20)]


def after(unauthorised: int, possible: int) -> Statement:
    """So many possible sessions from day 84, the last of which were unauthorised."""
    days = sessions(84, 97)[:possible]
    told = [(d, half, "O" if n >= possible - unauthorised else "/") for n, (d, half, _) in enumerate(days)]
    return marks(*told, at=98)


def test_twice_the_usual_share_raises_and_less_does_not() -> None:
    # usual 10 of 50: 1/5, so 4 of 10 is twice as much
    assert raises(tell(*usual(10, 50), abuse(), after(4, 10))) == [(RULE, 5)]
    assert raises(tell(*usual(10, 50), abuse(), after(4, 11))) == []


def test_a_share_below_two_in_a_hundred_counts_as_that() -> None:
    assert raises(tell(*usual(0, 60), abuse(), after(4, 20))) == [(RULE, 5)]


@pytest.mark.parametrize(("possible", "count"), [(39, 1), (40, 0)])
def test_with_fewer_than_forty_possible_sessions_nothing_is_usual(possible: int, count: int) -> None:
    told = tell(*usual(possible, possible), abuse(), after(4, 4))
    assert len(raises(told)) == count


def test_what_lies_more_than_84_days_back_is_not_the_usual() -> None:
    past = [marks(*sessions(-28, -1, "O")[n : n + 20], at=0, event_id=f"old-{n}") for n in (0, 20)]
    assert raises(tell(*past, abuse(), after(4, 4))) == [(RULE, 5)]
    within = marks(*sessions(0, 11, "O"), at=12), marks(*sessions(14, 25, "O"), at=26), marks(*sessions(28, 32), at=33)
    assert raises(tell(*past, *within, abuse(), after(4, 4))) == []


def test_sessions_that_were_not_possible_count_for_nothing() -> None:
    told = [(day, half, "Y4") for day, half, _ in sessions(84, 91)]
    assert raises(tell(*usual(10, 50), abuse(), marks(*told, at=92), marks(*missed(4, first=92), at=97))) == [(RULE, 5)]


def test_it_is_the_child_that_was_named_whose_school_is_looked_at() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    assert raises(tell(*linked, abuse(), marks(*missed(6), at=90, child="b"))) == []


def test_two_children_may_satisfy_one_reason() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    both = abuse(at=91, on=84, children=(("a",), ("b",)))
    told = tell(*linked, marks(*missed(4), at=90), marks(*missed(5), at=90, child="b"), both)
    assert raises(told) == [(RULE, 11)]


def test_other_concerns_do_not_count_nor_does_an_encompass_notice() -> None:
    assert raises(tell(notification(at=84, concerns=("neglect",)), marks(*missed(6), at=90))) == []
    assert raises(tell(abuse(notice="ENCOMPASS"), marks(*missed(6), at=90))) == []


def test_more_missed_sessions_do_not_raise_again_and_a_new_notification_does() -> None:
    once = (abuse(), marks(*missed(4), at=87), marks(*missed(4, first=87), at=90.5))
    assert raises(tell(*once)) == [(RULE, 5)]
    assert raises(tell(*once, abuse(at=91, key="n2"), marks(*missed(4, first=92), at=95))) == [(RULE, 5), (RULE, 14)]


def test_a_late_explanation_takes_the_reason_away() -> None:
    told = tell(abuse(), marks(*missed(4), at=87), marks((86, 1, "I"), at=88))
    assert [again.reason for again in restated(told)] == [None]


def test_an_explanation_of_one_of_five_is_told_as_a_changed_reason() -> None:
    told = tell(abuse(), marks(*missed(5), at=88), marks((85, 0, "I"), at=88.5))
    (again,) = restated(told)
    assert again.reason is not None
    assert len(again.reason.facts) == 5
    assert "4 school sessions" in again.reason.text


def test_a_retracted_notification_takes_the_reason_away() -> None:
    told = tell(abuse(), marks(*missed(4), at=87), abuse(at=88, on=84, retracted=True))
    assert [again.reason for again in restated(told)] == [None]


@pytest.mark.parametrize("school", ["100000", "900000"])
def test_what_another_school_says_alike_of_the_same_sessions_changes_nothing(school: str) -> None:
    told = tell(abuse(), marks(*missed(4), at=90), marks(*missed(4), at=90.5, school=school, key="other"))
    assert restated(told) == []


@pytest.mark.parametrize("school", ["100000", "900000"])
def test_where_the_named_mark_is_taken_back_that_of_another_school_stands_for_it(school: str) -> None:
    told = tell(
        abuse(),
        marks(*missed(4), at=90),
        marks(*missed(4), at=90.5, school=school, key="other"),
        marks(missed(4)[-1], at=90.6, retracted=True),
    )
    (again,) = restated(told)
    assert again.reason is not None
    assert len(again.reason.facts) == 5


@pytest.mark.parametrize(("first", "then"), [("a", "b"), ("b", "a")])
def test_nor_does_the_same_mark_told_under_another_identifier_of_the_child(first: str, then: str) -> None:
    told = tell(
        same_child("k1", "a", "b", at=0),
        abuse(),
        marks(*missed(4), at=90, child=first),
        marks(missed(4)[-1], at=90.5, child=then),
    )
    assert raises(told) == [(RULE, 5)]
    assert all(again.reason is not None for again in restated(told))
