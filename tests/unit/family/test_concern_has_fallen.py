"""Concern has fallen: a step-down (EVENTS section 4), boundary by boundary. Day 0 is a Monday."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models.calendar.local_time import to_datetime
from models.hub.sequence import Sequence
from schemas.desk_events import Raised
from schemas.statements import Statement
from tests.saying import in_family, marks, moment, notification, outcome, referral
from tests.telling import raises, restated, tell
from tests.unit.family.notices import sessions

RULE = "concern-has-fallen"
CONCERN = notification("n1", at=0.5)
PLAN = outcome("p1", at=1, what="cin-plan-started")


def in_school(
    first: int, last: int, unauthorised: int = 0, child: str = "a", known: float | None = None
) -> list[Statement]:
    """Both sessions of these days, the first of which were missed; told week by week, or all at once."""
    days = sessions(first, last)
    told = [(day, half, "O" if n < unauthorised else "/") for n, (day, half, _) in enumerate(days)]
    weeks = [told[n : n + 10] for n in range(0, len(told), 10)]
    return [
        marks(*week, at=week[-1][0] + 0.7 if known is None else known, child=child, event_id=f"{child}-{week[0][0]}")
        for week in weeks
    ]


def told_until(until: float, *statements: Statement) -> Sequence:
    told = tell(*sorted(statements, key=lambda statement: statement.received_at))
    told.let_time_pass(moment(until))
    return told


def since(told: Sequence) -> list[datetime]:
    return [event.reason.since for event in told.told_to_desk if isinstance(event, Raised)]


def at(day: float) -> datetime:
    return to_datetime(moment(day))


def test_it_is_raised_as_day_91_begins_and_names_the_concern_and_the_plan() -> None:
    known = in_school(56, 88)
    assert raises(told_until(90.99999, CONCERN, PLAN, *known)) == []
    told = told_until(91, CONCERN, PLAN, *known)
    assert raises(told) == [(RULE, 2)]
    assert since(told) == [at(91)]
    (prompt,) = told.revisions
    assert prompt.kind == "step-down"
    assert [fact.kind for fact in prompt.reasons[0].facts] == ["police-notification", "outcome"]


@pytest.mark.parametrize(
    ("plans", "count"),
    [
        (["cin-plan-started"], 1),
        (["early-help-started"], 1),
        (["cin-plan-started", "early-help-started"], 1),
        (["cp-plan-started"], 0),
        (["looked-after-started"], 0),
        (["cin-plan-started", "cp-plan-started"], 0),
        (["early-help-started", "looked-after-started"], 0),
        ([], 0),
    ],
)
def test_it_takes_a_plan_that_can_be_stepped_down_and_none_that_bars_it(plans: list[str], count: int) -> None:
    begun = [outcome(f"p{n}", at=1, what=what) for n, what in enumerate(plans)]
    assert len(raises(told_until(95, CONCERN, *begun, *in_school(56, 90)))) == count


@pytest.mark.parametrize(("ended", "count"), [("cin-plan-ended", 0), ("case-closed", 0), ("early-help-ended", 1)])
def test_a_plan_that_has_ended_is_not_open(ended: str, count: int) -> None:
    told = told_until(95, CONCERN, PLAN, outcome("p1-end", at=60, what=ended), *in_school(56, 90))
    assert len(raises(told)) == count


def test_on_one_day_an_end_comes_before_a_start() -> None:
    again = (outcome("old", at=0.6, what="cin-plan-started"), outcome("end", at=1.1, on=1, what="case-closed"))
    assert len(raises(told_until(95, CONCERN, *again, PLAN, *in_school(56, 90)))) == 1


def test_a_plan_that_ends_later_bars_until_then() -> None:
    child_protection = (outcome("c1", at=1, what="cp-plan-started"), outcome("c2", at=80, on=94, what="cp-plan-ended"))
    told = told_until(100, CONCERN, PLAN, *child_protection, *in_school(56, 97))
    assert since(told) == [at(94)]


def test_a_plan_of_a_sibling_counts_and_so_does_a_bar() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    of_sibling = outcome("p1", at=1, what="cin-plan-started", children=(("b",),))
    assert len(raises(told_until(95, *linked, CONCERN, of_sibling, *in_school(56, 90)))) == 1
    bar = outcome("c1", at=1, what="cp-plan-started", children=(("b",),))
    assert raises(told_until(95, *linked, CONCERN, PLAN, bar, *in_school(56, 90))) == []


@pytest.mark.parametrize(("second", "due"), [(4.5, 95), (60.5, 151)])
def test_a_later_concern_begins_the_quiet_days_anew(second: float, due: int) -> None:
    told = told_until(160, CONCERN, notification("n2", at=second, grade="amber"), PLAN, *in_school(56, 157))
    assert since(told) == [at(due)]


@pytest.mark.parametrize(("first_known", "count"), [(365, 1), (366, 0)])
def test_the_concern_lies_within_365_days(first_known: int, count: int) -> None:
    # nothing is known of school until that day, so it is the marks that would make it hold
    told = told_until(380, CONCERN, PLAN, *in_school(first_known - 25, first_known, known=first_known + 0.5))
    assert len(raises(told)) == count


@pytest.mark.parametrize(("possible", "count"), [(19, 0), (20, 1)])
def test_twenty_possible_sessions_make_attendance_known(possible: int, count: int) -> None:
    told = marks(*sessions(63, 88)[:possible], at=89)
    assert len(raises(told_until(91, CONCERN, PLAN, told))) == count


@pytest.mark.parametrize(("unauthorised", "count"), [(4, 1), (5, 0)])
def test_a_tenth_missed_without_leave_is_the_most(unauthorised: int, count: int) -> None:
    told = told_until(91, CONCERN, PLAN, *in_school(63, 88, unauthorised))
    assert len(raises(told)) == count


def test_it_holds_as_soon_as_the_missed_sessions_are_28_days_behind() -> None:
    told = told_until(120, CONCERN, PLAN, *in_school(63, 116, 5))
    assert since(told) == [at(63 + 29)]  # on day 91 five of 40, on day 92 the two of day 63 no longer count


def test_every_child_of_whom_enough_is_known_must_go_to_school() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    assert raises(told_until(91, *linked, CONCERN, PLAN, *in_school(63, 88), *in_school(63, 88, 9, child="b"))) == []
    few = in_school(84, 88, 9, child="b")  # ten sessions: not known
    assert len(raises(told_until(91, *linked, CONCERN, PLAN, *in_school(63, 88), *few))) == 1


def test_authorised_absence_does_not_bar_it_but_is_said() -> None:
    ill = [marks(*[(day, half, "I") for day, half, _ in sessions(63, 88)], at=89)]
    told = told_until(91, CONCERN, PLAN, *ill)
    assert len(raises(told)) == 1
    (said,) = told.revisions[0].speaks_against
    assert "absent for 40 of 40 sessions" in said.text


def test_an_event_is_enough_when_all_else_holds() -> None:
    told = told_until(95, CONCERN, outcome("p1", at=93.5, on=93, what="cin-plan-started"), *in_school(56, 90))
    assert since(told) == [at(93.5)]


def test_marks_of_the_last_quiet_day_count_though_a_school_was_told_of_something_since() -> None:
    told_to_school = notification("e1", at=90.3, on=50, notice="ENCOMPASS")  # no concern of its own
    told = told_until(92, CONCERN, PLAN, told_to_school, *in_school(63, 88, known=90.5))
    assert since(told) == [at(91)]


def test_it_is_not_raised_again_until_there_is_something_newer() -> None:
    told = told_until(200, CONCERN, PLAN, *in_school(56, 190))
    assert raises(told) == [(RULE, 2)]


def test_a_newer_concern_or_plan_lets_it_raise_again() -> None:
    school = in_school(56, 260)
    again = notification("n2", at=100.5, grade="amber")
    told = told_until(250, CONCERN, PLAN, *school, again)
    assert raises(told) == [(RULE, 2), (RULE, 3)]
    assert since(told)[1] == at(191)
    plan = outcome("p2", at=120.5, on=120, what="early-help-started")
    assert since(told_until(250, CONCERN, PLAN, *school, plan)) == [at(91), at(120.5)]


def test_a_review_closes_the_step_down() -> None:
    three = [notification(f"g{n}", at=91.2 + n / 10) for n in range(3)]
    told = told_until(91.5, CONCERN, PLAN, *in_school(56, 88), *three)
    step_down = [prompt for prompt in told.revisions if prompt.kind == "step-down"]
    assert step_down[-1].status == "closed"


def test_a_retracted_plan_takes_the_reason_away() -> None:
    gone = outcome("p1", at=91.3, on=1, what="cin-plan-started", retracted=True)
    told = told_until(91.5, CONCERN, PLAN, *in_school(56, 88), gone)
    assert [again.reason for again in restated(told)] == [None]


def test_a_retracted_concern_among_others_is_told() -> None:
    other = referral("r1", at=0.4, outcome="assessment")
    told = told_until(
        91.5, other, CONCERN, PLAN, *in_school(56, 88), notification("n1", at=91.3, on=0.5, retracted=True)
    )
    (again,) = restated(told)
    assert again.reason is not None
    assert [fact.kind for fact in again.reason.facts] == ["referral", "outcome"]


def test_a_move_takes_along_that_it_was_raised() -> None:
    moved: dict[str, Any] = {"recorded": 93.0}
    told = told_until(
        120,
        in_family("l1", "a", "F1", at=0),
        CONCERN,
        PLAN,
        *in_school(56, 116),
        in_family("l1", "a", "F2", at=93, **moved),
    )
    assert raises(told) == [(RULE, 2)]


def test_the_day_begins_at_midnight_by_the_clock_on_the_wall() -> None:
    # START is 2 March 2026, so day 91 is in summer time
    told = told_until(91, CONCERN, PLAN, *in_school(56, 88))
    assert since(told) == [datetime.fromisoformat("2026-05-31T23:00:00+00:00")]
