"""What the learner's records say of each day, for the watch for drift: scores, labels, how many episodes began, and how
much each feed sent.

A day is over when every partition has closed a later one: what was scored on it lies before that on the topic, and so
do the labels that became final on it. Repeats of a row change nothing. Nothing is kept over a restart: the records are
read again from their beginning, as far as they are there, and say the same. How much a feed sent is known a week later
(``feeds.py``), so its days are watched by themselves.

Alarms are asked for as of a day, as everything that speaks against a model is (``evidence.py``): what was known when a
report was signed has had its say, and the watch begins anew on the day after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from models.calendar.local_time import local_day
from models.calendar.school_days import SchoolCalendar
from models.learning.days import ClosedDay
from models.learning.drift import Alarm, DayHeard, Detector, DriftWatch, Watched
from models.learning.feeds import FeedsHeard
from schemas.examples import FeedsCounted, Scored
from schemas.identifiers import Day, Moment

EPISODES: Final = "episodes"
"""The count of families: how many episodes were scored on a day. The others bear the names of feeds."""


class _Watching:
    """A watch over a list of days that grows; it begins anew where it is asked as of another day."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar) -> None:
        self._make, self._calendar = make, calendar
        self._since: Day | None = None
        self._watch = DriftWatch(make, calendar, Day(0))
        self._told = 0

    def alarms(self, days: Sequence[DayHeard], since: Day) -> tuple[Alarm, ...]:
        if since != self._since:
            self._since, self._told = since, 0
            self._watch = DriftWatch(self._make, self._calendar, since)
        for day in days[self._told :]:
            self._watch.hear(day)
        self._told = len(days)
        return self._watch.alarms


class Listening:
    """Remembers the days as they were, and what a watch makes of them."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar, feeds: FeedsHeard) -> None:
        self._seen: set[str] = set()
        self._scored: dict[Day, list[tuple[Moment, str, float]]] = {}
        self._labels: dict[Day, tuple[bool, ...]] = {}
        self._days: list[DayHeard] = []
        self._feeds = feeds
        self._watching, self._watching_feeds = _Watching(make, calendar), _Watching(make, calendar)

    def count(self, counted: FeedsCounted) -> None:
        """A partition of intake told what it counted on a day."""
        self._feeds.take(counted)

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
        found = (
            *self._watching.alarms(self._days, since),
            *self._watching_feeds.alarms(self._feeds.days, since),
        )
        return tuple(sorted(found, key=lambda alarm: alarm.day))

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
