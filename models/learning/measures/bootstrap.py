"""Intervals by drawing again: families with replacement, all rows of a family together.

Rows of one family are not independent; drawn one by one, three near-equal rows a family cut a 95 % interval to 72 %
coverage (LEARNING section 5). The dice are an argument, seeded by the caller: the same file gives the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.learning.measures.average_precision import Floats, Ranking
from models.learning.measures.interval import Interval


def draw(units: Sequence[str], times: int, dice: np.random.Generator) -> Iterator[Floats]:
    """So many times: how often each row is there when as many units are drawn as there are."""
    numbers: dict[str, int] = {}
    unit_of: NDArray[np.intp] = np.asarray([numbers.setdefault(unit, len(numbers)) for unit in units], dtype=np.intp)
    for _ in range(times):
        drawn = dice.integers(0, len(numbers), size=len(numbers))
        yield np.bincount(drawn, minlength=len(numbers)).astype(np.float64)[unit_of]


def bootstrap(
    rankings: Sequence[Ranking], units: Sequence[str], times: int, dice: np.random.Generator
) -> NDArray[np.float64]:
    """AP of each ranking (a column each) in the same draws (a row each); draws without positives are left out.

    Because the draws are the same, the difference of two columns is that of a paired comparison.
    """
    if not units:
        return np.empty((0, len(rankings)))
    drawn = [[ranking.drawn(counts) for ranking in rankings] for counts in draw(units, times, dice)]
    whole = [row for row in drawn if not any(math.isnan(value) for value in row)]
    return np.asarray(whole, dtype=np.float64).reshape(len(whole), len(rankings))


def middle(values: Floats, alpha: float = 0.05) -> Interval:
    """The interval between the quantiles alpha / 2 and 1 - alpha / 2; the whole line where nothing was drawn."""
    if not len(values):
        return Interval(float("-inf"), float("inf"))
    low, high = np.quantile(values, [alpha / 2, 1 - alpha / 2])
    return Interval(float(low), float(high))
