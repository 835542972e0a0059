"""From a file and a plan to what is told: the one place where the parts of an evaluation come together."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Final

import numpy as np
from msgspec import Struct

from models.learning.contest import CONTESTANTS, LEARNER, Contested, TooFewMaturedError, contest
from models.learning.evaluation import Evaluation, NothingToMeasureError, measure, measured_rows
from models.learning.measures.rules_alone import RuleRow, RulesAlone, measure_rules
from models.learning.plan import Plan, hash_plan
from models.learning.registered import NEED_WITHIN_90_DAYS
from models.learning.replayed import Replayed
from models.learning.specification import UnsoundSpecificationError
from models.learning.timeline import positives_come_first
from streams.evaluation.reading import Clock, ExamplesError, ExamplesFile

SEED: Final = 20260101
"""Of the draws: the same file and plan give the same intervals."""


class Evaluated(Struct, frozen=True, kw_only=True):
    """A file's evaluation, with all that a report needs."""

    file: ExamplesFile
    plan: Plan
    plan_hash: str
    contested: Contested
    figures: Evaluation
    warnings: tuple[str, ...]
    replayed: Replayed | None = None
    """The rows of a replay, where the file is one."""
    rules_alone: RulesAlone | None = None


def evaluate(
    file: ExamplesFile,
    plan: Plan,
    groups: dict[str, dict[str, str]] | None = None,
    replayed: Replayed | None = None,
) -> Evaluated:
    """The evaluation of a file by a plan. Raises ExamplesError where there is nothing to learn or to measure."""
    if plan.per_day is not None and file.clock.day_of() is None:
        raise ExamplesError("--capacity counts prompts a day, and the times of this file are numbers: use --share")
    made_by = {"python": platform.python_version(), "river": version("river")}
    try:
        name = "evaluated" if replayed is None else NEED_WITHIN_90_DAYS.name
        contested = contest(file.examples, plan, made_by, name)
        figures = measure(
            contested,
            plan,
            np.random.default_rng(SEED),
            day_of=file.clock.day_of(),
            ticks_a_day=file.clock.ticks_a_day,
            groups=groups,
        )
    except (TooFewMaturedError, NothingToMeasureError, UnsoundSpecificationError) as reason:
        raise ExamplesError(str(reason)) from None
    return Evaluated(
        file=file,
        plan=plan,
        plan_hash=hash_plan(plan),
        contested=contested,
        figures=figures,
        warnings=tuple(_warn(file, plan, figures)),
        replayed=replayed,
        rules_alone=None if replayed is None else _compare_with_rules(contested, plan, replayed),
    )


def _compare_with_rules(contested: Contested, plan: Plan, replayed: Replayed) -> RulesAlone:
    rows = measured_rows(contested, plan)
    return measure_rules(
        [RuleRow(replayed.rule_at.get(row.example.id), row.example.t_outcome) for row in rows],
        [row.example.label is True for row in rows],
        [row.scores[CONTESTANTS.index(LEARNER)] for row in rows],
        Clock.TIMES.ticks_a_day,
    )


def _warn(file: ExamplesFile, plan: Plan, figures: Evaluation) -> list[str]:
    said = []
    if plan.horizon is None and positives_come_first(file.examples):
        said.append(
            "Positives are final sooner than negatives, so the learner sees them first and believes that there are"
            " more; --horizon lets every label wait as long."
        )
    if figures.measured_positives < 90:
        said.append("Fewer than 90 positives were measured: no interval here tells good from better.")
    if file.repeats:
        said.append(f"{file.repeats} lines repeated an earlier one and were not counted again.")
    said.extend(
        f"The feature {one.feature} alone reaches an average precision of {one.average_precision:.3f}: a label copied"
        " into a feature looks so. Find out what it is made of; --accept NAME says that somebody has."
        for one in figures.alone
        if one.alarm and one.feature not in plan.accepted
    )
    said.extend(
        f"The feature {one.feature} alone has more than three times the average precision of any other: it may be the"
        " honest one that everything rests on, or hold something of the label. Find out what it is made of."
        for one in figures.alone
        if one.stands_out and one.feature not in plan.accepted
    )
    learner = figures.contestants[0]
    if learner.calibration.evidence_against >= 20:
        said.append("The scores do not mean what they say: they are not calibrated.")
    return said
