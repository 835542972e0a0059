"""Working days in England, and when a prompt is due.

A working day is Monday to Friday and no bank holiday in England. The bank holidays come from the ``holidays`` library,
which follows the proclamations, substitute days and one-off holidays included; checked against gov.uk for 2022 to 2028.
A holiday proclaimed later than the installed release is not known here: upgrade the library when one is announced.
"""

from datetime import date
from functools import lru_cache

import holidays

from models.calendar.local_time import date_of, local_day, midnight
from schemas.identifiers import Day, Moment

_SATURDAY = 5


def is_working_day(day: Day) -> bool:
    """Whether this is a Monday to Friday and no bank holiday in England."""
    return (day - 1) % 7 < _SATURDAY and day not in bank_holidays(date_of(day).year)  # day 1 was a Monday


@lru_cache(maxsize=4096)
def next_working_day_after(day: Day) -> Day:
    """The first working day later than this day."""
    following = Day(day + 1)
    while not is_working_day(following):
        following = Day(following + 1)
    return following


def working_days_between(day: Day, later: Day) -> int:
    """How many working days lie after ``day``, up to and including ``later``; 0 if ``later`` is not later."""
    return sum(is_working_day(Day(between)) for between in range(day + 1, later + 1))


def due_at(moment: Moment) -> Moment:
    """24:00 local of the first working day after the local date of this moment (EVENTS section 3, ``due_at``)."""
    return midnight(Day(next_working_day_after(local_day(moment)) + 1))


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[Day]:
    """The days of this year on which banks in England are closed by law, substitute days included."""
    known: list[date] = list(holidays.country_holidays("GB", subdiv="ENG", years=year, expand=False))
    return frozenset(Day(holiday.toordinal()) for holiday in known)
