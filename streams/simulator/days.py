"""School terms, bank holidays and working days as the town lives them: plain dates of Europe/London."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

LONDON: Final = ZoneInfo("Europe/London")

# The example terms of EVENTS section 6, first and last day.
EXAMPLE_TERMS: Final = tuple(
    (date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2024-09-02", "2024-10-25"), ("2024-11-04", "2024-12-20"), ("2025-01-06", "2025-02-14"),
        ("2025-02-24", "2025-04-04"), ("2025-04-22", "2025-05-23"), ("2025-06-02", "2025-07-22"),
        ("2025-09-01", "2025-10-24"), ("2025-11-03", "2025-12-19"), ("2026-01-05", "2026-02-13"),
        ("2026-02-23", "2026-03-27"), ("2026-04-13", "2026-05-22"), ("2026-06-01", "2026-07-21"),
        ("2026-09-01", "2026-10-23"), ("2026-11-02", "2026-12-18"), ("2027-01-04", "2027-02-12"),
        ("2027-02-22", "2027-03-25"), ("2027-04-12", "2027-05-28"), ("2027-06-07", "2027-07-22"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The town's terms and closures, both ends of each included."""

    terms: tuple[tuple[date, date], ...] = EXAMPLE_TERMS
    closures: tuple[tuple[date, date], ...] = ()

    def is_school_day(self, day: date) -> bool:
        """Whether schools are open: a working day inside a term and in no closure."""
        return (
            is_working_day(day)
            and any(first <= day <= last for first, last in self.terms)
            and not any(first <= day <= last for first, last in self.closures)
        )

    def school_days(self, first: date, days: int) -> tuple[date, ...]:
        """Every school day of the ``days`` days that begin with ``first``."""
        return tuple(day for day in each_day(first, days) if self.is_school_day(day))

    def next_school_morning(self, moment: datetime) -> datetime | None:
        """08:30 of the first school day after this moment; None if none is known within 120 days."""
        day = moment.astimezone(LONDON).date()
        for ahead in range(121):
            morning = local(day + timedelta(days=ahead), 8 * 60 + 30)
            if morning > moment and self.is_school_day(day + timedelta(days=ahead)):
                return morning
        return None


def each_day(first: date, days: int) -> tuple[date, ...]:
    """``days`` dates in a row, from ``first``."""
    return tuple(first + timedelta(days=ahead) for ahead in range(days))


@lru_cache(maxsize=8192)
def is_working_day(day: date) -> bool:
    """Monday to Friday, and no bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; for 0, ``day`` itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def local(day: date, minute: float) -> datetime:
    """The moment, in UTC, so many minutes after midnight by the clock on the wall, to the second."""
    seconds = int(minute * 60)
    hour, rest = divmod(seconds, 3600)
    wall = datetime(day.year, day.month, day.day, hour, rest // 60, rest % 60, tzinfo=LONDON)
    return wall.astimezone(UTC)


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
