"""The learner's work without its transport: records of ``earlyword.examples.v1`` in, snapshots to publish out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from models.calendar.school_days import SchoolCalendar
from models.learning.closing import Fate, Recipe, learn_day
from models.learning.days import ClosedDay, Ledger
from models.learning.evidence import Gathering
from models.learning.feeds import FeedsHeard
from models.learning.learner import Adwin, Learner
from models.learning.listening import Listening
from models.learning.snapshot import Snapshot
from models.learning.specification import Specification, prepare_vector
from models.learning.threshold import RecentScores
from schemas.examples import ExampleEvent, FeedsCounted, Mode, Scored
from schemas.hub import Source
from schemas.identifiers import Day

Outcome: TypeAlias = Fate | Literal["repeat", "contradiction", "late", "nobody"]
"""What became of a record, beside waiting."""

NO_SCHOOL_DAYS: Final = SchoolCalendar((), ())

ALARMING: frozenset[str] = frozenset({"contradiction", "late", "nobody", "unfit"})
"""Outcomes that a program of ours caused, never an agency: somebody has to look."""


class Draft(Struct, frozen=True):
    """A snapshot that was made by closing this day, and from which offset reading goes on after it."""

    snapshot: Snapshot
    day: Day
    resume_offset: int


class Studied(Struct, frozen=True):
    """What a record was, if that is certain now; the days it closed, each to be given to ``learn``."""

    outcome: Outcome | None
    closed: tuple[ClosedDay, ...]
    closed_through: Day | None


class Lesson(Struct, frozen=True):
    """What a day taught: the snapshot to publish, if any, and how many of its rows became what."""

    draft: Draft | None
    outcomes: dict[Outcome, int]


def read_rows_of(specification: Specification, feature_list: str) -> Recipe:
    """The recipe by which rows of this feature list are read."""
    return Recipe(feature_list=feature_list, width=len(specification.features), prepare=prepare_vector(specification))


class Study:
    """One learner. Feed it the whole log from the beginning, or from the snapshot's resume offset: what is learned is
    the same. Of what came before, only ``gathering``, ``recent`` and ``listening`` know more. ``schools`` tells days
    of the hub apart, ``sources`` are the feeds that it agreed upon. Intake and families have as many partitions."""

    def __init__(
        self,
        snapshot: Snapshot,
        recipe: Recipe,
        partitions: int,
        schools: SchoolCalendar = NO_SCHOOL_DAYS,
        sources: Iterable[Source] = (),
    ) -> None:
        closed = snapshot.body.closed_day
        self._recipe = recipe
        self._learner = Learner(snapshot)
        self._ledger = Ledger(partitions, None if closed is None else Day(closed))
        self.gathering = Gathering()
        self.recent = RecentScores()
        self.listening = Listening(Adwin, schools, FeedsHeard(partitions, sources, schools))

    def take(self, offset: int, event: ExampleEvent) -> Studied:
        """Take one record. Every day it closes has to be learned before the next record is taken."""
        if isinstance(event, Scored):
            self.gathering.hear(event)
            self.recent.note(event)
            self.listening.hear(event)
        elif isinstance(event, FeedsCounted):
            self.listening.count(event)
        taken = self._ledger.take(offset, event)
        through = self._ledger.closed_through
        self.listening.close(taken.closed, through)
        match taken.verdict:
            case "repeat" | "contradiction" | "late" | "nobody":
                outcome: Outcome | None = taken.verdict
            case "waits" | "closes" | "scored" | "counts":
                outcome = None
        return Studied(outcome, taken.closed, through)

    def learn(self, closed: ClosedDay, mode: Mode) -> Lesson:
        """Learn a day, in the mode in force: in live mode prompted rows do not teach."""
        self.gathering.close(closed)
        if closed.is_learned:
            return Lesson(None, {})
        learned = learn_day(self._learner, closed, self._recipe, live=mode == "live")
        outcomes: Counter[Outcome] = Counter(learned.fates)
        if learned.snapshot is None:
            return Lesson(None, dict(outcomes))
        return Lesson(Draft(learned.snapshot, closed.day, closed.resume_offset), dict(outcomes))
