"""Where a second reading of EVENTS section 4 found the product wrong: the smallest story that shows it."""

from __future__ import annotations

from datetime import datetime

from schemas.facts import Part
from schemas.identifiers import IdentifierId
from schemas.statements import Statement
from streams.hub import BUILT_IN_HUB
from tests.saying import LONDON, in_family, marks, moment, notification, outcome, referral, same_child
from tests.telling import DEFAULT_PACK, hub, raises, tell

ORIGINS = "three-origins-in-28-days"
NOT_TOLD = "no-encompass-by-next-school-day"
UNDECIDED = "no-decision-in-one-working-day"
LOW = "three-low-grade-notifications"


def ten_days_at_school(first: int, *, at: float, child: str = "a") -> Statement:
    return marks(*((first + n, half, "/") for n in range(10) for half in (0, 1)), at=at, child=child)


def test_a_child_known_under_two_names_moves_whole_before_anybody_looks() -> None:
    told = tell(
        in_family("l1", "a", "F1", at=0),
        same_child("l2", "x", "y", at=0),
        referral("r1", at=1, source="3A", outcome="assessment"),
        referral("r2", at=1.1, source="1A", outcome="assessment"),
        notification("n1", at=2, children=(("x",),)),
        referral("r3", at=2.1, source="4", outcome="assessment", children=(("y",),)),
        in_family("l3", "y", "F1", at=2.2),
    )
    assert raises(told) == [(ORIGINS, 4)]


def test_a_child_that_one_link_puts_together_from_three_families_is_looked_at_whole() -> None:
    told = tell(
        notification("n1", at=1, children=(("x",),)),
        referral("r1", at=1.1, source="3A", outcome="assessment", children=(("y",),)),
        referral("r2", at=1.2, source="4", outcome="assessment", children=(("z",),)),
        referral("r3", at=1.3, source="1A", outcome="assessment", children=(("w",),)),
        same_child("l1", "w", "x", "y", "z", "never told of", at=2),
    )
    assert raises(told) == [(ORIGINS, 4)]


def test_a_prompt_that_goes_along_with_a_child_of_two_names_rests_on_what_it_did() -> None:
    told = tell(
        same_child("l1", "x", "y", at=0),
        *(notification(f"n{n}", at=1 + n, children=(("xy"[n % 2],),)) for n in range(3)),
        in_family("l2", "x", "F1", at=3.5),
    )
    assert raises(told) == [(LOW, 3)]
    assert told.revisions[-1].family == "F1"
    assert not told.revisions[-1].basis_changed


def test_marks_that_come_on_the_last_quiet_day_are_seen_when_the_next_day_begins() -> None:
    told = tell(
        referral(at=0, outcome="assessment"),
        outcome(at=90.4, on=90),
        ten_days_at_school(78, at=90.7),
        notification("later", at=95, children=(("somebody else",),)),
    )
    assert told.revisions[0].raised_at == datetime(2026, 6, 1, tzinfo=LONDON)


def test_a_child_named_under_two_names_was_there_if_either_says_so() -> None:
    told = hub(DEFAULT_PACK.with_schools(BUILT_IN_HUB))
    told.hear(same_child("l1", "x", "y", at=0))
    parts = (Part("subject", False, False), Part("present", True, False))
    told.hear(notification(at=1, concerns=("domestic-abuse",), children=(("x",), ("y",)), parts=parts))
    told.let_time_pass(moment(9))
    assert raises(told) == [(NOT_TOLD, 1)]


def test_a_referral_that_was_looked_at_is_not_looked_at_again_for_the_family_of_another_child() -> None:
    told = tell(
        referral(at=0.4, children=(("x",),)),
        referral(at=2.5, on=0.4, children=(("y",),)),
        referral("r2", at=3, on=0.4, outcome="assessment", children=(("z",),)),
        referral("r2", at=4, on=0.5, children=(("y",),)),
    )
    assert raises(told) == [(UNDECIDED, 1)]
    assert told.told_to_desk[0].family != told.links.place(IdentifierId("y")).family


def test_nor_at_its_new_limit_where_it_is_dated_anew_for_another_child_or_was_taken_back_between() -> None:
    told = tell(
        referral(at=0.4, children=(("x",),)),
        referral(at=2.1, on=2, children=(("x",),), retracted=True),
        referral(at=2.5, on=2.4, children=(("y",),)),
        referral(at=2.6, on=2.6, children=(("z",),)),
    )
    told.let_time_pass(moment(20))
    assert raises(told) == [(UNDECIDED, 1)]


def test_a_referral_that_was_corrected_to_name_another_child_before_its_limit_is_looked_at_there() -> None:
    told = tell(
        referral(at=0.4, children=(("x",),)),
        referral(at=1.9, on=1.8, children=(("y",),)),
        referral(at=2.5, on=0.5, children=(("z",),)),
    )
    assert raises(told) == [(UNDECIDED, 1)]
    assert told.told_to_desk[0].family == told.links.place(IdentifierId("z")).family
