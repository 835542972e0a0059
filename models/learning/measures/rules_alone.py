"""What the rules alone would have found, on the rows by which the model is measured.

A rule has found a row's need if it put the family to the desk from the row's beginning on, and before the day of the
outcome: what came on that day or after told nobody anything. Beside it stands the learner with room for as many prompts
as the rules took, emitted as rows come.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from models.learning.measures.capacity import AtCapacity, Share, count_share, emit_by_share, measure_capacity
from models.learning.measures.lead_time import LeadTime, measure_lead_time


class RuleRow(Struct, frozen=True):
    """A measured row: when a rule spoke, and when the outcome was, in ticks; None where there was none."""

    ruled_at: int | None
    outcome_at: int | None


class RulesAlone(Struct, frozen=True, kw_only=True):
    """The rules' figures. ``prompts`` counts rows on which a rule spoke, ``too_late`` those of them with an outcome
    that was there already."""

    rows: int
    prompts: int
    too_late: int
    precision: Share
    recall: Share
    lift: float | None
    prompts_per_true_positive: float | None
    lead_time: LeadTime | None
    """Days from the rule's prompt to the outcome, too late ones included."""
    learner_at_equal_load: AtCapacity


def measure_rules(
    rows: Sequence[RuleRow], labels: Sequence[bool], scores: Sequence[float], ticks_a_day: int
) -> RulesAlone:
    """The figures of the rules on these rows, which are in order of time; ``scores`` are the learner's."""
    positives = sum(labels)
    spoke = [row.ruled_at is not None for row in rows]
    leads = [
        (row.outcome_at - row.ruled_at) / ticks_a_day
        for row, label in zip(rows, labels, strict=True)
        if label and row.ruled_at is not None and row.outcome_at is not None
    ]
    prompts, found = sum(spoke), sum(lead > 0 for lead in leads)
    precision, prevalence = count_share(found, prompts), positives / len(labels) if labels else 0.0
    share = prompts / len(rows) if rows else 0.0
    emitted = emit_by_share(scores, share) if prompts else [False] * len(rows)
    return RulesAlone(
        rows=len(rows),
        prompts=prompts,
        too_late=len(leads) - found,
        precision=precision,
        recall=count_share(found, positives),
        lift=precision.value / prevalence if precision.value is not None and prevalence else None,
        prompts_per_true_positive=prompts / found if found else None,
        lead_time=measure_lead_time(leads),
        learner_at_equal_load=measure_capacity(emitted, labels, share=share),
    )
