"""Average precision, and how far it can be trusted.

AP is the sum over distinct scores, from high to low, of the recall gained there times the precision reached there.
Equal scores are one step: a constant score has one step, at which the precision is the prevalence, so its AP is the
prevalence exactly, whatever the order of the rows. It is what scikit-learn's ``average_precision_score`` computes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.learning.measures.interval import Z95, Interval

Floats: TypeAlias = NDArray[np.float64]


class Ranking:
    """Scores put in order once, so that AP can be asked many times, for many draws of the same rows."""

    def __init__(self, scores: Sequence[float], labels: Sequence[bool]) -> None:
        if len(scores) != len(labels):
            raise ValueError("every score has one label")
        told = np.asarray(scores, dtype=np.float64)
        if not np.isfinite(told).all():
            raise ValueError("a score is not a finite number")
        self._order = np.argsort(-told, kind="stable")
        ranked = told[self._order]
        self._labels = np.asarray(labels, dtype=np.float64)[self._order]
        ends = np.flatnonzero(np.diff(ranked)) if len(ranked) else np.empty(0, dtype=np.intp)
        self._ends = np.append(ends, len(ranked) - 1) if len(ranked) else ends

    def average_precision(self) -> float:
        """AP; NaN without positives. The terms are summed exactly, so the order of rows changes no bit."""
        recalls, precisions = self.steps()
        if not len(recalls):
            return math.nan
        return math.fsum((np.diff(recalls, prepend=0.0) * precisions).tolist())

    def steps(self) -> tuple[Floats, Floats]:
        """Recall and precision at each distinct score, from the highest down; empty without positives."""
        if not len(self._labels) or not self._labels.sum():
            return np.empty(0), np.empty(0)
        found = np.cumsum(self._labels)[self._ends]
        return found / found[-1], found / (self._ends + 1)

    def drawn(self, counts: Floats) -> float:
        """AP where row i of those given is there ``counts[i]`` times; NaN if no positive was drawn."""
        weights = counts[self._order]
        found = np.cumsum(weights * self._labels)[self._ends]
        if not len(found) or not found[-1]:
            return math.nan
        asked = np.cumsum(weights)[self._ends]
        gained = np.diff(found, prepend=0.0)
        return float(np.dot(gained, found / np.maximum(asked, 1.0)) / found[-1])


def average_precision(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """AP of these scores, 0 to 1; NaN without positives."""
    return Ranking(scores, labels).average_precision()


def boyd(value: float, positives: int) -> Interval:
    """An interval for an AP of so many positives, on the logit scale.

    Source: Boyd, Eng, Page, 2013, "Area under the precision-recall curve: point estimates and confidence intervals".
    """
    if not positives or math.isnan(value):
        return Interval(0.0, 1.0)
    if value in (0.0, 1.0):
        return Interval(value, value) if value == 0.0 else Interval(1 - 3 / max(3, positives), 1.0)  # rule of three
    centre = math.log(value / (1 - value))
    half = Z95 / math.sqrt(positives * value * (1 - value))
    return Interval(1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))
