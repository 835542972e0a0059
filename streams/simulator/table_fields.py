"""The fields of a line of a table: read once each, with errors that say what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from streams.simulator.days import local

_DAY: Final = re.compile(r"\+(\d{1,4})")
_MOMENT: Final = re.compile(r"(\+\d{1,4})/(\d\d):(\d\d)")
_RANGE: Final = re.compile(r"(\+\d{1,4})(?:\.\.(\+\d{1,4}))?")


class FieldError(ValueError):
    """Part of a line cannot be understood; one sentence that says which and what to change."""


class Moments:
    """Reads days and times that are counted from the start of a story."""

    def __init__(self, start: date) -> None:
        self._start = start

    def day(self, text: str) -> date:
        """``+3``: three days after the start."""
        found = _DAY.fullmatch(text)
        if found is None:
            raise FieldError(f"'{text}' is no day; write it as +3")
        return self._start + timedelta(days=int(found[1]))

    def moment(self, text: str) -> datetime:
        """``+3/21:40``: that time on that day, by the clock on the wall."""
        found = _MOMENT.fullmatch(text)
        if found is None or int(found[2]) > 23 or int(found[3]) > 59:
            raise FieldError(f"'{text.replace('/', ' ')}' is no time; write a day and a time as +3 21:40 or +3/21:40")
        return local(self.day(found[1]), int(found[2]) * 60 + int(found[3]))

    def weekdays(self, text: str) -> tuple[date, ...]:
        """``+0..+4``: the Mondays to Fridays between, both ends included; or one day, whichever it is."""
        found = _RANGE.fullmatch(text)
        if found is None:
            raise FieldError(f"'{text}' is no range of days; write it as +0..+4")
        first = self.day(found[1])
        if found[2] is None:
            return (first,)
        length = (self.day(found[2]) - first).days + 1
        days = tuple(first + timedelta(days=ahead) for ahead in range(length))
        weekdays = tuple(day for day in days if day.weekday() < 5)
        if not weekdays:
            raise FieldError(f"'{text}' holds no Monday to Friday")
        return weekdays


class Fields:
    """The ``name=value`` words of a line."""

    def __init__(self, words: Iterable[str], moments: Moments) -> None:
        """Raises FieldError for a field that stands there twice."""
        self.moments = moments
        self._values: dict[str, str] = {}
        for word in words:
            name, _, value = word.partition("=")
            if name in self._values:
                raise FieldError(f"{name} stands there twice")
            self._values[name] = value

    def take(self, name: str) -> str:
        """The value of a field that must be there."""
        value = self._values.pop(name, None)
        if not value:
            raise FieldError(f"{name}=... is missing")
        return value

    def take_if_there(self, name: str) -> str | None:
        """The value of a field, None without it."""
        return self._values.pop(name, None)

    def take_list(self, name: str) -> list[str]:
        """The values between commas, empty without the field."""
        value = self._values.pop(name, None)
        return value.split(",") if value else []

    def take_moment(self, name: str) -> datetime | None:
        """A time, None without the field."""
        value = self._values.pop(name, None)
        return None if value is None else self.moments.moment(value)

    def take_day(self, name: str) -> date | None:
        """A day, None without the field."""
        value = self._values.pop(name, None)
        return None if value is None else self.moments.day(value)

    def finish(self) -> None:
        """Raises FieldError if a field was not understood."""
        if self._values:
            raise FieldError(f"{min(self._values)} is no field of this line")
