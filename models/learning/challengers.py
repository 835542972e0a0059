"""Which challengers are open: opened by an alarm for drift or a new quarter, taken through closed days, and closed.

* One opens with each calendar quarter, and one on the day after an alarm for drift was found, if none that drift opened
  is younger than a quarter: several alarms about one change come close together. Neither before a row has taught.
* Each stays open for a year. A label comes 104 days after the score that it judges, so a challenger that gave way to
  the next quarter's would never be judged at all. Hence several at once: ten at most, a few kilobytes each.

Nothing of a challenger is kept over a restart but ``Standings``: the learner reads the examples from their beginning,
and the challengers are made again from the days that they were opened on. The days are kept because an alarm hangs on
more than rows (``listening.py``: the signed report, and what retention left). What comes out another way than it was
told, as when retention took rows that a challenger had learned, is closed, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from models.calendar.local_time import date_of, local_day
from models.learning.challenger import WARM_UP, Challenger, Lesson, Opening
from models.learning.closing import Recipe, decide_fate
from models.learning.days import ClosedDay
from models.learning.drift import Alarm
from models.learning.snapshot import Snapshot, begin
from schemas.challengers import Standing, Standings
from schemas.examples import Matured, Scored
from schemas.identifiers import Day, Moment

QUARTER_DAYS: Final = 91
OPEN_DAYS: Final = 365
"""Less than the 13 months for which the examples are kept, from which challengers are made again."""


class _Possible(Struct, frozen=True):
    """An opening, and whether an earlier life of the learner decided it."""

    opening: Opening
    is_told: bool


class Challengers:
    """All challengers of one specification. Feed it the log from its beginning, whatever was told of them before."""

    def __init__(
        self, incumbent: Snapshot, recipe: Recipe, told: Standings | None = None, warm_up: int = WARM_UP
    ) -> None:
        body = incumbent.body
        self._first = begin(body.specification, dict(body.made_by))
        self._recipe, self._warm_up = recipe, warm_up
        self._told = told
        self._scores: dict[str, tuple[Moment, float]] = {}
        self.open: tuple[Challenger, ...] = ()
        """Those that are open, the oldest first."""
        self._through: Day | None = None
        self._has_lesson = False
        self._has_opened = told is not None
        self._is_checked = told is None
        self.lost: tuple[Standing, ...] = ()
        """Challengers that had been told, and could not be made again."""

    def hear(self, scored: Scored) -> None:
        """A row was scored. Its outcome is held against the first scoring, which is of the frozen features."""
        known = self._scores.get(scored.row)
        if known is None or scored.at < known[0]:
            self._scores[scored.row] = (scored.at, scored.score)

    def close(self, closed: Sequence[ClosedDay], through: Day | None, alarms: Sequence[Alarm]) -> None:
        """These days' rows have their final states, and every partition has closed the day ``through``."""
        if through is None or (self._through is not None and through <= self._through):
            return
        before = self._through
        if before is None:
            before = Day(min((one.day for one in closed), default=through) - 1)
        openings = self._find_openings(before, through, alarms)
        for one in closed:
            self._come_to(one.day, openings)
            lessons = [self._lesson(row) for row in one.rows if self._teaches(row)]
            for row in one.rows:
                self._scores.pop(row.row, None)
            for challenger in self.open:
                challenger.take(one.day, lessons)
            self._has_lesson |= bool(lessons)
        self._come_to(through, openings)
        self._check(Day(through + 1))
        self._through = through

    def standings(self) -> Standings | None:
        """Where all stand; None where nothing was ever opened, or no day is closed yet."""
        if self._through is None or not self._has_opened:
            return None
        return Standings(
            specification=self._first.body.specification.name,
            through=self._through,
            open=tuple(challenger.standing for challenger in self.open),
        )

    def _find_openings(self, before: Day, through: Day, alarms: Sequence[Alarm]) -> list[_Possible]:
        """What may open after one day and up to another, in order. Of a time that was told of nothing else opens."""
        since, told = before, self._told
        found: list[_Possible] = []
        if told is not None:
            since = max(before, told.through)
            opened = (Opening(one.opened_on, one.why) for one in told.open)
            first = self._through is None
            found = [_Possible(one, is_told=True) for one in opened if (first or one.on > before) and one.on <= through]
        news = [Opening(Day(alarm.day + 1), "drift") for alarm in alarms]
        news += [Opening(day, "quarter") for day in map(Day, range(since + 1, through + 1)) if _begins_quarter(day)]
        found += [_Possible(opening, is_told=False) for opening in set(news) if since < opening.on <= through]
        return sorted(found, key=lambda one: (one.opening.on, one.opening.why))

    def _come_to(self, day: Day, openings: list[_Possible]) -> None:
        """Everything up to the beginning of a day, before its rows are taken."""
        while openings and openings[0].opening.on <= day:
            possible = openings.pop(0)
            self._end_before(possible.opening.on)
            if possible.is_told or self._may_open(possible.opening):
                self.open += (Challenger(possible.opening, self._first, self._warm_up),)
                self._has_opened = True
        self._end_before(day)

    def _may_open(self, opening: Opening) -> bool:
        young = 1 if opening.why == "quarter" else QUARTER_DAYS
        rivals = (one.opening for one in self.open if one.opening.why == "drift" or one.opening.on == opening.on)
        return self._has_lesson and all(opening.on - rival.on >= young for rival in rivals)

    def _end_before(self, day: Day) -> None:
        """Close what was not made again as it was told, and what has been open for a year."""
        self._check(day)
        self.open = tuple(one for one in self.open if day - one.opening.on < OPEN_DAYS)

    def _check(self, day: Day) -> None:
        """Once everything is taken that had been told of: whether it came out as it was told."""
        if self._is_checked or self._told is None or day <= self._told.through:
            return
        self._is_checked = True
        again = {one.opening.on: one.standing.version for one in self.open}
        self.lost = tuple(one for one in self._told.open if again.get(one.opened_on) != one.version)
        gone = {one.opened_on for one in self.lost}
        self.open = tuple(one for one in self.open if one.opening.on not in gone)

    def _teaches(self, row: Matured) -> bool:
        return decide_fate(row, self._recipe, live=False) == "learned" and row.prompted != "model"

    def _lesson(self, row: Matured) -> Lesson:
        at, score = self._scores.get(row.row, (None, None))
        return Lesson(
            scored_on=local_day(row.at),
            vector=self._recipe.prepare(row.features),
            label=row.state == "positive",
            said=score if at == row.at else None,
        )


def _begins_quarter(day: Day) -> bool:
    on: date = date_of(day)
    return on.day == 1 and on.month % 3 == 1
