"""A pupil who stops coming, and another concern (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

import pytest

from schemas.statements import Statement
from tests.saying import in_family, marks, notification, referral
from tests.telling import raises, restated, tell
from tests.unit.family.notices import sessions

RULE = "severe-absence-with-other-concern"
# The concern comes on day 112, a Monday at noon: its window are the days 84 to 112, 20 school days and a morning.


def told_marks(told: list[tuple[float, int, str]], at: float, name: str, child: str = "a") -> list[Statement]:
    return [marks(*told[n : n + 20], at=at, event_id=f"{name}-{n}", child=child) for n in range(0, len(told), 20)]


def now(absent: int, possible: int, child: str = "a", code: str = "I") -> list[Statement]:
    """The last possible sessions of the days 84 to 111, of which the last were missed."""
    days = sessions(84, 111)[-possible:]
    told = [(d, half, code if n >= possible - absent else "/") for n, (d, half, _) in enumerate(days)]
    return told_marks(told, 111.5, "now", child)


def before(absent: int, possible: int, first: int = 0, child: str = "a") -> list[Statement]:
    """So many possible sessions from day ``first``, of which the first were missed."""
    days = sessions(first, 83)[:possible]
    told = [(d, half, "I" if n < absent else "/") for n, (d, half, _) in enumerate(days)]
    return told_marks(told, 84, "before", child)


CONCERN = notification(at=112.5, grade="amber")


def severe(told: object) -> list[tuple[str, int]]:
    return [raised for raised in raises(told) if raised[0] == RULE]  # type: ignore[arg-type]


@pytest.mark.parametrize(("absent", "count"), [(19, 0), (20, 1), (21, 1)])
def test_half_of_the_possible_sessions_is_severe(absent: int, count: int) -> None:
    assert len(severe(tell(*before(0, 60), *now(absent, 40), CONCERN))) == count


@pytest.mark.parametrize(("possible", "count"), [(19, 0), (20, 1)])
def test_at_least_twenty_sessions_must_be_known(possible: int, count: int) -> None:
    assert len(severe(tell(*before(0, 60), *now(possible, possible), CONCERN))) == count


@pytest.mark.parametrize(("absent", "count"), [(10, 1), (11, 0)])
def test_a_fifth_missed_before_is_still_coming(absent: int, count: int) -> None:
    assert len(severe(tell(*before(absent, 50), *now(40, 40), CONCERN))) == count


@pytest.mark.parametrize(("possible", "count"), [(39, 0), (40, 1)])
def test_at_least_forty_sessions_before_must_be_known(possible: int, count: int) -> None:
    assert len(severe(tell(*before(0, possible), *now(40, 40), CONCERN))) == count


def test_the_time_before_ends_112_days_back() -> None:
    # from the trigger of day 112 back to day 0; the 40th session before is of the day -1 and does not count
    early = told_marks(sessions(-3, -3), 0, "early")
    assert severe(tell(*early, *before(0, 38), *now(40, 40), CONCERN)) == []


@pytest.mark.parametrize(("on", "count"), [(81, 1), (80, 0)])
def test_the_concern_lies_within_28_days_of_the_trigger(on: int, count: int) -> None:
    # half is reached with the last session alone, that of day 109
    assert len(severe(tell(*before(0, 60), notification(at=on + 0.5, grade="amber"), *now(20, 40)))) == count


def test_the_concern_may_be_a_referral_about_a_sibling() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    told = tell(*linked, *before(0, 60), *now(40, 40), referral(at=112.5, children=(("b",),)))
    assert severe(told) == [(RULE, 41)]


def test_the_concern_of_another_family_does_not_count() -> None:
    assert severe(tell(*before(0, 60), *now(40, 40), notification(at=112.5, children=(("b",),)))) == []


def test_absence_alone_never_raises() -> None:
    assert raises(tell(*before(0, 60), *now(40, 40, code="O"))) == []


def test_one_child_must_have_come_before_and_be_absent_now() -> None:
    linked = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))
    assert severe(tell(*linked, *before(0, 60, child="b"), *now(40, 40), CONCERN)) == []


@pytest.mark.parametrize("code", ["C2", "E", "T", "K", "D", "/"])
def test_what_is_not_the_childs_absence_does_not_count(code: str) -> None:
    assert severe(tell(*before(0, 60), *now(40, 40, code=code), CONCERN)) == []


def test_a_further_concern_raises_again_and_further_marks_do_not() -> None:
    once = (*before(0, 60), *now(40, 40), CONCERN, marks((112, 1, "I"), at=113))
    assert severe(tell(*once)) == [(RULE, 41)]
    assert severe(tell(*once, notification("n2", at=113.5))) == [(RULE, 41), (RULE, 41)]


def test_half_of_the_marks_corrected_to_present_take_the_reason_away() -> None:
    told = tell(*before(0, 60), *now(20, 40), CONCERN, marks((109, 1, "/"), at=113))
    assert [again.reason for again in restated(told)] == [None]
