"""What the learner's records say of each day, for the watch for drift: scores, labels, how many episodes began, and how
much each feed sent.

A day is over when every partition has closed a later one: what was scored on it lies before that on the topic, and so
do the labels that became final on it. Repeats of a row change nothing. Nothing is kept over a restart: the records are
read again from their beginning, as far as they are there, and say the same. How much a feed sent is known a week later
(``feeds.py``), so its days are watched by themselves.

A model that learns moves its own scores, and that is no change in the world. So where somebody signed, the scores that
are watched are those of the snapshot that was signed, from the features as they were recorded; how far the model may
move away from it, its rails say. Where nobody signed, they are those of the time.

Alarms are asked for as of a day, as everything that speaks against a model is (``evidence.py``): what was known when a
report was signed has had its say, and the watch begins anew on the day after.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final, Protocol

from msgspec.structs import replace

from models.calendar.local_time import local_day
from models.calendar.school_days import SchoolCalendar
from models.learning.days import ClosedDay
from models.learning.drift import Alarm, DayHeard, Detector, DriftWatch, Watched
from models.learning.feeds import FeedsHeard
from schemas.examples import FeedsCounted, Scored
from schemas.identifiers import Day, Moment

EPISODES: Final = "episodes"
"""The count of families: how many episodes were scored on a day. The others bear the names of feeds."""


class Scoring(Protocol):
    """A snapshot that is asked for scores: ``models.learning.judge``."""

    @property
    def version(self) -> str: ...

    @property
    def feature_list(self) -> str: ...

    def score(self, raw: Sequence[float]) -> float: ...


class _Watching:
    """A watch over a list of days that grows; it begins anew where it is asked otherwise than before."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar) -> None:
        self._make, self._calendar = make, calendar
        self._asked: tuple[Day, str | None] | None = None
        self._watch = DriftWatch(make, calendar, Day(0))
        self._told = 0

    def alarms(
        self,
        days: Sequence[DayHeard],
        since: Day,
        by: str | None = None,
        read: Callable[[DayHeard], DayHeard] = lambda day: day,
    ) -> tuple[Alarm, ...]:
        """What was found on the days from ``since`` on, each as it is ``read``, which hangs on ``by`` alone."""
        if (since, by) != self._asked:
            self._asked, self._told = (since, by), 0
            self._watch = DriftWatch(self._make, self._calendar, since)
        for day in days[self._told :]:
            self._watch.hear(read(day))
        self._told = len(days)
        return self._watch.alarms


class Listening:
    """Remembers the days as they were, and what a watch makes of them."""

    def __init__(self, make: Callable[[Watched], Detector], calendar: SchoolCalendar, feeds: FeedsHeard) -> None:
        self._seen: set[str] = set()
        self._scored: dict[Day, list[tuple[Moment, str, Scored]]] = {}
        self._rows: dict[Day, tuple[tuple[str, array[float]], ...]] = {}
        """Of the days that are over: feature list and features of each row, for who scores them anew."""
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
        self._scored.setdefault(self._still_open(local_day(scored.at)), []).append((scored.at, scored.row, scored))

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

    def alarms(self, since: Day, signed: Scoring | None = None) -> tuple[Alarm, ...]:
        """What was found on the days from this one on that are over, in order; scores by the snapshot ``signed``."""
        by = None if signed is None else signed.version
        found = (
            *self._watching.alarms(self._days, since, by, lambda day: self._score_anew(day, signed)),
            *self._watching_feeds.alarms(self._feeds.days, since),
        )
        return tuple(sorted(found, key=lambda alarm: alarm.day))

    def _score_anew(self, day: DayHeard, signed: Scoring | None) -> DayHeard:
        """The day with the scores of this snapshot; rows of another list of features it cannot score."""
        if signed is None:
            return day
        known = (features for name, features in self._rows[day.day] if name == signed.feature_list)
        return replace(day, scores=tuple(map(signed.score, known)))

    def _still_open(self, day: Day) -> Day:
        return day if not self._days else max(day, Day(self._days[-1].day + 1))

    def _end(self, day: Day) -> DayHeard:
        """A day without a score is told without its count: whether nothing began, or the model was silent and nobody
        was asked, the records do not say."""
        scored = [one for _, _, one in sorted(self._scored.pop(day, ()), key=itemgetter(0, 1))]
        self._rows[day] = tuple((one.feature_list, array("d", one.features)) for one in scored)
        return DayHeard(
            day=day,
            scores=tuple(one.score for one in scored),
            labels=self._labels.pop(day, ()),
            counts=((EPISODES, len(scored)),) if scored else (),
        )
