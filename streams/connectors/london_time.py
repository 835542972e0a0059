"""Dates and times as census files write them, read strictly, and as the wire wants them.

The census knows dates; the wire wants moments. A date becomes the first moment of that day in Europe/London.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from streams.connectors.reports import Reason

LONDON: Final = ZoneInfo("Europe/London")
EARLIEST: Final = date(1900, 1, 1)  # before 1847 London's offset had seconds, which RFC 3339 cannot write
LATEST: Final = date(2100, 12, 31)  # files use 9999 for "not yet"; readers add months to what we write

_ZONE: Final = r"(?P<zone>Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"  # allowed by xs:date and xs:dateTime
_DATE: Final = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})" + _ZONE)
_DATE_TIME: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})(?P<part>\.[0-9]+)?" + _ZONE
)


def read_date(text: str) -> date | Reason:
    """The date of an ``xs:date``, 1900 to 2100, or why there is none. A zone after the date is passed over."""
    match = _DATE.fullmatch(text)
    return Reason.BAD_DATE if match is None else _day(match["day"])


def read_date_time(text: str) -> datetime | Reason:
    """The moment of an ``xs:dateTime``, or why there is none.

    Without a zone it is local time in Europe/London; of an hour that comes twice, the first.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return Reason.BAD_DATE
    day = _day(match["day"])
    if isinstance(day, Reason):
        return day
    microsecond = int((match["part"] or ".")[1:7].ljust(6, "0"))  # finer parts of a second are cut off
    try:
        clock = time.fromisoformat(match["clock"]).replace(microsecond=microsecond)
    except ValueError:
        return Reason.BAD_DATE
    return datetime.combine(day, clock, _zone(match["zone"]))


def start_of(day: date) -> datetime:
    """00:00 of this date in Europe/London."""
    return datetime.combine(day, time.min, LONDON)


def last_second_of(day: date) -> datetime:
    """23:59:59 of this date in Europe/London: the latest whole second that still has this date."""
    return datetime.combine(day, time(23, 59, 59), LONDON)


def day_of(moment: datetime) -> date:
    """The date of a moment in Europe/London."""
    return moment.astimezone(LONDON).date()


def _day(text: str) -> date | Reason:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Reason.BAD_DATE
    return day if EARLIEST <= day <= LATEST else Reason.DATE_OUT_OF_RANGE


def _zone(text: str | None) -> ZoneInfo | timezone:
    if text is None:
        return LONDON
    if text == "Z":
        return UTC
    span = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-span if text[0] == "-" else span)
