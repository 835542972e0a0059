"""Whether the world has moved away from what the model was signed off on.

Watched are the scores of episodes, the share of matured labels that are positive, and how much came a day, of each feed
or of prompts. Holidays are known and no drift: a day's count is held against earlier days of its own kind, the same
weekday with school or without.

An alarm asks a person to look and stops adoption; it resets no model. It stays open until somebody has looked, and then
the watch begins anew on the day after: ``since``. So nothing is kept: a watch that is told the same days from the
records says the same. What ADWIN found is the change, not its cause.

Source: Bifet, Gavalda, 2007, "Learning from time-changing data with adaptive windowing". The detectors are River's and
come from ``learner.py``; nothing here knows River.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal, Protocol, TypeAlias

from msgspec import Struct

from models.calendar.local_time import date_of
from models.calendar.school_days import SchoolCalendar
from schemas.identifiers import Day

Watched: TypeAlias = Literal["scores", "labels", "counts"]

FEWEST_DAYS: Final = 4
"""Days of a kind that were heard before the next of its kind is held against them."""
SATURDAY: Final = 5
STRETCH: Final = 4.0
"""So much is a day's count over count and usual moved away from a half. The detector takes its numbers to lie anywhere
from 0 to 1, days are few, and a feed that lost a third would be a tenth off: it took over 120 days to be found."""


class Detector(Protocol):
    """Finds that the mean of numbers from 0 to 1 has changed."""

    def update(self, value: float) -> bool:
        """Take the next number in; whether a change was found with it."""


class DayHeard(Struct, frozen=True, kw_only=True):
    """A closed day. ``scores`` in the order of (moment, row); ``labels`` those that became final, in that order, too;
    ``counts`` name what came, a feed or ``prompts``, with how many: a silent feed has to be told as 0."""

    day: Day
    scores: tuple[float, ...] = ()
    labels: tuple[bool, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()

    def __repr__(self) -> str:
        return "DayHeard(...)"


class Alarm(Struct, frozen=True, kw_only=True):
    """Something has changed, found on this day; ``name`` says of which count."""

    watched: Watched
    name: str | None
    day: Day


class DriftWatch:
    """Is told closed days in their order, and keeps the alarms that nobody has looked at yet."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar, since: Day) -> None:
        self._make, self._calendar, self._since = make, calendar, since
        self._last: Day | None = None
        self._detectors: dict[tuple[Watched, str | None], Detector] = {}
        self._usual: dict[tuple[str, int, bool], tuple[int, int]] = {}
        self._alarms: list[Alarm] = []

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What was found from ``since`` on, in order: all of it is open."""
        return tuple(self._alarms)

    def hear(self, heard: DayHeard) -> tuple[Alarm, ...]:
        """Take one closed day in; what was found on it. Days before ``since`` say nothing.

        Raises ValueError for a day that does not come after the last.
        """
        if self._last is not None and heard.day <= self._last:
            raise ValueError("a day that is closed stays closed")
        self._last = heard.day
        if heard.day < self._since:
            return ()
        found = [
            *self._tell("scores", None, heard.day, heard.scores),
            *self._tell("labels", None, heard.day, map(float, heard.labels)),
        ]
        for name, count in sorted(heard.counts):
            found += self._tell("counts", name, heard.day, self._against_usual(name, heard.day, count))
        self._alarms += found
        return tuple(found)

    def _tell(self, watched: Watched, name: str | None, day: Day, values: Iterable[float]) -> list[Alarm]:
        """At most one alarm a day and thing watched."""
        detector = self._detectors.get((watched, name))
        if detector is None:
            detector = self._detectors[watched, name] = self._make(watched)
        changes = [value for value in values if detector.update(value)]
        return [Alarm(watched=watched, name=name, day=day)] if changes else []

    def _against_usual(self, name: str, day: Day, count: int) -> tuple[float, ...]:
        """The day's count beside the usual one of its kind, a half where it is as usual; nothing while that is not
        known. The day is then counted among the usual ones."""
        weekday = date_of(day).weekday()
        kind = (name, weekday, weekday < SATURDAY and self._calendar.is_school_day(day))
        days, total = self._usual.get(kind, (0, 0))
        self._usual[kind] = (days + 1, total + count)
        if days < FEWEST_DAYS:
            return ()
        usual = total / days
        ratio = count / (count + usual) if count or usual else 0.5
        return (min(1.0, max(0.0, 0.5 + STRETCH * (ratio - 0.5))),)
