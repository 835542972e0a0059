"""Dates and times as partners write them: RFC 3339 with an offset, and ``YYYY-MM-DD``. Text only, nothing is guessed.

RFC 3339 section 5.6 allows a small ``t`` and ``z`` and any number of decimals; what is finer than a microsecond is cut
off, not rounded. Two things that it allows are refused: a space instead of the ``T``, and the leap second ``:60``,
which no clock of ours can hold. Times of the years 0001 and 9999 are refused too: their local date may lie outside the
calendar.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

# In Python, "$" also matches before a final line feed; partners who check our schemas with it should not be misled.
TIME_PATTERN: Final = (
    r"^(?!000[01]|9999)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$(?!\n)"
)
DATE_PATTERN: Final = r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)"
_TIME: Final = re.compile(TIME_PATTERN)
_DATE: Final = re.compile(DATE_PATTERN)


def read_time(text: str) -> datetime:
    """The aware time that an RFC 3339 text names. Raises ValueError, without quoting it, for any other text."""
    if _TIME.match(text) is None:
        raise ValueError("not an RFC 3339 time with an offset")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("not a day of the calendar") from None


@lru_cache(maxsize=8192)  # every entry is ten characters, about a lifetime of dates in use
def _read_date(text: str) -> date:
    if _DATE.match(text) is None:
        raise ValueError("not a date YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a day of the calendar") from None


def read_date(text: str) -> date:
    """The date that a ``YYYY-MM-DD`` text names. Raises ValueError, without quoting it, for any other text."""
    if len(text) != len("YYYY-MM-DD"):
        raise ValueError("not a date YYYY-MM-DD")
    return _read_date(text)


def _time(value: Any) -> datetime:
    if type(value) is not str:
        raise PydanticCustomError("date-time", "not an RFC 3339 time with an offset")
    try:
        return read_time(value)
    except ValueError:
        raise PydanticCustomError("date-time", "not an RFC 3339 time with an offset") from None


def _date(value: Any) -> date:
    if type(value) is not str:
        raise PydanticCustomError("date", "not a date YYYY-MM-DD")
    try:
        return read_date(value)
    except ValueError:
        raise PydanticCustomError("date", "not a date YYYY-MM-DD") from None


WireTime = Annotated[
    datetime,
    PlainValidator(_time),
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": TIME_PATTERN}),
]
"""A moment with its offset, kept as it was given."""

WireDate = Annotated[
    date,
    PlainValidator(_date),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "pattern": DATE_PATTERN, "maxLength": 10}),
]
"""A calendar date, as people in the hub's area would say it."""
