"""The area under the ROC curve, exactly, and its interval where rows of one family are not independent.

It is the share of pairs, one row of each class, in which the row of the class scores higher; an equal pair is half one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.learning.measures.average_precision import Floats
from models.learning.measures.interval import Z95, Interval


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """From 0 to 1, .5 for a constant score; NaN where a class is empty. Counted in whole halves of pairs."""
    within, without = _split(scores, labels)
    if not len(within) or not len(without):
        return math.nan
    halves = int(_halves_below(within, without).sum())
    return halves / (2 * len(within) * len(without))


def auc_interval(scores: Sequence[float], labels: Sequence[bool], units: Sequence[str]) -> Interval:
    """At 95 %, on the logit scale, for rows in units (families) that may hold rows of both classes.

    Source: Obuchowski, 1997, "Nonparametric analysis of clustered ROC curve data"; with one row a unit it is that of
    DeLong and others, 1988. Where one class lies wholly above the other, the rule of three on the fewer units. 0 to 1
    where a class has fewer than two units.
    """
    value = auc(scores, labels)
    number_of: dict[str, int] = {}
    unit = np.asarray([number_of.setdefault(one, len(number_of)) for one in units], dtype=np.intp)
    is_in = np.asarray(labels, dtype=bool)
    units_in, units_out = len(set(unit[is_in].tolist())), len(set(unit[~is_in].tolist()))
    if min(units_in, units_out) < 2:
        return Interval(0.0, 1.0)
    if value in (0.0, 1.0):
        unseen = 3 / max(3, min(units_in, units_out))
        return Interval(0.0, unseen) if value == 0.0 else Interval(1 - unseen, 1.0)
    within, without = _split(scores, labels)
    of_in, of_out, every = len(within), len(without), len(number_of)
    apart_in = np.bincount(unit[is_in], _halves_below(within, without) / (2 * of_out) - value, minlength=every)
    apart_out = np.bincount(unit[~is_in], 1 - _halves_below(without, within) / (2 * of_in) - value, minlength=every)
    variance = (
        float(apart_in @ apart_in) * units_in / (units_in - 1) / of_in**2
        + float(apart_out @ apart_out) * units_out / (units_out - 1) / of_out**2
        + 2 * float(apart_in @ apart_out) * every / (every - 1) / (of_in * of_out)
    )
    centre = math.log(value / (1 - value))
    half = Z95 * math.sqrt(max(0.0, variance)) / (value * (1 - value))
    return Interval(_logistic(centre - half), _logistic(centre + half))


def _split(scores: Sequence[float], labels: Sequence[bool]) -> tuple[Floats, Floats]:
    told, is_in = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    if told.shape != is_in.shape:
        raise ValueError("every score has one label")
    if not np.isfinite(told).all():
        raise ValueError("a score is not a finite number")
    return told[is_in], told[~is_in]


def _halves_below(of: Floats, others: Floats) -> NDArray[np.int64]:
    """For each score twice the number of others below it, and once that of its equals."""
    ranked = np.sort(others)
    below: NDArray[np.int64] = np.searchsorted(ranked, of, "left") + np.searchsorted(ranked, of, "right")
    return below


def _logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - 1 / (1 + math.exp(logit))
