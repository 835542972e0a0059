"""Episodes: when a row opens, what is frozen, and what its label becomes (LEARNING section 12, tests 2, 7 and 15)."""

from __future__ import annotations

from typing import Any

import pytest

from models.family.episodes import raw_of, row_id
from models.family.features import FEATURE_LIST, FEATURES, describe
from models.family.state import FamilyState
from models.family.view import View
from models.hub.sequence import Sequence
from schemas.examples import Matured
from schemas.facts import Outcome, Referral
from schemas.statements import Statement
from tests.saying import day, in_family, marks, moment, notification, outcome, referral, said, same_child
from tests.telling import hub
from tests.unit.family.notices import sessions

DAY = 10
"""On which most rows here open."""
FINAL = DAY + 104


def matured(*told: Statement, until: float = FINAL) -> list[Matured]:
    """What became of the rows of a hub that was told this, until that midnight."""
    return list(_until(until, *told).examples)  # type: ignore[arg-type]


def _until(until: float, *told: Statement) -> Sequence:
    sequence = hub()
    for statement in told:
        sequence.hear(statement)
    sequence.let_time_pass(moment(until))
    return sequence


def pending(told: Sequence, family: str | None = None) -> FamilyState:
    (state,) = [s for s in told.families.values() if s.rows and family in (None, s.family)]
    return state


def begins(at: float = DAY + 0.5, **more: Any) -> Statement:
    return notification("begins", at=at, **more)


def plan(what: str = "cin-plan", *, on: float, at: float | None = None, key: str = "plan", **more: Any) -> Statement:
    return outcome(key, at=on if at is None else at, on=on, what=f"{what}-started", **more)


def closed(reason: str, *, on: float, at: float | None = None, **more: Any) -> Statement:
    body = Outcome("case-closed", day(on), reason, None)
    return said(body, key=f"closed {on}", at=on if at is None else at, kind="outcome", **more)


def states(*told: Statement, until: float = FINAL) -> list[str]:
    return [row.state for row in matured(*told, until=until)]


# When a row opens


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        ([notification("n1", at=1)], 1),
        ([referral(at=1)], 1),
        ([notification("n1", at=1, notice="ENCOMPASS")], 0),
        ([marks(*sessions(0, 11, "O"), at=12)], 0),
        ([outcome(at=1, what="s47-started")], 0),
        ([notification("n1", at=1, retracted=True)], 0),
        ([notification("n1", at=1), notification("n2", at=2), referral(at=29.9)], 1),
        ([notification("n1", at=1), notification("n2", at=30)], 2),
        ([notification("n1", at=1), notification("n1", at=35, grade="red"), marks((36, 0, "O"), at=36)], 1),
        ([notification("n1", at=1), notification("n1", at=1)], 1),
    ],
)
def test_a_row_opens_when_a_concern_is_new_after_28_quiet_days(told: list[Statement], rows: int) -> None:
    assert sum(len(state.rows) for state in _until(40, *told).families.values()) == rows


def test_a_correction_that_was_known_before_opens_nothing() -> None:
    told = _until(50, notification("n1", at=1), notification("n1", at=2, retracted=True), notification("n1", at=40))
    (state,) = told.families.values()
    assert len(state.rows) == 1


@pytest.mark.parametrize(("what", "rows"), [("cin-plan", 0), ("cp-plan", 0), ("looked-after", 0), ("early-help", 1)])
def test_a_family_whose_need_is_known_is_not_in_the_cohort(what: str, rows: int) -> None:
    told = _until(DAY + 1, plan(what, on=5), begins())
    (state,) = told.families.values()
    assert len(state.rows) == rows


def test_after_its_plan_has_ended_a_family_is_in_the_cohort_again() -> None:
    told = _until(DAY + 1, plan("cp-plan", on=5), outcome("o2", at=8, what="cp-plan-ended"), begins())
    assert len(pending(told).rows) == 1


def test_a_family_never_has_more_than_four_rows_waiting() -> None:
    told, most = hub(), 0
    for number in range(30):
        told.hear(notification(f"n{number}", at=number * 29.0))
        (state,) = told.families.values()
        most = max(most, len(state.rows))
    told.let_time_pass(moment(30 * 29 + 104))
    assert most == 4
    assert len(told.examples) == 30
    assert len({row.row for row in told.examples}) == 30


