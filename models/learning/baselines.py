"""What a learner has to be compared with: the base rate, one feature alone, and the same model fitted in batches.

Each learns from the same matured rows in the same order, and is asked about the same rows before their labels are
known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from models.learning.measures.average_precision import Floats, Ranking
from models.learning.scorer import logistic

Vector = Sequence[float]

MOST_STEPS = 50
CLOSE_ENOUGH = 1e-8


class Contestant(Protocol):
    """Who takes part in an evaluation."""

    def learn(self, vector: Vector, label: bool) -> None:
        """Take in a row whose label is final."""

    def score(self, vector: Vector) -> float:
        """How likely the label is, 0 to 1, by what was learned so far."""


class Prevalence:
    """Says the same to everybody, and never changes its mind."""

    def __init__(self, prevalence: float) -> None:
        self._prevalence = prevalence

    def learn(self, vector: Vector, label: bool) -> None:
        """Nothing is learned."""

    def score(self, vector: Vector) -> float:
        """The base rate."""
        return self._prevalence


class OneFeatureRule:
    """One feature and its direction, fixed before anything is measured; its table is a logistic curve fitted then."""

    def __init__(self, feature: int, weight: float, intercept: float) -> None:
        self.feature = feature
        self._weight, self._intercept = weight, intercept

    def learn(self, vector: Vector, label: bool) -> None:
        """Nothing is learned: it was fixed."""

    def score(self, vector: Vector) -> float:
        """The curve at this feature's value."""
        return logistic(self._intercept + self._weight * vector[self.feature])


class BatchLogistic:
    """Logistic regression fitted anew to all matured rows, at the times that ``refit`` is called."""

    def __init__(self, width: int, prevalence: float, l2: float = 1.0) -> None:
        self._rows: list[Vector] = []
        self._labels: list[bool] = []
        self._weights: tuple[float, ...] = (0.0,) * width
        self._intercept = math.log(prevalence / (1 - prevalence))
        self._l2 = l2

    def learn(self, vector: Vector, label: bool) -> None:
        """Keep the row for the next fit."""
        self._rows.append(vector)
        self._labels.append(label)

    def refit(self) -> None:
        """Fit to every row kept; without both classes the last fit stays."""
        if 0 < sum(self._labels) < len(self._labels):
            rows = np.asarray(self._rows, dtype=np.float64).reshape(len(self._labels), len(self._weights))
            weights, self._intercept = fit_logistic(rows, self._labels, self._l2)
            self._weights = tuple(weights.tolist())

    def score(self, vector: Vector) -> float:
        """The last fit's word."""
        return logistic(math.fsum((self._intercept, *(w * x for w, x in zip(self._weights, vector, strict=True)))))


def fit_logistic(rows: Floats, labels: Sequence[bool], l2: float = 1.0) -> tuple[Floats, float]:
    """Weights and intercept of least penalised log loss, by Newton's method with halved steps.

    The penalty is ``l2 / 2`` times the squared weights; the intercept is free. With ``l2`` above 0 there is exactly one
    minimum, also for columns that repeat each other or never change.
    """
    y = np.asarray(labels, dtype=np.float64)
    design = np.column_stack([rows, np.ones(len(y))])
    penalty = np.full(design.shape[1], l2)
    penalty[-1] = 1e-9  # keeps one class alone from running to infinity
    beta = np.zeros(design.shape[1])
    share = min(1 - 1e-6, max(1e-6, float(y.mean())))
    beta[-1] = math.log(share / (1 - share))

    def loss(at: Floats) -> float:
        logits = design @ at
        return float(np.logaddexp(0.0, logits).sum() - y @ logits + 0.5 * (penalty * at * at).sum())

    now = loss(beta)
    for _ in range(MOST_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ beta, -500, 500)))
        gradient = design.T @ (p - y) + penalty * beta
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while (then := loss(beta - size * step)) > now and size > 1e-6:
            size /= 2
        if then > now:
            break
        beta, now = beta - size * step, then
        if float(np.abs(size * step).max()) < CLOSE_ENOUGH:
            break
    return beta[:-1], float(beta[-1])


def fix_rule(rows: Sequence[Vector], labels: Sequence[bool], feature: int | None, sign: int) -> OneFeatureRule:
    """The one-feature rule, from rows that are not measured.

    Without a registered ``feature`` it is the one whose average precision on these rows is highest, in either
    direction, and the first of equals. A registered ``sign`` is kept to: a curve that says the contrary is laid flat
    but for the ranking, so that the rule stays the rule that was registered.
    """
    columns = list(zip(*rows, strict=True))
    if feature is None:
        feature = max(range(len(columns)), key=lambda column: (best_alone(columns[column], labels), -column))
        sign = 0
    weights, intercept = fit_logistic(np.asarray(columns[feature], dtype=np.float64)[:, None], labels)
    weight = float(weights[0])
    if weight * sign < 0 or (weight == 0 and sign):
        weight = sign * 1e-6
    return OneFeatureRule(feature, weight, intercept)


def best_alone(values: Sequence[float], labels: Sequence[bool]) -> float:
    """The average precision of one feature alone, in its better direction; 0 without positives."""
    return in_better_direction(values, labels)[0] if any(labels) else 0.0


def in_better_direction(values: Sequence[float], labels: Sequence[bool]) -> tuple[float, Ranking]:
    """The average precision of one feature alone, and its ranking, upwards or downwards; there must be positives."""
    up, down = Ranking(values, labels), Ranking([-value for value in values], labels)
    upwards, downwards = up.average_precision(), down.average_precision()
    return (upwards, up) if upwards >= downwards else (downwards, down)
