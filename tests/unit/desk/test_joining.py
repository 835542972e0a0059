from collections.abc import Callable
from typing import Any

from models.desk.joining import MOVED, TOOK_OVER, WENT_ON

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


def test_a_family_without_children_hands_its_prompts_over(desk: Desk, when: When) -> None:
    (review,) = desk.raised("r-1", when(3))
    (down,) = desk.raised("r-2", when(3), kind="step-down")
    moved = desk.emptied("f-1", "f-2", when(4))
    assert {one.prompt_id for one in moved} == {review.prompt_id, down.prompt_id}
    assert {(one.family, one.revision, one.status, one.notes[-1]) for one in moved} == {("f-2", 2, "open", MOVED)}
    (further,) = desk.raised("r-3", when(5), family="f-2", kind="step-down")
    assert further.prompt_id == down.prompt_id


def test_the_older_prompt_stays_and_takes_the_reasons(desk: Desk, when: When) -> None:
    (older,) = desk.raised("r-1", when(3), family="f-1", question="The older?", children=("c-1",))
    (newer,) = desk.raised("r-2", when(4), family="f-2", question="The newer?", children=("c-2",))
    closed, stays = desk.emptied("f-1", "f-2", when(5))
    assert (closed.prompt_id, closed.status, closed.reasons) == (newer.prompt_id, "closed", ())
    assert closed.notes[-1] == WENT_ON
    assert (stays.prompt_id, stays.family, stays.status) == (older.prompt_id, "f-2", "open")
    assert [reason.id for reason in stays.reasons] == ["r-1", "r-2"]
    assert stays.children == ("c-1", "c-2")
    assert stays.question == "The newer?"
    assert stays.notes[-1] == TOOK_OVER
    assert (stays.raised_at, stays.due_at) == (older.raised_at, older.due_at)


def test_of_two_prompts_of_one_moment_the_smaller_id_stays(desk: Desk, when: When) -> None:
    (one,) = desk.raised("r-1", when(3), family="f-1")
    (other,) = desk.raised("r-2", when(3), family="f-2")
    _, stays = desk.emptied("f-2", "f-1", when(5))
    assert stays.prompt_id == min(one.prompt_id, other.prompt_id)


def test_a_reason_that_went_over_is_restated_where_it_is(desk: Desk, when: When) -> None:
    (older,) = desk.raised("r-1", when(3), family="f-1")
    desk.raised("r-2", when(4), family="f-2")
    desk.emptied("f-2", "f-1", when(5))
    (stays,) = desk.restated("r-2", when(6), None)
    assert stays.prompt_id == older.prompt_id
    assert [reason.id for reason in stays.reasons] == ["r-1"]


def test_a_changed_basis_goes_over_with_the_reasons(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), family="f-1")
    desk.raised("r-2", when(4), family="f-2")
    desk.restated("r-2", when(4, 11), "Other words.")
    _, stays = desk.emptied("f-2", "f-1", when(5))
    assert stays.basis_changed


def test_a_snoozed_prompt_that_takes_over_an_open_one_is_open(desk: Desk, when: When) -> None:
    (older,) = desk.raised("r-1", when(3), family="f-1")
    desk.act("snoozed", older, when(3, 11), until=when(20))
    desk.raised("r-2", when(4), family="f-2")
    _, stays = desk.emptied("f-2", "f-1", when(5))
    assert stays.status == "open"
    assert desk.wait_until(when(21)) == ()


def test_of_two_snoozed_prompts_the_earlier_end_counts(desk: Desk, when: When) -> None:
    for family, until in (("f-1", when(20)), ("f-2", when(10))):
        (prompt,) = desk.raised(f"r-of-{family}", when(3), family=family)
        desk.act("snoozed", prompt, when(3, 11), until=until)
    _, stays = desk.emptied("f-2", "f-1", when(5))
    assert stays.status == "snoozed"
    (awake,) = desk.wait_until(when(10))
    assert awake.status == "open"


def test_a_waiting_prompt_that_takes_over_an_open_one_is_open(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1)
    desk.raised("r-0", when(3, 8), family="f-0")
    (older,) = desk.raised("r-1", when(3, 9), family="f-1")
    (newer,) = desk.raised("r-2", when(3, 11), family="f-2", bypasses_budget=True)
    assert (older.status, newer.status) == ("waiting", "open")
    _, stays = desk.emptied("f-1", "f-2", when(3, 12))
    assert (stays.prompt_id, stays.status) == (older.prompt_id, "open")


def test_a_waiting_prompt_that_takes_over_one_that_had_opened_needs_no_place(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1)
    desk.raised("r-0", when(3, 8), family="f-0")
    (older,) = desk.raised("r-1", when(3, 9), family="f-1")
    (newer,) = desk.raised("r-2", when(3, 11), family="f-2", bypasses_budget=True)
    desk.act("snoozed", newer, when(3, 12), until=when(9))
    _, stays = desk.emptied("f-1", "f-2", when(3, 13))
    assert (stays.prompt_id, stays.status) == (older.prompt_id, "open")


def test_a_closed_prompt_comes_back_to_the_family_that_the_children_belong_to(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert desk.emptied("f-1", "f-2", when(4)) == ()
    (again,) = desk.act("reopened", closed, when(5))
    assert again.family == "f-2"


def test_an_emptied_family_without_prompts_changes_nothing_seen(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), family="f-2")
    assert desk.emptied("f-1", "f-2", when(4)) == ()
    assert desk.emptied("f-2", "f-2", when(4)) == ()
