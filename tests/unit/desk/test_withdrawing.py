from collections.abc import Callable
from typing import Any

import pytest

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def prompt(desk: Desk, when: When) -> Any:
    """An open prompt, raised on the 3rd at ten."""
    return desk.raised("r-1", when(3))[0]


def take_back(desk: Desk, prompt: Any, moment: Any, action_id: str = "a-slip", **said: Any) -> Any:
    return desk.act("withdrawn", prompt, moment, withdraws=action_id, **said)


def test_a_snooze_taken_back_is_no_snooze(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(9), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(3, 11, 15))
    assert (back.status, back.notes[-1]) == ("open", "Taken back on 3 November 2026: the snooze.")
    assert desk.wait_until(when(10)) == ()


def test_a_moved_snooze_taken_back_brings_the_prompt_in_sight(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(9))
    desk.act("snoozed", prompt, when(3, 11, 5), until=when(12), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(3, 11, 6))
    assert back.status == "open"


def test_a_closing_taken_back_leaves_the_prompt_open(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("disposed", prompt, when(3, 11), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(3, 11, 1))
    assert (back.status, back.revision, back.reasons) == ("open", 3, prompt.reasons)
    assert [one.id for one in desk.state.live] == [prompt.prompt_id]


def test_a_closing_taken_back_from_a_snooze_is_a_snooze_again(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(9))
    desk.act("disposed", prompt, when(3, 12), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(3, 12, 1))
    assert back.status == "snoozed"
    assert [one.status for one in desk.wait_until(when(9))] == ["open"]


def test_a_reopening_taken_back_is_closed_again(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("disposed", prompt, when(3, 11))
    desk.act("reopened", prompt, when(4), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(4, 10, 1))
    assert back.status == "closed"
    assert len(desk.state.live) == 0


@pytest.mark.parametrize("action", ["acknowledged", "assigned", "noted", "contested"])
def test_what_moved_nothing_is_taken_back_by_a_note(desk: Desk, when: When, prompt: Any, action: str) -> None:
    desk.act(action, prompt, when(3, 11), action_id="a-slip")
    (back,) = take_back(desk, prompt, when(3, 11, 1))
    assert back.status == "open"
    assert back.notes[-1].startswith("Taken back on 3 November 2026: ")


def test_taking_up_a_waiting_prompt_by_mistake_lets_it_wait_on(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1)
    desk.raised("r-1", when(3), family="f-1")
    (waiting,) = desk.raised("r-2", when(3), family="f-2")
    desk.act("acknowledged", waiting, when(3, 11), action_id="a-slip")
    (back,) = take_back(desk, waiting, when(3, 11, 1))
    assert back.status == "waiting"
    (opened,) = desk.wait_until(when(4, 0))
    assert opened.status == "open"


def test_what_would_wait_again_opens_if_there_is_room_by_now(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1)
    desk.raised("r-1", when(3), family="f-1")
    (waiting,) = desk.raised("r-2", when(3), family="f-2")
    desk.act("acknowledged", waiting, when(3, 23, 55), action_id="a-slip")
    (back,) = take_back(desk, waiting, when(4, 0, 5))
    assert back.status == "open"
    (further,) = desk.raised("r-3", when(4), family="f-3")
    assert further.status == "waiting"


def test_a_closing_by_due_time_still_comes_after_an_undo(desk_with: Any, when: When) -> None:
    desk = desk_with(closes_at_due=True)
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11), action_id="a-slip")
    take_back(desk, prompt, when(3, 11, 1))
    assert [one.status for one in desk.wait_until(when(5, 0))] == ["closed"]


@pytest.mark.parametrize(
    ("minute", "said", "reason"),
    [
        (16, {}, "too-late"),
        (1, {"by": "w-2"}, "not-yours"),
        (1, {"action_id": "a-none"}, "nothing-to-withdraw"),
    ],
)
def test_only_its_author_takes_an_action_back_and_soon(
    desk: Desk, when: When, prompt: Any, minute: int, said: dict[str, str], reason: str
) -> None:
    desk.act("disposed", prompt, when(3, 11), action_id="a-slip")
    named = said.pop("action_id", "a-slip")
    assert take_back(desk, prompt, when(3, 11, minute), named, **said) == ()
    assert desk.refused == [reason]


def test_an_action_is_taken_back_once(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("acknowledged", prompt, when(3, 11), action_id="a-slip")
    take_back(desk, prompt, when(3, 11, 1))
    assert take_back(desk, prompt, when(3, 11, 2)) == ()
    assert desk.refused == ["nothing-to-withdraw"]


def test_taking_back_is_not_taken_back(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("acknowledged", prompt, when(3, 11), action_id="a-slip")
    take_back(desk, prompt, when(3, 11, 1), by="w-1")
    undo = desk.state.live.get(prompt.prompt_id).actions[-1].id
    assert take_back(desk, prompt, when(3, 11, 2), undo) == ()
    assert desk.refused == ["nothing-to-withdraw"]


def test_a_refused_action_is_not_taken_back(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("reopened", prompt, when(3, 11), action_id="a-slip")
    assert take_back(desk, prompt, when(3, 11, 1)) == ()
    assert desk.refused == ["not-closed", "nothing-to-withdraw"]


def test_what_came_after_is_not_undone(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(9), action_id="a-slip")
    desk.raised("r-2", when(3, 11, 1))
    (told,) = take_back(desk, prompt, when(3, 11, 2))
    assert desk.refused == ["superseded"]
    assert told.status == "open"


def test_an_undo_never_hides_a_reason_that_came_after(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=0)
    (waiting,) = desk.raised("r-1", when(3))
    desk.act("acknowledged", waiting, when(3, 11), action_id="a-slip")
    desk.raised("r-2", when(3, 11, 1), bypasses_budget=True)
    (back,) = take_back(desk, waiting, when(3, 11, 2))
    assert back.status == "open"


def test_a_closing_is_not_taken_back_beside_another_prompt(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("disposed", prompt, when(3, 11), action_id="a-slip")
    desk.raised("r-2", when(3, 11, 1))
    (told,) = take_back(desk, prompt, when(3, 11, 2))
    assert desk.refused == ["another-is-live"]
    assert told.status == "closed"
