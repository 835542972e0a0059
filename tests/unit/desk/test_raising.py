from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from models.ids import derive
from schemas.identifiers import AgencyId
from schemas.prompts import NOTHING_AGAINST, NotKnown, SpeaksAgainst

Desk = Any  # the desk of conftest.py, which cannot be imported
When = Callable[..., Any]


def test_a_reason_opens_a_prompt_that_says_all_it_knows(desk: Desk, when: When, against: SpeaksAgainst) -> None:
    (prompt,) = desk.raised("r-1", when(3), question="Would you look?", speaks_against=(against,), notes=("So far.",))
    assert prompt.prompt_id == derive("prompt", "f-1", "review", "r-1")
    assert (prompt.revision, prompt.status, prompt.kind, prompt.team) == (1, "open", "review", "front-door")
    assert (prompt.family, prompt.children) == ("f-1", ("c-1",))
    assert prompt.question == "Would you look?"
    assert [reason.id for reason in prompt.reasons] == ["r-1"]
    assert prompt.speaks_against == (against,)
    assert prompt.notes == ("So far.",)
    assert prompt.raised_at == prompt.updated_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert prompt.due_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert prompt.basis_changed is False


def test_that_nothing_speaks_against_is_said_exactly_when_nothing_does(
    desk: Desk, when: When, against: SpeaksAgainst
) -> None:
    (first,) = desk.raised("r-1", when(3))
    (second,) = desk.raised("r-2", when(4), speaks_against=(against,), notes=(NOTHING_AGAINST,))
    (third,) = desk.raised("r-3", when(5), notes=("A note.", NOTHING_AGAINST))
    assert first.notes == (NOTHING_AGAINST,)
    assert second.notes == ()
    assert third.notes == (NOTHING_AGAINST, "A note.")


def test_a_further_reason_is_the_next_revision_of_the_one_prompt(desk: Desk, when: When) -> None:
    (first,) = desk.raised("r-1", when(3), children=("c-2",))
    (second,) = desk.raised("r-2", when(4), children=("c-1", "c-2"), question="And now, would you look?")
    assert (second.prompt_id, second.revision) == (first.prompt_id, 2)
    assert [reason.id for reason in second.reasons] == ["r-1", "r-2"]
    assert second.question == "And now, would you look?"
    assert second.children == ("c-1", "c-2")
    assert second.raised_at == first.raised_at
    assert second.due_at == first.due_at
    assert second.updated_at == datetime(2026, 11, 4, 10, tzinfo=UTC)


def test_families_and_kinds_have_prompts_of_their_own(desk: Desk, when: When) -> None:
    ids = {
        prompt.prompt_id
        for prompt in (
            *desk.raised("r-1", when(3), family="f-1"),
            *desk.raised("r-2", when(3), family="f-2"),
            *desk.raised("r-3", when(3), family="f-2", kind="step-down"),
        )
    }
    assert len(ids) == 3


