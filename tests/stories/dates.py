"""Days and times as people write them: 8 Sep 2025, Mon 8 Sep 2025 22:10, 8 Sep 2025 24:00."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from models.calendar.local_time import day_of, local_moment, midnight, to_datetime
from schemas.identifiers import Day, Moment

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY: Final = rf"(?:({'|'.join(WEEKDAYS)}) )?(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})"
DAY: Final = re.compile(_DAY)
MOMENT: Final = re.compile(rf"({_DAY}) (\d\d):(\d\d)")
_FIRST: Final = date(2024, 9, 1)  # the day +0 of the simulator's tables, before anything that a story tells
_LAST: Final = date(2029, 12, 31)


class WordsError(ValueError):
    """Something in a story cannot be understood; one sentence that says what, and what is."""


def read_day(text: str) -> date:
    """``Mon 8 Sep 2025``; the weekday may be left out, and is checked."""
    found = DAY.fullmatch(text)
    if found is None:
        raise WordsError(f"'{text}' is no day; write it as 8 Sep 2025")
    try:
        day = date(int(found[4]), MONTHS.index(found[3]) + 1, int(found[2]))
    except ValueError:
        raise WordsError(f"'{text}' is no day of the calendar") from None
    if found[1] is not None and WEEKDAYS[day.weekday()] != found[1]:
        raise WordsError(f"'{text}' is a {WEEKDAYS[day.weekday()]}")
    if not _FIRST <= day <= _LAST:
        raise WordsError(f"'{text}' lies outside the years of the stories")
    return day


def read_moment(text: str) -> Moment:
    """``8 Sep 2025 22:10`` by the clock on the wall; 24:00 is the next midnight."""
    day, hour, minute = _split(text)
    if (hour, minute) == (24, 0):
        return midnight(Day(day_of(day) + 1))
    return local_moment(day_of(day), time(hour, minute))


def read_days(text: str) -> tuple[date, date]:
    """``8 Sep 2025 to 12 Sep 2025``, or one day: the first and the last."""
    first, to, last = text.partition(" to ")
    days = read_day(first), read_day(last if to else first)
    if days[1] < days[0]:
        raise WordsError(f"'{text}' ends before it begins")
    return days


def in_table(day: date) -> str:
    """A day as the simulator's tables write it."""
    return f"+{(day - _FIRST).days}"


def moment_in_table(text: str) -> str:
    """A time as the simulator's tables write it."""
    day, hour, minute = _split(text)
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return f"{in_table(day)}/{hour:02}:{minute:02}"


def table_start() -> date:
    """Day +0 of the tables."""
    return _FIRST


def write_day(day: date) -> str:
    """``8 Sep 2025``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def write_moment(moment: Moment | datetime) -> str:
    """``8 Sep 2025 22:10`` in England; midnight is 00:00 of the day that begins, seconds are told if there are any."""
    from zoneinfo import ZoneInfo

    at = (moment if isinstance(moment, datetime) else to_datetime(moment)).astimezone(ZoneInfo("Europe/London"))
    seconds = f":{at:%S}" if at.second or at.microsecond else ""
    return f"{write_day(at.date())} {at:%H:%M}{seconds}"


def _split(text: str) -> tuple[date, int, int]:
    found = MOMENT.fullmatch(text)
    if found is None:
        raise WordsError(f"'{text}' is no time; write it as 8 Sep 2025 22:10")
    hour, minute = int(found[6]), int(found[7])
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise WordsError(f"'{text}' is no time of the clock")
    return read_day(found[1]), hour, minute