def test_rows_keep_what_was_known_then_and_are_small() -> None:
    told = _until(
        DAY + 0.5,
        marks(*sessions(0, 7, "O"), at=9),
        *(referral(f"r{n}", at=n, source="2A", children=(("a",),)) for n in (1,)),
        begins(at=45, concerns=("domestic-abuse",), grade="red"),
    )
    state = pending(told)
    (_, row) = state.rows
    assert raw_of(row) == describe(View(state), moment(45))
    assert len(row.features) < 2 * len(FEATURES)
    assert (row.who, row.feature_list) == (("a",), FEATURE_LIST)


# What it becomes


def test_nothing_is_final_before_horizon_and_grace() -> None:
    told = [begins(), plan(on=DAY + 20)]
    assert matured(*told, until=FINAL - 0.001) == []
    (row,) = matured(*told, until=FINAL)
    assert (row.at, row.day, row.state, row.outcome_on) == (moment(FINAL), day(FINAL), "positive", day(DAY + 20))


def test_a_tick_long_after_and_the_next_event_say_the_same() -> None:
    late = matured(begins(), plan(on=DAY + 20), until=FINAL + 60)
    by_event = matured(begins(), plan(on=DAY + 20), marks((FINAL + 9, 0, "/"), at=FINAL + 9.5), until=FINAL + 9.5)
    assert late == by_event == matured(begins(), plan(on=DAY + 20))


@pytest.mark.parametrize(
    ("on", "state"),
    [(DAY - 1, "void"), (DAY, "void"), (DAY + 1, "positive"), (DAY + 90, "positive"), (DAY + 91, "negative")],
)
def test_the_horizon_is_90_days_after_the_day_of_the_row(on: float, state: str) -> None:
    assert states(begins(), plan(on=on, at=DAY + 95)) == [state]


@pytest.mark.parametrize("what", ["cin-plan", "cp-plan", "looked-after"])
def test_each_of_three_beginnings_is_need(what: str) -> None:
    assert states(begins(), plan(what, on=DAY + 5)) == ["positive"]


@pytest.mark.parametrize("what", ["early-help-started", "s47-started", "icpc", "cp-plan-ended"])
def test_other_outcomes_are_not(what: str) -> None:
    assert states(begins(), outcome("o", at=DAY + 5, what=what)) == ["negative"]


def test_the_first_beginning_counts() -> None:
    (row,) = matured(begins(), plan("cp-plan", on=DAY + 40, key="p2"), plan(on=DAY + 30))
    assert row.outcome_on == day(DAY + 30)


def test_the_newest_statement_counts_within_the_grace_and_never_after() -> None:
    told_late = plan(on=DAY + 80, at=DAY + 103.9)
    assert states(begins(), told_late) == ["positive"]
    assert states(begins(), plan(on=DAY + 80, at=DAY + 104.1), until=DAY + 105) == ["negative"]
    taken_back = plan(on=DAY + 80, at=DAY + 100, retracted=True, recorded=DAY + 100)
    assert states(begins(), plan(on=DAY + 80), taken_back) == ["negative"]
    moved_out = plan(on=DAY + 95, at=DAY + 100, recorded=DAY + 100)
    assert states(begins(), plan(on=DAY + 80), moved_out) == ["negative"]


def test_a_plan_that_ended_still_was_a_beginning() -> None:
    assert states(begins(), plan(on=DAY + 5), outcome("e", at=DAY + 30, what="cin-plan-ended")) == ["positive"]


@pytest.mark.parametrize("reason", ["RC2", "RC5"])
def test_who_died_or_went_to_another_authority_is_censored_and_not_negative(reason: str) -> None:
    assert states(begins(), closed(reason, on=DAY + 30)) == ["censored"]
    assert states(begins(), closed(reason, on=DAY + 91)) == ["negative"]
    assert states(begins(), plan(on=DAY + 20), closed(reason, on=DAY + 30)) == ["positive"]
    assert states(begins(), closed(reason, on=DAY + 30), plan(on=DAY + 40)) == ["censored"]
    assert states(begins(), closed(reason, on=DAY + 30), plan(on=DAY + 30)) == ["positive"]
    assert states(begins(), closed(reason, on=DAY)) == ["censored"]
    assert states(closed(reason, on=DAY - 1), begins()) == ["negative"]


