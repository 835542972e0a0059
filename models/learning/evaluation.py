"""An evaluation: a contest's answers, measured.

Measured is what comes in the later part of the rows, after the warm-up, and whose label is known. A figure never stands
alone: the prevalence, the one-feature rule and the batch model are measured on the same rows, and differences are drawn
in the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from models.learning.contest import BATCH, CONTESTANTS, LEARNER, PREVALENCE, RULE, Answer, Contested
from models.learning.leaks import Alone, look_for_leaks
from models.learning.measures.anytime import BettingE
from models.learning.measures.average_precision import Ranking, average_precision, boyd
from models.learning.measures.bootstrap import bootstrap, middle
from models.learning.measures.calibration import Calibration, calibrate
from models.learning.measures.capacity import (
    AtCapacity,
    emit_by_day,
    emit_by_share,
    measure_capacity,
    pick_by_day,
    pick_by_share,
)
from models.learning.measures.groups import GroupFigures, measure_groups
from models.learning.measures.interval import Interval
from models.learning.measures.lead_time import LeadTime, measure_lead_time
from models.learning.plan import Plan
from models.learning.proxies import ProxyFigures, audit_proxies

SHUFFLES = 200


class NothingToMeasureError(ValueError):
    """After the warm-up no row has a label.

    Operator: give a longer time, or more rows.
    """


class Estimate(Struct, frozen=True, kw_only=True):
    """An average precision and its 95 % intervals."""

    value: float
    interval: Interval
    """Drawn anew by family, or by row where families are not told."""
    boyd: Interval


class Measured(Struct, frozen=True, kw_only=True):
    """One contestant's figures."""

    name: str
    average_precision: Estimate
    at_capacity: AtCapacity
    calibration: Calibration
    ahead: float | None = None
    """The learner's average precision less this one's."""
    ahead_interval: Interval | None = None
    evidence_ahead: float | None = None
    """The bet that this one's squared errors are not larger than the learner's; rejected at 20, at any look."""


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether the bar was reached. A bar says nothing without the base rate beside it."""

    passed: bool
    bar: float
    base_rate: float
    lower_bound_clears: bool
    reasons: tuple[str, ...]


class Evaluation(Struct, frozen=True, kw_only=True):
    """All that is said of a set of examples."""

    rows: int
    labelled: int
    positives: int
    learned: int
    measured_rows: int
    measured_positives: int
    prevalence: float
    contestants: tuple[Measured, ...]
    whole_average_precision: float
    """The learner's over every labelled row, the warm-up included."""
    whole_prevalence: float
    null_band: Interval
    """Where the learner's average precision would lie if labels had been dealt at random."""
    ideal_at_capacity: AtCapacity
    """The learner's, picked at the end of the day or of all days."""
    alone: tuple[Alone, ...]
    verdict: Verdict
    lead_time: LeadTime | None
    groups: tuple[GroupFigures, ...]
    proxies: tuple[ProxyFigures, ...]
    """How well each group is told from the vectors of all rows that have one, with a label or without."""

    def of(self, name: str) -> Measured:
        """One contestant's figures."""
        return next(one for one in self.contestants if one.name == name)


def measure(
    contested: Contested,
    plan: Plan,
    dice: np.random.Generator,
    *,
    day_of: Callable[[int], int] | None = None,
    ticks_a_day: int = 1,
    groups: Mapping[str, Mapping[str, str]] | None = None,
) -> Evaluation:
    """The figures of a contest. ``day_of`` says on which local day a tick lies; ``groups`` holds, for each trait, the
    group of an id. Raises NothingToMeasureError."""
    every = [answer for answer in contested.answers if answer.example.is_labelled]
    rows = measured_rows(contested, plan)
    if not rows:
        raise NothingToMeasureError("no row after the warm-up has a label")
    labels = [row.example.label is True for row in rows]
    scores = [[row.scores[place] for row in rows] for place in range(len(CONTESTANTS))]
    rankings = [Ranking(one, labels) for one in scores]
    units = [row.example.id if row.example.family is None else row.example.family for row in rows]
    drawn = bootstrap(rankings, units, plan.draws, dice)
    days = None if day_of is None else [day_of(row.example.t_event) for row in rows]
    prompted = [_emit(one, days, plan) for one in scores]
    measured = tuple(
        _measure_one(place, rankings, drawn, scores, prompted, labels, plan) for place in range(len(CONTESTANTS))
    )
    alone = look_for_leaks(
        [feature.name for feature in contested.specification.features], [row.vector for row in rows], labels
    )
    whole_labels = [row.example.label is True for row in every]
    mine = prompted[CONTESTANTS.index(LEARNER)]
    null_band = _shuffle(scores[0], labels, dice)
    return Evaluation(
        rows=len(contested.answers),
        labelled=len(every),
        positives=sum(whole_labels),
        learned=contested.learned,
        measured_rows=len(rows),
        measured_positives=sum(labels),
        prevalence=sum(labels) / len(labels),
        contestants=measured,
        whole_average_precision=average_precision([row.scores[0] for row in every], whole_labels),
        whole_prevalence=sum(whole_labels) / len(whole_labels),
        null_band=null_band,
        ideal_at_capacity=measure_capacity(
            _pick(scores[0], days, plan), labels, per_day=plan.per_day, share=_share(plan)
        ),
        alone=alone,
        verdict=judge(measured[0].average_precision, sum(labels) / len(labels), null_band, alone, plan),
        lead_time=measure_lead_time(
            [
                (row.example.t_outcome - row.example.t_event) / ticks_a_day
                for row, asked, label in zip(rows, mine, labels, strict=True)
                if asked and label and row.example.t_outcome is not None
            ]
        ),
        groups=measure_groups(
            {trait: [known.get(row.example.id) for row in rows] for trait, known in (groups or {}).items()},
            mine,
            labels,
        ),
        proxies=_audit_proxies(contested, groups or {}),
    )


