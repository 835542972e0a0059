"""What the learner's records say of each day, for the watch for drift: scores, labels, how many episodes began.

A day is over when every partition has closed a later one: what was scored on it lies before that on the topic, and so
do the labels that became final on it. Repeats of a row change nothing. Nothing is kept over a restart: the records are
read again from their beginning, as far as they are there, and say the same.

Alarms are asked for as of a day, as everything that speaks against a model is (``evidence.py``): what was known when a
report was signed has had its say, and the watch begins anew on the day after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from models.calendar.local_time import local_day
from models.calendar.school_days import SchoolCalendar
from models.learning.days import ClosedDay
from models.learning.drift import Alarm, DayHeard, Detector, DriftWatch, Watched
from schemas.examples import Scored
from schemas.identifiers import Day, Moment

EPISODES: Final = "episodes"
"""The one count that the records tell: how many episodes were scored on a day."""


class Listening:
    """Remembers the days as they were, and what a watch makes of them."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar) -> None:
        self._make, self._calendar = make, calendar
        self._seen: set[str] = set()
        self._scored: dict[Day, list[tuple[Moment, str, float]]] = {}
        self._labels: dict[Day, tuple[bool, ...]] = {}
        self._days: list[DayHeard] = []
        self._since: Day | None = None
        self._watch = DriftWatch(make, calendar, Day(0))
        self._told = 0

    def hear(self, scored: Scored) -> None:
        """A row was scored. The first scoring of an episode is the one that counts; one that came after its day was
        over counts on the next."""
        if scored.row in self._seen:
            return
        self._seen.add(scored.row)
        self._scored.setdefault(self._still_open(local_day(scored.at)), []).append(
            (scored.at, scored.row, scored.score)
        )

    def close(self, closed: tuple[ClosedDay, ...], through: Day | None) -> None:
        """These days' rows have their final states; every partition has closed the day ``through``."""
        for one in closed:
            labels = tuple(row.state == "positive" for row in one.rows if row.state in ("positive", "negative"))
            day = self._still_open(one.day)
            self._labels[day] = (*self._labels.get(day, ()), *labels)
        if through is None:
            return
        first = self._days[-1].day + 1 if self._days else min((*self._scored, *self._labels), default=through)
        self._days += [self._end(Day(day)) for day in range(first, through)]

    def alarms(self, since: Day) -> tuple[Alarm, ...]:
        """What was found on the days from this one on that are over, in order."""
        if since != self._since:
            self._since, self._told = since, 0
            self._watch = DriftWatch(self._make, self._calendar, since)
        for day in self._days[self._told :]:
            self._watch.hear(day)
        self._told = len(self._days)
        return self._watch.alarms

    def _still_open(self, day: Day) -> Day:
        return day if not self._days else max(day, Day(self._days[-1].day + 1))

    def _end(self, day: Day) -> DayHeard:
        """A day without a score is told without its count: whether nothing began, or the model was silent and nobody
        was asked, the records do not say."""
        scored = sorted(self._scored.pop(day, ()))
        return DayHeard(
            day=day,
            scores=tuple(score for _, _, score in scored),
            labels=self._labels.pop(day, ()),
            counts=((EPISODES, len(scored)),) if scored else (),
        )