def test_a_reason_told_again_changes_nothing(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    before = desk.state
    assert desk.raised("r-1", when(3)) == ()
    assert desk.state == before
    assert desk.last.repeated


def test_a_reason_told_again_after_its_prompt_was_closed_opens_nothing(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act("disposed", prompt, when(3, 11))
    assert desk.raised("r-1", when(3, 12)) == ()


def test_a_new_reason_after_closing_opens_another_prompt(desk: Desk, when: When) -> None:
    (first,) = desk.raised("r-1", when(3))
    desk.act("disposed", first, when(3, 11))
    (second,) = desk.raised("r-2", when(3, 12))
    assert second.prompt_id != first.prompt_id
    assert second.revision == 1


def test_of_two_reasons_the_newest_asks_even_if_it_was_told_first(desk: Desk, when: When) -> None:
    desk.raised("r-new", when(5), question="The newer?")
    (second,) = desk.raised("r-old", when(4), question="The older?")
    assert [reason.id for reason in second.reasons] == ["r-old", "r-new"]
    assert second.question == "The newer?"


def test_a_family_with_an_open_case_goes_to_the_team_for_open_cases(desk: Desk, when: When) -> None:
    (prompt,) = desk.raised("r-1", when(3), open_case=True)
    assert prompt.team == "family-help"


def test_a_prompt_nobody_took_up_goes_to_the_team_that_is_now_the_right_one(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    (there,) = desk.raised("r-2", when(4), open_case=True)
    assert (there.team, there.status, there.revision) == ("family-help", "open", 2)
    assert there.notes[-1] == "Went to the team that works with families who have an open plan."
    (back,) = desk.raised("r-3", when(5))
    assert (back.team, back.notes[-1]) == ("front-door", "Went to the duty team, because no plan is open.")


@pytest.mark.parametrize("action", ["acknowledged", "assigned"])
def test_a_prompt_somebody_took_up_stays_with_her_team(desk: Desk, when: When, action: str) -> None:
    (prompt,) = desk.raised("r-1", when(3))
    desk.act(action, prompt, when(3, 11), action_id="a-taken")
    (mine,) = desk.raised("r-2", when(4), open_case=True)
    assert mine.team == "front-door"


def test_a_waiting_prompt_waits_in_the_budget_of_the_team_that_it_went_to(desk_with: Any, when: When) -> None:
    desk = desk_with(budget=1)
    desk.raised("r-1", when(3), family="f-1")
    (waiting,) = desk.raised("r-2", when(3), family="f-2")
    assert waiting.status == "waiting"
    (gone,) = desk.raised("r-3", when(3), family="f-2", open_case=True)
    assert (gone.team, gone.status) == ("family-help", "open")
    assert desk.wait_until(when(4)) == ()
    (again,) = desk.raised("r-4", when(4), family="f-3")
    assert again.status == "open"


def test_a_reason_to_review_closes_the_question_of_stepping_down(desk: Desk, when: When) -> None:
    (down,) = desk.raised("r-1", when(3), kind="step-down")
    closed, review = desk.raised("r-2", when(4))
    assert (closed.prompt_id, closed.status, closed.revision) == (down.prompt_id, "closed", 2)
    assert closed.notes[-1] == "Closed: there is a new reason to review."
    assert (review.kind, review.status) == ("review", "open")


def test_a_step_down_question_leaves_a_review_open(desk: Desk, when: When) -> None:
    desk.raised("r-1", when(3))
    (down,) = desk.raised("r-2", when(4), kind="step-down")
    assert (down.kind, down.status) == ("step-down", "open")


def test_a_prompt_carries_what_was_not_known_at_its_newest_reason(desk: Desk, when: When) -> None:
    silent = NotKnown(
        agency=AgencyId("riverton-police"), kind="police-notification", since=None, text="Nothing was received."
    )
    (first,) = desk.raised("r-1", when(3), not_known=(silent,))
    (noted,) = desk.act("noted", first, when(3, 11))
    (third,) = desk.raised("r-2", when(4))
    assert (first.not_known, noted.not_known, third.not_known) == ((silent,), (silent,), ())


def test_a_reason_told_late_carries_the_time_it_became_due(desk: Desk, when: When) -> None:
    desk.wait_until(when(6))
    (prompt,) = desk.raised("r-1", when(3))
    assert prompt.raised_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert prompt.due_at == datetime(2026, 11, 5, tzinfo=UTC)
    assert prompt.updated_at == datetime(2026, 11, 6, 10, tzinfo=UTC)


def test_a_kind_of_prompt_that_does_not_exist_raises_and_changes_nothing(desk: Desk, when: When) -> None:
    before = desk.state
    with pytest.raises(ValueError, match="review or step-down"):
        desk.raised("r-1", when(3), kind="alert")
    assert desk.state is before


def test_what_the_family_could_not_check_stands_beside_silent_feeds(desk: Desk, when: When) -> None:
    unchecked, silent = (
        NotKnown(agency=AgencyId(agency), kind="police-notification", since=None, text=f"Not known of {agency}.")
        for agency in ("riverton-police", "harbour-police")
    )
    (prompt,) = desk.raised("r-1", when(3), unchecked=(unchecked,), not_known=(silent,))
    assert prompt.not_known == (unchecked, silent)
    (further,) = desk.raised("r-2", when(4))
    assert further.not_known == ()
