"""Put aside until something new happens: a snooze without an end."""

from collections.abc import Callable
from typing import Any

import pytest

from models.desk.clocks import wake_at

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def aside(desk: Desk, when: When) -> Any:
    """A prompt raised on the 3rd and put aside."""
    (prompt,) = desk.raised("r-1", when(3))
    (told,) = desk.act("snoozed", prompt, when(3, 11), action_id="a-aside")
    return told


def test_it_says_so_and_sleeps(desk: Desk, when: When, aside: Any) -> None:
    assert (aside.status, aside.notes[-1]) == ("snoozed", "Put aside on 3 November 2026 until something new happens.")
    assert wake_at(desk.state) is None
    assert desk.wait_until(when(3, year=2030)) == ()


def test_a_new_reason_brings_it_back(desk: Desk, when: When, aside: Any) -> None:
    (back,) = desk.raised("r-2", when(20))
    assert (back.prompt_id, back.status) == (aside.prompt_id, "open")
    assert back.notes[-1] == "Came back from a snooze: there is a new reason."


@pytest.mark.parametrize("text", [None, "Two notifications in 90 days."])
def test_a_changed_basis_brings_it_back(desk: Desk, when: When, aside: Any, text: str | None) -> None:
    (back,) = desk.restated("r-1", when(20), text)
    assert (back.prompt_id, back.status, back.basis_changed) == (aside.prompt_id, "open", True)
    assert back.notes[-1] == "Came back: what it rests on has changed."


def test_what_was_told_before_does_not_bring_it_back(desk: Desk, when: When, aside: Any) -> None:
    assert desk.raised("r-1", when(20)) == ()
    assert desk.restated("r-1", when(20), "Three notifications in 90 days.", since=when(3)) == ()
    assert desk.latest(aside).status == "snoozed"


def test_a_snooze_with_an_end_sleeps_over_a_changed_basis(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("snoozed", prompt, when(3, 11), until=when(20))
    (told,) = desk.restated("r-1", when(4), "Two notifications in 90 days.")
    assert (told.status, told.basis_changed) == ("snoozed", True)


def test_it_can_be_taken_back_moved_and_closed(desk: Desk, when: When, aside: Any) -> None:
    (back,) = desk.act("withdrawn", aside, when(3, 11, 5), withdraws="a-aside")
    assert back.status == "open"
    (again,) = desk.act("snoozed", back, when(3, 12))
    (moved,) = desk.act("snoozed", again, when(3, 12, 5), until=when(5))
    assert moved.notes[-1] == "Snoozed on 3 November 2026 until 5 November 2026."
    (awake,) = desk.wait_until(when(5))
    (closed,) = desk.act("disposed", awake, when(5, 11))
    assert (awake.status, closed.status) == ("open", "closed")


def test_where_two_families_become_one_a_snooze_without_an_end_yields_to_one_with(desk: Desk, when: When) -> None:
    (one,) = desk.raised("r-1", when(3), family="f-1")
    (other,) = desk.raised("r-2", when(4), family="f-2")
    desk.act("snoozed", one, when(4, 11))
    desk.act("snoozed", other, when(4, 11), until=when(9))
    *_, merged = desk.emptied("f-1", "f-2", when(5))
    assert merged.prompt_id == one.prompt_id
    assert merged.status == "open"  # to become one family is something new
