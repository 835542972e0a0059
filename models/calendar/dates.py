"""Dates counted in months, and dates in words."""

from calendar import monthrange
from typing import Final

from models.calendar.local_time import date_of, day_of
from schemas.identifiers import Day

# Not by strftime: its words follow the locale of the process.
# fmt: off
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def months_after(day: Day, months: int) -> Day:
    """The same date so many calendar months later, or the last of that month where it has no such date."""
    start = date_of(day)
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return day_of(start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1])))


def in_words(day: Day) -> str:
    """This date as people write it: ``3 November 2026``."""
    value = date_of(day)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
