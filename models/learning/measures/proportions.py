"""Intervals for shares, and for the difference of two: for one look that was fixed beforehand."""

from __future__ import annotations

import math

from models.learning.measures.interval import Z95, Interval


def wilson(hits: int, of: int, z: float = Z95) -> Interval:
    """The interval of a share. Nothing seen: 0 to 1. Source: Wilson, 1927."""
    if not of:
        return Interval(0.0, 1.0)
    share = hits / of
    centre = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    under = 1 + z * z / of
    low = 0.0 if hits == 0 else (centre - half) / under
    return Interval(low, 1.0 if hits == of else (centre + half) / under)


def newcombe(hits: int, of: int, other_hits: int, other_of: int) -> Interval:
    """The interval of the first share less the second. Source: Newcombe, 1998, method 10."""
    if not of or not other_of:
        return Interval(-1.0, 1.0)
    one, other = hits / of, other_hits / other_of
    first, second = wilson(hits, of), wilson(other_hits, other_of)
    apart = one - other
    return Interval(
        apart - math.hypot(one - first.low, second.high - other),
        apart + math.hypot(first.high - one, other - second.low),
    )
