"""Intervals and tests that hold however often somebody looks.

A 95 % interval that is looked at every fifth prompt misses the truth at some point in 38 % of runs; these miss in less
than 5 % of runs at any of all looks together. They are wider: that is the price of looking.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from models.learning.measures.interval import Interval

HALVINGS = 60
MIXTURE = 0.5
"""Jeffreys' mixture, Beta(1/2, 1/2)."""


def confidence_sequence(hits: int, of: int, alpha: float = 0.05) -> Interval:
    """Every rate that the counts do not reject, at every look: a beta-binomial mixture against each rate.

    Source: Howard, Ramdas, McAuliffe, Sekhon, 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences";
    Robbins, 1970.
    """
    if not of:
        return Interval(0.0, 1.0)
    misses = of - hits
    mixed = _log_beta(hits + MIXTURE, misses + MIXTURE) - _log_beta(MIXTURE, MIXTURE)

    def is_rejected(rate: float) -> bool:
        likely = (hits * math.log(rate) if hits else 0.0) + (misses * math.log1p(-rate) if misses else 0.0)
        return mixed - likely >= -math.log(alpha)

    share = hits / of
    low = 0.0 if hits == 0 else _edge(is_rejected, 0.0, share)
    return Interval(low, 1.0 if misses == 0 else _edge(is_rejected, 1.0, share))


def _edge(is_rejected: Callable[[float], bool], outside: float, inside: float) -> float:
    """Where rejection begins between a rate that is rejected and one that is not; on the rejected side."""
    for _ in range(HALVINGS):
        between = (outside + inside) / 2
        if between in (0.0, 1.0) or is_rejected(between):
            outside = between
        else:
            inside = between
    return outside


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


class BettingE:
    """Evidence against "the mean of what comes is at most 0", for steps from -1 to 1, valid at every look.

    Reject once ``evidence`` reaches 1 / alpha. The stake knows the past only. Source: Waudby-Smith, Ramdas, 2024,
    "Estimating means of bounded random variables by betting".
    """

    def __init__(self) -> None:
        self.log_e = 0.0
        self._steps, self._sum, self._spread = 0, 0.0, 0.25

    def update(self, step: float) -> None:
        """Take one step in. Raises ValueError outside -1 to 1, where the bet would not be fair."""
        if not -1 <= step <= 1:
            raise ValueError("a step lies between -1 and 1")
        mean = self._sum / (self._steps + 1)
        stake = min(0.5, max(0.0, mean / (self._spread / (self._steps + 1) + mean * mean + 1e-12)))
        self.log_e += math.log1p(stake * step)
        self._steps += 1
        self._sum += step
        self._spread += (step - self._sum / self._steps) ** 2

    @property
    def evidence(self) -> float:
        """e: how many times the stake was won."""
        return math.exp(min(self.log_e, 700.0))


class TwoSidedE:
    """Evidence that the mean of what comes is not 0, either way: the mean of two bets."""

    def __init__(self) -> None:
        self._above, self._below = BettingE(), BettingE()

    def update(self, step: float) -> None:
        """Take one step in."""
        self._above.update(step)
        self._below.update(-step)

    @property
    def evidence(self) -> float:
        """Rejected once this reaches 1 / alpha."""
        return (self._above.evidence + self._below.evidence) / 2
