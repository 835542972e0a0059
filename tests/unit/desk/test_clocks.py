from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from models.desk.clocks import wake_at
from models.desk.state import counts, oldest_open

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def closing(desk_with: Any) -> Desk:
    """A desk with one prompt a day, where prompts close when they are due."""
    return desk_with(budget=1, closes_at_due=True)


def test_a_prompt_waiting_or_not_closes_at_its_due_time(closing: Desk, when: When) -> None:
    closing.raised("r-1", when(6, 9), family="f-1")  # a Friday: due at 24:00 of Monday
    closing.raised("r-2", when(6), family="f-2", kind="step-down")
    closing.raised("r-3", when(6), family="f-3", kind="step-down")
    closing.raised("r-4", when(6), family="f-4", kind="step-down")
    closing.raised("r-5", when(6), family="f-5", kind="step-down")
    assert wake_at(closing.state) == when(7, 0)
    later = closing.wait_until(when(10, 0))
    assert [(one.status, one.updated_at.day) for one in later] == [
        ("open", 7),
        ("open", 8),
        ("open", 9),
        *[("closed", 10)] * 5,
    ]
    assert {one.notes[-1] for one in later[3:]} == {"Closed at its due time."}
    assert wake_at(closing.state) is None


def test_at_one_moment_prompts_close_first_then_rules_raise(closing: Desk, when: When) -> None:
    (first,) = closing.raised("r-1", when(3))
    closed, second = closing.raised("r-2", when(5, 0))
    assert (closed.prompt_id, closed.status) == (first.prompt_id, "closed")
    assert (second.revision, second.status) == (1, "open")


def test_just_before_it_is_due_a_prompt_takes_further_reasons(closing: Desk, when: When) -> None:
    (first,) = closing.raised("r-1", when(3))
    (second,) = closing.raised("r-2", when(4, 23, 59))
    assert second.prompt_id == first.prompt_id
    assert second.due_at == first.due_at


def test_at_one_moment_prompts_close_before_waiting_ones_open(closing: Desk, when: When) -> None:
    closing.raised("r-0", when(2), family="f-0")
    closing.raised("r-1", when(2, 11), family="f-1")
    closing.raised("r-2", when(3), family="f-2")
    closing.raised("r-3", when(3), family="f-3")
    at_midnight = [one for one in closing.wait_until(when(4, 0)) if one.updated_at.day == 4]
    assert [one.status for one in at_midnight] == ["closed", "closed", "open"]


def test_a_prompt_told_after_it_was_due_closes_at_once(closing: Desk, when: When) -> None:
    closing.wait_until(when(9))
    opened, closed = closing.raised("r-1", when(3))
    assert (opened.revision, opened.status) == (1, "open")
    assert (closed.revision, closed.status) == (2, "closed")
    assert opened.updated_at == closed.updated_at == datetime(2026, 11, 9, 10, tzinfo=UTC)
    assert wake_at(closing.state) is None


def test_where_nobody_closes_by_the_clock_a_due_prompt_stays_open(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    assert wake_at(desk.state) is None
    assert desk.wait_until(when(30)) == ()


def test_a_prompt_reopened_after_it_was_due_stays_open(closing: Desk, when: When) -> None:
    closing.raised("r-1", when(3))
    (closed,) = closing.wait_until(when(5, 0))
    (again,) = closing.act("reopened", closed, when(5))
    assert again.status == "open"
    assert closing.wait_until(when(20)) == ()


def test_a_snoozed_prompt_comes_back_at_its_time(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("snoozed", prompt, when(3, 11), until=when(5, 9))
    assert wake_at(desk.state) == when(5, 9)
    assert desk.wait_until(when(5, 8, 59)) == ()
    (back,) = desk.wait_until(when(5, 12))
    assert (back.status, back.notes[-1]) == ("open", "Came back after a snooze.")
    assert back.updated_at == datetime(2026, 11, 5, 9, tzinfo=UTC)


def test_the_clock_of_a_desk_never_goes_back(desk: Desk, when: When) -> None:
    desk.wait_until(when(6))
    desk.wait_until(when(3))
    assert desk.state.clock == when(6)


def test_a_closed_prompt_is_known_for_thirteen_months_and_then_forgotten(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11))
    assert desk.raised("r-1", when(3, 23, month=12, year=2027)) == ()
    assert counts(desk.state).forgotten == 0
    (again,) = desk.raised("r-1", when(4, 0, month=12, year=2027))
    assert (again.prompt_id, again.revision) == (prompt.prompt_id, 1)
    assert counts(desk.state).forgotten == 1
    assert len(desk.state.closed) == 0


def test_what_a_closed_prompt_said_is_dropped_when_it_can_no_longer_be_reopened(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11))
    desk.wait_until(when(1, 23, month=12))
    (kept,) = desk.state.closed
    assert kept.body is not None
    desk.wait_until(when(2, 0, month=12))
    (kept,) = desk.state.closed
    assert kept.body is None
    assert desk.raised("r-1", when(2, month=12)) == ()


def test_a_prompt_closed_twice_is_kept_from_its_last_closing(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    (again,) = desk.act("reopened", closed, when(20))
    desk.act("disposed", again, when(20, 11))
    desk.wait_until(when(4, month=12, year=2027))
    assert counts(desk.state).closed == 1
    desk.wait_until(when(21, month=12, year=2027))
    assert counts(desk.state).closed == 0


def test_an_objection_to_a_closed_prompt_does_not_keep_it_longer(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11))
    desk.act("contested", prompt, when(20))
    desk.wait_until(when(4, month=12, year=2027))
    assert counts(desk.state).closed == 0


def test_an_open_prompt_is_never_forgotten(desk: Desk, when: When) -> None:
    assert oldest_open(desk.state) is None
    desk.raised("r-1", when(3))
    desk.wait_until(when(3, year=2030))
    assert counts(desk.state).open == 1
    assert oldest_open(desk.state) == when(3)


def test_a_prompt_that_nobody_took_up_by_its_due_time_is_overdue(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(6))  # a Friday: due at 24:00 of Monday
    desk.wait_until(when(9, 23, 59))
    assert counts(desk.state).overdue == 0
    desk.wait_until(when(10, 0))
    assert counts(desk.state).overdue == 1
    desk.act("acknowledged", prompt, when(10, 9), action_id="a-late")
    assert counts(desk.state).overdue == 0
    desk.act("withdrawn", prompt, when(10, 9, 5), withdraws="a-late")
    assert counts(desk.state).overdue == 1
    desk.act("disposed", prompt, when(10, 10))
    assert counts(desk.state).overdue == 0
