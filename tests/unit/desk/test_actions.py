from collections.abc import Callable
from typing import Any

import pytest

from models.desk.policy import MOST_ACTIONS

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


@pytest.fixture
def prompt(desk: Desk, when: When) -> Any:
    """An open prompt, raised on the 3rd at ten."""
    return desk.raised("r-1", when(3))[0]


@pytest.mark.parametrize(
    ("action", "status", "note"),
    [
        ("acknowledged", "open", "Acknowledged on 3 November 2026."),
        ("assigned", "open", "Assigned on 3 November 2026."),
        ("noted", "open", "A note was made on 3 November 2026."),
        ("contested", "open", "Contested on 3 November 2026."),
        ("disposed", "closed", "Closed by a worker on 3 November 2026."),
    ],
)
def test_an_action_is_answered_by_a_revision_that_says_so(
    desk: Desk, when: When, prompt: Any, action: str, status: str, note: str
) -> None:
    (answer,) = desk.act(action, prompt, when(3, 11))
    assert (answer.revision, answer.status, answer.notes[-1]) == (2, status, note)
    assert desk.refused == []


def test_a_snooze_says_until_when(desk: Desk, when: When, prompt: Any) -> None:
    (answer,) = desk.act("snoozed", prompt, when(3, 11), until=when(5))
    assert (answer.status, answer.notes[-1]) == ("snoozed", "Snoozed on 3 November 2026 until 5 November 2026.")


