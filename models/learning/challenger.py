"""A challenger: the registered specification begun afresh on a day, and judged beside the model in force.

The learner forgets nothing, so after a hard change a fresh start does better than one that carries its history
(LEARNING section 3). A challenger learns the rows that *mature* from its opening on, as the model in force does. Rows
*scored* from then on would be cleaner, and come 104 days too late: a change in labels is found when they mature, and
what matures then was scored after it. After a change in scores, found at once, it learns up to 104 days from before;
one that opens with a quarter that much later learns none.

It is judged on what nobody could know: an episode scored on a day gets the score of its snapshot closed through the day
before, whenever the label comes, and the recorded score of the model in force beside it. It serves nobody, and nothing
of it leaves the learner but counts and a verdict.

What it is follows from the set of rows and the day of its opening, and from nothing else: not from the mode in which
the model in force learned. So rows that a model prompted, which exist in live mode alone, neither teach nor judge, and
rows that a rule prompted do both: rule prompts are practice in every mode (LEARNING section 5).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import mul
from typing import Final

from msgspec import Struct

from models.learning.gate import ENOUGH_EVIDENCE
from models.learning.learner import Learner
from models.learning.measures.anytime import BettingE
from models.learning.scorer import logistic, sum_logit
from models.learning.snapshot import Snapshot
from schemas.challengers import Standing, Verdict, Why
from schemas.identifiers import Day

WARM_UP: Final = 500
"""Rows that a challenger has learned before what it says is judged, as in ``earlyword evaluate``: its first weeks would
decide otherwise."""


class Opening(Struct, frozen=True):
    """The first maturity day that a challenger learns, and why it is opened."""

    on: Day
    why: Why


class Lesson(Struct, frozen=True):
    """A row whose outcome is known: the day of its scoring, and ``said``, the score recorded then, if there is one."""

    scored_on: Day
    vector: tuple[float, ...]
    label: bool
    said: float | None

    def __repr__(self) -> str:
        return "Lesson(...)"


class _Known(Struct, frozen=True):
    """What a challenger knew once a day was closed."""

    learned: int
    weights: tuple[float, ...]
    intercept: float


class Challenger:
    """Takes closed days in their order, each once. ``first`` is the snapshot that has learned nothing."""

    def __init__(self, opening: Opening, first: Snapshot, warm_up: int = WARM_UP) -> None:
        self.opening = opening
        self._warm_up = warm_up
        self._names = tuple(feature.name for feature in first.body.specification.features)
        self._learner = Learner(first)
        self._newest = first
        self._days: list[Day] = []
        self._known: list[_Known] = []
        self._ahead, self._behind, self._judged = BettingE(), BettingE(), 0

    def take(self, day: Day, lessons: Sequence[Lesson]) -> None:
        """Be judged by the rows of a closed day, and only then learn them."""
        for lesson in lessons:
            self._judge(lesson)
        for lesson in lessons:
            self._learner.learn_one(lesson.vector, lesson.label)
        if lessons:
            self._newest = self._learner.close_day(day)
            body = self._newest.body
            self._days.append(day)
            self._known.append(_Known(body.learned, tuple(body.weights[name] for name in self._names), body.intercept))

    def score(self, vector: Sequence[float], day: Day) -> float | None:
        """What it would have said on a day, by what it knew the day before; None while it had not learned enough."""
        before = bisect_left(self._days, day)
        if not before or self._known[before - 1].learned < self._warm_up:
            return None
        known = self._known[before - 1]
        return logistic(sum_logit(map(mul, known.weights, vector), known.intercept))

    @property
    def standing(self) -> Standing:
        """Where it stands now."""
        body = self._newest.body
        return Standing(
            opened_on=self.opening.on,
            why=self.opening.why,
            version=self._newest.version,
            learned=body.learned,
            positives=body.positives,
            judged=self._judged,
            verdict=self._verdict(),
        )

    def _judge(self, lesson: Lesson) -> None:
        own = self.score(lesson.vector, lesson.scored_on)
        if own is None or lesson.said is None:
            return
        better = (lesson.said - lesson.label) ** 2 - (own - lesson.label) ** 2
        self._ahead.update(better)
        self._behind.update(-better)
        self._judged += 1

    def _verdict(self) -> Verdict:
        """By what the two bets are worth now: each reaches 20 at any look at most once in twenty where it is not so."""
        ahead, behind = self._ahead.log_e, self._behind.log_e
        if max(self._ahead.evidence, self._behind.evidence) < ENOUGH_EVIDENCE:
            return "open"
        return "ahead" if ahead >= behind else "behind"
