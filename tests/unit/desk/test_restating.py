from collections.abc import Callable
from typing import Any

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


def test_a_corrected_reason_is_replaced_and_the_basis_marked(desk: Desk, when: When) -> None:
    (first,) = desk.raised("r-1", when(3))
    (second,) = desk.restated("r-1", when(4), "Four notifications in 90 days.", children=("c-1", "c-9"))
    assert second.reasons[0].text == "Four notifications in 90 days."
    assert (second.revision, second.basis_changed, second.status) == (2, True, "open")
    assert second.children == ("c-1", "c-9")
    assert second.notes == first.notes


def test_a_reason_keeps_its_since_when_it_is_restated(desk: Desk, when: When) -> None:
    (first,) = desk.raised("r-1", when(3))
    (second,) = desk.restated("r-1", when(4), "Other words.", since=when(4))
    assert second.reasons[0].since == first.reasons[0].since
    assert second.reasons[0].id == "r-1"


def test_a_reason_that_no_longer_holds_leaves_and_is_named(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), question="The first?", children=("c-1",))
    desk.raised("r-2", when(4), question="The second?", children=("c-2",))
    (third,) = desk.restated("r-2", when(5), None)
    assert [reason.id for reason in third.reasons] == ["r-1"]
    assert third.notes[-1] == "After a correction r-2 no longer holds."
    assert third.question == "The first?"
    assert third.children == ("c-1",)
    assert third.basis_changed


def test_a_prompt_without_reasons_stays_open_with_its_question(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), question="Would you look?")
    (second,) = desk.restated("r-1", when(4), None)
    assert (second.reasons, second.status, second.question) == ((), "open", "Would you look?")
    (closed,) = desk.act("disposed", second, when(4, 11))
    assert closed.status == "closed"


def test_a_reason_may_go_without_words_of_its_own(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    (second,) = desk.restated("r-1", when(4), None, note=None)
    assert second.notes[-1] == "What it rests on has changed, and a reason no longer holds."


def test_a_reason_that_holds_again_comes_back_to_its_place(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), question="The first?")
    desk.raised("r-2", when(4), question="The second?")
    desk.restated("r-1", when(5), None)
    (again,) = desk.restated("r-1", when(6), "Three notifications after all.")
    assert [reason.id for reason in again.reasons] == ["r-1", "r-2"]
    assert again.question == "The second?"
    assert again.basis_changed


def test_the_basis_stays_marked_for_good(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    desk.restated("r-1", when(4), "Other words.")
    (later,) = desk.raised("r-2", when(5))
    assert later.basis_changed


def test_the_same_restatement_again_changes_nothing(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    for text in ("Other words.", None):
        assert len(desk.restated("r-1", when(4), text)) == 1
        assert desk.restated("r-1", when(4), text) == ()


def test_a_closed_prompt_is_not_restated_until_it_is_reopened(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    (closed,) = desk.act("disposed", prompt, when(3, 11))
    assert desk.restated("r-1", when(4), None) == ()
    (again,) = desk.act("reopened", closed, when(5))
    assert (again.reasons, again.basis_changed, again.revision) == ((), True, 3)
    assert "After a correction r-1 no longer holds." in again.notes


def test_a_prompt_past_reopening_is_not_restated(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11))
    desk.wait_until(when(10, month=12))
    before = desk.state
    assert desk.restated("r-1", when(10, month=12), None) == ()
    assert desk.state == before


def test_a_reason_that_the_desk_never_heard_of_is_not_restated(desk: Desk, when: When) -> None:
    assert desk.restated("r-1", when(4), "Other words.") == ()


def test_what_no_reader_can_see_makes_no_revision(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), children=("c-1",))
    desk.raised("r-2", when(3), children=("c-1", "c-2"))
    (third,) = desk.restated("r-1", when(4), "Three notifications in 90 days.", children=("c-2",))
    assert third.basis_changed
    assert desk.restated("r-1", when(5), "Three notifications in 90 days.", children=("c-1",)) == ()
    (fourth,) = desk.restated("r-2", when(6), None)
    assert (fourth.revision, fourth.children) == (4, ("c-1",))


def test_a_childs_new_name_is_said_by_the_next_revision(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), children=("c-1",))
    assert desk.renamed("r-1", when(4), "c-2") == ()
    (second,) = desk.raised("r-2", when(5), children=("c-2",))
    assert (second.revision, second.children, second.basis_changed) == (2, ("c-2",), False)


def test_a_child_may_be_renamed_while_its_prompt_is_closed(desk: Desk, when: When) -> None:
    (first,) = desk.raised("r-1", when(3), children=("c-1",))
    (closed,) = desk.act("disposed", first, when(3, 11))
    assert desk.renamed("r-1", when(4), "c-2") == ()
    (again,) = desk.act("reopened", closed, when(5))
    assert again.children == ("c-2",)


def test_a_reason_that_no_longer_holds_is_about_nobody_by_any_name(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3), children=("c-1",))
    desk.restated("r-1", when(4), None)
    assert desk.renamed("r-1", when(4, 11), "c-2") == ()
    (last,) = desk.raised("r-2", when(5), children=("c-3",))
    assert last.children == ("c-3",)
