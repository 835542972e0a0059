"""Concerns from three origins within 28 days (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

from typing import Any

from schemas.statements import Statement
from tests.saying import marks, notification
from tests.saying import referral as a_referral
from tests.telling import raises, tell

RULE = "three-origins-in-28-days"


def referral(key: str, **more: Any) -> Statement:
    """A referral that was decided at once, so that nobody is asked for a decision."""
    return a_referral(key, outcome="assessment", **more)


def missed(count: int, first: int = 0) -> list[tuple[float, int, str]]:
    """So many unauthorised sessions on school days from day ``first`` (a Monday)."""
    days = [day for day in range(first, first + 60) if day % 7 < 5]
    return [(days[n // 2], n % 2, "O") for n in range(count)]


def test_three_origins_raise() -> None:
    told = tell(referral("r1", at=1, source="3A"), referral("r2", at=2, source="2A"), notification(at=3))
    assert raises(told) == [(RULE, 3)]


def test_two_origins_do_not() -> None:
    told = tell(referral("r1", at=1, source="3A"), referral("r2", at=2, source="3B"), notification(at=3))
    assert raises(told) == []


def test_day_28_counts_and_day_29_does_not() -> None:
    two = (referral("r1", at=0, source="3A"), referral("r2", at=2, source="2A"))
    assert raises(tell(*two, notification(at=28))) == [(RULE, 3)]
    assert raises(tell(*two, notification(at=29))) == []


def test_six_unauthorised_sessions_of_one_child_count_as_school() -> None:
    two = (referral("r1", at=0, source="3A"), notification(at=1))
    assert raises(tell(*two, marks(*missed(5), at=5))) == []
    assert raises(tell(*two, marks(*missed(6), at=5))) == [(RULE, 8)]


def test_sessions_of_two_children_are_not_added_up() -> None:
    two = (referral("r1", at=0, source="3A"), notification(at=1))
    told = tell(*two, marks(*missed(3), at=5), marks(*missed(3), at=5, child="b"))
    assert raises(told) == []


def test_the_sixth_session_may_be_the_trigger_though_the_concerns_came_last() -> None:
    told = tell(marks(*missed(8), at=4), referral("r1", at=4.5, on=1.5, source="3A"), notification(at=4.6, on=1.6))
    assert raises(told) == [(RULE, 10)]


def test_a_session_after_the_sixth_is_not_yet_known_to_an_earlier_trigger() -> None:
    told = tell(
        referral("r1", at=0, source="3A"), marks(*missed(6), at=3), notification(at=3.5), marks(*missed(8), at=4)
    )
    assert raises(told) == [(RULE, 8)]


def test_absence_alone_never_raises() -> None:
    assert raises(tell(marks(*missed(20), at=20))) == []


def test_sessions_that_count_for_nobody_are_left_out() -> None:
    two = (referral("r1", at=0, source="3A"), notification(at=1))
    for code in ("K", "D", "C2", "E", "T", "Q", "Y1", "X", "I", "C", "/"):
        told = [(day, session, code) for day, session, _ in missed(10)]
        assert raises(tell(*two, marks(*told, at=5))) == []


def test_a_corrected_mark_no_longer_counts() -> None:
    two = (referral("r1", at=0, source="3A"), notification(at=1))
    told = tell(*two, marks((0, 0, "I"), at=6), marks(*missed(6), at=5, recorded=5))
    assert raises(told) == []


def test_a_new_concern_raises_again_only_after_more_than_28_days() -> None:
    three = (referral("r1", at=1, source="3A"), referral("r2", at=2, source="2A"), notification("n1", at=3))
    again = (referral("r3", at=20, source="3A"), referral("r4", at=21, source="2A"))
    assert raises(tell(*three, *again, notification("n2", at=31))) == [(RULE, 3)]
    assert raises(tell(*three, *again, notification("n2", at=32))) == [(RULE, 3), (RULE, 3)]


def test_marks_alone_never_raise_again() -> None:
    two = (referral("r1", at=0, source="3A"), notification(at=1))
    told = tell(*two, marks(*missed(6), at=5), marks(*missed(6, first=7), at=12))
    assert raises(told) == [(RULE, 8)]