def test_nothing_a_worker_wrote_or_judged_is_copied_into_a_prompt(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("assigned", prompt, when(3, 11), to="marker-one")
    desk.act("noted", prompt, when(3, 11), note="marker-two", by="marker-three")
    desk.act("disposed", prompt, when(3, 11), disposition="strategy-discussion", useful="no", note="marker-four")
    desk.act("contested", prompt, when(3, 11), note="marker-five")
    assert desk.refused == []
    said = " ".join(note for one in desk.published for note in one.notes)
    assert "marker" not in said
    assert "strategy" not in said


def test_an_action_told_again_changes_nothing(desk: Desk, when: When, prompt: Any) -> None:
    for action, more in (("acknowledged", {}), ("snoozed", {"until": when(9)}), ("disposed", {})):
        assert desk.act(action, prompt, when(3, 11), action_id=f"a-{action}", **more)
        before = desk.state
        assert desk.act(action, prompt, when(3, 11), action_id=f"a-{action}", **more) == ()
        assert desk.state == before
        assert desk.last.repeated
    assert desk.refused == []


def test_an_action_told_again_when_only_the_id_is_kept_changes_nothing(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("disposed", prompt, when(3, 11), action_id="a-done")
    desk.wait_until(when(20, month=12))
    assert desk.act("disposed", prompt, when(20, month=12), action_id="a-done") == ()
    assert desk.refused == []


@pytest.mark.parametrize(
    ("action", "said", "reason"),
    [
        ("acknowledged", {"prompt_id": "p-nobody"}, "unknown-prompt"),
        ("escalated", {}, "unknown-action"),
        ("assigned", {"to": None}, "incomplete"),
        ("noted", {"note": ""}, "incomplete"),
        ("disposed", {"useful": None}, "incomplete"),
        ("disposed", {"disposition": None}, "incomplete"),
        ("withdrawn", {}, "incomplete"),
        ("withdrawn", {"withdraws": "a-never"}, "nothing-to-withdraw"),
        ("acknowledged", {"revision": 2}, "unknown-revision"),
        ("acknowledged", {"revision": 0}, "unknown-revision"),
        ("reopened", {}, "not-closed"),
    ],
)
def test_what_cannot_be_done_is_handed_back_with_the_reason(
    desk: Desk, when: When, prompt: Any, action: str, said: dict[str, Any], reason: str
) -> None:
    assert desk.act(action, prompt, when(3, 11), **said) == ()
    assert desk.refused == [reason]
    assert desk.last.refused_actions[0].action.action == action


def test_a_refused_action_told_again_is_not_refused_twice(desk: Desk, when: When, prompt: Any) -> None:
    for _ in range(2):
        assert desk.act("reopened", prompt, when(3, 11), action_id="a-same") == ()
    assert desk.refused == ["not-closed"]


def test_a_snooze_must_end_in_the_future(desk: Desk, when: When, prompt: Any) -> None:
    assert desk.act("snoozed", prompt, when(3, 11), until=when(3, 11)) == ()
    assert desk.refused == ["until-is-past"]


@pytest.mark.parametrize("action", ["acknowledged", "assigned", "snoozed", "disposed"])
def test_a_closed_prompt_is_not_worked_on(desk: Desk, when: When, prompt: Any, action: str) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert desk.act(action, closed, when(3, 12), until=when(5)) == ()
    assert desk.refused == ["closed"]


@pytest.mark.parametrize("action", ["noted", "contested"])
def test_a_closed_prompt_can_be_noted_and_contested(desk: Desk, when: When, prompt: Any, action: str) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    (answer,) = desk.act(action, closed, when(4))
    assert (answer.status, answer.revision) == ("closed", 3)


@pytest.mark.parametrize("action", ["disposed", "snoozed"])
def test_a_reason_that_nobody_saw_is_not_put_out_of_sight(desk: Desk, when: When, prompt: Any, action: str) -> None:
    desk.raised("r-2", when(3, 10, 30))
    (told,) = desk.act(action, prompt, when(3, 11), until=when(5))
    assert desk.refused == ["newer-reasons"]
    assert told.status == "open"


def test_what_others_noted_meanwhile_does_not_stop_an_answer(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("noted", prompt, when(3, 10, 30), by="w-9")
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert closed.status == "closed"


def test_a_new_reason_ends_a_snooze(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(20))
    (back,) = desk.raised("r-2", when(4))
    assert (back.status, back.revision) == ("open", 3)
    assert back.notes[-1] == "Came back from a snooze: there is a new reason."
    assert desk.wait_until(when(21)) == ()


def test_a_snooze_can_be_moved(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("snoozed", prompt, when(3, 11), until=when(20))
    desk.act("snoozed", prompt, when(3, 12), until=when(10))
    (back,) = desk.wait_until(when(10))
    assert back.status == "open"
    assert desk.wait_until(when(21)) == ()


def test_a_closed_prompt_can_be_reopened(desk: Desk, when: When, prompt: Any) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    (again,) = desk.act("reopened", closed, when(4))
    assert (again.status, again.revision, again.reasons) == ("open", 3, prompt.reasons)
    assert again.notes[-1] == "Reopened on 4 November 2026."
    (further,) = desk.raised("r-2", when(5))
    assert further.prompt_id == prompt.prompt_id


def test_a_prompt_is_not_reopened_beside_another_of_its_family(desk: Desk, when: When, prompt: Any) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    desk.raised("r-2", when(4))
    assert desk.act("reopened", closed, when(5)) == ()
    assert desk.refused == ["another-is-live"]


def test_a_prompt_closed_too_long_ago_is_not_reopened(desk: Desk, when: When, prompt: Any) -> None:
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert desk.act("reopened", closed, when(2, month=12)) == ()
    assert desk.refused == ["too-late"]


def test_more_actions_than_anybody_takes_are_refused(desk: Desk, when: When, prompt: Any) -> None:
    for _ in range(MOST_ACTIONS):
        assert desk.act("acknowledged", prompt, when(3, 11))
    assert desk.act("acknowledged", prompt, when(3, 11)) == ()
    assert desk.refused == ["too-many"]


def test_a_refused_action_leaves_no_mark_a_reader_can_see(desk: Desk, when: When, prompt: Any) -> None:
    desk.act("reopened", prompt, when(3, 11))
    (answer,) = desk.act("acknowledged", prompt, when(3, 12))
    assert answer.revision == 2
    assert len(answer.notes) == len(prompt.notes) + 1
