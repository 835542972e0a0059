"""Made-up worlds, day by day: episodes are scored by a learner as it stands, and their labels become final later."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from models.calendar.local_time import local_day, midnight
from models.learning.challenger import WARM_UP
from models.learning.challengers import Challengers
from models.learning.drift import Alarm
from models.learning.scorer import Scorer
from models.learning.snapshot import Snapshot, begin, read_snapshot
from models.learning.study import Draft, Study, read_rows_of
from schemas.challengers import Standings
from schemas.examples import DayClosed, ExampleEvent, Matured, Scored
from schemas.identifiers import Day, Moment
from tests.unit.learning.rows import (
    FEATURE_LIST,
    FIRST_DAY,
    HORIZON,
    MADE_BY,
    SPECIFICATION,
    a_row,
    a_scoring,
    closing,
)

FIRST = begin(SPECIFICATION, MADE_BY)

Truth = Callable[[Sequence[float], int], float]
"""The logit of an outcome, of features and a day."""


def steady(features: Sequence[float], day: int) -> float:
    """Contacts raise the odds, engagement lowers them, always."""
    del day
    return -2.5 + 0.5 * features[0] - 1.0 * features[1]


def changed_after(when: int) -> Truth:
    """From a day on contacts say nothing any more, and what is missing says much."""

    def truth(features: Sequence[float], day: int) -> float:
        return steady(features, day) if day < when else -2.5 + 2.5 * features[2]

    return truth


class Life:
    """One life of a learner with its challengers, as the process joins them. ``alarms_on``: days on which an alarm for
    drift is found, in place of those that the records give."""

    def __init__(
        self,
        newest: Snapshot = FIRST,
        told: Standings | None = None,
        *,
        partitions: int = 1,
        warm_up: int = WARM_UP,
        alarms_on: Sequence[int] | None = None,
    ) -> None:
        recipe = read_rows_of(SPECIFICATION, FEATURE_LIST)
        known = read_snapshot(newest.bytes, newest.version)
        self.study = Study(known, recipe, partitions)
        self.challengers = Challengers(known, recipe, told, warm_up)
        self.newest = newest
        self.drafts: list[Draft] = []
        self._alarms_on = alarms_on

    def tell(self, offset: int, event: ExampleEvent) -> None:
        """Take one record, and learn the days that it closes."""
        studied = self.study.take(offset, event)
        if isinstance(event, Scored):
            self.challengers.hear(event)
        self.challengers.close(studied.closed, studied.closed_through, self._alarms(studied.closed_through))
        for closed in studied.closed:
            draft = self.study.learn(closed, "shadow").draft
            if draft is not None:
                self.drafts.append(draft)
                self.newest = draft.snapshot

    def _alarms(self, through: Day | None) -> tuple[Alarm, ...]:
        if self._alarms_on is None:
            return self.study.listening.alarms(Day(0))
        days = [Day(FIRST_DAY + day) for day in self._alarms_on]
        return tuple(
            Alarm(watched="labels", name=None, day=day) for day in days if through is not None and day < through
        )


class World:
    """A learner in one such world; ``log`` is everything that it was told, in order."""

    def __init__(self, seed: int, truth: Truth, *, per_day: int = 30, horizon: int = HORIZON, life: Life) -> None:
        self._dice = random.Random(seed)
        self._truth, self._per_day, self._horizon = truth, per_day, horizon
        self._due: dict[int, list[Matured]] = {}
        self.life = life
        self.log: list[ExampleEvent] = []

    def live(self, days: int, begin_on: int = 0) -> Iterator[int]:
        """Let so many days pass, one at each step."""
        for day in range(begin_on, begin_on + days):
            for event in self._pass(day):
                self.life.tell(len(self.log), event)
                self.log.append(event)
            yield day

    def _pass(self, day: int) -> Iterator[ExampleEvent]:
        yield from self._due.pop(day, ())
        yield closing(day)
        scorer = Scorer(self.life.newest)
        for number in range(self._per_day):
            row = self._begin(day, number)
            self._due.setdefault(day + self._horizon, []).append(row)
            yield a_scoring(row, scorer.score(scorer.vector(row.features)))

    def _begin(self, day: int, number: int) -> Matured:
        dice = self._dice
        features = (float(dice.choice((0, 0, 1, 2, 4))), float(dice.random() < 0.3), float(dice.random() < 0.2))
        is_positive = dice.random() < 1 / (1 + math.exp(-self._truth(features, day)))
        row = a_row(f"row-{day}-{number}", day=day + self._horizon, features=features)
        at = Moment(midnight(Day(FIRST_DAY + day)) + number * 60_000_000)
        return replace(row, at=at, state="positive" if is_positive else "negative")


def deliver(dice: random.Random, log: Sequence[ExampleEvent], partitions: int) -> list[ExampleEvent]:
    """The same rows as so many partitions would tell them, each at its own pace, with repeats: a partition closes a day
    after its rows of that day, and scores the episodes of a day before it closes a later one."""
    streams: list[list[ExampleEvent]] = [[] for _ in range(partitions)]
    days: dict[Day, list[Matured | Scored]] = {}
    for event in log:
        if not isinstance(event, DayClosed):
            days.setdefault(event.day if isinstance(event, Matured) else local_day(event.at), []).append(event)
    last = max(event.day for event in log if isinstance(event, DayClosed))
    for number, stream in enumerate(streams):
        for day in sorted({event.day for event in log if isinstance(event, DayClosed)}):
            here = [event for event in days.get(day, ()) if sum(event.row.encode()) % partitions == number]
            dice.shuffle(here)
            stream += [event for event in here if isinstance(event, Matured)]
            if day == last or dice.random() < 0.7:  # some days are closed together with the next
                stream.append(DayClosed(number, day))
            stream += [event for event in here if isinstance(event, Scored)]
    told: list[ExampleEvent] = []
    while any(streams):
        told.append(dice.choice([stream for stream in streams if stream]).pop(0))
        if dice.random() < 0.2:
            told.append(dice.choice(told))
    return told
