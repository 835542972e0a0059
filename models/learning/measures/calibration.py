"""Whether a score of .1 means one in ten.

Observed over expected, the slope of the outcome's logit on the score's (1 if calibrated), and ten bins of equal mass
for the eye. Nothing gates on the bins' mean error: a perfect 3 % model shows .02 of it at 500 rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from models.learning.measures.anytime import TwoSidedE
from models.learning.measures.interval import Z95, Interval
from models.learning.measures.proportions import wilson

CLOSEST = 1e-6
"""Scores nearer to 0 or 1 than this are held here before their logit or logarithm is taken."""


class Slope(Struct, frozen=True):
    """The logistic regression of the outcome on the score's logit."""

    value: float
    interval: Interval
    intercept: float


class Bin(Struct, frozen=True):
    """Rows of neighbouring scores: their mean score and the share of positives among them."""

    rows: int
    positives: int
    mean_score: float
    share: float
    interval: Interval


class Calibration(Struct, frozen=True, kw_only=True):
    """How near the scores, read as probabilities, come to what was recorded."""

    mean_score: float
    observed_over_expected: float
    slope: Slope | None
    """None where no slope can be had: one class alone, or a constant score."""
    brier: float
    log_loss: float
    evidence_against: float
    """The two-sided e-process over the rows in order; an alarm at 20."""
    bins: tuple[Bin, ...]


def calibrate(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> Calibration:
    """The calibration of these scores, in the order in which they were given. Raises ValueError without rows."""
    if not scores:
        raise ValueError("nothing was scored")
    evidence = TwoSidedE()
    for score, label in zip(scores, labels, strict=True):
        evidence.update(label - score)
    expected, found = math.fsum(scores), sum(labels)
    return Calibration(
        mean_score=expected / len(scores),
        observed_over_expected=found / expected if expected else math.inf if found else math.nan,
        slope=fit_slope(scores, labels),
        brier=brier(scores, labels),
        log_loss=log_loss(scores, labels),
        evidence_against=evidence.evidence,
        bins=cut(scores, labels, bins),
    )


def brier(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The mean square of what the scores were off by."""
    return math.fsum((score - label) ** 2 for score, label in zip(scores, labels, strict=True)) / len(scores)


def log_loss(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The mean surprise, in nats."""
    held = [min(1 - CLOSEST, max(CLOSEST, score)) for score in scores]
    return -math.fsum(math.log(p if label else 1 - p) for p, label in zip(held, labels, strict=True)) / len(scores)


def fit_slope(scores: Sequence[float], labels: Sequence[bool]) -> Slope | None:
    """The slope with its 95 % interval, by Newton's method in two unknowns; None where there is none."""
    held = np.clip(np.asarray(scores, dtype=np.float64), CLOSEST, 1 - CLOSEST)
    x, y = np.log(held / (1 - held)), np.asarray(labels, dtype=np.float64)
    if not 0 < y.sum() < len(y) or not np.ptp(x):
        return None
    a, b = 0.0, 1.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(a + b * x, -500, 500)))
        w = p * (1 - p)
        aa, ab, bb = float(w.sum()), float((w * x).sum()), float((w * x * x).sum())
        determinant = aa * bb - ab * ab
        if determinant <= 1e-12 * max(aa * bb, 1e-300):
            return None
        ga, gb = float((y - p).sum()), float(((y - p) * x).sum())
        step_a, step_b = (bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant
        longest = max(abs(step_a), abs(step_b), 1.0)
        a, b = a + step_a / longest, b + step_b / longest
        if max(abs(step_a), abs(step_b)) < 1e-9:
            half = Z95 * math.sqrt(aa / determinant)
            return Slope(value=b, interval=Interval(b - half, b + half), intercept=a)
    return None


def cut(scores: Sequence[float], labels: Sequence[bool], bins: int) -> tuple[Bin, ...]:
    """The rows by score, in bins of as near equal mass as can be; equal scores may fall into two."""
    order = sorted(range(len(scores)), key=lambda row: scores[row])
    made = []
    for number in range(bins):
        rows = order[number * len(order) // bins : (number + 1) * len(order) // bins]
        if rows:
            found = sum(labels[row] for row in rows)
            mean = math.fsum(scores[row] for row in rows) / len(rows)
            made.append(Bin(len(rows), found, mean, found / len(rows), wilson(found, len(rows))))
    return tuple(made)