def measured_rows(contested: Contested, plan: Plan) -> tuple[Answer, ...]:
    """The labelled rows of the later part, after the warm-up.

    The part is of the rows up to the last that has a label: those that still wait for theirs would push the beginning
    to where nothing can be measured.
    """
    last = max((place for place, answer in enumerate(contested.answers, 1) if answer.example.is_labelled), default=0)
    first = max(contested.warmed_up_at, math.floor(plan.measured_from * last))
    return tuple(answer for answer in contested.answers[first:] if answer.example.is_labelled)


def judge(estimate: Estimate, base_rate: float, null_band: Interval, alone: Sequence[Alone], plan: Plan) -> Verdict:
    """Whether the average precision reaches the bar, is beyond chance, and no feature is too good to be honest.

    Where most are positive any ranking reaches a bar: it has to leave behind what labels dealt at random give.
    """
    reasons = []
    if math.isnan(estimate.value):
        reasons.append("no positive was measured")
    elif estimate.value < plan.bar:
        reasons.append("the average precision is below the bar")
    elif base_rate == 1:
        reasons.append("no negative was measured")
    elif estimate.value <= null_band.high:
        reasons.append("the average precision is no better than chance")
    reasons.extend(
        f"the feature {one.feature} alone is too good: it may hold the label"
        for one in alone
        if one.alarm and one.feature not in plan.accepted
    )
    return Verdict(
        passed=not reasons,
        bar=plan.bar,
        base_rate=base_rate,
        lower_bound_clears=estimate.interval.low >= plan.bar,
        reasons=tuple(reasons),
    )


def _audit_proxies(contested: Contested, groups: Mapping[str, Mapping[str, str]]) -> tuple[ProxyFigures, ...]:
    rows = [answer for answer in contested.answers if answer.vector]  # before transforms are fixed there are none
    return audit_proxies(
        {trait: [known.get(row.example.id) for row in rows] for trait, known in groups.items()},
        [row.vector for row in rows],
        [row.example.id if row.example.family is None else row.example.family for row in rows],
    )


def _measure_one(
    place: int,
    rankings: Sequence[Ranking],
    drawn: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    scores: Sequence[Sequence[float]],
    prompted: Sequence[Sequence[bool]],
    labels: Sequence[bool],
    plan: Plan,
) -> Measured:
    value = rankings[place].average_precision()
    is_learner = CONTESTANTS[place] == LEARNER
    return Measured(
        name=CONTESTANTS[place],
        average_precision=Estimate(value=value, interval=middle(drawn[:, place]), boyd=boyd(value, sum(labels))),
        at_capacity=measure_capacity(prompted[place], labels, per_day=plan.per_day, share=_share(plan)),
        calibration=calibrate(scores[place], labels),
        ahead=None if is_learner else rankings[0].average_precision() - value,
        ahead_interval=None if is_learner else middle(drawn[:, 0] - drawn[:, place]),
        evidence_ahead=None if is_learner else _bet(scores[place], scores[0], labels),
    )


def _bet(theirs: Sequence[float], ours: Sequence[float], labels: Sequence[bool]) -> float:
    evidence = BettingE()
    for their, our, label in zip(theirs, ours, labels, strict=True):
        evidence.update((their - label) ** 2 - (our - label) ** 2)
    return evidence.evidence


def _emit(scores: Sequence[float], days: Sequence[int] | None, plan: Plan) -> list[bool]:
    if plan.per_day is not None and days is not None:
        return emit_by_day(scores, days, plan.per_day)
    return emit_by_share(scores, plan.share)


def _pick(scores: Sequence[float], days: Sequence[int] | None, plan: Plan) -> list[bool]:
    if plan.per_day is not None and days is not None:
        return pick_by_day(scores, days, plan.per_day)
    return pick_by_share(scores, plan.share)


def _share(plan: Plan) -> float | None:
    return plan.share if plan.per_day is None else None


def _shuffle(scores: Sequence[float], labels: Sequence[bool], dice: np.random.Generator) -> Interval:
    """The middle 99 % of the average precision of these scores with their labels dealt anew."""
    dealt = [average_precision(scores, dice.permutation(np.asarray(labels)).tolist()) for _ in range(SHUFFLES)]
    known = np.asarray([value for value in dealt if not math.isnan(value)])
    return middle(known, alpha=0.01)


__all__ = [
    "BATCH",
    "CONTESTANTS",
    "LEARNER",
    "PREVALENCE",
    "RULE",
    "Estimate",
    "Evaluation",
    "Measured",
    "NothingToMeasureError",
    "Verdict",
    "judge",
    "measure",
    "measured_rows",
]
