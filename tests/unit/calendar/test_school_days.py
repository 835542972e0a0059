from datetime import UTC, date, datetime

import pytest

from models.calendar.local_time import day_of, to_datetime, to_moment
from models.calendar.school_days import SchoolCalendar
from schemas.hub import Period

CALENDAR = SchoolCalendar(
    terms=[
        Period(first=date(2026, 9, 1), last=date(2026, 10, 23)),
        Period(first=date(2026, 11, 2), last=date(2026, 12, 18)),
        Period(first=date(2027, 4, 26), last=date(2027, 5, 28)),
    ],
    closures=[Period(first=date(2026, 9, 18), last=date(2026, 9, 18))],
)


@pytest.mark.parametrize(
    ("day", "is_school_day"),
    [
        ("2026-08-31", False),
        ("2026-09-01", True),
        ("2026-09-05", False),  # a Saturday in term
        ("2026-09-18", False),  # a closure
        ("2026-10-23", True),  # the last day belongs to the term
        ("2026-10-26", False),  # half term
        ("2027-05-03", False),  # a bank holiday in term
        ("2031-09-03", False),  # nothing known
    ],
)
def test_a_school_day_is_a_working_day_in_term_without_closure(day: str, is_school_day: bool) -> None:
    assert CALENDAR.is_school_day(day_of(date.fromisoformat(day))) is is_school_day


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-09-02T07:00", "2026-09-02T07:30"),  # an early morning: the same day's 08:30, British summer time
        ("2026-09-02T07:30", "2026-09-03T07:30"),  # at 08:30 itself: the next
        ("2026-09-17T22:00", "2026-09-21T07:30"),  # over a closure and a weekend
        ("2026-10-23T20:00", "2026-11-02T08:30"),  # over half term and the clock change
        ("2026-12-27T12:00", "2027-04-26T07:30"),  # 120 days later
        ("2026-12-26T12:00", None),  # 121 days later: not known
        ("2027-05-28T12:00", None),
    ],
)
def test_the_next_school_morning_is_half_past_eight_of_a_later_school_day(moment: str, morning: str | None) -> None:
    found = CALENDAR.first_school_day_moment_after(to_moment(datetime.fromisoformat(moment).replace(tzinfo=UTC)))
    expected = None if morning is None else datetime.fromisoformat(morning).replace(tzinfo=UTC)
    assert (None if found is None else to_datetime(found)) == expected


def test_a_hub_without_terms_knows_no_school_day() -> None:
    assert SchoolCalendar((), ()).first_school_day_moment_after(to_moment(datetime(2026, 9, 1, tzinfo=UTC))) is None
