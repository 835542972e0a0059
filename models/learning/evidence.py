"""What speaks for or against the model that is in force, gathered from the rows of closed days.

Counted are rows scored after the day up to which the signed report reaches: what was known when it was signed has had
its say. Scores are those that were given at the time, as the record of the scoring holds them, not anew.
"""

from __future__ import annotations

from msgspec import Struct

from models.calendar.local_time import local_day
from models.learning.days import ClosedDay
from models.learning.measures.anytime import TwoSidedE
from schemas.examples import Scored
from schemas.identifiers import Day


class Counts(Struct, frozen=True, forbid_unknown_fields=True):
    """So many of so many."""

    hits: int
    of: int


class GroupCounts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Missed children of one group and of everybody else of whom the trait is known: positives without a prompt.

    None where there are too few to say: no count is told then.
    """

    trait: str
    group: str
    missed: Counts | None
    others: Counts | None


class Evidence(Struct, frozen=True, kw_only=True):
    """What ``adopting.adopt`` is told. ``drift_alarm``: one is open (``drift.py``); ``today`` is the day just closed.

    ``calibration`` is the two-sided e-value of outcome less score over rows without a prompt; ``prompts`` are the
    model's own, and how many of them were followed by an outcome. ``groups`` come from the last group report, of the
    day ``groups_told_on``.
    """

    calibration: float
    prompts: Counts
    drift_alarm: bool
    groups: tuple[GroupCounts, ...]
    groups_told_on: Day
    today: Day


class Gathering:
    """Remembers how rows were scored and what became of them."""

    def __init__(self) -> None:
        self._scores: dict[str, float] = {}
        self._judged: list[tuple[Day, bool, float | None]] = []
        """Day of the scoring, outcome, and the score; None for a row that the model put to the desk."""
        self._since: Day | None = None
        self._test, self._counts, self._counted = TwoSidedE(), Counts(0, 0), 0

    def hear(self, scored: Scored) -> None:
        """A row was scored. The first scoring of an episode is the one its outcome is held against."""
        self._scores.setdefault(scored.row, scored.score)

    def close(self, closed: ClosedDay) -> None:
        """A day's rows have their final states."""
        for row in closed.rows:
            score = self._scores.pop(row.row, None)
            if row.state not in ("positive", "negative"):
                continue
            outcome, at = row.state == "positive", local_day(row.at)
            if row.prompted == "model":
                self._judged.append((at, outcome, None))
            elif row.prompted == "none" and score is not None:
                self._judged.append((at, outcome, score))

    def calibration(self, since: Day) -> float:
        """The e-value over rows scored after this day; an alarm at 1 / alpha."""
        self._catch_up(since)
        return self._test.evidence

    def prompts(self, since: Day) -> Counts:
        """The model's own prompts for rows scored after this day."""
        self._catch_up(since)
        return self._counts

    def _catch_up(self, since: Day) -> None:
        if since != self._since:
            self._since, self._test, self._counts, self._counted = since, TwoSidedE(), Counts(0, 0), 0
        for at, outcome, score in self._judged[self._counted :]:
            if at > since:
                if score is None:
                    self._counts = Counts(self._counts.hits + outcome, self._counts.of + 1)
                else:
                    self._test.update(outcome - score)
        self._counted = len(self._judged)
