"""From an evaluation to the report that the gate is asked with: the same figures, by a plan that was fixed before.

Nothing is measured here. What an evaluation could not say stays None, and the gate names it as missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from models.calendar.local_time import local_day
from models.learning.adopting import Rails
from models.learning.contest import LEARNER, RULE, Contested
from models.learning.evaluation import Evaluation, measured_rows
from models.learning.evidence import Counts, GroupCounts
from models.learning.gate import AcceptedGroup, GatePlan, GateReport, hash_gate_plan
from models.learning.measures.capacity import Share
from models.learning.measures.groups import GroupFigures
from models.learning.measures.interval import Interval
from models.learning.measures.rules_alone import RulesAlone
from models.learning.plan import Plan
from models.learning.specification import hash_specification
from schemas.identifiers import Day, Moment

MOST_EVIDENCE = 1e300
"""A bet that goes on winning grows beyond every number that JSON knows."""


def make_report(
    plan: GatePlan,
    version: str,
    contested: Contested,
    figures: Evaluation,
    by: Plan,
    rules_alone: RulesAlone | None,
    papers: Mapping[str, tuple[str, ...]],
    *,
    looks: int = 1,
    accepted_groups: tuple[AcceptedGroup, ...] = (),
    rails: Rails | None = None,
) -> GateReport:
    """The report on the snapshot of this version, whose rows were evaluated ``by`` a plan with times as moments.

    ``looks`` is how often the average precision of these rows was looked at, this time included; ``papers`` are the
    fields that are not filled yet.
    """
    learner, rule = figures.of(LEARNER), figures.of(RULE)
    slope = learner.calibration.slope
    days = sorted({local_day(Moment(row.example.t_event)) for row in measured_rows(contested, by)})
    is_daily = by.per_day == plan.per_day
    return GateReport(
        plan=hash_gate_plan(plan),
        specification=hash_specification(contested.specification),
        version=version,
        until=days[-1] if days else Day(0),
        prompts=_counts(learner.at_capacity.precision) if is_daily else None,
        recall=_counts(learner.at_capacity.recall) if is_daily else None,
        average_precision=_finite(learner.average_precision.interval),
        looks_at_average_precision=looks,
        matured_positives=figures.measured_positives,
        evidence_against_rule=None if rule.evidence_ahead is None else min(rule.evidence_ahead, MOST_EVIDENCE),
        evidence_against_incumbent=None,
        has_incumbent=False,
        true_positives=None if rules_alone is None else rules_alone.learner_at_equal_load.precision.hits,
        true_positives_of_rules=None if rules_alone is None else rules_alone.precision.hits,
        groups=tuple(_group(one) for one in figures.groups),
        accepted_groups=accepted_groups,
        slope=None if slope is None else _finite(slope.interval),
        # emitted under the daily cap, so no day can have been above it
        days_within_capacity=Counts(len(days), len(days)) if is_daily else None,
        papers=dict(papers),
        rails=rails,
    )


def _finite(interval: Interval) -> Interval | None:
    """The interval; None where there is none, as without a single positive."""
    return interval if math.isfinite(interval.low) and math.isfinite(interval.high) else None


def _counts(share: Share) -> Counts:
    return Counts(share.hits, share.of)


def _group(one: GroupFigures) -> GroupCounts:
    return GroupCounts(
        trait=one.trait,
        group=one.group,
        missed=None if one.missed is None else _counts(one.missed),
        others=None if one.others_missed is None else _counts(one.others_missed),
    )