@pytest.mark.parametrize("reason", ["RC1", "RC3", "RC4", "RC6", "RC7", "RC8", "RC9"])
def test_other_reasons_for_closure_censor_nothing(reason: str) -> None:
    assert states(begins(), closed(reason, on=DAY + 30)) == ["negative"]


def test_a_referral_closed_for_such_a_reason_censors_too() -> None:
    body = Referral(moment(DAY + 20), day(DAY + 20), "3A", "N1", None, None, None, (), day(DAY + 30), "RC5")
    assert states(begins(), said(body, key="r", at=DAY + 30)) == ["censored"]


def test_what_became_of_a_child_that_came_later_is_not_its_label() -> None:
    came = in_family("l2", "b", "F", at=DAY + 1)  # nothing was told of it yet, so no story came with it
    told = [in_family("l1", "a", "F", at=0), begins(), came, plan(on=DAY + 20, children=(("b",),))]
    assert states(*told) == ["negative"]
    both = [in_family("l1", "a", "F", at=0), in_family("l2", "b", "F", at=0)]
    of_both = begins(children=(("a",), ("b",)))
    assert states(*both, of_both, plan(on=DAY + 20, children=(("b",),))) == ["positive"]


def test_what_is_told_of_another_identifier_of_the_same_child_is() -> None:
    told = [begins(), same_child("l", "a", "b", at=DAY + 3), plan(on=DAY + 20, children=(("b",),))]
    assert states(*told) == ["positive"]


def test_a_child_that_leaves_or_joins_with_a_story_makes_the_row_void() -> None:
    both = [in_family("l1", "a", "F", at=0), in_family("l2", "b", "F", at=0), begins(children=(("a",), ("b",)))]
    leaves = in_family("l2", "b", "G", at=DAY + 20, recorded=DAY + 20)
    assert states(*both, leaves) == ["void"]
    joins = [begins(), notification("other", at=DAY + 1, children=(("b",),)), in_family("l1", "a", "F", at=DAY + 2)]
    assert states(*joins, in_family("l2", "b", "F", at=DAY + 3), until=FINAL + 1) == ["void", "void"]


# What is said of it


def test_fifty_events_later_neither_row_nor_features_have_changed() -> None:
    told = hub()
    told.hear(begins())
    frozen = pending(told).rows
    for n in range(50):
        told.hear(notification(f"n{n}", at=DAY + 0.5 + n / 100, grade=None))
        told.hear(marks((DAY, n % 2, "O"), at=DAY + 0.5 + n / 100, event_id=f"m{n}"))
    told.hear(notification("begins", at=DAY + 2, retracted=True))
    (row,) = pending(told).rows
    assert (row.features, row.opened_at, row.who) == (frozen[0].features, frozen[0].opened_at, frozen[0].who)
    told.let_time_pass(moment(FINAL))
    (example,) = told.examples
    assert example.features == raw_of(frozen[0])


def test_a_row_is_named_after_family_and_moment_alone() -> None:
    one, other = pending(_until(DAY + 1, begins())), pending(_until(DAY + 1, begins(grade="red", concerns=("other",))))
    assert row_id(one.family, one.rows[0]) == row_id(other.family, other.rows[0])
    assert matured(begins())[0].row == row_id(one.family, one.rows[0])


def test_a_prompt_within_the_horizon_is_known_to_the_row() -> None:
    assert [row.prompted for row in matured(begins())] == ["none"]
    two_more = [notification(f"n{n}", at=DAY + n) for n in (1, 2)]
    assert [row.prompted for row in matured(begins(), *two_more)] == ["rule"]
    too_late = [notification(f"n{n}", at=DAY + 91 + n / 10) for n in (1, 2, 3)]
    assert matured(begins(), *too_late)[0].prompted == "none"


def test_a_prompt_raised_by_the_event_that_opened_the_row_counts() -> None:
    earlier = [notification(f"n{n}", at=n) for n in (1, 2)]
    raising = [*earlier, notification("n3", at=45)]
    assert [row.prompted for row in matured(*raising, until=45 + 104)] == ["rule", "rule"]


def test_a_prompt_that_time_raises_counts_too() -> None:
    assert [row.prompted for row in matured(referral(at=DAY + 0.5))] == ["rule"]  # no decision in one working day
