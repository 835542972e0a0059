"""Three low-grade notifications within 90 days of the newest (EVENTS section 4), boundary by boundary."""

from __future__ import annotations

from tests.saying import notification
from tests.telling import raises, restated, tell

RULE = "three-low-grade-notifications"


def test_two_incidents_do_not_raise() -> None:
    assert raises(tell(notification("n1", at=1), notification("n2", at=5))) == []


def test_three_incidents_raise_once_and_name_all_three() -> None:
    assert raises(tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9)))) == [(RULE, 3)]


def test_the_first_counts_on_day_90() -> None:
    assert raises(tell(*(notification(f"n{n}", at=n) for n in (0, 5, 90)))) == [(RULE, 3)]


def test_the_first_no_longer_counts_on_day_91() -> None:
    assert raises(tell(*(notification(f"n{n}", at=n) for n in (0, 5, 91)))) == []


def test_three_notifications_of_one_occurrence_are_one_incident() -> None:
    told = tell(*(notification(f"n{n}", at=n, occurrence="one") for n in (1, 2, 3)))
    assert raises(told) == []


def test_an_occurrence_has_its_highest_grade() -> None:
    told = tell(
        notification("n1", at=1, occurrence="one"),
        notification("n2", at=2, occurrence="one", grade="amber"),
        notification("n3", at=3),
        notification("n4", at=4),
    )
    assert raises(told) == []


def test_an_encompass_notice_is_not_a_notification() -> None:
    told = tell(notification("n1", at=1), notification("n2", at=2), notification("n3", at=3, notice="ENCOMPASS"))
    assert raises(told) == []


def test_ungraded_notifications_do_not_count() -> None:
    told = tell(notification("n1", at=1), notification("n2", at=2), notification("n3", at=3, grade=None))
    assert raises(told) == []


def test_a_fourth_incident_raises_again_and_names_all_four() -> None:
    assert raises(tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9, 12)))) == [(RULE, 3), (RULE, 4)]


def test_an_older_incident_told_late_does_not_raise_again() -> None:
    told = tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9)), notification("late", at=12, on=7))
    assert raises(told) == [(RULE, 3)]


def test_the_incident_that_completes_three_may_be_told_last() -> None:
    told = tell(notification("n1", at=1), notification("n3", at=9), notification("late", at=12, on=7))
    assert raises(told) == [(RULE, 3)]


def test_a_trigger_28_days_old_raises() -> None:
    told = tell(notification("n1", at=1), notification("n2", at=5), notification("n3", at=37, on=9))
    assert raises(told) == [(RULE, 3)]


def test_a_trigger_29_days_old_does_not_raise() -> None:
    told = tell(notification("n1", at=1), notification("n2", at=5), notification("n3", at=38, on=9))
    assert raises(told) == []


def test_a_retracted_incident_takes_the_reason_away() -> None:
    told = tell(
        *(notification(f"n{n}", at=n) for n in (1, 5, 9)), notification("n5", at=10, on=5, recorded=10, retracted=True)
    )
    (gone,) = restated(told)
    assert gone.reason is None
    assert gone.note is not None
    assert told.revisions[-1].basis_changed
    assert told.revisions[-1].reasons == ()


def test_a_corrected_date_is_told_to_the_reader() -> None:
    told = tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9)), notification("n5", at=10, on=4, recorded=10))
    (again,) = restated(told)
    assert again.reason is not None
    assert again.reason.id == told.revisions[0].reasons[0].id
    assert told.revisions[-1].revision == 2
    assert told.revisions[-1].basis_changed


def test_a_correction_that_says_the_same_is_not_told() -> None:
    told = tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9)), notification("n5", at=9.5, on=5, recorded=9.5))
    assert restated(told) == []


def test_a_further_incident_alone_does_not_change_the_basis() -> None:
    told = tell(*(notification(f"n{n}", at=n) for n in (1, 5, 9)), notification("late", at=9.5, on=7))
    assert restated(told) == []


def test_a_notification_about_two_children_is_named_once_per_child() -> None:
    told = tell(
        *(notification(f"n{n}", at=n, children=(("a",),)) for n in (1, 5)),
        notification("n9", at=9, children=(("a",), ("b",))),
    )
    assert raises(told) == [(RULE, 3)]  # b is in a family of its own
