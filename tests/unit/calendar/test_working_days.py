from datetime import UTC, date, datetime

import pytest

from models.calendar.local_time import date_of, day_of, to_datetime, to_moment
from models.calendar.working_days import (
    bank_holidays,
    due_at,
    is_working_day,
    next_working_day_after,
    working_days_between,
)

BANK_HOLIDAYS = {  # as published on gov.uk for England and Wales, substitute days where a day fell on a weekend
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("year", BANK_HOLIDAYS)
def test_the_weekdays_without_work_are_the_bank_holidays_of_england(year: int) -> None:
    off = [date_of(day) for day in sorted(bank_holidays(year)) if date_of(day).weekday() < 5]
    assert off == [date.fromisoformat(f"{year}-{day}") for day in BANK_HOLIDAYS[year].split()]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-06", True),  # a Friday
        ("2026-11-07", False),
        ("2026-11-08", False),
        ("2026-11-09", True),
        ("2026-12-28", False),  # for Boxing Day on a Saturday
        ("2026-12-29", True),
        ("2027-03-26", False),  # Good Friday
        ("2026-11-30", True),  # St Andrew's Day is Scotland's
        ("2026-03-17", True),  # St Patrick's Day is Northern Ireland's
        ("2026-01-02", True),  # 2 January is Scotland's
    ],
)
def test_a_working_day_is_a_weekday_and_no_bank_holiday_in_england(day: str, works: bool) -> None:
    assert is_working_day(day_of(date.fromisoformat(day))) is works


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-11-03", "2026-11-04"),
        ("2026-11-06", "2026-11-09"),
        ("2026-12-24", "2026-12-29"),
        ("2027-03-25", "2027-03-30"),  # Easter
        ("2026-12-31", "2027-01-04"),
    ],
)
def test_the_next_working_day_steps_over_weekends_and_holidays(day: str, following: str) -> None:
    assert date_of(next_working_day_after(day_of(date.fromisoformat(day)))).isoformat() == following


def test_working_days_between_counts_the_last_day_and_not_the_first() -> None:
    thursday, tuesday = day_of(date(2026, 12, 24)), day_of(date(2026, 12, 29))
    assert working_days_between(thursday, tuesday) == 1
    assert working_days_between(tuesday, thursday) == 0
    assert working_days_between(thursday, thursday) == 0


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-11-03T10:00", "2026-11-05T00:00"),  # Tuesday: 24:00 of Wednesday
        ("2026-11-06T16:00", "2026-11-10T00:00"),  # Friday: 24:00 of Monday
        ("2026-11-07T03:00", "2026-11-10T00:00"),  # Saturday too
        ("2026-06-02T22:59", "2026-06-03T23:00"),  # in summer 24:00 is 23:00 UTC
        ("2026-06-02T23:00", "2026-06-04T23:00"),  # already the third in England
        ("2026-10-23T12:00", "2026-10-27T00:00"),  # over the clock change
        ("2026-12-24T12:00", "2026-12-30T00:00"),
    ],
)
def test_a_prompt_is_due_at_the_end_of_the_next_working_day(raised: str, due: str) -> None:
    at = to_moment(datetime.fromisoformat(raised).replace(tzinfo=UTC))
    assert to_datetime(due_at(at)) == datetime.fromisoformat(due).replace(tzinfo=UTC)
