"""A referral closed without action, then a further contact within a year (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

import pytest

from tests.saying import notification, referral
from tests.telling import raises, restated, tell

RULE = "contact-after-no-action"


def closed(at: float = 0, outcome: str = "no-further-action", **more: float) -> object:
    return referral("first", at=at, outcome=outcome, **more)


@pytest.mark.parametrize("outcome", ["no-further-action", "information-and-advice"])
def test_a_second_referral_on_a_later_date_raises(outcome: str) -> None:
    assert raises(tell(closed(outcome=outcome), referral("second", at=1))) == [(RULE, 2)]  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", ["early-help", "assessment", "strategy-discussion", None])
def test_other_decisions_do_not_raise(outcome: str | None) -> None:
    assert raises(tell(referral("first", at=0, outcome=outcome), referral("second", at=1))) == []


def test_a_contact_on_the_day_of_the_decision_does_not_raise() -> None:
    assert raises(tell(closed(at=0.3), referral("second", at=0.6))) == []  # type: ignore[arg-type]


def test_it_is_the_decision_that_counts_not_the_referral() -> None:
    first = referral("first", at=3, on=0, outcome="no-further-action", decided=3)
    assert raises(tell(first, referral("second", at=3.5))) == []
    assert raises(tell(first, referral("second", at=4))) == [(RULE, 2)]


def test_day_365_counts_and_day_366_does_not() -> None:
    assert raises(tell(closed(), referral("second", at=365))) == [(RULE, 2)]  # type: ignore[arg-type]
    assert raises(tell(closed(), referral("second", at=366))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(("grade", "count"), [("green", 0), (None, 0), ("amber", 1), ("red", 1)])
def test_a_notification_counts_from_amber(grade: str | None, count: int) -> None:
    assert len(raises(tell(closed(), notification(at=5, grade=grade)))) == count  # type: ignore[arg-type]


def test_all_decided_referrals_of_the_window_are_named() -> None:
    told = tell(
        referral("first", at=0, outcome="no-further-action"),
        referral("second", at=10, outcome="information-and-advice"),
        referral("third", at=20),
    )
    assert raises(told) == [(RULE, 2), (RULE, 3)]


def test_a_red_notification_passes_the_budget() -> None:
    told = tell(closed(), notification(at=5, grade="red"))  # type: ignore[arg-type]
    assert [event.bypasses_budget for event in told.told_to_desk] == [True]  # type: ignore[union-attr]


def test_a_named_fact_that_is_too_old_to_be_kept_was_not_taken_back() -> None:
    once = (closed(), referral("second", at=365, outcome="assessment"))
    told = tell(*once, notification(at=394, grade=None), notification("n2", at=400, grade=None))  # type: ignore[arg-type]
    assert raises(told)[0] == (RULE, 2)
    assert restated(told) == []
