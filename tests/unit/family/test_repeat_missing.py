"""The same child missing three times within 90 days (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

import pytest

from schemas.facts import Part
from tests.saying import in_family
from tests.telling import raises, restated, tell
from tests.unit.family.notices import SUBJECT, missing

RULE = "repeat-missing"
LINKED = (in_family("l1", "a", "F1", at=0), in_family("l2", "b", "F1", at=0))


def test_twice_does_not_raise_and_three_times_does() -> None:
    assert raises(tell(missing("m1", at=1), missing("m2", at=5))) == []
    assert raises(tell(*(missing(f"m{n}", at=n) for n in (1, 5, 9)))) == [(RULE, 3)]


@pytest.mark.parametrize(("newest", "count"), [(90, 1), (91, 0)])
def test_day_90_counts_and_day_91_does_not(newest: int, count: int) -> None:
    assert len(raises(tell(*(missing(f"m{n}", at=n) for n in (0, 5, newest))))) == count


def test_being_away_without_leave_is_not_being_missing() -> None:
    assert raises(tell(missing("m1", at=1), missing("m2", at=5, category="A"), missing("m3", at=9))) == []


def test_several_notices_of_one_occurrence_count_once_and_are_all_named() -> None:
    same = (missing("m1", at=1, occurrence="one"), missing("m2", at=2, occurrence="one"))
    assert raises(tell(*same, missing("m3", at=3))) == []
    assert raises(tell(*same, missing("m3", at=3), missing("m4", at=4))) == [(RULE, 4)]


def test_only_the_subject_of_a_notice_is_missing() -> None:
    resident = Part("resident", True, False)
    told = tell(missing("m1", at=1), missing("m2", at=5, parts=(resident,)), missing("m3", at=9))
    assert raises(told) == []


def test_two_children_missing_in_turn_are_not_one_child_missing_often() -> None:
    told = tell(*LINKED, *(missing(f"m{n}", at=n, children=(("ab"[n % 2],),)) for n in (1, 2, 3, 4)))
    assert raises(told) == []


def test_what_counts_for_one_child_is_not_named_of_the_other() -> None:
    both = {"children": (("a",), ("b",)), "parts": (SUBJECT, SUBJECT)}
    told = tell(*LINKED, missing("m1", at=1), missing("m2", at=2), missing("m3", at=3, **both))
    assert raises(told) == [(RULE, 3)]


def test_two_children_may_satisfy_one_reason() -> None:
    both = {"children": (("a",), ("b",)), "parts": (SUBJECT, SUBJECT)}
    told = tell(*LINKED, *(missing(f"m{n}", at=n, **both) for n in (1, 2, 3)))
    assert raises(told) == [(RULE, 6)]


def test_a_further_time_raises_again_and_an_older_one_does_not() -> None:
    three = [missing(f"m{n}", at=n) for n in (1, 5, 9)]
    assert raises(tell(*three, missing("m4", at=12))) == [(RULE, 3), (RULE, 4)]
    assert raises(tell(*three, missing("m4", at=12, on=7))) == [(RULE, 3)]


@pytest.mark.parametrize(("received", "count"), [(37, 1), (38, 0)])
def test_a_trigger_28_days_old_raises_and_one_of_29_days_does_not(received: int, count: int) -> None:
    told = tell(missing("m1", at=1), missing("m2", at=5), missing("m3", at=received, on=9))
    assert len(raises(told)) == count


def test_a_corrected_category_takes_the_reason_away() -> None:
    three = [missing(f"m{n}", at=n) for n in (1, 5, 9)]
    told = tell(*three, missing("m5", at=10, on=5, category="A"))
    assert [again.reason for again in restated(told)] == [None]


def test_a_corrected_role_takes_the_reason_away() -> None:
    three = [missing(f"m{n}", at=n) for n in (1, 5, 9)]
    told = tell(*three, missing("m5", at=10, on=5, parts=(Part("linked", False, False),)))
    assert [again.reason for again in restated(told)] == [None]
