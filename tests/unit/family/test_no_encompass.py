"""No Encompass notice before the next school day (EVENTS section 4), boundary by boundary. Day 0 is a Monday."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from models.calendar.local_time import to_datetime
from models.calendar.school_days import SchoolCalendar
from models.hub.sequence import Sequence
from schemas.desk_events import Raised
from schemas.facts import Part
from schemas.hub import Period
from schemas.statements import Statement
from tests.saying import in_family, moment, notification
from tests.telling import DEFAULT_PACK, hub, raises, restated

RULE = "no-encompass-by-next-school-day"
PRESENT, ABSENT = Part("resident", True, False), Part("resident", False, False)
HALF_PAST_EIGHT = 8.5 / 24


def term(first: str, last: str) -> Period:
    return Period(first=date.fromisoformat(first), last=date.fromisoformat(last))


# START is Monday 2 March 2026
TERMS = (term("2026-02-23", "2026-03-27"), term("2026-04-13", "2026-05-22"), term("2026-10-19", "2026-12-18"))
CLOSED = (term("2026-03-05", "2026-03-05"),)
PACK = replace(DEFAULT_PACK, schools=SchoolCalendar(TERMS, CLOSED))


def told_until(until: float, *statements: Statement) -> Sequence:
    told = hub(PACK)
    for statement in statements:
        told.hear(statement)
    told.let_time_pass(moment(until))
    return told


def since(told: Sequence) -> list[datetime]:
    return [event.reason.since for event in told.told_to_desk if isinstance(event, Raised)]


def at(day: float) -> datetime:
    return to_datetime(moment(day))


def ppn(key: str = "p1", *, at: float, concerns: tuple[str, ...] = ("domestic-abuse",), **more: Any) -> Statement:
    more = {"parts": (PRESENT,), "grade": None, "occurrence": "o1", **more}
    return notification(key, at=at, concerns=concerns, **more)


def encompass(key: str = "e1", *, at: float, **more: Any) -> Statement:
    return ppn(key, at=at, **{"notice": "ENCOMPASS", "concerns": (), "on": 0.9, **more})


def test_it_is_due_at_half_past_eight_and_not_a_moment_before() -> None:
    assert raises(told_until(1 + HALF_PAST_EIGHT - 0.0001, ppn(at=0.9))) == []
    told = told_until(1 + HALF_PAST_EIGHT, ppn(at=0.9))
    assert raises(told) == [(RULE, 1)]
    assert since(told) == [at(1 + HALF_PAST_EIGHT)]


@pytest.mark.parametrize(
    ("received", "count"), [(1.3, 0), (1 + HALF_PAST_EIGHT - 0.00001, 0), (1 + HALF_PAST_EIGHT, 1)]
)
def test_a_notice_before_half_past_eight_is_in_time_and_one_at_it_is_not(received: float, count: int) -> None:
    assert len(raises(told_until(3, ppn(at=0.9), encompass(at=received)))) == count


@pytest.mark.parametrize(
    ("happened", "due"),
    [
        (0.2, HALF_PAST_EIGHT),  # in the night before a school day
        (HALF_PAST_EIGHT, 1 + HALF_PAST_EIGHT),  # at half past eight: the next one counts
        (2.9, 4 + HALF_PAST_EIGHT),  # Wednesday night; on Thursday the schools are closed
        (4.9, 7 + HALF_PAST_EIGHT),  # Friday night
        (5.5, 7 + HALF_PAST_EIGHT),
        (25.5, 42 + HALF_PAST_EIGHT),  # the last evening of term
    ],
)
def test_it_is_the_next_day_on_which_schools_are_open(happened: float, due: float) -> None:
    assert since(told_until(60, ppn(at=happened + 0.001, on=happened))) == [at(due)]


def test_half_past_eight_is_by_the_clock_on_the_wall() -> None:
    # Saturday 28 March: the clocks go forward that night, the holidays end on 13 April
    assert since(told_until(60, ppn(at=26.9))) == [datetime.fromisoformat("2026-04-13T07:30:00+00:00")]
    # Friday 23 October 2026: they go back on Sunday morning
    assert since(told_until(250, ppn(at=235.9))) == [datetime.fromisoformat("2026-10-26T08:30:00+00:00")]


@pytest.mark.parametrize(
    "more",
    [
        {"concerns": ("neglect",)},
        {"parts": (ABSENT,)},
        {"notice": "OTHER"},
        {"notice": "CUSTODY"},
    ],
)
def test_without_abuse_a_child_present_or_a_ppn_no_notice_is_expected(more: dict[str, Any]) -> None:
    assert raises(told_until(9, ppn(at=0.9, **more))) == []


def test_a_notice_counts_for_its_own_agency_and_occurrence() -> None:
    assert raises(told_until(3, ppn(at=0.9), encompass(at=1, occurrence="o2"))) == [(RULE, 1)]


def test_a_notice_that_names_a_child_of_another_family_does_not_count() -> None:
    assert raises(told_until(3, ppn(at=0.9), encompass(at=1, children=(("z",),)))) == [(RULE, 1)]


def test_a_notice_that_names_a_sibling_counts() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    assert raises(told_until(3, *linked, ppn(at=0.9), encompass(at=1, children=(("b",),)))) == []


def test_a_retracted_notice_does_not_count() -> None:
    told = told_until(3, ppn(at=0.9), encompass(at=1), encompass(at=1.1, retracted=True))
    assert raises(told) == [(RULE, 1)]


def test_each_family_with_a_child_present_is_asked_about() -> None:
    both = ppn(at=0.9, children=(("a",), ("b",)), parts=(PRESENT, PRESENT))
    assert raises(told_until(3, both)) == [(RULE, 1), (RULE, 1)]
    one = ppn(at=0.9, children=(("a",), ("b",)), parts=(PRESENT, ABSENT))
    assert raises(told_until(3, one)) == [(RULE, 1)]


def test_of_two_siblings_the_one_who_was_there_is_named() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    told = told_until(3, *linked, ppn(at=0.9, children=(("a",), ("b",)), parts=(PRESENT, ABSENT)))
    assert raises(told) == [(RULE, 1)]


def test_where_the_ppn_comes_later_a_notice_before_it_is_in_time() -> None:
    assert since(told_until(9, ppn(at=3.2, on=0.9))) == [at(3.2)]
    assert raises(told_until(9, encompass(at=3.1), ppn(at=3.2, on=0.9))) == []
    assert raises(told_until(9, ppn(at=3.2, on=0.9), encompass(at=3.3))) == [(RULE, 1)]


@pytest.mark.parametrize(("received", "count"), [(29.5, 1), (30.5, 0)])
def test_the_28_days_count_from_the_limit(received: float, count: int) -> None:
    assert len(raises(told_until(received, ppn(at=received, on=0.9)))) == count


def test_a_late_notice_changes_nothing() -> None:
    told = told_until(3, ppn(at=0.9), encompass(at=1.5))
    assert restated(told) == []
    assert not told.revisions[-1].basis_changed


def test_it_is_looked_at_once() -> None:
    told = told_until(9, ppn(at=0.9, parts=(ABSENT,)), ppn(at=2, on=0.9))
    assert raises(told) == []
    told = told_until(9, ppn(at=0.9), ppn(at=2, on=0.9, retracted=True), ppn(at=3, on=0.9), ppn(at=4, on=3.9))
    assert raises(told) == [(RULE, 1)]


def test_moves_do_not_repeat_it() -> None:
    told = told_until(9, in_family("l1", "a", "F1", at=0), ppn(at=0.9), in_family("l1", "a", "F2", at=3, recorded=3))
    assert raises(told) == [(RULE, 1)]


def test_a_family_that_the_ppn_names_later_is_looked_at_then() -> None:
    told = told_until(9, ppn(at=0.9), ppn(at=3, on=0.9, children=(("a",), ("b",)), parts=(PRESENT, PRESENT)))
    assert since(told) == [at(1 + HALF_PAST_EIGHT), at(3)]


def test_a_correction_that_takes_the_abuse_back_takes_the_reason_away() -> None:
    told = told_until(1.4, ppn(at=0.9), ppn(at=1.38, on=0.9, concerns=("neglect",)))
    assert [again.reason for again in restated(told)] == [None]


def test_where_no_school_day_is_known_it_is_not_raised_and_the_next_prompt_says_so() -> None:
    # day 81 is the last of term, and the next one known begins on day 231
    beyond = ppn(at=100.9, on=100.9)
    told = told_until(300, beyond)
    assert raises(told) == []
    green = (notification(f"n{n}", at=102 + n) for n in range(3))
    told = told_until(110, beyond, *green)
    assert raises(told) == [("three-low-grade-notifications", 3)]
    (said,) = told.revisions[0].not_known
    assert said.agency == "riverton-police"
    assert said.kind == "police-notification"
    assert "No school day is known" in said.text


@pytest.mark.parametrize(("happened", "count"), [(111.5, 1), (110.5, 0)])
def test_a_school_day_120_days_ahead_is_known_and_one_of_121_days_is_not(happened: float, count: int) -> None:
    assert len(raises(told_until(240, ppn(at=happened)))) == count
