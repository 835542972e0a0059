"""Fixed, bounded transforms: a raw value becomes a number from 0 to 1, and 0 means "nothing recorded".

``Centred`` alone goes below 0 and above 1: it is for measurements that everybody has, where 0 means "as usual".

They are published and never learned on the way: a scaler that learns shifts old reasons daily, and a flag that is seen
for the first time after thousands of rows would count seventyfold (LEARNING section 4). Each is monotone, so a sign on
a weight is a sign on the raw value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias, assert_never

from msgspec import Struct

LONGEST_TABLE = 4096
"""Counts up to here, and days up to ``MOST_DAYS``, come from a table, which is five times as fast as a logarithm."""
MOST_DAYS = 400
FARTHEST = 4.0
"""No transform gives anything farther from 0: one row cannot move a weight at will."""


class Flag(Struct, frozen=True, tag="flag", tag_field="transform", forbid_unknown_fields=True):
    """1 if anything is recorded, else 0."""


class Count(Struct, frozen=True, tag="count", tag_field="transform", forbid_unknown_fields=True):
    """``log1p(n) / log1p(cap)``, at most 1: the second notification says more than the twentieth."""

    cap: int


class Recency(Struct, frozen=True, tag="recency", tag_field="transform", forbid_unknown_fields=True):
    """``exp(-days / scale)``: 1 today, 0 if never. A negative number of days stands for never."""

    scale: float = 30.0


class Range(Struct, frozen=True, tag="range", tag_field="transform", forbid_unknown_fields=True):
    """From 0 at ``low`` to 1 at ``high``, held there beyond."""

    low: float
    high: float


class Centred(Struct, frozen=True, tag="centred", tag_field="transform", forbid_unknown_fields=True):
    """How far above or below ``centre``, in ``scale``s, held at four either way: for what everybody has.

    A range from 0 would have every row push all weights the same way; a learner that takes one step a row was then well
    behind the batch model (``README.md``), and is level with it so.
    """

    centre: float
    scale: float


Transform: TypeAlias = Flag | Count | Recency | Range | Centred


def is_sound(transform: Transform) -> bool:
    """Whether its numbers make it a monotone, bounded map."""
    match transform:
        case Flag():
            return True
        case Count(cap):
            return cap >= 1
        case Recency(scale):
            return math.isfinite(scale) and scale > 0
        case Centred(centre, scale):
            return math.isfinite(centre) and math.isfinite(scale) and scale > 0
        case Range(low, high):
            return math.isfinite(low) and math.isfinite(high) and low < high and math.isfinite(high - low)
        case _:
            assert_never(transform)


def prepare(transform: Transform) -> Callable[[float], float]:
    """The transform as a function of a finite raw value. It gives 0 to 1, ``Centred`` -4 to 4."""
    match transform:
        case Flag():
            return lambda value: 0.0 if value == 0 else 1.0
        case Count(cap):
            return _count(cap)
        case Recency(scale):
            return lambda days: 0.0 if days < 0 else math.exp(-days / scale)
        case Range(low, high):
            width = high - low
            return lambda value: min(1.0, max(0.0, (value - low) / width))
        case Centred(centre, unit):
            return lambda value: min(FARTHEST, max(-FARTHEST, (value - centre) / unit))
        case _:
            assert_never(transform)


def _count(cap: int) -> Callable[[float], float]:
    full = math.log1p(cap)

    def count(value: float) -> float:
        if value <= 0:
            return 0.0
        if value >= cap:
            return 1.0
        return math.log1p(value) / full

    return count


def tabulate(transform: Transform) -> dict[float, float]:
    """The transform's values where they are mostly asked for; elsewhere, and for what has no steps, ask ``prepare``."""
    give = prepare(transform)
    match transform:
        case Flag():
            steps = range(2)
        case Count(cap):
            steps = range(min(cap, LONGEST_TABLE) + 1)
        case Recency():
            steps = range(-1, MOST_DAYS)
        case Range() | Centred():
            steps = range(0)
        case _:
            assert_never(transform)
    return {float(step): give(float(step)) for step in steps}


def declare(values: Sequence[float]) -> Transform:
    """A transform for a column that nobody declared, from its first values; after that it is frozen.

    0 and 1 alone: a flag. Anything else, counts too: centred at the mean of what lies between the 1 % and the 99 %
    quantile, its scale half the way from the one to the other. Whether the twentieth notification says less than the
    second is for whoever declares a count to know: a logarithm that is not in the truth costs much, the lack of one
    that is there costs little (``README.md``).
    """
    if all(value in (0.0, 1.0) for value in values):
        return Flag()
    ordered = sorted(values)
    low, high = quantile(ordered, 0.01), quantile(ordered, 0.99)
    if not low < high:
        low, high = ordered[0], ordered[-1]
    inner = [value for value in ordered if low <= value <= high]
    declared = Centred(centre=math.fsum(value / len(inner) for value in inner), scale=high / 2 - low / 2)
    return declared if is_sound(declared) else Flag()


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share lies, between neighbours in proportion. ``ordered`` must not be empty."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
