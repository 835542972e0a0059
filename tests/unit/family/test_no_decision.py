"""No decision by the end of the first working day (EVENTS section 4), boundary by boundary. Day 0 is a Monday."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.calendar.local_time import to_datetime
from models.hub.sequence import Sequence
from schemas.desk_events import Raised
from schemas.statements import Statement
from tests.saying import in_family, moment, notification, referral, same_child
from tests.telling import hub, raises, restated, tell

RULE = "no-decision-in-one-working-day"


def told_until(until: float, *statements: Statement) -> Sequence:
    told = tell(*statements)
    told.let_time_pass(moment(until))
    return told


def since(told: Sequence) -> list[datetime]:
    return [event.reason.since for event in told.told_to_desk if isinstance(event, Raised)]


def at(day: float) -> datetime:
    return to_datetime(moment(day))


def test_it_is_due_at_the_end_of_the_next_working_day_and_not_a_moment_before() -> None:
    assert raises(told_until(1.99999, referral(at=0.4))) == []
    told = told_until(2, referral(at=0.4))
    assert raises(told) == [(RULE, 1)]
    assert since(told) == [at(2)]
    assert told.revisions[0].raised_at == at(2)


@pytest.mark.parametrize(("referred", "due"), [(3.5, 5), (4.5, 8), (5.5, 8), (6.9, 8), (7.0, 9)])
def test_weekends_do_not_count(referred: float, due: float) -> None:
    assert since(told_until(20, referral(at=referred))) == [at(due)]


def test_bank_holidays_do_not_count() -> None:
    # START is 2 March 2026, so day 31 is Thursday 2 April, before Good Friday and Easter Monday
    assert since(told_until(60, referral(at=31.5))) == [at(37)]


def test_the_clocks_going_forward_do_not_move_midnight() -> None:
    # day 26 is Friday 27 March; the clocks change on Sunday night, and Monday ends at 23:00 UTC
    assert since(told_until(40, referral(at=26.5))) == [datetime.fromisoformat("2026-03-30T23:00:00+00:00")]


@pytest.mark.parametrize("decided", [0.9, 1.9])
def test_a_decision_in_time_raises_nothing(decided: float) -> None:
    told = told_until(9, referral(at=0.4), referral(at=decided, on=0.4, outcome="assessment", decided=decided))
    assert raises(told) == []


def test_a_closure_counts_as_a_decision() -> None:
    from msgspec.structs import replace

    from schemas.facts import Referral
    from tests.saying import day

    closed = referral(at=0.4)
    assert isinstance(closed.body, Referral)
    body = replace(closed.body, closed_on=day(0), closure_reason="RC8")
    assert raises(told_until(9, replace(closed, body=body))) == []


def test_a_decision_received_at_the_limit_is_too_late() -> None:
    told = told_until(9, referral(at=0.4), referral(at=2, on=0.4, outcome="assessment", decided=1.5))
    assert raises(told) == [(RULE, 1)]


def test_a_later_outcome_does_not_undo_it_but_changes_its_basis() -> None:
    told = told_until(2.1, referral(at=0.4), referral(at=2.05, on=0.4, outcome="assessment", decided=2.04))
    (again,) = restated(told)
    assert again.reason is not None
    assert again.reason.since == at(2)
    last = told.revisions[-1]
    assert last.basis_changed
    assert [reason.id for reason in last.reasons] == [reason.id for reason in told.revisions[0].reasons]
    assert "passed to assessment" in last.reasons[0].facts[0].text


@pytest.mark.parametrize(("first", "then"), [("a", "b"), ("b", "a")])
def test_a_later_outcome_under_another_identifier_of_the_child_does_not_undo_it(first: str, then: str) -> None:
    asked = referral(at=0.4, children=((first,),))
    decided = referral(at=2.05, on=0.4, outcome="assessment", decided=2.04, children=((then,),))
    (again,) = restated(told_until(2.1, same_child("k1", "a", "b", at=0.1), asked, decided))
    assert again.reason is not None
    assert again.reason.since == at(2)


@pytest.mark.parametrize(("first", "then"), [("a", "b"), ("b", "a")])
def test_nor_does_it_when_the_two_are_told_apart_afterwards(first: str, then: str) -> None:
    told = told_until(
        2.1,
        same_child("k1", "a", "b", at=0.1),
        *(in_family(f"k-{identifier}", identifier, "f", at=0.2) for identifier in "ab"),
        referral(at=0.4, children=((first,),)),
        referral(at=2.05, on=0.4, outcome="assessment", decided=2.04, children=((then,),)),
        same_child("k1", "a", "b", at=2.06, retracted=True),
    )
    assert [again.reason is None for again in restated(told)] == [False]


def test_a_correction_that_names_a_sibling_does_not_undo_it() -> None:
    told = told_until(
        2.1,
        *(in_family(f"k-{child}", child, "f", at=0.1) for child in "ab"),
        referral(at=0.4, children=(("b",),)),
        referral(at=2.05, on=0.4, children=(("a",),)),
    )
    (again,) = restated(told)
    assert again.reason is not None
    assert len(again.reason.facts) == 1
    assert told.revisions[-1].basis_changed


def test_a_referral_that_comes_after_its_limit_is_due_on_receipt() -> None:
    told = told_until(9, referral(at=5.3, on=0.4))
    assert since(told) == [at(5.3)]


@pytest.mark.parametrize(("received", "count"), [(30.5, 1), (31.5, 0)])
def test_a_limit_28_days_past_raises_and_one_of_29_days_does_not(received: float, count: int) -> None:
    # referred on day 0, the limit is 24:00 of day 1, which is 00:00 of day 2
    assert len(raises(tell(referral(at=received, on=0.4)))) == count


def test_a_retracted_referral_is_not_asked_about() -> None:
    assert raises(told_until(9, referral(at=0.4), referral(at=1, on=0.4, retracted=True))) == []


def test_a_retraction_afterwards_takes_the_reason_away() -> None:
    told = told_until(9, referral(at=0.4), referral(at=2.05, on=0.4, retracted=True))
    assert [again.reason for again in restated(told)] == [None]


def test_it_is_looked_at_once_even_where_it_did_not_qualify_then() -> None:
    decided = referral(at=1, on=0.4, outcome="assessment", decided=1)
    assert raises(told_until(9, decided, referral(at=3, on=0.4))) == []


@pytest.mark.parametrize("between", [{"retracted": True}, {"on": 8.4}])
def test_what_hides_that_it_was_looked_at_does_not_let_it_be_looked_at_again(between: dict[str, float]) -> None:
    told = told_until(
        20, referral(at=0.4), referral(at=3, **{"on": 0.4, **between}), referral(at=4, on=0.4), referral(at=5, on=3.9)
    )
    assert raises(told) == [(RULE, 1)]


def test_a_correction_before_the_limit_moves_it() -> None:
    assert since(told_until(20, referral(at=0.4), referral(at=1, on=1.0))) == [at(3)]


def test_moves_do_not_repeat_it() -> None:
    told = told_until(
        20, in_family("l1", "a", "F1", at=0), referral(at=0.4),
        in_family("l1", "a", "F2", at=3, recorded=3), in_family("l1", "a", "F3", at=4, recorded=4),
    )  # fmt: skip
    assert raises(told) == [(RULE, 1)]


def test_a_move_before_the_limit_takes_the_question_along() -> None:
    told = told_until(
        20, in_family("l1", "a", "F1", at=0), referral(at=0.4), in_family("l1", "a", "F2", at=1, recorded=1)
    )
    assert raises(told) == [(RULE, 1)]
    assert told.revisions[0].family == "F2"


def test_referrals_that_fall_due_together_are_one_reason() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    told = told_until(9, *linked, referral("r1", at=0.4), referral("r2", at=0.5, children=(("b",),)))
    assert raises(told) == [(RULE, 2)]


def test_the_next_referral_is_asked_about_again_and_an_older_one_told_late_is_not() -> None:
    told = told_until(9, referral("r1", at=0.4), referral("r2", at=3.4))
    assert raises(told) == [(RULE, 1), (RULE, 1)]
    assert raises(told_until(9, referral("r1", at=0.4), referral("r0", at=3, on=0.2))) == [(RULE, 1)]


def test_things_fall_due_in_order_whenever_time_is_told() -> None:
    statements = (referral("r1", at=0.4), referral("r2", at=1.4), notification(at=2.5))
    at_once = told_until(9, *statements)
    step_by_step = hub()
    for statement in statements:
        step_by_step.let_time_pass(statement.received_at)
        step_by_step.hear(statement)
    for half_days in range(5, 19):
        step_by_step.let_time_pass(moment(half_days / 2))
    assert since(at_once) == [at(2), at(3)]
    assert at_once.revisions == step_by_step.revisions
