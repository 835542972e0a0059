"""Dates in words."""

from typing import Final

from models.calendar.local_time import date_of
from schemas.identifiers import Day

# Not by strftime: its words follow the locale of the process.
# fmt: off
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def in_words(day: Day) -> str:
    """This date as people write it: ``3 November 2026``."""
    value = date_of(day)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
