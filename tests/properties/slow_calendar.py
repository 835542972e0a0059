"""English days for the slow oracle: written out by hand, so that it shares nothing with what it checks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)

BANK_HOLIDAYS = {
    *(date(2024, 1, 1), date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 6), date(2024, 5, 27), date(2024, 8, 26)),
    *(date(2024, 12, 25), date(2024, 12, 26)),
    *(date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 5), date(2025, 5, 26), date(2025, 8, 25)),
    *(date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4)),
    *(date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)),
    *(date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30)),
    *(date(2027, 12, 27), date(2027, 12, 28)),
}
"""Source: gov.uk/bank-holidays, England and Wales."""

TERMS = (
    *((date(2024, 9, 2), date(2024, 10, 25)), (date(2024, 11, 4), date(2024, 12, 20))),
    *((date(2025, 1, 6), date(2025, 2, 14)), (date(2025, 2, 24), date(2025, 4, 4))),
    *((date(2025, 4, 22), date(2025, 5, 23)), (date(2025, 6, 2), date(2025, 7, 22))),
    *((date(2025, 9, 1), date(2025, 10, 24)), (date(2025, 11, 3), date(2025, 12, 19))),
    *((date(2026, 1, 5), date(2026, 2, 13)), (date(2026, 2, 23), date(2026, 3, 27))),
    *((date(2026, 4, 13), date(2026, 5, 22)), (date(2026, 6, 1), date(2026, 7, 21))),
    *((date(2026, 9, 1), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))),
    *((date(2027, 1, 4), date(2027, 2, 12)), (date(2027, 2, 22), date(2027, 3, 25))),
    *((date(2027, 4, 12), date(2027, 5, 28)), (date(2027, 6, 7), date(2027, 7, 22))),
)
"""Source: EVENTS section 6, the built-in hub."""


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """This wall time in London."""
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def on(moment: datetime) -> date:
    """The London date of a moment."""
    return moment.astimezone(LONDON).date()


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def is_school_day(day: date) -> bool:
    return is_working_day(day) and any(first <= day <= last for first, last in TERMS)


def end_of_next_working_day(day: date) -> datetime:
    """24:00 of the first working day after this date."""
    day += DAY
    while not is_working_day(day):
        day += DAY
    return local(day + DAY)


def next_school_morning(moment: datetime) -> datetime | None:
    """The first 08:30 of a school day after this moment; none where no school day is known within 120 days."""
    first = on(moment)
    for ahead in range(121):
        day = first + ahead * DAY
        if is_school_day(day) and local(day, 8, 30) > moment:
            return local(day, 8, 30)
    return None
