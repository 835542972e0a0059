"""Marks corrected, taken back, told by two schools and under two identifiers; shares of a child's own sessions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from models.family.attendance import SessionSeen
from models.family.measures import absent_share, is_persistent, is_severe
from models.family.register import Counts
from models.family.state import FamilyState
from models.family.view import View
from schemas.identifiers import Day
from tests.saying import day, marks, same_child
from tests.telling import tell

HOME, UNIT = "123456", "900001"
SECOND = 1 / 86_400


def codes(*statements: object) -> list[str]:
    """The codes that count of the one child that these statements are about."""
    (state,) = [state for state in tell(*statements).families.values() if state.strands]  # type: ignore[arg-type]
    return [seen.code for seen in sessions_of(state)]


def sessions_of(state: FamilyState) -> list[SessionSeen]:
    view = View(state)
    (child,) = view.children
    return view.sessions(child, Day(0), Day(day(0) + 1000))


def test_a_corrected_mark_replaces_the_earlier_one() -> None:
    assert codes(marks((0, 0, "N"), at=1), marks((0, 0, "I"), at=6)) == ["I"]


def test_a_correction_that_comes_before_what_it_corrects_still_counts() -> None:
    assert codes(marks((0, 0, "I"), at=6), marks((0, 0, "N"), at=7, recorded=1)) == ["I"]


@pytest.mark.parametrize("days", [5, 20, 21, 22, 100, 390])
def test_a_mark_may_be_corrected_as_long_as_it_is_kept(days: int) -> None:
    later = marks((days, 1, "/"), at=days)
    assert codes(marks((0, 0, "N"), (0, 1, "/"), at=1), later, marks((0, 0, "I"), at=days, event_id="e")) == [
        "I",
        "/",
        "/",
    ]
    assert codes(marks((0, 0, "N"), at=1), later, marks((0, 0, "I"), at=days, event_id="e", retracted=True)) == ["/"]


def test_an_older_statement_changes_nothing_however_late_it_comes() -> None:
    assert codes(marks((0, 0, "I"), at=6), marks((0, 0, "N"), at=200, recorded=5)) == ["I"]


@pytest.mark.parametrize("first", ["e1", "e2"])
def test_of_two_marks_of_one_moment_the_greater_id_counts_even_when_settled(first: str) -> None:
    told = {
        "e1": marks((0, 0, "N"), at=1, recorded=1, event_id="e1"),
        "e2": marks((0, 0, "I"), at=1, recorded=1, event_id="e2"),
    }
    second = told["e2" if first == "e1" else "e1"]
    much_later = marks((100, 0, "/"), at=100)
    late = marks((0, 0, second.body.marks[0].code), at=101, recorded=1, event_id=second.version.event_id)  # type: ignore[union-attr]
    assert codes(told[first], much_later, late) == ["I", "/"]


@pytest.mark.parametrize(
    ("home", "unit", "counts"),
    [
        ("D", "/", "/"),
        ("/", "D", "/"),
        ("D", "O", "O"),
        ("/", "O", "O"),
        ("I", "N", "N"),
        ("C2", "I", "I"),
        ("E", "/", "E"),
        ("K", "T", "T"),
        ("Y1", "#", "Y1"),
        ("#", "Y1", "#"),
        ("N", "O", "N"),
        ("O", "N", "O"),
    ],
)
def test_of_two_schools_marks_the_first_in_the_order_of_the_contract_counts_once(
    home: str, unit: str, counts: str
) -> None:
    for told in (
        (marks((0, 0, home), at=1, school=HOME), marks((0, 0, unit), at=2, school=UNIT)),
        (marks((0, 0, unit), at=1, school=UNIT), marks((0, 0, home), at=2, school=HOME)),
    ):
        assert codes(*told) == [counts]


def test_what_one_school_takes_back_leaves_the_others_mark() -> None:
    assert codes(
        marks((0, 0, "D"), at=1, school=HOME),
        marks((0, 0, "O"), at=1, school=UNIT),
        marks((0, 0, "O"), at=2, school=UNIT, retracted=True),
    ) == ["D"]


def test_under_two_identifiers_of_a_child_the_newest_statement_counts() -> None:
    link = same_child("l1", "a", "b", at=3)
    assert codes(marks((0, 0, "N"), at=1, child="a"), marks((0, 0, "I"), at=2, child="b"), link) == ["I"]
    taken_back = marks((0, 0, "I"), at=4, child="b", retracted=True)
    assert codes(marks((0, 0, "N"), at=1, child="a"), link, taken_back) == []


def test_a_session_of_which_nobody_told_is_not_known() -> None:
    assert codes(marks((0, 0, "/"), (4, 1, "O"), at=5)) == ["/", "O"]


def test_a_window_has_its_own_days_of_fresh_and_settled_weeks() -> None:
    (state,) = tell(*(marks((on, 0, "/"), (on, 1, "O"), at=on) for on in range(60))).families.values()
    view = View(state)
    (child,) = view.children
    for first, last in ((59, 59), (40, 47), (0, 59), (13, 13), (30, 20), (5, 100)):
        assert [(seen.on, seen.session) for seen in view.sessions(child, day(first), day(last))] == [
            (day(on), half) for on in range(first, min(last, 59) + 1) for half in (0, 1)
        ]


@pytest.mark.parametrize(
    ("absent", "possible", "persistent", "severe"),
    [
        (0, 0, False, False),
        (9, 100, False, False),
        (10, 100, True, False),
        (49, 99, True, False),
        (50, 100, True, True),
    ],
)
def test_persistent_is_a_tenth_and_severe_is_half(absent: int, possible: int, persistent: bool, severe: bool) -> None:
    counted = Counts(possible, absent, 0)
    assert (is_persistent(counted), is_severe(counted)) == (persistent, severe)


def test_a_share_of_nothing_is_no_share() -> None:
    assert absent_share(Counts(0, 0, 0)) is None
    assert absent_share(Counts(6, 4, 1)) == Fraction(2, 3)
