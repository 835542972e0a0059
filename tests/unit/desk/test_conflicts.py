"""Two people, or two systems, at one prompt: the first one told counts, and nobody works on past the other unawares."""

from collections.abc import Callable
from typing import Any

import pytest

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def prompt(desk: Desk, when: When) -> Any:
    """An open prompt, raised on the 3rd at ten."""
    return desk.raised("r-1", when(3))[0]


@pytest.mark.parametrize(
    ("action", "note"),
    [
        ("acknowledged", "An acknowledgement of 3 November 2026 was not taken: by then the prompt was closed."),
        ("assigned", "An assignment of 3 November 2026 was not taken: by then the prompt was closed."),
        ("snoozed", "A snooze of 3 November 2026 was not taken: by then the prompt was closed."),
        ("disposed", "A closing of 3 November 2026 was not taken: by then the prompt was closed."),
    ],
)
def test_what_somebody_did_after_another_had_closed_is_handed_back_and_shown(
    desk: Desk, when: When, prompt: Any, action: str, note: str
) -> None:
    desk.act("disposed", prompt, when(3, 11), by="w-1")
    (told,) = desk.act(action, prompt, when(3, 11, 1), by="w-2", until=when(5))
    assert desk.refused == ["closed"]
    assert (told.status, told.notes[-1]) == ("closed", note)


def test_closing_over_a_reason_that_nobody_saw_is_shown(desk: Desk, when: When, prompt: Any) -> None:
    desk.raised("r-2", when(3, 10, 30))
    (told,) = desk.act("disposed", prompt, when(3, 11))
    assert told.notes[-1] == "A closing of 3 November 2026 was not taken: by then there was a newer reason."
    assert {reason.id for reason in told.reasons} == {"r-1", "r-2"}


def test_who_saw_what_others_did_and_acts_all_the_same_is_refused_without_a_word(
    desk: Desk, when: When, prompt: Any
) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert desk.act("snoozed", closed, when(3, 12), until=when(5)) == ()
    assert desk.refused == ["closed"]


def test_an_action_that_lacks_something_is_refused_without_a_word(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("noted", prompt, when(3, 10, 30))
    assert desk.act("assigned", prompt, when(3, 11), to=None) == ()
    assert desk.refused == ["incomplete"]


def test_a_conflict_told_twice_is_shown_once(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("disposed", prompt, when(3, 11))
    for _ in range(2):
        desk.act("disposed", prompt, when(3, 11, 1), by="w-2", action_id="a-late")
    assert desk.refused == ["closed"]
    assert sum("was not taken" in note for note in desk.latest(prompt).notes) == 1


def test_two_assignments_of_one_revision_both_count_and_both_are_shown(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("assigned", prompt, when(3, 11), by="w-1", to="w-1")
    (told,) = desk.act("assigned", prompt, when(3, 12), by="w-2", to="w-2")
    assert desk.refused == []
    assert told.notes[-2:] == ("Assigned on 3 November 2026.", "Assigned on 3 November 2026.")


def test_one_who_closes_and_one_who_snoozes_at_the_same_time_end_with_what_came_first(
    desk: Desk, when: When, prompt: Any
) -> None:
    (asleep,) = desk.act("snoozed", prompt, when(3, 11), by="w-1", until=when(9))
    (closed,) = desk.act("disposed", prompt, when(3, 11), by="w-2")
    assert (asleep.status, closed.status) == ("snoozed", "closed")
    assert desk.refused == []  # a snooze hides nothing that the other had not seen
    assert desk.wait_until(when(10)) == ()


def test_a_hub_system_and_the_console_are_the_same_to_the_desk(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("acknowledged", prompt, when(3, 11), by="case-system-7")
    (told,) = desk.act("disposed", prompt, when(3, 12), by="w-1")
    assert told.status == "closed"
    assert desk.refused == []
