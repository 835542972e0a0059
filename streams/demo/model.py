"""What the model did in the replay, in shadow: how it was scored, what it learned, and what the gate says to it.

Nothing of the learner is believed. The rows that lie on the topic are learned again here, and the snapshot has to be
the learner's, to the hash; then the same rows are measured the hard way, by a plan that is fixed in this file.
"""

from __future__ import annotations

import os
from typing import Any, Final

from msgspec import Struct

from models.calendar.local_time import date_of
from models.learning.gate import GatePlan
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.replayed import leave_out_unscored
from models.learning.shelf import Shelf
from models.learning.specification import hash_specification
from models.learning.study import Study, read_rows_of
from schemas.examples import ExampleEvent, Matured, Scored
from schemas.identifiers import Day
from streams.codecs import read_example_record
from streams.learner.shelving import shelve
from streams.topics import EXAMPLES, FAMILY_PARTITIONS, MODELS

READ: Final = (EXAMPLES, MODELS)

PLAN: Final = GatePlan(
    specification=hash_specification(NEED_WITHIN_90_DAYS),
    label="the first child in need plan, child protection plan or placement within 90 days",
    cohort="episodes of families without such a plan",
    decides="whoever looks at this demo",
    yields="calibration",
    one_feature_rule="police-90",
    horizon_days=90,
    per_day=1,
    alpha=0.05,
    precision_bar=0.4,
    recall_bar=0.2,
    average_precision_bar=0.65,
    positives_at_the_look=350,
    fewest_prompts=300,
    fewest_group_positives=20,
    most_missed_difference=0.1,
    days_within_capacity=0.95,
)
"""Fixed before any town is drawn. The bar is the sector's .65; a town of a few hundred families cannot reach it."""


class Measured(Struct, frozen=True, kw_only=True):
    """The learner's figures beside the base rate, and all that the gate would refuse."""

    average_precision: float | None
    interval: tuple[float, float] | None
    base_rate: float
    rows: int
    positives: int
    passed: bool
    missing: tuple[str, ...]


class ModelSummary(Struct, frozen=True, kw_only=True):
    """The model's year. ``snapshot`` is the learner's newest, ``again`` the one that its rows give when they are
    learned once more; ``measured`` is None where there was too little to measure."""

    mode: str
    rows: int
    states: dict[str, int]
    learned: int
    positives: int
    closed_through: str | None
    snapshot: str | None
    again: str | None
    measured: Measured | None

    @property
    def agrees(self) -> bool:
        """Whether the learner's snapshot is the one that its rows give."""
        return self.snapshot is not None and self.snapshot == self.again


class ModelTold:
    """The examples and the models, as they lie on their topics."""

    def __init__(self) -> None:
        self.examples: list[tuple[int, ExampleEvent]] = []
        self.shelf = Shelf(NEED_WITHIN_90_DAYS.name, hash_specification(NEED_WITHIN_90_DAYS))

    def take(self, record: Any) -> None:
        """Take one record of a topic of ``READ``."""
        if record.topic == MODELS:
            shelve(self.shelf, (record,))
        elif record.value is not None:
            self.examples.append((record.offset, read_example_record(record.value).event))

    def learn_again(self) -> str | None:
        """The version that the rows give, learned in shadow from the beginning; None without a learner's snapshot."""
        newest = self.shelf.newest()
        if newest is None:
            return None
        from models.learning.snapshot import begin

        first = begin(NEED_WITHIN_90_DAYS, dict(newest.body.made_by))
        recipe = read_rows_of(NEED_WITHIN_90_DAYS, first.body.features_hash)
        study, version = Study(first, recipe, FAMILY_PARTITIONS), first.version
        for offset, event in self.examples:
            for closed in study.take(offset, event).closed:
                lesson = study.learn(closed, "shadow")
                version = version if lesson.draft is None else lesson.draft.snapshot.version
        return version

    def sum_up(self) -> ModelSummary:
        """The model's year."""
        newest, head = self.shelf.newest(), self.shelf.head
        rows = leave_out_unscored(event for _, event in self.examples if isinstance(event, Scored | Matured))
        matured = {row.row: row.state for row in rows if isinstance(row, Matured)}
        scored = {row.row for row in rows if isinstance(row, Scored)}
        states: dict[str, int] = {"pending": len(scored - matured.keys())} if scored - matured.keys() else {}
        for state in matured.values():
            states[state] = states.get(state, 0) + 1
        closed = None if newest is None else newest.body.closed_day
        return ModelSummary(
            mode="none" if head is None else head.mode,
            rows=len(scored),
            states=dict(sorted(states.items())),
            learned=0 if newest is None else newest.body.learned,
            positives=0 if newest is None else newest.body.positives,
            closed_through=None if closed is None else date_of(Day(closed)).isoformat(),
            snapshot=None if newest is None else newest.version,
            again=self.learn_again(),
            measured=_measure(rows, None if newest is None else newest.version),
        )


def _measure(rows: list[Scored | Matured], version: str | None) -> Measured | None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only cost, and may change bits
    from models.learning.gate import find_missing, hash_gate_plan
    from models.learning.gate_report import make_report
    from models.learning.plan import Plan
    from models.learning.replayed import join
    from streams.evaluation.evaluating import evaluate
    from streams.evaluation.reading import ExamplesError
    from streams.evaluation.replaying import REGISTERED, as_file

    by = Plan(
        features=REGISTERED,
        prevalence=NEED_WITHIN_90_DAYS.prevalence,
        rule=PLAN.one_feature_rule,
        per_day=PLAN.per_day,
        draws=400,
    )
    replayed = join(rows, ())
    try:
        told = evaluate(as_file(replayed), by, None, replayed)
    except ExamplesError:
        return None
    figures = told.figures
    report = make_report(PLAN, version or "", told.contested, figures, by, None, {})
    missing = find_missing(PLAN, hash_gate_plan(PLAN), report, today=report.until, signed_by=None)
    estimate = figures.contestants[0].average_precision
    is_known = figures.measured_positives > 0
    return Measured(
        average_precision=round(estimate.value, 4) if is_known else None,
        interval=(round(estimate.interval.low, 4), round(estimate.interval.high, 4)) if is_known else None,
        base_rate=round(figures.prevalence, 4),
        rows=figures.measured_rows,
        positives=figures.measured_positives,
        passed=not missing,
        missing=tuple(f"{one.condition}: {one.what}" for one in missing),
    )
